//! The kinds of actions: a subject that has stalled after one stimulus will stall after the next of its kind.

use crate::spec::transcript::{Control, Step, Wire};
use serde::{Deserialize, Serialize};

/// A kind of action of the harness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stimulus {
    /// Starts the subject.
    Start,
    /// Connects to the subject.
    Connect,
    /// Sends or types bytes.
    Bytes,
    /// Ends a stream that the subject reads, or the program at its other end.
    End,
    /// Stops the subject, continues it, or leaves it alone; or reads from it again.
    Control,
}

impl From<&Step> for Stimulus {
    fn from(step: &Step) -> Self {
        match step {
            Step::Control(Control::Start, _) => Self::Start,
            Step::Wire(_, Wire::Connect) => Self::Connect,
            Step::Typed(..) | Step::Wire(_, Wire::Bytes(_) | Wire::Burst(_)) => Self::Bytes,
            Step::TypedEof(_) | Step::Wire(..) | Step::Control(Control::Kill, _) => Self::End,
            _ => Self::Control,
        }
    }
}
