//! The state of every thread of the subject: asleep, and in which wait, or using the CPU.
//!
//! This decides that nothing more will come, and not a time that has passed: if the subject has read all that was sent, and two snapshots
//! show that every thread sleeps, has not run in between, and is in a wait that no timeout or timer ends (`alarm`), then only the harness
//! can wake the threads.

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
    /// CPU time, in nanoseconds.
    ran: u64,
    /// Time in which it waited for a CPU, in nanoseconds.
    waited: u64,
    /// How often it got a CPU.
    slices: u64,
    /// How many threads its process has.
    threads: usize,
}

/// All threads of all processes of the subject at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    threads: Vec<Thread>,
    /// Whether a thread or process ended during the look: what it may have started meanwhile is not in the snapshot.
    is_blurred: bool,
}

/// A look at the first thread of a program alone, which is very cheap: not enough for a verdict, but enough for pacing.
pub struct Glance(Option<File>);

impl Glance {
    /// Looks at this process from now on.
    pub fn at(pid: Pid) -> Self {
        Self(File::open(format!("/proc/{pid}/syscall")).ok())
    }

    /// Whether it sleeps in a system call, or the kernel never says. A process that is ending does not sleep, though it may wait for the
    /// kernel on its way; at last the kernel does not say what it does.
    pub fn is_asleep(&self) -> bool {
        let Some(file) = &self.0 else { return true };
        let mut start = [0; 8];
        let len = file.read_at(&mut start, 0).unwrap_or(0);
        // The file begins with "running", with -1 (no system call), or with the number of a system call.
        let call: Option<i64> = str::from_utf8(&start[..len]).ok().and_then(|text| text.split(' ').next()?.parse().ok());
        call.is_some_and(|number| number >= 0 && number != libc::SYS_exit_group)
    }
}

/// How soundly a subject sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rest {
    /// At least one thread runs, or may run at once.
    Awake,
    /// All threads sleep, and a timeout or timer ends the wait of at least one.
    TimedWait,
    /// All threads sleep, and only the harness can wake them.
    Blocked,
}

/// A wait whose system call has no timeout, but that may have one elsewhere.
pub enum Sleep {
    /// The thread waits for signals.
    ForSignals { pid: Pid, tid: u32 },
    /// The thread waits at a descriptor, which may be a socket.
    AtDescriptor { pid: Pid, descriptor: i32 },
}

impl Snapshot {
    /// Looks at all threads now.
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
            // If a process was reaped after its folder was opened, readdir says that the folder is empty, not that there is an error. And
            // if a thread ends while it is listed, the next one may be missing from the list.
            let listed = &threads[before..];
            is_blurred |= listed.is_empty() || listed.iter().any(|thread| thread.threads != listed.len());
        }
        Self { threads, is_blurred }
    }

    /// Looks again until no process or thread has ended or started meanwhile. Gives up if that happens all the time.
    pub fn take_sharp() -> Self {
        const LOOKS: u32 = 20;
        (0..LOOKS).map(|_| Self::take()).find(|snapshot| !snapshot.is_blurred && snapshot.is_whole()).unwrap_or_else(Self::take)
    }

    /// Whether the processes are still the same. If the only process starts another and ends after they were listed, but before the harness
    /// looks at it, the snapshot would show only a process that has ended.
    fn is_whole(&self) -> bool {
        processes::population().is_ok_and(|now| now == self.pids())
    }

    /// How soundly the subject sleeps, if nothing has changed when the next snapshot is taken.
    ///
    /// A thread may be marked as asleep while it runs: `wait4` marks its thread before it looks for children that have ended, and may be
    /// preempted then. The kernel tells a thread's system call only when the thread has really left the CPU. By then it may have done
    /// something else and sleep again, so ask this *between* two equal snapshots.
    ///
    /// A process may be marked as ended before its parent is woken. The kernel does both under one lock (`exit_notify`). A signal to a
    /// process group takes the same lock (`kill_something_info`). After such a signal, the next snapshot shows which threads were woken.
    pub fn rest(&self) -> Rest {
        let of_thread = |thread: &Thread| match thread.state {
            'S' => match thread.call() {
                Some(Call { waits: Waits::ForEver, .. }) => Rest::Blocked,
                Some(Call { waits: Waits::NotAtAll, .. }) => Rest::Awake,
                // If the kernel does not say, the wait may have a timeout.
                Some(Call { waits: Waits::ForATime, .. }) | None => Rest::TimedWait,
            },
            // Stopped, or ended: no timer wakes it. (Not X: such a thread may still have to tell that its process has ended.)
            'T' | 'Z' => Rest::Blocked,
            _ => Rest::Awake,
        };
        if self.is_blurred {
            return Rest::Awake;
        }
        if self.threads.iter().any(|thread| thread.state == 'Z') {
            // Only the lock matters, not the answer.
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

    /// The waits of the threads whose system calls have no timeout.
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

    /// CPU time of all these threads so far, in nanoseconds.
    pub fn ran(&self) -> u64 {
        self.threads.iter().map(|thread| thread.ran).sum()
    }

    /// Time in which these threads have waited for a CPU, in nanoseconds.
    pub fn waited(&self) -> u64 {
        self.threads.iter().map(|thread| thread.waited).sum()
    }

    /// How much of a core the subject has used since the snapshot `before`, in percent of the time in which it could run. The time in which
    /// a thread waited for a CPU does not count. Each thread counts by itself, because many can wait at once.
    pub fn share_since(&self, before: &Self, elapsed: Duration) -> u64 {
        let elapsed = elapsed.as_nanos() as u64;
        let percent = |thread: &Thread| {
            let earlier = before.threads.iter().find(|earlier| earlier.tid == thread.tid);
            let since = |of: fn(&Thread) -> u64| of(thread).saturating_sub(earlier.map_or(0, of));
            let ran = since(|thread| thread.ran);
            // If a thread was waiting at the first look, the kernel books later also what it had waited before that look.
            let waited = if earlier.is_some_and(|earlier| earlier.state == 'R') { 0 } else { since(|thread| thread.waited) };
            ran as f64 * 100.0 / elapsed.saturating_sub(waited).max(ran).max(1) as f64
        };
        self.threads.iter().map(percent).sum::<f64>() as u64
    }

    /// Whether a thread of the kernel polls for the subject (io_uring with IORING_SETUP_SQPOLL).
    pub fn has_polling_ring(&self) -> bool {
        let name = |thread: &Thread| fs::read_to_string(format!("/proc/{}/task/{}/comm", thread.pid, thread.tid)).unwrap_or_default();
        self.threads.iter().any(|thread| name(thread).starts_with("iou-sqp"))
    }

    /// Whether a thread runs, or waits for a CPU.
    pub fn wants_cpu(&self) -> bool {
        self.threads.iter().any(|thread| thread.state == 'R')
    }

    /// Whether no process is left. A process that has ended and was not reaped does not count.
    pub fn is_empty(&self) -> bool {
        self.threads.iter().all(|thread| matches!(thread.state, 'Z' | 'X'))
    }

    /// Whether a signal has stopped every thread of this process.
    pub fn is_stopped(&self, pid: Pid) -> bool {
        let mut own = self.threads.iter().filter(|thread| thread.pid == pid).peekable();
        own.peek().is_some() && own.all(|thread| thread.state == 'T')
    }

    /// The threads of one process.
    pub fn of(&self, pid: Pid) -> Self {
        let own = self.threads.iter().filter(|thread| thread.pid == pid);
        Self { threads: own.cloned().collect(), is_blurred: self.is_blurred }
    }

    /// The state of the subject, for a person: "asleep in recv".
    pub fn describe(&self) -> String {
        if self.is_empty() {
            return "gone".into();
        }
        if self.wants_cpu() {
            return "running".into();
        }
        self.main().map(Thread::describe).unwrap_or_default()
    }

    /// The name of the system call in which the subject sleeps; `None` if it runs, is stopped or gone, or if the kernel does not say.
    pub fn asleep_in(&self) -> Option<String> {
        let sleeper = self.main().filter(|thread| thread.state == 'S' && !self.wants_cpu())?;
        sleeper.call().map(|call| call.name.to_owned()).filter(|name| !name.is_empty())
    }

    /// How many bytes a thread asks for that sleeps in a call that receives. A call that reads the standard input does not count.
    pub fn asks_for(&self) -> Option<usize> {
        let calls = self.threads.iter().filter(|thread| thread.state == 'S').filter_map(Thread::call);
        calls.filter(|call| matches!(call.name, "recv" | "read") && call.first != 0).map(|call| call.third).next()
    }

    /// The first thread that has not ended. If there are many threads (a JVM has dozens), only this one tells the reader anything.
    fn main(&self) -> Option<&Thread> {
        self.threads.iter().find(|thread| !matches!(thread.state, 'Z' | 'X'))
    }
}

impl Thread {
    fn read(pid: Pid, tid: u32) -> Option<Self> {
        let folder = format!("/proc/{pid}/task/{tid}");
        let stat = fs::read(format!("{folder}/stat")).ok()?;
        // The name in parentheses may contain anything, parentheses too.
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

    /// The system call that the thread sleeps in; `None` if the kernel does not say.
    fn call(&self) -> Option<Call> {
        let text = fs::read_to_string(format!("/proc/{}/task/{}/syscall", self.pid, self.tid)).ok()?;
        if text.starts_with("running") {
            return Some(Call { name: "", waits: Waits::NotAtAll, first: 0, third: 0 });
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
    /// Its third argument.
    third: usize,
}

/// Calls that wait for the descriptor that is their first argument.
const AT_DESCRIPTOR: [&str; 10] = ["read", "readv", "write", "writev", "recv", "recvmsg", "send", "sendmsg", "accept", "connect"];

impl Call {
    /// An unknown call may end by itself, so it counts as a wait with a timeout.
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
            libc::SYS_exit_group => ("exit", Waits::NotAtAll),
            // A process outside may hold the lock.
            libc::SYS_flock => ("flock", Waits::ForATime),
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => ("sleep", Waits::ForATime),
            other => match Self::of_this_architecture(other) {
                ControlFlow::Break((name, Some(timeout))) => (name, no_timeout(timeout)),
                ControlFlow::Break(("select", None)) => ("select", null(4)),
                ControlFlow::Break((name, None)) => (name, for_ever),
                ControlFlow::Continue(()) => ("", Waits::ForATime),
            },
        };
        Self { name: found.0, waits: found.1, first: argument(0) as i32, third: argument(2) as usize }
    }

    /// Calls that newer architectures do not have: the name, and which argument is the timeout in milliseconds.
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
