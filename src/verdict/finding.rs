//! What the judge says of one scenario.

use crate::spec::rule::Facet;
use serde::{Deserialize, Serialize};

/// Pass, fail, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What the rule asks for was seen.
    Pass,
    /// Something else was seen.
    Fail,
    /// It could not be seen: the harness's trouble, the machine's, or another rule's failure. Never blamed on the subject.
    Inconclusive,
}

/// A verdict, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence: what was wrong, or why nothing can be said. Empty for a pass.
    pub message: String,
    /// Where what was seen parts from what was expected.
    pub difference: Option<Difference>,
    /// What else was noticed, and does not count.
    pub notes: Vec<String>,
}

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In what.
    pub facet: Facet,
    /// The demanded step, and how many bytes of it were right.
    pub expected: Option<Place>,
    /// The step that was seen, and how many bytes of it were right.
    pub seen: Option<Place>,
    /// One sentence.
    pub message: String,
}

/// A place in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which step.
    pub step: usize,
    /// Which byte of it.
    pub byte: usize,
}

impl Place {
    /// The beginning of a step.
    pub fn start_of(step: usize) -> Self {
        Self { step, byte: 0 }
    }
}

impl Finding {
    /// Nothing to say.
    pub fn pass() -> Self {
        Self { verdict: Verdict::Pass, message: String::new(), difference: None, notes: Vec::new() }
    }

    /// It could not be judged.
    pub fn inconclusive(message: impl Into<String>) -> Self {
        Self { verdict: Verdict::Inconclusive, message: message.into(), ..Self::pass() }
    }

    /// It was judged, and is wrong.
    pub fn fail(difference: Difference) -> Self {
        Self { verdict: Verdict::Fail, message: difference.message.clone(), difference: Some(difference), notes: Vec::new() }
    }
}
