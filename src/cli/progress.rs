//! Progress on stderr: one line that shows how far a long run is, and each failure as it happens. Without a terminal there is no line.

use super::messages::say;
use super::options::Options;
use crate::run::event::Event;
use crate::run::known_failure::KnownFailure;
use crate::spec::rule::Level;
use crate::verdict::outcome::Outcome;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::time::Duration;

/// How often to draw the line. Without a tick, a run that hangs would show the case before the one that hangs.
const TICK: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    bar: ProgressBar,
    /// The cases that are running, the oldest first.
    running: Vec<String>,
    failed: u64,
    is_quiet: bool,
    /// With several subjects: the subjects and rules of which a failure was shown.
    shown: HashSet<(String, &'static str)>,
}

impl Progress {
    /// For a run of this many scenarios.
    pub(super) fn of_scenarios(len: u64, options: &Options) -> Self {
        Self::new(len, "{pos}/{len}  {wide_msg}", options)
    }

    /// For builds.
    pub(super) fn of_builds(len: usize, options: &Options) -> Self {
        let progress = Self::new(len as u64, "building {pos}/{len}", options);
        progress.bar.set_message("");
        progress
    }

    /// So many builds are done.
    pub(super) fn built(&self, done: usize) {
        self.bar.set_position(done as u64);
    }

    /// For a search, which also shows its speed.
    pub(super) fn of_search(len: u64, options: &Options) -> Self {
        Self::new(len, "{pos}/{len}  {rate}  {wide_msg}", options)
    }

    fn new(len: u64, template: &str, options: &Options) -> Self {
        // The bar hides itself if stderr is not a terminal.
        let target = if options.output.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(len), target);
        let rate = |state: &ProgressState, out: &mut dyn fmt::Write| _ = write!(out, "{:.0}/s", state.per_sec());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message("the first look");
        bar.enable_steady_tick(TICK);
        Self { bar, running: Vec::new(), failed: 0, is_quiet: options.output.quiet, shown: HashSet::new() }
    }

    /// Shows what has happened. Known failures are not shown. `subject` is the name of the subject, if there are several.
    pub(super) fn show(&mut self, news: &Event, subject: Option<&str>, known: &[KnownFailure]) {
        match news {
            Event::Waits(why) => {
                // A reader of a log wants to know the reason, too.
                if !self.is_quiet {
                    self.bar.suspend(|| say(why));
                }
                return;
            }
            Event::Begins(case) => self.running.push(case.clone()),
            Event::Shrinks(case) => {
                self.bar.set_message(format!("{case} fails; looking for the smallest conversation that does"));
                return;
            }
            Event::Ends(outcome) => {
                self.running.retain(|case| *case != outcome.id);
                self.bar.inc(1);
                if outcome.has_failed() && !known.iter().any(|known| known.covers(outcome)) {
                    self.show_failure(outcome, subject);
                }
            }
        }
        let failed = if self.failed == 0 { String::new() } else { format!("{} failed  ", self.failed) };
        let now = self.running.first().map(|case| labelled(subject, case)).unwrap_or_default();
        self.bar.set_message(failed + &now);
    }

    fn show_failure(&mut self, outcome: &Outcome, subject: Option<&str>) {
        let rule = outcome.rule();
        let (style, word) = match rule.level {
            Level::Must => (AnsiColor::Red.on_default().bold(), "FAIL"),
            Level::Should => (AnsiColor::Yellow.on_default(), "WARN"),
            Level::May => return,
        };
        self.failed += u64::from(rule.level == Level::Must);
        let style = if AutoStream::choice(&io::stderr()) == ColorChoice::Never { Style::new() } else { style };
        // All failures of a whole class would fill the screen. The report shows them all.
        if subject.is_none_or(|name| self.shown.insert((name.to_owned(), rule.id))) {
            self.bar.println(format!("{style}{word}{style:#}  {}  {}", labelled(subject, &outcome.id), outcome.message()));
        }
    }
}

fn labelled(subject: Option<&str>, case: &str) -> String {
    subject.map_or_else(|| case.to_owned(), |name| format!("{name}: {case}"))
}

/// Removes the line, however the run ends.
impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
