//! The harness's handle of a stage: it starts the worker, sends requests, and receives what the worker saw.

use super::command::Command;
use super::files::Files;
use super::isolation::Tier;
use super::limits::Limits;
use super::protocol::{Greeting, Program, Request};
use super::purpose::Purpose;
use super::seen::Seen;
use super::stimulus::Stimulus;
use super::worker::arguments;
use crate::spec::dialect::Dialect;
use crate::spec::transcript::Scenario;
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The system forbids such a place, or something is missing there that the harness needs.
    #[error("{0}")]
    Refused(String),
    /// The worker could not be started, or is gone.
    #[error("the stage is gone: {0}")]
    Gone(#[from] io::Error),
    /// The worker's answer does not follow the protocol.
    #[error("the stage said something strange: {0}")]
    Strange(String),
}

/// Ends a stage from another thread.
#[derive(Clone)]
pub struct Lifeline(Arc<Mutex<Option<ChildStdin>>>);

impl Lifeline {
    /// Cuts the lifeline: the stage and all that it started end at once.
    pub fn cut(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// The conditions under which a scenario is played.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The dialect of the course. It names the address.
    pub dialect: Arc<Dialect>,
    /// The time limit for each step, on a fair clock.
    pub timeout: Duration,
    /// What the programs may use of the machine.
    pub limits: Limits,
    /// Why the scenario is played.
    pub purpose: Purpose,
}

/// A worker.
pub struct Stage {
    process: Child,
    lifeline: Lifeline,
    answers: BufReader<ChildStdout>,
    /// A port for programs that can be told one. None if each stage has all ports to itself.
    free_port: Option<u16>,
    /// How many scenarios were begun and are not finished.
    playing: usize,
    /// A request that is sent when there is room for it.
    held: Option<Vec<u8>>,
}

impl Stage {
    /// The longest request, in bytes, that is written to the pipe while the stage plays and reads nothing: half of the pipe's size. A
    /// longer request would wait for the stage to read, while the stage may wait until its answer is read.
    const AHEAD: usize = 32 << 10;

    /// Starts a worker: `program` is this program's own file. `files` says what becomes of what programs write. On the machine's own
    /// loopback `number` keeps ports of parallel stages apart.
    ///
    /// # Errors
    /// [`StageError::Refused`] where the system forbids such a place, or the kernel does not show there what verdicts need.
    pub fn open(program: &Path, tier: Tier, files: Files, number: usize) -> Result<Self, StageError> {
        use std::os::unix::process::CommandExt;
        let mut command = std::process::Command::new(program);
        command.args(arguments(tier, files));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // A Ctrl-C at the terminal is for the harness. If it ended a subject, the subject would be blamed.
        command.process_group(0);
        // A subject sees its user's environment, without what would hide the faults that the harness looks for.
        for (name, _) in std::env::vars_os() {
            if name == "PYTHONUNBUFFERED" || name == "LD_PRELOAD" || name.to_string_lossy().starts_with("_STDBUF_") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C.UTF-8");
        let mut process = command.spawn()?;
        let lifeline = Lifeline(Arc::new(Mutex::new(process.stdin.take())));
        let answers = BufReader::new(process.stdout.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?);
        let free_port = if tier.has_own_port() { None } else { Some(free_port(number)?) };
        let mut stage = Self { process, lifeline, answers, free_port, playing: 0, held: None };
        match stage.receive()? {
            Greeting::Ready => Ok(stage),
            Greeting::Refused(why) => Err(StageError::Refused(why)),
        }
    }

    /// A handle that ends this stage from another thread.
    pub fn lifeline(&self) -> Lifeline {
        self.lifeline.clone()
    }

    /// Plays a scenario with the programs that it judges, a server before its client.
    ///
    /// # Errors
    /// The worker is gone, which says nothing about the subject.
    pub fn play(&mut self, scenario: &Scenario, commands: &[&Command], conditions: &Conditions) -> Result<Seen, StageError> {
        self.begin(scenario, commands, conditions, &[])?;
        self.finish()
    }

    /// Begins to play a scenario; [`Stage::finish`] waits for its result. You may begin one more before that: the stage plays it next,
    /// without waiting in between. If the programs have [stalled](Seen::stall) before, they get less time to do so again.
    ///
    /// # Errors
    /// The worker is gone.
    pub fn begin(
        &mut self,
        scenario: &Scenario,
        commands: &[&Command],
        conditions: &Conditions,
        stalls: &[Stimulus],
    ) -> Result<(), StageError> {
        let Conditions { dialect, timeout, limits, purpose } = conditions;
        let mut address = dialect.address;
        // Two programs need the same port. If one of them cannot be told, it is the course's.
        if let Some(port) = self.free_port.filter(|_| commands.iter().all(|command| command.takes_port())) {
            address.set_port(port);
        }
        let program = |command: &&Command| Program {
            file: command.program().to_owned(),
            words: command.words(address),
            directory: command.directory().map(Path::to_owned),
            is_told_port: command.takes_port(),
            has_terminal: dialect.terminal,
        };
        let programs = commands.iter().map(program).collect();
        let request = Request {
            programs,
            port: address.port(),
            dialect: (**dialect).clone(),
            timeout: *timeout,
            limits: *limits,
            stalls: stalls.to_vec(),
            purpose: *purpose,
            scenario: scenario.to_string(),
        };
        let mut line = serde_json::to_vec(&request).map_err(io::Error::from)?;
        line.push(b'\n');
        self.playing += 1;
        if self.playing > 1 && line.len() > Self::AHEAD {
            self.held = Some(line);
            return Ok(());
        }
        self.send(&line)
    }

    /// Waits for the result of the scenario that was begun first.
    ///
    /// # Errors
    /// The worker is gone.
    pub fn finish(&mut self) -> Result<Seen, StageError> {
        let seen = self.receive()?;
        self.playing -= 1;
        if let Some(line) = self.held.take() {
            self.send(&line)?;
        }
        Ok(seen)
    }

    fn send(&mut self, line: &[u8]) -> Result<(), StageError> {
        let mut pipe = self.lifeline.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(pipe.as_mut().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?.write_all(line)?)
    }

    fn receive<T: for<'a> Deserialize<'a>>(&mut self) -> Result<T, StageError> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        serde_json::from_str(&line).map_err(|error| StageError::Strange(error.to_string()))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.lifeline.cut();
        // When the worker has ended, everything that it started is gone.
        let _ = self.process.wait();
    }
}

/// A port below those that the system gives to outgoing connections, and different from those of other runs of this program.
fn free_port(number: usize) -> io::Result<u16> {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    let start = std::process::id().wrapping_mul(61).wrapping_add(number as u32 * 7);
    let candidates = (0..1000).map(|i| (FIRST + (start.wrapping_add(i * 13)) % COUNT) as u16);
    let free = candidates.into_iter().find(|&port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    free.ok_or_else(|| io::Error::from(io::ErrorKind::AddrInUse))
}
