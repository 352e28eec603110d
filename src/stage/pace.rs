//! How long to wait, and what for: looks that come less and less often, and the difference between moving, running and resting.

use super::Trouble;
use super::clock::{Deadline, Time};
use super::stimulus::Stimulus;
use super::threads::{Rest, Snapshot};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
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
    /// What it gets on a fair clock, while it is neither asleep nor spinning.
    pub time: Duration,
}

impl Allowance {
    /// Whoever has been given all of it after such a stimulus before, and to no avail, is only to be recognised: with this part of it.
    const RECOGNISED: u32 = 10;
    /// Whoever does something all the time, while what is due does not come, gets the time for a single thing so often.
    const PATIENCE: u32 = 4;

    /// After this stimulus, where the subjects have stalled after those.
    pub fn after(stimulus: Stimulus, time: Duration, stalls: &[Stimulus]) -> Self {
        let part = if stalls.contains(&stimulus) { Self::RECOGNISED } else { 1 };
        let spinning = Duration::from_millis(500) / part;
        Self {
            spinning,
            spinning_unjudged: Duration::from_millis(20) / part,
            spinning_unread: Duration::from_secs(2) / part,
            // Where little was asked for, enough is left to tell whether it spins.
            time: (time / part).max(time.min(spinning * 4)),
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
    fn progress(&self) -> Result<Vec<u64>, Trouble>;

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
    /// For all that is due.
    pub deadline: Deadline,
    /// For whoever is never quiet.
    pub patience: Deadline,
    /// What moves.
    pub activity: Activity,
    /// How a subject sleeps that a clock will wake.
    pub doze: Doze,
    afterwards: Afterwards,
}

impl Course {
    /// Begins to wait.
    pub fn of(allowance: &Allowance) -> Self {
        Self {
            deadline: Deadline::after(allowance.time),
            patience: Deadline::after(allowance.patience()),
            activity: Activity::default(),
            doze: Doze::default(),
            afterwards: Afterwards::default(),
        }
    }
}

/// What moves, and what the subject has spent since it last did.
#[derive(Default)]
pub struct Activity {
    last: Option<Vec<u64>>,
    ran_at_last: Option<u64>,
}

impl Activity {
    /// Whether something has moved since the last look.
    pub fn is_new(&mut self, progress: Vec<u64>) -> bool {
        let is_new = self.last.as_ref() != Some(&progress);
        if is_new {
            *self = Self { last: Some(progress), ran_at_last: None };
        }
        is_new
    }

    /// CPU time that the subject has used since then.
    pub fn spent(&mut self, ran: u64) -> Duration {
        spent_since(&mut self.ran_at_last, ran)
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
