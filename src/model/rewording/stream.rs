//! A stream of bytes in the words of another course: its texts, its cuts, and the sizes of its pieces.

use crate::spec::dialect::{Dialect, Values};

/// Sizes from this many times the buffer on are about long streams, and stay as they are.
const MOST_BUFFERS: usize = 8;
/// A size is near a multiple of half the buffer if it differs by at most so many bytes.
const NEAR: usize = 2;

/// A text that has a meaning in one course, and the text with that meaning in the other.
pub(super) struct Pattern {
    text: Vec<u8>,
    becomes: Vec<u8>,
    /// Whether it has this meaning only as a whole piece.
    is_whole: bool,
}

impl Pattern {
    /// The longest texts come first, because a longer text may begin with a shorter one.
    pub(super) fn all(from: &Dialect, to: &Dialect, [old, new]: [&[u8]; 2]) -> Vec<Self> {
        let within = |text: &[u8], becomes: &[u8]| Self { text: text.to_vec(), becomes: becomes.to_vec(), is_whole: false };
        let whole = |text: &[u8], becomes: &[u8]| Self { is_whole: true, ..within(text, becomes) };
        // Texts with values are no messages that a client would send.
        let texts = [(&from.server_greeting, &to.server_greeting), (&from.prefix, &to.prefix)];
        let plain = texts.into_iter().filter(|(old, new)| !Values::are_in(old) && !Values::are_in(new));
        let mut all: Vec<Self> = plain.map(|(old, new)| within(old, new)).collect();
        if old != new && !from.token.is_empty() && !to.token.is_empty() {
            let (half, new_half) = (old.len() / 2, new.len() / 2);
            let short = new.len().saturating_sub(1);
            let capital = |word: &[u8]| [word[..1.min(word.len())].to_ascii_uppercase(), word[1.min(word.len())..].to_vec()].concat();
            all.extend([
                within(old, new),
                within(&old.to_ascii_uppercase(), &in_another_case(new, new.to_ascii_uppercase())),
                within(&capital(old), &in_another_case(new, capital(new))),
                within(&old[..old.len() - 1], &new[..short]),
                within(&old[1..], &new[1.min(new.len())..]),
                whole(&old[..half], &new[..new_half]),
                whole(&old[half..], &new[new_half..]),
                // This word has no meaning in the old course, and would end the conversation in the new one.
                within(new, &without_meaning(new)),
            ]);
        }
        all.retain(|pattern| !pattern.text.is_empty() && pattern.text != pattern.becomes);
        all
    }
}

/// The token in another case: this one, or the lower case if the token is in this one already, or another word if it has no letters.
fn in_another_case(token: &[u8], changed: Vec<u8>) -> Vec<u8> {
    let others = [changed, token.to_ascii_lowercase(), token.to_ascii_uppercase(), without_meaning(token)];
    others.into_iter().find(|other| other != token).unwrap_or_default()
}

/// A word of the same length that is not the token, and does not resemble it.
fn without_meaning(token: &[u8]) -> Vec<u8> {
    token.iter().map(|byte| if *byte == b'z' { b'y' } else { b'z' }).collect()
}

/// Rewords a stream, and keeps its cuts where they were: a cut inside a text that changes stays inside of it.
pub(super) fn reword_stream(pieces: &[Vec<u8>], patterns: &[Pattern], buffers: [usize; 2]) -> Vec<Vec<u8>> {
    let stream = pieces.concat();
    // Empty pieces have no cut of their own.
    let lengths = pieces.iter().map(Vec::len).filter(|&len| len > 0);
    let ends: Vec<usize> = lengths
        .scan(0, |end, len| {
            *end += len;
            Some(*end)
        })
        .collect();
    let is_cut = |at: usize| at == 0 || ends.binary_search(&at).is_ok();
    let cuts_inside = |from: usize, to: usize| &ends[ends.partition_point(|&cut| cut <= from)..ends.partition_point(|&cut| cut < to)];
    let (mut reworded, mut new_ends, mut at) = (Vec::new(), Vec::new(), 0);
    while at < stream.len() {
        let is_here = |pattern: &&Pattern| {
            let end = at + pattern.text.len();
            let is_piece = || is_cut(at) && is_cut(end) && cuts_inside(at, end).is_empty();
            stream[at..].starts_with(&pattern.text) && (!pattern.is_whole || is_piece())
        };
        let (old, new) = match patterns.iter().find(is_here) {
            Some(pattern) => (pattern.text.len(), &pattern.becomes[..]),
            None => (1, &stream[at..=at]),
        };
        if old > 1 {
            new_ends.extend(cuts_inside(at, at + old).iter().map(|cut| reworded.len() + moved(cut - at, old, new.len())));
        }
        reworded.extend_from_slice(new);
        at += old;
        if is_cut(at) {
            new_ends.push(reworded.len());
        }
    }
    let mut begin = 0;
    let mut rest = new_ends.into_iter();
    let mut next = |piece: &Vec<u8>| {
        let end = if piece.is_empty() { begin } else { rest.next().unwrap_or(begin) };
        let piece = resized(&reworded[begin..end.max(begin)], piece.len(), buffers);
        begin = end.max(begin);
        piece
    };
    pieces.iter().map(&mut next).collect()
}

/// Where a cut goes that was after `cut` of `old` bytes: the first byte, the last byte and the middle keep their meaning.
pub(super) fn moved(cut: usize, old: usize, new: usize) -> usize {
    let moved = match cut {
        1 => 1,
        _ if cut == old - 1 => new.saturating_sub(1),
        _ => cut * new / old,
    };
    moved.min(new)
}

/// Gives a piece that had a size near the old buffer, or near a multiple of its half, a size near the new one.
fn resized(piece: &[u8], old: usize, [from, to]: [usize; 2]) -> Vec<u8> {
    let halves = (old + NEAR) / (from / 2).max(1);
    let near = halves * from / 2;
    let is_near = (2..=2 * MOST_BUFFERS).contains(&halves) && old.abs_diff(near) <= NEAR;
    if from == to || !is_near {
        return piece.to_vec();
    }
    let size = (halves * to / 2 + old).saturating_sub(near).max(1);
    // Lengthen or shorten the longest run of one byte: the rest may have a meaning.
    let runs = piece.chunk_by(|a, b| a == b).scan(0, |at, run| Some((std::mem::replace(at, *at + run.len()), run)));
    let Some((at, run)) = runs.max_by_key(|(_, run)| run.len()) else { return piece.to_vec() };
    let len = (run.len() + size).saturating_sub(piece.len()).max(1);
    [&piece[..at], &vec![run[0]; len], &piece[at + run.len()..]].concat()
}

#[cfg(test)]
mod tests {
    use crate::model::rewording::stream::{Pattern, reword_stream};
    use crate::spec::dialect::Dialect;

    fn reworded(token: &str, buffer: usize, pieces: &[&str]) -> Vec<String> {
        let from = Dialect::tutorial();
        let to = Dialect { token: token.into(), buffer, ..from.clone() };
        let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
        let pieces = reword_stream(&pieces, &Pattern::all(&from, &to, [&from.token, &to.token]), [from.buffer, to.buffer]);
        pieces.into_iter().map(|piece| String::from_utf8(piece).expect("text")).collect()
    }

    #[test]
    fn the_token_and_its_near_misses_are_those_of_the_other_course() {
        assert_eq!(reworded("goodbye", 1000, &["hello", "exit"]), ["hello", "goodbye"]);
        assert_eq!(
            reworded("goodbye", 1000, &["exits", "EXIT", "Exit", " exit\n", "exi", "xit"]),
            ["goodbyes", "GOODBYE", "Goodbye", " goodbye\n", "goodby", "oodbye"]
        );
    }

    #[test]
    fn a_cut_inside_the_token_stays_there() {
        assert_eq!(reworded("goodbye", 1000, &["ex", "it"]), ["goo", "dbye"]);
        assert_eq!(reworded("goodbye", 1000, &["aexi", "tb"]), ["agoodby", "eb"]);
        assert_eq!(reworded("q", 1000, &["e", "xit"]), ["q", ""]);
    }

    #[test]
    fn another_word_that_would_be_the_token_loses_its_meaning() {
        assert_eq!(reworded("hello", 1000, &["hel", "lo", "exit", "it"]), ["zzz", "zz", "hello", "llo"]);
    }

    #[test]
    fn sizes_around_the_buffer_are_those_of_the_other_buffer() {
        let sizes = |sizes: &[usize]| -> Vec<usize> {
            let pieces: Vec<String> = sizes.iter().map(|size| "x".repeat(*size)).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            reworded("exit", 256, &pieces).iter().map(String::len).collect()
        };
        assert_eq!(sizes(&[1, 499, 999, 1000, 1001, 2000, 2500, 65_536]), [1, 499, 255, 256, 257, 512, 640, 65_536]);
    }
}
