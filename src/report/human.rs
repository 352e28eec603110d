//! The report for a person at a terminal: one line for each rule, then a description of each failure, then a summary. Several programs
//! stand side by side.

mod changes;
mod comparison;
mod failure;
mod section;
mod steps;
mod style;
mod summary;

use crate::run::results::{Results, Run};
use crate::spec::role::Part;
use crate::verdict::outcome::Outcome;
pub use changes::write as write_changes;
use comparison::side_by_side;
use section::Section;
use std::io::{self, Write};
use style::{BOLD, wrap};
use summary::summary;

/// Writes the report. Lines have at most `width` columns.
pub fn write(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let sections = Section::all(results, width);
    write!(out, "{BOLD}sockspec {}{BOLD:#}", env!("CARGO_PKG_VERSION"))?;
    if let [section] = &sections[..] {
        section.programs(out)?;
        section.place(out)?;
        if results.is_verbose {
            section.denied(out)?;
        }
        // A search does not keep what has passed, so a part may have no outcomes.
        let has_rules = |part: &Part| section.run.outcomes.iter().any(|outcome| outcome.scenario.subject() == *part);
        for part in section.run.parts().into_iter().filter(has_rules) {
            writeln!(out)?;
            section.table(part, out)?;
        }
    } else if sections.is_empty() {
        writeln!(out, "\nthis part has no scenarios: there are more parts than scenarios")?;
    } else {
        writeln!(out, "  {} programs side by side", sections.len())?;
        let mut places: Vec<&str> = sections.iter().map(|section| section.run.place.as_str()).collect();
        places.dedup();
        places.iter().try_for_each(|place| writeln!(out, "{}", wrap(place, "", "", width)))?;
        if results.is_verbose
            && let Some(section) = sections.first()
        {
            section.denied(out)?;
        }
        writeln!(out)?;
        let widest = sections.iter().map(|section| textwrap::core::display_width(section.name())).max().unwrap_or(0);
        for section in &sections {
            let name = section.name();
            write!(out, "{BOLD}{name}{BOLD:#}{}", " ".repeat(widest - textwrap::core::display_width(name)))?;
            section.programs(out)?;
            writeln!(out)?;
        }
        // Servers have different rules than clients and pairs, so each has a table.
        for part in [Part::Server, Part::Client, Part::Pair] {
            side_by_side(&sections, part, width, out)?;
        }
    }
    failures(&sections, out)?;
    writeln!(out)?;
    summary(&sections, results, width, out)
}

/// Writes the failures and the last lines.
pub fn write_brief(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let sections = Section::all(results, width);
    let mut text = Vec::new();
    failures(&sections, &mut text)?;
    // Each failure begins with an empty line, to separate it from the text before it.
    out.write_all(text.trim_ascii_start())?;
    if !text.is_empty() {
        writeln!(out)?;
    }
    summary(&sections, results, width, out)
}

/// Writes the failures of all runs. If there are several runs, each begins with its name and programs.
fn failures(sections: &[Section<'_>], out: &mut dyn Write) -> io::Result<()> {
    for section in sections {
        let mut text = Vec::new();
        section.failures(&mut text)?;
        if sections.len() > 1 && !text.is_empty() {
            write!(out, "\n{BOLD}──{}{BOLD:#}", section.lead())?;
            section.programs(out)?;
            writeln!(out)?;
        }
        out.write_all(&text)?;
    }
    Ok(())
}

/// Writes the last lines of a report: the verdicts and the numbers.
///
/// # Errors
/// Those of `out`.
pub fn write_summary(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    summary(&Section::all(results, width), results, width, out)
}

/// The description of one failure, without colours: for formats that can hold a text.
pub fn plain_description(results: &Results, run: &Run, outcome: &Outcome) -> String {
    let section = Section::plain(results, run, "");
    plain(|out| section.headline(outcome, out).and_then(|()| section.description(outcome, out)))
}

/// The verdict on each program of a run, each in a line after the label of the run.
pub fn plain_verdicts(results: &Results, run: &Run, label: &str) -> String {
    plain(|out| Section::plain(results, run, label).verdicts(out))
}

/// The diagnoses of a run.
pub fn plain_diagnoses(results: &Results, run: &Run) -> String {
    let section = Section::plain(results, run, "");
    plain(|out| run.diagnoses.iter().try_for_each(|diagnosis| section.diagnosis(diagnosis, out)))
}

fn plain(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = write(&mut anstream::StripStream::new(&mut text));
    String::from_utf8_lossy(&text).trim_start().to_owned()
}
