//! The network between two subjects: it accepts the client on one loopback, connects to the server on another, and passes on what it is
//! told to, as it is told to. What the server sends, and that it has gone, goes back at once.

use super::Trouble;
use super::connection::Connection;
use super::diag::Look;
use super::loopback::Home;
use super::pace::SLACK;
use crate::spec::transcript::Wire;
use socket2::Socket;
use std::os::fd::{AsFd, BorrowedFd};

/// A relay for one client.
pub struct Relay<'a> {
    /// Where the server is.
    near: &'a Home<'a>,
    /// Where the client is.
    far: &'a Home<'a>,
    limit: usize,
    listener: Socket,
    /// The client's connection.
    inbound: Option<Connection>,
    /// The connection to the server.
    outbound: Option<Connection>,
    /// How much of the client's stream has been passed on.
    passed: usize,
    /// How much of the server's stream has gone back.
    returned: usize,
}

impl<'a> Relay<'a> {
    /// Listens on the far loopback; the most that a client will send is about `limit`.
    ///
    /// # Errors
    /// The port is taken there.
    pub fn open(near: &'a Home<'a>, far: &'a Home<'a>, limit: usize) -> Result<Self, Trouble> {
        far.is_free()?;
        let listener = far.listen()?;
        Ok(Self { near, far, limit: SLACK + limit, listener, inbound: None, outbound: None, passed: 0, returned: 0 })
    }

    /// Accepts the client, and connects to the server in its place. A second connection is nobody's.
    pub fn accept(&mut self) {
        while let Ok((socket, address)) = self.listener.accept() {
            if self.inbound.is_none() {
                self.inbound = Connection::accepted(socket, address.as_socket_ipv4(), self.limit).ok();
                self.outbound = Connection::open(self.near, self.limit).ok();
            }
        }
    }

    /// What there is to wait for: a client, or what either of the two sends.
    pub fn listener(&self) -> Option<BorrowedFd<'_>> {
        Some(self.listener.as_fd()).filter(|_| self.inbound.is_none())
    }

    /// The connections that there are.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.inbound.iter().chain(&self.outbound)
    }

    /// Takes in what has come from either side; from a server that has ended nothing more will.
    pub fn take_in(&mut self, server_has_ended: bool) {
        let (Some(inbound), Some(outbound)) = (&mut self.inbound, &mut self.outbound) else { return };
        for connection in [&mut *inbound, &mut *outbound] {
            connection.pull();
            connection.push();
        }
        if outbound.received.len() > self.returned {
            inbound.send(&outbound.received[self.returned..]);
            self.returned = outbound.received.len();
        }
        match &outbound.closed {
            None => {}
            Some(Wire::Reset) => inbound.reset(),
            // What a client sends to a program that is gone is answered with a reset.
            Some(_) if server_has_ended => inbound.close(),
            Some(_) => inbound.finish(),
        }
    }

    /// How many bytes the client has sent so far.
    pub fn sent(&self) -> usize {
        self.inbound.as_ref().map_or(0, |connection| connection.received.len())
    }

    /// How many of them have not been passed on.
    pub fn pending(&self) -> usize {
        self.sent() - self.passed
    }

    /// How the client has ended its stream, once it has.
    pub fn end(&self) -> Option<&Wire> {
        self.inbound.as_ref()?.closed.as_ref()
    }

    /// Passes on the next bytes, as many as there are of `len`, and says which.
    pub fn pass(&mut self, len: usize) -> Vec<u8> {
        let next = len.min(self.pending());
        let (Some(inbound), Some(outbound)) = (&self.inbound, &mut self.outbound) else { return Vec::new() };
        let bytes = inbound.received[self.passed..self.passed + next].to_vec();
        self.passed += next;
        outbound.send(&bytes);
        bytes
    }

    /// Passes on how the client has ended its stream.
    pub fn pass_end(&mut self) {
        let is_reset = self.end() == Some(&Wire::Reset);
        let Some(outbound) = &mut self.outbound else { return };
        if is_reset { outbound.reset() } else { outbound.finish() }
    }

    /// Ends both connections with a reset.
    pub fn reset(&mut self) {
        self.inbound.iter_mut().chain(&mut self.outbound).for_each(Connection::reset);
    }

    /// Whether the server holds the connection.
    pub fn is_accepted(&self) -> Result<bool, Trouble> {
        match &self.outbound {
            Some(connection) => Ok(connection.look(self.near)?.is_some_and(|look| look.is_held) || connection.closed.is_some()),
            None => Ok(false),
        }
    }

    /// Whether the server has read all that was passed on.
    pub fn is_read(&self, server_is_stopped: bool) -> Result<bool, Trouble> {
        self.outbound.as_ref().map_or(Ok(true), |connection| connection.is_read(self.near, server_is_stopped))
    }

    /// Whether one of the connections is about to come about.
    pub fn is_connecting(&self) -> Result<bool, Trouble> {
        match &self.outbound {
            Some(outbound) => Ok(outbound.is_connecting()),
            None => self.far.is_connecting(),
        }
    }

    /// Whether the client waits for this process to answer a system call, which it will.
    pub fn is_busy(&self) -> bool {
        self.far.is_busy()
    }

    /// Whether something is on its way to the client's end or to the server's, of which the kernel says this.
    pub fn is_arriving(&self, looks: [Option<Look>; 2]) -> bool {
        let mut ends = [&self.inbound, &self.outbound].into_iter().zip(looks).filter_map(|(one, look)| one.as_ref().zip(look));
        ends.any(|(connection, look)| connection.is_arriving(look))
    }

    /// What the kernel says of the client's end and of the server's. What they have sent to a connection that is closed here is on its
    /// way until it has been answered with a reset.
    pub fn looks(&self) -> Result<[Option<Look>; 2], Trouble> {
        let look = |connection: &Option<Connection>, home: &Home<'_>| match connection {
            Some(connection) => connection.look(home),
            None => Ok(None),
        };
        Ok([look(&self.inbound, self.far)?, look(&self.outbound, self.near)?])
    }
}
