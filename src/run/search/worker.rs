//! A worker of a search: it plays cases, judges them, and shrinks the failures.

use crate::run::event::Event;
use crate::run::search::case::{Case, outcome};
use crate::run::search::source::Queue;
use crate::run::setting::Subject;
use crate::run::worker::Worker;
use crate::spec::dialect::Dialect;
use crate::spec::transcript::Scenario;
use crate::stage::command::Command;
use crate::stage::{Seen, StageError};
use crate::verdict::finding::{Finding, Verdict};
use crate::verdict::judge::judge;
use crate::verdict::learn::settle_greeting;
use crate::verdict::outcome::Outcome;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::mpsc::Sender;

/// How often a shrunk case is played again.
const REPETITIONS: usize = 5;

/// One case, ready to be played.
struct Trial {
    name: String,
    case: Case,
    scenario: Scenario,
}

/// A worker of a search, which has a stage of its own.
pub struct SearchWorker<'a> {
    worker: Worker<'a>,
    commands: Vec<&'a Command>,
    dialect: &'a Dialect,
    /// The trials that the stage plays now and next, or why the stage could not begin one.
    begun: VecDeque<(Trial, Result<(), StageError>)>,
    /// The trials that were played, and are not judged yet.
    played: VecDeque<(Trial, Result<Seen, StageError>)>,
}

impl<'a> SearchWorker<'a> {
    /// A worker that expects this dialect from the subjects.
    pub fn new(worker: Worker<'a>, subjects: &'a [Subject], dialect: &'a Dialect) -> Self {
        let commands = subjects.iter().map(|subject| &subject.command).collect();
        Self { worker, commands, dialect, begun: VecDeque::new(), played: VecDeque::new() }
    }

    /// Plays cases until the queue is empty or the run is interrupted.
    pub fn run(mut self, queue: &Queue<'_>, events: &Sender<Event>) {
        while let Some(outcome) = self.next_outcome(queue, events) {
            // Sending fails only if the search is over.
            let _ = events.send(Event::Ends(Box::new(outcome)));
        }
    }

    /// The outcome of one more case, shrunk if the case fails. None if no case is left or the run is interrupted.
    fn next_outcome(&mut self, queue: &Queue<'_>, events: &Sender<Event>) -> Option<Outcome> {
        // The stage plays one case while this worker judges the case before.
        while self.begun.len() + self.played.len() < 2
            && let Some((case, name)) = queue.take()
        {
            self.begin(self.trial(case, name));
        }
        let (trial, seen) = self.played.pop_front().or_else(|| self.finish())?;
        let outcome = self.judge(&trial, seen)?;
        if !outcome.has_failed() {
            return Some(outcome);
        }
        let _ = events.send(Event::Shrinks(trial.name.clone()));
        // Shrinking needs the stage, so the case that was begun must end first.
        while let Some(next) = self.finish() {
            self.played.push_back(next);
        }
        let outcome = self.examine(&trial, outcome)?;
        if outcome.has_failed() {
            queue.count_failure();
        }
        Some(outcome)
    }

    /// Shrinks a case that failed, and plays the smallest case again to see whether it always fails. None if interrupted.
    fn examine(&mut self, trial: &Trial, mut outcome: Outcome) -> Option<Outcome> {
        let Trial { name, case, .. } = trial;
        // A program that has stalled before gets less time, which may be too little. `Worker::play` gives it the full time.
        if outcome.seen.stall.is_some() {
            outcome = self.play(case, name)?;
            if !outcome.has_failed() {
                return Some(outcome);
            }
        }
        let (smallest, tries) = case.shrink(|candidate| Some(self.play(candidate, name)?.has_failed()))?;
        let mut failures = Vec::new();
        for _ in 0..REPETITIONS {
            failures.extend(Some(self.play(&smallest, name)?).filter(Outcome::has_failed));
        }
        let (from, to) = (case.size(), smallest.size());
        let mut comments = vec![format!(
            "Found as {name}; shrunk from {} in {} to {} in {}, in {tries} tries.",
            counted(from.bytes, "byte"),
            counted(from.pieces, "piece"),
            counted(to.bytes, "byte"),
            counted(to.pieces, "piece")
        )];
        // A failure that does not repeat is still reported, with this remark.
        if failures.len() < REPETITIONS {
            comments.push(format!("It does not always go wrong: {} of {REPETITIONS} times when it was played again.", failures.len()));
        }
        let mut outcome = failures.pop().unwrap_or(outcome);
        outcome.scenario.comments = comments;
        Some(outcome)
    }

    /// Plays a case and judges it. None if interrupted.
    fn play(&mut self, case: &Case, name: &str) -> Option<Outcome> {
        let trial = self.trial(case.clone(), name.to_owned());
        let seen = self.worker.play(&trial.scenario, &self.commands);
        self.judge(&trial, seen)
    }

    fn trial(&self, case: Case, name: String) -> Trial {
        let scenario = case.scenario(self.dialect, format!("a conversation that was found, {name}"));
        Trial { name, case, scenario }
    }

    fn begin(&mut self, trial: Trial) {
        let result = self.worker.begin(&trial.scenario, &self.commands);
        self.begun.push_back((trial, result));
    }

    /// Waits for the end of the trial that was begun first. None if no trial was begun.
    fn finish(&mut self) -> Option<(Trial, Result<Seen, StageError>)> {
        let (trial, begun) = self.begun.pop_front()?;
        let seen = begun.and_then(|()| self.worker.finish());
        // If the stage is gone, the next trial is lost with it, and begins again on a new stage.
        if self.worker.is_gone() && !self.worker.is_interrupted() {
            std::mem::take(&mut self.begun).into_iter().for_each(|(trial, _)| self.begin(trial));
        }
        Some((trial, seen))
    }

    /// Judges a trial by each rule that its case can break. None if interrupted.
    fn judge(&self, trial: &Trial, seen: Result<Seen, StageError>) -> Option<Outcome> {
        let mut scenario = trial.scenario.clone();
        let mut seen = match seen {
            Ok(seen) => seen,
            Err(_) if self.worker.is_interrupted() => return None,
            Err(error) => return Some(outcome(&trial.name, scenario, Seen::default(), Finding::inconclusive(error.to_string()))),
        };
        settle_greeting(self.dialect, &mut seen.transcript);
        let mut dialect = Cow::Borrowed(self.dialect);
        if self.dialect.has_values() {
            // The expected transcript had likely values. Now the real ones are known.
            dialect = Cow::Owned(self.dialect.filled(&seen.values(self.dialect), 1));
            scenario = trial.case.scenario(&dialect, scenario.title);
        }
        let mut finding = Finding::pass();
        for rule in trial.case.rules() {
            scenario.rule = rule;
            finding = judge(&scenario, &seen, &dialect);
            if finding.verdict != Verdict::Pass {
                break;
            }
        }
        Some(outcome(&trial.name, scenario, seen, finding))
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
