//! Output at a terminal and in a pipe: progress, colours, `--quiet`, interrupts, and readers that go away.
//!
//! `cargo test --test terminal progress` runs the tests about progress.

mod programs;

use assert_cmd::assert::OutputAssertExt;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use rustix::fs::{CWD, FileType, Mode};
use rustix::process::{Pid, Signal};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use tempfile::TempDir;

programs::tests! {
    progress_shows_the_current_case_and_is_erased("python3"),
    failures_are_shown_as_they_happen,
    several_subjects_show_the_first_failure_of_each_rule_with_its_name,
    progress_of_a_search_shows_count_and_rate,
    progress_fits_into_narrow_terminals,
    explanations_fit_into_narrow_terminals,
    pipes_and_quiet_runs_show_no_progress,
    quiet_shows_only_failures,
    colours_follow_the_terminal_the_option_and_the_environment,
    help_and_errors_follow_the_colour_option,
    an_interrupted_run_ends_its_subjects_and_writes_its_reports("python3"),
    an_interrupted_look_at_a_program_ends_it("python3"),
    every_format_reports_an_interrupted_run("python3"),
    a_closed_pipe_is_no_error,
    a_report_file_is_written_even_if_stdout_is_closed,
    a_full_disk_is_trouble_and_not_a_failure,
}

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");
const SERVER: &str = env!("CARGO_BIN_EXE_sockspec-server");
/// The escape sequence that erases a line before the program draws it again.
const ERASE: &str = "\r\u{1b}[2K";

fn sockspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(SOCKSPEC);
    command.args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "GITHUB_ACTIONS"] {
        command.env_remove(variable);
    }
    command.env("TERM", "xterm");
    command
}

/// A terminal, and a program that runs there in its own session, as if a shell had started it.
struct Terminal {
    screen: File,
    child: Child,
    /// Everything that the program has written so far.
    shown: String,
}

impl Terminal {
    fn run(columns: u16, command: &Command) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&screen).expect("a terminal");
        unlockpt(&screen).expect("a terminal");
        tcsetwinsize(&screen, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).expect("a size");
        let name = ptsname(&screen, Vec::new()).expect("a name");
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let end = || File::options().read(true).write(true).open(&path).expect("a terminal");
        let mut session = Command::new("setsid");
        session.arg("--ctty").arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            session.current_dir(folder);
        }
        for (variable, value) in command.get_envs() {
            match value {
                Some(value) => session.env(variable, value),
                None => session.env_remove(variable),
            };
        }
        let child = session.stdin(end()).stdout(end()).stderr(end()).spawn().expect("it starts");
        Self { screen: screen.into(), child, shown: String::new() }
    }

    /// Reads until the terminal has shown this text.
    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        while !self.shown.contains(text) {
            assert!(self.read_more(), "{text} was not shown: {}", self.shown);
        }
    }

    /// Reads more output. False at the end.
    fn read_more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        // When the last process has closed the terminal, a read fails. It does not return 0.
        let n = self.screen.read(&mut bytes).unwrap_or(0);
        self.shown.push_str(&String::from_utf8_lossy(&bytes[..n]));
        n > 0
    }

    fn press_ctrl_c(&mut self) {
        self.screen.write_all(b"\x03").expect("a terminal");
    }

    /// Waits until the program ends, and returns its status and everything that it wrote.
    fn end(mut self) -> (ExitStatus, String) {
        while self.read_more() {}
        (self.child.wait().expect("it ends"), self.shown)
    }
}

/// The successive states of the lines on the screen.
fn drawn(shown: &str) -> impl Iterator<Item = &str> {
    shown.split(['\r', '\n']).map(|line| line.trim_start_matches("\u{1b}[2K").trim_end())
}

/// A server that passes the first look, and exits with this status. If it receives any other message, it writes to a named pipe and hangs.
/// Returns its command and the pipe.
fn stuck_server(folder: &Path, status: u8) -> (String, PathBuf) {
    let (script, fifo) = (folder.join("server.py"), folder.join("stuck"));
    rustix::fs::mknodat(CWD, &fifo, FileType::Fifo, Mode::from(0o600), 0).expect("a pipe");
    let text = format!(
        r#"
import socket, time
listener = socket.create_server(("127.0.0.1", 8023))
client = listener.accept()[0]
print("客户端成功连接", flush=True)
while (message := client.recv(1000)) not in (b"", b"exit"):
    if not message.startswith((b"alpha", b"omegb")):
        pipe = open({fifo:?}, "w")
        print("stuck", file=pipe, flush=True)
        time.sleep(1e6)
    print("收到客户端信息：" + message.decode(), flush=True)
raise SystemExit({status})
"#
    );
    fs::write(&script, text).expect("a file");
    (format!("python3 {}", script.display()), fifo)
}

/// Waits until the server hangs. The returned pipe reaches its end when the server has ended.
fn wait_until_stuck(fifo: &Path) -> File {
    let mut pipe = File::open(fifo).expect("a pipe");
    pipe.read_exact(&mut [0; 6]).expect("it says so");
    pipe
}

/// The arguments that play two scenarios in sequence. The server hangs in the second one.
fn two_scenarios(server: &str) -> Vec<&str> {
    vec!["check", "--server", server, "--jobs", "1", "--timeout", "1h", "server/eof/at-once", "server/message-bytes/ascii"]
}

fn progress_shows_the_current_case_and_is_erased() {
    let folder = TempDir::new().expect("a folder");
    let (server, fifo) = stuck_server(folder.path(), 0);
    let mut terminal = Terminal::run(80, &sockspec(&two_scenarios(&server)));
    let pipe = wait_until_stuck(&fifo);
    terminal.wait_for("1/2  server/message-bytes/ascii");
    terminal.press_ctrl_c();
    let (status, shown) = terminal.end();
    assert_eq!(status.code(), Some(130), "{shown}");
    let report = shown.rsplit(ERASE).next().expect("a part");
    let is_whole = report.contains("sockspec 0.") && report.contains("interrupted, nothing wrong so far");
    assert!(is_whole && !report.contains("1/2"), "{shown:?}");
    assert_eq!(io::read_to_string(pipe).expect("a pipe"), "", "the subject has gone");
}

fn failures_are_shown_as_they_happen() {
    let server = programs::command("wrong/server/prefix-token.c");
    let arguments = ["check", "--server", &server, "server/exit-exact"];
    let (status, shown) = Terminal::run(100, &sockspec(&arguments)).end();
    assert_eq!(status.code(), Some(1));
    let meanwhile = &shown[..shown.rfind(ERASE).expect("progress")];
    assert!(
        meanwhile.contains("FAIL\u{1b}[0m  server/exit-exact/one-byte-more  \"收到客户端信息：exits\\n\" was not printed"),
        "{shown:?}"
    );
    assert!(meanwhile.contains("1 failed") && meanwhile.contains("5 failed"), "{shown:?}");
}

fn several_subjects_show_the_first_failure_of_each_rule_with_its_name() {
    let folder = TempDir::new().expect("a folder");
    let server = programs::command("wrong/server/prefix-token.c");
    let subject = |name| format!("[subject.{name}]\nrole = \"server\"\ncommand = \"{server}\"\n");
    fs::write(folder.path().join("sockspec.toml"), subject("ann") + &subject("ben")).expect("a file");
    let mut check = sockspec(&["check", "server/exit-exact"]);
    check.current_dir(folder.path());
    let (status, shown) = Terminal::run(100, &check).end();
    assert_eq!(status.code(), Some(1), "{shown:?}");
    let meanwhile = &shown[..shown.rfind(ERASE).expect("progress")];
    for name in ["ann", "ben"] {
        assert_eq!(meanwhile.matches(&format!("FAIL\u{1b}[0m  {name}: server/exit-exact/")).count(), 1, "{shown:?}");
    }
}

fn progress_of_a_search_shows_count_and_rate() {
    let arguments = ["explore", "--server", SERVER, "aexit", "--jobs", "1"];
    let (status, shown) = Terminal::run(80, &sockspec(&arguments)).end();
    assert_eq!(status.code(), Some(0));
    let states: Vec<&str> =
        drawn(&shown).filter_map(|line| line.strip_suffix("/s")?.split_once("/16  ").map(|(number, _)| number)).collect();
    assert!(states.contains(&"1") && states.contains(&"15"), "{states:?} of {shown:?}");
}

fn progress_fits_into_narrow_terminals() {
    for columns in [10, 30, 50] {
        let (_, shown) = Terminal::run(columns, &sockspec(&["check", "--server", SERVER, "server/message"])).end();
        let progress = &shown[..shown.rfind(ERASE).expect("progress")];
        assert!(drawn(progress).all(|line| line.chars().count() <= usize::from(columns)), "{columns}: {shown:?}");
    }
}

fn explanations_fit_into_narrow_terminals() {
    const COLUMNS: u16 = 44;
    let server = programs::command("wrong/server/ends-at-quit.c");
    let (_, shown) = Terminal::run(COLUMNS, &sockspec(&["check", "--server", &server, "server/exit-exact", "--color", "never"])).end();
    let explanation: Vec<&str> =
        shown.lines().skip_while(|line| !line.starts_with("Your server")).take_while(|line| !line.starts_with("  again")).collect();
    assert!(explanation.len() > 3, "{shown}");
    // Lines of code are not wrapped.
    let is_code = |line: &str| line.trim_start().starts_with(['-', '+']);
    assert!(
        explanation.iter().filter(|line| !is_code(line)).all(|line| line.trim_end().chars().count() <= usize::from(COLUMNS)),
        "{shown}"
    );
}

fn pipes_and_quiet_runs_show_no_progress() {
    let check = ["check", "--server", SERVER, "server/message"];
    sockspec(&check).assert().code(0).stderr(is_empty());
    let (status, shown) = Terminal::run(80, sockspec(&check).arg("--quiet")).end();
    assert_eq!(status.code(), Some(0));
    let end = contains("the server conforms").and(contains("7 scenarios in ")).and(contains(ERASE).not()).and(contains("PASS").not());
    assert!(end.eval(&shown), "{shown:?}");
    let (_, shown) = Terminal::run(80, sockspec(&check).env("TERM", "dumb")).end();
    assert!(!shown.contains("/7  "), "{shown:?}");
}

fn quiet_shows_only_failures() {
    let server = programs::command("wrong/server/prefix-token.c");
    let mut check = sockspec(&["check", "--server", &server, "--quiet", "server/exit-exact", "server/eof"]);
    let screen = check.assert().code(1).stderr(is_empty()).get_output().stdout.clone();
    let screen = String::from_utf8(screen).expect("text");
    assert!(screen.starts_with("Your server compares only the first 4 bytes"), "{screen}");
    assert!(
        screen.contains("\n  MUST server/exit-exact ") && screen.contains("\nthe server does not conform: server/exit-exact\n"),
        "{screen}"
    );
    assert!(!screen.contains("PASS"), "{screen}");
    // The seed is needed to repeat a failure, so --quiet keeps it.
    let seed = contains("the seed is 7").count(1);
    sockspec(&["fuzz", "--server", &server, "--seed", "7", "-q"]).assert().code(1).stderr(seed);
    sockspec(&["fuzz", "--server", SERVER, "--seed", "7", "--cases", "3", "-q"]).assert().code(0).stderr(is_empty());
}

fn colours_follow_the_terminal_the_option_and_the_environment() {
    const NONE: &[(&str, &str)] = &[];
    let check = ["check", "--server", "true", "server/listen"];
    for (variables, option, at_terminal, in_pipe) in [
        (NONE, "auto", true, false),
        (NONE, "always", true, true),
        (NONE, "never", false, false),
        (&[("NO_COLOR", "1")], "auto", false, false),
        (&[("NO_COLOR", "")], "auto", true, false),
        (&[("NO_COLOR", "1")], "always", true, true),
        (&[("CLICOLOR", "0")], "auto", false, false),
        (&[("CLICOLOR", "1")], "auto", true, false),
        (&[("CLICOLOR_FORCE", "1")], "auto", true, true),
        (&[("CLICOLOR_FORCE", "1")], "never", false, false),
        (&[("CLICOLOR_FORCE", "0")], "auto", true, false),
        (&[("CLICOLOR_FORCE", "0"), ("CLICOLOR", "0")], "auto", false, false),
        (&[("TERM", "dumb")], "auto", false, false),
    ] {
        let mut command = sockspec(&check);
        command.args(["--color", option]).envs(variables.iter().copied());
        let is_coloured = |text: &str| text.contains("\u{1b}[31m") || text.contains("\u{1b}[1m");
        let (_, shown) = Terminal::run(80, &command).end();
        let piped = String::from_utf8(command.output().expect("it runs").stdout).expect("text");
        assert_eq!((is_coloured(&shown), is_coloured(&piped)), (at_terminal, in_pipe), "{variables:?} --color {option}: {shown:?}");
    }
}

fn help_and_errors_follow_the_colour_option() {
    for mistake in [&["--help"][..], &["frobnicate"], &["list", "nope"]] {
        for (option, is_coloured) in [("--color=never", false), ("--color=always", *mistake != ["list", "nope"])] {
            let mut command = sockspec(&[option]);
            let (_, shown) = Terminal::run(80, command.args(mistake)).end();
            assert_eq!(shown.contains('\u{1b}'), is_coloured, "{option} {mistake:?}: {shown:?}");
        }
    }
}

fn an_interrupted_run_ends_its_subjects_and_writes_its_reports() {
    let folder = TempDir::new().expect("a folder");
    let (server, fifo) = stuck_server(folder.path(), 0);
    let reports = ["human", "json"].map(|format| folder.path().join(format));
    let [human, json] = reports.each_ref().map(|path| format!("{0}={1}", path.file_name().expect("a name").display(), path.display()));
    let fuzz = vec!["fuzz", "--server", &server, "--timeout", "1h", "--seed", "1", "--jobs", "1"];
    let explore = vec!["explore", "--server", &server, "--timeout", "1h", "hello", "--jobs", "1"];
    for (arguments, signal) in [(two_scenarios(&server), Signal::INT), (fuzz, Signal::TERM), (explore, programs::hangup_signal())] {
        let mut command = sockspec(&arguments);
        command.args(["--report", &human, "--report", &json]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let harness = command.spawn().expect("it starts");
        let pipe = wait_until_stuck(&fifo);
        rustix::process::kill_process(Pid::from_child(&harness), signal).expect("it is there");
        let output = harness.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(io::read_to_string(pipe).expect("a pipe"), "", "the subject has gone");
        let [human, json] = reports.each_ref().map(|path| fs::read_to_string(path).expect("a report"));
        assert!(human.contains("the server: interrupted, nothing wrong so far") && human.contains("\ninterrupted: "), "{human}");
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["summary"]["interrupted"], true, "{json}");
        if arguments[0] == "check" {
            assert_eq!((json["cases"].as_array().map(Vec::len), &json["cases"][0]["id"]), (Some(1), &"server/eof/at-once".into()));
        }
    }
}

fn an_interrupted_look_at_a_program_ends_it() {
    let folder = TempDir::new().expect("a folder");
    let (script, fifo) = (folder.path().join("server.py"), folder.path().join("stuck"));
    rustix::fs::mknodat(CWD, &fifo, FileType::Fifo, Mode::from(0o600), 0).expect("a pipe");
    // While it sleeps with a timeout, it may still come to listen.
    let text = format!("import time\npipe = open({fifo:?}, \"w\")\nprint(\"stuck\", file=pipe, flush=True)\ntime.sleep(1e6)\n");
    fs::write(&script, text).expect("a file");
    let server = format!("python3 {}", script.display());
    let mut command = sockspec(&["learn", "--server", &server, "--timeout", "1h"]);
    let harness = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let pipe = wait_until_stuck(&fifo);
    rustix::process::kill_process(Pid::from_child(&harness), Signal::INT).expect("it is there");
    let output = harness.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(130), "error: interrupted\n"));
    assert!(output.stdout.is_empty());
    assert_eq!(io::read_to_string(pipe).expect("a pipe"), "", "the subject has gone");
}

fn every_format_reports_an_interrupted_run() {
    let folder = TempDir::new().expect("a folder");
    for (status, verdict) in [(0, "the server: interrupted, nothing wrong so far"), (1, "the server does not conform: server/eof")] {
        let folder = folder.path().join(status.to_string());
        fs::create_dir(&folder).expect("a folder");
        let (server, fifo) = stuck_server(&folder, status);
        let mut command = sockspec(&two_scenarios(&server));
        let formats = ["human", "brief", "html", "tap", "junit", "gradescope", "github"];
        for format in formats {
            command.arg("--report").arg(format!("{format}={}", folder.join(format).display()));
        }
        let harness = command.env("GITHUB_STEP_SUMMARY", folder.join("summary")).spawn().expect("it starts");
        let _pipe = wait_until_stuck(&fifo);
        rustix::process::kill_process(Pid::from_child(&harness), Signal::INT).expect("it is there");
        assert_eq!(harness.wait_with_output().expect("it ends").status.code(), Some(130));
        let read = |format: &str| fs::read_to_string(folder.join(format)).expect("a report");
        for format in formats.into_iter().chain(["summary"]) {
            assert!(read(format).contains("interrupted: 1 of 2 scenarios played"), "{format}: {}", read(format));
        }
        assert!(read("human").contains(verdict), "{}", read("human"));
    }
}

/// A pipe whose reader has closed it.
fn closed_pipe() -> io::PipeWriter {
    io::pipe().expect("a pipe").1
}

fn a_closed_pipe_is_no_error() {
    let wrong = programs::command("wrong/server/prefix-token.c");
    for (status, arguments) in [
        (0, vec!["list"]),
        (0, vec!["list", "--scenarios"]),
        (0, vec!["explain", "server/eof"]),
        (0, vec!["man"]),
        (0, vec!["man", "check"]),
        (0, vec!["completions", "zsh"]),
        (0, vec!["--help"]),
        (0, vec!["--version"]),
        (0, vec!["check", "--server", SERVER, "server/eof"]),
        (0, vec!["check", "--server", SERVER, "server/eof", "--report", "json"]),
        (1, vec!["check", "--server", &wrong, "server/exit-exact"]),
        (1, vec!["check", "--server", &wrong, "server/exit-exact", "--report", "json"]),
        (0, vec!["explore", "--server", SERVER, "exit"]),
    ] {
        let output = sockspec(&arguments).stdout(closed_pipe()).stderr(Stdio::piped()).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), said.contains("panicked") || said.contains("error")),
            (Some(status), false),
            "{arguments:?}: {said}"
        );
        // The same holds if the reader of stderr has closed it.
        let output = sockspec(&arguments).stdout(Stdio::null()).stderr(closed_pipe()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    }
}

fn a_report_file_is_written_even_if_stdout_is_closed() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("report.json");
    let report = format!("json={}", file.display());
    let arguments = ["check", "--server", SERVER, "server/eof", "--report", "human", "--report", &report];
    let output = sockspec(&arguments).stdout(closed_pipe()).output().expect("it runs");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr)), (Some(0), "".into()));
    let json: Value = serde_json::from_str(&fs::read_to_string(file).expect("a report")).expect("JSON");
    assert_eq!(json["summary"]["fail"], 0, "{json}");
}

fn a_full_disk_is_trouble_and_not_a_failure() {
    for arguments in [vec!["check", "--server", SERVER, "server/eof"], vec!["list"]] {
        let full = File::options().write(true).open("/dev/full").expect("a device");
        sockspec(&arguments).stdout(full).assert().code(3).stderr(contains("No space left on device"));
    }
}
