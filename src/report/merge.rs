//! Joins the parts of a run that several machines have played. The result is the same as from one machine: presuppositions and diagnoses
//! are computed again from all outcomes.

use crate::report::json::VERSION;
use crate::run::partition::{Fingerprint, Partition, Share};
use crate::run::results::{Rerun, Results, Run};
use crate::run::search;
use crate::run::weights::Weights;
use crate::verdict::outcome::Outcome;
use std::collections::HashMap;

/// A JSON report to merge.
#[derive(Clone, Debug)]
pub struct JsonReport {
    /// The name of the file, for messages.
    pub name: String,
    /// The version of the program that wrote it.
    pub version: String,
    /// The results in it.
    pub results: Results,
}

/// Why parts cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Another version has written a report: its scenarios may be different.
    #[error("{name} was written by sockspec {version}, and this is {VERSION}: let one version play all parts, and merge them")]
    Version {
        /// The file.
        name: String,
        /// The version.
        version: String,
    },
    /// The same part twice.
    #[error(
        "{0} and {1} are both part {2} of one run: their command lines are the same, so they count as one program; if they are two, \
         name each in sockspec.toml, or call them by different paths, and judge them again"
    )]
    Twice(String, String, Partition),
    /// Parts of different sizes.
    #[error("{0} is part {1} of a run, and {2} is part {3} of the same: name the parts, or the whole")]
    Sizes(String, Partition, String, Partition),
    /// A report has been changed, or is not complete.
    #[error("{name} holds {held} of the {cases} cases of its part: it was changed after sockspec wrote it")]
    Incomplete {
        /// The file.
        name: String,
        /// The number of cases in the file.
        held: u64,
        /// The number of cases in the part.
        cases: u64,
    },
    /// Some parts are missing.
    #[error("{}{}", absent(.missing), others(.names, .unrelated))]
    Missing {
        /// The missing parts.
        missing: Vec<Partition>,
        /// The files with parts of the same run.
        names: Vec<String>,
        /// The files with parts of other runs.
        unrelated: Vec<String>,
    },
    /// Two runs of the same programs with a case in common.
    #[error("{0} and {1} both have played {2}: they are not parts of one run")]
    Overlap(String, String, String),
    /// Some parts count SHOULD like MUST, others do not.
    #[error("{0} was written with --strict, and {1} was not")]
    Strictness(String, String),
    /// A part was interrupted.
    #[error("{0} was interrupted, and has not played its whole part: play it again")]
    Interrupted(String),
    /// Results of `check` and of a search together.
    #[error("{0} is a report of `check`, and {1} is one of a search: merge them separately")]
    Kinds(String, String),
}

/// How many missing parts a message names.
const NAMED: usize = 6;

fn absent(missing: &[Partition]) -> String {
    let some: Vec<String> = missing.iter().take(NAMED).map(ToString::to_string).collect();
    match missing.len().saturating_sub(NAMED) {
        0 if missing.len() == 1 => format!("part {} is missing", some.concat()),
        0 => format!("parts {} are missing", some.join(", ")),
        more => format!("parts {} and {more} more are missing", some.join(", ")),
    }
}

fn others(names: &[String], unrelated: &[String]) -> String {
    let mut text = format!(": there is {}", names.join(", "));
    if !unrelated.is_empty() {
        text += &format!("; {} belongs to another run (other programs, scenarios, or options)", unrelated.join(", "));
    }
    text
}

/// Joins reports. Runs of different programs stand side by side.
///
/// # Errors
/// A part is missing, appears twice, or does not fit to the others.
pub fn merge(reports: Vec<JsonReport>) -> Result<Results, MergeError> {
    check(&reports)?;
    // Parts of one run in their order, runs in the order in which they were named.
    let mut wholes: Vec<(Fingerprint, Vec<JsonReport>)> = Vec::new();
    for report in reports {
        let whole = report.results.share.whole;
        match wholes.iter_mut().find(|(other, _)| *other == whole) {
            Some((_, parts)) => parts.push(report),
            None => wholes.push((whole, vec![report])),
        }
    }
    let is_filtered = wholes.iter().flat_map(|(_, parts)| parts).any(|report| report.results.share.is_filtered);
    let first = wholes.iter().flat_map(|(_, parts)| parts).next().map(|report| &report.results);
    let (is_strict, weights, again) =
        first.map_or((false, Weights::default(), Rerun::BuiltIn), |first| (first.is_strict, first.weights.clone(), first.again.clone()));
    let prints: Vec<String> = wholes.iter().map(|(whole, _)| format!("{:x}", whole.0)).collect();
    let whole = match &wholes[..] {
        [(whole, _)] => *whole,
        _ => Fingerprint::of(prints.iter().map(String::as_str)),
    };
    let cases = wholes.iter().flat_map(|(_, parts)| parts).map(|report| report.results.share.cases).sum();
    let mut runs = Vec::new();
    for (_, mut parts) in wholes {
        parts.sort_by_key(|report| report.results.share.partition.index());
        runs.extend(join(parts, &again));
    }
    if matches!(again, Rerun::Class(_)) {
        runs.sort_by(|a: &Run, b: &Run| a.name.cmp(&b.name));
    }
    let share = Share { partition: Partition::WHOLE, whole, cases, is_filtered };
    Ok(Results { runs, is_strict, weights, again, share, is_verbose: false, tells_all: false })
}

/// Checks that the reports are all parts of one or more runs, each once.
fn check(reports: &[JsonReport]) -> Result<(), MergeError> {
    let mut seen: HashMap<(Fingerprint, u64), &JsonReport> = HashMap::new();
    let mut played: HashMap<(String, &str), &JsonReport> = HashMap::new();
    for report in reports {
        let (name, Results { share, is_strict, again, runs, .. }) = (&report.name, &report.results);
        if report.version != VERSION {
            return Err(MergeError::Version { name: name.clone(), version: report.version.clone() });
        }
        let is_sibling = |other: &&JsonReport| {
            let other = &other.results.share;
            other.whole == share.whole && other.partition.count() != share.partition.count()
        };
        if let Some(other) = reports.iter().find(is_sibling) {
            return Err(MergeError::Sizes(name.clone(), share.partition, other.name.clone(), other.results.share.partition));
        }
        if let Some(other) = seen.insert((share.whole, share.partition.index()), report) {
            return Err(MergeError::Twice(other.name.clone(), name.clone(), share.partition));
        }
        for run in runs {
            if run.is_interrupted {
                return Err(MergeError::Interrupted(name.clone()));
            }
            for outcome in &run.outcomes {
                let other = played.insert((identity(run), &outcome.id), report);
                // Each part of a search has had its own first look.
                let is_shared = |other: &&JsonReport| other.results.share.whole == share.whole && search::is_first_look(outcome);
                if let Some(other) = other.filter(|other| !is_shared(other)) {
                    return Err(MergeError::Overlap(other.name.clone(), name.clone(), outcome.id.clone()));
                }
            }
        }
        // A search may end before it has played all.
        if !again.is_search() && report.results.played() != share.cases {
            return Err(MergeError::Incomplete { name: name.clone(), held: report.results.played(), cases: share.cases });
        }
        let first = &reports[0];
        if first.results.is_strict != *is_strict {
            let (strict, other) = if *is_strict { (name, &first.name) } else { (&first.name, name) };
            return Err(MergeError::Strictness(strict.clone(), other.clone()));
        }
        if first.results.again.is_search() != again.is_search() {
            let (check, search) = if again.is_search() { (&first.name, name) } else { (name, &first.name) };
            return Err(MergeError::Kinds(check.clone(), search.clone()));
        }
    }
    for report in reports {
        let Share { partition, whole, .. } = report.results.share;
        let missing = (1..=partition.count()).filter(|index| !seen.contains_key(&(whole, *index)));
        let missing: Vec<Partition> = missing.filter_map(|index| Partition::new(index, partition.count()).ok()).collect();
        if !missing.is_empty() {
            let named = |is_same: fn(Fingerprint, Fingerprint) -> bool| {
                let some = reports.iter().filter(|other| is_same(other.results.share.whole, whole));
                some.map(|other| format!("{} ({})", other.name, other.results.share.partition)).collect()
            };
            return Err(MergeError::Missing { missing, names: named(|a, b| a == b), unrelated: named(|a, b| a != b) });
        }
    }
    Ok(())
}

/// A text that is different for different programs.
fn identity(run: &Run) -> String {
    let commands = run.subjects.iter().map(|subject| format!("{}\0{}", subject.role, subject.command));
    run.name.iter().cloned().chain(commands).collect::<Vec<_>>().join("\0")
}

/// Joins the parts of one run.
fn join(parts: Vec<JsonReport>, again: &Rerun) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for run in parts.into_iter().flat_map(|report| report.results.runs) {
        match joined.iter_mut().find(|other| identity(other) == identity(&run)) {
            Some(other) => {
                // Each part of a search has had its own first look: one is enough.
                let is_new = |one: &Outcome| !search::is_first_look(one) || other.outcomes.iter().all(|known| known.id != one.id);
                let new: Vec<Outcome> = run.outcomes.into_iter().filter(is_new).collect();
                other.outcomes.extend(new);
                other.passed_unlisted += run.passed_unlisted;
                other.learned.extend(run.learned);
                // The parts ran at the same time.
                other.duration = other.duration.max(run.duration);
            }
            None => joined.push(run),
        }
    }
    for run in &mut joined {
        // Each part has had its own first look. Keep one in which the program refused: such a look says more.
        run.learned.sort_by_key(|(role, learned)| (role.to_string(), learned.refusal.is_none()));
        run.learned.dedup_by_key(|(role, _)| *role);
    }
    let conclude = |run: Run| if again.is_search() { run } else { run.concluded() };
    joined.into_iter().map(conclude).collect()
}
