//! One conversation that demands nothing, as actions with their reactions.

use crate::spec::bytes::Bytes;
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::{End, Peer, Scenario, Step, Transcript, Wire};
use crate::stage::Seen;
use std::collections::{BTreeMap, BTreeSet};

/// Plays conversations with one program.
pub(super) struct Looks<P> {
    role: Role,
    play: P,
}

impl<P> Looks<P> {
    pub(super) fn new(role: Role, play: P) -> Self {
        Self { role, play }
    }

    /// Starts the program, and does these things.
    ///
    /// # Errors
    /// Those of the function that plays.
    pub(super) fn look<E>(&mut self, actions: Vec<Step>) -> Result<Look, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        (self.play)(&scenario(self.role, actions)).map(|seen| Look::new(self.role, seen))
    }
}

/// A scenario that demands nothing but a connection of a client. Its rule is one that judges the end, so that the stage adds nothing.
pub(super) fn scenario(role: Role, actions: Vec<Step>) -> Scenario {
    let (rule, first) = match role {
        Role::Server => ("server/eof", None),
        Role::Client => ("client/eof", Some(Step::Wire(Peer::Client, Wire::Connect))),
    };
    let rule = Rule::find(rule).expect("the table of rules has it");
    let steps = first.into_iter().chain(actions).collect();
    Scenario { comments: Vec::new(), title: "a look".into(), rule, givens: Vec::new(), transcript: Transcript { steps } }
}

/// What was seen of one conversation.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Before the first action, and then after each.
    reactions: Vec<Reaction>,
    /// The ports of the clients, in the order in which they have connected.
    pub(super) ports: Vec<u16>,
    /// How many bytes the program asks for that sleeps in a call that receives.
    pub(super) asks_for: Option<usize>,
}

/// What a program did after one action, and before the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reaction {
    pub(super) printed: Vec<u8>,
    /// What was sent over each connection, by the number of the client. A client has the number 1.
    sent: BTreeMap<u8, Vec<u8>>,
    /// The connections that were closed.
    closed: BTreeSet<u8>,
    /// How the program ended.
    pub(super) end: Option<End>,
}

impl Look {
    fn new(role: Role, seen: Seen) -> Self {
        let mut look = Self { reactions: vec![Reaction::default()], ports: seen.ports, asks_for: seen.asks_for };
        for step in seen.transcript.steps {
            if step.is_stimulus(role.into()) {
                look.reactions.push(Reaction::default());
            } else if let Some(last) = look.reactions.last_mut() {
                last.takes(&step);
            }
        }
        look
    }

    /// What followed the action with this number, from 1; or, with 0, the start. Nothing if it was not played.
    pub(super) fn after(&self, action: usize) -> Reaction {
        self.reactions.get(action).cloned().unwrap_or_default()
    }

    /// What followed these actions together.
    pub(super) fn after_all(&self, actions: impl IntoIterator<Item = usize>) -> Reaction {
        actions.into_iter().map(|action| self.after(action)).fold(Reaction::default(), Reaction::and)
    }

    /// Whether the action with this number was played: the program may have ended before.
    pub(super) fn has(&self, action: usize) -> bool {
        action < self.reactions.len()
    }

    /// The first action after which the program, or the connection of this client, has ended.
    pub(super) fn ends_at(&self, client: u8) -> Option<usize> {
        self.reactions.iter().position(|reaction| reaction.ends(client))
    }
}

impl Reaction {
    fn takes(&mut self, step: &Step) {
        match step {
            Step::Printed(_, text) => self.printed.extend(text.to_vec()),
            Step::Ends(_, end) if *end != End::Runs => self.end = Some(*end),
            Step::Wire(Peer::Client | Peer::Server, wire) => self.takes_wire(1, wire),
            Step::ToOther(client, wire) => self.takes_wire(*client, wire),
            _ => {}
        }
    }

    fn takes_wire(&mut self, client: u8, wire: &Wire) {
        match wire {
            Wire::Bytes(bytes) => self.sent.entry(client).or_default().extend(bytes.to_vec()),
            Wire::Fin | Wire::Reset | Wire::Closes => {
                self.closed.insert(client);
            }
            _ => {}
        }
    }

    fn and(mut self, next: Self) -> Self {
        self.printed.extend(next.printed);
        for (client, bytes) in next.sent {
            self.sent.entry(client).or_default().extend(bytes);
        }
        self.closed.extend(next.closed);
        Self { end: next.end.or(self.end), ..self }
    }

    /// What was sent over the connection of this client.
    pub(super) fn sent(&self, client: u8) -> &[u8] {
        self.sent.get(&client).map_or(&[], |bytes| bytes)
    }

    /// Whether nothing was printed or sent.
    pub(super) fn is_silent(&self) -> bool {
        self.printed.is_empty() && self.sent.is_empty()
    }

    /// Whether the program, or the connection of this client, has ended.
    pub(super) fn ends(&self, client: u8) -> bool {
        self.end.is_some() || self.closed.contains(&client)
    }
}

/// The client with this number connects.
pub(super) fn connect(client: u8) -> Step {
    Step::Wire(peer(client), Wire::Connect)
}

/// This client sends bytes as one segment.
pub(super) fn sends(client: u8, bytes: &[u8]) -> Step {
    Step::Wire(peer(client), Wire::Bytes(Bytes::compact(bytes)))
}

/// This client ends its stream.
pub(super) fn fin(client: u8) -> Step {
    Step::Wire(peer(client), Wire::Fin)
}

fn peer(client: u8) -> Peer {
    if client == 1 { Peer::Client } else { Peer::Other(client) }
}

/// Somebody types a line.
pub(super) fn types(line: &[u8]) -> Step {
    Step::Typed(Role::Client, Bytes::literal(&[line, b"\n"].concat()))
}

/// Somebody types a line at the server.
pub(super) fn operator_types(line: &[u8]) -> Step {
    Step::Typed(Role::Server, Bytes::literal(&[line, b"\n"].concat()))
}

/// The server sends bytes to the client.
pub(super) fn answers(bytes: &[u8]) -> Step {
    Step::Wire(Peer::Server, Wire::Bytes(Bytes::compact(bytes)))
}
