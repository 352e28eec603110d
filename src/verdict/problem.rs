//! Problems: the failures of a run, put together by their cause. A report tells the story of one problem; a problem has one scenario that
//! tells it best.

use crate::spec::bytes::Bytes;
use crate::spec::code::{self, Example};
use crate::spec::dialect::Dialect;
use crate::spec::language::Language;
use crate::spec::mistake::Mistake;
use crate::spec::role::{Part, Role};
use crate::spec::rule::{Facet, Level, RULES, Rule};
use crate::spec::text::Text;
use crate::spec::transcript::Step;
use crate::verdict::clue::Clue;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Difference;
use crate::verdict::outcome::Outcome;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Failures with one cause.
pub struct Problem<'a> {
    /// The known mistakes that explain the failures, the most common one first. Empty if none does.
    pub mistakes: Vec<&'static Mistake>,
    /// The failures, in the order of the rules.
    pub outcomes: Vec<&'a Outcome>,
    /// The failure that tells the story: the plainest one.
    pub plainest: &'a Outcome,
    /// The dialect of the course. The texts about the problem use its words.
    pub dialect: &'a Dialect,
}

impl<'a> Problem<'a> {
    /// The problems that explain these failures, the most important one first.
    pub fn all(failures: &[&'a Outcome], diagnoses: &[Diagnosis], dialect: &'a Dialect) -> Vec<Self> {
        let mut left: Vec<&Outcome> = failures.to_vec();
        let mut problems = Vec::new();
        for diagnosis in diagnoses {
            let (explained, others): (Vec<&Outcome>, Vec<&Outcome>) = left.into_iter().partition(|outcome| diagnosis.explains(outcome));
            left = others;
            problems.extend(Self::of(explained, diagnosis.mistakes.clone(), dialect));
        }
        let mut unexplained: Vec<Self> = Vec::new();
        for rule in RULES.iter() {
            let about = left.iter().copied().filter(|outcome| outcome.rule() == rule).collect();
            let Some(problem) = Self::of(about, Vec::new(), dialect) else { continue };
            // The same clue in several rules is one problem.
            let same = unexplained.iter_mut().find(|other| {
                let record = |problem: &Self| problem.clue().filter(|clue| **clue != Clue::OtherText).map(Clue::record);
                other.plainest.scenario.subject() == rule.subject() && record(other).is_some() && record(other) == record(&problem)
            });
            match same {
                Some(other) => other.outcomes.extend(problem.outcomes),
                None => unexplained.push(problem),
            }
        }
        problems.extend(unexplained);
        problems.sort_by_key(Self::rank);
        problems
    }

    fn of(outcomes: Vec<&'a Outcome>, mistakes: Vec<&'static Mistake>, dialect: &'a Dialect) -> Option<Self> {
        // The rule that the mistake is about shows it best, and then the most frequent clue.
        let own = mistakes.first().map(|mistake| mistake.caught_by.as_str());
        let is_own = |outcome: &Outcome| own.is_none_or(|own| outcome.rule().id == own);
        let mut counts: BTreeMap<Option<String>, usize> = BTreeMap::new();
        for outcome in outcomes.iter().filter(|outcome| is_own(outcome)) {
            *counts.entry(outcome.clue().map(Clue::record)).or_default() += 1;
        }
        let count = |outcome: &Outcome| counts.get(&outcome.clue().map(Clue::record)).copied().unwrap_or(0);
        // If the program ended early in some scenarios, it is not sure that it has read the last text in the others.
        let is_unsure = outcomes.iter().any(|outcome| matches!(outcome.clue(), Some(Clue::EndsEarly(0))));
        let guesses = |outcome: &Outcome| is_unsure && matches!(outcome.clue(), Some(Clue::EndsAt(_)));
        let rank = |outcome: &Outcome| (!is_own(outcome), Reverse(count(outcome)), guesses(outcome), plainness(outcome));
        let plainest = outcomes.iter().copied().min_by_key(|outcome| rank(outcome))?;
        Some(Self { mistakes, outcomes, plainest, dialect })
    }

    /// What the failures have in themselves.
    pub fn clue(&self) -> Option<&'a Clue> {
        self.plainest.clue()
    }

    /// Whether this is one of its failures.
    pub fn has(&self, outcome: &Outcome) -> bool {
        self.outcomes.iter().any(|one| one.id == outcome.id)
    }

    /// The rule that it is about.
    pub fn rule(&self) -> &'static Rule {
        self.plainest.rule()
    }

    /// The rules that it breaks.
    pub fn rules(&self) -> Vec<&'static Rule> {
        let mut rules: Vec<&Rule> = self.outcomes.iter().map(|outcome| outcome.rule()).collect();
        rules.dedup();
        rules
    }

    /// The most important problem has the lowest rank: first a crash, then MUST before SHOULD, then the order of the rules.
    fn rank(&self) -> (bool, Level, Part, usize) {
        let level = self.outcomes.iter().map(|outcome| outcome.rule().level).min().unwrap_or(Level::May);
        let place = RULES.iter().position(|rule| rule == self.rule()).unwrap_or(usize::MAX);
        (!matches!(self.clue(), Some(Clue::Dies(_))), level, self.rule().subject(), place)
    }

    /// The first sentence of its story, about the program: "Your server …". It names the mistake, if one known mistake explains the
    /// failures. If not, it says what was seen, and nothing about the cause.
    pub fn headline(&self) -> String {
        let (role, sentence) = (self.role(), self.told(|mistake| &mistake.sentence, Clue::sentence));
        let sentence = if sentence.is_empty() { self.plainest.message() } else { sentence };
        let sentence = if sentence.ends_with('.') { sentence } else { sentence + "." };
        sentence.strip_prefix("it ").map_or_else(|| sentence.clone(), |rest| format!("Your {role} {rest}"))
    }

    /// What the reader can do. Empty if nothing that was seen leads to it.
    pub fn look(&self) -> String {
        if self.is_best_told_by_its_rule() {
            return self.rule().look.of(self.dialect);
        }
        self.told(|mistake| &mistake.look, Clue::look)
    }

    /// Whether the rule knows more than the bytes that differ. In another course than the tutorial, bytes that differ where the token or another
    /// client comes are the effect, and not the mistake.
    fn is_best_told_by_its_rule(&self) -> bool {
        const SAY_MORE: [&str; 7] = [
            "server/exit-token",
            "server/exit-exact",
            "server/exit-split",
            "server/exit-coalesced",
            "server/next-client",
            "server/many-clients",
            "server/broadcast",
        ];
        let is_about_bytes = self.clue().is_none_or(|clue| !clue.is_about_the_process());
        self.mistakes.is_empty() && is_about_bytes && SAY_MORE.contains(&self.rule().id) && !self.dialect.is_from_the_tutorial()
    }

    /// The lines of code to change, and how they should be, in the language of the program.
    pub fn example(&self, language: Language) -> Option<Example> {
        let shown = match (&self.mistakes[..], &self.plainest.finding.difference) {
            ([mistake], _) => mistake.name.clone(),
            (_, Some(Difference { facet, clue: Some(clue), .. })) if !self.is_best_told_by_its_rule() => {
                clue.shown_by(self.dialect, self.role(), *facet)
            }
            _ => return None,
        };
        // Where NULs end each message, the whole buffer may be right.
        let is_about_nuls = self.dialect.has_nuls() && shown.ends_with("/whole-buffer");
        code::example(&shown, language, self.dialect).filter(|_| !is_about_nuls)
    }

    /// The program that it is about. Of a pair, the one whose output is judged.
    pub fn role(&self) -> Role {
        self.plainest.scenario.subject().speaker()
    }

    /// A text about the one known mistake that explains the failures. If there is none, or if there are several, a text about the clue.
    fn told(&self, of_mistake: fn(&Mistake) -> &Text, of_clue: fn(&Clue, &Dialect, Role, Facet) -> String) -> String {
        match (&self.mistakes[..], &self.plainest.finding.difference) {
            ([mistake], _) => of_mistake(mistake).of(self.dialect),
            (_, Some(Difference { facet, clue: Some(clue), .. })) => of_clue(clue, self.dialect, self.role(), *facet),
            _ => String::new(),
        }
    }
}

/// How hard a conversation is to read: ASCII first, then few bytes, then few steps.
fn plainness(outcome: &Outcome) -> (bool, usize, usize) {
    let steps = &outcome.scenario.transcript.steps;
    let given = || steps.iter().filter(|step| !matches!(step, Step::Printed(..))).filter_map(Step::bytes);
    let is_plain = given().all(|bytes| bytes.to_vec().iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
    (!is_plain, given().map(Bytes::len).sum::<usize>() / 16, steps.len())
}
