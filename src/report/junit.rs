//! JUnit's XML, as GitLab and Jenkins read it: a suite for each run, a test for each case.
//!
//! GitLab shows a test's class and name. Of several tests with the same name it keeps the first. It shows the text inside of `<failure>`,
//! and not its message. For Jenkins, the text before the last point of the class is a package. A test has a failure or an error, never
//! both.

use super::case::{Case, CaseList, Status};
use super::text::legible;
use crate::run::results::{Results, Run};
use crate::spec::role::Role;
use maud::{Markup, PreEscaped, html};
use std::io::{self, Write};
use std::time::Duration;

/// How many bytes all descriptions may have together; further failures have only their message. GitLab reads no file above 30 MB, and
/// escaping makes a text up to five times as long.
const LIMIT: usize = 5_000_000;

/// The results that count as a failure, as an error, and as skipped.
const FAILURES: &[Status] = &[Status::Failed];
const ERRORS: &[Status] = &[Status::Unjudged];
const SKIPPED: &[Status] = &[Status::Known, Status::Excused];

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let lists = CaseList::all(results);
    let all: Vec<&Case<'_>> = lists.iter().flat_map(|list| &list.cases).collect();
    let mut space = LIMIT;
    let report = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
        testsuites name="sockspec" tests=(all.len()) failures=(count(&all, FAILURES)) errors=(count(&all, ERRORS)) skipped=(count(&all, SKIPPED))
            time=(seconds(results.duration())) {
            @for list in &lists { (suite(results, list, &mut space)) }
            (NEWLINE)
        }
        (NEWLINE)
    };
    // Maud writes HTML, which has no short form for these empty elements. No escaped text contains such a tag.
    let report = ["property", "testcase"].iter().fold(report.into_string(), |all, tag| all.replace(&format!("\"></{tag}>"), "\"/>"));
    out.write_all(report.as_bytes())
}

/// People read this file, too: line breaks help them.
const NEWLINE: PreEscaped<&str> = PreEscaped("\n");

fn suite(results: &Results, list: &CaseList<'_>, space: &mut usize) -> Markup {
    let CaseList { run, label, cases, .. } = list;
    let all: Vec<&Case<'_>> = cases.iter().collect();
    let name = if label.is_empty() { roles(run) } else { label };
    html! {
        (NEWLINE)
        testsuite name=(attribute(name)) tests=(all.len()) failures=(count(&all, FAILURES)) errors=(count(&all, ERRORS)) skipped=(count(&all, SKIPPED))
            time=(seconds(run.duration)) {
            (NEWLINE)
            properties {
                @for subject in &run.subjects {
                    property name=(subject.role) value=(attribute(&legible(&subject.command))) {}
                }
                @if let Some(course) = run.course() { property name="dialect" value=(attribute(course)) {} }
                property name="place" value=(attribute(&run.place)) {}
            }
            @for case in cases { (NEWLINE) (test(results, list, case, space)) }
            (NEWLINE)
        }
    }
}

fn count(cases: &[&Case<'_>], statuses: &[Status]) -> usize {
    cases.iter().filter(|case| statuses.contains(&case.status)).count()
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// The name of the suite if there is only one.
fn roles(run: &Run) -> &'static str {
    match &run.subjects[..] {
        [subject] if subject.role == Role::Server => "server",
        [_] => "client",
        _ => "server and client",
    }
}

fn test(results: &Results, list: &CaseList<'_>, case: &Case<'_>, space: &mut usize) -> Markup {
    let CaseList { run, label, .. } = list;
    let mut text = if case.status == Status::Passed { String::new() } else { case.description(results, list) };
    match space.checked_sub(text.len()) {
        Some(left) => *space = left,
        None => text.clone_from(&case.message),
    }
    let mut output = case.notes();
    // Neither GitLab nor Jenkins has warnings: such a case passes, and its output has the description.
    if matches!(case.status, Status::FallsShort | Status::Differs) {
        output.insert(0, text.clone());
    }
    let rule = case.rule.map_or("sockspec".into(), |rule| rule.id.replace('/', "."));
    let class = if label.is_empty() { rule } else { format!("{label}.{rule}") };
    let message = attribute(case.reason(run).as_ref().unwrap_or(&case.message));
    let level = case.rule.map(|rule| rule.level.to_string());
    html! {
        testcase name=(attribute(&case.name)) classname=(attribute(&class)) time=(seconds(case.duration)) {
            @match case.status {
                Status::Failed => failure message=(message) type=[level] { (escaped(&text)) },
                Status::Unjudged => error message=(message) type=[level] { (escaped(&text)) },
                Status::Known | Status::Excused => skipped message=(message) { (escaped(&text)) },
                Status::FallsShort | Status::Differs | Status::Passed => {},
            }
            @if !output.is_empty() { system-out { (escaped(&output.join("\n"))) } }
        }
    }
}

/// A text between two tags. XML 1.0 cannot have most control characters, not even escaped.
fn escaped(text: &str) -> Markup {
    let is_writable = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let writable: String = text.chars().map(|c| if is_writable(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
    html! { (writable) }
}

/// The value of an attribute. XML readers turn an unescaped newline into a space.
fn attribute(value: &str) -> Markup {
    PreEscaped(escaped(value).into_string().replace('\n', "&#10;").replace('\t', "&#9;"))
}
