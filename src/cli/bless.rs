//! `sockspec check --bless`: rewrites the user's own scenarios with what was seen.

use super::fixtures::own_fixtures;
use super::messages::{print, say};
use super::options::Options;
use super::progress::Progress;
use super::stop::{INTERRUPTED, Stop};
use crate::run::interrupt::Interrupt;
use crate::run::partition::Partition;
use crate::run::record::{RecordError, Recording, record};
use crate::run::setting::Subject;
use crate::spec::fixture::Fixture;
use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::fs;

/// Records all scenarios of a folder, or none: a folder that is recorded in parts may contradict itself. A person reads each change before
/// it counts, so CI records nothing.
pub(super) fn run(subjects: &[Subject], is_filtered: bool, options: &Options, interrupt: &Interrupt) -> Result<u8, Stop> {
    let Some(folder) = &options.own.fixtures else {
        return Err(Stop::usage("--bless writes only scenarios of your own: name their folder with --fixtures DIR"));
    };
    if std::env::var_os("CI").is_some() {
        return Err(Stop::usage("--bless records nothing where CI is set: a person has to read what changes"));
    }
    if is_filtered || options.partition() != Partition::WHOLE {
        return Err(Stop::usage("--bless records all scenarios of a folder, or none: leave the filter out"));
    }
    if !options.output.reports.is_empty() {
        return Err(Stop::usage("--bless judges nothing, so there is nothing to report: leave --report out"));
    }
    let all = own_fixtures(folder)?;
    let is_there = |fixture: &Fixture| fixture.scenario.subject().roles().iter().all(|role| subjects.iter().any(|s| s.role == *role));
    let (fixtures, others): (Vec<Fixture>, Vec<Fixture>) = all.into_iter().partition(is_there);
    if fixtures.is_empty() {
        return Err(Stop::usage(format!("nothing to record: no scenario in {} is about these programs", folder.display())));
    }
    let setting = options.setting()?;
    let mut progress = Progress::of_scenarios(fixtures.len() as u64, options);
    let recordings = record(&fixtures, subjects, &setting, interrupt, |news| progress.show(news, None, &[]));
    drop(progress);
    let recordings = match recordings {
        Err(RecordError::Interrupted) => {
            say(&RecordError::Interrupted.to_string());
            return Ok(INTERRUPTED);
        }
        Err(error @ RecordError::Stage(_)) => return Err(Stop::trouble(error.to_string())),
        recordings => recordings.map_err(|error| Stop::usage(error.to_string()))?,
    };
    let changed: Vec<&Recording> = recordings.iter().filter(|recording| recording.seen != recording.fixture.scenario).collect();
    for Recording { fixture, seen } in &changed {
        fs::write(&fixture.file, seen.to_string()).map_err(|error| Stop::trouble(format!("{}: {error}", fixture.file)))?;
        print(&difference(fixture, &seen.to_string()))?;
    }
    let unplayed = if others.is_empty() { String::new() } else { format!("; {} are about other programs", others.len()) };
    print(&format!("{} of {} scenarios written anew{unplayed}\n", changed.len(), recordings.len()))
}

/// The difference between a file and its new text.
fn difference(fixture: &Fixture, new: &str) -> String {
    let (file, old) = (&fixture.file, fixture.scenario.to_string());
    let diff = TextDiff::from_lines(old.as_str(), new);
    let mut text = format!("--- {file}\n+++ {file}\n");
    for hunk in diff.unified_diff().iter_hunks() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let style = match change.tag() {
                ChangeTag::Delete => AnsiColor::Red.on_default(),
                ChangeTag::Insert => AnsiColor::Green.on_default(),
                ChangeTag::Equal => Style::new(),
            };
            let _ = writeln!(text, "{style}{}{}{style:#}", change.tag(), change.value().trim_end_matches('\n'));
        }
    }
    text
}
