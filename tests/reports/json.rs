//! The JSON report: the schema that `sockspec schema report` prints.

use crate::{programs, runs, schemas};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sockspec::run::results::Rerun;
use sockspec::spec::dialect::{ClientEnd, Framing, Hole, Input, ReplyTo, ServerEnd, Serves, TokenIs, TokenMatch};
use sockspec::spec::language::Language;
use sockspec::spec::role::Role;
use sockspec::spec::rule::{Facet, Level};
use sockspec::verdict::clue::Clue;
use sockspec::verdict::finding::Verdict;
use std::collections::BTreeSet;

/// For whoever adds a key to a report.
const SCHEMA: &str = "src/cli/schema/report.json has what src/report/json/entry.rs writes: change it there, too";

/// The reports of all runs, of a failed search, of a program in another dialect, and one that has what runs rarely have.
fn reports() -> Vec<(String, Value)> {
    let wrong = programs::command("wrong/server/prefix-token.c");
    let echo = programs::command("dialects/echo/server.py");
    let folder = tempfile::TempDir::new().expect("a folder");
    let played = |name: &str, arguments: &[&str]| {
        let path = folder.path().join(name);
        let mut command = runs::sockspec(arguments);
        command.arg("--report").arg(format!("json={}", path.display())).args(programs::isolation_arguments());
        let output = command.current_dir(folder.path()).output().expect("it runs");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (name.to_owned(), serde_json::from_str(&text).expect("JSON"))
    };
    let mut all: Vec<(String, Value)> = runs::all().iter().map(|played| (played.name.to_owned(), played.cases())).collect();
    all.push(played("searched", &["fuzz", "--server", &wrong, "--seed", "1", "--save", "found"]));
    all.push(played("dialect", &["check", "--dialect", "echo", "--server", &echo, "server/reply"]));
    let rare = runs::altered("rare", runs::of("right"), |report| {
        report["cases"][0]["trouble"] = json!("the stage has ended");
        report["part"]["again"] = json!({ "class": " submissions" });
        report["part"]["weights"] = json!({ "server/eof": 2.5 });
        report["runs"][0]["obstacle"] = json!({ "what": "there is no client", "detail": "the command `./client` does not exist" });
        let run = &mut report["runs"][0];
        run["dialect"]["serves"] = json!({ "some": 3 });
        run["denied"] = json!([{ "isolation": "namespace", "why": "unshare: EPERM" }]);
        run["known_failures"] = json!([{ "of": "server/eof", "subject": "ann", "reason": "issue #7", "line": 1 }]);
        run["programs"][0]["learned"]["unreadable"] = json!("server/message-split");
    });
    all.push(("rare".to_owned(), rare.cases()));
    all
}

pub fn every_report_is_valid_under_the_schema() {
    let schema = schemas::schema("report");
    let validator = schemas::validator(&schema);
    let reports = reports();
    for (name, report) in &reports {
        assert_eq!(schemas::mistakes(&validator, report), "", "{name}: {SCHEMA}");
    }
    // Each key of the schema is in one of these reports: without the key, the schema refuses that report. The clues have a test of their own.
    for path in keys(&schema, "").into_iter().filter(|path| !path.starts_with("/$defs/clue/")) {
        let mut without = schema.clone();
        let (object, key) = path.rsplit_once('/').expect("a path");
        without.pointer_mut(object).and_then(Value::as_object_mut).expect("properties").remove(key);
        let validator = schemas::validator(&without);
        assert!(reports.iter().any(|(_, report)| !validator.is_valid(report)), "{path} is in no report: {SCHEMA}");
    }
}

/// The path of each key that an object may have.
fn keys(schema: &Value, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    let inner: Vec<(String, &Value)> = match schema {
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(values) => values.iter().enumerate().map(|(number, value)| (number.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in inner {
        let path = format!("{path}/{key}");
        if path.rsplit('/').nth(1) == Some("properties") {
            all.push(path.clone());
        }
        all.extend(keys(value, &path));
    }
    all
}

/// The words of an enumeration, from serde's message about another one.
fn words<T: DeserializeOwned>() -> BTreeSet<String> {
    let message = serde_json::from_str::<T>("\"zzz\"").err().expect("no such word").to_string();
    let words = message.split_once("expected ").expect("a list").1;
    words.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

pub fn the_schema_has_every_word_of_every_enumeration() {
    let schema = schemas::schema("report");
    let enumerations = [
        ("/$defs/verdict", words::<Verdict>()),
        ("/$defs/level", words::<Level>()),
        ("/$defs/facet", words::<Facet>()),
        ("/$defs/program/properties/role", words::<Role>()),
        ("/$defs/program/properties/language", words::<Language>()),
        ("/$defs/form/properties/hole", words::<Hole>()),
        ("/$defs/dialect/properties/framing", words::<Framing>()),
        ("/$defs/dialect/properties/token_match", words::<TokenMatch>()),
        ("/$defs/dialect/properties/token_is", words::<TokenIs>()),
        ("/$defs/dialect/properties/reply_to", words::<ReplyTo>()),
        ("/$defs/dialect/properties/server_ends", words::<ServerEnd>()),
        ("/$defs/dialect/properties/input", words::<Input>()),
        ("/$defs/dialect/properties/client_ends", words::<ClientEnd>()),
    ];
    for (path, words) in &enumerations {
        assert_eq!(schemas::choices(schema.pointer(path).expect(SCHEMA)), *words, "{path}: {SCHEMA}");
    }
    // No enumeration is forgotten here. One that has other forms, too, is among the next.
    let is_one = |path: &String| schema.pointer(path).is_some_and(|about| about["enum"].is_array());
    let defined = schema["$defs"].as_object().expect("definitions").keys().map(|name| format!("/$defs/{name}"));
    for path in defined.chain(keys(&schema, "")).filter(is_one) {
        assert!(enumerations.iter().any(|(known, _)| *known == path), "{path} is no enumeration of this test");
    }
    holds_each_form::<Clue>(&schema, "/$defs/clue");
    holds_each_form::<Serves>(&schema, "/$defs/dialect/properties/serves");
    holds_each_form::<Rerun>(&schema, "/$defs/part/properties/again");
}

/// A choice may be a word, or a word with a value. The schema accepts the values that the program reads, and no others.
fn holds_each_form<T: DeserializeOwned>(schema: &Value, path: &str) {
    let mut part = schema.pointer(path).unwrap_or_else(|| panic!("{path}: {SCHEMA}")).clone();
    part["$defs"] = schema["$defs"].clone();
    let validator = schemas::validator(&part);
    let values = [json!("text"), json!(5), json!([5, "text"]), json!("127.0.0.1:80"), json!({"folder": null, "options": ""})];
    for word in words::<T>() {
        let with_values = values.iter().map(|value| json!({ &word: value }));
        for one in with_values.chain([json!(word)]) {
            let is_read = serde_json::from_value::<T>(one.clone()).is_ok();
            assert_eq!(validator.is_valid(&one), is_read, "{path}: {one}: {SCHEMA}");
        }
    }
    assert!(!validator.is_valid(&json!("zzz")) && !validator.is_valid(&json!({ "zzz": 5 })));
}
