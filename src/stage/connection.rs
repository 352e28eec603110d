//! The harness's end of a connection to the subject.

use super::allowance::{KEPT_OF_FLOOD, SLACK};
use super::diag::{Look, State};
use super::loopback::Endpoint;
use super::trouble::Trouble;
use crate::spec::bytes::Bytes;
use crate::spec::transcript::Wire;
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};
use socket2::{Domain, Socket, Type};
use std::cell::Cell;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// Whether the subject has read what was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All of it; or it will not read it.
    Read,
    /// Not all of it.
    Unread,
    /// It has not accepted the connection.
    Unaccepted,
}

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
    /// The most bytes that the subject should send.
    pub most: usize,
    /// How many bytes are kept.
    limit: usize,
    /// How the subject closed it, once it has.
    pub closed: Option<Wire>,
    /// Whether the harness leaves what arrives in the kernel's buffer for now.
    pub is_paused: bool,
    /// How many of the received bytes were written down, and whether the end was.
    told: (usize, bool),
    /// Whether the subject was seen to have read all that was sent so far. Then a new look would see the same.
    is_read_through: Cell<bool>,
}

impl Connection {
    /// Connects to the subject, which listens. Does not wait until the connection is there.
    ///
    /// # Errors
    /// The system has no socket or no port to give.
    pub fn open(endpoint: &Endpoint<'_>, most: usize) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&endpoint.address().into()) {
            Err(error) if error.raw_os_error() != Some(Errno::INPROGRESS.raw_os_error()) => return Err(error),
            _ => {}
        }
        let client = socket.local_addr()?.as_socket_ipv4();
        Self::new(socket, client, true, most)
    }

    /// A connection that the subject has opened.
    ///
    /// # Errors
    /// The connection was gone before it was looked at.
    pub fn accepted(socket: Socket, from: Option<SocketAddrV4>, most: usize) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Self::new(socket, from, false, most)
    }

    /// The same connection, of which no bytes are kept.
    pub fn without_bytes(self) -> Self {
        Self { limit: 0, ..self }
    }

    fn new(socket: Socket, client: Option<SocketAddrV4>, is_ours: bool, most: usize) -> io::Result<Self> {
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
            most,
            limit: SLACK + most,
            closed: None,
            is_paused: false,
            told: (0, false),
            is_read_through: Cell::new(false),
        })
    }

    /// The subject's end, as the kernel knows it.
    pub fn look(&self, endpoint: &Endpoint<'_>) -> Result<Option<Look>, Trouble> {
        if self.is_ours { endpoint.server_end(self.client) } else { endpoint.client_end(self.client) }
    }

    /// Whether the kernel says that the subject has read all that was sent, or will not read it. A stopped subject reads nothing: there it
    /// is enough that all has arrived.
    pub fn reading(&self, endpoint: &Endpoint<'_>, reader_is_stopped: bool) -> Result<Reading, Trouble> {
        let look = self.look(endpoint)?;
        // A socket that the subject has closed discards what arrives. That counts as read.
        let Some(look) = look else { return Ok(if self.closed.is_some() { Reading::Read } else { Reading::Unread }) };
        let is_taken = look.received >= self.sent() && (look.unread == 0 || reader_is_stopped);
        Ok(match (look.state.is_over(), look.is_held) {
            (false, false) => Reading::Unaccepted,
            _ if self.wants_to_write() => Reading::Unread,
            (true, _) => Reading::Read,
            (false, true) if is_taken => Reading::Read,
            (false, true) => Reading::Unread,
        })
    }

    /// How many bytes have arrived at the subject's end, and how many of them it has read.
    pub fn progress(&self, endpoint: &Endpoint<'_>) -> Result<[u64; 2], Trouble> {
        // To ask the kernel for hundreds of connections takes milliseconds.
        if self.is_read_through.get() {
            return Ok([self.sent(); 2]);
        }
        let Some(look) = self.look(endpoint)? else { return Ok([0; 2]) };
        let is_read = look.is_held && look.unread == 0 && look.received == self.sent() && !look.state.is_over();
        self.is_read_through.set(is_read && self.is_ours && !self.wants_to_write());
        Ok([look.received, look.received.saturating_sub(u64::from(look.unread))])
    }

    /// Whether something is on its way between the harness and the subject that will wake one of them.
    pub fn is_on_its_way(&self, endpoint: &Endpoint<'_>) -> Result<bool, Trouble> {
        // The kernel drops attempts to connect while too many connections wait for the subject to accept them.
        let is_turned_away = || if self.is_ours { endpoint.has_full_backlog() } else { Ok(false) };
        if self.is_connecting() {
            return Ok(!is_turned_away()?);
        }
        match self.look(endpoint)? {
            Some(look) if look.state == State::SYN_RECV => Ok(!self.is_paused && !is_turned_away()?),
            // If this end is closed, the kernel answers what arrives with a reset. Until then it is on its way.
            Some(look) => Ok(look.awaits_answer() && !self.is_paused || self.is_arriving(look)),
            None => Ok(false),
        }
    }

    /// Stops reading. What the subject can send before it has to wait should not depend on how much the system is ready to keep, so its
    /// buffer does not grow from now on.
    pub fn pause(&mut self) {
        /// More than the kernel gives a socket at first. By itself, the buffer may grow to many MiB.
        const BUFFER: usize = 256 << 10;
        self.is_paused = true;
        if self.is_ours {
            self.socket.iter().for_each(|socket| drop(socket.set_recv_buffer_size(BUFFER)));
        }
    }

    /// What has happened since the last call: bytes that have arrived, and how the subject closed the connection.
    pub fn news(&mut self) -> Vec<Wire> {
        let (told, is_end_told) = std::mem::replace(&mut self.told, (self.received.len(), self.closed.is_some()));
        let bytes = (told < self.received.len()).then(|| Wire::Bytes(Bytes::compact(&self.received[told..])));
        bytes.into_iter().chain(self.closed.clone().filter(|_| !is_end_told)).collect()
    }

    /// Keeps only the beginning of a flood, and reads no more of it. Bytes that were written down stay.
    pub fn cut_flood(&mut self) {
        self.received.truncate(self.told.0.max(self.most + KEPT_OF_FLOOD));
        self.is_paused = true;
    }

    /// How many bytes more than it should the subject has sent.
    pub fn excess(&self) -> u64 {
        self.total.saturating_sub(self.most as u64)
    }

    /// Whether nothing more will come of it: the subject has closed it, or the harness has.
    pub fn is_over(&self) -> bool {
        self.closed.is_some() || self.socket.is_none()
    }

    /// Whether the connection was asked for, and the answer is on its way.
    fn is_connecting(&self) -> bool {
        !self.is_paused && self.closed.is_none() && self.socket.as_ref().is_some_and(|socket| socket.peer_addr().is_err())
    }

    /// Whether something that was sent, or the end of the stream, is still on its way to the subject's end, of which the kernel says this.
    fn is_arriving(&self, look: Look) -> bool {
        // What arrives at an end that no program holds wakes none: the subject has closed it, or has not accepted it.
        let is_open = look.is_held || !look.state.is_over() && !self.is_ours;
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
        self.is_read_through.set(false);
        self.waiting.drain(..self.written);
        self.written = 0;
        self.waiting.extend_from_slice(bytes);
        self.given += bytes.len() as u64;
        self.push();
    }

    /// Ends the stream after all bytes that are still to be sent.
    pub fn finish(&mut self) {
        self.is_read_through.set(false);
        self.ends = true;
        self.push();
    }

    /// Closes the socket: the system sends a FIN, and answers what still arrives with a reset.
    pub fn close(&mut self) {
        self.is_read_through.set(false);
        if self.socket.take().is_some() {
            // Bytes that the system has not taken by now are never sent.
            self.given -= (self.waiting.len() - self.written) as u64;
            self.written = self.waiting.len();
            self.has_ended = true;
        }
    }

    /// Ends the connection with a reset, which leaves nothing behind on either side.
    pub fn reset(&mut self) {
        self.is_read_through.set(false);
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
