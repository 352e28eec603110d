//! Two subjects that talk to each other, with or without a relay.

use super::*;

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
    fails("pair/eof", PAIR, &crashed, "the server was killed by SIGSEGV, where `server exits 0` was expected");
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
        "the client was killed by SIGPIPE, where `client exits nonzero` was expected",
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
