//! The formats of reports.

use crate::run::results::Results;
use std::io::{self, Write};

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// For a person at a terminal: only failures and the last lines.
    Brief,
    /// For other programs, and for `merge`.
    Json,
    /// For GitLab, Jenkins, and most other CI systems.
    Junit,
    /// For readers of TAP, version 14.
    Tap,
    /// For GitHub Actions: annotations, and a summary of the job.
    Github,
    /// For Gradescope: `results.json`.
    Gradescope,
    /// A page that a teacher can give to a student; or, for a path that is a folder, a page for each program.
    Html,
    /// For a spreadsheet: a line for each program.
    Csv,
}

/// The name of each format on the command line.
const FORMATS: [(&str, Format); 9] = [
    ("human", Format::Human),
    ("brief", Format::Brief),
    ("json", Format::Json),
    ("junit", Format::Junit),
    ("tap", Format::Tap),
    ("github", Format::Github),
    ("gradescope", Format::Gradescope),
    ("html", Format::Html),
    ("csv", Format::Csv),
];

impl Format {
    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|(_, format)| *format)
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// Whether a person reads this format in a terminal.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Brief)
    }

    /// All names, with this word before the last one: `a, b or c`.
    pub fn list(conjunction: &str) -> String {
        let names: Vec<&str> = Self::all().map(Self::name).collect();
        let (last, others) = names.split_last().expect("the table of formats is not empty");
        format!("{} {conjunction} {last}", others.join(", "))
    }

    /// Writes a report in this format. Lines for people have at most `width` columns.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Human => super::human::write(results, width, out),
            Self::Brief => super::human::write_brief(results, width, out),
            Self::Json => super::json::write(results, out),
            Self::Junit => super::junit::write(results, out),
            Self::Tap => super::tap::write(results, out),
            Self::Github => super::github::write(results, out),
            Self::Gradescope => super::gradescope::write(results, out),
            Self::Html => super::html::write(results, out),
            Self::Csv => super::csv::write(results, out),
        }
    }
}
