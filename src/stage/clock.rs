//! A fair clock: a deadline counts only time in which neither side was waiting for a CPU.

use super::threads::Snapshot;
use std::fs;
use std::time::{Duration, Instant};

/// How often the fair time may fit into the time on the wall before the machine, not the subject, is called too slow.
const OVERLOAD: u32 = 20;

/// The time that a subject is given for one thing.
pub struct Deadline {
    began: Instant,
    fair: Duration,
    /// Who had waited for a CPU, and how long, when the clock was started.
    waited: Duration,
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
        // What the subject waited before this moment is not known without a look, which costs more than most waits last; it is
        // asked for only once the wall's time is up, and then counted from the subject's start: a little generous.
        Self { began: Instant::now(), fair, waited: own_wait() }
    }

    /// Whether there is time left. Costs nothing until the wall's time is up.
    pub fn look(&self) -> Time {
        let wall = self.began.elapsed();
        if wall < self.fair {
            return Time::Left;
        }
        let starved = own_wait().saturating_sub(self.waited) + Duration::from_nanos(Snapshot::take().waited());
        if wall.saturating_sub(starved) >= self.fair {
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
