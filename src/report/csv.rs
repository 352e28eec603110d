//! A table for a spreadsheet: a line for each run, with its points, and a column for each rule that was played.

use super::conclusion::{Conforms, Mark};
use super::points::{Points, short};
use super::text::labels;
use crate::run::results::{Results, Run};
use crate::spec::rule::{RULES, Rule};
use crate::verdict::problem::Problem;
use std::io::{self, Write};

/// Writes the report. A field with a comma, a quotation mark or a newline stands in quotation marks (RFC 4180).
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let is_played = |rule: &&'static Rule| results.runs.iter().any(|run| run.outcomes.iter().any(|outcome| outcome.rule() == *rule));
    let rules: Vec<&Rule> = RULES.iter().filter(is_played).collect();
    let head = ["name", "verdict", "points", "of", "problem"].into_iter().chain(rules.iter().map(|rule| rule.id));
    line(head.map(str::to_owned), out)?;
    for (run, label) in results.runs.iter().zip(labels(results)) {
        let name = if label.is_empty() { run.subjects.iter().map(|subject| subject.command.clone()).collect() } else { label };
        let points = Points::of(results, run);
        let first = [name, verdict(results, run).into(), short(points.earned), short(points.most), problem(run)];
        line(first.into_iter().chain(rules.iter().map(|rule| word(run, rule).to_owned())), out)?;
    }
    Ok(())
}

fn verdict(results: &Results, run: &Run) -> &'static str {
    match Conforms::of(results, run) {
        _ if run.obstacle.is_some() && run.outcomes.is_empty() => "not judged",
        Conforms::No => "does not conform",
        Conforms::Unknown => "unclear",
        Conforms::Yes => "conforms",
    }
}

/// The most important thing that is wrong.
fn problem(run: &Run) -> String {
    let obstacle = run.obstacle.as_ref().map(|obstacle| obstacle.what.clone());
    obstacle.or_else(|| run.problems().first().map(Problem::headline)).unwrap_or_default()
}

fn word(run: &Run, rule: &Rule) -> &'static str {
    let mut outcomes = run.outcomes.iter().filter(|outcome| outcome.rule() == rule).peekable();
    if outcomes.peek().is_some() { Mark::of(run, rule, outcomes).word() } else { "" }
}

fn line(fields: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let fields: Vec<String> = fields.map(|field| quoted(&field)).collect();
    writeln!(out, "{}", fields.join(","))
}

/// A field. A spreadsheet takes a text that begins with one of = + - @ for a formula: a blank before it prevents that.
fn quoted(field: &str) -> String {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if is_formula { format!(" {field}") } else { field.to_owned() };
    if field.contains([',', '"', '\n', '\r', ';']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}
