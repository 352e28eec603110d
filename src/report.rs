//! Reports: one file for each format, all written from the results of one run. Writing a report fails only if its destination does.

mod case;
mod conclusion;
mod csv;
mod destination;
mod detail;
mod format;
mod github;
mod gradescope;
mod html;
mod human;
pub mod json;
mod junit;
pub mod merge;
pub mod points;
mod tap;
mod text;

pub use destination::{Destination, Opened, Unwritable, write_refusal};
pub use format::Format;
pub use human::{write_changes, write_summary};
