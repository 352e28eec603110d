//! The reference pair: programs that meet every rule. They are subjects like any other, and share nothing with the harness.

pub mod client;
pub mod server;
