//! A conversation of two programs that nobody has written down: what is typed, what the network makes of it, and how it ends.

use crate::model::oracle;
use crate::run::conversation::{ONE_RECV, Pacing, contains, simpler_pieces};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, TOKEN, is_space};
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::{Control, End, Peer, Scenario, Step, Transcript, Wire};

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
        let transcript = Transcript { steps: Telling::new(dialect, network).tell(self) };
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
        let steps = Telling::new(&Dialect::tutorial(), Network::Loopback).tell(self);
        !steps.iter().any(|step| matches!(step, Step::PrintedAnyCut(..)))
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

/// Writes the steps of a dialogue down, and keeps count of what is where.
struct Telling<'a> {
    dialect: &'a Dialect,
    network: Network,
    steps: Vec<Step>,
    typed: Vec<u8>,
    /// How many words have been typed, whole.
    words: usize,
    /// Whether the last piece ended inside of a word.
    is_open: bool,
    /// What the client has sent, and how much of it was passed on.
    stream: Vec<u8>,
    passed: usize,
    /// Whether the client has sent its token, and whether the server has received one.
    is_client_over: bool,
    is_server_over: bool,
}

impl<'a> Telling<'a> {
    fn new(dialect: &'a Dialect, network: Network) -> Self {
        let greeting = Step::Printed(Role::Server, Bytes::compact(&dialect.server_greeting));
        let steps = if dialect.server_greeting.is_empty() { Vec::new() } else { vec![greeting] };
        Self {
            dialect,
            network,
            steps,
            typed: Vec::new(),
            words: 0,
            is_open: false,
            stream: Vec::new(),
            passed: 0,
            is_client_over: false,
            is_server_over: false,
        }
    }

    fn tell(mut self, dialogue: &Dialogue) -> Vec<Step> {
        for piece in &dialogue.typed {
            self.types(piece);
        }
        if dialogue.ending == Ending::Token {
            self.completes();
            self.types(&[TOKEN, b"\n"].concat());
        }
        if matches!(dialogue.ending, Ending::ClientKilled | Ending::ServerKilled) {
            self.completes();
        }
        if dialogue.ending == Ending::ServerKilled {
            // What has been sent arrives first.
            self.passes_what_is_left();
        }
        match dialogue.ending {
            _ if self.is_over() => {}
            Ending::Token | Ending::Eof => {
                self.steps.push(Step::TypedEof);
                self.is_client_over = true;
                self.sends(self.typed.len());
                self.steps.push(Step::Ends(Role::Client, End::Exits(0)));
            }
            Ending::ClientKilled => {
                self.kill(Role::Client);
                self.is_client_over = true;
            }
            Ending::ServerKilled => {
                self.kill(Role::Server);
                self.steps.extend([b"one\n", b"two\n"].map(|word| Step::Typed(Bytes::literal(word))));
                self.steps.push(Step::Complained(Role::Client, Bytes::literal(b"")));
                self.steps.push(Step::Ends(Role::Client, End::ExitsNonzero));
                return self.steps;
            }
        }
        self.passes_to_the_end();
        self.demands(&self.dialect.farewell.clone());
        self.steps.push(Step::Ends(Role::Server, End::Exits(0)));
        self.steps
    }

    fn is_over(&self) -> bool {
        self.is_client_over || self.is_server_over
    }

    fn kill(&mut self, role: Role) {
        self.steps.push(Step::Control(Control::Kill, role));
        self.steps.push(Step::Ends(role, End::Dies(libc::SIGKILL)));
    }

    fn demands(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.steps.push(Step::Printed(Role::Server, Bytes::compact(text)));
        }
    }

    /// A piece is typed, and the words that it makes whole are sent.
    fn types(&mut self, piece: &[u8]) {
        if self.is_over() {
            return;
        }
        let began = self.typed.len();
        self.typed.extend_from_slice(piece);
        // A client may send a word when white space follows it, or not before its line is complete. So that it is known what has been sent,
        // a piece that makes a word whole makes its line complete.
        if self.has_words_in_open_line() {
            self.typed.push(b'\n');
        }
        self.steps.push(Step::Typed(Bytes::compact(&self.typed[began..])));
        let complete = self.typed.iter().rposition(|&byte| is_space(byte)).map_or(0, |at| at + 1);
        let is_open = complete < self.typed.len();
        let has_token = oracle::words(&self.typed[..complete]).any(|word| word == TOKEN);
        // And bytes of a word may leave before it is whole, unless a token stands before it: without a relay that keeps them back, nobody
        // knows whether they are glued to what is whole.
        if !is_open || has_token || self.network != Network::Loopback {
            self.sends(complete);
        }
        self.is_open = is_open;
        if self.is_client_over {
            self.steps.push(Step::Ends(Role::Client, End::Exits(0)));
        }
        while let Some(len) = self.next_hop(false) {
            self.passes(len);
        }
    }

    /// A word that is still open becomes one of its own.
    fn completes(&mut self) {
        if self.is_open {
            self.types(b"\n");
        }
    }

    fn has_words_in_open_line(&self) -> bool {
        let line = self.typed.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let open = &self.typed[line..];
        let whole = open.iter().rposition(|&byte| is_space(byte)).map_or(0, |at| at + 1);
        oracle::words(&open[..whole]).next().is_some()
    }

    /// The client sends the words of so much input that it has not sent yet.
    fn sends(&mut self, complete: usize) {
        let typed = self.typed[..complete].to_vec();
        let (mut fresh, is_of_one_piece) = (Vec::new(), !self.is_open);
        for word in oracle::words(&typed).skip(self.words) {
            fresh.push(word);
            if word == TOKEN {
                self.is_client_over = true;
                break;
            }
        }
        self.words += fresh.len();
        let bytes = fresh.concat();
        self.stream.extend_from_slice(&bytes);
        if self.network != Network::Loopback || bytes.is_empty() {
            return;
        }
        match fresh[..] {
            // It need not be printed: the token ends the server.
            [word] if word == TOKEN && is_of_one_piece => self.is_server_over = true,
            [word] if word.len() <= ONE_RECV && is_of_one_piece => self.demands(&self.dialect.message(word)),
            _ => self.steps.push(Step::PrintedAnyCut(Role::Server, Bytes::compact(&bytes))),
        }
    }

    /// How much the relay passes on next: what it was told, once that is there; at the end, what there is.
    fn next_hop(&self, is_last: bool) -> Option<usize> {
        let Network::Relay(pacing, lengths) = &self.network else { return None };
        let most = if *pacing == Pacing::Lockstep { ONE_RECV } else { BURST };
        let mut end = 0;
        // The lengths are those of the whole stream: the next one that ends behind what was passed on.
        let next = lengths.iter().find_map(|len| {
            end += len;
            (end > self.passed).then(|| end - self.passed)
        });
        let pending = self.stream.len() - self.passed;
        match next {
            _ if pending == 0 || self.is_server_over => None,
            Some(len) if len.min(most) <= pending => Some(len.min(most)),
            _ if is_last => Some(pending.min(most)),
            _ => None,
        }
    }

    fn passes(&mut self, len: usize) {
        let bytes = self.stream[self.passed..self.passed + len].to_vec();
        self.passed += len;
        let relay = |wire| Step::Wire(Peer::Relay, wire);
        match &self.network {
            Network::Relay(Pacing::Burst, _) => self.steps.push(relay(Wire::Burst(Bytes::compact(&bytes)))),
            _ => {
                self.steps.push(relay(Wire::Bytes(Bytes::compact(&bytes))));
                if bytes == TOKEN {
                    self.is_server_over = true;
                } else {
                    self.demands(&self.dialect.message(&bytes));
                }
            }
        }
    }

    fn passes_what_is_left(&mut self) {
        while let Some(len) = self.next_hop(true) {
            self.passes(len);
        }
    }

    /// What is left of the stream, and its end.
    fn passes_to_the_end(&mut self) {
        self.passes_what_is_left();
        match &self.network {
            Network::Relay(pacing, _) if !self.is_server_over => {
                if *pacing == Pacing::Burst && !self.stream.is_empty() {
                    self.steps.push(Step::PrintedAnyCut(Role::Server, Bytes::compact(&self.stream)));
                }
                self.steps.push(Step::Wire(Peer::Relay, Wire::Fin));
            }
            _ => {}
        }
    }
}
