//! A worker plays scenarios, one after the other, on a stage of its own.

use crate::run::place::Place;
use crate::run::setting::Setting;
use crate::spec::dialect::Dialect;
use crate::spec::role::Part;
use crate::spec::transcript::Scenario;
use crate::stage::command::Command;
use crate::stage::{Conditions, Purpose, Seen, Stage, StageError, Stimulus};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// A worker. It opens its stage when it needs one, and opens a new one when the old one is gone.
pub struct Worker<'a> {
    place: &'a Place<'a>,
    number: usize,
    stage: Option<Stage>,
    /// The programs of the scenarios that were begun and are not finished.
    playing: VecDeque<Part>,
}

impl<'a> Worker<'a> {
    /// A worker in this place. The number is different for each worker.
    pub fn new(place: &'a Place<'a>, number: usize) -> Self {
        Self { place, number, stage: place.take_open_stage(), playing: VecDeque::new() }
    }

    /// Plays a scenario with a program, or with a server and a client.
    ///
    /// Programs that have stalled get less time after the next stimulus of that kind, which may be too little. So the first scenario of
    /// each rule that stalls is played again with the full time limit.
    ///
    /// # Errors
    /// The stage is gone, which says nothing about the program.
    pub fn play(&mut self, scenario: &Scenario, commands: &[&Command]) -> Result<Seen, StageError> {
        let (part, rule) = (scenario.subject(), scenario.rule.id);
        let stalls = self.place.stalls().of(part);
        self.begin_after(&stalls, scenario, commands, Purpose::Judge)?;
        let seen = self.finish()?;
        let is_doubtful = |stimulus: &Stimulus| stalls.contains(stimulus) && self.place.stalls().is_doubtful(part, *stimulus, rule);
        let Some(stimulus) = seen.stall.filter(is_doubtful) else { return Ok(seen) };
        self.begin_after(&[], scenario, commands, Purpose::Judge)?;
        let seen = self.finish()?;
        if seen.stall == Some(stimulus) {
            self.place.stalls().confirm(part, stimulus, rule);
        } else if seen.trouble.is_none() {
            self.place.stalls().refute(part, stimulus);
        }
        Ok(seen)
    }

    /// Plays a scenario to see what a program does. The scenario demands nothing.
    ///
    /// # Errors
    /// As for [`Worker::play`].
    pub fn look(&mut self, scenario: &Scenario, command: &Command) -> Result<Seen, StageError> {
        self.begin_after(&[], scenario, &[command], Purpose::Look)?;
        self.finish()
    }

    /// Begins to play a scenario and returns at once. One more scenario may be begun before this one is finished.
    ///
    /// # Errors
    /// As for [`Worker::play`].
    pub fn begin(&mut self, scenario: &Scenario, commands: &[&Command]) -> Result<(), StageError> {
        let stalls = self.place.stalls().of(scenario.subject());
        self.begin_after(&stalls, scenario, commands, Purpose::Judge)
    }

    fn begin_after(&mut self, stalls: &[Stimulus], scenario: &Scenario, commands: &[&Command], purpose: Purpose) -> Result<(), StageError> {
        let stage = match &mut self.stage {
            Some(stage) => stage,
            none => none.insert(self.place.open(self.number)?),
        };
        let Setting { dialect, timeout, limits, .. } = self.place.setting();
        let conditions = Conditions { dialect: dialect.clone(), timeout: *timeout, limits: *limits, purpose };
        let begun = stage.begin(scenario, commands, &conditions, stalls);
        if begun.is_err() {
            self.stage = None;
        } else {
            self.playing.push_back(scenario.subject());
        }
        begun
    }

    /// Waits for the end of the scenario that was begun first, and returns what was seen.
    ///
    /// # Errors
    /// As for [`Worker::play`].
    pub fn finish(&mut self) -> Result<Seen, StageError> {
        let gone = || StageError::Gone(io::Error::from(io::ErrorKind::BrokenPipe));
        let seen = self.stage.as_mut().ok_or_else(gone)?.finish();
        let part = self.playing.pop_front();
        if seen.as_ref().map_or(true, |seen| seen.is_spent) {
            self.stage = None;
            // The scenario that was begun next is lost with the stage.
            self.playing.clear();
        }
        if let (Ok(Seen { stall: Some(stall), .. }), Some(part)) = (&seen, part) {
            self.place.stalls().suppose(part, *stall);
        }
        seen
    }

    /// Whether the stage is gone, together with the scenarios that were begun and are not finished.
    pub fn is_gone(&self) -> bool {
        self.stage.is_none()
    }

    /// The dialect of the course.
    pub fn course(&self) -> &Arc<Dialect> {
        &self.place.setting().dialect
    }

    /// Whether the run has been stopped, so that nothing more should be played.
    pub fn is_interrupted(&self) -> bool {
        self.place.interrupt().is_set()
    }
}
