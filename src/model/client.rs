//! A model of a correct client: computes the words that it sends for the input that is typed.

use crate::model::oracle;
use crate::spec::dialect::{Dialect, is_space};

/// A client that reads words, and sends them.
pub struct Client<'a> {
    /// The word that ends it.
    token: &'a [u8],
    /// The beginning of a line that is not complete yet.
    open: Vec<u8>,
    /// Whether words end at their first NUL.
    c_strings: bool,
    is_over: bool,
}

impl<'a> Client<'a> {
    /// A client that has just connected.
    pub fn new(dialect: &'a Dialect, c_strings: bool) -> Self {
        Self { token: &dialect.token, open: Vec::new(), c_strings, is_over: false }
    }

    /// Whether the client has sent the token, or has seen the end of its input.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the input ends inside a word. A client may have sent a part of this word.
    pub fn is_inside_word(&self) -> bool {
        self.open.last().is_some_and(|&byte| !is_space(byte))
    }

    /// Whether the line that is not complete yet has complete words. A client may have sent them, or may wait for the end of the line.
    pub fn has_words_in_open_line(&self) -> bool {
        let complete = self.open.iter().rposition(|&byte| is_space(byte)).map_or(0, |at| at + 1);
        oracle::words(&self.open[..complete]).next().is_some()
    }

    /// The words that the client must have sent after this input: those of all complete lines, up to the token. A client may send a word
    /// earlier, as soon as white space follows it.
    pub fn types(&mut self, typed: &[u8]) -> Vec<Vec<u8>> {
        self.open.extend_from_slice(typed);
        let complete = self.open.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        self.sends(complete)
    }

    /// The end of the input. Returns the words that are left.
    pub fn types_end(&mut self) -> Vec<Vec<u8>> {
        let words = self.sends(self.open.len());
        self.is_over = true;
        words
    }

    /// The client dies.
    pub fn dies(&mut self) {
        self.is_over = true;
    }

    /// Sends the words of the first so many bytes.
    fn sends(&mut self, complete: usize) -> Vec<Vec<u8>> {
        let input: Vec<u8> = self.open.drain(..complete).collect();
        let mut words = Vec::new();
        for word in oracle::words(&input) {
            if self.is_over {
                break;
            }
            let word = if self.c_strings { word.split(|&byte| byte == 0).next().unwrap_or_default() } else { word };
            self.is_over = word == self.token;
            words.push(word.to_vec());
        }
        words
    }
}
