//! What the subject prints: greetings, messages, and when they become visible.

use super::*;

#[test]
fn the_expected_conversation_passes_every_rule() {
    for rule in ["server/greeting", "server/message", "server/prompt", "server/eof", "server/silent", "server/greeting-prompt"] {
        passes(rule, TALK, TALK);
    }
}

#[test]
fn a_greeting_before_any_client_fails_the_greeting_rule() {
    let early = r#"server> "客户端成功连接\n"; client: connect; client: "a"; server> "收到客户端信息：a\n"; client: fin; server exits 0"#;
    fails("server/greeting", TALK, early, r#"it printed "客户端成功连接\n" before a client had connected"#);
    passes("server/message", TALK, early);
}

#[test]
fn late_output_fails_only_the_prompt_rules() {
    let late = r#"client: connect; client: "a"; server> "客户端成功连接\n收到客户端信息：a\n"; client: fin; server exits 0"#;
    passes("server/message", TALK, late);
    passes("server/prompt", TALK, late);
    fails("server/greeting-prompt", TALK, late, "`server> \"客户端成功连接\\n\"` was not yet visible when `client: \"a\"` was next");
    let at_the_end = r#"client: connect; client: "a"; client: fin; server> "客户端成功连接\n收到客户端信息：a\n"; server exits 0"#;
    passes("server/message", TALK, at_the_end);
    fails("server/prompt", TALK, at_the_end, "`server> \"收到客户端信息：a\\n\"` was not yet visible when `client: fin` was next");
}

#[test]
fn messages_quote_the_whole_step_that_differs() {
    let other = TALK.replace("信息：a", "信息：b");
    fails("server/message", TALK, &other, r#"it printed "收到客户端信息：b\n" where "收到客户端信息：a\n" was expected"#);
    let missing = r#"client: connect; server> "客户端成功连接\n"; client: "a"; server exits 0"#;
    fails("server/message", TALK, missing, r#""收到客户端信息：a\n" was not printed; the server exited with status 0"#);
}

/// A server that ends by itself does so before a message is sent to it, or before it reads the message. Both are the same to the judge.
#[test]
fn a_server_that_ends_proves_nothing_about_a_message_that_it_may_not_have_read() {
    let expected = r#"client: connect; server> "x\n"; client: "a"; server> "m: a\n"; client: fin; server exits 0"#;
    let unsent = r#"client: connect; server> "x\n"; server: fin; server exits 0"#;
    let unread = r#"client: connect; server> "x\n"; server: fin; client: "a"; server exits 0"#;
    for seen in [unsent, unread] {
        assert_eq!(verdict("server/silent", expected, seen, &[]).0, Verdict::Inconclusive, "{seen}");
    }
}

#[test]
fn an_unplayed_conversation_is_inconclusive() {
    // The program printed nothing wrong only because it did nothing.
    let (verdict, message) = verdict("server/silent", TALK, "client: connect; server exits 0", &[]);
    assert_eq!(verdict, Verdict::Inconclusive);
    assert_eq!(message, "the conversation could not be played beyond `client: \"a\"`; the server exited with status 0");
}

#[test]
fn a_line_on_stderr_begins_with_the_demanded_text() {
    let expected = r#"server! "bind: "…; server exits 1"#;
    passes("server/address-in-use", expected, r#"server! "warning\nbind: Address already in use\n"…; server exits 1"#);
    fails(
        "server/address-in-use",
        expected,
        r#"server! "cannot bind: no\n"…; server exits 1"#,
        "no line on stderr begins with \"bind: \": it said \"cannot bind: no\\n\"",
    );
    fails(
        "server/address-in-use",
        expected,
        "server exits 1",
        "it said nothing on stderr, where a line that begins with \"bind: \" was expected",
    );
    fails("server/address-in-use", expected, r#"server> "bind: x\n"; server exits 1"#, "it printed \"bind: x\\n\" too much");
}

#[test]
fn harness_trouble_is_never_blamed_on_the_subject() {
    let scenario = Scenario::parse("x", &format!("title: x\nrule: server/eof\n\n{}\n", TALK.replace("; ", "\n"))).expect("a scenario");
    let seen = Seen { trouble: Some("the machine is overloaded".into()), ..Seen::default() };
    let finding = judge(&scenario, &seen, &Dialect::tutorial());
    assert_eq!((finding.verdict, finding.message.as_str()), (Verdict::Inconclusive, "the machine is overloaded"));
}

#[test]
fn a_defect_of_another_rule_becomes_a_note() {
    let notes = |rule: &str, seen: &str| finding(rule, TALK, seen, &["it is slow"], &Dialect::tutorial()).notes;
    let status = TALK.replace("server exits 0", "server exits 1");
    assert_eq!(notes("server/message", &status), ["it exited with status 1, where `server exits 0` was expected", "it is slow"]);
    assert_eq!(notes("server/message", TALK), ["it is slow"]);
    assert!(notes("server/eof", &status).is_empty());
}

#[test]
fn the_greeting_is_at_the_beginning_and_nowhere_else() {
    let greeting = "客户端成功连接\n";
    let again = TALK.replace("信息：a", &format!("信息：{}", greeting.replace('\n', r"\n")));
    fails("server/greeting", TALK, &again, r#"it printed "客户端成功连接\n" again"#);
    assert_eq!(difference("server/greeting", TALK, &again), [Some((1, 0)), Some((3, "收到客户端信息：".len()))]);
    let english = TALK.replace("客户端成功连接", "welcome");
    fails("server/greeting", TALK, &english, r#"it printed "welcome\n" where "客户端成功连接\n" was expected"#);
    passes("server/greeting", TALK, &TALK.replace("信息：a", "信息：b"));
}

#[test]
fn a_late_greeting_fails_only_the_greeting_prompt_rule() {
    let late = TALK.replace(r#"server> "收到客户端信息：a\n"; client: fin"#, r#"client: fin; server> "收到客户端信息：a\n""#);
    passes("server/greeting-prompt", TALK, &late);
    for rule in ["server/prompt", "server/greeting-prompt"] {
        assert_eq!(verdict(rule, TALK, "server exits 0", &[]).0, Verdict::Inconclusive, "{rule}");
    }
    let typed = r#"client: connect; client< "a\n"; client: "a"; client< "exit\n"; client: "exit"; client exits 0"#;
    assert_eq!(verdict("client/prompt", typed, "client: connect; client exits 0", &[]).0, Verdict::Inconclusive);
}

#[test]
fn silence_on_stderr_fails_even_an_empty_demand() {
    let expected = r#"client: connect; server: reset; client! ""…; client exits nonzero"#;
    fails("client/server-gone", expected, &expected.replace(r#"client! ""…; "#, "").replace("nonzero", "1"), "it said nothing on stderr");
}

#[test]
fn a_busy_program_is_not_idle() {
    let expected = "server idle; client: connect; client: fin; server exits 0";
    let busy = expected.replace("idle", "busy");
    passes("server/idle", expected, expected);
    fails("server/idle", expected, &busy, "it uses the CPU while there is nothing to do");
    passes("server/eof", expected, &busy);
}

#[test]
fn extra_output_before_the_end_never_counts_for_the_eof_rule() {
    let early = r#"client: connect; server> "客户端成功连接\n"; client: "a"; server> "收到客户端信息：a\nmore"; server runs"#;
    fails("server/message", TALK, early, "it printed \"more\" too much");
}

#[test]
fn shortened_quotes_give_the_full_length() {
    let long = TALK.replace(r#""收到客户端信息：a\n""#, r#""收到客户端信息：" + "x" * 1000 + "\n""#);
    let due = r#""收到客户端信息：" + "x" * 1000 + "\n""#;
    fails("server/message", &long, TALK, &format!(r#"it printed "收到客户端信息：a\n" where {due} was expected"#));
    let half = long.replace("1000", "500");
    fails("server/message", &long, &half, r#"it printed "\n" where "x" * 500 + "\n" was expected"#);
    fails(
        "server/message",
        TALK,
        &TALK.replace(r#"a\n"; client: fin"#, r#"a\n" + "b" * 300; client: fin"#),
        r#"it printed "b" * 300 too much"#,
    );
    let any_cut = r#"client: connect; client: burst "a"; server> any cut of "a"; client: fin; server exits 0"#;
    let message = "it printed \"b\" * 300; expected the beginning of another message";
    fails("server/stream", any_cut, &any_cut.replace(r#"any cut of "a""#, r#""b" * 300"#), message);
}
