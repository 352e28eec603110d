//! All clients of a server: which of them it serves, and when.

use crate::model::server::Server;
use crate::model::stimuli::Stimuli;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, ReplyTo, Serves};
use crate::spec::role::Role;
use crate::spec::transcript::{End, Peer, Step, Wire};
use std::collections::{BTreeMap, VecDeque};

/// A server process with its clients, from its start to its end. After a restart there is a new one.
pub struct Crowd<'a> {
    dialect: &'a Dialect,
    stimuli: &'a Stimuli,
    /// The present connection of each client, by the number of the client.
    connections: BTreeMap<u8, Server<'a>>,
    /// The clients that wait until they are served.
    queue: VecDeque<u8>,
    /// The client that a server serves which serves one at a time.
    serving: Option<u8>,
    /// How many clients were served or are being served.
    served: usize,
    /// How many clients have connected in the scenario so far.
    connected: usize,
    is_stopped: bool,
    /// The clients that do not read now, each with what the server has sent to it meanwhile, and whether it has closed the connection.
    paused: BTreeMap<u8, (Vec<u8>, bool)>,
}

impl<'a> Crowd<'a> {
    /// A server that has just been started, after so many connections of the scenario.
    pub fn new(dialect: &'a Dialect, stimuli: &'a Stimuli, connected: usize) -> Self {
        let (connections, queue) = (BTreeMap::new(), VecDeque::new());
        Self { dialect, stimuli, connections, queue, serving: None, served: 0, connected, is_stopped: false, paused: BTreeMap::new() }
    }

    /// How many clients have connected in the scenario so far.
    pub fn connected(&self) -> usize {
        self.connected
    }

    /// What it prints before anybody has connected.
    pub fn starts(&self) -> Vec<Step> {
        Server::new(self.dialect, self.stimuli, 0, 0).starts()
    }

    /// A client does something on the wire.
    pub fn takes(&mut self, client: u8, wire: &Wire, is_cut_open: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        if *wire == Wire::Connect {
            let waits = self.dialect.serves != Serves::Many && (self.is_busy() || self.dialect.serves.ends_after(self.served));
            self.connected += 1;
            let mut connection = Server::new(self.dialect, self.stimuli, self.connected, self.served + 1);
            if waits || self.is_stopped {
                connection.stops();
            }
            if waits {
                self.queue.push_back(client);
            } else {
                (self.serving, self.served) = (Some(client), self.served + 1);
            }
            steps.extend(as_seen_by(client, connection.accepts()));
            self.connections.insert(client, connection);
        } else if let Some(connection) = self.connections.get_mut(&client) {
            let reactions = connection.receives(wire, is_cut_open);
            steps.extend(self.distributed(client, reactions));
        }
        steps.extend(self.serves_next());
        steps
    }

    /// A client stops reading. It does not get what the server sends until [`Crowd::resumes`].
    pub fn pauses(&mut self, client: u8) {
        self.paused.entry(client).or_default();
    }

    /// A client reads again.
    pub fn resumes(&mut self, client: u8) -> Vec<Step> {
        let (bytes, is_closed) = self.paused.remove(&client).unwrap_or_default();
        let bytes = (!bytes.is_empty()).then(|| Step::Wire(Peer::Server, Wire::Bytes(Bytes::compact(&bytes))));
        let closes = is_closed.then_some(Step::Wire(Peer::Server, Wire::Closes));
        as_seen_by(client, bytes.into_iter().chain(closes).collect())
    }

    /// These steps without those that a client does not see because it does not read.
    pub fn as_read(&mut self, mut steps: Vec<Step>) -> Vec<Step> {
        steps.retain(|step| {
            let Some((client, wire)) = step.to_client() else { return true };
            let Some((bytes, is_closed)) = self.paused.get_mut(&client) else { return true };
            match wire {
                Wire::Bytes(more) => bytes.extend(more.to_vec()),
                Wire::Closes => *is_closed = true,
                _ => return true,
            }
            false
        });
        steps
    }

    /// The operator types something, for the client that is served.
    pub fn operator_types(&mut self, bytes: &[u8]) -> Vec<Step> {
        let Some(client) = self.serving else { return Vec::new() };
        let connection = self.connections.get_mut(&client);
        let mut steps = as_seen_by(client, connection.map(|connection| connection.operator_types(bytes)).unwrap_or_default());
        steps.extend(self.serves_next());
        steps
    }

    /// The bursts of a client are complete.
    pub fn completes_burst(&mut self, client: u8) -> Vec<Step> {
        let burst = self.connections.get_mut(&client).map(Server::reads_to_the_end_of_the_burst);
        self.distributed(client, burst.unwrap_or_default())
    }

    /// SIGSTOP: the input is kept until [`Crowd::continues`].
    pub fn stops(&mut self) {
        self.is_stopped = true;
        self.connections.values_mut().for_each(Server::stops);
    }

    /// SIGCONT: the server reads the input that has arrived.
    pub fn continues(&mut self) -> Vec<Step> {
        self.is_stopped = false;
        let mut steps = Vec::new();
        for client in self.served_clients() {
            let connection = self.connections.get_mut(&client);
            let (greeting, reactions) =
                connection.map(|connection| (connection.accepts_if_stopped(), connection.continues())).unwrap_or_default();
            steps.extend(as_seen_by(client, greeting));
            steps.extend(self.distributed(client, reactions));
        }
        steps.extend(self.serves_next());
        steps
    }

    /// The end of the conversation: the rest of the output, and the status if the server ends by itself.
    pub fn ends(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for client in self.served_clients() {
            steps.extend(self.completes_burst(client));
            if self.dialect.serves == Serves::One {
                let closing = self.connections.get_mut(&client).map(Server::closes_unless_over);
                steps.extend(as_seen_by(client, closing.unwrap_or_default()));
            }
        }
        let is_over = self.dialect.serves == Serves::One || !self.is_busy() && self.dialect.serves.ends_after(self.served);
        steps.extend(is_over.then_some(Step::Ends(Role::Server, End::Exits(0))));
        steps
    }

    /// The clients that do not wait until they are served.
    fn served_clients(&self) -> Vec<u8> {
        self.connections.keys().copied().filter(|client| !self.queue.contains(client)).collect()
    }

    /// The reactions to what a client has sent: the replies go to this client, or to others.
    fn distributed(&self, client: u8, steps: Vec<Step>) -> Vec<Step> {
        if self.dialect.reply_to == ReplyTo::Sender {
            return as_seen_by(client, steps);
        }
        let is_addressed = |other: &u8| self.dialect.reply_to == ReplyTo::All || *other != client;
        let mut distributed = Vec::new();
        for step in steps {
            if let Step::Wire(Peer::Server, Wire::Bytes(_)) = step {
                // The sender was there when it sent this, though the same message may have ended its connection.
                let is_there = |(other, connection): &(&u8, &Server<'_>)| **other == client || !connection.is_over();
                let connected = self.connections.iter().filter(is_there).map(|(other, _)| *other);
                let addressed = connected.filter(is_addressed);
                distributed.extend(addressed.flat_map(|other| as_seen_by(other, vec![step.clone()])));
            } else {
                distributed.extend(as_seen_by(client, vec![step]));
            }
        }
        distributed
    }

    /// Whether a server that serves one client at a time serves one now.
    fn is_busy(&self) -> bool {
        self.serving.and_then(|client| self.connections.get(&client)).is_some_and(|connection| !connection.is_over())
    }

    /// A server that serves one client at a time takes the next one when it is free.
    fn serves_next(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while self.dialect.serves != Serves::Many && !self.is_stopped && !self.is_busy() && !self.dialect.serves.ends_after(self.served) {
            let Some(client) = self.queue.pop_front() else { break };
            (self.serving, self.served) = (Some(client), self.served + 1);
            let count = self.served;
            let connection = self.connections.get_mut(&client);
            steps.extend(as_seen_by(client, connection.map(|connection| connection.is_served_as(count)).unwrap_or_default()));
        }
        steps
    }
}

/// What the server sends to its first client is written in one way, and what it sends to others in another.
fn as_seen_by(client: u8, steps: Vec<Step>) -> Vec<Step> {
    let renamed = steps.into_iter().map(|step| match step {
        Step::Wire(Peer::Server, wire) if client > 1 => Step::ToOther(client, wire),
        step => step,
    });
    renamed.collect()
}
