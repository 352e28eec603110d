//! A generated conversation with one program: the bytes, their cuts, and the end. It becomes an ordinary scenario. So you can save, read
//! and replay it.

use crate::model::expectation::expect;
use crate::model::oracle;
use crate::model::rewording::type_whole_lines;
use crate::model::stimuli::{Precision, SHORT_SEGMENT, Stimuli};
use crate::spec::bytes::{Bytes, find};
use crate::spec::dialect::{Dialect, Framing, ServerEnd};
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::{Peer, Scenario, Step, Wire};
use std::sync::Arc;

/// The harness's part of one conversation, from connect to end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// The dialect of the course.
    pub course: Arc<Dialect>,
    /// The program that is judged.
    pub subject: Role,
    /// The pieces that are sent to a server or typed for a client. None is empty.
    pub pieces: Vec<Vec<u8>>,
    /// How the pieces follow each other.
    pub pacing: Pacing,
    /// Whether the harness is silent before the last piece, for longer than the usual timeouts.
    pub is_silent: bool,
    /// Whether only the time of each reaction is judged. Otherwise, the harness waits for a slow program.
    pub is_timed: bool,
    /// The end, after the last piece.
    pub ending: Ending,
}

/// How pieces follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pacing {
    /// The harness sees each piece arrive before it sends the next.
    Lockstep,
    /// All at once. TCP may cut and join them.
    Burst,
}

/// How a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The stream or the input ends.
    Eof,
    /// The token is sent or typed.
    Token,
    /// The connection is reset. The input of a client cannot be reset, and ends instead.
    Reset,
}

/// Commands and bytes that end other programs. 0xff begins a telnet command. The last one is the token with the high bit of each byte set.
#[rustfmt::skip]
pub const END_COMMANDS: &[&[u8]] = &[
    b"quit", b"bye", b"q", b"end", b"stop", b"close", b"logout", b"disconnect", b"halt", b"/quit", b"/exit", b":q", b"~.", b".",
    b"exit()", b"exit;", b"exit!", b"EXIT!", b"\"exit\"", b"'exit'", b"exit\t", b"exit\x0b", b"exit\x0c", b"exit\r", "退出".as_bytes(),
    b"\n", b"\r\n", b"\x03", b"\x04", b"\x1a", b"\x1b", b"\x7f", b"\xff", b"\xff\xf4\xff\xfd\x06", b"tixe", b"\xe5\xf8\xe9\xf4",
];

/// A word of this length or more is long: it fills the buffer of the tutorial's client.
const LONG_WORD: usize = 100;
/// With more pieces than this, a failure is more likely to come from their number than from a single cut.
const MANY: usize = 64;

impl Conversation {
    /// A stream with these cuts: if bit `i` of `cuts` is set, there is a cut after byte `i`.
    pub fn of_cuts(course: &Arc<Dialect>, subject: Role, stream: &[u8], cuts: u64) -> Self {
        let mut pieces = vec![Vec::new()];
        for (i, &byte) in stream.iter().enumerate() {
            pieces.last_mut().into_iter().for_each(|piece| piece.push(byte));
            if i + 1 < stream.len() && cuts & 1 << i != 0 {
                pieces.push(Vec::new());
            }
        }
        let course = course.clone();
        Self { course, subject, pieces, pacing: Pacing::Lockstep, is_silent: false, is_timed: false, ending: Ending::Eof }
    }

    /// The rules that it can break, the most specific first. A failure is saved under the rule that it breaks.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        let (specific, other, prompt) = match self.subject {
            Role::Server => (self.server_rule(), "server/silent", "server/prompt"),
            Role::Client => (self.client_rule(), "client/hang-up", "client/prompt"),
        };
        let ending = match (self.subject, self.real_ending()) {
            (Role::Server, Ending::Eof) => "server/eof",
            (Role::Server, Ending::Token) => "server/exit-token",
            (Role::Server, Ending::Reset) => "server/reset",
            (Role::Client, Ending::Token) => "client/exit-token",
            (Role::Client, _) => "client/eof",
        };
        let rules = if self.is_timed && self.can_be_timed() { vec![prompt] } else { vec![specific, other, ending] };
        // What means nothing in the course breaks a rule that the tutorial does not have.
        let other = if self.subject == Role::Server { "server/reply" } else { "client/line" };
        let applies = |id: &str| Rule::find(id).filter(|rule| rule.inapplicable(&self.course).is_none());
        let rules: Vec<&Rule> = rules.into_iter().filter_map(|id| applies(id).or_else(|| applies(other))).collect();
        rules.into_iter()
    }

    /// Whether a right program reacts to each piece at once. A program that has ended need not react. A client may wait for the end of the
    /// line, and may send nothing of a word with a NUL in it.
    fn can_be_timed(&self) -> bool {
        let (all, token) = (self.pieces.concat(), &self.course.token);
        match self.subject {
            Role::Server => self.pacing == Pacing::Lockstep && self.pieces.iter().all(|piece| piece != token),
            Role::Client => {
                let has_lines = self.pieces.iter().all(|piece| piece.ends_with(b"\n"));
                has_lines && !all.contains(&0) && oracle::words(&all).all(|word| word != token)
            }
        }
    }

    /// The rule that wrong output of a server is most likely to break.
    fn server_rule(&self) -> &'static str {
        let (all, token) = (self.pieces.concat(), &self.course.token[..]);
        let is_joined = |piece: &Vec<u8>| piece != token && find(piece, token).is_some();
        match () {
            () if self.pieces.iter().any(is_joined) => "server/exit-coalesced",
            () if self.pieces.iter().any(|piece| is_near_token(piece, token)) => "server/exit-exact",
            () if find(&all, token).is_some() && self.pieces.iter().all(|piece| piece != token) => "server/exit-split",
            () if self.pacing == Pacing::Burst || self.pieces.len() > MANY => "server/stream",
            () if self.pieces.iter().any(|piece| piece.len() > SHORT_SEGMENT) => "server/stream",
            () if !all.iter().all(u8::is_ascii_alphanumeric) => "server/message-bytes",
            () if self.pieces.len() > 1 => "server/message-split",
            () => "server/message",
        }
    }

    /// The rule that wrong output of a client is most likely to break.
    fn client_rule(&self) -> &'static str {
        let (all, token) = (self.pieces.concat(), &self.course.token[..]);
        let mut words = oracle::words(&all);
        let is_plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b'\n';
        match () {
            () if words.any(|word| word.len() >= LONG_WORD) => "client/long-word",
            () if oracle::words(&all).any(|word| word != token && (find(word, token).is_some() || is_near_token(word, token))) => {
                "client/exit-exact"
            }
            () if oracle::words(&all).any(|word| !word.iter().all(u8::is_ascii_graphic)) => "client/word-bytes",
            () if !all.iter().all(is_plain) => "client/whitespace",
            () if self.pieces.len() > 1 => "client/input-split",
            () => "client/word",
        }
    }

    /// The scenario, with the output of a right program that uses this dialect.
    pub fn scenario(&self, dialect: &Dialect, title: String) -> Scenario {
        let rule = self.rules().last().expect("each conversation can break a rule");
        Scenario { comments: Vec::new(), title, rule, givens: Vec::new(), transcript: expect(dialect, &self.stimuli()) }
    }

    fn stimuli(&self) -> Stimuli {
        let mut steps = if self.subject == Role::Server { vec![Step::Wire(Peer::Client, Wire::Connect)] } else { Vec::new() };
        let is_lines = self.course.framing == Framing::Line && self.subject == Role::Server;
        let has_no_empty_lines = self.course.has_no_empty_lines();
        let pieces = match self.subject {
            Role::Server if is_lines => self.whole_lines(),
            Role::Server if self.course.needs_known_messages() => self.short_messages(),
            Role::Client => typed_lines(&self.course, &self.pieces),
            Role::Server => self.pieces.clone(),
        };
        let is_line_open = pieces.concat().last().is_some_and(|&byte| byte != b'\n');
        let token = self.course.sent_token();
        let has_ended = is_lines && pieces.concat().split_inclusive(|&byte| byte == b'\n').next_back() == Some(&token);
        let last = match (self.real_ending(), self.subject) {
            _ if has_ended => None,
            (Ending::Token, Role::Server) => Some(token),
            (Ending::Token, Role::Client) if has_no_empty_lines && !is_line_open => Some([&self.course.token[..], b"\n"].concat()),
            (Ending::Token, Role::Client) => Some([b"\n", &self.course.token[..], b"\n"].concat()),
            _ => None,
        };
        for (number, piece) in pieces.iter().chain(&last).enumerate() {
            if self.is_silent_before(number) {
                steps.push(Step::Silence);
            }
            let bytes = Bytes::compact(piece);
            steps.push(match (self.subject, self.real_pacing()) {
                (Role::Client, _) => Step::Typed(Role::Client, bytes),
                (Role::Server, Pacing::Lockstep) => Step::Wire(Peer::Client, Wire::Bytes(bytes)),
                (Role::Server, Pacing::Burst) => Step::Wire(Peer::Client, Wire::Burst(bytes)),
            });
        }
        match (self.subject, self.real_ending(), self.real_pacing()) {
            (Role::Client, Ending::Token, _) | (Role::Server, Ending::Token, Pacing::Lockstep) => {}
            (Role::Client, ..) => steps.push(Step::TypedEof(Role::Client)),
            (Role::Server, Ending::Reset, _) => steps.push(Step::Wire(Peer::Client, Wire::Reset)),
            // TCP may join the token to the bytes before it. Then the token does not end the server.
            (Role::Server, ..) => steps.push(Step::Wire(Peer::Client, Wire::Fin)),
        }
        let precision = Precision { closes: self.subject == Role::Client, ..Precision::usual(&self.course) };
        let mut stimuli = Stimuli::new(self.subject.into(), steps, precision);
        if self.subject == Role::Client {
            type_whole_lines(&mut stimuli, &self.course);
        }
        stimuli
    }

    /// The end, as far as the course has it. Without a token, the stream ends. After a burst, a reset could overtake replies and messages, which a
    /// server of such a course would show.
    fn real_ending(&self) -> Ending {
        let is_exact = self.course.replies() || self.course.framing == Framing::Line;
        match self.ending {
            Ending::Token if self.course.token.is_empty() => Ending::Eof,
            Ending::Token if self.subject == Role::Server && self.course.server_ends == ServerEnd::Operator => Ending::Eof,
            Ending::Reset if self.pacing == Pacing::Burst && is_exact => Ending::Eof,
            ending => ending,
        }
    }

    /// How the pieces follow each other. A server that closes its connection at a token with more behind it resets the connection, and its last
    /// replies may be lost. So a token is no part of a burst if there are replies.
    fn real_pacing(&self) -> Pacing {
        let has_token = || find(&self.pieces.concat(), &self.course.token).is_some();
        let is_exact = self.course.needs_known_messages() || self.course.replies() && self.course.framing == Framing::Recv && has_token();
        if is_exact { Pacing::Lockstep } else { self.pacing }
    }

    /// The pieces as a stream of lines: the last line is complete, and none is longer than a short message. A line of a C program has no NUL.
    /// Nothing follows the token.
    fn whole_lines(&self) -> Vec<Vec<u8>> {
        let (mut all, mut line) = (Vec::new(), Vec::new());
        for piece in &self.pieces {
            let mut lines = Vec::new();
            for byte in without_nuls(piece) {
                if line.len() == SHORT_SEGMENT.min(self.course.buffer / 2) {
                    lines.push(b'\n');
                    line.clear();
                }
                lines.push(byte);
                line.push(byte);
                if byte == b'\n' {
                    let is_token = self.course.is_token(line.trim_ascii_end());
                    line.clear();
                    if is_token {
                        all.push(lines);
                        return all;
                    }
                }
            }
            all.push(lines);
        }
        if let Some(last) = all.last_mut().filter(|_| !line.is_empty()) {
            last.push(b'\n');
        }
        all
    }

    /// The pieces as short messages, each of which one recv returns, where it must be known how many there are.
    fn short_messages(&self) -> Vec<Vec<u8>> {
        let most = if self.course.padding > 0 { self.course.padding - 1 } else { SHORT_SEGMENT.min(self.course.buffer - 2) };
        self.pieces.iter().flat_map(|piece| piece.chunks(most)).map(|chunk| self.course.framed(&without_nuls(chunk))).collect()
    }

    /// Whether the harness is silent before this piece.
    fn is_silent_before(&self, number: usize) -> bool {
        let is_burst = self.subject == Role::Server && self.pacing == Pacing::Burst;
        self.is_silent && !is_burst && number + 1 == self.pieces.len()
    }
}

/// These bytes with another one in place of each NUL.
pub fn without_nuls(piece: &[u8]) -> Vec<u8> {
    piece.iter().map(|byte| if *byte == 0 { 1 } else { *byte }).collect()
}

/// These pieces of input, as far as all right clients of the course take them in the same way.
pub fn typed_lines(course: &Dialect, pieces: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut typed = pieces.to_vec();
    if course.needs_known_messages() || course.shows_parts() {
        // One recv must have room for each message, and for the reply.
        typed = short_lines(course, &typed);
    }
    if course.has_no_empty_lines() {
        typed = filled_lines(&typed);
    }
    typed
}

/// These pieces of input, with a letter in each empty line.
fn filled_lines(pieces: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut is_line_empty = true;
    let mut filled = |byte: &u8| {
        let is_empty = std::mem::replace(&mut is_line_empty, *byte == b'\n') && *byte == b'\n';
        if is_empty { vec![b'x', b'\n'] } else { vec![*byte] }
    };
    pieces.iter().map(|piece| piece.iter().flat_map(&mut filled).collect()).collect()
}

/// These pieces of input, with line breaks in long lines, and without NULs: each line is a short message, which its client has room for.
fn short_lines(course: &Dialect, pieces: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let most = if course.padding > 0 { course.padding - 1 } else { SHORT_SEGMENT.min(course.buffer - 1) } - course.delimiter.len();
    let mut len = 0;
    let mut broken = |byte: u8| {
        let is_full = len == most && byte != b'\n';
        len = if byte == b'\n' { 0 } else { len % most + 1 };
        if is_full { vec![b'\n', byte] } else { vec![byte] }
    };
    pieces.iter().map(|piece| without_nuls(piece).into_iter().flat_map(&mut broken).collect()).collect()
}

/// Whether a careless comparison would accept these bytes as the token, or they are a word that ends other programs.
fn is_near_token(piece: &[u8], token: &[u8]) -> bool {
    let trimmed = piece.trim_ascii();
    let is_similar =
        !trimmed.is_empty() && (trimmed.eq_ignore_ascii_case(token) || token.starts_with(trimmed) || trimmed.starts_with(token));
    let ends_others = END_COMMANDS.contains(&piece) && piece.iter().all(u8::is_ascii_graphic);
    piece != token && (is_similar || ends_others)
}
