//! Gradescope's `results.json`: a test for each rule.
//!
//! A rule that binds (MUST, and with --strict SHOULD) is worth one point. A program gets the point if no scenario of the rule has a failure
//! that counts. All other rules are shown without points.

use super::case::{Case, CaseList, Status};
use super::human;
use super::text::legible_lines;
use crate::run::results::Results;
use crate::spec::rule::Rule;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Report {
    score: usize,
    execution_time: f64,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    score: usize,
    max_score: usize,
    status: &'static str,
    output: String,
    output_format: &'static str,
    tags: Vec<String>,
    visibility: &'static str,
}

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let lists = CaseList::all(results);
    let test = |list: &CaseList<'_>| list.by_rule().into_iter().map(|(rule, cases)| test(results, list, rule, &cases)).collect::<Vec<_>>();
    let tests: Vec<Test> = lists.iter().flat_map(test).collect();
    let verdicts: String = lists
        .iter()
        .map(|it| human::plain_verdicts(results, it.run, &it.label) + &human::plain_problems(results, it.run, &it.problems))
        .collect();
    write_report(tests, results.duration().as_secs_f64(), &(verdicts + &results.interruption().unwrap_or_default()), out)
}

/// Writes the reason why nothing could be judged, with no points. Without a file, Gradescope would show that the autograder has failed.
pub fn write_refusal(why: &str, out: &mut dyn Write) -> io::Result<()> {
    let output = format!("Nothing could be judged: {why}.\nIs the program where it should be? Did it compile?\n");
    write_report(Vec::new(), 0.0, &output, out)
}

fn write_report(tests: Vec<Test>, execution_time: f64, output: &str, out: &mut dyn Write) -> io::Result<()> {
    let score = tests.iter().map(|test| test.score).sum();
    let report = Report { score, execution_time, output: legible_lines(output), output_format: "text", visibility: "visible", tests };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn test(results: &Results, list: &CaseList<'_>, rule: Option<&Rule>, cases: &[&Case<'_>]) -> Test {
    let status = cases.iter().map(|case| case.status).max().unwrap_or(Status::Passed);
    let binds = rule.is_some_and(|rule| results.binds(rule));
    let max_score = usize::from(binds);
    let is_earned = !matches!(status, Status::Failed | Status::Unjudged);
    let is_met = is_earned && status != Status::FallsShort;
    let name = rule.map_or_else(|| cases[0].name.clone(), |rule| list.labelled(&format!("{} ({})", rule.id, rule.level)));
    let role_and_level = |rule: &Rule| vec![rule.subject().to_string(), rule.level.to_string()];
    Test {
        name,
        score: if is_earned { max_score } else { 0 },
        max_score,
        status: if is_met { "passed" } else { "failed" },
        output: output(results, list, rule, cases),
        output_format: "text",
        tags: rule.map(role_and_level).unwrap_or_default(),
        visibility: "visible",
    }
}

/// The text that a student reads about a rule.
fn output(results: &Results, list: &CaseList<'_>, rule: Option<&Rule>, cases: &[&Case<'_>]) -> String {
    let mut text =
        rule.map(|rule| format!("The {} {}: {}.\n", rule.subject(), rule.level, rule.sentence.of(&list.run.dialect))).unwrap_or_default();
    let passed = cases.iter().filter(|case| case.status == Status::Passed).count();
    text += &format!("{passed} of {} scenarios passed.\n", cases.len());
    if let Some(worst) = Case::worst(cases).filter(|worst| worst.status != Status::Passed) {
        if let Some(reason) = worst.reason(list.run) {
            text += &format!("This is known, and does not count: {reason}\n");
        }
        text += &format!("\n{}\n", worst.description(results, list).trim_end());
    }
    let mut notes: Vec<String> = cases.iter().flat_map(|case| case.notes()).collect();
    notes.dedup();
    text + &notes.iter().map(|note| format!("note: {note}\n")).collect::<String>()
}
