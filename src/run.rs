//! What is played, by whom, where, and what all of it comes to.

pub mod conversation;
pub mod dialogue;
pub mod event;
pub mod fuzz;
pub mod interrupt;
pub mod known_failure;
pub mod partition;
pub mod place;
pub mod recognition;
pub mod record;
pub mod results;
pub mod search;
pub mod setting;
pub mod stalls;
pub mod suite;
pub mod worker;
