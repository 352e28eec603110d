//! Partitions of a run, and `sockspec merge`: the parts share no case, and together they are the whole run.

mod programs;

use assert_cmd::Command;
use predicates::prelude::*;
use proptest::prelude::*;
use serde_json::Value;
use sockspec::run::partition::Partition;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn sockspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(arguments).env_remove("GITHUB_ACTIONS");
    command
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a report")).expect("JSON")
}

/// Plays one part, and returns the path of its report.
fn part(folder: &TempDir, arguments: &[&str], partition: &str) -> PathBuf {
    let path = folder.path().join(format!("{}.json", partition.replace('/', "-of-")));
    sockspec(arguments).args(["--partition", partition, "--report"]).arg(format!("json={}", path.display())).output().expect("it runs");
    path
}

/// Merges reports, and returns the merged report and the exit status.
#[track_caller]
fn merged(folder: &TempDir, parts: &[PathBuf]) -> (Value, i32) {
    let path = folder.path().join("merged.json");
    let output = sockspec(&["merge", "--report"]).arg(format!("json={}", path.display())).args(parts).output().expect("it runs");
    let status = output.status.code().expect("a status");
    assert!(path.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    (read(&path), status)
}

#[track_caller]
fn refuses(parts: &[PathBuf], why: &str) {
    sockspec(&["merge"]).args(parts).assert().code(2).stdout("").stderr(predicate::str::contains(why));
}

/// The id, verdict and message of each case. Other fields differ from run to run.
fn verdicts(report: &Value) -> Vec<(String, String, String)> {
    let text = |case: &Value, key: &str| case[key].as_str().expect("a text").to_owned();
    report["cases"].as_array().expect("cases").iter().map(|case| (text(case, "id"), text(case, "verdict"), text(case, "message"))).collect()
}

proptest! {
    #[test]
    fn each_case_is_in_exactly_one_part(count in 1u64..50, cases in 0u64..500) {
        let parts: Vec<Partition> = (1..=count).map(|index| Partition::new(index, count).expect("a part")).collect();
        for number in 0..cases {
            prop_assert_eq!(parts.iter().filter(|part| part.contains(number)).count(), 1);
        }
        for part in &parts {
            let numbers: Vec<u64> = (0..cases).filter(|&number| part.contains(number)).collect();
            // The sizes of two parts differ by at most one.
            prop_assert!((cases / count..=cases.div_ceil(count)).contains(&part.len(cases)));
            prop_assert_eq!(numbers.len() as u64, part.len(cases));
            let by_place: Vec<u64> = (0..part.len(cases)).map(|place| part.number(place)).collect();
            prop_assert_eq!(by_place, numbers);
        }
    }
}

#[test]
fn a_partition_is_written_as_two_numbers() {
    for (text, why) in [
        ("2", "1/3 is the first of three parts"),
        ("a/b", "1/3 is the first of three parts"),
        ("+1/3", "1/3 is the first of three parts"),
        ("0/3", "the parts of 3 are 1/3 to 3/3"),
        ("4/3", "the parts of 3 are 1/3 to 3/3"),
        ("1/0", "there are 1 to 10000 parts"),
    ] {
        sockspec(&["--partition", text]).assert().code(2).stderr(predicate::str::contains(why));
    }
}

/// If a rule fails in one part, cases of other parts that depend on this rule are not judged.
#[test]
fn three_merged_parts_equal_the_whole_run() {
    for (role, program) in
        [("--server", "wrong/server/no-newline.c"), ("--server", "wrong/server/prefix-token.c"), ("--client", "wrong/client/eof-fails.c")]
    {
        let folder = TempDir::new().expect("a folder");
        let check = ["check", role, &programs::command(program)];
        let whole = read(&part(&folder, &check, "1/1"));
        let parts: Vec<PathBuf> = ["3/3", "1/3", "2/3"].iter().map(|partition| part(&folder, &check, partition)).collect();
        let (joined, status) = merged(&folder, &parts);
        assert_eq!(verdicts(&joined), verdicts(&whole), "{program}");
        assert_eq!(joined["diagnoses"], whole["diagnoses"], "{program}");
        assert_eq!(joined["part"], whole["part"], "{program}");
        assert_eq!(status, 1, "{program}");
        assert_eq!(joined["summary"]["exit_status"], whole["summary"]["exit_status"]);
    }
}

#[test]
fn merging_one_report_does_not_change_it() {
    let folder = TempDir::new().expect("a folder");
    let server = programs::command("wrong/server/no-htons.c");
    let client = env!("CARGO_BIN_EXE_sockspec-client");
    let whole = part(&folder, &["check", "--server", &server, "--client", client], "1/1");
    merged(&folder, std::slice::from_ref(&whole));
    let text = |path: &Path| fs::read_to_string(path).expect("a report");
    let (written, again) = (text(&whole), text(&folder.path().join("merged.json")));
    let difference = written.lines().zip(again.lines()).find(|(a, b)| a != b);
    assert_eq!((difference, written.len()), (None, again.len()));
}

#[test]
fn runs_of_different_programs_are_merged_side_by_side() {
    let folder = TempDir::new().expect("a folder");
    let (server, client) = (env!("CARGO_BIN_EXE_sockspec-server"), env!("CARGO_BIN_EXE_sockspec-client"));
    let parts = [
        part(&folder, &["check", "--server", server, "server/eof"], "1/2"),
        part(&folder, &["check", "--server", server, "server/eof"], "2/2"),
        part(&folder, &["check", "--client", client, "client/eof"], "1/1"),
    ];
    let (joined, status) = merged(&folder, &parts);
    assert_eq!(status, 0);
    assert_eq!(joined["runs"].as_array().map(Vec::len), Some(2));
    let verdicts = format!("\n{server}: the server conforms\n{client}: the client conforms\n");
    let screen = predicate::str::contains("2 programs side by side").and(predicate::str::contains(verdicts));
    sockspec(&["merge"]).args(&parts).assert().code(0).stdout(screen);
    // A merged report can be merged again, even if no program has a name.
    let path = folder.path().join("again.json");
    fs::copy(folder.path().join("merged.json"), &path).expect("a copy");
    let (again, _) = merged(&folder, &[path]);
    assert_eq!(again, joined);
}

#[test]
fn missing_and_duplicate_parts_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let server = env!("CARGO_BIN_EXE_sockspec-server");
    let check = ["check", "--server", server, "server/eof"];
    let [first, second] = ["1/2", "2/2"].map(|partition| part(&folder, &check, partition));
    refuses(std::slice::from_ref(&first), "part 2/2 is missing: there is");
    let third = part(&folder, &check, "1/3");
    refuses(std::slice::from_ref(&third), "parts 2/3, 3/3 are missing: there is");
    refuses(&[first.clone(), second.clone(), third], "1-of-3.json is part 1/3 of the same");
    refuses(&[first.clone(), second.clone(), first.clone()], "are both part 1/2");
    let other = TempDir::new().expect("a folder");
    let stranger = part(&other, &["check", "--server", server, "server/exit-token"], "2/2");
    refuses(&[first.clone(), stranger], "belongs to another run");
    let whole = part(&folder, &["check", "--server", server, "server/eof", "server/reset"], "1/1");
    refuses(&[first.clone(), second.clone(), whole], "both have played server/eof");
    let strict = part(&other, &["check", "--server", server, "server/reset", "--strict"], "1/1");
    refuses(&[first, second, strict], "was written with --strict");
}

#[test]
fn programs_are_identified_by_name_or_command_line() {
    let folder = TempDir::new().expect("a folder");
    let check = |home: &str, arguments: &[&str], report: &str| {
        let home = folder.path().join(home);
        let report = format!("json={}", folder.path().join(report).display());
        sockspec(&["check"]).args(arguments).args(["server/eof", "--report", &report]).current_dir(home).assert().code(0);
    };
    for name in ["ann", "ben"] {
        fs::create_dir(folder.path().join(name)).expect("a folder");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sockspec-server"), folder.path().join(name).join("a.out")).expect("a link");
        check(name, &["--server", "./a.out"], &format!("{name}.json"));
        check("", &["--server", &format!("{name}/a.out")], &format!("{name}-by-path.json"));
        let file = format!("[subject.{name}]\nrole = \"server\"\ncommand = \"./a.out\"\n");
        fs::write(folder.path().join(name).join("sockspec.toml"), file).expect("a file");
        check(name, &[], &format!("{name}-by-name.json"));
    }
    let reports = |ending: &str| ["ann", "ben"].map(|name| folder.path().join(format!("{name}{ending}.json")));
    refuses(&reports(""), "their command lines are the same, so they count as one program; if they are two, name each in sockspec.toml");
    for ending in ["-by-path", "-by-name"] {
        let (joined, status) = merged(&folder, &reports(ending));
        assert_eq!((joined["runs"].as_array().map(Vec::len), status), (Some(2), 0), "{ending}");
    }
}

#[test]
fn a_file_that_is_no_report_is_refused_with_its_place() {
    let folder = TempDir::new().expect("a folder");
    let whole = part(&folder, &["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "server/eof"], "1/1");
    let text = fs::read_to_string(&whole).expect("a report");
    for (wrong, why) in [
        (String::new(), "this is no JSON"),
        ("{}".into(), "this is no JSON report of sockspec: missing field `cases`"),
        (text.trim_end_matches(['}', '\n']).into(), "this is no JSON"),
        (text.replace("title:", "tilte:"), "the case server/eof"),
        (text.replace("rule: server/eof", "rule: server/eov"), "did you mean `server/eof`"),
        (text.replace(concat!("\"version\": \"", env!("CARGO_PKG_VERSION")), "\"version\": \"9.9.9"), "was written by sockspec 9.9.9"),
    ] {
        let path = folder.path().join("wrong.json");
        fs::write(&path, &wrong).expect("a file");
        refuses(&[path], why);
    }
    refuses(&[folder.path().join("nothing.json")], "nothing.json: No such file");
    refuses(&[PathBuf::from(env!("CARGO_BIN_EXE_sockspec-server"))], "this is no JSON report of sockspec: it is no text");
    let mut report = read(&whole);
    report["cases"].as_array_mut().expect("cases").pop();
    let path = folder.path().join("cut.json");
    fs::write(&path, report.to_string()).expect("a file");
    refuses(&[path], "cut.json holds 5 of the 6 cases of its part");
}

#[test]
fn a_search_can_be_split_too() {
    let folder = TempDir::new().expect("a folder");
    let server = env!("CARGO_BIN_EXE_sockspec-server");
    sockspec(&["fuzz", "--server", server, "--partition", "1/2"]).assert().code(2).stderr(predicate::str::contains("--seed"));
    for (search, total) in
        [(vec!["fuzz", "--server", server, "--cases", "31", "--seed", "1"], 31), (vec!["explore", "--server", server, "aexit"], 16)]
    {
        let parts = ["1/3", "2/3", "3/3"].map(|partition| part(&folder, &search, partition));
        let (joined, status) = merged(&folder, &parts);
        assert_eq!((status, joined["summary"]["pass"].as_u64()), (0, Some(total)));
    }
}

/// Each part of a search finds out separately that the server never listens. Merged, that is one failure.
#[test]
fn parts_of_a_search_that_cannot_start_are_one_failure() {
    let folder = TempDir::new().expect("a folder");
    let parts = ["1/2", "2/2"].map(|partition| part(&folder, &["fuzz", "--server", "true", "--cases", "8", "--seed", "1"], partition));
    let (joined, status) = merged(&folder, &parts);
    assert_eq!((status, joined["summary"]["fail"].as_u64()), (1, Some(1)));
}
