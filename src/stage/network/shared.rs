//! The connection of two subjects that share a loopback. Only the kernel knows it.

use crate::stage::diag::Look;
use crate::stage::loopback::Endpoint;
use crate::stage::trouble::Trouble;
use std::cell::Cell;
use std::net::SocketAddrV4;

/// The connection of two subjects that share a loopback.
pub struct SharedConnection {
    /// Whether the client was started.
    pub has_client: bool,
    /// The client's end, once it was found.
    client_end: Cell<Option<SocketAddrV4>>,
    /// The clients' ends of connections that were there before, on the machine's own loopback.
    foreign: Vec<SocketAddrV4>,
}

impl SharedConnection {
    /// There is none yet.
    pub fn before(endpoint: &Endpoint<'_>) -> Self {
        Self { has_client: false, client_end: Cell::new(None), foreign: endpoint.clients().unwrap_or_default() }
    }

    /// Whether the client was started, and has not connected yet.
    pub fn is_awaited(&self) -> bool {
        self.has_client && self.client_end.get().is_none()
    }

    /// The client's end and the server's, as far as they are there.
    pub fn looks(&self, endpoint: &Endpoint<'_>) -> Result<[Option<Look>; 2], Trouble> {
        if self.client_end.get().is_none() && self.has_client {
            let all = endpoint.clients()?;
            self.client_end.set(all.into_iter().find(|client| !self.foreign.contains(client)));
        }
        let Some(client) = self.client_end.get() else { return Ok([None, None]) };
        Ok([endpoint.client_end(client)?, endpoint.server_end(client)?])
    }
}
