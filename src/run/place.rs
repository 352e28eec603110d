//! Where subjects run: the best place that the system allows, found by trying.

mod advice;
mod turn;

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::setting::{Setting, Subject};
use crate::run::stalls::Stalls;
use crate::stage::{JavaFolder, Stage, StageError, Tier};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use turn::Turn;

/// Where subjects run, for the time of a run.
pub struct Place<'a> {
    setting: &'a Setting,
    interrupt: &'a Interrupt,
    tier: Tier,
    /// The better ones that came into question.
    denied: Vec<Denied>,
    jobs: usize,
    stalls: Mutex<Stalls>,
    /// The stage that was opened to find out.
    first: Mutex<Option<Stage>>,
    _turn: Option<Turn>,
    _java_folder: JavaFolder,
}

/// A place that is not to be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// Its name, which `--isolation` takes.
    pub isolation: String,
    /// What was tried, and what the system said.
    pub why: String,
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// None of those that came into question is to be had.
    #[error("nothing can be judged here: {}", advice::complaint(.0))]
    Denied(Vec<Denied>),
    /// Another run has the port, and does not come to its end.
    #[error(
        "port {port} is in the hands of another run of sockspec ({holder}), which did not end for {waited}: end it, or try again later"
    )]
    Busy {
        /// The port.
        port: u16,
        /// Its process and command, as far as they are known.
        holder: String,
        /// How long this one has waited.
        waited: humantime::FormattedDuration,
    },
    /// The worker could not be started, or is gone.
    #[error(transparent)]
    Stage(#[from] StageError),
}

impl<'a> Place<'a> {
    /// Tries one after the other: each system has other settings that forbid the better ones.
    ///
    /// # Errors
    /// There is no place as it was asked for.
    pub fn find(
        setting: &'a Setting,
        subjects: &[Subject],
        interrupt: &'a Interrupt,
        tell: &mut dyn FnMut(&Event),
    ) -> Result<Self, PlaceError> {
        let java_folder = JavaFolder::make();
        let takes_port = subjects.iter().all(|subject| subject.command.takes_port());
        let mut denied = Vec::new();
        for &tier in setting.isolation.tiers() {
            match Stage::open(&setting.program, tier, 0) {
                Ok(stage) => {
                    interrupt.watch(&stage);
                    let may_be_parallel = tier.has_own_port() || takes_port;
                    return Ok(Self {
                        setting,
                        interrupt,
                        tier,
                        denied,
                        jobs: if may_be_parallel { setting.jobs } else { 1 },
                        stalls: Mutex::default(),
                        first: Mutex::new(Some(stage)),
                        _turn: if may_be_parallel { None } else { Turn::wait(setting.timeout, interrupt, tell)? },
                        _java_folder: java_folder,
                    });
                }
                Err(StageError::Refused(why)) => denied.push(Denied { isolation: tier.name().to_owned(), why }),
                Err(error) => return Err(error.into()),
            }
        }
        Err(PlaceError::Denied(denied))
    }

    /// How many workers there may be.
    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// How subjects are to be run.
    pub fn setting(&self) -> &Setting {
        self.setting
    }

    /// What stops the run.
    pub fn interrupt(&self) -> &Interrupt {
        self.interrupt
    }

    /// The stage that was opened to find the place, the first time that somebody asks for it.
    pub fn take_open_stage(&self) -> Option<Stage> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// One more stage.
    ///
    /// # Errors
    /// It cannot be opened, though the first one could.
    pub fn open(&self, number: usize) -> Result<Stage, StageError> {
        let stage = Stage::open(&self.setting.program, self.tier, number)?;
        self.interrupt.watch(&stage);
        Ok(stage)
    }

    /// What is known of the programs.
    pub fn stalls(&self) -> MutexGuard<'_, Stalls> {
        self.stalls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it is, in a sentence.
    pub fn describe(&self, jobs: usize) -> String {
        let at_once = if jobs == 1 { "one scenario at a time".to_owned() } else { format!("{jobs} scenarios at a time") };
        match self.tier {
            Tier::Namespace => format!("in private namespaces, {at_once}"),
            Tier::Network => format!("in private networks, {at_once}"),
            Tier::Address => format!("at private addresses in place of 127.0.0.1, {at_once}"),
            Tier::Host => format!("on this machine's own 127.0.0.1, {at_once}"),
        }
    }

    /// The better places, and why they are not to be had.
    pub fn denied(&self) -> &[Denied] {
        &self.denied
    }
}
