//! Reads a text line by line, and adds the file and the line to an error.

use crate::spec::notation::error::ParseError;

/// An error in a line. [`Lines`] knows the line and the file.
pub(super) struct Mistake {
    /// In bytes from the beginning of the line.
    at: usize,
    message: String,
}

pub(super) type Parsed<T> = Result<T, Mistake>;

pub(super) fn mistake<T>(at: usize, message: impl Into<String>) -> Parsed<T> {
    Err(Mistake { at, message: message.into() })
}

/// The lines of a text, one after the other.
pub(super) struct Lines<'a> {
    file: &'a str,
    rest: &'a str,
    number: usize,
    line: &'a str,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, rest: text, number: 0, line: "" }
    }

    /// One line that needs no newline at its end.
    pub(super) fn single(name: &'a str, line: &'a str) -> Self {
        Self { file: name, rest: "", number: 1, line }
    }

    /// The next line, without its end; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<&'a str>, ParseError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let Some((line, rest)) = self.rest.split_once('\n') else {
            self.line = self.rest;
            return self.check(mistake(self.rest.len(), "the last line does not end with a newline"));
        };
        (self.line, self.rest) = (line, rest);
        if self.number == 1 && line.starts_with('\u{feff}') {
            return self.check(mistake(0, "the file begins with a byte-order mark: save it as UTF-8 without one"));
        }
        if let Some(stripped) = line.strip_suffix('\r') {
            return self.check(mistake(stripped.len(), "this line ends as on Windows, with \\r\\n: write \\n alone"));
        }
        Ok(Some(line))
    }

    /// The next line, which must be there.
    pub(super) fn due(&mut self, what: &str) -> Result<&'a str, ParseError> {
        match self.next()? {
            Some(line) => Ok(line),
            None => {
                (self.number, self.line) = (self.number + 1, "");
                self.check(mistake(0, format!("the file ends here: expected {what}")))
            }
        }
    }

    /// Adds the file and the current line to an error.
    pub(super) fn check<T>(&self, parsed: Parsed<T>) -> Result<T, ParseError> {
        parsed.map_err(|Mistake { at, message }| ParseError {
            file: self.file.to_owned(),
            line: self.number,
            column: self.line[..at].chars().count() + 1,
            message,
            source_line: self.line.to_owned(),
        })
    }
}
