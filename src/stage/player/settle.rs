//! The wait after an action. The wait ends in one of these ways:
//!
//! - The action has reached the subject, the expected output is there, and the subject seems to rest. Only wait briefly for this rest: a
//!   program that goes on using the CPU does not hold up the scenario.
//! - The subject certainly rests, so nothing more will come; or the subject has ended.
//! - The subject does what a correct program never does: it floods, spins, or exceeds a limit.
//! - The time is up. This happens only to a subject that never comes to rest, or sleeps with a timeout.

use super::{Player, Settled, Wait};
use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::Step;
use crate::stage::allowance::Allowance;
use crate::stage::budget::Budget;
use crate::stage::clock::{Deadline, Time};
use crate::stage::purpose::Purpose;
use crate::stage::stimulus::Stimulus;
use crate::stage::threads::{Rest, Snapshot};
use crate::stage::trouble::Trouble;
use std::time::Duration;

impl Player<'_> {
    /// Waits until the effects of an action are visible, or will not come. `actions` is the number of actions so far, with this one.
    pub(super) fn settle(&mut self, wait: Wait<'_>, actions: usize) -> Result<Settled, Trouble> {
        let expected = self.script.due(actions).clone();
        let (stimulus, may_wait) = (Stimulus::from(wait), self.may_wait(wait, actions));
        let allowance = Allowance::after(stimulus, self.request.timeout, &self.request.stalls);
        let mut budget = Budget::new(allowance, stimulus);
        // What a server holds is measured however the wait ends.
        let is_measured = matches!(wait, Wait::Action(Step::Tidy));
        // A program needs some time to start, so frequent looks at its beginning are useless.
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
            // To ask the kernel is expensive. So ask when the expected output is there, and otherwise only at a closer look (below).
            let is_met = self.is_met(wait, &expected);
            let has_come = is_met && self.has_reached(wait, &expected)?;
            if has_come && !self.needs_rest(wait, actions) {
                // If the subject has ended meanwhile, the next round of this loop takes in its last output.
                if self.is_done_for_now(&mut budget)? && !self.is_over() {
                    break;
                }
                continue;
            }
            // The expected output is still missing, so look at the threads only now and then. (If it is there, look now: rest is near.)
            if !has_come && !self.backoff.is_worth_a_closer_look() {
                continue;
            }
            let is_done = has_come || is_met && may_wait;
            let is_judged = self.judges_missing(wait, &expected, actions);
            let reached = is_done || may_wait || self.has_reached(wait, &expected)?;
            let has_moved = budget.note_progress(self.progress()?);
            if let Some(flood) = self.flood(is_judged, budget.complained()) {
                self.remarks.push(flood);
                self.cut_flood();
                return Ok(Settled::Stuck);
            }
            if has_moved {
                self.backoff.start_over();
                if is_metered && budget.patience_left()? == Time::Up {
                    return self.stop_late(stimulus, allowance.patience(), None);
                }
                continue;
            }
            let (rest, snapshot) = self.rest()?;
            let reached_or_paused = reached || self.is_paused(wait);
            match rest {
                Rest::Blocked if !is_done && !self.stays_blocked(&snapshot)? => continue,
                // All threads are blocked, so nothing more will come.
                Rest::Blocked if reached_or_paused => {
                    self.remark_closed_stdout();
                    break;
                }
                // Ask again: the subject may have read the bytes after the first question, and fallen asleep after that.
                Rest::Blocked if self.has_reached(wait, &expected)? => continue,
                Rest::Blocked => return Ok(self.stop_unread(wait, &snapshot)),
                Rest::TimedWait
                    if reached_or_paused
                        && !is_judged
                        && (self.request.purpose == Purpose::Judge
                            && self.is_met(wait, &expected.known())
                            && (!may_wait || self.has_reached(wait, &expected)?)
                            || budget.timed_wait.goes_on(&snapshot)) =>
                {
                    break;
                }
                Rest::Awake if self.may_spin(wait, &expected, reached) => {
                    let spent = budget.spent(&snapshot);
                    // Output that is not known may still come, as if the rule judged it.
                    let may_come = is_judged || self.request.purpose == Purpose::Look;
                    // `has_begun` asks the kernel, which is expensive, so it comes late. A subject may have begun after the look above:
                    // what it has computed until then is no spinning.
                    if spent >= allowance.spinning(reached, may_come)
                        && self.expects_connection()
                        && self.has_begun()
                        && budget.counts_from_the_beginning()
                    {
                        if reached && (!is_judged || is_measured) {
                            break;
                        }
                        let what = self.describe_spinning(reached, &snapshot);
                        return Ok(self.record_stall(stimulus, what));
                    }
                }
                _ => {}
            }
            match budget.time_left(&snapshot)? {
                Time::Left => {}
                Time::Up if is_measured => break,
                Time::Up => {
                    let is_spinning = budget.spent(&snapshot) >= allowance.spinning(true, true);
                    return self.stop_late(stimulus, allowance.time, Some((&snapshot, is_spinning)));
                }
                Time::Overloaded => return Err(self.overloaded()),
            }
        }
        self.after_settling(wait, actions)
    }

    /// Ends the wait after the programs have ended. Takes in the last output of a single subject.
    fn settle_at_the_end(&mut self, wait: Wait<'_>) -> Result<Settled, Trouble> {
        if self.alone().is_some() {
            self.after_the_end()?;
            self.take_back_unread_input();
            return Ok(Settled::Ended);
        }
        // If the server of a pair ends before the client is started, the conversation cannot go on.
        Ok(if self.subjects.get(Role::Client).is_none() { self.stop_unread(wait, &Snapshot::take()) } else { Settled::GoOn })
    }

    /// Does the last step of an action that needs one more after the wait.
    fn after_settling(&mut self, wait: Wait<'_>, actions: usize) -> Result<Settled, Trouble> {
        match wait {
            Wait::Action(Step::Idle(role)) => {
                let step = if self.is_idle()? { Step::Idle(*role) } else { Step::Busy(*role) };
                // Only a program that lives can idle.
                if self.is_over() {
                    return self.settle_at_the_end(wait);
                }
                self.steps.push(step);
            }
            Wait::Action(Step::Tidy) => self.write_down_tidiness()?,
            Wait::Action(Step::Silence) if self.wait_in_silence()? => return Ok(Settled::Ended),
            Wait::Start(Role::Server) if self.script.owns(Facet::Connections) => self.remark_all_addresses(),
            Wait::Start(Role::Client) if self.network.connects < self.script.due(actions).connects => {
                self.remark_where_it_is()?;
                return Ok(Settled::Stuck);
            }
            _ => {}
        }
        // If the next action starts the subject again, but the subject still runs, the conversation cannot go on.
        Ok(if self.script.starts_next(actions) { Settled::Stuck } else { Settled::GoOn })
    }

    /// Ends the wait because the time is up, with a remark. `doing` is the last snapshot of the subjects, and whether they spin. It is
    /// `None` if something changed all the time, so there was no snapshot.
    fn stop_late(&mut self, stimulus: Stimulus, time: Duration, doing: Option<(&Snapshot, bool)>) -> Result<Settled, Trouble> {
        if stimulus == Stimulus::Start && !self.has_begun() {
            self.remark_where_it_is()?;
            let time = humantime::format_duration(time);
            self.remarks.iter_mut().last().into_iter().for_each(|remark| remark.push_str(&format!(", after {time}")));
            self.stall = Some(stimulus);
            return Ok(Settled::Stuck);
        }
        let what = self.describe_late(time, doing);
        Ok(self.record_stall(stimulus, what))
    }

    /// Ends the wait, and records that a subject has used all of its time, or all of its CPU time, after this stimulus.
    fn record_stall(&mut self, stimulus: Stimulus, what: String) -> Settled {
        self.remarks.push(what);
        self.stall = Some(stimulus);
        Settled::Stuck
    }

    /// Reads the last output of a single subject that has ended, and the end of its connection.
    pub(super) fn after_the_end(&mut self) -> Result<(), Trouble> {
        let deadline = Deadline::after(self.request.timeout);
        self.backoff.start_over();
        self.network.resume_all();
        loop {
            let before = self.progress()?;
            let time = self.backoff.next();
            self.pump(time)?;
            if self.network.is_over() && self.progress()? == before {
                return Ok(());
            }
            if self.meter.is_due() && self.meter.is_exceeded() {
                return Ok(());
            }
            if !self.backoff.is_worth_a_closer_look() {
                continue;
            }
            // A process that the subject has left behind may still have the connection open. Then the transcript shows no end of the
            // connection.
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
