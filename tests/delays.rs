//! Slow programs that are right must pass. `programs/delayed/delay.h` delays every step of a right program, in every way in which Linux can
//! wake a sleeping program: a verdict must not depend on how long the program slept. `cargo test --test delays server/poll` runs one way.

mod programs;

use assert_cmd::Command;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use sockspec::spec::fixture;
use std::process::ExitCode;

/// The ways to sleep, as in `programs/delayed/delay.h`.
const WAYS: [&str; 10] = ["sleep", "poll", "timerfd", "alarm", "epoll", "signalfd", "posix-timer", "socket", "thread", "child"];
/// Outside of CI, a program plays one in so many scenarios.
const SHARES: usize = 6;
/// The first so many ways are tried with several delays.
const USUAL: usize = 4;
const SERVER: &str = "--server";
const CLIENT: &str = "--client";

fn main() -> ExitCode {
    let (usual, others) = WAYS.split_at(USUAL);
    let usual = usual.iter().flat_map(|way| [30, 100, 300].map(|delay| (*way, delay)));
    let delays = usual.chain(others.iter().map(|way| (*way, 100))).flat_map(|(way, delay)| {
        let trial = move |name: &str, roles: &'static [&'static str], filter: &'static str| {
            Trial::test(format!("{name}/{way}/{delay}ms"), move || is_right(roles, filter, way, delay))
        };
        [trial("server", &[SERVER], "server/"), trial("client", &[CLIENT], "client/"), trial("pair", &[SERVER, CLIENT], "pair/")]
    });
    let slow = SLOW.iter().map(|slow| Trial::test(format!("slow/{}", slow.name), || slow.is_judged_as_announced()));
    let (delays, slow): (Vec<Trial>, Vec<Trial>) = (delays.collect(), slow.collect());
    let (many, few) = (delays.len(), slow.len());
    libtest_mimic::run(&programs::arguments(), programs::todays_share(slow, few).chain(programs::todays_share(delays, many)).collect())
        .exit_code()
}

/// A slow program, and its expected verdict.
struct Slow {
    name: &'static str,
    role: &'static str,
    program: &'static str,
    arguments: &'static str,
    options: &'static [&'static str],
    /// A text that every message must contain. If empty, the program must pass.
    says: &'static str,
}

const SLOW: [Slow; 7] = [
    Slow {
        name: "ten milliseconds for a message",
        role: SERVER,
        program: "delayed/server.c",
        arguments: "sleep 10 1000000",
        options: &["server/stream/2-mib", "--timeout", "2s"],
        says: "",
    },
    Slow {
        name: "a millisecond for a word",
        role: CLIENT,
        program: "delayed/client.c",
        arguments: "sleep 1 1000000",
        options: &["client/slow-server/8-mib", "--timeout", "200ms"],
        says: "the program is too slow to be judged: it was still at it after 4s 800ms (--timeout 800ms waits longer)",
    },
    Slow {
        name: "a millisecond for a byte",
        role: SERVER,
        program: "delayed/typewriter.c",
        arguments: "",
        options: &["server/greeting", "server/message", "--timeout", "500ms"],
        says: "",
    },
    Slow {
        name: "too slow",
        role: SERVER,
        program: "delayed/typewriter.c",
        arguments: "",
        options: &["server/stream/2-mib", "--timeout", "50ms"],
        says: "the program is too slow to be judged: it was still at it after 1s 200ms (--timeout 200ms waits longer)",
    },
    // A program may use the CPU for long before it listens. That is not spinning.
    Slow {
        name: "a start that computes",
        role: SERVER,
        program: "delayed/starts-late.c",
        arguments: "700",
        options: &["server/address-in-use", "server/greeting/once", "server/eof/at-once"],
        says: "",
    },
    Slow {
        name: "a start that uses more and more memory",
        role: SERVER,
        program: "delayed/starts-late.c",
        arguments: "1500 1",
        options: &["server/greeting/once", "--timeout", "500ms"],
        says: "",
    },
    Slow {
        name: "a start that goes round in circles",
        role: SERVER,
        program: "delayed/starts-late.c",
        arguments: "60000",
        options: &["server/listen", "--timeout", "500ms"],
        says: "it does not listen on 127.0.0.1:8023: it is running, after 500ms",
    },
];

impl Slow {
    fn is_judged_as_announced(&self) -> Result<(), Failed> {
        let Self { role, program, arguments, options, says, .. } = self;
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
        command.args(["check", role, &format!("{} {arguments}", programs::command(program)), "--report", "json"]);
        let output = command.args(*options).args(programs::isolation_arguments()).output()?;
        let report: Value = serde_json::from_slice(&output.stdout)?;
        let cases = report["cases"].as_array().ok_or("no cases")?;
        let is_as_announced = |case: &Value| {
            if says.is_empty() { case["verdict"] == "pass" } else { case["message"].as_str().is_some_and(|message| message.contains(says)) }
        };
        if !cases.is_empty() && cases.iter().all(is_as_announced) { Ok(()) } else { Err(format!("{cases:#?}").into()) }
    }
}

fn is_right(roles: &[&str], filter: &str, way: &str, delay: u32) -> Result<(), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    // The programs sleep most of the time.
    command.args(["check", "--jobs", "8", "--strict", "--report", "json"]).args(programs::isolation_arguments());
    let all = fixture::built_in()?.into_iter().map(|fixture| fixture.id).filter(|id| id.starts_with(filter));
    command.args(programs::todays_share(all, SHARES));
    for role in roles {
        let program = programs::command(if *role == SERVER { "delayed/server.c" } else { "delayed/client.c" });
        command.args([role, &*format!("{program} {way} {delay}")]);
    }
    let output = command.output()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let odd: Vec<&Value> = report["cases"].as_array().ok_or("no cases")?.iter().filter(|case| case["verdict"] != "pass").collect();
    if odd.is_empty() && output.status.success() { Ok(()) } else { Err(format!("{odd:#?}").into()) }
}
