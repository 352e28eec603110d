//! How much of the machine a subject may use: enough for any right program, and too little to take the machine down.
//!
//! Memory is what its processes really hold, and not what they have reserved (RLIMIT_AS): a JVM reserves gigabytes that it never touches.
//! The harness counts processes itself, because RLIMIT_NPROC counts all processes of the user, and does not bind root.

use super::processes;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::io;
use std::process::Child;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// The limits of a subject; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory that all its processes hold together, in bytes.
    memory: Option<u64>,
    /// How many processes it may have at one time.
    processes: Option<u64>,
    /// The length of a file that it writes, in bytes.
    file_size: Option<u64>,
    /// How many bytes all its processes may write to files and pipes in all: many files fill a disk, too. Bytes sent over sockets do not
    /// count, nor what processes wrote that have ended and that no process has waited for.
    written: Option<u64>,
    /// How many descriptors one process may have open.
    open_files: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        // As many descriptors as most systems allow.
        Self { memory: Some(2 << 30), processes: Some(256), file_size: Some(1 << 30), written: Some(4 << 30), open_files: Some(1024) }
    }
}

impl Limits {
    /// These limits, with one of them changed.
    #[must_use]
    pub fn with(mut self, wish: Limit) -> Self {
        let limit = match wish.thing {
            Thing::Memory => &mut self.memory,
            Thing::Processes => &mut self.processes,
            Thing::FileSize => &mut self.file_size,
            Thing::Written => &mut self.written,
            Thing::OpenFiles => &mut self.open_files,
        };
        *limit = wish.most;
        self
    }

    /// Starts a process for which the kernel enforces some of these limits from its first instruction on. The process inherits them from
    /// this one, because `pre_exec` would cost posix_spawn. So this process has the same limits, as long as they leave it enough.
    ///
    /// # Errors
    /// The process cannot be started.
    pub(super) fn impose(&self, start: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
        /// More descriptors than this process has open.
        const ENOUGH: u64 = 256;
        let wanted = [(Resource::Fsize, self.file_size), (Resource::Nofile, self.open_files)];
        let wanted = wanted.into_iter().filter_map(|(resource, most)| Some((resource, most?)));
        // If a limit leaves this process too little, this process has it only for a moment. In that moment, the new process could raise it.
        let mut own: Vec<(Resource, Rlimit, u64)> = Vec::new();
        for (resource, most) in wanted {
            let has = getrlimit(resource);
            let most = has.maximum.map_or(most, |maximum| maximum.min(most));
            if resource == Resource::Nofile && most < ENOUGH {
                own.push((resource, has, most));
            } else if has.current != Some(most) || has.maximum != Some(most) {
                setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
            }
        }
        for (resource, own, most) in &own {
            setrlimit(*resource, Rlimit { current: Some(*most), maximum: own.maximum })?;
        }
        let started = start();
        for (resource, own, _) in &own {
            setrlimit(*resource, *own)?;
        }
        let started = started?;
        for (resource, _, most) in own {
            // After this, the process cannot raise the limit again. If it has ended, it needs no limit.
            let _ = prlimit(Some(Pid::from_child(&started)), resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
        Ok(started)
    }

    /// The message about a program that wrote too much to a file.
    pub(super) fn file_too_large(&self) -> String {
        let most = self.file_size.map_or_else(|| "the system allows".to_owned(), Bytes::text);
        format!("it wrote a file longer than {most}, the limit ({})", Thing::FileSize.raise(self.file_size))
    }

    /// The limit that a program may have met, if it complains so.
    pub(super) fn explain(&self, complaint: &str) -> Option<String> {
        let (thing, most) = match complaint {
            text if text.contains("File too large") => (Thing::FileSize, self.file_size.map(Bytes::text)?),
            text if text.contains("Too many open files") => (Thing::OpenFiles, self.open_files?.to_string()),
            _ => return None,
        };
        Some(format!("the limit is {most}: --limit {thing}=N sets another"))
    }
}

/// Checks now and then what a subject uses.
pub(super) struct Meter {
    limits: Limits,
    last: Instant,
    /// The message about the first limit that was exceeded.
    pub breach: Option<String>,
}

impl Meter {
    /// The time between two checks. A check costs some microseconds for each process. Meanwhile a program can take some megabytes.
    const PAUSE: Duration = Duration::from_millis(5);

    /// Begins to check these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, last: Instant::now(), breach: None }
    }

    /// Whether it is time for another check.
    pub fn is_due(&mut self) -> bool {
        let is_due = self.last.elapsed() >= Self::PAUSE;
        if is_due {
            self.last = Instant::now();
        }
        is_due
    }

    /// Whether a limit was exceeded by now.
    pub fn is_exceeded(&mut self) -> bool {
        self.breach = self.breach.take().or_else(|| self.exceeded());
        self.breach.is_some()
    }

    fn exceeded(&self) -> Option<String> {
        let Limits { memory, processes, written, .. } = self.limits;
        let population = processes::population().ok()?;
        if let Some(most) = processes.filter(|&most| population.len() as u64 > most) {
            return Some(format!("it had more than {most} processes at once, the limit ({})", Thing::Processes.raise(processes)));
        }
        let sum = |of: fn(Pid) -> Option<u64>| population.iter().copied().filter_map(of).sum::<u64>();
        if let Some(most) = memory.filter(|&most| sum(held) > most) {
            return Some(format!("it used more than {} of memory, the limit ({})", Bytes(most), Thing::Memory.raise(memory)));
        }
        let most = written.filter(|&most| sum(wrote) > most)?;
        Some(format!("it wrote more than {} in all, the limit ({})", Bytes(most), Thing::Written.raise(written)))
    }

    /// Checks whether a process can open nothing more. Kernels before 6.2 do not say how many descriptors are open.
    pub fn look_at_descriptors(&mut self) {
        self.breach = self.breach.take().or_else(|| self.out_of_descriptors());
    }

    fn out_of_descriptors(&self) -> Option<String> {
        let most = self.limits.open_files?;
        let has_all = |pid: Pid| fs::metadata(format!("/proc/{pid}/fd")).is_ok_and(|folder| folder.len() >= most);
        processes::population()
            .ok()?
            .into_iter()
            .any(has_all)
            .then(|| format!("it had {most} descriptors open, the limit ({})", Thing::OpenFiles.raise(Some(most))))
    }
}

/// Memory that a process holds, in bytes. Of the files in /proc, this one waits for no lock that a process holds.
fn held(pid: Pid) -> Option<u64> {
    let pages: u64 = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// How many bytes a process, and the processes that it has waited for, have written.
fn wrote(pid: Pid) -> Option<u64> {
    let io = fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    io.lines().find_map(|line| line.strip_prefix("wchar: "))?.parse().ok()
}

/// A limit as the user writes it: `memory=4GiB`, `processes=64`, `file-size=none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    thing: Thing,
    most: Option<u64>,
}

/// The things that have a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Memory,
    Processes,
    FileSize,
    Written,
    OpenFiles,
}

impl Thing {
    const ALL: [Self; 5] = [Self::Memory, Self::Processes, Self::FileSize, Self::Written, Self::OpenFiles];

    fn is_in_bytes(self) -> bool {
        matches!(self, Self::Memory | Self::FileSize | Self::Written)
    }

    /// How to allow twice as much.
    fn raise(self, most: Option<u64>) -> String {
        let twice = most.unwrap_or_default().saturating_mul(2);
        let twice = if self.is_in_bytes() { Bytes(twice).to_string().replace(" bytes", "").replace(' ', "") } else { twice.to_string() };
        format!("--limit {self}={twice} allows more")
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Processes => "processes",
            Self::FileSize => "file-size",
            Self::Written => "written",
            Self::OpenFiles => "open-files",
        })
    }
}

/// The units of bytes, the largest first.
const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// A number of bytes, for people.
struct Bytes(u64);

impl Bytes {
    fn text(bytes: u64) -> String {
        Self(bytes).to_string()
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size)) {
            Some((unit, size)) => write!(f, "{} {unit}", self.0 / size),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            Some(most) => write!(f, "{}={most}", self.thing),
            None => write!(f, "{}=none", self.thing),
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Thing::ALL.map(|thing| thing.to_string()).join(", ");
        let (name, value) =
            text.split_once('=').ok_or_else(|| format!("write NAME=VALUE, such as memory=4GiB; the names are {}", names()))?;
        let thing = Thing::ALL.into_iter().find(|thing| thing.to_string() == name);
        let thing = thing.ok_or_else(|| format!("there is no limit `{name}`; there are {}", names()))?;
        if value == "none" {
            return Ok(Self { thing, most: None });
        }
        let units = UNITS.into_iter().filter(|_| thing.is_in_bytes());
        let (number, size) = units.into_iter().find_map(|(unit, size)| Some((value.strip_suffix(unit)?, size))).unwrap_or((value, 1));
        let most = number.trim_end().parse::<u64>().ok().and_then(|number| number.checked_mul(size));
        let example = if thing.is_in_bytes() { "512MiB, 4GiB, or a number of bytes" } else { "a number" };
        let most = most.ok_or_else(|| format!("`{value}` is not {example}; `none` is no limit"))?;
        // Before a program does anything, it has three descriptors, and is one process.
        let least = if thing == Thing::OpenFiles { 4 } else { 1 };
        if most < least {
            return Err(format!("no program runs with less than {least}"));
        }
        Ok(Self { thing, most: Some(most) })
    }
}
