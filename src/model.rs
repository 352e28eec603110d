//! The behaviour of correct programs.
//!
//! This room is pure: it uses no file, no clock and no socket. Fixtures, random conversations and the first look at a program all ask it for
//! the expected reactions; no other room computes them. Begin with [`expectation::expect`]. Where TCP allows several outputs, [`oracle`]
//! decides whether an output is one of them.

pub mod client;
pub mod crowd;
pub mod expectation;
pub mod oracle;
pub mod rewording;
pub mod server;
pub mod stimuli;
pub mod talk;
pub mod translation;
