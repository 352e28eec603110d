//! Plays the reference pair for many rounds. Every scenario must pass, and the harness must not use more and more memory or descriptors.
//!
//! By default there are a few rounds. `SOCKSPEC_SOAK=10000 cargo test --test soak -- --nocapture` plays 10,000 scenarios on an idle machine
//! and 10,000 on a busy one, and prints the figures.

mod machine;
mod programs;

use machine::{CpuLoad, harness_processes};
use sockspec::cli::REFERENCE_ARGUMENT;
use sockspec::run::event::Event;
use sockspec::run::interrupt::Interrupt;
use sockspec::run::setting::Subject;
use sockspec::run::suite::{self, Plan};
use sockspec::spec::fixture::{self, Fixture};
use sockspec::spec::role::Role;
use sockspec::stage::command::Command;
use sockspec::verdict::finding::Verdict;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

/// The number of scenarios between two measurements. Usage rises and falls within a round, so there are several measurements in each.
const BETWEEN_MEASUREMENTS: usize = 5;

/// Only one test runs at a time, because the measurements are of the whole process.
static LOCK: Mutex<()> = Mutex::new(());

/// The resources of this process and its stages.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    /// In KiB.
    memory: u64,
    descriptors: usize,
    processes: usize,
    namespaces: usize,
}

impl Usage {
    fn now() -> Self {
        let mut held = Self::default();
        let mut namespaces = HashSet::new();
        for pid in harness_processes(std::process::id()) {
            let folder = PathBuf::from(format!("/proc/{pid}"));
            held.processes += 1;
            held.descriptors += fs::read_dir(folder.join("fd")).map_or(0, Iterator::count);
            // Shared pages of the program file do not grow, so only anonymous memory counts.
            let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
            let anonymous =
                status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.split_ascii_whitespace().next()?.parse::<u64>().ok());
            held.memory += anonymous.unwrap_or(0);
            for kind in ["net", "pid", "mnt", "user"] {
                namespaces.extend(fs::read_link(folder.join("ns").join(kind)));
            }
        }
        held.namespaces = namespaces.len();
        held
    }
}

fn soak(name: &str, loops: usize) {
    let _lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    let wanted: Option<usize> = std::env::var("SOCKSPEC_SOAK").ok().map(|text| text.parse().expect("a number of scenarios"));
    let is_played = |number: usize| wanted.is_some() || programs::is_in_share(number, 3);
    let one_round: Vec<Fixture> =
        all.into_iter().enumerate().filter(|(number, _)| is_played(*number)).map(|(_, fixture)| fixture).collect();
    let wanted = wanted.unwrap_or(3 * one_round.len());
    let rounds = wanted.div_ceil(one_round.len());
    // Scenario ids must be unique, so each round adds its number.
    let again = |round: usize| one_round.iter().cloned().map(move |fixture| Fixture { id: format!("{}#{round}", fixture.id), ..fixture });
    let subject = |role: Role| {
        let command = Command::trusted(&format!("the reference {role}"), SOCKSPEC.into(), &[REFERENCE_ARGUMENT, &role.to_string()]);
        Subject { role, command }
    };
    let plan = Plan::of(vec![subject(Role::Server), subject(Role::Client)], (0..rounds).flat_map(again).collect());
    let setting = programs::setting(2);
    let _load = CpuLoad::start(loops);
    let (mut played, mut held) = (0, Vec::new());
    let run = suite::run(&plan, &setting, &Interrupt::default(), |news| {
        if matches!(news, Event::Ends(_)) {
            played += 1;
            if played % BETWEEN_MEASUREMENTS == 0 {
                held.push(Usage::now());
            }
        }
    });
    let run = run.unwrap_or_else(|error| panic!("{error}"));
    let mut wrong = BTreeMap::new();
    for outcome in run.outcomes.iter().filter(|outcome| outcome.verdict() != Verdict::Pass) {
        *wrong.entry(format!("{:?} {}: {}", outcome.verdict(), outcome.id, outcome.message())).or_insert(0) += 1;
    }
    println!("{name}: {played} scenarios in {:.1} s; {} not passed", run.duration.as_secs_f64(), wrong.values().sum::<i32>());
    for held in [held.first(), held.iter().rev().nth(1)].into_iter().flatten() {
        println!("  {held:?}");
    }
    assert_eq!(wrong, BTreeMap::new());
    assert_eq!(played, plan.fixtures.len());
    // Usage grows if its minimum in the last third is above its maximum in the first third.
    let (early, late) = (&held[..held.len().div_ceil(3)], &held[held.len() - held.len().div_ceil(3)..]);
    let grows = |what: fn(&Usage) -> u64, room: u64| late.iter().map(what).min() > early.iter().map(what).max().map(|most| most + room);
    assert!(!grows(|held| held.descriptors as u64, 0), "descriptors: {held:?}");
    assert!(!grows(|held| held.processes as u64, 0), "processes: {held:?}");
    assert!(!grows(|held| held.namespaces as u64, 0), "namespaces: {held:?}");
    // The run keeps all outcomes until its end: some KiB each.
    assert!(!grows(|held| held.memory, 16 * played as u64), "memory: {held:?}");
}

#[test]
fn the_reference_pair_passes_and_memory_does_not_grow() {
    soak("idle", 0);
}

#[test]
fn the_reference_pair_passes_while_all_cores_are_busy() {
    soak("with four busy loops", 4);
}
