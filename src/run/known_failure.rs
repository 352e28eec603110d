//! Failures that the project file declares, so that they do not count.

use crate::verdict::outcome::Outcome;

/// The name of the project file.
pub const PROJECT_FILE: &str = "sockspec.toml";

/// A failure that is expected, until somebody mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailure {
    /// The rule that is broken, or the one scenario that fails.
    pub of: String,
    /// Whose; without a name, everybody's.
    pub subject: Option<String>,
    /// Why that is accepted.
    pub reason: String,
    /// Where the project file says so: the line, counted from 1.
    pub line: usize,
}

impl KnownFailure {
    /// Whether it is about this case.
    pub fn covers(&self, outcome: &Outcome) -> bool {
        self.of == outcome.id || self.of == outcome.rule().id
    }

    /// What is to be said of it when nothing of it fails any more.
    pub fn remedy(&self) -> String {
        let Self { of, subject, reason, line } = self;
        let whose = subject.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        format!("{PROJECT_FILE}:{line}: the known failure {of}{whose} has passed: remove it (its reason was: {reason})")
    }
}
