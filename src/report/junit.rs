//! JUnit's XML, as GitLab and Jenkins read it: a suite for each run, a test for each case.
//!
//! GitLab shows a test's class and name, keeps the first of those with the same name, and shows what stands inside of `<failure>`, not its
//! message. Jenkins takes what stands before the last point of the class for a package, and wants a failure or an error, never both.

use super::case::{Account, Case, Standing};
use crate::run::{Results, Run};
use crate::transcript::Role;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

/// GitLab reads no file above 30 MB. How many bytes all stories may have together, which escaping makes five times as many at the worst;
/// a failure beyond it has its message alone.
const ROOM: usize = 5_000_000;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let mut room = ROOM;
    let mut report = Report::new("sockspec");
    report.set_time(results.duration());
    for Account { run, label, cases } in Account::all(results) {
        let mut suite = TestSuite::new(if label.is_empty() { roles(run) } else { &label });
        suite.set_time(run.duration);
        for subject in &run.subjects {
            suite.add_property((subject.role.to_string(), super::case::legible(&subject.command)));
        }
        suite.add_property(("place", run.place.as_str()));
        for case in &cases {
            suite.add_test_case(test(results, run, &label, case, &mut room));
        }
        report.add_test_suite(suite);
    }
    report.serialize(&mut *out).map_err(io::Error::other)
}

/// The name of a suite that is alone.
fn roles(run: &Run) -> &'static str {
    match &run.subjects[..] {
        [subject] if subject.role == Role::Server => "server",
        [_] => "client",
        _ => "server and client",
    }
}

fn test(results: &Results, run: &Run, label: &str, case: &Case<'_>, room: &mut usize) -> TestCase {
    let mut story = if case.standing == Standing::Passed { String::new() } else { case.story(results, run) };
    match room.checked_sub(story.len()) {
        Some(left) => *room = left,
        None => story.clone_from(&case.message),
    }
    let mut told = case.notes();
    let mut status = match case.standing {
        Standing::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Standing::Unjudged => TestCaseStatus::non_success(NonSuccessKind::Error),
        Standing::Known | Standing::Excused => TestCaseStatus::skipped(),
        // Neither reader knows a warning: what does not count has passed, and is told beside it.
        Standing::FallsShort | Standing::Differs => {
            told.insert(0, story.clone());
            TestCaseStatus::success()
        }
        Standing::Passed => TestCaseStatus::success(),
    };
    status.set_message(case.reason(run).unwrap_or_else(|| case.message.clone())).set_description(story);
    if let (Standing::Failed | Standing::Unjudged, Some(rule)) = (case.standing, case.rule) {
        status.set_type(rule.level.to_string());
    }
    let mut test = TestCase::new(case.name.as_str(), status);
    let rule = case.rule.map_or("sockspec".into(), |rule| rule.id.replace('/', "."));
    test.set_classname(if label.is_empty() { rule } else { format!("{label}.{rule}") }).set_time(case.duration);
    if !told.is_empty() {
        test.set_system_out(told.join("\n"));
    }
    test
}
