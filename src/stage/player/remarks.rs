//! Remarks for people, besides the transcript. They call a single subject "it", and two "the server", "the client" or "they".

use super::{Player, Settled, Wait, target};
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::Role;
use crate::spec::transcript::{Peer, Step, Wire, nth_client};
use crate::stage::allowance::{FLOODING, FLOODING_UNJUDGED};
use crate::stage::network::MOST_CONNECTIONS;
use crate::stage::threads::Snapshot;
use crate::stage::trouble::Trouble;
use std::time::Duration;

impl Player<'_> {
    /// Ends the wait because a subject sleeps and has not read, or done, what the wait is for. Adds a remark.
    pub(super) fn stop_unread(&mut self, wait: Wait<'_>, snapshot: &Snapshot) -> Settled {
        let port = self.request.port;
        let (role, what) = match wait {
            Wait::Start(_) if self.alone().is_some() => {
                let _ = self.remark_where_it_is();
                return Settled::Stuck;
            }
            Wait::Start(Role::Server) => (Role::Server, format!("does not listen on 127.0.0.1:{port}")),
            Wait::Start(Role::Client) => (Role::Client, format!("has not connected to 127.0.0.1:{port}")),
            Wait::ToForward(Wire::Bytes(bytes) | Wire::Burst(bytes)) => (Role::Client, format!("has not sent {}", quoted(bytes))),
            Wait::ToForward(_) => (Role::Client, "has not ended its stream".into()),
            Wait::Action(Step::Wire(Peer::Other(number), wire)) => {
                let client = nth_client(*number);
                self.has_not_read |= matches!(wire, Wire::Bytes(_));
                let what = match wire {
                    Wire::Connect => format!("has not accepted the connection of {client}"),
                    Wire::Bytes(bytes) => format!("has not read {} from {client}", quoted(bytes)),
                    _ => format!("has not noticed that {client} has gone"),
                };
                (Role::Server, what)
            }
            Wait::Action(Step::Wire(_, Wire::Connect)) => (Role::Server, "has not accepted the connection".into()),
            Wait::Action(action @ (Step::Typed(_, bytes) | Step::Wire(_, Wire::Bytes(bytes)))) => {
                self.has_not_read = true;
                (target(action).unwrap_or(Role::Server), format!("has not read {}", quoted(bytes)))
            }
            Wait::Action(action) => (target(action).unwrap_or(Role::Server), format!("has not reacted to `{action}`")),
            Wait::End => return Settled::GoOn,
        };
        let name = if self.alone().is_some() { "it".into() } else { format!("the {role}") };
        self.asleep_in = self.alone().and_then(|_| snapshot.asleep_in());
        self.remarks.push(format!("{name} {what}: {}", self.describe(role, snapshot)));
        Settled::Stuck
    }

    /// The state of a subject: "it is asleep in read", "the client is asleep in read".
    fn describe(&self, role: Role, snapshot: &Snapshot) -> String {
        if self.alone().is_some() {
            return format!("it is {}", snapshot.describe());
        }
        match self.subjects.get(role) {
            Some(subject) if subject.end.is_none() => format!("the {role} is {}", snapshot.of(subject.pid).describe()),
            _ => format!("the {role} has ended"),
        }
    }

    /// The states of all subjects that have not ended.
    pub(super) fn describe_running(&self, snapshot: &Snapshot) -> String {
        self.subjects.running().map(|(role, _)| self.describe(role, snapshot)).collect::<Vec<_>>().join(", ")
    }

    /// A subject uses the CPU, and makes no progress.
    pub(super) fn describe_spinning(&self, has_read: bool, snapshot: &Snapshot) -> String {
        match (self.alone(), has_read) {
            (Some(_), true) => "it spins: it uses the CPU, and nothing comes of it".into(),
            (Some(_), false) => "it spins, and does not read".into(),
            (None, _) => format!("they use the CPU, and nothing comes of it: {}", self.describe_running(snapshot)),
        }
    }

    /// The time limit has passed. `doing` is how the subjects were seen last, and whether they spin; `None` if they were never quiet.
    pub(super) fn describe_late(&self, time: Duration, doing: Option<(&Snapshot, bool)>) -> String {
        let time = humantime::format_duration(time);
        match (self.alone(), doing) {
            (Some(_), None) => format!("it was not done after {time}: it is never quiet"),
            (Some(_), Some((_, true))) => format!("it was not done after {time}: it spins"),
            (Some(role), Some((snapshot, false))) => format!("it was not done after {time}: {}", self.describe(role, snapshot)),
            (None, None) => format!("they were not done after {time}, and were never quiet"),
            (None, Some((snapshot, _))) => format!("they were not done after {time}: {}", self.describe_running(snapshot)),
        }
    }

    /// The machine is too busy to judge anything.
    pub(super) fn overloaded(&self) -> Trouble {
        let programs = if self.alone().is_some() { "program" } else { "programs" };
        format!("the machine is overloaded: the {programs} had too little CPU time to be judged")
    }

    /// Says that a single subject has closed its stdout and goes on: the harness cannot see what it prints.
    pub(super) fn remark_closed_stdout(&mut self) {
        const REMARK: &str = "it has closed its stdout";
        let subject = self.alone().and_then(|role| self.subjects.get(role));
        let has_closed = subject.is_some_and(|subject| subject.end.is_none() && subject.stdout.pipe().is_none());
        if has_closed && !self.remarks.iter().any(|remark| remark == REMARK) {
            self.remarks.push(REMARK.into());
        }
    }

    /// Whether a subject has printed or sent so much more than it may that it will hardly stop; or has complained without end, and done
    /// nothing else.
    pub(super) fn flood(&self, is_judged: bool, complained: u64) -> Option<String> {
        match self.alone() {
            Some(_) => self.flood_of_one(if is_judged { FLOODING } else { FLOODING_UNJUDGED }, complained),
            None => self.flood_of_pair(complained),
        }
    }

    fn flood_of_one(&self, limit: u64, complained: u64) -> Option<String> {
        let (most, connects) = (self.script.most_output() as u64, self.network.connects);
        let printed = self.printed().1;
        if printed > most + limit {
            Some(format!("it floods its output: {printed} bytes so far"))
        // A subject that sends back all that it prints is soon done.
        } else if let Some((client, sent)) = self.network.flood(most + limit) {
            let with = if client > 1 { format!(" with {}", nth_client(client)) } else { String::new() };
            Some(format!("it floods its connection{with}: {sent} bytes so far"))
        } else if complained > FLOODING {
            Some(format!("it floods stderr: {complained} bytes, and nothing else was done"))
        } else if connects > MOST_CONNECTIONS {
            Some(format!("it connects without end: {connects} times so far"))
        } else {
            None
        }
    }

    /// All output of a pair is judged, and what the two send is theirs.
    fn flood_of_pair(&self, complained: u64) -> Option<String> {
        let most = self.script.most_output() as u64;
        let of_output = [Role::Server, Role::Client].into_iter().find_map(|role| {
            let excess = self.subjects.get(role)?.stdout.total.saturating_sub(most);
            (excess > FLOODING).then(|| format!("the {role} floods its output: {excess} bytes more than may be due so far"))
        });
        let of_stderr = || (complained > FLOODING).then(|| format!("they flood stderr: {complained} bytes, and nothing else was done"));
        of_output.or_else(of_stderr)
    }

    /// Forgets most of a flood.
    pub(super) fn cut_flood(&mut self) {
        let kept = self.script.kept_of_flood();
        self.subjects.iter_mut().for_each(|(_, subject)| subject.stdout.cut(kept));
        self.network.cut_flood();
    }
}

fn quoted(bytes: &Bytes) -> String {
    excerpt(&bytes.to_vec(), 40)
}
