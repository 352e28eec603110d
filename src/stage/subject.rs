//! The subject's process: its start, what is typed, what it prints, its end.

use super::Request;
use super::world;
use crate::transcript::End;
use rustix::io::{Errno, ioctl_fionbio, ioctl_fionread};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process_group, pidfd_open, waitid};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// A subject from its start to its end.
pub struct Subject {
    /// Its process, which leads a process group of its own.
    pub pid: Pid,
    pidfd: OwnedFd,
    /// What is typed.
    pub keyboard: Keyboard,
    /// What it prints.
    pub stdout: Capture,
    /// What it complains of.
    pub stderr: Capture,
    /// How it ended, once it has.
    pub end: Option<End>,
}

impl Subject {
    /// Starts it, with pipes for its output and, for `types`, its input; all else about it is as its user would have it.
    ///
    /// # Errors
    /// The system cannot start the program.
    pub fn start(request: &Request, types: bool, stdout_limit: usize) -> io::Result<Self> {
        const STDERR_LIMIT: usize = 64 << 10;
        let mut command = Command::new(&request.program);
        command.arg0(&request.words[0]).args(&request.words[1..]);
        if request.tells_port {
            command.env("HOST", crate::dialect::ADDRESS.ip().to_string()).env("PORT", request.port.to_string());
        }
        command.stdin(if types { Stdio::piped() } else { Stdio::null() }).stdout(Stdio::piped()).stderr(Stdio::piped());
        // No pre_exec anywhere: it would cost posix_spawn, and half of the speed.
        command.process_group(0);
        let mut child = {
            let _starting = world::starting();
            command.spawn()?
        };
        let pid = Pid::from_child(&child);
        let pidfd = pidfd_open(pid, PidfdFlags::empty())?;
        Ok(Self {
            pid,
            pidfd,
            keyboard: Keyboard::new(child.stdin.take().map(OwnedFd::from))?,
            stdout: Capture::new(child.stdout.take().map(OwnedFd::from), stdout_limit)?,
            stderr: Capture::new(child.stderr.take().map(OwnedFd::from), STDERR_LIMIT)?,
            end: None,
        })
    }

    /// Becomes readable when the subject ends.
    pub fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Takes note of the end, if it has come.
    pub fn reap(&mut self) {
        let Ok(Some(status)) = waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG) else { return };
        self.end = Some(match (status.exit_status(), status.terminating_signal()) {
            (Some(status), _) => End::Exits(status as u8),
            (None, Some(signal)) => End::Dies(signal),
            (None, None) => return,
        });
    }

    /// Sends a signal to the subject's process group.
    pub fn signal(&self, signal: Signal) {
        // It may be gone already; that is seen elsewhere.
        let _ = kill_process_group(self.pid, signal);
    }
}

/// The writing end of the subject's stdin.
pub struct Keyboard {
    pipe: Option<OwnedFd>,
    waiting: Vec<u8>,
    written: usize,
    ends: bool,
}

impl Keyboard {
    fn new(pipe: Option<OwnedFd>) -> rustix::io::Result<Self> {
        pipe.as_ref().map_or(Ok(()), |pipe| ioctl_fionbio(pipe, true))?;
        Ok(Self { pipe, waiting: Vec::new(), written: 0, ends: false })
    }

    /// Types this, as soon as the subject makes room for it.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        self.waiting.drain(..self.written);
        self.written = 0;
        self.waiting.extend_from_slice(bytes);
        self.push();
    }

    /// Ends the input behind all that has been typed.
    pub fn end(&mut self) {
        self.ends = true;
        self.push();
    }

    /// Writes as much as the pipe takes. A subject that has closed its input discards the rest: that is an observation, not an error.
    pub fn push(&mut self) {
        while let Some(pipe) = self.pipe.as_ref().filter(|_| self.written < self.waiting.len()) {
            match rustix::io::write(pipe, &self.waiting[self.written..]) {
                Ok(n) => self.written += n,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.pipe = None,
            }
        }
        if self.ends {
            self.pipe = None;
        }
    }

    /// The pipe, while there is something left to write.
    pub fn wants_to_write(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().filter(|_| self.written < self.waiting.len()).map(AsFd::as_fd)
    }

    /// How many typed bytes the subject has not read yet, in and before the pipe. None are left when it has closed its input.
    pub fn unread(&self) -> usize {
        match &self.pipe {
            Some(pipe) => self.waiting.len() - self.written + ioctl_fionread(pipe).unwrap_or(0) as usize,
            None => 0,
        }
    }
}

/// What comes out of one of the subject's pipes: kept up to a limit, and counted beyond it.
pub struct Capture {
    pipe: Option<OwnedFd>,
    kept: Vec<u8>,
    limit: usize,
    /// All bytes so far, kept or not.
    pub total: u64,
}

impl Capture {
    fn new(pipe: Option<OwnedFd>, limit: usize) -> rustix::io::Result<Self> {
        pipe.as_ref().map_or(Ok(()), |pipe| ioctl_fionbio(pipe, true))?;
        Ok(Self { pipe, kept: Vec::new(), limit, total: 0 })
    }

    /// What was kept.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// The pipe, until it is at its end.
    pub fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Reads what is there now, at most some buffers full, so that nobody who floods one pipe keeps the others from being read.
    pub fn pull(&mut self) {
        const ROUNDS: usize = 64;
        let mut buffer = [0; 16 << 10];
        for _ in 0..ROUNDS {
            let Some(pipe) = &self.pipe else { return };
            match rustix::io::read(pipe, &mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(n) => {
                    self.total += n as u64;
                    let room = self.limit - self.kept.len();
                    self.kept.extend_from_slice(&buffer[..n.min(room)]);
                    if n < buffer.len() {
                        return;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.pipe = None,
            }
        }
    }
}
