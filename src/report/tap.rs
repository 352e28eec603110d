//! TAP, version 14: a line for each case, and a block of YAML with the details below it.

use super::case::{Account, Case, Standing};
use crate::run::results::{Results, Run};
use std::io::{self, Write};

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let accounts = Account::all(results);
    writeln!(out, "TAP version 14")?;
    match accounts.iter().map(|account| account.cases.len()).sum::<usize>() {
        0 => writeln!(out, "1..0 # SKIP this part has no scenarios")?,
        count => writeln!(out, "1..{count}")?,
    }
    let cases = accounts.iter().flat_map(|account| account.cases.iter().map(|case| (account.run, case)));
    for (number, (run, case)) in (1..).zip(cases) {
        point(number, run, case, out)?;
        if case.standing != Standing::Passed || !case.notes().is_empty() {
            diagnostics(results, run, case, out)?;
        }
    }
    Ok(())
}

fn point(number: usize, run: &Run, case: &Case<'_>, out: &mut dyn Write) -> io::Result<()> {
    // A warning is not a TODO: some readers count TODOs.
    let word = match case.standing {
        Standing::Failed | Standing::Unjudged | Standing::Known => "not ok",
        Standing::Passed | Standing::Differs | Standing::FallsShort | Standing::Excused => "ok",
    };
    write!(out, "{word} {number} - {}", escaped(&case.name))?;
    match (case.standing, case.reason(run)) {
        (Standing::Known, reason) => writeln!(out, " # TODO {}", escaped(&reason.unwrap_or_default())),
        (Standing::Excused, _) => writeln!(out, " # SKIP {}", escaped(&case.message)),
        _ => writeln!(out),
    }
}

/// A `#` would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

fn diagnostics(results: &Results, run: &Run, case: &Case<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  ---")?;
    let severity = match case.standing {
        Standing::Passed | Standing::Differs => "comment",
        Standing::Excused => "skip",
        Standing::FallsShort => "warning",
        Standing::Known => "todo",
        Standing::Unjudged => "inconclusive",
        Standing::Failed => "fail",
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
    if let Some(again) = case.again(results, run) {
        writeln!(out, "  again: {}", quoted(&again))?;
    }
    let notes = case.notes();
    if !notes.is_empty() {
        writeln!(out, "  notes:")?;
        notes.iter().try_for_each(|note| writeln!(out, "    - {}", quoted(note)))?;
    }
    let text = case.description(results, run);
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
