//! `sockspec check`, and `sockspec` alone.

use super::bless;
use super::filter::Filter;
use super::fixtures::fixtures;
use super::interrupt::watch_for_signals;
use super::new_fixture;
use super::options::Options;
use super::progress::Progress;
use super::project;
use super::recognise;
use super::report;
use super::stop::Stop;
use super::subjects::{own_file, reference_pair, subjects};
use crate::project::Project;
use crate::run::interrupt::Interrupt;
use crate::run::known_failure::KnownFailure;
use crate::run::partition::{Fingerprint, Partition, Share};
use crate::run::results::{Rerun, Results, Run};
use crate::run::setting::{Setting, Subject};
use crate::run::suite::{self, Plan};
use crate::spec::dialect::Dialect;
use crate::spec::fixture::Fixture;
use crate::spec::role::Role;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    selection: Selection,
    /// Rewrite your scenarios with what the program does, and show the difference. Needs --fixtures.
    #[arg(long, hide_short_help = true)]
    bless: bool,
}

/// The programs and scenarios that the command line names.
#[derive(Debug, Args)]
pub(super) struct Selection {
    /// Server to judge: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// Client to judge: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
    /// Subject of sockspec.toml to judge. Give it several times for several subjects [default: all].
    #[arg(long = "subject", value_name = "NAME", conflicts_with_all = ["server", "client"])]
    names: Vec<String>,
    /// Programs to judge, and scenarios to run [default: all].
    #[arg(value_name = "PROGRAM|FILTER")]
    programs_and_filters: Vec<String>,
}

pub(super) fn check(arguments: &Check, options: &Options) -> Result<u8, Stop> {
    let mut task = Task::read(&arguments.selection, options)?;
    let interrupt = watch_for_signals()?;
    if arguments.bless {
        let subjects = task.blessed(&interrupt)?;
        return bless::run(&subjects, !task.filters.is_empty(), &task.options, &interrupt);
    }
    judge(task.plans(&interrupt)?, task.is_filtered(), task.again, &task.options, &interrupt)
}

/// The programs and scenarios that the command line and the project file name together.
pub(super) struct Task<'a> {
    selection: &'a Selection,
    project: Option<Project>,
    /// The options of the command line, completed by the file.
    pub(super) options: Options,
    /// All scenarios.
    all: Vec<Fixture>,
    /// Programs whose role the command line does not name.
    programs: Vec<String>,
    filters: Vec<String>,
    /// The command that runs a case again.
    pub(super) again: Rerun,
    /// Whether to say which role each program was recognised to have.
    pub(super) shows_roles: bool,
}

impl<'a> Task<'a> {
    /// Reads the project file, if it exists, and the scenarios.
    pub(super) fn read(selection: &'a Selection, options: &Options) -> Result<Self, Stop> {
        // The command does not repeat the options of the file: the file still exists when a case runs again.
        let folder =
            options.own.fixtures.as_ref().map(|folder| format!(" --fixtures {}", shell_words::quote(&folder.display().to_string())));
        let again = Rerun::Check(folder.unwrap_or_default() + &options.repeated());
        let (project, options) = project::read(options)?;
        let all = fixtures(&options)?;
        let words = selection.programs_and_filters.iter().cloned();
        let (programs, filters): (Vec<String>, Vec<String>) = words.partition(|text| Filter::is_program(text, &all));
        if !programs.is_empty() && !selection.names.is_empty() {
            return Err(Stop::usage(format!("--subject already names the program to judge: leave `{}` out", programs[0])));
        }
        let shows_roles = !options.output.quiet;
        Ok(Self { selection, project, options, all, programs, filters, again, shows_roles })
    }

    /// Whether the command line leaves out some scenarios or programs.
    pub(super) fn is_filtered(&self) -> bool {
        !self.filters.is_empty() || !self.selection.names.is_empty()
    }

    /// Whether the command line itself names programs.
    fn is_given(&self) -> bool {
        self.selection.server.is_some() || self.selection.client.is_some() || !self.programs.is_empty()
    }

    fn given(&self, interrupt: &Interrupt) -> Result<Vec<Subject>, Stop> {
        let known = subjects(self.selection.server.as_deref(), self.selection.client.as_deref())?;
        recognise::add(known, &self.programs, &self.options, interrupt, self.shows_roles)
    }

    /// Which scenarios to play with which programs. Builds the programs of the project file.
    pub(super) fn plans(&self, interrupt: &Interrupt) -> Result<Vec<Plan>, Stop> {
        let wanted = Filter::select(&self.filters, self.all.clone())?;
        let names = &self.selection.names;
        match &self.project {
            _ if self.is_given() => {
                let subjects = self.given(interrupt)?;
                let mut fixtures = select(wanted, &subjects)?;
                project::retain_applicable(&mut fixtures, &*self.options.course.read()?)?;
                Ok(vec![Plan::of(subjects, fixtures)])
            }
            Some(project) => project::plans(project, names, &self.all, &wanted, &self.options),
            None if !names.is_empty() => Err(project::no_file()),
            None => Err(nothing_to_judge()),
        }
    }

    /// The one program, or the one pair, that `--bless` records.
    fn blessed(&mut self, interrupt: &Interrupt) -> Result<Vec<Subject>, Stop> {
        let choices = self.project.as_ref().map(Project::choices).unwrap_or_default();
        let name = match (&self.selection.names[..], &choices[..]) {
            ([name], _) => name.clone(),
            ([], _) if self.is_given() => return self.given(interrupt),
            ([], []) => return Err(nothing_to_judge()),
            ([], [only]) => only.name.to_owned(),
            _ => return Err(Stop::usage("--bless records what one subject does, or one pair: name it with --subject NAME")),
        };
        project::subjects(self.project.as_ref(), &name, &mut self.options)
    }
}

/// Judges the built-in pair.
pub(super) fn self_test(options: &Options) -> Result<u8, Stop> {
    project::suggest(options);
    let subjects = reference_pair(&own_file()?);
    let mut fixtures = fixtures(options)?;
    project::retain_applicable(&mut fixtures, &Dialect::tutorial())?;
    judge(vec![Plan::of(subjects, fixtures)], false, Rerun::BuiltIn, options, &watch_for_signals()?)
}

/// The error if neither the command line nor the project file names a program.
fn nothing_to_judge() -> Stop {
    Stop::usage(
        "nothing to judge: name a program, as in `sockspec check ./a.out`, or write it into sockspec.toml \
         (`sockspec` alone judges the built-in pair)",
    )
}

fn judge(plans: Vec<Plan>, is_filtered: bool, again: Rerun, options: &Options, interrupt: &Interrupt) -> Result<u8, Stop> {
    let reports = report::open(&options.output)?;
    let results = play(plans, is_filtered, again, options, interrupt)?;
    report::write(reports, &results, &options.output)?;
    Ok(results.exit_status())
}

/// Plays all plans, one after the other.
pub(super) fn play(
    mut plans: Vec<Plan>,
    is_filtered: bool,
    again: Rerun,
    options: &Options,
    interrupt: &Interrupt,
) -> Result<Results, Stop> {
    let setting = options.setting()?;
    let whole = whole(&plans, &setting.dialect, options);
    refuse_incomplete(&plans)?;
    take_part(&mut plans, options.partition());
    plans.retain(|plan| !plan.fixtures.is_empty());
    let cases = plans.iter().map(|plan| plan.fixtures.len() as u64).sum();
    let share = Share { partition: options.partition(), whole, cases, is_filtered };
    let runs = play_plans(&plans, &setting, options, interrupt, |run| run)?;
    Ok(options.results(runs, again, share))
}

/// Plays plans, one after the other, and shows progress. If the run is interrupted, the last run says so. `keep` gives what is kept of a run.
pub(super) fn play_plans(
    plans: &[Plan],
    setting: &Setting,
    options: &Options,
    interrupt: &Interrupt,
    keep: impl Fn(Run) -> Run,
) -> Result<Vec<Run>, Stop> {
    let cases = plans.iter().map(|plan| plan.fixtures.len() as u64).sum();
    let mut progress = Progress::of_scenarios(cases, options);
    let mut runs = Vec::new();
    for plan in plans {
        let name = plan.name.as_deref().filter(|_| plans.len() > 1);
        let run = suite::run(plan, setting, interrupt, |news| progress.show(news, name, &plan.known_failures));
        runs.push(keep(run.map_err(|error| Stop::trouble(error.to_string()))?));
        if interrupt.is_set() {
            // The last run may be complete, but others are missing.
            if let Some(run) = runs.last_mut() {
                run.is_interrupted = true;
            }
            break;
        }
    }
    Ok(runs)
}

/// Refuses incomplete scenarios of `new-fixture`: a right program would fail them.
fn refuse_incomplete(plans: &[Plan]) -> Result<(), Stop> {
    let mut fixtures = plans.iter().flat_map(|plan| &plan.fixtures);
    let Some(Fixture { file, scenario, .. }) = fixtures.find(|fixture| new_fixture::is_incomplete(&fixture.scenario)) else {
        return Ok(());
    };
    let right: String = scenario.subject().roles().iter().map(|role| format!(" --{role} CMD")).collect();
    Err(Stop::usage(format!(
        "{file}: this scenario demands nothing yet: let a right program complete it with `sockspec check{right} --fixtures DIR --bless`"
    )))
}

/// The fingerprint that all parts of a run share: the programs and the scenarios.
fn whole(plans: &[Plan], course: &Dialect, options: &Options) -> Fingerprint {
    let mut texts = vec!["check".to_owned(), options.is_strict().to_string()];
    for plan in plans {
        texts.extend(plan.name.clone());
        texts.extend(Fingerprint::course(plan.dialect.as_deref().unwrap_or(course)));
        texts.extend(plan.subjects.iter().flat_map(|subject| [subject.role.to_string(), subject.command.to_string()]));
        texts.extend(plan.subjects.iter().filter_map(|subject| Some(subject.command.directory()?.display().to_string())));
        texts.extend(plan.known_failures.iter().map(KnownFailure::remedy));
        texts.extend(plan.fixtures.iter().flat_map(|fixture| [fixture.id.clone(), fixture.scenario.to_string()]));
    }
    Fingerprint::of(texts.iter().map(String::as_str))
}

/// Keeps the scenarios of this part. Counts across all plans, so that parts of many small plans have equal sizes, too.
fn take_part(plans: &mut [Plan], partition: Partition) {
    let mut number = 0;
    for plan in plans {
        plan.fixtures.retain(|_| {
            number += 1;
            partition.contains(number - 1)
        });
    }
}

/// The fixtures that these subjects can play.
fn select(wanted: Vec<Fixture>, subjects: &[Subject]) -> Result<Vec<Fixture>, Stop> {
    let is_there = |role: &Role| subjects.iter().any(|subject| subject.role == *role);
    let has_subject = |fixture: &Fixture| fixture.scenario.subject().roles().iter().all(is_there);
    let named = wanted.first().map(|fixture| fixture.scenario.subject());
    let selected: Vec<Fixture> = wanted.into_iter().filter(has_subject).collect();
    match named.filter(|_| selected.is_empty()) {
        None => Ok(selected),
        Some(about) => {
            let role = about.roles().iter().find(|role| !is_there(role)).unwrap_or(&Role::Client);
            Err(Stop::usage(format!("no scenario is selected: the filter is about the {about}, and there is no --{role} CMD")))
        }
    }
}
