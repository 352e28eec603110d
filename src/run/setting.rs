//! The programs to judge, and the conditions under which they run.

use crate::spec::dialect::Dialect;
use crate::spec::role::Role;
use crate::stage::command::Command;
use crate::stage::{Files, Isolation, Limits};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The conditions under which subjects run.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The dialect of the course: what the rules demand.
    pub dialect: Arc<Dialect>,
    /// How many stages play at once.
    pub jobs: usize,
    /// The time limit for each step. Time spent waiting for a CPU does not count.
    pub timeout: Duration,
    /// The limits for memory, processes, files and output.
    pub limits: Limits,
    /// What becomes of the files that programs write.
    pub files: Files,
    /// The kinds of isolation that the user permits.
    pub isolation: Isolation,
    /// The file of sockspec itself, which starts itself again as a stage.
    pub program: PathBuf,
}

impl Setting {
    /// Reads a time limit, such as `5s`.
    ///
    /// # Errors
    /// A message that names the mistake.
    pub fn timeout(text: &str) -> Result<Duration, String> {
        let timeout = humantime::parse_duration(text).map_err(|error| format!("{error}; write it as 5s or 800ms"))?;
        if (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(&timeout) {
            Ok(timeout)
        } else {
            Err("it is between 1ms and 1h".into())
        }
    }
}

/// A program to judge.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The part that it plays.
    pub role: Role,
    /// The command that starts it.
    pub command: Command,
}
