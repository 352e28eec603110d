//! The worker: this program's second life, in which it makes a place, and plays scenarios there until the harness is gone.

use super::isolation::Tier;
use super::loopback::{Endpoint, Loopback};
use super::namespaces::{self, Refused};
use super::protocol::ARGUMENT;
use super::protocol::{Greeting, Request};
use super::seen::Seen;
use super::sniffer::Sniffer;
use super::trouble::Trouble;
use super::{player, processes, proof};
use crate::spec::transcript::Scenario;
use rustix::event::{PollFd, PollFlags, poll};
use serde::Serialize;
use std::io::{self, BufRead, Write};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// The worker's own `main`. The first word names the tier; the second says that the place is made by now, or that this process is the
/// witness.
pub fn worker(words: &[String]) -> ExitCode {
    let Some(tier) = words.first().and_then(|name| Tier::named(name)) else { return ExitCode::FAILURE };
    match (tier, words.get(1).map(String::as_str)) {
        (_, Some(proof::WITNESS)) => proof::witness(),
        (Tier::Namespace, None) => match namespaces::leave_host() {
            // The child of a process that unshared its PID namespace is PID 1 of the new one.
            Ok(()) => match again(tier).status() {
                Ok(status) if status.success() => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            },
            Err(refused) => refuse(&refused.to_string()),
        },
        (_, None) => guard(tier),
        (_, Some(_)) => match loopbacks(tier) {
            Ok((first, second)) => serve(tier, &first, second.as_ref()),
            Err(refused) => refuse(&refused.to_string()),
        },
    }
}

/// This program once more, to play in a place that is made.
fn again(tier: Tier) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.args([ARGUMENT, tier.name(), "play"]);
    command
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
fn guard(tier: Tier) -> ExitCode {
    processes::adopt_orphans();
    let Ok(stage) = again(tier).spawn() else { return ExitCode::FAILURE };
    let is_killed = processes::watch(rustix::process::Pid::from_child(&stage));
    processes::sweep();
    if is_killed {
        let trouble = "the program has killed its parent, a process of sockspec; in private namespaces, a program cannot do that";
        say(&Seen { trouble: Some(trouble.into()), is_spent: true, ..Seen::default() });
    }
    ExitCode::SUCCESS
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
fn serve(tier: Tier, first: &Loopback, second: Option<&Loopback>) -> ExitCode {
    processes::settle_in();
    // This thread reads nothing: the other one reads the requests. When the last writer is gone, everything in this place ends.
    std::thread::spawn(|| {
        while poll(&mut [PollFd::new(&io::stdin(), PollFlags::empty())], None).is_err() {}
        processes::end()
    });
    if let Err(missing) = proof::prove(tier, first) {
        refuse(&missing);
        processes::end()
    }
    say(&Greeting::Ready);
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let began = Instant::now();
        let seen = play(first, second, &line).unwrap_or_else(|trouble| Seen { trouble: Some(trouble), ..Seen::default() });
        say(&Seen { duration: began.elapsed(), ..seen });
    }
    processes::end()
}

/// Plays one scenario, at an address of its own.
fn play(first: &Loopback, second: Option<&Loopback>, request: &str) -> Result<Seen, Trouble> {
    let request: Request = serde_json::from_str(request).map_err(|error| error.to_string())?;
    let scenario = Scenario::parse("scenario", &request.scenario).map_err(|error| error.to_string())?;
    let first = first.begin(request.port)?;
    let second = second.filter(|_| scenario.has_relay()).map(|second| second.begin(request.port)).transpose()?;
    let seen = player::play(&first, second.as_ref(), &request, &scenario)?;
    let trouble = || first.trouble().or_else(|| second.as_ref().and_then(Endpoint::trouble));
    Ok(Seen { trouble: seen.trouble.or_else(trouble), ..seen })
}
