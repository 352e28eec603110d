//! The state of the subjects' ends of their connections, from the kernel.

use super::{FIRST, Kind, Network};
use crate::spec::role::Role;
use crate::spec::transcript::{Control, Peer, Step, Wire};
use crate::stage::budget::Progress;
use crate::stage::connection::{Connection, Reading};
use crate::stage::diag::Look;
use crate::stage::loopback::Endpoint;
use crate::stage::trouble::Trouble;

impl Network<'_> {
    /// The client's end and the server's of a pair.
    fn ends_of_pair(&self) -> Result<[Option<Look>; 2], Trouble> {
        if let Kind::Shared(shared) = &self.kind {
            return shared.looks(self.first);
        }
        let look = |connection: Option<&Connection>, endpoint| connection.map_or(Ok(None), |connection| connection.look(endpoint));
        Ok([look(self.client.as_ref(), self.second)?, look(self.clients.get(&FIRST), self.first)?])
    }

    /// The harness's connections that may wake a subject, each with its endpoint. If the harness has closed a connection of a single subject,
    /// what happens there later is no progress, but may wake the subject.
    fn connections(&self) -> impl Iterator<Item = (&Connection, &Endpoint<'_>)> {
        let of_server = self.clients.values().chain(&self.former).map(|connection| (connection, self.first));
        self.client.iter().map(|connection| (connection, self.second)).chain(of_server)
    }

    /// Whether a client that was started is connected. Where the harness is its server, only rest tells that a client will not connect.
    pub fn is_accepted(&self) -> Result<bool, Trouble> {
        let [_, server] = if self.is_direct() { return Ok(true) } else { self.ends_of_pair()? };
        Ok(server.is_some_and(|look| look.is_held) || self.clients.get(&FIRST).is_some_and(|connection| connection.closed.is_some()))
    }

    /// Whether the server has read what this action has sent or let through, or will not read it. Clients need not read what the harness
    /// sends, and that is not judged.
    pub fn is_read(&self, action: &Step, server_is_stopped: bool) -> Result<bool, Trouble> {
        let is_read = |connection: &Connection| {
            if !connection.is_open() && self.is_direct() {
                return Ok(Reading::Read);
            }
            connection.reading(self.first, server_is_stopped)
        };
        match action {
            Step::Control(Control::Continue, _) if !self.is_direct() => {
                let [_, server] = self.ends_of_pair()?;
                Ok(server.is_none_or(|look| look.unread == 0 || look.state.is_over()))
            }
            Step::Wire(peer, Wire::Connect | Wire::Bytes(_) | Wire::Fin) => {
                let connection = self.of(*peer).filter(|_| *peer != Peer::Server);
                Ok(connection.map_or(Ok(Reading::Read), is_read)? == Reading::Read)
            }
            Step::Control(Control::Continue, _) | Step::Idle(_) => {
                // A server that has other clients need not have accepted all.
                let has_others = self.clients.len() > 1;
                for connection in self.clients.values() {
                    match is_read(connection)? {
                        Reading::Read => {}
                        Reading::Unaccepted if has_others => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    /// How much the subjects have read, and how much the harness has received.
    pub fn progress(&self) -> Result<Progress, Trouble> {
        let mut progress = Progress::default();
        if let Kind::Shared(_) = &self.kind {
            for look in self.ends_of_pair()? {
                progress.towards.push(look.map_or(0, |look| look.received.saturating_sub(u64::from(look.unread))));
                progress.beside.push(look.map_or(0, |look| look.received));
            }
        }
        for (connection, endpoint) in self.connections().filter(|(connection, _)| connection.is_open() || !self.is_direct()) {
            let [arrived, read] = connection.progress(endpoint)?;
            progress.towards.extend([read, connection.total.min(connection.most as u64)]);
            progress.beside.extend([arrived, connection.total + u64::from(connection.closed.is_some())]);
        }
        progress.towards.push(self.connects as u64);
        Ok(progress)
    }

    /// Whether something is on its way that will wake a subject.
    pub fn is_on_its_way(&self, server_is_stopped: bool) -> Result<bool, Trouble> {
        if self.first.is_busy() || self.second.is_busy() {
            return Ok(true);
        }
        if let Kind::Shared(shared) = &self.kind {
            let [client, server] = self.ends_of_pair()?;
            // While the server is stopped, the client's words pile up, and wake no program.
            let to_server = client.is_some_and(|look| look.awaits_answer()) && !server_is_stopped;
            let to_client = server.is_some_and(|look| look.awaits_answer());
            let is_awaited = shared.is_awaited();
            return Ok(to_server || to_client || is_awaited && self.first.is_connecting()?);
        }
        for (connection, endpoint) in self.connections() {
            if connection.is_on_its_way(endpoint)? {
                return Ok(true);
            }
        }
        // A client waits for its connection until the kernel answers.
        let awaits_client = self.client.is_none() && !matches!(self.kind, Kind::Direct { subject: Role::Server, .. });
        Ok(awaits_client && self.second.is_connecting()?)
    }
}
