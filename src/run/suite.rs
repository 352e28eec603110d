//! The suite of fixtures: each fixture is played with its subjects and judged. Workers play in parallel, each on a stage of its own.

use crate::model::translation::translate;
use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::known_failure::KnownFailure;
use crate::run::place::{Place, PlaceError};
use crate::run::results::Run;
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::spec::dialect::{Dialect, Values};
use crate::spec::fixture::Fixture;
use crate::spec::role::Role;
use crate::spec::rule::{Facet, RULES, Rule};
use crate::spec::transcript::{Scenario, Step};
use crate::stage::Seen;
use crate::verdict::finding::{Finding, Verdict};
use crate::verdict::judge::judge;
use crate::verdict::learn::{Learned, Refusal, learn, settle_greeting};
use crate::verdict::outcome::{Outcome, not_judged};
use crate::verdict::presupposition::{self, Broken};
use std::collections::{HashSet, VecDeque};
use std::iter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Instant;

/// The programs to judge, and the fixtures to judge them by.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name in the project file.
    pub name: Option<String>,
    /// The dialect of their course, if it is not that of the setting.
    pub dialect: Option<Arc<Dialect>>,
    /// The programs: at most one for each role.
    pub subjects: Vec<Subject>,
    /// The fixtures. Those without a subject for each of their roles are left out.
    pub fixtures: Vec<Fixture>,
    /// The failures that the project file declares.
    pub known_failures: Vec<KnownFailure>,
}

impl Plan {
    /// A plan without a project file.
    pub fn of(subjects: Vec<Subject>, fixtures: Vec<Fixture>) -> Self {
        Self { name: None, dialect: None, subjects, fixtures, known_failures: Vec::new() }
    }
}

/// What a report says of a place where nothing protects the user's files from strangers' programs.
const EXPOSED: &str = "; programs can write to your files (sockspec help security)";

/// Carries out a plan, and reports progress to `tell`.
///
/// # Errors
/// There is no place where the subjects can run.
pub fn run(plan: &Plan, setting: &Setting, interrupt: &Interrupt, mut tell: impl FnMut(&Event)) -> Result<Run, PlaceError> {
    let began = Instant::now();
    let dialect = plan.dialect.as_ref().unwrap_or(&setting.dialect).clone();
    let setting = &Setting { dialect, ..setting.clone() };
    let place = Place::find(setting, &plan.subjects, interrupt, &mut tell)?;
    let jobs = place.jobs().min(plan.fixtures.len()).max(1);
    let mut first = Worker::new(&place, 0);
    let mut learned = Vec::new();
    for subject in &plan.subjects {
        match learn(&setting.dialect, subject.role, |scenario| first.play(scenario, &[&subject.command])) {
            Ok(lesson) => learned.push((subject.role, lesson)),
            Err(_) if interrupt.is_set() => break,
            Err(error) => return Err(error.into()),
        }
    }
    let (queue, broken) = (Mutex::new(queue(plan)), Mutex::new(HashSet::new()));
    let (sender, receiver) = mpsc::channel();
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        for mut worker in iter::once(first).chain((1..jobs).map(|number| Worker::new(&place, number))) {
            let (queue, broken, sender, learned) = (&queue, &broken, sender.clone(), &learned);
            scope.spawn(move || {
                loop {
                    let next = lock(queue).pop_front();
                    let Some((subjects, fixture)) = next.filter(|_| !interrupt.is_set()) else { break };
                    // Sending fails only if the run is over.
                    let _ = sender.send(Event::Begins(fixture.id.clone()));
                    let Some(outcome) = judge_fixture(&mut worker, &subjects, fixture, learned, broken) else { break };
                    if presupposition::shows_its_rule_broken(&outcome) {
                        lock(broken).insert(outcome.rule().id);
                    }
                    let _ = sender.send(Event::Ends(Box::new(outcome)));
                }
            });
        }
        drop(sender);
        for event in receiver {
            tell(&event);
            if let Event::Ends(outcome) = event {
                outcomes.push(*outcome);
            }
        }
    });
    let mut described = Run::new(plan.name.as_ref(), &plan.subjects, &place, jobs);
    if outcomes.iter().any(|outcome| outcome.seen.is_exposed) {
        described.place += EXPOSED;
    }
    let run = Run {
        outcomes,
        learned,
        known_failures: plan.known_failures.clone(),
        is_interrupted: interrupt.is_set(),
        duration: began.elapsed(),
        ..described
    };
    Ok(run.concluded())
}

/// The order of play. Scenarios that watch an idle program come first: they take the longest and use no CPU. Then come the rules that
/// others need: if such a rule is broken, the others need not be played.
fn queue(plan: &Plan) -> VecDeque<(Vec<&Subject>, &Fixture)> {
    let subject = |role: &Role| plan.subjects.iter().find(|subject| subject.role == *role);
    let subjects = |fixture: &Fixture| fixture.scenario.subject().roles().iter().map(subject).collect::<Option<Vec<_>>>();
    let mut all: Vec<_> = plan.fixtures.iter().filter_map(|fixture| Some((subjects(fixture)?, fixture))).collect();
    let is_presupposed = |rule: &Rule| RULES.iter().any(|other| other.needs.contains(&rule.id));
    let takes_time = |scenario: &Scenario| scenario.rule.owns(Facet::Idle) || scenario.transcript.steps.contains(&Step::Silence);
    all.sort_by_key(|(_, fixture)| (!takes_time(&fixture.scenario), !is_presupposed(fixture.scenario.rule)));
    all.into()
}

/// Judges a fixture, and plays it only if it must. None if the run is interrupted. `broken` are the rules that are known to be broken.
fn judge_fixture(
    worker: &mut Worker<'_>,
    subjects: &[&Subject],
    fixture: &Fixture,
    learned: &[(Role, Learned)],
    broken: &Mutex<Broken>,
) -> Option<Outcome> {
    let lessons = presupposition::lessons(&fixture.scenario, learned)?;
    if let Some(refusal) = lessons.iter().find_map(|lesson| lesson.refusal.as_ref()) {
        return Some(refused(fixture, refusal));
    }
    if let Some(root) = presupposition::known_root(&fixture.scenario, &lessons, &lock(broken)) {
        return Some(blocked(fixture, root));
    }
    let dialect = match lessons[..] {
        [server, client] => Dialect::of_pair(&server.dialect, &client.dialect),
        _ => lessons[0].dialect.clone(),
    };
    play(worker, subjects, fixture, &dialect.demanding(fixture.scenario.rule.demands, &worker.course().clone()))
}

/// The outcome if a subject does not take part.
fn refused(fixture: &Fixture, Refusal { finding, scenario: smoke, seen }: &Refusal) -> Outcome {
    let scenario = fixture.scenario.clone();
    if finding.verdict == Verdict::Inconclusive {
        outcome(fixture, scenario, seen.clone(), finding.clone())
    } else if scenario.rule == smoke.rule {
        // The smoke scenario has shown the fault. This scenario of the same rule would fail in the same way.
        let Scenario { comments, title, .. } = scenario;
        outcome(fixture, Scenario { comments, title, ..smoke.clone() }, seen.clone(), finding.clone())
    } else {
        blocked(fixture, smoke.rule)
    }
}

/// The outcome if this broken rule makes it impossible to judge the fixture.
fn blocked(fixture: &Fixture, root: &'static Rule) -> Outcome {
    Outcome { root: Some(root), ..unplayed(fixture, not_judged(root)) }
}

/// Plays a fixture in this dialect, and judges what was seen. None if interrupted.
fn play(worker: &mut Worker<'_>, subjects: &[&Subject], fixture: &Fixture, dialect: &Dialect) -> Option<Outcome> {
    let course = worker.course().clone();
    let translated = |values: &Values| translate(dialect, &course, &fixture.scenario, fixture.words.as_deref(), values);
    let transcript = match translated(&Values::default()) {
        Ok(transcript) => transcript,
        Err(why) => return Some(unplayed(fixture, why)),
    };
    let mut scenario = Scenario { transcript, ..fixture.scenario.clone() };
    let commands: Vec<_> = subjects.iter().map(|subject| &subject.command).collect();
    match worker.play(&scenario, &commands) {
        Ok(mut seen) => {
            settle_greeting(dialect, &mut seen.transcript);
            if !dialect.has_values() {
                let finding = judge(&scenario, &seen, dialect);
                return Some(outcome(fixture, scenario, seen, finding));
            }
            let values = seen.values(&course);
            if let Ok(transcript) = translated(&values) {
                scenario.transcript = transcript;
            }
            let finding = judge(&scenario, &seen, &dialect.filled(&values, 1));
            Some(outcome(fixture, scenario, seen, finding))
        }
        Err(_) if worker.is_interrupted() => None,
        Err(error) => Some(outcome(fixture, scenario, Seen::default(), Finding::inconclusive(error.to_string()))),
    }
}

/// The outcome of a fixture that is not played, for this reason.
fn unplayed(fixture: &Fixture, why: String) -> Outcome {
    outcome(fixture, fixture.scenario.clone(), Seen::default(), Finding::inconclusive(why))
}

fn outcome(fixture: &Fixture, scenario: Scenario, seen: Seen, finding: Finding) -> Outcome {
    Outcome { id: fixture.id.clone(), file: fixture.file.clone(), scenario, seen, finding, root: None }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
