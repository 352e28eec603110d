//! The harness's end of a connection to the subject.

use super::diag::Look;
use super::loopback::Endpoint;
use super::trouble::Trouble;
use crate::spec::transcript::Wire;
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// One connection, from the harness's side.
pub struct Connection {
    /// `None` once the harness has closed the connection.
    socket: Option<Socket>,
    /// The address of the client's end, whichever side that is. The server's end is at the subject's endpoint.
    client: SocketAddrV4,
    /// Whether the harness is the client.
    is_ours: bool,
    waiting: Vec<u8>,
    written: usize,
    /// How many bytes the harness has sent or will send.
    given: u64,
    ends: bool,
    has_ended: bool,
    /// Whether the harness has ended it with a reset.
    is_reset: bool,
    /// The bytes that the subject has sent, up to a limit.
    pub received: Vec<u8>,
    /// How many bytes the subject has sent, kept or not.
    pub total: u64,
    limit: usize,
    /// How the subject closed it, once it has.
    pub closed: Option<Wire>,
    /// Whether the harness leaves what arrives in the kernel's buffer for now.
    pub is_paused: bool,
}

impl Connection {
    /// Connects to the subject, which listens. Does not wait until the connection is there.
    ///
    /// # Errors
    /// The system has no socket or no port to give.
    pub fn open(endpoint: &Endpoint<'_>, limit: usize) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&endpoint.address().into()) {
            Err(error) if error.raw_os_error() != Some(Errno::INPROGRESS.raw_os_error()) => return Err(error),
            _ => {}
        }
        let client = socket.local_addr()?.as_socket_ipv4();
        Self::new(socket, client, true, limit)
    }

    /// A connection that the subject has opened.
    ///
    /// # Errors
    /// The connection was gone before it was looked at.
    pub fn accepted(socket: Socket, from: Option<SocketAddrV4>, limit: usize) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Self::new(socket, from, false, limit)
    }

    fn new(socket: Socket, client: Option<SocketAddrV4>, is_ours: bool, limit: usize) -> io::Result<Self> {
        // Without this, a segment would leave only when the one before is acknowledged.
        socket.set_tcp_nodelay(true)?;
        Ok(Self {
            socket: Some(socket),
            // All connections of the harness's are of IPv4.
            client: client.unwrap_or(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0)),
            is_ours,
            waiting: Vec::new(),
            written: 0,
            given: 0,
            ends: false,
            has_ended: false,
            is_reset: false,
            received: Vec::new(),
            total: 0,
            limit,
            closed: None,
            is_paused: false,
        })
    }

    /// The subject's end, as the kernel knows it.
    pub fn look(&self, endpoint: &Endpoint<'_>) -> Result<Option<Look>, Trouble> {
        if self.is_ours { endpoint.server_end(self.client) } else { endpoint.client_end(self.client) }
    }

    /// Whether the kernel says that the subject has read all that was sent, or will not read it. A stopped subject reads nothing: there it
    /// is enough that all has arrived.
    pub fn is_read(&self, endpoint: &Endpoint<'_>, reader_is_stopped: bool) -> Result<bool, Trouble> {
        if self.wants_to_write() {
            return Ok(false);
        }
        // A socket that the subject has closed discards what arrives. That counts as read.
        let Some(look) = self.look(endpoint)? else { return Ok(self.closed.is_some()) };
        let has_arrived = look.received >= self.sent();
        Ok(look.state.is_over() || look.is_held && has_arrived && (look.unread == 0 || reader_is_stopped))
    }

    /// Whether something is on its way between the harness and the subject that will wake one of them.
    pub fn is_on_its_way(&self, endpoint: &Endpoint<'_>) -> Result<bool, Trouble> {
        if self.is_connecting() {
            return Ok(true);
        }
        let look = self.look(endpoint)?;
        // If this end is closed, the kernel answers what arrives with a reset. Until then it is on its way.
        Ok(look.is_some_and(|look| look.awaits_answer() && !self.is_paused || self.is_arriving(look)))
    }

    /// Whether the connection was asked for, and the answer is on its way.
    fn is_connecting(&self) -> bool {
        !self.is_paused && self.closed.is_none() && self.socket.as_ref().is_some_and(|socket| socket.peer_addr().is_err())
    }

    /// Whether something that was sent, or the end of the stream, is still on its way to the subject's end, of which the kernel says this.
    fn is_arriving(&self, look: Look) -> bool {
        // Nothing arrives any more at an end that no program holds, once it is closed.
        let is_open = look.is_held || !look.state.is_over();
        // When the reset has arrived, the kernel knows no such socket.
        is_open && (self.is_reset || look.received < self.sent())
    }

    /// The client's end.
    pub fn client(&self) -> SocketAddrV4 {
        self.client
    }

    /// Does one thing of a client's or of a server's.
    pub fn act(&mut self, wire: &Wire) {
        match wire {
            Wire::Bytes(bytes) | Wire::Burst(bytes) => self.send(&bytes.to_vec()),
            Wire::Fin => {
                // Read first what the subject has sent: to close with unread bytes resets the connection.
                self.pull();
                self.finish();
            }
            Wire::Closes => self.close(),
            Wire::Reset => self.reset(),
            Wire::Connect | Wire::AnyCut(_) => {}
        }
    }

    /// Sends these bytes, in one write if the system allows that.
    pub fn send(&mut self, bytes: &[u8]) {
        self.waiting.drain(..self.written);
        self.written = 0;
        self.waiting.extend_from_slice(bytes);
        self.given += bytes.len() as u64;
        self.push();
    }

    /// Ends the stream after all bytes that are still to be sent.
    pub fn finish(&mut self) {
        self.ends = true;
        self.push();
    }

    /// Closes the socket: the system sends a FIN, and answers what still arrives with a reset.
    pub fn close(&mut self) {
        if self.socket.take().is_some() {
            // Bytes that the system has not taken by now are never sent.
            self.given -= (self.waiting.len() - self.written) as u64;
            self.written = self.waiting.len();
            self.has_ended = true;
        }
    }

    /// Ends the connection with a reset, which leaves nothing behind on either side.
    pub fn reset(&mut self) {
        if let Some(socket) = self.socket.take() {
            let _ = socket.set_linger(Some(Duration::ZERO));
            self.is_reset = true;
        }
    }

    /// Writes as much as the system takes. If the subject has closed its end, the rest is discarded: that is an observation, not an error.
    pub fn push(&mut self) {
        let Some(socket) = &self.socket else { return };
        while self.written < self.waiting.len() {
            match send(socket, &self.waiting[self.written..], SendFlags::NOSIGNAL) {
                Ok(n) => self.written += n,
                Err(Errno::INTR) => {}
                // Not connected yet, as a second client that is not accepted.
                Err(Errno::AGAIN | Errno::NOTCONN) => return,
                Err(_) => self.written = self.waiting.len(),
            }
        }
        if self.ends && !self.has_ended {
            self.has_ended = true;
            let _ = shutdown(socket, Shutdown::Write);
        }
    }

    /// Reads what is there now, at most some buffers full.
    pub fn pull(&mut self) {
        const ROUNDS: usize = 64;
        let mut buffer = [0; 16 << 10];
        for _ in 0..ROUNDS {
            let Some(socket) = self.socket.as_ref().filter(|_| self.closed.is_none() && !self.is_paused) else { return };
            match recv(socket, &mut buffer, RecvFlags::empty()) {
                Ok((0, _)) => {
                    self.closed = Some(Wire::Fin);
                    // The kernel would acknowledge a FIN as late as it may, 40 ms later, and until then the FIN counts as on its way.
                    let _ = rustix::net::sockopt::set_tcp_quickack(socket, true);
                }
                Ok((n, _)) => {
                    self.total += n as u64;
                    let room = self.limit - self.received.len();
                    self.received.extend_from_slice(&buffer[..n.min(room)]);
                    if n < buffer.len() {
                        return;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN | Errno::NOTCONN) => return,
                Err(_) => self.closed = Some(Wire::Reset),
            }
        }
    }

    /// The socket, while the subject may still send or close.
    pub fn wants_to_read(&self) -> Option<BorrowedFd<'_>> {
        self.socket.as_ref().filter(|_| self.closed.is_none() && !self.is_paused).map(AsFd::as_fd)
    }

    /// The events to wait for at that socket.
    pub fn flags(&self) -> PollFlags {
        if self.wants_to_write() { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN }
    }

    /// Whether there is something left to send.
    pub fn wants_to_write(&self) -> bool {
        self.written < self.waiting.len()
    }

    /// Bytes that were sent, or will be, so far. A FIN counts as one.
    fn sent(&self) -> u64 {
        self.given + u64::from(self.has_ended)
    }

    /// Whether the harness has not closed it.
    pub fn is_open(&self) -> bool {
        self.socket.is_some()
    }
}
