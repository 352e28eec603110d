//! The process between sockspec and a build: it limits what the build uses and where it writes, and ends all that the build leaves behind.

use crate::stage::files::mounts::freeze_but;
use crate::stage::files::write_only_in;
use crate::stage::processes::{adopt_orphans, sweep};
use rustix::process::{Resource, Rlimit, setrlimit, setsid};
use std::env;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The first argument with which the program starts itself as a guard. Then come the seconds, the folder for caches (empty: the build may
/// write anywhere), the name of the program and its words.
pub const ARGUMENT: &str = "__build";

/// What a process of a build may write to one file, in bytes, and what it may use for its data.
const LONGEST_FILE: u64 = 1 << 30;
const MOST_DATA: u64 = 4 << 30;

/// How often the guard looks whether the build has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a build, and prints one line on stdout: how it ended. The output of the build goes to stderr. If the process that has started the
/// guard ends, the build ends, too.
pub fn guard(words: &[String]) -> ExitCode {
    let [seconds, caches, program, words @ ..] = words else { return ExitCode::FAILURE };
    let limit = Duration::from_secs_f64(seconds.parse().unwrap_or(60.0));
    // In a session of its own, no build can write to the user's terminal.
    let _ = setsid();
    let variables = if caches.is_empty() { Vec::new() } else { confine(Path::new(caches)) };
    adopt_orphans();
    for (resource, most) in [(Resource::Fsize, LONGEST_FILE), (Resource::Data, MOST_DATA), (Resource::Core, 0)] {
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
    std::thread::spawn(|| {
        // The other end of this pipe is closed when sockspec ends, however that happens.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        sweep();
        std::process::exit(1);
    });
    let begun = Instant::now();
    let child = Command::new(program).args(words).envs(variables).stdin(Stdio::null()).stdout(io::stderr()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return told(&format!("could not be started: {error}")),
    };
    let ended = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Err(_) => break None,
            Ok(None) if begun.elapsed() > limit => return told(&format!("did not end within {} s", limit.as_secs_f64())),
            Ok(None) => std::thread::sleep(LOOK),
        }
    };
    match ended {
        Some(status) if status.success() => told("succeeded"),
        Some(status) => match (status.code(), status.signal()) {
            (Some(code), _) => told(&format!("ended with status {code}")),
            (None, signal) => told(&format!("was killed by signal {}", signal.unwrap_or_default())),
        },
        None => told("could not be watched"),
    }
}

/// Keeps the build from writing anywhere but into its working directory, which is a copy. Returns variables that tell it where to leave
/// other files. Where the system allows none of this, the build may write anywhere.
fn confine(caches: &Path) -> Vec<(&'static str, PathBuf)> {
    let Ok(here) = env::current_dir() else { return Vec::new() };
    if let Ok(has_home) = freeze_but(&here) {
        // This /tmp is the build's own, and so is what it writes into the user's home.
        let cache = (!has_home).then(|| ("XDG_CACHE_HOME", "/tmp".into()));
        return [("TMPDIR", "/tmp".into())].into_iter().chain(cache).collect();
    }
    match write_only_in(&[&here, caches]) {
        Ok(true) => vec![("TMPDIR", caches.to_owned()), ("XDG_CACHE_HOME", caches.to_owned())],
        _ => Vec::new(),
    }
}

fn told(how: &str) -> ExitCode {
    println!("{how}");
    sweep();
    ExitCode::SUCCESS
}
