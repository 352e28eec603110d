//! A line on stderr that shows where a long run is; nothing where nobody watches.

use crate::run::Outcome;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(len: u64) -> Self {
        let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(len), target);
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    pub(super) fn show(&self, outcome: &Outcome) {
        if outcome.has_failed() {
            self.bar.println(format!("{} fails", outcome.id));
        }
        self.bar.set_message(outcome.id.clone());
        self.bar.inc(1);
    }

    pub(super) fn tick(&self) {
        self.bar.inc(1);
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
