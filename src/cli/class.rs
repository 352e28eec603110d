//! `sockspec class`.

use super::check::play_plans;
use super::filter::Filter;
use super::fixtures::fixtures;
use super::interrupt::watch_for_signals;
use super::kept::Kept;
use super::options::{Options, duration_word};
use super::progress::Progress;
use super::project;
use super::report;
use super::stop::Stop;
use super::subjects::own_file;
use crate::class::{Entry, Folder, Orders, Programs, Workshop, build_all, folders};
use crate::model::translation::fits;
use crate::project::FILE;
use crate::run::interrupt::Interrupt;
use crate::run::partition::{Fingerprint, Share};
use crate::run::recognition::{Recognition, recognise};
use crate::run::results::{Obstacle, Rerun, Results, Run};
use crate::run::setting::{Setting, Subject};
use crate::run::suite::Plan;
use crate::spec::fixture::Fixture;
use crate::spec::role::Role;
use crate::spec::suggest::nearest;
use crate::stage::Files;
use crate::stage::command::Command;
use crate::stage::files::copy::remove;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct Class {
    /// Command that builds a folder. No shell reads it [default: make, or a compiler for each source file with a main].
    #[arg(long, value_name = "CMD")]
    build: Option<String>,
    /// Time limit for a build [default: 60s].
    #[arg(long, value_name = "DURATION", value_parser = Setting::timeout)]
    build_timeout: Option<Duration>,
    /// Server in each folder: a command that runs there [default: the program whose name says so, or that listens].
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// Client in each folder [default: the program whose name says so, or that connects].
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
    /// Judge folders again that have not changed since an earlier run.
    #[arg(long)]
    no_cache: bool,
    /// Folder to judge, by its name. Give it several times for several folders [default: all].
    #[arg(long = "subject", value_name = "NAME")]
    names: Vec<String>,
    /// Folders of the students, or one folder that holds them all; and scenarios to run [default: all].
    #[arg(value_name = "DIR|FILTER")]
    folders_and_filters: Vec<String>,
}

pub(super) fn class(arguments: &Class, options: &Options) -> Result<u8, Stop> {
    let (project, completed) = project::read(options)?;
    let plan = project.as_ref().and_then(|project| project.class.as_ref());
    let is_folder = |text: &&String| Path::new(text).is_dir() || text.ends_with("/*");
    let (paths, mut filters): (Vec<&String>, Vec<&String>) = arguments.folders_and_filters.iter().partition(is_folder);
    // A shell puts files in the place of a star, too.
    filters.retain(|text| paths.is_empty() || !Path::new(text).is_file());
    let given: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let given = match plan {
        Some(plan) if given.is_empty() => plan.folders(),
        _ if given.is_empty() => return Err(nothing_given(&filters)),
        _ => given,
    };
    let orders = orders(arguments).over(plan.map(|plan| plan.orders.clone()).unwrap_or_default());
    let all = folders(&given).map_err(|error| Stop::usage(error.to_string()))?;
    let chosen = choose(&all, &arguments.names)?;
    let filters: Vec<String> = filters.into_iter().cloned().collect();
    let wanted = Filter::select(&filters, fixtures(&completed)?)?;
    let again = Rerun::Class(repeated(arguments, &paths, options));
    let is_filtered = !filters.is_empty() || !arguments.names.is_empty();
    let whole = whole(&chosen, &orders, &wanted, &completed)?;
    let reports = report::open(&completed.output)?;
    let interrupt = watch_for_signals()?;
    let kept = if arguments.no_cache { None } else { Kept::open(&common(&orders, &wanted, &completed)?, &named_files(&orders)) };
    let share = Share { partition: completed.partition(), whole, cases: 0, is_filtered };
    let frame = completed.results(Vec::new(), again, share);
    let (runs, cases) = judge(&Work { chosen, orders, wanted, options: &completed, kept, frame: &frame }, &interrupt)?;
    let results = Results { runs, share: Share { cases, ..frame.share.clone() }, ..frame };
    report::write(reports, &results, &completed.output)?;
    Ok(results.exit_status())
}

fn orders(arguments: &Class) -> Orders {
    Orders {
        build: arguments.build.clone(),
        build_timeout: arguments.build_timeout,
        server: arguments.server.clone(),
        client: arguments.client.clone(),
    }
}

fn nothing_given(filters: &[&String]) -> Stop {
    match filters.first() {
        Some(text) => Stop::usage(format!("there is no folder `{text}`: name the folder that holds the folders of the students")),
        None => Stop::usage(format!(
            "which class? Name the folder that holds the folders of the students, as in `sockspec class submissions`, or write [class] \
             and directory = \"submissions/*\" into {FILE}"
        )),
    }
}

/// The folders with these names; without a name, all of them.
fn choose(all: &[Folder], names: &[String]) -> Result<Vec<Folder>, Stop> {
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|folder| folder.name != **name)) {
        let hint = nearest(unknown, all.iter().map(|folder| folder.name.as_str()));
        return Err(Stop::usage(format!("the class has no folder `{unknown}`{hint}")));
    }
    Ok(all.iter().filter(|folder| names.is_empty() || names.contains(&folder.name)).cloned().collect())
}

/// The words of the command line that matter when one scenario is played again.
fn repeated(arguments: &Class, paths: &[&String], options: &Options) -> String {
    let option = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!(" --{name} {}", shell_words::quote(value))).unwrap_or_default()
    };
    let folders: String = paths.iter().map(|path| format!(" {}", shell_words::quote(path))).collect();
    let Class { build, build_timeout, server, client, .. } = arguments;
    let limit = build_timeout.map(duration_word);
    let own = options.own.fixtures.as_ref().map(|folder| folder.display().to_string());
    let words = [("build", build), ("build-timeout", &limit), ("server", server), ("client", client), ("fixtures", &own)];
    folders + &words.map(|(name, value)| option(name, value)).concat() + &options.repeated()
}

/// The fingerprint that all parts of a run share.
fn whole(chosen: &[Folder], orders: &Orders, wanted: &[Fixture], options: &Options) -> Result<Fingerprint, Stop> {
    let mut texts = vec!["class".to_owned(), options.is_strict().to_string(), format!("{orders:?}")];
    texts.extend(Fingerprint::course(&*options.course.read()?));
    texts.push(format!("{:?}", options.weights));
    texts.extend(chosen.iter().map(|folder| folder.name.clone()));
    texts.extend(wanted.iter().flat_map(|fixture| [fixture.id.clone(), fixture.scenario.to_string()]));
    Ok(Fingerprint::of(texts.iter().map(String::as_str)))
}

/// What the results of all folders depend on.
fn common(orders: &Orders, wanted: &[Fixture], options: &Options) -> Result<Vec<String>, Stop> {
    let Setting { timeout, limits, isolation, files, dialect, .. } = options.setting()?;
    let mut texts = vec![format!("{orders:?} {timeout:?} {limits:?} {isolation:?} {files:?} {dialect:?}")];
    texts.extend(wanted.iter().flat_map(|fixture| [fixture.id.clone(), fixture.scenario.to_string()]));
    Ok(texts)
}

/// The files that the commands for all folders name, such as a makefile of the teacher.
fn named_files(orders: &Orders) -> Vec<PathBuf> {
    let words = [&orders.build, &orders.server, &orders.client].into_iter().flatten().filter_map(|text| shell_words::split(text).ok());
    words.flatten().map(PathBuf::from).filter(|path| path.is_absolute() && path.is_file()).collect()
}

/// What to judge.
struct Work<'a> {
    chosen: Vec<Folder>,
    orders: Orders,
    wanted: Vec<Fixture>,
    options: &'a Options,
    /// Results of earlier runs, if they may be used.
    kept: Option<Kept>,
    /// The results without their runs.
    frame: &'a Results,
}

/// Builds and judges the folders of this part. Returns a run for each, and the number of scenarios.
fn judge(work: &Work<'_>, interrupt: &Interrupt) -> Result<(Vec<Run>, u64), Stop> {
    let Work { chosen, orders, wanted, options, kept, frame } = work;
    let mut setting = options.setting()?;
    if setting.files == Files::Fresh {
        setting.files = Files::Alone;
    }
    // Whole folders belong to a part: each must be built.
    let is_in_part = |(number, _): &(usize, &Folder)| options.partition().contains(*number as u64);
    let part: Vec<Folder> = chosen.iter().enumerate().filter(is_in_part).map(|(_, folder)| folder.clone()).collect();
    let place = tempfile::Builder::new().prefix("sockspec-class-").tempdir();
    let place = place.and_then(|place| Ok((place.path().canonicalize()?, place)));
    let (real, place) = place.map_err(|error| Stop::trouble(format!("there is no room for copies of the folders: {error}")))?;
    let workshop = Workshop { place: real, program: own_file()?, jobs: setting.jobs, is_open: setting.files == Files::Kept };
    let (mut runs, mut new, mut keys) = (Vec::new(), Vec::new(), BTreeMap::new());
    for folder in &part {
        let key = kept.as_ref().and_then(|kept| kept.key(folder));
        match key.as_ref().and_then(|key| kept.as_ref()?.find(key, folder)) {
            Some(run) => runs.push(run),
            None => new.push(folder.clone()),
        }
        keys.extend(key.map(|key| (folder.name.clone(), key)));
    }
    if !runs.is_empty() && !options.output.quiet {
        anstream::eprintln!("{}", unchanged(runs.len(), part.len()));
    }
    let keep = |run: Run| {
        let key = run.name.as_ref().and_then(|name| keys.get(name));
        if let (Some(kept), Some(key)) = (kept, key)
            && !interrupt.is_set()
        {
            kept.keep(key, &frame.with_runs(vec![run.clone()]));
        }
        run
    };
    let progress = Progress::of_builds(new.len(), options);
    let entries = build_all(&new, orders, &workshop, interrupt, |done| progress.built(done));
    drop(progress);
    let (mut plans, mut stopped) = (Vec::new(), BTreeMap::new());
    for Entry { folder, built } in entries {
        let found = built.and_then(|programs| {
            let (subjects, obstacle) = subjects(&programs, &setting, interrupt);
            if subjects.is_empty() { Err(obstacle.unwrap_or_else(|| none(&programs))) } else { Ok((subjects, obstacle)) }
        });
        let obstacle = match found {
            Ok((subjects, obstacle)) => {
                let is_there = |role: &Role| subjects.iter().any(|subject| subject.role == *role);
                let plays = |fixture: &&Fixture| fixture.scenario.subject().roles().iter().all(is_there) && fits(fixture, &setting.dialect);
                let fixtures: Vec<Fixture> = wanted.iter().filter(plays).cloned().collect();
                let obstacle = obstacle.or_else(|| fixtures.is_empty().then(|| nothing_to_play(&subjects)));
                plans.push(Plan { name: Some(folder.name.clone()), ..Plan::of(subjects, fixtures) });
                obstacle
            }
            Err(obstacle) => Some(obstacle),
        };
        stopped.extend(obstacle.map(|obstacle| (folder.name, obstacle)));
    }
    plans.retain(|plan| !plan.fixtures.is_empty());
    let cases = plans.iter().map(|plan| plan.fixtures.len()).sum::<usize>() + runs.iter().map(|run| run.outcomes.len()).sum::<usize>();
    let complete = |run: Run| {
        let obstacle = run.name.as_ref().and_then(|name| stopped.get(name).cloned());
        keep(Run { obstacle, ..run.without_passed_conversations() })
    };
    runs.extend(play_plans(&plans, &setting, options, interrupt, complete)?);
    for (name, obstacle) in &stopped {
        if runs.iter().all(|run| run.name.as_ref() != Some(name)) {
            let (name, obstacle, dialect) = (Some(name.clone()), Some(obstacle.clone()), setting.dialect.clone());
            runs.push(Run { name, obstacle, dialect, ..Run::default() });
        }
    }
    kept.iter().for_each(Kept::tidy_up);
    remove(place.path());
    let order = |run: &Run| part.iter().position(|folder| run.name.as_ref() == Some(&folder.name));
    runs.sort_by_key(order);
    if let Some(run) = runs.last_mut().filter(|_| interrupt.is_set()) {
        run.is_interrupted = true;
    }
    Ok((runs, cases as u64))
}

/// The message about folders that are not judged again.
fn unchanged(kept: usize, all: usize) -> String {
    let have = if kept == 1 { "has not changed: its result is" } else { "have not changed: their results are" };
    format!("{kept} of {all} folders {have} from an earlier run (--no-cache judges all again)")
}

/// The programs of a folder that are there, a server before its client, and why one is not.
fn subjects(programs: &Programs, setting: &Setting, interrupt: &Interrupt) -> (Vec<Subject>, Option<Obstacle>) {
    let (mut all, mut obstacle) = (Vec::new(), None);
    let parse = |text: &str| Command::parse_in(text, Some(&programs.directory));
    for (role, text) in [(Role::Server, &programs.server), (Role::Client, &programs.client)] {
        match text.as_deref().map(parse) {
            Some(Ok(command)) => all.push(Subject { role, command }),
            Some(Err(error)) => obstacle = Some(Obstacle::new(&format!("there is no {role}"), error.to_string())),
            None => {}
        }
    }
    for text in &programs.unnamed {
        let Ok(command) = parse(text) else { continue };
        match recognise(&command, setting, interrupt, &mut |_| {}) {
            Ok(Recognition::Plays(role)) if all.iter().all(|subject| subject.role != role) => all.push(Subject { role, command }),
            Ok(Recognition::Plays(_)) => {}
            Ok(Recognition::Unknown(_)) => {}
            Ok(Recognition::Unseen(why)) => obstacle = Some(Obstacle::new(&format!("it is not clear what `{text}` is"), why)),
            Err(error) => obstacle = Some(Obstacle::new(&format!("it is not clear what `{text}` is"), error.to_string())),
        }
    }
    all.sort_by_key(|subject| subject.role != Role::Server);
    (all, obstacle)
}

/// The chosen scenarios are about the program that the folder does not have.
fn nothing_to_play(subjects: &[Subject]) -> Obstacle {
    let there = subjects.first().map_or(Role::Client, |subject| subject.role);
    let missing = if there == Role::Server { Role::Client } else { Role::Server };
    Obstacle::new(&format!("there is no {missing}"), format!("the folder has a {there}, and the chosen scenarios are not about it"))
}

/// Nothing in the folder is a server or a client.
fn none(programs: &Programs) -> Obstacle {
    Obstacle::new("no server and no client was found", format!("{}: neither listens nor connects", programs.unnamed.join(", ")))
}
