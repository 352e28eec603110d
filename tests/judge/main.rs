//! Tests of the judge. Each gives it an expected and a seen conversation, and checks the verdict and the message.
//! `cargo test --test judge ends::` runs the tests of one file.
//!
//! | file | content |
//! |---|---|
//! | `clients.rs` | many clients of one server: what each got, closings, and what the server keeps |
//! | `cuts.rs` | streams that TCP may cut in any way: the judge asks the oracle |
//! | `ends.rs` | how the subject ends, and what need not be played after its end |
//! | `output.rs` | what the subject prints: greetings, messages, and when they become visible |
//! | `pairs.rs` | two subjects that talk to each other, with or without a relay |
//! | `wire.rs` | what the subject sends, and how it closes its connection |

mod clients;
mod cuts;
mod ends;
mod output;
mod pairs;
mod wire;

use sockspec::spec::dialect::Dialect;
use sockspec::spec::transcript::{Scenario, Transcript};
use sockspec::stage::Seen;
use sockspec::verdict::finding::{Finding, Place, Verdict};
use sockspec::verdict::judge::judge;

/// Judges the seen steps against the expected steps. The steps of each are separated by `;`.
#[track_caller]
fn finding(rule: &str, expected: &str, seen: &str, remarks: &[&str], dialect: &Dialect) -> Finding {
    let lines = |steps: &str| steps.split(';').map(|step| format!("{}\n", step.trim())).collect::<String>();
    let scenario =
        Scenario::parse("expected", &format!("title: x\nrule: {rule}\n\n{}", lines(expected))).unwrap_or_else(|error| panic!("{error}"));
    let transcript = Transcript::parse(&lines(seen)).unwrap_or_else(|error| panic!("{error}"));
    let seen = Seen { transcript, remarks: remarks.iter().map(ToString::to_string).collect(), ..Seen::default() };
    judge(&scenario, &seen, dialect)
}

/// The verdict and its message.
#[track_caller]
fn verdict(rule: &str, expected: &str, seen: &str, remarks: &[&str]) -> (Verdict, String) {
    let finding = finding(rule, expected, seen, remarks, &Dialect::tutorial());
    (finding.verdict, finding.message)
}

#[track_caller]
fn passes(rule: &str, expected: &str, seen: &str) {
    assert_eq!(verdict(rule, expected, seen, &[]), (Verdict::Pass, String::new()));
}

#[track_caller]
fn fails(rule: &str, expected: &str, seen: &str, message: &str) {
    assert_eq!(verdict(rule, expected, seen, &[]), (Verdict::Fail, message.to_owned()));
}

const TALK: &str =
    r#"client: connect; server> "客户端成功连接\n"; client: "a"; server> "收到客户端信息：a\n"; client: fin; server exits 0"#;

/// Where the expected and the seen conversation first differ: the number of the step, and of the byte in it.
#[track_caller]
fn difference(rule: &str, expected: &str, seen: &str) -> [Option<(usize, usize)>; 2] {
    let difference = finding(rule, expected, seen, &[], &Dialect::tutorial()).difference.expect("a difference");
    [difference.expected, difference.seen].map(|place| place.map(|Place { step, byte }| (step, byte)))
}
