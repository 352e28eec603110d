//! Timers that may wake a subject from a wait without a timeout.
//!
//! | what sets the timer | where the kernel shows it |
//! |---|---|
//! | `timerfd_settime` | the descriptor's `it_value` in /proc/PID/fdinfo |
//! | `timer_create` | /proc/PID/timers, set or not; a clock of CPU time stands still while the subject sleeps |
//! | `alarm`, `setitimer(ITIMER_REAL)` | nowhere: SIGALRM is caught, waited for, or read from a signalfd |
//! | SO_RCVTIMEO, SO_SNDTIMEO | the socket itself, by `pidfd_getfd` |
//! | VTIME of a terminal | the terminal itself, by `pidfd_getfd` |
//! | io_uring, which has timeouts of its own | the descriptor of the ring |
//!
//! Anything else that wakes a subject (a signal, a message, a byte, a lock, a file) comes from the harness, or from one of the subject's
//! own processes, which the harness sees awake or asleep. Three cases are not covered: SIGALRM in a program that catches all signals, as
//! Go's runtime always does; SIGALRM in a program that does not catch it, and dies; and the timeout of a socket or a terminal where the
//! system forbids `pidfd_getfd`.

use super::threads::{Sleep, Snapshot};
use rustix::net::sockopt::{Timeout, socket_timeout};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use rustix::termios::{LocalModes, SpecialCodeIndex, tcgetattr};
use std::fs;
use std::os::fd::AsFd;

/// Whether a timer may wake one of these threads, which are all asleep.
pub fn may_expire(snapshot: &Snapshot) -> bool {
    snapshot.pids().into_iter().any(|pid| has_timer(pid) || may_get_alarm(pid)) || snapshot.sleepers().any(|sleep| may_time_out(&sleep))
}

/// Whether one of these processes has a timerfd that is not set, so that it may just have expired. On a busy machine, the interrupt that
/// wakes its reader comes later than the kernel says that it has expired.
pub fn may_have_expired(snapshot: &Snapshot) -> bool {
    snapshot.pids().into_iter().any(|pid| has_descriptor(pid, |kind, details| kind == TIMER && !is_set(&details())))
}

const TIMER: &str = "anon_inode:[timerfd]";

fn has_timer(pid: Pid) -> bool {
    has_descriptor_that_expires(pid) || fs::read_to_string(format!("/proc/{pid}/timers")).is_ok_and(|timers| lists_a_timer(&timers))
}

fn has_descriptor_that_expires(pid: Pid) -> bool {
    has_descriptor(pid, |kind, details| match kind {
        TIMER => is_set(&details()),
        "anon_inode:[signalfd]" => signals(&details(), "sigmask:") & ALARM != 0,
        "anon_inode:[io_uring]" => true,
        _ => false,
    })
}

/// Whether a process has a descriptor for which `is_such` holds. `is_such` gets its kind and its details.
fn has_descriptor(pid: Pid, is_such: impl Fn(&str, &dyn Fn() -> String) -> bool) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    descriptors.into_iter().any(|descriptor| {
        let kind = fs::read_link(descriptor.path()).unwrap_or_default();
        let details = || fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", descriptor.file_name().display())).unwrap_or_default();
        kind.to_str().is_some_and(|kind| is_such(kind, &details))
    })
}

/// Whether a timerfd with these details is set.
fn is_set(details: &str) -> bool {
    details.lines().find_map(|line| line.strip_prefix("it_value:")).is_some_and(|left| left.trim() != "(0, 0)")
}

/// Whether one of these timers counts time that passes while all threads sleep.
fn lists_a_timer(timers: &str) -> bool {
    let clocks = timers.lines().filter_map(|line| line.strip_prefix("ClockID:")?.trim().parse::<i32>().ok());
    clocks.into_iter().any(|clock| clock >= 0 && ![libc::CLOCK_PROCESS_CPUTIME_ID, libc::CLOCK_THREAD_CPUTIME_ID].contains(&clock))
}

/// A signal in one of the kernel's sets.
const fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

const ALARM: u64 = bit(libc::SIGALRM);

/// No program needs all of these: one that catches them catches every signal.
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

/// Whether this wait may end by itself.
fn may_time_out(sleep: &Sleep) -> bool {
    match sleep {
        Sleep::ForSignals { pid, tid } => {
            let status = fs::read_to_string(format!("/proc/{pid}/task/{tid}/status")).unwrap_or_default();
            signals(&status, "SigBlk:") & ALARM != 0
        }
        Sleep::AtDescriptor { pid, descriptor } => has_timeout(*pid, *descriptor).unwrap_or(false),
    }
}

/// Whether the descriptor is a socket or a terminal with a timeout; `None` if the system does not say.
fn has_timeout(pid: Pid, descriptor: i32) -> Option<bool> {
    let kind = fs::read_link(format!("/proc/{pid}/fd/{descriptor}")).ok()?;
    let is_socket = kind.to_str()?.starts_with("socket:");
    // A pipe has no path.
    if !is_socket && !kind.is_absolute() {
        return Some(false);
    }
    let process = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    let descriptor = pidfd_getfd(&process, descriptor, PidfdGetfdFlags::empty()).ok()?;
    if !is_socket {
        return Some(tcgetattr(&descriptor).is_ok_and(|modes| {
            let [least, time] = [SpecialCodeIndex::VMIN, SpecialCodeIndex::VTIME].map(|code| modes.special_codes[code]);
            // With VMIN = 1, a read waits for the first byte without a limit, and then returns.
            !modes.local_modes.contains(LocalModes::ICANON) && least != 1 && time > 0
        }));
    }
    let has = |kind| socket_timeout(descriptor.as_fd(), kind).is_ok_and(|timeout| timeout.is_some());
    Some(has(Timeout::Recv) || has(Timeout::Send))
}
