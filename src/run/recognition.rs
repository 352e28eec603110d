//! Which part a program plays, where nobody has said so: it is started, and what it does tells. A server listens, a client connects.

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::place::{Place, PlaceError};
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::spec::role::Role;
use crate::stage::Seen;
use crate::stage::command::Command;
use crate::verdict::finding::Verdict;
use crate::verdict::learn::{Refusal, first_look};

/// What a look at a program has shown.
#[derive(Debug)]
pub enum Recognition {
    /// It plays this part, rightly or not.
    Plays(Role),
    /// It neither listens nor connects. This is what it did where a client would have come, and where a server was there.
    Unknown([String; 2]),
    /// It could not be seen, for a reason that is not the program's.
    Unseen(String),
}

/// Starts a program where no server is, and then, unless it listens, where one is.
///
/// # Errors
/// There is no place to start it in.
pub fn recognise(
    command: &Command,
    setting: &Setting,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(&Event),
) -> Result<Recognition, PlaceError> {
    let subject = Subject { role: Role::Server, command: command.clone() };
    let place = Place::find(setting, std::slice::from_ref(&subject), interrupt, tell)?;
    let mut worker = Worker::new(&place, 0);
    let mut look = |role| first_look(role, |scenario| worker.play(scenario, &[command]));
    let (Seen { listens_at, .. }, as_server) = look(Role::Server)?;
    let Some(as_server) = as_server.filter(|_| listens_at.is_empty()) else { return Ok(Recognition::Plays(Role::Server)) };
    let Some(as_client) = look(Role::Client)?.1 else { return Ok(Recognition::Plays(Role::Client)) };
    let both = [as_server, as_client].map(|refusal: Refusal| refusal.finding);
    let unseen = both.iter().find(|finding| finding.verdict == Verdict::Inconclusive).map(|finding| finding.message.clone());
    Ok(unseen.map_or_else(|| Recognition::Unknown(both.map(|finding| finding.message)), Recognition::Unseen))
}
