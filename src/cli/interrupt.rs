//! Ctrl-C, and other requests to end.

use super::stop::{INTERRUPTED, Stop};
use crate::run::interrupt::Interrupt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::ffi::c_int;
use std::fs;

/// Watches for signals. The first signal ends the subjects and the run. The second one ends this program and its workers. Under `nohup`
/// the end of the terminal ends nothing.
pub(super) fn watch_for_signals() -> Result<Interrupt, Stop> {
    let interrupt = Interrupt::default();
    let handled = [SIGINT, SIGTERM].into_iter().chain((!is_ignored(SIGHUP)).then_some(SIGHUP));
    let signals = signal_hook::iterator::Signals::new(handled);
    let mut signals = signals.map_err(|error| Stop::trouble(format!("signals cannot be watched: {error}")))?;
    let set = interrupt.clone();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if set.is_set() {
                std::process::exit(INTERRUPTED.into());
            }
            set.set();
        }
    });
    Ok(interrupt)
}

/// Whether this program ignores a signal since its start. /proc/PID/status has one bit for each signal; the first is for signal 1.
fn is_ignored(signal: c_int) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
