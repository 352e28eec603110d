//! Reads a JSON report.

use super::entry::{CaseEntry, FindingEntry, KnownFailureEntry, LearnedEntry, PartEntry, PlaceEntry, ProgramEntry, Report, RunEntry};
use crate::run::known_failure::KnownFailure;
use crate::run::partition::{Fingerprint, Partition, Share};
use crate::run::results::{Judged, Results, Run};
use crate::spec::role::Role;
use crate::spec::rule::Rule;
use crate::spec::transcript::{Scenario, Transcript};
use crate::stage::Seen;
use crate::verdict::finding::{Difference, Finding, Place};
use crate::verdict::learn::{Learned, Refusal};
use crate::verdict::outcome::Outcome;
use std::sync::Arc;
use std::time::Duration;

/// Reads a report: the results, and the version of the program that wrote them.
///
/// # Errors
/// The text is no report of this program. The message names the first mistake and its place.
pub fn read(text: &str) -> Result<(Results, String), String> {
    let Report { cases, runs, part, .. } = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => format!("this is no JSON report of sockspec: {error}"),
        _ => format!("this is no JSON: {error}"),
    })?;
    let mut runs = runs.into_iter().map(run).collect::<Result<Vec<_>, _>>()?;
    for case in cases {
        let within = format!("the case {}", case.id);
        let run = runs.get_mut(case.run).ok_or(format!("{within} names a run that the report does not have"))?;
        run.outcomes.push(outcome(case).map_err(|error| format!("{within}: {error}"))?);
    }
    let whole = u64::from_str_radix(&part.whole, 16).map_err(|_| format!("`{}` is no fingerprint", part.whole))?;
    let partition = Partition::new(part.index, part.count)?;
    let share = Share { partition, whole: Fingerprint(whole), cases: part.cases, is_filtered: part.filtered };
    let PartEntry { version, strict: is_strict, weights, again, .. } = part;
    Ok((Results { runs, is_strict, weights, again, share, is_verbose: false, tells_all: false }, version))
}

fn run(entry: RunEntry) -> Result<Run, String> {
    let (mut subjects, mut learned) = (Vec::new(), Vec::new());
    for ProgramEntry { role, command, language, learned: found } in entry.programs {
        if let Some(found) = found {
            learned.push((role, learned_of(found).map_err(|error| format!("what was learned of the {role}: {error}"))?));
        }
        subjects.push(Judged { role, command, language });
    }
    let roles: Vec<Role> = subjects.iter().map(|subject| subject.role).collect();
    let has_programs = matches!(roles[..], [_] | [Role::Server, Role::Client]) || roles.is_empty() && entry.obstacle.is_some();
    if !has_programs {
        return Err("a run has a server, a client, or a server and its client".into());
    }
    Ok(Run {
        name: entry.name,
        subjects,
        dialect: Arc::new(entry.dialect),
        passed_unlisted: entry.passed_unlisted,
        learned,
        known_failures: entry.known_failures.into_iter().map(known_failure).collect(),
        place: entry.place,
        denied: entry.denied,
        obstacle: entry.obstacle,
        is_interrupted: entry.interrupted,
        duration: duration(entry.seconds)?,
        ..Run::default()
    })
}

fn outcome(case: CaseEntry) -> Result<Outcome, String> {
    let scenario = Scenario::parse("the scenario", &case.scenario).map_err(|error| error.to_string())?;
    let seen = Seen { remarks: case.remarks, trouble: case.trouble, duration: duration(case.seconds)?, ..seen(&case.seen)? };
    let finding = finding(case.judged, &scenario.transcript, &seen.transcript)?;
    Ok(Outcome { id: case.id, file: case.file, scenario, seen, finding, root: None })
}

fn seen(text: &str) -> Result<Seen, String> {
    Ok(Seen { transcript: Transcript::parse(text).map_err(|error| format!("what was seen: {error}"))?, ..Seen::default() })
}

fn finding(judged: FindingEntry, expected: &Transcript, seen: &Transcript) -> Result<Finding, String> {
    let at = |at: PlaceEntry, of: &Transcript| {
        if at.step < of.steps.len() {
            Ok(Place { step: at.step, byte: at.byte })
        } else {
            Err(format!("the conversation has no step {}, counted from 0", at.step))
        }
    };
    let difference = match judged.difference {
        Some(entry) => Some(Difference {
            facet: entry.facet,
            expected: entry.expected.map(|place| at(place, expected)).transpose()?,
            seen: entry.seen.map(|place| at(place, seen)).transpose()?,
            message: judged.message.clone(),
            clue: entry.clue,
        }),
        None => None,
    };
    Ok(Finding { verdict: judged.verdict, message: judged.message, difference, notes: judged.notes })
}

fn learned_of(entry: LearnedEntry) -> Result<Learned, String> {
    let unreadable = match entry.unreadable {
        Some(id) => Some(Rule::find(&id).ok_or(format!("there is no rule `{id}`"))?),
        None => None,
    };
    let refusal = match entry.refusal {
        Some(entry) => {
            let scenario = Scenario::parse("the first look", &entry.scenario).map_err(|error| error.to_string())?;
            let seen = seen(&entry.seen)?;
            let finding = finding(entry.judged, &scenario.transcript, &seen.transcript)?;
            Some(Refusal { finding, scenario, seen })
        }
        None => None,
    };
    Ok(Learned {
        dialect: entry.dialect,
        has_due_messages: entry.has_due_messages,
        has_due_delimiter: entry.has_due_delimiter,
        unreadable,
        refusal,
    })
}

fn duration(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("{seconds} is no number of seconds"))
}

fn known_failure(entry: KnownFailureEntry) -> KnownFailure {
    let KnownFailureEntry { of, subject, reason, line } = entry;
    KnownFailure { of, subject, reason, line }
}
