//! What a run tells while it goes on, for whoever watches. No verdict follows from it.

use crate::verdict::outcome::Outcome;

/// Something that has just happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Nothing is played yet, for this reason.
    Waits(String),
    /// The case of this name begins.
    Begins(String),
    /// This case went wrong, and simpler ones are tried in its place.
    Shrinks(String),
    /// A case has come to its end.
    Ends(Box<Outcome>),
}
