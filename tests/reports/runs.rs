//! The runs that all reports are about.

use crate::programs;
use serde_json::{Value, json};
use sockspec::report::Format;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use tempfile::TempDir;

/// A run that was written in every format.
pub struct Played {
    /// What is special about it.
    pub name: &'static str,
    /// How the command that wrote the reports ended.
    pub status: i32,
    folder: TempDir,
}

/// What a program of these tests is started with that is hostile to every format.
pub const HOSTILE_NAME: &str = "a]]>&<b>|`\n::error::pwned\u{1b}[31m";
/// The reason of a failure that is known.
pub const REASON: &str = "issue #7: <wontfix> | *later* ::error::pwned";

/// Runs of different programs, which stand side by side in one more, `many`.
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
        // It breaks a rule that SHOULD be met, and no other.
        ("warned", &["check", "--server", &late]),
        ("strict", &["check", "--server", &late, "--strict"]),
        ("differs", &["check", "--server", &differing, "server/nul"]),
        // It breaks a rule that another presupposes.
        ("unjudged", &["check", "--server", &buffered, "server/greeting-prompt", "server/prompt"]),
        // It breaks a rule that was not asked for, and so there is nothing to say of the one that was.
        ("deaf", &["check", "--server", &deaf, "server/eof"]),
        ("explored", &["explore", "--server", server, "aexit"]),
        ("empty", &["check", "--server", server, "--partition", "300/300"]),
    ];
    // Side by side: most of the time each waits for its program.
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

/// Removes what was written, where anything was: what is kept for all tests is dropped by none.
pub fn forget() {
    for played in PLAYED.get().into_iter().flatten() {
        // Who looks into a folder for temporary files will find a little more.
        let _ = fs::remove_dir_all(played.folder.path());
    }
}

/// The run of which this is special.
pub fn of(name: &str) -> &'static Played {
    find(all(), name)
}

fn find<'a>(all: &'a [Played], name: &str) -> &'a Played {
    all.iter().find(|played| played.name == name).unwrap_or_else(|| panic!("no run is {name}"))
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

/// A run whose JSON report was changed before the others were made of it.
fn altered(name: &'static str, from: &Played, change: impl FnOnce(&mut Value)) -> Played {
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
        // Not here, where there is a folder with fixtures in it.
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

    /// Where the report of a format is.
    pub fn path(&self, format: &str) -> PathBuf {
        self.folder.path().join(format)
    }

    /// A report.
    pub fn text(&self, format: &str) -> String {
        fs::read_to_string(self.path(format)).unwrap_or_else(|error| panic!("{}: no text in {format}: {error}", self.name))
    }

    /// The JSON report, which the others are compared with.
    pub fn cases(&self) -> Value {
        serde_json::from_str(&self.text("json")).expect("JSON")
    }
}

/// The command, as it runs outside of any CI.
pub fn sockspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

/// What is to become of a case of a JSON report, as the README has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Passed,
    Noted,
    Known,
    Unjudged,
    Excused,
    Failed,
}

/// The fate of each case, by what the JSON report says of it, and its name there.
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
