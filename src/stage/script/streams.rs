//! The bytes that the subject should send over each connection with the harness, and the closings, up to each action.

use crate::spec::transcript::Wire;
use std::collections::{BTreeMap, BTreeSet};

/// The connections of all clients. The only client of a client scenario is the subject, and has one.
#[derive(Default)]
pub struct Streams {
    /// The connections of each client, one after the other.
    of: BTreeMap<u8, Vec<Stream>>,
    /// Something new is due after so many actions.
    asking: BTreeSet<usize>,
}

/// One connection.
#[derive(Default)]
pub struct Stream {
    /// After how many actions it is there.
    from: usize,
    /// All bytes that the subject should send over it.
    bytes: Vec<u8>,
    /// How many of these are due, after so many actions.
    due: Vec<(usize, usize)>,
    /// After how many actions the subject should have closed it.
    closes: Option<usize>,
}

impl Streams {
    /// A client connects, which is an action. So many actions are done then.
    pub fn connect(&mut self, client: u8, actions: usize) {
        self.of.entry(client).or_default().push(Stream { from: actions, ..Stream::default() });
    }

    /// The subject should do this on the connection of this client, after so many actions.
    pub fn demand(&mut self, client: u8, wire: &Wire, actions: usize) {
        self.asking.insert(actions);
        let streams = self.of.entry(client).or_default();
        if streams.is_empty() {
            streams.push(Stream::default());
        }
        let Some(stream) = streams.last_mut() else { return };
        match wire {
            // How the answers are cut is not known, so nothing is due before the end.
            Wire::Connect | Wire::AnyCut(_) => {}
            Wire::Bytes(bytes) | Wire::Burst(bytes) => {
                stream.bytes.extend(bytes.to_vec());
                stream.due.push((actions, stream.bytes.len()));
            }
            Wire::Fin | Wire::Reset | Wire::Closes => stream.closes = stream.closes.or(Some(actions)),
        }
    }

    /// The connection that this client has after so many actions.
    pub fn of(&self, client: u8, actions: usize) -> Option<&Stream> {
        self.of.get(&client)?.iter().rfind(|stream| stream.from <= actions)
    }

    /// Whether something is due after so many actions that was not due before.
    pub fn ask(&self, actions: usize) -> bool {
        self.asking.contains(&actions)
    }

    /// Whether a client subject should have sent anything after so many actions.
    pub fn has_sent(&self, actions: usize) -> bool {
        self.of.values().flatten().any(|stream| !stream.bytes(actions).is_empty())
    }

    /// The most bytes that the subject should send over one connection of this client.
    pub fn longest(&self, client: u8) -> usize {
        self.of.get(&client).into_iter().flatten().map(|stream| stream.bytes.len()).max().unwrap_or(0)
    }
}

impl Stream {
    /// The bytes that should have been sent after so many actions.
    pub fn bytes(&self, actions: usize) -> &[u8] {
        let due = self.due.partition_point(|(after, _)| *after <= actions);
        &self.bytes[..due.checked_sub(1).map_or(0, |last| self.due[last].1)]
    }

    /// Whether it should have been closed after so many actions.
    pub fn is_closed(&self, actions: usize) -> bool {
        self.closes.is_some_and(|after| after <= actions)
    }
}
