//! The TAP report. Perl's parser, which `prove` also uses, reads it. Many versions of the parser know only TAP 13, and refuse every other
//! version number. So the tests change the version to 13 first.

use crate::runs::{self, Fate, Played, REASON};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::process::Command;

/// A Perl script that reads TAP with the parser of `prove`, and writes the parsed report as JSON.
const READER: &str = r#"
use strict;
use warnings;
use JSON::PP;
use TAP::Parser;
my $parser = TAP::Parser->new({ source => $ARGV[0] });
my (@points, @other);
while (my $line = $parser->next) {
    if ($line->is_test) {
        my $skip = $line->has_skip ? JSON::PP::true : JSON::PP::false;
        my $todo = $line->has_todo ? JSON::PP::true : JSON::PP::false;
        push @points, {
            name => $line->description, number => $line->number + 0, ok => $line->is_actual_ok ? JSON::PP::true : JSON::PP::false,
            skip => $skip, todo => $todo, why => $line->explanation, yaml => undef,
        };
    } elsif ($line->is_yaml) {
        $points[-1]{yaml} = $line->data;
    } elsif (!$line->is_plan && !$line->is_version) {
        push @other, $line->as_string;
    }
}
binmode STDOUT, ':utf8';
print JSON::PP->new->encode({
    version => $parser->version + 0, planned => $parser->tests_planned + 0, points => \@points, other => \@other,
    failed => [$parser->failed], errors => [$parser->parse_errors],
});
"#;

#[derive(Deserialize)]
struct Read {
    version: u32,
    planned: usize,
    points: Vec<Point>,
    other: Vec<String>,
    /// The numbers of the test points that make a harness fail.
    failed: Vec<usize>,
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct Point {
    name: String,
    number: usize,
    ok: bool,
    skip: bool,
    todo: bool,
    why: String,
    yaml: Option<Map<String, Value>>,
}

fn read(played: &Played) -> Read {
    // The parser reads a file that ends in `.tap` as text. It would run any other file.
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("report.tap");
    let text = played.text("tap");
    let rest = text.strip_prefix("TAP version 14\n").expect("the version comes first");
    std::fs::write(&file, format!("TAP version 13\n{rest}")).expect("a copy");
    let output = Command::new("perl").args(["-e", READER]).arg(file).output().expect("perl");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", played.name);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{}: {error}", played.name))
}

pub fn the_version_and_the_plan_come_first() {
    for played in runs::all() {
        let text = played.text("tap");
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("TAP version 14"));
        assert!(lines.next().is_some_and(|plan| plan.starts_with("1..")), "{}", played.name);
    }
    assert_eq!(runs::of("empty").text("tap"), "TAP version 14\n1..0 # SKIP this part has no scenarios\n");
}

pub fn every_case_is_one_test_point_with_its_result() {
    for played in runs::all() {
        let read = read(played);
        assert_eq!((read.errors, read.other), (Vec::<String>::new(), Vec::<String>::new()), "{}", played.name);
        assert_eq!(read.version, 13);
        assert_eq!(read.planned, read.points.len(), "{}", played.name);
        assert!(read.points.iter().zip(1..).all(|(point, number)| point.number == number), "{}", played.name);
        if played.name == "many" {
            continue;
        }
        for (id, fate) in runs::fates(played) {
            let is_it = |point: &&Point| point.name == format!("- {id}") || point.name.ends_with(&format!(": {id}"));
            let point = read.points.iter().find(is_it).unwrap_or_else(|| panic!("{}: {id} is missing", played.name));
            let text = |key: &str| point.yaml.as_ref().and_then(|yaml| yaml.get(key)?.as_str());
            let (ok, skip, todo, severity) = match fate {
                Fate::Passed => (true, false, false, None),
                Fate::Noted => (true, false, false, Some(if text("level") == Some("MAY") { "comment" } else { "warning" })),
                Fate::Known => (false, false, true, Some("todo")),
                Fate::Excused => (true, true, false, Some("skip")),
                Fate::Unjudged => (false, false, false, Some("inconclusive")),
                Fate::Failed => (false, false, false, Some("fail")),
            };
            assert_eq!((point.ok, point.skip, point.todo), (ok, skip, todo), "{}: {id} {fate:?}", played.name);
            if fate == Fate::Passed {
                continue;
            }
            assert_eq!(text("severity"), severity, "{}: {id}", played.name);
            assert!(text("message").is_some_and(|message| !message.is_empty()), "{}: {id}", played.name);
            assert!(text("again").is_some_and(|again| again.ends_with(&id)), "{}: {id}", played.name);
            // The story contains an empty line, and lines with deeper indentation.
            let is_told = text("story").is_some_and(|story| story.contains("\n    > ") && story.contains("\n\n"));
            assert_eq!(is_told, fate != Fate::Unjudged && fate != Fate::Excused, "{}: {id}", played.name);
        }
    }
}

pub fn every_nonzero_exit_status_has_a_not_ok() {
    for played in runs::all() {
        assert_eq!(read(played).failed.is_empty(), played.status == 0, "{} ends with {}", played.name, played.status);
    }
}

pub fn hostile_names_are_escaped() {
    let known = read(runs::of("known"));
    assert!(known.points.iter().filter(|point| point.todo).all(|point| point.why == REASON.replace('#', "\\#")));
    let named = read(runs::of("named"));
    let label = "a]]>&<b>|`\\\\n::error::pwned\\\\u{1b}[31m";
    assert!(named.points.iter().all(|point| point.name.starts_with(&format!("- {label}: server/")) && !point.todo && !point.skip));
}
