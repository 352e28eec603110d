//! The wait after an action: until the kernel says that the action has reached the subject, *and* the expected output is there and the
//! subject seems to be at rest, or certainly is. If the subject has produced the expected output, do not wait for it to go idle. The time
//! limit is only a net below that: no verdict of a healthy run depends on it.

use super::{Player, Settled, Wait};
use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::Step;
use crate::stage::allowance::Allowance;
use crate::stage::budget::Budget;
use crate::stage::clock::{Deadline, Time};
use crate::stage::stimulus::Stimulus;
use crate::stage::threads::{Rest, Snapshot};
use crate::stage::trouble::Trouble;
use std::time::Duration;

impl Player<'_> {
    /// Waits until the effects of an action are visible, or will not come. `actions` is how many were done.
    pub(super) fn settle(&mut self, wait: Wait<'_>, actions: usize) -> Result<Settled, Trouble> {
        let due = self.script.due(actions).clone();
        let stimulus = Stimulus::from(wait);
        let allowance = Allowance::after(stimulus, self.request.timeout, &self.request.stalls);
        let mut budget = Budget::new(allowance, stimulus);
        // A program that was just started is busy with that for longer than any look is worth.
        if stimulus == Stimulus::Start {
            self.backoff.start_over_patiently();
        } else {
            self.backoff.start_over();
        }
        loop {
            let time = self.backoff.next();
            self.pump(time)?;
            let is_metered = self.meter.is_due();
            if is_metered && self.meter.is_exceeded() {
                return Ok(Settled::Stuck);
            }
            if self.is_over() {
                return self.settle_at_the_end(wait);
            }
            // Ask the kernel only once the expected output is there, or when a closer look is due: most looks come too early for both.
            let is_done = self.is_met(wait, &due) && self.has_reached(wait)?;
            if is_done && !self.needs_rest(wait, actions) {
                // A subject that has ended meanwhile is written down before anything else is done.
                if self.is_done_for_now(&mut budget)? && !self.is_over() {
                    break;
                }
                continue;
            }
            // A subject that has produced the expected output will rest soon.
            if !is_done && !self.backoff.is_worth_a_closer_look() {
                continue;
            }
            let is_judged = self.judges_missing(wait, &due, actions);
            let reached = is_done || self.has_reached(wait)?;
            let has_moved = budget.moves(self.progress()?);
            if let Some(flood) = self.flood(is_judged, budget.complained()) {
                self.remarks.push(flood);
                self.cut_flood();
                return Ok(Settled::Stuck);
            }
            if has_moved {
                self.backoff.start_over();
                if is_metered && budget.patience_left()? == Time::Up {
                    return self.gives_up_late(stimulus, allowance.patience(), None);
                }
                continue;
            }
            let (rest, snapshot) = self.rest()?;
            // While the harness does not read, the subject need not read either.
            let reached_or_paused = reached || self.network.is_paused();
            match rest {
                Rest::Blocked if !is_done && !self.stays_blocked(&snapshot)? => continue,
                // Nothing can change any more, whether the subject has read what was sent or not.
                Rest::Blocked if reached_or_paused => {
                    self.remark_closed_stdout();
                    break;
                }
                // The subject may have fallen asleep only after the look that found the action not reached.
                Rest::Blocked if self.has_reached(wait)? => continue,
                Rest::Blocked => return Ok(self.gives_up_unread(wait, &snapshot)),
                Rest::TimedWait
                    if reached_or_paused && !is_judged && (self.is_met(wait, &due.known()) || budget.timed_wait.goes_on(&snapshot)) =>
                {
                    break;
                }
                Rest::Awake if self.may_spin(wait, &due, reached) => {
                    let spent = budget.spent(&snapshot);
                    // Ask the kernel whether the conversation has begun only where that decides.
                    if spent >= allowance.spinning(reached, is_judged) && self.expects_connection() && self.has_begun() {
                        if reached && !is_judged {
                            break;
                        }
                        let what = self.describe_spinning(reached, &snapshot);
                        return Ok(self.stalls(stimulus, what));
                    }
                }
                _ => {}
            }
            match budget.time_left(&snapshot)? {
                Time::Left => {}
                Time::Up => {
                    let is_spinning = budget.spent(&snapshot) >= allowance.spinning(true, true);
                    return self.gives_up_late(stimulus, allowance.time, Some((&snapshot, is_spinning)));
                }
                Time::Overloaded => return Err(self.overloaded()),
            }
        }
        self.after_settling(wait, actions)
    }

    /// Nothing more will come from programs that have ended.
    fn settle_at_the_end(&mut self, wait: Wait<'_>) -> Result<Settled, Trouble> {
        if self.alone().is_some() {
            self.after_the_end()?;
            return Ok(Settled::Ended);
        }
        // Without a server the client cannot be started.
        Ok(if self.subjects.get(Role::Client).is_none() { self.gives_up_unread(wait, &Snapshot::take()) } else { Settled::GoOn })
    }

    /// The rest of some actions, once they have settled.
    fn after_settling(&mut self, wait: Wait<'_>, actions: usize) -> Result<Settled, Trouble> {
        match wait {
            Wait::Action(Step::Idle(role)) => {
                let step = if self.is_idle()? { Step::Idle(*role) } else { Step::Busy(*role) };
                self.steps.push(step);
            }
            Wait::Action(Step::Silence) if self.keeps_silent()? => return Ok(Settled::Ended),
            Wait::Start(Role::Server) if self.script.owns(Facet::Connections) => self.remark_all_addresses(),
            Wait::Start(Role::Client) if self.network.connects < self.script.due(actions).connects => {
                self.remark_where_it_listens()?;
                return Ok(Settled::Stuck);
            }
            _ => {}
        }
        // A subject is started again only when it has ended.
        Ok(if self.script.starts_next(actions) { Settled::Stuck } else { Settled::GoOn })
    }

    /// The time limit has passed, and the expected output is not there. `doing` is how the subjects were seen last, and whether they spin;
    /// `None` if they were never quiet.
    fn gives_up_late(&mut self, stimulus: Stimulus, time: Duration, doing: Option<(&Snapshot, bool)>) -> Result<Settled, Trouble> {
        if stimulus == Stimulus::Start && !self.has_begun() {
            self.remark_where_it_listens()?;
            let time = humantime::format_duration(time);
            self.remarks.iter_mut().last().into_iter().for_each(|remark| remark.push_str(&format!(", after {time}")));
            self.stall = Some(stimulus);
            return Ok(Settled::Stuck);
        }
        let what = self.describe_late(time, doing);
        Ok(self.stalls(stimulus, what))
    }

    /// The time limit for this stimulus has passed without a reaction, or the subject has used all of its CPU time.
    fn stalls(&mut self, stimulus: Stimulus, what: String) -> Settled {
        self.remarks.push(what);
        self.stall = Some(stimulus);
        Settled::Stuck
    }

    /// Takes in what a single subject leaves behind: its last output, and the end of its connection.
    pub(super) fn after_the_end(&mut self) -> Result<(), Trouble> {
        let deadline = Deadline::after(self.request.timeout);
        self.backoff.start_over();
        self.network.main_mut().into_iter().for_each(|connection| connection.is_paused = false);
        loop {
            let before = self.progress()?;
            let time = self.backoff.next();
            self.pump(time)?;
            let is_closed = self.network.main().is_none_or(|connection| connection.wants_to_read().is_none());
            if is_closed && self.progress()? == before {
                return Ok(());
            }
            if self.meter.is_due() && self.meter.is_exceeded() {
                return Ok(());
            }
            if !self.backoff.is_worth_a_closer_look() {
                continue;
            }
            // A process that the subject has left behind may hold the connection. Then the connection stays open, and the transcript shows
            // that.
            let (rest, snapshot) = self.rest()?;
            if !snapshot.is_empty() && rest != Rest::Awake {
                self.remarks.push(format!("it has left a process behind, which is {} and holds the connection", snapshot.describe()));
                return Ok(());
            }
            if deadline.look(&snapshot) != Time::Left {
                return Ok(());
            }
        }
    }
}
