//! The judge's finding on one scenario.

use crate::spec::rule::Facet;
use crate::verdict::clue::Clue;
use serde::{Deserialize, Serialize};

/// Pass, fail, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The program did what the rule asks for.
    Pass,
    /// The program did something else.
    Fail,
    /// The stage could not see it, because of the harness, the machine, or another broken rule. This is never the subject's fault.
    Inconclusive,
}

/// A verdict, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence: the fault, or why there is no verdict. Empty for a pass.
    pub message: String,
    /// The first difference between what was expected and what was seen.
    pub difference: Option<Difference>,
    /// Other observations, which do not count.
    pub notes: Vec<String>,
}

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The facet that differs.
    pub facet: Facet,
    /// The demanded step, and how many bytes of it were right.
    pub expected: Option<Place>,
    /// The step that was seen, and how many bytes of it were right.
    pub seen: Option<Place>,
    /// One sentence.
    pub message: String,
    /// What the failure has in itself.
    pub clue: Option<Clue>,
}

/// A place in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The step, counted from 0.
    pub step: usize,
    /// The byte of the step, counted from 0.
    pub byte: usize,
}

impl Place {
    /// The beginning of a step.
    pub fn start_of(step: usize) -> Self {
        Self { step, byte: 0 }
    }
}

impl Finding {
    /// A pass.
    pub fn pass() -> Self {
        Self { verdict: Verdict::Pass, message: String::new(), difference: None, notes: Vec::new() }
    }

    /// Inconclusive, with the reason.
    pub fn inconclusive(message: impl Into<String>) -> Self {
        Self { verdict: Verdict::Inconclusive, message: message.into(), ..Self::pass() }
    }

    /// A failure, with the difference that shows it.
    pub fn fail(difference: Difference) -> Self {
        Self { verdict: Verdict::Fail, message: difference.message.clone(), difference: Some(difference), notes: Vec::new() }
    }
}
