//! How the player tells that all subjects are at rest.

use super::Player;
use crate::stage::alarm;
use crate::stage::budget::Budget;
use crate::stage::clock::Time;
use crate::stage::threads::{Rest, Snapshot};
use crate::stage::trouble::Trouble;
use std::time::{Duration, Instant};

impl Player<'_> {
    /// Whether a glance finds all subjects asleep.
    fn seems_at_rest(&self) -> bool {
        self.subjects.running().all(|(_, subject)| subject.glance.is_asleep())
    }

    /// Whether subjects that have produced the expected output have come to rest, so that the next action causes whatever they do next. If
    /// a subject goes on using the CPU, do not wait for it.
    pub(super) fn is_done_for_now(&mut self, budget: &mut Budget) -> Result<bool, Trouble> {
        /// More than a program needs from its last output to its next wait.
        const ENOUGH: Duration = Duration::from_millis(2);
        if self.seems_at_rest() {
            // Take in their latest output. That may wake a subject that waited for room in a pipe.
            self.pump(Duration::ZERO)?;
            return Ok(self.seems_at_rest());
        }
        let (rest, snapshot) = self.rest()?;
        let spent = budget.spent_afterwards(&snapshot);
        // A subject that is about to end must not get the next action. The harness learns of its end in a moment.
        let is_ending = || self.subjects.running().any(|(_, subject)| snapshot.of(subject.pid).is_empty());
        Ok(rest != Rest::Awake && !is_ending() || spent >= ENOUGH || budget.step_time(&snapshot) != Time::Left)
    }

    /// Whether subjects that were blocked, as in `snapshot`, still are after the time in which a timer that has just expired would have
    /// woken them. Ask this where expected output is missing.
    pub(super) fn stays_blocked(&mut self, snapshot: &Snapshot) -> Result<bool, Trouble> {
        /// Much longer than an interrupt is late, even on a virtual machine that waits for its host.
        const LATE: Duration = Duration::from_millis(250);
        if !alarm::may_have_expired(snapshot) {
            return Ok(true);
        }
        let began = Instant::now();
        while began.elapsed() < LATE {
            self.pump(Duration::from_millis(5))?;
            if Snapshot::take() != *snapshot {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How soundly all subjects sleep: two looks with no change in between, and nothing on its way.
    pub(super) fn rest(&mut self) -> Result<(Rest, Snapshot), Trouble> {
        let earlier = Snapshot::take();
        let rest = earlier.rest();
        if rest == Rest::Awake || self.network.is_on_its_way(self.server_is_stopped)? {
            return Ok((Rest::Awake, earlier));
        }
        // Ask between the two looks: if a timer expires meanwhile, the second look shows that a thread has moved.
        let rest = if rest == Rest::Blocked && alarm::may_expire(&earlier) { Rest::TimedWait } else { rest };
        let before = self.progress()?;
        // Input that a subject gets now wakes it.
        self.pump(Duration::ZERO)?;
        let now = Snapshot::take();
        // Output that was printed before is in the pipes by now, even if its process has ended and no process waits for it.
        self.pump(Duration::ZERO)?;
        let has_moved = now != earlier || self.progress()? != before;
        Ok((if has_moved { Rest::Awake } else { rest }, now))
    }
}
