//! The project file `sockspec.toml`: its subjects, options, known failures, and error messages.
//!
//! `known_failures.rs` tests known failures, `mistakes.rs` tests error messages, and this file tests everything else.
//! `cargo test --test project a_known_failure` runs the tests about known failures.

mod known_failures;
mod mistakes;
#[path = "../programs/mod.rs"]
mod programs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use known_failures::*;
use mistakes::*;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use proptest::prelude::*;
use serde_json::Value;
use sockspec::project::Project;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

programs::tests! {
    all_subjects_are_judged_side_by_side_and_pairs_together,
    the_replay_command_names_the_subject,
    subjects_and_scenarios_can_be_chosen,
    fuzz_and_explore_accept_a_subject_by_name,
    a_program_is_built_and_started_in_its_directory,
    a_failed_build_is_reported_with_its_output_and_stops_the_run,
    a_build_that_leaves_a_process_behind_still_ends,
    the_command_line_overrides_options_of_the_file,
    the_command_line_overrides_limits_of_the_file("python3"),
    sockspec_without_arguments_judges_the_built_in_pair_and_mentions_the_file,
    without_a_project_file_subjects_are_errors,
    a_known_failure_is_shown_and_does_not_count,
    a_known_failure_may_name_one_scenario,
    a_known_failure_that_passes_is_an_error,
    a_known_failure_of_all_subjects_is_stale_only_when_no_subject_fails,
    every_mistake_in_the_file_names_its_place_and_the_remedy,
    a_file_without_subjects_or_without_text_is_an_error,
    the_project_files_of_the_topic_work,
    any_text_is_read_or_refused_with_a_place,
}

/// A folder with a project file and three programs: `right`, `wrong` (a server that does not set SO_REUSEADDR), and `client`.
struct ProjectFolder(TempDir);

const SUBJECTS: &str = "\
[subject.alice]
role = \"server\"
command = \"./right\"

[subject.carol]
role = \"server\"
command = \"./wrong\"

[subject.bob]
role = \"client\"
command = \"./client\"

[pair.classroom]
server = \"alice\"
client = \"bob\"
";

impl ProjectFolder {
    fn new(file: &str) -> Self {
        let project = Self(TempDir::new().expect("a folder"));
        project.write("sockspec.toml", file);
        project.link(&programs::command("right/server.c"), "right");
        project.link(&programs::command("wrong/server/no-reuseaddr.c"), "wrong");
        project.link(&programs::command("right/client.c"), "client");
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn link(&self, to: &str, name: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::os::unix::fs::symlink(to, path).expect("a link");
    }

    fn sockspec(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.command(arguments).args(["--report", "json"]).output().expect("it runs");
        let report =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().expect("a status"), report)
    }
}

/// The subject and scenario of each case.
fn judged(report: &Value) -> Vec<(&str, &str)> {
    let text = |value: &Value| -> Option<String> { value.as_str().map(str::to_owned) };
    let cases = report["cases"].as_array().expect("cases");
    assert!(cases.iter().all(|case| text(&case["subject"]).is_some()));
    cases.iter().map(|case| (case["subject"].as_str().expect("a name"), case["id"].as_str().expect("a name"))).collect()
}

fn all_subjects_are_judged_side_by_side_and_pairs_together() {
    let project = ProjectFolder::new(SUBJECTS);
    let (status, report) = project.json(&["check", "/restart", "client/eof", "pair/eof"]);
    let mut subjects: Vec<&str> = judged(&report).into_iter().map(|(subject, _)| subject).collect();
    subjects.dedup();
    assert_eq!((status, subjects), (0, vec!["alice", "carol", "bob", "classroom"]));
    let screen = contains("4 programs side by side")
        .and(predicates::str::is_match("alice +carol").expect("a pattern"))
        .and(predicates::str::is_match("server/restart +SHOULD +PASS +WARN").expect("a pattern"))
        .and(contains("classroom: the pair conforms"))
        .and(contains("carol: the server conforms; warnings: server/restart"));
    project.sockspec(&["check", "/restart", "client/eof", "pair/eof"]).code(0).stdout(screen).stderr(is_empty());
}

fn the_replay_command_names_the_subject() {
    let project = ProjectFolder::new(SUBJECTS);
    let screen = project.sockspec(&["check", "server/restart", "--isolation", "auto", "--strict", "--all"]).code(1);
    let screen = String::from_utf8(screen.get_output().stdout.clone()).expect("text");
    let again = screen.lines().find_map(|line| line.strip_prefix("  again       ")).expect("a command");
    assert!(again.starts_with("sockspec check --subject carol --strict server/restart/"), "{again}");
    let words = shell_words::split(again).expect("words");
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    project.sockspec(&words).stdout(contains("1 scenario in").and(contains("carol: the server")));
    // `merge` prints the same command.
    project.command(&["check", "server/restart", "--strict", "--report", "json=all.json"]).assert().code(1);
    project.sockspec(&["merge", "all.json", "--all"]).code(1).stdout(contains(again));
}

fn subjects_and_scenarios_can_be_chosen() {
    let project = ProjectFolder::new(SUBJECTS);
    let (_, report) = project.json(&["check", "--subject", "carol", "--subject", "classroom", "server/eof", "pair/eof"]);
    let subjects: Vec<&str> = judged(&report).into_iter().map(|(subject, _)| subject).collect();
    assert!(subjects.contains(&"carol") && subjects.contains(&"classroom") && !subjects.contains(&"alice"), "{subjects:?}");
    // If a filter selects no scenario of a subject, the subject is left out.
    let (_, report) = project.json(&["check", "client/eof"]);
    assert!(judged(&report).iter().all(|(subject, id)| *subject == "bob" && id.starts_with("client/eof")));
    for (arguments, why) in [
        (vec!["check", "--subject", "carl"], "sockspec.toml has no subject `carl`, did you mean `carol`?"),
        (vec!["check", "--subject", "bob", "server/eof"], "the filter is about the server, and no such subject is chosen"),
        (vec!["check", "--subject", "bob", "--server", "./right"], "cannot be used with"),
        (vec!["fuzz", "--subject", "carl"], "did you mean `carol`?"),
        (vec!["explore", "--subject", "classroom", "aexit"], "classroom are two programs"),
    ] {
        project.sockspec(&arguments).code(2).stderr(contains(why));
    }
}

fn fuzz_and_explore_accept_a_subject_by_name() {
    let project = ProjectFolder::new(SUBJECTS);
    project.sockspec(&["fuzz", "--subject", "bob", "--cases", "5", "--seed", "1"]).code(0).stderr(contains("sockspec fuzz --subject bob"));
    project.sockspec(&["fuzz", "--subject", "classroom", "--cases", "5"]).code(0).stdout(contains("classroom: the pair conforms"));
    project.sockspec(&["explore", "--subject", "alice", "aexit"]).code(0).stdout(contains("16 passed"));
    let server = programs::command("wrong/server/prefix-token.c");
    project.write("sockspec.toml", &format!("[subject.dave]\nrole = \"server\"\ncommand = \"{server}\"\n"));
    let again = contains("again       sockspec explore --subject dave exits\n");
    project.sockspec(&["explore", "--subject", "dave", "exits"]).code(1).stdout(again);
}

fn a_program_is_built_and_started_in_its_directory() {
    let file = "\
        [subject.alice]\nrole = \"server\"\ncommand = \"./server\"\nbuild = \"ln -s ../right server\"\ndirectory = \"homes/alice\"\n\
        [subject.carol]\nrole = \"server\"\ncommand = \"sh -c 'test \\\"$PWD\\\" = \\\"$(pwd -P)\\\" && exec ../carol/server'\"\n\
        build = \"sh -c 'ln -s ../../right server; echo {built}'\"\ndirectory = \"homes/carol\"\n";
    let project = ProjectFolder::new(file);
    project.link(&programs::command("right/server.c"), "homes/right");
    fs::create_dir(project.0.path().join("homes/alice")).expect("a folder");
    fs::create_dir(project.0.path().join("homes/carol")).expect("a folder");
    let told = contains("building alice: ln -s ../right server").and(contains("building carol: "));
    project.sockspec(&["check", "server/eof"]).code(0).stderr(told).stdout(contains("alice: the server conforms"));
}

fn a_failed_build_is_reported_with_its_output_and_stops_the_run() {
    let file = "\
        [subject.alice]\nrole = \"server\"\ncommand = \"./right\"\nbuild = \"sh -c 'echo no rule to make it; printf \\\"\\\\033[31mred\\\" >&2; exit 3'\"\n\
        [subject.carol]\nrole = \"server\"\ncommand = \"./right\"\nbuild = \"false\"\n\
        [subject.erin]\nrole = \"server\"\ncommand = \"./right\"\nbuild = \"./nothing\"\n\
        [subject.frank]\nrole = \"server\"\ncommand = \"./right\"\n";
    let project = ProjectFolder::new(file);
    let told = contains("alice cannot be built: `sh -c ")
        .and(contains("ended with status 3:\n  no rule to make it\n  red\n"))
        .and(contains("carol cannot be built: `false` ended with status 1, and printed nothing"))
        .and(contains("sockspec.toml:12:9: the command `./nothing` does not exist"));
    project.sockspec(&["check", "server/eof"]).code(2).stdout(is_empty()).stderr(told);
    project.sockspec(&["check", "--subject", "frank", "server/eof"]).code(0).stderr(is_empty());
}

fn a_build_that_leaves_a_process_behind_still_ends() {
    let file = "[subject.alice]\nrole = \"server\"\ncommand = \"./right\"\nbuild = \"sh -c 'sleep 900 & echo $! >left'\"\n";
    let project = ProjectFolder::new(file);
    let output = project.command(&["check", "server/eof/after-a-message"]).timeout(Duration::from_secs(300)).output();
    let left = fs::read_to_string(project.0.path().join("left")).expect("a file");
    let left = rustix::process::Pid::from_raw(left.trim().parse().expect("a number")).expect("a process");
    rustix::process::kill_process(left, rustix::process::Signal::TERM).expect("it is there");
    assert_eq!(output.expect("it runs").status.code(), Some(0));
}

fn the_command_line_overrides_options_of_the_file() {
    let project =
        ProjectFolder::new(&format!("strict = true\njobs = 1\nisolation = \"auto\"\ntimeout = \"4s\"\nfixtures = \"more\"\n{SUBJECTS}"));
    project.write(
        "more/server/eof/mine.transcript",
        "title: mine\nrule: server/eof\n\nclient: connect\nserver> \"客户端成功连接\\n\"\nclient: fin\nserver exits 0\n",
    );
    project.sockspec(&["check", "--subject", "carol", "server/restart", "--all"]).code(1).stdout(contains("one scenario at a time"));
    project.sockspec(&["check", "--subject", "carol", "server/restart", "--strict=false", "--jobs", "2"]).code(0);
    // The file's options apply to programs on the command line, too. The file's subjects are not judged then.
    let (status, report) = project.json(&["check", "--server", "./wrong", "server/restart", "server/eof/mine"]);
    assert_eq!((status, report["cases"].as_array().map(Vec::len), &report["summary"]["strict"]), (1, Some(3), &true.into()));
    project.sockspec(&["list", "--scenarios", "mine"]).code(0).stdout("server/eof/mine\tmine\n");
}

fn the_command_line_overrides_limits_of_the_file() {
    let hoarder =
        "[subject.hoarder]\nrole = \"server\"\ncommand = \"python3 -c 'import time; held = bytearray(99 << 20); time.sleep(9)'\"\n";
    let project = ProjectFolder::new(&format!("limit = [\"memory=64MiB\"]\n{hoarder}"));
    let check = ["check", "server/listen/serves-its-address", "--timeout", "2s"];
    let breach = "used more than 64 MiB of memory";
    project.sockspec(&check).code(1).stdout(contains(breach));
    project.sockspec(&[&check[..], &["--limit", "memory=1GiB"]].concat()).code(1).stdout(contains(breach).not());
}

fn sockspec_without_arguments_judges_the_built_in_pair_and_mentions_the_file() {
    let project = ProjectFolder::new("this is no project file");
    project.sockspec(&["--partition", "1/50"]).code(0).stdout(contains("built-in")).stderr(contains("`sockspec check` judges"));
}

fn without_a_project_file_subjects_are_errors() {
    let project = ProjectFolder::new(SUBJECTS);
    fs::remove_file(project.0.path().join("sockspec.toml")).expect("it was there");
    project.sockspec(&["check"]).code(2).stderr(contains("nothing to judge: name a program, as in"));
    project.sockspec(&["check", "--subject", "alice"]).code(2).stderr(contains("there is no such file in this folder"));
    project.sockspec(&["fuzz", "--subject", "alice"]).code(2).stderr(contains("there is no such file in this folder"));
}

fn the_project_files_of_the_topic_work() {
    let files = programs::indented_blocks(include_str!("../../src/cli/topics/project.txt"));
    let [first, all] = &files[..] else { panic!("{files:?}") };
    let project = ProjectFolder::new(first);
    project.link(&programs::command("right/server.c"), "a.out");
    project.sockspec(&["check"]).code(0).stdout(contains("mine: the server conforms"));
    let project = Project::parse(all).unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<&str> = project.choices().into_iter().map(|choice| choice.name).collect();
    assert_eq!(names, ["alice", "bob", "classroom"]);
}

/// Random text, mostly made of lines of a project file.
fn resembling() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[a-z.=\"\\[\\]{}, 0-9\u{5b57}\u{301}\r]{0,20}",
        proptest::sample::select(vec![
            "[subject.a]",
            "role = \"server\"",
            "role = \"client\"",
            "command = \"./a\"",
            "[pair.b]",
            "server = \"a\"",
            "client = \"a\"",
            "[[known-failure]]",
            "rule = \"server/eof\"",
            "reason = \"\\u0000\"",
            "timeout = \"5s\"",
            "jobs = 0x1_0",
            "subject = { a = { role = \"server\", command = \"x\" } }",
            "字 = 1",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

proptest! {
    fn any_text_is_read_or_refused_with_a_place(text in prop_oneof![any::<String>(), resembling()]) {
        if let Err(error) = Project::parse(&text) {
            prop_assert!(error.line <= text.matches('\n').count() + 1, "{error}");
            prop_assert!(error.column <= error.source_line.chars().count() + 1, "{error}");
        }
    }
}
