//! The JUnit report.

use crate::runs::{self, Fate, Played, REASON};
use roxmltree::{Document, Node};
use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

fn read<T>(played: &Played, look: impl FnOnce(&Document<'_>) -> T) -> T {
    let text = played.text("junit");
    look(&Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", played.name)))
}

fn tests<'a, 'input>(document: &'a Document<'input>) -> Vec<Node<'a, 'input>> {
    document.descendants().filter(|node| node.has_tag_name("testcase")).collect()
}

fn outcome<'a, 'input>(test: Node<'a, 'input>) -> Option<Node<'a, 'input>> {
    test.children().find(|child| ["failure", "error", "skipped"].iter().any(|name| child.has_tag_name(*name)))
}

/// The errors that `xmllint` finds in a report.
fn refused(text: &[u8]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text).expect("a file that is written");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/junit.xsd");
    let output = Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).arg(file.path()).output().expect("xmllint");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

pub fn every_report_is_valid_under_the_schema() {
    for played in runs::all() {
        let text = fs::read(played.path("junit")).expect("a report");
        assert_eq!(refused(&text), None, "{}", played.name);
    }
}

pub fn the_schema_refuses_what_jenkins_refuses() {
    let right = runs::of("right").text("junit");
    let both = "<failure message=\"x\"/><error message=\"x\"/></testcase>";
    let (head, tail) = right.split_once("/>\n<testcase").expect("a test that has passed");
    let (earlier, opened) = head.rsplit_once("<testcase").expect("its beginning");
    assert!(refused(format!("{earlier}<testcase{opened}/>\n<testcase{tail}").as_bytes()).is_none());
    assert!(refused(format!("{earlier}<testcase{opened}>{both}\n<testcase{tail}").as_bytes()).expect("both").contains("error"));
    let twice = format!("{earlier}<testcase{opened}/><testcase{opened}/>\n<testcase{tail}");
    assert!(refused(twice.as_bytes()).expect("a name twice").contains("one-name-one-test"));
}

pub fn every_case_is_one_test_with_its_result() {
    for played in runs::all().iter().filter(|played| played.name != "many") {
        let fates = runs::fates(played);
        read(played, |document| {
            for (id, fate) in &fates {
                let is_it =
                    |test: &&Node<'_, '_>| test.attribute("name").is_some_and(|name| name == id || name.ends_with(&format!(": {id}")));
                let all = tests(document);
                let found: Vec<_> = all.iter().filter(is_it).collect();
                let [test] = found[..] else { panic!("{}: {id} is there {} times", played.name, found.len()) };
                let class = id.rsplit_once('/').expect("a rule").0.replace('/', ".");
                if fate != &Fate::Passed && id.starts_with("server/") {
                    assert!(test.attribute("classname").is_some_and(|name| name.ends_with(&class)), "{test:?}");
                }
                let element = outcome(*test).map(|node| node.tag_name().name());
                let told = test.children().find(|child| child.has_tag_name("system-out")).and_then(|node| node.text());
                let due = match fate {
                    Fate::Passed | Fate::Noted => None,
                    Fate::Known | Fate::Excused => Some("skipped"),
                    Fate::Unjudged => Some("error"),
                    Fate::Failed => Some("failure"),
                };
                assert_eq!(element, due, "{}: {id} {fate:?}", played.name);
                let content = outcome(*test).and_then(|node| node.text()).unwrap_or_default();
                match fate {
                    // GitLab shows the content of the element, so it must hold the whole story.
                    Fate::Failed => assert!(content.contains("expected") && content.contains("again  "), "{content}"),
                    Fate::Unjudged | Fate::Excused => assert!(!content.is_empty()),
                    Fate::Known => assert_eq!(outcome(*test).and_then(|node| node.attribute("message")), Some(REASON)),
                    Fate::Noted => assert!(told.is_some_and(|text| text.contains("expected")), "{}: {id}: {told:?}", played.name),
                    Fate::Passed => {}
                }
            }
        });
    }
    for (name, fate) in [
        ("wrong", Fate::Failed),
        ("strict", Fate::Failed),
        ("warned", Fate::Noted),
        ("unjudged", Fate::Unjudged),
        ("differs", Fate::Noted),
        ("known", Fate::Known),
        ("excused", Fate::Excused),
        ("hostile", Fate::Failed),
    ] {
        assert!(runs::fates(runs::of(name)).iter().any(|(_, other)| *other == fate), "{name}: no case is {fate:?}");
    }
}

pub fn test_names_are_unique() {
    read(runs::of("many"), |document| {
        let tests = tests(document);
        let names: HashSet<&str> = tests.iter().filter_map(|test| test.attribute("name")).collect();
        assert_eq!(names.len(), tests.len());
        assert!(tests.len() > 500, "{}", tests.len());
    });
}

pub fn the_counts_match_the_elements() {
    for played in runs::all() {
        read(played, |document| {
            for counted in document.descendants().filter(|node| node.has_tag_name("testsuites") || node.has_tag_name("testsuite")) {
                for (count, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
                    let there = counted.descendants().filter(|node| node.has_tag_name(element)).count();
                    assert_eq!(counted.attribute(count), Some(there.to_string().as_str()), "{}: {count}", played.name);
                }
            }
        });
    }
}

pub fn every_nonzero_exit_status_has_an_element() {
    for played in runs::all() {
        let is_bad =
            |document: &Document<'_>| document.descendants().any(|node| node.has_tag_name("failure") || node.has_tag_name("error"));
        assert_eq!(read(played, is_bad), played.status != 0, "{} ends with {}", played.name, played.status);
    }
    for (name, class, message) in [
        ("deaf", "server.listen", "it listens on 127.0.0.1:22303, expected 127.0.0.1:8023"),
        ("stale", "sockspec", "sockspec.toml:1: the known failure server/eof has passed: remove it"),
    ] {
        read(runs::of(name), |document| {
            let found = tests(document).into_iter().find(|test| test.attribute("classname") == Some(class)).and_then(outcome);
            let told = found.and_then(|node| node.attribute("message")).unwrap_or_default();
            assert!(told.contains(message), "{name}: {told}");
        });
    }
}

pub fn hostile_output_is_escaped() {
    for name in ["hostile", "named"] {
        read(runs::of(name), |document| {
            assert!(document.descendants().all(|node| !node.has_tag_name("script") && !node.has_tag_name("b")));
            let texts = || document.descendants().filter_map(|node| node.text());
            assert!(texts().any(|text| text.contains("<script>alert(1)</script> ]]> --> &amp;")));
            assert!(texts().all(|text| !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\u{fffe}')));
        });
    }
    read(runs::of("named"), |document| {
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).and_then(|node| node.attribute("name"));
        assert_eq!(suite, Some("a]]>&<b>|`\\n::error::pwned\\u{1b}[31m"));
    });
}
