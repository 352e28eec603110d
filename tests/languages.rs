//! Right programs in many languages, each in the usual style of its language. All of them must pass.
//!
//! If a language is missing on this machine, its tests are skipped, and their names say so. CI skips nothing.
//! `cargo test --test languages right/server.py` runs one program.

mod programs;

use assert_cmd::Command;
use libtest_mimic::Failed;
use serde_json::Value;
use sockspec::spec::fixture;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Outside of CI, a program plays one in so many scenarios.
const SHARES: usize = 24;

fn main() -> ExitCode {
    let trials = programs::programs_in("right")
        .into_iter()
        .map(|program| programs::trial(&program.clone(), programs::missing_tool(&program), move || conforms(&program)));
    libtest_mimic::run(&programs::arguments(), trials.collect()).exit_code()
}

/// A program meets every MUST and SHOULD rule, except those that its head comment excuses with a reason.
fn conforms(program: &str) -> Result<(), Failed> {
    let role = if program.starts_with("right/client") { "--client" } else { "--server" };
    let announced: BTreeSet<String> = programs::head(program).falls_short.into_keys().collect();
    let all = fixture::built_in()?.into_iter().filter(|fixture| format!("--{}", fixture.scenario.subject()) == role);
    let played = all
        .enumerate()
        .filter(|(number, fixture)| announced.contains(fixture.scenario.rule.id) || programs::is_in_share(number + program.len(), SHARES));
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(["check", role, &programs::command(program), "--report", "json"]).args(programs::isolation_arguments());
    let output = command.args(played.map(|(_, fixture)| fixture.id)).output()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let cases = report["cases"].as_array().ok_or("no cases")?;
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    // MAY rules do not count.
    let odd = cases.iter().filter(|case| case["verdict"] != "pass" && case["level"] != "MAY");
    let seen: BTreeSet<String> = odd.clone().map(|case| text(case, "rule")).collect();
    if seen == announced && output.status.success() {
        return Ok(());
    }
    let stories: String =
        odd.map(|case| format!("\n  {}: {}: {}", text(case, "verdict"), text(case, "id"), text(case, "message"))).collect();
    Err(format!("{program} does not meet {seen:?}, and its head comment says {announced:?}{stories}").into())
}
