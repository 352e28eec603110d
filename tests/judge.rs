//! Tests of the judge. Each gives it an expected and a seen conversation, and checks the verdict and the message.
//!
//! Steps stand on one line here, separated by `;`.

use sockspec::dialect::Dialect;
use sockspec::judge::judge;
use sockspec::stage::Seen;
use sockspec::transcript::{Scenario, Transcript};
use sockspec::verdict::{Finding, Place, Verdict};

/// Judges the seen steps against the expected steps.
#[track_caller]
fn finding(rule: &str, expected: &str, seen: &str, remarks: &[&str], dialect: &Dialect) -> Finding {
    let lines = |steps: &str| steps.split(';').map(|step| format!("{}\n", step.trim())).collect::<String>();
    let scenario =
        Scenario::parse("expected", &format!("title: x\nrule: {rule}\n\n{}", lines(expected))).unwrap_or_else(|error| panic!("{error}"));
    let transcript = Transcript::parse(&lines(seen)).unwrap_or_else(|error| panic!("{error}"));
    let seen = Seen { transcript, remarks: remarks.iter().map(ToString::to_string).collect(), ..Seen::default() };
    judge(&scenario, &seen, dialect)
}

/// The verdict and its message.
#[track_caller]
fn verdict(rule: &str, expected: &str, seen: &str, remarks: &[&str]) -> (Verdict, String) {
    let finding = finding(rule, expected, seen, remarks, &Dialect::tutorial());
    (finding.verdict, finding.message)
}

#[track_caller]
fn passes(rule: &str, expected: &str, seen: &str) {
    assert_eq!(verdict(rule, expected, seen, &[]), (Verdict::Pass, String::new()));
}

#[track_caller]
fn fails(rule: &str, expected: &str, seen: &str, message: &str) {
    assert_eq!(verdict(rule, expected, seen, &[]), (Verdict::Fail, message.to_owned()));
}

const TALK: &str =
    r#"client: connect; server> "客户端成功连接\n"; client: "a"; server> "收到客户端信息：a\n"; client: fin; server exits 0"#;

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
fn a_wrong_status_fails_only_rules_about_ends_but_a_crash_fails_all() {
    let crashed = TALK.replace("server exits 0", "server dies by SIGSEGV");
    fails("server/message", TALK, &crashed, "it was killed by SIGSEGV");
    fails("server/eof", TALK, &crashed, "it was killed by SIGSEGV, where `server exits 0` was due");
    let status = TALK.replace("server exits 0", "server exits 1");
    fails("server/eof", TALK, &status, "it exited with status 1, where `server exits 0` was due");
    let runs = TALK.replace("server exits 0", "server runs");
    assert_eq!(
        verdict("server/eof", TALK, &runs, &["it is asleep in recv"]),
        (Verdict::Fail, "it did not end; it is asleep in recv".into())
    );
}

#[test]
fn a_flood_after_eof_fails_only_the_eof_rule() {
    let floods = TALK.replace("server exits 0", r#"server> "收到客户端信息：\n" * 100; server runs"#);
    passes("server/message", TALK, &floods);
    assert_eq!(verdict("server/eof", TALK, &floods, &[]).0, Verdict::Fail);
    let before = r#"client: connect; server> "客户端成功连接\n"; client: "a"; server> "收到客户端信息：a\nmore"; client: fin; server runs"#;
    fails("server/message", TALK, before, "it printed \"more\" too much");
}

#[test]
fn messages_quote_the_whole_step_that_differs() {
    let other = TALK.replace("信息：a", "信息：b");
    fails("server/message", TALK, &other, r#"it printed "收到客户端信息：b\n" where "收到客户端信息：a\n" was due"#);
    let missing = r#"client: connect; server> "客户端成功连接\n"; client: "a"; server exits 0"#;
    fails("server/message", TALK, missing, r#""收到客户端信息：a\n" was not printed; the server exited with status 0"#);
}

#[test]
fn any_byte_on_the_wire_breaks_silence() {
    let answers = r#"client: connect; server> "客户端成功连接\n"; client: "a"; server> "收到客户端信息：a\n"; server: "a"; client: fin; server exits 0"#;
    fails("server/silent", TALK, answers, r#"it sent "a" too much"#);
    passes("server/message", TALK, answers);
}

#[test]
fn an_unplayed_conversation_is_inconclusive() {
    // The program printed nothing wrong only because it did nothing.
    let (verdict, message) = verdict("server/silent", TALK, "client: connect; server exits 0", &[]);
    assert_eq!(verdict, Verdict::Inconclusive);
    assert_eq!(message, "the conversation could not be played beyond `client: \"a\"`; the server exited with status 0");
}

#[test]
fn actions_after_the_expected_end_may_be_skipped() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: "exit"; client: "more"; server exits 0"#;
    passes("server/exit-final", expected, r#"client: connect; server> "客户端成功连接\n"; client: "exit"; server: fin; server exits 0"#);
    let message = r#"it printed "收到客户端信息：more\n" too much"#;
    let printed =
        r#"client: connect; server> "客户端成功连接\n"; client: "exit"; client: "more"; server> "收到客户端信息：more\n"; server exits 0"#;
    fails("server/exit-final", expected, printed, message);
}

#[test]
fn every_status_except_0_is_nonzero() {
    let expected = r#"client: connect; server: reset; client< "a\n"; client! ""…; client exits nonzero"#;
    let seen = |end: &str| format!(r#"client: connect; server: reset; client< "a\n"; client! "send: Broken pipe\n"…; client {end}"#);
    passes("client/server-gone", expected, &seen("exits 1"));
    passes("client/server-gone", expected, &seen("exits 255"));
    fails("client/server-gone", expected, &seen("exits 0"), "it exited with status 0, where `client exits nonzero` was due");
    fails("client/server-gone", expected, &seen("dies by SIGPIPE"), "it was killed by SIGPIPE, where `client exits nonzero` was due");
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
        "it said nothing on stderr, where a line that begins with \"bind: \" was due",
    );
    fails("server/address-in-use", expected, r#"server> "bind: x\n"; server exits 1"#, "it printed \"bind: x\\n\" too much");
}

#[test]
fn a_client_connects_once_and_closes_with_a_fin() {
    let expected = r#"client: connect; client< "exit\n"; client: "exit"; client: fin; client exits 0"#;
    passes("client/connect", expected, expected);
    passes("client/hang-up", expected, expected);
    fails(
        "client/connect",
        expected,
        &expected.replacen("client: connect", "client: connect; client: connect", 1),
        "it connected 2 times, expected 1",
    );
    fails(
        "client/hang-up",
        expected,
        &expected.replace("client: fin", "client: reset"),
        "it ended its stream with a reset, expected a FIN",
    );
    fails(
        "client/hang-up",
        expected,
        &expected.replace("client: fin; ", ""),
        "it did not close its connection; the client exited with status 0",
    );
}

#[test]
fn a_fin_or_a_reset_closes_the_servers_connection() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: "exit"; server: closes; server exits 0"#;
    passes("server/hang-up", expected, &expected.replace("closes", "fin"));
    passes("server/hang-up", expected, &expected.replace("closes", "reset"));
}

#[test]
fn words_are_compared_as_one_stream() {
    let expected = r#"client: connect; client< "a b\n"; client: "a"; client: "b"; client< "exit\n"; client: "exit"; client exits 0"#;
    passes("client/word", expected, r#"client: connect; client< "a b\n"; client: "ab"; client< "exit\n"; client: "exit"; client exits 0"#);
    let late = r#"client: connect; client< "a b\n"; client< "exit\n"; client: "abexit"; client exits 0"#;
    passes("client/word", expected, late);
    fails("client/prompt", expected, late, "`client: \"b\"` was not yet sent when `client< \"exit\\n\"` was next");
}

#[test]
fn any_cut_is_judged_by_the_oracle() {
    let expected =
        r#"client: connect; server> "客户端成功连接\n"; client: burst "abc"; server> any cut of "abc"; client: fin; server exits 0"#;
    let seen =
        |pieces: &str| format!(r#"client: connect; server> "客户端成功连接\n"; client: burst "abc"; {pieces}client: fin; server exits 0"#);
    passes("server/stream", expected, &seen(r#"server> "收到客户端信息：a\n收到客户端信息：bc\n"; "#));
    let message = "no cut of the stream explains the output after 47 bytes of it (1 of 3 sent bytes): it printed \"收到客户端信息：c\\n\"; possible next: \"bc\", which was sent next";
    fails(
        "server/stream",
        expected,
        &seen(r#"server> "收到客户端信息：a\n收到客户端信息：c\n"; "#),
        &message.replace(
            "after 47 bytes of it (1 of 3 sent bytes): it printed \"收到客户端信息：c\\n\"",
            "after 72 bytes of it (1 of 3 sent bytes): it printed \"c\\n\"",
        ),
    );
}

#[test]
fn harness_trouble_is_never_blamed_on_the_subject() {
    let scenario = Scenario::parse("x", &format!("title: x\nrule: server/eof\n\n{}\n", TALK.replace("; ", "\n"))).expect("a scenario");
    let seen = Seen { trouble: Some("the machine is overloaded".into()), ..Seen::default() };
    let finding = judge(&scenario, &seen, &Dialect::tutorial());
    assert_eq!((finding.verdict, finding.message.as_str()), (Verdict::Inconclusive, "the machine is overloaded"));
}

#[test]
fn after_any_cut_a_separate_token_still_ends_the_server() {
    let expected = r#"client: connect; client: "\x00"; server> any cut of "\x00"; client: "exit"; client: fin; server exits 0"#;
    passes(
        "server/stream",
        expected,
        r#"client: connect; client: "\x00"; server> "收到客户端信息：\n"; client: "exit"; server: fin; server exits 0"#,
    );
    let early = r#"client: connect; client: "\x00"; server> "收到客户端信息：\n"; server: fin; server exits 0"#;
    assert_eq!(verdict("server/stream", expected, early, &[]).0, Verdict::Fail);
}

#[test]
fn a_word_may_end_at_its_first_nul_under_every_rule() {
    let expected = r#"client: connect; client< "a\x00b\n"; client: "a\x00b"; client< "exit\n"; client: "exit"; client exits 0"#;
    for rule in ["client/word-bytes", "client/exit-token"] {
        passes(rule, expected, expected);
        passes(rule, expected, &expected.replace(r#"client: "a\x00b""#, r#"client: "a""#));
    }
    fails(
        "client/word-bytes",
        expected,
        &expected.replace(r#"client: "a\x00b""#, r#"client: "b""#),
        r#"it sent "b" where "a\x00b" was due"#,
    );
}

#[test]
fn a_wrong_token_fails_only_the_token_rules() {
    let expected = r#"client: connect; client< "a\n"; client: "a"; client< "exit\n"; client: "exit"; client exits 0"#;
    let twice = expected.replace(r#"client: "exit""#, r#"client: "exitexit""#);
    passes("client/word", expected, &twice);
    fails("client/exit-token", expected, &twice, r#"it sent "exit" too much"#);
}

#[test]
fn a_defect_of_another_rule_becomes_a_note() {
    let notes = |rule: &str, seen: &str| finding(rule, TALK, seen, &["it is slow"], &Dialect::tutorial()).notes;
    let status = TALK.replace("server exits 0", "server exits 1");
    assert_eq!(notes("server/message", &status), ["it exited with status 1, where `server exits 0` was due", "it is slow"]);
    assert_eq!(notes("server/message", TALK), ["it is slow"]);
    assert!(notes("server/eof", &status).is_empty());
}

#[test]
fn never_served_and_not_served_again_have_different_messages() {
    let twice = r#"client: connect; client: fin; server exits 0; start server; client: connect; client: fin; server exits 0"#;
    passes("server/restart", twice, twice);
    fails("server/restart", twice, "server exits 1", "it never served its address; the server exited with status 1");
    fails(
        "server/restart",
        twice,
        "client: connect; client: fin; server exits 0; start server; server exits 1",
        "it did not serve its address again; the server exited with status 1",
    );
    fails("client/connect", "client: connect; client exits 0", "client exits 1", "it did not connect; the client exited with status 1");
}

#[test]
fn after_any_cut_a_demanded_message_is_a_separate_piece() {
    let expected = r#"client: connect; client: "\x00"; server> any cut of "\x00"; client: "a"; server> "收到客户端信息：a\n"; client: fin; server exits 0"#;
    let seen = |printed: &str| expected.replace(r#"any cut of "\x00""#, r#""收到客户端信息：\n""#).replace("信息：a", printed);
    passes("server/stream", expected, &seen("信息：a"));
    assert_eq!(verdict("server/stream", expected, &seen("信息：b"), &[]).0, Verdict::Fail);
    let glued = r#"client: connect; client: "b"; server> "收到客户端信息：ba\n"; client: "a"; client: fin; server exits 0"#;
    assert_eq!(verdict("server/stream", &expected.replace(r"\x00", "b"), glued, &[]).0, Verdict::Fail);
}

#[test]
fn only_bytes_that_a_reset_overtakes_may_stay_unprinted() {
    let unread = |how: &str, end: &str| {
        let expected = format!(r#"client: connect; client: {how}"ab"; server> any cut of "ab"; client: {end}; server exits 0"#);
        verdict("server/stream", &expected, &format!(r#"client: connect; client: {how}"ab"; client: {end}; server exits 0"#), &[]).0
    };
    assert_eq!(unread("burst ", "reset"), Verdict::Pass);
    assert_eq!(unread("burst ", "fin"), Verdict::Fail);
    assert_eq!(unread("", "reset"), Verdict::Fail);
}

/// Where the expected and the seen conversation first differ: the number of the step, and of the byte in it.
#[track_caller]
fn difference(rule: &str, expected: &str, seen: &str) -> [Option<(usize, usize)>; 2] {
    let difference = finding(rule, expected, seen, &[], &Dialect::tutorial()).difference.expect("a difference");
    [difference.expected, difference.seen].map(|place| place.map(|Place { step, byte }| (step, byte)))
}

#[test]
fn the_greeting_is_at_the_beginning_and_nowhere_else() {
    let greeting = "客户端成功连接\n";
    let again = TALK.replace("信息：a", &format!("信息：{}", greeting.replace('\n', r"\n")));
    fails("server/greeting", TALK, &again, r#"it printed "客户端成功连接\n" again"#);
    assert_eq!(difference("server/greeting", TALK, &again), [Some((1, 0)), Some((3, "收到客户端信息：".len()))]);
    let english = TALK.replace("客户端成功连接", "welcome");
    fails("server/greeting", TALK, &english, r#"it printed "welcome\n" where "客户端成功连接\n" was due"#);
    passes("server/greeting", TALK, &TALK.replace("信息：a", "信息：b"));
}

#[test]
fn client_output_is_not_compared_with_words() {
    let expected = r#"client: connect; client> "hi\n"; client< "a\n"; client: "a"; client< "exit\n"; client: "exit"; client exits 0"#;
    let late = r#"client: connect; client< "a\n"; client: "a"; client< "exit\n"; client: "exit"; client> "hi\n"; client exits 0"#;
    passes("client/prompt", expected, late);
    let chatty = r#"client: connect; client> "hi there\n"; client< "a\n"; client< "exit\n"; client: "aexit"; client exits 0"#;
    fails("client/prompt", expected, chatty, "`client: \"a\"` was not yet sent when `client< \"exit\\n\"` was next");
}

#[test]
fn server_bytes_are_not_compared_with_words() {
    let expected = r#"client: connect; server: "hi"; client< "a\n"; client: "a"; client< "exit\n"; client: "exit"; client exits 0"#;
    passes("client/prompt", expected, expected);
    let answers = TALK.replacen(r#"client: "a""#, r#"server: "a long answer, as long as the greeting"; client: "a""#, 1);
    fails(
        "server/prompt",
        TALK,
        &answers.replace(r#"server> "收到客户端信息：a\n"; client: fin"#, r#"client: fin; server> "收到客户端信息：a\n""#),
        "`server> \"收到客户端信息：a\\n\"` was not yet visible when `client: fin` was next",
    );
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
fn a_fin_of_the_harness_is_not_a_fin_of_the_subject() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: fin; server: closes; server exits 0"#;
    let message = "it did not close its connection; the server exited with status 0";
    fails("server/hang-up", expected, &expected.replace("server: closes; ", ""), message);
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
fn only_rules_about_ends_judge_the_exit_status() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: "exit"; client: "more"; server exits 0"#;
    let seen = |end: &str| format!(r#"client: connect; server> "客户端成功连接\n"; client: "exit"; server {end}"#);
    passes("server/exit-final", expected, &seen("exits 1"));
    fails("server/exit-final", expected, &seen("dies by SIGSEGV"), "it was killed by SIGSEGV");
}

#[test]
fn messages_quote_words_that_together_equal_the_token() {
    let expected = r#"client: connect; client< "ex it exit\n"; client: "ex"; client: "it"; client: "exit"; client exits 0"#;
    let seen = r#"client: connect; client< "ex it exit\n"; client: "y"; client exits 0"#;
    fails("client/exit-exact", expected, seen, r#"it sent "y" too much"#);
}

#[test]
fn shortened_quotes_give_the_full_length() {
    let long = TALK.replace(r#""收到客户端信息：a\n""#, r#""收到客户端信息：" + "x" * 1000 + "\n""#);
    let due = r#""收到客户端信息：" + "x" * 1000 + "\n""#;
    fails("server/message", &long, TALK, &format!(r#"it printed "收到客户端信息：a\n" where {due} was due"#));
    let half = long.replace("1000", "500");
    fails("server/message", &long, &half, r#"it printed "\n" where "x" * 500 + "\n" was due"#);
    fails(
        "server/message",
        TALK,
        &TALK.replace(r#"a\n"; client: fin"#, r#"a\n" + "b" * 300; client: fin"#),
        r#"it printed "b" * 300 too much"#,
    );
    let any_cut = r#"client: connect; client: burst "a"; server> any cut of "a"; client: fin; server exits 0"#;
    let message = "no cut of the stream explains the output after 0 bytes of it (0 of 1 sent bytes): it printed \"b\" * 300; possible next: the beginning of another message";
    fails("server/stream", any_cut, &any_cut.replace(r#"any cut of "a""#, r#""b" * 300"#), message);
}

#[test]
fn a_client_may_exit_at_the_token_before_the_end_of_its_input() {
    let expected = r#"client: connect; client< "exit"; client< eof; client: "exit"; client exits 0"#;
    passes("client/exit-unterminated", expected, r#"client: connect; client< "exit"; client: "exit"; client exits 0"#);
    let lost = r#"client: connect; client< "exit"; client exits 0"#;
    fails("client/exit-unterminated", expected, lost, r#""exit" was not sent; the client exited with status 0"#);
    let unplayed = "the conversation could not be played beyond `client< eof`; the client exited with status 0";
    assert_eq!(verdict("client/greeting", expected, lost, &[]), (Verdict::Inconclusive, unplayed.into()));
}

#[test]
fn a_flood_after_any_cut_fails_only_the_eof_rule() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: "ab"; server> any cut of "ab"; client: fin; server exits 0"#;
    let seen = |text: &str| {
        format!(
            r#"client: connect; server> "客户端成功连接\n"; client: "ab"; server> {text}; client: fin; server> "收到客户端信息：\n" * 100; server runs"#
        )
    };
    passes("server/stream", expected, &seen(r#""收到客户端信息：a\n收到客户端信息：b\n""#));
    assert_eq!(verdict("server/stream", expected, &seen(r#""收到客户端信息：a\n""#), &[]).0, Verdict::Fail);
}

const PAIR: &str =
    r#"server> "客户端成功连接\n"; client< "a\n"; server> "收到客户端信息：a\n"; client< "exit\n"; client exits 0; server exits 0"#;

#[test]
fn a_pair_is_judged_by_server_output_and_both_ends() {
    passes("pair/conversation", PAIR, PAIR);
    // Rules about the client alone judge its output. The order of the two ends is not judged.
    let other = r#"client> "hello\n"; server> "客户端成功连接\n"; client< "a\n"; server> "收到客户端信息：a\n"; client< "exit\n"; server exits 0; client exits 0"#;
    passes("pair/conversation", PAIR, other);
    let lost = PAIR.replace(r#"server> "收到客户端信息：a\n"; "#, "");
    fails(
        "pair/conversation",
        PAIR,
        &lost,
        r#""收到客户端信息：a\n" was not printed; the client exited with status 0, the server exited with status 0"#,
    );
    passes("pair/eof", PAIR, &lost);
}

#[test]
fn messages_about_ends_in_a_pair_name_the_program() {
    let crashed = PAIR.replace("server exits 0", "server dies by SIGSEGV");
    fails("pair/eof", PAIR, &crashed, "the server was killed by SIGSEGV, where `server exits 0` was due");
    let runs = PAIR.replace("client exits 0; server exits 0", "client runs; server runs");
    assert_eq!(
        verdict("pair/eof", PAIR, &runs, &["the client is running"]),
        (Verdict::Fail, "the client did not end; the client is running".into())
    );
}

#[test]
fn stderr_of_a_pair_is_judged_for_the_client() {
    let expected = r#"kill server; server dies by SIGKILL; client< "a\n"; client< "b\n"; client! ""…; client exits nonzero"#;
    let seen = |what: &str| format!(r#"kill server; server dies by SIGKILL; client< "a\n"; client< "b\n"; {what}"#);
    passes("pair/server-killed", expected, &seen(r#"client! "send: Broken pipe\n"…; client exits 1"#));
    fails("pair/server-killed", expected, &seen(r#"server! "oh\n"…; client exits 1"#), "the client said nothing on stderr");
    fails(
        "pair/server-killed",
        expected,
        &seen("client dies by SIGPIPE"),
        "the client was killed by SIGPIPE, where `client exits nonzero` was due",
    );
}

#[test]
fn output_after_a_relay_is_judged_by_the_oracle() {
    let expected = r#"server> "客户端成功连接\n"; client< "a exit\n"; client exits 0; relay: burst "a"; relay: burst "exit"; server> any cut of "aexit"; relay: fin; server exits 0"#;
    let seen = |pieces: &str, fin: &str| {
        format!(
            r#"server> "客户端成功连接\n"; client< "a exit\n"; client exits 0; relay: burst "a"; relay: burst "exit"; {pieces}{fin}server exits 0"#
        )
    };
    passes("pair/relay", expected, &seen(r#"server> "收到客户端信息：aexit\n"; "#, "relay: fin; "));
    // The token arrived as a separate piece, and ended the server before the FIN.
    passes("pair/relay", expected, &seen(r#"server> "收到客户端信息：a\n"; "#, ""));
    assert_eq!(verdict("pair/relay", expected, &seen("", "relay: fin; "), &[]).0, Verdict::Fail);
    assert_eq!(verdict("pair/relay", expected, &seen(r#"server> "收到客户端信息：ae\n"; "#, ""), &[]).0, Verdict::Fail);
}

#[test]
fn a_missing_kill_is_inconclusive_but_steps_after_the_end_may_be_skipped() {
    let expected = r#"server> "客户端成功连接\n"; client< "a\n"; relay: reset; client< "exit\n"; client exits 0; server exits 0"#;
    let seen = r#"server> "客户端成功连接\n"; client< "a\n"; client exits 0; server exits 0"#;
    // Both programs ended as demanded, so the skipped steps do not matter.
    passes("pair/relay", expected, seen);
    let killed = r#"server> "客户端成功连接\n"; kill client; client dies by SIGKILL; server exits 0"#;
    let (verdict, message) =
        verdict("pair/client-killed", killed, r#"server> "客户端成功连接\n"; client dies by SIGKILL; server exits 0"#, &[]);
    assert_eq!(verdict, Verdict::Inconclusive, "{message}");
}

#[test]
fn skipped_input_of_an_ended_client_does_not_fail_the_server() {
    let expected = r#"server> "客户端成功连接\n"; client< "a b\n"; server> any cut of "ab"; kill server; server dies by SIGKILL; client< "one\n"; client! ""…; client exits nonzero"#;
    let seen = r#"server> "客户端成功连接\n"; client< "a b\n"; server> "收到客户端信息：ab\n"; kill server; client! "gone\n"…; client exits 1; server dies by SIGKILL"#;
    passes("pair/server-killed", expected, seen);
    passes("pair/piped", &expected.replace("server dies by SIGKILL; ", ""), seen);
}
