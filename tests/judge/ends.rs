//! How the subject ends, and what need not be played after its end.

use super::*;

#[test]
fn a_wrong_status_fails_only_rules_about_ends_but_a_crash_fails_all() {
    let crashed = TALK.replace("server exits 0", "server dies by SIGSEGV");
    fails("server/message", TALK, &crashed, "it was killed by SIGSEGV");
    fails("server/eof", TALK, &crashed, "it was killed by SIGSEGV, where `server exits 0` was expected");
    let status = TALK.replace("server exits 0", "server exits 1");
    fails("server/eof", TALK, &status, "it exited with status 1, where `server exits 0` was expected");
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
    fails("client/server-gone", expected, &seen("exits 0"), "it exited with status 0, where `client exits nonzero` was expected");
    fails("client/server-gone", expected, &seen("dies by SIGPIPE"), "it was killed by SIGPIPE, where `client exits nonzero` was expected");
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
fn only_rules_about_ends_judge_the_exit_status() {
    let expected = r#"client: connect; server> "客户端成功连接\n"; client: "exit"; client: "more"; server exits 0"#;
    let seen = |end: &str| format!(r#"client: connect; server> "客户端成功连接\n"; client: "exit"; server {end}"#);
    passes("server/exit-final", expected, &seen("exits 1"));
    fails("server/exit-final", expected, &seen("dies by SIGSEGV"), "it was killed by SIGSEGV");
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
