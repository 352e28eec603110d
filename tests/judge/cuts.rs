//! Streams that TCP may cut in any way: the judge asks the oracle.

use super::*;

#[test]
fn any_cut_is_judged_by_the_oracle() {
    let expected =
        r#"client: connect; server> "客户端成功连接\n"; client: burst "abc"; server> any cut of "abc"; client: fin; server exits 0"#;
    let seen =
        |pieces: &str| format!(r#"client: connect; server> "客户端成功连接\n"; client: burst "abc"; {pieces}client: fin; server exits 0"#);
    passes("server/stream", expected, &seen(r#"server> "收到客户端信息：a\n收到客户端信息：bc\n"; "#));
    let message = "after 72 correct bytes of output, it printed \"c\\n\"; expected \"bc\", which was sent next";
    fails("server/stream", expected, &seen(r#"server> "收到客户端信息：a\n收到客户端信息：c\n"; "#), message);
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
