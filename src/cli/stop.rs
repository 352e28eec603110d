//! The reasons why a run stops early, and the exit statuses.

/// A program does not conform.
pub(super) const NONCONFORMING: u8 = 1;
/// Something could not be judged, and nothing failed.
pub(super) const UNJUDGED: u8 = 3;
/// A mistake in the command line, or in a file that it names.
pub(super) const USAGE: u8 = 2;
/// The harness could not do its work.
pub(super) const TROUBLE: u8 = 3;
/// A signal has ended the run.
pub(super) const INTERRUPTED: u8 = 130;

/// The reason why a run ends without a verdict, with the exit status.
pub(super) struct Stop {
    pub(super) status: u8,
    pub(super) message: String,
    /// Whether there are results, and reports of them.
    pub(super) has_results: bool,
}

impl Stop {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { status: USAGE, message: message.into(), has_results: false }
    }

    pub(super) fn trouble(message: impl Into<String>) -> Self {
        Self { status: TROUBLE, message: message.into(), has_results: false }
    }

    /// A signal has ended the run before there was anything to report.
    pub(super) fn interrupted() -> Self {
        Self { status: INTERRUPTED, message: "interrupted".into(), has_results: false }
    }
}
