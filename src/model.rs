//! What a right program does.

pub mod oracle;
pub mod translation;
