//! Known mistakes: which scenarios a program fails that makes one of them. A subject that fails the same scenarios very likely makes the
//! same mistake, and its report can say so.
//!
//! The list is data, and not written by hand: `tests/programs/wrong` holds a program for each mistake, and `tests/faults.rs` plays every
//! scenario with every program, and holds the list to what it sees.

use crate::rule::{Facet, Level, Rule};
use crate::run::Outcome;
use crate::transcript::{End, Role, Step};
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A mistake, and how it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its role and its program's name: `server/prefix-token`.
    pub name: String,
    /// What the program does, as a sentence that begins with "it".
    pub sentence: String,
    /// Where to look in one's own code.
    pub look: String,
    /// The rule that names it.
    pub caught_by: String,
    /// Other rules that it breaks, which are MUST or SHOULD, each with the reason.
    pub breaks_too: BTreeMap<String, String>,
    /// The scenarios that fail, each with its symptom.
    pub fails: BTreeMap<String, String>,
    /// The rules of which scenarios cannot be judged, and of how many.
    pub unjudged: BTreeMap<String, usize>,
}

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

static KNOWN: LazyLock<Vec<Mistake>> =
    LazyLock::new(|| serde_json::from_str(include_str!("mistakes.json")).expect("the tests of this project hold the list to its form"));

impl Mistake {
    /// All that are known, in the order of their names.
    pub fn known() -> &'static [Self] {
        &KNOWN
    }

    /// The program that makes it.
    pub fn role(&self) -> Role {
        if self.name.starts_with("client/") { Role::Client } else { Role::Server }
    }

    /// Its name without the role.
    pub fn short_name(&self) -> &str {
        self.name.split_once('/').map_or(&self.name, |(_, name)| name)
    }

    /// The binding scenarios that fail, each with its symptom.
    fn signature(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_binding = |id: &str| id.rsplit_once('/').and_then(|(rule, _)| Rule::find(rule)).is_some_and(|rule| rule.level != Level::May);
        self.fails.iter().map(|(id, symptom)| (id.as_str(), symptom.as_str())).filter(move |(id, _)| is_binding(id))
    }

    /// Whether it shows in the same way as another.
    pub fn looks_like(&self, other: &Self) -> bool {
        self.signature().eq(other.signature())
    }
}

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
