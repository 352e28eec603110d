//! Which known mistakes a program very likely makes: those whose scenarios fail, in the same way.

use crate::spec::mistake::Mistake;
use crate::spec::role::Role;
use crate::spec::rule::{Facet, Level};
use crate::spec::transcript::{End, Step};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// What a subject's failures have in common with a known mistake's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The mistake; more than one where what was judged does not tell them apart.
    pub mistakes: Vec<&'static Mistake>,
    /// How many of the subject's failures it explains.
    pub explained: usize,
    /// How many failures there are in all.
    pub failures: usize,
}

/// How much of all failures, and of nothing but them, the mistakes must explain: in percent of the union.
const LIKENESS: usize = 90;
/// A program that seems to make more mistakes than these is not understood.
const AT_ONCE: usize = 4;
/// When more mistakes than these look the same, none of them is worth a word.
const ALIKE: usize = 2;

/// What a failure looks like: the side of the program on which it shows, and how the program ended.
pub fn symptom(outcome: &Outcome) -> String {
    let facet = outcome.finding.difference.as_ref().map(|difference| difference.facet);
    let name = facet.map(|facet| format!("{facet:?}")).unwrap_or_default();
    // How it greets, and what is visible in time, has nothing to do with the end, which may be another mistake's.
    if let Some(Facet::Greeting | Facet::Prompt | Facet::GreetingPrompt) = facet {
        return name;
    }
    let ends = outcome.seen.transcript.steps.iter().rev().find_map(|step| if let Step::Ends(_, end) = step { Some(*end) } else { None });
    let end = match ends {
        Some(End::Exits(0)) => "exits 0",
        // Languages differ in the numbers.
        Some(End::Exits(_) | End::ExitsNonzero) => "exits nonzero",
        Some(End::Dies(_)) => "dies",
        Some(End::Runs) | None => "runs",
    };
    format!("{name}, {end}")
}

impl Diagnosis {
    /// The program that makes the mistakes: they are all of one.
    pub fn role(&self) -> Role {
        self.mistakes.first().map_or(Role::Server, |mistake| mistake.role())
    }

    /// Compares the failures of a program with those of the known mistakes. Nothing is said where nothing matches well. A rule of which only
    /// some scenarios were played is left out: there is nearly always a mistake that shows in just these.
    ///
    /// What a program MAY do as it likes is left out: it tells more about the language than about the mistake.
    pub fn of(outcomes: &[Outcome], role: Role) -> Vec<Self> {
        let ids: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
        let known = Mistake::known().iter().filter(|mistake| mistake.role() == role).flat_map(Mistake::signature);
        let partly: BTreeSet<&str> = known.filter(|(id, _)| !ids.contains(id)).filter_map(|(id, _)| Some(id.rsplit_once('/')?.0)).collect();
        let is_binding = |outcome: &&Outcome| {
            let rule = outcome.rule();
            outcome.scenario.subject() == role && rule.level != Level::May && !partly.contains(rule.id)
        };
        let with = |verdict| outcomes.iter().filter(is_binding).filter(move |outcome| outcome.verdict() == verdict);
        let failed = with(Verdict::Fail).map(|outcome| (outcome.id.as_str(), symptom(outcome))).collect();
        let passed = with(Verdict::Pass).map(|outcome| outcome.id.as_str()).collect();
        diagnose(role, &failed, &passed)
    }
}

fn diagnose(role: Role, failed: &BTreeMap<&str, String>, passed: &BTreeSet<&str>) -> Vec<Diagnosis> {
    let seen: BTreeSet<(&str, &str)> = failed.iter().map(|(id, symptom)| (*id, symptom.as_str())).collect();
    // What a mistake shows in the scenarios that were judged, where that is at least half of it.
    let shown = |mistake: &'static Mistake| {
        let is_judged = |(id, _): &(&str, &str)| failed.contains_key(id) || passed.contains(id);
        let (judged, other): (BTreeSet<_>, BTreeSet<_>) = mistake.signature().partition(is_judged);
        (!judged.is_empty() && judged.len() >= other.len()).then_some((mistake, judged, other.is_empty()))
    };
    let candidates: Vec<_> = Mistake::known().iter().filter(|mistake| mistake.role() == role).filter_map(shown).collect();
    // A mistake comes into question where most of what it shows is there.
    let agrees = |signature: &BTreeSet<_>| 100 * signature.intersection(&seen).count() >= LIKENESS * signature.len();
    let (mut union, mut diagnoses, mut likeness) = (BTreeSet::new(), Vec::new(), 0);
    while diagnoses.len() < AT_ONCE {
        let like = |signature: &BTreeSet<_>| {
            let all: BTreeSet<_> = union.union(signature).copied().collect();
            100 * all.intersection(&seen).count() / all.union(&seen).count().max(1)
        };
        let best = candidates.iter().map(|(_, signature, _)| signature).filter(|signature| agrees(signature)).max_by_key(|one| like(one));
        let Some(best) = best.filter(|best| like(best) > likeness) else { break };
        likeness = like(best);
        let mut alike: Vec<_> = candidates.iter().filter(|(_, signature, _)| signature == best).collect();
        // A mistake of which all is there explains more than one of which something could not be judged.
        if alike.iter().any(|(.., is_whole)| *is_whole) {
            alike.retain(|(.., is_whole)| *is_whole);
        }
        let mistakes = alike.into_iter().map(|(mistake, ..)| *mistake).collect();
        diagnoses.push(Diagnosis { mistakes, explained: best.intersection(&seen).count(), failures: failed.len() });
        union.extend(best);
    }
    // What looks like many things is explained, though nobody knows by which of them: that takes nothing from the others.
    diagnoses.retain(|diagnosis: &Diagnosis| likeness >= LIKENESS && diagnosis.mistakes.len() <= ALIKE);
    diagnoses
}
