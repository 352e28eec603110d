//! Judges what the subject does on the wire: its connections, the bytes that it sends, and how it closes.

use crate::spec::role::Part;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Peer, Step, Wire, nth_client, ordinal};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::{Case, Voice};
use crate::verdict::judge::joined::Joined;
use std::collections::{BTreeMap, BTreeSet};

impl Case<'_> {
    /// Judges how often a client connected, or how often a server could be reached.
    pub(super) fn connections(&self) -> Option<Difference> {
        let connects = |steps: &[Step]| -> Vec<Place> {
            let is_connect = |step: &Step| matches!(step, Step::Wire(Peer::Client, Wire::Connect));
            steps.iter().enumerate().filter(|(_, step)| is_connect(step)).map(|(step, _)| Place::start_of(step)).collect()
        };
        let (due, found) = (connects(self.expected), connects(self.seen_steps));
        let (expected, seen) = (due.len(), found.len());
        let message = match self.subject {
            _ if expected == seen => return None,
            Part::Client if seen > expected => format!("it connected {seen} times, expected {expected}"),
            Part::Client => format!("it did not connect{}", self.outcome()),
            Part::Server if seen == 0 => format!("it never served its address{}", self.outcome()),
            Part::Server => format!("it did not serve its address again{}", self.outcome()),
            // The two programs of a pair may connect as they like.
            Part::Pair => return None,
        };
        Some(Difference {
            facet: Facet::Connections,
            expected: due.get(seen).copied(),
            seen: found.get(expected).copied(),
            message,
            clue: None,
        })
    }

    /// Judges the bytes that the subject sends, on each connection by itself. [`Facet::Words`] leaves out the tokens at the end.
    pub(super) fn sent(&self, facet: Facet) -> Option<Difference> {
        self.subject.alone()?;
        if let Some(first_cut) = self.expected.iter().position(|step| matches!(step, Step::Wire(_, Wire::AnyCut(_)))) {
            return self.answers_to_any_cut(facet, first_cut);
        }
        let (due, found) = (Channels::of(self.expected, self.subject), Channels::of(self.seen_steps, self.subject));
        let all: BTreeSet<Channel> = due.0.iter().chain(&found.0).copied().flatten().collect();
        let differences = all.into_iter().filter_map(|channel| self.sent_on(channel, &due, &found, facet));
        differences.min_by_key(place_of)
    }

    /// The same, on one connection.
    fn sent_on(&self, channel: Channel, due: &Channels, found: &Channels, facet: Facet) -> Option<Difference> {
        let sent = |step: &Step| match step {
            Step::Wire(_, Wire::Bytes(bytes)) | Step::ToOther(_, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
            _ => None,
        };
        // Other rules judge whether the client sends the token at the end not at all, once, or twice.
        let token = self.dialect.delimited(&self.dialect.token);
        let all = |steps: &[Step], channels: &Channels, bytes: &dyn Fn(&Step) -> Option<Vec<u8>>| {
            let mut joined = Joined::of_numbered(steps, |i, step| bytes(step).filter(|_| channels.0[i] == Some(channel)));
            while facet == Facet::Words && !token.is_empty() && joined.all.ends_with(&token) {
                joined.truncate(joined.all.len() - token.len());
            }
            joined
        };
        let (expected, seen) = (all(self.expected, due, &sent), all(self.seen_steps, found, &sent));
        // A program may end a word at its first NUL.
        let as_c_string = |step: &Step| {
            let bytes = sent(step)?;
            let word = bytes.strip_suffix(&self.dialect.delimiter[..]).unwrap_or(&bytes);
            Some(self.dialect.delimited(word.split(|&byte| byte == 0).next().unwrap_or_default()))
        };
        if self.subject == Part::Client && expected.all.contains(&0) && all(self.expected, due, &as_c_string).all == seen.all {
            return None;
        }
        // A client may leave out the delimiter behind the last word of its input.
        if self.subject == Part::Client && expected.all.strip_suffix(&self.dialect.delimiter[..]) == Some(&seen.all) {
            return None;
        }
        match self.name_of(channel) {
            Some(who) => self.compare_as(Voice::Got(&who), facet, &expected, &seen),
            None => self.compare(facet, &expected, &seen, "sent"),
        }
    }

    /// Judges whether the subject closes each connection where that is demanded, and how.
    pub(super) fn hang_up(&self) -> Option<Difference> {
        self.subject.alone()?;
        let closings = |steps: &[Step]| -> BTreeMap<Channel, (Place, Wire)> {
            let channels = Channels::of(steps, self.subject);
            let closing = |(i, step): (usize, &Step)| match step {
                Step::Wire(_, how @ (Wire::Fin | Wire::Reset | Wire::Closes))
                | Step::ToOther(_, how @ (Wire::Fin | Wire::Reset | Wire::Closes)) => {
                    Some((channels.0[i]?, (Place::start_of(i), how.clone())))
                }
                _ => None,
            };
            // If a connection has several, the first one counts.
            steps.iter().enumerate().filter_map(closing).rev().collect()
        };
        let found = closings(self.seen_steps);
        let difference = |(channel, (place, due)): (Channel, (Place, Wire))| {
            let with = self.name_of(channel).map(|who| format!(" with {who}")).unwrap_or_default();
            let (seen, message) = match (&due, found.get(&channel)) {
                (Wire::Closes, Some(_)) => return None,
                (due, Some((_, seen))) if due == seen => return None,
                (_, Some((at, Wire::Reset))) => (Some(*at), format!("it ended its stream{with} with a reset, expected a FIN")),
                (_, Some((_, seen))) => (None, format!("it ended its stream{with} with `{seen}`, expected `{due}`")),
                (_, None) => (None, format!("it did not close its connection{with}{}", self.outcome())),
            };
            Some(Difference { facet: Facet::HangUp, expected: Some(place), seen, message, clue: None })
        };
        closings(self.expected).into_iter().filter_map(difference).min_by_key(place_of)
    }

    /// How a message names the client of a connection with the subject; `None` where there is only one client, or none is worth a name.
    fn name_of(&self, Channel { client, nth }: Channel) -> Option<String> {
        let has_others = || self.expected.iter().any(|step| matches!(step, Step::ToOther(..)));
        let is_named = self.subject == Part::Server && (client > 1 || nth > 0 || has_others());
        let nth = if nth > 0 { format!(" in its {} connection", ordinal(nth + 1)) } else { String::new() };
        is_named.then(|| nth_client(client) + &nth)
    }
}

/// A connection with the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Channel {
    /// The client: the subject, or a client that the harness plays, by its number.
    client: u8,
    /// How often that client has connected before.
    nth: usize,
}

/// For each step of a transcript, the connection on which the subject does it, if it does this on the wire.
struct Channels(Vec<Option<Channel>>);

impl Channels {
    fn of(steps: &[Step], subject: Part) -> Self {
        let mut connects = BTreeMap::new();
        let mut channel = |step: &Step| match step {
            Step::Wire(Peer::Client, _) if subject == Part::Client => Some(Channel { client: 1, nth: 0 }),
            Step::Wire(peer, Wire::Connect) => {
                *connects.entry(peer.client()?).or_insert(0) += 1;
                None
            }
            step => {
                let (client, _) = step.to_client().filter(|_| subject == Part::Server)?;
                let made: usize = connects.get(&client).copied().unwrap_or(1);
                Some(Channel { client, nth: made - 1 })
            }
        };
        Self(steps.iter().map(&mut channel).collect())
    }
}

/// The order of differences: what is missing comes first, in the order of the scenario, and then what is too much.
fn place_of(difference: &Difference) -> (usize, usize) {
    let step = |place: Option<Place>| place.map_or(usize::MAX, |place| place.step);
    (step(difference.expected), step(difference.seen))
}
