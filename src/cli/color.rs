//! Decides when to use colours.

use anstream::ColorChoice;
use clap::ValueEnum;
use std::env;
use std::io::{self, IsTerminal};

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// The value of --color, found before the command line has been parsed: help and usage mistakes have colours, too.
pub(super) fn given() -> Color {
    let words: Vec<String> = env::args_os().skip(1).filter_map(|word| word.into_string().ok()).collect();
    let value = words.iter().enumerate().find_map(|(place, word)| match word.strip_prefix("--color")? {
        "" => words.get(place + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    });
    value.and_then(|value| Color::from_str(value, false).ok()).unwrap_or(Color::Auto)
}

/// Sets the choice for everything that is printed from now on.
pub(super) fn choose(color: Color) {
    match color {
        Color::Auto if is_unforced() && !is_watched() => ColorChoice::Never,
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
}

/// Whether CLICOLOR_FORCE is 0, which by convention forces nothing. anstream only checks whether the variable exists.
fn is_unforced() -> bool {
    env::var_os("CLICOLOR_FORCE").is_some_and(|value| value == "0")
}

/// Whether a person sees the colours. Checks both streams together, because anstream has one choice for both.
fn is_watched() -> bool {
    let is = |name: &str, value: &str| env::var_os(name).is_some_and(|given| given == value);
    io::stdout().is_terminal() && io::stderr().is_terminal() && !is("CLICOLOR", "0") && !is("TERM", "dumb")
}
