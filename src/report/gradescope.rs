//! Gradescope's `results.json`: a test for each rule.
//!
//! The points are those of `points`, as `sockspec help grading` describes them. A rule that is worth nothing is shown without points.

use super::case::{Case, CaseList, Status};
use super::human;
use super::points::Points;
use super::text::legible_lines;
use crate::run::results::Results;
use crate::spec::rule::Rule;
use serde::Serialize;
use serde_json::Number;
use std::io::{self, Write};

#[derive(Serialize)]
struct Report {
    score: Number,
    execution_time: f64,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    score: Number,
    max_score: Number,
    status: &'static str,
    output: String,
    output_format: &'static str,
    tags: Vec<String>,
    visibility: &'static str,
}

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let lists = CaseList::all(results);
    let points: Vec<Points> = results.runs.iter().map(|run| Points::of(results, run)).collect();
    let score = points.iter().map(|points| points.earned).sum();
    let test = |(list, points): (&CaseList<'_>, &Points)| {
        list.by_rule().into_iter().map(|(rule, cases)| test(results, list, rule, &cases, points)).collect::<Vec<_>>()
    };
    let tests: Vec<Test> = lists.iter().zip(&points).flat_map(test).collect();
    let verdicts: String = lists
        .iter()
        .map(|it| human::plain_verdicts(results, it.run, &it.label) + &human::plain_problems(results, it.run, &it.problems))
        .collect();
    write_report(tests, score, results.duration().as_secs_f64(), &(verdicts + &results.interruption().unwrap_or_default()), out)
}

/// Writes the reason why nothing could be judged, with no points. Without a file, Gradescope would show that the autograder has failed.
pub fn write_refusal(why: &str, out: &mut dyn Write) -> io::Result<()> {
    let output = format!("Nothing could be judged: {why}.\nIs the program where it should be? Did it compile?\n");
    write_report(Vec::new(), 0.0, 0.0, &output, out)
}

fn write_report(tests: Vec<Test>, score: f64, execution_time: f64, output: &str, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        score: hundredths(score),
        execution_time,
        output: legible_lines(output),
        output_format: "text",
        visibility: "visible",
        tests,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

/// Points, rounded to hundredths. A whole number has no point.
fn hundredths(points: f64) -> Number {
    let rounded = (points * 100.0).round();
    let is_whole = rounded % 100.0 == 0.0;
    let whole = Number::from((rounded / 100.0) as u64);
    if is_whole { whole } else { Number::from_f64(rounded / 100.0).unwrap_or(whole) }
}

fn test(results: &Results, list: &CaseList<'_>, rule: Option<&Rule>, cases: &[&Case<'_>], points: &Points) -> Test {
    let status = cases.iter().map(|case| case.status).max().unwrap_or(Status::Passed);
    let is_met = !matches!(status, Status::Failed | Status::Unjudged | Status::FallsShort);
    // A rule that is left out of the sum has no points to lose.
    let earned = rule.and_then(|rule| points.rules.iter().find(|each| each.rule == rule)).and_then(|each| Some((each.weight, each.share?)));
    let (max_score, share) = earned.unwrap_or((0.0, 0.0));
    let name = rule.map_or_else(|| cases[0].name.clone(), |rule| list.labelled(&format!("{} ({})", rule.id, rule.level)));
    let role_and_level = |rule: &Rule| vec![rule.subject().to_string(), rule.level.to_string()];
    Test {
        name,
        score: hundredths(max_score * share),
        max_score: hundredths(max_score),
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
