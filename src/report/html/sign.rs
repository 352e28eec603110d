//! A verdict as it is seen: a symbol and a word besides the colour, because not everybody sees the colour, and not every printer has it.

use crate::report::case::Standing;
use crate::report::conclusion::{Mark, Tenor};

/// The symbol and the word of a verdict; the word of what could not be judged is made of its symbol.
pub fn badge(mark: Mark) -> String {
    if mark == Mark::Unjudged { mark.word().to_owned() } else { format!("{} {}", mark.symbol(), mark.word()) }
}

/// What has a symbol and a colour.
pub trait Sign {
    /// The class of its element, which gives it its colour.
    fn class(&self) -> &'static str;
    /// One character.
    fn symbol(&self) -> &'static str;
}

impl Sign for Mark {
    fn class(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Known => "known",
            Self::Unjudged => "open",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    fn symbol(&self) -> &'static str {
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

impl Sign for Tenor {
    fn class(&self) -> &'static str {
        Mark::from(*self).class()
    }

    fn symbol(&self) -> &'static str {
        Mark::from(*self).symbol()
    }
}

impl From<Tenor> for Mark {
    fn from(tenor: Tenor) -> Self {
        match tenor {
            Tenor::Good => Self::Pass,
            Tenor::Open => Self::Unjudged,
            Tenor::Bad => Self::Fail,
        }
    }
}

impl From<Standing> for Mark {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Passed => Self::Pass,
            Standing::Differs => Self::Note,
            Standing::Known => Self::Known,
            Standing::Excused | Standing::Unjudged => Self::Unjudged,
            Standing::FallsShort => Self::Warn,
            Standing::Failed => Self::Fail,
        }
    }
}
