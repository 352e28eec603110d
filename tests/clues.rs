//! The reduced form of a difference between bytes, as a table: what was due, what came, and the clue in it.

use sockspec::verdict::clue::Clue;
use sockspec::verdict::form::{Due, form, form_of_stream};

/// The clue in the output of a server that received these messages.
#[track_caller]
fn prints(messages: &[&str], seen: &str, clue: Clue) {
    prints_bytes(messages, seen.as_bytes(), clue);
}

#[track_caller]
fn prints_bytes(messages: &[&str], seen: &[u8], clue: Clue) {
    let due = Due {
        lead: "你好\n".into(),
        before: "收到：".into(),
        texts: messages.iter().map(|text| text.as_bytes().to_vec()).collect(),
        behind: "\n".into(),
        typed: Vec::new(),
        token: "exit".into(),
    };
    assert_eq!(form(&due, seen), Some(clue), "{}", String::from_utf8_lossy(seen));
    assert_eq!(form(&due, &due.all()), None, "what is due has no clue");
}

/// The clue in the words of a client that read these lines.
#[track_caller]
fn sends(typed: &str, seen: &str, clue: Clue) {
    let texts = typed.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
    let due = Due { texts, typed: typed.into(), token: "exit".into(), ..Due::default() };
    assert_eq!(form(&due, seen.as_bytes()), Some(clue), "{seen}");
    assert_eq!(form(&due, &due.all()), None, "what is due has no clue");
}

fn in_utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn line_ends_of_a_server() {
    prints(&["ab", "c"], "你好\r\n收到：ab\r\n收到：c\r\n", Clue::CarriageReturn);
    prints(&["ab", "c"], "你好\n收到：ab\r\n收到：c\r\n", Clue::CarriageReturn);
    prints(&["ab", "c"], "你好\r\n收到：ab\n收到：c\n", Clue::CarriageReturn);
    prints(&["ab"], "你好\n收到：ab", Clue::NoNewline);
    prints(&["ab", "c"], "你好收到：ab\n收到：c\n", Clue::NoNewline);
    prints(&["ab", "c"], "你好\n收到：ab收到：c", Clue::NoNewline);
    // The newline of the message is missing, and not the one of the line.
    prints(&["ab\n"], "你好\n收到：ab\n", Clue::WhiteSpace);
}

#[test]
fn letters_and_encodings() {
    prints(&["ab", "c"], "你好\n收到：AB\n收到：C\n", Clue::UpperCase);
    prints(&["AB", "C"], "你好\n收到：ab\n收到：c\n", Clue::LowerCase);
    prints(&["é"], "你好\n收到：Ã©\n", Clue::TwiceEncoded);
    prints(&["é"], "你好\n收到：?\n", Clue::Replaced);
    prints(&["é", "z"], "??\n???é\n???z\n", Clue::Replaced);
    prints(&["a\u{fffd}é"], "你好\n收到：a��\n", Clue::Replaced);
    prints_bytes(&["ab"], &in_utf_16("你好\n收到：ab\n"), Clue::Utf16);
    prints_bytes(&["ab"], b"\xc4\xe3\xba\xc3\n\xca\xd5\xb5\xbd\xa3\xbaab\n", Clue::TwoBytes);
}

#[test]
fn texts_that_are_too_short() {
    prints(&["hello"], "你好\n收到：hell\n", Clue::LastByte);
    prints(&["hello", "you"], "你好\n收到：ello\n收到：ou\n", Clue::FirstByte);
    prints(&["abcdefghij", "ab"], "你好\n收到：abcdefgh\n收到：ij\n收到：ab\n", Clue::PiecesOf(8));
    prints(&["abcdefghij", "ab"], "你好\n收到：abcdefgh\n收到：ab\n", Clue::CutAt(8));
    prints(&["one", "two", "three"], "你好\n收到：one\n", Clue::FirstOnly);
    prints(&["one", "two"], "你好\n收到：one\n", Clue::LastMissing);
    prints(&["one", "two"], "你好\n", Clue::Missing);
    prints(&["one"], "你好\n收到：", Clue::CutShort);
    prints(&["one", "two", "three"], "你好\n收到：one\n收到：three\n", Clue::Gap(13));
    prints(&["one"], "", Clue::Nothing);
    prints(&["one", "two"], "你好\n收到：\n收到：\n", Clue::Emptied);
    prints(&["one", "two"], "你好\n收到：n\n收到：to\n", Clue::Lost);
}

#[test]
fn texts_that_are_too_long() {
    prints(&["abcdef", "xy"], "你好\n收到：abcdef\n收到：xycdef\n", Clue::EarlierTail);
    prints(&["abcdef", "xyz", "u"], "你好\n收到：abcdef\n收到：xyzdef\n收到：uyzdef\n", Clue::EarlierTail);
    // A part of the buffer was cleared, so the shortest text has no tail.
    prints(&["abcdef", "xyz", "u"], "你好\n收到：abcdef\n收到：xyzdef\n收到：u\n", Clue::EarlierTail);
    prints(&["ab", "c"], "你好\n收到：ab\0\0\0\n收到：c\0\0\0\0\n", Clue::Padded(5));
    prints(&["ab", "c"], "你好\n收到：ab\0\n收到：c\0\n", Clue::Behind("\"\\0\"".into()));
    prints(&["ab", "c"], "你好\n收到：ab!\n收到：c!\n", Clue::Behind("\"!\"".into()));
    prints(&["ab", "c"], "你好\n收到：> ab\n收到：> c\n", Clue::InFront("\"> \"".into()));
    prints(&["ab", "c"], "你好\n[x]收到：ab\n[x]收到：c\n", Clue::InFront("\"[x]\"".into()));
    prints(&["ab", "c"], "你好\n收到：ab\n收到：ab\n收到：ab\n收到：ab\n", Clue::Repeats);
    prints(&["ab", "c"], "你好\n收到：ab\n收到：ab\n收到：c\n收到：c\n", Clue::Twice);
}

#[test]
fn messages_that_are_cut_elsewhere() {
    prints(&["ab", "c"], "你好\n收到：abc\n", Clue::Joined);
    prints(&["ab c"], "你好\n收到：ab\n收到：c\n", Clue::Split);
    prints(&[" a b "], "你好\n收到：a b\n", Clue::WhiteSpace);
}

#[test]
fn output_that_is_not_due() {
    prints(&["ab"], "你好\n收到：ab\n收到：exit\n", Clue::TokenToo);
    prints(&["ab"], "你好\n收到：ab\n收到：\n", Clue::EmptyToo);
    prints(&["ab"], "你好\n收到：ab\nbye\n", Clue::TextToo);
    prints(&["ab"], "port 8023\n你好\n收到：ab\n", Clue::LineFirst);
    prints(&["ab", "c"], "你好\n收到：ab\n--\n收到：c\n", Clue::Added("\"--\\n\"".into()));
    prints(&["ab"], "INFO: 你好\n收到：ab\n", Clue::TextFirst("\"INFO: \"".into()));
    prints(&["ab"], "hello\n收到：ab\n", Clue::OtherText);
}

#[test]
fn the_words_of_a_client() {
    sends("one two\nexit\n", "one two\nexit\n", Clue::AsTyped);
    sends("one\ntwo\nexit\n", "one\ntwo\nexit\n", Clue::Behind("\"\\n\"".into()));
    sends("one\ntwo\nexit\n", "one\r\ntwo\r\nexit\r\n", Clue::Behind("\"\\x0d\\n\"".into()));
    sends("one\ntwo\nexit\n", "one\0two\0exit\0", Clue::Behind("\"\\0\"".into()));
    sends("one\ntwo\nexit\n", "one\0\0two\0\0exit\0", Clue::Padded(5));
    sends("one\ntwo\nexit\n", "one", Clue::FirstLine);
    sends("one two\nthree four\nexit\n", "onethreeexit", Clue::FirstWords);
    sends("one\ntwo\nexit\n", "ontwexi", Clue::LastByte);
    sends("one\ntwo\nexit\n", "ontwexit", Clue::LastByte);
    sends("one\ntwo\nexit\n", "3one3two4exit", Clue::LengthFirst);
    sends("One\nexit\n", "oneexit", Clue::LowerCase);
    sends("one\nexit\n", "oneexitexit", Clue::TokenToo);
    sends("one\nexit\n", "", Clue::Nothing);
}

#[test]
fn a_stream_that_is_only_cut_elsewhere_has_no_clue_in_its_bytes() {
    assert_eq!(form_of_stream(b"one two", b"one two"), None);
    assert_eq!(form_of_stream(b"one two", b"onetwo"), Some(Clue::WhiteSpace));
    assert_eq!(form_of_stream(b"one two", b"one "), Some(Clue::CutShort));
}
