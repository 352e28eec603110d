//! The network between a subject and its peer. A single subject talks to the harness. Two talk to each other: over one loopback, where the
//! harness only looks on, or through a relay, each on a loopback of its own. The harness holds one connection with each subject that it
//! talks to.

mod kernel;
mod relay;
mod shared;

use super::allowance::{KEPT_OF_FLOOD, SLACK};
use super::connection::Connection;
use super::events::{Place, Source};
use super::loopback::Endpoint;
use super::script::{Due, Script};
use super::trouble::Trouble;
use crate::spec::bytes::Bytes;
use crate::spec::role::Role;
use crate::spec::transcript::{Given, Peer, Step, Wire};

use rustix::event::PollFlags;
use shared::SharedConnection;
use socket2::Socket;
use std::net::SocketAddrV4;
use std::os::fd::AsFd;

/// A client that has connected more often floods.
pub const MOST_CONNECTIONS: usize = 64;

/// The network of one scenario.
pub struct Network<'a> {
    kind: Kind,
    /// Where 127.0.0.1 is for the server, or for the only subject.
    first: &'a Endpoint<'a>,
    /// Where 127.0.0.1 is for the client.
    second: &'a Endpoint<'a>,
    /// The most that a subject should send, in bytes.
    most: usize,
    listener: Option<Socket>,
    /// The harness's connection with a client subject.
    client: Option<Connection>,
    /// The harness's connection with a server subject.
    server: Option<Connection>,
    /// Connections that are not judged: a second client's, or those that a client subject opened besides the first.
    others: Vec<Connection>,
    /// How often a single client has connected.
    pub connects: usize,
    /// The clients' ends of all connections with a single subject.
    client_ends: Vec<SocketAddrV4>,
    written: Written,
}

enum Kind {
    /// The harness is the peer of the only subject. Whether another program is to listen on the port, too.
    Direct { subject: Role, listens: bool },
    /// Two subjects share a loopback.
    Shared(SharedConnection),
    /// The harness is between two subjects. How many bytes of either stream were forwarded.
    Relay { to_server: usize, to_client: usize },
}

/// How much of a single subject's connection is in the transcript.
#[derive(Default)]
struct Written {
    connects: usize,
    received: usize,
    is_closed: bool,
}

impl<'a> Network<'a> {
    /// The network that the scenario asks for. A relay needs the second loopback.
    ///
    /// # Errors
    /// There is no second loopback.
    pub fn new(first: &'a Endpoint<'a>, second: Option<&'a Endpoint<'a>>, script: &Script<'_>) -> Result<Self, Trouble> {
        let scenario = script.scenario;
        let (kind, most) = match scenario.subject().alone() {
            Some(subject) => {
                let listens = scenario.givens.first().map_or(subject == Role::Client, |given| *given == Given::PortTaken);
                (Kind::Direct { subject, listens }, script.wire.len())
            }
            None if !scenario.has_relay() => (Kind::Shared(SharedConnection::before(first)), 0),
            None if second.is_some() => (Kind::Relay { to_server: 0, to_client: 0 }, script.input_len()),
            None => return Err("a relay needs two loopbacks, and here is only the machine's own".into()),
        };
        Ok(Self {
            kind,
            first,
            second: second.unwrap_or(first),
            most,
            listener: None,
            client: None,
            server: None,
            others: Vec::new(),
            connects: 0,
            client_ends: Vec::new(),
            written: Written::default(),
        })
    }

    /// Where 127.0.0.1 is for this subject.
    pub fn endpoint(&self, role: Role) -> &'a Endpoint<'a> {
        if role == Role::Server { self.first } else { self.second }
    }

    /// Prepares for a subject that is started next.
    ///
    /// # Errors
    /// The harness has to listen on a port that is taken.
    pub fn prepare(&mut self, role: Role) -> Result<(), Trouble> {
        match &mut self.kind {
            Kind::Direct { listens: true, .. } => self.listener = Some(self.first.listen()?),
            Kind::Shared(shared) => shared.has_client = role == Role::Client,
            Kind::Relay { .. } if role == Role::Client => {
                self.second.is_free()?;
                self.listener = Some(self.second.listen()?);
            }
            _ => {}
        }
        Ok(())
    }

    /// The connection with a single subject that the scenario is about.
    pub fn main(&self) -> Option<&Connection> {
        if self.is_direct() { self.client.as_ref().or(self.server.as_ref()) } else { None }
    }

    /// The same, to act on it.
    pub fn main_mut(&mut self) -> Option<&mut Connection> {
        if self.is_direct() { self.client.as_mut().or(self.server.as_mut()) } else { None }
    }

    fn is_direct(&self) -> bool {
        matches!(self.kind, Kind::Direct { .. })
    }

    /// Whether the harness does not read from a single subject now.
    pub fn is_paused(&self) -> bool {
        self.main().is_some_and(|connection| connection.is_paused)
    }

    /// How many bytes are kept of what a subject sends.
    fn limit(&self) -> usize {
        SLACK + self.most
    }

    /// Does one thing on the wire. Returns what this really was: a relay can forward only what there is.
    ///
    /// # Errors
    /// The system has no socket or no port to give; or the harness cannot do such an action.
    pub fn act(&mut self, action: &Step) -> Result<Vec<Step>, Trouble> {
        match (action, &self.kind) {
            (Step::Wire(_, wire), Kind::Relay { .. }) => return self.forward(wire),
            (Step::Wire(peer, Wire::Connect), Kind::Direct { .. }) => {
                let connection = Connection::open(self.first, self.limit()).map_err(|error| format!("connect: {error}"))?;
                self.client_ends.push(connection.client());
                if *peer == Peer::Client2 { self.others.push(connection) } else { self.server = Some(connection) }
            }
            (Step::Wire(peer, wire), Kind::Direct { .. }) => {
                let connection = if *peer == Peer::Client2 { self.others.first_mut() } else { self.main_mut() };
                connection.into_iter().for_each(|connection| connection.act(wire));
            }
            (Step::Pause | Step::Resume, Kind::Direct { .. }) => {
                self.main_mut().into_iter().for_each(|connection| connection.is_paused = *action == Step::Pause);
            }
            _ => return Err(impossible(action)),
        }
        Ok(vec![action.clone()])
    }

    /// Forgets the connection of a server that is started again. It ends as a user's client would end it, with a FIN: the system then keeps
    /// the address.
    pub fn restart(&mut self) {
        self.written = Written { connects: self.written.connects, ..Written::default() };
        (self.client, self.server) = (None, None);
    }

    /// Where the harness waits for bytes and connections. A relay has one client.
    pub fn places(&self) -> Vec<Place<'_>> {
        let connections = self.client.iter().chain(&self.server).chain(&self.others).enumerate();
        let places = connections.map(|(i, connection)| (Source::Connection(i), connection.wants_to_read(), connection.flags()));
        let listener = self.listener.as_ref().filter(|_| self.is_direct() || self.client.is_none());
        places.chain([(Source::Listener, listener.map(AsFd::as_fd), PollFlags::IN)]).collect()
    }

    /// Takes in what has arrived at one of these places. A server that has ended sends nothing more.
    pub fn take_in(&mut self, source: Source, server_has_ended: bool) {
        match (source, &self.kind) {
            (Source::Connection(_), Kind::Relay { .. }) => self.return_to_client(server_has_ended),
            (Source::Connection(i), _) => {
                let is_client = self.client.is_some();
                let Some(connection) = self.client.iter_mut().chain(&mut self.server).chain(&mut self.others).nth(i) else { return };
                connection.pull();
                connection.push();
                // The tutorial's server closes when its client has: a client may wait for that.
                if is_client && connection.closed == Some(Wire::Fin) {
                    connection.finish();
                }
            }
            // The harness only holds the port: it accepts no connection.
            (_, Kind::Direct { subject: Role::Server, .. }) => {}
            _ => self.accept(),
        }
    }

    fn accept(&mut self) {
        let limit = self.limit();
        while self.connects <= MOST_CONNECTIONS
            && let Some(Ok((socket, address))) = self.listener.as_ref().map(Socket::accept)
        {
            let is_first = self.client.is_none();
            // Bytes on other connections than the first are not judged.
            let connection = Connection::accepted(socket, address.as_socket_ipv4(), if is_first { limit } else { 0 });
            if self.is_direct() {
                self.connects += 1;
                self.client_ends.extend(connection.as_ref().map(Connection::client));
            } else if is_first {
                self.server = Connection::open(self.first, limit).ok();
            } else {
                // A relay has one client.
                continue;
            }
            if is_first { self.client = connection.ok() } else { self.others.extend(connection) }
        }
    }

    /// Whether a single client has connected as often as is due, and the subject has closed its connection where that is due.
    pub fn connections_are_met(&self, due: &Due) -> bool {
        self.connects >= due.connects && !(due.closes && self.main().is_some_and(|connection| connection.closed.is_none()))
    }

    /// Whether the harness has received all bytes that are due. Of what a pair's client sends, the number of bytes counts, up to its end.
    /// Where two subjects share a loopback, only what the server prints tells.
    pub fn wire_is_met(&self, due: &Due, script: &Script<'_>) -> bool {
        match &self.kind {
            Kind::Direct { .. } => {
                let wire = self.main().map_or(&[][..], |connection| &connection.received);
                wire.len() >= due.wire && wire[..due.wire] == script.wire[..due.wire]
            }
            Kind::Shared(_) => true,
            Kind::Relay { .. } => self.sent() >= due.wire || self.client_end().is_some(),
        }
    }

    /// Whether nothing that a single subject has sent is wrong so far.
    pub fn wire_may_become_right(&self, due: &Due, script: &Script<'_>) -> bool {
        self.main().is_none_or(|connection| script.wire[..due.wire].starts_with(&connection.received))
    }

    /// Forgets most of a single subject's flood, and does not read more of it.
    pub fn cut_flood(&mut self) {
        let kept = self.written.received.max(self.most + KEPT_OF_FLOOD);
        if let Some(connection) = self.main_mut() {
            connection.received.truncate(kept);
            connection.is_paused = true;
        }
    }

    /// How often a single client has connected since the last call.
    pub fn new_connects(&mut self) -> usize {
        self.connects - std::mem::replace(&mut self.written.connects, self.connects)
    }

    /// Bytes and the end of a single subject's connection since the last call.
    pub fn news(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        let Kind::Direct { subject, .. } = self.kind else { return steps };
        let Some(connection) = self.client.as_ref().or(self.server.as_ref()) else { return steps };
        if connection.received.len() > self.written.received {
            steps.push(Step::Wire(subject.peer(), Wire::Bytes(Bytes::compact(&connection.received[self.written.received..]))));
            self.written.received = connection.received.len();
        }
        if let Some(closed) = connection.closed.as_ref().filter(|_| !self.written.is_closed) {
            steps.push(Step::Wire(subject.peer(), closed.clone()));
            self.written.is_closed = true;
        }
        steps
    }

    /// The bytes that a server has sent to a second client since the last call. What a client sends over another connection is not kept.
    pub fn sent_to_second_client(&mut self) -> Vec<u8> {
        self.others.iter_mut().flat_map(|connection| std::mem::take(&mut connection.received)).collect()
    }

    /// Ends all connections of the harness, and stops listening. A reset leaves no TIME_WAIT on the port, unless both sides have closed
    /// already.
    pub fn close(&mut self) {
        self.client.iter_mut().chain(&mut self.server).chain(&mut self.others).for_each(Connection::reset);
        self.listener = None;
    }

    /// Frees the port once the subjects are gone. Returns whether it is free for the next scenario.
    pub fn frees_port(&self) -> bool {
        if self.is_direct() { self.first.frees(&self.client_ends) } else { self.first.frees_all() }
    }
}

fn impossible(action: &Step) -> Trouble {
    format!("the harness cannot do `{action}`")
}
