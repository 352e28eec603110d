//! The first sentence of a report is true. `sentences.txt` holds it for each program that a known mistake does not explain alone: a person
//! has read each sentence beside the program. `faults.rs` compares those of the wrong programs. (For the other wrong programs, the sentence is
//! the one about their mistake.)
//!
//! `programs/foreign` has programs such as students write, in several languages, with one or more mistakes. Each begins with the truth about
//! it.
//!
//! Outside of CI, a few programs run each day. `cargo test --test sentences server/size-t-length` runs one.
//! `SOCKSPEC_BLESS=1 cargo test --test sentences` records all sentences again. Read each that changes beside its program: a report may say
//! less than the truth, and nothing else.

mod programs;

use assert_cmd::Command;
use libtest_mimic::{Arguments, Failed};
use serde_json::Value;
use sockspec::spec::mistake::Mistake;
use std::fs;
use std::process::ExitCode;

/// Outside of CI, one in so many programs runs.
const SHARES: usize = 12;

/// In CI, one in so many slow programs runs.
const SLOW: usize = 4;

fn main() -> ExitCode {
    let arguments = programs::arguments();
    if programs::is_recording() {
        return record(&arguments);
    }
    let trial = |(number, program): (usize, String)| {
        // Java and Node take a minute for all scenarios, so these programs run on some days only, also in CI.
        let is_slow = program.ends_with(".java") || program.ends_with(".js");
        let is_in_share = programs::is_in_share(number, SHARES) && (!is_slow || programs::is_its_day(number, SLOW));
        programs::trial_in_share(&program.clone(), is_in_share, |name| {
            programs::trial(name, programs::missing_tool(&program), move || says_what_was_recorded(&program))
        })
    };
    libtest_mimic::run(&arguments, foreign().into_iter().enumerate().map(trial).collect()).exit_code()
}

fn foreign() -> Vec<String> {
    ["foreign/server", "foreign/client"].into_iter().flat_map(programs::programs_in).collect()
}

/// The foreign programs, and the wrong ones whose failures fit several mistakes.
fn all() -> Vec<String> {
    let looks_like_another = |program: &String| {
        let known = Mistake::known();
        let Some(own) = known.iter().find(|mistake| program.starts_with(&format!("wrong/{}.", mistake.name))) else { return false };
        known.iter().any(|other| other.name != own.name && other.role() == own.role() && other.looks_like(own))
    };
    let wrong = ["wrong/server", "wrong/client"].into_iter().flat_map(programs::programs_in).filter(looks_like_another);
    foreign().into_iter().chain(wrong).collect()
}

/// The first sentence of the report on a program, and how it was found.
fn first_sentence(program: &str) -> Result<String, Failed> {
    let role = if program.contains("/client/") { "--client" } else { "--server" };
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(["check", role, &programs::command(program), "--report", "json", "--jobs", "2"]).args(programs::isolation_arguments());
    let output = command.env("PATH", programs::path()).output()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let problem = &report["problems"][0];
    let Some(sentence) = problem["sentence"].as_str() else { return Ok("(it conforms)".into()) };
    let mistakes: Vec<&str> = problem["mistakes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let how = match mistakes.len() {
        0 => "seen".to_owned(),
        1 => format!("`{}`", mistakes[0]),
        _ => format!("seen; may be {}", mistakes.join(" or ")),
    };
    Ok(format!("{} ({how})", programs::without_chosen_port(sentence)))
}

fn says_what_was_recorded(program: &str) -> Result<(), Failed> {
    let (said, held) = (first_sentence(program)?, programs::recorded_sentence(program));
    if said == held { Ok(()) } else { Err(format!("{program}\n  says: {said}\n  held: {held}").into()) }
}

/// Records all sentences, or those of the programs whose names contain the filter.
fn record(arguments: &Arguments) -> ExitCode {
    let said = programs::of_each(&all(), |program| {
        if arguments.filter.as_ref().is_some_and(|filter| !program.contains(filter.as_str())) {
            return format!("{program}: {}\n", programs::recorded_sentence(program));
        }
        let said = first_sentence(program).unwrap_or_else(|error| panic!("{program}: {}", error.message().unwrap_or_default()));
        format!("{program}: {said}\n")
    });
    fs::write(programs::sentences(), said.concat()).expect("the sentences are written");
    ExitCode::SUCCESS
}
