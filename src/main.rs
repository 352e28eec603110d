//! The command `sockspec`.

use sockspec::{class, cli, reference, stage};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The program starts itself again as a stage, as the guard of a build, or as a program of the reference pair. Users do not type these arguments.
    let words: Vec<String> = std::env::args_os().skip(1).map_while(|word| word.into_string().ok()).collect();
    let word = |i: usize| words.get(i).map(String::as_str);
    match word(0) {
        Some(stage::ARGUMENT) => stage::worker(&words[1..]),
        Some(class::ARGUMENT) => class::guard(&words[1..]),
        Some(cli::REFERENCE_ARGUMENT) => match word(1) {
            Some("server") => reference::server::main(),
            _ => reference::client::main(),
        },
        _ => cli::main(),
    }
}
