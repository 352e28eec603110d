//! The user's own scenarios: `new-fixture` starts one, and `check --bless` completes and updates it.
//!
//! `cargo test --test bless a_crash` runs one test.

mod programs;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use sockspec::run::record::rewrite_demands;
use sockspec::spec::transcript::{Scenario, Transcript};
use sockspec::stage::Seen;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

programs::tests! {
    bless_rewrites_the_demands_and_keeps_the_actions,
    bless_records_a_subject_of_the_project_file,
    bless_takes_folder_and_subject_from_the_project_file,
    a_right_program_completes_a_new_fixture,
    a_new_fixture_replaces_no_other_scenario,
    bless_keeps_any_cut_and_refuses_output_that_no_cut_explains,
    bless_refuses_filters_reports_ci_and_other_dialects("python3"),
    bless_refuses_a_crash("python3"),
    bless_refuses_output_that_changes_from_run_to_run("python3"),
    each_printed_line_becomes_a_separate_step,
    demands_that_are_still_met_keep_their_text,
    actions_skipped_after_the_end_stay_before_the_end,
    steps_that_only_reports_may_hold_are_not_recorded,
    what_other_clients_get_is_recorded,
}

const SERVER: &str = env!("CARGO_BIN_EXE_sockspec-server");
const CLIENT: &str = env!("CARGO_BIN_EXE_sockspec-client");

const MINE: &str = "\
# Two words, one after the other.
title: mine
rule: server/message

client: connect
server> \"客户端成功连接\\n\"
client: \"hi\"
server> \"收到客户端信息：ho\\n\"
client: \"hi there\"
client: fin
server exits 3
";
const RIGHT: &str = "\
# Two words, one after the other.
title: mine
rule: server/message

client: connect
server> \"客户端成功连接\\n\"
client: \"hi\"
server> \"收到客户端信息：hi\\n\"
client: \"hi there\"
server> \"收到客户端信息：hi there\\n\"
client: fin
server exits 0
";

fn sockspec(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(arguments).args(["--fixtures", "."]).current_dir(folder).env_remove("CI");
    command
}

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("a file")
}

fn bless_rewrites_the_demands_and_keeps_the_actions() {
    let folder = folder(&[("mine.transcript", MINE), ("right.transcript", &RIGHT.replace("mine", "right"))]);
    let diff = "\
--- ./mine.transcript
+++ ./mine.transcript
@@ -5,7 +5,8 @@
 client: connect
 server> \"客户端成功连接\\n\"
 client: \"hi\"
-server> \"收到客户端信息：ho\\n\"
+server> \"收到客户端信息：hi\\n\"
 client: \"hi there\"
+server> \"收到客户端信息：hi there\\n\"
 client: fin
-server exits 3
+server exits 0
1 of 2 scenarios written anew
";
    let bless = ["check", "--server", SERVER, "--bless"];
    sockspec(folder.path(), &bless).assert().code(0).stdout(diff).stderr(is_empty());
    assert_eq!(read(&folder, "mine.transcript"), RIGHT);
    sockspec(folder.path(), &bless).assert().code(0).stdout("0 of 2 scenarios written anew\n");
    sockspec(folder.path(), &["check", "--server", SERVER, "mine"]).assert().code(0);
}

fn bless_records_a_subject_of_the_project_file() {
    let file = format!("[subject.alice]\nrole = \"server\"\ncommand = '{SERVER}'\n\n[subject.bob]\nrole = \"server\"\ncommand = 'true'\n");
    let folder = folder(&[("sockspec.toml", &file), ("mine.transcript", MINE)]);
    let bless = |who: &[&str]| sockspec(folder.path(), &[&["check", "--bless"], who].concat()).assert();
    // Only one subject can define what is right.
    for several in [&[][..], &["--subject", "alice", "--subject", "bob"]] {
        bless(several).code(2).stderr(contains("--bless records what one subject does, or one pair: name it with --subject NAME"));
    }
    bless(&["--subject", "bob"]).code(2).stderr(contains("the server takes no part: it never served its address"));
    assert_eq!(read(&folder, "mine.transcript"), MINE);
    bless(&["--subject", "alice"]).code(0).stdout(contains("1 of 1 scenarios written anew"));
    assert_eq!(read(&folder, "mine.transcript"), RIGHT);
}

fn bless_takes_folder_and_subject_from_the_project_file() {
    let file = format!("fixtures = \"mine\"\n\n[subject.alice]\nrole = \"server\"\ncommand = '{SERVER}'\n");
    let folder = folder(&[("sockspec.toml", &file)]);
    fs::create_dir(folder.path().join("mine")).expect("a folder");
    let sockspec = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
        command.args(arguments).current_dir(folder.path()).env_remove("CI").assert()
    };
    sockspec(&["new-fixture", "server/eof", "my-case"]).code(0).stdout("mine/server/eof/my-case.transcript\n");
    sockspec(&["check", "--bless"]).code(0).stdout(contains("1 of 1 scenarios written anew"));
    sockspec(&["check", "my-case"]).code(0).stdout(contains("1 scenario in "));
}

fn a_right_program_completes_a_new_fixture() {
    let folder = TempDir::new().expect("a folder");
    for rule in ["server/message", "server/stream", "server/restart", "server/address-in-use", "client/word", "client/eof", "pair/relay"] {
        let file = format!("./{rule}/my-case.transcript\n");
        sockspec(folder.path(), &["new-fixture", rule, "my-case"]).assert().code(0).stdout(file);
        // An incomplete scenario would fail the right program.
        let unrecorded = contains("this scenario demands nothing yet");
        sockspec(folder.path(), &["check", "--server", SERVER, "--client", CLIENT, "my-case"]).assert().code(2).stderr(unrecorded);
    }
    let begun = read(&folder, "server/message/my-case.transcript");
    assert!(begun.contains("rule: server/message\n\nclient: connect\nclient: \"") && !begun.contains("server> "), "{begun}");
    let both = ["check", "--server", SERVER, "--client", CLIENT];
    sockspec(folder.path(), &[&both[..], &["--bless"]].concat()).assert().code(0).stdout(contains("\n+server> \"客户端成功连接\\n\""));
    sockspec(folder.path(), &[&both[..], &["my-case"]].concat()).assert().code(0).stdout(contains("7 scenarios in "));
    // TCP cuts at random places, so the cut is never recorded.
    assert!(read(&folder, "server/stream/my-case.transcript").contains("server> any cut of "));
}

fn a_new_fixture_replaces_no_other_scenario() {
    let folder = TempDir::new().expect("a folder");
    let new = |rule: &str, name: &str| sockspec(folder.path(), &["new-fixture", rule, name]).assert();
    new("server/eof", "mine").code(0);
    new("server/eof", "mine").code(2).stderr(contains("./server/eof/mine.transcript is there already: give yours another name"));
    new("server/eof", "at-once").code(2).stderr(contains("server/eof/at-once is the name of a built-in scenario"));
    new("server/eoff", "mine").code(2).stderr(contains("there is no rule `server/eoff`, did you mean `server/eof`?"));
    new("server/eof", "../mine").code(2).stderr(contains("letters, digits and hyphens"));
    Command::new(env!("CARGO_BIN_EXE_sockspec"))
        .args(["new-fixture", "server/eof", "mine"])
        .assert()
        .code(2)
        .stderr(contains("--fixtures DIR"));
}

fn bless_keeps_any_cut_and_refuses_output_that_no_cut_explains() {
    let burst = "title: a burst\nrule: server/stream\n\nclient: connect\nclient: burst \"one\"\nclient: burst \"two\"\nclient: fin\n\
        server> any cut of \"onetwo\"\nserver exits 0\n";
    let burst_folder = folder(&[("burst.transcript", burst)]);
    let bless = ["check", "--server", SERVER, "--bless"];
    sockspec(burst_folder.path(), &bless).assert().code(0).stdout(contains("\n+server> \"客户端成功连接\\n\"\n"));
    let recorded = read(&burst_folder, "burst.transcript");
    assert_eq!(recorded.replace("server> \"客户端成功连接\\n\"\n", ""), burst);
    let wrong = burst.replace("any cut of \"onetwo\"", "any cut of \"onetwothree\"");
    let folder = folder(&[("burst.transcript", &wrong), ("mine.transcript", MINE)]);
    sockspec(folder.path(), &bless)
        .assert()
        .code(2)
        .stderr(contains("burst.transcript: ").and(contains("correct bytes of output, the output ends")));
    assert_eq!((read(&folder, "burst.transcript"), read(&folder, "mine.transcript")), (wrong, MINE.to_owned()));
}

fn bless_refuses_filters_reports_ci_and_other_dialects() {
    let folder = folder(&[("mine.transcript", MINE)]);
    let unused = folder.path().join("unused.json").display().to_string();
    let greets = "python3 -c 'import socket; c = socket.create_server((\"127.0.0.1\", 8023)).accept()[0]; print(\"Hello\", flush=True)
while (m := c.recv(1000)) not in (b\"\", b\"exit\"): print(\"收到客户端信息：\" + m.decode(), flush=True)'";
    let refuse = |arguments: &[&str], message: &str| {
        let arguments = [&["check", "--bless"], arguments].concat();
        sockspec(folder.path(), &arguments).assert().code(2).stderr(starts_with("error: ").and(contains(message))).stdout(is_empty());
        assert_eq!(read(&folder, "mine.transcript"), MINE, "{arguments:?}");
    };
    refuse(&["--server", SERVER, "mine"], "leave the filter out");
    refuse(&["--server", SERVER, "--partition", "1/2"], "leave the filter out");
    refuse(&["--server", SERVER, "--report", &format!("json={unused}")], "leave --report out");
    refuse(&["--client", CLIENT], "no scenario in . is about these programs");
    refuse(&["--server", "true"], "the server takes no part: it never served its address");
    refuse(
        &["--server", greets],
        "the server has other texts than the tutorial (its greeting is \"Hello\\n\", the tutorial's is \"客户端成功连接\\n\")",
    );
    sockspec(folder.path(), &["check", "--bless", "--server", SERVER])
        .env("CI", "true")
        .assert()
        .code(2)
        .stderr(contains("where CI is set"));
    let mut without = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    without.args(["check", "--bless", "--server", SERVER]).env_remove("CI").assert().code(2).stderr(contains("--fixtures DIR"));
    assert_eq!(read(&folder, "mine.transcript"), MINE);
}

fn bless_refuses_a_crash() {
    let folder = folder(&[("mine.transcript", MINE)]);
    let script = folder.path().join("server.py");
    let text = r#"
import os, signal, socket
c = socket.create_server(("127.0.0.1", 8023)).accept()[0]
print("客户端成功连接", flush=True)
while (m := c.recv(1000)) not in (b"", b"exit"):
    if m == b"hi there":
        os.kill(os.getpid(), signal.SIGSEGV)
    print("收到客户端信息：" + m.decode(), flush=True)
"#;
    fs::write(&script, text).expect("a file");
    let server = format!("python3 {}", script.display());
    let message =
        "./mine.transcript: the server died by SIGSEGV, which the harness did not send: no right program does; nothing is recorded";
    sockspec(folder.path(), &["check", "--bless", "--server", &server]).assert().code(2).stderr(contains(message)).stdout(is_empty());
    assert_eq!(read(&folder, "mine.transcript"), MINE);
}

fn bless_refuses_output_that_changes_from_run_to_run() {
    let folder = folder(&[("mine.transcript", MINE)]);
    let script = folder.path().join("server.py");
    // The answer to `hi` differs each time.
    let text = r#"
import os, socket, time
c = socket.create_server(("127.0.0.1", 8023)).accept()[0]
print("客户端成功连接", flush=True)
while (m := c.recv(1000)) not in (b"", b"exit"):
    print("收到客户端信息：" + (str(time.monotonic_ns()) if m == b"hi" else m.decode()), flush=True)
"#;
    fs::write(&script, text).expect("a file");
    let server = format!("python3 {}", script.display());
    let message = "./mine.transcript: what is recorded is not seen when it is played again: it printed \"收到客户端信息：";
    sockspec(folder.path(), &["check", "--bless", "--server", &server]).assert().code(2).stderr(contains(message));
    assert_eq!(read(&folder, "mine.transcript"), MINE);
}

#[track_caller]
fn recorded(expected: &str, seen: &str) -> Result<String, String> {
    let lines = |text: &str| text.split("; ").map(|line| format!("{line}\n")).collect::<String>();
    let rule = if expected.contains("client< ") { "client/word" } else { "server/message" };
    let scenario =
        Scenario::parse("test", &format!("title: x\nrule: {rule}\n\n{}", lines(expected))).unwrap_or_else(|error| panic!("{error}"));
    let transcript = Transcript::parse(&lines(seen)).unwrap_or_else(|error| panic!("{error}"));
    let taken = rewrite_demands(&scenario, &Seen { transcript, ..Seen::default() })?;
    Ok(taken.transcript.to_string().trim_end().replace('\n', "; "))
}

fn each_printed_line_becomes_a_separate_step() {
    let seen =
        "client: connect; client: \"a\"; server> \"客户端成功连接\\n收到客户端信息：a\\n\"; client: fin; server: fin; server exits 0";
    let taken =
        "client: connect; client: \"a\"; server> \"客户端成功连接\\n\"; server> \"收到客户端信息：a\\n\"; client: fin; server exits 0";
    assert_eq!(recorded("client: connect; client: \"a\"; client: fin; server exits 0", seen), Ok(taken.into()));
}

fn demands_that_are_still_met_keep_their_text() {
    let expected = "client: connect; client< \"a b\\n\"; client: \"a\"; client: \"b\"; client< eof; client exits nonzero";
    let seen = "client: connect; client< \"a b\\n\"; client: \"ab\"; client< eof; client: fin; client exits 7";
    assert_eq!(recorded(expected, seen), Ok(expected.into()));
}

fn actions_skipped_after_the_end_stay_before_the_end() {
    let expected = "client: connect; client: \"exit\"; client: \"more\"; client: fin; server exits 1";
    let taken = "client: connect; client: \"exit\"; client: \"more\"; client: fin; server exits 0";
    assert_eq!(recorded(expected, "client: connect; client: \"exit\"; server exits 0"), Ok(taken.into()));
}

fn steps_that_only_reports_may_hold_are_not_recorded() {
    let expected = "client: connect; client: \"a\"; client: fin; server exits 0";
    let refused = recorded(expected, "client: connect; client: \"a\"; client: fin; server runs");
    assert_eq!(refused, Err("`server runs` was seen, and cannot be demanded".into()));
    let crashed = "client: connect; client: \"a\"; client: fin; server dies by SIGSEGV";
    let refused = recorded(expected, crashed);
    assert_eq!(refused, Err("the server died by SIGSEGV, which the harness did not send: no right program does".into()));
    assert_eq!(recorded(crashed, crashed), Ok(crashed.into()));
    let killed = "client: connect; kill server; server dies by SIGKILL";
    assert_eq!(recorded("client: connect; kill server", killed), Ok(killed.into()));
    let refused = recorded("client< \"a\\n\"; client exits 0", "client< \"a\\n\"; client< eof; client exits 0");
    assert_eq!(refused, Err("the program waits for `client< eof`, which the scenario does not have: add this step".into()));
}

fn what_other_clients_get_is_recorded() {
    let expected = r#"client: connect; client2: connect; client2: "a"; server to client2: "1"; server to client2: "2"; client2: fin; server tidy; client: fin"#;
    let seen = r#"client: connect; client2: connect; client2: "a"; server to client2: "12"; client2: fin; server to client2: fin; server tidy; client: fin; server runs"#;
    assert_eq!(recorded(expected, seen), Ok(expected.into()));
    let other = seen.replace("client2: \"12\"", "client2: \"3\"");
    let taken = expected.replace(r#""1"; server to client2: "2""#, r#""3""#);
    assert_eq!(recorded(expected, &other), Ok(taken));
    // A closing is recorded where one was demanded before, and keeps its word if it is met.
    let closes = expected.replace("client2: fin", "client2: fin; server to client2: closes");
    assert_eq!(recorded(&closes, seen), Ok(closes.clone()));
    let kept = seen.replace("server tidy", "server keeps 1 descriptors, 0 threads, 0 processes, 0 stacks");
    let refused = "`server keeps 1 descriptors, 0 threads, 0 processes, 0 stacks` was seen, and cannot be demanded";
    assert_eq!(recorded(expected, &kept), Err(refused.into()));
}
