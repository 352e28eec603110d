//! What the harness watches, and how it tells that all of it is at rest.

use super::budget::Budget;
use super::clock::Time;
use super::threads::{Rest, Snapshot};
use super::{Trouble, alarm};
use crate::transcript::Role;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

/// One or two subjects, and what is between them and their peers.
pub trait Watched {
    /// Waits up to `time` for an event, and takes in all events that are there.
    fn pump(&mut self, time: Duration) -> Result<(), Trouble>;

    /// Whether a glance finds all subjects asleep.
    fn seems_at_rest(&self) -> bool;

    /// All that can be seen to move, as numbers.
    fn progress(&self) -> Result<Progress, Trouble>;

    /// Whether bytes are on their way that will wake a subject.
    fn is_on_its_way(&self) -> Result<bool, Trouble>;

    /// Whether subjects that have produced the expected output have come to rest, so that the next action causes whatever they do next. If
    /// a subject goes on using the CPU, do not wait for it.
    fn is_done_for_now(&mut self, budget: &mut Budget) -> Result<bool, Trouble> {
        /// More than a program needs from its last output to its next wait.
        const ENOUGH: Duration = Duration::from_millis(2);
        if self.seems_at_rest() {
            // Take in what they did just before. That may wake one that waited for it.
            self.pump(Duration::ZERO)?;
            return Ok(self.seems_at_rest());
        }
        let (rest, snapshot) = self.rest()?;
        let spent = budget.spent_afterwards(&snapshot);
        Ok(rest != Rest::Awake || spent >= ENOUGH || budget.step_time(&snapshot) != Time::Left)
    }

    /// Whether subjects that were blocked, as in `snapshot`, still are after the time in which a timer that has just expired would have
    /// woken them. Ask this where expected output is missing.
    fn stays_blocked(&mut self, snapshot: &Snapshot) -> Result<bool, Trouble> {
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
    fn rest(&mut self) -> Result<(Rest, Snapshot), Trouble> {
        let earlier = Snapshot::take();
        let rest = earlier.rest();
        if rest == Rest::Awake || self.is_on_its_way()? {
            return Ok((Rest::Awake, earlier));
        }
        // Ask between the two looks: if a timer expires meanwhile, the second look shows that a thread has moved.
        let rest = if rest == Rest::Blocked && alarm::may_expire(&earlier) { Rest::TimedWait } else { rest };
        let before = self.progress()?;
        // What a subject is given now wakes it.
        self.pump(Duration::ZERO)?;
        let now = Snapshot::take();
        // What was printed before, even by a process that has ended and that no one waits for, is in the pipes by now.
        self.pump(Duration::ZERO)?;
        let has_moved = now != earlier || self.progress()? != before;
        Ok((if has_moved { Rest::Awake } else { rest }, now))
    }
}

/// Where an event may happen.
#[derive(Clone, Copy)]
pub enum Source {
    /// The end of a subject's process.
    End(Role),
    /// A subject's stdout.
    Stdout(Role),
    /// A subject's stderr.
    Stderr(Role),
    /// A subject's stdin, which takes more.
    Keyboard(Role),
    /// One of the harness's connections, by number.
    Connection(usize),
    /// The harness's listening socket.
    Listener,
}

/// A source, its descriptor while it is open, and the events to wait for.
pub type Place<'a> = (Source, Option<BorrowedFd<'a>>, PollFlags);

/// Waits up to `time` for an event at one of the places, and returns where events are.
pub fn ready(places: &[Place<'_>], time: Duration) -> Result<Vec<Source>, Trouble> {
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
    /// Steps towards what is expected: what the subject has read, and what it has printed and sent, up to what it may.
    pub towards: Vec<u64>,
    /// Other changes.
    pub beside: Vec<u64>,
    /// Bytes on stderr. They are not judged, and a program may write as many as it likes while it makes progress.
    pub complained: u64,
}
