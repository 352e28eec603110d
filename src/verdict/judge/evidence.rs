//! The clue in a difference: what the failure has in itself.
//!
//! Facts about the process come first, because they explain what is missing: how it ended, where it sleeps, where it listens. Then the bytes
//! themselves.

use crate::model::oracle::words;
use crate::spec::bytes::{excerpt, find};
use crate::spec::dialect::{Hole, ReplyTo, Serves};
use crate::spec::role::{Part, Role};
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, End, Given, Peer, Step, Wire};
use crate::verdict::clue::Clue;
use crate::verdict::finding::Difference;
use crate::verdict::form::{Due, form, form_of_stream};
use crate::verdict::judge::case::{Case, QUOTED};
use crate::verdict::judge::process::crashes;
use std::collections::BTreeSet;

/// Whether it shows nothing that a program of this role sleeps in this call: there it waits for what it should wait for, or for everything,
/// such as a runtime with an event loop, or only for a time.
fn shows_nothing(role: Role, call: &str) -> bool {
    let events = ["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2", "futex", "io_uring_enter"];
    let passing = ["sleep", "nanosleep", "clock_nanosleep", "write", "writev", "send", "sendto", "sendmsg"];
    let own: &[&str] = match role {
        Role::Server => &["recv", "recvfrom", "recvmsg", "read", "readv"],
        Role::Client => &["read", "readv"],
    };
    events.contains(&call) || passing.contains(&call) || own.contains(&call)
}

/// A step with more bytes than this is a stream, and no message.
const LONG: usize = 64 * 1024;

impl Case<'_> {
    /// The clue in a difference. A pair has none: each program of it is judged alone, too.
    pub(super) fn clue(&self, difference: &Difference) -> Option<Clue> {
        let role = self.subject.alone()?;
        let crash = crashes(self.seen_steps).next().map(|(_, _, end)| end.to_string());
        if let Some(crash) = crash {
            return Some(Clue::Dies(crash.trim_start_matches("dies by ").to_owned()));
        }
        if let Some(clue) = self.clue_of_a_course(difference) {
            return Some(clue);
        }
        match difference.facet {
            Facet::Stdout if self.shows_on_the_wire() => self.with_process(role, self.clue_of_wire(role)),
            Facet::Connections => self.clue_of_connections(role),
            Facet::Greeting | Facet::Stdout | Facet::Farewell => self.with_process(role, self.clue_of_output()),
            Facet::Turns => None,
            Facet::Words | Facet::Wire | Facet::Welcome => self.with_process(role, self.clue_of_wire(role)),
            Facet::Prompt | Facet::GreetingPrompt => Some(self.late(role, self.clue_of_output())),
            Facet::WirePrompt => Some(self.late(role, self.clue_of_wire(role))),
            Facet::HangUp => Some(if difference.seen.is_some() { Clue::Resets } else { Clue::KeepsOpen }),
            Facet::End => self.clue_of_end(role, difference),
            Facet::Stderr => Some(match difference.expected.map(|place| &self.expected[place.step]) {
                Some(Step::Complained(_, due)) if difference.seen.is_some() => Clue::OtherComplaint(excerpt(&due.to_vec(), QUOTED)),
                _ => Clue::Mute,
            }),
            Facet::Idle => Some(Clue::Spins),
            Facet::Tidy => None,
        }
    }

    /// A clue that only courses with several clients or with an operator have.
    fn clue_of_a_course(&self, difference: &Difference) -> Option<Clue> {
        if !matches!(difference.facet, Facet::Stdout | Facet::Wire) {
            return None;
        }
        let Some(at) = difference.seen.map(|place| place.step) else {
            let mut paused = BTreeSet::new();
            for step in &self.expected[..difference.expected?.step] {
                match step {
                    Step::Pause(Peer::Other(client)) => drop(paused.insert(client)),
                    Step::Resume(Peer::Other(client)) => drop(paused.remove(client)),
                    _ => {}
                }
            }
            return (!paused.is_empty()).then_some(Clue::HeldUp);
        };
        let (before, seen) = (&self.seen_steps[..at], self.seen_steps.get(at)?);
        let last = before.iter().rfind(|step| step.is_stimulus(self.subject));
        match (last?, seen) {
            (Step::Wire(sender, _), step) if self.dialect.reply_to == ReplyTo::Others => {
                let (client, wire) = step.to_client()?;
                (sender.client() == Some(client) && matches!(wire, Wire::Bytes(_))).then_some(Clue::BackToSender)
            }
            (Step::Typed(Role::Server, typed), Step::Printed(_, text)) => {
                let typed = typed.to_vec();
                let line = typed.strip_suffix(b"\n").unwrap_or(&typed);
                find(&text.to_vec(), line).map(|_| Clue::TypedToo)
            }
            _ => None,
        }
    }

    /// The unusual call in which the subject sleeps for good. A program that prints or tries without end is in some call or other.
    fn sleeps_in(&self, role: Role) -> Option<String> {
        let still_runs = self.seen.transcript.last_end().is_none_or(|end| end == End::Runs);
        self.seen.asleep_in.clone().filter(|call| still_runs && !shows_nothing(role, call))
    }

    /// If something is missing, the state of the process may say why.
    fn with_process(&self, role: Role, clue: Option<Clue>) -> Option<Clue> {
        let is_missing = matches!(clue, Some(Clue::Nothing | Clue::Missing | Clue::FirstOnly | Clue::LastMissing | Clue::CutShort));
        // A client that sends only its first line may also have ended at a word of it.
        let resembles_token = |text: &[u8]| find(&text.to_ascii_lowercase(), &self.dialect.token.to_ascii_lowercase()).is_some();
        let may_end_at_word =
            clue == Some(Clue::FirstLine) && self.wire_bytes(role, self.seen_steps).last().is_some_and(|last| resembles_token(last));
        let is_long = self.expected.iter().filter_map(Step::bytes).any(|bytes| bytes.len() > LONG);
        // How much of a long stream is lost, and where, differs from run to run.
        if is_long && (is_missing || matches!(clue, Some(Clue::Gap(_) | Clue::Lost))) {
            return Some(Clue::Lost);
        }
        if !is_missing && !may_end_at_word {
            return clue;
        }
        if self.seen.has_not_read
            && let Some(call) = &self.seen.asleep_in
        {
            return Some(Clue::Unread(call.clone()));
        }
        if let Some(call) = self.sleeps_in(role) {
            return Some(Clue::Waits(call));
        }
        match self.seen.transcript.last_end() {
            Some(End::Exits(status)) if may_end_at_word || self.has_ended_early(role) => Some(self.ends_early(role, status)),
            _ => clue,
        }
    }

    /// Whether the subject has ended before the conversation was over. The harness may have played the rest before it has seen the end. But
    /// then the subject closed its connection before that, or with unread bytes, which makes the kernel reset it.
    fn has_ended_early(&self, role: Role) -> bool {
        let closes = |step: &Step| match step {
            Step::Wire(peer, how @ (Wire::Fin | Wire::Reset)) if *peer == role.peer() => Some(how.clone()),
            _ => None,
        };
        let last_action = self.seen_steps.iter().rposition(|step| step.is_stimulus(self.subject)).unwrap_or(0);
        let is_early = |(at, step): (usize, &Step)| closes(step).is_some_and(|how| how == Wire::Reset || at < last_action);
        self.first_unplayed().is_some() || role == Role::Server && self.seen_steps.iter().enumerate().any(is_early)
    }

    /// A program that ends in success has usually mistaken the last text for the end of the conversation. This counts only if it has read
    /// this text: with unread bytes, the kernel would have reset the connection.
    fn ends_early(&self, role: Role, status: u8) -> Clue {
        let end = self.seen_steps.iter().rposition(|step| matches!(step, Step::Ends(..))).unwrap_or(0);
        let before = &self.seen_steps[..end];
        if before.iter().any(|step| matches!(step, Step::Control(Control::Continue, _))) {
            return Clue::EndsAfterStop;
        }
        let given = |(at, step): (usize, &Step)| match step {
            Step::Wire(peer, Wire::Bytes(bytes)) if *peer == Peer::Client => Some((at, bytes.to_vec())),
            _ => None,
        };
        let last = before.iter().enumerate().rev().find_map(given).filter(|(_, last)| last.len() <= QUOTED);
        let closes = |step: &Step| *step == Step::Wire(role.peer(), Wire::Fin);
        match last {
            Some((at, last)) if status == 0 && (role == Role::Client || before[at..].iter().any(closes)) => {
                Clue::EndsAt(excerpt(&last, QUOTED))
            }
            _ => Clue::EndsEarly(status),
        }
    }

    /// What is missing in time is late if it comes in the end.
    fn late(&self, role: Role, clue: Option<Clue>) -> Clue {
        match clue {
            None | Some(Clue::TokenToo | Clue::EmptyToo | Clue::TextToo) => Clue::Late,
            clue => self.with_process(role, clue).unwrap_or(Clue::Late),
        }
    }

    fn clue_of_end(&self, role: Role, difference: &Difference) -> Option<Clue> {
        match self.seen.transcript.last_end() {
            Some(End::Exits(status)) if self.first_unplayed().is_some() && status == 0 => Some(self.ends_early(role, status)),
            Some(End::Exits(status)) => Some(Clue::Status(status, self.when(difference))),
            _ if self.seen.has_not_read => Some(Clue::Unread(self.seen.asleep_in.clone().unwrap_or_default())),
            // There is no conversation if another program has the port, or none.
            _ => Some(match self.sleeps_in(role).filter(|_| self.scenario.givens.is_empty()) {
                Some(call) => Clue::Waits(call),
                None => Clue::LivesOn(self.when(difference)),
            }),
        }
    }

    /// What happened before a program should have ended.
    fn when(&self, difference: &Difference) -> String {
        let end = difference.expected.map_or(self.expected.len(), |place| place.step);
        let last = self.expected[..end].iter().rev().find(|step| step.is_stimulus(self.subject));
        match last {
            _ if self.scenario.givens.contains(&Given::PortTaken) => "although the port is taken".into(),
            _ if self.scenario.givens.contains(&Given::PortClosed) => "although no server listens".into(),
            Some(Step::Wire(_, Wire::Bytes(bytes))) if bytes.to_vec() == self.dialect.token => {
                format!("after `{}`", String::from_utf8_lossy(&self.dialect.token))
            }
            Some(Step::Wire(peer, Wire::Fin | Wire::Closes)) => format!("when the {peer} has closed the connection"),
            Some(Step::Wire(peer, Wire::Reset)) => format!("when the {peer} has reset the connection"),
            Some(Step::TypedEof(_)) => "at the end of its input".into(),
            Some(Step::Typed(_, bytes)) => format!("after {} was typed", excerpt(&bytes.to_vec(), QUOTED)),
            _ => String::new(),
        }
    }

    fn clue_of_connections(&self, role: Role) -> Option<Clue> {
        let swapped = |port: u16| port == self.dialect.address.port().swap_bytes();
        match role {
            Role::Server => {
                if let Some(&address) = self.seen.listens_at.first() {
                    return Some(if swapped(address.port()) { Clue::ListensSwapped(address) } else { Clue::ListensAt(address) });
                }
            }
            Role::Client => {
                if let Some(&address) = self.seen.tried.first() {
                    return Some(if swapped(address.port()) { Clue::TriesSwapped(address) } else { Clue::TriesAt(address) });
                }
                let connects = |step: &&Step| matches!(step, Step::Wire(Peer::Client, Wire::Connect));
                if self.seen_steps.iter().filter(connects).count() > 1 {
                    return Some(Clue::ConnectsAgain);
                }
            }
        }
        if self.seen.uses_datagrams {
            return Some(Clue::Datagrams);
        }
        let has_been_reached = self.seen_steps.contains(&Step::Wire(Peer::Client, Wire::Connect));
        match self.seen.transcript.last_end() {
            Some(End::Exits(status)) if role == Role::Server && has_been_reached => Some(Clue::NoRestart(status)),
            Some(End::Exits(status)) => Some(Clue::EndsEarly(status)),
            _ => self.seen.asleep_in.clone().map(Clue::Waits),
        }
    }

    /// The form of what was printed.
    fn clue_of_output(&self) -> Option<Clue> {
        let printed = self.all_printed(self.seen_steps).all;
        // In a course with a farewell, a program that ended too early has said it, too: that is no text of its own. One that serves the next
        // client says it at the end of each connection.
        let may_have_left = self.has_ended() || self.dialect.serves != Serves::One;
        let seen = if may_have_left && !self.dialect.is_from_the_tutorial() { self.dialect.without_farewell(&printed) } else { &printed };
        let is_cut = |step: &Step| matches!(step, Step::PrintedAnyCut(..));
        if self.expected.iter().any(is_cut) {
            return self.clue_of_any_cut(seen);
        }
        let printed: Vec<Vec<u8>> = self.expected.iter().filter_map(|step| self.printed(step)).collect();
        // One printed step may hold the greeting and the first message.
        let all = printed.concat();
        let greeting = self.opening();
        let (lead, rest) = if all.starts_with(&greeting) { all.split_at(greeting.len()) } else { (&b""[..], &all[..]) };
        let rest = self.dialect.without_farewell(rest);
        let messages = self.dialect.messages(rest);
        let due = match (self.subject, messages) {
            (Part::Server, Some(texts)) => Due {
                before: self.dialect.prefix.clone(),
                behind: self.dialect.line_end.clone(),
                texts,
                lead: lead.to_vec(),
                token: self.dialect.token.clone(),
                typed: Vec::new(),
            },
            _ => {
                Due { lead: lead.to_vec(), texts: [rest.to_vec()].into_iter().filter(|text| !text.is_empty()).collect(), ..Due::default() }
            }
        };
        form(&due, seen)
    }

    /// The form of output that depends on how TCP cuts the stream.
    fn clue_of_any_cut(&self, seen: &[u8]) -> Option<Clue> {
        let sent: Vec<u8> = self
            .expected
            .iter()
            .filter_map(|step| match step {
                Step::PrintedAnyCut(_, bytes) => Some(bytes.to_vec()),
                step => Some(self.dialect.payload(&self.printed(step)?)?.to_vec()),
            })
            .flatten()
            .collect();
        let rest = seen.strip_prefix(&self.opening()[..]).unwrap_or(seen);
        let texts = self.dialect.messages(self.dialect.without_farewell(rest))?;
        // The greeting came, so it is not true that nothing was printed.
        form_of_stream(&sent, &texts.concat()).map(|clue| if clue == Clue::Nothing { Clue::Missing } else { clue })
    }

    /// The bytes that the subject sends in each step.
    fn wire_bytes(&self, role: Role, steps: &[Step]) -> Vec<Vec<u8>> {
        let bytes = |step: &Step| match step {
            Step::Wire(peer, Wire::Bytes(bytes)) if *peer == role.peer() => Some(bytes.to_vec()),
            _ => None,
        };
        steps.iter().filter_map(bytes).collect()
    }

    /// The form of the replies of a server.
    fn clue_of_answers(&self, due: &[u8], seen: &[u8]) -> Option<Clue> {
        let (reply, welcome) = (&self.dialect.reply, &self.dialect.welcome[..]);
        let (lead, mut rest) = if due.starts_with(welcome) { due.split_at(welcome.len()) } else { due.split_at(0) };
        let received = self.expected.iter().filter_map(received);
        let mut texts = Vec::new();
        let is_list = !self.dialect.later_replies.is_empty();
        for (message, number) in received.zip(1..) {
            let answer = self.dialect.nth_reply(number).of(self.dialect.unframed(&message));
            let Some(behind) = rest.strip_prefix(&answer[..]) else { break };
            // NULs up to a length stand behind the whole reply, and each reply of a list is another one.
            let text = if reply.padding > 0 || is_list {
                &answer
            } else {
                answer.strip_prefix(&reply.before[..])?.strip_suffix(&reply.behind[..])?
            };
            texts.push(text.to_vec());
            rest = behind;
        }
        if !rest.is_empty() || reply.hole == Hole::None {
            let all = due[lead.len()..].to_vec();
            return form(&Due { lead: lead.to_vec(), texts: vec![all], ..Due::default() }, seen);
        }
        let (before, behind) = if reply.padding > 0 || is_list { Default::default() } else { (reply.before.clone(), reply.behind.clone()) };
        form(&Due { before, behind, texts, lead: lead.to_vec(), token: self.dialect.token.clone(), typed: Vec::new() }, seen)
    }

    /// The form of what was sent.
    fn clue_of_wire(&self, role: Role) -> Option<Clue> {
        let (due, seen) = (self.wire_bytes(role, self.expected), self.wire_bytes(role, self.seen_steps).concat());
        if role == Role::Server && (self.dialect.replies() || !self.dialect.welcome.is_empty()) {
            return self.clue_of_answers(&due.concat(), &seen);
        }
        if role == Role::Server {
            let received: Vec<u8> = self.expected.iter().filter_map(received).flatten().collect();
            return Some(if received.starts_with(&seen) && !seen.is_empty() { Clue::Echo } else { Clue::Sends });
        }
        let typed =
            self.expected.iter().filter_map(|step| if let Step::Typed(Role::Client, bytes) = step { Some(bytes.to_vec()) } else { None });
        let typed: Vec<u8> = typed.flatten().collect();
        // One step may hold several words. The input shows where each ends.
        let mut left = &due.concat()[..];
        let mut texts = Vec::new();
        for word in words(&typed) {
            let Some(rest) = left.strip_prefix(&self.dialect.delimited(word)[..]) else { break };
            left = rest;
            texts.push(word.to_vec());
        }
        if !left.is_empty() {
            texts.push(left.to_vec());
        }
        let padded = Due { texts: texts.iter().map(|word| self.dialect.delimited(word)).collect(), ..Due::default() };
        if self.dialect.padding > 0 && form(&padded, &seen) == Some(Clue::NoNuls) {
            return Some(Clue::NoNuls);
        }
        let due = Due { texts, behind: self.dialect.delimiter.clone(), typed, token: self.dialect.token.clone(), ..Due::default() };
        form(&due, &seen)
    }
}

/// What a step sends to a server.
fn received(step: &Step) -> Option<Vec<u8>> {
    match step {
        Step::Wire(Peer::Client, Wire::Bytes(bytes) | Wire::Burst(bytes)) => Some(bytes.to_vec()),
        _ => None,
    }
}
