//! Pairs of real programs. Right programs in all languages must work with each other. For each broken pair, the expected rule fails.
//! `cargo test --test pairs right/server.c+client.py` runs one pair.

mod programs;

use assert_cmd::Command;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use sockspec::spec::fixture;
use sockspec::spec::role::Part;
use sockspec::spec::rule::RULES;
use std::collections::BTreeSet;
use std::process::ExitCode;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");
const REFERENCE: [&str; 2] = [env!("CARGO_BIN_EXE_sockspec-server"), env!("CARGO_BIN_EXE_sockspec-client")];

/// All scenarios of a pair, and those of a client whose server goes away: a client that fails these alone also fails them in a pair.
const ALL: &[&str] = &["pair/", "client/server-gone"];
/// A combination of two languages plays one of these. To start virtual machines for all scenarios would take too long. Each program also
/// plays all scenarios with a reference program.
const FEW: &[&[&str]] = &[
    &["pair/relay/token-glued"],
    &["pair/conversation/words-and-exit"],
    &["pair/eof/unterminated-word"],
    &["pair/piped/64-kib"],
    &["pair/client-killed/after-words"],
    &["pair/relay/cut-in-a-character"],
];

/// Outside of CI, one in so many combinations is played.
const SHARES: usize = 30;

/// Broken pairs: server, client, and the rule that must fail. An empty name means the reference program.
const BROKEN: &[(&str, &str, &str)] = &[
    ("", "wrong/pair/client-waits-for-answer.c", "pair/conversation"),
    ("", "wrong/pair/client-leaves-too-soon.c", "pair/piped"),
    ("", "wrong/pair/client-drops-unsent.c", "pair/piped"),
    ("", "wrong/client/spins-at-eof.cpp", "pair/eof"),
    ("", "wrong/client/eof-fails.c", "pair/eof"),
    ("", "wrong/client/unchecked-send.c", "pair/server-killed"),
    ("", "wrong/client/gone-in-silence.c", "pair/server-killed"),
    ("wrong/pair/server-ends-at-glued-token.c", "", "pair/relay"),
    ("wrong/pair/server-needs-the-token.c", "", "pair/client-killed"),
    ("wrong/pair/server-undoes-nagle.c", "", "pair/relay"),
    ("wrong/server/token-at-the-end.py", "", "pair/relay"),
    ("wrong/server/assembled-token.c", "", "pair/relay"),
    ("wrong/server/decode-each.py", "", "pair/relay"),
    ("wrong/server/prefix-token.c", "", "pair/conversation"),
    ("wrong/server/eof-tries-again.c", "", "pair/client-killed"),
    ("wrong/server/reset-fails.c", "", "pair/client-killed"),
    ("wrong/server/eof-fails.py", "", "pair/eof"),
];

/// Pairs in which a program breaks a rule about itself, but no rule about pairs.
const TALKING: &[(&str, &str)] = &[
    ("wrong/server/english-greeting.cpp", "wrong/client/english-greeting.cpp"),
    ("wrong/server/ascii-colon.c", "wrong/client/half-width-mark.c"),
    ("wrong/server/farewell.c", ""),
    ("wrong/server/greeting-unflushed.cpp", "right/client.java"),
];

fn main() -> ExitCode {
    let of_role = |role: &str| programs::programs_in("right").into_iter().filter(|name| name.contains(role)).collect::<Vec<_>>();
    let (servers, clients) = (of_role("right/server"), of_role("right/client"));
    let each = servers.iter().map(|server| (server.as_str(), "")).chain(clients.iter().map(|client| ("", client.as_str())));
    let combinations = servers.iter().enumerate().flat_map(|(i, server)| {
        clients.iter().enumerate().map(move |(j, client)| ((server.as_str(), client.as_str()), FEW[(i + j) % FEW.len()]))
    });
    let combinations = programs::todays_share(combinations, SHARES);
    let right = each.map(|pair| (pair, "right", ALL)).chain(combinations.map(|(pair, filters)| (pair, "right", filters)));
    let right = right.chain(TALKING.iter().map(|pair| (*pair, "talking", ALL))).map(|((server, client), kind, filters)| {
        let (server, client) = (server.to_owned(), client.to_owned());
        let missing = missing_tool(&[&server, &client]);
        let name = format!("{kind}/{}+{}", short(&server), short(&client));
        programs::trial(&name, missing, move || talk(&server, &client, filters))
    });
    let broken = BROKEN.iter().map(|&(server, client, rule)| {
        let missing = missing_tool(&[server, client]).or_else(|| programs::missing_relay().filter(|_| rule == "pair/relay"));
        let name = format!("broken/{}+{}", short(server), short(client));
        programs::trial(&name, missing, move || breaks(server, client, rule))
    });
    let complete = Trial::test("every_pair_rule_catches_a_broken_pair", every_pair_rule_catches_a_broken_pair);
    libtest_mimic::run(&programs::arguments(), right.chain(broken).chain([complete]).collect()).exit_code()
}

fn missing_tool(programs: &[&str]) -> Option<&'static str> {
    programs.iter().filter(|program| !program.is_empty()).find_map(|program| programs::missing_tool(program))
}

fn short(program: &str) -> &str {
    if program.is_empty() { "reference" } else { program.trim_start_matches("right/").trim_start_matches("wrong/") }
}

/// The cases that did not pass: verdict, rule, and message.
fn shortfalls(server: &str, client: &str, filters: &[&str]) -> Result<Vec<(String, String, String)>, Failed> {
    let command = |program: &str, reference: &str| if program.is_empty() { reference.to_owned() } else { programs::command(program) };
    let (server, client) = (command(server, REFERENCE[0]), command(client, REFERENCE[1]));
    let mut sockspec = Command::new(SOCKSPEC);
    let output = sockspec
        .args(["check", "--server", &server, "--client", &client, "--report", "json"])
        .args(some_of(filters))
        .args(programs::isolation_arguments())
        .output()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let cases = report["cases"].as_array().ok_or("no cases")?.iter();
    let is_relay = |case: &Value| programs::missing_relay().is_some() && text(case, "message").starts_with("a relay needs two loopbacks");
    let odd = cases.filter(|case| case["verdict"] != "pass" && !is_relay(case));
    Ok(odd.map(|case| (text(case, "verdict"), text(case, "rule"), format!("{}: {}", text(case, "id"), text(case, "message")))).collect())
}

/// The scenarios that these filters select. Outside of CI: today's share of them.
fn some_of(filters: &[&str]) -> Vec<String> {
    if programs::is_whole() || filters != ALL {
        return filters.iter().map(|&filter| filter.to_owned()).collect();
    }
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}")).into_iter().map(|fixture| fixture.id);
    let meant = all.filter(|id| filters.iter().any(|filter| id.contains(filter)));
    // The comparison in `talk` needs all scenarios in which the server goes away.
    meant.enumerate().filter(|(number, id)| id.contains("server-") || programs::is_in_share(*number, 16)).map(|(_, id)| id).collect()
}

/// The two talk to each other; and where the server is killed, the client does what it does alone.
fn talk(server: &str, client: &str, filters: &[&str]) -> Result<(), Failed> {
    let mut odd = shortfalls(server, client, filters)?;
    let falls_short = odd.iter().any(|(_, rule, _)| rule == "client/server-gone");
    odd.retain(|(_, rule, _)| rule != "client/server-gone" && !(rule == "pair/server-killed" && falls_short));
    if odd.is_empty() { Ok(()) } else { Err(format!("{odd:#?}").into()) }
}

/// What is broken is caught by the rule that names it; and what could not be judged is not called broken.
fn breaks(server: &str, client: &str, rule: &str) -> Result<(), Failed> {
    let odd = shortfalls(server, client, &[if programs::is_whole() { "pair/" } else { rule }])?;
    let failed: BTreeSet<&str> = odd.iter().filter(|(verdict, ..)| verdict == "fail").map(|(_, rule, _)| rule.as_str()).collect();
    if failed.contains(rule) { Ok(()) } else { Err(format!("{rule} was not broken: {odd:#?}").into()) }
}

fn every_pair_rule_catches_a_broken_pair() -> Result<(), Failed> {
    let caught: BTreeSet<&str> = BROKEN.iter().map(|(_, _, rule)| *rule).collect();
    let rules: BTreeSet<&str> = RULES.iter().filter(|rule| rule.subject() == Part::Pair).map(|rule| rule.id).collect();
    if caught == rules { Ok(()) } else { Err(format!("{caught:?} are not {rules:?}").into()) }
}
