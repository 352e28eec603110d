//! The results of runs: the outcomes, the diagnoses, and the exit status.

use crate::run::known_failure::KnownFailure;
use crate::run::partition::Share;
use crate::run::place::Denied;
use crate::run::setting::Subject;
use crate::spec::role::{Part, Role};
use crate::spec::rule::{Level, RULES, Rule};
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Verdict;
use crate::verdict::learn::{Learned, Refusal};
use crate::verdict::outcome::Outcome;
use crate::verdict::presupposition;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A program that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The part that it plays.
    pub role: Role,
    /// Its command, as the user wrote it.
    pub command: String,
}

/// One program, or a server and its client, with the outcome of every scenario that was played.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its name in the project file.
    pub name: Option<String>,
    /// The programs, a server before its client.
    pub subjects: Vec<Judged>,
    /// In the order of the rules.
    pub outcomes: Vec<Outcome>,
    /// How many conversations passed without an entry in `outcomes`: a search keeps only failures.
    pub passed_unlisted: usize,
    /// What the first conversations have shown about each program.
    pub learned: Vec<(Role, Learned)>,
    /// The failures that the project file declares.
    pub known_failures: Vec<KnownFailure>,
    /// The known mistakes that explain the failures.
    pub diagnoses: Vec<Diagnosis>,
    /// Where the programs ran, in a few words.
    pub place: String,
    /// Better kinds of isolation, and why the system does not allow them.
    pub denied: Vec<Denied>,
    /// Whether it was interrupted, so that outcomes are missing.
    pub is_interrupted: bool,
    /// How long it took.
    pub duration: Duration,
}

/// Everything that a report shows.
#[derive(Clone, Debug)]
pub struct Results {
    /// One run for each program or pair, in the order in which they were judged.
    pub runs: Vec<Run>,
    /// Whether a broken SHOULD counts as a failure.
    pub is_strict: bool,
    /// How to run one case again.
    pub again: Rerun,
    /// Which part of all cases was played.
    pub share: Share,
    /// Whether the report says why better isolation was not possible.
    pub is_verbose: bool,
}

/// How to run one case again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rerun {
    /// With `sockspec check` and these options. The report adds the subjects.
    Check(String),
    /// The built-in pair was judged, which has no command.
    BuiltIn,
    /// `sockspec fuzz` found it. `sockspec check` replays the saved scenario.
    Fuzz {
        /// The folder in which it was saved, if the user named one.
        folder: Option<String>,
        /// The options of `check`. The report adds the subjects and the folder.
        options: String,
    },
    /// `sockspec explore` found it. This command finds it again.
    Explore(String),
}

impl Rerun {
    /// Whether the cases come from a search. A search may end early, and keeps no outcomes that passed.
    pub fn is_search(&self) -> bool {
        matches!(self, Self::Fuzz { .. } | Self::Explore(_))
    }
}

impl From<&Subject> for Judged {
    fn from(subject: &Subject) -> Self {
        Self { role: subject.role, command: subject.command.to_string() }
    }
}

impl Run {
    /// Completes a run when all outcomes are known: sorts them, marks those that cannot be judged because of another rule, and looks for
    /// known mistakes.
    #[must_use]
    pub fn concluded(mut self) -> Self {
        presupposition::apply(&mut self.outcomes, &self.learned);
        let order = |outcome: &Outcome| RULES.iter().position(|rule| rule.id == outcome.rule().id);
        self.outcomes.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.id.cmp(&b.id)));
        // If the project file declares all failures, their cause is known already.
        let has_new_failure = |role: Role| {
            let mut about = self.outcomes.iter().filter(|outcome| outcome.scenario.subject() == role && outcome.rule().level != Level::May);
            about.any(|outcome| self.is_new_failure(outcome))
        };
        let roles =
            self.subjects.iter().map(|subject| subject.role).filter(|role| self.known_failures.is_empty() || has_new_failure(*role));
        self.diagnoses = roles.flat_map(|role| Diagnosis::of(&self.outcomes, role)).collect();
        self
    }

    /// The programs that do not take part, each with what it did instead.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.learned.iter().filter_map(|(_, learned)| learned.refusal.as_ref())
    }

    /// The refusals whose rule has no outcome, because the filter left it out. A report shows them too, as the cause of everything else.
    pub fn unlisted_refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals().filter(|refusal| self.outcomes.iter().all(|outcome| outcome.rule() != refusal.rule()))
    }

    /// The rules that programs break by not taking part, unless the project file declares that.
    pub fn rules_broken_by_refusal(&self) -> impl Iterator<Item = &'static Rule> {
        let failed = self.refusals().filter(|refusal| refusal.finding.verdict == Verdict::Fail).map(Refusal::rule);
        failed.filter(|rule| !self.is_declared(rule))
    }

    /// Whether the project file declares that this rule is broken.
    fn is_declared(&self, rule: &Rule) -> bool {
        self.known_failures.iter().any(|known| known.of == rule.id)
    }

    /// Whether this is a failure that the project file does not declare.
    pub fn is_new_failure(&self, outcome: &Outcome) -> bool {
        outcome.has_failed() && self.known_failure(outcome).is_none()
    }

    /// Whether the first conversation with a program was inconclusive. Then nothing is known of this part, even if it has no outcome.
    pub fn is_unobserved(&self, part: Part) -> bool {
        self.refusals().any(|refusal| refusal.rule().subject() == part && refusal.finding.verdict == Verdict::Inconclusive)
    }

    /// Whether this could not be judged for a reason that the user must find out.
    pub fn is_unjudged(&self, outcome: &Outcome) -> bool {
        outcome.verdict() == Verdict::Inconclusive && !self.is_excused(outcome)
    }

    /// The entry of the project file that declares this failure.
    pub fn known_failure(&self, outcome: &Outcome) -> Option<&KnownFailure> {
        self.known_failures.iter().find(|known| known.covers(outcome)).filter(|_| outcome.has_failed())
    }

    /// The parts that the report names: each program, and the pair if the two talked to each other.
    pub fn parts(&self) -> Vec<Part> {
        let alone = self.subjects.iter().map(|subject| Part::from(subject.role));
        let together = Some(Part::Pair).filter(|_| self.subjects.len() > 1);
        if self.outcomes.is_empty() {
            // This was a search, which keeps no outcomes that passed. It concerns either one program or the pair.
            return together.map_or_else(|| alone.collect(), |pair| vec![pair]);
        }
        let concerns = |part: &Part| {
            self.outcomes.iter().any(|outcome| outcome.scenario.subject() == *part)
                || self.refusals().any(|refusal| refusal.rule().subject() == *part)
        };
        alone.chain(together).filter(concerns).collect()
    }

    /// The rules that were played, in the order of the table, each with its outcomes.
    pub fn by_rule(&self) -> Vec<(&'static Rule, Vec<&Outcome>)> {
        let of = |rule: &'static Rule| (rule, self.outcomes.iter().filter(|outcome| outcome.rule() == rule).collect::<Vec<_>>());
        RULES.iter().map(of).filter(|(_, outcomes)| !outcomes.is_empty()).collect()
    }

    /// How many outcomes have this verdict, without the conversations in `passed_unlisted`.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.verdict() == verdict).count()
    }

    /// Whether this was not judged because of a failure that the project file declares. Then the user has nothing to repair.
    pub fn is_excused(&self, outcome: &Outcome) -> bool {
        let is_known = |root: &Rule| {
            let mut failed = self.outcomes.iter().filter(|other| other.rule() == root && other.has_failed()).peekable();
            match failed.peek() {
                Some(_) => failed.all(|other| self.known_failure(other).is_some()),
                None => self.is_declared(root),
            }
        };
        outcome.root.is_some_and(is_known)
    }
}

impl Results {
    /// How many cases were played, including the conversations in `passed_unlisted`.
    pub fn played(&self) -> u64 {
        self.runs.iter().map(|run| (run.outcomes.len() + run.passed_unlisted) as u64).sum()
    }

    /// How long all runs took together. (A sum of floats would be -0 for no runs.)
    pub fn duration(&self) -> Duration {
        self.runs.iter().map(|run| run.duration).sum()
    }

    /// Whether a run was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.runs.iter().any(|run| run.is_interrupted)
    }

    /// The message for a run that was interrupted.
    pub fn interruption(&self) -> Option<String> {
        self.is_interrupted().then(|| format!("interrupted: {} of {} scenarios played", self.played(), self.share.cases))
    }

    /// The exit status: the README lists the values.
    pub fn exit_status(&self) -> u8 {
        let is_inconclusive = |run: &Run| {
            run.parts().into_iter().any(|part| run.is_unobserved(part)) || run.outcomes.iter().any(|outcome| run.is_unjudged(outcome))
        };
        if self.is_interrupted() {
            130
        } else if self.runs.iter().any(|run| !self.conforms(run)) {
            1
        } else if !self.passed_known_failures().is_empty() {
            2
        } else if self.runs.iter().any(is_inconclusive) {
            3
        } else {
            0
        }
    }

    /// Whether the programs of a run conform.
    pub fn conforms(&self, run: &Run) -> bool {
        !run.outcomes.iter().any(|outcome| self.counts(run, outcome)) && run.rules_broken_by_refusal().next().is_none()
    }

    /// Whether an outcome is a failure that counts: its rule is binding, and the project file does not declare it.
    pub fn counts(&self, run: &Run, outcome: &Outcome) -> bool {
        self.binds(outcome.rule()) && run.is_new_failure(outcome)
    }

    /// Whether a program that breaks this rule does not conform.
    pub fn binds(&self, rule: &Rule) -> bool {
        match rule.level {
            Level::Must => true,
            Level::Should => self.is_strict,
            Level::May => false,
        }
    }

    /// Declared failures that passed in every run, each with the first run that it concerns. Empty if only a part of all cases was played.
    pub fn passed_known_failures(&self) -> Vec<(&Run, &KnownFailure)> {
        let mut passed: Vec<(&Run, &KnownFailure)> = Vec::new();
        if !self.share.is_everything() {
            return passed;
        }
        for (run, known) in self.runs.iter().flat_map(|run| run.known_failures.iter().map(move |known| (run, known))) {
            let about = |run: &Run| run.outcomes.iter().any(|outcome| known.covers(outcome));
            let concerned = || self.runs.iter().filter(|other| other.known_failures.contains(known));
            let mut cases = concerned().flat_map(|run| &run.outcomes).filter(|outcome| known.covers(outcome));
            if about(run) && passed.iter().all(|(_, other)| *other != known) && cases.all(|outcome| outcome.verdict() == Verdict::Pass) {
                passed.push((run, known));
            }
        }
        passed
    }
}
