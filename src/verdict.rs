//! Decides the verdict on what the stage saw: pass, fail, or inconclusive.
//!
//! This room plays nothing and prints nothing; the exceptions are [`learn`] and [`proposal`], which play through a function
//! that their caller passes.
//! Begin with [`judge::judge`].

pub mod clue;
pub mod diagnosis;
pub mod finding;
pub mod form;
pub mod judge;
pub mod learn;
pub mod outcome;
pub mod presupposition;
pub mod problem;
pub mod proposal;
