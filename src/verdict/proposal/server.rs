//! Looks at a server: what it prints and sends when a client comes, talks and goes.

use super::draft::{Obstacle, Proposal, Proposed};
use super::look::{Look, Looks, connect, fin, operator_types, sends};
use super::message::{EXCERPT, Exchange, MOST_MESSAGES, WORDS, talk};
use super::replies;
use super::serving::{self, Connection};
use super::text::{
    Facts, Template, form, is_expressible, is_expressible_on_the_wire, like_a_descriptor, template, with_address, with_length, without_nuls,
};
use super::token;
use crate::spec::bytes::{excerpt, find};
use crate::spec::dialect::{Dialect, Form, Framing, Hole, Serves, Values, replaced};
use crate::spec::transcript::{MAX_SEGMENT, Scenario, Step};
use crate::stage::Seen;

/// Completes the proposal.
///
/// # Errors
/// Those of the function that plays; or the server reacts to nothing.
pub(super) fn propose<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let first = looks.look(vec![connect(1), sends(1, WORDS[0]), Step::Silence, sends(1, b"omegb\n"), sends(1, b"one\ntwo\n")])?;
    proposal.dialect.framing = framing(&first).ok_or_else(|| Obstacle::Mute(mute(&first)))?;
    let without = looks.look(vec![connect(1), fin(1)])?;
    proposal.dialect.start = start(proposal, [&first, &without]);
    operator(looks, proposal, &first)?;
    let said = messages(looks, proposal, &without)?;
    proposal.dialect.serves = serving::serves(looks, proposal, &without)?;
    let connections = serving::connections(looks, proposal)?;
    texts(proposal, said, &connections);
    match proposal.dialect.framing {
        Framing::Recv => buffer(looks, proposal)?,
        Framing::Line => proposal.note("", "buffer", "how many bytes may a line have? This did not show."),
    }
    token::of_server(looks, proposal, &connections)?;
    Ok(())
}

/// A server that reacts to bytes without a newline takes what one recv returns.
fn framing(first: &Look) -> Option<Framing> {
    let (without_newline, with_newline) = (first.after_all([2, 3]), first.after_all([4, 5]));
    if !without_newline.is_silent() || without_newline.ends(1) {
        Some(Framing::Recv)
    } else {
        (!with_newline.is_silent() || with_newline.ends(1)).then_some(Framing::Line)
    }
}

/// Why nothing can be proposed for a server that shows nothing.
fn mute(first: &Look) -> String {
    let greeting = first.after_all([0, 1]);
    let what = if greeting.is_silent() { "prints nothing and answers nothing" } else { "does not react to messages" };
    format!(
        "the server {what}, also where a newline ends the message: nothing shows what it expects. If it prints without fflush, flush \
         after each text. If each message has a fixed length, or a length in front, no dialect can describe it"
    )
}

/// What is printed before anybody has connected. A number that differs from run to run, such as that of the process, has no name.
fn start(proposal: &mut Proposal, looks: [&Look; 2]) -> Vec<u8> {
    let nobody = Facts { count: 0, port: 0 };
    let text = settled(proposal, "start", &looks.map(|look| (nobody, look.after(0).printed)), is_expressible);
    let [fd, any] = ["fd", "any"].map(|name| Values::mark(name).unwrap_or_default());
    replaced(&text, fd, any)
}

fn unreadable(text: &[u8]) -> String {
    let shown = excerpt(&Values::named(text), EXCERPT);
    if Values::has_any(text) {
        return format!("it prints or sends {shown}, where {{any}} differs each time. A dialect cannot say that here.");
    }
    format!("it prints or sends {shown}, which is no UTF-8 or has a NUL. What does it mean?")
}

/// Finds out whether somebody types the replies: then the server takes no second message before.
fn operator<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal, first: &Look) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let takes_more = !first.after_all([4, 5]).is_silent() || first.ends_at(1).is_some();
    if proposal.dialect.framing == Framing::Line || takes_more {
        return Ok(());
    }
    let line = proposal.dialect.typed_reply(1);
    let look = looks.look(vec![connect(1), sends(1, WORDS[0]), operator_types(&line)])?;
    if find(look.after(3).sent(1), &line).is_some() {
        proposal.dialect.reply = Form { hole: Hole::Typed, ..Form::default() };
    }
    Ok(())
}

/// What a server did for one message.
struct Shown {
    word: Vec<u8>,
    /// The line that somebody typed at the server, if somebody types its replies.
    typed: Vec<u8>,
    printed: Vec<u8>,
    sent: Vec<u8>,
}

impl Shown {
    fn new(dialect: &Dialect, word: &[u8], number: usize, printed: Vec<u8>, sent: &[u8]) -> Self {
        Self { word: word.to_vec(), typed: dialect.typed_reply(number), printed, sent: sent.to_vec() }
    }
}

/// Looks at the reactions to several messages, and finds the reply and the number of messages. Returns the form of what is printed.
fn messages<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal, without: &Look) -> Proposed<Form, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let words: Vec<&[u8]> = [WORDS[0]].into_iter().chain(WORDS).chain([WORDS[0]; MOST_MESSAGES - 4]).collect();
    let look = looks.look(talk(&proposal.dialect, &words))?;
    let exchange = Exchange(&proposal.dialect);
    let last = look.ends_at(1).and_then(|action| exchange.number(action, 2));
    let all: Vec<Shown> = if last.is_some_and(|last| last + 1 < WORDS.len()) {
        each_first_message(looks, &proposal.dialect, without)?
    } else {
        let shown = |(i, word): (usize, &&[u8])| {
            let reaction = exchange.after(&look, 2 + i * exchange.len());
            Shown::new(&proposal.dialect, word, i + 1, marked(&look, &reaction.printed), reaction.sent(1))
        };
        // What follows the last message may have a farewell behind it.
        words.iter().enumerate().take(last.unwrap_or(words.len())).map(shown).collect()
    };
    let dialect = &mut proposal.dialect;
    dialect.messages = last.map(|last| last + 1);
    let has_operator = dialect.has_operator();
    let printed: Vec<_> = all.iter().map(|one| (one.word.clone(), one.printed.clone())).collect();
    let sent: Vec<_> = all.into_iter().map(|one| (if has_operator { one.typed } else { one.word }, one.sent)).collect();
    match form(&sent) {
        Some(reply) if has_operator => dialect.reply = Form { hole: Hole::Typed, ..reply },
        Some(reply) => dialect.reply = reply,
        None => match replies::in_turn(looks, proposal)? {
            Some(list) => proposal.dialect.set_replies(list),
            None => proposal.note("server", "reply", differing("is sent", &sent)),
        },
    }
    let message = form(&printed);
    if message.is_none() {
        proposal.note("server", "message", differing("is printed", &printed));
    }
    Ok(message.unwrap_or_default())
}

/// What follows the first message of several connections: the text for the message, and perhaps a farewell, which is left out.
fn each_first_message<P, E>(looks: &mut Looks<P>, dialect: &Dialect, without: &Look) -> Proposed<Vec<Shown>, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let mut all = Vec::new();
    for word in WORDS {
        let look = looks.look(talk(dialect, &[word]))?;
        let reaction = Exchange(dialect).after(&look, 2);
        let printed = marked(&look, &reaction.printed);
        let farewell = if reaction.ends(1) { marked(without, &without.after(2).printed) } else { Vec::new() };
        let printed = printed.strip_suffix(&farewell[..]).unwrap_or(&printed).to_vec();
        all.push(Shown::new(dialect, word, 1, printed, reaction.sent(1)));
    }
    Ok(all)
}

/// A text that was printed on the only connection of a look, with marks for its address.
fn marked(look: &Look, printed: &[u8]) -> Vec<u8> {
    look.ports.first().map_or_else(|| printed.to_vec(), |&port| with_address(printed, Facts { count: 1, port }))
}

fn differing(what: &str, pairs: &[(Vec<u8>, Vec<u8>)]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (word, text) in pairs {
        let one = format!("{} for {}", excerpt(text, EXCERPT), excerpt(word, EXCERPT));
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.truncate(3);
    format!("this {what}: {}. What is the text around the message?", told.join("; "))
}

/// Takes over what is printed for connections and messages, with marks for values that differ from connection to connection.
fn texts(proposal: &mut Proposal, message: Form, connections: &[Connection]) {
    let of = |text: fn(&Connection) -> Option<Vec<u8>>| -> Vec<(Facts, Vec<u8>)> {
        connections.iter().filter_map(|connection| Some((connection.facts, text(connection)?))).collect()
    };
    let greeting = settled(proposal, "greeting", &of(|connection| Some(connection.greeting.clone())), is_expressible);
    let farewell = settled(proposal, "farewell", &of(|connection| connection.farewell.clone()), is_expressible);
    let welcome = settled(proposal, "welcome", &of(|connection| Some(connection.welcome.clone())), is_expressible_on_the_wire);
    proposal.dialect.welcome = welcome;
    // One connection after the other has the same descriptor.
    if proposal.dialect.serves != Serves::Many
        && let Some(number) = like_a_descriptor(&greeting)
    {
        let text = format!("is {number} the descriptor of the connection? Then write {{fd}} in its place, here and below.");
        proposal.note("server", "greeting", text);
    }
    reply(proposal, connections);
    proposal.dialect.server_greeting = greeting;
    proposal.dialect.farewell.clone_from(&farewell);
    proposal.dialect.farewell_at_token = farewell;
    (proposal.dialect.prefix, proposal.dialect.line_end) = (Vec::new(), Vec::new());
    match message.hole {
        Hole::Message if message.is_bare() => {
            let text =
                "the server prints each message with nothing around it, so one message cannot be told from two. Print \\n behind it.";
            proposal.note("server", "message", text);
        }
        Hole::Message => {
            let has_length = [&message.before, &message.behind].into_iter().any(|text| Values::has_length(text));
            let part = |at: fn(&[u8], usize) -> Vec<u8>| {
                let text = |connection: &Connection| {
                    let printed = connection.message.as_ref()?;
                    let part = at(printed, find(printed, WORDS[0])?);
                    Some((connection.facts, if has_length { with_length(&part, WORDS[0].len()) } else { part }))
                };
                connections.iter().filter_map(text).collect::<Vec<_>>()
            };
            let before = part(|text, at| text[..at].to_vec());
            let behind = part(|text, at| text[at + WORDS[0].len()..].to_vec());
            let (prefix, line_end) = if before.is_empty() {
                (message.before, message.behind)
            } else {
                (settled(proposal, "message", &before, is_expressible), settled(proposal, "message", &behind, is_expressible))
            };
            (proposal.dialect.prefix, proposal.dialect.line_end) = (prefix, line_end);
        }
        _ => {
            if message.hole != Hole::None || !message.is_nothing() {
                let text = format!("for each message it prints {}, without the message itself.", excerpt(&message.before, EXCERPT));
                proposal.note("server", "message", text);
            }
        }
    }
}

/// Puts marks for values into the reply.
fn reply(proposal: &mut Proposal, connections: &[Connection]) {
    let reply = proposal.dialect.reply.clone();
    let has_length = [&reply.before, &reply.behind].into_iter().any(|text| Values::has_length(text));
    let part = |at: fn(&[u8], usize) -> Vec<u8>| {
        let text = |connection: &Connection| {
            let sent = connection.reply.as_ref()?;
            let part = at(sent, find(sent, WORDS[0])?);
            let part = if reply.padding > 0 { without_nuls(&part).to_vec() } else { part };
            Some((connection.facts, if has_length { with_length(&part, WORDS[0].len()) } else { part }))
        };
        connections.iter().filter_map(text).collect::<Vec<_>>()
    };
    let before = part(|text, at| text[..at].to_vec());
    let behind = part(|text, at| text[at + WORDS[0].len()..].to_vec());
    // A connection that one message ends has no record of it.
    if reply.hole == Hole::Message && !before.is_empty() {
        let [before, behind] = [before, behind].map(|part| settled(proposal, "reply", &part, is_expressible_on_the_wire));
        proposal.dialect.reply = Form { before, behind, ..reply };
    } else if !proposal
        .dialect
        .replies_in_turn()
        .all(|reply| [&reply.before, &reply.behind].into_iter().all(|text| is_expressible_on_the_wire(text)))
    {
        proposal.note("server", "reply", unreadable(&reply.of(WORDS[0])));
        proposal.dialect.set_replies(Vec::new());
    }
}

/// The text that these connections have in common, with marks for their values. What is unclear becomes a note. `fits` says whether a file
/// can hold the text at this key.
fn settled(proposal: &mut Proposal, key: &'static str, seen: &[(Facts, Vec<u8>)], fits: fn(&[u8]) -> bool) -> Vec<u8> {
    let first = seen.first().map(|(facts, text)| with_address(text, *facts)).unwrap_or_default();
    let Template { text, has_unknown_number } = template(seen).unwrap_or_else(|| {
        if let [(_, one), .., (_, other)] = seen {
            let (one, other) = (excerpt(one, EXCERPT), excerpt(other, EXCERPT));
            proposal.note("server", key, format!("one client caused {one}, and another {other}. What is the text?"));
        }
        Template { text: first, has_unknown_number: false }
    });
    if !fits(&text) {
        proposal.note("server", key, unreadable(&text));
        return Vec::new();
    }
    if has_unknown_number {
        proposal.note("server", key, "a number in this text differs each time, so {any} stands for it. Is it {port}, {fd} or {n}?");
    }
    text
}

/// Finds how many bytes one recv takes. A long message comes out in pieces of this size; or the call in which the server sleeps tells.
fn buffer<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    const LONG: usize = 32_000;
    const _: () = assert!(LONG <= MAX_SEGMENT);
    let look = looks.look(vec![connect(1), sends(1, &[b'~'; LONG])])?;
    let reaction = look.after(2);
    let longest = |text: &[u8]| text.split(|&byte| byte != b'~').map(<[u8]>::len).max().unwrap_or(0);
    // Replies with nothing around them are one stream.
    let answered: &[u8] = if proposal.dialect.reply.is_bare() { b"" } else { reaction.sent(1) };
    let pieces = [longest(&reaction.printed), longest(answered)];
    let piece = pieces.into_iter().find(|&len| (16..LONG).contains(&len));
    let asks_for = looks.look(vec![connect(1)])?.asks_for;
    match piece.or(asks_for.filter(|len| (16..=65_536).contains(len))) {
        Some(len) => proposal.dialect.buffer = len,
        None => proposal.note("", "buffer", "how many bytes does one recv take at most? This did not show."),
    }
    Ok(())
}
