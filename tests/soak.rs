//! The reference pair, again and again: never wrong, never inconclusive, and nothing grows.
//!
//! A few rounds in every run of the tests; `SOCKSPEC_SOAK=10000 cargo test --test soak -- --nocapture` plays so many scenarios idle, as many
//! with both cores busy, and prints the figures.

mod machine;
mod programs;

use machine::{Load, harness};
use sockspec::cli::REFERENCE_ARGUMENT;
use sockspec::command::Command;
use sockspec::crew::{Interrupt, Subject};
use sockspec::fixture::{self, Fixture};
use sockspec::news::News;
use sockspec::suite::{self, Plan};
use sockspec::transcript::Role;
use sockspec::verdict::Verdict;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

/// After so many scenarios is looked at what is held: several times a round, because it goes up and down with what is just played.
const BETWEEN_LOOKS: usize = 5;

/// One soak at a time: what is measured belongs to the whole process.
static TURN: Mutex<()> = Mutex::new(());

/// What a run holds of the machine: this process and its stages.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// In KiB.
    memory: u64,
    descriptors: usize,
    processes: usize,
    namespaces: usize,
}

impl Held {
    fn now() -> Self {
        let mut held = Self::default();
        let mut namespaces = HashSet::new();
        for pid in harness(std::process::id()) {
            let folder = PathBuf::from(format!("/proc/{pid}"));
            held.processes += 1;
            held.descriptors += fs::read_dir(folder.join("fd")).map_or(0, Iterator::count);
            // Shared pages of the program's file do not grow, and are no matter here.
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
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    let wanted: Option<usize> = std::env::var("SOCKSPEC_SOAK").ok().map(|text| text.parse().expect("a number of scenarios"));
    let is_played = |number: usize| wanted.is_some() || programs::is_in_share(number, 3);
    let one_round: Vec<Fixture> =
        all.into_iter().enumerate().filter(|(number, _)| is_played(*number)).map(|(_, fixture)| fixture).collect();
    let wanted = wanted.unwrap_or(3 * one_round.len());
    let rounds = wanted.div_ceil(one_round.len());
    // Each round has names of its own.
    let again = |round: usize| one_round.iter().cloned().map(move |fixture| Fixture { id: format!("{}#{round}", fixture.id), ..fixture });
    let subject = |role: Role| {
        let command = Command::trusted(&format!("the reference {role}"), SOCKSPEC.into(), &[REFERENCE_ARGUMENT, &role.to_string()]);
        Subject { role, command }
    };
    let plan = Plan::of(vec![subject(Role::Server), subject(Role::Client)], (0..rounds).flat_map(again).collect());
    let setting = programs::setting(2);
    let _load = Load::of(loops);
    let (mut played, mut held) = (0, Vec::new());
    let run = suite::run(&plan, &setting, &Interrupt::default(), |news| {
        if matches!(news, News::Ends(_)) {
            played += 1;
            if played % BETWEEN_LOOKS == 0 {
                held.push(Held::now());
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
    // It grows where it no longer comes down to what it was.
    let (early, late) = (&held[..held.len().div_ceil(3)], &held[held.len() - held.len().div_ceil(3)..]);
    let grows = |what: fn(&Held) -> u64, room: u64| late.iter().map(what).min() > early.iter().map(what).max().map(|most| most + room);
    assert!(!grows(|held| held.descriptors as u64, 0), "descriptors: {held:?}");
    assert!(!grows(|held| held.processes as u64, 0), "processes: {held:?}");
    assert!(!grows(|held| held.namespaces as u64, 0), "namespaces: {held:?}");
    // Outcomes are kept until the end, on purpose: some KiB each.
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
