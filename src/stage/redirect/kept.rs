//! The duplicates of subjects' sockets, which the harness keeps as long as they may still be bound or connected.

use crate::stage::notification::{Answer, Call, Waiting};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{SockAddr, Socket};
use std::io;
use std::sync::Arc;

/// A duplicate of a subject's socket.
pub struct Kept {
    /// The inode of the subject's socket, by which the duplicate is found.
    pub inode: u64,
    /// The same socket.
    pub socket: Arc<Socket>,
    /// Whether it has an address.
    pub is_bound: bool,
    /// Whether a connection was asked for and has no result yet.
    pub connecting: Connecting,
    /// The answer to a call that did not arrive, because a signal had interrupted the call: the subject will make it again.
    pub unsent: Option<(Call, Answer)>,
}

/// A connection that has no result yet, and the call that waits for it.
pub enum Connecting {
    /// Nothing.
    Not,
    /// The subject does not wait for it.
    Unawaited,
    /// The subject's call returns when it is connected to this address, or refused.
    Awaited(Waiting, SockAddr),
}

impl Kept {
    /// Whether the result of a connection is known by now.
    pub fn has_result(&self) -> bool {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut [PollFd::new(&self.socket, PollFlags::OUT)], Some(&now)).is_ok_and(|ready| ready > 0)
    }

    /// The result of a connection. A call that waits for it gets the error; otherwise the subject finds the error at the socket.
    pub fn result(&mut self) -> Answer {
        match std::mem::replace(&mut self.connecting, Connecting::Not) {
            // If asked once more, the kernel tells the result, and does not tell it again.
            Connecting::Awaited(_, to) => match without_waiting(&self.socket, &to) {
                Ok(()) => Answer::Done,
                Err(errno) => Answer::Fails(errno),
            },
            _ if self.socket.peer_addr().is_ok() => Answer::Done,
            _ => Answer::Fails(Errno::CONNREFUSED),
        }
    }
}

/// Connects, and does not wait for the result, because then no other call would be answered. A subject does not see that its socket does
/// not block for this moment.
pub fn without_waiting(socket: &Socket, to: &SockAddr) -> Result<(), Errno> {
    let waits = !socket.nonblocking().unwrap_or(false);
    let done = socket.set_nonblocking(true).and_then(|()| socket.connect(to));
    if waits {
        let _ = socket.set_nonblocking(false);
    }
    done.map_err(|error| errno(&error))
}

/// The error as the system numbers it.
pub fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}
