//! The programming languages that `sockspec` recognises, and has code examples for.

use serde::{Deserialize, Serialize};

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// C.
    C,
    /// C++, the language of the tutorial.
    Cpp,
    /// Python.
    Python,
    /// Java.
    Java,
    /// JavaScript, for Node.
    JavaScript,
    /// Go.
    Go,
    /// Perl.
    Perl,
}

impl Language {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Python => "Python",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Perl => "Perl",
        }
    }

    /// The language whose examples a reader of this language also understands.
    pub fn sibling(self) -> Option<Self> {
        match self {
            Self::C => Some(Self::Cpp),
            Self::Cpp => Some(Self::C),
            _ => None,
        }
    }
}
