//! Computes the transcript of a conversation with correct programs. The input is the dialect (the texts of the programs) and the actions of
//! the harness.
//!
//! With the tutorial's texts, the result equals each fixture: `tests/model.rs` checks this. So `sockspec` can use each fixture, and each
//! random conversation, for a program with other texts.

use crate::model::client::Client;
use crate::model::crowd::Crowd;
use crate::model::server::Server;
use crate::model::stimuli::{Action, Stimuli};
use crate::model::talk::{Talk, misses_its_server};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{Dialect, TokenIs};
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, End, Peer, Step, Transcript, Wire};

/// The conversation: the harness's actions, each followed by the expected reactions.
pub fn expect(dialect: &Dialect, stimuli: &Stimuli) -> Transcript {
    let steps = match stimuli.subject {
        Part::Server if !stimuli.givens.is_empty() => complaint(Role::Server, &dialect.bind_complaint),
        Part::Client if !stimuli.givens.is_empty() => complaint(Role::Client, &dialect.connect_complaint),
        Part::Server => compared(dialect, server(dialect, stimuli)),
        Part::Client => compared(dialect, client(dialect, stimuli)),
        // Nobody sees what the two send to each other.
        Part::Pair => {
            compared(dialect, pair(dialect, stimuli)).into_iter().filter(|step| !matches!(step, Step::Wire(Peer::Server, _))).collect()
        }
    };
    Transcript { steps }
}

/// A message may look like a text that differs each time, or like other text. Then the same is left out in its transcript.
fn compared(dialect: &Dialect, steps: Vec<Step>) -> Vec<Step> {
    if dialect.is_compared_in_part() { steps.into_iter().filter_map(|step| step.compared(dialect)).collect() } else { steps }
}

/// A server whose port is taken, or a client without a server: the program prints a line on stderr, and exits with status 1.
fn complaint(role: Role, beginning: &[u8]) -> Vec<Step> {
    vec![Step::Complained(role, Bytes::literal(beginning)), Step::Ends(role, End::Exits(1))]
}

fn server(dialect: &Dialect, stimuli: &Stimuli) -> Vec<Step> {
    let mut server = Crowd::new(dialect, stimuli, 0);
    let mut steps = server.starts();
    let mut is_killed = false;
    for Action { step, is_cut_open } in &stimuli.actions {
        let client = if let Step::Wire(peer, _) = step { peer.client() } else { None };
        if let (Some(client), true) = (client, ends_burst(step)) {
            let reactions = server.completes_burst(client);
            steps.extend(server.as_read(reactions));
        }
        if let Step::Control(Control::Start, _) = step {
            steps.extend(if is_killed { Vec::new() } else { server.ends() });
            server = Crowd::new(dialect, stimuli, server.connected());
            steps.push(step.clone());
            steps.extend(server.starts());
            is_killed = false;
            continue;
        }
        steps.push(step.clone());
        let reactions = match (step, client) {
            (Step::Wire(_, wire), Some(client)) => server.takes(client, wire, *is_cut_open),
            (Step::Typed(Role::Server, bytes), _) => server.operator_types(&bytes.to_vec()),
            (Step::Control(Control::Continue, _), _) => server.continues(),
            (Step::Resume(peer), _) => peer.client().map(|client| server.resumes(client)).unwrap_or_default(),
            _ => Vec::new(),
        };
        steps.extend(server.as_read(reactions));
        match step {
            Step::Control(Control::Stop, _) => server.stops(),
            Step::Pause(peer) => peer.client().into_iter().for_each(|client| server.pauses(client)),
            Step::Control(Control::Kill, role) => {
                steps.push(Step::Ends(*role, End::Dies(libc::SIGKILL)));
                is_killed = true;
            }
            // All other actions cause no reaction.
            _ => {}
        }
    }
    if !is_killed {
        steps.extend(server.ends());
    }
    steps
}

/// Whether this action comes after the burst in the same stream. Only such an action tells that the whole burst has arrived.
fn ends_burst(action: &Step) -> bool {
    matches!(action, Step::Wire(_, wire) if !matches!(wire, Wire::Burst(_)))
}

fn client(dialect: &Dialect, stimuli: &Stimuli) -> Vec<Step> {
    // What the harness sends in place of the server has likely values.
    let filled = dialect.has_values().then(|| dialect.filled(&stimuli.values, 1));
    talk(filled.as_ref().unwrap_or(dialect), stimuli).ends()
}

fn talk<'a>(dialect: &'a Dialect, stimuli: &Stimuli) -> Talk<'a> {
    let mut talk = Talk::new(dialect, stimuli);
    for Action { step, .. } in &stimuli.actions {
        talk.steps.push(step.clone());
        talk.takes(step);
    }
    talk
}

/// Whether a client waits for a reply that the harness does not send.
pub fn waits_in_vain(dialect: &Dialect, stimuli: &Stimuli) -> bool {
    stimuli.givens.is_empty() && talk(dialect, stimuli).waits_in_vain()
}

fn pair(dialect: &Dialect, stimuli: &Stimuli) -> Vec<Step> {
    let has_relay = stimuli.has_relay();
    let mut server = Server::new(dialect, stimuli, 1, 1);
    let mut client = Client::new(dialect, stimuli.precision.c_strings);
    let mut steps = server.starts();
    steps.extend(server.accepts());
    // Words that the client has sent. It may also have sent the beginning of the next word, so the reaction is not known yet.
    let mut words: Vec<Vec<u8>> = Vec::new();
    let (mut was_inside_word, mut is_server_gone, mut awaits_answer) = (false, false, false);
    // A client that waits for the answer to its token ends when the relay has brought the token, and the answer back.
    let is_token_answered = has_relay && dialect.waits && dialect.token_is == TokenIs::Answered && dialect.replies_to_sender();
    for Action { step, is_cut_open } in &stimuli.actions {
        if ends_burst(step) {
            steps.extend(server.reads_to_the_end_of_the_burst());
        }
        steps.push(step.clone());
        let (was_over, before) = (client.is_over(), steps.len());
        match step {
            Step::Typed(Role::Client, bytes) => words.extend(client.types(&bytes.to_vec())),
            Step::TypedEof(Role::Client) => words.extend(client.types_end()),
            Step::Control(Control::Kill, role) => {
                steps.push(Step::Ends(*role, End::Dies(libc::SIGKILL)));
                match role {
                    Role::Client => client.dies(),
                    Role::Server => is_server_gone = true,
                }
            }
            Step::Control(Control::Stop, _) => server.stops(),
            Step::Control(Control::Continue, _) => steps.extend(server.continues()),
            Step::Typed(Role::Server, bytes) => steps.extend(server.operator_types(&bytes.to_vec())),
            Step::Wire(Peer::Relay, wire) => steps.extend(server.receives(wire, *is_cut_open)),
            _ => {}
        }
        if has_relay {
            words.clear();
        } else if (client.is_over() || !client.is_inside_word()) && !is_server_gone {
            steps.extend(receives_words(dialect, &mut server, &std::mem::take(&mut words), *is_cut_open || was_inside_word));
        }
        if steps[before..].iter().any(|step| dismisses(dialect, step)) {
            client.dies();
        }
        was_inside_word = client.is_inside_word();
        if client.is_over() && !was_over {
            awaits_answer = is_token_answered && client.is_at_token();
            if !matches!(step, Step::Control(..)) && !awaits_answer {
                steps.push(Step::Ends(Role::Client, End::Exits(0)));
            }
            if !has_relay {
                steps.extend(server.reads_end());
            }
        }
        if awaits_answer && server.is_over() {
            awaits_answer = false;
            steps.push(Step::Ends(Role::Client, End::Exits(0)));
        }
    }
    if is_server_gone {
        steps.extend(misses_its_server());
    } else {
        steps.extend(server.ends());
    }
    steps
}

/// Whether a reply ends the client.
pub fn dismisses(dialect: &Dialect, step: &Step) -> bool {
    matches!(step, Step::Wire(Peer::Server, Wire::Bytes(reply)) if dialect.ends_client(dialect.unframed(&reply.to_vec())))
}

/// A server's reaction to messages that its client has sent together. One message arrives as one segment. TCP may join several messages, and cut
/// the result anywhere, unless the client waits for the reply to each.
fn receives_words(dialect: &Dialect, server: &mut Server<'_>, words: &[Vec<u8>], is_cut_open: bool) -> Vec<Step> {
    let sent = |word: &Vec<u8>| dialect.delimited(word);
    match words {
        [] => Vec::new(),
        words if words.len() == 1 || dialect.waits => words.iter().flat_map(|word| server.reads(&sent(word), is_cut_open)).collect(),
        words => server.reads(&words.iter().flat_map(sent).collect::<Vec<_>>(), true),
    }
}
