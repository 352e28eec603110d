//! What a run comes to: outcomes, and what follows from all of them together.

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
    /// Its part.
    pub role: Role,
    /// Its command, as it was given.
    pub command: String,
}

/// One program, or a server and its client, and all that was played with it.
#[derive(Clone, Debug)]
pub struct Run {
    /// The name that a project file gives it.
    pub name: Option<String>,
    /// The programs, a server before its client.
    pub subjects: Vec<Judged>,
    /// In the order of the rules.
    pub outcomes: Vec<Outcome>,
    /// Conversations that passed, of which nothing more was kept: those of fuzzing and exploring.
    pub passed_unlisted: usize,
    /// What the first look has taught about each program.
    pub learned: Vec<(Role, Learned)>,
    /// What may fail.
    pub known_failures: Vec<KnownFailure>,
    /// The known mistakes that the failures look like.
    pub diagnoses: Vec<Diagnosis>,
    /// Where the programs ran, in a sentence.
    pub place: String,
    /// The better places, and why they were not to be had.
    pub denied: Vec<Denied>,
    /// Whether it was interrupted, so that scenarios are missing.
    pub is_interrupted: bool,
    /// From beginning to end.
    pub duration: Duration,
}

/// All that there is to report.
#[derive(Clone, Debug)]
pub struct Results {
    /// What was judged, one after the other.
    pub runs: Vec<Run>,
    /// Whether SHOULD counts.
    pub is_strict: bool,
    /// How one case is run again.
    pub again: Again,
    /// What part of the whole this is.
    pub share: Share,
    /// Whether a person wants to know why the programs ran where they did.
    pub is_verbose: bool,
}

/// How to run one case again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Again {
    /// With `sockspec check …` and these options, the subjects apart.
    Check(String),
    /// The built-in pair has no command.
    BuiltIn,
    /// It was found by fuzzing, and is replayed where it was saved.
    Fuzz {
        /// Where that is; nothing where it was not asked for.
        folder: Option<String>,
        /// The options of `check`, the subjects and the folder apart.
        options: String,
    },
    /// It was found by exploring, and this command finds it again.
    Explore(String),
}

impl Again {
    /// Whether cases were looked for: then a search may end before all were played, and what has passed is not kept.
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
    /// This run, with what follows from all outcomes together: their order, what cannot be judged because of another rule, and what the
    /// failures look like.
    #[must_use]
    pub fn concluded(mut self) -> Self {
        presupposition::apply(&mut self.outcomes, &self.learned);
        let order = |outcome: &Outcome| RULES.iter().position(|rule| rule.id == outcome.rule().id);
        self.outcomes.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.id.cmp(&b.id)));
        // Where all that fails is known, so is what it looks like.
        let has_news = |role: Role| {
            let mut about = self.outcomes.iter().filter(|outcome| outcome.scenario.subject() == role && outcome.rule().level != Level::May);
            about.any(|outcome| self.is_news(outcome))
        };
        let roles = self.subjects.iter().map(|subject| subject.role).filter(|role| self.known_failures.is_empty() || has_news(*role));
        self.diagnoses = roles.flat_map(|role| Diagnosis::of(&self.outcomes, role)).collect();
        self
    }

    /// The programs that took no part, and what they did instead.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.learned.iter().filter_map(|(_, learned)| learned.refusal.as_ref())
    }

    /// What the first look has shown of programs that took no part, where the filter has left out the rule which that breaks: then it is
    /// told all the same, as the cause of everything else.
    pub fn untold_refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals().filter(|refusal| self.outcomes.iter().all(|outcome| outcome.rule() != refusal.rule()))
    }

    /// The rules that programs break by taking no part, where that was not known beforehand.
    pub fn refused(&self) -> impl Iterator<Item = &'static Rule> {
        let failed = self.refusals().filter(|refusal| refusal.finding.verdict == Verdict::Fail).map(Refusal::rule);
        failed.filter(|rule| !self.is_accepted(rule))
    }

    /// Whether it was said beforehand that this rule is broken.
    fn is_accepted(&self, rule: &Rule) -> bool {
        self.known_failures.iter().any(|known| known.of == rule.id)
    }

    /// Whether this is a failure of which nobody has known.
    pub fn is_news(&self, outcome: &Outcome) -> bool {
        outcome.has_failed() && self.known_failure(outcome).is_none()
    }

    /// Whether a program could not even be looked at: then it has shown nothing, also where no scenario is about it alone.
    pub fn is_unseen(&self, part: Part) -> bool {
        self.refusals().any(|refusal| refusal.rule().subject() == part && refusal.finding.verdict == Verdict::Inconclusive)
    }

    /// Whether somebody has to see why this could not be judged.
    pub fn is_unjudged(&self, outcome: &Outcome) -> bool {
        outcome.verdict() == Verdict::Inconclusive && !self.is_excused(outcome)
    }

    /// What has been said beforehand of this failure.
    pub fn known_failure(&self, outcome: &Outcome) -> Option<&KnownFailure> {
        self.known_failures.iter().find(|known| known.covers(outcome)).filter(|_| outcome.has_failed())
    }

    /// Whom there is something to say of: each program, and both together where they talked to each other.
    pub fn parts(&self) -> Vec<Part> {
        let alone = self.subjects.iter().map(|subject| Part::from(subject.role));
        let together = Some(Part::Pair).filter(|_| self.subjects.len() > 1);
        if self.outcomes.is_empty() {
            // What has passed was not kept: it was a search, for one program or for both.
            return together.map_or_else(|| alone.collect(), |pair| vec![pair]);
        }
        let concerns = |part: &Part| {
            self.outcomes.iter().any(|outcome| outcome.scenario.subject() == *part)
                || self.refusals().any(|refusal| refusal.rule().subject() == *part)
        };
        alone.chain(together).filter(concerns).collect()
    }

    /// The rules that were played, in their order, each with its outcomes.
    pub fn by_rule(&self) -> Vec<(&'static Rule, Vec<&Outcome>)> {
        let of = |rule: &'static Rule| (rule, self.outcomes.iter().filter(|outcome| outcome.rule() == rule).collect::<Vec<_>>());
        RULES.iter().map(of).filter(|(_, outcomes)| !outcomes.is_empty()).collect()
    }

    /// How many outcomes have this verdict; what passed without being kept is not among them.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.verdict() == verdict).count()
    }

    /// Whether nobody has to mend anything because this was not judged: its rule's root is a failure that is known.
    pub fn is_excused(&self, outcome: &Outcome) -> bool {
        let is_known = |root: &Rule| {
            let mut failed = self.outcomes.iter().filter(|other| other.rule() == root && other.has_failed()).peekable();
            match failed.peek() {
                Some(_) => failed.all(|other| self.known_failure(other).is_some()),
                None => self.is_accepted(root),
            }
        };
        outcome.root.is_some_and(is_known)
    }
}

impl Results {
    /// How many cases were played, those included of which nothing was kept because they passed.
    pub fn played(&self) -> u64 {
        self.runs.iter().map(|run| (run.outcomes.len() + run.passed_unlisted) as u64).sum()
    }

    /// How long all runs took together. (A sum of no floats would be -0.)
    pub fn duration(&self) -> Duration {
        self.runs.iter().map(|run| run.duration).sum()
    }

    /// Whether somebody has stopped it.
    pub fn is_interrupted(&self) -> bool {
        self.runs.iter().any(|run| run.is_interrupted)
    }

    /// What is to be said of a run that was interrupted.
    pub fn interruption(&self) -> Option<String> {
        self.is_interrupted().then(|| format!("interrupted: {} of {} scenarios played", self.played(), self.share.cases))
    }

    /// The verdict on the whole as an exit status.
    pub fn exit_status(&self) -> u8 {
        let is_inconclusive = |run: &Run| {
            run.parts().into_iter().any(|part| run.is_unseen(part)) || run.outcomes.iter().any(|outcome| run.is_unjudged(outcome))
        };
        if self.is_interrupted() {
            130
        } else if self.runs.iter().any(|run| !self.conforms(run)) {
            1
        } else if !self.stale().is_empty() {
            2
        } else if self.runs.iter().any(is_inconclusive) {
            3
        } else {
            0
        }
    }

    /// Whether nothing was seen that counts against a run's programs.
    pub fn conforms(&self, run: &Run) -> bool {
        !run.outcomes.iter().any(|outcome| self.counts(run, outcome)) && run.refused().next().is_none()
    }

    /// Whether an outcome is a failure that counts: of a rule that binds, and not known beforehand.
    pub fn counts(&self, run: &Run, outcome: &Outcome) -> bool {
        self.binds(outcome.rule()) && run.is_news(outcome)
    }

    /// Whether a program that breaks this rule does not conform.
    pub fn binds(&self, rule: &Rule) -> bool {
        match rule.level {
            Level::Must => true,
            Level::Should => self.is_strict,
            Level::May => false,
        }
    }

    /// Known failures that have passed after all, wherever they might have failed, each with the first run that they concern. They can only
    /// be told where everything was played.
    pub fn stale(&self) -> Vec<(&Run, &KnownFailure)> {
        let mut stale: Vec<(&Run, &KnownFailure)> = Vec::new();
        if !self.share.is_everything() {
            return stale;
        }
        for (run, known) in self.runs.iter().flat_map(|run| run.known_failures.iter().map(move |known| (run, known))) {
            let about = |run: &Run| run.outcomes.iter().any(|outcome| known.covers(outcome));
            let concerned = || self.runs.iter().filter(|other| other.known_failures.contains(known));
            let mut cases = concerned().flat_map(|run| &run.outcomes).filter(|outcome| known.covers(outcome));
            if about(run) && stale.iter().all(|(_, other)| *other != known) && cases.all(|outcome| outcome.verdict() == Verdict::Pass) {
                stale.push((run, known));
            }
        }
        stale
    }
}
