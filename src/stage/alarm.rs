//! What may wake a subject that sleeps in a wait without a timeout: a clock that it has set before.
//!
//! | what sets it | where the kernel shows it |
//! |---|---|
//! | `timerfd_settime` | the descriptor's `it_value` in /proc/PID/fdinfo |
//! | `timer_create` | /proc/PID/timers, set or not; a clock of CPU time stands still while the subject sleeps |
//! | `alarm`, `setitimer(ITIMER_REAL)` | nowhere: SIGALRM is caught, waited for, or read from a signalfd |
//! | SO_RCVTIMEO, SO_SNDTIMEO | the socket itself, by `pidfd_getfd` |
//! | io_uring, which has timeouts of its own | the descriptor of the ring |
//!
//! What else wakes a subject is no clock: a signal, a message, a byte, a lock or a file comes from one of its processes, which is seen awake
//! or asleep itself, or from the harness. Three things are not covered: SIGALRM in a program that catches all signals, as Go's runtime
//! does whether it wants them or not; SIGALRM in a program that does not catch it, and dies; and a socket's timeout where the system forbids
//! `pidfd_getfd`.

use super::threads::{Sleep, Snapshot};
use rustix::net::sockopt::{Timeout, socket_timeout};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::fs;
use std::os::fd::AsFd;

/// Whether a clock may wake one of these, which are all asleep.
pub fn may_expire(snapshot: &Snapshot) -> bool {
    snapshot.pids().into_iter().any(|pid| has_timer(pid) || may_get_alarm(pid)) || snapshot.sleepers().any(|sleep| may_time_out(&sleep))
}

/// Whether one of these has a timerfd that is not set. The kernel says so as soon as its time has come, and on a busy machine the interrupt
/// that wakes its reader comes later than that.
pub fn may_have_expired(snapshot: &Snapshot) -> bool {
    snapshot.pids().into_iter().any(|pid| has_descriptor(pid, |kind, details| kind == TIMER && !is_set(&details())))
}

const TIMER: &str = "anon_inode:[timerfd]";

fn has_timer(pid: Pid) -> bool {
    has_descriptor_that_rings(pid) || fs::read_to_string(format!("/proc/{pid}/timers")).is_ok_and(|timers| lists_a_timer(&timers))
}

fn has_descriptor_that_rings(pid: Pid) -> bool {
    has_descriptor(pid, |kind, details| match kind {
        TIMER => is_set(&details()),
        "anon_inode:[signalfd]" => signals(&details(), "sigmask:") & ALARM != 0,
        "anon_inode:[io_uring]" => true,
        _ => false,
    })
}

/// Whether a process has such a descriptor, by what it is, and its details.
fn has_descriptor(pid: Pid, is_such: impl Fn(&str, &dyn Fn() -> String) -> bool) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    descriptors.into_iter().any(|descriptor| {
        let kind = fs::read_link(descriptor.path()).unwrap_or_default();
        let details = || fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", descriptor.file_name().display())).unwrap_or_default();
        kind.to_str().is_some_and(|kind| is_such(kind, &details))
    })
}

/// Whether a timerfd is set, from its details.
fn is_set(details: &str) -> bool {
    details.lines().find_map(|line| line.strip_prefix("it_value:")).is_some_and(|left| left.trim() != "(0, 0)")
}

/// Whether one of these timers counts time that passes while everybody sleeps.
fn lists_a_timer(timers: &str) -> bool {
    let clocks = timers.lines().filter_map(|line| line.strip_prefix("ClockID:")?.trim().parse::<i32>().ok());
    clocks.into_iter().any(|clock| clock >= 0 && ![libc::CLOCK_PROCESS_CPUTIME_ID, libc::CLOCK_THREAD_CPUTIME_ID].contains(&clock))
}

/// A signal in one of the kernel's sets.
const fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

const ALARM: u64 = bit(libc::SIGALRM);

/// Nobody wants all of these: who catches them catches whatever there is.
const ANY: u64 = bit(libc::SIGURG) | bit(libc::SIGXCPU) | bit(libc::SIGXFSZ) | bit(libc::SIGWINCH) | bit(libc::SIGIO) | bit(libc::SIGPWR);

/// A set of signals, from a file of lines such as `SigCgt: 0000000000002000`.
fn signals(text: &str, name: &str) -> u64 {
    let set = text.lines().find_map(|line| line.strip_prefix(name));
    set.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).unwrap_or(0)
}

fn may_get_alarm(pid: Pid) -> bool {
    let caught = signals(&fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default(), "SigCgt:");
    caught & ALARM != 0 && caught & ANY != ANY
}

/// Whether this wait may end by itself after all.
fn may_time_out(sleep: &Sleep) -> bool {
    match sleep {
        Sleep::ForSignals { pid, tid } => {
            let status = fs::read_to_string(format!("/proc/{pid}/task/{tid}/status")).unwrap_or_default();
            signals(&status, "SigBlk:") & ALARM != 0
        }
        Sleep::AtDescriptor { pid, descriptor } => has_timeout(*pid, *descriptor).unwrap_or(false),
    }
}

/// Whether the descriptor is a socket at which waits end after some time; nothing where the system does not say.
fn has_timeout(pid: Pid, descriptor: i32) -> Option<bool> {
    let kind = fs::read_link(format!("/proc/{pid}/fd/{descriptor}")).ok()?;
    if !kind.to_str()?.starts_with("socket:") {
        return Some(false);
    }
    let process = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    let socket = pidfd_getfd(&process, descriptor, PidfdGetfdFlags::empty()).ok()?;
    let has = |kind| socket_timeout(socket.as_fd(), kind).is_ok_and(|timeout| timeout.is_some());
    Some(has(Timeout::Recv) || has(Timeout::Send))
}
