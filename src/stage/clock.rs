//! A fair clock: a deadline counts only time in which neither side was waiting for a CPU.

use super::threads::Snapshot;
use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant};

/// How often the fair time may fit into the time on the wall before the machine, not the subject, is called too slow.
const OVERLOAD: u32 = 20;

/// The time that a subject is given for one thing.
pub struct Deadline {
    began: Instant,
    fair: Duration,
    /// Who had waited for a CPU, and how long, at the first look: most waits are over before there is one.
    waited: Cell<Option<Duration>>,
    /// How much CPU time the subject had used then.
    ran: Cell<u64>,
}

/// What a deadline says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// There is some.
    Left,
    /// The subject has had all of it.
    Up,
    /// The machine was too busy to give the subject its time.
    Overloaded,
}

impl Deadline {
    /// Starts the clock.
    pub fn after(fair: Duration) -> Self {
        Self { began: Instant::now(), fair, waited: Cell::new(None), ran: Cell::new(0) }
    }

    /// Whether there is time left, now that the subject was seen to be as in `snapshot`.
    pub fn look(&self, snapshot: &Snapshot) -> Time {
        let waited = own_wait() + Duration::from_nanos(snapshot.waited());
        let Some(before) = self.waited.get() else {
            self.waited.set(Some(waited));
            self.ran.set(snapshot.ran());
            return Time::Left;
        };
        // Whoever has had so much of a CPU has had the time, however long that took.
        if Duration::from_nanos(snapshot.ran().saturating_sub(self.ran.get())) >= self.fair {
            return Time::Up;
        }
        let wall = self.began.elapsed();
        // Threads that have ended take what they waited with them: the clock is then less generous, by that much.
        if wall.saturating_sub(waited.saturating_sub(before)) >= self.fair {
            Time::Up
        } else if wall >= self.fair * OVERLOAD {
            Time::Overloaded
        } else {
            Time::Left
        }
    }
}

/// How long this thread has waited for a CPU since it began.
fn own_wait() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0))
}
