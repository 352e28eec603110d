//! The command `sockspec`.

use sockspec::{cli, reference, stage};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).take(2).collect();
    let argument = |i: usize| arguments.get(i).and_then(|argument| argument.to_str());
    // The program starts itself again in two other parts, which are no part of the command line.
    match argument(0) {
        Some(stage::ARGUMENT) => stage::worker(argument(1)),
        Some(cli::REFERENCE_ARGUMENT) => match argument(1) {
            Some("server") => reference::server::main(),
            _ => reference::client::main(),
        },
        _ => cli::main(),
    }
}
