//! Ctrl-C, and other requests to end.

use super::Stop;
use crate::crew::Interrupt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The first signal ends the subjects and the run; the second ends this program, and its stages with it.
pub(super) fn watch_for_signals() -> Result<Interrupt, Stop> {
    let interrupt = Interrupt::default();
    let signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]);
    let mut signals = signals.map_err(|error| Stop::trouble(format!("signals cannot be watched: {error}")))?;
    let set = interrupt.clone();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if set.is_set() {
                std::process::exit(130);
            }
            set.set();
        }
    });
    Ok(interrupt)
}
