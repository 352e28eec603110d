//! `sockspec fuzz` and `sockspec explore`.

use super::interrupt::watch_for_signals;
use super::messages::{note, say};
use super::options::Options;
use super::progress::Progress;
use super::project;
use super::report;
use super::stop::Stop;
use super::subjects::subjects;
use crate::run::partition::{Fingerprint, Partition, Share};
use crate::run::results::{Rerun, Results};
use crate::run::search::{self, LONGEST_EXPLORED, Search, Source};
use crate::run::setting::Subject;
use crate::run::weights::Weights;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::verdict::outcome::Outcome;
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Fuzz {
    #[command(flatten)]
    programs: Programs,
    /// Number of conversations to play.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = cases)]
    cases: u64,
    /// Seed of the conversations: the same seed gives the same conversations [default: random].
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Folder to save the failure to, as a scenario.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Explore {
    #[command(flatten)]
    one: One,
    /// Bytes to send to the server or to type for the client, 1 to 16.
    stream: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Programs {
    /// Server to judge: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// Client to judge. With a server, judges the two together.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
    /// Subject or pair of sockspec.toml to judge.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["server", "client"])]
    subject: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct One {
    /// Server to judge: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// Client to judge: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
    /// Subject of sockspec.toml to judge.
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
}

fn cases(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|&cases| cases > 0).ok_or_else(|| "it is a number, at least 1".into())
}

/// The values of --server, --client and --subject.
type Given<'a> = [&'a Option<String>; 3];

/// The options as they were given.
fn as_given(programs: Given<'_>) -> String {
    let options = ["server", "client", "subject"].into_iter().zip(programs);
    options.filter_map(|(name, value)| Some(format!(" --{name} {}", shell_words::quote(value.as_ref()?)))).collect()
}

pub(super) fn fuzz(arguments: &Fuzz, options: &Options) -> Result<u8, Stop> {
    if options.partition() != Partition::WHOLE && arguments.seed.is_none() {
        return Err(Stop::usage("the parts of one search have the same seed: give one with --seed"));
    }
    // Any number that differs from run to run is good enough: the keys of the standard library are random.
    let seed = arguments.seed.unwrap_or_else(|| std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0) >> 32);
    if let Some(folder) = &arguments.save {
        let unwritable = |error| Stop::usage(format!("nothing can be saved in {}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        tempfile::tempfile_in(folder).map_err(unwritable)?;
    }
    let Programs { server, client, subject } = &arguments.programs;
    let programs = [server, client, subject];
    let source = Source::Fuzz { seed, cases: arguments.cases };
    let head = format!(
        "the seed is {seed}: the same conversations with `sockspec fuzz{} --cases {} --seed {seed}{}`",
        as_given(programs),
        arguments.cases,
        options.repeated()
    );
    let folder = arguments.save.as_ref().map(|folder| folder.display().to_string());
    let again = Rerun::Fuzz { folder, options: options.repeated() };
    let (named, options) = named(programs, options)?;
    let results = search(named, source, arguments.save.as_deref(), &options, again, &head)?;
    if arguments.save.is_some() {
        for outcome in failures(&results) {
            let path = Path::new(&outcome.file);
            let saved =
                path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, outcome.scenario.to_string()));
            saved.map_err(|error| Stop::trouble(format!("{} cannot be saved: {error}", path.display())))?;
            note(&format!("saved {}", path.display()), &options.output);
        }
    }
    Ok(results.exit_status())
}

pub(super) fn explore(arguments: &Explore, options: &Options) -> Result<u8, Stop> {
    let stream = if arguments.stream.starts_with('"') {
        let bytes = Bytes::parse(&arguments.stream);
        bytes.map_err(|error| Stop::usage(format!("{}: {}", arguments.stream, error.message)))?.to_vec()
    } else {
        arguments.stream.as_bytes().to_vec()
    };
    if !(1..=LONGEST_EXPLORED).contains(&stream.len()) {
        return Err(Stop::usage(format!(
            "the stream has {} bytes; it may have 1 to {LONGEST_EXPLORED}, because n bytes have 2^(n-1) cuts: {LONGEST_EXPLORED} have {}",
            stream.len(),
            1u64 << (LONGEST_EXPLORED - 1)
        )));
    }
    let One { server, client, subject } = &arguments.one;
    let programs = [server, client, subject];
    let source = Source::Explore { stream };
    let head = format!("{} cuts", options.partition().len(source.count()));
    let again =
        Rerun::Explore(format!("sockspec explore{}{} {}", as_given(programs), options.repeated(), shell_words::quote(&arguments.stream)));
    let (named, options) = named(programs, options)?;
    if let (Some(name), [_, _]) = (&named.0, &named.1[..]) {
        return Err(Stop::usage(format!("{name} are two programs, and every cut of a stream is tried with one: name one of them")));
    }
    Ok(search(named, source, None, &options, again, &head)?.exit_status())
}

/// The programs to search, and their name in the project file, if they have one.
type Named = (Option<String>, Vec<Subject>);

/// The programs of the command line or of the project file, and the options that apply.
fn named([server, client, name]: Given<'_>, options: &Options) -> Result<(Named, Options), Stop> {
    let (project, mut options) = project::read(options)?;
    let subjects = match name {
        Some(name) => project::subjects(project.as_ref(), name, &mut options)?,
        None => subjects(server.as_deref(), client.as_deref())?,
    };
    Ok(((name.clone(), subjects), options))
}

/// Searches and reports. Failures name a file in `folder`, if there is one.
fn search(
    (name, subjects): Named,
    source: Source,
    folder: Option<&Path>,
    options: &Options,
    again: Rerun,
    head: &str,
) -> Result<Results, Stop> {
    let setting = options.setting()?;
    let whole = whole(&subjects, &source, &setting.dialect, options);
    let search = Search { name, subjects, source, partition: options.partition(), setting };
    let reports = report::open(&options.output)?;
    let interrupt = watch_for_signals()?;
    note(head, &options.output);
    let cases = search.partition.len(search.source.count());
    let mut progress = Progress::of_search(cases, options);
    let run = search::search(&search, &interrupt, |news| progress.show(news, None, &[]));
    drop(progress);
    let mut run = run.map_err(|error| Stop::trouble(error.to_string()))?;
    for outcome in run.outcomes.iter_mut().filter(|outcome| outcome.has_failed()) {
        outcome.file = folder.map_or_else(|| outcome.file.clone(), |folder| folder.join(&outcome.file).display().to_string());
    }
    let share = Share { partition: options.partition(), whole, cases, is_filtered: false };
    let results = Results {
        runs: vec![run],
        is_strict: options.is_strict(),
        weights: Weights::default(),
        again,
        share,
        is_verbose: options.output.verbose,
        tells_all: true,
    };
    report::write(reports, &results, &options.output)?;
    if failures(&results).next().is_some() {
        // Even with --quiet: the seed is needed to repeat the search.
        say(head);
    }
    Ok(results)
}

fn failures(results: &Results) -> impl Iterator<Item = &Outcome> {
    results.runs.iter().flat_map(|run| &run.outcomes).filter(|outcome| outcome.has_failed())
}

/// The fingerprint that all parts of a search share.
fn whole(subjects: &[Subject], source: &Source, course: &Dialect, options: &Options) -> Fingerprint {
    let mut texts = match source {
        Source::Fuzz { seed, cases } => vec!["fuzz".to_owned(), seed.to_string(), cases.to_string()],
        Source::Explore { stream } => vec!["explore".to_owned(), Bytes::literal(stream).to_string()],
    };
    texts.push(options.is_strict().to_string());
    texts.extend(Fingerprint::course(course));
    texts.extend(subjects.iter().flat_map(|subject| [subject.role.to_string(), subject.command.to_string()]));
    Fingerprint::of(texts.iter().map(String::as_str))
}
