//! The first look at the subjects of a search. It learns their dialect.

use crate::run::search::case::outcome;
use crate::run::search::source::Source;
use crate::run::setting::Subject;
use crate::run::worker::Worker;
use crate::spec::dialect::Dialect;
use crate::stage::{Seen, StageError};
use crate::verdict::finding::Finding;
use crate::verdict::learn::{Learned, Refusal, learn};
use crate::verdict::outcome::Outcome;
use crate::verdict::presupposition;
use std::collections::HashSet;
use std::sync::Arc;

/// A failure before the search has a name like those of the search. So it can be saved, and played again.
const NAME: &str = "first-look";

/// The result of the first look.
pub enum FirstLook {
    /// The search can begin, in this dialect.
    Ready(Box<Dialect>),
    /// A subject does not take part, or the two cannot talk to each other. There is nothing to search.
    Refused(Box<Outcome>),
}

/// Whether this is the outcome of a first look.
pub fn is_first_look(outcome: &Outcome) -> bool {
    outcome.id == format!("{}/{NAME}", outcome.rule().id)
}

/// Plays a few short conversations with each subject.
///
/// # Errors
/// The stage is gone.
pub fn first_look(worker: &mut Worker<'_>, course: &Arc<Dialect>, source: &Source, subjects: &[Subject]) -> Result<FirstLook, StageError> {
    let mut learned: Vec<Learned> = Vec::new();
    for subject in subjects {
        let lesson = learn(course, subject.role, |scenario| worker.play(scenario, &[&subject.command]))?;
        if let Some(Refusal { finding, scenario, seen }) = lesson.refusal {
            return Ok(FirstLook::Refused(Box::new(outcome(NAME, scenario, seen, finding))));
        }
        learned.push(lesson);
    }
    let [server, client] = &learned[..] else { return Ok(FirstLook::Ready(Box::new(learned.remove(0).dialect))) };
    let scenario = source.case(course, 0, subjects).scenario(course, "the two talk to each other".into());
    Ok(match presupposition::known_root(&scenario, &[server, client], &HashSet::new()) {
        None => FirstLook::Ready(Box::new(Dialect::of_pair(&server.dialect, &client.dialect))),
        Some(root) => {
            let finding = Finding::inconclusive("the two cannot talk to each other");
            FirstLook::Refused(Box::new(Outcome { root: Some(root), ..outcome(NAME, scenario, Seen::default(), finding) }))
        }
    })
}
