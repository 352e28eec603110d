//! Copies and builds the folders of a class, several at once.

use super::folder::Folder;
use super::guard::ARGUMENT;
use super::programs::Programs;
use super::recipe::Orders;
use crate::run::interrupt::Interrupt;
use crate::run::results::Obstacle;
use crate::stage::command::Command;
use crate::stage::files::copy::copy;
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many bytes of a build's output are read, from its beginning: a compiler's first error stands there.
const MOST_OUTPUT: u64 = 64 << 10;
/// How many lines of the output a report shows, from the first error on.
const SHOWN_LINES: usize = 4;
/// How much longer than its build a guard may take.
const GRACE: Duration = Duration::from_secs(5);
/// How long the library for Go may take.
const GO_LIMIT: Duration = Duration::from_secs(300);
/// How often to look whether the user has stopped the run.
const LOOK: Duration = Duration::from_millis(20);

/// Where the copies are made, and how.
#[derive(Clone, Debug)]
pub struct Workshop {
    /// The folder for the copies.
    pub place: PathBuf,
    /// The file of sockspec itself, which starts itself again to guard a build.
    pub program: PathBuf,
    /// How many builds run at once.
    pub jobs: usize,
    /// Whether builds may write where they like.
    pub is_open: bool,
}

/// What Go compiles for nearly every program of a course. Builds do not share what they compile, so this is compiled once before, into the
/// user's own cache, where builds find it.
const GO_LIBRARY: &str = "go build bufio bytes errors fmt io log net os os/signal strings sync time";

/// The programs of a folder, or why there are none.
pub type Built = Result<Programs, Obstacle>;

/// A folder, with its programs.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The folder.
    pub folder: Folder,
    /// Its programs.
    pub built: Built,
}

/// Builds a copy of each folder. `tell` gets the number of folders that are done. If the run is interrupted, some are missing.
pub fn build_all(
    folders: &[Folder],
    orders: &Orders,
    workshop: &Workshop,
    interrupt: &Interrupt,
    tell: impl Fn(usize) + Sync,
) -> Vec<Entry> {
    if folders.iter().any(|folder| orders.recipe(&innermost(&folder.path)).iter().any(|text| text.starts_with("go build "))) {
        // If this fails, the builds say why.
        let _ = Command::plain(GO_LIBRARY, None).map(|command| run(&command, &workshop.place, GO_LIMIT, None, workshop, interrupt));
    }
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..workshop.jobs.min(folders.len()) {
            scope.spawn(|| {
                while let Some((number, folder)) = take(folders, &next)
                    && !interrupt.is_set()
                {
                    // Requests to a stage are text, so the name of the copy is, too.
                    let name = folder.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let copy = workshop.place.join(format!("{number:04}")).join(name);
                    let built = build(folder, &copy, orders, workshop, interrupt);
                    // A build that was interrupted says nothing about its folder.
                    if !interrupt.is_set()
                        && let Ok(mut done) = done.lock()
                    {
                        done.push((number, Entry { folder: folder.clone(), built }));
                        tell(done.len());
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, entry)| entry).collect()
}

fn take<'a>(folders: &'a [Folder], next: &AtomicUsize) -> Option<(usize, &'a Folder)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    Some((number, folders.get(number)?))
}

fn build(folder: &Folder, place: &Path, orders: &Orders, workshop: &Workshop, interrupt: &Interrupt) -> Built {
    copy(&folder.path, place).map_err(|error| Obstacle::new("the folder cannot be copied", error.to_string()))?;
    let inner = innermost(place);
    let recipe = orders.recipe(&inner);
    for text in &recipe {
        carry_out(text, &inner, orders, workshop, interrupt)?;
    }
    let mut programs = Programs { directory: inner.clone(), ..Programs::default() };
    if orders.server.is_none() && orders.client.is_none() {
        programs = Programs::find(&inner).map_err(|why| Obstacle::new("it is not clear which program to judge", why))?;
        if programs.server.is_none() && programs.client.is_none() && programs.unnamed.is_empty() {
            return Err(nothing_found(&programs));
        }
        return Ok(programs);
    }
    let found = Programs::find(&inner).unwrap_or_default();
    programs.server = orders.server.clone().or(found.server);
    programs.client = orders.client.clone().or(found.client);
    Ok(programs)
}

fn nothing_found(programs: &Programs) -> Obstacle {
    match &programs.files[..] {
        [] => Obstacle::new("the folder is empty", "there is no file in it".into()),
        files => {
            const SHOWN: usize = 5;
            let more = if files.len() > SHOWN { format!(" and {} more", files.len() - SHOWN) } else { String::new() };
            Obstacle::new("no program was found", format!("there is {}{more}", files[..files.len().min(SHOWN)].join(", ")))
        }
    }
}

/// The folder that a folder holds, and nothing else, again and again: archives are often unpacked like this.
fn innermost(folder: &Path) -> PathBuf {
    let mut inner = folder.to_owned();
    loop {
        let entries = fs::read_dir(&inner).into_iter().flatten().flatten();
        let mut visible = entries.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
        match (visible.next(), visible.next()) {
            (Some(only), None) if only.file_type().is_ok_and(|kind| kind.is_dir()) && only.file_name().to_str().is_some() => {
                inner = only.path();
            }
            _ => return inner,
        }
    }
}

/// Carries out one command of a build.
fn carry_out(text: &str, directory: &Path, orders: &Orders, workshop: &Workshop, interrupt: &Interrupt) -> Result<(), Obstacle> {
    const FAILS: &str = "it does not build";
    let command = Command::plain(text, Some(directory)).map_err(|error| Obstacle::new(FAILS, error.to_string()))?;
    let limit = orders.build_timeout.unwrap_or(Orders::BUILD_TIMEOUT);
    let caches = (!workshop.is_open).then(|| workshop.place.join("caches"));
    match run(&command, directory, limit, caches.as_deref(), workshop, interrupt) {
        Ok((how, _)) if how == "succeeded" => Ok(()),
        Ok((how, output)) => Err(Obstacle::new(FAILS, format!("`{text}` {how}{}", first_error(&output)))),
        Err(error) => Err(Obstacle::new(FAILS, format!("`{text}` could not be started: {error}"))),
    }
}

/// Runs a command under a guard. With a folder for `caches`, it may write only there and into its directory. Returns how it ended, and the
/// beginning of its output.
fn run(
    command: &Command,
    directory: &Path,
    limit: Duration,
    caches: Option<&Path>,
    workshop: &Workshop,
    interrupt: &Interrupt,
) -> io::Result<(String, String)> {
    if let Some(caches) = caches {
        fs::create_dir_all(caches)?;
    }
    let mut printed = tempfile::NamedTempFile::new_in(&workshop.place)?;
    let words = command.words(Command::NOWHERE);
    let mut guard = process::Command::new(&workshop.program);
    guard.args([ARGUMENT, &limit.as_secs_f64().to_string()]).arg(caches.unwrap_or(Path::new(""))).arg(command.program()).args(&words[1..]);
    guard.current_dir(directory).env("PWD", directory).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(printed.reopen()?);
    let mut guard = guard.spawn()?;
    // The guard lives as long as this pipe.
    let lifeline = guard.stdin.take();
    let begun = Instant::now();
    while guard.try_wait()?.is_none() && !interrupt.is_set() && begun.elapsed() < limit + GRACE {
        std::thread::sleep(LOOK);
    }
    drop(lifeline);
    // A guard ends by itself, unless the build has stopped or killed it.
    let begun = Instant::now();
    while guard.try_wait()?.is_none() && begun.elapsed() < GRACE {
        std::thread::sleep(LOOK);
    }
    if guard.try_wait()?.is_none() {
        let _ = kill_process_group(Pid::from_child(&guard), Signal::KILL);
    }
    guard.wait()?;
    let mut how = String::new();
    guard.stdout.take().map(|mut pipe| pipe.read_to_string(&mut how)).transpose()?;
    if how.trim().is_empty() {
        how = "ended its guard, which limits it".into();
    }
    Ok((how.trim().to_owned(), legible(printed.as_file_mut())?))
}

/// The beginning of a file, without control characters.
fn legible(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(MOST_OUTPUT).read_to_end(&mut bytes)?;
    let text = anstream::adapter::strip_bytes(&bytes).into_vec();
    Ok(String::from_utf8_lossy(&text).chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect())
}

/// The first lines of a compiler's output that speak of an error, or else the first lines.
fn first_error(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_error = |line: &&str| ["error", "Error", "错误", "undefined reference"].iter().any(|word| line.contains(word));
    let first = lines.iter().position(is_error).unwrap_or(0);
    let shown: String = lines.iter().skip(first).take(SHOWN_LINES).map(|line| format!("\n  {line}")).collect();
    if shown.is_empty() { ", and printed nothing".into() } else { format!(":{shown}") }
}
