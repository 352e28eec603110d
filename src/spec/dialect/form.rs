//! A text with a hole, such as `Echo: {message}\n`.

use super::values::Values;
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
    /// The number of bytes to which NULs lengthen the text. 0 if none do.
    #[serde(default)]
    pub padding: usize,
}

/// The text with as many NULs behind it as it needs to have this number of bytes.
pub fn padded(mut text: Vec<u8>, padding: usize) -> Vec<u8> {
    text.resize(text.len().max(padding), 0);
    text
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
        let [before, behind] = [&self.before, &self.behind].map(|text| Values::with_length(text, message.len()));
        let message = match self.hole {
            Hole::None => Vec::new(),
            Hole::Message | Hole::Typed => message.to_vec(),
            Hole::UpperCase => message.to_ascii_uppercase(),
        };
        padded([before, message, behind].concat(), self.padding)
    }

    /// The text for a reader, with dots in the hole.
    pub fn with_dots(&self) -> Vec<u8> {
        let dots = if self.hole == Hole::None { "" } else { "…" };
        [&self.before, dots.as_bytes(), &self.behind].concat()
    }

    /// Another text, with as many NULs behind it as this text has.
    pub fn with_nuls(&self, text: &[u8]) -> Vec<u8> {
        let nul: &[u8] = if self.has_nuls() && self.padding == 0 { b"\0" } else { b"" };
        padded([text, nul].concat(), self.padding)
    }

    /// Whether it ends with a NUL, or with many.
    pub fn has_nuls(&self) -> bool {
        self.padding > 0 || self.end().ends_with(b"\0")
    }

    /// The text at its end.
    pub fn end(&self) -> &[u8] {
        if self.hole == Hole::None { &self.before } else { &self.behind }
    }
}
