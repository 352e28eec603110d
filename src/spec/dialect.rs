//! Everything that is particular to this tutorial: the address, the greetings, the prefix, the token, the buffer, the white space.
//! No other part of the harness contains these texts and numbers.

use crate::spec::bytes::find;
use std::net::{Ipv4Addr, SocketAddrV4};

/// The texts that programs print and send. The rules demand [`Dialect::tutorial`]. A learned dialect has the texts of one subject, so a
/// server that greets in English breaks the rule about the greeting, and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The text that a server prints once, when a client has connected.
    pub server_greeting: Vec<u8>,
    /// Whether the numbers in the server's greeting differ from client to client, such as the client's port.
    pub has_varying_greeting: bool,
    /// The text before each message that a server prints.
    pub prefix: Vec<u8>,
    /// The text behind each message.
    pub line_end: Vec<u8>,
    /// The text that a server prints when its client has gone: in the tutorial, nothing.
    pub farewell: Vec<u8>,
    /// The text that a server prints when it has received the token: in the tutorial, nothing.
    pub farewell_at_token: Vec<u8>,
    /// The text that a client prints once, when it has connected.
    pub client_greeting: Vec<u8>,
    /// The bytes that a client sends behind each word: in the tutorial, none.
    pub delimiter: Vec<u8>,
}

/// A part of the dialect. Rules that demand it use the tutorial's text. All other rules use the text of the subject.
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

/// The address of the tutorial's server.
pub const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8023);
/// The message that ends the conversation.
pub const TOKEN: &[u8] = b"exit";

/// The beginning of the line on stderr with which a server complains that its port is taken.
pub const BIND_COMPLAINT: &[u8] = b"bind: ";
/// The beginning of the line on stderr with which a client complains that nobody listens.
pub const CONNECT_COMPLAINT: &[u8] = b"connect: ";

/// The size of the tutorial's buffer: how many bytes one recv reads at most.
pub const BUFFER: usize = 1000;

/// Whether a byte separates words. This is the white space of C, not of Unicode.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

impl Dialect {
    /// The dialect of the tutorial.
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

    /// The text that the server prints when it ends.
    pub fn farewell(&self, is_at_token: bool) -> &[u8] {
        if is_at_token { &self.farewell_at_token } else { &self.farewell }
    }

    /// The output of a server without its farewell. If both farewells fit, the longer one is left out.
    pub fn without_farewell<'a>(&self, printed: &'a [u8]) -> &'a [u8] {
        let farewells = [&self.farewell[..], &self.farewell_at_token];
        farewells.into_iter().filter_map(|farewell| printed.strip_suffix(farewell)).min_by_key(|rest| rest.len()).unwrap_or(printed)
    }

    /// Whether messages are printed as the tutorial's server prints them.
    pub fn has_tutorials_messages(&self) -> bool {
        let tutorial = Self::tutorial();
        self.prefix == tutorial.prefix && self.line_end == tutorial.line_end
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

    /// This dialect with these parts of the tutorial's dialect.
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
                // A farewell at every end breaks another rule. This one is broken by a farewell at the end of the stream alone.
                Aspect::EndOfStream if dialect.farewell != dialect.farewell_at_token => dialect.farewell.clear(),
                Aspect::EndOfStream => {}
                Aspect::ClientGreeting => dialect.client_greeting.clone_from(&tutorial.client_greeting),
                Aspect::Delimiter => dialect.delimiter.clear(),
            }
        }
        dialect
    }
}
