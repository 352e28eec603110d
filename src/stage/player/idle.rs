//! Two actions in which the harness does nothing: it measures whether the subject idles, or keeps silent for a while.

use super::Player;
use crate::stage::threads::{Rest, Snapshot};
use crate::stage::trouble::Trouble;
use std::time::{Duration, Instant};

/// An idle subject uses less than this part of a core, in percent …
const IDLE_PERCENT: u64 = 5;
/// … over this time …
const IDLE_WINDOW: Duration = Duration::from_millis(200);
/// … in at least one of this many windows: a runtime may still be busy with its own start.
const IDLE_WINDOWS: u32 = 5;
/// After this many windows that decide nothing, the machine is too busy.
const UNDECIDED_WINDOWS: u32 = 50;
/// Longer than the timeouts of one and of two seconds that programs have.
const SILENCE: Duration = Duration::from_millis(2500);

impl Player<'_> {
    /// Whether the subject leaves the CPU alone while there is nothing to do.
    pub(super) fn is_idle(&mut self) -> Result<bool, Trouble> {
        let mut undecided = 0;
        while undecided < UNDECIDED_WINDOWS {
            let (before, began) = (Snapshot::take(), Instant::now());
            std::thread::sleep(IDLE_WINDOW);
            self.pump(Duration::ZERO)?;
            if self.meter.is_exceeded() {
                return Ok(false);
            }
            // On a busy machine this process wakes late, and the window is longer than it should be.
            let (now, elapsed) = (Snapshot::take(), began.elapsed());
            let share = now.share_since(&before, elapsed);
            undecided += 1;
            if share < IDLE_PERCENT {
                // The kernel books a wait for a CPU only when it is over: a thread that still waits may be about to spin. And a subject
                // that has stood still with the whole machine has not shown anything.
                if !before.wants_cpu() && !now.wants_cpu() && elapsed < 5 * IDLE_WINDOW {
                    return Ok(true);
                }
            } else if undecided >= IDLE_WINDOWS {
                let ring = if now.has_polling_ring() { "; the kernel polls for it: io_uring with SQPOLL" } else { "" };
                self.remarks.push(format!("it used {share} % of a core while there was nothing to do{ring}"));
                return Ok(false);
            }
        }
        Err("the machine is overloaded: it cannot be seen whether the program is idle".into())
    }

    /// Waits in silence, until a fixed time has passed or only the harness can wake the subject. Returns whether the subject has ended.
    pub(super) fn wait_in_silence(&mut self) -> Result<bool, Trouble> {
        let began = Instant::now();
        self.backoff.start_over();
        while began.elapsed() < SILENCE && !self.is_over() && !(self.meter.is_due() && self.meter.is_exceeded()) {
            let time = self.backoff.next();
            self.pump(time)?;
            if !self.backoff.is_worth_a_closer_look() {
                continue;
            }
            let (rest, snapshot) = self.rest()?;
            if rest == Rest::Blocked && self.stays_blocked(&snapshot)? {
                break;
            }
        }
        if self.is_over() {
            self.after_the_end()?;
        }
        Ok(self.is_over())
    }
}
