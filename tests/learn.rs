//! What two short conversations teach about how a program speaks.

use sockspec::dialect::Dialect;
use sockspec::learn::learn;
use sockspec::stage::Seen;
use sockspec::transcript::{Role, Transcript};
use std::convert::Infallible;

/// Learns from what a server printed when a client came and went, and when it sent two words between.
#[track_caller]
fn learned(silent: &str, talking: &str) -> Dialect {
    let seen = |printed: &str| {
        let steps = format!("client: connect\nclient: fin\nserver> {printed}\nserver exits 0\n");
        Seen { transcript: Transcript::parse(&steps).unwrap_or_else(|error| panic!("{error}")), ..Seen::default() }
    };
    let mut conversations = [seen(silent), seen(talking)].into_iter();
    let play = |_: &_| Ok::<_, Infallible>(conversations.next().expect("two conversations"));
    let Ok(lesson) = learn(Role::Server, play);
    assert!(lesson.refusal.is_none());
    lesson.dialect
}

#[test]
fn the_tutorials_own_words_are_the_tutorials_dialect() {
    let dialect = learned("\"客户端成功连接\\n\"", "\"客户端成功连接\\n收到客户端信息：alpha\\n收到客户端信息：omegb\\n\"");
    assert_eq!(dialect, Dialect::tutorial());
}

#[test]
fn each_part_of_another_dialect_is_learned_by_itself() {
    let dialect = learned("\"hello\\nbye\\n\"", "\"hello\\ngot: alpha\\x0d\\ngot: omegb\\x0d\\nbye\\n\"");
    let part = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    assert_eq!(part(&dialect.server_greeting), "hello\n");
    assert_eq!(part(&dialect.prefix), "got: ");
    assert_eq!(part(&dialect.line_end), "\r\n");
    assert_eq!(part(&dialect.farewell), "bye\n");
}

#[test]
fn a_server_that_puts_nothing_between_its_messages_has_no_dialect() {
    let all_in_one = learned("\"客户端成功连接\\n收到客户端信息：\\n\"", "\"客户端成功连接\\n收到客户端信息：alphaomegb\\n\"");
    assert_eq!(all_in_one, Dialect::tutorial());
}
