//! The network between a subject and its peer. A single subject talks to the harness. Two talk to each other: over one loopback, where the
//! harness only looks on, or through a relay, each on a loopback of its own. The harness holds one connection with each subject that it
//! talks to. With a single server it may hold many, as many clients.

mod kernel;
mod relay;
mod shared;

use super::connection::Connection;
use super::events::{Place, Source};
use super::loopback::Endpoint;
use super::script::{Due, Script};
use super::trouble::Trouble;
use crate::spec::role::Role;
use crate::spec::transcript::{Given, MOST_CLIENTS, Peer, Step, Wire};

use rustix::event::PollFlags;
use shared::SharedConnection;
use socket2::Socket;
use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::os::fd::AsFd;

/// The number of the first client, and of the only one.
const FIRST: u8 = 1;

/// A client that has connected more often floods.
pub const MOST_CONNECTIONS: usize = 64;

/// The network of one scenario.
pub struct Network<'a> {
    kind: Kind,
    /// Where 127.0.0.1 is for the server, or for the only subject.
    first: &'a Endpoint<'a>,
    /// Where 127.0.0.1 is for the client.
    second: &'a Endpoint<'a>,
    /// The most bytes that a subject should send over one connection of each client, by its number; of a pair, over any.
    most: Vec<usize>,
    listener: Option<Socket>,
    /// The harness's connection with a client subject.
    client: Option<Connection>,
    /// The harness's connections with a server subject, as clients, by number. A relay is the only client.
    clients: BTreeMap<u8, Connection>,
    /// Connections that a client subject opened besides the first. They are not judged.
    others: Vec<Connection>,
    /// Connections of clients that have connected again since. What still comes of them is not judged.
    former: Vec<Connection>,
    /// How often a single client has connected, and how often that was written down.
    pub connects: usize,
    told_connects: usize,
    /// The clients' ends of all connections with a single subject, in the order in which they were made.
    client_ends: Vec<SocketAddrV4>,
}

enum Kind {
    /// The harness is the peer of the only subject. Whether another program is to listen on the port, too.
    Direct { subject: Role, listens: bool },
    /// Two subjects share a loopback.
    Shared(SharedConnection),
    /// The harness is between two subjects. How many bytes of either stream were forwarded.
    Relay { to_server: usize, to_client: usize },
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
                (Kind::Direct { subject, listens }, (0..=MOST_CLIENTS).map(|client| script.streams.longest(client)).collect())
            }
            None if !scenario.has_relay() => (Kind::Shared(SharedConnection::before(first)), Vec::new()),
            None if second.is_some() => (Kind::Relay { to_server: 0, to_client: 0 }, vec![script.input_len(); 2]),
            None => return Err("a relay needs two loopbacks, and here is only the machine's own".into()),
        };
        Ok(Self {
            kind,
            first,
            second: second.unwrap_or(first),
            most,
            listener: None,
            client: None,
            clients: BTreeMap::new(),
            others: Vec::new(),
            former: Vec::new(),
            connects: 0,
            told_connects: 0,
            client_ends: Vec::new(),
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

    /// The connection with a single subject: a client's only one, or a server's with its first client.
    pub fn main(&self) -> Option<&Connection> {
        if self.is_direct() { self.client.as_ref().or(self.clients.get(&FIRST)) } else { None }
    }

    fn is_direct(&self) -> bool {
        matches!(self.kind, Kind::Direct { .. })
    }

    /// The connections of a single subject that are judged, by the numbers of their clients.
    fn judged(&self) -> impl Iterator<Item = (u8, &Connection)> {
        let clients = self.clients.iter().map(|(number, connection)| (*number, connection));
        self.client.iter().map(|connection| (FIRST, connection)).chain(clients).filter(|_| self.is_direct())
    }

    /// The connections that the harness holds. [`Source::Connection`] counts them.
    fn held(&self) -> impl Iterator<Item = &Connection> {
        self.client.iter().chain(self.clients.values()).chain(&self.others)
    }

    fn held_mut(&mut self) -> impl Iterator<Item = &mut Connection> {
        self.client.iter_mut().chain(self.clients.values_mut()).chain(&mut self.others)
    }

    /// The connection on which a peer acts that the harness plays.
    fn of(&self, peer: Peer) -> Option<&Connection> {
        self.client.as_ref().filter(|_| peer == Peer::Server).or_else(|| self.clients.get(&number(peer)?))
    }

    fn of_mut(&mut self, peer: Peer) -> Option<&mut Connection> {
        self.client.as_mut().filter(|_| peer == Peer::Server).or_else(|| self.clients.get_mut(&number(peer)?))
    }

    /// Whether the harness does not read now at the connection of this action, or at any if the action has none.
    pub fn is_paused(&self, action: Option<&Step>) -> bool {
        let peer = match action {
            Some(Step::Wire(peer, _) | Step::Pause(peer) | Step::Resume(peer)) => Some(*peer),
            _ => None,
        };
        let is_any_paused = || self.judged().any(|(_, connection)| connection.is_paused);
        peer.map_or_else(is_any_paused, |peer| self.of(peer).is_some_and(|connection| connection.is_paused))
    }

    /// Reads again from all connections.
    pub fn resume_all(&mut self) {
        self.held_mut().for_each(|connection| connection.is_paused = false);
    }

    /// Whether nothing more will come of the connections that are judged.
    pub fn is_over(&self) -> bool {
        self.judged().all(|(_, connection)| connection.is_over())
    }

    /// Takes in what has arrived at a client. Returns whether it has a connection.
    pub fn pull(&mut self, client: Peer) -> bool {
        self.of_mut(client).map(Connection::pull).is_some()
    }

    /// Does one thing on the wire. Returns what this really was: a relay can forward only what there is.
    ///
    /// # Errors
    /// The system has no socket or no port to give; or the harness cannot do such an action.
    pub fn act(&mut self, action: &Step) -> Result<Vec<Step>, Trouble> {
        match (action, &self.kind) {
            (Step::Wire(_, wire), Kind::Relay { .. }) => return self.forward(wire),
            (Step::Wire(peer, Wire::Connect), Kind::Direct { .. }) => self.connect(*peer)?,
            (Step::Wire(peer, wire), Kind::Direct { .. }) => {
                self.of_mut(*peer).into_iter().for_each(|connection| connection.act(wire));
            }
            (Step::Pause(peer), Kind::Direct { .. }) => self.of_mut(*peer).into_iter().for_each(Connection::pause),
            (Step::Resume(peer), Kind::Direct { .. }) => {
                self.of_mut(*peer).into_iter().for_each(|connection| connection.is_paused = false);
            }
            _ => return Err(impossible(action)),
        }
        Ok(vec![action.clone()])
    }

    /// A client connects, for the first time or again. It ends its earlier connection as a user's client would, with a FIN.
    fn connect(&mut self, peer: Peer) -> Result<(), Trouble> {
        let number = number(peer).ok_or_else(|| impossible(&Step::Wire(peer, Wire::Connect)))?;
        if let Some(mut former) = self.clients.remove(&number) {
            former.close();
            // If the server has closed its end, nothing can wake the server there.
            self.former.extend(Some(former).filter(|former| former.closed.is_none()));
        }
        let most = self.most.get(usize::from(number)).copied().unwrap_or_default();
        let connection = Connection::open(self.first, most).map_err(|error| format!("connect: {error}"))?;
        self.client_ends.push(connection.client());
        self.clients.insert(number, connection);
        Ok(())
    }

    /// Forgets the connections of a server that is started again. They end as a user's client would end them, with a FIN: the system then
    /// keeps the address.
    pub fn restart(&mut self) {
        self.client = None;
        self.clients.clear();
        self.former.clear();
    }

    /// Where the harness waits for bytes and connections. A relay has one client.
    pub fn places(&self) -> Vec<Place<'_>> {
        let places = self.held().enumerate().map(|(i, connection)| (Source::Connection(i), connection.wants_to_read(), connection.flags()));
        let listener = self.listener.as_ref().filter(|_| self.is_direct() || self.client.is_none());
        places.chain([(Source::Listener, listener.map(AsFd::as_fd), PollFlags::IN)]).collect()
    }

    /// Takes in what has arrived at one of these places. A server that has ended sends nothing more.
    pub fn take_in(&mut self, source: Source, server_has_ended: bool) {
        match (source, &self.kind) {
            (Source::Connection(_), Kind::Relay { .. }) => self.return_to_client(server_has_ended),
            (Source::Connection(i), _) => {
                let is_client = self.client.is_some();
                let Some(connection) = self.held_mut().nth(i) else { return };
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
        let most = self.most[usize::from(FIRST)];
        while self.connects <= MOST_CONNECTIONS
            && let Some(Ok((socket, address))) = self.listener.as_ref().map(Socket::accept)
        {
            let is_first = self.client.is_none();
            // Bytes on other connections than the first are not judged.
            let connection = Connection::accepted(socket, address.as_socket_ipv4(), most);
            let connection = if is_first { connection } else { connection.map(Connection::without_bytes) };
            if self.is_direct() {
                self.connects += 1;
                self.client_ends.extend(connection.as_ref().map(Connection::client));
            } else if is_first {
                self.clients.extend(Connection::open(self.first, most).ok().map(|connection| (FIRST, connection)));
            } else {
                // A relay has one client.
                continue;
            }
            if is_first { self.client = connection.ok() } else { self.others.extend(connection) }
        }
    }

    /// Whether a single client has connected as often as is due, and the subject has closed its connections where that is due.
    pub fn connections_are_met(&self, due: &Due, script: &Script<'_>) -> bool {
        self.connects >= due.connects && self.closings_are_met(due, script)
    }

    /// Whether a single subject has closed its connections where that is due. A client of a server cannot see that while it does not read.
    pub fn closings_are_met(&self, due: &Due, script: &Script<'_>) -> bool {
        let is_due = |client| script.streams.of(client, due.actions).is_some_and(|stream| stream.is_closed(due.actions));
        let cannot_see = |connection: &Connection| connection.is_paused && self.client.is_none();
        self.judged().all(|(client, connection)| connection.closed.is_some() || cannot_see(connection) || !is_due(client))
    }

    /// Whether the harness has received all bytes that are due, at each client that reads. Of what a pair's client sends, the number of bytes
    /// counts, up to its end. Where two subjects share a loopback, only what the server prints tells.
    pub fn wire_is_met(&self, due: &Due, script: &Script<'_>) -> bool {
        let bytes = |client| script.streams.of(client, due.actions).map_or(&[][..], |stream| stream.bytes(due.actions));
        match &self.kind {
            Kind::Direct { subject: Role::Client, .. } => {
                self.main().map_or(&[][..], |connection| &connection.received).starts_with(bytes(FIRST))
            }
            Kind::Direct { .. } => {
                self.clients.iter().all(|(client, connection)| connection.is_paused || connection.received.starts_with(bytes(*client)))
            }
            Kind::Shared(_) => true,
            Kind::Relay { .. } => self.sent() >= due.sent || self.client_end().is_some(),
        }
    }

    /// Whether nothing that a single client has sent is wrong so far.
    pub fn wire_may_become_right(&self, due: &Due, script: &Script<'_>) -> bool {
        let bytes = script.streams.of(FIRST, due.actions).map_or(&[][..], |stream| stream.bytes(due.actions));
        self.main().is_none_or(|connection| bytes.starts_with(&connection.received))
    }

    /// How many bytes more than it should a single subject has sent over all connections. Where these are more than `limit`, also the client
    /// that got most of them, and how many bytes it got.
    pub fn flood(&self, limit: u64) -> Option<(u8, u64)> {
        let all: u64 = self.judged().map(|(_, connection)| connection.excess()).sum();
        let most = self.judged().max_by_key(|(_, connection)| connection.excess()).filter(|_| all > limit)?;
        Some((most.0, most.1.total))
    }

    /// Forgets most of a single subject's flood, and does not read more of it.
    pub fn cut_flood(&mut self) {
        if self.is_direct() {
            let all = self.client.iter_mut().chain(self.clients.values_mut());
            all.filter(|connection| connection.excess() > 0).for_each(Connection::cut_flood);
        }
    }

    /// How often a single client has connected since the last call.
    pub fn new_connects(&mut self) -> usize {
        self.connects - std::mem::replace(&mut self.told_connects, self.connects)
    }

    /// Bytes and the ends of a single subject's connections since the last call.
    pub fn news(&mut self) -> Vec<Step> {
        if !self.is_direct() {
            return Vec::new();
        }
        let of_client = self.client.iter_mut().flat_map(Connection::news).map(|wire| Step::Wire(Peer::Client, wire));
        let of_server = self.clients.iter_mut().flat_map(|(number, connection)| {
            let to = |wire| if *number == FIRST { Step::Wire(Peer::Server, wire) } else { Step::ToOther(*number, wire) };
            connection.news().into_iter().map(to)
        });
        of_client.chain(of_server).collect()
    }

    /// How many connections with a single subject were made.
    pub fn connections_made(&self) -> usize {
        self.client_ends.len()
    }

    /// The clients' ports of all connections with a single subject, in the order in which they were made.
    pub fn ports(&self) -> Vec<u16> {
        self.client_ends.iter().map(SocketAddrV4::port).collect()
    }

    /// Ends all connections of the harness, and stops listening. A reset leaves no TIME_WAIT on the port, unless both sides have closed
    /// already.
    pub fn close(&mut self) {
        self.held_mut().for_each(Connection::reset);
        self.listener = None;
    }

    /// Frees the port once the subjects are gone. Returns whether it is free for the next scenario.
    pub fn frees_port(&self) -> bool {
        if self.is_direct() { self.first.frees(&self.client_ends) } else { self.first.frees_all() }
    }
}

/// The number of the client that a peer is. A relay is a server's only client.
fn number(peer: Peer) -> Option<u8> {
    peer.client().or((peer == Peer::Relay).then_some(FIRST))
}

fn impossible(action: &Step) -> Trouble {
    format!("the harness cannot do `{action}`")
}
