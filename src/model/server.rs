//! A model of a correct server: computes what it prints and sends for the input that arrives.

use crate::model::oracle;
use crate::model::stimuli::{Precision, Stimuli};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, Form, Framing, Serves, TokenIs, Values};
use crate::spec::role::Role;
use crate::spec::transcript::{End, Peer, Step, Wire};
use std::collections::VecDeque;

/// A server with one of its clients.
pub struct Server<'a> {
    dialect: &'a Dialect,
    stimuli: &'a Stimuli,
    /// The bytes of a burst that may not be complete yet.
    burst: Vec<u8>,
    is_stopped: bool,
    /// Input that has arrived since the server was stopped with SIGSTOP, or since it waits for its operator.
    arrived: VecDeque<Arrival>,
    /// Complete lines that the operator has typed, and the beginning of the next one.
    typed: VecDeque<Vec<u8>>,
    typed_line: Vec<u8>,
    /// Whether the server has received a message, and waits for the operator's reply.
    awaits_operator: bool,
    /// The beginning of a line that is not complete yet.
    line: Vec<u8>,
    /// Which connection of the scenario this is, from 1.
    number: usize,
    /// Which client this is since the server was started, from 1.
    count: usize,
    /// How many messages the present client has sent.
    messages: usize,
    /// Whether the present connection is over.
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

/// The reason for the end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The server has received the token, or as many messages as it takes.
    Token,
    /// The client has ended the stream, or has reset it.
    EndOfStream,
}

impl<'a> Server<'a> {
    /// A server that waits for the client with this number.
    pub fn new(dialect: &'a Dialect, stimuli: &'a Stimuli, number: usize, count: usize) -> Self {
        Self {
            dialect,
            stimuli,
            burst: Vec::new(),
            is_stopped: false,
            arrived: VecDeque::new(),
            typed: VecDeque::new(),
            typed_line: Vec::new(),
            awaits_operator: false,
            line: Vec::new(),
            number,
            count,
            messages: 0,
            end: None,
        }
    }

    /// What it prints before anybody has connected.
    pub fn starts(&self) -> Vec<Step> {
        self.prints(&self.dialect.start).into_iter().collect()
    }

    /// Whether the connection is over, as far as is known.
    pub fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// A client that has waited is served now, as the client with this number.
    pub fn is_served_as(&mut self, count: usize) -> Vec<Step> {
        self.count = count;
        self.continues()
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
        if self.awaits_operator { self.replies_as_typed() } else { self.takes_what_has_arrived() }
    }

    /// SIGCONT: the same for a connection, if there is one that the server has not accepted yet, and for nothing else.
    pub fn accepts_if_stopped(&mut self) -> Vec<Step> {
        if !matches!(self.arrived.front(), Some(Arrival::Client)) {
            return Vec::new();
        }
        self.arrived.pop_front();
        self.greets()
    }

    /// The operator types. A server reads the first line when it has received the first message, and so on.
    pub fn operator_types(&mut self, bytes: &[u8]) -> Vec<Step> {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.typed_line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let mut line = std::mem::take(&mut self.typed_line);
                line.pop();
                self.typed.push_back(line);
            }
        }
        if self.is_stopped || !self.awaits_operator { Vec::new() } else { self.replies_as_typed() }
    }

    fn takes_what_has_arrived(&mut self) -> Vec<Step> {
        let arrived = std::mem::take(&mut self.arrived);
        arrived.into_iter().flat_map(|arrival| self.takes(arrival)).collect()
    }

    /// Sends the operator's line, if it is there, and reads on.
    fn replies_as_typed(&mut self) -> Vec<Step> {
        self.awaits_operator = false;
        let Some(line) = self.typed.pop_front() else {
            self.awaits_operator = true;
            return Vec::new();
        };
        let mut steps: Vec<Step> = sent(&self.reply(&line)).into_iter().collect();
        if self.dialect.ends_server_if_typed(&line) {
            steps.extend(self.closes(Cause::Token));
        }
        steps.extend(self.takes_what_has_arrived());
        steps
    }

    /// The reaction to what a client does on the wire after it has connected, or what a relay does in its place.
    pub fn receives(&mut self, wire: &Wire, is_cut_open: bool) -> Vec<Step> {
        match wire {
            Wire::Bytes(bytes) => self.reads(&bytes.to_vec(), is_cut_open),
            Wire::Burst(bytes) => {
                self.reads_burst(&bytes.to_vec());
                Vec::new()
            }
            Wire::Fin | Wire::Reset | Wire::Closes => self.reads_end(),
            Wire::Connect | Wire::AnyCut(_) => Vec::new(),
        }
    }

    /// The end of a connection whose end was not known before: a token may be hidden in a stream that TCP may cut in any way.
    pub fn closes_unless_over(&mut self) -> Vec<Step> {
        if self.is_over() { Vec::new() } else { self.closes(Cause::EndOfStream) }
    }

    /// The end of the conversation of a pair: the rest of the output, and the status if the server ends by itself.
    pub fn ends(&mut self) -> Vec<Step> {
        let mut steps = self.reads_to_the_end_of_the_burst();
        if self.dialect.serves == Serves::One {
            steps.extend(self.closes_unless_over());
        }
        let ends_by_itself = self.dialect.serves == Serves::One || self.is_over() && self.dialect.serves.ends_after(self.count);
        steps.extend(ends_by_itself.then_some(Step::Ends(Role::Server, End::Exits(0))));
        steps
    }

    fn takes(&mut self, arrival: Arrival) -> Vec<Step> {
        if self.is_stopped || self.awaits_operator {
            self.arrived.push_back(arrival);
            return Vec::new();
        }
        match arrival {
            _ if self.end.is_some() => Vec::new(),
            Arrival::Client => self.greets(),
            Arrival::Segment(segment, is_cut_open) => gathered(&self.takes_segment(&segment, is_cut_open)),
            Arrival::End => self.closes(Cause::EndOfStream),
        }
    }

    fn greets(&self) -> Vec<Step> {
        self.prints(&self.dialect.server_greeting).into_iter().chain(sent(&self.dialect.welcome)).collect()
    }

    /// The end of a connection.
    fn closes(&mut self, cause: Cause) -> Vec<Step> {
        self.end = Some(cause);
        // The next client of a server comes when the server has closed the connection.
        let is_seen = self.stimuli.precision.closes || cause == Cause::Token && self.dialect.serves != Serves::One;
        let closes = is_seen.then_some(Step::Wire(Peer::Server, Wire::Closes));
        closes.into_iter().chain(self.prints(self.dialect.farewell(cause == Cause::Token))).collect()
    }

    /// A text, with the values of this connection.
    fn prints(&self, text: &[u8]) -> Option<Step> {
        printed(&self.stimuli.values.fill(text, self.number, self.count))
    }

    /// The text for a message, with the values of this connection around it.
    fn message(&self, message: &[u8]) -> Vec<u8> {
        let around = |text: &[u8]| Values::with_length(&self.stimuli.values.fill(text, self.number, self.count), message.len());
        if self.dialect.prints_messages() {
            [&around(&self.dialect.prefix)[..], message, &around(&self.dialect.line_end)].concat()
        } else {
            Vec::new()
        }
    }

    /// The reply to a message, or the one that was typed, with the values of this connection around it.
    fn reply(&self, message: &[u8]) -> Vec<u8> {
        let reply = self.dialect.nth_reply(self.messages);
        let fill = |text: &[u8]| self.stimuli.values.fill(text, self.number, self.count);
        Form { before: fill(&reply.before), behind: fill(&reply.behind), ..reply.clone() }.of(message)
    }

    /// What the server does with a segment. If it may read the segment in several pieces, or the segment contains a NUL, the exact messages
    /// are unknown. Then the steps are `any cut of` the segment.
    fn takes_segment(&mut self, segment: &[u8], is_cut_open: bool) -> Vec<Step> {
        if self.dialect.framing == Framing::Line {
            return self.takes_lines(segment);
        }
        let Precision { one_recv, buffer, c_strings, .. } = self.stimuli.precision;
        if is_cut_open || segment.len() > one_recv && buffer.is_none() || segment.contains(&0) && !c_strings {
            return self.takes_any_cut(segment);
        }
        let (mut steps, mut rest) = (Vec::new(), segment);
        while !rest.is_empty() && self.end.is_none() {
            if self.awaits_operator {
                self.arrived.push_back(Arrival::Segment(rest.to_vec(), is_cut_open));
                break;
            }
            let (piece, behind) = rest.split_at(rest.len().min(buffer.unwrap_or(one_recv)));
            let message = if c_strings { piece.split(|&byte| byte == 0).next().unwrap_or_default() } else { piece };
            steps.extend(self.takes_message(message));
            rest = behind;
        }
        steps
    }

    /// Lines do not depend on how TCP cuts the stream.
    fn takes_lines(&mut self, segment: &[u8]) -> Vec<Step> {
        self.line.extend_from_slice(segment);
        let complete = oracle::take_complete_lines(&mut self.line);
        let mut steps = Vec::new();
        for line in oracle::lines(&complete) {
            if self.end.is_some() {
                break;
            }
            if self.awaits_operator {
                self.arrived.push_back(Arrival::Segment([line, b"\n"].concat(), false));
                continue;
            }
            steps.extend(self.takes_message(line.strip_suffix(b"\r").unwrap_or(line)));
        }
        steps
    }

    fn takes_any_cut(&self, segment: &[u8]) -> Vec<Step> {
        let bytes = Bytes::compact(segment);
        let prints = self.dialect.prints_messages().then(|| Step::PrintedAnyCut(Role::Server, bytes.clone()));
        let answers = match &self.dialect.reply {
            // How many replies the operator has to type is not known.
            reply if reply.is_nothing() || self.dialect.has_operator() => None,
            // What is answered message by message is the same for every cut.
            reply if reply.is_bare() => Some(Wire::Bytes(Bytes::compact(&reply.of(segment)))),
            _ => Some(Wire::AnyCut(bytes)),
        };
        prints.into_iter().chain(answers.map(|wire| Step::Wire(Peer::Server, wire))).collect()
    }

    fn takes_message(&mut self, message: &[u8]) -> Vec<Step> {
        let is_token = self.dialect.ends_server(message);
        let is_printed = !is_token || self.dialect.token_is != TokenIs::Hidden;
        let is_answered = !is_token || self.dialect.token_is == TokenIs::Answered;
        let mut steps = Vec::new();
        if is_printed {
            steps.extend(printed(&self.message(message)));
        }
        self.messages += 1;
        if is_answered && self.dialect.has_operator() {
            if self.stimuli.harness_operates() {
                let line = self.dialect.typed_reply(self.messages);
                steps.push(Step::Typed(Role::Server, Bytes::compact(&[&line[..], b"\n"].concat())));
                self.typed.push_back(line);
            }
            steps.extend(self.replies_as_typed());
        } else if is_answered {
            steps.extend(sent(&self.reply(message)));
        }
        if is_token || self.dialect.messages.is_some_and(|most| self.messages >= most) {
            steps.extend(self.closes(Cause::Token));
        }
        steps
    }
}

/// The reactions to one segment: first what is printed, then what is sent, as one step. A line for each message, unless there are many.
fn gathered(steps: &[Step]) -> Vec<Step> {
    /// Up to this number, each printed message is a step.
    const MOST_LINES: usize = 16;
    let is_print = |step: &Step| matches!(step, Step::Printed(..));
    let is_answer = |step: &Step| matches!(step, Step::Wire(_, Wire::Bytes(_)));
    let end = steps.iter().position(|step| !is_print(step) && !is_answer(step)).unwrap_or(steps.len());
    let (reactions, rest) = steps.split_at(end);
    let bytes = |of: &dyn Fn(&Step) -> bool| -> Vec<u8> {
        reactions.iter().filter(|step| of(step)).filter_map(Step::bytes).flat_map(Bytes::to_vec).collect()
    };
    let mut gathered: Vec<Step> = reactions.iter().filter(|step| is_print(step)).cloned().collect();
    if gathered.len() > MOST_LINES {
        gathered = printed(&bytes(&is_print)).into_iter().collect();
    }
    gathered.extend(sent(&bytes(&is_answer)));
    gathered.extend_from_slice(rest);
    gathered
}

/// The step `server: bytes`, if there is something to send.
fn sent(bytes: &[u8]) -> Option<Step> {
    (!bytes.is_empty()).then(|| Step::Wire(Peer::Server, Wire::Bytes(Bytes::compact(bytes))))
}

/// The step `server> text`. An empty text has no step, because it would confuse readers of the report.
fn printed(text: &[u8]) -> Option<Step> {
    (!text.is_empty()).then(|| Step::Printed(Role::Server, Bytes::compact(text)))
}
