//! The worker: this program's second life, in which it makes a place, and plays scenarios there until the harness is gone.

use super::files::copy::remove;
use super::files::mounter::{self, Mounter};
use super::files::{Files, Layout, write_only_in};
use super::isolation::Tier;
use super::loopback::{Endpoint, Loopback};
use super::namespaces::{self, Refused};
use super::protocol::ARGUMENT;
use super::protocol::{Greeting, Request};
use super::seen::Seen;
use super::sniffer::Sniffer;
use super::trouble::Trouble;
use super::{player, processes, proof, syscalls};
use crate::spec::transcript::Scenario;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{FdFlags, fcntl_setfd};
use serde::Serialize;
use std::io::{self, BufRead, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;
use tempfile::TempDir;

/// What a worker is told when it starts.
struct Orders {
    tier: Tier,
    files: Files,
}

/// The worker's own `main`. The words are those of [`arguments`]. After them stands a folder for copies, if the place is made by now, and
/// then the descriptor that leads to the mounter, if there is one.
pub fn worker(words: &[String]) -> ExitCode {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [tier, words @ ..] = &words[..] else { return ExitCode::FAILURE };
    let Some(tier) = Tier::named(tier) else { return ExitCode::FAILURE };
    if words == [proof::WITNESS] {
        return proof::witness();
    }
    let [files, words @ ..] = words else { return ExitCode::FAILURE };
    let Some(files) = Files::named(files) else { return ExitCode::FAILURE };
    let orders = Orders { tier, files };
    match (tier, words) {
        (Tier::Namespace, []) => match namespaces::leave_host() {
            Ok(()) => found(&orders).unwrap_or(ExitCode::FAILURE),
            Err(refused) => refuse(&refused.to_string()),
        },
        (_, []) => guard(&orders).unwrap_or(ExitCode::FAILURE),
        (_, [place, line @ ..]) => {
            let place = Path::new(place);
            let line = line.first().and_then(|line| syscalls::inherited(line.parse().ok()?));
            // Where Landlock is refused, the report says that nothing protects the user's files.
            let is_confined = orders.confine(place).unwrap_or(false);
            match loopbacks(tier) {
                Ok((first, second)) => serve(&orders, place, is_confined, line.map(UnixStream::from), &first, second.as_ref()),
                Err(refused) => refuse(&refused.to_string()),
            }
        }
    }
}

impl Orders {
    /// Keeps strangers' programs from writing where the mounter cannot do so.
    fn confine(&self, place: &Path) -> Result<bool, landlock::RulesetError> {
        match (self.files, self.tier) {
            _ if place == Path::new("") => Ok(false),
            (Files::Fresh | Files::Kept, _) | (_, Tier::Namespace) => Ok(false),
            // This process writes the ids of its new namespaces to /proc, or the addresses that programs ask for.
            (Files::Alone, Tier::Network | Tier::Address) => write_only_in(&[place, Path::new("/proc")]),
            (Files::Alone, Tier::Host) => write_only_in(&[place]),
        }
    }
}

/// The words for a worker.
pub(super) fn arguments(tier: Tier, files: Files) -> [&'static str; 3] {
    [ARGUMENT, tier.name(), files.name()]
}

/// This program once more, to play in a place that is made. `copies` is a folder for copies.
fn again(orders: &Orders, copies: &Path) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.args(arguments(orders.tier, orders.files)).arg(copies);
    if orders.files == Files::Alone {
        // In private namespaces, /tmp is the programs' own. Elsewhere, they may write to this folder alone.
        command.env("TMPDIR", if orders.tier == Tier::Namespace { Path::new("/tmp") } else { copies });
    }
    command
}

impl Orders {
    /// A folder for copies, if they may be needed and there is room. This process removes it when the stage has ended, however that
    /// happens.
    fn copies(&self) -> Option<TempDir> {
        // Where nothing outside can be written, nothing is copied.
        let may_copy = self.files == Files::Fresh || self.files == Files::Alone && self.tier != Tier::Namespace;
        may_copy.then(|| tempfile::Builder::new().prefix("sockspec-").tempdir().ok()).flatten()
    }
}

/// Starts the stage in the new namespaces, and mounts for it what it asks for: the child of a process that has unshared its PID namespace
/// is PID 1 of the new one.
fn found(orders: &Orders) -> io::Result<ExitCode> {
    let (mine, its) = UnixStream::pair()?;
    fcntl_setfd(&its, FdFlags::empty())?;
    let copies = orders.copies();
    let copies = copies.as_ref().map_or(Path::new(""), TempDir::path);
    let mut stage = again(orders, copies).arg(its.as_raw_fd().to_string()).spawn()?;
    drop(its);
    mounter::serve(mine);
    let status = stage.wait()?;
    remove(copies);
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes the loopbacks of a place: one for the subject or both of them, and one for a client behind a relay.
fn loopbacks(tier: Tier) -> Result<(Loopback, Option<Loopback>), Refused> {
    match tier {
        // The second loopback and the sniffer come first: afterwards this process may not make them.
        Tier::Namespace => {
            let second = Loopback::second()?;
            let sniffer = Sniffer::open();
            namespaces::prepare()?;
            Ok((Loopback::private(sniffer)?, Some(second)))
        }
        Tier::Network => {
            namespaces::leave_network()?;
            let second = Loopback::second()?;
            let sniffer = Sniffer::open();
            namespaces::drop_capabilities()?;
            Ok((Loopback::private(sniffer)?, Some(second)))
        }
        Tier::Address => Ok((Loopback::redirected()?, Some(Loopback::redirected()?))),
        Tier::Host => Ok((Loopback::shared()?, None)),
    }
}

/// Without a PID namespace a subject may kill the stage, which is its parent. Then this process ends what the subject leaves behind.
fn guard(orders: &Orders) -> io::Result<ExitCode> {
    processes::adopt_orphans();
    let copies = orders.copies();
    let copies = copies.as_ref().map_or(Path::new(""), TempDir::path);
    let stage = again(orders, copies).spawn()?;
    let is_killed = processes::watch(rustix::process::Pid::from_child(&stage));
    processes::sweep();
    if is_killed {
        let trouble = "the program has killed its parent, a process of sockspec; in private namespaces, a program cannot do that";
        say(&Seen { trouble: Some(trouble.into()), is_spent: true, ..Seen::default() });
    }
    remove(copies);
    Ok(ExitCode::SUCCESS)
}

fn refuse(why: &str) -> ExitCode {
    say(&Greeting::Refused(why.to_owned()))
}

/// Writes one line to the harness. If the harness is gone, this process will be gone soon, too.
fn say(what: &impl Serialize) -> ExitCode {
    let mut line = serde_json::to_vec(what).unwrap_or_default();
    line.push(b'\n');
    let mut out = io::stdout().lock();
    match out.write_all(&line).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Plays the scenarios that the harness requests, until the lifeline is cut.
fn serve(
    orders: &Orders,
    copies: &Path,
    is_confined: bool,
    line: Option<UnixStream>,
    first: &Loopback,
    second: Option<&Loopback>,
) -> ExitCode {
    processes::settle_in();
    // This thread reads nothing: the other one reads the requests. When the last writer is gone, everything in this place ends.
    std::thread::spawn(|| {
        while poll(&mut [PollFd::new(&io::stdin(), PollFlags::empty())], None).is_err() {}
        processes::end()
    });
    if let Err(missing) = proof::prove(orders.tier, first) {
        refuse(&missing);
        processes::end()
    }
    say(&Greeting::Ready);
    let mut layout = Layout::new(orders.files, line.map(Mounter::at), copies, is_confined);
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let began = Instant::now();
        let seen = play(first, second, &mut layout, &line).unwrap_or_else(|trouble| Seen { trouble: Some(trouble), ..Seen::default() });
        say(&Seen { duration: began.elapsed(), ..seen });
    }
    processes::end()
}

/// Plays one scenario, at an address of its own.
fn play(first: &Loopback, second: Option<&Loopback>, layout: &mut Layout, request: &str) -> Result<Seen, Trouble> {
    let mut request: Request = serde_json::from_str(request).map_err(|error| error.to_string())?;
    let scenario = Scenario::parse("scenario", &request.scenario).map_err(|error| error.to_string())?;
    layout.lay(&mut request);
    let first = first.begin(request.port)?;
    let second = second.filter(|_| scenario.has_relay()).map(|second| second.begin(request.port)).transpose()?;
    let seen = player::play(&first, second.as_ref(), &request, &scenario)?;
    let trouble = || first.trouble().or_else(|| second.as_ref().and_then(Endpoint::trouble));
    Ok(Seen { trouble: seen.trouble.or_else(trouble), is_exposed: layout.is_exposed(), ..seen })
}
