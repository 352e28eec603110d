//! The state of the subjects' ends of their connections, from the kernel.

use super::{Kind, Network};
use crate::spec::role::Role;
use crate::spec::transcript::{Control, Step, Wire};
use crate::stage::budget::Progress;
use crate::stage::diag::Look;
use crate::stage::trouble::Trouble;

impl Network<'_> {
    /// The client's end and the server's, if a subject holds it. After the harness has closed a single subject's connection, it no longer
    /// counts what happens there as progress.
    fn looks(&self) -> Result<[Option<Look>; 2], Trouble> {
        if let Kind::Shared(shared) = &self.kind {
            return shared.looks(self.first);
        }
        let mut looks = [None, None];
        for (look, (connection, endpoint)) in looks.iter_mut().zip([(&self.client, self.second), (&self.server, self.first)]) {
            if let Some(connection) = connection.as_ref().filter(|connection| connection.is_open() || !self.is_direct()) {
                *look = connection.look(endpoint)?;
            }
        }
        Ok(looks)
    }

    /// Whether a client that was started is connected. Where the harness is its server, only rest tells that a client will not connect.
    pub fn is_accepted(&self) -> Result<bool, Trouble> {
        let [_, server] = if self.is_direct() { return Ok(true) } else { self.looks()? };
        Ok(server.is_some_and(|look| look.is_held) || self.server.as_ref().is_some_and(|connection| connection.closed.is_some()))
    }

    /// Whether the server has read what this action has sent or let through, or will not read it. Clients need not read what the harness
    /// sends, and that is not judged.
    pub fn is_read(&self, action: &Step, server_is_stopped: bool) -> Result<bool, Trouble> {
        let is_sent = match action {
            Step::Control(Control::Continue, _) if !self.is_direct() => {
                let [_, server] = self.looks()?;
                return Ok(server.is_none_or(|look| look.unread == 0 || look.state.is_over()));
            }
            Step::Wire(_, Wire::Connect | Wire::Bytes(_) | Wire::Fin) | Step::Control(Control::Continue, _) | Step::Idle(_) => true,
            _ => false,
        };
        let connection = self.server.as_ref().filter(|connection| is_sent && (connection.is_open() || !self.is_direct()));
        connection.map_or(Ok(true), |connection| connection.is_read(self.first, server_is_stopped))
    }

    /// How much the subjects have read, and how much the harness has received.
    pub fn progress(&self) -> Result<Progress, Trouble> {
        let mut progress = Progress::default();
        for look in self.looks()? {
            progress.towards.push(look.map_or(0, |look| look.received.saturating_sub(u64::from(look.unread))));
            progress.beside.push(look.map_or(0, |look| look.received));
        }
        progress.towards.push(self.connects as u64);
        for connection in self.client.iter().chain(&self.server) {
            progress.towards.push(connection.total.min(self.most as u64));
            progress.beside.push(connection.total + u64::from(connection.closed.is_some()));
        }
        Ok(progress)
    }

    /// Whether something is on its way that will wake a subject.
    pub fn is_on_its_way(&self, server_is_stopped: bool) -> Result<bool, Trouble> {
        if self.first.is_busy() || self.second.is_busy() {
            return Ok(true);
        }
        if let Kind::Shared(shared) = &self.kind {
            let [client, server] = self.looks()?;
            // While the server is stopped, the client's words pile up, and wake no program.
            let to_server = client.is_some_and(|look| look.awaits_answer()) && !server_is_stopped;
            let to_client = server.is_some_and(|look| look.awaits_answer());
            let is_awaited = shared.is_awaited();
            return Ok(to_server || to_client || is_awaited && self.first.is_connecting()?);
        }
        for (connection, endpoint) in [(&self.client, self.second), (&self.server, self.first)] {
            if let Some(connection) = connection
                && connection.is_on_its_way(endpoint)?
            {
                return Ok(true);
            }
        }
        // A client waits for its connection until the kernel answers.
        let awaits_client = self.client.is_none() && !matches!(self.kind, Kind::Direct { subject: Role::Server, .. });
        Ok(awaits_client && self.second.is_connecting()?)
    }
}
