//! Smoke scenarios: the first conversations with a subject. They show whether it takes part at all, and they learn its dialect. So a
//! program with another greeting breaks only the rule about the greeting.

use crate::model::expectation::expect;
use crate::model::stimuli::{Precision, Stimuli};
use crate::spec::bytes::{Bytes, are_alike, find};
use crate::spec::dialect::{ClientEnd, Dialect, Form, Hole, Serves, TokenIs, Values};
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::{End, Peer, Scenario, Step, Transcript, Wire};
use crate::stage::Seen;
use crate::verdict::finding::{Finding, Verdict};
use crate::verdict::judge::judge;

/// What was learned about a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The texts that it prints and sends.
    pub dialect: Dialect,
    /// Whether it prints messages as the course asks for.
    pub has_due_messages: bool,
    /// Whether it sends behind each message what the course asks for.
    pub has_due_delimiter: bool,
    /// The broken rule that makes it impossible to judge others: the padding of a client's words cannot be recognised, or a server joins
    /// two messages.
    pub unreadable: Option<&'static Rule>,
    /// Why it cannot be judged at all, if it cannot.
    pub refusal: Option<Refusal>,
}

/// A subject that does not take part: a server that does not listen, or a client that does not connect.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What it did instead.
    pub finding: Finding,
    /// The smoke scenario. Its rule is the broken one, which all other rules presuppose.
    pub scenario: Scenario,
    /// What was seen of it.
    pub seen: Seen,
}

impl Refusal {
    /// The rule that it breaks.
    pub fn rule(&self) -> &'static Rule {
        self.scenario.rule
    }
}

/// Two words that differ in their last letters. If a server pads its messages to a length, the longer second word shows it; for a client,
/// the shorter token does.
const WORDS: [&[u8]; 2] = [b"alpha", b"omegb"];
const LONGER: &[u8] = b"omegbeta";

/// Learns the dialect from a few short conversations, which `play` plays. `course` is the dialect that the subject should speak.
///
/// # Errors
/// Those of `play`.
pub fn learn<E>(course: &Dialect, role: Role, mut play: impl FnMut(&Scenario) -> Result<Seen, E>) -> Result<Learned, E> {
    let mut play = |scenario: &Scenario| play(scenario).map(|seen| with_marks(course, seen));
    let (seen, refusal) = first_look(course, role, &mut play)?;
    if let Some(refusal) = refusal {
        return Ok(Learned {
            dialect: course.clone(),
            has_due_messages: true,
            has_due_delimiter: true,
            unreadable: None,
            refusal: Some(refusal),
        });
    }
    let words = match role {
        Role::Server => [WORDS[0], LONGER],
        Role::Client => WORDS,
    };
    let token = Wire::Bytes(Bytes::literal(&course.sent_token()));
    let ending = if course.token.is_empty() { Wire::Fin } else { token };
    let with_words = play(&smoke(course, role, &words, &Wire::Fin))?;
    let (dialect, unreadable) = match role {
        Role::Server => {
            let with_token = play(&smoke(course, role, &WORDS[..1], &ending))?;
            let joins = find(&printed(&with_words), &words.concat()).is_some();
            (server(course, [seen, with_words, with_token]), Rule::find("server/message-split").filter(|_| joins))
        }
        Role::Client => match client(course, &with_words) {
            None => (None, Rule::find("client/word")),
            learned => (learned, None),
        },
    };
    let dialect = dialect.unwrap_or_else(|| course.clone());
    let (has_due_messages, has_due_delimiter) =
        (dialect.has_messages_of(course), (&dialect.delimiter, dialect.padding) == (&course.delimiter, course.padding));
    Ok(Learned { has_due_messages, has_due_delimiter, dialect, unreadable, refusal: None })
}

/// Plays the shortest conversation, and says why the program does not take part in this role, if it does not.
///
/// # Errors
/// Those of `play`.
pub fn first_look<E>(
    course: &Dialect,
    role: Role,
    mut play: impl FnMut(&Scenario) -> Result<Seen, E>,
) -> Result<(Seen, Option<Refusal>), E> {
    let first = smoke(course, role, &[], &Wire::Fin);
    let seen = play(&first)?;
    let refusal = refusal(course, role, &first, &seen);
    Ok((seen, refusal))
}

/// A conversation of these words, in the course's dialect. `last` ends a server; the token ends a client.
fn smoke(course: &Dialect, role: Role, words: &[&[u8]], last: &Wire) -> Scenario {
    let literal = |word: &[u8]| Bytes::literal(word);
    let sent = |wire: Wire| Step::Wire(Peer::Client, wire);
    let (steps, rule, title): (Vec<Step>, _, _) = match role {
        Role::Server => {
            let words = words.iter().map(|word| Wire::Bytes(literal(&course.framed(word))));
            let steps = [Wire::Connect].into_iter().chain(words).chain([last.clone()]).map(sent).collect();
            (steps, "server/eof", "a client connects and closes the connection")
        }
        Role::Client => {
            let token = Some(&course.token[..]).filter(|token| !token.is_empty());
            let lines = words.iter().copied().chain(token).map(|word| Step::Typed(Role::Client, literal(&[word, b"\n"].concat())));
            let eof = token.is_none().then_some(Step::TypedEof(Role::Client));
            // This rule is not about the end, so the stage closes the input of a client that waits for that.
            (lines.chain(eof).collect(), "client/word", "a user types words and the token")
        }
    };
    let rule = Rule::find(rule).expect("the table of rules has it");
    let transcript = expect(course, &Stimuli::new(role.into(), steps, Precision::usual(course)));
    Scenario { comments: Vec::new(), title: title.into(), rule, givens: Vec::new(), transcript }
}

/// Whether the subject took part at all.
fn refusal(course: &Dialect, role: Role, scenario: &Scenario, seen: &Seen) -> Option<Refusal> {
    let id = if role == Role::Server { "server/listen" } else { "client/connect" };
    let rule = Rule::find(id).expect("the table of rules has it");
    let scenario = Scenario { rule, ..scenario.clone() };
    // A client that connects more than once takes part.
    let took_part = seen.transcript.steps.contains(&Step::Wire(Peer::Client, Wire::Connect));
    if took_part && seen.trouble.is_none() {
        return None;
    }
    let finding = judge(&scenario, seen, course);
    (finding.verdict != Verdict::Pass).then(|| Refusal { finding, scenario, seen: seen.clone() })
}

/// Everything that was printed.
fn printed(seen: &Seen) -> Vec<u8> {
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    seen.transcript.steps.iter().filter_map(text).flatten().collect()
}

/// Finds the dialect of a server in three conversations: without a word, with two words, and with one word and the token.
fn server(course: &Dialect, [silent, mut talking, mut with_token]: [Seen; 3]) -> Option<Dialect> {
    let (without, other) = (printed(&silent), printed(&talking));
    let (greeting, other) = (first_line(&without), first_line(&other));
    let has_varying_greeting = other != greeting && are_alike(other, greeting);
    let varying = Dialect { server_greeting: greeting.to_vec(), has_varying_greeting, ..course.clone() };
    [&mut talking, &mut with_token].into_iter().for_each(|seen| settle_greeting(&varying, &mut seen.transcript));
    let start = if course.start.is_empty() { Vec::new() } else { before_connecting(&silent) };
    let said = |seen: &Seen| printed(seen).strip_prefix(&start[..]).map(<[u8]>::to_vec);
    let mut dialect = Dialect { start: start.clone(), has_varying_greeting, ..course.clone() };
    let (without, with) = (said(&silent)?, said(&talking)?);
    // Output of a program that has not ended is no farewell, unless it serves the next client.
    let is_complete = course.serves != Serves::One || has_ended(&silent) && has_ended(&talking);
    if course.prints_messages() {
        let Texts { before, prefix, line_end, behind } = texts(&without, &with, [WORDS[0], LONGER], b"\n", is_complete)?;
        // If nothing is between two messages, they cannot be told apart.
        if prefix.is_empty() && line_end.is_empty() {
            return None;
        }
        // Part of the course's text differs each time. If the subject has another text, the same may be true of it, and two messages that are
        // printed at the same moment do not show it.
        if Values::has_any(&course.prefix) && (&prefix, &line_end) != (&course.prefix, &course.line_end) {
            return None;
        }
        dialect = Dialect { server_greeting: before, prefix, line_end, farewell: behind, ..dialect };
    } else {
        let greeting = before_ending(&silent).len().saturating_sub(dialect.start.len());
        (dialect.server_greeting, dialect.farewell) = (without[..greeting].to_vec(), without[greeting..].to_vec());
    }
    (dialect.welcome, dialect.reply) = answers(course, &answered(&silent), &answered(&talking));
    if !course.replies_to_sender() {
        // Nobody else is there who would get a reply.
        dialect.reply.clone_from(&course.reply);
    }
    let told = said(&with_token)?;
    let first = if course.prints_messages() { dialect.message(WORDS[0]) } else { Vec::new() };
    let last = told.strip_prefix(&[&dialect.server_greeting[..], &first].concat()[..]);
    dialect.farewell_at_token.clone_from(&course.farewell_at_token);
    if course.serves != Serves::One {
        dialect.farewell_at_token.clone_from(&dialect.farewell);
    }
    // A token that is printed as a message is no farewell either.
    let token = if course.token_is == TokenIs::Hidden { Vec::new() } else { dialect.message(&course.token) };
    let last = last.map(|last| last.strip_prefix(&token[..]).unwrap_or(last));
    if let Some(last) = last.filter(|last| has_ended(&with_token) && !last.starts_with(&dialect.message(&course.token))) {
        dialect.farewell_at_token = last.to_vec();
    }
    Some(dialect)
}

/// What was seen, with marks in place of the values that differ from conversation to conversation, such as the port of a client.
fn with_marks(course: &Dialect, mut seen: Seen) -> Seen {
    if course.has_values() {
        let values = seen.values(course);
        for step in &mut seen.transcript.steps {
            if let Step::Printed(Role::Server, text) | Step::Wire(Peer::Server, Wire::Bytes(text)) = step {
                *text = Bytes::compact(&course.marked(&text.to_vec(), &values));
            }
        }
    }
    seen
}

/// The texts around two messages.
struct Texts {
    before: Vec<u8>,
    prefix: Vec<u8>,
    line_end: Vec<u8>,
    behind: Vec<u8>,
}

/// Finds the texts in two outputs: without a message, and with these two. `is_complete` says whether they end with a farewell.
///
/// The first output is `before behind`, the second one is `before (prefix word line-end) × 2 behind`. These equations have more than one
/// solution. Prefer the one in which the line end ends with the last of the bytes `ends` between the words.
fn texts(without: &[u8], with: &[u8], words: [&[u8]; 2], ends: &[u8], is_complete: bool) -> Option<Texts> {
    let first = find(with, words[0])?;
    let second = first + find(&with[first..], words[1])?;
    let before = &with[..first];
    let between = &with[first + words[0].len()..second];
    let after = &with[second + words[1].len()..];
    let is_end = |at: usize| at > 0 && ends.contains(&between[at - 1]);
    let after_ends = (1..=between.len()).rev().filter(|&at| is_end(at));
    let others = (0..=between.len()).filter(|&at| !is_end(at));
    after_ends.chain(others).find_map(|at| {
        let (line_end, prefix) = between.split_at(at);
        let before = before.strip_suffix(prefix)?;
        let behind = after.strip_prefix(line_end)?;
        let (behind, agrees) =
            if is_complete { (behind, [before, behind].concat() == without) } else { (&b""[..], without.starts_with(before)) };
        agrees.then(|| Texts { before: before.into(), prefix: prefix.into(), line_end: line_end.into(), behind: behind.into() })
    })
}

/// The welcome and the reply of a server, in what it has sent without a message and with two.
fn answers(course: &Dialect, without: &[u8], with: &[u8]) -> (Vec<u8>, Form) {
    let plain = [WORDS[0].to_vec(), LONGER.to_vec()];
    let upper = plain.clone().map(|word| word.to_ascii_uppercase());
    let typed = [1, 2].map(|number| course.typed_reply(number));
    let words = if course.has_operator() { &typed } else { &plain };
    let due = words.iter().zip(1..).flat_map(|(word, number)| course.nth_reply(number).of(word)).collect::<Vec<u8>>();
    // Words of one length do not show how a reply is padded. Two words do not show all replies of a list.
    if with.strip_prefix(without) == Some(&due) || !course.later_replies.is_empty() {
        return (without.to_vec(), course.reply.clone());
    }
    let known = [(Hole::Typed, typed), (Hole::Message, plain), (Hole::UpperCase, upper)];
    // The NUL in the mark of a value ends nothing.
    let ends: &[u8] = if course.pads_replies() && !course.has_values() { b"\n\0" } else { b"\n" };
    for (hole, words) in known.into_iter().filter(|(hole, _)| *hole != Hole::Typed || course.has_operator()) {
        if let Some(Texts { before, prefix, line_end, .. }) = texts(without, with, [&words[0], &words[1]], ends, true) {
            return (before, Form { before: prefix, hole, behind: line_end, padding: 0 });
        }
    }
    // The same reply to each message: behind the welcome, the same comes twice.
    let replies = with.strip_prefix(without).unwrap_or_default();
    let (one, other) = replies.split_at(replies.len() / 2);
    match replies {
        [] => (without.to_vec(), Form::default()),
        _ if one == other => (without.to_vec(), Form::fixed(one)),
        _ => (without.to_vec(), course.reply.clone()),
    }
}

/// Everything that a server has sent.
fn answered(seen: &Seen) -> Vec<u8> {
    let bytes = |step: &Step| if let Step::Wire(Peer::Server, Wire::Bytes(bytes)) = step { Some(bytes.to_vec()) } else { None };
    seen.transcript.steps.iter().filter_map(bytes).flatten().collect()
}

/// What was printed before this step.
fn printed_before(seen: &Seen, is_step: fn(&Step) -> bool) -> Vec<u8> {
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    seen.transcript.steps.iter().take_while(|step| !is_step(step)).filter_map(text).flatten().collect()
}

fn before_connecting(seen: &Seen) -> Vec<u8> {
    printed_before(seen, |step| matches!(step, Step::Wire(Peer::Client, Wire::Connect)))
}

fn before_ending(seen: &Seen) -> Vec<u8> {
    printed_before(seen, |step| matches!(step, Step::Wire(Peer::Client, Wire::Fin)))
}

/// Replaces the printed greeting by the learned one, if they differ only in numbers.
pub fn settle_greeting(dialect: &Dialect, seen: &mut Transcript) {
    let printed = seen.steps.iter_mut().find_map(|step| match step {
        Step::Printed(Role::Server, text) => Some(text),
        _ => None,
    });
    let Some(printed) = printed.filter(|_| dialect.has_varying_greeting) else { return };
    let text = printed.to_vec();
    let (first, rest) = text.split_at(first_line(&text).len());
    if are_alike(first, &dialect.server_greeting) {
        *printed = Bytes::compact(&[&dialect.server_greeting, rest].concat());
    }
}

/// The first line, with its newline.
fn first_line(text: &[u8]) -> &[u8] {
    text.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default()
}

fn has_ended(seen: &Seen) -> bool {
    seen.transcript.steps.iter().any(|step| matches!(step, Step::Ends(_, end) if *end != End::Runs))
}

/// Finds the delimiter that a client sends behind each word, and its greeting. `None` if the client sends other words, or does not send the
/// same delimiter behind each.
fn client(course: &Dialect, seen: &Seen) -> Option<Dialect> {
    let bytes = |step: &Step| if let Step::Wire(Peer::Client, Wire::Bytes(bytes)) = step { Some(bytes.to_vec()) } else { None };
    let sent: Vec<u8> = seen.transcript.steps.iter().filter_map(bytes).flatten().collect();
    let greeting = seen.transcript.steps.iter().take_while(|step| !matches!(step, Step::Typed(..)));
    let greeting: Vec<u8> =
        greeting.filter_map(|step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None }).flatten().collect();
    let due: Vec<u8> = WORDS.iter().copied().chain([token_of(course)]).flat_map(|word| course.delimited(word)).collect();
    let mut dialect = course.clone();
    // What was typed at first shows whether a client pads what it sends.
    if course.padding == 0 || sent.is_empty() || !due.starts_with(&sent) {
        (dialect.delimiter, dialect.padding) = (delimiter(course, &sent)?, 0);
    }
    // Behind the greeting, the client shows the welcome, and prompts for the first time.
    let welcome = if course.welcome.is_empty() { Vec::new() } else { course.shows.of(course.unframed(&course.welcome)) };
    let rest = [&welcome[..], &course.prompt].concat();
    if let Some(own) = greeting.strip_suffix(&rest[..]) {
        dialect.client_greeting = own.to_vec();
    } else if let Some(rest) = greeting.strip_prefix(&course.client_greeting[..]) {
        dialect.prompt = rest.strip_prefix(&welcome[..]).unwrap_or(rest).to_vec();
    } else {
        dialect.client_greeting = greeting;
    }
    if dialect.client_greeting.is_empty() && rest.is_empty() {
        dialect.client_greeting.clone_from(&course.client_greeting);
    }
    Some(dialect)
}

/// The token, if the client sends it.
fn token_of(course: &Dialect) -> &[u8] {
    if course.client_ends == ClientEnd::Unsent { b"" } else { &course.token }
}

fn delimiter(course: &Dialect, sent: &[u8]) -> Option<Vec<u8>> {
    let token = token_of(course);
    // A client that stopped early has not shown its delimiter.
    let stopped_early = [[WORDS[0], WORDS[1], token], [WORDS[0], &course.delimiter, &[]]];
    if stopped_early.iter().any(|all| all.concat().starts_with(sent)) {
        return Some(if stopped_early[0].concat().starts_with(sent) { Vec::new() } else { course.delimiter.clone() });
    }
    let rest = sent.strip_prefix(WORDS[0])?;
    let delimiter = &rest[..find(rest, WORDS[1])?];
    let last = sent.strip_prefix(&[WORDS[0], delimiter, WORDS[1]].concat()[..])?;
    // Bytes between the words that do not follow the second word are no delimiter.
    let Some(last) = last.strip_prefix(delimiter) else { return Some(Vec::new()) };
    // Other rules judge whether and how the token is sent. Here the token shows padding, because it is shorter than the words.
    let behind = last.strip_prefix(token).unwrap_or_default();
    let is_known = |behind: &[u8]| behind.is_empty() || behind.starts_with(token);
    (is_known(behind) || behind.strip_prefix(delimiter).is_some_and(is_known)).then(|| delimiter.to_vec())
}
