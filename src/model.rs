//! The behaviour of a right program.
//!
//! This room is pure: no file, no clock, no socket. It is what fixtures, random conversations and the first look at a program share, so
//! nobody else decides what is due. Begin with [`expectation::expect`]; [`oracle`] answers where TCP leaves a choice.

pub mod client;
pub mod expectation;
pub mod oracle;
pub mod server;
pub mod stimuli;
pub mod translation;
