//! The programs to judge, and the conditions under which they run.

use crate::spec::role::Role;
use crate::stage::command::Command;
use crate::stage::{Isolation, Limits};
use std::path::PathBuf;
use std::time::Duration;

/// Where and how subjects run.
#[derive(Clone, Debug)]
pub struct Setting {
    /// How many stages play at once.
    pub jobs: usize,
    /// What a subject gets for each single thing, on a fair clock.
    pub timeout: Duration,
    /// What a subject may use of the machine.
    pub limits: Limits,
    /// Where subjects run.
    pub isolation: Isolation,
    /// This program's own file, which is started again as a stage.
    pub program: PathBuf,
}

impl Setting {
    /// Reads a timeout, as people write it.
    ///
    /// # Errors
    /// What is wrong with it.
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
    /// Its part.
    pub role: Role,
    /// How it is started.
    pub command: Command,
}
