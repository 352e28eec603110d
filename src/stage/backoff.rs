//! How long to wait for the next look: not at all at first, because most things take microseconds; then longer and longer.
//!
//! At first the CPU is offered to any thread that wants it, which may be the subject's. If a thread takes the CPU and keeps it, as a
//! program that spins does, it does not help to offer the CPU again: then the harness sleeps, and the event that it waits for wakes it.

use super::stimulus::Stimulus;
use std::time::{Duration, Instant};

/// The looks of one wait.
pub struct Backoff {
    looks: u32,
    /// The first look that is worth a closer one.
    first_closer: u32,
    /// Whether another thread has taken the CPU and kept it.
    is_crowded: bool,
}

impl Backoff {
    /// So many looks come without sleep.
    const EAGER: u32 = 50;
    /// After them, so many looks are not worth a closer one.
    const SHALLOW: u32 = 2;
    /// A thread that has had the CPU for longer than this keeps it.
    const CROWDED: Duration = Duration::from_millis(1);

    /// For programs that have stalled before after these: most such programs keep the CPU.
    pub fn new(stalls: &[Stimulus]) -> Self {
        Self { looks: 0, first_closer: Self::EAGER, is_crowded: !stalls.is_empty() }
    }

    /// Something has happened, or was done. Its effects mostly take microseconds.
    pub fn start_over(&mut self) {
        *self = Self { looks: if self.is_crowded { Self::EAGER } else { 0 }, first_closer: 20, ..*self };
    }

    /// A program was started. That takes longer than any look is worth.
    pub fn start_over_patiently(&mut self) {
        *self = Self { looks: 0, first_closer: Self::EAGER, ..*self };
    }

    /// The time until the next look.
    pub fn next(&mut self) -> Duration {
        self.looks += 1;
        if self.looks > Self::EAGER {
            return Duration::from_micros(u64::from((self.looks - Self::EAGER) * 50).min(2000));
        }
        if self.looks > 1 {
            let offered = Instant::now();
            std::thread::yield_now();
            if offered.elapsed() > Self::CROWDED {
                // A program that starts takes the CPU, too, and gives it back.
                self.is_crowded |= self.first_closer < Self::EAGER;
                self.looks = Self::EAGER;
            }
        }
        Duration::ZERO
    }

    /// Whether to look at the subject's threads now, which costs more than a look at its sockets.
    pub fn is_worth_a_closer_look(&self) -> bool {
        self.looks > Self::EAGER + Self::SHALLOW || self.looks == self.first_closer
    }
}
