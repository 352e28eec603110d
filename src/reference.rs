//! The reference pair: programs that meet every rule. They are subjects like any other, and share nothing with the harness.

pub mod client;
pub mod server;

use std::process::ExitCode;

/// Runs one of the two as a program of its own. It takes no arguments. If there are some, it says what it is.
pub fn alone(what: &str, main: fn() -> ExitCode) -> ExitCode {
    let mut arguments = std::env::args();
    let (name, first) = (arguments.next().unwrap_or_default(), arguments.next());
    let Some(first) = first else { return main() };
    eprintln!("{name}: this is {what}, and takes no arguments");
    if first == "--help" { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
