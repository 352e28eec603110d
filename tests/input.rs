//! Damaged fixtures and reports. No input makes the harness panic, hang, or use unlimited memory, and every error names its place.

mod programs;

use assert_cmd::Command;
use predicates::prelude::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use sockspec::report::merge::{JsonReport, merge};
use sockspec::report::{Format, json};
use sockspec::spec::bytes::Bytes;
use sockspec::spec::fixture;
use sockspec::spec::transcript::Scenario;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

/// A way to damage a text. Positions are in thousandths of its length.
#[derive(Clone, Debug)]
enum Damage {
    /// Cuts the text off at a position.
    Cut(usize),
    /// Removes characters: position and number.
    Lost(usize, usize),
    /// Inserts a strange text at a position.
    Put(usize, String),
    /// Moves a line.
    Moved(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0..1000usize;
    let strange = prop_oneof![
        "\\PC{1,3}",
        prop::sample::select(
            &[
                "\"",
                "\\",
                "\\x",
                " + ",
                " * 99999999999",
                " * 2",
                "\n",
                "\n\n",
                "\r",
                "\0",
                "\u{feff}",
                "…",
                ": ",
                "> ",
                "-1",
                "1e999",
                "null",
                "{}",
                "[["
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    prop_oneof![
        place.clone().prop_map(Damage::Cut),
        (place.clone(), 1..20usize).prop_map(|(at, len)| Damage::Lost(at, len)),
        (place.clone(), strange).prop_map(|(at, what)| Damage::Put(at, what)),
        (place.clone(), place).prop_map(|(from, to)| Damage::Moved(from, to)),
    ]
}

fn damaged(text: &str, damages: &[Damage]) -> String {
    let mut text = text.to_owned();
    for damage in damages {
        let place = |thousandths: usize, text: &str| {
            let at = text.len() * thousandths / 1000;
            (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
        };
        match damage {
            Damage::Cut(at) => text.truncate(place(*at, &text)),
            Damage::Lost(at, len) => {
                let at = place(*at, &text);
                text = text.chars().enumerate().filter(|(i, _)| !(at..at + len).contains(i)).map(|(_, c)| c).collect();
            }
            Damage::Put(at, what) => text.insert_str(place(*at, &text), what),
            Damage::Moved(from, to) => {
                let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
                if !lines.is_empty() {
                    let line = lines.remove(lines.len() * from / 1001);
                    lines.insert(lines.len() * to / 1000, line);
                }
                text = lines.concat();
            }
        }
    }
    text
}

static FIXTURES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    all.iter().map(|fixture| fixture.scenario.to_string()).filter(|text| text.len() < 2000).collect()
});

/// A small JSON report with all fields: the server never listens, and the client conforms.
static REPORT: LazyLock<String> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("report.json");
    let report = format!("json={}", path.display());
    let arguments =
        ["check", "--server", "true", "--client", env!("CARGO_BIN_EXE_sockspec-client"), "server/listen", "client/eof", "pair/eof"];
    Command::new(env!("CARGO_BIN_EXE_sockspec")).args(arguments).args(["--report", &report]).assert().code(1);
    fs::read_to_string(path).expect("a report")
});

/// Reads a report like `sockspec merge`, and writes it in every format.
fn read_and_write(text: &str) -> Result<(), String> {
    let (results, version) = json::read(text)?;
    let parcel = JsonReport { name: "a.json".into(), version, results };
    let results = merge(vec![parcel]).map_err(|error| error.to_string())?;
    for format in Format::all() {
        format.write(&results, 80, &mut Vec::new()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Replaces one value of a report.
fn with_value(report: &Value, place: usize, value: Value) -> Value {
    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(all) => all.iter().map(count).sum(),
            Value::Object(all) => all.values().map(count).sum(),
            _ => 0,
        }
    }
    fn walk(value: &mut Value, place: &mut usize, new: &mut Option<Value>) {
        if *place == 0 {
            if let Some(new) = new.take() {
                *value = new;
            }
            return;
        }
        *place -= 1;
        let parts: Vec<&mut Value> = match value {
            Value::Array(all) => all.iter_mut().collect(),
            Value::Object(all) => all.values_mut().collect(),
            _ => Vec::new(),
        };
        for part in parts {
            walk(part, place, new);
            if new.is_none() {
                return;
            }
        }
    }
    let mut report = report.clone();
    let mut place = place % count(&report);
    walk(&mut report, &mut place, &mut Some(value));
    report
}

proptest! {
    // Each case reads and writes megabytes, so there are fewer outside of CI.
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("CI").is_some() { 256 } else { 64 }))]

    #[test]
    fn a_damaged_fixture_is_read_or_refused_with_its_place(which in any::<prop::sample::Index>(), damages in prop::collection::vec(damage(), 1..4)) {
        let fixture: &String = which.get(&FIXTURES[..]);
        let text = damaged(fixture, &damages);
        match Scenario::parse("x.transcript", &text) {
            Ok(scenario) => prop_assert_eq!(scenario.to_string(), text),
            Err(error) => {
                prop_assert!(error.line >= 1 && error.line <= text.lines().count() + 1, "{}", error);
                let place = format!("x.transcript:{}:", error.line);
                prop_assert!(error.to_string().starts_with(&place));
                prop_assert!(error.to_string().len() < 2000);
            }
        }
    }

    #[test]
    fn a_damaged_report_is_read_or_refused(damages in prop::collection::vec(damage(), 1..3)) {
        if let Err(error) = read_and_write(&damaged(&REPORT, &damages)) {
            prop_assert!(!error.is_empty());
        }
    }

    #[test]
    fn a_report_with_another_value_somewhere_is_read_or_refused(
        place in any::<usize>(),
        value in prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,9}".prop_map(Value::from),
            prop::sample::select(&["server", "client", "fail", "pass", "server/eof", "client< \"x\"\n", "server runs\n", "\"\"", "ffffffffffffffff"][..]).prop_map(Value::from),
            Just(json!([])),
            Just(json!({})),
        ],
    ) {
        let report: Value = serde_json::from_str(&REPORT).expect("JSON");
        if let Err(error) = read_and_write(&with_value(&report, place, value).to_string()) {
            prop_assert!(!error.is_empty());
        }
    }
}

#[test]
fn a_byte_string_is_read_or_refused() {
    for (text, why) in [("", "1:1"), ("\"", "1:2"), ("x", "1:1"), ("\"x\"\n\"y\"", "expected the end of the line"), ("\"x\" + ", "1:7")] {
        let error = Bytes::parse(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text:?}: {error}");
    }
    assert_eq!(Bytes::parse("\"x\" * 3 + \"\\xff\"").map(|bytes| bytes.to_vec()), Ok(b"xxx\xff".to_vec()));
}

#[test]
fn a_fixture_cut_at_any_character_is_read_or_refused() {
    for text in FIXTURES.iter().step_by(7) {
        for (at, _) in text.char_indices() {
            match Scenario::parse("x.transcript", &text[..at]) {
                Ok(scenario) => assert_eq!(scenario.to_string(), text[..at]),
                Err(error) => assert!(error.line <= text.lines().count() + 1, "{error}"),
            }
        }
    }
}

/// A few characters can describe 64 MiB of output, and a report can hold many such lines.
#[test]
fn merge_reads_reports_whose_output_does_not_fit_into_memory() {
    let folder = TempDir::new().expect("a folder");
    let huge = format!("{}server runs\n", "server! \"x\" * 67108864…\nserver> \"x\" * 67108864\n".repeat(100));
    let mut report: Value = serde_json::from_str(&REPORT).expect("JSON");
    // Even two would not fit into memory.
    let count = if programs::is_whole() { usize::MAX } else { 2 };
    for case in report["cases"].as_array_mut().expect("cases").iter_mut().take(count) {
        case["seen"] = Value::from(huge.clone());
        case["judged"] =
            json!({"verdict": "fail", "message": "huge", "difference": {"facet": "stdout", "seen": {"step": 1, "byte": 67_000_000}}});
    }
    let path = folder.path().join("huge.json");
    fs::write(&path, report.to_string()).expect("a file");
    let every: String = Format::all().map(|format| format!(" --report {0}={0}.out", format.name())).collect();
    let script = format!("ulimit -v 1500000; exec '{}' merge --quiet huge.json{every}", env!("CARGO_BIN_EXE_sockspec"));
    Command::new("sh").args(["-c", &script]).current_dir(folder.path()).assert().code(1).stderr("");
}

#[test]
fn a_deeply_nested_report_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("deep.json");
    fs::write(&path, "[".repeat(1_000_000)).expect("a file");
    let refused = predicate::str::contains("deep.json: this is no JSON");
    Command::new(env!("CARGO_BIN_EXE_sockspec")).arg("merge").arg(&path).assert().code(2).stderr(refused);
}
