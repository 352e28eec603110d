//! The machine that the tests run on: what of it the harness uses, and what keeps it busy.

use std::fs;
use std::process::{Child, Command};

/// The processes of a run that are the harness's own: this one, and its stages, but no subject.
pub fn harness(pid: u32) -> Vec<u32> {
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

/// Processes that use all of the CPU, as long as this lives.
pub struct Load(Vec<Child>);

impl Load {
    /// So many of them.
    pub fn of(loops: usize) -> Self {
        let one = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a loop");
        Self((0..loops).map(|_| one()).collect())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
