//! Which steps of a server's clients are possible where they stand: a client connects first, and connects again only after its end.

use crate::spec::transcript::{Control, MOST_CLIENTS, Peer, Step, Wire, nth_client};

/// The connection of one client, up to a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connection {
    /// There was none.
    None,
    Open,
    /// One of its ends was closed.
    Ended,
}

/// The connections of all clients of a server that the harness plays, up to a step.
pub(super) struct Clients([Connection; MOST_CLIENTS as usize + 1]);

impl Clients {
    /// No client has connected.
    pub(super) fn new() -> Self {
        Self([Connection::None; MOST_CLIENTS as usize + 1])
    }

    /// Takes in the next step. Says why it is not possible here, if it is not.
    pub(super) fn objection(&mut self, step: &Step) -> Option<String> {
        if matches!(step, Step::Control(Control::Start, _)) {
            // The connections of a server end with it.
            self.0.iter_mut().filter(|one| **one == Connection::Open).for_each(|one| *one = Connection::Ended);
        }
        let (number, wire) = match step {
            Step::Wire(peer, wire) => (peer.client().or((*peer == Peer::Server).then_some(1))?, Some(wire)),
            Step::ToOther(number, wire) => (*number, Some(wire)),
            Step::Pause(peer) | Step::Resume(peer) => (peer.client()?, None),
            _ => return None,
        };
        let connection = self.0.get_mut(usize::from(number))?;
        match wire {
            Some(Wire::Connect) if *connection == Connection::Open => {
                let who = nth_client(number);
                return Some(format!("{who} is connected: it connects again after `fin`, `reset` or `closes`, its own or the server's"));
            }
            Some(Wire::Connect) => *connection = Connection::Open,
            _ if *connection == Connection::None && number > 1 => {
                return Some(format!("{} has not connected: `client{number}: connect` comes first", nth_client(number)));
            }
            Some(Wire::Fin | Wire::Reset | Wire::Closes) => *connection = Connection::Ended,
            _ => {}
        }
        None
    }
}
