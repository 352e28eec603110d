//! The processes of a stage. In a private PID namespace, the kernel ends them all; elsewhere they are the stage's descendants, and a sweep
//! ends them.

use super::syscalls;
use rustix::io;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, getpid, kill_process, kill_process_group, set_child_subreaper, setrlimit, setsid, wait,
    waitpid,
};
use rustix::thread::set_current_timer_slack;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Prepares this process before it plays: nothing of the harness may leak into a subject.
pub fn settle_in() {
    syscalls::close_on_exec();
    syscalls::reset_signals();
    // Without this, waits of some microseconds take 50 more.
    let _ = set_current_timer_slack(NonZeroU64::new(1000));
    // Without a controlling terminal, no subject can write to the user's terminal through /dev/tty.
    let _ = setsid();
    // A program that crashes in a hundred scenarios must not leave a hundred core files.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    if !is_private() {
        adopt_orphans();
    }
}

/// Processes that a subject leaves behind become children of this process, so the sweep finds them.
pub fn adopt_orphans() {
    let _ = set_child_subreaper(Some(getpid()));
}

/// Waits until a child ends, and continues it whenever it is stopped, because no one else would. Returns whether it was killed.
pub fn watch(child: Pid) -> bool {
    loop {
        match waitpid(Some(child), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => {
                let _ = kill_process(child, Signal::CONT);
            }
            Ok(Some((_, status))) => return status.signaled(),
            Ok(None) | Err(io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// Whether this process is PID 1 of a private PID namespace.
pub fn is_private() -> bool {
    getpid() == Pid::INIT
}

/// Locked while a subject is started, and for good once this process is about to end, so that no subject starts during the last sweep.
static STARTING: Mutex<()> = Mutex::new(());

/// The right to start a process.
pub fn starting() -> MutexGuard<'static, ()> {
    STARTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends and reaps all processes of this stage but itself, daemons included.
pub fn sweep() {
    if is_private() {
        // kill(-1): all processes of this namespace but PID 1 itself. ESRCH: there is none.
        let _ = kill_process_group(Pid::INIT, Signal::KILL);
        while matches!(wait(WaitOptions::empty()), Ok(Some(_)) | Err(io::Errno::INTR)) {}
        return;
    }
    // A fork bomb may start a process between the list and the kill, so each round stops and kills all that it finds. The number of rounds
    // is limited, because a process in uninterruptible sleep cannot be killed, and must not stop the harness for ever.
    for _ in 0..1000 {
        let all = descendants();
        for &pid in &all {
            let _ = kill_process(pid, Signal::STOP);
        }
        for &pid in &all {
            let _ = kill_process(pid, Signal::KILL);
        }
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) | Err(io::Errno::INTR) => {}
                Err(io::Errno::CHILD) => return,
                _ => break,
            }
        }
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
}

/// Ends all processes of this stage, and itself. No process can be started any more.
pub fn end() -> ! {
    std::mem::forget(starting());
    if !is_private() {
        sweep();
    }
    // When PID 1 exits, the kernel ends all processes in its namespace.
    std::process::exit(0)
}

/// All processes of the subjects: in a private PID namespace all but PID 1, elsewhere the stage's descendants.
///
/// # Errors
/// They cannot be listed.
pub fn population() -> std::io::Result<Vec<Pid>> {
    if !is_private() {
        return Ok(descendants());
    }
    let pid = |entry: fs::DirEntry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?).filter(|&pid| pid != Pid::INIT);
    fs::read_dir("/proc")?.filter_map(|entry| entry.map(pid).transpose()).collect()
}

fn descendants() -> Vec<Pid> {
    // If the kernel has this file, it has it for every thread.
    if !Path::new("/proc/thread-self/children").exists() {
        return descendants_by_parent();
    }
    let mut all = Vec::new();
    let mut parents = vec![getpid()];
    while let Some(parent) = parents.pop() {
        let threads = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        for thread in threads {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            let children = children.split_ascii_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
            for child in children.filter(|child| !all.contains(child)).collect::<Vec<_>>() {
                all.push(child);
                parents.push(child);
            }
        }
    }
    all
}

/// The same if the kernel does not list a process's children (CONFIG_PROC_CHILDREN). This is slower, because it asks all processes for
/// their parents.
fn descendants_by_parent() -> Vec<Pid> {
    let parent = |pid: Pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may contain anything. The state and the parent follow it.
        Pid::from_raw(stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?)
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    let mut others: Vec<(Pid, Option<Pid>)> = pids.map(|pid| (pid, parent(pid))).collect();
    let mut all = Vec::new();
    let mut parents = vec![getpid()];
    while let Some(one) = parents.pop() {
        let (children, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(|(_, parent)| *parent == Some(one));
        others = rest;
        parents.extend(children.iter().map(|(pid, _)| *pid));
        all.extend(children.into_iter().map(|(pid, _)| pid));
    }
    all
}
