//! A search for conversations that a program gets wrong: random conversations, or every cut of a short stream. Each failure is shrunk to
//! the smallest case that still fails, and played again to see whether it always fails.

mod case;
pub mod conversation;
pub mod dialogue;
mod first_look;
pub mod fuzz;
mod shrink;
mod source;
mod worker;

pub use first_look::is_first_look;
pub use source::{LONGEST_EXPLORED, Source};

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::partition::Partition;
use crate::run::place::{Place, PlaceError};
use crate::run::results::Run;
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::verdict::finding::Verdict;
use first_look::{FirstLook, first_look};
use source::Queue;
use std::collections::HashSet;
use std::iter;
use std::sync::mpsc;
use std::time::Instant;
use worker::SearchWorker;

/// A search: the programs, the conversations, and the conditions.
#[derive(Clone, Debug)]
pub struct Search {
    /// The name of the subject or pair in the project file.
    pub name: Option<String>,
    /// One program; or a server, and then its client.
    pub subjects: Vec<Subject>,
    /// Where the conversations come from.
    pub source: Source,
    /// The part of the conversations to play.
    pub partition: Partition,
    /// The conditions under which the programs run.
    pub setting: Setting,
}

/// Plays the conversations of a search, and reports progress to `tell`.
///
/// # Errors
/// There is no place where the subjects can run.
pub fn search(search: &Search, interrupt: &Interrupt, mut tell: impl FnMut(&Event)) -> Result<Run, PlaceError> {
    let began = Instant::now();
    let Search { name, subjects, source, partition, setting } = search;
    let place = Place::find(setting, subjects, interrupt, &mut tell)?;
    let count = partition.len(source.count());
    let jobs = place.jobs().min(usize::try_from(count).unwrap_or(usize::MAX)).max(1);
    let mut first = Worker::new(&place, 0);
    let mut run = Run { duration: began.elapsed(), ..Run::new(name.as_ref(), subjects, &place, jobs) };
    let dialect = match first_look(&mut first, &setting.dialect, source, subjects) {
        Ok(FirstLook::Ready(dialect)) => dialect,
        Ok(FirstLook::Refused(outcome)) => return Ok(Run { outcomes: vec![*outcome], ..run }),
        Err(_) if interrupt.is_set() => return Ok(Run { is_interrupted: true, ..run }),
        Err(error) => return Err(error.into()),
    };
    let queue = Queue::new(&setting.dialect, source, subjects, *partition, interrupt);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for worker in iter::once(first).chain((1..jobs).map(|number| Worker::new(&place, number))) {
            let worker = SearchWorker::new(worker, subjects, &dialect);
            let (queue, sender) = (&queue, sender.clone());
            scope.spawn(move || worker.run(queue, &sender));
        }
        drop(sender);
        let mut known = HashSet::new();
        for event in receiver {
            tell(&event);
            let Event::Ends(outcome) = event else { continue };
            if outcome.finding.verdict == Verdict::Pass {
                run.passed_unlisted += 1;
            } else if known.insert(outcome.scenario.transcript.to_string()) {
                run.outcomes.push(*outcome);
            }
        }
    });
    run.outcomes.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Run { is_interrupted: interrupt.is_set(), duration: began.elapsed(), ..run })
}
