//! Decides whether TCP allows an output.
//!
//! TCP may cut a stream anywhere, so a server has many correct outputs. The oracle looks for a cut of the sent bytes that explains the
//! output. It compares bytes, not lines, because a message may contain the prefix, the greeting and newlines.
//!
//! # The algorithm
//! The server prints a prefix and a line end with each piece, always the same number of bytes (`around`). So after `k` pieces, the place in
//! the output determines the place in the stream: output − k × around. A state is a pair (place in the output, k). Places are only those
//! where a line can end. From one state, the next places are a range, which ends at the first byte that differs. The search goes level by
//! level over `k`. Its time is quadratic in the number of possible line ends, and linear if the messages do not imitate line ends.
//!
//! A server that answers with the bare message prints nothing around a piece. Then the place in the output alone determines the place in
//! the stream: the same place on two levels is one state, and the search visits it once.
//!
//! The oracle shares no code with the reference programs.

use crate::spec::dialect::{Dialect, ServerEnd, TokenMatch, is_space};
use std::collections::BTreeSet;

/// The input of the oracle: what was sent, and how a server prints a piece of it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// All bytes that were sent to the server, in order.
    pub sent: &'a [u8],
    /// The same bytes as the server prints them: unchanged, or in upper case.
    pub shown: &'a [u8],
    /// Places in `sent`, ascending, where a recv must have ended.
    pub boundaries: &'a [usize],
    /// The text before each printed piece. If the prefix and the line end are both empty, no cut is visible.
    pub prefix: &'a [u8],
    /// The text after each printed piece.
    pub line_end: &'a [u8],
    /// The pieces that end the server.
    pub token: Token<'a>,
    /// The most bytes that one recv returns, if that is known.
    pub max_piece: Option<usize>,
    /// How the conversation ended.
    pub ending: Ending,
    /// Whether a piece ends at its first NUL, for the output and for the comparison with the token.
    pub c_strings: bool,
}

/// The pieces that end a server.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// The token. Empty if no piece ends the server.
    pub text: &'a [u8],
    /// Which pieces are the token.
    pub matching: TokenMatch,
    /// Whether the server prints the token before it ends.
    pub is_printed: bool,
}

/// The reason for the end of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The end of the stream, or the token before it.
    Stream,
    /// A reset, or the token before it. The server need not have read everything before a reset.
    Reset,
    /// The token: nothing else that ends a server has arrived.
    Token,
}

/// The explanation that gets furthest, if no explanation is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// How many bytes of the output it explains.
    pub explained: usize,
    /// How many bytes of the sent stream it uses.
    pub consumed: usize,
    /// What could have followed, in words.
    pub possible: String,
}

/// Decides whether `printed` is possible.
///
/// # Errors
/// How far the best explanation gets, and what could have followed there.
pub fn explain(question: &Question<'_>, printed: &[u8]) -> Result<(), Shortfall> {
    let Question { sent, shown, prefix, line_end, .. } = *question;
    if question.c_strings && sent.contains(&0) {
        return explain_c_strings(question, printed);
    }
    let around = prefix.len() + line_end.len();
    let line_ends = line_ends(question, printed);
    let mut best = Shortfall { explained: 0, consumed: 0, possible: String::new() };
    // The places in the output at which a piece may begin, after the pieces so far.
    let mut places = vec![0];
    let mut visited = BTreeSet::new();
    for pieces in 0.. {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        // On one level all places lie on one diagonal, so bytes that were found equal once need not be compared again.
        let mut equal_until = 0_usize;
        for &place in &places {
            let consumed = place - pieces * around;
            if place == printed.len() && question.may_end_at(consumed) {
                return Ok(());
            }
            if !printed[place..].starts_with(prefix) {
                best.offer(place, consumed, || question.possible_at(consumed));
                continue;
            }
            let begin = place + prefix.len();
            let most = question.most_from(consumed);
            let known = equal_until.saturating_sub(begin).min(most);
            let equal = known + common_prefix(&printed[begin + known..], &shown[consumed + known..consumed + most]);
            equal_until = equal_until.max(begin + equal);
            best.offer(begin + equal, consumed + equal, || question.possible_within(consumed, equal));
            let first = line_ends.partition_point(|&end| end <= begin);
            let last = line_ends.partition_point(|&end| end <= begin + equal);
            // No piece follows the token.
            let Some((shortest, longest)) = question.token.lengths(&sent[consumed..]) else {
                ranges.push((first, last));
                continue;
            };
            let from = line_ends.partition_point(|&end| end < begin + shortest).clamp(first, last);
            let to = line_ends.partition_point(|&end| end <= begin.saturating_add(longest)).clamp(first, last);
            if question.token.is_printed && line_ends[from..to].last().is_some_and(|end| end + line_end.len() == printed.len()) {
                return Ok(());
            }
            ranges.extend([(first, from), (to, last)]);
        }
        // The ranges begin in ascending order; what two of them share counts once.
        places.clear();
        let mut done = 0;
        ranges.sort_unstable();
        for (from, to) in ranges {
            places.extend(line_ends[from.max(done).min(to)..to].iter().map(|end| end + line_end.len()));
            done = done.max(to);
        }
        if around == 0 {
            places.retain(|&place| visited.insert(place));
        }
        if places.is_empty() {
            break;
        }
    }
    Err(best)
}

/// The words of what was typed, which a client sends, one after the other and without anything between them. (How the input was cut into
/// writes does not matter; and since TCP keeps no boundaries, the words' own cannot be seen.)
pub fn words(typed: &[u8]) -> impl Iterator<Item = &[u8]> {
    typed.split(|&byte| is_space(byte)).filter(|word| !word.is_empty())
}

/// The lines of a text, each without its newline.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// Takes the complete lines out of what was read so far. The beginning of the next line stays.
pub fn take_complete_lines(read: &mut Vec<u8>) -> Vec<u8> {
    let complete = read.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    read.drain(..complete).collect()
}

impl Question<'_> {
    /// Whether the server may have stopped after so many bytes of the stream.
    fn may_end_at(&self, consumed: usize) -> bool {
        match self.ending {
            Ending::Stream if consumed == self.sent.len() => true,
            Ending::Reset => true,
            _ => !self.token.is_printed && self.may_be_token_at(consumed),
        }
    }

    /// Whether the next piece can be the token, which the server does not print.
    fn may_be_token_at(&self, consumed: usize) -> bool {
        let lengths = self.token.lengths(&self.sent[consumed..]);
        lengths.is_some_and(|(shortest, _)| shortest <= self.most_from(consumed))
    }

    /// The most that one recv can take from here.
    fn most_from(&self, consumed: usize) -> usize {
        let next = self.boundaries.partition_point(|&boundary| boundary <= consumed);
        let until = self.boundaries.get(next).copied().unwrap_or(self.sent.len()).min(self.sent.len());
        (until - consumed).min(self.max_piece.unwrap_or(usize::MAX))
    }

    fn possible_at(&self, consumed: usize) -> String {
        if consumed == self.sent.len() { "nothing more".into() } else { "the beginning of another message".into() }
    }

    fn possible_within(&self, consumed: usize, most: usize) -> String {
        let from = consumed + most;
        if most < self.most_from(consumed) {
            let next = crate::spec::bytes::excerpt(&self.shown[from..(from + 16).min(self.shown.len())], 40);
            if most == 0 { format!("{next}, which was sent next") } else { format!("{next}, which was sent next, or the end of the line") }
        } else if most == 0 {
            "nothing more".into()
        } else {
            "the end of the line".into()
        }
    }
}

/// The same if pieces end at their first NUL. Then the place in the output does not determine the place in the stream, because any number of
/// bytes may follow a NUL. A state is a pair of both places, and the time grows with their product.
fn explain_c_strings(question: &Question<'_>, printed: &[u8]) -> Result<(), Shortfall> {
    let Question { sent, shown, prefix, line_end, token, .. } = *question;
    let mut best = Shortfall { explained: 0, consumed: 0, possible: String::new() };
    let line_ends = line_ends(question, printed);
    let nuls: Vec<usize> = sent.iter().enumerate().filter(|(_, byte)| **byte == 0).map(|(at, _)| at).collect();
    let mut states = BTreeSet::from([(0, 0)]);
    while let Some((place, consumed)) = states.pop_first() {
        if place == printed.len() && question.may_end_at(consumed) {
            return Ok(());
        }
        if !printed[place..].starts_with(prefix) {
            best.offer(place, consumed, || question.possible_at(consumed));
            continue;
        }
        let begin = place + prefix.len();
        let most = question.most_from(consumed);
        let next_nul = nuls.get(nuls.partition_point(|&at| at < consumed));
        let visible = next_nul.map(|at| at - consumed).filter(|len| *len < most);
        let equal = common_prefix(&printed[begin..], &shown[consumed..consumed + visible.unwrap_or(most)]);
        best.offer(begin + equal, consumed + equal, || question.possible_within(consumed, equal));
        let from = line_ends.partition_point(|&end| end < begin);
        let tokens = token.lengths(&sent[consumed..]);
        for len in line_ends[from..].iter().take_while(|end| **end <= begin + equal).map(|end| end - begin) {
            let next = begin + len + line_end.len();
            // No piece follows the token.
            if tokens.is_some_and(|(shortest, longest)| (shortest..=longest).contains(&len)) {
                if token.is_printed && next == printed.len() {
                    return Ok(());
                }
                continue;
            }
            if len > 0 {
                states.insert((next, consumed + len));
            }
            if visible == Some(len) {
                states.extend((len + 1..=most).map(|whole| (next, consumed + whole)));
            }
        }
    }
    Err(best)
}

impl<'a> Token<'a> {
    /// The messages that end a server of this dialect. `is_printed` says whether the server shows them.
    pub fn of(dialect: &'a Dialect, is_printed: bool) -> Self {
        let text: &[u8] = if dialect.server_ends == ServerEnd::Operator { b"" } else { &dialect.token };
        Self { text, matching: dialect.token_match, is_printed }
    }

    /// The lengths of the pieces at the beginning of a stream that are the token: the shortest and the longest. All between them are, too.
    fn lengths(&self, stream: &[u8]) -> Option<(usize, usize)> {
        let spaces = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let (text, len) = (self.text, self.text.len());
        let lead = if self.matching == TokenMatch::Trimmed { spaces(stream) } else { 0 };
        let is_here = match self.matching {
            TokenMatch::AnyCase => stream.get(..len).is_some_and(|beginning| beginning.eq_ignore_ascii_case(text)),
            _ => stream[lead..].starts_with(text),
        };
        if text.is_empty() || !is_here {
            return None;
        }
        let behind = &stream[lead + len..];
        match self.matching {
            TokenMatch::Whole | TokenMatch::AnyCase => Some((len, len)),
            TokenMatch::Newline => behind.starts_with(b"\n").then_some((len + 1, len + 1)),
            TokenMatch::Trimmed => Some((lead + len, lead + len + spaces(behind))),
            TokenMatch::Prefix => Some((len, usize::MAX)),
        }
    }

    /// Whether a piece of this stream can be the token.
    pub fn occurs_in(&self, stream: &[u8]) -> bool {
        (0..stream.len()).any(|at| self.lengths(&stream[at..]).is_some())
    }
}

impl Shortfall {
    fn offer(&mut self, explained: usize, consumed: usize, possible: impl FnOnce() -> String) {
        if explained > self.explained || self.possible.is_empty() {
            *self = Self { explained, consumed, possible: possible() };
        }
    }
}

/// The places in the output at which a piece may end: the line end is there, and behind it another piece or nothing.
fn line_ends(question: &Question<'_>, printed: &[u8]) -> Vec<usize> {
    let Question { prefix, line_end, .. } = *question;
    let is_one = |&at: &usize| {
        let rest = &printed[at..];
        rest.starts_with(line_end) && (rest.len() == line_end.len() || rest[line_end.len()..].starts_with(prefix))
    };
    (0..=printed.len()).filter(is_one).collect()
}

/// How many bytes two strings have in common at their beginnings.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    // Blocks first: the compiler compares a block at once.
    const BLOCK: usize = 64;
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(a, b)| a == b).count() * BLOCK;
    blocks + a[blocks..].iter().zip(&b[blocks..]).take_while(|(a, b)| a == b).count()
}
