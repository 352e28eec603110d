//! Times of day in what a program prints, such as `[12:30:59]` or `2026-05-01 12:30:59,123`: they differ from run to run, even where the
//! looks at a program are too short to show it.

use crate::spec::dialect::Values;

/// Names that stand in a date.
const NAMES: [&[u8]; 19] = [
    b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun", b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct",
    b"Nov", b"Dec",
];

/// The text with the mark of `{any}` in place of each time of day, with its date.
pub(super) fn without_times(text: &[u8]) -> Vec<u8> {
    let mark = Values::mark("any").unwrap_or_default();
    let (mut all, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = rest.windows(5).position(is_clock) {
        let start = at - date_before(&rest[..at]);
        all.extend_from_slice(&rest[..start]);
        all.extend_from_slice(mark);
        rest = &rest[at + 5..];
        rest = &rest[date_behind(rest)..];
    }
    all.extend_from_slice(rest);
    all
}

/// `12:30`
fn is_clock(text: &[u8]) -> bool {
    let is_below = |text: &[u8], end: u8| text.iter().all(u8::is_ascii_digit) && text[0] - b'0' < end;
    is_below(&text[..2], 3) && text[2] == b':' && is_below(&text[3..], 6)
}

/// How many bytes at the end of this text belong to the date before a time.
fn date_before(text: &[u8]) -> usize {
    let mut len = 0;
    loop {
        let rest = text[..text.len() - len].trim_ascii_end();
        let blanks = text.len() - len - rest.len();
        let start = rest.iter().rposition(|byte| !is_date_byte(*byte)).map_or(0, |at| at + 1);
        let word = &rest[start..];
        // Without a blank, the letter T stands between a date and its time.
        let is_joined = blanks == 0 && word.ends_with(b"T");
        let is_date = is_joined || blanks > 0 && (is_name(word) || is_numbers(word) || is_name(last_word(&rest[..start])));
        if word.is_empty() || !is_date {
            return len;
        }
        len += blanks + word.len();
    }
}

/// How many bytes at the beginning of this text belong to a time: seconds, their parts, and the year.
fn date_behind(text: &[u8]) -> usize {
    let mut len = 0;
    while let Some([b':' | b'.' | b',', digit, ..]) = text.get(len..)
        && digit.is_ascii_digit()
    {
        len += 1 + text[len + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    let year = text[len..].strip_prefix(b" ").map(|text| &text[..text.iter().take_while(|byte| byte.is_ascii_digit()).count()]);
    len + year.filter(|year| year.len() == 4 && year.starts_with(b"20")).map_or(0, |year| 1 + year.len())
}

fn is_date_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.')
}

fn last_word(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    &text[text.iter().rposition(|byte| !is_date_byte(*byte)).map_or(0, |at| at + 1)..]
}

fn is_name(word: &[u8]) -> bool {
    NAMES.contains(&word)
}

/// `2026-05-01`
fn is_numbers(word: &[u8]) -> bool {
    let parts: Vec<&[u8]> = word.split(|byte| matches!(byte, b'-' | b'/' | b'.')).collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use crate::spec::dialect::Values;
    use crate::verdict::proposal::time::without_times;

    #[test]
    fn a_time_is_known_by_its_shape() {
        let without = |text: &str| String::from_utf8(Values::named(&without_times(text.as_bytes()))).expect("text");
        assert_eq!(without("[12:30] alpha\n"), "[{any}] alpha\n");
        assert_eq!(without("2026-05-01 12:30:59,123 INFO alpha\n"), "{any} INFO alpha\n");
        assert_eq!(without("server at 2026-05-01T12:30:59.123: alpha\n"), "server at {any}: alpha\n");
        assert_eq!(without("Tue Dec  1 12:30:59 2026: alpha\n"), "{any}: alpha\n");
        assert_eq!(without("client 7 12:30:59\n"), "client 7 {any}\n");
        assert_eq!(without("01/05/2026 12:30 to 12:45, port 40001\n"), "{any} to {any}, port 40001\n");
        assert_eq!(without("127.0.0.1:8080 alpha\n"), "127.0.0.1:8080 alpha\n");
    }
}
