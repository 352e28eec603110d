//! Byte strings as the transcripts write them: `"收到客户端信息：" + "x" * 1000 + "\n"`.
//!
//! TOML and JSON strings cannot hold the byte 0xff. This notation can hold every byte, and there is exactly one way to write each string:
//! printable characters stay as they are, and all others are written as `\n`, `\t` or `\xHH`.

use std::fmt::{self, Write as _};

/// The largest byte string in a transcript, in bytes. A few characters of text must not be able to use up the memory.
pub const MAX_LEN: usize = 64 << 20;

/// A byte string in its written form: a sum of quoted strings, each of which may be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes {
    items: Vec<Item>,
}

/// One quoted string, and how often it is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The bytes between the quotes.
    pub string: Vec<u8>,
    /// The number of repetitions, at least 1.
    pub times: usize,
}

impl Bytes {
    /// The sum of these items, which may not be empty.
    pub fn sum(items: Vec<Item>) -> Self {
        debug_assert!(!items.is_empty());
        Self { items }
    }

    /// One quoted string, however long.
    pub fn literal(bytes: &[u8]) -> Self {
        Self::sum(vec![Item { string: bytes.to_vec(), times: 1 }])
    }

    /// The same bytes as one quoted string.
    #[must_use]
    pub fn as_literal(&self) -> Self {
        Self::literal(&self.to_vec())
    }

    /// Writes long repetitions in the short form, for people to read.
    pub fn compact(bytes: &[u8]) -> Self {
        let mut items = Vec::new();
        let (mut literal, mut at) = (0, 0);
        while at < bytes.len() {
            let Some((period, times)) = repetition(&bytes[at..]) else {
                at += 1;
                continue;
            };
            if literal < at {
                items.push(Item { string: bytes[literal..at].to_vec(), times: 1 });
            }
            items.push(Item { string: bytes[at..at + period].to_vec(), times });
            at += period * times;
            literal = at;
        }
        if literal < at || items.is_empty() {
            items.push(Item { string: bytes[literal..].to_vec(), times: 1 });
        }
        Self { items }
    }

    /// The bytes themselves.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        for item in &self.items {
            for _ in 0..item.times {
                all.extend_from_slice(&item.string);
            }
        }
        all
    }

    /// The first `len` bytes, or all if there are fewer. The written form stays.
    #[must_use]
    pub fn first(&self, mut len: usize) -> Self {
        let mut items = Vec::new();
        for Item { string, times } in &self.items {
            if len == 0 {
                break;
            }
            let whole = len.checked_div(string.len()).map_or(*times, |fit| fit.min(*times));
            if whole > 0 {
                items.push(Item { string: string.clone(), times: whole });
                len -= whole * string.len();
            }
            if whole < *times {
                items.push(Item { string: string[..len].to_vec(), times: 1 });
                break;
            }
        }
        if items.is_empty() { Self::literal(b"") } else { Self::sum(items) }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.items.iter().map(|item| item.string.len() * item.times).sum()
    }

    /// Whether there is no byte at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.items.iter().enumerate() {
            if i > 0 {
                f.write_str(" + ")?;
            }
            quote(f, &item.string)?;
            if item.times > 1 {
                write!(f, " * {}", item.times)?;
            }
        }
        Ok(())
    }
}

/// Writes the one canonical form of a quoted string.
fn quote(f: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    f.write_char('"')?;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '"' | '\\' => write!(f, "\\{c}")?,
                c if is_printable(c) => f.write_char(c)?,
                c => c.encode_utf8(&mut [0; 4]).bytes().try_for_each(|b| write!(f, "\\x{b:02x}"))?,
            }
        }
        chunk.invalid().iter().try_for_each(|b| write!(f, "\\x{b:02x}"))?;
    }
    f.write_char('"')
}

/// The quoted form of some bytes, cut after about `limit` characters. It is for messages, not for files.
pub fn excerpt(bytes: &[u8], limit: usize) -> String {
    // A search for repetitions in megabytes takes seconds, so look only at the beginning.
    const LONGEST: usize = 1 << 16;
    let mut text = Bytes::compact(&bytes[..bytes.len().min(LONGEST)]).to_string();
    let cut = text.char_indices().nth(limit).map(|(cut, _)| cut);
    if cut.is_some() || bytes.len() > LONGEST {
        text.truncate(cut.unwrap_or(text.len()));
        let _ = write!(text, "… ({} bytes)", bytes.len());
    }
    text
}

/// Whether a character stands for itself in a transcript. The list is fixed, and does not depend on the version of Unicode. It leaves out
/// characters that are invisible, combine with others, change the direction of the text, or look like other characters.
pub fn is_printable(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{24f}' | '\u{3001}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff60}')
}

/// The shortest repeated piece at the beginning of the bytes, and how often it repeats. `None` if the repetition is too short to matter.
fn repetition(bytes: &[u8]) -> Option<(usize, usize)> {
    const LONGEST_PERIOD: usize = 128;
    const WORTH_IT: usize = 64;
    if bytes.len() < WORTH_IT {
        return None;
    }
    (1..=LONGEST_PERIOD.min(bytes.len() / 4)).find_map(|period| {
        let span = WORTH_IT.max(4 * period);
        // Compare a few bytes first, because that is cheap.
        if bytes[0] != bytes[period] || bytes[..span - period] != bytes[period..span] {
            return None;
        }
        let same = bytes[period..].iter().zip(bytes).take_while(|(a, b)| a == b).count();
        Some((period, same / period + 1))
    })
}

/// How far a text follows another one, where any number stands for a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Along {
    /// So many bytes of the text follow.
    text: usize,
    /// They follow so many bytes of the other one.
    other: usize,
}

impl Along {
    /// Goes on from here, as far as the text follows. Returns the place from which to go on when the text has grown, and the place that was
    /// reached: a number at the end of the text may still grow.
    pub fn go_on(mut self, text: &[u8], other: &[u8]) -> (Self, Self) {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        while let (Some(byte), Some(due)) = (text.get(self.text), other.get(self.other)) {
            if byte.is_ascii_digit() && due.is_ascii_digit() {
                let before = self;
                self.text += digits(&text[self.text..]);
                self.other += digits(&other[self.other..]);
                if self.text == text.len() {
                    return (before, self);
                }
            } else if byte == due {
                self.text += 1;
                self.other += 1;
            } else {
                break;
            }
        }
        (self, self)
    }

    /// Whether the text follows at least so many bytes of the other one.
    pub fn has_reached(self, other: usize) -> bool {
        self.other >= other
    }
}

/// Whether two texts differ only in numbers.
pub fn are_alike(one: &[u8], other: &[u8]) -> bool {
    Along::default().go_on(one, other).1 == Along { text: one.len(), other: other.len() }
}

/// Where these bytes first stand in others. An empty needle stands nowhere.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len().max(1)).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use crate::spec::bytes::{Along, are_alike};

    #[test]
    fn any_number_stands_for_a_number() {
        assert!(are_alike(b"port 40000, fd 4\n", b"port 7, fd 12\n"));
        assert!(!are_alike(b"port x", b"port 7") && !are_alike(b"port", b"port 7") && !are_alike(b"7 ports", b"ports"));
    }

    #[test]
    fn a_text_that_grows_is_followed_from_where_it_ended() {
        let due = b"port 7, fd 12\nmore";
        let (next, reached) = Along::default().go_on(b"port 40", due);
        assert!(reached.has_reached(6) && !reached.has_reached(7));
        let (next, reached) = next.go_on(b"port 40000, fd 4", due);
        assert!(reached.has_reached(13) && !reached.has_reached(14));
        assert!(next.go_on(b"port 40000, fd 4\nmore", due).1.has_reached(due.len()));
        assert!(!next.go_on(b"port 40000, fd 4 ", due).1.has_reached(14));
    }
}
