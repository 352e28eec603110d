//! A stopped harness, an overloaded machine, a slow loopback: no program fails because of them.

mod machine;
mod programs;

use libtest_mimic::{Arguments, Failed};
use machine::{CpuLoad, harness_processes};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

fn main() -> ExitCode {
    let trials = vec![
        programs::trial("no_program_is_blamed_while_the_harness_is_stopped", None, no_program_is_blamed_while_the_harness_is_stopped),
        programs::trial("no_program_is_blamed_on_an_overloaded_machine", None, no_program_is_blamed_on_an_overloaded_machine),
        programs::trial("no_program_is_blamed_on_a_slow_loopback", programs::missing("tc"), no_program_is_blamed_on_a_slow_loopback),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn send(signal: Signal, pids: &[u32]) {
    for pid in pids {
        // Some of them may have ended in the meantime.
        let _ = rustix::process::Pid::from_raw(*pid as i32).map(|pid| rustix::process::kill_process(pid, signal));
    }
}

/// Runs the whole suite, and does something to it meanwhile. Panics if a program fails, and returns the inconclusive cases.
#[track_caller]
fn unjudged_cases(meanwhile: impl FnOnce(&mut Child)) -> Vec<String> {
    unjudged_cases_of(Command::new(SOCKSPEC).args(["--timeout", "1s"]).args(programs::isolation_arguments()), meanwhile)
}

/// The same for this command.
#[track_caller]
fn unjudged_cases_of(command: &mut Command, meanwhile: impl FnOnce(&mut Child)) -> Vec<String> {
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

/// Stops the harness several times, each time for longer than the time limit of a step.
fn no_program_is_blamed_while_the_harness_is_stopped() -> Result<(), Failed> {
    let unjudged = unjudged_cases(|child| {
        for _ in 0..4 {
            let pids = harness_processes(child.id());
            send(Signal::STOP, &pids);
            std::thread::sleep(Duration::from_millis(1300));
            send(Signal::CONT, &pids);
            // So the next stop comes in the middle of another step.
            std::thread::sleep(Duration::from_millis(97));
        }
    });
    assert_eq!(unjudged, [""; 0]);
    Ok(())
}

fn no_program_is_blamed_on_an_overloaded_machine() -> Result<(), Failed> {
    let _load = CpuLoad::start(16);
    let unjudged = unjudged_cases(|_| {});
    // An inconclusive case must name the reason.
    assert!(unjudged.iter().all(|case| case.contains("the machine is overloaded")), "{unjudged:?}");
    Ok(())
}

/// Delays each packet, as the kernel does on a busy machine. A token bucket filter that is nearly always empty does that.
fn no_program_is_blamed_on_a_slow_loopback() -> Result<(), Failed> {
    let slow = "ip link set lo up mtu 1500 && tc qdisc add dev lo root tbf rate 400kbit burst 1600 latency 60s && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "sh", "-c", slow, "sh"]);
    command.args([SOCKSPEC, "check", "--isolation", "none", "--timeout", "30s"]);
    command.args(["--server", env!("CARGO_BIN_EXE_sockspec-server"), "--client", env!("CARGO_BIN_EXE_sockspec-client")]);
    command.args(["server/listen", "server/greeting", "server/message", "server/exit-token", "server/eof", "server/reset"]);
    command.args(["client/connect", "client/word", "client/exit", "client/hang-up", "client/server-gone"]);
    command.args(["pair/conversation", "pair/piped", "pair/eof"]);
    assert_eq!(unjudged_cases_of(&mut command, |_| {}), [""; 0]);
    Ok(())
}
