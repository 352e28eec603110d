//! `sockspec check`, and `sockspec` alone.

use super::filter::Filter;
use super::{
    Options, Progress, REFERENCE_ARGUMENT, Stop, bless, fixtures, new_fixture, own_file, project, recognise, repeated, report, setting,
    subjects, watch_for_signals,
};
use crate::command::Command;
use crate::crew::{Interrupt, Subject};
use crate::fixture::Fixture;
use crate::partition::{Fingerprint, Partition, Share};
use crate::project::Project;
use crate::run::{Again, KnownFailure, Results};
use crate::suite::{self, Plan};
use crate::transcript::Role;
use clap::Args;
use std::path::Path;

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The server to judge: a command, which no shell sees.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// The client to judge.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
    /// A subject of sockspec.toml; may be given several times [default: all].
    #[arg(long = "subject", value_name = "NAME", conflicts_with_all = ["server", "client"])]
    names: Vec<String>,
    /// What to judge: a program, or a server and its client; and which scenarios: all, without a filter.
    #[arg(value_name = "PROGRAM|FILTER")]
    programs_and_filters: Vec<String>,
    /// Writes the scenarios of --fixtures anew where the programs do something else than they demand, and shows what has changed.
    #[arg(long)]
    bless: bool,
}

pub(super) fn check(arguments: &Check, options: &Options) -> Result<u8, Stop> {
    let Check { server, client, names, programs_and_filters, bless } = arguments;
    // The file's own options need not be repeated: it will be there again.
    let folder = options.own.fixtures.as_ref().map(|folder| format!(" --fixtures {}", shell_words::quote(&folder.display().to_string())));
    let again = Again::Check(folder.unwrap_or_default() + &repeated(options));
    let (project, options) = project::settle(options)?;
    let all = fixtures(&options)?;
    let (programs, filters): (Vec<String>, Vec<String>) =
        programs_and_filters.iter().cloned().partition(|text| Filter::is_program(text, &all));
    if !programs.is_empty() && !names.is_empty() {
        return Err(Stop::usage(format!("--subject names what is judged, so `{}` cannot be judged, too", programs[0])));
    }
    let interrupt = watch_for_signals()?;
    let is_given = server.is_some() || client.is_some() || !programs.is_empty();
    let given = || recognise::add(subjects(server.as_deref(), client.as_deref())?, &programs, &options, &interrupt);
    if *bless {
        let choices = project.as_ref().map(Project::choices).unwrap_or_default();
        let subjects = match (&names[..], &choices[..]) {
            ([name], _) => project::subjects(project.as_ref(), name, &options)?,
            ([], _) if is_given => given()?,
            ([], []) => return Err(nothing_to_judge()),
            ([], [only]) => project::subjects(project.as_ref(), only.name, &options)?,
            _ => return Err(Stop::usage("--bless records what one subject does, or one pair: name it with --subject NAME")),
        };
        return bless::run(&subjects, !filters.is_empty(), &options, &interrupt);
    }
    let is_filtered = !filters.is_empty() || !names.is_empty();
    let wanted = Filter::select(&filters, all.clone())?;
    let plans = match &project {
        _ if is_given => {
            let subjects = given()?;
            let fixtures = select(wanted, &subjects)?;
            vec![Plan::of(subjects, fixtures)]
        }
        Some(project) => project::plans(project, names, &all, &wanted, &options)?,
        None if !names.is_empty() => return Err(project::no_file()),
        None => return Err(nothing_to_judge()),
    };
    judge(plans, is_filtered, again, &options, &interrupt)
}

/// Judges the built-in pair.
pub(super) fn self_test(options: &Options) -> Result<u8, Stop> {
    project::mention(options);
    let subjects = reference_pair(&own_file()?);
    let fixtures = fixtures(options)?;
    judge(vec![Plan::of(subjects, fixtures)], false, Again::BuiltIn, options, &watch_for_signals()?)
}

/// No program is named anywhere.
fn nothing_to_judge() -> Stop {
    Stop::usage(
        "nothing to judge: name a program, as in `sockspec check ./a.out`, or write it into sockspec.toml \
         (`sockspec` alone judges the built-in pair)",
    )
}

fn judge(mut plans: Vec<Plan>, is_filtered: bool, again: Again, options: &Options, interrupt: &Interrupt) -> Result<u8, Stop> {
    let whole = whole(&plans, options);
    refuse_begun(&plans)?;
    take_part(&mut plans, options.partition());
    plans.retain(|plan| !plan.fixtures.is_empty());
    let cases = plans.iter().map(|plan| plan.fixtures.len() as u64).sum();
    let share = Share { partition: options.partition(), whole, cases, is_filtered };
    let (setting, reports) = (setting(options)?, report::open(&options.output)?);
    let mut progress = Progress::of_scenarios(cases, options);
    let mut runs = Vec::new();
    for plan in &plans {
        let name = plan.name.as_deref().filter(|_| plans.len() > 1);
        let run = suite::run(plan, &setting, interrupt, |news| progress.tell(news, name, &plan.known_failures));
        runs.push(run.map_err(|error| Stop::trouble(error.to_string()))?);
        if interrupt.is_set() {
            // Even if the last one had just come to its end: others are missing.
            if let Some(run) = runs.last_mut() {
                run.is_interrupted = true;
            }
            break;
        }
    }
    drop(progress);
    let results = Results { runs, is_strict: options.is_strict(), again, share, is_verbose: options.output.verbose };
    report::write(reports, &results, &options.output)?;
    Ok(results.exit_status())
}

/// What nobody has completed yet would find fault with the right program.
fn refuse_begun(plans: &[Plan]) -> Result<(), Stop> {
    let mut fixtures = plans.iter().flat_map(|plan| &plan.fixtures);
    let Some(Fixture { file, scenario, .. }) = fixtures.find(|fixture| new_fixture::is_merely_begun(&fixture.scenario)) else {
        return Ok(());
    };
    let right: String = scenario.subject().roles().iter().map(|role| format!(" --{role} CMD")).collect();
    Err(Stop::usage(format!(
        "{file}: nothing says yet what a program is to do here: record what a right one does with `sockspec check{right} --fixtures DIR --bless`"
    )))
}

/// What all parts of a run have in common: what is judged, by what.
fn whole(plans: &[Plan], options: &Options) -> Fingerprint {
    let mut texts = vec!["check".to_owned(), options.is_strict().to_string()];
    for plan in plans {
        texts.extend(plan.name.clone());
        texts.extend(plan.subjects.iter().flat_map(|subject| [subject.role.to_string(), subject.command.to_string()]));
        texts.extend(plan.subjects.iter().filter_map(|subject| Some(subject.command.directory()?.display().to_string())));
        texts.extend(plan.known_failures.iter().map(KnownFailure::remedy));
        texts.extend(plan.fixtures.iter().flat_map(|fixture| [fixture.id.clone(), fixture.scenario.to_string()]));
    }
    Fingerprint::of(texts.iter().map(String::as_str))
}

/// Leaves what this part has of all plans together, so that parts of many small plans are even, too.
fn take_part(plans: &mut [Plan], partition: Partition) {
    let mut number = 0;
    for plan in plans {
        plan.fixtures.retain(|_| {
            number += 1;
            partition.takes(number - 1)
        });
    }
}

fn reference_pair(program: &Path) -> Vec<Subject> {
    let subject = |role: Role| {
        let shown = format!("the built-in reference {role}");
        Subject { role, command: Command::trusted(&shown, program.to_owned(), &[REFERENCE_ARGUMENT, &role.to_string()]) }
    };
    vec![subject(Role::Server), subject(Role::Client)]
}

/// The fixtures for the subjects that there are.
fn select(wanted: Vec<Fixture>, subjects: &[Subject]) -> Result<Vec<Fixture>, Stop> {
    let is_there = |role: &Role| subjects.iter().any(|subject| subject.role == *role);
    let has_subject = |fixture: &Fixture| fixture.scenario.subject().roles().iter().all(is_there);
    let named = wanted.first().map(|fixture| fixture.scenario.subject());
    let selected: Vec<Fixture> = wanted.into_iter().filter(has_subject).collect();
    match named.filter(|_| selected.is_empty()) {
        None => Ok(selected),
        Some(about) => {
            let role = about.roles().iter().find(|role| !is_there(role)).unwrap_or(&Role::Client);
            Err(Stop::usage(format!("no scenario is selected: what is named is about the {about}, and there is no --{role} CMD")))
        }
    }
}
