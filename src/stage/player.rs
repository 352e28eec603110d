//! Plays one scenario with one subject, and writes down what it saw.
//!
//! After each action the player waits until the kernel says that the action has reached the subject, *and* what is due has appeared and the
//! subject seems to be at rest, or it certainly is. Who has done what is due and does not rest is not waited for. A deadline is only the net
//! below that: no verdict of a healthy run depends on it.

use super::clock::{Deadline, Time};
use super::connection::Connection;
use super::limits::Meter;
use super::loopback::Home;
use super::pace::{Allowance, Backoff, Course, FLOODING, FLOODING_UNJUDGED, KEPT_OF_FLOOD, Progress, SLACK, Watched, ready};
use super::script::{Due, Script};
use super::stimulus::Stimulus;
use super::subject::Subject;
use super::threads::{Rest, Snapshot};
use super::{LAST_WORDS, Request, Seen, Trouble, world};
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, End, Given, Peer, Scenario, Step, Transcript, Wire};
use rustix::event::PollFlags;
use rustix::process::Signal;
use socket2::Socket;
use std::net::{SocketAddr, SocketAddrV4};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// An idle subject uses less than this part of a core, in percent …
const IDLE_PERCENT: u64 = 5;
/// … over this time …
const IDLE_WINDOW: Duration = Duration::from_millis(200);
/// … in at least one of so many windows: a runtime may still be busy with its own start.
const IDLE_WINDOWS: u32 = 5;
/// Longer than the timeouts of one and of two seconds that programs have.
const SILENCE: Duration = Duration::from_millis(2500);
/// A client that has connected more often floods.
const MOST_CONNECTIONS: usize = 64;
/// What a line on stderr holds that tells more than the last one: of sanitizers, of C's and C++'s libraries, and of other runtimes.
const TELLING: [&str; 8] = [
    "Sanitizer: ",
    "runtime error: ",
    "stack smashing detected",
    "buffer overflow detected",
    "terminate called",
    "Assertion ",
    "panicked at",
    "panic: ",
];
/// After so many windows in which nobody can tell, the machine is too busy.
const UNDECIDED_WINDOWS: u32 = 50;

/// Plays the scenario with the one program of this role, and leaves nothing behind.
pub fn play<'a>(home: &'a Home<'a>, request: &'a Request, scenario: &'a Scenario, role: Role) -> Seen {
    let mut player = Player::new(home, request, Script::new(scenario), role);
    if let Err(trouble) = player.play() {
        player.trouble = Some(trouble);
    }
    player.finish()
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
    wire: usize,
    closed: bool,
}

struct Player<'a> {
    home: &'a Home<'a>,
    request: &'a Request,
    script: Script<'a>,
    role: Role,
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
    wait: Backoff,
    /// Whether something that an earlier life has left behind listens in its place.
    is_haunted: bool,
    written_down: Interval,
    steps: Vec<Step>,
    remarks: Vec<String>,
    stall: Option<Stimulus>,
    meter: Meter,
    trouble: Option<Trouble>,
    /// Where a server listens that does not listen where it should.
    listens_at: Vec<SocketAddr>,
    /// The clients' ends of all connections so far.
    clients: Vec<SocketAddrV4>,
}

impl<'a> Player<'a> {
    fn new(home: &'a Home<'a>, request: &'a Request, script: Script<'a>, role: Role) -> Self {
        Self {
            home,
            request,
            script,
            role,
            subject: None,
            listener: None,
            main: None,
            others: Vec::new(),
            earlier: Vec::new(),
            connects: 0,
            is_stopped: false,
            wait: Backoff::beside(&request.stalls),
            is_haunted: false,
            written_down: Interval::default(),
            steps: Vec::new(),
            remarks: Vec::new(),
            stall: None,
            meter: Meter::new(request.limits),
            trouble: None,
            listens_at: Vec::new(),
            clients: Vec::new(),
        }
    }

    fn play(&mut self) -> Result<(), Trouble> {
        self.prepare()?;
        let kept = if self.role == Role::Server { self.home.kept() } else { None };
        self.start()?;
        let mut settled = self.settle(None, 0)?;
        if let Some(kept) = kept.filter(|_| !self.is_connected()) {
            return Err(kept);
        }
        if settled == Settled::Ended && self.expects_client() && !self.is_connected() {
            self.remark_last_words();
        }
        if settled == Settled::Ended && self.expects_client() && !Snapshot::take_sharp().is_empty() {
            let remark =
                "it has ended, and left a process behind: what is started is what is judged, so it must not go into the background";
            self.remarks.push(remark.into());
        }
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
        self.role == Role::Client && self.main.is_some() && !self.has_ended() && !is_about_when && !has_typed_eof
    }

    /// Makes the world what the scenario says it is.
    fn prepare(&mut self) -> Result<(), Trouble> {
        self.home.is_free()?;
        let listens = match self.script.scenario.givens.first() {
            Some(Given::PortTaken) => true,
            Some(Given::PortClosed) => false,
            None => self.role == Role::Client,
        };
        if listens {
            self.listener = Some(self.home.listen()?);
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), Trouble> {
        let limit = self.script.kept_output();
        self.subject = Some(self.home.start(&self.request.programs[0], &self.request.limits, limit)?);
        Ok(())
    }

    /// Does one thing.
    fn act(&mut self, action: &Step) -> Result<(), Trouble> {
        let wire_limit = SLACK + self.script.wire.len();
        match action {
            Step::Wire(peer, Wire::Connect) => {
                let connection = Connection::open(self.home, wire_limit).map_err(|error| format!("connect: {error}"))?;
                self.clients.push(connection.client());
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
                self.is_haunted = self.listens()?;
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
            Step::Idle(_) | Step::Silence => {}
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
        let is_last = self.script.is_last(actions);
        // Nothing tells that these have reached the subject, so what it makes of them is seen only when it is at rest: whether a second
        // client is served; whether a client takes note of a server that goes; what comes of input that asks for nothing; whether it is
        // the second life that listens, or what the first has left behind.
        let is_silent = match action {
            Some(Step::Wire(Peer::Client2 | Peer::Server, _)) => true,
            Some(Step::Control(Control::Start, _)) => self.is_haunted,
            Some(Step::Wire(Peer::Client, Wire::Bytes(_)) | Step::Typed(_)) => *self.script.due(actions - 1) == due,
            _ => false,
        };
        let needs_rest = is_silent || is_last || self.script.interrupts_next(actions);
        let stimulus = action.map_or(Stimulus::Start, Stimulus::from);
        let allowance = Allowance::after(stimulus, self.request.timeout, &self.request.stalls);
        let mut course = Course::of(allowance, stimulus);
        // A program that has just been started is busy with that for longer than any look is worth.
        if is_start(action) {
            self.wait.start_over_patiently();
        } else {
            self.wait.start_over();
        }
        loop {
            let time = self.wait.next();
            self.pump(time)?;
            let is_metered = self.meter.is_due();
            if is_metered && self.meter.is_exceeded() {
                return Ok(Settled::Stuck);
            }
            if self.has_ended() {
                self.after_the_end()?;
                return Ok(Settled::Ended);
            }
            // The kernel is asked once what is due has come, or when it is time: most looks come too early for both.
            let is_done = self.is_met(&due) && self.has_reached(action)?;
            if is_done && !needs_rest {
                // Who has ended meanwhile is told of before anything else is done.
                if self.is_done_for_now(&mut course)? && !self.has_ended() {
                    break;
                }
                continue;
            }
            // Whoever has done what is due is about to rest.
            if !is_done && !self.wait.is_worth_a_closer_look() {
                continue;
            }
            let is_judged = self.judges_missing(&due, action, is_last, actions);
            let reached = is_done || self.has_reached(action)?;
            let has_moved = course.moves(self.progress()?);
            if let Some(flood) = self.flood(if is_judged { FLOODING } else { FLOODING_UNJUDGED }, course.complained()) {
                self.remarks.push(flood);
                self.cut_flood();
                return Ok(Settled::Stuck);
            }
            if has_moved {
                self.wait.start_over();
                if is_metered && course.patience_left()? == Time::Up {
                    return self.gives_up_late(stimulus, allowance.patience(), "it is never quiet");
                }
                continue;
            }
            let (rest, snapshot) = self.rest()?;
            let is_paused = self.main.as_ref().is_some_and(|connection| connection.is_paused);
            match rest {
                Rest::Asleep if !is_done && !self.sleeps_on(&snapshot)? => continue,
                // Nothing can change any more, whether it has read what was sent or not.
                Rest::Asleep if reached || is_paused => {
                    self.remark_closed_stdout();
                    break;
                }
                // It may have fallen asleep only after the look that found it not reached.
                Rest::Asleep if self.has_reached(action)? => continue,
                Rest::Asleep => return Ok(self.gives_up_unread(action, &snapshot)),
                Rest::Dozing if (reached || is_paused) && !is_judged && (self.is_met(&due.known()) || course.doze.goes_on(&snapshot)) => {
                    break;
                }
                Rest::Awake => {
                    let spent = course.spent(snapshot.ran());
                    let limit = match (reached, is_judged) {
                        (false, _) => allowance.spinning_unread,
                        (true, true) => allowance.spinning,
                        (true, false) => allowance.spinning_unjudged,
                    };
                    // The kernel is asked whether it has begun only where that decides.
                    if spent >= limit && self.expects_client() && self.is_connected() {
                        match (reached, is_judged) {
                            (false, _) => return Ok(self.stalls(stimulus, "it spins, and does not read")),
                            (true, true) => return Ok(self.stalls(stimulus, "it spins: it uses the CPU, and nothing comes of it")),
                            (true, false) => break,
                        }
                    }
                }
                _ => {}
            }
            match course.time_left(&snapshot)? {
                Time::Left => {}
                Time::Up => {
                    let spent = course.spent(snapshot.ran());
                    if spent >= allowance.spinning {
                        return self.gives_up_late(stimulus, allowance.time, "it spins");
                    }
                    return self.gives_up_late(stimulus, allowance.time, &format!("it is {}", snapshot.describe()));
                }
                Time::Overloaded => return Err("the machine is overloaded: the program had too little CPU time to be judged".into()),
            }
        }
        self.after_settling(action, actions)
    }

    /// What belongs to a single action, once it has settled.
    fn after_settling(&mut self, action: Option<&Step>, actions: usize) -> Result<Settled, Trouble> {
        let is_client = self.role == Role::Client;
        match action {
            Some(Step::Idle(role)) => {
                let step = if self.is_idle()? { Step::Idle(*role) } else { Step::Busy(*role) };
                self.steps.push(step);
            }
            Some(Step::Silence) if self.keeps_silent()? => return Ok(Settled::Ended),
            _ if is_start(action) && !is_client && self.script.owns(Facet::Connections) => {
                let found = self.home.served_at().ok().flatten().filter(|asked| asked.ip().is_unspecified());
                self.remarks.extend(found.map(|asked| format!("it listens on {asked}, which serves 127.0.0.1 too")));
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

    /// The subject has had its time, and what is due has not come.
    fn gives_up_late(&mut self, stimulus: Stimulus, time: Duration, doing: &str) -> Result<Settled, Trouble> {
        let time = humantime::format_duration(time);
        if stimulus == Stimulus::Start && self.expects_client() && !self.is_connected() {
            self.remark_where_it_listens()?;
            self.remarks.iter_mut().last().into_iter().for_each(|remark| remark.push_str(&format!(", after {time}")));
            self.stall = Some(stimulus);
            return Ok(Settled::Stuck);
        }
        Ok(self.stalls(stimulus, &format!("it was not done after {time}: {doing}")))
    }

    /// The subject has had all that it is given after this stimulus, and nothing has come of it.
    fn stalls(&mut self, stimulus: Stimulus, what: &str) -> Settled {
        self.remarks.push(what.to_owned());
        self.stall = Some(stimulus);
        Settled::Stuck
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
            None | Some(Step::Control(Control::Start, _)) => match self.role {
                _ if self.listener.is_some() || !self.expects_client() => Ok(true),
                Role::Server => self.listens(),
                Role::Client => Ok(true),
            },
            Some(Step::Typed(_)) => Ok(subject.keyboard.unread() == 0),
            Some(Step::Control(Control::Stop, _)) => Ok(Snapshot::take().is_stopped(subject.pid)),
            Some(Step::Wire(_, Wire::Connect | Wire::Bytes(_) | Wire::Fin) | Step::Control(Control::Continue, _) | Step::Idle(_)) => {
                if self.role == Role::Client {
                    // What a server sends to a client is not judged, and clients need not read it.
                    return Ok(true);
                }
                let Some(connection) = self.main.as_ref().filter(|connection| connection.is_open()) else { return Ok(true) };
                connection.is_read(self.home, self.is_stopped)
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
        let complains = due.complains.is_empty() || self.subject.as_ref().is_some_and(|subject| subject.stderr.total > 0);
        self.stdout_is_met(due) && connects && closes && complains && self.wire_is_met(due) && due.ends.is_empty()
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

    /// Whether nothing that was sent is wrong so far.
    fn wire_may_become_right(&self, due: &Due) -> bool {
        self.main.as_ref().is_none_or(|connection| self.script.wire[..due.wire].starts_with(&connection.received))
    }

    /// Whether something that is due and has not come is what the scenario is about: then only certainty ends the wait.
    fn judges_missing(&self, due: &Due, action: Option<&Step>, is_last: bool, actions: usize) -> bool {
        let owns = |facet| self.script.owns(facet);
        let stdout_matters =
            owns(Facet::Prompt) || owns(Facet::GreetingPrompt) || is_last && (owns(Facet::Stdout) || owns(Facet::Greeting));
        let wire_matters =
            owns(Facet::WirePrompt) || is_last && (owns(Facet::Wire) || owns(Facet::Words) && self.wire_may_become_right(due));
        let closes = due.closes && self.main.as_ref().is_some_and(|connection| connection.closed.is_none());
        is_start(action) && self.expects_client() && !self.is_connected()
            || !self.stdout_is_met(due) && stdout_matters
            || !self.wire_is_met(due) && wire_matters
            || closes && owns(Facet::HangUp)
            || !due.complains.is_empty() && owns(Facet::Stderr)
            || !due.ends.is_empty() && (owns(Facet::End) || owns(Facet::HangUp) || self.script.starts_next(actions))
    }

    /// Whether the conversation has begun.
    fn is_connected(&self) -> bool {
        match self.role {
            Role::Server => self.main.is_some() || self.listens().unwrap_or(false),
            Role::Client => self.main.is_some(),
        }
    }

    fn listens(&self) -> Result<bool, Trouble> {
        Ok(self.home.listener_found()?.is_some())
    }

    /// Says what the subject does in place of serving, or connecting to, the address.
    fn remark_where_it_listens(&mut self) -> Result<(), Trouble> {
        /// Who listens on more addresses is not served by a longer list.
        const FEW: usize = 4;
        let doing = Snapshot::take().describe();
        let port = self.request.port;
        if self.role == Role::Client {
            self.remarks.push(format!("it has not connected to 127.0.0.1:{port}: it is {doing}"));
            return Ok(());
        }
        self.listens_at = self.home.listeners()?;
        let own: Vec<String> = self.listens_at.iter().map(ToString::to_string).collect();
        let has_mistaken_kind = own.is_empty() && self.home.receives_datagrams();
        self.remarks.push(if has_mistaken_kind {
            format!("it has a UDP socket on port {port}, expected a TCP socket that listens: it is {doing}")
        } else if own.is_empty() {
            format!("it does not listen on 127.0.0.1:{port}: it is {doing}")
        } else {
            let more = own.len().saturating_sub(FEW);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            // Otherwise that address would serve IPv4, too.
            let only = if own.contains(&format!("[::]:{port}")) { ", for IPv6 only (IPV6_V6ONLY)" } else { "" };
            format!("it listens on {}{more}{only}, expected 127.0.0.1:{port}", own[..own.len().min(FEW)].join(", "))
        });
        Ok(())
    }

    /// Does nothing for a while, unless only the harness can wake the subject. Whether it has ended meanwhile.
    fn keeps_silent(&mut self) -> Result<bool, Trouble> {
        let began = Instant::now();
        self.wait.start_over();
        while began.elapsed() < SILENCE && !self.has_ended() && !(self.meter.is_due() && self.meter.is_exceeded()) {
            let time = self.wait.next();
            self.pump(time)?;
            if !self.wait.is_worth_a_closer_look() {
                continue;
            }
            let (rest, snapshot) = self.rest()?;
            if rest == Rest::Asleep && self.sleeps_on(&snapshot)? {
                break;
            }
        }
        if self.has_ended() {
            self.after_the_end()?;
        }
        Ok(self.has_ended())
    }

    /// Whether the subject leaves the CPU alone while it has nothing to do.
    fn is_idle(&mut self) -> Result<bool, Trouble> {
        let mut undecided = 0;
        while undecided < UNDECIDED_WINDOWS {
            let (before, began) = (Snapshot::take(), Instant::now());
            std::thread::sleep(IDLE_WINDOW);
            self.pump(Duration::ZERO)?;
            if self.meter.is_exceeded() {
                return Ok(false);
            }
            // On a busy machine this process wakes late, and the window is longer than it should be.
            let (now, elapsed) = (Snapshot::take(), began.elapsed());
            let share = now.share_since(&before, elapsed);
            undecided += 1;
            if share < IDLE_PERCENT {
                // The kernel books a wait for a CPU only when it is over: whoever still waits may be about to spin. And who has stood
                // still with the whole machine has not shown anything.
                if !before.wants_cpu() && !now.wants_cpu() && elapsed < 5 * IDLE_WINDOW {
                    return Ok(true);
                }
            } else if undecided >= IDLE_WINDOWS {
                let ring = if now.has_polling_ring() { "; the kernel polls for it: io_uring with SQPOLL" } else { "" };
                self.remarks.push(format!("it used {share} % of a core while there was nothing to do{ring}"));
                return Ok(false);
            }
        }
        Err("the machine is overloaded: it cannot be seen whether the program is idle".into())
    }

    /// Says what it complained of before it ended, where it ended before it did anything: the line that tells most, or else the last.
    fn remark_last_words(&mut self) {
        let Some(complaint) = self.subject.as_ref().map(Subject::complaint) else { return };
        let mut lines = complaint.lines().map(str::trim_end).filter(|line| !line.is_empty()).rev();
        let Some(last) = lines.clone().next() else { return };
        let telling = complaint.lines().map(str::trim_end).find(|line| TELLING.iter().any(|words| line.contains(words)));
        let hinted = lines.find_map(|line| Some((line, format!("; {}", self.hint(line)?))));
        let (line, hint) = hinted.unwrap_or((telling.unwrap_or(last), String::new()));
        self.remarks.push(format!("{LAST_WORDS}{} on stderr{hint}", excerpt(line.as_bytes(), 120)));
    }

    /// Whether it ended in a way that no scenario asks for: by a signal, or with a status, for which it may have given its reasons.
    fn has_ended_in_trouble(&self) -> bool {
        let end = self.subject.as_ref().and_then(|subject| subject.end);
        let is_killed = self.steps.contains(&Step::Control(Control::Kill, self.role));
        self.expects_client() && !is_killed && !matches!(end, None | Some(End::Exits(0)))
    }

    /// What to do about such a complaint.
    fn hint(&self, complaint: &str) -> Option<String> {
        let says = |words: [&str; 2]| words.iter().any(|word| complaint.contains(word));
        match self.role {
            Role::Server if says(["refused", "REFUSED"]) => Some("if it is a client, judge it with --client".into()),
            Role::Client if says(["already in use", "ADDRINUSE"]) => Some("if it is a server, judge it with --server".into()),
            _ if says(["usage", "Usage"]) => {
                Some("if it takes its address as arguments, {host}, {port} and {addr} in the command stand for it".into())
            }
            _ => self.request.limits.explain(complaint),
        }
    }

    /// Says that nothing can be seen of what it prints, where it goes on without its output.
    fn remark_closed_stdout(&mut self) {
        const REMARK: &str = "it has closed its stdout";
        let has_closed = self.subject.as_ref().is_some_and(|subject| subject.end.is_none() && subject.stdout.pipe().is_none());
        if has_closed && !self.remarks.iter().any(|remark| remark == REMARK) {
            self.remarks.push(REMARK.into());
        }
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
        self.wait.start_over();
        if let Some(connection) = &mut self.main {
            connection.is_paused = false;
        }
        loop {
            let before = self.progress()?;
            let time = self.wait.next();
            self.pump(time)?;
            let is_closed = self.main.as_ref().is_none_or(|connection| connection.wants_to_read().is_none());
            if is_closed && self.progress()? == before {
                return Ok(());
            }
            if self.meter.is_due() && self.meter.is_exceeded() {
                return Ok(());
            }
            if !self.wait.is_worth_a_closer_look() {
                continue;
            }
            // A process that it has left behind may hold the connection: then it stays open, and that is what is seen.
            let (rest, snapshot) = self.rest()?;
            if !snapshot.is_empty() && rest != Rest::Awake {
                self.remarks.push(format!("it has left a process behind, which is {} and holds the connection", snapshot.describe()));
                return Ok(());
            }
            if deadline.look(&snapshot) != Time::Left {
                return Ok(());
            }
        }
    }

    /// Whether the subject has printed or sent so much more than it may that it will hardly stop; or has complained without end, and done
    /// nothing else.
    fn flood(&self, limit: u64, complained: u64) -> Option<String> {
        let printed = self.printed().1;
        let sent = self.main.as_ref().map_or(0, |connection| connection.total);
        if printed > self.script.most_output() as u64 + limit {
            Some(format!("it floods its output: {printed} bytes so far"))
        } else if sent > (self.script.wire.len() + self.script.most_output()) as u64 + limit {
            // Who sends back all that it prints is soon done.
            Some(format!("it floods its connection: {sent} bytes so far"))
        } else if complained > FLOODING {
            Some(format!("it floods stderr: {complained} bytes, and nothing else was done"))
        } else if self.connects > MOST_CONNECTIONS {
            Some(format!("it connects without end: {} times so far", self.connects))
        } else {
            None
        }
    }

    /// Forgets most of a flood.
    fn cut_flood(&mut self) {
        if let Some(subject) = &mut self.subject {
            subject.stdout.cut(self.script.kept_of_flood());
        }
        if let Some(connection) = &mut self.main {
            connection.received.truncate(self.written_down.wire.max(self.script.wire.len() + KEPT_OF_FLOOD));
            connection.is_paused = true;
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

    /// Takes in what is there at one place.
    fn take_in(&mut self, source: Source) {
        let is_client = self.role == Role::Client;
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
        let Some(listener) = self.listener.as_ref().filter(|_| self.role == Role::Client) else { return };
        while self.connects <= MOST_CONNECTIONS
            && let Ok((socket, address)) = listener.accept()
        {
            self.connects += 1;
            // What comes over another connection than the first is not judged.
            let limit = if self.main.is_none() { SLACK + self.script.wire.len() } else { 0 };
            let Ok(connection) = Connection::accepted(socket, address.as_socket_ipv4(), limit) else { continue };
            self.clients.push(connection.client());
            if self.main.is_none() { self.main = Some(connection) } else { self.others.push(connection) }
        }
    }

    /// Writes down what has happened since the last action, always in the same order.
    fn write_down(&mut self) {
        let role = self.role;
        let Some(subject) = &mut self.subject else { return };
        let done = &mut self.written_down;
        for _ in done.connects..self.connects {
            self.steps.push(Step::Wire(Peer::Client, Wire::Connect));
        }
        done.connects = self.connects;
        self.steps.extend(subject.said(role));
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
        // A server that sends anything to a second client has sent it, too.
        let to_others = |connection: &mut Connection| std::mem::take(&mut connection.received);
        let to_others: Vec<u8> = self.others.iter_mut().filter(|_| role == Role::Server).flat_map(to_others).collect();
        if !to_others.is_empty() {
            self.remarks.push(format!("it sent {} to the second client", excerpt(&to_others, 40)));
            self.steps.push(Step::Wire(role.peer(), Wire::Bytes(Bytes::compact(&to_others))));
        }
        self.steps.extend(subject.ended(role));
    }

    /// Ends whatever still runs, and hands over what was seen.
    fn finish(mut self) -> Seen {
        self.write_down();
        if self.has_ended_in_trouble() && self.trouble.is_none() && !self.remarks.iter().any(|remark| remark.starts_with(LAST_WORDS)) {
            self.remark_last_words();
        }
        if let Some(subject) = &self.subject {
            if subject.end.is_none() {
                self.steps.push(Step::Ends(self.role, End::Runs));
                if self.trouble.is_none() {
                    self.meter.look_at_descriptors();
                }
                if self.remarks.is_empty() {
                    self.remarks.push(format!("it still runs: it is {}", Snapshot::take().describe()));
                }
            }
            if subject.end == Some(End::Dies(Signal::XFSZ.as_raw())) {
                self.meter.breach = Some(self.request.limits.file_too_large());
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
        let is_spent = !self.home.frees(&self.clients);
        Seen {
            transcript: Transcript { steps: self.steps },
            remarks: self.remarks,
            stall: self.stall,
            breach: self.meter.breach,
            trouble: self.trouble,
            listens_at: self.listens_at,
            duration: Duration::ZERO,
            is_spent,
        }
    }
}

impl Watched for Player<'_> {
    fn seems_at_rest(&self) -> bool {
        self.subject.as_ref().is_none_or(|subject| subject.glance.is_asleep())
    }

    fn pump(&mut self, time: Duration) -> Result<(), Trouble> {
        let mut places = Vec::with_capacity(8);
        if let Some(subject) = &self.subject {
            places.push((Source::End, Some(subject.pidfd()).filter(|_| subject.end.is_none()), PollFlags::IN));
            places.push((Source::Stdout, subject.stdout.pipe(), PollFlags::IN));
            places.push((Source::Stderr, subject.stderr.pipe(), PollFlags::IN));
            places.push((Source::Keyboard, subject.keyboard.wants_to_write(), PollFlags::OUT));
        }
        for (i, connection) in self.main.iter().chain(&self.others).enumerate() {
            places.push((Source::Connection(i), connection.wants_to_read(), connection.flags()));
        }
        places.push((Source::Listener, self.listener.as_ref().map(AsFd::as_fd), PollFlags::IN));
        for source in ready(&places, time)? {
            self.take_in(source);
        }
        Ok(())
    }

    fn progress(&self) -> Result<Progress, Trouble> {
        let subject = self.subject.as_ref();
        let connection = self.main.as_ref();
        let look = match connection.filter(|connection| connection.is_open()) {
            Some(connection) => connection.look(self.home)?,
            None => None,
        };
        let (printed, sent) = (subject.map_or(0, |subject| subject.stdout.total), connection.map_or(0, |connection| connection.total));
        let towards = vec![
            printed.min(self.script.most_output() as u64),
            sent.min(self.script.wire.len() as u64),
            subject.map_or(0, |subject| subject.keyboard.unread() as u64),
            look.map_or(0, |look| look.received.saturating_sub(u64::from(look.unread))),
            self.connects as u64,
            u64::from(self.has_ended()),
        ];
        let complained = subject.map_or(0, |subject| subject.stderr.total);
        let beside = vec![
            printed,
            sent + u64::from(connection.is_some_and(|connection| connection.closed.is_some())),
            look.map_or(0, |look| look.received),
        ];
        Ok(Progress { towards, beside, complained })
    }

    fn is_on_its_way(&self) -> Result<bool, Trouble> {
        if self.home.is_busy() {
            return Ok(true);
        }
        let Some(connection) = &self.main else {
            // A client that waits for its connection would sleep for ever if nobody answered.
            return if self.role == Role::Client { self.home.is_connecting() } else { Ok(false) };
        };
        if connection.is_connecting() {
            return Ok(true);
        }
        let look = connection.look(self.home)?;
        // What comes to a connection that is closed here is answered with a reset, and on its way until then.
        Ok(look.is_some_and(|look| look.awaits_answer() && !connection.is_paused || connection.is_arriving(look)))
    }
}
