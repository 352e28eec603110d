//! When there are colours.

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

/// What --color says, as far as that can be seen before the command line has been read.
pub(super) fn given() -> Color {
    let words: Vec<String> = env::args_os().skip(1).filter_map(|word| word.into_string().ok()).collect();
    let value = words.iter().enumerate().find_map(|(place, word)| match word.strip_prefix("--color")? {
        "" => words.get(place + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    });
    value.and_then(|value| Color::from_str(value, false).ok()).unwrap_or(Color::Auto)
}

/// Decides it for all that is printed from now on.
pub(super) fn choose(color: Color) {
    match color {
        Color::Auto if is_unforced() && !is_watched() => ColorChoice::Never,
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
}

/// By convention nothing is forced where CLICOLOR_FORCE is 0; anstream looks only whether it is there.
fn is_unforced() -> bool {
    env::var_os("CLICOLOR_FORCE").is_some_and(|value| value == "0")
}

/// Whether colours are for somebody. It is asked of both streams together, because there is but one choice for them.
fn is_watched() -> bool {
    let is = |name: &str, value: &str| env::var_os(name).is_some_and(|given| given == value);
    io::stdout().is_terminal() && io::stderr().is_terminal() && !is("CLICOLOR", "0") && !is("TERM", "dumb")
}
