//! Finds out whether a program is a server or a client: a server listens, and a client connects.

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

/// What a program turned out to be.
#[derive(Debug)]
pub enum Recognition {
    /// It plays this part, right or wrong.
    Plays(Role),
    /// It neither listens nor connects. The messages say what it did as a server, and as a client.
    Unknown([String; 2]),
    /// It could not be observed. The reason is not the program's fault.
    Unseen(String),
}

/// Starts a program without a server. If the program does not listen, starts it again with one. A program that listens or connects at
/// another address than it should is a server or a client, too.
///
/// # Errors
/// The program cannot be started here.
pub fn recognise(
    command: &Command,
    setting: &Setting,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(&Event),
) -> Result<Recognition, PlaceError> {
    let subject = Subject { role: Role::Server, command: command.clone() };
    let place = Place::find(setting, std::slice::from_ref(&subject), interrupt, tell)?;
    let mut worker = Worker::new(&place, 0);
    let mut look = |role| first_look(&setting.dialect, role, |scenario| worker.play(scenario, &[command]));
    let (Seen { listens_at, .. }, as_server) = look(Role::Server)?;
    let Some(as_server) = as_server.filter(|_| listens_at.is_empty()) else { return Ok(Recognition::Plays(Role::Server)) };
    let (Seen { tried, .. }, as_client) = look(Role::Client)?;
    let Some(as_client) = as_client.filter(|_| tried.is_empty()) else { return Ok(Recognition::Plays(Role::Client)) };
    let both = [as_server, as_client].map(|refusal: Refusal| refusal.finding);
    let unseen = both.iter().find(|finding| finding.verdict == Verdict::Inconclusive).map(|finding| finding.message.clone());
    Ok(unseen.map_or_else(|| Recognition::Unknown(both.map(|finding| finding.message)), Recognition::Unseen))
}
