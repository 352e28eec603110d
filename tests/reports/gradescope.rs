//! The report for Gradescope, `results.json`.

use crate::programs;
use crate::runs::{self, Fate, Played, REASON, sockspec};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

/// The fields that Gradescope reads. Any other field is a mistake.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    score: f64,
    execution_time: f64,
    output: String,
    output_format: String,
    visibility: String,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    name: String,
    score: f64,
    max_score: f64,
    status: String,
    output: String,
    output_format: String,
    tags: Vec<String>,
    visibility: String,
}

fn read(played: &Played) -> Report {
    serde_json::from_str(&played.text("gradescope")).unwrap_or_else(|error| panic!("{}: {error}", played.name))
}

fn test<'a>(report: &'a Report, rule: &str) -> &'a Test {
    report.tests.iter().find(|test| test.name.starts_with(&format!("{rule} ("))).unwrap_or_else(|| panic!("no test is {rule}"))
}

pub fn every_rule_is_a_test_with_its_points() {
    for played in runs::all().iter().filter(|played| !["many", "named"].contains(&played.name)) {
        let report = read(played);
        let mut rules: BTreeMap<String, Vec<Fate>> = BTreeMap::new();
        for (id, fate) in runs::fates(played) {
            rules.entry(id.rsplit_once('/').expect("a rule").0.to_owned()).or_default().push(fate);
        }
        for (rule, fates) in rules {
            let test = test(&report, &rule);
            let level = test.tags.last().expect("a level").as_str();
            let binds = level == "MUST" || level == "SHOULD" && played.name == "strict";
            let costs = fates.iter().any(|fate| matches!(fate, Fate::Failed | Fate::Unjudged));
            let all = if binds { 1.0 } else { 0.0 };
            // A rule that nothing has judged, or whose failures another rule tells, has no points to lose.
            assert!(test.max_score == all || costs && test.max_score == 0.0, "{}: {rule}", played.name);
            assert!(test.score == all || costs, "{}: {rule}", played.name);
            assert!((0.0..=test.max_score).contains(&test.score), "{}: {rule}", played.name);
            let falls_short = costs || level == "SHOULD" && fates.contains(&Fate::Noted);
            assert_eq!(test.status, if falls_short { "failed" } else { "passed" }, "{}: {rule}", played.name);
            assert_eq!(
                test.output.contains("again  "),
                fates.iter().any(|fate| matches!(fate, Fate::Failed | Fate::Known | Fate::Noted)),
                "{}",
                test.output
            );
        }
        assert!(report.tests.iter().all(|test| test.visibility == "visible" && test.output_format == "text"));
        assert!(report.visibility == "visible" && report.output_format == "text" && report.execution_time.is_sign_positive());
    }
    let listen = read(runs::of("deaf"));
    assert_eq!((test(&listen, "server/listen").score, test(&listen, "server/listen").max_score), (0.0, 1.0));
}

pub fn the_score_is_the_sum_of_the_points() {
    for played in runs::all() {
        let report = read(played);
        let sum = |points: fn(&Test) -> f64| report.tests.iter().map(points).sum::<f64>();
        // Each score is rounded. The sum is scaled where a rule is left out of it.
        let is_near = |a: f64, b: f64| (a - b).abs() < 0.01 * (report.tests.len() as f64).max(1.0);
        assert!(report.score >= sum(|test| test.score) || is_near(report.score, sum(|test| test.score)), "{}", played.name);
        // A program has all points if and only if all cases were judged and no failure counts.
        let has_all = report.tests.iter().all(|test| test.score == test.max_score) && is_near(report.score, sum(|test| test.max_score));
        let is_right = runs::fates(played).iter().all(|(_, fate)| !matches!(fate, Fate::Failed | Fate::Unjudged));
        if !["many", "unjudged"].contains(&played.name) {
            assert_eq!(has_all, is_right, "{}", played.name);
        }
        assert!(
            report.output.contains("conform") || ["empty", "stale", "deaf"].contains(&played.name),
            "{}: {}",
            played.name,
            report.output
        );
    }
    assert!(read(runs::of("wrong")).output.contains("Your server compares only the first 4 bytes"));
}

pub fn tests_without_points_say_so() {
    let known = read(runs::of("known"));
    assert!(test(&known, "server/exit-exact").output.contains(&format!("This is known, and does not count: {REASON}")));
    let warned = read(runs::of("warned"));
    assert_eq!((test(&warned, "server/restart").max_score, test(&warned, "server/restart").status.as_str()), (0.0, "failed"));
    assert_eq!(test(&read(runs::of("strict")), "server/restart").max_score, 1.0);
}

pub fn exit_zero_hides_verdicts_but_no_errors() {
    let status = |arguments: &[&str]| sockspec(arguments).arg("--exit-zero").output().expect("it runs").status.code();
    for name in ["wrong", "strict", "deaf", "right"] {
        assert_eq!(status(&["merge", &runs::of(name).path("json").display().to_string()]), Some(0), "{name}");
    }
    let wrong = programs::command("wrong/server/prefix-token.c");
    assert_eq!(status(&["check", "--server", &wrong, "server/exit-exact"]), Some(0));
    // "Could not be judged" is a verdict, too, and the report shows it.
    let client = programs::command("wrong/client/lines.py");
    let server = env!("CARGO_BIN_EXE_sockspec-server");
    assert_eq!(status(&["check", "--server", server, "--client", &client, "pair/conversation"]), Some(0));
    assert_eq!(status(&["check", "--server", "no-such-command"]), Some(2));
    assert_eq!(status(&["check", "--server", &wrong, "--report", "jsno"]), Some(2));
    assert_eq!(status(&["merge", &runs::of("stale").path("json").display().to_string()]), Some(2));
}

pub fn a_missing_program_gets_no_points_and_a_reason() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("results.json");
    let report = format!("gradescope={}", path.display());
    let check = sockspec(&["check", "--server", "./a.out", "--report", &report]).current_dir(folder.path()).output().expect("it runs");
    assert_eq!(check.status.code(), Some(2));
    let results: Value = serde_json::from_str(&fs::read_to_string(path).expect("results")).expect("JSON");
    assert_eq!((&results["score"], &results["tests"]), (&0.into(), &Value::Array(Vec::new())));
    let told = results["output"].as_str().expect("a text");
    assert!(told.contains("./a.out") && told.contains("Did it compile?"), "{told}");
}

pub fn one_unwritable_report_does_not_stop_the_others() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("results.json");
    let (full, report) = ("json=/dev/full", format!("gradescope={}", path.display()));
    let server = env!("CARGO_BIN_EXE_sockspec-server");
    let check = sockspec(&["check", "--server", server, "server/eof", "--report", full, "--report", &report]).output().expect("it runs");
    assert_eq!(check.status.code(), Some(3), "{}", String::from_utf8_lossy(&check.stderr));
    let results: Value = serde_json::from_str(&fs::read_to_string(path).expect("results")).expect("JSON");
    assert_eq!(results["score"], 1);
}
