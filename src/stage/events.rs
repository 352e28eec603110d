//! The places where the harness waits for events.

use super::trouble::Trouble;
use crate::spec::role::Role;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

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
