//! Prints messages on stderr, and pages on stdout.

use super::options::Output;
use super::stop::Stop;
use std::io::{self, Write};
use std::process::ExitCode;

/// Prints a message on stderr. A closed stderr is no reason to fail.
pub(super) fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints a message on stderr, unless `--quiet`.
pub(super) fn note(text: &str, output: &Output) {
    if !output.quiet {
        say(text);
    }
}

/// Prints a page. If the reader stops early, that is no error.
pub(super) fn print(text: &str) -> Result<u8, Stop> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::trouble(format!("stdout: {error}"))),
        _ => Ok(0),
    }
}

/// Prints the reason why a run ends, and returns the exit status.
pub(super) fn print_stop(stop: &Stop) -> ExitCode {
    say(&format!("error: {}", stop.message));
    ExitCode::from(stop.status)
}
