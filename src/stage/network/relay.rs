//! The relay between two subjects: it forwards the client's stream as the scenario says. It returns the server's stream, and its end, at
//! once.

use super::{FIRST, Kind, Network, impossible};
use crate::spec::bytes::Bytes;
use crate::spec::transcript::{Peer, Step, Wire};
use crate::stage::connection::Connection;
use crate::stage::trouble::Trouble;

impl Network<'_> {
    /// How many bytes the client has sent so far.
    pub(super) fn sent(&self) -> usize {
        self.client.as_ref().map_or(0, |connection| connection.received.len())
    }

    /// How the client has ended its stream, once it has.
    pub(super) fn client_end(&self) -> Option<&Wire> {
        self.client.as_ref()?.closed.as_ref()
    }

    /// How many of the client's bytes were not forwarded yet.
    fn pending(&self) -> usize {
        if let Kind::Relay { to_server, .. } = self.kind { self.sent() - to_server } else { 0 }
    }

    /// Whether the client has sent what is forwarded next, or will not send it.
    pub fn has_to_forward(&self, wire: &Wire) -> bool {
        let has_all = if let Wire::Bytes(bytes) | Wire::Burst(bytes) = wire { self.pending() >= bytes.len() } else { false };
        has_all || self.client_end().is_some()
    }

    /// Does one thing as a relay, and returns what this really was.
    pub(super) fn forward(&mut self, wire: &Wire) -> Result<Vec<Step>, Trouble> {
        let step = |wire| Step::Wire(Peer::Relay, wire);
        Ok(match wire {
            Wire::Bytes(bytes) => vec![step(Wire::Bytes(same_or(bytes, &self.forward_bytes(bytes.len()))))],
            Wire::Burst(bytes) => vec![step(Wire::Burst(same_or(bytes, &self.forward_bytes(bytes.len()))))],
            Wire::Fin => {
                // Forward unexpected bytes too: a network keeps nothing back.
                let more = self.forward_bytes(usize::MAX);
                let more = (!more.is_empty()).then(|| step(Wire::Burst(Bytes::compact(&more))));
                let end = self.client_end().cloned().unwrap_or(Wire::Fin);
                self.clients.values_mut().for_each(|server| if end == Wire::Reset { server.reset() } else { server.finish() });
                more.into_iter().chain([step(end)]).collect()
            }
            Wire::Reset => {
                self.client.iter_mut().chain(self.clients.values_mut()).for_each(Connection::reset);
                vec![step(Wire::Reset)]
            }
            Wire::Connect | Wire::Closes | Wire::AnyCut(_) => return Err(impossible(&step(wire.clone()))),
        })
    }

    /// Forwards the client's next bytes, as many as there are of `len`, and returns them.
    fn forward_bytes(&mut self, len: usize) -> Vec<u8> {
        let next = len.min(self.pending());
        let server = self.clients.get_mut(&FIRST);
        let (Kind::Relay { to_server, .. }, Some(client), Some(server)) = (&mut self.kind, &self.client, server) else {
            return Vec::new();
        };
        let bytes = client.received[*to_server..*to_server + next].to_vec();
        *to_server += next;
        server.send(&bytes);
        bytes
    }

    /// Reads what either side has sent, and returns the server's part to the client. A server that has ended sends nothing more.
    pub fn return_to_client(&mut self, server_has_ended: bool) {
        let server = self.clients.get_mut(&FIRST);
        let (Kind::Relay { to_client, .. }, Some(client), Some(server)) = (&mut self.kind, &mut self.client, server) else {
            return;
        };
        for connection in [&mut *client, &mut *server] {
            connection.pull();
            connection.push();
        }
        if server.received.len() > *to_client {
            client.send(&server.received[*to_client..]);
            *to_client = server.received.len();
        }
        match &server.closed {
            None => {}
            Some(Wire::Reset) => client.reset(),
            // If the client sends more to a program that is gone, it gets a reset.
            Some(_) if server_has_ended => client.close(),
            Some(_) => client.finish(),
        }
    }
}

/// These bytes, as the scenario writes them where they are the same.
fn same_or(written: &Bytes, real: &[u8]) -> Bytes {
    if written.to_vec() == real { written.clone() } else { Bytes::compact(real) }
}
