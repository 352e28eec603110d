//! The time, and the CPU time, that a subject may still use after one stimulus.

use super::allowance::Allowance;
use super::clock::{Deadline, Time};
use super::effort::Effort;
use super::stimulus::Stimulus;
use super::threads::Snapshot;
use super::trouble::Trouble;
use std::time::{Duration, Instant};

/// The budget of one wait.
pub struct Budget {
    allowance: Allowance,
    /// Whether the wait is for a program that was just started.
    is_start: bool,
    step: Step,
    /// For all steps.
    bound: Deadline,
    last: Option<Progress>,
    ran_at_last: Option<u64>,
    /// Whether the CPU time before the subject listened or connected is left out.
    counts_from_the_beginning: bool,
    /// Bytes on stderr at the last step.
    complained_at_step: u64,
    /// The resources that the start had used at half of its time, and the other half. On a busy machine the look at half of the time may
    /// come late. Then the other half ends later, too.
    effort: Option<(Effort, Deadline)>,
    /// Whether a subject in a wait with a timeout sleeps on.
    pub timed_wait: TimedWait,
    afterwards: Afterwards,
}

/// The deadlines of the next step towards the expected output. Each step has all of the time.
struct Step {
    deadline: Deadline,
    /// For half of that time.
    halfway: Deadline,
    /// For a subject that is never quiet, and takes no such step.
    patience: Deadline,
}

impl Step {
    fn begin(allowance: &Allowance) -> Self {
        Self {
            deadline: Deadline::after(allowance.time),
            halfway: Deadline::after(allowance.time / 2),
            patience: Deadline::after(allowance.patience()),
        }
    }
}

impl Budget {
    /// Begins to wait for the effects of a stimulus.
    pub fn new(allowance: Allowance, stimulus: Stimulus) -> Self {
        Self {
            allowance,
            is_start: stimulus == Stimulus::Start,
            step: Step::begin(&allowance),
            bound: Deadline::after(allowance.bound),
            last: None,
            ran_at_last: None,
            counts_from_the_beginning: stimulus != Stimulus::Start,
            complained_at_step: 0,
            effort: None,
            timed_wait: TimedWait::default(),
            afterwards: Afterwards::default(),
        }
    }

    /// Notes the progress at this look. Returns whether anything has moved since the last look.
    pub fn note_progress(&mut self, progress: Progress) -> bool {
        if self.last.as_ref() == Some(&progress) {
            return false;
        }
        match &self.last {
            Some(last) if last.towards == progress.towards => {}
            Some(_) => {
                self.complained_at_step = progress.complained;
                self.step = Step::begin(&self.allowance);
            }
            None => self.complained_at_step = progress.complained,
        }
        self.last = Some(progress);
        self.ran_at_last = None;
        true
    }

    /// Bytes on stderr since the last step.
    pub fn complained(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.complained.saturating_sub(self.complained_at_step))
    }

    /// CPU time that the subject has used since anything moved.
    pub fn spent(&mut self, snapshot: &Snapshot) -> Duration {
        spent_since(&mut self.ran_at_last, snapshot.ran())
    }

    /// Whether `spent` leaves out what the subject used before it listened or connected. If not, now that it has, it does from now on.
    pub fn counts_from_the_beginning(&mut self) -> bool {
        if !self.counts_from_the_beginning {
            self.ran_at_last = None;
        }
        std::mem::replace(&mut self.counts_from_the_beginning, true)
    }

    /// CPU time that the subject has used since it has produced the expected output.
    pub fn spent_afterwards(&mut self, snapshot: &Snapshot) -> Duration {
        self.afterwards.spent(snapshot.ran())
    }

    /// The time left for a subject that is never quiet.
    ///
    /// # Errors
    /// It takes one step after the other, and is too slow to be judged.
    pub fn patience_left(&self) -> Result<Time, Trouble> {
        let snapshot = Snapshot::take();
        match self.bound.look(&snapshot) {
            Time::Left => Ok(self.step.patience.look(&snapshot)),
            _ => Err(self.too_slow("it was still at it", "")),
        }
    }

    /// The time left for the next step.
    pub fn step_time(&self, snapshot: &Snapshot) -> Time {
        self.step.deadline.look(snapshot)
    }

    /// The same. A start that makes progress has the time of a step again and again.
    ///
    /// # Errors
    /// The subject was still being started after the time for all steps.
    pub fn time_left(&mut self, snapshot: &Snapshot) -> Result<Time, Trouble> {
        let time = self.step_time(snapshot);
        if !self.is_start || time == Time::Overloaded {
            return Ok(time);
        }
        if time == Time::Left {
            if self.effort.is_none() && self.step.halfway.look(snapshot) != Time::Left {
                self.begin_other_half(snapshot);
            }
            return Ok(time);
        }
        let Some((before, other_half)) = &self.effort else {
            self.begin_other_half(snapshot);
            return Ok(Time::Left);
        };
        match other_half.look(snapshot) {
            Time::Up if Effort::now().is_of_a_start(before, self.allowance.time / 2) => self.effort = None,
            time => return Ok(time),
        }
        if self.bound.look(snapshot) != Time::Left {
            let advice = "build it first, if it is compiled when it is started, as by `cargo run` or `go run`; ";
            return Err(self.too_slow("it was still being started", advice));
        }
        self.step = Step::begin(&self.allowance);
        Ok(Time::Left)
    }

    /// Notes what the start has used so far. The rest of its time begins.
    fn begin_other_half(&mut self, snapshot: &Snapshot) {
        let other_half = Deadline::after(self.allowance.time / 2);
        other_half.look(snapshot);
        self.effort = Some((Effort::now(), other_half));
    }

    fn too_slow(&self, what: &str, advice: &str) -> Trouble {
        let bound = self.allowance.bound;
        let (bound, more) = (humantime::format_duration(bound), humantime::format_duration(bound / Allowance::BOUND * 4));
        format!("the program is too slow to be judged: {what} after {bound} ({advice}--timeout {more} waits longer)")
    }
}

/// Whether a subject in a wait with a timeout sleeps on. A subject may take naps on its way to the expected output, as a JVM does when it
/// ends.
#[derive(Default)]
pub struct TimedWait {
    since: Option<(Instant, Snapshot)>,
    naps: u32,
}

impl TimedWait {
    /// Longer than a nap.
    const NAP: Duration = Duration::from_millis(20);
    /// A subject that wakes more often than this is not on its way to the expected output.
    const MOST: u32 = 5;

    /// Whether the subject sleeps on, now that it was seen to sleep like this.
    pub fn goes_on(&mut self, snapshot: &Snapshot) -> bool {
        if let Some((since, seen)) = &self.since
            && seen == snapshot
        {
            return since.elapsed() >= Self::NAP;
        }
        self.since = Some((Instant::now(), snapshot.clone()));
        self.naps += 1;
        self.naps > Self::MOST
    }
}

/// CPU time that the subject uses after it has produced the expected output.
#[derive(Default)]
struct Afterwards {
    /// CPU time at the first look.
    first: Option<u64>,
    /// CPU time at the first look after the kernel had booked more.
    booked: Option<u64>,
}

impl Afterwards {
    /// CPU time that was certainly used since the first look. The kernel books CPU time when a thread leaves the CPU, and at the ticks of
    /// its clock, some milliseconds apart: the first time that it books may have been used before.
    fn spent(&mut self, ran: u64) -> Duration {
        let first = *self.first.get_or_insert(ran);
        if ran == first { Duration::ZERO } else { spent_since(&mut self.booked, ran) }
    }
}

/// CPU time since this number was first known. A thread that ends takes its CPU time out of the sum.
fn spent_since(start: &mut Option<u64>, ran: u64) -> Duration {
    let start = start.get_or_insert(ran);
    *start = (*start).min(ran);
    Duration::from_nanos(ran - *start)
}

/// How far things are, as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps towards the expected output: how much the subject has read, and how much it has printed and sent, up to what it may.
    pub towards: Vec<u64>,
    /// Other changes.
    pub beside: Vec<u64>,
    /// Bytes on stderr. They are not judged, and a program may write as many as it likes while it makes progress.
    pub complained: u64,
}
