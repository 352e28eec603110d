//! Plays the conversations from which a dialect is proposed. First of all, finds out where the programs are, and whether they show more at
//! a terminal.

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::place::{Place, PlaceError};
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::role::Role;
use crate::spec::transcript::{End, Scenario, Step};
use crate::stage::{Seen, StageError};
use crate::verdict::proposal::{self, Obstacle, Proposal};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;

/// Why there is no proposal.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// The programs cannot be started here.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A program could not be looked at, for no fault of its own.
    #[error(transparent)]
    Unseen(#[from] Unseen),
    /// A program does not show what it expects. The message says what it does, and what to do.
    #[error("{0}")]
    Mute(String),
}

/// Why a conversation could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unseen {
    /// The stage is gone.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The conversation could not be played.
    #[error("{0}")]
    Trouble(String),
}

/// Proposes the dialect of a server, a client, or both. `address` is where they are, if the user has said so.
///
/// # Errors
/// The programs cannot be started or seen here, or show nothing.
pub fn propose(
    subjects: &[Subject],
    address: Option<SocketAddrV4>,
    setting: &Setting,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(&Event),
) -> Result<Proposal, ProposalError> {
    let mut viewer = Viewer { setting: setting.clone(), interrupt, tell };
    let mut course = Dialect::tutorial();
    course.address = match address {
        Some(address) => address,
        None => viewer.address(subjects)?,
    };
    course.terminal = viewer.need_terminal(&course, subjects)?;
    viewer.setting.dialect = Arc::new(course.clone());
    let mut proposed = None;
    for subject in subjects {
        let name = subject.role;
        let server = proposed.take();
        let proposal = viewer.with_worker(subject, |worker| {
            let play = |scenario: &Scenario| look(worker, scenario, subject);
            match name {
                Role::Server => proposal::of_server(&course, play),
                Role::Client => proposal::of_client(&course, server, play),
            }
        })?;
        proposed = Some(proposal.map_err(|obstacle| match obstacle {
            Obstacle::Unplayed(unseen) => unseen.into(),
            Obstacle::Mute(why) => ProposalError::Mute(format!("nothing to propose: {why} (`{}`)", subject.command)),
        })?);
    }
    Ok(proposed.map_or_else(|| Proposal { dialect: course, notes: Vec::new() }, Proposal::consistent))
}

/// Looks at programs, under conditions that it changes as it learns about them.
struct Viewer<'a> {
    setting: Setting,
    interrupt: &'a Interrupt,
    tell: &'a mut dyn FnMut(&Event),
}

impl Viewer<'_> {
    fn with_worker<T>(&mut self, subject: &Subject, work: impl FnOnce(&mut Worker<'_>) -> T) -> Result<T, PlaceError> {
        let place = Place::find(&self.setting, std::slice::from_ref(subject), self.interrupt, self.tell)?;
        Ok(work(&mut Worker::new(&place, 0)))
    }

    /// The short conversation with which a look at a program begins.
    fn first(&mut self, course: &Dialect, subject: &Subject) -> Result<Seen, ProposalError> {
        self.setting.dialect = Arc::new(course.clone());
        let scenario = proposal::first(subject.role);
        Ok(self.with_worker(subject, |worker| look(worker, &scenario, subject))??)
    }

    /// Where the programs are. A program that is not where the tutorial's are shows where it is.
    fn address(&mut self, subjects: &[Subject]) -> Result<SocketAddrV4, ProposalError> {
        let mut course = Dialect::tutorial();
        for subject in subjects {
            let seen = self.first(&course, subject)?;
            if has_connection(&seen) {
                continue;
            }
            let others = if subject.role == Role::Server { &seen.listens_at } else { &seen.tried };
            let address = others.iter().find_map(as_local).ok_or_else(|| nowhere(subject, &seen))?;
            if course.address != Dialect::tutorial().address {
                return Err(ProposalError::Mute(format!(
                    "the server listens on {}, and the client connects to {address}: they are no pair. Look at each alone",
                    course.address
                )));
            }
            if address.port() < 1024 {
                let why = format!("the {} uses port {}, which only root may use: take one from 1024 on", subject.role, address.port());
                return Err(ProposalError::Mute(why));
            }
            course.address = address;
        }
        Ok(course.address)
    }

    /// Whether a program prints more at a terminal, because C flushes at each newline there.
    fn need_terminal(&mut self, course: &Dialect, subjects: &[Subject]) -> Result<bool, ProposalError> {
        for subject in subjects {
            let piped = self.first(course, subject)?;
            if !has_connection(&piped) {
                return Err(nowhere(subject, &piped));
            }
            let at_terminal = self.first(&Dialect { terminal: true, ..course.clone() }, subject);
            // Some systems have no terminals to give.
            if at_terminal.is_ok_and(|seen| printed_alive(&seen) > printed_alive(&piped)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Plays a scenario that demands nothing.
fn look(worker: &mut Worker<'_>, scenario: &Scenario, subject: &Subject) -> Result<Seen, Unseen> {
    let seen = worker.look(scenario, &subject.command)?;
    match seen.trouble {
        Some(trouble) => Err(Unseen::Trouble(trouble)),
        None => Ok(seen),
    }
}

fn has_connection(seen: &Seen) -> bool {
    !seen.ports.is_empty()
}

/// How many characters a program has printed, if it has not ended: what it prints at its end may have been kept until then. Numbers do not
/// count, because they differ from time to time.
fn printed_alive(seen: &Seen) -> usize {
    let has_ended = seen.transcript.steps.iter().any(|step| matches!(step, Step::Ends(_, end) if *end != End::Runs));
    let texts = seen.transcript.steps.iter().filter(|step| matches!(step, Step::Printed(..))).filter_map(Step::bytes);
    let count = |text: &Bytes| text.to_vec().iter().filter(|byte| !byte.is_ascii_digit()).count();
    if has_ended { 0 } else { texts.map(count).sum() }
}

/// The address at 127.0.0.1 for an address that serves it.
fn as_local(address: &SocketAddr) -> Option<SocketAddrV4> {
    let is_local = match address.ip() {
        IpAddr::V4(ip) => ip == Ipv4Addr::LOCALHOST || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_unspecified(),
    };
    is_local.then(|| SocketAddrV4::new(Ipv4Addr::LOCALHOST, address.port()))
}

/// Why a program cannot be looked at that neither listens nor connects.
fn nowhere(subject: &Subject, seen: &Seen) -> ProposalError {
    let Subject { role, command } = subject;
    let what = if *role == Role::Server { "listens" } else { "connects" };
    let others = if *role == Role::Server { &seen.listens_at } else { &seen.tried };
    let did = match (&others[..], &seen.remarks[..]) {
        ([], []) => String::new(),
        ([], remarks) => format!(": {}", remarks.join("; ")),
        ([address, ..], _) => format!(": its address is {address}"),
    };
    ProposalError::Mute(format!(
        "`{command}` is no {role} that {what} at 127.0.0.1{did}. If it needs arguments, write the command in quotes; if it uses a port that \
         sockspec cannot see, name it: --address 127.0.0.1:8888"
    ))
}
