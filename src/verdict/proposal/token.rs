//! Looks for the token: the word that ends a conversation.

use super::choice::{CANDIDATES, Relatives, question};
use super::draft::{Proposal, Proposed};
use super::look::{Looks, connect, operator_types, sends};
use super::message::{EXCERPT, Exchange, WORDS};
use super::serving::Connection;
use super::text::with_length;
use super::time::without_times;
use crate::spec::bytes::{are_alike, excerpt};
use crate::spec::dialect::{Dialect, Framing, ServerEnd, TokenIs, TokenMatch, Values, replaced};
use crate::spec::transcript::Scenario;
use crate::stage::Seen;

/// Finds the token of a server, how it is compared, and what the server does with it.
pub(super) fn of_server<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal, connections: &[Connection]) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    proposal.dialect.token = Vec::new();
    // Where each message ends the connection, no word stands out.
    if proposal.dialect.messages == Some(1) {
        return Ok(());
    }
    let received = candidate(looks, proposal)?;
    let typed = if proposal.dialect.has_operator() { candidate_of_operator(looks, proposal, received.as_deref())? } else { None };
    proposal.dialect.server_ends = match (&received, &typed) {
        (Some(_), Some(_)) => ServerEnd::Either,
        (None, Some(_)) => ServerEnd::Operator,
        _ => ServerEnd::Client,
    };
    if let (None, Some(token)) = (&received, &typed) {
        let message = proposal.dialect.framed(WORDS[0]);
        let mut ends = |line: &[u8]| -> Proposed<bool, E> {
            Ok(looks.look(vec![connect(1), sends(1, &message), operator_types(line)])?.after(3).ends(1))
        };
        // A line that is typed has no newline of its own.
        proposal.dialect.token_match = Relatives::of(token, true, false, &mut ends)?.token_match();
        proposal.dialect.token.clone_from(token);
        return Ok(());
    }
    let Some(token) = received else {
        let empty = looks.look(vec![connect(1), sends(1, b"\n")])?;
        let text = if empty.after(2).ends(1) {
            "an empty line ends the conversation. A dialect cannot say that yet.".into()
        } else {
            question("the conversation")
        };
        proposal.note("", "token", text);
        return Ok(());
    };
    let mut ends = |message: &[u8]| -> Proposed<bool, E> {
        Ok(looks.look(vec![connect(1), sends(1, &proposal.dialect.framed(message))])?.after(2).ends(1))
    };
    let (itself, is_recv) = (ends(&token)?, proposal.dialect.framing == Framing::Recv);
    let with_newline = is_recv && ends(&[&token[..], b"\n"].concat())?;
    let relatives = Relatives::of(&token, itself, with_newline, &mut ends)?;
    proposal.dialect.token_match = relatives.token_match();
    if proposal.dialect.token_match == TokenMatch::AnyCase && (relatives.with_blanks || relatives.with_newline) {
        proposal.note("", "token-match", "white space around the token does not matter, either. A dialect cannot say both.");
    }
    proposal.dialect.token = token;
    what_it_does(looks, proposal, connections)
}

/// The first candidate that ends the connection.
fn candidate<P, E>(looks: &mut Looks<P>, proposal: &Proposal) -> Proposed<Option<Vec<u8>>, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    // Messages that the server takes of one client, except the last one.
    let at_once = proposal.dialect.messages.map_or(CANDIDATES.len(), |most| most - 1);
    let ends: &[&[u8]] = if proposal.dialect.framing == Framing::Recv { &[b"", b"\n"] } else { &[b""] };
    for end in ends {
        for candidates in CANDIDATES.chunks(at_once) {
            let exchange = Exchange(&proposal.dialect);
            let words = candidates.iter().enumerate().flat_map(|(i, word)| exchange.of(1, &[word.as_bytes(), end].concat(), i + 1));
            let look = looks.look([connect(1)].into_iter().chain(words).collect())?;
            if let Some(word) = look.ends_at(1).and_then(|action| candidates.get(exchange.number(action, 2)?)) {
                return Ok(Some(word.as_bytes().to_vec()));
            }
        }
    }
    Ok(None)
}

/// The first candidate that ends the connection when it is typed at the server: the token of the clients, if there is one.
fn candidate_of_operator<P, E>(looks: &mut Looks<P>, proposal: &Proposal, known: Option<&[u8]>) -> Proposed<Option<Vec<u8>>, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let candidates = known.map_or_else(|| CANDIDATES.map(str::as_bytes).to_vec(), |known| vec![known]);
    let message = proposal.dialect.framed(WORDS[0]);
    let lines = candidates.iter().flat_map(|word| [sends(1, &message), operator_types(word)]);
    let look = looks.look([connect(1)].into_iter().chain(lines).collect())?;
    let typed = (0..candidates.len()).find(|i| look.after(3 + 2 * i).ends(1));
    Ok(typed.map(|i| candidates[i].to_vec()))
}

/// Finds whether the server prints and answers the token, and how it ends.
fn what_it_does<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal, connections: &[Connection]) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let dialect = &proposal.dialect;
    let as_sent = dialect.sent_token();
    let token = dialect.unframed(&as_sent);
    let exchange = Exchange(dialect);
    let steps = [connect(1)].into_iter().chain(exchange.of(1, WORDS[0], 1)).chain([sends(1, &as_sent)]);
    let look = looks.look(steps.collect())?;
    let (word, last) = (exchange.after(&look, 2), look.after(2 + exchange.len()));
    let as_message = if dialect.prints_messages() { as_message(dialect, &word.printed, token) } else { Vec::new() };
    let printed = without_times(&last.printed);
    let (reply, sent) = (Values::default().fill(&dialect.nth_reply(2).of(token), 1, 1), last.sent(1));
    let is_printed = !as_message.is_empty() && printed.starts_with(&as_message);
    let is_answered = dialect.replies_to_sender() && are_alike(sent, &reply);
    let farewell = if is_printed { &printed[as_message.len()..] } else { &printed };
    let token_is = match (is_printed || !dialect.prints_messages(), is_answered) {
        (true, true) => TokenIs::Answered,
        _ if is_printed => TokenIs::Printed,
        _ => TokenIs::Hidden,
    };
    if !sent.is_empty() && token_is != TokenIs::Answered {
        let text =
            format!("the server sends {} for the token. Answered means: printed and answered like a message.", excerpt(sent, EXCERPT));
        proposal.note("server", "token-is", text);
    }
    let usual = connections.first().and_then(|connection| connection.farewell.as_deref()).map(without_times).unwrap_or_default();
    if !are_alike(farewell, &usual) {
        let text = format!("at the token it prints {} instead. A dialect has one farewell.", excerpt(farewell, EXCERPT));
        proposal.note("server", "farewell", text);
    }
    proposal.dialect.token_is = token_is;
    proposal.note_end("at the token", last.end);
    match (proposal.ends_with_client(), last.end) {
        (true, None) => proposal.note("", "token", "the server closes the connection at the token, but goes on."),
        (false, Some(_)) => proposal.note("", "token", "it ends the whole server, not only the conversation."),
        _ => {}
    }
    Ok(())
}

/// What the server would print for the token, after what it has printed for the first of [`WORDS`].
fn as_message(dialect: &Dialect, printed: &[u8], token: &[u8]) -> Vec<u8> {
    let printed = without_times(printed);
    let printed = if dialect.has_lengths() { Values::with_length(&with_length(&printed, WORDS[0].len()), token.len()) } else { printed };
    replaced(&printed, WORDS[0], token)
}
