//! The last lines of a report.

use super::class::is_class;
use super::section::Section;
use super::style::{BAD, GOOD, WARN, wrap};
use crate::report::conclusion::{Conclusion, Conforms, conforming, numbers};
use crate::report::text::legible;
use crate::run::results::{Obstacle, Results};
use std::io::{self, Write};

/// Writes the last lines: known failures that have passed, the verdicts, and the numbers.
pub(super) fn summary(sections: &[Section<'_>], results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    for (_, known) in results.passed_known_failures() {
        writeln!(out, "{BAD}{}{BAD:#}", wrap(&known.remedy(), "", "  ", width))?;
    }
    if is_class(results) {
        writeln!(out, "{}", conforming(results))?;
    } else {
        sections.iter().try_for_each(|section| section.verdicts(out))?;
    }
    writeln!(out, "{}", numbers(results))
}

/// How many broken rules a verdict names, if the report does not tell every story.
const NAMED: usize = 3;

fn named(rules: &[&str], most: usize) -> String {
    match rules.len() {
        count if count > most => format!("{} and {} more", rules[..most].join(", "), count - most),
        _ => rules.join(", "),
    }
}

impl Section<'_> {
    /// Writes the verdict on each program, and on both together.
    pub(super) fn verdicts(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(Obstacle { what, .. }) = &self.run.obstacle {
            let lead = if self.label.is_empty() { String::new() } else { format!("{}: ", self.label) };
            writeln!(out, "{lead}{BAD}{}{BAD:#}", legible(what))?;
        }
        for Conclusion { conforms, words, must, should, .. } in Conclusion::all(self.results, self.run) {
            if !self.label.is_empty() {
                write!(out, "{}: ", self.label)?;
            }
            let style = match conforms {
                Conforms::Yes => GOOD,
                Conforms::Unknown => WARN,
                Conforms::No => BAD,
            };
            write!(out, "{style}{words}{style:#}")?;
            let most = if self.results.tells_all { usize::MAX } else { NAMED };
            if !must.is_empty() {
                write!(out, ": {}", named(&must, most))?;
            }
            if !should.is_empty() {
                write!(out, "; {WARN}warnings{WARN:#}: {}", named(&should, most))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
