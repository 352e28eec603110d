//! The text of a TOML file, and the places of mistakes in it.

use crate::spec::notation::ParseError;

/// A file that a user has written.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Its name, for messages.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// An error at this byte.
    pub fn error(self, at: usize, message: impl Into<String>) -> ParseError {
        let (line, column, source_line) = self.place(at);
        ParseError { file: self.file.to_owned(), line, column, message: message.into(), source_line: source_line.to_owned() }
    }

    /// The line of a byte, counted from 1.
    pub fn line(self, at: usize) -> usize {
        self.place(at).0
    }

    /// The line and the column of a byte, both from 1, and the line itself.
    fn place(self, at: usize) -> (usize, usize, &'a str) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let source_line = self.text[start..].lines().next().unwrap_or("");
        // A line of Windows ends with two bytes, which are no part of it.
        let column = before[start..].chars().count().min(source_line.chars().count()) + 1;
        (before.matches('\n').count() + 1, column, source_line)
    }
}
