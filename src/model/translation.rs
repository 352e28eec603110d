//! Golden scenarios in the words of another dialect.

use crate::model::expectation::{dismisses, expect, waits_in_vain};
use crate::model::oracle::Token;
use crate::model::rewording::{reword, typed_messages};
use crate::model::stimuli::{Precision, SHORT_SEGMENT, Stimuli};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::{ClientEnd, Dialect, Framing, ReplyTo, ServerEnd, Serves, TokenIs, Values};
use crate::spec::fixture::Fixture;
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, MAX_SEGMENT, Peer, Scenario, Step, Transcript, Wire};

/// What a scenario demands of programs of a course that speak this dialect. The scenario is written in the words of another course: `words`;
/// or, if that is not known, in those of the tutorial, of the course itself, or of the dialect, such as a scenario that was found with such a
/// program, and saved. `values` are those in the texts of the server, as far as they are known.
///
/// # Errors
/// The scenario demands something else than its course, so it has no meaning in other words. The message names the first such step, and what
/// a right program does there.
pub fn translate(
    dialect: &Dialect,
    course: &Dialect,
    scenario: &Scenario,
    words: Option<&Dialect>,
    values: &Values,
) -> Result<Transcript, String> {
    let tutorial = Dialect::tutorial();
    let from = words.unwrap_or(&tutorial);
    if dialect == from && !dialect.has_values() {
        return Ok(scenario.transcript.clone());
    }
    let written = scenario.transcript.in_one_notation();
    let is_written_in = |words: &Dialect, stimuli: &Stimuli| expect(words, stimuli).in_one_notation() == written;
    let (original, in_course) = (Stimuli::of(scenario, from), Stimuli::of(scenario, course));
    // The words of the course count first: a conversation may be right in both, and mean something else.
    let is_own = || !course.is_tutorial() && is_written_in(course, &in_course) || is_written_in(dialect, &in_course);
    if words.is_none() && is_own() {
        return Ok(expect(dialect, &Stimuli { values: values.clone(), ..in_course }));
    }
    let due = expect(from, &original).in_one_notation();
    if due == written {
        // The precision is the course's: what one recv takes.
        let reworded = if from == course { original } else { reword(&original, from, course) };
        let stimuli = Stimuli { precision: in_course.precision, values: values.clone(), ..reworded };
        return Ok(expect(dialect, &stimuli));
    }
    if dialect == course {
        return Ok(scenario.transcript.clone());
    }
    let other = written.steps.iter().zip(&due.steps).position(|(written, due)| written != due);
    let other = other.unwrap_or(written.steps.len().min(due.steps.len()));
    let step = |steps: &[Step]| steps.get(other).map_or("the end".into(), |step| format!("`{step}`"));
    Err(format!(
        "the scenario says {} where a right program does {}, so it can be judged only with a program that speaks {}'s words",
        step(&scenario.transcript.steps),
        step(&due.steps),
        from.noun()
    ))
}

/// The rules whose scenarios depend on what a message is: those of a course with lines say nothing about one without, and the other way round.
const ABOUT_FRAMING: &[&str] = &[
    "server/message-split",
    "server/message-coalesced",
    "server/stream",
    "server/exit-split",
    "server/exit-coalesced",
    "server/buffer",
    "server/nul",
    "client/reply",
];

/// Whether a server sends a reply in two segments.
fn has_cut_reply(scenario: &Scenario) -> bool {
    let is_sent = |step: &&Step| matches!(step, Step::Wire(..));
    let sent: Vec<&Step> = scenario.transcript.steps.iter().filter(is_sent).collect();
    let is_reply = |step: &Step| matches!(step, Step::Wire(Peer::Server, Wire::Bytes(_)));
    sent.windows(2).any(|two| two.iter().all(|step| is_reply(step)))
}

/// Whether a fixture says something about programs of this course.
pub fn fits(fixture: &Fixture, course: &Dialect) -> bool {
    let tutorial = Dialect::tutorial();
    let from = fixture.words.as_deref().unwrap_or(&tutorial);
    let scenario = &fixture.scenario;
    if scenario.rule.inapplicable(course).is_some() {
        return false;
    }
    // Scenarios of the user are about the user's course.
    let is_own = fixture.words.is_none() && !fixture.file.starts_with("fixtures/");
    if is_own || from == course {
        return true;
    }
    // What other courses have is no part of the tutorial.
    if course.is_tutorial() {
        return false;
    }
    let is_framed_alike = from.framing == course.framing;
    let depends_on_framing = ABOUT_FRAMING.contains(&scenario.rule.id) || scenario.subject() == Part::Pair;
    // A client that waits for each reply sends nothing ahead, so a relay has nothing to join.
    let has_same_turns = !scenario.has_relay() || from.waits == course.waits;
    // A client that gets replies does not end before a server that is stopped.
    let is_stop = |step: &Step| matches!(step, Step::Control(Control::Stop, _));
    let has_replies = scenario.subject() != Part::Pair || !course.replies_to_sender() || !scenario.transcript.steps.iter().any(is_stop);
    // A line is not longer than the buffer.
    let longest = |step: &Step| match step {
        Step::Wire(Peer::Client, Wire::Bytes(bytes) | Wire::Burst(bytes)) => bytes.len(),
        _ => 0,
    };
    let has_room = course.framing == Framing::Recv || scenario.transcript.steps.iter().all(|step| longest(step) < course.buffer);
    // What one recv returns of a long reply cannot be known, so a text around each part cannot be, either.
    let typed = |step: &Step| if let Step::Typed(_, bytes) = step { bytes.len() } else { 0 };
    let is_short = scenario.transcript.steps.iter().map(typed).all(|len| len < course.buffer / 2);
    // Only an echo that is shown as it comes may be cut anywhere: its client knows where the echo ends, and prompts behind that.
    let is_echo = course.reply.is_bare() && course.shows.is_bare() && course.prompt.is_empty();
    let is_cut_alike = scenario.rule.id != "client/reply"
        || course.framing == Framing::Line
        || !(course.pads_replies() && has_cut_reply(scenario))
            && from.shows.is_bare() == course.shows.is_bare()
            && (is_echo || !has_cut_reply(scenario));
    // Without replies to the client's own messages, the rewording has no reply to show.
    let is_reply = |step: &Step| matches!(step, Step::Wire(Peer::Server, Wire::Bytes(_)));
    let has_due_replies = scenario.subject() != Part::Client
        || !scenario.transcript.steps.iter().any(is_reply)
        || from.replies_to_sender() == course.replies_to_sender();
    // A reply that ends the client in the one course ends it in the other: so a near miss of the token is still a miss.
    let ends = |stimuli: &Stimuli, course: &Dialect| {
        let replies = stimuli.actions.iter().map(|action| &action.step).filter(|step| is_reply(step));
        replies.take_while(|reply| !dismisses(course, reply)).count()
    };
    // What the texts of a server depend on must be known.
    let is_open = |step: &Step| matches!(step, Step::PrintedAnyCut(..) | Step::Wire(_, Wire::Burst(_) | Wire::AnyCut(_)));
    // What an operator types means nothing where nobody types, and ends nothing where only the client's token does.
    let is_typed_at_server = |step: &Step| matches!(step, Step::Typed(Role::Server, _) | Step::TypedEof(Role::Server));
    let has_same_operator = course.has_operator() && (from.server_ends == ServerEnd::Client) == (course.server_ends == ServerEnd::Client);
    let has_operator = has_same_operator || !scenario.transcript.steps.iter().any(is_typed_at_server);
    let is_several = |len: usize| len > from.buffer || len != from.buffer && len >= course.buffer;
    let has_turns = !course.needs_known_messages()
        || scenario.subject() == Part::Client
        || !scenario.transcript.steps.iter().any(|step| is_open(step) || is_several(longest(step)));
    // What goes to others is known only where it is known who is there.
    let has_others = |step: &Step| matches!(step, Step::Wire(Peer::Other(_), _));
    let knows_others = course.reply_to == ReplyTo::Sender
        || !scenario.transcript.steps.iter().any(has_others)
        || !scenario.transcript.steps.iter().any(|step| is_stop(step) || is_open(step));
    let is_alike = (is_framed_alike || !depends_on_framing)
        && is_cut_alike
        && has_same_turns
        && has_replies
        && has_turns
        && has_operator
        && knows_others
        && has_due_replies
        && has_room
        && (is_short || !course.shows_parts());
    // To reword a scenario takes time.
    if !is_alike {
        return false;
    }
    // A relay cuts the same messages. A token is missing where a client does not send it.
    let original = Stimuli::of(scenario, from);
    let reworded = Stimuli { precision: Precision::of(scenario.rule, course), ..reword(&original, from, course) };
    let is_relayed_alike = || {
        let [old, new] = [(&original, from), (&reworded, course)].map(|(stimuli, course)| typed_messages(stimuli, course).len());
        old == new || old == new + 1 && (course.token.is_empty() || course.client_ends == ClientEnd::Unsent)
    };
    (!scenario.has_relay() || is_relayed_alike())
        && (scenario.rule.id != "client/reply-token" || ends(&original, from) == ends(&reworded, course))
        && (scenario.subject() != Part::Client || !waits_in_vain(course, &reworded))
        && can_be_played(&reworded, course)
}

/// Whether the harness can do all of this, and the course says what comes of it.
fn can_be_played(stimuli: &Stimuli, course: &Dialect) -> bool {
    let steps = || stimuli.actions.iter().map(|action| &action.step);
    let segment = |step: &Step| match step {
        Step::Wire(peer, Wire::Bytes(bytes)) if *peer != Peer::Server => bytes.len(),
        _ => 0,
    };
    let messages = typed_messages(stimuli, course);
    let longest = steps().map(segment).chain(messages.iter().map(Vec::len)).max().unwrap_or(0);
    let has_burst = steps().any(|step| matches!(step, Step::Wire(_, Wire::Burst(_))));
    let is_open = has_burst || stimuli.actions.iter().any(|action| action.is_cut_open);
    // Who comes after the last client finds nobody.
    let starts = |step: &Step| matches!(step, Step::Control(Control::Start, _));
    let clients = |steps: &[&Step]| steps.iter().filter(|step| matches!(step, Step::Wire(_, Wire::Connect))).count();
    let all: Vec<&Step> = steps().collect();
    let is_served = all.split(|step| starts(step)).all(|steps| match course.serves {
        Serves::Some(most) => clients(steps) <= usize::from(most),
        _ => true,
    });
    let knows_messages = match course.messages {
        // How many messages a stream is that TCP may cut anywhere is not known; nor is what a client does that waits in vain.
        Some(most) if course.framing == Framing::Recv => {
            !is_open && longest <= SHORT_SEGMENT.min(course.buffer) && (stimuli.subject != Part::Pair || messages.len() <= most)
        }
        Some(most) => stimuli.subject != Part::Pair || messages.len() <= most,
        None => true,
    };
    // If a long message holds the token, one recv may return just that. Then the server ends before the client has its reply.
    let has_token = |message: &Vec<u8>| Token::of(course, false).occurs_in(message);
    let is_cut = |message: &Vec<u8>| message.len() > SHORT_SEGMENT.min(course.buffer) && has_token(message);
    let is_whole = stimuli.subject != Part::Pair || course.framing == Framing::Line || !course.waits || !messages.iter().any(is_cut);
    // An empty line without its newline is nothing on the wire.
    let is_sent = messages.iter().all(|message| !message.is_empty());
    // A client waits in vain for a reply that nobody types.
    let is_typed_at_server = |step: &&Step| matches!(step, Step::Typed(Role::Server, _));
    let answered = steps().filter(is_typed_at_server).filter_map(Step::bytes).map(Bytes::to_vec);
    let answered = answered.flatten().filter(|byte| *byte == b'\n').count();
    let is_last = |message: &&Vec<u8>| course.token_is != TokenIs::Answered && course.ends_server(course.unframed(message));
    let asks = messages.iter().take_while(|message| !is_last(message)).count();
    let is_answered = stimuli.subject != Part::Pair || !course.has_operator() || stimuli.harness_operates() || asks <= answered;
    // A client that pads its messages has room for the NUL behind each.
    let has_room = course.padding == 0 || messages.iter().all(|message| message.len() <= course.padding && message.ends_with(b"\0"));
    let is_known = !course.needs_known_messages()
        || stimuli.subject == Part::Client
        || !expect(course, stimuli).steps.iter().any(|step| matches!(step, Step::PrintedAnyCut(..) | Step::Wire(_, Wire::AnyCut(_))));
    // A server that has ended with its last message neither rests nor stops.
    let is_alive = match (course.messages, course.serves) {
        (Some(most), Serves::One) => {
            let is_about_life = |step: &&Step| step.is_measurement() || matches!(step, Step::Control(Control::Stop, _));
            let before = all.iter().rposition(is_about_life).unwrap_or(0);
            all[..before].iter().map(|step| segment(step)).filter(|len| *len > 0).count() < most
        }
        _ => true,
    };
    steps().map(segment).all(|len| len <= MAX_SEGMENT)
        && is_served
        && is_alive
        && knows_messages
        && is_whole
        && is_sent
        && has_room
        && is_known
        && is_answered
}
