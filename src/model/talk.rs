//! A client's side of a conversation with the harness: what it sends and prints for what is typed, and for the replies that it gets.

use crate::model::client::Client;
use crate::model::oracle;
use crate::model::stimuli::{Precision, Stimuli};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{ClientEnd, Dialect, Framing, TokenIs};
use crate::spec::role::Role;
use crate::spec::transcript::{End, MAX_SEGMENT, Peer, Step, Wire};
use std::collections::VecDeque;

/// A client may send many messages together. Up to this number, each message is a step of the transcript; more messages are one step.
const MOST_SEPARATE_MESSAGES: usize = 16;

/// The conversation of a client with the harness.
pub struct Talk<'a> {
    dialect: &'a Dialect,
    precision: Precision,
    client: Client<'a>,
    /// The steps so far.
    pub steps: Vec<Step>,
    /// Messages that the client has read, and has not sent.
    unsent: VecDeque<Vec<u8>>,
    /// Whether the harness answers each message by itself, because the actions hold no reply.
    answers: bool,
    /// Whether the client waits for a reply.
    awaits: bool,
    /// The beginning of a line of a reply.
    line: Vec<u8>,
    is_paused: bool,
    is_server_gone: bool,
    /// How many messages the client has sent.
    sent: usize,
    /// Whether a reply has ended the client.
    is_dismissed: bool,
}

impl<'a> Talk<'a> {
    /// The beginning: the client connects, greets, and prompts for the first time.
    pub fn new(dialect: &'a Dialect, stimuli: &Stimuli) -> Self {
        let is_reply = |step: &Step| matches!(step, Step::Wire(Peer::Server, Wire::Bytes(_)));
        let mut talk = Self {
            dialect,
            precision: stimuli.precision,
            client: Client::new(dialect, stimuli.precision.c_strings),
            steps: vec![Step::Wire(Peer::Client, Wire::Connect)],
            unsent: VecDeque::new(),
            answers: !stimuli.actions.iter().any(|action| is_reply(&action.step)),
            awaits: false,
            line: Vec::new(),
            is_paused: false,
            is_server_gone: false,
            sent: 0,
            is_dismissed: false,
        };
        talk.prints(&dialect.client_greeting);
        match (talk.answers, &dialect.welcome[..]) {
            (_, []) => {}
            (true, welcome) => talk.answers_with(welcome),
            // The client reads the welcome before it prompts.
            (false, _) => talk.awaits = true,
        }
        if !talk.awaits {
            talk.prints(&dialect.prompt);
        }
        talk
    }

    /// One action of the harness, which is among the steps already, and what follows from it.
    pub fn takes(&mut self, action: &Step) {
        match action {
            Step::Typed(Role::Client, bytes) => self.unsent.extend(self.client.types(&bytes.to_vec())),
            Step::TypedEof(Role::Client) => self.unsent.extend(self.client.types_end()),
            Step::Pause(_) => self.is_paused = true,
            Step::Resume(_) => self.is_paused = false,
            Step::Wire(Peer::Server, Wire::Bytes(reply)) => self.reads(&reply.to_vec()),
            Step::Wire(Peer::Server, _) => self.is_server_gone = true,
            _ => {}
        }
        if !self.is_paused && !self.is_server_gone {
            self.sends();
        }
    }

    /// Whether the client waits for a reply after all actions of the harness.
    pub fn waits_in_vain(&self) -> bool {
        self.dialect.waits && self.awaits && !self.is_server_gone && !self.is_dismissed
    }

    /// The end of the conversation.
    pub fn ends(mut self) -> Vec<Step> {
        if self.is_server_gone {
            self.steps.extend(misses_its_server());
            return self.steps;
        }
        if self.precision.closes {
            self.steps.push(Step::Wire(Peer::Client, Wire::Fin));
        }
        self.steps.push(Step::Ends(Role::Client, End::Exits(0)));
        self.steps
    }

    /// Sends what is read. A client that waits sends one message, and waits for its reply. One that does not wait sends everything.
    fn sends(&mut self) {
        let dialect = self.dialect;
        if !dialect.replies_to_sender() {
            let messages: Vec<Vec<u8>> = self.unsent.drain(..).collect();
            let are_many = messages.len() > MOST_SEPARATE_MESSAGES && dialect.prompt.is_empty();
            let (count, at_once) = (messages.len(), if are_many { messages.len() } else { 1 });
            for (number, messages) in messages.chunks(at_once).enumerate() {
                let bytes: Vec<u8> = messages.iter().flat_map(|message| self.dialect.delimited(message)).collect();
                // To send an empty line without a newline is to send nothing.
                if !bytes.is_empty() {
                    self.steps.push(Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&bytes))));
                }
                if !self.client.is_at_token() || number + 1 < count {
                    self.prints(&dialect.prompt);
                }
            }
            return;
        }
        while !self.awaits && !self.is_dismissed {
            let Some(message) = self.unsent.pop_front() else { break };
            self.steps.push(Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&self.dialect.delimited(&message)))));
            let is_token = dialect.is_typed_token(&message) && dialect.client_ends != ClientEnd::Reply;
            if is_token && dialect.token_is != TokenIs::Answered {
                continue;
            }
            self.awaits = dialect.waits;
            self.sent += 1;
            if self.answers {
                let received = match dialect.framing {
                    _ if dialect.has_operator() => dialect.typed_reply(self.sent),
                    Framing::Line => message,
                    Framing::Recv => {
                        let sent = dialect.delimited(&message);
                        dialect.text_of(&sent).to_vec()
                    }
                };
                self.answers_with(&dialect.nth_reply(self.sent).of(&received));
            } else if !dialect.waits {
                self.prints(&dialect.prompt);
            }
        }
    }

    /// The harness sends this, and the client reads it.
    fn answers_with(&mut self, reply: &[u8]) {
        for segment in reply.chunks(MAX_SEGMENT) {
            self.steps.push(Step::Wire(Peer::Server, Wire::Bytes(Bytes::compact(segment))));
            self.reads(segment);
        }
    }

    /// The client reads what has arrived, and shows it. With lines, it shows each complete line.
    fn reads(&mut self, bytes: &[u8]) {
        if self.dialect.framing == Framing::Recv {
            return self.shows(bytes);
        }
        self.line.extend_from_slice(bytes);
        let complete = oracle::take_complete_lines(&mut self.line);
        oracle::lines(&complete).for_each(|line| self.shows(line));
    }

    /// The client shows a reply. If it has waited for this reply, it prompts again.
    fn shows(&mut self, reply: &[u8]) {
        let dialect = self.dialect;
        let reply = dialect.text_of(reply);
        self.prints(&dialect.shows.of(reply));
        self.is_dismissed |= dialect.ends_client(reply);
        let was_awaited = std::mem::replace(&mut self.awaits, false);
        let is_done = self.is_dismissed || self.client.is_at_token() && self.unsent.is_empty();
        if was_awaited && !is_done {
            self.prints(&dialect.prompt);
        }
    }

    fn prints(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        // What is printed in one go is one step.
        match self.steps.last_mut() {
            Some(Step::Printed(Role::Client, before)) => *before = Bytes::compact(&[&before.to_vec(), text].concat()),
            _ => self.steps.push(Step::Printed(Role::Client, Bytes::compact(text))),
        }
    }
}

/// A client that sends to a server which has closed the connection: it prints something on stderr, and exits with a status other than 0.
pub fn misses_its_server() -> [Step; 2] {
    [Step::Complained(Role::Client, Bytes::literal(b"")), Step::Ends(Role::Client, End::ExitsNonzero)]
}
