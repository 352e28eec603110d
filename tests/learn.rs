//! The dialect of a program, learned from short conversations: its greeting, prefix, line end, farewell and delimiter.

use sockspec::spec::dialect::Dialect;
use sockspec::spec::role::Role;
use sockspec::spec::transcript::Transcript;
use sockspec::stage::Seen;
use sockspec::verdict::learn::learn;
use std::convert::Infallible;

/// Learns a dialect from the seen conversations.
#[track_caller]
fn learned(role: Role, conversations: &[String]) -> (Dialect, Option<&'static str>) {
    learned_in(&Dialect::tutorial(), role, conversations)
}

/// The same with a program of this course.
#[track_caller]
fn learned_in(course: &Dialect, role: Role, conversations: &[String]) -> (Dialect, Option<&'static str>) {
    let mut conversations = conversations.iter();
    let play = |_: &_| {
        let steps = conversations.next().expect("no more conversations than these");
        Ok::<_, Infallible>(Seen { transcript: Transcript::parse(steps).unwrap_or_else(|error| panic!("{error}")), ..Seen::default() })
    };
    let Ok(lesson) = learn(course, role, play);
    assert!(lesson.refusal.is_none());
    (lesson.dialect, lesson.unreadable.map(|rule| rule.id))
}

/// Learns from three outputs of a server: to a client that connects and closes, to one that sends two words, and to one that sends a word
/// and the token.
#[track_caller]
fn server(printed: [&str; 3], end: &str) -> (Dialect, Option<&'static str>) {
    let steps = printed.map(|printed| format!("client: connect\nclient: fin\nserver> {printed}\nserver {end}\n"));
    learned(Role::Server, &steps)
}

/// The delimiter of a client, learned from what it sent for two words and the token.
#[track_caller]
fn client(sent: &str) -> Option<Vec<u8>> {
    let steps = |sent: &str| format!("client: connect\nclient> \"连接服务器成功！\\n\"\nclient: {sent}\nclient exits 0\n");
    let (dialect, unreadable) = learned(Role::Client, &[steps("\"exit\""), steps(sent)]);
    assert!(unreadable.is_none_or(|rule| rule == "client/word"));
    unreadable.is_none().then_some(dialect.delimiter)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

const GREETING: &str = r#""客户端成功连接\n""#;
const TWO_WORDS: &str = r#""客户端成功连接\n收到客户端信息：alpha\n收到客户端信息：omegbeta\n""#;
const ONE_WORD: &str = r#""客户端成功连接\n收到客户端信息：alpha\n""#;

#[test]
fn the_tutorials_output_is_the_tutorials_dialect() {
    assert_eq!(server([GREETING, TWO_WORDS, ONE_WORD], "exits 0"), (Dialect::tutorial(), None));
}

#[test]
fn each_part_of_another_dialect_is_learned_separately() {
    let [silent, two, token] =
        [r#""hello\nbye\n""#, r#""hello\ngot: alpha\x0d\ngot: omegbeta\x0d\nbye\n""#, r#""hello\ngot: alpha\x0d\nstop\n""#];
    let (dialect, _) = server([silent, two, token], "exits 0");
    assert_eq!(text(&dialect.server_greeting), "hello\n");
    assert_eq!(text(&dialect.prefix), "got: ");
    assert_eq!(text(&dialect.line_end), "\r\n");
    assert_eq!(text(&dialect.farewell), "bye\n");
    assert_eq!(text(&dialect.farewell_at_token), "stop\n");
}

#[test]
fn a_server_that_joins_its_messages_has_no_dialect() {
    let all_in_one = r#""客户端成功连接\n收到客户端信息：alphaomegbeta\n""#;
    let joined = (Dialect::tutorial(), Some("server/message-split"));
    assert_eq!(server([r#""客户端成功连接\n收到客户端信息：\n""#, all_in_one, ONE_WORD], "exits 0"), joined);
}

#[test]
fn a_time_that_was_the_same_twice_is_no_prefix() {
    let text = "[server]\ngreeting = \"\"\nmessage = \"{any} INFO: {message}\\n\"";
    let course = Dialect::parse("course.toml", "course", text).expect("a dialect");
    let printed = [r#""""#, r#""12:30 WARN: alpha\n12:30 WARN: omegbeta\n""#, r#""12:31 WARN: alpha\n""#];
    let steps = printed.map(|printed| format!("client: connect\nclient: fin\nserver> {printed}\nserver exits 0\n"));
    assert_eq!(learned_in(&course, Role::Server, &steps), (course, None));
}

#[test]
fn output_of_a_server_that_does_not_end_is_no_farewell() {
    let floods = |text: &str| format!("{text} + \"收到客户端信息：\\n\" * 100");
    assert_eq!(server([&floods(GREETING), &floods(TWO_WORDS), ONE_WORD], "runs"), (Dialect::tutorial(), None));
}

#[test]
fn the_token_printed_as_a_message_is_no_farewell() {
    let token = r#""客户端成功连接\n收到客户端信息：alpha\n收到客户端信息：exit\n""#;
    assert_eq!(server([GREETING, TWO_WORDS, token], "exits 0"), (Dialect::tutorial(), None));
}

#[test]
fn a_server_that_prints_its_whole_buffer_has_no_dialect() {
    let padded = |text: &str, padding: usize| format!("{text} + \"\\x00\" * {padding} + \"\\n\"");
    let one = padded(r#""客户端成功连接\n收到客户端信息：alpha""#, 995);
    let two = format!("{} + {}", one, padded(r#""收到客户端信息：omegbeta""#, 992)).replace("\"\\n\" + \"", "\"\\n");
    assert_eq!(server([GREETING, &two, &one], "exits 0"), (Dialect::tutorial(), None));
}

#[test]
fn a_line_end_may_be_longer_than_a_newline() {
    let [two, token] = [r#""客户端成功连接\n收到「alpha」\n收到「omegbeta」\n""#, r#""客户端成功连接\n收到「alpha」\n""#];
    let (dialect, _) = server([GREETING, two, token], "exits 0");
    assert_eq!((text(&dialect.prefix), text(&dialect.line_end)), ("收到「", "」\n"));
}

#[test]
fn bytes_after_each_word_are_the_clients_delimiter() {
    assert_eq!(client(r#""alphaomegbexit""#), Some(b"".to_vec()));
    assert_eq!(client(r#""alpha\nomegb\nexit\n""#), Some(b"\n".to_vec()));
    assert_eq!(client(r#""alpha\x00omegb\x00exit\x00exit\x00""#), Some(b"\x00".to_vec()));
    // The client stopped after the first word, so there is no delimiter to see.
    assert_eq!(client(r#""alpha""#), Some(b"".to_vec()));
    // A byte between two words, but not after each word, is no delimiter.
    assert_eq!(client(r#""alpha omegb""#), Some(b"".to_vec()));
}

#[test]
fn padding_to_a_fixed_length_is_no_delimiter() {
    assert_eq!(client(r#""alpha" + "\x00" * 95 + "omegb" + "\x00" * 95 + "exit" + "\x00" * 96"#), None);
    assert_eq!(client(r#""5 alpha5 omegb4 exit""#), None);
}
