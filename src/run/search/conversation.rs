//! A conversation that nobody has written down: what is sent or typed, how it is cut, and how it ends. It becomes a scenario like any
//! other, so what is found with it can be saved, read, and replayed.

use crate::model::expectation::expect;
use crate::model::oracle;
use crate::model::server::ONE_RECV;
use crate::model::stimuli::{Precision, Stimuli};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, TOKEN};
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::{Peer, Scenario, Step, Wire};
use std::iter;
use std::ops::Range;

/// What the harness does, from connect to end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// The program that is judged.
    pub subject: Role,
    /// What is sent to a server, or typed for a client, piece by piece. None is empty.
    pub pieces: Vec<Vec<u8>>,
    /// Whether each piece is seen to arrive before the next leaves.
    pub pacing: Pacing,
    /// Whether nobody does anything for a while before the last piece, longer than the usual timeouts.
    pub is_silent: bool,
    /// Whether it is judged *when* the program reacts, and nothing else: a program that takes its time is then waited for.
    pub is_timed: bool,
    /// What comes behind the last piece.
    pub ending: Ending,
}

/// How pieces follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pacing {
    /// One after the other, each witnessed.
    Lockstep,
    /// All at once: TCP cuts and joins them as it likes.
    Burst,
}

/// How a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// With the end of the stream, or of the input.
    Eof,
    /// With the token.
    Token,
    /// With a reset; a client's input cannot be reset, and ends instead.
    Reset,
}

/// What ends other programs. 0xff begins a command of telnet; the last is the token with the highest bit set.
pub const ENDINGS: &[&[u8]] = &[
    b"quit",
    b"bye",
    b"q",
    b"end",
    b"stop",
    b"close",
    b"logout",
    b"disconnect",
    b"halt",
    b"/quit",
    b"/exit",
    b":q",
    b"~.",
    b".",
    b"exit()",
    b"exit;",
    b"exit!",
    b"EXIT!",
    b"\"exit\"",
    b"'exit'",
    b"exit\t",
    b"exit\x0b",
    b"exit\x0c",
    b"exit\r",
    "退出".as_bytes(),
    b"\n",
    b"\r\n",
    b"\x03",
    b"\x04",
    b"\x1a",
    b"\x1b",
    b"\x7f",
    b"\xff",
    b"\xff\xf4\xff\xfd\x06",
    b"tixe",
    b"\xe5\xf8\xe9\xf4",
];

/// From so many bytes on a word is a long one: the tutorial's own buffer is full.
const LONG_WORD: usize = 100;
/// So many messages are many: what goes wrong then is not how a single one is cut.
const MANY: usize = 64;

impl Conversation {
    /// A stream in one cut: bit `i` of `cuts` is a cut behind byte `i`.
    pub fn of_cuts(subject: Role, stream: &[u8], cuts: u64) -> Self {
        let mut pieces = vec![Vec::new()];
        for (i, &byte) in stream.iter().enumerate() {
            pieces.last_mut().into_iter().for_each(|piece| piece.push(byte));
            if i + 1 < stream.len() && cuts & 1 << i != 0 {
                pieces.push(Vec::new());
            }
        }
        Self { subject, pieces, pacing: Pacing::Lockstep, is_silent: false, is_timed: false, ending: Ending::Eof }
    }

    /// The rules that it can break, the more telling first. A failure is saved under the rule that it breaks.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        let (telling, other, prompt) = match self.subject {
            Role::Server => (self.server_rule(), "server/silent", "server/prompt"),
            Role::Client => (self.client_rule(), "client/hang-up", "client/prompt"),
        };
        let ending = match (self.subject, self.ending) {
            (Role::Server, Ending::Eof) => "server/eof",
            (Role::Server, Ending::Token) => "server/exit-token",
            (Role::Server, Ending::Reset) => "server/reset",
            (Role::Client, Ending::Token) => "client/exit-token",
            (Role::Client, _) => "client/eof",
        };
        let rules = if self.is_timed && self.can_be_timed() { vec![prompt] } else { vec![telling, other, ending] };
        rules.into_iter().filter_map(Rule::find)
    }

    /// Whether each piece asks for something at once. After its end a program need not react to anything; of a word with a NUL in it a client
    /// may send nothing, and it may wait for the end of the line.
    fn can_be_timed(&self) -> bool {
        let all = self.pieces.concat();
        match self.subject {
            Role::Server => self.pacing == Pacing::Lockstep && self.pieces.iter().all(|piece| piece != TOKEN),
            Role::Client => {
                let has_lines = self.pieces.iter().all(|piece| piece.ends_with(b"\n"));
                has_lines && !all.contains(&0) && oracle::words(&all).all(|word| word != TOKEN)
            }
        }
    }

    /// The rule that wrong output is most likely to break, by what was sent.
    fn server_rule(&self) -> &'static str {
        let all = self.pieces.concat();
        let glued = |piece: &Vec<u8>| piece != TOKEN && contains(piece, TOKEN);
        match () {
            () if self.pieces.iter().any(glued) => "server/exit-coalesced",
            () if self.pieces.iter().any(|piece| is_near_token(piece)) => "server/exit-exact",
            () if contains(&all, TOKEN) && self.pieces.iter().all(|piece| piece != TOKEN) => "server/exit-split",
            () if self.pacing == Pacing::Burst || self.pieces.len() > MANY => "server/stream",
            () if self.pieces.iter().any(|piece| piece.len() > ONE_RECV) => "server/stream",
            () if !all.iter().all(u8::is_ascii_alphanumeric) => "server/message-bytes",
            () if self.pieces.len() > 1 => "server/message-split",
            () => "server/message",
        }
    }

    /// The same for what was typed.
    fn client_rule(&self) -> &'static str {
        let all = self.pieces.concat();
        let mut words = oracle::words(&all);
        let is_plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b'\n';
        match () {
            () if words.any(|word| word.len() >= LONG_WORD) => "client/long-word",
            () if oracle::words(&all).any(|word| word != TOKEN && (contains(word, TOKEN) || is_near_token(word))) => "client/exit-exact",
            () if oracle::words(&all).any(|word| !word.iter().all(u8::is_ascii_graphic)) => "client/word-bytes",
            () if !all.iter().all(is_plain) => "client/whitespace",
            () if self.pieces.len() > 1 => "client/input-split",
            () => "client/word",
        }
    }

    /// The scenario, with what a right program in `dialect` may do.
    pub fn scenario(&self, dialect: &Dialect, title: String) -> Scenario {
        let rule = self.rules().last().expect("each conversation can break one");
        Scenario { comments: Vec::new(), title, rule, givens: Vec::new(), transcript: expect(dialect, &self.stimuli()) }
    }

    /// What the harness does.
    fn stimuli(&self) -> Stimuli {
        let mut steps = if self.subject == Role::Server { vec![Step::Wire(Peer::Client, Wire::Connect)] } else { Vec::new() };
        let last = match (self.ending, self.subject) {
            (Ending::Token, Role::Server) => Some(TOKEN.to_vec()),
            (Ending::Token, Role::Client) => Some([b"\n", TOKEN, b"\n"].concat()),
            _ => None,
        };
        for (number, piece) in self.pieces.iter().chain(&last).enumerate() {
            if self.is_silent_before(number) {
                steps.push(Step::Silence);
            }
            let bytes = Bytes::compact(piece);
            steps.push(match (self.subject, self.pacing) {
                (Role::Client, _) => Step::Typed(bytes),
                (Role::Server, Pacing::Lockstep) => Step::Wire(Peer::Client, Wire::Bytes(bytes)),
                (Role::Server, Pacing::Burst) => Step::Wire(Peer::Client, Wire::Burst(bytes)),
            });
        }
        match (self.subject, self.ending, self.pacing) {
            (Role::Client, Ending::Token, _) | (Role::Server, Ending::Token, Pacing::Lockstep) => {}
            (Role::Client, ..) => steps.push(Step::TypedEof),
            (Role::Server, Ending::Reset, _) => steps.push(Step::Wire(Peer::Client, Wire::Reset)),
            // TCP may glue the token to the bytes before it: then the token does not end the server.
            (Role::Server, ..) => steps.push(Step::Wire(Peer::Client, Wire::Fin)),
        }
        let precision = Precision { closes: self.subject == Role::Client, ..Precision::default() };
        Stimuli::new(self.subject.into(), steps, precision)
    }

    /// Whether nobody does anything for a while before this piece.
    fn is_silent_before(&self, number: usize) -> bool {
        let is_burst = self.subject == Role::Server && self.pacing == Pacing::Burst;
        self.is_silent && !is_burst && number + 1 == self.pieces.len()
    }

    /// Simpler conversations, the simplest first: fewer pieces, fewer cuts, fewer bytes, plainer bytes, no burst, no silence, a plain end.
    pub fn simpler(&self) -> impl Iterator<Item = Self> {
        let plain_end = (self.ending != Ending::Eof).then(|| Self { ending: Ending::Eof, ..self.clone() });
        let lockstep = (self.pacing == Pacing::Burst).then(|| Self { pacing: Pacing::Lockstep, ..self.clone() });
        let busy = self.is_silent.then(|| Self { is_silent: false, ..self.clone() });
        let pieces = simpler_pieces(&self.pieces).map(|pieces| Self { pieces, ..self.clone() });
        [plain_end, lockstep, busy].into_iter().flatten().chain(pieces)
    }

    /// How much there is of it: a simplification has less.
    pub fn size(&self) -> (usize, usize, usize, usize) {
        let bytes = self.pieces.iter().map(Vec::len).sum();
        let plain = self.pieces.iter().flatten().filter(|byte| **byte != b'a').count();
        let extras = [self.pacing == Pacing::Burst, self.is_silent, self.ending != Ending::Eof].map(usize::from).iter().sum();
        (bytes, self.pieces.len(), extras, plain)
    }
}

/// Simpler pieces, the simplest first: fewer of them, fewer cuts, fewer bytes, plainer bytes.
pub fn simpler_pieces(all: &[Vec<u8>]) -> impl Iterator<Item = Vec<Vec<u8>>> {
    let fewer = parts(all).map(|part| all[..part.start].iter().chain(&all[part.end..]).cloned().collect());
    let joined = (1..all.len()).map(|i| {
        let mut pieces = all.to_vec();
        let joined = pieces.remove(i);
        pieces[i - 1].extend(joined);
        pieces
    });
    // A piece that takes several recvs ends with a short one: two short pieces may show the same.
    let long = (0..all.len()).filter(|&i| all[i].len() > ONE_RECV);
    let short = long.map(|i| [&all[..i], &[all[i][..2].to_vec(), all[i][..1].to_vec()], &all[i + 1..]].concat());
    let simpler_piece = move |i: usize| {
        let piece = &all[i];
        let shorter = parts(piece).map(move |part| [&piece[..part.start], &piece[part.end..]].concat());
        // Bytes that carry no meaning become `a`. What `parts` leaves out of a run of equal ones has its turn when the ones before are plain.
        let is_plain = move |part: &Range<usize>| piece[part.clone()].iter().all(|byte| *byte == b'a');
        let plainer = parts(piece).filter(move |part| !is_plain(part)).map(move |part| {
            let mut bytes = piece.clone();
            bytes[part].fill(b'a');
            bytes
        });
        shorter.chain(plainer).map(move |bytes| {
            let mut pieces = all.to_vec();
            pieces[i] = bytes;
            pieces
        })
    };
    let of_bytes = (0..all.len()).flat_map(simpler_piece);
    fewer.chain(joined).chain(short).chain(of_bytes).map(|mut pieces: Vec<Vec<u8>>| {
        pieces.retain(|piece| !piece.is_empty());
        pieces
    })
}

/// The whole, its halves, quarters … and then single elements. A part that equals the one before it is left out: without either, the same is
/// left.
fn parts<T: PartialEq>(all: &[T]) -> impl Iterator<Item = Range<usize>> {
    let widths = iter::successors(Some(all.len()), |width| Some(width / 2)).take_while(|width| *width > 0);
    widths.flat_map(move |width| {
        let part = move |from: usize| from..(from + width).min(all.len());
        let is_new = move |part: &Range<usize>| part.start < width || all[part.clone()] != all[part.start - width..part.start];
        (0..all.len()).step_by(width).map(part).filter(is_new)
    })
}

/// Whether one string of bytes is a part of another.
pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Whether somebody who is careless could take this for the token, or it is a word with which other programs end.
fn is_near_token(piece: &[u8]) -> bool {
    let trimmed = piece.trim_ascii();
    let is_like_it =
        !trimmed.is_empty() && (trimmed.eq_ignore_ascii_case(TOKEN) || TOKEN.starts_with(trimmed) || trimmed.starts_with(TOKEN));
    let ends_others = ENDINGS.contains(&piece) && piece.iter().all(u8::is_ascii_graphic);
    piece != TOKEN && (is_like_it || ends_others)
}
