//! What a right program does.

pub mod client;
pub mod expectation;
pub mod oracle;
pub mod server;
pub mod stimuli;
pub mod translation;
