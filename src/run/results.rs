//! The results of runs. `Results` has one `Run` for each program or pair, and a `Run` has one `Outcome` for each scenario that was played.
//! The exit status follows from the results.

use crate::run::known_failure::KnownFailure;
use crate::run::language::language_of;
use crate::run::partition::Share;
use crate::run::place::{Denied, Place};
use crate::run::setting::Subject;
use crate::run::weights::Weights;
use crate::spec::code::Example;
use crate::spec::dialect::Dialect;
use crate::spec::language::Language;
use crate::spec::role::{Part, Role};
use crate::spec::rule::{Level, RULES, Rule};
use crate::spec::transcript::Transcript;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Verdict;
use crate::verdict::learn::{Learned, Refusal};
use crate::verdict::outcome::Outcome;
use crate::verdict::presupposition;
use crate::verdict::problem::Problem;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// A program that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Server or client.
    pub role: Role,
    /// Its command, as the user wrote it.
    pub command: String,
    /// The language that it is written in, if that is known.
    pub language: Option<Language>,
}

/// Why a program, or all programs of a folder, cannot be judged: it does not build, or it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// What is wrong, in a few words.
    pub what: String,
    /// More about it, such as the first error of the compiler. It may have several lines.
    pub detail: String,
}

impl Obstacle {
    /// What is wrong, and more about it.
    pub fn new(what: &str, detail: String) -> Self {
        Self { what: what.into(), detail }
    }
}

/// One program, or a server and its client, with the outcomes of the scenarios that were played. A search keeps only failures.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Its name in the project file.
    pub name: Option<String>,
    /// The programs, a server before its client.
    pub subjects: Vec<Judged>,
    /// The dialect of the course.
    pub dialect: Arc<Dialect>,
    /// In the order of the rules, once the run is `concluded`.
    pub outcomes: Vec<Outcome>,
    /// How many conversations of a search (`fuzz` or `explore`) passed. They have no entry in `outcomes`.
    pub passed_unlisted: usize,
    /// What the first conversations have shown about each program.
    pub learned: Vec<(Role, Learned)>,
    /// The failures that the project file declares.
    pub known_failures: Vec<KnownFailure>,
    /// The known mistakes that explain the failures.
    pub diagnoses: Vec<Diagnosis>,
    /// Where the programs ran, as a text for the report, such as "in private networks, one scenario at a time".
    pub place: String,
    /// Better kinds of isolation than this one, and why the system does not allow them.
    pub denied: Vec<Denied>,
    /// Why some or all programs could not be judged, although they should be there.
    pub obstacle: Option<Obstacle>,
    /// Whether the run was interrupted, so that outcomes are missing.
    pub is_interrupted: bool,
    /// How long the run took.
    pub duration: Duration,
}

/// Everything that a report shows.
#[derive(Clone, Debug)]
pub struct Results {
    /// One run for each program or pair, in the order in which they were judged.
    pub runs: Vec<Run>,
    /// Whether a broken SHOULD counts as a failure.
    pub is_strict: bool,
    /// How much each rule is worth.
    pub weights: Weights,
    /// How to play one scenario of the report again.
    pub again: Rerun,
    /// Which share of all scenarios was played (`--partition`).
    pub share: Share,
    /// Whether the report says why better isolation was not possible.
    pub is_verbose: bool,
    /// Whether the report for a terminal tells the story of every failure, and not only of the most important problem.
    pub tells_all: bool,
}

/// How the user plays one scenario of the report again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rerun {
    /// With `sockspec check` and these options. The report adds the subjects.
    Check(String),
    /// With `sockspec class`, and these folders and options. The report adds the name of the folder.
    Class(String),
    /// The built-in pair was judged. There is no command to show.
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
    /// Whether the outcomes come from a search (`fuzz` or `explore`). A search may end early, and keeps only failures.
    pub fn is_search(&self) -> bool {
        matches!(self, Self::Fuzz { .. } | Self::Explore(_))
    }
}

impl From<&Subject> for Judged {
    fn from(subject: &Subject) -> Self {
        Self { role: subject.role, command: subject.command.to_string(), language: language_of(&subject.command) }
    }
}

impl Run {
    /// A run in this place, of which nothing has been played yet.
    pub fn new(name: Option<&String>, subjects: &[Subject], place: &Place<'_>, jobs: usize) -> Self {
        let subjects = subjects.iter().map(Judged::from).collect();
        Self {
            name: name.cloned(),
            subjects,
            dialect: place.setting().dialect.clone(),
            place: place.describe(jobs),
            denied: place.denied().to_vec(),
            ..Self::default()
        }
    }

    /// The name of the course, if it is not the tutorial.
    pub fn course(&self) -> Option<&str> {
        Some(self.dialect.name.as_str()).filter(|_| !self.dialect.is_tutorial())
    }

    /// The rules about these programs that mean nothing in the dialect of the course, each with the reason.
    pub fn inapplicable(&self) -> Vec<(&'static Rule, &'static str)> {
        // The rules that the tutorial does not have are about other courses.
        if self.dialect.is_tutorial() {
            return Vec::new();
        }
        let has_role = |role: &Role| self.subjects.iter().any(|subject| subject.role == *role);
        let rules = RULES.iter().filter(|rule| rule.subject().roles().iter().all(has_role));
        rules.filter_map(|rule| Some((rule, rule.inapplicable(&self.dialect)?))).collect()
    }

    /// Completes a run when all outcomes are known: sorts them, marks those that cannot be judged because of another rule, and looks for
    /// known mistakes.
    #[must_use]
    pub fn concluded(mut self) -> Self {
        presupposition::mark_consequences(&mut self.outcomes, &self.learned);
        let order = |outcome: &Outcome| RULES.iter().position(|rule| rule.id == outcome.rule().id);
        self.outcomes.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.id.cmp(&b.id)));
        // Diagnose only failures that the project file does not declare: the user knows the others.
        let has_new_failure = |role: Role| {
            let mut about = self.outcomes.iter().filter(|outcome| outcome.scenario.subject() == role && outcome.rule().level != Level::May);
            about.any(|outcome| self.is_new_failure(outcome))
        };
        let roles =
            self.subjects.iter().map(|subject| subject.role).filter(|role| self.known_failures.is_empty() || has_new_failure(*role));
        self.diagnoses = roles.flat_map(|role| Diagnosis::of(&self.outcomes, role)).collect();
        self
    }

    /// The same without the conversations of scenarios that have passed, or were not played: those of a whole class would fill memory and
    /// reports, and nobody reads them.
    #[must_use]
    pub fn without_passed_conversations(mut self) -> Self {
        for outcome in &mut self.outcomes {
            let is_told = outcome.finding.difference.is_some();
            if !is_told && (outcome.verdict() == Verdict::Pass || outcome.root.is_some()) {
                outcome.seen.transcript = Transcript::default();
            }
            // What a scenario demands decides whether another rule is the reason why it is not judged.
            if !is_told && outcome.verdict() == Verdict::Pass {
                // A scenario has at least one step.
                outcome.scenario.transcript.steps.truncate(1);
            }
        }
        self
    }

    /// The problems that the reports tell, the most important one first. Failures that the project file declares, and differences where a
    /// rule leaves the choice, are none.
    pub fn problems(&self) -> Vec<Problem<'_>> {
        let is_one = |outcome: &&Outcome| self.is_new_failure(outcome) && outcome.rule().level != Level::May;
        Problem::all(&self.outcomes.iter().filter(is_one).collect::<Vec<_>>(), &self.diagnoses, &self.dialect)
    }

    /// The lines of code to change because of a problem, in the language of the program, if that is known.
    pub fn example(&self, problem: &Problem<'_>) -> Option<Example> {
        problem.example(self.subjects.iter().find(|subject| subject.role == problem.role())?.language?)
    }

    /// The programs that could not be tested at all, because the server does not listen or the client does not connect. Each refusal says
    /// what its program did instead.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.learned.iter().filter_map(|(_, learned)| learned.refusal.as_ref())
    }

    /// The refusals whose rule has no outcome, because the filter does not select the rule. A report shows these refusals too, because they
    /// are the reason why nothing else was judged.
    pub fn unlisted_refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals().filter(|refusal| self.outcomes.iter().all(|outcome| outcome.rule() != refusal.rule()))
    }

    /// The rules of the refusals that are failures, such as `server/listen`, without those that the project file declares as broken.
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

    /// Whether the first conversation with the program of this part was inconclusive. Then the program counts as not judged, also if
    /// the filter leaves no outcome for it.
    pub fn is_unobserved(&self, part: Part) -> bool {
        self.refusals().any(|refusal| refusal.rule().subject() == part && refusal.finding.verdict == Verdict::Inconclusive)
    }

    /// Whether this is inconclusive, and a declared failure is not the reason. Then the exit status is 3 if nothing failed.
    pub fn is_unjudged(&self, outcome: &Outcome) -> bool {
        outcome.verdict() == Verdict::Inconclusive && !self.is_excused(outcome)
    }

    /// The entry of the project file that declares this failure.
    pub fn known_failure(&self, outcome: &Outcome) -> Option<&KnownFailure> {
        self.known_failures.iter().find(|known| known.covers(outcome)).filter(|_| outcome.has_failed())
    }

    /// The parts that the report names: each program that has outcomes or a refusal, and the pair if it has.
    pub fn parts(&self) -> Vec<Part> {
        let alone = self.subjects.iter().map(|subject| Part::from(subject.role));
        let together = Some(Part::Pair).filter(|_| self.subjects.len() > 1);
        if self.outcomes.is_empty() {
            // A search without failures, or a run that was interrupted early. A search concerns either one program or the pair.
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

    /// How many outcomes have this verdict. The conversations in `passed_unlisted` are not counted.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.verdict() == verdict).count()
    }

    /// Whether this was not judged only because of failures that the project file declares. Then it does not change the exit status.
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
    /// The same with other runs.
    #[must_use]
    pub fn with_runs(&self, runs: Vec<Run>) -> Self {
        let Self { is_strict, weights, again, share, is_verbose, tells_all, .. } = self;
        Self {
            runs,
            is_strict: *is_strict,
            weights: weights.clone(),
            again: again.clone(),
            share: share.clone(),
            is_verbose: *is_verbose,
            tells_all: *tells_all,
        }
    }

    /// How many scenarios were played, including the conversations in `passed_unlisted`.
    pub fn played(&self) -> u64 {
        self.runs.iter().map(|run| (run.outcomes.len() + run.passed_unlisted) as u64).sum()
    }

    /// How long all runs took together. Do not add up seconds as floats: for no runs, their sum is -0, and a report would show the sign.
    pub fn duration(&self) -> Duration {
        self.runs.iter().map(|run| run.duration).sum()
    }

    /// The rules that mean nothing in the dialect of a run, for a report. None if a filter was given: it may have left them out anyway.
    pub fn inapplicable(&self, run: &Run) -> Vec<(&'static Rule, &'static str)> {
        if self.share.is_filtered { Vec::new() } else { run.inapplicable() }
    }

    /// Whether a run was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.runs.iter().any(|run| run.is_interrupted)
    }

    /// The message for a run that was interrupted.
    pub fn interruption(&self) -> Option<String> {
        self.is_interrupted().then(|| format!("interrupted: {} of {} scenarios played", self.played(), self.share.cases))
    }

    /// The exit status. If several of these are true, the first one counts: interrupted, a failure, a declared failure that has passed,
    /// inconclusive. The README lists the values.
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
        let has_failed = run.outcomes.iter().any(|outcome| self.counts(run, outcome)) || run.rules_broken_by_refusal().next().is_some();
        !has_failed && run.obstacle.is_none()
    }

    /// Whether an outcome is a failure because of which the program does not conform: the rule is a MUST (with `--strict`, also a SHOULD),
    /// and the project file does not declare the failure.
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

    /// Entries of the project file that are out of date, each with the first run that it concerns: all scenarios of the entry have
    /// passed, in every run with this entry. Empty if only a share of all scenarios was played.
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
