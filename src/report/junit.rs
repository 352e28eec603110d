//! JUnit's XML, as GitLab and Jenkins read it: a suite for each run, a test for each case.
//!
//! GitLab shows a test's class and name, keeps the first of those with the same name, and shows what stands inside of `<failure>`, not its
//! message. Jenkins takes what stands before the last point of the class for a package, and wants a failure or an error, never both.

use super::case::{Account, Case, Standing, legible};
use crate::run::results::{Results, Run};
use crate::spec::role::Role;
use maud::{Markup, PreEscaped, html};
use std::io::{self, Write};
use std::time::Duration;

/// GitLab reads no file above 30 MB. How many bytes all stories may have together, which escaping makes five times as many at the worst;
/// a failure beyond it has its message alone.
const ROOM: usize = 5_000_000;

/// What the counts count.
const FAILURES: &[Standing] = &[Standing::Failed];
const ERRORS: &[Standing] = &[Standing::Unjudged];
const SKIPPED: &[Standing] = &[Standing::Known, Standing::Excused];

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let accounts = Account::all(results);
    let all: Vec<&Case<'_>> = accounts.iter().flat_map(|account| &account.cases).collect();
    let mut room = ROOM;
    let report = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
        testsuites name="sockspec" tests=(all.len()) failures=(count(&all, FAILURES)) errors=(count(&all, ERRORS)) skipped=(count(&all, SKIPPED))
            time=(seconds(results.duration())) {
            @for account in &accounts { (suite(results, account, &mut room)) }
            (NEWLINE)
        }
        (NEWLINE)
    };
    // HTML has no such tags for elements that are empty; XML has, and no text can hold what looks like one.
    let report = ["property", "testcase"].iter().fold(report.into_string(), |all, tag| all.replace(&format!("\"></{tag}>"), "\"/>"));
    out.write_all(report.as_bytes())
}

/// The file is read by people, too, where something has gone wrong.
const NEWLINE: PreEscaped<&str> = PreEscaped("\n");

fn suite(results: &Results, Account { run, label, cases }: &Account<'_>, room: &mut usize) -> Markup {
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
                property name="place" value=(attribute(&run.place)) {}
            }
            @for case in cases { (NEWLINE) (test(results, run, label, case, room)) }
            (NEWLINE)
        }
    }
}

fn count(cases: &[&Case<'_>], standings: &[Standing]) -> usize {
    cases.iter().filter(|case| standings.contains(&case.standing)).count()
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// The name of a suite that is alone.
fn roles(run: &Run) -> &'static str {
    match &run.subjects[..] {
        [subject] if subject.role == Role::Server => "server",
        [_] => "client",
        _ => "server and client",
    }
}

fn test(results: &Results, run: &Run, label: &str, case: &Case<'_>, room: &mut usize) -> Markup {
    let mut story = if case.standing == Standing::Passed { String::new() } else { case.story(results, run) };
    match room.checked_sub(story.len()) {
        Some(left) => *room = left,
        None => story.clone_from(&case.message),
    }
    let mut told = case.notes();
    // Neither reader knows a warning: what does not count has passed, and is told beside it.
    if matches!(case.standing, Standing::FallsShort | Standing::Differs) {
        told.insert(0, story.clone());
    }
    let rule = case.rule.map_or("sockspec".into(), |rule| rule.id.replace('/', "."));
    let class = if label.is_empty() { rule } else { format!("{label}.{rule}") };
    let message = attribute(case.reason(run).as_ref().unwrap_or(&case.message));
    let level = case.rule.map(|rule| rule.level.to_string());
    html! {
        testcase name=(attribute(&case.name)) classname=(attribute(&class)) time=(seconds(case.duration)) {
            @match case.standing {
                Standing::Failed => failure message=(message) type=[level] { (text(&story)) },
                Standing::Unjudged => error message=(message) type=[level] { (text(&story)) },
                Standing::Known | Standing::Excused => skipped message=(message) { (text(&story)) },
                Standing::FallsShort | Standing::Differs | Standing::Passed => {},
            }
            @if !told.is_empty() { system-out { (text(&told.join("\n"))) } }
        }
    }
}

/// What stands between two tags. XML 1.0 has no way to write most control characters, not even escaped.
fn text(text: &str) -> Markup {
    let is_writable = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let writable: String = text.chars().map(|c| if is_writable(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
    html! { (writable) }
}

/// The value of an attribute, in which readers take a newline for a space unless it is escaped.
fn attribute(value: &str) -> Markup {
    PreEscaped(text(value).into_string().replace('\n', "&#10;").replace('\t', "&#9;"))
}
