//! A lock on the course's port of this machine. One run at a time holds the lock.

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::place::error::PlaceError;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use rustix::process::{Pid, Uid, getuid};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::time::{Duration, Instant};

/// The lock: the name of an abstract socket. Unlike a lock file, the name disappears with the process that holds it.
pub(super) struct PortLock {
    _name: UnixListener,
}

impl PortLock {
    /// How long to wait for another run, as a multiple of the time limit for one step.
    const PATIENCE: u32 = 60;
    /// How long to wait before the user is told.
    const QUIET: Duration = Duration::from_secs(1);
    /// How often to check for an interrupt.
    const INTERVAL: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

    /// Waits for the lock.
    ///
    /// Returns `None` if the run is interrupted, if the system has no abstract sockets, or if another user holds the lock: one user must
    /// not stop another one from judging. If both then use the port at the same time, each of them reports that the port is taken.
    ///
    /// # Errors
    /// Another run of the same user, or of root, holds the lock for too long.
    pub(super) fn wait(
        port: u16,
        timeout: Duration,
        interrupt: &Interrupt,
        tell: &mut dyn FnMut(&Event),
    ) -> Result<Option<Self>, PlaceError> {
        let (name, began, patience) = (format!("sockspec-{port}"), Instant::now(), timeout * Self::PATIENCE);
        let Ok(address) = SocketAddr::from_abstract_name(&name) else { return Ok(None) };
        let mut is_told = false;
        while !interrupt.is_set() {
            match UnixListener::bind_addr(&address) {
                Ok(name) => return Ok(Some(Self { _name: name })),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => return Ok(None),
                Err(_) => {}
            }
            let Ok(holder) = Holder::find(&name) else { continue };
            if !holder.may_be_waited_for() {
                return Ok(None);
            }
            if began.elapsed() >= patience {
                let waited = humantime::format_duration(Duration::from_secs(began.elapsed().as_secs()));
                return Err(PlaceError::Busy { port, holder: holder.describe(), waited });
            }
            if began.elapsed() >= Self::QUIET && !is_told {
                is_told = true;
                tell(&Event::Waits(format!("waiting for another run of sockspec that uses port {} ({})", port, holder.describe())));
            }
            // The holder never accepts this connection, so the connection ends when the holder does.
            let _ = poll(&mut [PollFd::new(&holder.connection, PollFlags::IN)], Some(&Self::INTERVAL));
        }
        Ok(None)
    }
}

/// The process that holds the lock.
struct Holder {
    connection: OwnedFd,
    /// `None` if the queue of the socket is full, because too many processes wait.
    process: Option<(Pid, Uid)>,
}

impl Holder {
    fn find(name: &str) -> rustix::io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let connection = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        match connect(&connection, &SocketAddrUnix::new_abstract_name(name.as_bytes())?) {
            Ok(()) => {}
            Err(rustix::io::Errno::AGAIN) => return Ok(Self { connection, process: None }),
            Err(errno) => return Err(errno),
        }
        let process = socket_peercred(&connection)?;
        Ok(Self { connection, process: Some((process.pid, process.uid)) })
    }

    fn may_be_waited_for(&self) -> bool {
        self.process.is_some_and(|(_, uid)| uid == getuid() || uid == Uid::ROOT)
    }

    /// The process and its command, as far as they are known.
    fn describe(&self) -> String {
        let Some((pid, _)) = self.process else { return "an unknown process".to_owned() };
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).split('\0').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if words.is_empty() { format!("process {pid}") } else { format!("process {pid}: {}", words.escape_debug()) }
    }
}
