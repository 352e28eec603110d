//! What the subject sends, and how it closes its connection.

use super::*;

#[test]
fn any_byte_on_the_wire_breaks_silence() {
    let answers = r#"client: connect; server> "客户端成功连接\n"; client: "a"; server> "收到客户端信息：a\n"; server: "a"; client: fin; server exits 0"#;
    fails("server/silent", TALK, answers, r#"it sent "a" too much"#);
    passes("server/message", TALK, answers);
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
fn a_client_that_has_ended_is_not_late() {
    let expected = r#"client: connect; client< "a\n"; client: "a"; client< "exit\n"; client: "exit"; client exits 0"#;
    passes("client/prompt", expected, r#"client: connect; client< "a\n"; client: "a"; client exits 0"#);
    let silent = r#"client: connect; client< "a\n"; client exits 0"#;
    assert_eq!(verdict("client/prompt", expected, silent, &[]).0, Verdict::Inconclusive);
    fails("client/word", expected, silent, r#""a" was not sent; the client exited with status 0"#);
    fails(
        "client/prompt",
        expected,
        r#"client: connect; client< "a\n"; client runs"#,
        "`client: \"a\"` was not sent; the client still runs",
    );
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
        r#"it sent "b" where "a\x00b" was expected"#,
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
fn a_fin_of_the_harness_is_not_a_fin_of_the_subject() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: fin; server: closes; server exits 0"#;
    let message = "it did not close its connection; the server exited with status 0";
    fails("server/hang-up", expected, &expected.replace("server: closes; ", ""), message);
}

#[test]
fn messages_quote_words_that_together_equal_the_token() {
    let expected = r#"client: connect; client< "ex it exit\n"; client: "ex"; client: "it"; client: "exit"; client exits 0"#;
    let seen = r#"client: connect; client< "ex it exit\n"; client: "y"; client exits 0"#;
    fails("client/exit-exact", expected, seen, r#"it sent "y" too much"#);
}
