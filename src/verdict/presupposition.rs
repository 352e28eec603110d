//! Some rules presuppose others. If a presupposed rule is broken, the case is not judged: its failure would only repeat the cause.

use crate::spec::dialect::BUFFER;
use crate::spec::role::{Part, Role};
use crate::spec::rule::{Facet, Rule};
use crate::spec::transcript::{Peer, Scenario, Step, Wire};
use crate::verdict::finding::{Finding, Verdict};
use crate::verdict::judge::crashes;
use crate::verdict::learn::Learned;
use crate::verdict::outcome::Outcome;
use std::collections::{HashMap, HashSet};

/// The names of the rules that are known to be broken.
pub type Broken = HashSet<&'static str>;

/// The broken rule because of which a scenario cannot be judged, as far as is known. Then the scenario need not be played.
pub fn foreseen(scenario: &Scenario, learned: &[&Learned], broken: &Broken) -> Option<&'static Rule> {
    let needed = scenario.rule.needs.iter().copied().find(|needed| broken.contains(needed));
    root(scenario, learned, broken).or(needed.and_then(Rule::find))
}

/// Marks the outcomes that cannot be judged. All outcomes must be known.
pub fn apply(outcomes: &mut [Outcome], learned: &[(Role, Learned)]) {
    leave_crashes_to_rules_about_ends(outcomes);
    let apparent = broken(outcomes.iter().filter(|outcome| shows_its_rule_broken(outcome)));
    let mut roots = HashMap::new();
    for outcome in &mut *outcomes {
        let lessons = lessons(&outcome.scenario, learned).filter(|lessons| lessons.iter().all(|lesson| lesson.refusal.is_none()));
        outcome.root = lessons.and_then(|lessons| root(&outcome.scenario, &lessons, &apparent));
        if let Some(root) = outcome.root {
            roots.insert(outcome.rule().id, root);
        }
    }
    let real = broken(outcomes.iter().filter(|outcome| outcome.has_failed() && outcome.breaks_its_rule()));
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.root.is_none()) {
        let needed = |needed: &&'static str| {
            let root = roots.get(*needed).copied().filter(|_| apparent.contains(*needed));
            if real.contains(*needed) { Rule::find(needed) } else { root }
        };
        outcome.root = outcome.rule().needs.iter().find_map(needed);
    }
}

/// If a program crashes in a case of a rule about ends, only that rule is broken, and crashes in other cases become notes. If it crashes
/// only in other cases, these cases fail.
fn leave_crashes_to_rules_about_ends(outcomes: &mut [Outcome]) {
    let whose = |outcome: &Outcome| crashes(&outcome.seen.transcript.steps).map(|(_, role, _)| role).collect::<Vec<_>>();
    let about_ends = outcomes.iter().filter(|outcome| outcome.rule().owns(Facet::End) && outcome.finding.verdict == Verdict::Fail);
    let known: HashSet<Role> = about_ends.flat_map(whose).collect();
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.only_crashes()) {
        if whose(outcome).iter().all(|role| known.contains(role)) {
            let note = std::mem::replace(&mut outcome.finding, Finding::pass()).message;
            outcome.finding.notes.push(note);
        }
    }
}

/// Whether a case shows that its rule is broken. A long stream in it could be the true cause, so such a case shows nothing.
pub fn shows_its_rule_broken(outcome: &Outcome) -> bool {
    outcome.breaks_its_rule() && !sends_long_stream_too(&outcome.scenario)
}

/// Whether a scenario of another rule also sends a long stream. A server that prints long streams wrong would fail there for that reason.
fn sends_long_stream_too(scenario: &Scenario) -> bool {
    let is_long = |step: &Step| matches!(step, Step::PrintedAnyCut(Role::Server, _));
    scenario.rule.id != STREAM && scenario.subject() == Part::Server && scenario.transcript.steps.iter().any(is_long)
}

/// The rule about streams that are longer than a buffer.
const STREAM: &str = "server/stream";

/// What was learned about the subjects of a scenario.
pub fn lessons<'a>(scenario: &Scenario, learned: &'a [(Role, Learned)]) -> Option<Vec<&'a Learned>> {
    let of = |role: &Role| learned.iter().find(|(other, _)| other == role).map(|(_, lesson)| lesson);
    scenario.subject().roles().iter().map(of).collect()
}

fn broken<'a>(failed: impl Iterator<Item = &'a Outcome>) -> Broken {
    failed.map(|outcome| outcome.rule().id).collect()
}

/// The broken rule that is the cause of failures in scenarios like this one.
fn root(scenario: &Scenario, lessons: &[&Learned], broken: &Broken) -> Option<&'static Rule> {
    let Scenario { rule, transcript, givens, .. } = scenario;
    let owns = |facets: &[Facet]| facets.iter().any(|facet| rule.owns(*facet));
    // The number of recvs that it takes to read the bytes of a step.
    let recvs = |step: &Step| if let Step::Wire(Peer::Client, Wire::Bytes(bytes)) = step { bytes.len().div_ceil(BUFFER) } else { 0 };
    let is_unreadable = match rule.subject() {
        Part::Pair => true,
        Part::Client => owns(&[Facet::Words, Facet::Wire, Facet::WirePrompt]),
        Part::Server => owns(&[Facet::Prompt]) || owns(&[Facet::Stdout]) && transcript.steps.iter().map(recvs).sum::<usize>() > 1,
    };
    let unreadable = lessons.iter().find_map(|lesson| lesson.unreadable).filter(|_| is_unreadable);
    // If the client sends a delimiter, the pair cannot end: the server does not recognise the token.
    let ends_words = |lesson: &Learned| !lesson.dialect.delimiter.is_empty();
    let delimited = lessons.get(1).filter(|lesson| ends_words(lesson)).and_then(|_| Rule::find("client/word"));
    // If a server has the tutorial's prefix and line end, and yet prints messages wrong, it prints them wrong in all scenarios.
    let prints_messages = rule.subject() != Part::Client && owns(&[Facet::Stdout]) && givens.is_empty();
    let has_form = lessons.first().is_some_and(|lesson| lesson.dialect.has_tutorials_messages());
    let message = Rule::find("server/message").filter(|message| broken.contains(message.id) && prints_messages && has_form);
    let stream = Rule::find(STREAM).filter(|stream| broken.contains(stream.id) && sends_long_stream_too(scenario));
    unreadable.or(delimited).or(message).or(stream).filter(|broken| broken.id != rule.id)
}
