//! The duplicates of subjects' sockets that may still be bound or connected.

use crate::stage::notification::{Answer, Call, Waiting};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{SockAddr, Socket};
use std::io;
use std::sync::Arc;

/// A duplicate of a subject's socket.
pub struct Kept {
    /// The number of the subject's, by which it is found again.
    pub inode: u64,
    /// The same socket.
    pub socket: Arc<Socket>,
    /// Whether it has an address.
    pub is_bound: bool,
    /// Whether a connection is under way.
    pub connecting: Connecting,
    /// What a call came to whose answer did not arrive, because a signal had interrupted it: it will be made again.
    pub unsent: Option<(Call, Answer)>,
}

/// What is under way, and who waits for it.
pub enum Connecting {
    /// Nothing.
    Not,
    /// The subject does not wait for it.
    Unawaited,
    /// The subject's call returns when it is connected to this address, or refused.
    Awaited(Waiting, SockAddr),
}

impl Kept {
    /// Whether it is known by now what has become of a connection.
    pub fn has_result(&self) -> bool {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut [PollFd::new(&self.socket, PollFlags::OUT)], Some(&now)).is_ok_and(|ready| ready > 0)
    }

    /// What has become of a connection. The one who waits for it gets the error; another finds it at the socket.
    pub fn result(&mut self) -> Answer {
        match std::mem::replace(&mut self.connecting, Connecting::Not) {
            // Asked once more, the kernel tells the result, and takes note that it has.
            Connecting::Awaited(_, to) => match without_waiting(&self.socket, &to) {
                Ok(()) => Answer::Done,
                Err(errno) => Answer::Fails(errno),
            },
            _ if self.socket.peer_addr().is_ok() => Answer::Done,
            _ => Answer::Fails(Errno::CONNREFUSED),
        }
    }
}

/// Connects, and does not wait for what becomes of it: nobody here can. A subject's thread that does so itself does not see this change.
pub fn without_waiting(socket: &Socket, to: &SockAddr) -> Result<(), Errno> {
    let waits = !socket.nonblocking().unwrap_or(false);
    let done = socket.set_nonblocking(true).and_then(|()| socket.connect(to));
    if waits {
        let _ = socket.set_nonblocking(false);
    }
    done.map_err(|error| errno(&error))
}

/// What the system said.
pub fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}
