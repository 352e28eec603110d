//! Where subjects run: with the best isolation that the system allows.

mod advice;
mod error;
mod port_lock;

pub use error::{Denied, PlaceError};

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::setting::{Setting, Subject};
use crate::run::stalls::Stalls;
use crate::stage::{JavaFolder, Stage, StageError, Tier};
use port_lock::PortLock;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where the subjects of one run are started.
pub struct Place<'a> {
    setting: &'a Setting,
    interrupt: &'a Interrupt,
    tier: Tier,
    /// Better kinds of isolation that the system does not allow.
    denied: Vec<Denied>,
    jobs: usize,
    stalls: Mutex<Stalls>,
    /// The stage that was opened to try the isolation.
    first: Mutex<Option<Stage>>,
    _port_lock: Option<PortLock>,
    _java_folder: JavaFolder,
}

/// How the description of the best place begins.
pub const BEST_PLACE: &str = "in private namespaces";

impl<'a> Place<'a> {
    /// Tries each kind of isolation, the best first. Which settings forbid one differs from system to system, so only a try can tell.
    ///
    /// # Errors
    /// The system allows none of them, or the port stays in use.
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
            match Stage::open(&setting.program, tier, setting.files, 0) {
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
                        _port_lock: if may_be_parallel {
                            None
                        } else {
                            PortLock::wait(setting.dialect.address.port(), setting.timeout, interrupt, tell)?
                        },
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

    /// The conditions under which subjects run.
    pub fn setting(&self) -> &Setting {
        self.setting
    }

    /// The interrupt that stops the run.
    pub fn interrupt(&self) -> &Interrupt {
        self.interrupt
    }

    /// The stage that [`Place::find`] opened. Only the first call returns it.
    pub fn take_open_stage(&self) -> Option<Stage> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Opens one more stage.
    ///
    /// # Errors
    /// The stage cannot be opened, although the first one could.
    pub fn open(&self, number: usize) -> Result<Stage, StageError> {
        let stage = Stage::open(&self.setting.program, self.tier, self.setting.files, number)?;
        self.interrupt.watch(&stage);
        Ok(stage)
    }

    /// The stimuli after which the programs have stalled.
    pub fn stalls(&self) -> MutexGuard<'_, Stalls> {
        self.stalls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Describes the place in a few words, for the report.
    pub fn describe(&self, jobs: usize) -> String {
        let at_once = if jobs == 1 { "one scenario at a time".to_owned() } else { format!("{jobs} scenarios at a time") };
        match self.tier {
            Tier::Namespace => format!("{BEST_PLACE}, {at_once}"),
            Tier::Network => format!("in private networks, {at_once}"),
            Tier::Address => format!("at private addresses in place of 127.0.0.1, {at_once}"),
            Tier::Host => format!("on this machine's own 127.0.0.1, {at_once}"),
        }
    }

    /// Better kinds of isolation, and why the system does not allow them.
    pub fn denied(&self) -> &[Denied] {
        &self.denied
    }
}
