//! Progress of a run, for the display. No verdict depends on it.

use crate::verdict::outcome::Outcome;

/// Something that has just happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run waits, for this reason.
    Waits(String),
    /// The case with this name begins.
    Begins(String),
    /// The case with this name has failed, and the search tries simpler ones.
    Shrinks(String),
    /// A case has ended.
    Ends(Box<Outcome>),
}
