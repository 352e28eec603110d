//! A model of a correct client: computes the messages that it sends for the input that is typed.

use crate::model::oracle;
use crate::spec::dialect::{ClientEnd, Dialect, Input, is_space};

/// A client that reads words or lines, and sends them.
pub struct Client<'a> {
    dialect: &'a Dialect,
    /// The beginning of a line that is not complete yet.
    open: Vec<u8>,
    /// Whether words end at their first NUL.
    c_strings: bool,
    is_at_token: bool,
    is_over: bool,
}

impl<'a> Client<'a> {
    /// A client that has just connected.
    pub fn new(dialect: &'a Dialect, c_strings: bool) -> Self {
        Self { dialect, open: Vec::new(), c_strings, is_at_token: false, is_over: false }
    }

    /// Whether the client has sent the token, or has seen the end of its input.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the client has read the token, which ends it.
    pub fn is_at_token(&self) -> bool {
        self.is_at_token
    }

    /// Whether the input ends inside a word. A client may have sent a part of this word.
    pub fn is_inside_word(&self) -> bool {
        self.dialect.input == Input::Word && self.open.last().is_some_and(|&byte| !is_space(byte))
    }

    /// Whether the line that is not complete yet has complete words. A client may have sent them, or may wait for the end of the line.
    pub fn has_words_in_open_line(&self) -> bool {
        let complete = self.open.iter().rposition(|&byte| is_space(byte)).map_or(0, |at| at + 1);
        self.dialect.input == Input::Word && oracle::words(&self.open[..complete]).next().is_some()
    }

    /// The messages that the client must have sent after this input: those of all complete lines, up to the token. A client may send a word
    /// earlier, as soon as white space follows it.
    pub fn types(&mut self, typed: &[u8]) -> Vec<Vec<u8>> {
        self.open.extend_from_slice(typed);
        let complete = oracle::take_complete_lines(&mut self.open);
        self.sends(&complete)
    }

    /// The end of the input. Returns the messages that are left.
    pub fn types_end(&mut self) -> Vec<Vec<u8>> {
        let rest = std::mem::take(&mut self.open);
        let words = self.sends(&rest);
        self.is_over = true;
        words
    }

    /// The client dies.
    pub fn dies(&mut self) {
        self.is_over = true;
    }

    /// Sends the messages of complete input.
    fn sends(&mut self, input: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        for message in self.messages(input) {
            if self.is_over {
                break;
            }
            let message = if self.c_strings { message.split(|&byte| byte == 0).next().unwrap_or_default() } else { message };
            self.is_at_token = self.dialect.client_ends != ClientEnd::Reply && self.dialect.is_typed_token(message);
            self.is_over = self.is_at_token;
            if !self.is_over || self.dialect.client_ends != ClientEnd::Unsent {
                messages.push(message.to_vec());
            }
        }
        messages
    }

    /// The words or the lines of complete input.
    fn messages<'b>(&self, input: &'b [u8]) -> Vec<&'b [u8]> {
        match self.dialect.input {
            Input::Word => oracle::words(input).collect(),
            Input::Line => oracle::lines(input).collect(),
        }
    }
}
