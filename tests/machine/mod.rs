//! The processes of the harness, and load for the CPUs.

use std::fs;
use std::process::{Child, Command};

/// The processes of a run that belong to the harness: `pid` and its stages, but no subject.
pub fn harness_processes(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut next = 0;
    while let Some(pid) = all.get(next).copied() {
        next += 1;
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(children.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).filter(is_stage));
        }
    }
    all
}

fn is_stage(pid: &u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| words.split(|b| *b == 0).nth(1) == Some(b"__stage"))
}

/// Processes that keep the CPUs busy until this value is dropped.
pub struct CpuLoad(Vec<Child>);

impl CpuLoad {
    /// Starts so many busy loops.
    pub fn start(loops: usize) -> Self {
        let one = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a loop");
        Self((0..loops).map(|_| one()).collect())
    }
}

impl Drop for CpuLoad {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
