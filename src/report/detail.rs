//! Details of one outcome: its place in a file, the command that repeats it, and the output on stderr.

use crate::run::results::{Rerun, Results, Run};
use crate::spec::bytes::excerpt;
use crate::spec::transcript::Step;
use crate::verdict::outcome::Outcome;

/// The file of a scenario, and the line of the step that was expected and not seen.
pub fn place(outcome: &Outcome) -> (&str, usize) {
    let expected = outcome.finding.difference.as_ref().and_then(|difference| difference.expected);
    (&outcome.file, expected.map_or(1, |place| outcome.scenario.line_of(place.step)))
}

/// The command that plays only this scenario again.
pub fn repeat(results: &Results, run: &Run, outcome: &Outcome) -> String {
    let judged = run.subjects.iter().filter(|subject| outcome.scenario.subject().judges(subject.role));
    let commands: String = match &run.name {
        Some(name) => format!(" --subject {}", shell_words::quote(name)),
        None => judged.map(|subject| format!(" --{} {}", subject.role, shell_words::quote(&subject.command))).collect(),
    };
    match &results.again {
        Rerun::Check(options) => format!("sockspec check{commands}{options} {}", outcome.id),
        Rerun::Class(folders_and_options) => format!("sockspec class{folders_and_options}{commands} {}", outcome.id),
        Rerun::Fuzz { folder: Some(folder), options } => {
            format!("sockspec check{commands} --fixtures {}{options} {}", shell_words::quote(folder), outcome.id)
        }
        Rerun::Fuzz { folder: None, options } => {
            format!("save it with --save DIR, then: sockspec check{commands} --fixtures DIR{options} {}", outcome.id)
        }
        Rerun::Explore(command) => command.clone(),
        Rerun::BuiltIn => format!("cargo test {}", outcome.id),
    }
}

/// The end of the output on stderr, if there is any.
pub fn stderr(outcome: &Outcome) -> Option<String> {
    const LONGEST: usize = 400;
    let mut all = Vec::new();
    // Reads from the end, and stops early: the whole output may not fit into memory.
    for step in outcome.seen.transcript.steps.iter().rev() {
        if let Step::Complained(_, text) = step {
            all.splice(..0, text.to_vec());
            all.drain(..all.len().saturating_sub(LONGEST));
        }
        if all.len() == LONGEST {
            break;
        }
    }
    (!all.is_empty()).then(|| excerpt(&all, LONGEST))
}
