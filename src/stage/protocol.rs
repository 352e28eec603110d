//! The messages between the harness and its workers: one line of JSON each.

use super::limits::Limits;
use super::purpose::Purpose;
use super::stimulus::Stimulus;
use crate::spec::dialect::Dialect;
use crate::spec::transcript::Transcript;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::path::PathBuf;
use std::time::Duration;

/// The first argument with which the program starts itself as a worker.
pub const ARGUMENT: &str = "__stage";

/// The first line of a worker.
#[derive(Serialize, Deserialize)]
pub enum Greeting {
    /// The worker waits for requests.
    Ready,
    /// The system forbids such a place, or something is missing there.
    Refused(String),
}

/// A scenario to play. The answer is a [`Seen`](super::seen::Seen).
#[derive(Serialize, Deserialize)]
pub struct Request {
    /// The only subject; or a server, and its client.
    pub programs: Vec<Program>,
    pub port: u16,
    /// The dialect of the course.
    pub dialect: Dialect,
    pub timeout: Duration,
    pub limits: Limits,
    /// The stimuli after which these programs have stalled before.
    pub stalls: Vec<Stimulus>,
    pub purpose: Purpose,
    /// In the transcript notation.
    pub scenario: String,
}

/// How a subject is started.
#[derive(Clone, Serialize, Deserialize)]
pub struct Program {
    pub file: PathBuf,
    pub words: Vec<String>,
    /// Its working directory, if that is not the harness's own.
    pub directory: Option<PathBuf>,
    /// Whether its environment tells its address, too.
    pub is_told_port: bool,
    /// Whether it runs at a terminal. Otherwise its input and output are pipes.
    pub has_terminal: bool,
}

/// Writes a transcript in its notation.
pub fn serialize<S: Serializer>(transcript: &Transcript, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(transcript)
}

/// Reads a transcript in its notation.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Transcript, D::Error> {
    Transcript::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}
