//! Whether a program that was started is still on its way, or goes round in circles. A program that is compiled first, or whose runtime
//! makes itself ready, uses memory that it has not used before, or starts processes; a program in an endless loop does not.

use super::processes;
use rustix::param::clock_ticks_per_second;
use rustix::process::Pid;
use std::fs;
use std::time::Duration;

/// The resources that a start has used so far.
pub struct Effort {
    cpu: Duration,
    /// Page faults, and pages that are held. A fault may bring hundreds of pages.
    memory: [u64; 2],
    processes: Vec<Pid>,
}

impl Effort {
    /// The resources that all processes have used by now.
    pub fn now() -> Self {
        let processes = processes::population().unwrap_or_default();
        let mut all = Self { cpu: Duration::ZERO, memory: [0, 0], processes };
        for pid in &all.processes {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // The name may contain anything. The third field follows it. Some fields count children that were waited for, too.
            let Some((_, fields)) = stat.rsplit_once(") ") else { continue };
            let fields: Vec<u64> = fields.split(' ').map(|field| field.parse().unwrap_or(0)).collect();
            let field = |number: usize| fields.get(number - 3).copied().unwrap_or(0);
            let ticks: u64 = (14..=17).map(field).sum();
            all.cpu += Duration::from_millis(ticks * 1000 / clock_ticks_per_second());
            all.memory[0] += (10..=13).map(field).sum::<u64>();
            all.memory[1] += field(24);
        }
        all
    }

    /// Whether so much more was used than `before`, within `time`, that the program is still being started.
    pub fn is_of_a_start(&self, before: &Self, time: Duration) -> bool {
        /// The least part of a core, in percent.
        const LEAST: u32 = 5;
        /// A runtime at rest uses a few pages now and then.
        const FEW: u64 = 64;
        let uses_more = self.memory.iter().zip(&before.memory).any(|(now, before)| now.abs_diff(*before) > FEW);
        self.cpu.saturating_sub(before.cpu) >= time / 100 * LEAST && (uses_more || self.processes != before.processes)
    }
}
