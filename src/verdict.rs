//! What is said of what was seen: pass, fail, or why neither.

pub mod diagnosis;
pub mod finding;
pub mod judge;
pub mod learn;
pub mod outcome;
pub mod presupposition;
