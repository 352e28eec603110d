//! The requirements, as data: the rules, the texts of the tutorial, the scenarios with their notation, the known mistakes, and
//! the terms that reports use.
//!
//! This room starts no program and judges nothing. Begin with [`rule::RULES`], then [`transcript::Scenario`].

pub mod bytes;
pub mod code;
pub mod course;
pub mod dialect;
pub mod fixture;
pub mod language;
pub mod mistake;
pub mod notation;
pub mod role;
pub mod rule;
pub mod source;
pub mod suggest;
pub mod table;
pub mod term;
pub mod text;
pub mod transcript;
