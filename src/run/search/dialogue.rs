//! A generated dialogue of a client and its server: the input, the network, and the end.

use crate::model::client::Client;
use crate::model::expectation::expect;
use crate::model::oracle::{self, Token};
use crate::model::stimuli::{Precision, Stimuli};
use crate::run::search::conversation::{Pacing, typed_lines};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, Framing, Input, is_space};
use crate::spec::role::{Part, Role};
use crate::spec::rule::Rule;
use crate::spec::transcript::{Control, Peer, Scenario, Step, Wire};
use std::sync::Arc;

/// The harness's part of one dialogue: it types for the client, and it is the network between the two programs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dialogue {
    /// The dialect of the course.
    pub course: Arc<Dialect>,
    /// The pieces that are typed. None is empty.
    pub typed: Vec<Vec<u8>>,
    /// The network between the two.
    pub network: Network,
    /// The end, after the last piece.
    pub ending: Ending,
}

/// The network between a client and its server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// Both use the same loopback, with no relay between them.
    Loopback,
    /// A relay forwards the stream in pieces of these lengths, each as soon as it is complete. Then it forwards the rest.
    Relay(Pacing, Vec<usize>),
}

/// How a dialogue ends, unless a typed token ends it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// The token is typed.
    Token,
    /// The input ends.
    Eof,
    /// The client is killed.
    ClientKilled,
    /// The server is killed, and then more is typed.
    ServerKilled,
}

/// The most bytes that a relay forwards at once in a burst.
const BURST: usize = 16_000;
/// How many bytes a relay forwards at most where each piece is seen to arrive.
const LONGEST_HOP: usize = 999;

impl Dialogue {
    /// The rules that it can break, the most specific first. A failure is saved under the rule that it breaks.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        let stream = match self.network {
            Network::Relay(..) => "pair/relay",
            Network::Loopback if self.is_word_by_word() => "pair/conversation",
            Network::Loopback => "pair/piped",
        };
        let ending = match self.ending {
            Ending::Token => None,
            Ending::Eof => Some("pair/eof"),
            Ending::ClientKilled => Some("pair/client-killed"),
            Ending::ServerKilled => Some("pair/server-killed"),
        };
        let applies = |rule: &&Rule| rule.inapplicable(&self.course).is_none();
        [ending, Some(stream)].into_iter().flatten().filter_map(Rule::find).filter(applies)
    }

    /// The scenario, with the output of right programs that use this dialect.
    pub fn scenario(&self, dialect: &Dialect, title: String) -> Scenario {
        // With a relay in lockstep, it is known which bytes the server has read.
        let network = if self.is_ambiguous() { Network::Relay(Pacing::Lockstep, Vec::new()) } else { self.network.clone() };
        let transcript = expect(dialect, &Writer::new(&self.course, network).write(self));
        let rule = self.rules().next().expect("each dialogue can break a rule");
        Scenario { comments: Vec::new(), title, rule, givens: Vec::new(), transcript }
    }

    /// Whether several outputs could be right: TCP may join words to a token for the server, or the server may be killed before it has read
    /// everything.
    fn is_ambiguous(&self) -> bool {
        // A client that waits for each reply sends its messages one by one. Lines do not depend on how TCP cuts the stream.
        let is_exact = self.course.waits || self.course.framing == Framing::Line;
        let typed = self.typed.concat();
        // A client may send bytes of a word before the word is complete. Then it does not see a token in its first half.
        let has_open_word = self.typed.iter().any(|piece| piece.last().is_some_and(|&byte| !is_space(byte)));
        let messages: Vec<&[u8]> = match self.course.input {
            Input::Word => oracle::words(&typed).collect(),
            Input::Line => oracle::lines(&typed).collect(),
        };
        let sent = messages.into_iter().take_while(|message| !self.course.is_token(message) || has_open_word);
        let sent: Vec<u8> = sent.flat_map(|message| self.course.delimited(message)).collect();
        let may_be_joined = !is_exact && (self.course.needs_known_messages() || Token::of(&self.course, false).occurs_in(&sent));
        match self.network {
            Network::Loopback => may_be_joined,
            Network::Relay(Pacing::Burst, _) => may_be_joined || self.ending == Ending::ServerKilled,
            Network::Relay(Pacing::Lockstep, _) => false,
        }
    }

    /// Whether on one loopback the harness sees each word arrive before it types the next.
    pub fn is_word_by_word(&self) -> bool {
        let transcript = expect(&self.course, &Writer::new(&self.course, Network::Loopback).write(self));
        !transcript.steps.iter().any(|step| matches!(step, Step::PrintedAnyCut(..)))
    }
}

/// Writes the steps of the harness. A relay can only forward bytes that the client has sent, so the writer counts them.
struct Writer<'a> {
    course: &'a Dialect,
    network: Network,
    steps: Vec<Step>,
    client: Client<'a>,
    /// The bytes that the client has sent, the ends of its messages in them, and how many bytes the relay has forwarded.
    stream: Vec<u8>,
    ends: Vec<usize>,
    forwarded: usize,
    /// The end of the last message that the relay has forwarded completely.
    whole: usize,
    has_forwarded_token: bool,
}

impl<'a> Writer<'a> {
    fn new(course: &'a Dialect, network: Network) -> Self {
        let (client, steps) = (Client::new(course, false), Vec::new());
        Self { course, network, steps, client, stream: Vec::new(), ends: Vec::new(), forwarded: 0, whole: 0, has_forwarded_token: false }
    }

    fn write(mut self, dialogue: &Dialogue) -> Stimuli {
        // What a client does that waits in vain is not known.
        let is_unknown = dialogue.ending == Ending::ServerKilled && self.course.waits;
        let ending =
            if is_unknown || self.course.token.is_empty() && dialogue.ending == Ending::Token { Ending::Eof } else { dialogue.ending };
        for piece in self.typed(dialogue) {
            self.type_piece(&piece);
        }
        if ending != Ending::Eof && self.client.is_inside_word() {
            // Complete the last word, so that nothing is joined to it.
            self.type_piece(b"\n");
        }
        if ending == Ending::Token {
            self.type_piece(&[&self.course.token[..], b"\n"].concat());
        }
        match ending {
            _ if self.is_over() => self.forward_to_the_end(),
            Ending::Token | Ending::Eof => {
                self.steps.push(Step::TypedEof(Role::Client));
                let messages = self.client.types_end();
                self.sends(messages);
                self.forward_to_the_end();
            }
            Ending::ClientKilled => {
                self.steps.push(Step::Control(Control::Kill, Role::Client));
                self.forward_to_the_end();
            }
            Ending::ServerKilled => {
                // The words before must arrive first.
                self.forward_the_rest();
                self.steps.push(Step::Control(Control::Kill, Role::Server));
                self.steps.extend([b"one\n", b"two\n"].map(|word| Step::Typed(Role::Client, Bytes::literal(word))));
            }
        }
        Stimuli::new(Part::Pair, self.steps, Precision::usual(self.course))
    }

    /// The pieces that are typed, as far as all right programs of the course take them in the same way.
    fn typed(&self, dialogue: &Dialogue) -> Vec<Vec<u8>> {
        let mut typed = typed_lines(self.course, &dialogue.typed);
        if self.course.framing == Framing::Line {
            // For a server, a return before the newline is no part of the line, and for the client it is.
            typed.iter_mut().flatten().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b' ');
        }
        typed
    }

    fn is_over(&self) -> bool {
        self.client.is_over() || self.has_forwarded_token
    }

    /// Types a piece. The client sends the complete words, and the relay forwards them.
    fn type_piece(&mut self, piece: &[u8]) {
        if self.is_over() {
            return;
        }
        let mut piece = piece.to_vec();
        let messages = self.client.types(&piece);
        self.sends(messages);
        // Some clients send a word when white space follows it, and some when its line is complete. So a piece that completes a word must
        // also complete its line: then both have sent the same.
        if self.client.has_words_in_open_line() {
            piece.push(b'\n');
            let messages = self.client.types(b"\n");
            self.sends(messages);
        }
        self.steps.push(Step::Typed(Role::Client, Bytes::compact(&piece)));
        while let Some(len) = self.next_length(false) {
            self.forward(len);
        }
    }

    /// The client sends these messages.
    fn sends(&mut self, messages: Vec<Vec<u8>>) {
        for message in messages {
            self.stream.extend(self.course.delimited(&message));
            self.ends.push(self.stream.len());
        }
    }

    /// The number of bytes that the relay forwards next: the planned number if the client has sent so many, and all of them at the end.
    fn next_length(&self, is_last: bool) -> Option<usize> {
        let Network::Relay(pacing, lengths) = &self.network else { return None };
        let most = match pacing {
            Pacing::Lockstep if self.course.needs_known_messages() => Precision::usual(self.course).one_recv,
            Pacing::Lockstep => LONGEST_HOP,
            Pacing::Burst => BURST,
        };
        let mut end = 0;
        // The lengths divide the whole stream. The next piece is the first that ends after the forwarded bytes.
        let next = lengths.iter().find_map(|len| {
            end += len;
            (end > self.forwarded).then(|| end - self.forwarded)
        });
        let mut pending = self.stream.len() - self.forwarded;
        if self.course.waits {
            // The client sends its next message when it has the reply to this one: if messages are lines, to the whole line.
            pending = self.ends.iter().find(|end| **end > self.forwarded).map_or(pending, |end| end - self.forwarded);
            let is_whole = self.course.framing == Framing::Recv;
            return (pending > 0 && !self.has_forwarded_token)
                .then(|| next.filter(|_| !is_whole).map_or(pending, |len| len.min(pending)).min(most));
        }
        match next {
            _ if pending == 0 || self.has_forwarded_token => None,
            Some(len) if len.min(most) <= pending => Some(len.min(most)),
            _ if is_last => Some(pending.min(most)),
            _ => None,
        }
    }

    fn forward(&mut self, len: usize) {
        let bytes = &self.stream[self.forwarded..self.forwarded + len];
        self.forwarded += len;
        let is_burst = matches!(self.network, Network::Relay(Pacing::Burst, _)) && !self.course.waits;
        let whole = self.ends.iter().rev().find(|end| **end <= self.forwarded).copied().unwrap_or(0);
        self.has_forwarded_token |= match self.course.framing {
            Framing::Recv => !is_burst && self.course.ends_server(self.course.text_of(bytes)),
            // Lines do not depend on how TCP cuts the stream.
            Framing::Line => oracle::lines(&self.stream[self.whole..whole]).any(|line| self.course.ends_server(line)),
        };
        self.whole = whole;
        let bytes = Bytes::compact(bytes);
        self.steps.push(Step::Wire(Peer::Relay, if is_burst { Wire::Burst(bytes) } else { Wire::Bytes(bytes) }));
    }

    fn forward_the_rest(&mut self) {
        while let Some(len) = self.next_length(true) {
            self.forward(len);
        }
    }

    /// Forwards the rest of the stream, and its end.
    fn forward_to_the_end(&mut self) {
        self.forward_the_rest();
        // Only what follows a burst tells that it has arrived.
        let ends = matches!(self.steps.last(), Some(Step::Wire(_, Wire::Burst(_)))) || !self.has_forwarded_token;
        if matches!(self.network, Network::Relay(..)) && ends {
            self.steps.push(Step::Wire(Peer::Relay, Wire::Fin));
        }
    }
}
