//! Plays one scenario with two subjects that talk to each other: on one loopback, or each on its own with a relay between them.
//!
//! What is waited for, and how, is as with one subject: the kernel's word, what is due, or rest; a deadline is only the net below that.

use super::clock::Time;
use super::diag::Look;
use super::limits::Meter;
use super::loopback::Home;
use super::pace::{Allowance, Backoff, Course, FLOODING, Progress, Watched, ready};
use super::relay::Relay;
use super::script::{Due, Script};
use super::stimulus::Stimulus;
use super::subject::Subject;
use super::threads::{Rest, Snapshot};
use super::{Request, Seen, Trouble, world};
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::Role;
use crate::spec::transcript::{Control, End, Peer, Scenario, Step, Transcript, Wire};
use rustix::event::PollFlags;
use rustix::process::Signal;
use std::cell::Cell;
use std::net::SocketAddrV4;
use std::time::Duration;

/// Plays the scenario with a server and a client, and leaves nothing behind. A relay needs the far loopback.
pub fn play<'a>(near: &'a Home<'a>, far: Option<&'a Home<'a>>, request: &'a Request, scenario: &'a Scenario) -> Seen {
    let mut pair = Pair {
        near,
        request,
        script: Script::new(scenario),
        server: None,
        client: None,
        relay: None,
        client_address: Cell::new(None),
        foreign: near.clients().unwrap_or_default(),
        is_stopped: false,
        pause: Backoff::beside(&request.stalls),
        steps: Vec::new(),
        remarks: Vec::new(),
        stall: None,
        meter: Meter::new(request.limits),
    };
    let trouble = pair.play(far).err();
    pair.finish(trouble)
}

/// What is waited for.
#[derive(Clone, Copy)]
enum Wait<'a> {
    /// The server listens.
    Server,
    /// The client has connected to it.
    Client,
    /// The client has sent what is to be passed on.
    ToPass(&'a Wire),
    /// An action has reached whom it is for, and what is due has come.
    For(&'a Step),
    /// What is due has come; the last actions were skipped.
    TheEnd,
}

impl From<Wait<'_>> for Stimulus {
    fn from(wait: Wait<'_>) -> Self {
        match wait {
            Wait::Server | Wait::Client => Self::Start,
            Wait::ToPass(Wire::Bytes(_) | Wire::Burst(_)) => Self::Bytes,
            Wait::ToPass(_) | Wait::TheEnd => Self::End,
            Wait::For(action) => action.into(),
        }
    }
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    /// The conversation can go on.
    GoOn,
    /// There is no point in going on: a subject does not do what the rest presupposes.
    Stuck,
}

/// Where something may happen.
#[derive(Clone, Copy)]
enum Source {
    End(Role),
    Stdout(Role),
    Stderr(Role),
    Keyboard,
    Relay,
    Listener,
}

struct Pair<'a> {
    near: &'a Home<'a>,
    request: &'a Request,
    script: Script<'a>,
    server: Option<Subject>,
    client: Option<Subject>,
    /// Nothing where the two share a loopback.
    relay: Option<Relay<'a>>,
    /// The client's end of their own connection, once it has been looked for.
    client_address: Cell<Option<SocketAddrV4>>,
    /// The clients' ends of others' connections to the same address, on the machine's own loopback.
    foreign: Vec<SocketAddrV4>,
    /// Whether the server is stopped.
    is_stopped: bool,
    pause: Backoff,
    steps: Vec<Step>,
    remarks: Vec<String>,
    stall: Option<Stimulus>,
    meter: Meter,
}

impl<'a> Pair<'a> {
    fn play(&mut self, far: Option<&'a Home<'a>>) -> Result<(), Trouble> {
        let has_relay = self.script.scenario.has_relay();
        let far = match far {
            None if has_relay => return Err("a relay needs two loopbacks, and here is only the machine's own".into()),
            far => far.filter(|_| has_relay),
        };
        self.near.is_free()?;
        let kept = self.near.kept();
        let limit = self.script.kept_output();
        self.server = Some(self.near.start(&self.request.programs[0], &self.request.limits, limit)?);
        if self.settle(Wait::Server, 0)? == Settled::Stuck {
            return kept.map_or(Ok(()), Err);
        }
        if let Some(far) = far {
            self.relay = Some(Relay::open(self.near, far, self.script.input_len())?);
        }
        let home = far.unwrap_or(self.near);
        self.client = Some(home.start(&self.request.programs[1], &self.request.limits, limit)?);
        let mut settled = self.settle(Wait::Client, 0)?;
        self.write_down();
        let actions: Vec<&Step> = self.script.actions().collect();
        let mut skipped = 0;
        for (i, action) in actions.iter().enumerate() {
            if settled == Settled::GoOn && !whom(action).is_some_and(|role| self.has_ended(role)) {
                settled = self.perform(action, i + 1)?;
            } else if settled == Settled::GoOn {
                skipped += 1;
            }
        }
        if skipped > 0 && settled == Settled::GoOn {
            self.settle(Wait::TheEnd, actions.len())?;
            self.write_down();
        }
        Ok(())
    }

    /// Does one thing, and waits until it has come of it what will.
    fn perform(&mut self, action: &Step, actions: usize) -> Result<Settled, Trouble> {
        if let Step::Wire(_, wire @ (Wire::Bytes(_) | Wire::Burst(_) | Wire::Fin)) = action {
            let settled = self.settle(Wait::ToPass(wire), actions)?;
            self.write_down();
            let is_burst = matches!(wire, Wire::Burst(_));
            if settled == Settled::Stuck || self.has_ended(Role::Server) && !is_burst {
                return Ok(settled);
            }
        }
        self.act(action)?;
        let settled = match action {
            Step::Wire(_, Wire::Burst(_)) => Settled::GoOn,
            action => self.settle(Wait::For(action), actions)?,
        };
        self.write_down();
        Ok(settled)
    }

    /// Does one thing, and writes down what it really was: a relay passes on what there is.
    fn act(&mut self, action: &Step) -> Result<(), Trouble> {
        let relay = |wire| Step::Wire(Peer::Relay, wire);
        let done = match (action, &mut self.relay) {
            (Step::Typed(bytes), _) => {
                self.client.iter_mut().for_each(|client| client.keyboard.type_bytes(&bytes.to_vec()));
                action.clone()
            }
            (Step::TypedEof, _) => {
                self.client.iter_mut().for_each(|client| client.keyboard.end());
                action.clone()
            }
            (Step::Control(control, role), _) => {
                let signal = match control {
                    Control::Kill => Signal::KILL,
                    Control::Stop => Signal::STOP,
                    _ => Signal::CONT,
                };
                if *role == Role::Server {
                    self.is_stopped = *control == Control::Stop;
                }
                self.subject(*role).iter().for_each(|subject| subject.signal(signal));
                action.clone()
            }
            (Step::Wire(_, Wire::Bytes(bytes)), Some(between)) => relay(Wire::Bytes(same_or(bytes, &between.pass(bytes.len())))),
            (Step::Wire(_, Wire::Burst(bytes)), Some(between)) => relay(Wire::Burst(same_or(bytes, &between.pass(bytes.len())))),
            (Step::Wire(_, Wire::Fin), Some(between)) => {
                // What nobody has foreseen is passed on all the same: a network keeps nothing back.
                let more = between.pass(usize::MAX);
                if !more.is_empty() {
                    self.steps.push(relay(Wire::Burst(Bytes::compact(&more))));
                }
                between.pass_end();
                relay(between.end().cloned().unwrap_or(Wire::Fin))
            }
            (Step::Wire(_, Wire::Reset), Some(between)) => {
                between.reset();
                action.clone()
            }
            _ => return Err(format!("`{action}` is nothing that the harness does")),
        };
        self.steps.push(done);
        Ok(())
    }

    /// Waits; `actions` is how many were done.
    fn settle(&mut self, wait: Wait<'_>, actions: usize) -> Result<Settled, Trouble> {
        let due = self.script.due(actions).clone();
        let allowance = Allowance::after(wait.into(), self.request.timeout, &self.request.stalls);
        let mut course = Course::of(allowance, wait.into());
        let starts = matches!(wait, Wait::Server | Wait::Client);
        if starts {
            self.pause.start_over_patiently();
        } else {
            self.pause.start_over();
        }
        loop {
            let time = self.pause.next();
            self.pump(time)?;
            let is_metered = self.meter.is_due();
            if is_metered && self.meter.is_exceeded() {
                return Ok(Settled::Stuck);
            }
            // Nothing more will come from programs that have ended.
            if self.is_silent(Role::Server) && (self.client.is_none() || self.is_silent(Role::Client)) {
                return Ok(if self.client.is_none() { self.gives_up(wait, &Snapshot::take()) } else { Settled::GoOn });
            }
            let is_done = !self.needs_rest(wait, actions) && self.is_met(wait, &due) && self.has_reached(wait)?;
            if is_done {
                if self.is_done_for_now(&mut course)? {
                    return Ok(Settled::GoOn);
                }
                continue;
            }
            if !self.pause.is_worth_a_closer_look() {
                continue;
            }
            let reached = self.has_reached(wait)?;
            if course.moves(self.progress()?) {
                self.pause.start_over();
                if let Some(flood) = self.flood(course.complained()) {
                    self.remarks.push(flood);
                    let most = self.script.kept_of_flood();
                    self.server.iter_mut().chain(&mut self.client).for_each(|subject| subject.stdout.cut(most));
                    return Ok(Settled::Stuck);
                }
                if is_metered && course.patience_left()? == Time::Up {
                    let time = humantime::format_duration(allowance.patience());
                    return Ok(self.stalls(wait, format!("they were not done after {time}, in which they were never quiet")));
                }
                continue;
            }
            let is_judged = self.judges_missing(wait, &due);
            let (rest, snapshot) = self.rest()?;
            match rest {
                Rest::Asleep if !self.is_met(wait, &due) && !self.sleeps_on(&snapshot)? => continue,
                Rest::Asleep if reached || self.has_reached(wait)? => return Ok(Settled::GoOn),
                Rest::Asleep => return Ok(self.gives_up(wait, &snapshot)),
                Rest::Dozing if reached && !is_judged && (self.is_met(wait, &due.known()) || course.doze.goes_on(&snapshot)) => {
                    return Ok(Settled::GoOn);
                }
                Rest::Awake if reached && (!starts || self.is_met(wait, &due)) => {
                    let spent = course.spent(snapshot.ran());
                    if is_judged && spent >= allowance.spinning {
                        let running = self.describe_running(&snapshot);
                        return Ok(self.stalls(wait, format!("they use the CPU, and nothing comes of it: {running}")));
                    }
                    if !is_judged && spent >= allowance.spinning_unjudged {
                        return Ok(Settled::GoOn);
                    }
                }
                _ => {}
            }
            match course.time_left(&snapshot)? {
                Time::Left => {}
                Time::Up => {
                    let (time, running) = (humantime::format_duration(allowance.time), self.describe_running(&snapshot));
                    return Ok(self.stalls(wait, format!("they were not done after {time}: {running}")));
                }
                Time::Overloaded => return Err("the machine is overloaded: the programs had too little CPU time to be judged".into()),
            }
        }
    }

    /// They have had all that they are given after this, and nothing has come of it.
    fn stalls(&mut self, wait: Wait<'_>, what: String) -> Settled {
        self.remarks.push(what);
        self.stall = Some(wait.into());
        Settled::Stuck
    }

    /// Whether one of them has printed so much more than it may that it will hardly stop.
    fn flood(&self, complained: u64) -> Option<String> {
        let due = self.script.most_output() as u64;
        let of_output = [Role::Server, Role::Client].into_iter().find_map(|role| {
            let excess = self.subject(role)?.stdout.total.saturating_sub(due);
            (excess > FLOODING).then(|| format!("the {role} floods its output: {excess} bytes more than may be due so far"))
        });
        let of_stderr = || (complained > FLOODING).then(|| format!("they flood stderr: {complained} bytes, and nothing else was done"));
        of_output.or_else(of_stderr)
    }

    /// Nobody will do what is waited for.
    fn gives_up(&mut self, wait: Wait<'_>, snapshot: &Snapshot) -> Settled {
        let port = self.request.port;
        let (role, what) = match wait {
            Wait::Server => (Role::Server, format!("does not listen on 127.0.0.1:{port}")),
            Wait::Client => (Role::Client, format!("has not connected to 127.0.0.1:{port}")),
            Wait::ToPass(Wire::Bytes(bytes) | Wire::Burst(bytes)) => {
                (Role::Client, format!("has not sent {}", excerpt(&bytes.to_vec(), 40)))
            }
            Wait::ToPass(_) => (Role::Client, "has not ended its stream".into()),
            Wait::For(Step::Typed(bytes)) => (Role::Client, format!("has not read {}", excerpt(&bytes.to_vec(), 40))),
            Wait::For(Step::Wire(_, Wire::Bytes(bytes))) => (Role::Server, format!("has not read {}", excerpt(&bytes.to_vec(), 40))),
            Wait::For(action) => (whom(action).unwrap_or(Role::Server), format!("has not taken note of `{action}`")),
            Wait::TheEnd => return Settled::GoOn,
        };
        self.remarks.push(format!("the {role} {what}: {}", self.describe(role, snapshot)));
        Settled::Stuck
    }

    /// Whether only rest tells: nobody else says whether a client takes note of a server that has gone.
    fn needs_rest(&self, wait: Wait<'_>, actions: usize) -> bool {
        match wait {
            Wait::For(_) | Wait::Client if self.script.interrupts_next(actions) => true,
            Wait::For(Step::Control(Control::Kill, Role::Server) | Step::Wire(_, Wire::Reset)) => true,
            Wait::For(Step::Typed(_) | Step::TypedEof) => self.has_ended(Role::Server),
            _ => false,
        }
    }

    /// Whether the kernel says that it is done.
    fn has_reached(&self, wait: Wait<'_>) -> Result<bool, Trouble> {
        let has_client_ended = self.has_ended(Role::Client);
        match wait {
            Wait::Server => Ok(self.near.listener_found()?.is_some()),
            Wait::Client if has_client_ended || self.has_ended(Role::Server) => Ok(true),
            Wait::Client => match &self.relay {
                Some(relay) => relay.is_accepted(),
                None => Ok(self.looks()?[1].is_some_and(|look| look.is_held)),
            },
            Wait::ToPass(wire) => Ok(self.has_to_pass(wire) || self.has_ended(Role::Server)),
            Wait::For(Step::Typed(_)) => Ok(self.client.as_ref().is_none_or(|client| client.keyboard.unread() == 0) || has_client_ended),
            Wait::For(Step::Control(control, role)) => match control {
                Control::Kill => Ok(self.has_ended(*role)),
                Control::Stop => Ok(self.subject(*role).is_none_or(|subject| Snapshot::take().is_stopped(subject.pid))),
                _ => Ok(self.looks()?[1].is_none_or(|look| look.unread == 0 || look.state.is_over())),
            },
            Wait::For(Step::Wire(_, Wire::Bytes(_) | Wire::Fin)) => match &self.relay {
                Some(relay) => Ok(relay.is_read(self.is_stopped)? || self.has_ended(Role::Server)),
                None => Ok(true),
            },
            Wait::For(_) | Wait::TheEnd => Ok(true),
        }
    }

    /// Whether the client has sent what is to be passed on, or will not.
    fn has_to_pass(&self, wire: &Wire) -> bool {
        self.relay.as_ref().is_none_or(|relay| match wire {
            Wire::Bytes(bytes) | Wire::Burst(bytes) => relay.pending() >= bytes.len() || relay.end().is_some(),
            _ => relay.end().is_some(),
        })
    }

    /// Whether all that is due has come.
    fn is_met(&self, wait: Wait<'_>, due: &Due) -> bool {
        let has_complained = |role: &Role| self.subject(*role).is_some_and(|subject| subject.stderr.total > 0);
        match wait {
            Wait::Server | Wait::ToPass(_) => true,
            Wait::Client => self.stdout_is_met(due),
            Wait::For(_) | Wait::TheEnd => {
                self.stdout_is_met(due)
                    && self.wire_is_met(due)
                    && due.ends.iter().all(|role| self.is_silent(*role))
                    && due.complains.iter().all(has_complained)
            }
        }
    }

    /// Whether the server has printed what is due; where that is not known, it is met when the server can print no more.
    fn stdout_is_met(&self, due: &Due) -> bool {
        let printed = self.server.as_ref().map_or(&[][..], |server| server.stdout.kept());
        due.stdout.is_some_and(|due| printed.len() >= due && printed[..due] == self.script.stdout[..due]) || self.is_silent(Role::Server)
    }

    /// Whether the relay has all words that were typed. Where the two share a loopback, only the server's lines tell.
    fn wire_is_met(&self, due: &Due) -> bool {
        self.relay.as_ref().is_none_or(|relay| relay.sent() >= due.wire || relay.end().is_some()) || self.has_ended(Role::Server)
    }

    /// Whether something that is due is missing: then only certainty ends the wait.
    fn judges_missing(&self, wait: Wait<'_>, due: &Due) -> bool {
        match wait {
            Wait::Server => true,
            Wait::Client => !self.has_reached(wait).unwrap_or(false),
            Wait::ToPass(wire) => !self.has_to_pass(wire),
            // Output that may be cut in any way tells nothing; the ends, and what comes before it, do. What is due before the first action,
            // a greeting, may be late as far as a pair's rules go; and nothing is printed by a server that has been stopped, or has ended,
            // though what it has left behind may hold its output open.
            Wait::For(_) | Wait::TheEnd => {
                let has_more_due = due.stdout > self.script.due(0).stdout && !self.is_stopped && !self.has_ended(Role::Server);
                let has_silent = |role: &Role| !self.has_ended(*role) && self.subject(*role).is_some_and(|one| one.stderr.total == 0);
                has_more_due && !self.stdout_is_met(due)
                    || !self.wire_is_met(due)
                    || due.ends.iter().any(|role| !self.has_ended(*role))
                    || due.complains.iter().any(has_silent)
            }
        }
    }

    fn subject(&self, role: Role) -> Option<&Subject> {
        match role {
            Role::Server => self.server.as_ref(),
            Role::Client => self.client.as_ref(),
        }
    }

    fn subject_mut(&mut self, role: Role) -> Option<&mut Subject> {
        match role {
            Role::Server => self.server.as_mut(),
            Role::Client => self.client.as_mut(),
        }
    }

    fn has_ended(&self, role: Role) -> bool {
        self.subject(role).is_some_and(|subject| subject.end.is_some())
    }

    /// Whether it has ended, and nothing of its output can follow.
    fn is_silent(&self, role: Role) -> bool {
        self.has_ended(role) && self.subject(role).is_some_and(|subject| subject.stdout.pipe().is_none() && subject.stderr.pipe().is_none())
    }

    /// Those that have not ended.
    fn running(&self) -> impl Iterator<Item = Role> {
        [Role::Client, Role::Server].into_iter().filter(|role| self.subject(*role).is_some_and(|subject| subject.end.is_none()))
    }

    /// What a program is doing, for a person: "the client is asleep in read".
    fn describe(&self, role: Role, snapshot: &Snapshot) -> String {
        match self.subject(role) {
            Some(subject) if subject.end.is_none() => format!("the {role} is {}", snapshot.of(subject.pid).describe()),
            _ => format!("the {role} has ended"),
        }
    }

    fn describe_running(&self, snapshot: &Snapshot) -> String {
        self.running().map(|role| self.describe(role, snapshot)).collect::<Vec<_>>().join(", ")
    }

    /// What the kernel says of the client's end and of the server's.
    fn looks(&self) -> Result<[Option<Look>; 2], Trouble> {
        if let Some(relay) = &self.relay {
            return relay.looks();
        }
        if self.client_address.get().is_none() && self.client.is_some() {
            let all = self.near.clients()?;
            self.client_address.set(all.into_iter().find(|client| !self.foreign.contains(client)));
        }
        let Some(client) = self.client_address.get() else { return Ok([None, None]) };
        Ok([self.near.client_end(client)?, self.near.server_end(client)?])
    }

    /// Takes in what is there at one place.
    fn take_in(&mut self, source: Source) {
        let server_has_ended = self.has_ended(Role::Server);
        match source {
            Source::Listener => self.relay.iter_mut().for_each(Relay::accept),
            Source::Relay => self.relay.iter_mut().for_each(|relay| relay.take_in(server_has_ended)),
            Source::Keyboard => self.client.iter_mut().for_each(|client| client.keyboard.push()),
            Source::Stdout(role) => self.subject_mut(role).into_iter().for_each(|subject| subject.stdout.pull()),
            Source::Stderr(role) => self.subject_mut(role).into_iter().for_each(|subject| subject.stderr.pull()),
            Source::End(role) => {
                self.subject_mut(role).into_iter().for_each(|subject| {
                    subject.reap();
                    // What is read after the end is all that there is.
                    subject.stdout.pull();
                    subject.stderr.pull();
                });
                // A relay treats a server that has gone otherwise than one that has only ended its stream.
                if role == Role::Server {
                    self.relay.iter_mut().for_each(|relay| relay.take_in(true));
                }
            }
        }
    }

    /// Writes down what has happened since the last action, always in the same order.
    fn write_down(&mut self) {
        let Self { server, client, steps, .. } = self;
        steps.extend(client.iter_mut().flat_map(|client| client.said(Role::Client)));
        steps.extend(server.iter_mut().flat_map(|server| server.said(Role::Server)));
        steps.extend(client.iter_mut().filter_map(|client| client.ended(Role::Client)));
        steps.extend(server.iter_mut().filter_map(|server| server.ended(Role::Server)));
    }

    /// Ends whatever still runs, and hands over what was seen.
    fn finish(mut self, trouble: Option<Trouble>) -> Seen {
        self.write_down();
        let running: Vec<Role> = self.running().collect();
        if self.remarks.is_empty() && !running.is_empty() {
            self.remarks.push(self.describe_running(&Snapshot::take()));
        }
        self.steps.extend(running.into_iter().map(|role| Step::Ends(role, End::Runs)));
        if let Some(relay) = &mut self.relay {
            relay.reset();
        }
        self.relay = None;
        world::sweep();
        // Otherwise a server without SO_REUSEADDR could not be started again, and would be blamed in the next scenario.
        let is_spent = !self.near.frees_all();
        Seen {
            transcript: Transcript { steps: self.steps },
            remarks: self.remarks,
            stall: self.stall,
            breach: self.meter.breach,
            trouble,
            listens_at: Vec::new(),
            duration: Duration::ZERO,
            is_spent,
        }
    }
}

impl Watched for Pair<'_> {
    fn seems_at_rest(&self) -> bool {
        let running = [&self.server, &self.client].into_iter().flatten().filter(|subject| subject.end.is_none());
        running.into_iter().all(|subject| subject.glance.is_asleep())
    }

    fn pump(&mut self, time: Duration) -> Result<(), Trouble> {
        let mut places = Vec::with_capacity(12);
        for role in [Role::Server, Role::Client] {
            let Some(subject) = self.subject(role) else { continue };
            places.push((Source::End(role), Some(subject.pidfd()).filter(|_| subject.end.is_none()), PollFlags::IN));
            places.push((Source::Stdout(role), subject.stdout.pipe(), PollFlags::IN));
            places.push((Source::Stderr(role), subject.stderr.pipe(), PollFlags::IN));
            places.push((Source::Keyboard, subject.keyboard.wants_to_write(), PollFlags::OUT));
        }
        if let Some(relay) = &self.relay {
            places.push((Source::Listener, relay.listener(), PollFlags::IN));
            places.extend(relay.connections().map(|connection| (Source::Relay, connection.wants_to_read(), connection.flags())));
        }
        for source in ready(&places, time)? {
            self.take_in(source);
        }
        Ok(())
    }

    fn progress(&self) -> Result<Progress, Trouble> {
        let [client, server] = self.looks()?;
        let most = self.script.most_output() as u64;
        let mut all = Progress::default();
        for look in [client, server] {
            all.towards.push(look.map_or(0, |look| look.received.saturating_sub(u64::from(look.unread))));
            all.beside.push(look.map_or(0, |look| look.received));
        }
        for subject in self.server.iter().chain(&self.client) {
            all.towards.extend([subject.stdout.total.min(most), subject.keyboard.unread() as u64, u64::from(subject.end.is_some())]);
            all.beside.extend([subject.stdout.total, u64::from(subject.stdout.pipe().is_some())]);
            all.complained += subject.stderr.total;
        }
        for connection in self.relay.iter().flat_map(Relay::connections) {
            all.towards.push(connection.total.min(self.script.input_len() as u64));
            all.beside.push(connection.total + u64::from(connection.closed.is_some()));
        }
        Ok(all)
    }

    fn is_on_its_way(&self) -> Result<bool, Trouble> {
        if self.near.is_busy() || self.relay.as_ref().is_some_and(Relay::is_busy) {
            return Ok(true);
        }
        let [client, server] = self.looks()?;
        let is_connecting = match &self.relay {
            Some(relay) => relay.is_connecting()?,
            None => {
                let is_awaited = self.client.is_some() && self.client_address.get().is_none();
                is_awaited && self.near.is_connecting()?
            }
        };
        if is_connecting {
            return Ok(true);
        }
        // A server that has been stopped lets the client's words pile up.
        let leaves = client.is_some_and(|look| look.awaits_answer()) && !(self.is_stopped && self.relay.is_none());
        let returns = server.is_some_and(|look| look.awaits_answer());
        let arrives = self.relay.as_ref().is_some_and(|relay| relay.is_arriving([client, server]));
        Ok(leaves || returns || arrives)
    }
}

/// For whom an action is. A burst is passed on whether the server is still there or not.
fn whom(action: &Step) -> Option<Role> {
    match action {
        Step::Typed(_) | Step::TypedEof => Some(Role::Client),
        Step::Control(_, role) => Some(*role),
        Step::Wire(_, Wire::Burst(_)) => None,
        _ => Some(Role::Server),
    }
}

/// These bytes, as they were written in the scenario where they are the same.
fn same_or(written: &Bytes, real: &[u8]) -> Bytes {
    if written.to_vec() == real { written.clone() } else { Bytes::compact(real) }
}
