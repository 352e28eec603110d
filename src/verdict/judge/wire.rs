//! Judges what the subject does on the wire: its connections, the bytes that it sends, and how it closes.

use crate::model::oracle::{self, Question};
use crate::spec::bytes::excerpt;
use crate::spec::dialect::Hole;
use crate::spec::role::Part;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Peer, Step, Wire};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::{Case, QUOTED};
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
        if let Some(first_cut) = self.expected.iter().position(|step| matches!(step, Step::Wire(_, Wire::AnyCut(_)))) {
            return self.answers_to_any_cut(facet, first_cut);
        }
        let sent = |step: &Step| match step {
            Step::Wire(who, Wire::Bytes(bytes)) if *who == peer => Some(bytes.to_vec()),
            _ => None,
        };
        // Other rules judge whether the client sends the token at the end not at all, once, or twice.
        let token = [&self.dialect.token[..], &self.dialect.delimiter].concat();
        let all = |steps: &[Step], bytes: &dyn Fn(&Step) -> Option<Vec<u8>>| {
            let mut joined = Joined::of(steps, bytes);
            while facet == Facet::Words && !token.is_empty() && joined.all.ends_with(&token) {
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
        if peer == Peer::Client && expected.all.contains(&0) && all(self.expected, &as_c_string).all == seen.all {
            return None;
        }
        // A client may leave out the delimiter behind the last word of its input.
        if peer == Peer::Client && expected.all.strip_suffix(&self.dialect.delimiter[..]) == Some(&seen.all) {
            return None;
        }
        self.compare(facet, &expected, &seen, "sent")
    }

    /// Judges the answers of a server that may have cut the stream into messages in any way.
    fn answers_to_any_cut(&self, facet: Facet, first_cut: usize) -> Option<Difference> {
        let sent = |step: &Step| match step {
            Step::Wire(Peer::Server, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
            _ => None,
        };
        let (fixed, seen) = (Joined::of(&self.expected[..first_cut], sent), Joined::of(self.seen_steps, sent));
        let Some(rest) = seen.all.strip_prefix(&fixed.all[..]) else { return self.compare(facet, &fixed, &seen, "sent") };
        let reply = &self.dialect.reply;
        let first_unplayed = self.first_unplayed();
        let (messages, boundaries) = self.messages_of(first_cut, first_unplayed, |step| match step {
            Step::Wire(Peer::Server, Wire::AnyCut(bytes)) => Some(bytes.to_vec()),
            step => {
                let answer = sent(step)?;
                Some(answer.strip_prefix(&reply.before[..])?.strip_suffix(&reply.behind[..])?.to_vec())
            }
        });
        let message = match reply.hole {
            Hole::None => {
                let (count, odd) = (rest.len() / reply.before.len().max(1), rest.len() % reply.before.len().max(1));
                let is_right = odd == 0 && rest.chunks(reply.before.len().max(1)).all(|one| one == reply.before);
                if is_right && (boundaries.len()..=messages.len()).contains(&count) {
                    return None;
                }
                format!("it sent {}; expected {} again and again", excerpt(rest, QUOTED), excerpt(&reply.before, QUOTED))
            }
            hole => {
                let answered = if hole == Hole::UpperCase { messages.to_ascii_uppercase() } else { messages };
                let question = Question {
                    sent: &answered,
                    boundaries: &boundaries,
                    prefix: &reply.before,
                    line_end: &reply.behind,
                    token: self.token(),
                    max_piece: None,
                    ending: self.ending(first_unplayed),
                    c_strings: false,
                };
                let shortfall = oracle::explain(&question, rest).err()?;
                let found = match &rest[shortfall.explained.min(rest.len())..] {
                    [] => format!("the replies end{}", self.outcome()),
                    found => format!("it sent {}", excerpt(found, QUOTED)),
                };
                format!("after {} correct bytes of replies, {found}; expected {}", shortfall.explained, shortfall.possible)
            }
        };
        Some(Difference { facet, expected: Some(Place::start_of(first_cut)), seen: seen.place(fixed.all.len()), message, clue: None })
    }

    /// Judges whether a client waited for each reply: before a reply, it must not have sent more than is due.
    pub(super) fn turns(&self) -> Option<Difference> {
        let is_reply = |step: &Step| matches!(step, Step::Wire(Peer::Server, Wire::Bytes(_)));
        let len = |step: &Step| match step {
            Step::Wire(Peer::Client, Wire::Bytes(bytes)) => bytes.len(),
            _ => 0,
        };
        let (mut due, mut sent, mut seen) = (0, 0, self.seen_steps.iter().enumerate());
        for (place, reply) in self.expected.iter().enumerate() {
            due += len(reply);
            if !is_reply(reply) {
                continue;
            }
            for (at, step) in seen.by_ref() {
                sent += len(step);
                if sent > due {
                    let message = format!("it sent {step} before it had the reply to what it had sent", step = self.seen_steps[at]);
                    let (expected, seen) = (Some(Place::start_of(place)), Some(Place::start_of(at)));
                    return Some(Difference { facet: Facet::Turns, expected, seen, message, clue: None });
                }
                if step == reply {
                    break;
                }
            }
        }
        None
    }

    /// Judges what a server sends before its client does anything.
    pub(super) fn welcome(&self) -> Option<Difference> {
        let is_stimulus = |step: &Step| step.is_stimulus(self.subject) && !matches!(step, Step::Wire(_, Wire::Connect));
        let first = |steps: &[Step]| {
            let end = steps.iter().position(is_stimulus).unwrap_or(steps.len());
            Joined::of(&steps[..end], |step| match step {
                Step::Wire(Peer::Server, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
                _ => None,
            })
        };
        self.compare(Facet::Welcome, &first(self.expected), &first(self.seen_steps), "sent")
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
