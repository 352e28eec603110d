//! Stops a run early.

use crate::stage::{Lifeline, Stage};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Stops a run from another thread.
#[derive(Clone, Default)]
pub struct Interrupt {
    is_set: Arc<AtomicBool>,
    lifelines: Arc<Mutex<Vec<Lifeline>>>,
}

impl Interrupt {
    /// Ends all subjects at once. The run then returns the outcomes that it has.
    pub fn set(&self) {
        self.is_set.store(true, Ordering::SeqCst);
        self.lifelines.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(Lifeline::cut);
    }

    /// Whether it has been set.
    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    /// Adds a stage that the interrupt will end.
    pub fn watch(&self, stage: &Stage) {
        self.lifelines.lock().unwrap_or_else(PoisonError::into_inner).push(stage.lifeline());
        // The interrupt may have come while the stage was opened.
        if self.is_set() {
            stage.lifeline().cut();
        }
    }
}
