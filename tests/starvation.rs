//! A harness and a machine that are stopped, or have no time: no program is blamed for it.

mod machine;

use machine::{Load, harness};
use serde_json::Value;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

fn signal(pids: &[u32], name: &str) {
    // Those that have ended in the meantime are no reason to complain.
    let _ = Command::new("kill").arg(format!("-{name}")).args(pids.iter().map(u32::to_string)).stderr(Stdio::null()).status();
}

/// Runs the whole suite, and does something to it meanwhile; what could not be judged.
#[track_caller]
fn judged(meanwhile: impl FnOnce(&mut Child)) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("report.json");
    let mut command = Command::new(SOCKSPEC);
    command.args(["--timeout", "1s", "--report", &format!("json={}", path.display())]);
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
#[test]
fn nobody_is_blamed_when_the_harness_stands_still() {
    let unjudged = judged(|child| {
        for _ in 0..4 {
            let pids = harness(child.id());
            signal(&pids, "STOP");
            std::thread::sleep(Duration::from_millis(1300));
            signal(&pids, "CONT");
            // The next stop comes in the middle of something else.
            std::thread::sleep(Duration::from_millis(97));
        }
    });
    assert_eq!(unjudged, [""; 0]);
}

#[test]
fn nobody_is_blamed_when_the_machine_has_no_time() {
    let _load = Load::of(16);
    let unjudged = judged(|_| {});
    // What it could not judge, it says so by name.
    assert!(unjudged.iter().all(|case| case.contains("the machine is overloaded")), "{unjudged:?}");
}
