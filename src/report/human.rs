//! The report for a person at a terminal: one line for each rule, then a description of each failure, then a summary. Several programs
//! stand side by side.

mod changes;
mod class;
mod comparison;
mod failure;
mod section;
mod steps;
mod story;
mod style;
mod summary;

use crate::run::place::BEST_PLACE;
use crate::run::results::{Rerun, Results, Run};
use crate::spec::role::Part;
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;
pub use changes::write as write_changes;
use comparison::side_by_side;
use section::Section;
use std::collections::BTreeSet;
use std::io::{self, Write};
use style::{BOLD, wrap};
use summary::summary;

/// Writes the report. Lines have at most `width` columns.
pub fn write(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let sections = Section::all(results, width);
    write!(out, "{BOLD}sockspec {}{BOLD:#}", env!("CARGO_PKG_VERSION"))?;
    if let ([section], false) = (&sections[..], results.tells_all) {
        section.programs(out)?;
        writeln!(out)?;
        // In the best place, the place says nothing about the results.
        if !section.run.place.starts_with(BEST_PLACE) {
            writeln!(out, "{}", wrap(&section.run.place, "", "", width))?;
        }
        if results.is_verbose {
            section.denied(out)?;
        }
        return brief(section, results, width, out);
    }
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
        section.inapplicable(out)?;
    } else if sections.is_empty() {
        writeln!(out, "\nthis part has no scenarios: there are more parts than scenarios")?;
    } else {
        let is_class = class::is_class(results);
        let what = if matches!(results.again, Rerun::Class(_)) { "folders" } else { "programs side by side" };
        writeln!(out, "  {} {what}", sections.len())?;
        let places: BTreeSet<&str> = sections.iter().map(|section| section.run.place.as_str()).filter(|place| !place.is_empty()).collect();
        places.iter().try_for_each(|place| writeln!(out, "{}", wrap(place, "", "", width)))?;
        if results.is_verbose
            && let Some(section) = sections.first()
        {
            section.denied(out)?;
        }
        if is_class {
            class::write(&sections, width, out)?;
            if results.tells_all {
                failures(&sections, out)?;
            }
            return writeln!(out).and_then(|()| summary(&sections, results, width, out));
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
    if results.tells_all {
        failures(&sections, out)?;
    } else {
        problems(&sections, out)?;
    }
    writeln!(out)?;
    summary(&sections, results, width, out)
}

/// Writes the problems of all runs, one in each line.
fn problems(sections: &[Section<'_>], out: &mut dyn Write) -> io::Result<()> {
    for section in sections {
        let problems = section.run.problems();
        if problems.is_empty() && section.run.unlisted_refusals().next().is_none() {
            continue;
        }
        section.heading(out)?;
        section.refusals("  ", out)?;
        problems.iter().rev().try_for_each(|problem| section.in_one_line(problem, out))?;
    }
    Ok(())
}

/// Writes the most important problem of each run, and the last lines.
pub fn write_brief(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let sections = Section::all(results, width);
    for section in &sections {
        let problems = section.run.problems();
        let Some(problem) = problems.first() else { continue };
        if sections.len() > 1 {
            writeln!(out, "{BOLD}──{}{BOLD:#}", section.lead())?;
        }
        section.story(problem, false, out)?;
        writeln!(out)?;
    }
    summary(&sections, results, width, out)
}

/// Writes the report on one run: how many rules pass, the other problems in one line each, and the story of the most important problem
/// last, where a terminal shows it.
fn brief(section: &Section<'_>, results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let problems = section.run.problems();
    let (mut story, mut begin, mut end) = (Vec::new(), Vec::new(), Vec::new());
    let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
    section.counts(&mut begin)?;
    summary(std::slice::from_ref(section), results, width, &mut end)?;
    /// The title, and the empty lines.
    const FIXED: usize = 3;
    // At least one line for the other problems, after an empty line and their title.
    let others = if problems.len() > 1 { 3 } else { 0 };
    let rest = LONGEST.saturating_sub(lines(&begin) + lines(&end) + FIXED);
    if let Some(problem) = problems.first() {
        section.story(problem, false, &mut story)?;
        if lines(&story) + others > rest {
            story.clear();
            section.story(problem, true, &mut story)?;
        }
    }
    section.refusals("", &mut story)?;
    out.write_all(&begin)?;
    let room = rest.saturating_sub(lines(&story) + others.saturating_sub(1));
    section.other_problems(problems.get(1..).unwrap_or_default(), room, out)?;
    if !story.is_empty() {
        writeln!(out)?;
        out.write_all(&story)?;
    }
    writeln!(out)?;
    out.write_all(&end)
}

/// The most lines of a report on one run that does not tell every story.
const LONGEST: usize = 24;

/// Writes the failures of all runs. If there are several runs, each begins with its name and programs.
fn failures(sections: &[Section<'_>], out: &mut dyn Write) -> io::Result<()> {
    for section in sections {
        let mut text = Vec::new();
        section.failures(&mut text)?;
        if sections.len() > 1 && !text.is_empty() {
            section.heading(out)?;
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

/// The problems of a run, the most important one first: what is wrong, and what to change.
pub fn plain_problems(results: &Results, run: &Run, problems: &[Problem<'_>]) -> String {
    let section = Section::plain(results, run, "");
    plain(|out| problems.iter().try_for_each(|problem| writeln!(out).and_then(|()| section.cause(problem, out))))
}

/// The cause of one problem, and what to change.
pub fn plain_cause(results: &Results, run: &Run, problem: &Problem<'_>) -> String {
    let section = Section::plain(results, run, "");
    plain(|out| section.cause(problem, out))
}

fn plain(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = write(&mut anstream::StripStream::new(&mut text));
    String::from_utf8_lossy(&text).trim_start().to_owned()
}
