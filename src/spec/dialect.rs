//! Everything that is particular to one course: the address, the greetings, the prefix, the token, the buffer. The tutorial is the course
//! that is built in, and no other part of the harness contains its texts and numbers.

mod quoted;

use crate::spec::bytes::find;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddrV4};

/// What a course asks of its programs, and the texts that they print and send. The rules demand the dialect of the course. A learned dialect
/// has the texts of one subject, so a server that greets in English breaks the rule about the greeting, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dialect {
    /// The name of the course.
    pub name: String,
    /// The address of the server.
    pub address: SocketAddrV4,
    /// How many bytes one recv reads at most: the size of the buffer.
    pub buffer: usize,
    /// The message that ends the conversation: one word.
    #[serde(with = "quoted")]
    pub token: Vec<u8>,
    /// The beginning of the line on stderr with which a server complains that its port is taken.
    #[serde(with = "quoted")]
    pub bind_complaint: Vec<u8>,
    /// The beginning of the line on stderr with which a client complains that nobody listens.
    #[serde(with = "quoted")]
    pub connect_complaint: Vec<u8>,
    /// The text that a server prints once, when a client has connected.
    #[serde(with = "quoted")]
    pub server_greeting: Vec<u8>,
    /// Whether the numbers in the server's greeting differ from client to client, such as the client's port.
    #[serde(skip)]
    pub has_varying_greeting: bool,
    /// The text before each message that a server prints.
    #[serde(with = "quoted")]
    pub prefix: Vec<u8>,
    /// The text behind each message.
    #[serde(with = "quoted")]
    pub line_end: Vec<u8>,
    /// The text that a server prints when its client has gone: in the tutorial, nothing.
    #[serde(with = "quoted")]
    pub farewell: Vec<u8>,
    /// The text that a server prints when it has received the token: in the tutorial, nothing.
    #[serde(with = "quoted")]
    pub farewell_at_token: Vec<u8>,
    /// The text that a client prints once, when it has connected.
    #[serde(with = "quoted")]
    pub client_greeting: Vec<u8>,
    /// The bytes that a client sends behind each word: in the tutorial, none.
    #[serde(with = "quoted")]
    pub delimiter: Vec<u8>,
}

/// A part of the dialect. Rules that demand it use the course's text. All other rules use the text of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// [`Dialect::server_greeting`].
    ServerGreeting,
    /// [`Dialect::prefix`] and [`Dialect::line_end`].
    Message,
    /// [`Dialect::farewell`] and [`Dialect::farewell_at_token`].
    Farewell,
    /// [`Dialect::farewell`], if it differs from [`Dialect::farewell_at_token`].
    EndOfStream,
    /// [`Dialect::client_greeting`].
    ClientGreeting,
    /// [`Dialect::delimiter`].
    Delimiter,
}

/// Whether a byte separates words. This is the white space of C, not of Unicode.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

impl Default for Dialect {
    /// The dialect of the tutorial.
    fn default() -> Self {
        Self::tutorial()
    }
}

impl Dialect {
    /// The dialect of the tutorial.
    pub fn tutorial() -> Self {
        Self {
            name: "tutorial".into(),
            address: SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8023),
            buffer: 1000,
            token: b"exit".to_vec(),
            bind_complaint: b"bind: ".to_vec(),
            connect_complaint: b"connect: ".to_vec(),
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

    /// The text that the server prints when it ends.
    pub fn farewell(&self, is_at_token: bool) -> &[u8] {
        if is_at_token { &self.farewell_at_token } else { &self.farewell }
    }

    /// The output of a server without its farewell. If both farewells fit, the longer one is left out.
    pub fn without_farewell<'a>(&self, printed: &'a [u8]) -> &'a [u8] {
        let farewells = [&self.farewell[..], &self.farewell_at_token];
        farewells.into_iter().filter_map(|farewell| printed.strip_suffix(farewell)).min_by_key(|rest| rest.len()).unwrap_or(printed)
    }

    /// Whether this is the tutorial's dialect.
    pub fn is_tutorial(&self) -> bool {
        *self == Self::tutorial()
    }

    /// The names of the built-in dialects.
    pub const NAMES: [&str; 1] = ["tutorial"];

    /// The built-in dialect with this name.
    pub fn built_in(name: &str) -> Option<Self> {
        (name == "tutorial").then(Self::tutorial)
    }

    /// The course as a noun in a sentence. Add `'s` for what belongs to it.
    pub fn noun(&self) -> String {
        if self.is_tutorial() { "the tutorial".into() } else { format!("the dialect {}", self.name) }
    }

    /// Whether messages are printed as in this other dialect.
    pub fn has_messages_of(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.line_end == other.line_end
    }

    /// The dialect of a pair: each program has the texts that it has alone.
    #[must_use]
    pub fn of_pair(server: &Self, client: &Self) -> Self {
        Self { client_greeting: client.client_greeting.clone(), delimiter: client.delimiter.clone(), ..server.clone() }
    }

    /// The output of the server for one message.
    pub fn message(&self, payload: &[u8]) -> Vec<u8> {
        [&self.prefix, payload, &self.line_end].concat()
    }

    /// The message in a printed line, if the line has the prefix and the line end of this dialect.
    pub fn payload<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        line.strip_prefix(&self.prefix[..])?.strip_suffix(&self.line_end[..])
    }

    /// The messages in the output of a server, if it holds nothing else.
    pub fn messages(&self, output: &[u8]) -> Option<Vec<Vec<u8>>> {
        let (mut messages, mut rest) = (Vec::new(), output);
        // A message may hold a line end. It ends where the next message begins.
        let between = [&self.line_end[..], &self.prefix].concat();
        while !rest.is_empty() {
            let text = rest.strip_prefix(&self.prefix[..])?;
            let end = find(text, &between);
            let (text, after) = match end {
                Some(end) => (&text[..end], &text[end + self.line_end.len()..]),
                None => (text.strip_suffix(&self.line_end[..])?, &b""[..]),
            };
            messages.push(text.to_vec());
            rest = after;
        }
        Some(messages)
    }

    /// This dialect of a subject, with these parts of the course's dialect.
    #[must_use]
    pub fn demanding(&self, aspects: &[Aspect], course: &Self) -> Self {
        let mut dialect = self.clone();
        for aspect in aspects {
            match aspect {
                Aspect::ServerGreeting => {
                    dialect.server_greeting.clone_from(&course.server_greeting);
                    dialect.has_varying_greeting = course.has_varying_greeting;
                }
                Aspect::Message => {
                    dialect.prefix.clone_from(&course.prefix);
                    dialect.line_end.clone_from(&course.line_end);
                }
                Aspect::Farewell => {
                    dialect.farewell.clone_from(&course.farewell);
                    dialect.farewell_at_token.clone_from(&course.farewell_at_token);
                }
                // Another farewell at every end breaks another rule. This one is broken by one at the end of the stream alone.
                Aspect::EndOfStream if dialect.farewell != dialect.farewell_at_token => dialect.farewell.clone_from(&course.farewell),
                Aspect::EndOfStream => {}
                Aspect::ClientGreeting => dialect.client_greeting.clone_from(&course.client_greeting),
                Aspect::Delimiter => dialect.delimiter.clone_from(&course.delimiter),
            }
        }
        dialect
    }
}
