//! Looking for conversations that a program gets wrong: random ones, or every cut of a short stream. What is found is shrunk to the
//! smallest conversation that still goes wrong, and played again, to see whether it always does.

use crate::run::conversation::Conversation;
use crate::run::dialogue::Dialogue;
use crate::run::event::Event;
use crate::run::fuzz;
use crate::run::interrupt::Interrupt;
use crate::run::partition::Partition;
use crate::run::place::{Place, PlaceError};
use crate::run::results::{Judged, Run};
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::spec::dialect::Dialect;
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::Scenario;
use crate::stage::command::Command;
use crate::stage::{Seen, StageError};
use crate::verdict::finding::{Finding, Verdict};
use crate::verdict::judge::judge;
use crate::verdict::learn::{Learned, Refusal, learn, settle_greeting};
use crate::verdict::outcome::Outcome;
use crate::verdict::presupposition;
use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

/// The longest stream of which every cut is tried, in bytes: one more doubles the work.
pub const LONGEST_EXPLORED: usize = 16;
/// How often a conversation that went wrong is played again.
const REPETITIONS: usize = 5;
/// The most conversations that are played to shrink one, and the most pieces that they have together: some have two thousand.
const SHRINKING: usize = 2000;
const SHRINKING_PIECES: usize = 60_000;

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub struct Search {
    /// The name that a project file gives to what is judged.
    pub name: Option<String>,
    /// The program; or a server, and its client.
    pub subjects: Vec<Subject>,
    /// The conversations.
    pub source: Source,
    /// Which of them.
    pub partition: Partition,
    /// Where and how it runs.
    pub setting: Setting,
}

impl Search {
    fn commands(&self) -> Vec<&Command> {
        self.subjects.iter().map(|subject| &subject.command).collect()
    }
}

/// Where conversations come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Random ones.
    Fuzz {
        /// What they follow from.
        seed: u64,
        /// How many.
        cases: u64,
    },
    /// Every cut of this stream, of one to [`LONGEST_EXPLORED`] bytes.
    Explore {
        /// What is sent or typed.
        stream: Vec<u8>,
    },
}

impl Source {
    /// How many conversations there are.
    pub fn count(&self) -> u64 {
        match self {
            Self::Fuzz { cases, .. } => *cases,
            Self::Explore { stream } => 1 << (stream.len() - 1),
        }
    }

    /// So many conversations that go wrong are enough: then the search ends. Random ones mostly go wrong for the same reason.
    fn enough(&self) -> usize {
        match self {
            Self::Fuzz { .. } => 1,
            Self::Explore { .. } => 3,
        }
    }

    fn case(&self, number: u64, subjects: &[Subject]) -> Case {
        match (self, subjects) {
            (Self::Fuzz { seed, .. }, [subject]) => Case::Alone(fuzz::case(*seed, number, subject.role)),
            (Self::Fuzz { seed, .. }, _) => Case::Pair(fuzz::pair_case(*seed, number)),
            (Self::Explore { stream }, _) => Case::Alone(Conversation::of_cuts(subjects[0].role, stream, number)),
        }
    }

    fn name(&self, number: u64) -> String {
        match self {
            Self::Fuzz { seed, .. } => format!("seed-{seed}-case-{number}"),
            Self::Explore { .. } => format!("cut-{number}"),
        }
    }
}

/// A conversation with one program, or of two.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Case {
    Alone(Conversation),
    Pair(Dialogue),
}

impl Case {
    fn rules(&self) -> Vec<&'static Rule> {
        match self {
            Self::Alone(conversation) => conversation.rules().collect(),
            Self::Pair(dialogue) => dialogue.rules().collect(),
        }
    }

    fn scenario(&self, dialect: &Dialect, title: String) -> Scenario {
        match self {
            Self::Alone(conversation) => conversation.scenario(dialect, title),
            Self::Pair(dialogue) => dialogue.scenario(dialect, title),
        }
    }

    fn simpler(&self) -> Box<dyn Iterator<Item = Self> + '_> {
        match self {
            Self::Alone(conversation) => Box::new(conversation.simpler().map(Self::Alone)),
            Self::Pair(dialogue) => Box::new(dialogue.simpler().into_iter().map(Self::Pair)),
        }
    }

    fn size(&self) -> (usize, usize, usize, usize) {
        match self {
            Self::Alone(conversation) => conversation.size(),
            Self::Pair(dialogue) => dialogue.size(),
        }
    }
}

/// What goes wrong before a search has begun has the name of something found: so it can be saved, and played again.
const FIRST_LOOK: &str = "first-look";

/// Whether this went wrong before a search had begun.
pub fn is_first_look(outcome: &Outcome) -> bool {
    outcome.id == format!("{}/{FIRST_LOOK}", outcome.rule().id)
}

/// What came of a conversation that has this name in the search.
fn outcome(name: &str, scenario: Scenario, seen: Seen, finding: Finding) -> Outcome {
    let id = format!("{}/{name}", scenario.rule.id);
    Outcome { file: format!("{id}.transcript"), id, scenario, seen, finding, root: None }
}

/// Plays conversation after conversation; `tell` is told what happens as it happens.
///
/// # Errors
/// There is no place to play anything in.
pub fn search(search: &Search, interrupt: &Interrupt, mut tell: impl FnMut(&Event)) -> Result<Run, PlaceError> {
    let began = Instant::now();
    let Search { name, subjects, source, partition, setting } = search;
    let place = Place::find(setting, subjects, interrupt, &mut tell)?;
    let count = partition.len(source.count());
    let jobs = place.jobs().min(usize::try_from(count).unwrap_or(usize::MAX)).max(1);
    let mut first = Worker::new(&place, 0);
    let mut run = Run {
        name: name.clone(),
        subjects: subjects.iter().map(Judged::from).collect(),
        outcomes: Vec::new(),
        passed_unlisted: 0,
        learned: Vec::new(),
        known_failures: Vec::new(),
        diagnoses: Vec::new(),
        place: place.describe(jobs),
        denied: place.denied().to_vec(),
        is_interrupted: false,
        duration: began.elapsed(),
    };
    let mut learned: Vec<(Role, Learned)> = Vec::new();
    for subject in subjects {
        let lesson = match learn(subject.role, |scenario| first.play(scenario, &[&subject.command])) {
            Ok(lesson) => lesson,
            Err(_) if interrupt.is_set() => return Ok(Run { is_interrupted: true, ..run }),
            Err(error) => return Err(error.into()),
        };
        if let Some(Refusal { finding, scenario, seen }) = lesson.refusal {
            run.outcomes.push(outcome(FIRST_LOOK, scenario, seen, finding));
            return Ok(run);
        }
        learned.push((subject.role, lesson));
    }
    let dialect = match &learned[..] {
        [(_, server), (_, client)] => {
            let scenario = source.case(0, subjects).scenario(&Dialect::tutorial(), "the two talk to each other".into());
            if let Some(root) = presupposition::known_root(&scenario, &[server, client], &HashSet::new()) {
                let finding = Finding::inconclusive("the two cannot talk to each other");
                run.outcomes.push(Outcome { root: Some(root), ..outcome(FIRST_LOOK, scenario, Seen::default(), finding) });
                return Ok(run);
            }
            Dialect::of_pair(&server.dialect, &client.dialect)
        }
        _ => learned.remove(0).1.dialect,
    };
    let (next, found) = (AtomicU64::new(0), AtomicUsize::new(0));
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut first = Some(first);
        for number in 0..jobs {
            let worker = first.take().unwrap_or_else(|| Worker::new(&place, number));
            let mut searcher = Searcher { worker, search, dialect: &dialect, begun: VecDeque::new() };
            let (next, found, sender) = (&next, &found, sender.clone());
            scope.spawn(move || {
                let (mut seen, mut is_over) = (VecDeque::new(), false);
                loop {
                    // The stage plays one conversation while the one before is judged, and has the next at hand.
                    while searcher.begun.len() + seen.len() < 2 && !is_over {
                        let is_enough = found.load(Ordering::Relaxed) >= source.enough() || interrupt.is_set();
                        let place = if is_enough { u64::MAX } else { next.fetch_add(1, Ordering::Relaxed) };
                        is_over = place >= count;
                        if !is_over {
                            let attempt = searcher.attempt(partition.number(place));
                            searcher.begin(attempt);
                        }
                    }
                    let Some((attempt, first)) = seen.pop_front().or_else(|| searcher.finish()) else { break };
                    let Some(outcome) = searcher.judge(&attempt, first) else { break };
                    // Nobody listens any more only when the search is over.
                    if outcome.has_failed() {
                        let _ = sender.send(Event::Shrinks(attempt.name.clone()));
                        // To examine it takes the stage.
                        seen.extend(std::iter::from_fn(|| searcher.finish()));
                    }
                    let Some(outcome) = searcher.examine(&attempt, outcome) else { break };
                    found.fetch_add(usize::from(outcome.finding.verdict == Verdict::Fail), Ordering::Relaxed);
                    let _ = sender.send(Event::Ends(Box::new(outcome)));
                }
            });
        }
        drop(sender);
        let mut known = HashSet::new();
        for news in receiver {
            tell(&news);
            let Event::Ends(outcome) = news else { continue };
            if outcome.finding.verdict == Verdict::Pass {
                run.passed_unlisted += 1;
            } else if known.insert(outcome.scenario.transcript.to_string()) {
                run.outcomes.push(*outcome);
            }
        }
    });
    run.outcomes.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Run { is_interrupted: interrupt.is_set(), duration: began.elapsed(), ..run })
}

/// A conversation that is played.
struct Attempt {
    name: String,
    case: Case,
    scenario: Scenario,
}

/// A worker that examines conversations.
struct Searcher<'a> {
    worker: Worker<'a>,
    search: &'a Search,
    dialect: &'a Dialect,
    /// What is played, and what is to be played next: two at most.
    begun: VecDeque<Begun>,
}

impl Searcher<'_> {
    fn attempt(&self, number: u64) -> Attempt {
        let case = self.search.source.case(number, &self.search.subjects);
        self.attempt_at(case, &self.search.source.name(number))
    }

    fn attempt_at(&self, case: Case, name: &str) -> Attempt {
        let scenario = case.scenario(self.dialect, format!("a conversation that was found, {name}"));
        Attempt { name: name.to_owned(), case, scenario }
    }

    /// What came of an attempt: if it went wrong, the smallest conversation that does; nothing when interrupted.
    fn examine(&mut self, attempt: &Attempt, outcome: Outcome) -> Option<Outcome> {
        let Attempt { name, case, .. } = attempt;
        // Whoever has stalled before may have had too little time: to play it again finds that out.
        let is_doubtful = outcome.has_failed() && outcome.seen.stall.is_some();
        let outcome = if is_doubtful { self.play(case, name)? } else { outcome };
        if outcome.finding.verdict != Verdict::Fail {
            return Some(outcome);
        }
        let (smallest, tries) = self.shrink(case, name)?;
        let mut wrong = Vec::new();
        for _ in 0..REPETITIONS {
            wrong.extend(Some(self.play(&smallest, name)?).filter(|outcome| outcome.finding.verdict == Verdict::Fail));
        }
        let (from, to) = (case.size(), smallest.size());
        let mut comments = vec![format!(
            "Found as {name}; shrunk from {} in {} to {} in {}, in {tries} tries.",
            counted(from.0, "byte"),
            counted(from.1, "piece"),
            counted(to.0, "byte"),
            counted(to.1, "piece")
        )];
        // A failure that does not repeat is told as such, and never dropped.
        if wrong.len() < REPETITIONS {
            comments.push(format!("It does not always go wrong: {} of {REPETITIONS} times when it was played again.", wrong.len()));
        }
        let mut outcome = wrong.pop().unwrap_or(outcome);
        outcome.scenario.comments = comments;
        Some(outcome)
    }

    /// The smallest conversation that goes wrong like this one, by trying simpler ones; and how many were tried.
    fn shrink(&mut self, case: &Case, name: &str) -> Option<(Case, usize)> {
        let (mut smallest, mut tries, mut pieces) = (case.clone(), 0, 0);
        let mut tried = HashSet::new();
        loop {
            let (size, mut better) = (smallest.size(), None);
            for simpler in smallest.simpler() {
                if tries == SHRINKING || pieces >= SHRINKING_PIECES {
                    break;
                }
                let its_size = simpler.size();
                if its_size >= size || !tried.insert(simpler.clone()) {
                    continue;
                }
                tries += 1;
                pieces += its_size.1;
                if self.play(&simpler, name)?.finding.verdict == Verdict::Fail {
                    better = Some(simpler);
                    break;
                }
            }
            let Some(better) = better else { break };
            smallest = better;
        }
        Some((smallest, tries))
    }

    /// Plays a conversation and judges it; nothing when interrupted.
    fn play(&mut self, case: &Case, name: &str) -> Option<Outcome> {
        let attempt = self.attempt_at(case.clone(), name);
        let seen = self.worker.play(&attempt.scenario, &self.search.commands());
        self.judge(&attempt, seen)
    }

    fn begin(&mut self, attempt: Attempt) {
        let result = self.worker.begin(&attempt.scenario, &self.search.commands());
        self.begun.push_back((attempt, result));
    }

    /// What was seen of the first attempt that was begun, if there is one.
    fn finish(&mut self) -> Option<(Attempt, Result<Seen, StageError>)> {
        let (attempt, begun) = self.begun.pop_front()?;
        let seen = begun.and_then(|()| self.worker.finish());
        // A stage that is gone, or must not be used again, takes the next one with it.
        if self.worker.is_gone() && !self.worker.is_interrupted() {
            std::mem::take(&mut self.begun).into_iter().for_each(|(attempt, _)| self.begin(attempt));
        }
        Some((attempt, seen))
    }

    /// Judges what was seen by each rule that the conversation can break; nothing when interrupted.
    fn judge(&self, attempt: &Attempt, seen: Result<Seen, StageError>) -> Option<Outcome> {
        let mut scenario = attempt.scenario.clone();
        let mut seen = match seen {
            Ok(seen) => seen,
            Err(_) if self.worker.is_interrupted() => return None,
            Err(error) => return Some(outcome(&attempt.name, scenario, Seen::default(), Finding::inconclusive(error.to_string()))),
        };
        settle_greeting(self.dialect, &mut seen.transcript);
        let mut finding = Finding::pass();
        for rule in attempt.case.rules() {
            scenario.rule = rule;
            finding = judge(&scenario, &seen, self.dialect);
            if finding.verdict != Verdict::Pass {
                break;
            }
        }
        Some(outcome(&attempt.name, scenario, seen, finding))
    }
}

/// An attempt, and whether it could be begun.
type Begun = (Attempt, Result<(), StageError>);

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
