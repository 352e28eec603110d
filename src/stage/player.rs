//! Plays one scenario with one subject, and writes down what it saw.
//!
//! After each action the player waits until the kernel says that the action has reached the subject, *and* what it causes has appeared
//! or the subject is at rest. A deadline is only the net below that: no verdict of a healthy run depends on it.

use super::clock::{Deadline, Time};
use super::connection::Connection;
use super::diag::{Diag, State};
use super::script::{Due, Script};
use super::subject::Subject;
use super::threads::{Rest, Snapshot};
use super::{Request, Seen, world};
use crate::bytes::{Bytes, MAX_LEN, excerpt};
use crate::rule::Facet;
use crate::transcript::{Control, End, Given, Peer, Role, Scenario, Step, Transcript, Wire};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsFd;
use std::time::Duration;

/// A subject that has used this much CPU time since the last thing that happened, without anything happening, spins.
const SPINNING: Duration = Duration::from_millis(500);
/// The same where nothing that is judged depends on it.
const SPINNING_UNJUDGED: Duration = Duration::from_millis(20);
/// A subject that has printed or sent this much more than it should have floods.
const FLOODING: u64 = 1 << 20;
/// The same where nothing that is judged depends on it.
const FLOODING_UNJUDGED: u64 = 64 << 10;
/// How much more than expected is kept of what a subject prints or sends.
const SLACK: usize = 1 << 20;
/// An idle subject uses less than this part of a core, in percent …
const IDLE_PERCENT: u64 = 5;
/// … over this time …
const IDLE_WINDOW: Duration = Duration::from_millis(200);
/// … in at least one of so many windows: a runtime may still be busy with its own start.
const IDLE_WINDOWS: u32 = 5;
/// After so many windows in which nobody can tell, the machine is too busy.
const UNDECIDED_WINDOWS: u32 = 50;

/// Plays the scenario, and leaves nothing behind.
pub fn play(diag: &Diag, request: &Request, scenario: &Scenario) -> Seen {
    let mut player = Player::new(diag, request, Script::new(scenario));
    if let Err(trouble) = player.play() {
        player.trouble = Some(trouble);
    }
    player.finish()
}

/// Why the conversation cannot go on as written, where that is not the subject's doing.
type Trouble = String;

/// The kernel does not answer, so nothing can be witnessed.
fn blind(errno: rustix::io::Errno) -> Trouble {
    format!("sock_diag: {}", io::Error::from(errno))
}

/// Whether an action, or the beginning of the conversation, is a start of the subject.
fn is_start(action: Option<&Step>) -> bool {
    matches!(action, None | Some(Step::Control(Control::Start, _)))
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    /// The conversation can go on.
    GoOn,
    /// The subject has ended.
    Ended,
    /// There is no point in going on: the subject does not do what the rest presupposes.
    Stuck,
}

/// Where something may happen.
#[derive(Clone, Copy)]
enum Source {
    End,
    Stdout,
    Stderr,
    Keyboard,
    /// The main connection, and then the others.
    Connection(usize),
    Listener,
}

/// What has been written down since the last action.
#[derive(Default)]
struct Interval {
    connects: usize,
    stdout: usize,
    stderr: usize,
    wire: usize,
    closed: bool,
    ended: bool,
}

struct Player<'a> {
    diag: &'a Diag,
    request: &'a Request,
    script: Script<'a>,
    subject: Option<Subject>,
    listener: Option<Socket>,
    /// The connection that the scenario is about.
    main: Option<Connection>,
    /// Other connections: a second client's, or those that a client subject opened besides the first.
    others: Vec<Connection>,
    /// What the lives before this one printed.
    earlier: Vec<u8>,
    connects: usize,
    is_stopped: bool,
    written_down: Interval,
    steps: Vec<Step>,
    remarks: Vec<String>,
    trouble: Option<Trouble>,
    /// The clients' ports of all connections so far.
    client_ports: Vec<u16>,
}

impl<'a> Player<'a> {
    fn new(diag: &'a Diag, request: &'a Request, script: Script<'a>) -> Self {
        Self {
            diag,
            request,
            script,
            subject: None,
            listener: None,
            main: None,
            others: Vec::new(),
            earlier: Vec::new(),
            connects: 0,
            is_stopped: false,
            written_down: Interval::default(),
            steps: Vec::new(),
            remarks: Vec::new(),
            trouble: None,
            client_ports: Vec::new(),
        }
    }

    fn play(&mut self) -> Result<(), Trouble> {
        self.prepare()?;
        self.start()?;
        let mut settled = self.settle(None, 0)?;
        self.write_down();
        let actions: Vec<&Step> = self.script.actions().collect();
        let mut skipped = 0;
        for (i, action) in actions.into_iter().enumerate() {
            if settled == Settled::Stuck {
                break;
            }
            let starts = matches!(action, Step::Control(Control::Start, _));
            if starts && settled != Settled::Ended {
                break;
            }
            // What would be done after the subject's end is skipped; but a server that reads again finds what is still on its way.
            if settled == Settled::Ended && !starts && !matches!(action, Step::Resume) {
                skipped += 1;
                continue;
            }
            // Whether the subject idles is seen, not done.
            if !matches!(action, Step::Idle(_)) {
                self.steps.push(action.clone());
            }
            self.act(action)?;
            settled = self.settle(Some(action), i + 1)?;
            self.write_down();
        }
        if settled == Settled::GoOn && self.waits_for_more_input() {
            self.steps.push(Step::TypedEof);
            self.act(&Step::TypedEof)?;
            self.settle(Some(&Step::TypedEof), self.script.actions().count())?;
            self.write_down();
        }
        if skipped > 0 && !self.has_ended_as_due() {
            self.remarks
                .push(format!("{skipped} more step{} of the conversation could not be played", if skipped == 1 { "" } else { "s" }));
        }
        Ok(())
    }

    /// Whether a client that should have ended may still have something to show: one that reads all of its input before it sends anything
    /// breaks the rules about *when* words are sent, and shows only at the end of its input that it keeps the others.
    fn waits_for_more_input(&self) -> bool {
        let is_about_when = [Facet::End, Facet::HangUp, Facet::WirePrompt, Facet::Idle].into_iter().any(|facet| self.script.owns(facet));
        let has_typed_eof = self.steps.contains(&Step::TypedEof);
        self.script.subject == Role::Client && self.main.is_some() && !self.has_ended() && !is_about_when && !has_typed_eof
    }

    /// Makes the world what the scenario says it is.
    fn prepare(&mut self) -> Result<(), Trouble> {
        let port = self.request.port;
        let free = |diag: &Diag| diag.listener(port).map(|found| found.is_none()).map_err(blind);
        if !free(self.diag)? {
            return Err(format!("port {port} is taken by another program on this machine: end it, or see which it is with `ss -ltnp`"));
        }
        // On the host, an earlier run may have ended a second ago.
        let is_kept = |player: &Self| player.diag.lingering(port).is_ok_and(|ports| !player.frees_port(&ports));
        if self.script.subject == Role::Server && !world::is_private() && is_kept(self) {
            return Err(format!(
                "port {port} is still kept by the system for a server that closed first a moment ago: try again in a minute"
            ));
        }
        let listens = match self.script.scenario.givens.first() {
            Some(Given::PortTaken) => true,
            Some(Given::PortClosed) => false,
            None => self.script.subject == Role::Client,
        };
        if listens {
            self.listener = Some(listener(port).map_err(|error| format!("the harness cannot listen on port {port}: {error}"))?);
        }
        Ok(())
    }

    /// Frees the port of connections from these ports that the server's side closed first (TIME_WAIT); whether it is free.
    ///
    /// A connection attempt from the other end's old port does that: the system answers with an ACK of the old connection, which makes
    /// no sense to the new one, so it is answered with a reset that ends the old one (RFC 1337 calls it assassination). It needs no
    /// privilege, and leaves the port as if nothing had been.
    fn frees_port(&self, client_ports: &[u16]) -> bool {
        const LOOKS: u32 = 1000;
        let port = self.request.port;
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into();
        let attempt = |from| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.set_nonblocking(true)?;
            socket.set_reuse_address(true)?;
            socket.bind(&loopback(from))?;
            // It never comes about: nobody listens.
            socket.connect(&loopback(port))
        };
        client_ports.iter().all(|&from| {
            (0..LOOKS).any(|looks| match self.diag.connection(port, from) {
                Ok(None) => true,
                Ok(Some(look)) if look.state == State::TIME_WAIT => {
                    let _ = attempt(from);
                    false
                }
                // What was reset or killed a moment ago is still on its way out.
                _ => {
                    std::thread::sleep(Duration::from_micros(u64::from(looks)));
                    false
                }
            })
        })
    }

    fn start(&mut self) -> Result<(), Trouble> {
        // What is kept has to have a place in the notation.
        let limit = (SLACK + self.script.stdout.len() + 64 * self.script_input_len()).min(MAX_LEN);
        let types = self.script.subject == Role::Client;
        let subject = Subject::start(self.request, types, limit).map_err(|error| {
            let hint = if error.raw_os_error() == Some(libc::ENOEXEC) { " (a script needs a first line such as #!/bin/sh)" } else { "" };
            format!("the program cannot be started: {error}{hint}")
        })?;
        self.subject = Some(subject);
        Ok(())
    }

    /// How many bytes the harness sends.
    fn script_input_len(&self) -> usize {
        let sent = |step: &Step| match step {
            Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) | Step::Typed(bytes) => bytes.len(),
            _ => 0,
        };
        self.script.actions().map(sent).sum()
    }

    /// Does one thing.
    fn act(&mut self, action: &Step) -> Result<(), Trouble> {
        let wire_limit = SLACK + self.script.wire.len();
        match action {
            Step::Wire(peer, Wire::Connect) => {
                let connection = Connection::open(self.request.port, wire_limit).map_err(|error| format!("connect: {error}"))?;
                self.client_ports.push(connection.client_port());
                match peer {
                    Peer::Client2 => self.others.push(connection),
                    _ => self.main = Some(connection),
                }
            }
            Step::Wire(peer, wire) => {
                let connection = if *peer == Peer::Client2 { self.others.first_mut() } else { self.main.as_mut() };
                let Some(connection) = connection else { return Ok(()) };
                match wire {
                    Wire::Bytes(bytes) | Wire::Burst(bytes) => connection.send(&bytes.to_vec()),
                    Wire::Fin => {
                        // What the subject has sent is read first: closing with unread bytes would reset the connection.
                        connection.pull();
                        connection.finish();
                    }
                    Wire::Closes => connection.close(),
                    Wire::Reset => connection.reset(),
                    Wire::Connect => {}
                }
            }
            Step::Pause => self.main.iter_mut().for_each(|connection| connection.is_paused = true),
            Step::Resume => self.main.iter_mut().for_each(|connection| connection.is_paused = false),
            Step::Typed(bytes) => self.subject.iter_mut().for_each(|subject| subject.keyboard.type_bytes(&bytes.to_vec())),
            Step::TypedEof => self.subject.iter_mut().for_each(|subject| subject.keyboard.end()),
            Step::Control(Control::Start, _) => {
                if let Some(subject) = self.subject.take() {
                    self.earlier.extend_from_slice(subject.stdout.kept());
                }
                self.written_down = Interval { connects: self.written_down.connects, ..Interval::default() };
                // The first life's connection ends as a user's client would end it, with a FIN: the system then keeps the address.
                self.main = None;
                self.start()?;
            }
            Step::Control(control, _) => {
                let signal = match control {
                    Control::Kill => Signal::KILL,
                    Control::Stop => Signal::STOP,
                    _ => Signal::CONT,
                };
                self.is_stopped = *control == Control::Stop;
                self.subject.iter().for_each(|subject| subject.signal(signal));
            }
            Step::Idle(_) => {}
            _ => return Err(format!("`{action}` is nothing that the harness does")),
        }
        Ok(())
    }

    /// Waits until the last action has reached the subject, and what is due has come or will not come. `actions` is how many were done.
    fn settle(&mut self, action: Option<&Step>, actions: usize) -> Result<Settled, Trouble> {
        if let Some(Step::Wire(_, Wire::Burst(_))) = action {
            return Ok(Settled::GoOn);
        }
        let due = self.script.due(actions).clone();
        // Nothing tells that these have reached the subject, so what it makes of them is seen only when it is at rest: whether a second
        // client is served; whether a client takes note of a server that goes; what comes of a segment that asks for nothing.
        let needs_rest = match action {
            Some(Step::Wire(Peer::Client2 | Peer::Server, _)) => true,
            Some(Step::Wire(Peer::Client, Wire::Bytes(_))) => actions > 0 && *self.script.due(actions - 1) == due,
            _ => false,
        };
        let is_last = self.script.is_last(actions);
        let deadline = Deadline::after(self.request.timeout);
        // A program that has just been started is busy with that for longer than any look is worth.
        let mut wait = if is_start(action) { Backoff::patient() } else { Backoff::new() };
        let mut activity = Activity::default();
        loop {
            self.pump(wait.next())?;
            if self.has_ended() {
                self.after_the_end()?;
                return Ok(Settled::Ended);
            }
            // The kernel is asked once what is due has come, or when it is time: most looks come too early for both.
            if !needs_rest && self.is_met(&due) && self.has_reached(action)? {
                break;
            }
            if !wait.is_worth_a_closer_look() {
                continue;
            }
            let is_judged = self.judges_missing(&due, action, is_last, actions);
            if let Some(flood) = self.flood(if is_judged { FLOODING } else { FLOODING_UNJUDGED }) {
                self.remarks.push(flood);
                return Ok(Settled::Stuck);
            }
            let reached = self.has_reached(action)?;
            if activity.is_new(self.progress()?) {
                wait = Backoff::new();
                continue;
            }
            let (rest, snapshot) = self.rest()?;
            let is_paused = self.main.as_ref().is_some_and(|connection| connection.is_paused);
            match rest {
                // Nothing can change any more, whether it has read what was sent or not.
                Rest::Asleep if reached || is_paused => break,
                // It may have fallen asleep only after the look that found it not reached.
                Rest::Asleep if self.has_reached(action)? => continue,
                Rest::Asleep => return Ok(self.gives_up_unread(action, &snapshot)),
                Rest::Dozing if (reached || is_paused) && !is_judged => break,
                Rest::Awake if self.is_connected() => {
                    let limit = if is_judged { SPINNING } else { SPINNING_UNJUDGED };
                    let spent = activity.spent(snapshot.ran());
                    if reached && spent >= limit {
                        if is_judged {
                            self.remarks.push(format!("it spins: {} ms of CPU time, and nothing came of it", spent.as_millis()));
                            return Ok(Settled::Stuck);
                        }
                        break;
                    }
                }
                _ => {}
            }
            match deadline.look(&snapshot) {
                Time::Left => {}
                Time::Up => {
                    let seconds = humantime::format_duration(self.request.timeout);
                    self.remarks.push(format!("it was not done after {seconds}: it is {}", snapshot.describe()));
                    return Ok(Settled::Stuck);
                }
                Time::Overloaded => return Err("the machine is overloaded: the program had too little CPU time to be judged".into()),
            }
        }
        self.after_settling(action, actions)
    }

    /// What belongs to a single action, once it has settled.
    fn after_settling(&mut self, action: Option<&Step>, actions: usize) -> Result<Settled, Trouble> {
        let is_client = self.script.subject == Role::Client;
        match action {
            Some(Step::Idle(role)) => {
                let step = if self.is_idle()? { Step::Idle(*role) } else { Step::Busy(*role) };
                self.steps.push(step);
            }
            _ if is_start(action) && !is_client && self.script.owns(Facet::Connections) => {
                let found = self.diag.listener(self.request.port).ok().flatten().filter(|look| look.local.ip().is_unspecified());
                self.remarks.extend(found.map(|look| format!("it listens on {}, which serves 127.0.0.1 too", look.local)));
            }
            _ if is_start(action) && is_client && self.connects < self.script.due(actions).connects => {
                self.remark_where_it_listens()?;
                return Ok(Settled::Stuck);
            }
            _ => {}
        }
        // A second life begins only when the first has ended.
        if self.script.starts_next(actions) { Ok(Settled::Stuck) } else { Ok(Settled::GoOn) }
    }

    /// The subject sleeps without having read what was sent to it.
    fn gives_up_unread(&mut self, action: Option<&Step>, snapshot: &Snapshot) -> Settled {
        if is_start(action) {
            let _ = self.remark_where_it_listens();
        } else {
            let what = match action {
                Some(Step::Wire(_, Wire::Connect)) => "accepted the connection".to_owned(),
                Some(Step::Wire(_, Wire::Bytes(bytes)) | Step::Typed(bytes)) => format!("read {}", excerpt(&bytes.to_vec(), 40)),
                Some(other) => format!("taken note of `{other}`"),
                None => String::new(),
            };
            self.remarks.push(format!("it has not {what}: it is {}", snapshot.describe()));
        }
        Settled::Stuck
    }

    /// Whether the kernel says that the action has reached the subject.
    fn has_reached(&self, action: Option<&Step>) -> Result<bool, Trouble> {
        let Some(subject) = &self.subject else { return Ok(true) };
        match action {
            // A server is reached when it listens; a client that should connect, when it has.
            None | Some(Step::Control(Control::Start, _)) => match self.script.subject {
                _ if self.listener.is_some() || !self.expects_client() => Ok(true),
                Role::Server => self.listens(),
                Role::Client => Ok(true),
            },
            Some(Step::Typed(_)) => Ok(subject.keyboard.unread() == 0),
            Some(Step::Control(Control::Stop, _)) => Ok(Snapshot::take().is_stopped(subject.pid)),
            Some(Step::Wire(_, Wire::Connect | Wire::Bytes(_) | Wire::Fin) | Step::Control(Control::Continue, _) | Step::Idle(_)) => {
                if self.script.subject == Role::Client {
                    // What a server sends to a client is not judged, and clients need not read it.
                    return Ok(true);
                }
                let Some(connection) = self.main.as_ref().filter(|connection| connection.is_open()) else { return Ok(true) };
                if connection.wants_to_write() {
                    return Ok(false);
                }
                let look = connection.look(self.diag).map_err(blind)?;
                // A socket that the subject has closed discards what comes: that is as good as read.
                let Some(look) = look else { return Ok(connection.closed.is_some()) };
                let has_arrived = look.received >= connection.sent();
                Ok(look.state.is_over() || look.is_held && has_arrived && (look.unread == 0 || self.is_stopped))
            }
            Some(_) => Ok(true),
        }
    }

    /// Whether the scenario needs a server that listens, or a client that connects.
    fn expects_client(&self) -> bool {
        self.script.scenario.givens.is_empty()
    }

    /// Whether all that is due has come.
    fn is_met(&self, due: &Due) -> bool {
        let (connects, closes) = (self.connects >= due.connects, !due.closes || self.main.as_ref().is_none_or(|c| c.closed.is_some()));
        let complains = !due.complains || self.subject.as_ref().is_some_and(|subject| subject.stderr.total > 0);
        self.stdout_is_met(due) && connects && closes && complains && self.wire_is_met(due) && !due.end
    }

    /// Whether what is known to be due was printed; where that is not known, it is not met.
    fn stdout_is_met(&self, due: &Due) -> bool {
        let (printed, _) = self.printed();
        due.stdout.is_some_and(|due| printed.len() >= due && printed[..due] == self.script.stdout[..due])
    }

    fn wire_is_met(&self, due: &Due) -> bool {
        let wire = self.main.as_ref().map_or(&[][..], |connection| &connection.received);
        wire.len() >= due.wire && wire[..due.wire] == self.script.wire[..due.wire]
    }

    /// Whether something that is due and has not come is what the scenario is about: then only certainty ends the wait.
    fn judges_missing(&self, due: &Due, action: Option<&Step>, is_last: bool, actions: usize) -> bool {
        let owns = |facet| self.script.owns(facet);
        let stdout_matters = owns(Facet::Prompt) || owns(Facet::GreetingPrompt) || is_last && owns(Facet::Stdout);
        let wire_matters = owns(Facet::WirePrompt) || is_last && owns(Facet::Wire);
        let closes = due.closes && self.main.as_ref().is_some_and(|connection| connection.closed.is_none());
        is_start(action) && self.expects_client() && !self.is_connected()
            || !self.stdout_is_met(due) && stdout_matters
            || !self.wire_is_met(due) && wire_matters
            || closes && owns(Facet::HangUp)
            || due.complains && owns(Facet::Stderr)
            || due.end && (owns(Facet::End) || owns(Facet::HangUp) || self.script.starts_next(actions))
    }

    /// Whether the conversation has begun.
    fn is_connected(&self) -> bool {
        match self.script.subject {
            Role::Server => self.main.is_some() || self.listens().unwrap_or(false),
            Role::Client => self.main.is_some(),
        }
    }

    fn listens(&self) -> Result<bool, Trouble> {
        let found = self.diag.listener(self.request.port).map_err(blind)?;
        Ok(found.is_some())
    }

    /// Says what the subject does in place of serving, or connecting to, the address.
    fn remark_where_it_listens(&mut self) -> Result<(), Trouble> {
        let doing = Snapshot::take().describe();
        let port = self.request.port;
        if self.script.subject == Role::Client {
            self.remarks.push(format!("it has not connected to 127.0.0.1:{port}: it is {doing}"));
            return Ok(());
        }
        let all = self.diag.listeners().map_err(blind)?;
        // On the host the other listeners are other people's.
        let own: Vec<String> = all.iter().filter(|_| world::is_private()).map(ToString::to_string).collect();
        self.remarks.push(if own.is_empty() {
            format!("it does not listen on 127.0.0.1:{port}: it is {doing}")
        } else {
            format!("it listens on {}, expected 127.0.0.1:{port}", own.join(", "))
        });
        Ok(())
    }

    /// How soundly the subject sleeps: two looks with nothing in between, and nothing on its way.
    fn rest(&mut self) -> Result<(Rest, Snapshot), Trouble> {
        let earlier = Snapshot::take();
        let depth = earlier.depth();
        if depth == Rest::Awake {
            return Ok((Rest::Awake, earlier));
        }
        if let Some(connection) = self.main.as_ref().filter(|connection| connection.is_open()) {
            let look = connection.look(self.diag).map_err(blind)?;
            let on_its_way = |look: super::diag::Look| {
                !look.state.is_over() && (look.in_flight > 0 && !connection.is_paused || look.received < connection.sent())
            };
            if look.is_some_and(on_its_way) {
                return Ok((Rest::Awake, earlier));
            }
        }
        let (before, had_ended) = (self.progress()?, self.has_ended());
        self.pump(Duration::ZERO)?;
        let now = Snapshot::take();
        let has_moved = now != earlier || self.progress()? != before || self.has_ended() != had_ended;
        Ok((if has_moved { Rest::Awake } else { depth }, now))
    }

    /// All that can be seen to move, as numbers.
    fn progress(&self) -> Result<[u64; 6], Trouble> {
        let subject = self.subject.as_ref();
        let connection = self.main.as_ref();
        let look = match connection.filter(|connection| connection.is_open()) {
            Some(connection) => connection.look(self.diag).map_err(blind)?,
            None => None,
        };
        Ok([
            subject.map_or(0, |subject| subject.stdout.total),
            subject.map_or(0, |subject| subject.stderr.total),
            subject.map_or(0, |subject| subject.keyboard.unread() as u64),
            connection.map_or(0, |connection| connection.total + u64::from(connection.closed.is_some())),
            look.map_or(0, |look| look.received << 32 | u64::from(look.unread)),
            self.connects as u64,
        ])
    }

    /// Whether the subject leaves the CPU alone while it has nothing to do.
    fn is_idle(&mut self) -> Result<bool, Trouble> {
        let mut undecided = 0;
        while undecided < UNDECIDED_WINDOWS {
            let before = Snapshot::take();
            std::thread::sleep(IDLE_WINDOW);
            self.pump(Duration::ZERO)?;
            let now = Snapshot::take();
            // Of the time in which it could have run: what it waited for a CPU is the machine's affair.
            let ran = now.ran().saturating_sub(before.ran());
            let waited = now.waited().saturating_sub(before.waited());
            let window = (IDLE_WINDOW.as_nanos() as u64).saturating_sub(waited).max(ran).max(1);
            let share = ran * 100 / window;
            undecided += 1;
            if share < IDLE_PERCENT {
                // The kernel books a wait for a CPU only when it is over: whoever still waits may be about to spin.
                if !before.wants_cpu() && !now.wants_cpu() {
                    return Ok(true);
                }
            } else if undecided >= IDLE_WINDOWS {
                self.remarks.push(format!("it used {share} % of a core while there was nothing to do"));
                return Ok(false);
            }
        }
        Err("the machine is overloaded: it cannot be seen whether the program is idle".into())
    }

    fn has_ended(&self) -> bool {
        self.subject.as_ref().is_none_or(|subject| subject.end.is_some())
    }

    /// Whether it ended where the scenario lets it.
    fn has_ended_as_due(&self) -> bool {
        self.steps.iter().rev().find_map(|step| if let Step::Ends(_, end) = step { Some(*end == End::Exits(0)) } else { None })
            == Some(true)
    }

    /// Gathers what a subject that has ended leaves: its last output, and the end of its connection.
    fn after_the_end(&mut self) -> Result<(), Trouble> {
        let deadline = Deadline::after(self.request.timeout);
        let mut wait = Backoff::new();
        if let Some(connection) = &mut self.main {
            connection.is_paused = false;
        }
        loop {
            let before = self.progress()?;
            self.pump(wait.next())?;
            let is_closed = self.main.as_ref().is_none_or(|connection| connection.wants_to_read().is_none());
            if is_closed && self.progress()? == before {
                return Ok(());
            }
            if !wait.is_worth_a_closer_look() {
                continue;
            }
            // A process that it has left behind may hold the connection: then it stays open, and that is what is seen.
            let (rest, snapshot) = self.rest()?;
            if !snapshot.is_empty() && rest != Rest::Awake || deadline.look(&snapshot) != Time::Left {
                return Ok(());
            }
        }
    }

    /// Whether the subject has printed or sent so much more than it may that it will hardly stop.
    fn flood(&self, limit: u64) -> Option<String> {
        let printed = self.printed().1;
        let sent = self.main.as_ref().map_or(0, |connection| connection.total);
        if printed > (self.script.stdout.len() + 64 * self.script_input_len()) as u64 + limit {
            Some(format!("it floods its output: {printed} bytes so far"))
        } else if sent > self.script.wire.len() as u64 + limit {
            Some(format!("it floods its connection: {sent} bytes so far"))
        } else {
            None
        }
    }

    /// What was printed in all lives, as far as it was kept, and how much it was in all.
    fn printed(&self) -> (std::borrow::Cow<'_, [u8]>, u64) {
        let (kept, total) = self.subject.as_ref().map_or((&[][..], 0), |subject| (subject.stdout.kept(), subject.stdout.total));
        if self.earlier.is_empty() {
            return (kept.into(), total);
        }
        ([&self.earlier, kept].concat().into(), total + self.earlier.len() as u64)
    }

    /// Waits up to `time` for something to happen, and takes in whatever has.
    fn pump(&mut self, time: Duration) -> Result<(), Trouble> {
        let mut watched = Vec::with_capacity(8);
        if let Some(subject) = &self.subject {
            watched.push((Source::End, Some(subject.pidfd()).filter(|_| subject.end.is_none()), PollFlags::IN));
            watched.push((Source::Stdout, subject.stdout.pipe(), PollFlags::IN));
            watched.push((Source::Stderr, subject.stderr.pipe(), PollFlags::IN));
            watched.push((Source::Keyboard, subject.keyboard.wants_to_write(), PollFlags::OUT));
        }
        for (i, connection) in self.main.iter().chain(&self.others).enumerate() {
            let flags = if connection.wants_to_write() { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN };
            watched.push((Source::Connection(i), connection.wants_to_read(), flags));
        }
        watched.push((Source::Listener, self.listener.as_ref().map(AsFd::as_fd), PollFlags::IN));
        watched.retain(|(_, fd, _)| fd.is_some());
        let mut fds: Vec<PollFd<'_>> = watched.iter().filter_map(|(_, fd, flags)| Some(PollFd::from_borrowed_fd((*fd)?, *flags))).collect();
        let timeout = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: i64::from(time.subsec_nanos()) };
        match poll(&mut fds, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(()),
            Ok(_) => {}
            Err(errno) => return Err(format!("poll: {}", io::Error::from(errno))),
        }
        let ready: Vec<Source> =
            watched.iter().zip(&fds).filter(|(_, fd)| !fd.revents().is_empty()).map(|((source, ..), _)| *source).collect();
        drop(fds);
        for source in ready {
            self.take_in(source);
        }
        Ok(())
    }

    /// Takes in what is there at one place.
    fn take_in(&mut self, source: Source) {
        let is_client = self.script.subject == Role::Client;
        match (source, &mut self.subject) {
            (Source::Connection(i), _) => {
                if let Some(connection) = self.main.iter_mut().chain(&mut self.others).nth(i) {
                    connection.pull();
                    connection.push();
                    // The tutorial's server closes when its client has: a client may wait for that.
                    if is_client && connection.closed == Some(Wire::Fin) {
                        connection.finish();
                    }
                }
            }
            (Source::Listener, _) => self.accept(),
            (_, None) => {}
            (Source::Stdout, Some(subject)) => subject.stdout.pull(),
            (Source::Stderr, Some(subject)) => subject.stderr.pull(),
            (Source::Keyboard, Some(subject)) => subject.keyboard.push(),
            (Source::End, Some(subject)) => {
                subject.reap();
                // What is read after the end is all that there is.
                subject.stdout.pull();
                subject.stderr.pull();
            }
        }
    }

    /// Accepts what a client subject has opened. A taken port is taken: nobody is accepted there.
    fn accept(&mut self) {
        let Some(listener) = self.listener.as_ref().filter(|_| self.script.subject == Role::Client) else { return };
        while let Ok((socket, address)) = listener.accept() {
            self.connects += 1;
            let from = address.as_socket().map_or(0, |address| address.port());
            let limit = SLACK + self.script.wire.len();
            let Ok(connection) = Connection::accepted(socket, from, self.request.port, limit) else { continue };
            self.client_ports.push(connection.client_port());
            if self.main.is_none() { self.main = Some(connection) } else { self.others.push(connection) }
        }
    }

    /// Writes down what has happened since the last action, always in the same order.
    fn write_down(&mut self) {
        let role = self.script.subject;
        let Some(subject) = &self.subject else { return };
        let done = &mut self.written_down;
        for _ in done.connects..self.connects {
            self.steps.push(Step::Wire(Peer::Client, Wire::Connect));
        }
        done.connects = self.connects;
        let stdout = subject.stdout.kept();
        if stdout.len() > done.stdout {
            self.steps.push(Step::Printed(role, Bytes::compact(&stdout[done.stdout..])));
            done.stdout = stdout.len();
        }
        let stderr = subject.stderr.kept();
        if stderr.len() > done.stderr {
            self.steps.push(Step::Complained(role, Bytes::compact(&stderr[done.stderr..])));
            done.stderr = stderr.len();
        }
        if let Some(connection) = &self.main {
            if connection.received.len() > done.wire {
                self.steps.push(Step::Wire(role.peer(), Wire::Bytes(Bytes::compact(&connection.received[done.wire..]))));
                done.wire = connection.received.len();
            }
            if let Some(closed) = connection.closed.as_ref().filter(|_| !done.closed) {
                self.steps.push(Step::Wire(role.peer(), closed.clone()));
                done.closed = true;
            }
        }
        if let Some(end) = subject.end.filter(|_| !done.ended) {
            self.steps.push(Step::Ends(role, end));
            done.ended = true;
        }
    }

    /// Ends whatever still runs, and hands over what was seen.
    fn finish(mut self) -> Seen {
        self.write_down();
        if let Some(subject) = &self.subject {
            if subject.end.is_none() {
                self.steps.push(Step::Ends(self.script.subject, End::Runs));
                if self.remarks.is_empty() {
                    self.remarks.push(format!("it still runs: it is {}", Snapshot::take().describe()));
                }
            }
            if subject.stdout.total > subject.stdout.kept().len() as u64 {
                self.remarks.push(format!("it printed {} bytes, of which not all were kept", subject.stdout.total));
            }
        }
        // A reset leaves no TIME_WAIT on the port, unless both sides have closed already.
        self.main.iter_mut().chain(&mut self.others).for_each(Connection::reset);
        self.listener = None;
        world::sweep();
        // Otherwise a server without SO_REUSEADDR could not be started again, and would be blamed in the next scenario.
        let is_spent = !self.frees_port(&self.client_ports);
        Seen {
            transcript: Transcript { steps: self.steps },
            remarks: self.remarks,
            trouble: self.trouble,
            duration: Duration::ZERO,
            is_spent,
        }
    }
}

/// A listener of the harness's own, which a server that closed first a moment ago does not keep from the port.
fn listener(port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // A server that would share the port with others gets it, and is found out.
    socket.set_reuse_port(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(16)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// How long to wait for the next look: not at all at first, because most things take microseconds; then longer and longer.
struct Backoff {
    looks: u32,
    /// The first look that is worth a closer one.
    first_closer: u32,
}

impl Backoff {
    const EAGER: u32 = 50;

    fn new() -> Self {
        Self { looks: 0, first_closer: 20 }
    }

    fn patient() -> Self {
        Self { looks: 0, first_closer: Self::EAGER }
    }

    fn next(&mut self) -> Duration {
        self.looks += 1;
        if self.looks <= Self::EAGER {
            if self.looks > 1 {
                std::thread::yield_now();
            }
            return Duration::ZERO;
        }
        Duration::from_micros(u64::from((self.looks - Self::EAGER) * 50).min(2000))
    }

    /// Whether it is time to look at the subject's threads, which costs more than a look at its sockets.
    fn is_worth_a_closer_look(&self) -> bool {
        self.looks > Self::EAGER || self.looks == self.first_closer
    }
}

/// What moves, and what the subject has spent since it last did.
#[derive(Default)]
struct Activity {
    last: Option<[u64; 6]>,
    ran_at_last: Option<u64>,
}

impl Activity {
    /// Whether something has moved since the last look.
    fn is_new(&mut self, progress: [u64; 6]) -> bool {
        let is_new = self.last != Some(progress);
        if is_new {
            *self = Self { last: Some(progress), ran_at_last: None };
        }
        is_new
    }

    /// CPU time that the subject has used since then.
    fn spent(&mut self, ran: u64) -> Duration {
        let since = *self.ran_at_last.get_or_insert(ran);
        Duration::from_nanos(ran.saturating_sub(since))
    }
}
