//! The table of a class: one row for each run, one sign for each rule that some program does not meet.

use super::section::Section;
use super::style::{BAD, BOLD, FAINT, GOOD, WARN, shortened, wrap};
use crate::report::conclusion::{Conforms, Mark, broken_rules};
use crate::report::points::Points;
use crate::report::text::{capitalised, legible};
use crate::run::results::{Obstacle, Rerun, Results};
use crate::spec::role::Part;
use crate::spec::rule::Rule;
use crate::verdict::clue::Clue;
use crate::verdict::problem::Problem;
use anstyle::Style;
use std::collections::BTreeMap;
use std::io::{self, Write};
use textwrap::core::display_width;

/// The names of the columns, in order.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// The most columns that a name takes.
const LONGEST_NAME: usize = 18;
/// How many common mistakes the report tells.
const MOST_COMMON: usize = 10;
/// How many names stand behind a mistake.
const MOST_NAMES: usize = 12;

/// Whether one row a program is easier to read than one column.
pub(super) fn is_class(results: &Results) -> bool {
    const MOST_COLUMNS: usize = 4;
    results.runs.len() > MOST_COLUMNS || results.runs.len() > 1 && matches!(results.again, Rerun::Class(_))
}

/// Writes the table, the rules of its columns, and what went wrong most.
pub(super) fn write(sections: &[Section<'_>], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Row<'_>> = sections.iter().map(Row::of).collect();
    let mut columns = sections.first().map(|section| broken_rules(section.results)).unwrap_or_default();
    columns.truncate(LETTERS.len());
    let name_width = rows.iter().map(|row| display_width(&row.name)).max().unwrap_or(0);
    let points_width = rows.iter().map(|row| row.points.len()).max().unwrap_or(0).max("points".len());
    let left = 2 + name_width + 2 + points_width;
    // One sign a rule, and a gap between server, client and pair.
    let room = width.saturating_sub(left + 3 * 2).max(10);
    for (number, some) in columns.chunks(room).enumerate() {
        heading(some, number * room, left, out)?;
        for row in &rows {
            row.write(some, name_width, points_width, width, out)?;
        }
    }
    if columns.is_empty() {
        rows.iter().try_for_each(|row| row.write(&[], name_width, points_width, width, out))?;
    }
    legend(&rows, &columns, width, out)?;
    common(sections, width, out)
}

/// One run.
struct Row<'a> {
    name: String,
    points: String,
    sign: (Style, char),
    marks: Vec<(&'static Rule, Mark)>,
    obstacle: Option<&'a Obstacle>,
}

impl<'a> Row<'a> {
    fn of(section: &'a Section<'a>) -> Self {
        let (results, run) = (section.results, section.run);
        let marks: Vec<_> = run.by_rule().into_iter().map(|(rule, outcomes)| (rule, Mark::of(run, rule, outcomes))).collect();
        let sign = match Conforms::of(results, run) {
            Conforms::No => (BAD, 'x'),
            Conforms::Unknown => (WARN, '?'),
            Conforms::Yes => (GOOD, '+'),
        };
        let (name, points) = (shortened(&section.label, LONGEST_NAME), Points::words(results, run));
        Self { name, points, sign, marks, obstacle: run.obstacle.as_ref() }
    }

    fn mark(&self, rule: &Rule) -> Option<Mark> {
        self.marks.iter().find(|(other, _)| *other == rule).map(|(_, mark)| *mark)
    }

    fn write(&self, columns: &[&'static Rule], name: usize, points: usize, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let (style, sign) = self.sign;
        let gap = name - display_width(&self.name);
        write!(out, "{style}{sign}{style:#} {BOLD}{}{BOLD:#}{:gap$}  {:>points$}", self.name, "", self.points)?;
        let what = self.obstacle.map(|Obstacle { what, .. }| legible(what));
        if let Some(what) = what.as_ref().filter(|_| self.marks.is_empty()) {
            let room = width.saturating_sub(2 + name + 2 + points + 2);
            return writeln!(out, "  {BAD}{}{BAD:#}", shortened(what, room));
        }
        let mut part = None;
        let mut line = String::new();
        for rule in columns {
            if part.replace(rule.subject()) != Some(rule.subject()) {
                line.push_str("  ");
            }
            let (style, sign) = self.mark(rule).map_or((FAINT, ' '), signs);
            line += &if style == FAINT { sign.to_string() } else { format!("{style}{sign}{style:#}") };
        }
        writeln!(out, "{}", line.trim_end())?;
        what.map_or(Ok(()), |what| writeln!(out, "  {BAD}{what}{BAD:#}"))
    }
}

/// The sign for a rule.
fn signs(mark: Mark) -> (Style, char) {
    match mark {
        Mark::Pass => (FAINT, '.'),
        Mark::Note => (FAINT, '~'),
        Mark::Known => (WARN, 'k'),
        Mark::Unjudged => (FAINT, '-'),
        Mark::Warn => (WARN, '!'),
        Mark::Fail => (BAD, 'x'),
    }
}

fn heading(columns: &[&'static Rule], from: usize, left: usize, out: &mut dyn Write) -> io::Result<()> {
    let (mut parts, mut letters, mut part) = (String::new(), String::new(), None);
    for (rule, letter) in columns.iter().zip(LETTERS.chars().skip(from)) {
        if part.replace(rule.subject()) != Some(rule.subject()) {
            letters.push_str("  ");
            // A narrow group has no room for its name.
            let name = rule.subject().to_string();
            let count = columns.iter().filter(|other| other.subject() == rule.subject()).count();
            let name = if name.len() < count + 2 { name } else { String::new() };
            parts += &format!("  {name:<count$}");
        }
        letters.push(letter);
    }
    writeln!(out, "\n{:left$}{BOLD}{}{BOLD:#}", "", parts.trim_end())?;
    let points = "points";
    writeln!(out, "{points:>left$}{BOLD}{letters}{BOLD:#}")
}

/// The rules of the columns, and how many programs break each.
fn legend(rows: &[Row<'_>], columns: &[&'static Rule], width: usize, out: &mut dyn Write) -> io::Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{FAINT}rows: + conforms, x does not, ? not sure{FAINT:#}")?;
    writeln!(out, "{FAINT}rules: x breaks a MUST, ! a SHOULD, k known, - not judged, . right{FAINT:#}")?;
    let entry = |(rule, letter): (&&'static Rule, char)| {
        let count = rows.iter().filter(|row| matches!(row.mark(rule), Some(Mark::Warn | Mark::Fail))).count();
        format!("{letter}  {:<24} {count:>3}", rule.id)
    };
    let entries: Vec<String> = columns.iter().zip(LETTERS.chars()).map(entry).collect();
    let across = (width / 36).clamp(1, 3);
    let down = entries.len().div_ceil(across);
    for line in 0..down {
        let cells: Vec<String> = entries.iter().skip(line).step_by(down).map(|cell| format!("{cell:<34}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// What is wrong, and in which runs. The same mistake, or the same clue, is one problem of the class.
fn common(sections: &[Section<'_>], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut all: BTreeMap<String, (String, Vec<&str>)> = BTreeMap::new();
    for section in sections {
        if let Some(Obstacle { what, .. }) = &section.run.obstacle {
            all.entry(format!("obstacle {what}")).or_insert_with(|| (capitalised(&legible(what)) + ".", Vec::new())).1.push(&section.label);
        }
        let problems = section.run.problems();
        // What goes wrong between two programs follows from what is wrong with one of them.
        let is_of_one = |problem: &Problem<'_>| problem.rule().subject() != Part::Pair;
        let has_one = problems.iter().any(is_of_one);
        for problem in problems.iter().filter(|problem| is_of_one(problem) || !has_one) {
            let (_, names) = all.entry(key(problem)).or_insert_with(|| (sentence(problem), Vec::new()));
            if names.last() != Some(&section.label.as_str()) {
                names.push(&section.label);
            }
        }
    }
    let mut all: Vec<(String, Vec<&str>)> = all.into_values().collect();
    all.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}What went wrong most{BOLD:#}")?;
    for (sentence, names) in all.iter().take(MOST_COMMON) {
        let count = format!("{:>3} of {}  ", names.len(), sections.len());
        let indentation = " ".repeat(count.len());
        writeln!(out, "{}", wrap(sentence, &count, &indentation, width))?;
        let more = if names.len() > MOST_NAMES { format!(" and {} more", names.len() - MOST_NAMES) } else { String::new() };
        let who = names[..names.len().min(MOST_NAMES)].join(", ") + &more;
        writeln!(out, "{FAINT}{}{FAINT:#}", wrap(&who, &indentation, &indentation, width))?;
    }
    if all.len() > MOST_COMMON {
        writeln!(out, "{FAINT}and {} other problems (--all tells them for each program){FAINT:#}", all.len() - MOST_COMMON)?;
    }
    Ok(())
}

/// What two runs with the same problem have in common.
fn key(problem: &Problem<'_>) -> String {
    let cause = match (&problem.mistakes[..], problem.clue()) {
        ([mistake, ..], _) => mistake.name.clone(),
        ([], Some(clue)) if *clue != Clue::OtherText => clue.record(),
        _ => String::new(),
    };
    format!("{} {} {}", problem.role(), if cause.is_empty() { problem.rule().id } else { "" }, cause)
}

/// The problem as a sentence about a program of the class.
fn sentence(problem: &Problem<'_>) -> String {
    if problem.mistakes.is_empty() && problem.clue().is_none_or(|clue| *clue == Clue::OtherText) {
        let rule = problem.rule();
        return format!("The {} breaks {}, which asks: {}.", rule.subject(), rule.id, rule.sentence.of(problem.dialect));
    }
    let headline = problem.headline();
    headline.strip_prefix("Your ").map_or_else(|| headline.clone(), |rest| format!("The {rest}"))
}
