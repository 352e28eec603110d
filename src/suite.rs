//! A run: subjects and fixtures in, findings out. Workers play in parallel, each on a stage of its own.

use crate::crew::{Crew, Interrupt, Place, Setting, Subject};
use crate::dialect::{BUFFER, Dialect};
use crate::fixture::Fixture;
use crate::judge::judge;
use crate::learn::{Learned, Refusal, learn};
use crate::rule::{Facet, Level, RULES, Rule};
use crate::stage::{Seen, StageError};
use crate::transcript::{Part, Peer, Role, Scenario, Step, Wire};
use crate::verdict::{Finding, Verdict};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// What to judge, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The programs, one for each role at the most.
    pub subjects: Vec<Subject>,
    /// The scenarios; those without a subject, or without one of two, are left out.
    pub fixtures: Vec<Fixture>,
    /// Where and how subjects run.
    pub setting: Setting,
}

/// What came of one scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The scenario as it was written.
    pub fixture: Fixture,
    /// The scenario in the subject's own dialect, as it was played.
    pub scenario: Scenario,
    /// What was seen.
    pub seen: Seen,
    /// What the judge said.
    pub finding: Finding,
}

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Run {
    /// The programs that were judged.
    pub subjects: Vec<Subject>,
    /// In the order of the rules.
    pub outcomes: Vec<Outcome>,
    /// Conversations that passed, of which nothing more was kept: those of fuzzing and exploring.
    pub passed_unlisted: usize,
    /// Subjects that took no part.
    pub refusals: Vec<Refusal>,
    /// Where subjects ran, in a sentence.
    pub place: String,
    /// Whether it was interrupted, so that scenarios are missing.
    pub is_interrupted: bool,
    /// From beginning to end.
    pub duration: Duration,
}

impl Run {
    /// The verdict on the whole as an exit status.
    pub fn exit_status(&self, is_strict: bool) -> u8 {
        let breaks = |outcome: &Outcome| {
            let counts = match outcome.fixture.scenario.rule.level {
                Level::Must => true,
                Level::Should => is_strict,
                Level::May => false,
            };
            counts && outcome.finding.verdict == Verdict::Fail
        };
        if self.is_interrupted {
            130
        } else if self.outcomes.iter().any(breaks) || self.refusals.iter().any(|refusal| refusal.finding.verdict == Verdict::Fail) {
            1
        } else if self.outcomes.iter().any(|outcome| outcome.finding.verdict == Verdict::Inconclusive) {
            3
        } else {
            0
        }
    }
}

/// Carries out a plan; `done` is told of each outcome as it comes.
///
/// # Errors
/// There is no place to judge anything in.
pub fn run(plan: &Plan, interrupt: &Interrupt, mut done: impl FnMut(&Outcome)) -> Result<Run, StageError> {
    let began = Instant::now();
    let place = Place::find(&plan.setting, &plan.subjects, interrupt)?;
    let jobs = place.jobs().min(plan.fixtures.len()).max(1);
    let mut first = place.crew(0);
    let mut learned = HashMap::new();
    for subject in &plan.subjects {
        let result = learn(subject.role, |scenario| first.play(scenario, &[&subject.command]));
        match result {
            Ok(lesson) => learned.insert(subject.role, lesson),
            Err(_) if interrupt.is_set() => break,
            Err(error) => return Err(error),
        };
    }
    let (queue, failed) = (Mutex::new(queue(plan)), Mutex::new(HashSet::new()));
    let (sender, receiver) = mpsc::channel();
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        let mut first = Some(first);
        for number in 0..jobs {
            let mut crew = first.take().unwrap_or_else(|| place.crew(number));
            let (queue, failed, sender, learned) = (&queue, &failed, sender.clone(), &learned);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((subjects, fixture)) = next.filter(|_| !interrupt.is_set()) else { break };
                    let known = failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let Some(outcome) = judge_fixture(&mut crew, &subjects, fixture, learned, &known) else { break };
                    if outcome.finding.verdict == Verdict::Fail {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).insert(outcome.scenario.rule.id);
                    }
                    // Nobody listens any more only when the run is over.
                    let _ = sender.send(outcome);
                }
            });
        }
        drop(sender);
        for outcome in receiver {
            done(&outcome);
            outcomes.push(outcome);
        }
    });
    presuppose(&mut outcomes, &learned);
    let order = |outcome: &Outcome| RULES.iter().position(|rule| rule.id == outcome.scenario.rule.id);
    outcomes.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.fixture.id.cmp(&b.fixture.id)));
    let refusals = plan.subjects.iter().filter_map(|subject| learned.remove(&subject.role)?.refusal).collect();
    Ok(Run {
        subjects: plan.subjects.clone(),
        outcomes,
        passed_unlisted: 0,
        refusals,
        place: place.describe(jobs),
        is_interrupted: interrupt.is_set(),
        duration: began.elapsed(),
    })
}

/// What is played first: scenarios that only observe for a time take the longest and use no CPU; then those of rules that others
/// presuppose, so that what cannot be judged need not be played.
fn queue(plan: &Plan) -> VecDeque<(Vec<&Subject>, &Fixture)> {
    let subject = |role: &Role| plan.subjects.iter().find(|subject| subject.role == *role);
    let subjects = |fixture: &Fixture| fixture.scenario.subject().roles().iter().map(subject).collect::<Option<Vec<_>>>();
    let mut all: Vec<_> = plan.fixtures.iter().filter_map(|fixture| Some((subjects(fixture)?, fixture))).collect();
    let is_presupposed = |rule: &Rule| RULES.iter().any(|other| other.needs.contains(&rule.id));
    all.sort_by_key(|(_, fixture)| (!fixture.scenario.rule.owns(Facet::Idle), !is_presupposed(fixture.scenario.rule)));
    all.into()
}

/// What was learned of the subjects of a fixture.
fn lessons<'a>(fixture: &Fixture, learned: &'a HashMap<Role, Learned>) -> Option<Vec<&'a Learned>> {
    fixture.scenario.subject().roles().iter().map(|role| learned.get(role)).collect()
}

/// The rule whose failure leaves nothing to judge this case by: its failure would only repeat the cause.
fn root(fixture: &Fixture, lessons: &[&Learned], failed: &HashSet<&'static str>) -> Option<&'static str> {
    let Scenario { rule, transcript, givens, .. } = &fixture.scenario;
    let owns = |facets: &[Facet]| facets.iter().any(|facet| rule.owns(*facet));
    // How many recvs it takes to read what is sent.
    let recvs = |step: &Step| if let Step::Wire(Peer::Client, Wire::Bytes(bytes)) = step { bytes.len().div_ceil(BUFFER) } else { 0 };
    let is_unreadable = match rule.subject() {
        Part::Pair => true,
        Part::Client => owns(&[Facet::Words, Facet::Wire, Facet::WirePrompt]),
        Part::Server => owns(&[Facet::Prompt]) || owns(&[Facet::Stdout]) && transcript.steps.iter().map(recvs).sum::<usize>() > 1,
    };
    let unreadable = lessons.iter().find_map(|lesson| lesson.unreadable).map(|broken| broken.id).filter(|_| is_unreadable);
    // A server that speaks as the tutorial's does, and yet prints messages wrong, prints others wrong as well.
    let prints_messages = rule.subject() != Part::Client && owns(&[Facet::Stdout]) && givens.is_empty();
    let has_form = lessons.first().is_some_and(|lesson| lesson.dialect.has_tutorials_messages());
    let message = failed.get("server/message").copied().filter(|_| prints_messages && has_form);
    unreadable.or(message).filter(|broken| rule.id != *broken)
}

/// A case whose presupposition failed is not judged, however it was judged before that was known.
fn presuppose(outcomes: &mut [Outcome], learned: &HashMap<Role, Learned>) {
    let failed = |outcomes: &[Outcome]| -> HashSet<&'static str> {
        let failed = outcomes.iter().filter(|outcome| outcome.finding.verdict == Verdict::Fail);
        failed.map(|outcome| outcome.scenario.rule.id).collect()
    };
    let apparent = failed(outcomes);
    let (mut roots, mut others) = (HashMap::new(), Vec::new());
    for (i, outcome) in outcomes.iter_mut().enumerate() {
        let lessons = lessons(&outcome.fixture, learned).filter(|lessons| lessons.iter().all(|lesson| lesson.refusal.is_none()));
        if let Some(root) = lessons.and_then(|lessons| root(&outcome.fixture, &lessons, &apparent)) {
            roots.insert(outcome.scenario.rule.id, root);
            outcome.finding = not_judged(root);
        } else {
            others.push(i);
        }
    }
    let real = failed(outcomes);
    for i in others {
        let needed = |needed: &&'static str| {
            let root = roots.get(*needed).copied().filter(|_| apparent.contains(*needed));
            if real.contains(*needed) { Some(*needed) } else { root }
        };
        if let Some(needed) = outcomes[i].scenario.rule.needs.iter().find_map(needed) {
            outcomes[i].finding = not_judged(needed);
        }
    }
}

fn not_judged(broken: &str) -> Finding {
    Finding::inconclusive(format!("not judged: {broken} failed"))
}

/// Plays a fixture and judges what was seen; nothing when the run is interrupted. `failed` are rules of which it is known already.
fn judge_fixture(
    crew: &mut Crew<'_>,
    subjects: &[&Subject],
    fixture: &Fixture,
    learned: &HashMap<Role, Learned>,
    failed: &HashSet<&'static str>,
) -> Option<Outcome> {
    let rule = fixture.scenario.rule;
    let outcome = |scenario, seen, finding| Some(Outcome { fixture: fixture.clone(), scenario, seen, finding });
    let lessons = lessons(fixture, learned)?;
    if let Some(Refusal { rule: broken, finding, scenario, seen }) = lessons.iter().find_map(|lesson| lesson.refusal.as_ref()) {
        if rule == *broken || finding.verdict == Verdict::Inconclusive {
            return outcome(scenario.clone(), seen.clone(), finding.clone());
        }
        return outcome(fixture.scenario.clone(), Seen::default(), not_judged(broken.id));
    }
    let needed = rule.needs.iter().copied().find(|needed| failed.contains(needed));
    if let Some(broken) = root(fixture, &lessons, failed).or(needed) {
        return outcome(fixture.scenario.clone(), Seen::default(), not_judged(broken));
    }
    let spoken = match lessons[..] {
        [server, client] => Dialect::of_pair(&server.dialect, &client.dialect),
        _ => lessons[0].dialect.clone(),
    };
    let subject = fixture.scenario.subject();
    if let Some(why) = Some(&spoken).filter(|_| subject == Part::Pair).and_then(Dialect::keeps_from_talking) {
        return outcome(fixture.scenario.clone(), Seen::default(), Finding::inconclusive(why));
    }
    let dialect: Dialect = spoken.for_rule(rule);
    let transcript = dialect.translate(&fixture.scenario.transcript, subject);
    let scenario = Scenario { transcript, ..fixture.scenario.clone() };
    let commands: Vec<_> = subjects.iter().map(|subject| &subject.command).collect();
    match crew.play(&scenario, &commands) {
        Ok(seen) => {
            let finding = judge(&scenario, &seen, &dialect);
            outcome(scenario, seen, finding)
        }
        Err(_) if crew.is_interrupted() => None,
        Err(error) => outcome(scenario, Seen::default(), Finding::inconclusive(error.to_string())),
    }
}
