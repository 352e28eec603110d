//! What becomes of the files that programs write.

use serde::{Deserialize, Serialize};

/// What becomes of the files that programs write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Files {
    /// Each scenario finds the programs' folder as it was before the run. What programs write elsewhere stays.
    #[default]
    Fresh,
    /// Programs write into their folder itself.
    Kept,
    /// As [`Files::Fresh`], and programs may write nowhere else: they are strangers'.
    Alone,
}

impl Files {
    /// Its name in the arguments of a worker.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Kept => "kept",
            Self::Alone => "alone",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Fresh, Self::Kept, Self::Alone].into_iter().find(|files| files.name() == name)
    }
}
