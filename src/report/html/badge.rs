//! Symbols and words for results, besides the colours: some readers and some printers have no colours.

use crate::report::conclusion::{Conforms, Mark};

/// The symbol and the word.
pub fn badge(mark: Mark) -> String {
    format!("{} {}", mark.symbol(), mark.word())
}

impl Mark {
    /// The class of the element, which gives it a colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Known => "known",
            Self::Unjudged => "open",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// One character.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Pass => "✓",
            Self::Note => "•",
            Self::Known => "≈",
            Self::Unjudged => "?",
            Self::Warn => "!",
            Self::Fail => "✗",
        }
    }
}

impl From<Conforms> for Mark {
    fn from(conforms: Conforms) -> Self {
        match conforms {
            Conforms::Yes => Self::Pass,
            Conforms::Unknown => Self::Unjudged,
            Conforms::No => Self::Fail,
        }
    }
}
