//! TAP, version 14: a line for each case, and a block of YAML with the details below it.

use super::case::{Case, CaseList, Status};
use crate::run::results::{Results, Run};
use std::io::{self, Write};

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let lists = CaseList::all(results);
    writeln!(out, "TAP version 14")?;
    match lists.iter().map(|list| list.cases.len()).sum::<usize>() {
        0 => writeln!(out, "1..0 # SKIP this part has no scenarios")?,
        count => writeln!(out, "1..{count}")?,
    }
    let cases = lists.iter().flat_map(|list| list.cases.iter().map(move |case| (list, case)));
    for (number, (list, case)) in (1..).zip(cases) {
        point(number, list.run, case, out)?;
        if case.status != Status::Passed || !case.notes().is_empty() {
            diagnostics(results, list, case, out)?;
        }
    }
    Ok(())
}

fn point(number: usize, run: &Run, case: &Case<'_>, out: &mut dyn Write) -> io::Result<()> {
    // A warning is not a TODO: some readers count TODOs.
    let word = match case.status {
        Status::Failed | Status::Unjudged | Status::Known => "not ok",
        Status::Passed | Status::Differs | Status::FallsShort | Status::Excused => "ok",
    };
    write!(out, "{word} {number} - {}", escaped(&case.name))?;
    match (case.status, case.reason(run)) {
        (Status::Known, reason) => writeln!(out, " # TODO {}", escaped(&reason.unwrap_or_default())),
        (Status::Excused, _) => writeln!(out, " # SKIP {}", escaped(&case.message)),
        _ => writeln!(out),
    }
}

/// A `#` would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

fn diagnostics(results: &Results, list: &CaseList<'_>, case: &Case<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  ---")?;
    let severity = match case.status {
        Status::Passed | Status::Differs => "comment",
        Status::Excused => "skip",
        Status::FallsShort => "warning",
        Status::Known => "todo",
        Status::Unjudged => "inconclusive",
        Status::Failed => "fail",
    };
    writeln!(out, "  severity: {severity}")?;
    if !case.message.is_empty() {
        writeln!(out, "  message: {}", quoted(&case.message))?;
    }
    if let Some(rule) = case.rule {
        writeln!(out, "  rule: {}\n  level: {}", rule.id, rule.level)?;
    }
    if let Some((file, line)) = case.place() {
        writeln!(out, "  file: {}\n  line: {line}", quoted(&file))?;
    }
    if let Some(again) = case.again(results, list.run) {
        writeln!(out, "  again: {}", quoted(&again))?;
    }
    let notes = case.notes();
    if !notes.is_empty() {
        writeln!(out, "  notes:")?;
        notes.iter().try_for_each(|note| writeln!(out, "    - {}", quoted(note)))?;
    }
    let text = case.description(results, list);
    if text != case.message {
        writeln!(out, "  story: |")?;
        // Empty lines have an indentation, too: for some readers of YAML, they would end the text.
        text.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
    }
    writeln!(out, "  ...")
}

/// A JSON string is also a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
