//! Joins the parts of a run that many machines have played. What it comes to is what one machine would have seen: presuppositions and
//! diagnoses are made anew of all outcomes together.

use crate::report::json::VERSION;
use crate::run::partition::{Fingerprint, Partition, Share};
use crate::run::results::{Rerun, Results, Run};
use crate::run::search;
use crate::verdict::outcome::Outcome;
use std::collections::HashMap;

/// A part as it arrives.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Its file, for messages.
    pub name: String,
    /// The version of the program that wrote it.
    pub version: String,
    /// What it holds.
    pub results: Results,
}

/// Why parts cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Another version judges by other scenarios.
    #[error("{name} was written by sockspec {version}, and this is {VERSION}: let one version play all parts, and merge them")]
    Version {
        /// The file.
        name: String,
        /// What wrote it.
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
    /// A report that was changed, or cut.
    #[error("{name} holds {held} of the {cases} cases of its part: it is not as sockspec wrote it")]
    Incomplete {
        /// The file.
        name: String,
        /// How many are there.
        held: u64,
        /// How many there should be.
        cases: u64,
    },
    /// Not all parts are there.
    #[error("{}{}", absent(.missing), others(.names, .strangers))]
    Missing {
        /// Those that are not there.
        missing: Vec<Partition>,
        /// The parts of the same run that are there.
        names: Vec<String>,
        /// Parts of other runs.
        strangers: Vec<String>,
    },
    /// Two runs of the same programs with a case in common.
    #[error("{0} and {1} both have played {2}: they are not parts of one run")]
    Overlap(String, String, String),
    /// Two runs that do not count in the same way.
    #[error("{0} was written with --strict, and {1} was not")]
    Strictness(String, String),
    /// A part that was interrupted has not played what it should.
    #[error("{0} was interrupted, and has not played its whole part: play it again")]
    Interrupted(String),
    /// Two kinds of runs.
    #[error("{0} is of `check`, and {1} of a search: merge them one by one")]
    Kinds(String, String),
}

/// How many parts that are missing are named.
const NAMED: usize = 6;

fn absent(missing: &[Partition]) -> String {
    let some: Vec<String> = missing.iter().take(NAMED).map(ToString::to_string).collect();
    match missing.len().saturating_sub(NAMED) {
        0 if missing.len() == 1 => format!("part {} is missing", some.concat()),
        0 => format!("parts {} are missing", some.join(", ")),
        more => format!("parts {} and {more} more are missing", some.join(", ")),
    }
}

fn others(names: &[String], strangers: &[String]) -> String {
    let mut text = format!(": there is {}", names.join(", "));
    if !strangers.is_empty() {
        text += &format!("; {} belongs to another run (other programs, scenarios, or options)", strangers.join(", "));
    }
    text
}

/// Joins parts; runs of different programs stand side by side.
///
/// # Errors
/// Something is missing, or there twice, or does not fit.
pub fn merge(parcels: Vec<Parcel>) -> Result<Results, MergeError> {
    check(&parcels)?;
    // Parts of one run in their order, runs in the order in which they were named.
    let mut wholes: Vec<(Fingerprint, Vec<Parcel>)> = Vec::new();
    for parcel in parcels {
        let whole = parcel.results.share.whole;
        match wholes.iter_mut().find(|(other, _)| *other == whole) {
            Some((_, parts)) => parts.push(parcel),
            None => wholes.push((whole, vec![parcel])),
        }
    }
    let is_filtered = wholes.iter().flat_map(|(_, parts)| parts).any(|parcel| parcel.results.share.is_filtered);
    let (is_strict, again) = wholes
        .iter()
        .flat_map(|(_, parts)| parts)
        .next()
        .map_or((false, Rerun::BuiltIn), |parcel| (parcel.results.is_strict, parcel.results.again.clone()));
    let prints: Vec<String> = wholes.iter().map(|(whole, _)| format!("{:x}", whole.0)).collect();
    let whole = match &wholes[..] {
        [(whole, _)] => *whole,
        _ => Fingerprint::of(prints.iter().map(String::as_str)),
    };
    let cases = wholes.iter().flat_map(|(_, parts)| parts).map(|parcel| parcel.results.share.cases).sum();
    let mut runs = Vec::new();
    for (_, mut parts) in wholes {
        parts.sort_by_key(|parcel| parcel.results.share.partition.index());
        runs.extend(join(parts, &again));
    }
    let share = Share { partition: Partition::WHOLE, whole, cases, is_filtered };
    Ok(Results { runs, is_strict, again, share, is_verbose: false })
}

/// Whether these are all parts of one or more runs, each once.
fn check(parcels: &[Parcel]) -> Result<(), MergeError> {
    let mut seen: HashMap<(Fingerprint, u64), &Parcel> = HashMap::new();
    let mut played: HashMap<(String, &str), &Parcel> = HashMap::new();
    for parcel in parcels {
        let (name, Results { share, is_strict, again, runs, .. }) = (&parcel.name, &parcel.results);
        if parcel.version != VERSION {
            return Err(MergeError::Version { name: name.clone(), version: parcel.version.clone() });
        }
        let is_sibling = |other: &&Parcel| {
            let other = &other.results.share;
            other.whole == share.whole && other.partition.count() != share.partition.count()
        };
        if let Some(other) = parcels.iter().find(is_sibling) {
            return Err(MergeError::Sizes(name.clone(), share.partition, other.name.clone(), other.results.share.partition));
        }
        if let Some(other) = seen.insert((share.whole, share.partition.index()), parcel) {
            return Err(MergeError::Twice(other.name.clone(), name.clone(), share.partition));
        }
        for run in runs {
            if run.is_interrupted {
                return Err(MergeError::Interrupted(name.clone()));
            }
            for outcome in &run.outcomes {
                let other = played.insert((identity(run), &outcome.id), parcel);
                // Each part of a search has had its own first look.
                let is_shared = |other: &&Parcel| other.results.share.whole == share.whole && search::is_first_look(outcome);
                if let Some(other) = other.filter(|other| !is_shared(other)) {
                    return Err(MergeError::Overlap(other.name.clone(), name.clone(), outcome.id.clone()));
                }
            }
        }
        // A search may end before it has played all.
        if !again.is_search() && parcel.results.played() != share.cases {
            return Err(MergeError::Incomplete { name: name.clone(), held: parcel.results.played(), cases: share.cases });
        }
        let first = &parcels[0];
        if first.results.is_strict != *is_strict {
            let (strict, other) = if *is_strict { (name, &first.name) } else { (&first.name, name) };
            return Err(MergeError::Strictness(strict.clone(), other.clone()));
        }
        if first.results.again.is_search() != again.is_search() {
            let (check, search) = if again.is_search() { (&first.name, name) } else { (name, &first.name) };
            return Err(MergeError::Kinds(check.clone(), search.clone()));
        }
    }
    for parcel in parcels {
        let Share { partition, whole, .. } = parcel.results.share;
        let missing = (1..=partition.count()).filter(|index| !seen.contains_key(&(whole, *index)));
        let missing: Vec<Partition> = missing.filter_map(|index| Partition::new(index, partition.count()).ok()).collect();
        if !missing.is_empty() {
            let named = |is_same: fn(Fingerprint, Fingerprint) -> bool| {
                let some = parcels.iter().filter(|other| is_same(other.results.share.whole, whole));
                some.map(|other| format!("{} ({})", other.name, other.results.share.partition)).collect()
            };
            return Err(MergeError::Missing { missing, names: named(|a, b| a == b), strangers: named(|a, b| a != b) });
        }
    }
    Ok(())
}

/// What tells one run's programs from another's.
fn identity(run: &Run) -> String {
    let commands = run.subjects.iter().map(|subject| format!("{}\0{}", subject.role, subject.command));
    run.name.iter().cloned().chain(commands).collect::<Vec<_>>().join("\0")
}

/// Parts of one whole as if one machine had played them.
fn join(parts: Vec<Parcel>, again: &Rerun) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for run in parts.into_iter().flat_map(|parcel| parcel.results.runs) {
        match joined.iter_mut().find(|other| identity(other) == identity(&run)) {
            Some(other) => {
                // Each part of a search has had its own first look, of which one is enough.
                let is_new = |one: &Outcome| !search::is_first_look(one) || other.outcomes.iter().all(|known| known.id != one.id);
                let new: Vec<Outcome> = run.outcomes.into_iter().filter(is_new).collect();
                other.outcomes.extend(new);
                other.passed_unlisted += run.passed_unlisted;
                other.learned.extend(run.learned);
                // They ran at the same time.
                other.duration = other.duration.max(run.duration);
            }
            None => joined.push(run),
        }
    }
    for run in &mut joined {
        // Each part has had its own first look: one in which the program took no part tells more.
        run.learned.sort_by_key(|(role, learned)| (role.to_string(), learned.refusal.is_none()));
        run.learned.dedup_by_key(|(role, _)| *role);
    }
    let conclude = |run: Run| if again.is_search() { run } else { run.concluded() };
    joined.into_iter().map(conclude).collect()
}
