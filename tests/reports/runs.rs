//! The runs that all reports are made of.

use crate::programs;
use serde_json::{Value, json};
use sockspec::report::Format;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use tempfile::TempDir;

/// A run, with its reports in every format.
pub struct Played {
    /// What is special about the run, in one word.
    pub name: &'static str,
    /// The exit status of the command that wrote the reports.
    pub status: i32,
    folder: TempDir,
}

/// A command-line argument with markup and commands of every format.
pub const HOSTILE_NAME: &str = "a]]>&<b>|`\n::error::pwned\u{1b}[31m";
/// The reason of a known failure, with markup of several formats.
pub const REASON: &str = "issue #7: <wontfix> | *later* ::error::pwned";

/// Runs of different programs. The run `many` merges them.
pub const MANY: [&str; 5] = ["right", "wrong", "warned", "unjudged", "hostile"];

static PLAYED: OnceLock<Vec<Played>> = OnceLock::new();

fn play() -> Vec<Played> {
    let (server, client) = (env!("CARGO_BIN_EXE_sockspec-server"), env!("CARGO_BIN_EXE_sockspec-client"));
    let wrong = programs::command("wrong/server/prefix-token.c");
    let late = programs::command("wrong/server/no-reuseaddr.c");
    let buffered = programs::command("wrong/server/unflushed.py");
    let deaf = programs::command("wrong/server/no-htons.c");
    let differing = programs::command("right/server.py");
    let runs: [(&str, &[&str]); 9] = [
        ("right", &["check", "--server", server, "--client", client]),
        ("wrong", &["check", "--server", &wrong]),
        // This program breaks one SHOULD rule, and no other rule.
        ("warned", &["check", "--server", &late]),
        ("strict", &["check", "--server", &late, "--strict"]),
        ("differs", &["check", "--server", &differing, "server/nul"]),
        // This program breaks a rule that another rule depends on.
        ("unjudged", &["check", "--server", &buffered, "server/greeting-prompt", "server/prompt"]),
        // This program breaks a rule that the filter excludes. So the selected rule cannot be judged.
        ("deaf", &["check", "--server", &deaf, "server/eof"]),
        ("explored", &["explore", "--server", server, "aexit"]),
        ("empty", &["check", "--server", server, "--partition", "300/300"]),
    ];
    // All at the same time: each mostly waits for its program.
    let mut all: Vec<Played> = thread::scope(|scope| {
        let hostile = scope.spawn(hostile);
        let others = runs.map(|(name, arguments)| scope.spawn(move || Played::new(name, arguments)));
        others.into_iter().chain([hostile]).map(|run| run.join().expect("it is played")).collect()
    });
    let known = |of: &str| json!([{ "of": of, "reason": REASON, "line": 1 }]);
    all.push(altered("known", find(&all, "wrong"), |report| {
        report["runs"][0]["known_failures"] =
            json!([{ "of": "server/exit-exact", "reason": REASON, "line": 1 }, { "of": "server/exit-coalesced", "reason": REASON, "line": 2 }]);
    }));
    all.push(altered("excused", find(&all, "unjudged"), |report| report["runs"][0]["known_failures"] = known("server/prompt")));
    all.push(altered("stale", find(&all, "right"), |report| report["runs"][0]["known_failures"] = known("server/eof")));
    all.push(altered("named", find(&all, "hostile"), |report| {
        report["runs"][0]["name"] = json!(HOSTILE_NAME);
        for case in report["cases"].as_array_mut().expect("cases") {
            case["subject"] = json!(HOSTILE_NAME);
        }
    }));
    let many = MANY.map(|name| find(&all, name).path("json"));
    all.push(Played::merged("many", &many));
    all
}

/// Every run.
pub fn all() -> &'static [Played] {
    PLAYED.get_or_init(play)
}

/// Removes the reports. Statics are never dropped, so `main` calls this at the end.
pub fn remove_reports() {
    for played in PLAYED.get().into_iter().flatten() {
        // If this fails, some temporary files stay.
        let _ = fs::remove_dir_all(played.folder.path());
    }
}

/// The run of this name.
pub fn of(name: &str) -> &'static Played {
    find(all(), name)
}

fn find<'a>(all: &'a [Played], name: &str) -> &'a Played {
    all.iter().find(|played| played.name == name).unwrap_or_else(|| panic!("no run is named {name}"))
}

fn hostile() -> Played {
    let folder = TempDir::new().expect("a folder");
    let within = folder.path().join(HOSTILE_NAME);
    fs::create_dir(&within).expect("a folder");
    let command = programs::command("hostile.py");
    let (python, source) = command.rsplit_once(' ').expect("words");
    fs::copy(source, within.join("server.py")).expect("a copy");
    let script = within.join("server.py").display().to_string();
    Played::new("hostile", &["check", "--server", &format!("{python} {}", shell_words::quote(&script))])
}

/// A run whose JSON report was changed before `merge` wrote the other formats.
pub fn altered(name: &'static str, from: &Played, change: impl FnOnce(&mut Value)) -> Played {
    let mut report = from.cases();
    change(&mut report);
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("altered.json");
    fs::write(&path, report.to_string()).expect("a file");
    Played::merged(name, &[path])
}

impl Played {
    fn new(name: &'static str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut command = sockspec(arguments);
        for format in Format::all() {
            command.arg("--report").arg(format!("{0}={1}/{0}", format.name(), folder.path().display()));
        }
        // The working directory must not hold a folder with fixtures.
        command.current_dir(folder.path());
        let output = command.env("GITHUB_STEP_SUMMARY", folder.path().join("summary")).output().expect("it runs");
        let status = output.status.code().expect("a status");
        let played = Self { name, status, folder };
        assert!(played.path("json").exists(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{name}: everything has a file");
        played
    }

    fn merged(name: &'static str, reports: &[PathBuf]) -> Self {
        let paths: Vec<String> = reports.iter().map(|path| path.display().to_string()).collect();
        Self::new(name, &[vec!["merge"], paths.iter().map(String::as_str).collect()].concat())
    }

    /// The path of the report in a format.
    pub fn path(&self, format: &str) -> PathBuf {
        self.folder.path().join(format)
    }

    /// The report in a format.
    pub fn text(&self, format: &str) -> String {
        fs::read_to_string(self.path(format)).unwrap_or_else(|error| panic!("{}: no text in {format}: {error}", self.name))
    }

    /// The JSON report. The other formats are compared with it.
    pub fn cases(&self) -> Value {
        serde_json::from_str(&self.text("json")).expect("JSON")
    }
}

/// The command, without the environment of any CI.
pub fn sockspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

/// How every format must count a case of the JSON report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Passed,
    Noted,
    Known,
    Unjudged,
    Excused,
    Failed,
}

/// The name of each case in the JSON report, and how every format must count it.
pub fn fates(played: &Played) -> Vec<(String, Fate)> {
    let report = played.cases();
    let is_known = |rule: &str| {
        let known = report["runs"].as_array().into_iter().flatten().flat_map(|run| run["known_failures"].as_array().into_iter().flatten());
        known.into_iter().any(|known| known["of"] == rule)
    };
    let fate = |case: &Value| match (case["verdict"].as_str(), case["level"].as_str()) {
        (Some("pass"), _) => Fate::Passed,
        (Some("fail"), _) if case["known_failure"].is_string() => Fate::Known,
        (Some("fail"), Some("MUST")) => Fate::Failed,
        (Some("fail"), Some("SHOULD")) if report["summary"]["strict"] == true => Fate::Failed,
        (Some("fail"), _) => Fate::Noted,
        _ => match case["message"].as_str().and_then(|why| why.strip_prefix("not judged: ")?.strip_suffix(" failed")) {
            Some(root) if is_known(root) => Fate::Excused,
            _ => Fate::Unjudged,
        },
    };
    report["cases"].as_array().expect("cases").iter().map(|case| (case["id"].as_str().expect("an id").to_owned(), fate(case))).collect()
}
