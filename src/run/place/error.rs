//! Why subjects cannot run somewhere, or anywhere.

use crate::run::place::advice::remedy;
use crate::stage::StageError;
use serde::{Deserialize, Serialize};

/// A kind of isolation that the system does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// Its name, which `--isolation` takes.
    pub isolation: String,
    /// The step that failed, and the system's answer.
    pub why: String,
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The system allows none of the kinds of isolation that `--isolation` permits.
    #[error("nothing can be judged here: {}", complaint(.0))]
    Denied(Vec<Denied>),
    /// Another run holds the port for too long.
    #[error("port {port} is in use by another run of sockspec ({holder}), which did not end for {waited}: end it, or try again later")]
    Busy {
        /// The port.
        port: u16,
        /// The process and command of the other run, as far as they are known.
        holder: String,
        /// How long this run has waited.
        waited: humantime::FormattedDuration,
    },
    /// The worker could not be started, or is gone.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// The reasons, each with the kinds of isolation that it concerns, and the remedy.
fn complaint(denied: &[Denied]) -> String {
    let mut reasons: Vec<(Vec<&str>, &str)> = Vec::new();
    for Denied { isolation, why } in denied {
        match reasons.iter_mut().find(|(_, other)| other == why) {
            Some((kinds, _)) => kinds.push(isolation),
            None => reasons.push((vec![isolation], why)),
        }
    }
    let reasons: Vec<String> = reasons.iter().map(|(kinds, why)| format!("--isolation {}: {why}", kinds.join(", "))).collect();
    // The user asked for one kind, but another may be possible.
    let is_choice = matches!(denied, [only] if only.isolation != "none");
    let other = if is_choice { ", or leave --isolation out: sockspec finds a place by itself" } else { "" };
    format!("{}; {}{other}", reasons.join("; "), remedy())
}
