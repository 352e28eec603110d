//! JSON: one object for other programs and for `sockspec merge`. It has everything that a report needs, so results can be read back from
//! it.

mod entry;
mod reader;
mod writer;

pub use entry::VERSION;
pub use reader::read;
pub use writer::write;
