//! A text with a hole, such as `Echo: {message}\n`.

use serde::{Deserialize, Serialize};

/// A text that holds a message, or always the same text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Form {
    /// The text before the hole, or the whole text.
    #[serde(with = "super::quoted")]
    pub before: Vec<u8>,
    /// What fills the hole.
    pub hole: Hole,
    /// The text behind the hole.
    #[serde(with = "super::quoted")]
    pub behind: Vec<u8>,
}

/// What fills the hole of a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hole {
    /// Nothing: the text is always the same.
    #[default]
    None,
    /// The message as it is.
    Message,
    /// The message with its ASCII letters in upper case.
    UpperCase,
    /// The line that is typed at the server, without its newline.
    Typed,
}

impl Form {
    /// A text that is always the same.
    pub fn fixed(text: &[u8]) -> Self {
        Self { before: text.to_vec(), ..Self::default() }
    }

    /// Whether it says nothing at all, whatever the message.
    pub fn is_nothing(&self) -> bool {
        self.hole == Hole::None && self.before.is_empty() && self.behind.is_empty()
    }

    /// Whether only the message itself is said, so that one message cannot be told from two.
    pub fn is_bare(&self) -> bool {
        matches!(self.hole, Hole::Message | Hole::UpperCase) && self.before.is_empty() && self.behind.is_empty()
    }

    /// The text for this message, or for this typed line.
    pub fn of(&self, message: &[u8]) -> Vec<u8> {
        let message = match self.hole {
            Hole::None => Vec::new(),
            Hole::Message | Hole::Typed => message.to_vec(),
            Hole::UpperCase => message.to_ascii_uppercase(),
        };
        [&self.before[..], &message, &self.behind].concat()
    }
}
