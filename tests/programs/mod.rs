//! Helpers for all tests: the programs under test, the isolation in which they run, and the trials of `libtest_mimic`.
//!
//! | file | content |
//! |---|---|
//! | `build.rs` | builds a program, and gives the command that starts it |
//! | `head.rs` | reads the head comment of a program |
//! | this file | missing tools, isolation, and which trials run |
//!
//! Outside of CI, the longest tests play only a share of their programs and scenarios. The share changes each day. In CI, where the
//! variable CI is set, they play everything, and a missing tool fails its tests.

#![allow(dead_code, reason = "each test file uses some of it")]

mod build;
mod head;

use clap::ValueEnum;
use libtest_mimic::{Arguments, Failed, Trial};
use rustix::process::Signal;
use sockspec::run::setting::Setting;
use sockspec::stage::{Conditions, Files, Isolation, Limits, Purpose, Stage, Tier};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

pub use build::*;
#[allow(unused_imports, reason = "some test files read no head comments")]
pub use head::*;

/// The tool that a program needs, if this machine does not have it.
pub fn missing_tool(program: &str) -> Option<&'static str> {
    missing(language(program).tool)
}

/// The name of a tool, or of a kind of isolation, if this machine does not have it.
pub fn missing(tool: &str) -> Option<&str> {
    let is_there = match tool {
        NAMESPACE => missing_tier(Tier::Namespace).is_none(),
        PLACE => missing_relay().is_none(),
        tool => on_path(tool).is_some(),
    };
    (!is_there).then_some(tool)
}

/// For [`missing`]: private namespaces.
pub const NAMESPACE: &str = "private namespace";
/// For [`missing`]: private loopback interfaces, or private addresses.
pub const PLACE: &str = "private place";

/// The best isolation that this machine offers, or the one that SOCKSPEC_TEST_ISOLATION asks for.
///
/// # Panics
/// This machine does not offer it. Tests check that before: see [`missing`].
pub fn best_tier() -> Tier {
    isolation().tiers().iter().copied().find(|tier| missing_tier(*tier).is_none()).expect("a place")
}

/// A stage in the best isolation.
///
/// # Panics
/// As [`best_tier`].
pub fn stage() -> Stage {
    stage_in(best_tier())
}

/// A stage in this isolation.
///
/// # Panics
/// This machine does not offer it. Tests check that before: see [`missing_tier`].
pub fn stage_in(tier: Tier) -> Stage {
    Stage::open(Path::new(env!("CARGO_BIN_EXE_sockspec")), tier, Files::Fresh, 0).unwrap_or_else(|error| panic!("{error}"))
}

/// The name of an isolation, if this machine does not offer it. Each is tried only once, because many tests ask.
pub fn missing_tier(tier: Tier) -> Option<&'static str> {
    static TRIED: Mutex<BTreeMap<Tier, bool>> = Mutex::new(BTreeMap::new());
    let mut tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_there =
        *tried.entry(tier).or_insert_with(|| Stage::open(Path::new(env!("CARGO_BIN_EXE_sockspec")), tier, Files::Fresh, 0).is_ok());
    (!is_there).then_some(match tier {
        Tier::Namespace => NAMESPACE,
        Tier::Network => "private network",
        Tier::Address => "private address",
        Tier::Host => "witness",
    })
}

/// What a scenario with a relay needs, if this machine does not have it.
pub fn missing_relay() -> Option<&'static str> {
    static IS_MISSING: LazyLock<bool> =
        LazyLock::new(|| [Tier::Namespace, Tier::Network, Tier::Address].into_iter().all(|tier| missing_tier(tier).is_some()));
    IS_MISSING.then_some(PLACE)
}

/// The blocks of a text that are indented by four columns, without the indentation. An empty line inside of a block belongs to the block.
pub fn indented_blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut is_inside = false;
    for paragraph in text.split("\n\n") {
        let is_block = paragraph.starts_with("    ");
        if is_block {
            let lines = paragraph.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect::<String>();
            match blocks.last_mut().filter(|_| is_inside) {
                Some(before) => *before += &format!("\n{lines}"),
                None => blocks.push(lines),
            }
        }
        is_inside = is_block;
    }
    blocks
}

/// Whether a line of a report says where the programs ran. This line differs from machine to machine.
pub fn names_a_place(line: &str) -> bool {
    ["in private namespaces, ", "in private networks, ", "at private addresses ", "on this machine's own "]
        .iter()
        .any(|place| line.starts_with(place))
}

/// The isolation for all tests: a value of `--isolation` in SOCKSPEC_TEST_ISOLATION, or the best that this machine offers.
fn isolation() -> Isolation {
    std::env::var("SOCKSPEC_TEST_ISOLATION").map_or(Isolation::Auto, |name| Isolation::from_str(&name, false).expect("a place"))
}

/// The same as arguments of `sockspec`.
pub fn isolation_arguments() -> [String; 2] {
    ["--isolation".to_owned(), isolation().name().to_owned()]
}

/// Defines `main` for a test file, from the names of its test functions. `name("tool", …)` needs these tools. `name[1 of 3]` belongs to one
/// of three shares, of which one runs each day outside of CI. A test that cannot run, or is not in today's share, is skipped; its name says
/// so.
#[allow(unused_macros, reason = "some test files make their own trials")]
macro_rules! tests {
    ($($name:ident $(($($tool:literal),+))? $([$number:literal of $count:literal])?),+ $(,)?) => {
        fn main() -> std::process::ExitCode {
            let trials = vec![$({
                let missing = None$($(.or_else(|| programs::missing($tool)))+)?;
                let trial = |name: &str| {
                    programs::trial(name, missing, || {
                        $name();
                        Ok(())
                    })
                };
                programs::trial_in_share(stringify!($name), true $(&& programs::is_in_share($number, $count))?, trial)
            }),+];
            libtest_mimic::run(&programs::arguments(), trials).exit_code()
        }
    };
}
#[allow(unused_imports, reason = "some test files make their own trials")]
pub(crate) use tests;

/// A test that may need something that this machine lacks. If so, the test is skipped, and its name says what is missing. CI skips nothing.
pub fn trial(name: &str, missing: Option<&str>, test: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let missing = missing.filter(|_| std::env::var_os("CI").is_none());
    let name = missing.map_or(name.to_owned(), |what| format!("{name} (skipped: there is no {what} here)"));
    Trial::test(name, test).with_ignored_flag(missing.is_some())
}

/// Today's share: one of `shares` items in turn, or all items where everything is played.
pub fn todays_share<T>(all: impl IntoIterator<Item = T>, shares: usize) -> impl Iterator<Item = T> {
    all.into_iter().enumerate().filter(move |(number, _)| is_in_share(*number, shares)).map(|(_, one)| one)
}

/// A test that runs only if it is in today's share. If not, the test is skipped, and its name says so.
pub fn trial_in_share(name: &str, is_in_share: bool, trial: impl FnOnce(&str) -> Trial) -> Trial {
    if is_in_share { trial(name) } else { trial(&format!("{name} (skipped: not in today's share)")).with_ignored_flag(true) }
}

/// The signal that a closing terminal sends. Under `nohup` this process and its children ignore SIGHUP. Then this is SIGTERM.
pub fn hangup_signal() -> Signal {
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask").trim();
    if ignored.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']) { Signal::TERM } else { Signal::HUP }
}

/// The arguments of the test program. Most tests wait for programs most of the time, so the default is two threads for each core.
pub fn arguments() -> Arguments {
    let mut arguments = Arguments::from_args();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads = arguments.test_threads.or(Some(2 * cores));
    arguments
}

/// Whether tests play everything: in CI, and when they record results. Otherwise, a test of hundreds of programs plays today's share.
pub fn is_whole() -> bool {
    std::env::var_os("CI").is_some() || std::env::var_os("SOCKSPEC_BLESS").is_some()
}

/// Whether item `number` is in today's share of one in `shares`; always true where everything is played.
pub fn is_in_share(number: usize, shares: usize) -> bool {
    is_whole() || is_its_day(number, shares)
}

/// Whether today is the day of item `number`, which comes once in so many days.
pub fn is_its_day(number: usize, every: usize) -> bool {
    let days = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() / (24 * 60 * 60));
    (number + days as usize).is_multiple_of(every)
}

/// Whether to record results instead of comparing them: `SOCKSPEC_BLESS=1`. Never in CI, because a person must read the changes.
pub fn is_recording() -> bool {
    let is_asked = std::env::var_os("SOCKSPEC_BLESS").is_some();
    assert!(!is_asked || std::env::var_os("CI").is_none(), "SOCKSPEC_BLESS records nothing where CI is set");
    is_asked
}

/// The file with the first sentence of the report on some programs.
pub fn sentences() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sentences.txt")
}

/// The recorded first sentence of the report on a program, and how it was found, in parentheses. Empty if there is none.
pub fn recorded_sentence(program: &str) -> String {
    let text = fs::read_to_string(sentences()).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix(program)?.strip_prefix(": ")).unwrap_or_default().to_owned()
}

/// The sentence without a port that the system has chosen: such a port differs from run to run.
pub fn without_chosen_port(sentence: &str) -> String {
    let is_chosen = |word: &str| word.trim_end_matches(',').parse().is_ok_and(|port: u16| port >= 32768);
    let words = sentence.split(' ').map(|word| match word.rsplit_once(':') {
        Some((address, port)) if is_chosen(port) => format!("{address}:(any port),"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What `work` makes of each program, in the order of the programs. Several are at work at the same time. The names on stderr show progress.
pub fn of_each<T: Send>(programs: &[String], work: impl Fn(&str) -> T + Sync) -> Vec<T> {
    let left = Mutex::new(programs.iter().enumerate());
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some((number, program)) = { left.lock().expect("no panic").next() } {
            let result = work(program);
            eprintln!("{program}");
            done.lock().expect("no panic").push((number, result));
        }
    };
    let threads = 2 * std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let mut done = done.into_inner().expect("no panic");
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The conditions for tests that play scenarios of the tutorial on a stage of their own.
pub fn conditions(timeout: Duration) -> Conditions {
    Conditions { dialect: Arc::default(), timeout, limits: Limits::default(), purpose: Purpose::Judge }
}

/// The setting for tests that call the library instead of the command.
pub fn setting(jobs: usize) -> Setting {
    Setting {
        dialect: Arc::default(),
        jobs,
        timeout: Duration::from_secs(5),
        limits: Limits::default(),
        files: Files::Fresh,
        isolation: isolation(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_sockspec")),
    }
}
