//! The purpose of one wait.

use crate::spec::role::Role;
use crate::spec::transcript::{Step, Wire};
use crate::stage::stimulus::Stimulus;

/// The purpose of a wait.
#[derive(Clone, Copy)]
pub enum Wait<'a> {
    /// A subject was started: a server listens, a client connects.
    Start(Role),
    /// The client has sent what the relay forwards next.
    ToForward(&'a Wire),
    /// The action has reached its subject, and the expected output is there.
    Action(&'a Step),
    /// The last actions were skipped, and the expected output is there.
    End,
}

impl From<Wait<'_>> for Stimulus {
    fn from(wait: Wait<'_>) -> Self {
        match wait {
            Wait::Start(_) => Self::Start,
            Wait::ToForward(Wire::Bytes(_) | Wire::Burst(_)) => Self::Bytes,
            Wait::ToForward(_) | Wait::End => Self::End,
            Wait::Action(action) => action.into(),
        }
    }
}
