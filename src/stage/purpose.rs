//! Why a scenario is played.

use serde::{Deserialize, Serialize};

/// Why a scenario is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To judge the programs by what the scenario demands.
    #[default]
    Judge,
    /// To see what a program does. The scenario demands nothing, so nothing tells when the effects of an action are complete: after each
    /// action, wait until the program rests. An action that the program takes no note of holds up nothing.
    Look,
}
