//! The right to use the tutorial's port on the machine's own loopback. Runs that need it take turns.

use super::PlaceError;
use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::spec::dialect::ADDRESS;
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

/// A name in the network namespace, which cannot outlive the process that holds it as a file could.
pub struct Turn {
    _name: UnixListener,
}

impl Turn {
    /// After so many times what a program gets for a single thing, another run is not waited for any more.
    const PATIENCE: u32 = 60;
    /// A wait that is longer than this is told of.
    const TOLD_AFTER: Duration = Duration::from_secs(1);
    /// How often is looked whether somebody wants to stop.
    const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

    /// Waits for it. Nothing where the run is interrupted, the system has no such names, or another user has this one: nobody can keep
    /// others from judging, and where two of them really do use the port, each says that it is taken.
    ///
    /// # Errors
    /// Another run of the same user, or of root, holds it for too long.
    pub fn wait(timeout: Duration, interrupt: &Interrupt, tell: &mut dyn FnMut(&Event)) -> Result<Option<Self>, PlaceError> {
        let (name, began, patience) = (format!("sockspec-{}", ADDRESS.port()), Instant::now(), timeout * Self::PATIENCE);
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
                return Err(PlaceError::Busy { port: ADDRESS.port(), holder: holder.describe(), waited });
            }
            if began.elapsed() >= Self::TOLD_AFTER && !is_told {
                is_told = true;
                tell(&Event::Waits(format!(
                    "waiting for another run of sockspec that uses port {} ({})",
                    ADDRESS.port(),
                    holder.describe()
                )));
            }
            // It never accepts: the connection ends when the one who holds the name does.
            let _ = poll(&mut [PollFd::new(&holder.connection, PollFlags::IN)], Some(&Self::LOOK));
        }
        Ok(None)
    }
}

/// Who holds the name.
struct Holder {
    connection: OwnedFd,
    /// Nothing where it has more who wait for it than can be.
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

    /// Its process and command, as far as they are known.
    fn describe(&self) -> String {
        let Some((pid, _)) = self.process else { return "a process that is not known".to_owned() };
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).split('\0').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if words.is_empty() { format!("process {pid}") } else { format!("process {pid}: {}", words.escape_debug()) }
    }
}
