//! Some rules presuppose others: a server that breaks `server/listen` cannot show that it meets the others. If a presupposed rule is
//! broken, the scenarios that depend on it are not judged, because they would fail for the same reason. Their outcomes name the broken
//! rule as the root.

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

/// Before a scenario is played: the broken rule because of which it cannot be judged, if one is known already. Then do not play it.
pub fn known_root(scenario: &Scenario, learned: &[&Learned], broken: &Broken) -> Option<&'static Rule> {
    let needed = scenario.rule.needs.iter().copied().find(|needed| broken.contains(needed));
    root(scenario, learned, broken).or(needed.and_then(Rule::find))
}

/// After a run: marks the outcomes that cannot be judged because another rule is broken, and turns some crashes into notes. The rules that
/// are broken are those of these outcomes, so after an interrupted run some may be missing.
pub fn mark_consequences(outcomes: &mut [Outcome], learned: &[(Role, Learned)]) {
    leave_crashes_to_rules_about_ends(outcomes);
    // Rules with a failure, whatever its cause.
    let apparent = broken(outcomes.iter().filter(|outcome| shows_its_rule_broken(outcome)));
    // For some rules that were not judged, the broken rule that is the cause.
    let mut roots = HashMap::new();
    for outcome in &mut *outcomes {
        let lessons = lessons(&outcome.scenario, learned).filter(|lessons| lessons.iter().all(|lesson| lesson.refusal.is_none()));
        outcome.root = lessons.and_then(|lessons| root(&outcome.scenario, &lessons, &apparent));
        if let Some(root) = outcome.root {
            roots.insert(outcome.rule().id, root);
        }
    }
    // Rules with a failure that does not follow from another broken rule.
    let real = broken(outcomes.iter().filter(|outcome| outcome.has_failed() && outcome.breaks_its_rule()));
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.root.is_none()) {
        let cause = |needed: &&'static str| {
            let root = roots.get(*needed).copied().filter(|_| apparent.contains(*needed));
            if real.contains(*needed) { Rule::find(needed) } else { root }
        };
        outcome.root = outcome.rule().needs.iter().find_map(cause);
    }
}

/// A crash can show in any scenario. If it makes a scenario fail that judges how the program ends, the program's crashes in all other
/// scenarios become notes, so that only the rule about ends is broken. If there is no such failure, the other scenarios fail.
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

/// Whether an outcome shows that its rule is broken. If `server/stream` may be the broken rule instead, the outcome does not show that.
pub fn shows_its_rule_broken(outcome: &Outcome) -> bool {
    outcome.breaks_its_rule() && !depends_on_stream(&outcome.scenario)
}

/// Whether a server's scenario expects `any cut of` some bytes, and belongs to another rule than `server/stream`. Most of these scenarios
/// send long streams. A server that prints long streams incorrectly fails in them for that reason.
fn depends_on_stream(scenario: &Scenario) -> bool {
    let is_any_cut = |step: &Step| matches!(step, Step::PrintedAnyCut(Role::Server, _));
    scenario.rule.id != STREAM && scenario.subject() == Part::Server && scenario.transcript.steps.iter().any(is_any_cut)
}

/// The rule about streams that are longer than a buffer.
const STREAM: &str = "server/stream";

/// What was learned about the subjects of a scenario. `None` if nothing is known of one of them.
pub fn lessons<'a>(scenario: &Scenario, learned: &'a [(Role, Learned)]) -> Option<Vec<&'a Learned>> {
    let of = |role: &Role| learned.iter().find(|(other, _)| other == role).map(|(_, lesson)| lesson);
    scenario.subject().roles().iter().map(of).collect()
}

fn broken<'a>(failed: impl Iterator<Item = &'a Outcome>) -> Broken {
    failed.map(|outcome| outcome.rule().id).collect()
}

/// The broken rule that makes this scenario fail whatever the program does about the scenario's own rule.
fn root(scenario: &Scenario, lessons: &[&Learned], broken: &Broken) -> Option<&'static Rule> {
    let Scenario { rule, transcript, givens, .. } = scenario;
    let owns = |facets: &[Facet]| facets.iter().any(|facet| rule.owns(*facet));
    // The number of recvs that it takes to read the bytes of a step.
    let buffer = lessons.first().map_or(usize::MAX, |lesson| lesson.dialect.buffer);
    let recvs = |step: &Step| if let Step::Wire(Peer::Client, Wire::Bytes(bytes)) = step { bytes.len().div_ceil(buffer) } else { 0 };
    let is_unreadable = match rule.subject() {
        Part::Pair => true,
        Part::Client => owns(&[Facet::Words, Facet::Wire, Facet::WirePrompt]),
        Part::Server => owns(&[Facet::Prompt]) || owns(&[Facet::Stdout]) && transcript.steps.iter().map(recvs).sum::<usize>() > 1,
    };
    let unreadable = lessons.iter().find_map(|lesson| lesson.unreadable).filter(|_| is_unreadable);
    // If the client sends another delimiter after each word than the course asks for, the server receives other words than were typed, and
    // never the token. So the pair cannot be judged.
    let delimited = lessons.get(1).filter(|lesson| !lesson.has_due_delimiter).and_then(|_| Rule::find("client/word"));
    // If the prefix and the line end are the course's, and `server/message` is broken all the same, then the fault is in the message
    // between them. It shows in each scenario that judges what the server prints.
    let prints_messages = rule.subject() != Part::Client && owns(&[Facet::Stdout]) && givens.is_empty();
    let has_form = lessons.first().is_some_and(|lesson| lesson.has_due_messages);
    let message = Rule::find("server/message").filter(|message| broken.contains(message.id) && prints_messages && has_form);
    let stream = Rule::find(STREAM).filter(|stream| broken.contains(stream.id) && depends_on_stream(scenario));
    unreadable.or(delimited).or(message).or(stream).filter(|broken| broken.id != rule.id)
}
