//! What happens to a subject, by kind: who has stalled after one stimulus will stall after the next of its kind.

use crate::spec::transcript::{Control, Step, Wire};
use serde::{Deserialize, Serialize};

/// A kind of what the harness does to a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stimulus {
    /// It is started.
    Start,
    /// Somebody connects to it.
    Connect,
    /// It is sent something to read.
    Bytes,
    /// What it reads from ends, or who is at the other end.
    End,
    /// It is stopped, continued, or left alone; or it is read from again.
    Control,
}

impl From<&Step> for Stimulus {
    fn from(step: &Step) -> Self {
        match step {
            Step::Control(Control::Start, _) => Self::Start,
            Step::Wire(_, Wire::Connect) => Self::Connect,
            Step::Typed(_) | Step::Wire(_, Wire::Bytes(_) | Wire::Burst(_)) => Self::Bytes,
            Step::TypedEof | Step::Wire(..) | Step::Control(Control::Kill, _) => Self::End,
            _ => Self::Control,
        }
    }
}
