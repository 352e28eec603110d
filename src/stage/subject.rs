//! The subject's process: its start, its output, its end.

use super::capture::Capture;
use super::console::{self, Console};
use super::keyboard::Keyboard;
use super::limits::Limits;
use super::processes;
use super::protocol::Program;
use super::threads::Glance;
use super::trouble::Trouble;
use crate::spec::role::Role;
use crate::spec::transcript::{End, Step};
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
    /// Starts the program with pipes for its input and output, or at a terminal. Everything else is as its user would have it.
    ///
    /// # Errors
    /// The system cannot start the program, or has no terminal for it.
    pub fn start(program: &Program, limits: &Limits, port: u16, stdout_limit: usize) -> Result<Self, Trouble> {
        let console = if program.has_terminal { Some(Console::open(stdout_limit)?) } else { None };
        Self::spawn(program, limits, port, stdout_limit, console).map_err(|error| {
            let hint = match error.raw_os_error() {
                Some(libc::ENOEXEC) => " (a script needs a first line such as #!/bin/sh)",
                // The file was there when its command was read: the interpreter or loader is missing that the file names.
                Some(libc::ENOENT) => " (the file is there, and what loads it is not: it may be made for another system)",
                _ => "",
            };
            format!("the program cannot be started: {error}{hint}")
        })
    }

    fn spawn(program: &Program, limits: &Limits, port: u16, stdout_limit: usize, console: Option<Console>) -> io::Result<Self> {
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
        let console = console.map(|Console { keyboard, screen, stdin, stdout }| {
            command.stdin(stdin).stdout(stdout).env("TERM", console::KIND);
            (keyboard, screen)
        });
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
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let (keyboard, stdout) = match console {
            Some(both) => both,
            None => (
                Keyboard::at_pipe(child.stdin.take().ok_or_else(missing)?.into())?,
                Capture::at_pipe(child.stdout.take().ok_or_else(missing)?.into(), stdout_limit)?,
            ),
        };
        Ok(Self {
            pid,
            pidfd,
            keyboard,
            stdout,
            stderr: Capture::at_pipe(child.stderr.take().ok_or_else(missing)?.into(), STDERR_LIMIT)?,
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
