//! What is demanded: the rules, the tutorial's words, the notation, the fixtures, the known mistakes.

pub mod bytes;
pub mod dialect;
pub mod fixture;
pub mod mistake;
pub mod notation;
pub mod role;
pub mod rule;
pub mod suggest;
pub mod text;
pub mod transcript;
