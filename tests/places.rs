//! Verdicts are the same in every isolation: private namespaces, private networks and private addresses.
//!
//! These tests judge programs in every isolation that this machine offers: some programs in every run, more in CI. CI also runs other test
//! files in another isolation as a whole: see `SOCKSPEC_TEST_ISOLATION` in programs/mod.rs.

mod programs;

use libtest_mimic::{Failed, Trial};
use sockspec::run::interrupt::Interrupt;
use sockspec::run::setting::{Setting, Subject};
use sockspec::run::suite::{self, Plan};
use sockspec::spec::fixture::{self, Fixture};
use sockspec::spec::role::Role;
use sockspec::spec::transcript::{Peer, Scenario, Step};
use sockspec::stage::command::Command;
use sockspec::stage::{Isolation, Tier};
use sockspec::verdict::finding::Verdict;
use sockspec::verdict::outcome::Outcome;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

/// The isolations that are compared with private namespaces.
const OTHERS: [Isolation; 2] = [Isolation::Network, Isolation::Address];

/// Outside of CI, one in so many wrong C programs is played. C programs start fastest.
const SAMPLE: usize = 24;

/// The number of parts in `sockets.c`. Each part makes one group of socket calls.
const PARTS: u32 = 20;

fn main() -> ExitCode {
    let is_whole = programs::is_whole();
    let all = ["wrong/server", "wrong/client"].into_iter().flat_map(programs::programs_in).filter(|program| program.ends_with(".c"));
    let sample = all.enumerate().filter(|(i, _)| i % if is_whole { SAMPLE / 6 } else { SAMPLE } == 0).map(|(_, program)| program);
    let right = ["right/server.c", "right/client.c", "right/server-epoll.c", "right/client-poll.c"].map(str::to_owned);
    let judged = right.into_iter().chain(sample).map(|program| {
        let missing = programs::missing_tool(&program).or_else(missing_namespaces);
        programs::trial(&program.clone(), missing, move || gets_the_same_verdicts(&program))
    });
    let parts = (0..PARTS).map(|part| {
        let missing = programs::missing("cc").or_else(missing_namespaces);
        programs::trial(&format!("sockets.c/{part}"), missing, move || prints_the_same(&programs::command("sockets.c"), part))
    });
    let small_parts = (0..PARTS).map(|part| {
        let missing = programs::missing_32_bit_compiler().or_else(missing_namespaces);
        programs::trial(&format!("sockets.c/{part}/32-bit"), missing, move || {
            prints_the_same(&programs::command_for_32_bits("sockets.c"), part)
        })
    });
    let complete =
        programs::trial("sockets.c/every_part_of_sockets_c_is_played", programs::missing("cc"), every_part_of_sockets_c_is_played);
    // The last parts take longest, so they start first.
    let trials: Vec<Trial> = parts.rev().chain(small_parts.rev()).chain(judged).chain([complete]).collect();
    libtest_mimic::run(&programs::arguments(), trials).exit_code()
}

/// The name of the missing namespaces, if this machine does not offer them. All comparisons need them.
fn missing_namespaces() -> Option<&'static str> {
    programs::missing_tier(Tier::Namespace)
}

/// Verdict and message of each scenario. Digits are left out, because measured numbers differ from run to run.
fn matrix(isolation: Isolation, subjects: &[Subject], fixtures: &[Fixture]) -> BTreeMap<String, (Verdict, String)> {
    let plan = Plan::of(subjects.to_vec(), fixtures.to_vec());
    let setting = Setting { isolation, ..programs::setting(2) };
    let run = suite::run(&plan, &setting, &Interrupt::default(), |_| {}).unwrap_or_else(|error| panic!("{error}"));
    let text = |outcome: &Outcome| {
        // The kernel fills its buffers differently each time, so a program that loses the rest loses a different amount.
        let fills_buffers = outcome.scenario.transcript.steps.contains(&Step::Pause(Peer::Server));
        if fills_buffers { String::new() } else { outcome.message().replace(|c: char| c.is_ascii_digit(), "") }
    };
    run.outcomes.iter().map(|outcome| (outcome.id.clone(), (outcome.verdict(), text(outcome)))).collect()
}

fn gets_the_same_verdicts(program: &str) -> Result<(), Failed> {
    let role = if program.contains("client") { Role::Client } else { Role::Server };
    let command = Command::parse(&programs::command(program)).unwrap_or_else(|error| panic!("{error}"));
    let subjects = [Subject { role, command }];
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    let own = all.into_iter().filter(|fixture| fixture.scenario.subject() == role);
    let fixtures: Vec<Fixture> = programs::todays_share(own, 8).collect();
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

/// The output and end of one part in this isolation, or nothing if the part does not exist.
fn output_of(tier: Tier, command: &str, part: u32) -> Result<Option<String>, Failed> {
    let mut stage = programs::stage_in(tier);
    let text = "title: x\nrule: server/address-in-use\n\nserver exits 0\n";
    let scenario = Scenario::parse("scenario", text).unwrap_or_else(|error| panic!("{error}"));
    let command = Command::parse(&format!("{command} {part}")).unwrap_or_else(|error| panic!("{error}"));
    let seen = stage.play(&scenario, &[&command], &programs::conditions(Duration::from_secs(20)))?;
    if let Some(trouble) = seen.trouble {
        return Err(format!("{tier:?}: {trouble}").into());
    }
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    let printed: Vec<u8> = seen.transcript.steps.iter().filter_map(text).flatten().collect();
    let end = seen.transcript.steps.last().map(ToString::to_string).unwrap_or_default();
    Ok((!printed.is_empty()).then(|| format!("{}{end}", String::from_utf8_lossy(&printed))))
}

/// In a private namespace the kernel itself answers the socket calls, so that output is the expected one.
fn prints_the_same(command: &str, part: u32) -> Result<(), Failed> {
    let expected = output_of(Tier::Namespace, command, part)?.ok_or("there is no such part")?;
    for tier in [Tier::Network, Tier::Address] {
        let seen = output_of(tier, command, part)?.unwrap_or_default();
        if seen != expected {
            return Err(format!("in namespaces:\n{expected}\n{tier:?}:\n{seen}").into());
        }
    }
    Ok(())
}

fn every_part_of_sockets_c_is_played() -> Result<(), Failed> {
    let tier = if missing_namespaces().is_none() { Tier::Namespace } else { Tier::Host };
    let next = output_of(tier, &programs::command("sockets.c"), PARTS)?;
    if next.is_none() { Ok(()) } else { Err("`sockets.c` has more parts".into()) }
}
