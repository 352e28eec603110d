//! A right server: what it prints, as a function of what reaches it.

use crate::model::stimuli::Precision;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, TOKEN};
use crate::spec::role::Role;
use crate::spec::transcript::{End, Peer, Step, Wire};

/// A server in one of its lives.
pub struct Server<'a> {
    dialect: &'a Dialect,
    precision: Precision,
    /// The bytes of a burst, of which nobody knows yet whether more follow.
    burst: Vec<u8>,
    is_stopped: bool,
    /// What has arrived while the server was stopped.
    arrived: Vec<Arrival>,
    end: Option<Cause>,
}

/// What reaches a server.
enum Arrival {
    /// A client that connects.
    Client,
    /// A segment, and whether its cut is open.
    Segment(Vec<u8>, bool),
    /// The end of the stream.
    End,
}

/// Why a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It has received the token.
    Token,
    /// Its client has ended the stream, or has reset it.
    EndOfStream,
}

impl<'a> Server<'a> {
    /// A server that has just been started.
    pub fn new(dialect: &'a Dialect, precision: Precision) -> Self {
        Self { dialect, precision, burst: Vec::new(), is_stopped: false, arrived: Vec::new(), end: None }
    }

    /// Whether it is known that the server has received the token, or the end of the stream.
    pub fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// A client connects.
    pub fn accepts(&mut self) -> Vec<Step> {
        self.takes(Arrival::Client)
    }

    /// A segment arrives, and the server reads it before the next one leaves. With an open cut, it may read it piece by piece.
    pub fn reads(&mut self, segment: &[u8], is_cut_open: bool) -> Vec<Step> {
        self.takes(Arrival::Segment(segment.to_vec(), is_cut_open))
    }

    /// Bytes arrive, and more may follow at once.
    pub fn reads_burst(&mut self, bytes: &[u8]) {
        self.burst.extend_from_slice(bytes);
    }

    /// No more bytes follow at once.
    pub fn reads_to_the_end_of_the_burst(&mut self) -> Vec<Step> {
        let burst = std::mem::take(&mut self.burst);
        if burst.is_empty() { Vec::new() } else { self.takes(Arrival::Segment(burst, true)) }
    }

    /// The client ends the stream.
    pub fn reads_end(&mut self) -> Vec<Step> {
        self.takes(Arrival::End)
    }

    /// The server is stopped: whatever arrives has to wait.
    pub fn stops(&mut self) {
        self.is_stopped = true;
    }

    /// The server goes on, and reads what has arrived.
    pub fn continues(&mut self) -> Vec<Step> {
        self.is_stopped = false;
        std::mem::take(&mut self.arrived).into_iter().flat_map(|arrival| self.takes(arrival)).collect()
    }

    /// The last steps of its life.
    pub fn ends(&mut self) -> Vec<Step> {
        let mut steps = self.reads_to_the_end_of_the_burst();
        if self.precision.closes {
            steps.push(Step::Wire(Peer::Server, Wire::Closes));
        }
        steps.extend(printed(self.dialect.farewell(self.end == Some(Cause::Token))));
        steps.push(Step::Ends(Role::Server, End::Exits(0)));
        steps
    }

    fn takes(&mut self, arrival: Arrival) -> Vec<Step> {
        if self.is_stopped {
            self.arrived.push(arrival);
            return Vec::new();
        }
        match arrival {
            _ if self.is_over() => Vec::new(),
            Arrival::Client => printed(&self.dialect.server_greeting).into_iter().collect(),
            Arrival::Segment(segment, is_cut_open) => self.prints(&segment, is_cut_open),
            Arrival::End => {
                self.end = Some(Cause::EndOfStream);
                Vec::new()
            }
        }
    }

    /// The lines of one segment. Nobody knows them where the segment may be cut, or where a NUL may end a message.
    fn prints(&mut self, segment: &[u8], is_cut_open: bool) -> Vec<Step> {
        let Precision { one_recv, buffer, c_strings, .. } = self.precision;
        if is_cut_open || segment.len() > one_recv && buffer.is_none() || segment.contains(&0) && !c_strings {
            return vec![Step::PrintedAnyCut(Role::Server, Bytes::compact(segment))];
        }
        let mut steps = Vec::new();
        for piece in segment.chunks(buffer.unwrap_or(one_recv)) {
            let message = if c_strings { piece.split(|&byte| byte == 0).next().unwrap_or_default() } else { piece };
            if message == TOKEN {
                self.end = Some(Cause::Token);
                break;
            }
            steps.extend(printed(&self.dialect.message(message)));
        }
        steps
    }
}

/// The demand that a server prints this, unless it is empty: such a demand would only confuse a reader.
fn printed(text: &[u8]) -> Option<Step> {
    (!text.is_empty()).then(|| Step::Printed(Role::Server, Bytes::compact(text)))
}
