//! The harness's part of a scenario in the words of another course: the token and its near misses, cuts inside the token, texts that programs
//! print, and sizes around the buffer.

mod stream;

use crate::model::client::Client;
use crate::model::expectation::expect;
use crate::model::rewording::stream::{Pattern, moved, reword_stream};
use crate::model::stimuli::{Action, Stimuli};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{ClientEnd, Dialect, Framing, ServerEnd, Serves, TokenIs, Values, is_space};
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, Peer, Step, Wire};
use std::collections::HashMap;

/// The actions of `stimuli`, which are written for the course `from`, for the course `to`.
#[must_use]
pub fn reword(stimuli: &Stimuli, from: &Dialect, to: &Dialect) -> Stimuli {
    let mut reworded = stimuli.clone();
    // Where only the operator ends the server, a client ends the conversation by its end of the stream.
    let ends_by_operator = |course: &Dialect| stimuli.subject == Part::Server && course.server_ends == ServerEnd::Operator;
    if to.token.is_empty() && !from.token.is_empty() || ends_by_operator(to) && !ends_by_operator(from) {
        end_without_token(&mut reworded, from);
    }
    let tokens = [from, to].map(|course| course.unframed(&course.sent_token()).to_vec());
    let sent = Pattern::all(from, to, [&tokens[0], &tokens[1]]);
    let typed = Pattern::all(from, to, [&from.token, &to.token]);
    let mut streams: HashMap<Peer, Vec<usize>> = HashMap::new();
    for (at, action) in reworded.actions.iter().enumerate() {
        if let Some(peer) = sender(&action.step) {
            streams.entry(peer).or_default().push(at);
        }
    }
    for places in streams.into_values() {
        let pieces: Vec<Vec<u8>> = places.iter().filter_map(|&i| Some(reworded.actions[i].step.bytes()?.to_vec())).collect();
        let is_sent = !matches!(reworded.actions[places[0]].step, Step::Typed(..));
        let patterns = if is_sent { &sent } else { &typed };
        let last = places.last().copied();
        for (at, piece) in places.into_iter().zip(reword_stream(&pieces, patterns, [from.buffer, to.buffer])) {
            let is_part = stimuli.precision.splits && to.pads_messages() && Some(at) != last;
            let piece = if is_sent && !is_part { framed(piece, from, to) } else { piece };
            reworded.actions[at].step = with_bytes(&reworded.actions[at].step, &piece);
        }
    }
    // A token of one byte has no inside, so a cut there leaves an empty piece.
    let has_bytes = |action: &Action| action.step.bytes().is_none_or(|bytes| !bytes.is_empty());
    reworded.actions.retain(|action| has_bytes(action) || sender(&action.step) == Some(Peer::Relay));
    if stimuli.subject == Part::Client {
        reword_replies(&mut reworded, from, to, &sent);
    }
    if to.serves != Serves::One {
        end_before_restart(&mut reworded);
    }
    type_whole_lines(&mut reworded, to);
    complete(&mut reworded, to);
    if let (Some(most), Serves::One, Part::Server) = (to.messages, to.serves, stimuli.subject) {
        end_after_the_last_message(&mut reworded, to, most);
    }
    if reworded.has_relay() {
        relay_what_is_sent(&mut reworded, to, stimuli, from);
    }
    reworded
}

/// The relay of a pair forwards what the client sends, so its segments are cut from that: at the places that have the same meaning.
fn relay_what_is_sent(reworded: &mut Stimuli, to: &Dialect, stimuli: &Stimuli, from: &Dialect) {
    let is_relayed = |action: &&Action| sender(&action.step) == Some(Peer::Relay);
    let segments = stimuli.actions.iter().filter(is_relayed).filter_map(|action| Some(action.step.bytes()?.len()));
    let cuts: Vec<usize> = segments
        .scan(0, |end, len| {
            *end += len;
            Some(*end)
        })
        .collect();
    let (old, new) = (typed_messages(stimuli, from), typed_messages(reworded, to));
    let stream = new.concat();
    let moved_cut = |cut: usize| {
        let (mut old_begin, mut new_begin) = (0, 0);
        for (number, message) in old.iter().enumerate() {
            let len = new.get(number).map_or(0, Vec::len);
            if cut < old_begin + message.len() {
                return new_begin + moved(cut - old_begin, message.len(), len);
            }
            (old_begin, new_begin) = (old_begin + message.len(), new_begin + len);
        }
        stream.len()
    };
    let (mut begin, mut rest) = (0, cuts.into_iter().map(moved_cut));
    for action in reworded.actions.iter_mut().filter(|action| sender(&action.step) == Some(Peer::Relay)) {
        let end = rest.next().unwrap_or(stream.len()).max(begin);
        action.step = with_bytes(&action.step, &stream[begin..end]);
        begin = end;
    }
    reworded
        .actions
        .retain(|action| sender(&action.step) != Some(Peer::Relay) || action.step.bytes().is_none_or(|bytes| !bytes.is_empty()));
    let has_fin = reworded.actions.iter().any(|action| matches!(action.step, Step::Wire(Peer::Relay, Wire::Fin)));
    let is_token = |action: &Action| action.step.bytes().is_some_and(|bytes| is_sent_token(&bytes.to_vec(), to));
    if !has_fin && !reworded.actions.iter().rfind(|action| sender(&action.step) == Some(Peer::Relay)).is_some_and(is_token) {
        reworded.actions.push(Step::Wire(Peer::Relay, Wire::Fin).into());
    }
}

/// The messages that a client sends for what is typed, as they are sent.
pub fn typed_messages(stimuli: &Stimuli, course: &Dialect) -> Vec<Vec<u8>> {
    let mut client = Client::new(course, false);
    let mut messages = Vec::new();
    for action in &stimuli.actions {
        match &action.step {
            Step::Typed(Role::Client, bytes) => messages.extend(client.types(&bytes.to_vec())),
            Step::TypedEof(Role::Client) => messages.extend(client.types_end()),
            _ => {}
        }
    }
    messages.iter().map(|message| course.delimited(message)).collect()
}

/// Whose stream the bytes of this action belong to. What is typed is the stream of the client that reads it: then the harness does not play
/// this client.
fn sender(action: &Step) -> Option<Peer> {
    match action {
        Step::Typed(role, _) => Some(role.peer()),
        Step::Wire(Peer::Server, _) => None,
        Step::Wire(peer, Wire::Bytes(_) | Wire::Burst(_)) => Some(*peer),
        _ => None,
    }
}

/// A course without a token: where the token ended a conversation, the end of the stream or of the input does.
fn end_without_token(stimuli: &mut Stimuli, from: &Dialect) {
    let mut is_over = false;
    let subject = stimuli.subject;
    let actions = std::mem::take(&mut stimuli.actions);
    for action in actions {
        match &action.step {
            Step::Control(..) | Step::Wire(_, Wire::Connect) => is_over = false,
            // The client has ended its stream, or its input.
            Step::Wire(Peer::Client, _) | Step::Typed(..) | Step::TypedEof(Role::Client) if is_over => continue,
            Step::Wire(Peer::Client, Wire::Bytes(bytes)) if is_sent_token(&bytes.to_vec(), from) => {
                stimuli.actions.push(Step::Wire(Peer::Client, Wire::Fin).into());
                is_over = true;
                continue;
            }
            Step::Typed(Role::Client, bytes) => {
                let typed = bytes.to_vec();
                let others = typed.split(|&byte| is_space(byte)).take_while(|word| !from.is_token(word));
                let before: usize = others.map(|word| word.len() + 1).sum();
                if before > typed.len() {
                    stimuli.actions.push(action);
                    continue;
                }
                if before > 0 {
                    stimuli.actions.push(Action { step: Step::Typed(Role::Client, Bytes::compact(&typed[..before])), ..action });
                }
                stimuli.actions.push(Step::TypedEof(Role::Client).into());
                is_over = subject != Part::Pair;
                continue;
            }
            _ => {}
        }
        stimuli.actions.push(action);
    }
}

/// Whether a segment is the token: alone, or as a line.
fn is_sent_token(segment: &[u8], course: &Dialect) -> bool {
    course.is_token(segment) || course.is_token(course.unframed(segment))
}

/// A segment that is a message of the one course as a message of the other.
fn framed(segment: Vec<u8>, from: &Dialect, to: &Dialect) -> Vec<u8> {
    let is_alike = from.framing == to.framing && !to.pads_messages();
    if is_alike || segment.is_empty() { segment } else { to.framed(from.unframed(&segment)) }
}

/// A client that reads words may send a word as soon as white space follows it, and waits for the reply then. The harness replies when the line
/// is complete. So a piece of input that completes a word also completes its line.
pub fn type_whole_lines(stimuli: &mut Stimuli, to: &Dialect) {
    if !to.waits {
        return;
    }
    let mut client = Client::new(to, false);
    let mut at = 0;
    while at < stimuli.actions.len() {
        if let Step::Typed(Role::Client, bytes) = &stimuli.actions[at].step {
            let mut typed = bytes.to_vec();
            drop(client.types(&typed));
            while client.has_words_in_open_line()
                && let Some(Step::Typed(Role::Client, more)) = stimuli.actions.get(at + 1).map(|action| &action.step)
            {
                let more = more.to_vec();
                drop(client.types(&more));
                typed.extend(more);
                stimuli.actions.remove(at + 1);
            }
            stimuli.actions[at].step = Step::Typed(Role::Client, Bytes::compact(&typed));
        }
        at += 1;
    }
}

/// The replies of the harness. A client shows whatever it gets, so they stay where both courses have the same turns. Where they do not, the model
/// adds the replies of the course.
fn reword_replies(stimuli: &mut Stimuli, from: &Dialect, to: &Dialect, patterns: &[Pattern]) {
    let is_reply = |action: &Action| matches!(action.step, Step::Wire(Peer::Server, Wire::Bytes(_)));
    let has_same_turns = from.framing == to.framing && from.waits == to.waits && from.replies_to_sender() && to.replies_to_sender();
    if !has_same_turns || from.welcome.is_empty() != to.welcome.is_empty() {
        // A server that answers the token says it when its client does.
        let says_token = |action: &Action| reply(&action.step).is_some_and(|reply| from.ends_client(from.unframed(&reply)));
        if to.client_ends == ClientEnd::Reply && to.token_is == TokenIs::Answered {
            for action in stimuli.actions.iter_mut().filter(|action| says_token(action)) {
                action.step = Step::Typed(Role::Client, Bytes::compact(&[&to.token[..], b"\n"].concat()));
            }
        }
        stimuli.actions.retain(|action| !is_reply(action));
        return;
    }
    for action in stimuli.actions.iter_mut().filter(|action| is_reply(action)) {
        let piece = action.step.bytes().map(Bytes::to_vec).unwrap_or_default();
        let piece = to.reply.with_nuls(&reword_stream(&[piece], patterns, [from.buffer, to.buffer]).concat());
        action.step = with_bytes(&action.step, &piece);
    }
    if let Some(welcome) = stimuli.actions.iter_mut().find(|action| is_reply(action) && !to.welcome.is_empty()) {
        welcome.step = with_bytes(&welcome.step, &Values::default().fill(&to.welcome, 1, 1));
    }
}

/// A server that takes so many messages ends with the last one, so its client does nothing more.
fn end_after_the_last_message(stimuli: &mut Stimuli, to: &Dialect, most: usize) {
    let mut count = 0;
    stimuli.actions.retain(|action| {
        let is_over = count >= most;
        match &action.step {
            Step::Control(Control::Start, _) | Step::Wire(Peer::Client, Wire::Connect) => {
                count = 0;
                return true;
            }
            Step::Wire(Peer::Client, Wire::Bytes(bytes)) => {
                let lines = bytes.to_vec().iter().filter(|byte| **byte == b'\n').count();
                count += if to.framing == Framing::Line { lines } else { 1 };
            }
            _ => {}
        }
        !is_over || !matches!(action.step, Step::Wire(Peer::Client, _))
    });
}

/// A server that does not end by itself is killed before it is started again.
fn end_before_restart(stimuli: &mut Stimuli) {
    let is_start = |action: &Action| matches!(action.step, Step::Control(Control::Start, _));
    while let Some(at) = (0..stimuli.actions.len()).find(|&i| {
        let is_killed = i > 0 && matches!(stimuli.actions[i - 1].step, Step::Control(Control::Kill, _));
        is_start(&stimuli.actions[i]) && !is_killed
    }) {
        stimuli.actions.insert(at, Step::Control(Control::Kill, Role::Server).into());
    }
}

/// What ended the conversation in the one course may not end it in the other. Then the stream or the input ends.
fn complete(stimuli: &mut Stimuli, to: &Dialect) {
    let has = |wanted: fn(&Step) -> bool| stimuli.actions.iter().any(|action| wanted(&action.step));
    match stimuli.subject {
        _ if !stimuli.givens.is_empty() => {}
        Part::Server if to.serves == Serves::One => {
            let is_end = |step: &Step| match step {
                Step::Wire(Peer::Client, Wire::Fin | Wire::Reset | Wire::Closes) => true,
                Step::Wire(Peer::Client, Wire::Bytes(bytes)) => is_sent_token(&bytes.to_vec(), to),
                _ => false,
            };
            let last = stimuli.actions.iter().rposition(|action| matches!(action.step, Step::Wire(Peer::Client, Wire::Connect)));
            if let Some(last) = last
                && !stimuli.actions[last..].iter().any(|action| is_end(&action.step))
            {
                stimuli.actions.push(Step::Wire(Peer::Client, Wire::Fin).into());
            }
        }
        Part::Client => {
            let mut client = Client::new(to, false);
            for action in &stimuli.actions {
                match &action.step {
                    Step::Typed(Role::Client, bytes) => drop(client.types(&bytes.to_vec())),
                    Step::TypedEof(Role::Client) => drop(client.types_end()),
                    _ => {}
                }
            }
            let is_server_gone = has(|step| matches!(step, Step::Wire(Peer::Server, wire) if !matches!(wire, Wire::Bytes(_))));
            let replies: Vec<Vec<u8>> = stimuli.actions.iter().filter_map(|action| reply(&action.step)).collect();
            let is_dismissed = |reply: &Vec<u8>| to.ends_client(to.unframed(reply));
            if !client.is_over() && !replies.is_empty() && !replies.iter().any(is_dismissed) {
                answer_last(stimuli, to, replies.len());
            }
            // Where the actions hold no reply, the harness answers each message.
            let answers: Vec<Vec<u8>> = match replies.is_empty() && to.token_is == TokenIs::Answered {
                true => {
                    let messages = typed_messages(stimuli, to);
                    messages.iter().zip(1..).map(|(message, number)| to.nth_reply(number).of(to.unframed(message))).collect()
                }
                false => stimuli.actions.iter().filter_map(|action| reply(&action.step)).collect(),
            };
            let is_dismissed = answers.iter().any(is_dismissed);
            if !client.is_over() && !is_dismissed && !is_server_gone {
                stimuli.actions.push(Step::TypedEof(Role::Client).into());
            }
        }
        Part::Pair => {
            let ends = expect(to, stimuli).steps.iter().any(|step| matches!(step, Step::Ends(Role::Client, _)));
            let is_kill = |action: &Action| matches!(action.step, Step::Control(Control::Kill, _));
            if !ends && !stimuli.actions.iter().any(is_kill) {
                let last = stimuli.actions.iter().rposition(|action| sender(&action.step).is_some()).map_or(0, |at| at + 1);
                stimuli.actions.insert(last, Step::TypedEof(Role::Client).into());
            }
        }
        _ => {}
    }
}

/// What a server sends.
fn reply(step: &Step) -> Option<Vec<u8>> {
    match step {
        Step::Wire(Peer::Server, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
        _ => None,
    }
}

/// What ended the client in the one course may be a message in the other, which waits for its reply.
fn answer_last(stimuli: &mut Stimuli, to: &Dialect, replies: usize) {
    let messages = typed_messages(stimuli, to);
    let welcomes = usize::from(!to.welcome.is_empty());
    if let Some(last) = messages.last().filter(|_| to.waits && messages.len() + welcomes > replies) {
        let reply = to.nth_reply(messages.len()).of(to.unframed(last));
        stimuli.actions.push(Step::Wire(Peer::Server, Wire::Bytes(Bytes::compact(&reply))).into());
    }
}

fn with_bytes(step: &Step, bytes: &[u8]) -> Step {
    let bytes = Bytes::compact(bytes);
    match step {
        Step::Wire(peer, Wire::Bytes(_)) => Step::Wire(*peer, Wire::Bytes(bytes)),
        Step::Wire(peer, Wire::Burst(_)) => Step::Wire(*peer, Wire::Burst(bytes)),
        Step::Typed(role, _) => Step::Typed(*role, bytes),
        other => other.clone(),
    }
}
