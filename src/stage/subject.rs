//! The subject's process: its start, its stdin, its output, its end.

use super::limits::Limits;
use super::processes;
use super::protocol::Program;
use super::threads::Glance;
use super::trouble::Trouble;
use crate::spec::bytes::Bytes;
use crate::spec::role::Role;
use crate::spec::transcript::{End, Step};
use rustix::io::{Errno, ioctl_fionbio, ioctl_fionread};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, pidfd_open, waitid};
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// A subject from its start to its end.
pub struct Subject {
    /// The process. It leads a process group of its own.
    pub pid: Pid,
    pidfd: OwnedFd,
    /// Its stdin.
    pub keyboard: Keyboard,
    /// Its stdout.
    pub stdout: Capture,
    /// Its stderr.
    pub stderr: Capture,
    /// A quick look at whether it seems to be at rest.
    pub glance: Glance,
    /// How it has ended, once it has.
    pub end: Option<End>,
    /// Whether the end was written down.
    is_told: bool,
}

impl Subject {
    /// Starts the program with pipes for its input and output. Everything else is as its user would have it.
    ///
    /// # Errors
    /// The system cannot start the program.
    pub fn start(program: &Program, limits: &Limits, port: u16, stdout_limit: usize) -> Result<Self, Trouble> {
        Self::spawn(program, limits, port, stdout_limit).map_err(|error| {
            let hint = match error.raw_os_error() {
                Some(libc::ENOEXEC) => " (a script needs a first line such as #!/bin/sh)",
                // The file was there when its command was read: the interpreter or loader is missing that the file names.
                Some(libc::ENOENT) => " (the file is there, and what loads it is not: it may be made for another system)",
                _ => "",
            };
            format!("the program cannot be started: {error}{hint}")
        })
    }

    fn spawn(program: &Program, limits: &Limits, port: u16, stdout_limit: usize) -> io::Result<Self> {
        const STDERR_LIMIT: usize = 64 << 10;
        let mut command = Command::new(&program.file);
        command.arg0(&program.words[0]).args(&program.words[1..]);
        if let Some(directory) = &program.directory {
            // A shell that changes to this directory sets PWD, too.
            command.current_dir(directory).env("PWD", directory);
        }
        if program.is_told_port {
            command.env("HOST", Ipv4Addr::LOCALHOST.to_string()).env("PORT", port.to_string());
        }
        // A server's stdin is like a terminal where nothing is typed: it does not end.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Never use pre_exec: it would cost posix_spawn, and half of the speed.
        command.process_group(0);
        let mut child = {
            let _starting = processes::starting();
            limits.impose(|| command.spawn())?
        };
        let pid = Pid::from_child(&child);
        // If there is no pidfd, the sweep ends the process.
        let pidfd =
            pidfd_open(pid, PidfdFlags::empty()).map_err(|errno| io::Error::other(format!("pidfd_open: {}", io::Error::from(errno))))?;
        Ok(Self {
            pid,
            pidfd,
            keyboard: Keyboard::new(child.stdin.take().map(OwnedFd::from))?,
            stdout: Capture::new(child.stdout.take().map(OwnedFd::from), stdout_limit)?,
            stderr: Capture::new(child.stderr.take().map(OwnedFd::from), STDERR_LIMIT)?,
            glance: Glance::at(pid),
            end: None,
            is_told: false,
        })
    }

    /// Becomes readable when the subject ends.
    pub fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Takes in the end, and the output before it: after the end, the pipes hold all that there is.
    pub fn take_end(&mut self) {
        self.reap();
        self.stdout.pull();
        self.stderr.pull();
    }

    /// Takes in the end, if the process has ended.
    pub fn reap(&mut self) {
        let Ok(Some(status)) = waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG) else { return };
        self.end = Some(match (status.exit_status(), status.terminating_signal()) {
            (Some(status), _) => End::Exits(status as u8),
            (None, Some(signal)) => End::Dies(signal),
            (None, None) => return,
        });
    }

    /// Its output on stdout and stderr since the last call.
    pub fn said(&mut self, role: Role) -> impl Iterator<Item = Step> + use<> {
        let printed = self.stdout.news().map(|text| Step::Printed(role, text));
        let complained = self.stderr.news().map(|text| Step::Complained(role, text));
        printed.into_iter().chain(complained)
    }

    /// Its end, if it was not returned before.
    pub fn ended(&mut self, role: Role) -> Option<Step> {
        let end = self.end.filter(|_| !self.is_told)?;
        self.is_told = true;
        Some(Step::Ends(role, end))
    }

    /// Its stderr, for a person.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(self.stderr.kept()).into_owned()
    }

    /// Sends a signal to the subject, and to all processes in its first process group.
    pub fn signal(&self, signal: Signal) {
        // They may be gone already; other code sees that. And a subject may have left its group.
        let _ = kill_process_group(self.pid, signal);
        if self.end.is_none() {
            let _ = kill_process(self.pid, signal);
        }
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

    /// Types these bytes, as soon as the pipe has room for them.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        self.waiting.drain(..self.written);
        self.written = 0;
        self.waiting.extend_from_slice(bytes);
        self.push();
    }

    /// Ends the input after all that was typed.
    pub fn end(&mut self) {
        self.ends = true;
        self.push();
    }

    /// Writes as much as the pipe takes. If the subject has closed its input, the rest is discarded: that is an observation, not an error.
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

    /// How many typed bytes the subject has not read yet, in the pipe and before it; 0 if it has closed its input.
    pub fn unread(&self) -> usize {
        match &self.pipe {
            Some(pipe) => self.waiting.len() - self.written + ioctl_fionread(pipe).unwrap_or(0) as usize,
            None => 0,
        }
    }

    /// How many typed bytes the subject has never read, once it has ended.
    pub fn left_over(&self) -> usize {
        if self.pipe.is_some() { self.unread() } else { self.waiting.len() - self.written }
    }
}

/// The output from one of the subject's pipes: kept up to a limit, and counted beyond it.
pub struct Capture {
    pipe: Option<OwnedFd>,
    kept: Vec<u8>,
    /// How many of these bytes were written down.
    told: usize,
    limit: usize,
    /// All bytes so far, kept or not.
    pub total: u64,
}

impl Capture {
    fn new(pipe: Option<OwnedFd>, limit: usize) -> rustix::io::Result<Self> {
        pipe.as_ref().map_or(Ok(()), |pipe| ioctl_fionbio(pipe, true))?;
        Ok(Self { pipe, kept: Vec::new(), told: 0, limit, total: 0 })
    }

    /// The bytes that were kept.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// Keeps no more than `len` bytes of a flood, and nothing of later output. Bytes that were written down stay.
    pub fn cut(&mut self, len: usize) {
        self.limit = len.max(self.told);
        self.kept.truncate(self.limit);
        self.kept.shrink_to_fit();
        self.limit = self.kept.len();
    }

    /// The bytes that were kept since the last call.
    fn news(&mut self) -> Option<Bytes> {
        let news = &self.kept[std::mem::replace(&mut self.told, self.kept.len())..];
        (!news.is_empty()).then(|| Bytes::compact(news))
    }

    /// The pipe, until its end.
    pub fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Reads what is there now, at most some buffers full, so that a flood in one pipe does not keep the harness from reading the others.
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
