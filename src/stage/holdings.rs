//! What the processes of a subject hold: descriptors, threads, child processes, and the stacks of threads that have ended.

use super::processes;
use super::trouble::Trouble;
use crate::spec::transcript::Excess;
use rustix::process::Pid;
use std::fs;
use std::io;

/// What a server held when it was to be tidy for the first time, and how many connections there had been.
#[derive(Clone, Copy)]
pub struct Baseline {
    holdings: Holdings,
    connections: usize,
}

impl Baseline {
    /// What it holds now, after so many connections.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn after(connections: usize) -> Result<Self, Trouble> {
        Ok(Self { holdings: Holdings::now()?, connections })
    }

    /// What it holds now in excess of that, after so many connections.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn excess(&self, connections: usize) -> Result<Excess, Trouble> {
        Ok(Holdings::now()?.in_excess_of(&self.holdings, connections - self.connections))
    }
}

/// What all processes of a subject hold at one moment. While they are at rest, nothing changes.
#[derive(Clone, Copy, Debug, Default)]
struct Holdings {
    descriptors: usize,
    /// Threads that live, besides the first thread of each process.
    threads: usize,
    processes: usize,
    /// Stacks of threads besides the first, and the bytes that they take. If no thread joins a thread that has ended, its stack stays.
    stacks: usize,
    stack_bytes: usize,
}

impl Holdings {
    fn now() -> Result<Self, Trouble> {
        let untold = |error: io::Error| format!("it cannot be seen what the program holds: {error}");
        let population = processes::population().map_err(untold)?;
        let mut all = Self { processes: population.len(), ..Self::default() };
        for pid in population {
            all.add(pid).or_else(|error| if is_gone(&error) || has_ended(pid) { Ok(()) } else { Err(untold(error)) })?;
        }
        Ok(all)
    }

    fn add(&mut self, pid: Pid) -> io::Result<()> {
        self.descriptors += fs::read_dir(format!("/proc/{pid}/fd"))?.count();
        self.threads += fs::read_dir(format!("/proc/{pid}/task"))?.count().saturating_sub(1);
        let (stacks, bytes) = stacks(&fs::read_to_string(format!("/proc/{pid}/maps"))?, default_stack(pid));
        self.stacks += stacks;
        self.stack_bytes += bytes;
        Ok(())
    }

    /// What is held in excess of `before`, after so many clients have come and gone since.
    ///
    /// A runtime may start a few threads of its own at any time, and the C library keeps some stacks for the next threads. So threads and
    /// stacks count only if there are more than one for two clients, and stacks only if they take more than the C library keeps.
    fn in_excess_of(&self, before: &Self, clients: usize) -> Excess {
        /// As glibc does.
        const KEPT_FOR_LATER: usize = 40 << 20;
        let threads = self.threads.saturating_sub(before.threads);
        let stacks = self.stacks.saturating_sub(before.stacks).saturating_sub(threads);
        let bytes = stacks * self.stack_bytes.checked_div(self.stacks).unwrap_or(0);
        let is_many = |number: usize| 2 * number > clients;
        Excess {
            descriptors: self.descriptors.saturating_sub(before.descriptors),
            threads: if is_many(threads) { threads } else { 0 },
            processes: self.processes.saturating_sub(before.processes),
            stacks: if is_many(stacks) && bytes > KEPT_FOR_LATER { stacks } else { 0 },
        }
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ESRCH)
}

/// Whether a process has ended, and no process has waited for it.
fn has_ended(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, fields)| fields.starts_with(['Z', 'X']))
}

/// The size of a thread's stack where the program does not choose another: what the first thread may use at most.
fn default_stack(pid: Pid) -> usize {
    /// glibc's own choice where there is no limit.
    const UNLIMITED: usize = 2 << 20;
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max stack size")?.split_whitespace().next()?.parse().ok());
    soft.unwrap_or(UNLIMITED).max(UNLIMITED)
}

/// The number of stacks in a memory map, and their bytes.
///
/// Below most stacks is a guard: a few pages that may not be used. glibc 2.42 marks the guard in another way, which the map does not show,
/// and the kernel joins neighbours to one mapping, so mappings without a guard count by their size.
fn stacks(maps: &str, default: usize) -> (usize, usize) {
    const LARGEST_GUARD: usize = 64 << 10;
    let (mut stacks, mut bytes, mut guard_end) = (0, 0, None);
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let range = fields.next().and_then(|range| range.split_once('-'));
        let address = |text: &str| usize::from_str_radix(text, 16).unwrap_or(0);
        let Some((start, end)) = range.map(|(start, end)| (address(start), address(end))) else { continue };
        let permissions = fields.next().unwrap_or_default();
        // The fields are: range, permissions, offset, device, inode, and the name if there is one.
        let is_anonymous = fields.nth(2) == Some("0") && fields.next().is_none();
        let size = end.saturating_sub(start);
        if is_anonymous && permissions == "rw-p" {
            let number = if guard_end == Some(start) { 1 } else { size / default };
            stacks += number;
            bytes += if number > 0 { size } else { 0 };
        }
        guard_end = Some(end).filter(|_| is_anonymous && permissions == "---p" && size <= LARGEST_GUARD);
    }
    (stacks, bytes)
}

#[cfg(test)]
mod tests {
    use crate::spec::transcript::Excess;
    use crate::stage::holdings::{Holdings, stacks};

    #[test]
    fn stacks_are_found_by_their_guards_or_by_their_size() {
        let guarded = "7f0000000000-7f0000001000 ---p 00000000 00:00 0 \n7f0000001000-7f0000801000 rw-p 00000000 00:00 0 \n";
        assert_eq!(stacks(guarded, 8 << 20), (1, 8 << 20));
        let small = "7f0000000000-7f0000001000 ---p 00000000 00:00 0\n7f0000001000-7f0000021000 rw-p 00000000 00:00 0\n";
        assert_eq!(stacks(small, 8 << 20), (1, 128 << 10));
        let joined = "7f0000000000-7f0001803000 rw-p 00000000 00:00 0\n";
        assert_eq!(stacks(joined, 8 << 20), (3, (24 << 20) + 0x3000));
    }

    #[test]
    fn heaps_files_and_the_first_stack_are_no_stacks_of_threads() {
        let others = "5500000000-5502000000 rw-p 00000000 00:00 0  [heap]\n\
            7f0000000000-7f0000021000 rw-p 00000000 00:00 0\n\
            7f0000021000-7f0004000000 ---p 00000000 00:00 0\n\
            7f0004000000-7f0004021000 rw-p 00000000 00:00 0\n\
            7f0010000000-7f0012000000 rw-p 00000000 08:01 17 /tmp/file\n\
            7f0020000000-7f0022000000 r-xp 00000000 00:00 0\n\
            7ffd00000000-7ffd02000000 rw-p 00000000 00:00 0  [stack]\n";
        assert_eq!(stacks(others, 8 << 20), (0, 0));
    }

    #[test]
    fn a_few_threads_and_stacks_are_not_the_clients_fault() {
        let before = Holdings { descriptors: 4, threads: 0, processes: 1, stacks: 0, stack_bytes: 0 };
        let excess = |now: Holdings, clients| now.in_excess_of(&before, clients);
        let cached = Holdings { threads: 2, stacks: 7, stack_bytes: 7 << 23, ..before };
        assert_eq!(excess(cached, 100), Excess::default());
        assert_eq!(excess(Holdings { descriptors: 5, ..before }, 100), Excess { descriptors: 1, ..Excess::default() });
        let kept = Holdings { threads: 100, stacks: 100, stack_bytes: 100 << 23, ..before };
        assert_eq!(excess(kept, 100), Excess { threads: 100, ..Excess::default() });
        let unjoined = Holdings { stacks: 100, stack_bytes: 100 << 23, ..before };
        assert_eq!(excess(unjoined, 100), Excess { stacks: 100, ..Excess::default() });
    }
}
