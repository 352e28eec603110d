//! The project file, `sockspec.toml`: programs with names, options, and known failures.
//!
//! The file is expected in the working directory and nowhere else, so that you always see the file that applies to you.

mod build;
mod choice;
mod file;
mod known;
mod parse;

pub use crate::run::known_failure::PROJECT_FILE as FILE;
pub use build::BuildError;
pub use choice::Choice;
pub use file::{Class, Options, Program, Project};
pub use parse::ProjectError;
