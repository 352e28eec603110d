//! An error in a text that a person wrote, with its place.

use crate::spec::bytes::is_printable;
use std::fmt;
use std::str::Utf8Error;

/// An error in a text: where it is, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// The file, by the name with which it was opened.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The character of that line, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The line itself.
    pub source_line: String,
}

impl ParseError {
    /// The error for a file that is not UTF-8.
    pub(crate) fn no_text(file: &str, bytes: &[u8], error: Utf8Error) -> Self {
        let at = error.valid_up_to();
        let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length);
        Self {
            file: file.to_owned(),
            line: bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1,
            message: format!(
                "the byte \\x{:02x} does not belong here: a scenario is UTF-8, and \\xHH in quotes stands for any other byte",
                bytes[at]
            ),
            source_line: String::from_utf8_lossy(&bytes[start..end]).into_owned(),
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, source_line } = self;
        // A line may be long, so show a part of it. Replace characters that a terminal may not show, so that the `^` stands in its place.
        const WINDOW: usize = 100;
        let skipped = column.saturating_sub(WINDOW * 3 / 4);
        let shown: String = source_line.chars().skip(skipped).take(WINDOW).map(|c| if is_printable(c) { c } else { '\u{b7}' }).collect();
        // A wide character takes two columns of the terminal, and so must the space under it.
        let indent: String = shown.chars().take(column - 1 - skipped).map(|c| if is_wide(c) { "  " } else { " " }).collect();
        let margin = " ".repeat(line.to_string().len());
        write!(f, "{file}:{line}:{column}: {message}\n{margin} |\n{line} | {shown}\n{margin} | {indent}^")
    }
}

/// Whether a terminal gives a character two columns.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}')
}
