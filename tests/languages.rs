//! Right programs in many languages, each in its own idiom: what is right passes, whatever it is written in.
//!
//! A language that is missing here is skipped by name, but never in CI.

mod programs;

use assert_cmd::Command;
use libtest_mimic::Failed;
use serde_json::Value;
use sockspec::spec::fixture;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Outside of CI, a program plays one of so many scenarios.
const PARTS: usize = 24;

fn main() -> ExitCode {
    let trials = programs::below("right")
        .into_iter()
        .map(|program| programs::trial(&program.clone(), programs::missing_tool(&program), move || conforms(&program)));
    libtest_mimic::run(&programs::arguments(), trials.collect()).exit_code()
}

/// A program meets every MUST and every SHOULD, but for those of which its head comment says why its language keeps it from them.
fn conforms(program: &str) -> Result<(), Failed> {
    let role = if program.starts_with("right/client") { "--client" } else { "--server" };
    let announced: BTreeSet<String> = programs::head(program).falls_short.into_keys().collect();
    let all = fixture::built_in()?.into_iter().filter(|fixture| format!("--{}", fixture.scenario.subject()) == role);
    let played = all
        .enumerate()
        .filter(|(number, fixture)| announced.contains(fixture.scenario.rule.id) || programs::takes_turn(number + program.len(), PARTS));
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(["check", role, &programs::command(program), "--report", "json"]).args(programs::isolation_option());
    let output = command.args(played.map(|(_, fixture)| fixture.id)).output()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let cases = report["cases"].as_array().ok_or("no cases")?;
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    // What it does where it MAY do as it likes is its own affair.
    let odd = cases.iter().filter(|case| case["verdict"] != "pass" && case["level"] != "MAY");
    let seen: BTreeSet<String> = odd.clone().map(|case| text(case, "rule")).collect();
    if seen == announced && output.status.success() {
        return Ok(());
    }
    let stories: String =
        odd.map(|case| format!("\n  {}: {}: {}", text(case, "verdict"), text(case, "id"), text(case, "message"))).collect();
    Err(format!("{program} does not meet {seen:?}, and its head comment says {announced:?}{stories}").into())
}
