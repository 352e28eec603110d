//! The stage: a process that plays a scenario with a subject, and writes down what it saw, in the best place that the system allows
//! (`Tier`): private namespaces (`namespaces`), a private network, private addresses (`redirect`), or the machine's own loopback. Only
//! `loopback` knows which of them it is. Before a place is used, the harness tests it (`proof`).
//!
//! This program starts itself again as a worker, which reads requests on its stdin and writes what it saw on its stdout (`protocol`);
//! nothing else passes. So a stage may crash without harm, many run at once, each with its own 127.0.0.1:8023, and its stdin is its
//! lifeline: when the harness goes, in whatever way, the stage and all that it started are gone too.
//!
//! # What a verdict rests on
//!
//! No verdict depends on how fast the machine is, because no wait is a time that has passed:
//!
//! - *a segment was read*: the kernel's counters for the subject's own socket (`diag`);
//! - *nothing more will come*: two equal snapshots of all threads, each blocked in a wait without a timeout, with nothing on its way
//!   (`threads`), and no timer that was set before (`alarm`);
//! - *it floods*: bytes beyond what any right program could print or send (`allowance`);
//! - *it spins*, *it is not idle*: the subject's own CPU time, 500 ms of it without progress (`allowance`), or 5 % of a core over 200 ms in
//!   which the subject could have run (`player`); they are the only thresholds of a verdict;
//! - *it was not done in time*: only of a subject that is awake, or in a wait with a timeout. It has `--timeout` for each step towards the
//!   expected output: as long as it reads, prints and sends, it is slow, and not wrong. After 24 times that it is too slow to be judged
//!   (`budget`). The clock does not count the time in which either side waits for a CPU, or in which this process was stopped (`clock`). If
//!   that time is too long, the case is inconclusive.
//!
//! If a subject has used all of this in vain, it gets a tenth of it when a stimulus of the same kind comes again, so a broken program is
//! soon judged. But of each rule, the first scenario that fails so is played again with all of it (`crew`).
//!
//! If expected output is missing that the rule does not judge, the wait is shorter: 20 ms of CPU time, or of sleep in a wait with a timeout
//! (`allowance`, `budget`). After that, the harness may see less than the subject would have shown, and no verdict rests on it:
//! `judges_missing` of the player lists what each rule judges. Add each new facet there. `tests/delays.rs` plays programs that are late.
//!
//! Architecture invariant: only this module touches subjects, sockets, and the clock; it judges nothing.

mod alarm;
mod allowance;
mod backoff;
mod budget;
mod clock;
pub mod command;
mod connection;
mod diag;
mod effort;
mod events;
mod isolation;
mod java;
mod limits;
mod loopback;
mod namespaces;
mod network;
mod notification;
mod player;
mod port;
mod processes;
mod proof;
mod protocol;
mod redirect;
mod script;
mod stimulus;
mod subject;
mod syscalls;
mod threads;
mod worker;

use crate::spec::dialect::ADDRESS;
use crate::spec::transcript::{Scenario, Transcript};
use crate::stage::command::Command;
pub use isolation::{Isolation, Tier};
pub use java::JavaFolder;
pub use limits::{Limit, Limits};
use protocol::{Greeting, Program, Request};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
pub use stimulus::Stimulus;
pub use worker::worker;

/// The first argument with which the program starts itself as a worker.
pub const ARGUMENT: &str = "__stage";

/// The beginning of the remark that repeats what a program complained of before it ended.
pub const LAST_WORDS: &str = "it said ";

/// The result of one scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// All events, in order: the harness's own steps as far as they were played, and all that the subject did.
    #[serde(with = "protocol")]
    pub transcript: Transcript,
    /// Remarks for people, most important first: "asleep in recv", "listens on 0.0.0.0:8080".
    pub remarks: Vec<String>,
    /// The stimulus after which the subject used up all of its time, or CPU time, without a reaction.
    pub stall: Option<Stimulus>,
    /// The limit that the subject exceeded, in a sentence: no program may use more of the machine, in any scenario.
    pub breach: Option<String>,
    /// Why the conversation could not be played as written. This is never the subject's fault.
    pub trouble: Option<String>,
    /// Where a server listens that does not listen where it should.
    pub listens_at: Vec<SocketAddr>,
    /// How long the scenario took.
    pub duration: Duration,
    /// Whether the kernel still keeps the port: then the stage must not be used again.
    pub is_spent: bool,
}

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

/// Why a conversation cannot go on as written, where that is not the subject's fault: most often, because the kernel does not answer. Where
/// a function returns it for no other reason, the function does not say so again.
type Trouble = String;

/// The kernel does not answer, so nothing can be seen.
fn blind(errno: rustix::io::Errno) -> Trouble {
    format!("sock_diag: {}", io::Error::from(errno))
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

/// A worker.
pub struct Stage {
    process: Child,
    lifeline: Lifeline,
    answers: BufReader<ChildStdout>,
    port: u16,
    /// How many scenarios were begun and are not finished.
    playing: usize,
    /// A request that is sent when there is room for it.
    held: Option<Vec<u8>>,
}

impl Stage {
    /// The longest request, in bytes, that is written to the pipe while the stage plays and reads nothing: half of the pipe's size. A
    /// longer request would wait for the stage to read, while the stage may wait until its answer is read.
    const AHEAD: usize = 32 << 10;

    /// Starts a worker: `program` is this program's own file. On the machine's own loopback `number` keeps ports of parallel stages apart.
    ///
    /// # Errors
    /// [`StageError::Refused`] where the system forbids such a place, or the kernel does not show there what verdicts need.
    pub fn open(program: &Path, tier: Tier, number: usize) -> Result<Self, StageError> {
        use std::os::unix::process::CommandExt;
        let mut command = std::process::Command::new(program);
        command.args([ARGUMENT, tier.name()]);
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
        let port = if tier.has_own_port() { ADDRESS.port() } else { free_port(number)? };
        let mut stage = Self { process, lifeline, answers, port, playing: 0, held: None };
        match stage.receive()? {
            Greeting::Ready => Ok(stage),
            Greeting::Refused(why) => Err(StageError::Refused(why)),
        }
    }

    /// A handle that ends this stage from another thread.
    pub fn lifeline(&self) -> Lifeline {
        self.lifeline.clone()
    }

    /// Plays a scenario with the programs that it judges, a server before its client. `timeout` is the time limit for each step, on a fair
    /// clock; `limits` is what they may use of the machine.
    ///
    /// # Errors
    /// The worker is gone, which says nothing about the subject.
    pub fn play(&mut self, scenario: &Scenario, commands: &[&Command], timeout: Duration, limits: Limits) -> Result<Seen, StageError> {
        self.begin(scenario, commands, timeout, limits, &[])?;
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
        timeout: Duration,
        limits: Limits,
        stalls: &[Stimulus],
    ) -> Result<(), StageError> {
        // Two programs need the same port. If one of them cannot be told, it is the tutorial's.
        let port = if commands.iter().all(|command| command.takes_port()) { self.port } else { ADDRESS.port() };
        let program = |command: &&Command| Program {
            file: command.program().to_owned(),
            words: command.words(port),
            directory: command.directory().map(Path::to_owned),
            is_told_port: command.takes_port(),
        };
        let programs = commands.iter().map(program).collect();
        let request = Request { programs, port, timeout, limits, stalls: stalls.to_vec(), scenario: scenario.to_string() };
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
    let free = candidates.into_iter().find(|&port| std::net::TcpListener::bind((*ADDRESS.ip(), port)).is_ok());
    free.ok_or_else(|| io::Error::from(io::ErrorKind::AddrInUse))
}
