//! The stage: a process in which a scenario is played with a subject and written down as it was seen, in the best place that the system allows
//! (`Tier`): a private world (`world`), a private network, private addresses (`redirect`), or the machine's own loopback. Which of them it is
//! shows in `loopback` alone; before it is used, the place proves itself (`proof`).
//!
//! This program starts itself again as a worker, which reads scenarios on its stdin and writes what it saw on its stdout; nothing else
//! passes. So a stage may crash without harm, many run at once, each with its own 127.0.0.1:8023, and its stdin is its lifeline: when
//! the harness goes, in whatever way, the stage and all that it started are gone too.
//!
//! # What a verdict rests on
//!
//! Nothing that is seen depends on how fast the machine is, because no wait is a time that has passed:
//!
//! - *a segment was read*: the kernel's counters for the subject's own socket (`diag`);
//! - *nothing more will come*: two equal snapshots of all threads, each in a wait that no clock ends, with nothing under way (`threads`),
//!   and no clock that was set before (`alarm`);
//! - *it floods*: bytes beyond what any right program could print or send (`pace`);
//! - *it spins*, *it is not idle*: the subject's own CPU time, 500 ms of it without anything coming of it (`pace`), or 5 % of a core
//!   over 200 ms in which it could have run (`player`); they are the only thresholds of a verdict;
//! - *it was not done in time*: only of a subject that is awake, or in a wait that a clock ends. It has `--timeout` for each step towards
//!   what is due: as long as it reads, prints and sends, it is slow, and not wrong; after 24 times that it is too slow to be judged (`pace`).
//!   The clock counts neither what either side waits for a CPU nor what this process was stopped for (`clock`); where that gets out of
//!   hand, the case is inconclusive.
//!
//! Whoever has been given all of that for nothing is recognised by a tenth of it when a stimulus of that kind comes again, so that a broken
//! program is soon judged; but of each rule, the first scenario that fails so is played again with all of it (`crew`).
//!
//! What is due and is not what the rule judges is not waited for as long: 20 ms of CPU time, or of sleep until a clock wakes it (`pace`).
//! What is seen after that may be less than the subject would have shown, and no verdict rests on it: `judges_missing` of the player lists
//! what each rule judges, and whoever adds a facet adds it there. `tests/delays.rs` holds all of it to programs that are late.
//!
//! Architecture invariant: only this module touches subjects, sockets, and the clock; it judges nothing.

mod alarm;
mod allowance;
mod backoff;
mod budget;
mod clock;
mod connection;
mod diag;
mod effort;
mod limits;
mod loopback;
mod network;
mod notification;
mod player;
mod port;
mod proof;
mod redirect;
mod script;
mod stimulus;
mod subject;
mod threads;
mod watched;
mod world;

use crate::command::Command;
use crate::dialect::ADDRESS;
use crate::transcript::{Scenario, Transcript};
pub use limits::{Limit, Limits};
use loopback::{Endpoint, Loopback};
use rustix::event::{PollFd, PollFlags, poll};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
pub use stimulus::Stimulus;
use world::Refused;

/// The first argument with which the program starts itself as a worker.
pub const ARGUMENT: &str = "__stage";

/// Where subjects are wanted to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Isolation {
    /// The first of the others that the system allows, in this order.
    Auto,
    /// In namespaces of their own: a network, processes, and /proc.
    Namespace,
    /// In a network namespace of their own.
    Network,
    /// Each scenario at a private address in the place of 127.0.0.1, without namespaces.
    Address,
    /// On the machine's own loopback, one scenario at a time (in parallel where the command has {port}).
    None,
}

impl Isolation {
    /// The places that come into question, the best first.
    pub fn tiers(self) -> &'static [Tier] {
        match self {
            Self::Auto => &[Tier::World, Tier::Network, Tier::Address, Tier::Host],
            Self::Namespace => &[Tier::World],
            Self::Network => &[Tier::Network],
            Self::Address => &[Tier::Address],
            Self::None => &[Tier::Host],
        }
    }

    /// How it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Namespace => "namespace",
            Self::Network => "network",
            Self::Address => "address",
            Self::None => "none",
        }
    }
}

/// How far subjects are kept apart from the rest of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// User, network, PID, mount and IPC namespaces.
    World,
    /// User and network namespaces.
    Network,
    /// Addresses of 127.0.0.0/8 in the place of 127.0.0.1, by way of seccomp.
    Address,
    /// Nothing.
    Host,
}

impl Tier {
    /// Whether scenarios have the port for themselves, so that many can be played at once.
    pub fn has_own_port(self) -> bool {
        self != Self::Host
    }

    /// Its name, which `--isolation` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::World => Isolation::Namespace.name(),
            Self::Network => Isolation::Network.name(),
            Self::Address => Isolation::Address.name(),
            Self::Host => Isolation::None.name(),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Isolation::Auto.tiers().iter().copied().find(|tier| tier.name() == name)
    }
}

/// How a remark begins that tells what a program complained of before it ended.
pub const LAST_WORDS: &str = "it said ";

/// What a stage saw of one scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// What happened, in order: the harness's own steps as far as they were played, and all that the subject did.
    pub transcript: Transcript,
    /// What else is worth knowing, most important first: "asleep in recv", "listens on 0.0.0.0:8080".
    pub remarks: Vec<String>,
    /// After what it was given all the time, or CPU time, that there is for one stimulus, and nothing came of it.
    pub stall: Option<Stimulus>,
    /// What the subject did that no program may, whatever the scenario is about: it used more of the machine than it may.
    pub breach: Option<String>,
    /// Why the conversation could not be led as written: the harness's trouble, or nobody's, never the subject's.
    pub trouble: Option<String>,
    /// Where a server listens that does not listen where it should.
    pub listens_at: Vec<SocketAddr>,
    /// How long it took.
    pub duration: Duration,
    /// The port is still taken by the kernel: the stage must not be used again.
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
    /// The worker said something that is not of the protocol.
    #[error("the stage said something strange: {0}")]
    Strange(String),
}

#[derive(Serialize, Deserialize)]
struct Request {
    /// The one that is judged; or a server, and its client.
    programs: Vec<Program>,
    port: u16,
    timeout: Duration,
    limits: Limits,
    /// After what these programs have stalled before.
    stalls: Vec<Stimulus>,
    /// In the transcript notation.
    scenario: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Program {
    file: PathBuf,
    words: Vec<String>,
    /// Where it is started, if that is not where the harness was.
    directory: Option<PathBuf>,
    /// Whether it is told its address in the environment too.
    is_told_port: bool,
}

/// Why a conversation cannot go on as written, where that is not a subject's doing.
type Trouble = String;

/// The kernel does not answer, so nothing can be witnessed.
fn blind(errno: rustix::io::Errno) -> Trouble {
    format!("sock_diag: {}", io::Error::from(errno))
}

#[derive(Serialize, Deserialize)]
struct Answer {
    transcript: String,
    remarks: Vec<String>,
    stall: Option<Stimulus>,
    breach: Option<String>,
    trouble: Option<String>,
    listens_at: Vec<SocketAddr>,
    duration: Duration,
    is_spent: bool,
}

impl From<Seen> for Answer {
    fn from(seen: Seen) -> Self {
        let Seen { transcript, remarks, stall, breach, trouble, listens_at, duration, is_spent } = seen;
        Self { transcript: transcript.to_string(), remarks, stall, breach, trouble, listens_at, duration, is_spent }
    }
}

#[derive(Serialize, Deserialize)]
enum Greeting {
    Ready,
    Refused(String),
}

/// Ends a stage from another thread.
#[derive(Clone)]
pub struct Lifeline(Arc<Mutex<Option<ChildStdin>>>);

impl Lifeline {
    /// Cuts it: the stage and all that it started end at once.
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
    /// The longest request that the pipe takes while the stage plays and reads nothing: half of it. A longer one would wait for the stage
    /// to read, while the stage may wait for its answer to be read.
    const AHEAD: usize = 32 << 10;

    /// Starts a worker: `program` is this program's own file. On the machine's own loopback `number` keeps ports of parallel stages apart.
    ///
    /// # Errors
    /// [`StageError::Refused`] where the system forbids such a place, or nothing can be witnessed there.
    pub fn open(program: &Path, tier: Tier, number: usize) -> Result<Self, StageError> {
        use std::os::unix::process::CommandExt;
        let mut command = std::process::Command::new(program);
        command.args([ARGUMENT, tier.name()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // A Ctrl-C at the terminal is for the harness; a subject that it ended would be blamed for it.
        command.process_group(0);
        // What a subject sees is what its user would see, less what hides the faults that are looked for.
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

    /// What ends this stage from another thread.
    pub fn lifeline(&self) -> Lifeline {
        self.lifeline.clone()
    }

    /// Plays a scenario with the programs that it judges, a server before its client; `timeout` is what they get for each single thing, on a
    /// fair clock, and `limits` what they may use of the machine.
    ///
    /// # Errors
    /// The worker is gone, which says nothing about the subject.
    pub fn play(&mut self, scenario: &Scenario, commands: &[&Command], timeout: Duration, limits: Limits) -> Result<Seen, StageError> {
        self.begin(scenario, commands, timeout, limits, &[])?;
        self.finish()
    }

    /// Begins to play a scenario; [`Stage::finish`] waits for what was seen of it. One more may be begun before that: the stage goes on to
    /// it as soon as it is done, and waits for nobody in between. Where the programs have [stalled](Seen::stall) before, they are given less
    /// to do so again.
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
        // Two programs need the same one: where one of them cannot be told, it is the tutorial's.
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

    /// What was seen of the scenario that was begun, the first of two.
    ///
    /// # Errors
    /// The worker is gone.
    pub fn finish(&mut self) -> Result<Seen, StageError> {
        let answer: Answer = self.receive()?;
        self.playing -= 1;
        if let Some(line) = self.held.take() {
            self.send(&line)?;
        }
        let transcript = Transcript::parse(&answer.transcript).map_err(|error| StageError::Strange(error.to_string()))?;
        let Answer { remarks, stall, breach, trouble, listens_at, duration, is_spent, .. } = answer;
        Ok(Seen { transcript, remarks, stall, breach, trouble, listens_at, duration, is_spent })
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
        // When it has been waited for, everything that it started is gone.
        let _ = self.process.wait();
    }
}

/// A port below those that the system gives to outgoing connections, and apart from other runs of this program.
fn free_port(number: usize) -> io::Result<u16> {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    let start = std::process::id().wrapping_mul(61).wrapping_add(number as u32 * 7);
    let candidates = (0..1000).map(|i| (FIRST + (start.wrapping_add(i * 13)) % COUNT) as u16);
    let free = candidates.into_iter().find(|&port| std::net::TcpListener::bind((*ADDRESS.ip(), port)).is_ok());
    free.ok_or_else(|| io::Error::from(io::ErrorKind::AddrInUse))
}

/// Removes the folder for the JVM's files that a run has made, if a run has.
pub struct JavaFolder(Option<PathBuf>);

impl JavaFolder {
    /// Makes the folder over which each stage puts one of its own, unless it is there already.
    pub fn make() -> Self {
        Self(world::java_folder().filter(|folder| std::fs::create_dir(folder).is_ok()))
    }
}

impl Drop for JavaFolder {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // Not empty: a JVM outside has begun to use it.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// The worker's own `main`: the first word says which place it makes, the second that it is made by now, or is only to be played in.
pub fn worker(words: &[String]) -> ExitCode {
    let Some(tier) = words.first().and_then(|name| Tier::named(name)) else { return ExitCode::FAILURE };
    match (tier, words.get(1).map(String::as_str)) {
        (_, Some(proof::WITNESS)) => proof::witness(),
        (Tier::World, None) => match world::leave_host() {
            // The child of a process that unshared its PID namespace is PID 1 of the new one.
            Ok(()) => match again(tier).status() {
                Ok(status) if status.success() => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            },
            Err(refused) => refuse(&refused.to_string()),
        },
        (_, None) => guard(tier),
        (_, Some(_)) => match loopbacks(tier) {
            Ok((near, far)) => serve(tier, &near, far.as_ref()),
            Err(refused) => refuse(&refused.to_string()),
        },
    }
}

/// This program once more, to play in a place.
fn again(tier: Tier) -> std::process::Command {
    let mut command = std::process::Command::new("/proc/self/exe");
    command.args([ARGUMENT, tier.name(), "play"]);
    command
}

/// Makes the loopbacks of a place: one for the subject or both of them, and one for a client with a relay before it.
fn loopbacks(tier: Tier) -> Result<(Loopback, Option<Loopback>), Refused> {
    match tier {
        // The second loopback comes first: afterwards nobody here may make one.
        Tier::World => {
            let far = Loopback::second()?;
            world::furnish()?;
            Ok((Loopback::private()?, Some(far)))
        }
        Tier::Network => {
            world::leave_network()?;
            let far = Loopback::second()?;
            world::drop_capabilities()?;
            Ok((Loopback::private()?, Some(far)))
        }
        Tier::Address => Ok((Loopback::redirected()?, Some(Loopback::redirected()?))),
        Tier::Host => Ok((Loopback::shared()?, None)),
    }
}

/// Without a PID namespace a subject may kill the stage, which is its parent. What it leaves behind is then this process's to end.
fn guard(tier: Tier) -> ExitCode {
    world::adopt_orphans();
    let Ok(stage) = again(tier).spawn() else { return ExitCode::FAILURE };
    let is_killed = world::watch(rustix::process::Pid::from_child(&stage));
    world::sweep();
    if is_killed {
        let trouble = "the program has killed the harness's own process, its parent: it cannot in private namespaces";
        say(&Answer::from(Seen { trouble: Some(trouble.into()), is_spent: true, ..Seen::default() }));
    }
    ExitCode::SUCCESS
}

fn refuse(why: &str) -> ExitCode {
    say(&Greeting::Refused(why.to_owned()))
}

/// Writes one line to the harness. If the harness is gone, so will this process be.
fn say(what: &impl Serialize) -> ExitCode {
    let mut line = serde_json::to_vec(what).unwrap_or_default();
    line.push(b'\n');
    let mut out = io::stdout().lock();
    match out.write_all(&line).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Plays what it is asked to, until the lifeline is cut.
fn serve(tier: Tier, near: &Loopback, far: Option<&Loopback>) -> ExitCode {
    world::settle_in();
    // Nothing is read here: the harness's requests are the other thread's. When the last writer is gone, so is everything in this world.
    std::thread::spawn(|| {
        while poll(&mut [PollFd::new(&io::stdin(), PollFlags::empty())], None).is_err() {}
        world::end()
    });
    if let Err(missing) = proof::prove(tier, near) {
        refuse(&missing);
        world::end()
    }
    say(&Greeting::Ready);
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let began = Instant::now();
        let mut seen = match serde_json::from_str::<Request>(&line) {
            Ok(request) => match Scenario::parse("scenario", &request.scenario) {
                Ok(scenario) => {
                    play(near, far, &request, &scenario).unwrap_or_else(|trouble| Seen { trouble: Some(trouble), ..Seen::default() })
                }
                Err(error) => Seen { trouble: Some(error.to_string()), ..Seen::default() },
            },
            Err(error) => Seen { trouble: Some(error.to_string()), ..Seen::default() },
        };
        seen.duration = began.elapsed();
        say(&Answer::from(seen));
    }
    world::end()
}

/// Plays one scenario, at an address of its own.
fn play(first: &Loopback, second: Option<&Loopback>, request: &Request, scenario: &Scenario) -> Result<Seen, Trouble> {
    let first = first.begin(request.port)?;
    let second = second.filter(|_| scenario.has_relay()).map(|second| second.begin(request.port)).transpose()?;
    let seen = player::play(&first, second.as_ref(), request, scenario)?;
    let trouble = || first.trouble().or_else(|| second.as_ref().and_then(Endpoint::trouble));
    Ok(Seen { trouble: seen.trouble.or_else(trouble), ..seen })
}
