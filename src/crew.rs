//! Who plays: the workers, what they know of the programs, and what stops them.

use crate::command::Command;
use crate::place::Place;
use crate::stage::{Isolation, Lifeline, Limits, Seen, Stage, StageError, Stimulus};
use crate::transcript::{Part, Role, Scenario};
use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where and how subjects run.
#[derive(Clone, Debug)]
pub struct Setting {
    /// How many stages play at once.
    pub jobs: usize,
    /// What a subject gets for each single thing, on a fair clock.
    pub timeout: Duration,
    /// What a subject may use of the machine.
    pub limits: Limits,
    /// Where subjects run.
    pub isolation: Isolation,
    /// This program's own file, which is started again as a stage.
    pub program: PathBuf,
}

impl Setting {
    /// Reads a timeout, as people write it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn timeout(text: &str) -> Result<Duration, String> {
        let timeout = humantime::parse_duration(text).map_err(|error| format!("{error}; write it as 5s or 800ms"))?;
        if (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(&timeout) {
            Ok(timeout)
        } else {
            Err("it is between 1ms and 1h".into())
        }
    }
}

/// A program to judge.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its part.
    pub role: Role,
    /// How it is started.
    pub command: Command,
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

    /// Ends this stage, too, when it is set.
    pub fn watch(&self, stage: &Stage) {
        self.lifelines.lock().unwrap_or_else(PoisonError::into_inner).push(stage.lifeline());
        // It may have been set while the stage was opened.
        if self.is_set() {
            stage.lifeline().cut();
        }
    }
}

/// After what programs have stalled: it is the same programs that are played again and again.
#[derive(Default)]
pub struct Habits {
    /// They have stalled after such a stimulus once.
    supposed: HashSet<(Part, Stimulus)>,
    /// In a scenario of this rule they were given all of their time, and stalled again.
    confirmed: HashSet<(Part, Stimulus, &'static str)>,
    /// They were given all of their time, and did not stall again.
    refuted: HashSet<(Part, Stimulus)>,
}

impl Habits {
    /// After what they seem to stall always: a program alone, or in a pair either of the two.
    fn stalls_of(&self, part: Part) -> Vec<Stimulus> {
        let Self { supposed, refuted, .. } = self;
        let theirs = supposed.difference(refuted).filter(|(other, _)| *other == part || part == Part::Pair);
        theirs.map(|(_, stimulus)| *stimulus).filter(|stimulus| !refuted.contains(&(part, *stimulus))).collect()
    }

    /// The same, and those among them of which this rule is still to see that they do, even with all of their time.
    fn of(&self, part: Part, rule: &'static str) -> (Vec<Stimulus>, Vec<Stimulus>) {
        let stalls = self.stalls_of(part);
        let doubtful = stalls.iter().copied().filter(|stimulus| !self.confirmed.contains(&(part, *stimulus, rule))).collect();
        (stalls, doubtful)
    }
}

/// A worker. Its stage is opened when it is needed, and again when it is gone.
pub struct Crew<'a> {
    place: &'a Place<'a>,
    number: usize,
    stage: Option<Stage>,
    /// Who plays in what was begun.
    parts: VecDeque<Part>,
}

impl<'a> Crew<'a> {
    /// A worker in this place, with a number of its own, and perhaps with a stage that is open already.
    pub fn new(place: &'a Place<'a>, number: usize, stage: Option<Stage>) -> Self {
        Self { place, number, stage, parts: VecDeque::new() }
    }

    /// Plays a scenario with a program, or with a server and a client.
    ///
    /// Programs that have stalled get less time after the next such stimulus, which may be too little: for each rule, the first that fails
    /// so is played again with all of its time.
    ///
    /// # Errors
    /// The stage is gone, which says nothing about the program.
    pub fn play(&mut self, scenario: &Scenario, commands: &[&Command]) -> Result<Seen, StageError> {
        let (part, rule) = (scenario.subject(), scenario.rule.id);
        let (stalls, doubtful) = self.place.habits().of(part, rule);
        self.begin_after(&stalls, scenario, commands)?;
        let seen = self.finish()?;
        let Some(stimulus) = seen.stall.filter(|stimulus| doubtful.contains(stimulus)) else {
            return Ok(seen);
        };
        self.begin_after(&[], scenario, commands)?;
        let seen = self.finish()?;
        if seen.stall == Some(stimulus) {
            self.place.habits().confirmed.insert((part, stimulus, rule));
        } else if seen.trouble.is_none() {
            self.place.habits().refuted.insert((part, stimulus));
        }
        Ok(seen)
    }

    /// Begins to play a scenario, so that something else can be done meanwhile: one more may be begun before it is finished.
    ///
    /// # Errors
    /// As for [`Crew::play`].
    pub fn begin(&mut self, scenario: &Scenario, commands: &[&Command]) -> Result<(), StageError> {
        let stalls = self.place.habits().stalls_of(scenario.subject());
        self.begin_after(&stalls, scenario, commands)
    }

    fn begin_after(&mut self, stalls: &[Stimulus], scenario: &Scenario, commands: &[&Command]) -> Result<(), StageError> {
        let stage = match &mut self.stage {
            Some(stage) => stage,
            none => none.insert(self.place.open(self.number)?),
        };
        let setting = self.place.setting();
        let begun = stage.begin(scenario, commands, setting.timeout, setting.limits, stalls);
        if begun.is_err() {
            self.stage = None;
        } else {
            self.parts.push_back(scenario.subject());
        }
        begun
    }

    /// What was seen of the scenario that was begun.
    ///
    /// # Errors
    /// As for [`Crew::play`].
    pub fn finish(&mut self) -> Result<Seen, StageError> {
        let gone = || StageError::Gone(io::Error::from(io::ErrorKind::BrokenPipe));
        let seen = self.stage.as_mut().ok_or_else(gone)?.finish();
        let part = self.parts.pop_front();
        if seen.as_ref().map_or(true, |seen| seen.is_spent) {
            self.stage = None;
            // What was to be played next is lost with it.
            self.parts.clear();
        }
        if let (Ok(Seen { stall: Some(stall), .. }), Some(part)) = (&seen, part) {
            self.place.habits().supposed.insert((part, *stall));
        }
        seen
    }

    /// Whether what was begun is lost, because its stage is gone.
    pub fn is_gone(&self) -> bool {
        self.stage.is_none()
    }

    /// Whether the run has been stopped, so that nothing more should be played.
    pub fn is_interrupted(&self) -> bool {
        self.place.interrupt().is_set()
    }
}
