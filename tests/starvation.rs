//! A harness and a machine that are stopped, slow, or have no time: no program is blamed for it.

mod machine;
mod programs;

use libtest_mimic::{Arguments, Failed};
use machine::{Load, harness};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

fn main() -> ExitCode {
    let trials = vec![
        programs::trial("nobody_is_blamed_when_the_harness_stands_still", None, no_program_is_blamed_while_the_harness_is_stopped),
        programs::trial("nobody_is_blamed_when_the_machine_has_no_time", None, no_program_is_blamed_on_an_overloaded_machine),
        programs::trial("nobody_is_blamed_when_the_loopback_is_slow", programs::missing("tc"), no_program_is_blamed_on_a_slow_loopback),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn send(signal: Signal, pids: &[u32]) {
    for pid in pids {
        // Those that have ended in the meantime are no reason to complain.
        let _ = rustix::process::Pid::from_raw(*pid as i32).map(|pid| rustix::process::kill_process(pid, signal));
    }
}

/// Runs the whole suite, and does something to it meanwhile; what could not be judged.
#[track_caller]
fn judged(meanwhile: impl FnOnce(&mut Child)) -> Vec<String> {
    judged_by(Command::new(SOCKSPEC).args(["--timeout", "1s"]).args(programs::isolation_arguments()), meanwhile)
}

/// The same of what this command plays.
#[track_caller]
fn judged_by(command: &mut Command, meanwhile: impl FnOnce(&mut Child)) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("report.json");
    command.args(["--report", &format!("json={}", path.display())]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    meanwhile(&mut child);
    let output = child.wait_with_output().expect("it ends");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let mut unjudged = Vec::new();
    for case in report["cases"].as_array().expect("cases") {
        let message = case["message"].as_str().expect("a message");
        assert_ne!(case["verdict"], "fail", "{}: {message}", case["id"]);
        if case["verdict"] == "inconclusive" {
            unjudged.push(format!("{}: {message}", case["id"]));
        }
    }
    assert!(output.status.success() || output.status.code() == Some(3) && !unjudged.is_empty(), "{:?}", output.status);
    unjudged
}

/// Stopped for longer than a program gets for a single thing, again and again.
fn no_program_is_blamed_while_the_harness_is_stopped() -> Result<(), Failed> {
    let unjudged = judged(|child| {
        for _ in 0..4 {
            let pids = harness(child.id());
            send(Signal::STOP, &pids);
            std::thread::sleep(Duration::from_millis(1300));
            send(Signal::CONT, &pids);
            // The next stop comes in the middle of something else.
            std::thread::sleep(Duration::from_millis(97));
        }
    });
    assert_eq!(unjudged, [""; 0]);
    Ok(())
}

fn no_program_is_blamed_on_an_overloaded_machine() -> Result<(), Failed> {
    let _load = Load::of(16);
    let unjudged = judged(|_| {});
    // What it could not judge, it says so by name.
    assert!(unjudged.iter().all(|case| case.contains("the machine is overloaded")), "{unjudged:?}");
    Ok(())
}

/// Each packet waits its turn there, as it does for the kernel's own thread on a busy machine: a bucket of tokens that is nearly always empty.
fn no_program_is_blamed_on_a_slow_loopback() -> Result<(), Failed> {
    let slow = "ip link set lo up mtu 1500 && tc qdisc add dev lo root tbf rate 400kbit burst 1600 latency 60s && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "sh", "-c", slow, "sh"]);
    command.args([SOCKSPEC, "check", "--isolation", "none", "--timeout", "30s"]);
    command.args(["--server", env!("CARGO_BIN_EXE_sockspec-server"), "--client", env!("CARGO_BIN_EXE_sockspec-client")]);
    command.args(["server/listen", "server/greeting", "server/message", "server/exit-token", "server/eof", "server/reset"]);
    command.args(["client/connect", "client/word", "client/exit", "client/hang-up", "client/server-gone"]);
    command.args(["pair/conversation", "pair/piped", "pair/eof"]);
    assert_eq!(judged_by(&mut command, |_| {}), [""; 0]);
    Ok(())
}
