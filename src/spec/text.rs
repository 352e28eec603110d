//! The texts of the rules, of the known mistakes and of the terms, which you may edit and translate: `text/en/*.toml`.
//!
//! A text has placeholders for the words of a course, such as `{token}`.

mod phrases;

use crate::spec::dialect::{Dialect, Framing, Values};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A text for a reader, with placeholders for the words of a course.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The text of every course.
    Same(String),
    /// A text that depends on what a message is.
    ByFraming {
        /// The text where a message is what one recv returns.
        recv: String,
        /// The text where a message is a line.
        line: String,
        /// The text where NULs end a message, if it is another one.
        nul: Option<String>,
    },
}

impl Default for Text {
    fn default() -> Self {
        Self::Same(String::new())
    }
}

/// The texts of one rule or mistake, by their names in the file.
pub type Texts = BTreeMap<String, Text>;

impl Text {
    /// The text in the words of this dialect.
    ///
    /// # Panics
    /// There is a mistake in the text. The tests of this project exclude that.
    pub fn of(&self, dialect: &Dialect) -> String {
        self.filled(dialect, &placeholders(dialect))
    }

    fn filled(&self, dialect: &Dialect, placeholders: &[(&str, String)]) -> String {
        let text = match self {
            Self::ByFraming { line, .. } if dialect.framing == Framing::Line => line,
            Self::ByFraming { nul: Some(nul), .. } if dialect.has_nuls() => nul,
            Self::Same(text) | Self::ByFraming { recv: text, .. } => text,
        };
        fill(text, placeholders).unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}

/// The texts of all rules, by the rules' names.
///
/// # Panics
/// There is a mistake in the file. The tests of this project exclude that.
pub fn rules() -> BTreeMap<String, Texts> {
    read("rules.toml", include_str!("text/en/rules.toml"))
}

/// The texts of all known mistakes, by their names.
///
/// # Panics
/// There is a mistake in the file. The tests of this project exclude that.
pub fn mistakes() -> BTreeMap<String, Texts> {
    read("mistakes.toml", include_str!("text/en/mistakes.toml"))
}

/// A text about a clue, in the words of this dialect, with `{value}` replaced by this value. Empty if there is no such text.
///
/// # Panics
/// There is a mistake in the file. The tests of this project exclude that.
pub fn clue(dialect: &Dialect, name: &str, which: &str, value: &str) -> String {
    static ALL: LazyLock<BTreeMap<String, Texts>> = LazyLock::new(|| read("clues.toml", include_str!("text/en/clues.toml")));
    let Some(text) = ALL.get(name).and_then(|texts| texts.get(which)) else { return String::new() };
    let mut words = placeholders(dialect);
    words.push(("value", value.to_owned()));
    text.filled(dialect, &words)
}

/// Removes the texts of one rule or mistake from the list. `whose` is its name; it must have exactly these texts.
///
/// # Panics
/// A text is missing, or there is one more.
pub fn take<const N: usize>(all: &mut BTreeMap<String, Texts>, whose: &str, names: [&str; N]) -> [Text; N] {
    let mut texts = all.remove(whose).unwrap_or_else(|| panic!("there are no texts for {whose}"));
    let taken = names.map(|name| texts.remove(name).unwrap_or_else(|| panic!("{whose} has no text `{name}`")));
    assert!(texts.is_empty(), "{whose} has unknown texts: {texts:?}");
    taken
}

fn read(name: &str, file: &str) -> BTreeMap<String, Texts> {
    toml::from_str(file).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The placeholders, each with the words of a dialect that stand for it.
pub(super) fn placeholders(dialect: &Dialect) -> Vec<(&'static str, String)> {
    let word = |bytes: &[u8]| String::from_utf8_lossy(&Values::named(bytes)).trim_end_matches(['\n', '\0']).to_owned();
    let Dialect { token, buffer, address, .. } = dialect;
    let half = token.len() / 2;
    let flushing =
        if dialect.terminal { r"at a terminal, `\n` flushes as `endl` does" } else { r"`endl` flushes into a pipe; `\n` alone does not" };
    let mut all = vec![
        ("address", address.to_string()),
        ("port", address.port().to_string()),
        ("server-greeting", word(&dialect.server_greeting)),
        ("client-greeting", word(&dialect.client_greeting)),
        ("prefix", word(&dialect.prefix)),
        ("welcome", word(&dialect.welcome)),
        ("reply", dialect.replies_in_turn().map(|reply| word(&reply.with_dots())).collect::<Vec<_>>().join("`, then `")),
        ("prompt", word(&dialect.prompt)),
        ("shows", word(&dialect.shows.with_dots())),
        ("buffer", buffer.to_string()),
        ("token", word(token)),
        ("TOKEN", word(token).to_uppercase()),
        ("token-short", word(&token[..token.len().saturating_sub(1)])),
        ("token-head", word(&token[..half])),
        ("token-tail", word(&token[half..])),
        ("token-length", token.len().to_string()),
        ("flushing", flushing.to_owned()),
    ];
    all.extend(phrases::phrases(dialect));
    all
}

/// Replaces the placeholders by their words. `{{` and `}}` stand for braces.
///
/// # Errors
/// An unknown placeholder, or a single brace.
pub(super) fn fill(text: &str, placeholders: &[(&str, String)]) -> Result<String, String> {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = (&rest[..at], &rest[at..=at]);
        filled += before;
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            filled += brace;
            rest = behind;
            continue;
        }
        let named = rest.split_once('}').filter(|_| brace == "{").ok_or("a single brace; write {{ or }}")?;
        let word = placeholders.iter().find(|(name, _)| *name == named.0);
        filled += &word.ok_or_else(|| format!("there is no placeholder {{{}}}", named.0))?.1;
        rest = named.1;
    }
    Ok(filled + rest)
}
