//! A run: subjects and fixtures in, findings out. Workers play in parallel, each on a stage of its own.

use crate::command::Command;
use crate::dialect::{ADDRESS, Dialect};
use crate::fixture::Fixture;
use crate::judge::judge;
use crate::learn::{Learned, Refusal, learn};
use crate::rule::{Facet, Level};
use crate::stage::{Isolation, JavaFolder, Lifeline, Seen, Stage, StageError};
use crate::transcript::{Role, Scenario};
use crate::verdict::{Finding, Verdict};
use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{self, Read};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// What to judge, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The programs, one for each role at the most.
    pub subjects: Vec<Subject>,
    /// The scenarios; each has a subject.
    pub fixtures: Vec<Fixture>,
    /// How many stages play at once.
    pub jobs: usize,
    /// What a subject gets for each single thing, on a fair clock.
    pub timeout: Duration,
    /// Where subjects run.
    pub isolation: Isolation,
    /// This program's own file, which is started again as a stage.
    pub program: PathBuf,
}

/// A program to judge.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its part.
    pub role: Role,
    /// How it is started.
    pub command: Command,
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
    /// Subjects that took no part.
    pub refusals: Vec<Refusal>,
    /// Where subjects ran, in a sentence.
    pub place: String,
    /// Whether it was interrupted, so that scenarios are missing.
    pub is_interrupted: bool,
    /// From beginning to end.
    pub duration: Duration,
}

/// Stops a run from another thread.
#[derive(Clone, Default)]
pub struct Interrupt {
    is_set: Arc<AtomicBool>,
    lifelines: Arc<Mutex<Vec<Lifeline>>>,
}

impl Interrupt {
    /// Ends all subjects at once; the run then returns what is known so far.
    pub fn set(&self) {
        self.is_set.store(true, Ordering::SeqCst);
        self.lifelines.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(Lifeline::cut);
    }

    /// Whether it has been set.
    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    fn watch(&self, stage: &Stage) {
        self.lifelines.lock().unwrap_or_else(PoisonError::into_inner).push(stage.lifeline());
        // It may have been set while the stage was opened.
        if self.is_set() {
            stage.lifeline().cut();
        }
    }
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
    let _java_folder = JavaFolder::make();
    let (place, stage) = Place::find(plan)?;
    let _turn = if place.is_isolated || place.may_be_parallel(plan) { None } else { Turn::wait(interrupt) };
    let jobs = place.jobs(plan).min(plan.fixtures.len()).max(1);
    stage.iter().for_each(|stage| interrupt.watch(stage));
    let mut first = Crew { plan, place: &place, interrupt, number: 0, stage };
    let mut learned = HashMap::new();
    for subject in &plan.subjects {
        let result = learn(subject.role, |scenario| first.play(scenario, &subject.command));
        match result {
            Ok(lesson) => learned.insert(subject.role, lesson),
            Err(_) if interrupt.is_set() => break,
            Err(error) => return Err(error),
        };
    }
    let queue = Mutex::new(queue(plan));
    let (sender, receiver) = mpsc::channel();
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        let mut first = Some(first);
        for number in 0..jobs {
            let mut crew = first.take().unwrap_or(Crew { plan, place: &place, interrupt, number, stage: None });
            let (queue, sender, learned) = (&queue, sender.clone(), &learned);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((subject, fixture)) = next.filter(|_| !interrupt.is_set()) else { break };
                    let Some(outcome) = learned.get(&subject.role).and_then(|lesson| crew.judge(subject, fixture, lesson)) else { break };
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
    presuppose(&mut outcomes);
    let order = |outcome: &Outcome| crate::rule::RULES.iter().position(|rule| rule.id == outcome.scenario.rule.id);
    outcomes.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.fixture.id.cmp(&b.fixture.id)));
    let refusals = plan.subjects.iter().filter_map(|subject| learned.remove(&subject.role)?.refusal).collect();
    Ok(Run {
        subjects: plan.subjects.clone(),
        outcomes,
        refusals,
        place: place.describe(jobs),
        is_interrupted: interrupt.is_set(),
        duration: began.elapsed(),
    })
}

/// What is played first: scenarios that only observe for a time take the longest and use no CPU.
fn queue(plan: &Plan) -> VecDeque<(&Subject, &Fixture)> {
    let subject = |fixture: &Fixture| plan.subjects.iter().find(|subject| subject.role == fixture.scenario.subject());
    let mut all: Vec<_> = plan.fixtures.iter().filter_map(|fixture| Some((subject(fixture)?, fixture))).collect();
    all.sort_by_key(|(_, fixture)| !fixture.scenario.rule.owns(Facet::Idle));
    all.into()
}

/// A case whose presupposition failed is not judged: its failure would only repeat the cause.
fn presuppose(outcomes: &mut [Outcome]) {
    let failed: HashSet<&str> =
        outcomes.iter().filter(|outcome| outcome.finding.verdict == Verdict::Fail).map(|outcome| outcome.scenario.rule.id).collect();
    for outcome in outcomes {
        if let Some(needed) = outcome.scenario.rule.needs.iter().find(|needed| failed.contains(*needed)) {
            outcome.finding = Finding::inconclusive(format!("not judged: {needed} failed"));
        }
    }
}

/// Where subjects run.
struct Place {
    is_isolated: bool,
    /// Why it is the host, where namespaces were wanted.
    refused: Option<String>,
}

impl Place {
    /// Finds out by trying: each system has other settings that forbid namespaces. A stage that was opened for it is handed over.
    fn find(plan: &Plan) -> Result<(Self, Option<Stage>), StageError> {
        if plan.isolation == Isolation::None {
            return Ok((Self { is_isolated: false, refused: None }, None));
        }
        match Stage::open(&plan.program, true, 0) {
            Ok(stage) => Ok((Self { is_isolated: true, refused: None }, Some(stage))),
            Err(StageError::Refused(why)) if plan.isolation == Isolation::Auto => {
                Ok((Self { is_isolated: false, refused: Some(why) }, None))
            }
            Err(error) => Err(error),
        }
    }

    fn may_be_parallel(&self, plan: &Plan) -> bool {
        self.is_isolated || plan.subjects.iter().all(|subject| subject.command.takes_port())
    }

    fn jobs(&self, plan: &Plan) -> usize {
        if self.may_be_parallel(plan) { plan.jobs } else { 1 }
    }

    fn describe(&self, jobs: usize) -> String {
        let at_once = if jobs == 1 { "one scenario at a time".to_owned() } else { format!("{jobs} scenarios at a time") };
        match (self.is_isolated, &self.refused) {
            (true, _) => format!("in private namespaces, {at_once}"),
            (false, None) => format!("on the host's loopback, {at_once}"),
            (false, Some(why)) => format!("on the host's loopback, {at_once}, because there are no private namespaces here ({why})"),
        }
    }
}

/// The right to use the tutorial's port on the host's loopback. Runs of this program that need it take turns.
///
/// It is a name in the network namespace, which cannot outlive the process that holds it as a file could.
struct Turn {
    _name: UnixListener,
}

impl Turn {
    /// Waits for it; nothing where the run is interrupted, or the system has no such names.
    fn wait(interrupt: &Interrupt) -> Option<Self> {
        let address = SocketAddr::from_abstract_name(format!("sockspec-{}", ADDRESS.port())).ok()?;
        while !interrupt.is_set() {
            match UnixListener::bind_addr(&address) {
                Ok(name) => return Some(Self { _name: name }),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => return None,
                // The holder never accepts: the connection ends when the holder does.
                Err(_) => {
                    if let Ok(mut holder) = UnixStream::connect_addr(&address) {
                        let _ = holder.set_read_timeout(Some(Duration::from_millis(500)));
                        let _ = holder.read(&mut [0]);
                    }
                }
            }
        }
        None
    }
}

/// A worker's stage, which is opened again when it is gone.
struct Crew<'a> {
    plan: &'a Plan,
    place: &'a Place,
    interrupt: &'a Interrupt,
    number: usize,
    stage: Option<Stage>,
}

impl Crew<'_> {
    fn play(&mut self, scenario: &Scenario, command: &Command) -> Result<Seen, StageError> {
        let stage = match &mut self.stage {
            Some(stage) => stage,
            none => {
                let stage = Stage::open(&self.plan.program, self.place.is_isolated, self.number)?;
                self.interrupt.watch(&stage);
                none.insert(stage)
            }
        };
        let seen = stage.play(scenario, command, self.plan.timeout);
        if seen.as_ref().map_or(true, |seen| seen.is_spent) {
            self.stage = None;
        }
        seen
    }

    /// Plays a fixture and judges what was seen; nothing when the run is interrupted.
    fn judge(&mut self, subject: &Subject, fixture: &Fixture, lesson: &Learned) -> Option<Outcome> {
        let rule = fixture.scenario.rule;
        let outcome = |scenario, seen, finding| Some(Outcome { fixture: fixture.clone(), scenario, seen, finding });
        if let Some(Refusal { rule: broken, finding, scenario, seen }) = &lesson.refusal {
            if rule == *broken || finding.verdict == Verdict::Inconclusive {
                return outcome(scenario.clone(), seen.clone(), finding.clone());
            }
            let finding = Finding::inconclusive(format!("not judged: {} failed", broken.id));
            return outcome(fixture.scenario.clone(), Seen::default(), finding);
        }
        let dialect: Dialect = lesson.dialect.for_rule(rule);
        let transcript = dialect.translate(&fixture.scenario.transcript, subject.role);
        let scenario = Scenario { transcript, ..fixture.scenario.clone() };
        match self.play(&scenario, &subject.command) {
            Ok(seen) => {
                let finding = judge(&scenario, &seen, &dialect);
                outcome(scenario, seen, finding)
            }
            Err(_) if self.interrupt.is_set() => None,
            Err(error) => outcome(scenario, Seen::default(), Finding::inconclusive(error.to_string())),
        }
    }
}
