//! Judges what the subject does on the wire: its connections, the bytes that it sends, and how it closes.

use crate::spec::role::Part;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Peer, Step, Wire};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::Case;
use crate::verdict::judge::joined::Joined;

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

    /// Judges the bytes that the subject sends. [`Facet::Words`] leaves out the tokens at the end.
    pub(super) fn sent(&self, facet: Facet) -> Option<Difference> {
        let peer = self.subject.alone()?.peer();
        let sent = |step: &Step| match step {
            Step::Wire(who, Wire::Bytes(bytes)) if *who == peer => Some(bytes.to_vec()),
            _ => None,
        };
        // Other rules judge whether the client sends the token at the end not at all, once, or twice.
        let token = [&self.dialect.token[..], &self.dialect.delimiter].concat();
        let all = |steps: &[Step], bytes: &dyn Fn(&Step) -> Option<Vec<u8>>| {
            let mut joined = Joined::of(steps, bytes);
            while facet == Facet::Words && joined.all.ends_with(&token) {
                joined.truncate(joined.all.len() - token.len());
            }
            joined
        };
        let (expected, seen) = (all(self.expected, &sent), all(self.seen_steps, &sent));
        // A program may end a word at its first NUL.
        let as_c_string = |step: &Step| {
            let bytes = sent(step)?;
            let word = bytes.strip_suffix(&self.dialect.delimiter[..]).unwrap_or(&bytes);
            Some([word.split(|&byte| byte == 0).next().unwrap_or_default(), &self.dialect.delimiter].concat())
        };
        if expected.all.contains(&0) && all(self.expected, &as_c_string).all == seen.all {
            return None;
        }
        // A client may leave out the delimiter behind the last word of its input.
        if expected.all.strip_suffix(&self.dialect.delimiter[..]) == Some(&seen.all) {
            return None;
        }
        self.compare(facet, &expected, &seen, "sent")
    }

    /// Judges whether the subject closes its connection, and how.
    pub(super) fn hang_up(&self) -> Option<Difference> {
        let peer = self.subject.alone()?.peer();
        let closing = |step: &Step| match step {
            Step::Wire(who, how @ (Wire::Fin | Wire::Reset | Wire::Closes)) if *who == peer => Some(how.clone()),
            _ => None,
        };
        let find = |steps: &[Step]| steps.iter().enumerate().find_map(|(step, what)| Some((Place::start_of(step), closing(what)?)));
        let (place, due) = find(self.expected)?;
        let (seen, message) = match (&due, find(self.seen_steps)) {
            (Wire::Closes, Some(_)) => return None,
            (due, Some((_, seen))) if *due == seen => return None,
            (_, Some((at, Wire::Reset))) => (Some(at), "it ended its stream with a reset, expected a FIN".into()),
            (_, Some((_, seen))) => (None, format!("it ended its stream with `{seen}`, expected `{due}`")),
            (_, None) => (None, format!("it did not close its connection{}", self.outcome())),
        };
        Some(Difference { facet: Facet::HangUp, expected: Some(place), seen, message, clue: None })
    }
}
