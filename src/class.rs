//! A class: many folders, each with the program of one student. Finds them, copies them, builds the copies, and finds the programs in them.
//!
//! A folder that cannot be judged stops no other: what is wrong with it is its result.

mod builder;
mod folder;
mod guard;
mod programs;
mod recipe;

pub use builder::{Built, Entry, Workshop, build_all};
pub use folder::{Folder, FolderError, folders};
pub use guard::{ARGUMENT, guard};
pub use programs::{INTERPRETERS, Programs};
pub use recipe::Orders;
