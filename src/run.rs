//! Plays many scenarios with the programs of a run, in parallel, and collects the outcomes.
//!
//! This room does not talk to programs, and decides no verdict: [`crate::stage`] and [`crate::verdict`] do.
//! Begin with [`suite::run`].

pub mod event;
pub mod interrupt;
pub mod known_failure;
pub mod language;
pub mod partition;
pub mod place;
pub mod proposal;
pub mod recognition;
pub mod record;
pub mod results;
pub mod search;
pub mod setting;
pub mod stalls;
pub mod suite;
pub mod weights;
pub mod worker;
