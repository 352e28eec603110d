//! The text of the project file, and the places of mistakes in it.

use crate::run::known_failure::PROJECT_FILE as FILE;
use crate::spec::notation::ParseError;

/// The text of the file.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    /// An error at this byte.
    pub(super) fn error(self, at: usize, message: impl Into<String>) -> ParseError {
        let (line, column, source_line) = self.place(at);
        ParseError { file: FILE.to_owned(), line, column, message: message.into(), source_line: source_line.to_owned() }
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(self, at: usize) -> usize {
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
