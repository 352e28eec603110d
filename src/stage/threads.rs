//! What every thread of the subject is doing: asleep, and in which wait, or using the CPU.
//!
//! "Nothing more will come" is decided from this, not from a time that has passed: when all that was sent has been read, and every
//! thread sleeps, in two snapshots without having run in between, in a wait that no clock ends (`alarm`), then only the harness can wake
//! them.

use super::processes;
use rustix::process::{Pid, test_kill_current_process_group};
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::time::Duration;

/// One thread at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Thread {
    pid: Pid,
    tid: u32,
    /// As in `/proc/PID/stat`.
    state: char,
    /// Time on a CPU, in nanoseconds.
    ran: u64,
    /// Time spent waiting for a CPU, in nanoseconds.
    waited: u64,
    /// How often it was given a CPU.
    slices: u64,
    /// How many threads its process has.
    threads: usize,
}

/// All threads of all processes of the subject at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    threads: Vec<Thread>,
    /// Something ended while it was looked at: what it may have started in the meantime is not in the picture.
    is_blurred: bool,
}

/// A look at the first thread of a program alone, which costs next to nothing: not enough to judge by, but enough to pace by.
pub struct Glance(Option<File>);

impl Glance {
    /// At this process, from now on.
    pub fn at(pid: Pid) -> Self {
        Self(File::open(format!("/proc/{pid}/syscall")).ok())
    }

    /// Whether it sleeps in a system call, or the kernel does not say.
    pub fn is_asleep(&self) -> bool {
        let mut start = [0; 1];
        let read = self.0.as_ref().and_then(|file| file.read_at(&mut start, 0).ok());
        // Neither "running" nor -1, which is no system call.
        read.is_none_or(|len| len == 0 || start[0].is_ascii_digit())
    }
}

/// How soundly a subject sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rest {
    /// At least one thread runs, or may run at once.
    Awake,
    /// All threads sleep, some in a wait that a clock ends.
    TimedWait,
    /// All threads sleep, and only the harness can wake them.
    Blocked,
}

/// A sleep without a timeout in its call, which may have one all the same.
pub enum Sleep {
    /// The thread waits for signals.
    ForSignals {
        /// The process.
        pid: Pid,
        /// The thread.
        tid: u32,
    },
    /// The thread waits at a descriptor, which may be a socket.
    AtDescriptor {
        /// The process.
        pid: Pid,
        /// Its number there.
        descriptor: i32,
    },
}

impl Snapshot {
    /// Looks at every thread now.
    pub fn take() -> Self {
        let population = processes::population();
        let (mut threads, mut is_blurred) = (Vec::new(), population.is_err());
        for pid in population.unwrap_or_default() {
            let before = threads.len();
            for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten() {
                let tid = task.ok().and_then(|task| task.file_name().to_str()?.parse().ok());
                match tid.and_then(|tid| Thread::read(pid, tid)) {
                    Some(thread) => threads.push(thread),
                    None => is_blurred = true,
                }
            }
            // Of a process that has been reaped nothing is listed: once the folder is open, readdir calls that the end, not an error. And a
            // thread that ends while it is listed may take the next one with it.
            let listed = &threads[before..];
            is_blurred |= listed.is_empty() || listed.iter().any(|thread| thread.threads != listed.len());
        }
        Self { threads, is_blurred }
    }

    /// Looks until nothing has ended meanwhile, and nothing has come; programs that do so all the time are not waited for.
    pub fn take_sharp() -> Self {
        const LOOKS: u32 = 20;
        (0..LOOKS).map(|_| Self::take()).find(|snapshot| !snapshot.is_blurred && snapshot.is_whole()).unwrap_or_else(Self::take)
    }

    /// Whether the processes are still the same: one that starts another and ends, after they were listed and before it is looked at, would
    /// be all that is seen, and seen as ended.
    fn is_whole(&self) -> bool {
        processes::population().is_ok_and(|now| now == self.pids())
    }

    /// How soundly the subject would sleep, if nothing has changed when the next snapshot is taken.
    ///
    /// A thread may be marked as asleep while it runs: `wait4` marks itself before it looks for children that have ended, and may be
    /// preempted so. The kernel answers the question for a thread's system call only when the thread has really left the CPU; by then
    /// it may have done something else and sleep again, which is why this is asked *between* two equal snapshots.
    ///
    /// A process may be marked as ended before whoever waits for that is woken: the kernel does both under one lock (`exit_notify`), which
    /// whoever asks for a process group takes, too (`kill_something_info`). Once that is answered, the next snapshot shows who was woken.
    pub fn rest(&self) -> Rest {
        let of_thread = |thread: &Thread| match thread.state {
            'S' => match thread.call() {
                Some(Call { waits: Waits::ForEver, .. }) => Rest::Blocked,
                Some(Call { waits: Waits::NotAtAll, .. }) => Rest::Awake,
                // Where the kernel does not say, it may be a wait for a time.
                Some(Call { waits: Waits::ForATime, .. }) | None => Rest::TimedWait,
            },
            // Stopped, or ended: no clock wakes it. (Not: X. Such a thread may still have to tell that its process has ended.)
            'T' | 'Z' => Rest::Blocked,
            _ => Rest::Awake,
        };
        if self.is_blurred {
            return Rest::Awake;
        }
        if self.threads.iter().any(|thread| thread.state == 'Z') {
            // Only the question matters, not the answer.
            let _ = test_kill_current_process_group();
        }
        self.threads.iter().map(of_thread).min().unwrap_or(Rest::Blocked)
    }

    /// The processes.
    pub fn pids(&self) -> Vec<Pid> {
        let mut all: Vec<Pid> = self.threads.iter().map(|thread| thread.pid).collect();
        all.dedup();
        all
    }

    /// What those sleep in that sleep without a timeout in their call.
    pub fn sleepers(&self) -> impl Iterator<Item = Sleep> {
        self.threads.iter().filter(|thread| thread.state == 'S').filter_map(|thread| {
            let Thread { pid, tid, .. } = *thread;
            match thread.call()? {
                Call { name: "sigwait", .. } => Some(Sleep::ForSignals { pid, tid }),
                Call { name, first, .. } if AT_DESCRIPTOR.contains(&name) => Some(Sleep::AtDescriptor { pid, descriptor: first }),
                _ => None,
            }
        })
    }

    /// CPU time used so far by the threads that are there, in nanoseconds.
    pub fn ran(&self) -> u64 {
        self.threads.iter().map(|thread| thread.ran).sum()
    }

    /// Time that these threads have waited for a CPU, in nanoseconds.
    pub fn waited(&self) -> u64 {
        self.threads.iter().map(|thread| thread.waited).sum()
    }

    /// How much of a core the subject has used since then, in percent of the time in which it could run: what a thread waited for a CPU is
    /// the machine's affair. Each by itself, because many can wait at once.
    pub fn share_since(&self, before: &Self, elapsed: Duration) -> u64 {
        let elapsed = elapsed.as_nanos() as u64;
        let percent = |thread: &Thread| {
            let earlier = before.threads.iter().find(|earlier| earlier.tid == thread.tid);
            let since = |of: fn(&Thread) -> u64| of(thread).saturating_sub(earlier.map_or(0, of));
            let ran = since(|thread| thread.ran);
            // Of one that was waiting even then, the kernel books since then also what it had waited before.
            let waited = if earlier.is_some_and(|earlier| earlier.state == 'R') { 0 } else { since(|thread| thread.waited) };
            ran as f64 * 100.0 / elapsed.saturating_sub(waited).max(ran).max(1) as f64
        };
        self.threads.iter().map(percent).sum::<f64>() as u64
    }

    /// Whether the kernel polls for it, in a thread of its own (io_uring with IORING_SETUP_SQPOLL).
    pub fn has_polling_ring(&self) -> bool {
        let name = |thread: &Thread| fs::read_to_string(format!("/proc/{}/task/{}/comm", thread.pid, thread.tid)).unwrap_or_default();
        self.threads.iter().any(|thread| name(thread).starts_with("iou-sqp"))
    }

    /// Whether a thread runs, or waits for a CPU.
    pub fn wants_cpu(&self) -> bool {
        self.threads.iter().any(|thread| thread.state == 'R')
    }

    /// Whether there is no process of the subject's at all (a process that has ended and was not reaped does not count).
    pub fn is_empty(&self) -> bool {
        self.threads.iter().all(|thread| matches!(thread.state, 'Z' | 'X'))
    }

    /// Whether every thread of this process has been stopped by a signal.
    pub fn is_stopped(&self, pid: Pid) -> bool {
        let mut own = self.threads.iter().filter(|thread| thread.pid == pid).peekable();
        own.peek().is_some() && own.all(|thread| thread.state == 'T')
    }

    /// The part of it that is one process.
    pub fn of(&self, pid: Pid) -> Self {
        let own = self.threads.iter().filter(|thread| thread.pid == pid);
        Self { threads: own.cloned().collect(), is_blurred: self.is_blurred }
    }

    /// What the subject is doing, for a person: "asleep in recvfrom".
    pub fn describe(&self) -> String {
        if self.is_empty() {
            return "gone".into();
        }
        if self.wants_cpu() {
            return "running".into();
        }
        let mut doing: Vec<String> =
            self.threads.iter().filter(|thread| !matches!(thread.state, 'Z' | 'X')).map(Thread::describe).collect();
        doing.dedup();
        // Of many threads (a JVM has dozens) only the first, the main one, means something to the reader.
        doing.swap_remove(0)
    }
}

impl Thread {
    fn read(pid: Pid, tid: u32) -> Option<Self> {
        let folder = format!("/proc/{pid}/task/{tid}");
        let stat = fs::read(format!("{folder}/stat")).ok()?;
        // The name in parentheses may hold anything, parentheses too.
        let behind_name = stat.iter().rposition(|&b| b == b')')? + 2;
        let mut fields = stat.get(behind_name..)?.split(|&b| b == b' ');
        let schedstat = fs::read_to_string(format!("{folder}/schedstat")).ok()?;
        let mut numbers = schedstat.split_ascii_whitespace().map(|n| n.parse().unwrap_or(0));
        Some(Self {
            pid,
            tid,
            state: char::from(*fields.next()?.first()?),
            ran: numbers.next()?,
            waited: numbers.next()?,
            slices: numbers.next()?,
            // The 20th field; the state is the third.
            threads: str::from_utf8(fields.nth(16)?).ok()?.parse().ok()?,
        })
    }

    /// The system call that the thread sleeps in; `None` where the kernel does not say.
    fn call(&self) -> Option<Call> {
        let text = fs::read_to_string(format!("/proc/{}/task/{}/syscall", self.pid, self.tid)).ok()?;
        if text.starts_with("running") {
            return Some(Call { name: "", waits: Waits::NotAtAll, first: 0 });
        }
        let mut words = text.split_ascii_whitespace();
        let number = words.next()?.parse().ok()?;
        let arguments: Vec<u64> = words.map(|word| u64::from_str_radix(word.trim_start_matches("0x"), 16).unwrap_or(0)).collect();
        Some(Call::new(number, &arguments))
    }

    fn describe(&self) -> String {
        match (self.state, self.call()) {
            ('T', _) => "stopped by a signal".into(),
            ('D', _) => "waiting for a disk".into(),
            ('S', Some(call)) if !call.name.is_empty() => format!("asleep in {}", call.name),
            _ => "asleep".into(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    ForEver,
    ForATime,
    NotAtAll,
}

/// A system call that a thread sleeps in.
struct Call {
    name: &'static str,
    waits: Waits,
    /// Its first argument.
    first: i32,
}

/// Calls that wait at the descriptor that is their first argument.
const AT_DESCRIPTOR: [&str; 10] = ["read", "readv", "write", "writev", "recv", "recvmsg", "send", "sendmsg", "accept", "connect"];

impl Call {
    /// A call that is not known here may end by itself, so it counts as a wait for a time.
    fn new(number: i64, arguments: &[u64]) -> Self {
        let argument = |i: usize| arguments.get(i).copied().unwrap_or(0);
        let until = |timeless: bool| if timeless { Waits::ForEver } else { Waits::ForATime };
        // The kernel prints an int as a long: -1 is 0xffffffff or 0xffffffffffffffff.
        let no_timeout = |i: usize| until(argument(i) as i32 == -1);
        let null = |i: usize| until(argument(i) == 0);
        let for_ever = Waits::ForEver;
        let found = match number {
            libc::SYS_read => ("read", for_ever),
            libc::SYS_readv => ("readv", for_ever),
            libc::SYS_write => ("write", for_ever),
            libc::SYS_writev => ("writev", for_ever),
            libc::SYS_recvfrom => ("recv", for_ever),
            libc::SYS_recvmsg => ("recvmsg", for_ever),
            libc::SYS_sendto => ("send", for_ever),
            libc::SYS_sendmsg => ("sendmsg", for_ever),
            libc::SYS_accept | libc::SYS_accept4 => ("accept", for_ever),
            libc::SYS_connect => ("connect", for_ever),
            libc::SYS_wait4 => ("wait4", for_ever),
            libc::SYS_waitid => ("waitid", for_ever),
            libc::SYS_rt_sigsuspend => ("sigsuspend", for_ever),
            libc::SYS_rt_sigtimedwait => ("sigwait", null(2)),
            libc::SYS_ppoll => ("ppoll", null(2)),
            libc::SYS_pselect6 => ("select", null(4)),
            libc::SYS_epoll_pwait => ("epoll_wait", no_timeout(3)),
            libc::SYS_epoll_pwait2 => ("epoll_wait", null(3)),
            libc::SYS_futex => ("futex", null(3)),
            libc::SYS_futex_waitv => ("futex", null(3)),
            libc::SYS_splice => ("splice", for_ever),
            // Whoever holds the lock may be nobody's subject here.
            libc::SYS_flock => ("flock", Waits::ForATime),
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => ("sleep", Waits::ForATime),
            other => match Self::of_this_architecture(other) {
                ControlFlow::Break((name, Some(timeout))) => (name, no_timeout(timeout)),
                ControlFlow::Break(("select", None)) => ("select", null(4)),
                ControlFlow::Break((name, None)) => (name, for_ever),
                ControlFlow::Continue(()) => ("", Waits::ForATime),
            },
        };
        Self { name: found.0, waits: found.1, first: argument(0) as i32 }
    }

    /// Calls that newer architectures do without: the name, and which argument is the timeout in milliseconds.
    #[cfg(target_arch = "x86_64")]
    fn of_this_architecture(number: i64) -> ControlFlow<(&'static str, Option<usize>)> {
        match number {
            libc::SYS_poll => ControlFlow::Break(("poll", Some(2))),
            libc::SYS_epoll_wait => ControlFlow::Break(("epoll_wait", Some(3))),
            libc::SYS_select => ControlFlow::Break(("select", None)),
            libc::SYS_pause => ControlFlow::Break(("pause", None)),
            _ => ControlFlow::Continue(()),
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn of_this_architecture(_: i64) -> ControlFlow<(&'static str, Option<usize>)> {
        ControlFlow::Continue(())
    }
}
