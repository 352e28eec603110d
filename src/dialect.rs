//! All that is particular to this tutorial: the address, the greetings, the prefix, the token, the buffer, the white space.
//! No other part of the harness names any of it.

use crate::bytes::Bytes;
use crate::oracle;
use crate::rule::{self, Rule};
use crate::transcript::{Control, End, Part, Peer, Role, Step, Transcript, Wire};
use std::net::{Ipv4Addr, SocketAddrV4};

/// How a course's programs speak. [`Dialect::tutorial`] is what the rules demand; a learned one is what a subject does instead, so that
/// a server which greets in English breaks the rule about its greeting, and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What a server prints, once, when a client has connected.
    pub server_greeting: Vec<u8>,
    /// Whether the numbers in that differ from client to client, as a client's port does.
    pub has_varying_greeting: bool,
    /// What stands before each message that a server prints.
    pub prefix: Vec<u8>,
    /// What stands behind it.
    pub line_end: Vec<u8>,
    /// What a server prints when its client has gone: nothing, in the tutorial.
    pub farewell: Vec<u8>,
    /// What a server prints when it has received the token: nothing, in the tutorial.
    pub farewell_at_token: Vec<u8>,
    /// What a client prints, once, when it has connected.
    pub client_greeting: Vec<u8>,
    /// What a client sends behind each word: nothing, in the tutorial.
    pub delimiter: Vec<u8>,
}

/// Where the tutorial's server listens.
pub const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8023);
/// The message that ends the conversation.
pub const TOKEN: &[u8] = b"exit";

/// The most that one recv takes.
pub const BUFFER: usize = 1000;

/// Whether a byte is between words: C's white space, which is not Unicode's.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

impl Dialect {
    /// The tutorial's own.
    pub fn tutorial() -> Self {
        Self {
            server_greeting: "客户端成功连接\n".into(),
            has_varying_greeting: false,
            prefix: "收到客户端信息：".into(),
            line_end: b"\n".to_vec(),
            farewell: Vec::new(),
            farewell_at_token: Vec::new(),
            client_greeting: "连接服务器成功！\n".into(),
            delimiter: Vec::new(),
        }
    }

    /// What the server prints when it ends.
    pub fn farewell(&self, is_at_token: bool) -> &[u8] {
        if is_at_token { &self.farewell_at_token } else { &self.farewell }
    }

    /// What a server has printed before the word with which it ends, if it has ended with one.
    pub fn without_farewell<'a>(&self, printed: &'a [u8]) -> &'a [u8] {
        let farewells = [&self.farewell[..], &self.farewell_at_token];
        farewells.into_iter().filter_map(|farewell| printed.strip_suffix(farewell)).min_by_key(|rest| rest.len()).unwrap_or(printed)
    }

    /// Whether messages are printed as the tutorial's server prints them.
    pub fn has_tutorials_messages(&self) -> bool {
        let tutorial = Self::tutorial();
        self.prefix == tutorial.prefix && self.line_end == tutorial.line_end
    }

    /// Puts the greeting as it was learned in the place of the one that was printed, where they differ in numbers alone.
    pub fn settle_greeting(&self, seen: &mut Transcript) {
        let printed = seen.steps.iter_mut().find_map(|step| match step {
            Step::Printed(Role::Server, text) => Some(text),
            _ => None,
        });
        let Some(printed) = printed.filter(|_| self.has_varying_greeting) else { return };
        let text = printed.to_vec();
        let (first, rest) = text.split_at(first_line(&text).len());
        if is_same_but_for_numbers(first, &self.server_greeting) {
            *printed = Bytes::compact(&[&self.server_greeting, rest].concat());
        }
    }

    /// What two programs speak that talk to each other: each as it speaks alone.
    #[must_use]
    pub fn of_pair(server: &Self, client: &Self) -> Self {
        Self { client_greeting: client.client_greeting.clone(), delimiter: client.delimiter.clone(), ..server.clone() }
    }

    /// What the server prints for one message.
    pub fn message(&self, payload: &[u8]) -> Vec<u8> {
        [&self.prefix, payload, &self.line_end].concat()
    }

    /// The message that a printed line holds, where it is a line of this dialect.
    pub fn payload<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        line.strip_prefix(&self.prefix[..])?.strip_suffix(&self.line_end[..])
    }

    /// This dialect, but for what `rule` is about: that is demanded as the tutorial has it.
    #[must_use]
    pub fn for_rule(&self, rule: &Rule) -> Self {
        let (mut dialect, tutorial) = (self.clone(), Self::tutorial());
        for aspect in rule.demands {
            match aspect {
                rule::Aspect::ServerGreeting => {
                    dialect.server_greeting.clone_from(&tutorial.server_greeting);
                    dialect.has_varying_greeting = false;
                }
                rule::Aspect::Message => {
                    dialect.prefix.clone_from(&tutorial.prefix);
                    dialect.line_end.clone_from(&tutorial.line_end);
                }
                rule::Aspect::Farewell => {
                    dialect.farewell.clear();
                    dialect.farewell_at_token.clear();
                }
                // A word at every end is one defect, and not this rule's; a word at the end of the stream alone is.
                rule::Aspect::EndOfStream if dialect.farewell != dialect.farewell_at_token => dialect.farewell.clear(),
                rule::Aspect::EndOfStream => {}
                rule::Aspect::ClientGreeting => dialect.client_greeting.clone_from(&tutorial.client_greeting),
                rule::Aspect::Delimiter => dialect.delimiter.clear(),
            }
        }
        dialect
    }

    /// A transcript that is written in the tutorial's dialect, in this one. Each line that a server prints is a step of its own in
    /// a fixture; that makes the translation exact.
    #[must_use]
    pub fn translate(&self, transcript: &Transcript, subject: Part) -> Transcript {
        let tutorial = Self::tutorial();
        if *self == tutorial {
            return transcript.clone();
        }
        let mut steps = Vec::with_capacity(transcript.steps.len());
        let (mut typed, mut sent) = (Vec::new(), 0);
        // What ends a server is the end of the stream where there is one, and otherwise the token.
        let mut is_at_token = true;
        for step in &transcript.steps {
            let said = match step {
                Step::Printed(Role::Server, text) => {
                    let text = text.to_vec();
                    let said = match tutorial.payload(&text) {
                        _ if text == tutorial.server_greeting => self.server_greeting.clone(),
                        Some(payload) => self.message(payload),
                        None => text,
                    };
                    Step::Printed(Role::Server, Bytes::compact(&said))
                }
                Step::Printed(Role::Client, text) if text.to_vec() == tutorial.client_greeting => {
                    Step::Printed(Role::Client, Bytes::compact(&self.client_greeting))
                }
                Step::Typed(text) => {
                    typed.extend(text.to_vec());
                    step.clone()
                }
                Step::Wire(Peer::Client, Wire::Bytes(words)) if subject == Role::Client => {
                    let mut rest = &words.to_vec()[..];
                    let mut delimited = Vec::new();
                    // What was typed tells where the words end; a step may demand many.
                    for word in oracle::words(&typed).skip(sent) {
                        let Some(behind) = rest.strip_prefix(word).filter(|_| !rest.is_empty()) else { break };
                        delimited.extend([word, &self.delimiter].concat());
                        (rest, sent) = (behind, sent + 1);
                    }
                    if !rest.is_empty() {
                        delimited.extend([rest, &self.delimiter].concat());
                    }
                    Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&delimited)))
                }
                Step::Wire(Peer::Client, how @ (Wire::Connect | Wire::Fin | Wire::Reset)) => {
                    is_at_token = *how == Wire::Connect;
                    step.clone()
                }
                // A client that ends its input, or is ended, ends the stream; a relay decides what of that arrives.
                Step::TypedEof | Step::Wire(Peer::Relay, Wire::Fin | Wire::Reset) | Step::Control(Control::Kill, Role::Client) => {
                    is_at_token = false;
                    step.clone()
                }
                // Whoever is killed says nothing more.
                Step::Ends(Role::Server, end @ (End::Exits(_) | End::ExitsNonzero)) => {
                    steps.push(Step::Printed(Role::Server, Bytes::literal(self.farewell(is_at_token))));
                    Step::Ends(Role::Server, *end)
                }
                other => other.clone(),
            };
            steps.push(said);
        }
        // Nothing printed is no demand: it would only confuse a reader.
        steps.retain(|step| !matches!(step, Step::Printed(_, text) if text.is_empty()));
        Transcript { steps }
    }
}

/// The first line of it, with its newline.
pub fn first_line(text: &[u8]) -> &[u8] {
    text.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default()
}

/// Whether two texts differ in nothing but the numbers in them.
pub fn is_same_but_for_numbers(one: &[u8], other: &[u8]) -> bool {
    let without_numbers = |text: &[u8]| {
        let runs = text.chunk_by(|a, b| a.is_ascii_digit() && b.is_ascii_digit());
        runs.map(|run| if run[0].is_ascii_digit() { b"0" } else { run }.to_vec()).collect::<Vec<_>>().concat()
    };
    without_numbers(one) == without_numbers(other)
}
