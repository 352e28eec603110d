//! The same verdicts wherever programs run: what is said of a program, and what it finds, must be what it is in private namespaces.
//!
//! Programs are judged here in every place that this machine allows: some in every run, all of them where CI is set. (There the other
//! tests are run in another place as a whole, too: see `SOCKSPEC_TEST_ISOLATION` in programs/mod.rs.)

mod programs;

use libtest_mimic::{Failed, Trial};
use sockspec::command::Command;
use sockspec::crew::{Interrupt, Setting, Subject};
use sockspec::fixture::{self, Fixture};
use sockspec::run::Outcome;
use sockspec::stage::{Isolation, Limits, Tier};
use sockspec::suite::{self, Plan};
use sockspec::transcript::{Role, Scenario, Step};
use sockspec::verdict::Verdict;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

/// Where programs are judged as well.
const OTHERS: [Isolation; 2] = [Isolation::Network, Isolation::Address];

/// Outside of CI, one wrong program of so many that are written in C: these cost least.
const SAMPLE: usize = 24;

/// How many parts `sockets.c` has.
const PARTS: u32 = 20;

fn main() -> ExitCode {
    let is_whole = programs::is_whole();
    let all = ["wrong/server", "wrong/client"].into_iter().flat_map(programs::below).filter(|program| program.ends_with(".c"));
    let sample = all.enumerate().filter(|(i, _)| i % if is_whole { SAMPLE / 6 } else { SAMPLE } == 0).map(|(_, program)| program);
    let right = ["right/server.c", "right/client.c", "right/server-epoll.c", "right/client-poll.c"].map(str::to_owned);
    let judged = right.into_iter().chain(sample).map(|program| {
        let missing = programs::missing_tool(&program).or_else(no_namespaces);
        programs::trial(&program.clone(), missing, move || is_judged_alike(&program))
    });
    let parts = (0..PARTS).map(|part| {
        let missing = programs::missing("cc").or_else(no_namespaces);
        programs::trial(&format!("sockets.c/{part}"), missing, move || finds_the_same(&programs::command("sockets.c"), part))
    });
    let small_parts = (0..PARTS).map(|part| {
        let missing = programs::cannot_build_for_32_bits().or_else(no_namespaces);
        programs::trial(&format!("sockets.c/{part}/32-bit"), missing, move || {
            finds_the_same(&programs::command_of_32_bits("sockets.c"), part)
        })
    });
    let complete = programs::trial("sockets.c/no_part_is_left_out", programs::missing("cc"), no_part_is_left_out);
    // From the end, where those are that take longest.
    let trials: Vec<Trial> = parts.rev().chain(small_parts.rev()).chain(judged).chain([complete]).collect();
    libtest_mimic::run(&programs::arguments(), trials).exit_code()
}

/// What all others are compared with.
fn no_namespaces() -> Option<&'static str> {
    programs::missing_place(Tier::Namespace)
}

/// Each scenario, and what is said of it. What is measured, and is another number each time, is left out.
fn matrix(isolation: Isolation, subjects: &[Subject], fixtures: &[Fixture]) -> BTreeMap<String, (Verdict, String)> {
    let plan = Plan::of(subjects.to_vec(), fixtures.to_vec());
    let setting = Setting { isolation, ..programs::setting(2) };
    let run = suite::run(&plan, &setting, &Interrupt::default(), |_| {}).unwrap_or_else(|error| panic!("{error}"));
    let text = |outcome: &Outcome| {
        // How much a full buffer takes, and so what a program loses that forgets the rest, differs each time.
        let fills_buffers = outcome.scenario.transcript.steps.contains(&Step::Pause);
        if fills_buffers { String::new() } else { outcome.message().replace(|c: char| c.is_ascii_digit(), "") }
    };
    run.outcomes.iter().map(|outcome| (outcome.id.clone(), (outcome.verdict(), text(outcome)))).collect()
}

fn is_judged_alike(program: &str) -> Result<(), Failed> {
    let role = if program.contains("client") { Role::Client } else { Role::Server };
    let command = Command::parse(&programs::command(program)).unwrap_or_else(|error| panic!("{error}"));
    let subjects = [Subject { role, command }];
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    let own = all.into_iter().filter(|fixture| fixture.scenario.subject() == role);
    let fixtures: Vec<Fixture> = programs::in_turn_of(own, 8).collect();
    let expected = matrix(Isolation::Namespace, &subjects, &fixtures);
    let mut story = String::new();
    for isolation in OTHERS {
        let seen = matrix(isolation, &subjects, &fixtures);
        assert_eq!(seen.len(), expected.len());
        for (id, cell) in seen.iter().filter(|(id, cell)| expected[*id] != **cell) {
            story += &format!("\n  {id}\n    in namespaces: {:?}\n    --isolation {}: {cell:?}", expected[id], isolation.name());
        }
    }
    if story.is_empty() { Ok(()) } else { Err(format!("{program}:{story}").into()) }
}

/// What a program prints that plays one part in this place; nothing where there is no such part.
fn found(tier: Tier, command: &str, part: u32) -> Result<Option<String>, Failed> {
    let mut stage = programs::stage_in(tier);
    let text = "title: x\nrule: server/address-in-use\n\nserver exits 0\n";
    let scenario = Scenario::parse("scenario", text).unwrap_or_else(|error| panic!("{error}"));
    let command = Command::parse(&format!("{command} {part}")).unwrap_or_else(|error| panic!("{error}"));
    let seen = stage.play(&scenario, &[&command], Duration::from_secs(20), Limits::default())?;
    if let Some(trouble) = seen.trouble {
        return Err(format!("{tier:?}: {trouble}").into());
    }
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    let printed: Vec<u8> = seen.transcript.steps.iter().filter_map(text).flatten().collect();
    let end = seen.transcript.steps.last().map(ToString::to_string).unwrap_or_default();
    Ok((!printed.is_empty()).then(|| format!("{}{end}", String::from_utf8_lossy(&printed))))
}

/// Namespaces are the oracle here: in them it is the kernel that answers.
fn finds_the_same(command: &str, part: u32) -> Result<(), Failed> {
    let expected = found(Tier::Namespace, command, part)?.ok_or("there is no such part")?;
    for tier in [Tier::Network, Tier::Address] {
        let seen = found(tier, command, part)?.unwrap_or_default();
        if seen != expected {
            return Err(format!("in namespaces:\n{expected}\n{tier:?}:\n{seen}").into());
        }
    }
    Ok(())
}

fn no_part_is_left_out() -> Result<(), Failed> {
    let tier = if no_namespaces().is_none() { Tier::Namespace } else { Tier::Host };
    let next = found(tier, &programs::command("sockets.c"), PARTS)?;
    if next.is_none() { Ok(()) } else { Err("there are more".into()) }
}
