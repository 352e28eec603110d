//! All that is particular to this tutorial: the address, the greetings, the prefix, the token, the buffer, the white space.
//! No other part of the harness names any of it.

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

/// A part of the dialect. A rule that demands it is judged by the tutorial's; all others are judged in what the subject speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// What the server prints when a client has connected.
    ServerGreeting,
    /// The prefix and the line end of a printed message.
    Message,
    /// What the server prints when it ends: nothing.
    Farewell,
    /// What the server prints at the end of the stream, but not at the token: nothing.
    EndOfStream,
    /// What the client prints when it has connected.
    ClientGreeting,
    /// What the client sends behind a word: nothing.
    Delimiter,
}

/// Where the tutorial's server listens.
pub const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8023);
/// The message that ends the conversation.
pub const TOKEN: &[u8] = b"exit";

/// The beginning of the line on stderr with which a server complains that its port is taken.
pub const BIND_COMPLAINT: &[u8] = b"bind: ";
/// The beginning of the line on stderr with which a client complains that nobody listens.
pub const CONNECT_COMPLAINT: &[u8] = b"connect: ";

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

    /// This dialect, but with these parts of it as the tutorial has them.
    #[must_use]
    pub fn demanding(&self, aspects: &[Aspect]) -> Self {
        let (mut dialect, tutorial) = (self.clone(), Self::tutorial());
        for aspect in aspects {
            match aspect {
                Aspect::ServerGreeting => {
                    dialect.server_greeting.clone_from(&tutorial.server_greeting);
                    dialect.has_varying_greeting = false;
                }
                Aspect::Message => {
                    dialect.prefix.clone_from(&tutorial.prefix);
                    dialect.line_end.clone_from(&tutorial.line_end);
                }
                Aspect::Farewell => {
                    dialect.farewell.clear();
                    dialect.farewell_at_token.clear();
                }
                // A word at every end is one defect, and not this rule's; a word at the end of the stream alone is.
                Aspect::EndOfStream if dialect.farewell != dialect.farewell_at_token => dialect.farewell.clear(),
                Aspect::EndOfStream => {}
                Aspect::ClientGreeting => dialect.client_greeting.clone_from(&tutorial.client_greeting),
                Aspect::Delimiter => dialect.delimiter.clear(),
            }
        }
        dialect
    }
}
