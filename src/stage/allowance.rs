//! How much time, CPU time and output a subject may use before the harness gives up.

use super::stimulus::Stimulus;
use std::time::Duration;

/// The time and CPU time that a subject may use after one stimulus.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// A subject that has used this much CPU time since the last progress spins.
    spinning: Duration,
    /// The same where nothing that is judged depends on it. The runtimes of some languages use a good part of it to end.
    spinning_unjudged: Duration,
    /// The same of a subject that has not even read what was sent to it: it may still be busy with what came before.
    spinning_unread: Duration,
    /// Time, on a fair clock, for each step towards the expected output, while the subject neither sleeps for good nor spins.
    pub time: Duration,
    /// Time for all steps together.
    pub bound: Duration,
}

impl Allowance {
    /// If a subject has used all of its allowance in vain after such a stimulus before, it gets this part of it now. That is enough to see
    /// that it does the same again.
    const RECOGNISED: u32 = 10;
    /// A subject that is never quiet, and makes no progress, gets the time for one step this many times.
    const PATIENCE: u32 = 4;
    /// A subject that makes progress gets the time for one step this many times.
    pub const BOUND: u32 = 24;

    /// After this stimulus, where the subjects have stalled after those.
    pub fn after(stimulus: Stimulus, time: Duration, stalls: &[Stimulus]) -> Self {
        let part = if stalls.contains(&stimulus) { Self::RECOGNISED } else { 1 };
        let spinning = Duration::from_millis(500) / part;
        Self {
            spinning,
            spinning_unjudged: Duration::from_millis(100) / part,
            spinning_unread: Duration::from_secs(2).min(time / 2) / part,
            // Where the time limit is short, enough is left to tell whether the subject spins.
            time: (time / part).max(time.min(spinning * 4)),
            bound: time * Self::BOUND,
        }
    }

    /// How much CPU time without progress means that the subject spins.
    pub fn spinning(&self, has_read: bool, is_judged: bool) -> Duration {
        match (has_read, is_judged) {
            (false, _) => self.spinning_unread,
            (true, true) => self.spinning,
            (true, false) => self.spinning_unjudged,
        }
    }

    /// Time, on a fair clock, for a subject that is never quiet and makes no progress.
    pub fn patience(&self) -> Duration {
        self.time * Self::PATIENCE
    }
}

/// A subject that has printed or sent this much more than it should have floods.
pub const FLOODING: u64 = 1 << 20;
/// The same where nothing that is judged depends on it.
pub const FLOODING_UNJUDGED: u64 = 64 << 10;
/// How much more than expected is kept of a flood.
pub const KEPT_OF_FLOOD: usize = 64 << 10;
/// How much more than expected is kept of what a subject prints or sends.
pub const SLACK: usize = 1 << 20;
