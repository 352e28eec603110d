//! A conversation of two programs that nobody has written down: what is typed, what the network makes of it, and how it ends.

use crate::model::client::Client;
use crate::model::expectation::expect;
use crate::model::oracle;
use crate::model::server::ONE_RECV;
use crate::model::stimuli::{Precision, Stimuli};
use crate::run::search::conversation::{Pacing, contains, simpler_pieces};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, TOKEN, is_space};
use crate::spec::role::{Part, Role};
use crate::spec::rule::Rule;
use crate::spec::transcript::{Control, Peer, Scenario, Step, Wire};

/// What the harness does, as the user at the client's keyboard and as the network between.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dialogue {
    /// What is typed, piece by piece. None is empty.
    pub typed: Vec<Vec<u8>>,
    /// What is between the two.
    pub network: Network,
    /// What comes behind the last piece.
    pub ending: Ending,
}

/// What is between a client and its server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// Nothing: they share a loopback.
    Loopback,
    /// A relay, which passes the stream on in pieces of these lengths, each as soon as it is whole; and then the rest.
    Relay(Pacing, Vec<usize>),
}

/// How a dialogue ends, unless a token in what is typed has ended it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// `exit` is typed.
    Token,
    /// The input ends.
    Eof,
    /// The client is killed.
    ClientKilled,
    /// The server is killed, and more is typed.
    ServerKilled,
}

/// The most that a relay passes on at once where nothing is witnessed.
const BURST: usize = 16_000;

impl Dialogue {
    /// The rules that it can break, the more telling first. A failure is saved under the rule that it breaks.
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
        [ending, Some(stream)].into_iter().flatten().filter_map(Rule::find)
    }

    /// The scenario, with what right programs in `dialect` may do.
    pub fn scenario(&self, dialect: &Dialect, title: String) -> Scenario {
        let certain = || Network::Relay(Pacing::Lockstep, Vec::new());
        let network = if self.is_uncertain() { certain() } else { self.network.clone() };
        let transcript = expect(dialect, &Writer::new(network).write(self));
        let rule = self.rules().next().expect("each dialogue can break one");
        Scenario { comments: Vec::new(), title, rule, givens: Vec::new(), transcript }
    }

    /// Whether nobody could say what is right: TCP may make a token for the server of what is none for the client, or the server is killed
    /// before it is known what it has read. Where each piece is witnessed, it is known.
    fn is_uncertain(&self) -> bool {
        let typed = self.typed.concat();
        // The bytes of a word may leave before it is whole: a token that is only begun is none for the client yet.
        let is_open = self.typed.iter().any(|piece| piece.last().is_some_and(|&byte| !is_space(byte)));
        let words: Vec<&[u8]> = oracle::words(&typed).take_while(|word| *word != TOKEN || is_open).collect();
        let may_part_ways = contains(&words.concat(), TOKEN);
        match self.network {
            Network::Loopback => may_part_ways,
            Network::Relay(Pacing::Burst, _) => may_part_ways || self.ending == Ending::ServerKilled,
            Network::Relay(Pacing::Lockstep, _) => false,
        }
    }

    /// Whether on one loopback each word would be seen to arrive before the next leaves.
    fn is_word_by_word(&self) -> bool {
        let transcript = expect(&Dialect::tutorial(), &Writer::new(Network::Loopback).write(self));
        !transcript.steps.iter().any(|step| matches!(step, Step::PrintedAnyCut(..)))
    }

    /// Whether TCP has no say in it, so that it goes the same way each time.
    fn is_repeatable(&self) -> bool {
        match self.network {
            Network::Loopback => self.is_word_by_word(),
            Network::Relay(pacing, _) => pacing == Pacing::Lockstep,
        }
    }

    /// Simpler dialogues, the simplest first. None may go another way the next time, unless this one may.
    pub fn simpler(&self) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        if self.ending != Ending::Token {
            all.push(Self { ending: Ending::Token, ..self.clone() });
        }
        all.push(Self { network: Network::Loopback, ..self.clone() });
        all.push(Self { network: Network::Relay(Pacing::Lockstep, Vec::new()), ..self.clone() });
        if let Network::Relay(pacing, lengths) = &self.network {
            if *pacing == Pacing::Burst {
                all.push(Self { network: Network::Relay(Pacing::Lockstep, lengths.clone()), ..self.clone() });
            }
            for i in 0..lengths.len() {
                let mut fewer = lengths.clone();
                let joined = fewer.remove(i);
                all.push(Self { network: Network::Relay(*pacing, fewer.clone()), ..self.clone() });
                if let Some(next) = fewer.get_mut(i) {
                    *next += joined;
                    all.push(Self { network: Network::Relay(*pacing, fewer), ..self.clone() });
                }
                if lengths[i] > 1 {
                    let mut shorter = lengths.clone();
                    shorter[i] /= 2;
                    all.push(Self { network: Network::Relay(*pacing, shorter), ..self.clone() });
                }
            }
        }
        all.extend(simpler_pieces(&self.typed).map(|typed| Self { typed, ..self.clone() }));
        all.retain(|simpler| simpler.is_repeatable() || !self.is_repeatable());
        all
    }

    /// How much there is of it: a simplification has less.
    pub fn size(&self) -> (usize, usize, usize, usize) {
        let (hops, total, extras) = match &self.network {
            Network::Loopback if self.is_word_by_word() => (0, 0, 0),
            Network::Relay(Pacing::Lockstep, lengths) => (lengths.len(), lengths.iter().sum(), 1),
            Network::Relay(Pacing::Burst, lengths) => (lengths.len(), lengths.iter().sum(), 2),
            Network::Loopback => (0, 0, 3),
        };
        let bytes = self.typed.iter().map(Vec::len).sum();
        let plain = self.typed.iter().flatten().filter(|byte| **byte != b'a').count();
        (bytes, self.typed.len() + hops, extras + self.ending as usize, plain + total)
    }
}

/// Writes down what the harness does. A relay can pass on only what the client has sent, so this counts what is where.
struct Writer {
    network: Network,
    steps: Vec<Step>,
    client: Client,
    /// The line that is being typed.
    line: Vec<u8>,
    /// The bytes that the client has sent, and how many of them have been passed on.
    stream: Vec<u8>,
    passed: usize,
    has_passed_token: bool,
}

impl Writer {
    fn new(network: Network) -> Self {
        let (client, steps) = (Client::new(false), Vec::new());
        Self { network, steps, client, line: Vec::new(), stream: Vec::new(), passed: 0, has_passed_token: false }
    }

    fn write(mut self, dialogue: &Dialogue) -> Stimuli {
        for piece in &dialogue.typed {
            self.types(piece);
        }
        if dialogue.ending != Ending::Eof && self.client.is_inside_word() {
            // A word that is still open becomes a word of its own.
            self.types(b"\n");
        }
        if dialogue.ending == Ending::Token {
            self.types(&[TOKEN, b"\n"].concat());
        }
        match dialogue.ending {
            _ if self.is_over() => self.passes_to_the_end(),
            Ending::Token | Ending::Eof => {
                self.steps.push(Step::TypedEof);
                self.stream.extend(self.client.types_end().concat());
                self.passes_to_the_end();
            }
            Ending::ClientKilled => {
                self.steps.push(Step::Control(Control::Kill, Role::Client));
                self.passes_to_the_end();
            }
            Ending::ServerKilled => {
                // The words that were sent before arrive before.
                self.passes_what_is_left();
                self.steps.push(Step::Control(Control::Kill, Role::Server));
                self.steps.extend([b"one\n", b"two\n"].map(|word| Step::Typed(Bytes::literal(word))));
            }
        }
        Stimuli::new(Part::Pair, self.steps, Precision::default())
    }

    fn is_over(&self) -> bool {
        self.client.is_over() || self.has_passed_token
    }

    /// Types a piece. The client sends the words that are complete, and the relay passes them on.
    fn types(&mut self, piece: &[u8]) {
        if self.is_over() {
            return;
        }
        let mut piece = piece.to_vec();
        self.line.extend_from_slice(&piece);
        // A client may send a word when white space follows it, or not before its line is complete. So that it is known what the client
        // has sent, a piece that completes a word completes its line.
        if self.has_words_in_open_line() {
            piece.push(b'\n');
            self.line.clear();
        }
        self.steps.push(Step::Typed(Bytes::compact(&piece)));
        self.stream.extend(self.client.types(&piece).concat());
        while let Some(len) = self.next_hop(false) {
            self.passes(len);
        }
    }

    fn has_words_in_open_line(&mut self) -> bool {
        if let Some(end) = self.line.iter().rposition(|&byte| byte == b'\n') {
            self.line.drain(..=end);
        }
        let whole = self.line.iter().rposition(|&byte| is_space(byte)).map_or(0, |at| at + 1);
        oracle::words(&self.line[..whole]).next().is_some()
    }

    /// How many bytes the relay passes on next: as many as planned, when they are there; at the end, all that are there.
    fn next_hop(&self, is_last: bool) -> Option<usize> {
        let Network::Relay(pacing, lengths) = &self.network else { return None };
        let most = if *pacing == Pacing::Lockstep { ONE_RECV } else { BURST };
        let mut end = 0;
        // The lengths divide the whole stream: the next one is the first that ends behind what was passed on.
        let next = lengths.iter().find_map(|len| {
            end += len;
            (end > self.passed).then(|| end - self.passed)
        });
        let pending = self.stream.len() - self.passed;
        match next {
            _ if pending == 0 || self.has_passed_token => None,
            Some(len) if len.min(most) <= pending => Some(len.min(most)),
            _ if is_last => Some(pending.min(most)),
            _ => None,
        }
    }

    fn passes(&mut self, len: usize) {
        let bytes = &self.stream[self.passed..self.passed + len];
        self.passed += len;
        let is_burst = matches!(self.network, Network::Relay(Pacing::Burst, _));
        self.has_passed_token = !is_burst && bytes == TOKEN;
        let bytes = Bytes::compact(bytes);
        self.steps.push(Step::Wire(Peer::Relay, if is_burst { Wire::Burst(bytes) } else { Wire::Bytes(bytes) }));
    }

    fn passes_what_is_left(&mut self) {
        while let Some(len) = self.next_hop(true) {
            self.passes(len);
        }
    }

    /// Passes on the rest of the stream, and its end.
    fn passes_to_the_end(&mut self) {
        self.passes_what_is_left();
        if matches!(self.network, Network::Relay(..)) && !self.has_passed_token {
            self.steps.push(Step::Wire(Peer::Relay, Wire::Fin));
        }
    }
}
