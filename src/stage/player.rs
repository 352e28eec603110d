//! Plays one scenario with one subject or two, and returns what it saw.
//!
//! This file holds the order of things. After each action the player waits until its effects are visible (`settle`), and then writes down
//! what has happened since the last action (`transcribe`).

mod events;
mod idle;
mod last_words;
mod questions;
mod remarks;
mod rest;
mod settle;
mod subjects;
mod tidy;
mod transcribe;
mod wait;
mod whereabouts;

use super::backoff::Backoff;
use super::holdings::Baseline;
use super::limits::Meter;
use super::loopback::Endpoint;
use super::network::Network;
use super::protocol::Request;
use super::script::Script;
use super::seen::Seen;
use super::stimulus::Stimulus;
use super::threads::Snapshot;
use super::trouble::Trouble;
use crate::spec::bytes::Along;
use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, Peer, Scenario, Step, Wire};
use rustix::process::Signal;
use std::cell::Cell;
use std::net::SocketAddr;
use subjects::Subjects;
use wait::Wait;

/// Plays the scenario, and leaves nothing behind. A relay needs the second loopback.
pub fn play<'a>(
    first: &'a Endpoint<'a>,
    second: Option<&'a Endpoint<'a>>,
    request: &'a Request,
    scenario: &'a Scenario,
) -> Result<Seen, Trouble> {
    let script = Script::new(scenario, &request.dialect);
    let mut player = Player {
        request,
        network: Network::new(first, second, &script)?,
        script,
        subjects: Subjects::default(),
        earlier_output: Vec::new(),
        alike: Cell::default(),
        server_is_stopped: false,
        baseline: None,
        old_listener_remains: false,
        backoff: Backoff::new(&request.stalls),
        steps: Vec::new(),
        remarks: Vec::new(),
        stall: None,
        meter: Meter::new(request.limits),
        listens_at: Vec::new(),
        tried: Vec::new(),
        uses_datagrams: false,
        asleep_in: None,
        asks_for: None,
        has_not_read: false,
    };
    let trouble = player.play().err();
    Ok(player.finish(trouble))
}

/// How a wait has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    /// The conversation can go on.
    GoOn,
    /// The only subject has ended.
    Ended,
    /// The conversation cannot go on: a subject does not do what the next actions need.
    Stuck,
}

struct Player<'a> {
    request: &'a Request,
    network: Network<'a>,
    script: Script<'a>,
    subjects: Subjects,
    /// The output of a subject before it was started again.
    earlier_output: Vec<u8>,
    /// How far the output follows the expected one, where any number stands for a value.
    alike: Cell<Along>,
    server_is_stopped: bool,
    /// What the server held when it was to be tidy for the first time.
    baseline: Option<Baseline>,
    /// Whether a process left over from the previous start still holds the port.
    old_listener_remains: bool,
    backoff: Backoff,
    steps: Vec<Step>,
    remarks: Vec<String>,
    stall: Option<Stimulus>,
    meter: Meter,
    /// Where a server listens that does not listen where it should.
    listens_at: Vec<SocketAddr>,
    /// Where a client has tried to connect that has not connected where it should.
    tried: Vec<SocketAddr>,
    uses_datagrams: bool,
    /// The system call in which a single subject sleeps, as the last remark says it.
    asleep_in: Option<String>,
    /// How many bytes a single subject asks for that sleeps in a call that receives.
    asks_for: Option<usize>,
    has_not_read: bool,
}

impl Player<'_> {
    fn play(&mut self) -> Result<(), Trouble> {
        let mut settled = self.begin()?;
        self.write_down();
        let actions: Vec<&Step> = self.script.actions().collect();
        let mut skipped = 0;
        for (i, action) in actions.iter().enumerate() {
            // A subject is started again only when it has ended.
            if settled == Settled::Stuck || is_restart(action) && settled != Settled::Ended {
                break;
            }
            if self.comes_too_late(action, settled) {
                skipped += 1;
            } else {
                settled = self.perform(action, i + 1)?;
            }
        }
        if settled == Settled::GoOn && self.waits_for_more_input() {
            self.perform(&Step::TypedEof(Role::Client), actions.len())?;
        }
        match self.alone() {
            // The other subject may not be done yet.
            None if skipped > 0 && settled == Settled::GoOn => {
                self.settle(Wait::End, actions.len())?;
                self.write_down();
            }
            Some(_) if skipped > 0 && !self.has_ended_as_due() => {
                let plural = if skipped == 1 { "" } else { "s" };
                self.remarks.push(format!("{skipped} more step{plural} of the conversation could not be played"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Starts the subjects, the server before its client, and waits until each is ready.
    fn begin(&mut self) -> Result<Settled, Trouble> {
        let roles = self.script.scenario.subject().roles();
        let endpoint = self.network.endpoint(roles[0]);
        endpoint.is_free()?;
        if self.alone() == Some(Role::Client) {
            endpoint.forget_attempts();
        }
        let mut port_kept = if roles.contains(&Role::Server) { endpoint.kept() } else { None };
        let mut settled = Settled::GoOn;
        for &role in roles {
            self.network.prepare(role)?;
            self.start(role)?;
            settled = self.settle(Wait::Start(role), 0)?;
            if let Some(kept) = port_kept.take().filter(|_| !self.is_connected()) {
                return Err(kept);
            }
            if settled == Settled::Stuck {
                break;
            }
        }
        if settled == Settled::Ended && self.expects_connection() {
            if !self.is_connected() {
                self.remark_what_it_had_tried();
            }
            if !Snapshot::take_sharp().is_empty() {
                let remark =
                    "it has ended, and left a process behind: what is started is what is judged, so it must not go into the background";
                self.remarks.push(remark.into());
            }
        }
        Ok(settled)
    }

    fn start(&mut self, role: Role) -> Result<(), Trouble> {
        let roles = self.script.scenario.subject().roles();
        let program = &self.request.programs[usize::from(role != roles[0])];
        let subject = self.network.endpoint(role).start(program, &self.request.limits, self.script.kept_output())?;
        *self.subjects.slot(role) = Some(subject);
        Ok(())
    }

    /// Whether to skip the action, because its subject has ended. After a single subject has ended, only two actions make sense: to start
    /// it again, and to read what is still on its way.
    fn comes_too_late(&self, action: &Step, settled: Settled) -> bool {
        match self.alone() {
            Some(_) => settled == Settled::Ended && !is_restart(action) && !matches!(action, Step::Resume(_)),
            None => target(action).is_some_and(|role| self.subjects.has_ended(role)),
        }
    }

    /// Whether a client that should have ended may still have output to show. A client that reads all of its input before it sends anything
    /// breaks the rules about *when* words are sent, and shows only at the end of its input that it keeps the other rules.
    fn waits_for_more_input(&self) -> bool {
        let is_about_when = [Facet::End, Facet::HangUp, Facet::WirePrompt, Facet::Idle].into_iter().any(|facet| self.script.owns(facet));
        let has_typed_eof = self.steps.contains(&Step::TypedEof(Role::Client));
        let is_connected_client = self.alone() == Some(Role::Client) && self.is_connected();
        is_connected_client && !self.subjects.has_ended(Role::Client) && !is_about_when && !has_typed_eof
    }

    /// Does one thing, and waits until its effects are visible. `actions` is how many are done then.
    fn perform(&mut self, action: &Step, actions: usize) -> Result<Settled, Trouble> {
        if let Step::Wire(Peer::Relay, wire @ (Wire::Bytes(_) | Wire::Burst(_) | Wire::Fin)) = action {
            let settled = self.settle(Wait::ToForward(wire), actions)?;
            self.write_down();
            let is_burst = matches!(wire, Wire::Burst(_));
            if settled == Settled::Stuck || self.subjects.has_ended(Role::Server) && !is_burst {
                return Ok(settled);
            }
        }
        self.act(action)?;
        let settled = match action {
            Step::Wire(_, Wire::Burst(_)) => Settled::GoOn,
            Step::Control(Control::Start, role) => self.settle(Wait::Start(*role), actions)?,
            action => self.settle(Wait::Action(action), actions)?,
        };
        self.write_down();
        Ok(settled)
    }

    /// Does one thing, and writes it down.
    fn act(&mut self, action: &Step) -> Result<(), Trouble> {
        let mut done = vec![action.clone()];
        match action {
            Step::Typed(role, bytes) => {
                self.subjects.get_mut(*role).into_iter().for_each(|subject| subject.keyboard.type_bytes(&bytes.to_vec()));
            }
            Step::TypedEof(role) => self.subjects.get_mut(*role).into_iter().for_each(|subject| subject.keyboard.end()),
            Step::Control(Control::Start, role) => self.restart(*role)?,
            Step::Control(control, role) => self.signal(*control, *role),
            Step::Silence => {}
            // What is measured is seen, not done.
            step if step.is_measurement() => done.clear(),
            _ => {
                // What a client has received so far stands before its next connection.
                if let Step::Wire(peer, Wire::Connect) = action
                    && self.network.pull(*peer)
                {
                    self.write_down();
                }
                done = self.network.act(action)?;
            }
        }
        self.steps.extend(done);
        Ok(())
    }

    fn signal(&mut self, control: Control, role: Role) {
        let signal = match control {
            Control::Kill => Signal::KILL,
            Control::Stop => Signal::STOP,
            _ => Signal::CONT,
        };
        if role == Role::Server {
            self.server_is_stopped = control == Control::Stop;
        }
        self.subjects.get(role).into_iter().for_each(|subject| subject.signal(signal));
    }

    /// Starts a subject again, which has ended.
    fn restart(&mut self, role: Role) -> Result<(), Trouble> {
        if let Some(subject) = self.subjects.slot(role).take() {
            self.earlier_output.extend_from_slice(subject.stdout.kept());
        }
        self.network.restart();
        self.baseline = None;
        self.old_listener_remains = self.listens()?;
        self.start(role)
    }

    /// The role of the only subject; `None` where there are two.
    fn alone(&self) -> Option<Role> {
        self.script.scenario.subject().alone()
    }
}

fn is_restart(action: &Step) -> bool {
    matches!(action, Step::Control(Control::Start, _))
}

/// The subject that an action is for. A burst is forwarded whether the server has ended or not.
fn target(action: &Step) -> Option<Role> {
    match action {
        Step::Typed(role, _) | Step::TypedEof(role) | Step::Control(_, role) => Some(*role),
        Step::Wire(_, Wire::Burst(_)) => None,
        _ => Some(Role::Server),
    }
}
