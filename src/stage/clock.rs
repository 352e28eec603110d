//! A fair clock: a deadline counts only time in which neither side was waiting for a CPU.

use super::threads::Snapshot;
use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant};

/// How often the fair time may fit into the time that has passed before the machine, not the subject, is called too slow.
const OVERLOAD: u32 = 20;

/// The most that the time between two looks counts. They come milliseconds apart, unless this process has stood still: stopped by a
/// signal, or with a whole machine that was suspended; and then the subject may have stood still as well.
const STEP: Duration = Duration::from_millis(250);

/// The time that a subject is given for one thing.
pub struct Deadline {
    fair: Duration,
    last: Cell<Look>,
    /// The look at which the first account of the threads was taken: most waits are over before there is one.
    first: Cell<Option<Look>>,
}

/// How far things were at one look.
#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    /// Time that has passed and counts.
    passed: Duration,
    /// How long both sides had waited for a CPU.
    waited: Duration,
    /// How much CPU time the subject had used.
    ran: Duration,
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
        // Whoever has had so much of a CPU has had the time, however long that took.
        if now.ran.saturating_sub(first.ran) >= self.fair {
            return Time::Up;
        }
        // Threads that have ended take what they waited with them: the clock is then less generous, by that much.
        let fair = now.passed.saturating_sub(now.waited.saturating_sub(first.waited));
        // A wait is only booked when it is over: while it lasts, nobody is blamed.
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

/// How long this thread has waited for a CPU since it began.
fn own_wait() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0))
}
