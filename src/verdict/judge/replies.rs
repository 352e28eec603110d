//! Judges the replies of a server, and how a client waits for them.

use crate::model::oracle::{self, Question, Token};
use crate::spec::bytes::excerpt;
use crate::spec::dialect::{Hole, TokenIs};
use crate::spec::rule::Facet;
use crate::spec::transcript::{Peer, Step, Wire};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::{Case, QUOTED};
use crate::verdict::judge::joined::Joined;

impl Case<'_> {
    /// Judges the answers of a server that may have cut the stream into messages in any way.
    pub(super) fn answers_to_any_cut(&self, facet: Facet, first_cut: usize) -> Option<Difference> {
        let sent = |step: &Step| match step {
            Step::Wire(Peer::Server, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
            _ => None,
        };
        let (fixed, seen) = (Joined::of(&self.expected[..first_cut], sent), Joined::of(self.seen_steps, sent));
        let Some(rest) = seen.all.strip_prefix(&fixed.all[..]) else { return self.compare(facet, &fixed, &seen, "sent") };
        let reply = &self.dialect.reply;
        let token = Token::of(self.dialect, self.dialect.token_is == TokenIs::Answered);
        let first_unplayed = self.first_unplayed();
        let (messages, boundaries) = self.messages_of(first_cut, first_unplayed, |step| match step {
            Step::Wire(Peer::Server, Wire::AnyCut(bytes)) => Some(bytes.to_vec()),
            // A reply that is always the same stands for one message, whose bytes do not matter.
            step if reply.hole == Hole::None => sent(step).map(|_| vec![b'x']),
            step => {
                let answer = sent(step)?;
                Some(answer.strip_prefix(&reply.before[..])?.strip_suffix(&reply.behind[..])?.to_vec())
            }
        });
        let message = match reply.hole {
            Hole::None => {
                let (count, odd) = (rest.len() / reply.before.len().max(1), rest.len() % reply.before.len().max(1));
                let is_right = odd == 0 && rest.chunks(reply.before.len().max(1)).all(|one| one == reply.before);
                // A piece that is the token ends the conversation, without a reply.
                let has_token = token.occurs_in(&messages);
                let least = if has_token { 0 } else { boundaries.len() };
                if is_right && (least..=messages.len()).contains(&count) {
                    return None;
                }
                format!("it sent {}; expected {} again and again", excerpt(rest, QUOTED), excerpt(&reply.before, QUOTED))
            }
            hole => {
                let answered = if hole == Hole::UpperCase { messages.to_ascii_uppercase() } else { messages.clone() };
                let question = Question {
                    sent: &messages,
                    shown: &answered,
                    boundaries: &boundaries,
                    prefix: &reply.before,
                    line_end: &reply.behind,
                    token,
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
}
