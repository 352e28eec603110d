//! The choices that a course makes, apart from its texts.

use serde::{Deserialize, Serialize};

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// What one recv returns.
    #[default]
    Recv,
    /// A line, without its newline.
    Line,
}

/// Which messages are the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenMatch {
    /// The token itself, byte for byte.
    #[default]
    Whole,
    /// The token and one newline.
    Newline,
    /// The token, with white space around it or not.
    Trimmed,
    /// The token in upper or lower case.
    AnyCase,
    /// Every message that begins with the token.
    Prefix,
}

/// What the server does with the token before it ends the conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenIs {
    /// It neither prints nor answers the token.
    #[default]
    Hidden,
    /// It prints the token like every message, and does not answer it.
    Printed,
    /// It prints and answers the token like every message.
    Answered,
}

/// Which clients a server serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Serves {
    /// One client. Then it ends.
    #[default]
    One,
    /// One client after the other, without end.
    Next,
    /// So many clients, one after the other. Then it ends.
    Some(u8),
    /// All clients at once, without end.
    Many,
}

/// Who gets a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyTo {
    /// The client that has sent the message.
    #[default]
    Sender,
    /// All other clients.
    Others,
    /// All clients.
    All,
}

/// Whose token ends the conversation for a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerEnd {
    /// The token of the client.
    #[default]
    Client,
    /// The token that is typed at the server, which sends it.
    Operator,
    /// The token of either.
    Either,
}

/// What a client reads of its input at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// A word: white space is between two of them.
    #[default]
    Word,
    /// A line, without its newline.
    Line,
}

/// What ends a client, apart from the end of its input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientEnd {
    /// The token, which it has sent.
    #[default]
    Typed,
    /// The token, which it does not send.
    Unsent,
    /// A reply that is the token.
    Reply,
    /// The token, which it has sent, or a reply that is the token.
    Either,
}

impl Serves {
    /// Whether the server ends by itself after this many clients.
    pub fn ends_after(self, clients: usize) -> bool {
        match self {
            Self::One => clients >= 1,
            Self::Some(count) => clients >= usize::from(count),
            Self::Next | Self::Many => false,
        }
    }
}

impl TokenMatch {
    /// Whether this message is the token. An empty token is none.
    pub fn is_met(self, token: &[u8], message: &[u8]) -> bool {
        let is_met = match self {
            Self::Whole => message == token,
            Self::Newline => message.strip_suffix(b"\n") == Some(token),
            Self::Trimmed => message.trim_ascii() == token,
            Self::AnyCase => message.eq_ignore_ascii_case(token),
            Self::Prefix => message.starts_with(token),
        };
        is_met && !token.is_empty()
    }
}
