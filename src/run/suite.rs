//! A run: subjects and fixtures in, findings out. Workers play in parallel, each on a stage of its own.

use crate::model::translation::translate;
use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::known_failure::KnownFailure;
use crate::run::place::{Place, PlaceError};
use crate::run::results::{Judged, Run};
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::spec::dialect::Dialect;
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
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;

/// What to judge, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The name that a project file gives it.
    pub name: Option<String>,
    /// The programs, one for each role at the most.
    pub subjects: Vec<Subject>,
    /// The scenarios; those without a subject, or without one of two, are left out.
    pub fixtures: Vec<Fixture>,
    /// What may fail.
    pub known_failures: Vec<KnownFailure>,
}

impl Plan {
    /// Programs that have no name, of which nothing is known beforehand.
    pub fn of(subjects: Vec<Subject>, fixtures: Vec<Fixture>) -> Self {
        Self { name: None, subjects, fixtures, known_failures: Vec::new() }
    }
}

/// Carries out a plan; `tell` is told what happens as it happens.
///
/// # Errors
/// There is no place to judge anything in.
pub fn run(plan: &Plan, setting: &Setting, interrupt: &Interrupt, mut tell: impl FnMut(&Event)) -> Result<Run, PlaceError> {
    let began = Instant::now();
    let place = Place::find(setting, &plan.subjects, interrupt, &mut tell)?;
    let jobs = place.jobs().min(plan.fixtures.len()).max(1);
    let mut first = Worker::new(&place, 0);
    let mut learned = Vec::new();
    for subject in &plan.subjects {
        let result = learn(subject.role, |scenario| first.play(scenario, &[&subject.command]));
        match result {
            Ok(lesson) => learned.push((subject.role, lesson)),
            Err(_) if interrupt.is_set() => break,
            Err(error) => return Err(error.into()),
        };
    }
    let (queue, broken) = (Mutex::new(queue(plan)), Mutex::new(HashSet::new()));
    let (sender, receiver) = mpsc::channel();
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        let mut first = Some(first);
        for number in 0..jobs {
            let mut worker = first.take().unwrap_or_else(|| Worker::new(&place, number));
            let (queue, broken, sender, learned) = (&queue, &broken, sender.clone(), &learned);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((subjects, fixture)) = next.filter(|_| !interrupt.is_set()) else { break };
                    // Nobody listens any more only when the run is over.
                    let _ = sender.send(Event::Begins(fixture.id.clone()));
                    let Some(outcome) = judge_fixture(&mut worker, &subjects, fixture, learned, broken) else { break };
                    if presupposition::shows_its_rule_broken(&outcome) {
                        broken.lock().unwrap_or_else(PoisonError::into_inner).insert(outcome.rule().id);
                    }
                    let _ = sender.send(Event::Ends(Box::new(outcome)));
                }
            });
        }
        drop(sender);
        for news in receiver {
            tell(&news);
            if let Event::Ends(outcome) = news {
                outcomes.push(*outcome);
            }
        }
    });
    let run = Run {
        name: plan.name.clone(),
        subjects: plan.subjects.iter().map(Judged::from).collect(),
        outcomes,
        passed_unlisted: 0,
        learned,
        known_failures: plan.known_failures.clone(),
        diagnoses: Vec::new(),
        place: place.describe(jobs),
        denied: place.denied().to_vec(),
        is_interrupted: interrupt.is_set(),
        duration: began.elapsed(),
    };
    Ok(run.concluded())
}

/// What is played first: scenarios that only observe for a time take the longest and use no CPU; then those of rules that others
/// presuppose, so that what cannot be judged need not be played.
fn queue(plan: &Plan) -> VecDeque<(Vec<&Subject>, &Fixture)> {
    let subject = |role: &Role| plan.subjects.iter().find(|subject| subject.role == *role);
    let subjects = |fixture: &Fixture| fixture.scenario.subject().roles().iter().map(subject).collect::<Option<Vec<_>>>();
    let mut all: Vec<_> = plan.fixtures.iter().filter_map(|fixture| Some((subjects(fixture)?, fixture))).collect();
    let is_presupposed = |rule: &Rule| RULES.iter().any(|other| other.needs.contains(&rule.id));
    let takes_time = |scenario: &Scenario| scenario.rule.owns(Facet::Idle) || scenario.transcript.steps.contains(&Step::Silence);
    all.sort_by_key(|(_, fixture)| (!takes_time(&fixture.scenario), !is_presupposed(fixture.scenario.rule)));
    all.into()
}

/// Plays a fixture and judges what was seen; nothing when the run is interrupted. `broken` are rules of which it is known already.
fn judge_fixture(
    worker: &mut Worker<'_>,
    subjects: &[&Subject],
    fixture: &Fixture,
    learned: &[(Role, Learned)],
    broken: &Mutex<Broken>,
) -> Option<Outcome> {
    let Fixture { id, file, scenario } = fixture;
    let outcome =
        |scenario: Scenario, seen, finding| Some(Outcome { id: id.clone(), file: file.clone(), scenario, seen, finding, root: None });
    let unplayed = |root: &'static Rule| {
        let finding = Finding::inconclusive(not_judged(root));
        Some(Outcome { root: Some(root), ..outcome(scenario.clone(), Seen::default(), finding)? })
    };
    let lessons = presupposition::lessons(scenario, learned)?;
    if let Some(refusal) = lessons.iter().find_map(|lesson| lesson.refusal.as_ref()) {
        let Refusal { finding, scenario: smoke, seen } = refusal;
        return match finding.verdict {
            Verdict::Inconclusive => outcome(scenario.clone(), seen.clone(), finding.clone()),
            // What was played is the first look, and not this scenario, which would go no better.
            _ if scenario.rule == refusal.rule() => {
                let (comments, title) = (scenario.comments.clone(), scenario.title.clone());
                outcome(Scenario { comments, title, ..smoke.clone() }, seen.clone(), finding.clone())
            }
            _ => unplayed(refusal.rule()),
        };
    }
    if let Some(root) = presupposition::known_root(scenario, &lessons, &broken.lock().unwrap_or_else(PoisonError::into_inner)) {
        return unplayed(root);
    }
    let spoken = match lessons[..] {
        [server, client] => Dialect::of_pair(&server.dialect, &client.dialect),
        _ => lessons[0].dialect.clone(),
    };
    let dialect: Dialect = spoken.demanding(scenario.rule.demands);
    let transcript = match translate(&dialect, scenario) {
        Ok(transcript) => transcript,
        Err(why) => return outcome(scenario.clone(), Seen::default(), Finding::inconclusive(why)),
    };
    let scenario = Scenario { transcript, ..scenario.clone() };
    let commands: Vec<_> = subjects.iter().map(|subject| &subject.command).collect();
    match worker.play(&scenario, &commands) {
        Ok(mut seen) => {
            settle_greeting(&dialect, &mut seen.transcript);
            let finding = judge(&scenario, &seen, &dialect);
            outcome(scenario, seen, finding)
        }
        Err(_) if worker.is_interrupted() => None,
        Err(error) => outcome(scenario, Seen::default(), Finding::inconclusive(error.to_string())),
    }
}
