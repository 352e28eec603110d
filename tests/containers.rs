//! Runs `sockspec` in real containers, with the default options of the engine and with other common options.
//!
//! `.ci/run` starts a container engine and builds an image that holds a C compiler and nothing else. SOCKSPEC_TEST_ENGINE (the address of
//! the engine's socket) and SOCKSPEC_TEST_IMAGE name them. Without these variables, the tests are skipped, and their names say so.

mod programs;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

/// The options for containers.
const OPTIONS: [(&str, &[&str]); 6] = [
    ("by default", &[]),
    ("as an ordinary user", &["--user", "1234:1234"]),
    ("without a filter", &["--security-opt", "seccomp=unconfined"]),
    ("without capabilities", &["--cap-drop", "ALL"]),
    ("where nothing can be written", &["--read-only"]),
    ("with little of the machine", &["--memory", "256m", "--cpus", "0.5"]),
];

/// Pairs of a wrong and a right program, and the rules that the wrong one breaks.
const WRONG: [(&str, &str, &[&str]); 3] = [
    ("wrong/server/prefix-token.c", "right/client.c", &["server/exit-exact"]),
    ("right/server.c", "wrong/client/eof-fails.c", &["client/eof", "pair/eof"]),
    ("wrong/pair/server-needs-the-token.c", "right/client.c", &["server/eof"]),
];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    let is_there = env::var_os("SOCKSPEC_TEST_ENGINE").is_some();
    let mut add = |name: String, test: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
        let name = if is_there { name } else { format!("{name} (skipped: there is no container engine here)") };
        trials.push(Trial::test(name, test).with_ignored_flag(!is_there));
    };
    for (kind, options) in OPTIONS {
        add(format!("{kind}/the reference pair conforms"), Box::new(|| the_reference_pair_conforms(options)));
        add(format!("{kind}/a right pair conforms"), Box::new(|| a_right_pair_conforms(options)));
        for (server, client, rules) in WRONG {
            let name = format!("{kind}/{server}+{client}");
            add(name, Box::new(|| a_wrong_pair_breaks(options, server, client, rules)));
        }
        add(format!("{kind}/a pair is fuzzed"), Box::new(|| a_pair_is_fuzzed(options)));
    }
    add("a program that cannot be inspected is not blamed".to_owned(), Box::new(a_program_that_cannot_be_inspected_is_not_blamed));
    for (kind, options) in &OPTIONS[..2] {
        for test in ["golden", "pairs", "learn", "oracle"] {
            add(format!("{kind}/tests/{test}.rs"), Box::new(|| the_tests_pass(options, test)));
        }
    }
    // The machine may have only two cores, and each container starts many processes.
    let arguments = Arguments { test_threads: Some(2), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Runs a command in a container. It can read this checkout, and write only in the folder of built programs.
fn run(options: &[&str], command: &[&str]) -> Result<Output, Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mounted = |path: &Path, how: &str| format!("{0}:{0}:{how}", path.display());
    let target = Path::new(SOCKSPEC).parent().and_then(Path::parent).ok_or("a target folder")?;
    let image = env::var("SOCKSPEC_TEST_IMAGE")?;
    let mut engine = Command::new("docker");
    engine.args(["--host", &env::var("SOCKSPEC_TEST_ENGINE")?, "run", "--rm", "--network", "none", "--init"]);
    engine.args(["--tmpfs", "/tmp:exec", "--workdir", &root.display().to_string()]);
    engine.args(["--volume", &mounted(root, "ro"), "--volume", &mounted(target, "ro")]);
    engine.args(["--volume", &mounted(Path::new(env!("CARGO_TARGET_TMPDIR")), "rw")]);
    Ok(engine.args(options).arg(image).args(command).output()?)
}

fn text_of(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{:?}\n{}{}", output.status, text(&output.stdout), text(&output.stderr))
}

fn report(output: &Output) -> Result<Value, Failed> {
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {}", text_of(output)).into())
}

/// Every scenario is judged, with and without a relay, and none runs on the machine's own loopback.
fn the_reference_pair_conforms(options: &[&str]) -> Result<(), Failed> {
    let output = run(options, &[SOCKSPEC, "--report", "json"])?;
    let summary = report(&output)?["summary"].clone();
    let all_passed = summary["total"].as_u64() > Some(200) && summary["pass"] == summary["total"];
    let has_place = summary["place"].as_str().is_some_and(|place| !place.starts_with("on this machine's own"));
    if output.status.code() == Some(0) && all_passed && has_place { Ok(()) } else { Err(text_of(&output).into()) }
}

fn check(server: &str, client: &str) -> Vec<String> {
    let (server, client) = (programs::command(server), programs::command(client));
    [SOCKSPEC, "check", "--server", &server, "--client", &client, "--report", "json"].map(str::to_owned).to_vec()
}

fn words(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

fn a_right_pair_conforms(options: &[&str]) -> Result<(), Failed> {
    let output = run(options, &words(&check("right/server.c", "right/client.c")))?;
    let summary = report(&output)?["summary"].clone();
    if output.status.code() == Some(0) && summary["pass"] == summary["total"] { Ok(()) } else { Err(text_of(&output).into()) }
}

/// Every case gets the same verdict in the container as on this machine.
fn a_wrong_pair_breaks(options: &[&str], server: &str, client: &str, rules: &[&str]) -> Result<(), Failed> {
    let command = check(server, client);
    let inside = run(options, &words(&command))?;
    let outside = Command::new(&command[0]).args(&command[1..]).output()?;
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let verdicts = |report: &Value| -> BTreeSet<(String, String)> {
        report["cases"].as_array().into_iter().flatten().map(|case| (text(case, "id"), text(case, "verdict"))).collect()
    };
    let (seen, expected) = (verdicts(&report(&inside)?), verdicts(&report(&outside)?));
    let breaks = |rule: &str| seen.iter().any(|(id, verdict)| id.starts_with(&format!("{rule}/")) && verdict == "fail");
    let odd: Vec<_> = seen.symmetric_difference(&expected).collect();
    if inside.status.code() != Some(1) || !odd.is_empty() || !rules.iter().any(|rule| breaks(rule)) {
        return Err(format!("{odd:#?} {:?} {}", inside.status, String::from_utf8_lossy(&inside.stderr)).into());
    }
    Ok(())
}

fn a_pair_is_fuzzed(options: &[&str]) -> Result<(), Failed> {
    let (server, client) = (programs::command("right/server.c"), programs::command("right/client.c"));
    let output = run(options, &[SOCKSPEC, "fuzz", "--server", &server, "--client", &client, "--cases", "60", "--seed", "1"])?;
    if output.status.code() == Some(0) { Ok(()) } else { Err(text_of(&output).into()) }
}

/// Root in a container may not inspect every process, unlike root of the machine.
fn a_program_that_cannot_be_inspected_is_not_blamed() -> Result<(), Failed> {
    let server = programs::command("undumpable.c");
    let output = run(&[], &[SOCKSPEC, "check", "--server", &server, "server/eof/at-once", "--report", "json"])?;
    let message = report(&output)?["cases"][0]["message"].as_str().unwrap_or_default().to_owned();
    let is_told = message.starts_with("the program cannot be looked into");
    if output.status.code() == Some(3) && is_told { Ok(()) } else { Err(text_of(&output).into()) }
}

/// Runs tests of this project in a container with a C compiler and nothing else.
fn the_tests_pass(options: &[&str], test: &str) -> Result<(), Failed> {
    let output = run(options, &[&newest(test)?.display().to_string()])?;
    if output.status.success() { Ok(()) } else { Err(text_of(&output).into()) }
}

/// The newest test program of this name.
fn newest(test: &str) -> Result<PathBuf, Failed> {
    let own = env::current_exe()?;
    let is_it = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(&format!("{test}-")).is_some_and(|hash| hash.chars().all(|c| c.is_ascii_hexdigit()))
    };
    let all = fs::read_dir(own.parent().ok_or("a folder")?)?.flatten().map(|entry| entry.path()).filter(is_it);
    let built = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    all.max_by_key(built).ok_or_else(|| format!("{test} was not built").into())
}
