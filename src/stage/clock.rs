//! A fair clock: a deadline counts only time in which neither the subject nor the harness waited for a CPU.

use super::threads::Snapshot;
use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant};

/// If this many times the fair time has passed, the machine is too slow, not the subject.
const OVERLOAD: u32 = 20;

/// The most that the time between two looks counts. Looks are milliseconds apart, unless this process was stopped by a signal, or the whole
/// machine was suspended. Then the subject may have stood still as well.
const STEP: Duration = Duration::from_millis(250);

/// The time limit of one step.
pub struct Deadline {
    fair: Duration,
    last: Cell<Look>,
    /// The first look at the threads: most waits are over before there is one.
    first: Cell<Option<Look>>,
}

/// The numbers at one look.
#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    /// Time that has passed, as far as it counts.
    passed: Duration,
    /// Time that both sides had waited for a CPU.
    waited: Duration,
    /// CPU time that the subject had used.
    ran: Duration,
}

/// The state of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// There is time left.
    Left,
    /// The subject has had all of its time.
    Up,
    /// The machine was too busy to give the subject its time.
    Overloaded,
}

impl Deadline {
    /// Starts the clock.
    pub fn after(fair: Duration) -> Self {
        let look = Look { at: Instant::now(), passed: Duration::ZERO, waited: Duration::ZERO, ran: Duration::ZERO };
        Self { fair, last: Cell::new(look), first: Cell::new(None) }
    }

    /// Whether there is time left, now that the subject was seen to be as in `snapshot`.
    pub fn look(&self, snapshot: &Snapshot) -> Time {
        let (last, at) = (self.last.get(), Instant::now());
        let now = Look {
            at,
            passed: last.passed + at.duration_since(last.at).min(STEP),
            waited: own_wait() + Duration::from_nanos(snapshot.waited()),
            ran: Duration::from_nanos(snapshot.ran()),
        };
        self.last.set(now);
        let Some(first) = self.first.get() else {
            self.first.set(Some(now));
            return Time::Left;
        };
        // A subject that has used this much CPU time has had its time, however long that took.
        if now.ran.saturating_sub(first.ran) >= self.fair {
            return Time::Up;
        }
        // Threads that have ended take their waiting time out of the sum: the clock is then less generous, by that much.
        let fair = now.passed.saturating_sub(now.waited.saturating_sub(first.waited));
        // The kernel books a wait for a CPU only when it is over: while a thread waits, do not blame the subject.
        let is_waiting = snapshot.wants_cpu() && now.ran == last.ran;
        if fair >= self.fair && !is_waiting {
            Time::Up
        } else if now.passed >= self.fair * OVERLOAD {
            Time::Overloaded
        } else {
            Time::Left
        }
    }
}

/// Time that this thread has waited for a CPU since it began.
fn own_wait() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0))
}
