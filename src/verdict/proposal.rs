//! Proposes the dialect of a course from right programs, by looking at what they do. What could not be seen becomes a note with a question.
//!
//! Nothing is known of the course, so each conversation demands nothing: it is a list of actions, and the reactions to each are compared
//! (`look`). `server` and `client` decide which conversations to play, and what their reactions mean.

mod choice;
mod client;
mod draft;
mod look;
mod message;
mod replies;
mod server;
mod serving;
mod text;
mod time;
mod token;

use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::role::Role;
use crate::spec::transcript::{Scenario, Step};
use crate::stage::Seen;
pub use draft::{Obstacle, Proposal, Proposed};
use look::Looks;

/// The conversation with which a look at a program begins: one message.
pub fn first(role: Role) -> Scenario {
    let message = b"alpha\n";
    let actions = match role {
        Role::Server => vec![look::connect(1), look::sends(1, message)],
        Role::Client => vec![Step::Typed(Role::Client, Bytes::literal(message))],
    };
    look::scenario(role, actions)
}

/// Looks at a right server. `play` plays a scenario that demands nothing, and `course` has the address, and whether there is a terminal.
///
/// # Errors
/// Those of `play`; or the server reacts to nothing.
pub fn of_server<E>(course: &Dialect, play: impl FnMut(&Scenario) -> Result<Seen, E>) -> Proposed<Proposal, E> {
    let mut proposal = Proposal::new(course);
    server::propose(&mut Looks::new(Role::Server, play), &mut proposal)?;
    proposal.derive_client();
    Ok(proposal)
}

/// Looks at a right client, and completes the proposal for its server, if there is one.
///
/// # Errors
/// Those of `play`; or the client sends nothing.
pub fn of_client<E>(course: &Dialect, server: Option<Proposal>, play: impl FnMut(&Scenario) -> Result<Seen, E>) -> Proposed<Proposal, E> {
    let knows_server = server.is_some();
    let mut proposal = server.unwrap_or_else(|| Proposal::new(course));
    client::propose(&mut Looks::new(Role::Client, play), &mut proposal, knows_server)?;
    Ok(proposal)
}

#[cfg(test)]
mod tests {
    use crate::model::expectation::expect;
    use crate::model::stimuli::{Precision, Stimuli};
    use crate::spec::dialect::{Dialect, Framing, Serves};
    use crate::spec::role::Role;
    use crate::spec::transcript::{End, Peer, Scenario, Step, Transcript, Wire};
    use crate::stage::Seen;
    use crate::verdict::proposal::{look, of_server};
    use std::convert::Infallible;

    /// Plays with the model of a right server in the place of a program.
    fn play(dialect: &Dialect, scenario: &Scenario) -> Seen {
        let actions = &scenario.transcript.steps;
        let precision = Precision { one_recv: usize::MAX, buffer: Some(dialect.buffer), ..Precision::usual(dialect) };
        // What follows the first so many actions, and one more at which nothing else happens.
        let steps_before = |count: usize, last: Step| {
            let actions = actions[..count].iter().cloned().chain([last.clone()]).collect();
            let mut steps = expect(dialect, &Stimuli::new(Role::Server.into(), actions, precision)).steps;
            let after = steps.split_off(steps.iter().rposition(|step| *step == last).expect("the last action") + 1);
            (steps, after)
        };
        // The model ends a server for one client at the end of each scenario. A program reacts to another message if it has not ended.
        let message = look::sends(1, &dialect.framed(b"still there?"));
        let has_ended = |count: usize| !steps_before(count, message.clone()).1.iter().any(|step| !matches!(step, Step::Ends(..)));
        let end = (1..=actions.len()).find(|count| dialect.serves == Serves::One && has_ended(*count));
        let (mut steps, _) = steps_before(end.unwrap_or(actions.len()), Step::Silence);
        steps.pop();
        steps.extend(end.map(|_| Step::Ends(Role::Server, End::Exits(0))));
        let connects = steps.iter().filter(|step| matches!(step, Step::Wire(Peer::Client | Peer::Other(_), Wire::Connect))).count();
        let ports = (1..=connects as u16).map(|number| 40_000 + number).collect();
        Seen { transcript: Transcript { steps }, ports, ..Seen::default() }
    }

    #[test]
    fn a_server_as_the_model_has_it_speaks_its_dialect() {
        for name in Dialect::names() {
            let dialect = Dialect::built_in(name).expect("a dialect");
            if dialect.has_operator() {
                continue;
            }
            let course = Dialect { address: dialect.address, ..Dialect::tutorial() };
            let Ok(proposal) = of_server::<Infallible>(&course, |scenario| Ok(play(&dialect, scenario))) else { panic!("{name} is mute") };
            let delimiter = if dialect.framing == Framing::Line { b"\n".to_vec() } else { Vec::new() };
            let shows_buffer = dialect.framing == Framing::Recv && dialect.prints_messages();
            let expected = Dialect {
                name: String::new(),
                buffer: if shows_buffer { dialect.buffer } else { course.buffer },
                client_greeting: course.client_greeting.clone(),
                prompt: Vec::new(),
                input: course.input,
                delimiter,
                shows: course.shows.clone(),
                waits: false,
                client_ends: course.client_ends,
                ..(*dialect).clone()
            };
            assert_eq!(proposal.dialect, expected, "{name}");
            assert_eq!(proposal.clone().consistent(), proposal, "{name}");
        }
    }
}
