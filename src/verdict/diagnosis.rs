//! Diagnosis: finds the known mistakes that a program very likely makes, because the same scenarios fail in the same way.

use crate::spec::mistake::Mistake;
use crate::spec::role::Role;
use crate::spec::rule::{Facet, Level};
use crate::spec::transcript::End;
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A known mistake that explains failures of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The mistake, or several ones that the judged scenarios cannot distinguish.
    pub mistakes: Vec<&'static Mistake>,
    /// How many failures of the subject it explains.
    pub explained: usize,
    /// How many failures the subject has.
    pub failures: usize,
}

/// How similar the failures and the mistakes must be: the size of the intersection, in percent of the union.
const LIKENESS: usize = 90;
/// The largest number of mistakes that one program is said to make.
const AT_ONCE: usize = 4;

/// What a failure looks like: its facet, and how the program ended.
pub fn symptom(outcome: &Outcome) -> String {
    let facet = outcome.finding.difference.as_ref().map(|difference| difference.facet);
    let name = facet.map(|facet| format!("{facet:?}")).unwrap_or_default();
    let clue = outcome.clue().map(|clue| format!(", {}", clue.record())).unwrap_or_default();
    // These facets do not depend on the end of the program, which may have another cause.
    if let Some(Facet::Greeting | Facet::Prompt | Facet::GreetingPrompt) = facet {
        return name + &clue;
    }
    let end = match outcome.seen.transcript.last_end() {
        Some(End::Exits(0)) => "exits 0",
        // The number depends on the language.
        Some(End::Exits(_) | End::ExitsNonzero) => "exits nonzero",
        Some(End::Dies(_)) => "dies",
        Some(End::Runs) | None => "runs",
    };
    format!("{name}, {end}{clue}")
}

impl Diagnosis {
    /// Whether it explains this failure.
    pub fn explains(&self, outcome: &Outcome) -> bool {
        let symptom = symptom(outcome);
        self.mistakes.iter().any(|mistake| mistake.fails.get(&outcome.id) == Some(&symptom))
    }

    /// Compares the failures of a program with those of the known mistakes. The result is empty if nothing matches well.
    ///
    /// Leave out a rule if only some of its scenarios were played, because some mistake nearly always fits a few scenarios. Leave out MAY
    /// rules, because they depend more on the language than on the mistake.
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
    // The part of each mistake's failures that was judged, if that is at least half of them.
    let shown = |mistake: &'static Mistake| {
        let is_judged = |(id, _): &(&str, &str)| failed.contains_key(id) || passed.contains(id);
        let (judged, other): (BTreeSet<_>, BTreeSet<_>) = mistake.signature().partition(is_judged);
        (!judged.is_empty() && judged.len() >= other.len()).then_some((mistake, judged, other.is_empty()))
    };
    let candidates: Vec<_> = Mistake::known().iter().filter(|mistake| mistake.role() == role).filter_map(shown).collect();
    // A mistake is a candidate if most of its failures were seen.
    let agrees = |signature: &BTreeSet<_>| 100 * signature.intersection(&seen).count() >= LIKENESS * signature.len();
    let (mut union, mut chosen, mut likeness) = (BTreeSet::new(), Vec::new(), 0);
    while chosen.len() < AT_ONCE {
        let like = |signature: &BTreeSet<_>| {
            let all: BTreeSet<_> = union.union(signature).copied().collect();
            100 * all.intersection(&seen).count() / all.union(&seen).count().max(1)
        };
        let best = candidates.iter().map(|(_, signature, _)| signature).filter(|signature| agrees(signature)).max_by_key(|one| like(one));
        let Some(best) = best.filter(|best| like(best) > likeness) else { break };
        likeness = like(best);
        let mut alike: Vec<_> = candidates.iter().filter(|(_, signature, _)| signature == best).collect();
        // Prefer mistakes whose scenarios were all judged.
        if alike.iter().any(|(.., is_whole)| *is_whole) {
            alike.retain(|(.., is_whole)| *is_whole);
        }
        let mut mistakes: Vec<&'static Mistake> = alike.into_iter().map(|(mistake, ..)| *mistake).collect();
        // The most common one first.
        mistakes.sort_by_key(|mistake| Reverse(mistake.common));
        chosen.push((best, mistakes));
        union.extend(best);
    }
    // A mistake is only named if the chosen ones together explain the failures of each rule that it breaks. Other rules may be broken for
    // reasons that nobody knows.
    let explains_its_rules = |signature: &BTreeSet<(&str, &str)>| {
        let rule = |id: &str| id.rsplit_once('/').map(|(rule, _)| rule.to_owned());
        let rules: BTreeSet<_> = signature.iter().map(|(id, _)| rule(id)).collect();
        let about = |of: &BTreeSet<(&str, &str)>| -> BTreeSet<(String, String)> {
            let some = of.iter().filter(|(id, _)| rules.contains(&rule(id)));
            some.map(|(id, symptom)| ((*id).to_owned(), (*symptom).to_owned())).collect()
        };
        let (union, seen) = (about(&union), about(&seen));
        100 * union.intersection(&seen).count() >= LIKENESS * union.union(&seen).count()
    };
    let diagnosis = |(signature, mistakes): (&BTreeSet<(&str, &str)>, Vec<&'static Mistake>)| Diagnosis {
        mistakes,
        explained: signature.intersection(&seen).count(),
        failures: failed.len(),
    };
    chosen.into_iter().filter(|(signature, _)| explains_its_rules(signature)).map(diagnosis).collect()
}
