//! What a stage saw of one scenario.

use super::protocol;
use super::stimulus::Stimulus;
use crate::spec::dialect::{Dialect, Values};
use crate::spec::role::Role;
use crate::spec::transcript::{Step, Transcript};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// The beginning of the remark that repeats what a program complained of before it ended.
pub const LAST_WORDS: &str = "it said ";

/// The beginning of the remark that shows text of a program that its course ignores.
pub const OTHER_TEXT: &str = "it also printed other text: ";

/// The result of one scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// All events, in order: the harness's own steps as far as they were played, and all that the subject did.
    #[serde(with = "protocol")]
    pub transcript: Transcript,
    /// Remarks for people, most important first: "asleep in recv", "listens on 0.0.0.0:8080".
    pub remarks: Vec<String>,
    /// The stimulus after which the subject used up all of its time, or CPU time, without a reaction.
    pub stall: Option<Stimulus>,
    /// The limit that the subject exceeded, in a sentence: no program may use more of the machine, in any scenario.
    pub breach: Option<String>,
    /// Why the conversation could not be played as written. This is never the subject's fault.
    pub trouble: Option<String>,
    /// Whether the program could write to the user's files, although it is a stranger's.
    pub is_exposed: bool,
    /// Where a server listens that does not listen where it should.
    pub listens_at: Vec<SocketAddr>,
    /// Where a client has tried to connect that has not connected where it should, as far as the stage can see that.
    pub tried: Vec<SocketAddr>,
    /// Whether a single subject uses UDP in place of TCP.
    pub uses_datagrams: bool,
    /// The system call in which a single subject sleeps that has not ended: "read".
    pub asleep_in: Option<String>,
    /// How many bytes a single subject asks for that has not ended, and sleeps in a call that receives: the size of its buffer.
    pub asks_for: Option<usize>,
    /// Whether the subject sleeps, and has not read what it was sent, or what was typed.
    pub has_not_read: bool,
    /// The clients' ports of all connections with a single subject, in the order in which they were made. A text may name the port.
    pub ports: Vec<u16>,
    /// How long the scenario took.
    pub duration: Duration,
    /// Whether the kernel still keeps the port: then the stage must not be used again.
    pub is_spent: bool,
}

impl Seen {
    /// The values in the texts that a server of this course has printed.
    pub fn values(&self, course: &Dialect) -> Values {
        let text = |step: &Step| if let Step::Printed(Role::Server, text) = step { Some(text.to_vec()) } else { None };
        let printed: Vec<u8> = self.transcript.steps.iter().filter_map(text).flatten().collect();
        Values::seen(&course.server_greeting, &printed, &self.ports)
    }
}
