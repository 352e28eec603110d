//! How long to wait, and what for: looks that come less and less often, and the difference between moving, running and resting.

use super::clock::{Deadline, Time};
use super::stimulus::Stimulus;
use super::threads::{Rest, Snapshot};
use super::{Trouble, alarm, world};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::param::clock_ticks_per_second;
use rustix::process::Pid;
use std::fs;
use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

/// What a subject is given for what comes of one stimulus.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// A subject that has used this much CPU time since the last thing that happened, without anything happening, spins.
    pub spinning: Duration,
    /// The same where nothing that is judged depends on it.
    pub spinning_unjudged: Duration,
    /// The same of a subject that has not even read what was sent to it: it may still be busy with what came before.
    pub spinning_unread: Duration,
    /// What it gets on a fair clock, while it is neither asleep nor spinning, for each step towards what is due.
    pub time: Duration,
    /// What it gets in all, however steadily it goes on.
    pub bound: Duration,
}

impl Allowance {
    /// Whoever has been given all of it after such a stimulus before, and to no avail, is only to be recognised: with this part of it.
    const RECOGNISED: u32 = 10;
    /// Whoever does something all the time, while what is due does not come, gets the time for a single thing so often.
    const PATIENCE: u32 = 4;
    /// Whoever goes on towards what is due gets it so often.
    const BOUND: u32 = 24;

    /// After this stimulus, where the subjects have stalled after those.
    pub fn after(stimulus: Stimulus, time: Duration, stalls: &[Stimulus]) -> Self {
        let part = if stalls.contains(&stimulus) { Self::RECOGNISED } else { 1 };
        let spinning = Duration::from_millis(500) / part;
        Self {
            spinning,
            spinning_unjudged: Duration::from_millis(20) / part,
            spinning_unread: Duration::from_secs(2).min(time / 2) / part,
            // Where little was asked for, enough is left to tell whether it spins.
            time: (time / part).max(time.min(spinning * 4)),
            bound: time * Self::BOUND,
        }
    }

    /// What a subject is given on a fair clock that does something all the time, while what is due does not come.
    pub fn patience(&self) -> Duration {
        self.time * Self::PATIENCE
    }
}

/// A subject that has printed or sent this much more than it should have floods.
pub const FLOODING: u64 = 1 << 20;
/// The same where nothing that is judged depends on it.
pub const FLOODING_UNJUDGED: u64 = 64 << 10;
/// How much more than expected is kept of a flood.
pub const KEPT_OF_FLOOD: usize = 64 << 10;
/// How much more than expected is kept of what a subject prints or sends.
pub const SLACK: usize = 1 << 20;

/// What is watched until it is at rest: one subject, or two and what is between them.
pub trait Watched {
    /// Waits up to `time` for something to happen, and takes in whatever has.
    ///
    /// # Errors
    /// The system does not say what has happened.
    fn pump(&mut self, time: Duration) -> Result<(), Trouble>;

    /// Whether a glance finds all subjects asleep.
    fn seems_at_rest(&self) -> bool;

    /// All that can be seen to move, as numbers.
    ///
    /// # Errors
    /// The kernel does not answer.
    fn progress(&self) -> Result<Progress, Trouble>;

    /// Whether bytes are under way that will wake somebody.
    ///
    /// # Errors
    /// The kernel does not answer.
    fn is_on_its_way(&self) -> Result<bool, Trouble>;

    /// Whether subjects that have done what is due have come to rest, so that whatever they do next is caused by what is done next. Whoever
    /// goes on using the CPU is not waited for.
    ///
    /// # Errors
    /// As above.
    fn is_done_for_now(&mut self, course: &mut Course) -> Result<bool, Trouble> {
        /// More than a program needs from its last output to its next wait.
        const ENOUGH: Duration = Duration::from_millis(2);
        if self.seems_at_rest() {
            // What they have done on their way there is taken in, which may wake one that waited for that.
            self.pump(Duration::ZERO)?;
            return Ok(self.seems_at_rest());
        }
        let (rest, snapshot) = self.rest()?;
        let spent = course.afterwards.spent(snapshot.ran());
        Ok(rest != Rest::Awake || spent >= ENOUGH || course.deadline.look(&snapshot) != Time::Left)
    }

    /// Whether subjects that were seen to be asleep for good, as in `snapshot`, still are when a timer that has just rung would have woken
    /// them. To be asked where something that is due is missing.
    ///
    /// # Errors
    /// As above.
    fn sleeps_on(&mut self, snapshot: &Snapshot) -> Result<bool, Trouble> {
        /// Much longer than an interrupt is late, even where the machine is a virtual one that waits for its host.
        const LATE: Duration = Duration::from_millis(250);
        if !alarm::may_have_rung(snapshot) {
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

    /// How soundly all subjects sleep: two looks with nothing in between, and nothing on its way.
    ///
    /// # Errors
    /// As above.
    fn rest(&mut self) -> Result<(Rest, Snapshot), Trouble> {
        let earlier = Snapshot::take();
        let depth = earlier.depth();
        if depth == Rest::Awake || self.is_on_its_way()? {
            return Ok((Rest::Awake, earlier));
        }
        // Between the two looks: where a clock has rung meanwhile, somebody has moved.
        let depth = if depth == Rest::Asleep && alarm::may_ring(&earlier) { Rest::Dozing } else { depth };
        let before = self.progress()?;
        // What is given to a subject now wakes it.
        self.pump(Duration::ZERO)?;
        let now = Snapshot::take();
        // What was printed before, even by one that has ended and that nobody waits for, is in the pipes by now.
        self.pump(Duration::ZERO)?;
        let has_moved = now != earlier || self.progress()? != before;
        Ok((if has_moved { Rest::Awake } else { depth }, now))
    }
}

/// Waits up to `time` until something can be done at one of the places, and says at which.
///
/// # Errors
/// The system does not say.
pub fn ready<S: Copy>(places: &[(S, Option<BorrowedFd<'_>>, PollFlags)], time: Duration) -> Result<Vec<S>, Trouble> {
    let watched: Vec<_> = places.iter().filter_map(|(place, fd, flags)| Some((*place, (*fd)?, *flags))).collect();
    let mut fds: Vec<PollFd<'_>> = watched.iter().map(|(_, fd, flags)| PollFd::from_borrowed_fd(*fd, *flags)).collect();
    let timeout = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: i64::from(time.subsec_nanos()) };
    match poll(&mut fds, Some(&timeout)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => Ok(Vec::new()),
        Ok(_) => Ok(watched.iter().zip(&fds).filter(|(_, fd)| !fd.revents().is_empty()).map(|((place, ..), _)| *place).collect()),
        Err(errno) => Err(format!("poll: {}", io::Error::from(errno))),
    }
}

/// How far things are, as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What leads to what is due: what the subject has read, and what it has printed and sent, as far as it may.
    pub towards: Vec<u64>,
    /// What else can be seen.
    pub beside: Vec<u64>,
    /// What was written on stderr, in bytes: text that nobody judges, as much of it as a program likes while it goes on.
    pub complained: u64,
}

/// How long to wait for the next look: not at all at first, because most things take microseconds; then longer and longer.
///
/// At first the CPU is offered to whoever wants it, which may be the subject. Where somebody takes it and keeps it, as a program that spins
/// does, there is nothing to be gained by offering it again: then this sleeps, and is woken by what it waits for.
pub struct Backoff {
    looks: u32,
    /// The first look that is worth a closer one.
    first_closer: u32,
    /// Whether somebody has taken the CPU and kept it.
    is_crowded: bool,
}

impl Backoff {
    const EAGER: u32 = 50;
    /// Of those that sleep, so many are not worth a closer look.
    const SHALLOW: u32 = 2;
    /// Who has had the CPU for longer than this keeps it.
    const CROWDED: Duration = Duration::from_millis(1);

    /// Beside programs that have stalled so before: most that do so keep the CPU.
    pub fn beside(stalls: &[Stimulus]) -> Self {
        Self { looks: 0, first_closer: Self::EAGER, is_crowded: !stalls.is_empty() }
    }

    /// Something has happened, or been done, and what comes of it mostly takes microseconds.
    pub fn start_over(&mut self) {
        *self = Self { looks: if self.is_crowded { Self::EAGER } else { 0 }, first_closer: 20, ..*self };
    }

    /// What comes of it takes longer than any look is worth, such as the start of a program.
    pub fn start_over_patiently(&mut self) {
        *self = Self { looks: 0, first_closer: Self::EAGER, ..*self };
    }

    /// Until the next look.
    pub fn next(&mut self) -> Duration {
        self.looks += 1;
        if self.looks > Self::EAGER {
            return Duration::from_micros(u64::from((self.looks - Self::EAGER) * 50).min(2000));
        }
        if self.looks > 1 {
            let offered = Instant::now();
            std::thread::yield_now();
            if offered.elapsed() > Self::CROWDED {
                // A program that starts takes it, and gives it back.
                self.is_crowded |= self.first_closer < Self::EAGER;
                self.looks = Self::EAGER;
            }
        }
        Duration::ZERO
    }

    /// Whether it is time to look at the subject's threads, which costs more than a look at its sockets.
    pub fn is_worth_a_closer_look(&self) -> bool {
        self.looks > Self::EAGER + Self::SHALLOW || self.looks == self.first_closer
    }
}

/// What one wait has come to so far.
pub struct Course {
    allowance: Allowance,
    /// Whether it is a start that is waited for.
    is_start: bool,
    /// For the next step towards what is due.
    deadline: Deadline,
    /// For half of that time.
    halfway: Deadline,
    /// For whoever is never quiet, and takes no such step.
    patience: Deadline,
    /// For all steps.
    bound: Deadline,
    last: Option<Progress>,
    ran_at_last: Option<u64>,
    /// What had been written on stderr at the last step.
    complained_at_step: u64,
    /// What the start had taken halfway.
    effort: Option<Effort>,
    /// How a subject sleeps that a clock will wake.
    pub doze: Doze,
    afterwards: Afterwards,
}

impl Course {
    /// Begins to wait for what comes of a stimulus.
    pub fn of(allowance: Allowance, stimulus: Stimulus) -> Self {
        Self {
            allowance,
            is_start: stimulus == Stimulus::Start,
            deadline: Deadline::after(allowance.time),
            halfway: Deadline::after(allowance.time / 2),
            patience: Deadline::after(allowance.patience()),
            bound: Deadline::after(allowance.bound),
            last: None,
            ran_at_last: None,
            complained_at_step: 0,
            effort: None,
            doze: Doze::default(),
            afterwards: Afterwards::default(),
        }
    }

    /// Whether something has moved since the last look.
    pub fn moves(&mut self, progress: Progress) -> bool {
        if self.last.as_ref() == Some(&progress) {
            return false;
        }
        match &self.last {
            Some(last) if last.towards == progress.towards => {}
            Some(_) => {
                self.complained_at_step = progress.complained;
                self.begin_again();
            }
            None => self.complained_at_step = progress.complained,
        }
        self.last = Some(progress);
        self.ran_at_last = None;
        true
    }

    /// What was written on stderr since the last step, in bytes.
    pub fn complained(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.complained.saturating_sub(self.complained_at_step))
    }

    /// Whoever has taken a step has all of the time for the next.
    fn begin_again(&mut self) {
        self.deadline = Deadline::after(self.allowance.time);
        self.halfway = Deadline::after(self.allowance.time / 2);
        self.patience = Deadline::after(self.allowance.patience());
    }

    /// CPU time that the subject has used since something moved.
    pub fn spent(&mut self, ran: u64) -> Duration {
        spent_since(&mut self.ran_at_last, ran)
    }

    /// What is left for a subject that is never quiet.
    ///
    /// # Errors
    /// It takes one step after the other, and is too slow to be judged.
    pub fn patience_left(&self) -> Result<Time, Trouble> {
        let snapshot = Snapshot::take();
        match self.bound.look(&snapshot) {
            Time::Left => Ok(self.patience.look(&snapshot)),
            _ => Err(self.too_slow("it was still at it", "")),
        }
    }

    /// What is left for a subject that was seen to be as in `snapshot`.
    ///
    /// # Errors
    /// It was still being started after all the time that there is.
    pub fn time_left(&mut self, snapshot: &Snapshot) -> Result<Time, Trouble> {
        let time = self.deadline.look(snapshot);
        if !self.is_start || time == Time::Overloaded {
            return Ok(time);
        }
        if time == Time::Left {
            if self.effort.is_none() && self.halfway.look(snapshot) != Time::Left {
                self.effort = Some(Effort::now());
            }
            return Ok(time);
        }
        let least = self.allowance.time / 2 / 100 * LEAST_SHARE_OF_A_START;
        if !self.effort.take().is_some_and(|before| Effort::now().is_more_than(&before, least)) {
            return Ok(time);
        }
        if self.bound.look(snapshot) != Time::Left {
            let advice = "build it first, if it is compiled when it is started, as by `cargo run` or `go run`; ";
            return Err(self.too_slow("it was still being started", advice));
        }
        self.begin_again();
        Ok(Time::Left)
    }

    fn too_slow(&self, what: &str, advice: &str) -> Trouble {
        let bound = self.allowance.bound;
        let (bound, more) = (humantime::format_duration(bound), humantime::format_duration(bound / Allowance::BOUND * 4));
        format!("the program is too slow to be judged: {what} after {bound} ({advice}--timeout {more} waits longer)")
    }
}

/// A program that is being started uses at least so much of a core, in percent.
const LEAST_SHARE_OF_A_START: u32 = 5;

/// What a start has taken so far. A program that is compiled first, or whose runtime makes itself ready, uses memory that it has not used
/// before, or starts processes; one that only goes round in circles does not.
struct Effort {
    cpu: Duration,
    /// Page faults, and pages that are held. A fault may bring hundreds of pages.
    memory: [u64; 2],
    processes: Vec<Pid>,
}

impl Effort {
    fn now() -> Self {
        let processes = world::population().unwrap_or_default();
        let mut all = Self { cpu: Duration::ZERO, memory: [0, 0], processes };
        for pid in &all.processes {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // Behind the name, which may hold anything, the third field comes first; some count for children that were waited for, too.
            let Some((_, fields)) = stat.rsplit_once(") ") else { continue };
            let fields: Vec<u64> = fields.split(' ').map(|field| field.parse().unwrap_or(0)).collect();
            let field = |number: usize| fields.get(number - 3).copied().unwrap_or(0);
            let ticks: u64 = (14..=17).map(field).sum();
            all.cpu += Duration::from_millis(ticks * 1000 / clock_ticks_per_second());
            all.memory[0] += (10..=13).map(field).sum::<u64>();
            all.memory[1] += field(24);
        }
        all
    }

    fn is_more_than(&self, before: &Self, least: Duration) -> bool {
        /// A runtime that rests uses a little now and then.
        const A_LITTLE: u64 = 64;
        let uses_more = self.memory.iter().zip(&before.memory).any(|(now, before)| now.abs_diff(*before) > A_LITTLE);
        self.cpu.saturating_sub(before.cpu) >= least && (uses_more || self.processes != before.processes)
    }
}

/// What was used since this number was first known. A thread that ends takes what it has used with it.
fn spent_since(start: &mut Option<u64>, ran: u64) -> Duration {
    let start = start.get_or_insert(ran);
    *start = (*start).min(ran);
    Duration::from_nanos(ran - *start)
}

/// Whether a subject that sleeps until a clock wakes it sleeps on: one that does what is due may take naps on its way there, as a JVM does
/// when it ends.
#[derive(Default)]
pub struct Doze {
    since: Option<(Instant, Snapshot)>,
    naps: u32,
}

impl Doze {
    /// Longer than a nap; whoever is woken earlier has not slept on.
    const NAP: Duration = Duration::from_millis(20);
    /// Whoever is woken more often than this does not do what is due because of that.
    const MOST: u32 = 5;

    /// Whether it sleeps on, now that it was seen to sleep like this.
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

/// What the subject spends after it has done what is due.
#[derive(Default)]
struct Afterwards {
    /// What it had used at the first look.
    first: Option<u64>,
    /// What it had used when more was booked.
    booked: Option<u64>,
}

impl Afterwards {
    /// CPU time that is known to have been used since the first look. The kernel books it when a thread leaves the CPU, and at the ticks of
    /// its clock, some milliseconds apart: what it books first may have been used before.
    fn spent(&mut self, ran: u64) -> Duration {
        let first = *self.first.get_or_insert(ran);
        if ran == first { Duration::ZERO } else { spent_since(&mut self.booked, ran) }
    }
}
