//! Known failures: the project file declares them, and they do not count.

use crate::verdict::outcome::Outcome;

/// The name of the project file.
pub const PROJECT_FILE: &str = "sockspec.toml";

/// A failure that the user expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailure {
    /// The rule that is broken, or the one scenario that fails.
    pub of: String,
    /// The name of the program. Without a name, the failure is known of every program.
    pub subject: Option<String>,
    /// Why the user accepts it.
    pub reason: String,
    /// The line in the project file, counted from 1.
    pub line: usize,
}

impl KnownFailure {
    /// Whether it concerns this case.
    pub fn covers(&self, outcome: &Outcome) -> bool {
        self.of == outcome.id || self.of == outcome.rule().id
    }

    /// The message when it no longer fails.
    pub fn remedy(&self) -> String {
        let Self { of, subject, reason, line } = self;
        let whose = subject.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        format!("{PROJECT_FILE}:{line}: the known failure {of}{whose} has passed: remove it (its reason was: {reason})")
    }
}
