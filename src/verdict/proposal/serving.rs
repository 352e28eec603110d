//! Looks at which clients a server serves, and at what it prints for each.

use super::draft::{Proposal, Proposed};
use super::look::{Look, Looks, connect, fin, sends};
use super::message::{Exchange, WORDS};
use super::text::{Facts, form};
use crate::spec::dialect::{ReplyTo, Serves};
use crate::spec::transcript::{Scenario, Step, Wire};
use crate::stage::Seen;

/// So many clients in turn are tried. A server that ends by itself after some usually ends earlier.
const MOST_CLIENTS: u8 = 11;

/// What a server prints and sends for one connection.
pub(super) struct Connection {
    pub(super) facts: Facts,
    pub(super) greeting: Vec<u8>,
    pub(super) welcome: Vec<u8>,
    /// What is sent for the first of [`WORDS`], if anything is.
    pub(super) reply: Option<Vec<u8>>,
    /// For the first of [`WORDS`], if that does not end the connection.
    pub(super) message: Option<Vec<u8>>,
    pub(super) farewell: Option<Vec<u8>>,
}

/// Which clients the server serves. `without` is a look at a client that has only come and gone.
pub(super) fn serves<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal, without: &Look) -> Proposed<Serves, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let end = without.after_all([1, 2]).end;
    if end.is_some() {
        proposal.note_end("when its client has gone", end);
        return Ok(Serves::One);
    }
    let word = proposal.dialect.framed(WORDS[0]);
    // A server that serves one at a time takes no note of the second client while the first one is there. The first one may not talk: a
    // server may close after some messages.
    let two = looks.look(vec![connect(1), connect(2), sends(2, &word), fin(1)])?;
    if two.after_all([2, 3]).ends(2) || !two.after_all([2, 3]).is_silent() {
        if !two.after(3).sent(1).is_empty() {
            others(looks, proposal)?;
        }
        return Ok(Serves::Many);
    }
    let steps = (1..=MOST_CLIENTS).flat_map(|client| [connect(client), fin(client)]).collect();
    let look = looks.look(steps)?;
    let ended = (1..=usize::from(MOST_CLIENTS)).find(|client| look.after_all([2 * client - 1, 2 * client]).end.is_some());
    if let Some(count) = ended {
        proposal.note_end("when its last client has gone", look.after_all([2 * count - 1, 2 * count]).end);
    }
    Ok(match ended {
        Some(1) => Serves::One,
        Some(count) => Serves::Some(count as u8),
        None => Serves::Next,
    })
}

/// Finds the reply that goes to others, too.
fn others<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let words = WORDS.iter().map(|word| sends(2, &proposal.dialect.framed(word)));
    let look = looks.look([connect(1), connect(2)].into_iter().chain(words).collect())?;
    let replies: Vec<_> = WORDS.iter().zip(3..).map(|(word, action)| (word.to_vec(), look.after(action).sent(1).to_vec())).collect();
    let goes_back = !look.after(3).sent(2).is_empty();
    proposal.dialect.reply_to = if goes_back { ReplyTo::All } else { ReplyTo::Others };
    match form(&replies) {
        Some(reply) => proposal.dialect.reply = reply,
        None => proposal.note("server", "reply", "what the other clients get is different for each message. What is the text around it?"),
    }
    Ok(())
}

/// Several connections, so that what differs from one to the next shows.
pub(super) fn connections<P, E>(looks: &mut Looks<P>, proposal: &Proposal) -> Proposed<Vec<Connection>, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let exchange = Exchange(&proposal.dialect);
    let talks = |client| exchange.of(client, WORDS[0], usize::from(client));
    // A message that ends the connection is no part of a record.
    let speaks = proposal.dialect.messages.is_none_or(|most| most > 1);
    let visit = |client| [connect(client)].into_iter().chain(speaks.then(|| talks(client)).into_iter().flatten()).chain([fin(client)]);
    if proposal.ends_with_client() {
        let mut all = Vec::new();
        for _ in 0..2 {
            let actions: Vec<Step> = visit(1).collect();
            all.extend(records(proposal, &looks.look(actions.clone())?, &actions));
        }
        return Ok(all);
    }
    let actions: Vec<Step> = match proposal.dialect.serves {
        // The fourth client comes when the second one has gone: it may get its descriptor, and never its number.
        Serves::Many => {
            let comes = |client| [connect(client)].into_iter().chain(speaks.then(|| talks(client)).into_iter().flatten());
            let some = (1..=3).flat_map(comes).chain([fin(2)]);
            some.chain(comes(4)).chain([fin(1), fin(3), fin(4)]).collect()
        }
        _ => (1..=3).flat_map(visit).collect(),
    };
    let mut all = records(proposal, &looks.look(actions.clone())?, &actions);
    // Numbers may differ from run to run, too.
    let again: Vec<Step> = visit(1).collect();
    all.extend(records(proposal, &looks.look(again.clone())?, &again));
    Ok(all)
}

/// What was printed for each client, in the order in which they came.
fn records(proposal: &Proposal, look: &Look, actions: &[Step]) -> Vec<Connection> {
    let at = |step: Step| actions.iter().position(|action| *action == step).map(|at| at + 1).filter(|&at| look.has(at));
    let is_of = |step: &Step, client: u8| matches!(step, Step::Wire(peer, Wire::Bytes(_)) if peer.client() == Some(client));
    let mut all = Vec::new();
    for client in 1..=4 {
        let Some((greeting, port)) = at(connect(client)).zip(look.ports.get(usize::from(client) - 1)) else { break };
        let message = actions.iter().position(|action| is_of(action, client)).map(|at| at + 1).filter(|&at| look.has(at));
        let message = message.map(|at| Exchange(&proposal.dialect).after(look, at));
        // Of the other clients, the first one has been there all the time.
        let reader = if proposal.dialect.reply_to == ReplyTo::Others { 1 } else { client };
        let greeting = look.after(greeting);
        all.push(Connection {
            facts: Facts { count: usize::from(client), port: *port },
            welcome: greeting.sent(client).to_vec(),
            greeting: greeting.printed,
            reply: message.as_ref().map(|reaction| reaction.sent(reader).to_vec()).filter(|reply| !reply.is_empty()),
            message: message.map(|reaction| reaction.printed),
            farewell: at(fin(client)).map(|at| look.after(at).printed),
        });
    }
    all
}
