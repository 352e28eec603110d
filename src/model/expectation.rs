//! Computes the transcript of a conversation with correct programs. The input is the dialect (the texts of the programs) and the actions of
//! the harness.
//!
//! With the tutorial's texts, the result equals each fixture: `tests/model.rs` checks this. So `sockspec` can use each fixture, and each
//! random conversation, for a program with other texts.

use crate::model::client::Client;
use crate::model::server::Server;
use crate::model::stimuli::{Action, Stimuli};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, End, Peer, Step, Transcript, Wire};

/// A client may send many words together. Up to this number, each word is a step of the transcript; more words are one step.
const MOST_SEPARATE_WORDS: usize = 16;

/// The conversation: the harness's actions, each followed by the expected reactions.
pub fn expect(dialect: &Dialect, stimuli: &Stimuli) -> Transcript {
    let steps = match stimuli.subject {
        Part::Server if !stimuli.givens.is_empty() => complaint(Role::Server, &dialect.bind_complaint),
        Part::Client if !stimuli.givens.is_empty() => complaint(Role::Client, &dialect.connect_complaint),
        Part::Server => server(dialect, stimuli),
        Part::Client => client(dialect, stimuli),
        Part::Pair => pair(dialect, stimuli),
    };
    Transcript { steps }
}

/// A server whose port is taken, or a client without a server: the program prints a line on stderr, and exits with status 1.
fn complaint(role: Role, beginning: &[u8]) -> Vec<Step> {
    vec![Step::Complained(role, Bytes::literal(beginning)), Step::Ends(role, End::Exits(1))]
}

fn server(dialect: &Dialect, stimuli: &Stimuli) -> Vec<Step> {
    let mut server = Server::new(dialect, stimuli.precision);
    let mut steps = Vec::new();
    for Action { step, is_cut_open } in &stimuli.actions {
        if ends_burst(step) {
            steps.extend(server.reads_to_the_end_of_the_burst());
        }
        if let Step::Control(Control::Start, _) = step {
            steps.extend(server.ends());
            server = Server::new(dialect, stimuli.precision);
        }
        steps.push(step.clone());
        match step {
            Step::Wire(Peer::Client, Wire::Connect) => steps.extend(server.accepts()),
            Step::Wire(Peer::Client, wire) => steps.extend(receives(&mut server, wire, *is_cut_open)),
            Step::Control(Control::Stop, _) => server.stops(),
            Step::Control(Control::Continue, _) => steps.extend(server.continues()),
            // All other actions cause no reaction: those of a second client, for example, which is not served.
            _ => {}
        }
    }
    steps.extend(server.ends());
    steps
}

/// Whether this action comes after the burst in the same stream. Only such an action tells that the whole burst has arrived.
fn ends_burst(action: &Step) -> bool {
    matches!(action, Step::Wire(Peer::Client | Peer::Relay, wire) if !matches!(wire, Wire::Burst(_)))
}

/// A server's reaction to its client, or to a relay, which sends in place of the client.
fn receives(server: &mut Server<'_>, wire: &Wire, is_cut_open: bool) -> Vec<Step> {
    match wire {
        Wire::Bytes(bytes) => server.reads(&bytes.to_vec(), is_cut_open),
        Wire::Burst(bytes) => {
            server.reads_burst(&bytes.to_vec());
            Vec::new()
        }
        Wire::Fin | Wire::Reset | Wire::Closes => server.reads_end(),
        Wire::Connect => Vec::new(),
    }
}

fn client(dialect: &Dialect, stimuli: &Stimuli) -> Vec<Step> {
    let mut client = Client::new(dialect, stimuli.precision.c_strings);
    let mut steps = vec![Step::Wire(Peer::Client, Wire::Connect)];
    if !dialect.client_greeting.is_empty() {
        steps.push(Step::Printed(Role::Client, Bytes::compact(&dialect.client_greeting)));
    }
    let (mut unread, mut is_paused, mut is_server_gone) = (Vec::new(), false, false);
    for Action { step, .. } in &stimuli.actions {
        steps.push(step.clone());
        match step {
            Step::Typed(bytes) => unread.extend(client.types(&bytes.to_vec())),
            Step::TypedEof => unread.extend(client.types_end()),
            Step::Pause => is_paused = true,
            Step::Resume => is_paused = false,
            Step::Wire(Peer::Server, _) => is_server_gone = true,
            _ => {}
        }
        if !is_paused && !is_server_gone {
            steps.extend(sent(dialect, &std::mem::take(&mut unread)));
        }
    }
    if is_server_gone {
        steps.extend(misses_its_server());
        return steps;
    }
    if stimuli.precision.closes {
        steps.push(Step::Wire(Peer::Client, Wire::Fin));
    }
    steps.push(Step::Ends(Role::Client, End::Exits(0)));
    steps
}

/// The steps for the words that a client sends. The dialect's delimiter is what this client adds after each word; a correct client adds
/// nothing.
fn sent(dialect: &Dialect, words: &[Vec<u8>]) -> Vec<Step> {
    let delimited = |words: &[Vec<u8>]| -> Vec<u8> { words.iter().flat_map(|word| [word, &dialect.delimiter[..]].concat()).collect() };
    let at_once = if words.len() > MOST_SEPARATE_WORDS { words.len() } else { 1 };
    words.chunks(at_once).map(|words| Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&delimited(words))))).collect()
}

/// A client that sends to a server which has closed the connection: it prints something on stderr, and exits with a status other than 0.
fn misses_its_server() -> [Step; 2] {
    [Step::Complained(Role::Client, Bytes::literal(b"")), Step::Ends(Role::Client, End::ExitsNonzero)]
}

fn pair(dialect: &Dialect, stimuli: &Stimuli) -> Vec<Step> {
    let has_relay = stimuli.has_relay();
    let mut server = Server::new(dialect, stimuli.precision);
    let mut client = Client::new(dialect, stimuli.precision.c_strings);
    let mut steps = server.accepts();
    // Words that the client has sent. It may also have sent the beginning of the next word, so the reaction is not known yet.
    let mut words: Vec<Vec<u8>> = Vec::new();
    let (mut was_inside_word, mut is_server_gone) = (false, false);
    for Action { step, is_cut_open } in &stimuli.actions {
        if ends_burst(step) {
            steps.extend(server.reads_to_the_end_of_the_burst());
        }
        steps.push(step.clone());
        let was_over = client.is_over();
        match step {
            Step::Typed(bytes) => words.extend(client.types(&bytes.to_vec())),
            Step::TypedEof => words.extend(client.types_end()),
            Step::Control(Control::Kill, role) => {
                steps.push(Step::Ends(*role, End::Dies(libc::SIGKILL)));
                match role {
                    Role::Client => client.dies(),
                    Role::Server => is_server_gone = true,
                }
            }
            Step::Control(Control::Stop, _) => server.stops(),
            Step::Control(Control::Continue, _) => steps.extend(server.continues()),
            Step::Wire(Peer::Relay, wire) => steps.extend(receives(&mut server, wire, *is_cut_open)),
            _ => {}
        }
        if has_relay {
            words.clear();
        } else if (client.is_over() || !client.is_inside_word()) && !is_server_gone {
            steps.extend(receives_words(&mut server, &std::mem::take(&mut words), *is_cut_open || was_inside_word));
        }
        was_inside_word = client.is_inside_word();
        if client.is_over() && !was_over {
            if !matches!(step, Step::Control(..)) {
                steps.push(Step::Ends(Role::Client, End::Exits(0)));
            }
            if !has_relay {
                steps.extend(server.reads_end());
            }
        }
    }
    if is_server_gone {
        steps.extend(misses_its_server());
    } else {
        steps.extend(server.ends());
    }
    steps
}

/// A server's reaction to words that its client has sent together. One word arrives as one segment. TCP may join several words, and cut the
/// result anywhere.
fn receives_words(server: &mut Server<'_>, words: &[Vec<u8>], is_cut_open: bool) -> Vec<Step> {
    match words {
        [] => Vec::new(),
        [word] => server.reads(word, is_cut_open),
        words => server.reads(&words.concat(), true),
    }
}
