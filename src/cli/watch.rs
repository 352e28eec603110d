//! `sockspec watch`: judges again when a program changes.

use super::check::{Selection, Task, play};
use super::interrupt::watch_for_signals;
use super::messages::{print_stop, say};
use super::options::Options;
use super::report;
use super::stop::{INTERRUPTED, Stop};
use crate::project::FILE;
use crate::run::interrupt::Interrupt;
use crate::run::results::Results;
use crate::stage::command::Command;
use clap::Args;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    selection: Selection,
}

/// How often to look at the files.
const TICK: Duration = Duration::from_millis(100);
/// File name extensions of source code. Files that programs write while they run have other extensions.
const SOURCES: [&str; 30] = [
    "c", "cc", "cpp", "cs", "cxx", "class", "d", "ex", "go", "h", "hpp", "hs", "java", "jl", "js", "kt", "lua", "mjs", "ml", "nim", "php",
    "pl", "pm", "py", "rb", "rs", "scala", "sh", "swift", "ts",
];
/// Folders without source code of the user.
const UNREAD: [&str; 3] = ["target", "node_modules", "__pycache__"];
/// How many levels of folders to watch.
const DEEPEST: usize = 6;
/// How many files to watch. An exercise has fewer.
const MOST_FILES: usize = 10_000;

pub(super) fn watch(arguments: &Watch, options: &Options) -> Result<u8, Stop> {
    let interrupt = watch_for_signals()?;
    let mut last: Option<Results> = None;
    let mut watched = Watched::default();
    loop {
        let sources = watched.sources();
        match once(arguments, options, last.as_ref(), &mut watched, &interrupt) {
            Ok(results) => last = Some(results),
            Err(stop) if last.is_none() || stop.status == INTERRUPTED => return Err(stop),
            // A half-written file will be complete soon.
            Err(stop) => {
                print_stop(&stop);
            }
        }
        // The first round has only just found out which folders to watch.
        let before = if sources.is_empty() { watched.sources() } else { sources };
        if interrupt.is_set() {
            return Ok(INTERRUPTED);
        }
        if !options.output.quiet {
            say("waiting for a change; Ctrl-C ends this");
        }
        let Some(changed) = watched.wait(before, &interrupt) else { return Ok(INTERRUPTED) };
        let here = std::env::current_dir().unwrap_or_default();
        let shown = changed.strip_prefix(here).or_else(|_| changed.strip_prefix(".")).unwrap_or(&changed);
        say(&format!("\n{} has changed", shown.display()));
    }
}

/// Judges everything, and shows all of it or, after the first time, what has changed.
fn once(
    arguments: &Watch,
    options: &Options,
    last: Option<&Results>,
    watched: &mut Watched,
    interrupt: &Interrupt,
) -> Result<Results, Stop> {
    let mut task = Task::read(&arguments.selection, options)?;
    task.shows_roles &= last.is_none();
    let reports = report::open(&task.options.output)?;
    let plans = task.plans(interrupt)?;
    *watched = Watched::of(plans.iter().flat_map(|plan| &plan.subjects).map(|subject| &subject.command), &task.options);
    let results = play(plans, task.is_filtered(), task.again, &task.options, interrupt)?;
    match last.filter(|_| !results.is_interrupted()) {
        None => report::write(reports, &results, &task.options.output)?,
        Some(last) => {
            report::write_all(reports.into_iter().filter(|report| !report.is_on_screen()).collect(), &results)?;
            let mut stdout = anstream::stdout();
            let written = crate::report::write_changes(last, &results, report::width(), &mut stdout).and_then(|()| stdout.flush());
            written.map_err(|error| Stop::trouble(format!("stdout: {error}")))?;
        }
    }
    Ok(results)
}

/// The state of a file, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    modified: (i64, i64),
    len: u64,
    inode: u64,
}

impl State {
    fn of(file: &Path) -> Option<Self> {
        let about = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
        Some(Self { modified: (about.mtime(), about.mtime_nsec()), len: about.len(), inode: about.ino() })
    }
}

type States = BTreeMap<PathBuf, Option<State>>;

/// The files to watch: the programs and their sources.
#[derive(Debug, Default)]
struct Watched {
    /// Their states after the build, and before they ran and could write files.
    programs: States,
    /// Folders with sources.
    folders: Vec<PathBuf>,
}

impl Watched {
    fn of<'a>(commands: impl Iterator<Item = &'a Command>, options: &Options) -> Self {
        let (mut files, mut folders) = (vec![PathBuf::from(FILE)], Vec::new());
        folders.extend(options.own.fixtures.clone());
        files.extend(options.course.dialect.as_ref().map(PathBuf::from));
        for command in commands {
            let here = command.directory().unwrap_or(Path::new(""));
            files.push(command.program().to_owned());
            let words = command.words(Command::NOWHERE);
            files.extend(words.iter().skip(1).map(|word| here.join(word)).filter(|file| file.is_file()));
            // An interpreter may read more files than its argument. A program with its own folder is built there.
            if !words.first().is_some_and(|word| word.contains('/')) || command.directory().is_some() || Path::new(FILE).exists() {
                folders.push(if here.as_os_str().is_empty() { PathBuf::from(".") } else { here.to_owned() });
            }
        }
        let programs = files.into_iter().map(|file| (file.clone(), State::of(&file))).collect();
        Self { programs, folders }
    }

    fn sources(&self) -> States {
        let mut found = States::new();
        self.folders.iter().for_each(|folder| gather(folder, 0, &mut found));
        found
    }

    /// Waits for a change, then until nothing changes for one tick. Returns nothing if a signal comes first.
    fn wait(&self, sources: States, interrupt: &Interrupt) -> Option<PathBuf> {
        let look = || -> States {
            let programs = self.programs.keys().map(|file| (file.clone(), State::of(file)));
            self.sources().into_iter().chain(programs).collect()
        };
        let before: States = sources.into_iter().chain(self.programs.clone()).collect();
        let mut last = before.clone();
        while !interrupt.is_set() {
            std::thread::sleep(TICK);
            let now = look();
            // A compiler removes the old program before it writes the new one.
            let is_whole = self.programs.iter().all(|(file, state)| state.is_none() || now[file].is_some());
            if now != before && now == last && is_whole {
                let changed = now.iter().find(|(file, state)| before.get(*file) != Some(*state)).map(|(file, _)| file);
                let gone = before.keys().find(|file| !now.contains_key(*file));
                return changed.or(gone).cloned();
            }
            last = now;
        }
        None
    }
}

fn gather(folder: &Path, depth: usize, found: &mut States) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if found.len() >= MOST_FILES || name.starts_with('.') {
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < DEEPEST && !UNREAD.contains(&&*name) => gather(&path, depth + 1, found),
            Ok(kind) if !kind.is_dir() && (SOURCES.contains(&ending) || ending == "transcript" || name.contains("akefile")) => {
                found.insert(path.clone(), State::of(&path));
            }
            _ => {}
        }
    }
}
