//! A model of a correct server: computes the output for the input that arrives.

use crate::model::stimuli::Precision;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::role::Role;
use crate::spec::transcript::{End, Peer, Step, Wire};

/// The state of a server process, from its start to its end. After a restart there is a new one.
pub struct Server<'a> {
    dialect: &'a Dialect,
    precision: Precision,
    /// The bytes of a burst that may not be complete yet.
    burst: Vec<u8>,
    is_stopped: bool,
    /// Input that has arrived since the server was stopped with SIGSTOP.
    arrived: Vec<Arrival>,
    end: Option<Cause>,
}

/// Something that arrives at a server.
enum Arrival {
    /// A connection.
    Client,
    /// A segment, and whether the server may read it in several pieces.
    Segment(Vec<u8>, bool),
    /// The end of the stream.
    End,
}

/// The reason for the end of a server.
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

    /// Whether the server must end now, because it has received the token or the end of the stream. `false` also means: not known.
    pub fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// A client connects.
    pub fn accepts(&mut self) -> Vec<Step> {
        self.takes(Arrival::Client)
    }

    /// A segment arrives. The harness sends the next one only after the server has read this one. With an open cut, the server may read the
    /// segment in several pieces.
    pub fn reads(&mut self, segment: &[u8], is_cut_open: bool) -> Vec<Step> {
        self.takes(Arrival::Segment(segment.to_vec(), is_cut_open))
    }

    /// Bytes of a burst arrive. The harness does not wait, so more bytes may join them.
    pub fn reads_burst(&mut self, bytes: &[u8]) {
        self.burst.extend_from_slice(bytes);
    }

    /// The burst is complete.
    pub fn reads_to_the_end_of_the_burst(&mut self) -> Vec<Step> {
        let burst = std::mem::take(&mut self.burst);
        if burst.is_empty() { Vec::new() } else { self.takes(Arrival::Segment(burst, true)) }
    }

    /// The client ends the stream.
    pub fn reads_end(&mut self) -> Vec<Step> {
        self.takes(Arrival::End)
    }

    /// SIGSTOP: the input is kept until [`Server::continues`].
    pub fn stops(&mut self) {
        self.is_stopped = true;
    }

    /// SIGCONT: the server reads the input that has arrived.
    pub fn continues(&mut self) -> Vec<Step> {
        self.is_stopped = false;
        std::mem::take(&mut self.arrived).into_iter().flat_map(|arrival| self.takes(arrival)).collect()
    }

    /// The end: the rest of the output, the end of the connection, and the status.
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

    /// The lines for one segment. If the server may read the segment in several pieces, or the segment contains a NUL, the exact lines are
    /// unknown. Then the step is `any cut of` the segment.
    fn prints(&mut self, segment: &[u8], is_cut_open: bool) -> Vec<Step> {
        let Precision { one_recv, buffer, c_strings, .. } = self.precision;
        if is_cut_open || segment.len() > one_recv && buffer.is_none() || segment.contains(&0) && !c_strings {
            return vec![Step::PrintedAnyCut(Role::Server, Bytes::compact(segment))];
        }
        let mut steps = Vec::new();
        for piece in segment.chunks(buffer.unwrap_or(one_recv)) {
            let message = if c_strings { piece.split(|&byte| byte == 0).next().unwrap_or_default() } else { piece };
            if message == self.dialect.token {
                self.end = Some(Cause::Token);
                break;
            }
            steps.extend(printed(&self.dialect.message(message)));
        }
        steps
    }
}

/// The step `server> text`. An empty text has no step, because it would confuse readers of the report.
fn printed(text: &[u8]) -> Option<Step> {
    (!text.is_empty()).then(|| Step::Printed(Role::Server, Bytes::compact(text)))
}
