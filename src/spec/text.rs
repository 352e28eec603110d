//! The texts of the rules, of the known mistakes and of the terms, which you may edit and translate: `text/en/*.toml`.
//!
//! A text has placeholders for the words of the tutorial, such as `{token}`.

use crate::spec::dialect::{ADDRESS, BUFFER, Dialect, TOKEN};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The texts of one rule or mistake, by their names in the file.
pub type Texts = BTreeMap<String, String>;

/// The texts of all rules, by the rules' names, in the words of this dialect.
///
/// # Panics
/// There is a mistake in the file. The tests of this project exclude that.
pub fn rules(dialect: &Dialect) -> BTreeMap<String, Texts> {
    read("rules.toml", include_str!("text/en/rules.toml"), dialect)
}

/// The texts of all known mistakes, by their names, in the words of this dialect.
///
/// # Panics
/// There is a mistake in the file. The tests of this project exclude that.
pub fn mistakes(dialect: &Dialect) -> BTreeMap<String, Texts> {
    read("mistakes.toml", include_str!("text/en/mistakes.toml"), dialect)
}

/// A text about a clue, in the words of the tutorial, with `{value}` replaced by this value. Empty if there is no such text.
///
/// # Panics
/// There is a mistake in the file. The tests of this project exclude that.
pub fn clue(name: &str, which: &str, value: &str) -> String {
    static ALL: LazyLock<BTreeMap<String, Texts>> =
        LazyLock::new(|| toml::from_str(include_str!("text/en/clues.toml")).unwrap_or_else(|error| panic!("clues.toml: {error}")));
    let Some(text) = ALL.get(name).and_then(|texts| texts.get(which)) else { return String::new() };
    let mut words = placeholders(&Dialect::tutorial()).to_vec();
    words.push(("value", value.to_owned()));
    fill(text, &words).unwrap_or_else(|error| panic!("clues.toml: {name}: {error}"))
}

/// Removes the texts of one rule or mistake from the list. `whose` is its name; it must have exactly these texts.
///
/// # Panics
/// A text is missing, or there is one more.
pub fn take<const N: usize>(all: &mut BTreeMap<String, Texts>, whose: &str, names: [&str; N]) -> [String; N] {
    let mut texts = all.remove(whose).unwrap_or_else(|| panic!("there are no texts for {whose}"));
    let taken = names.map(|name| texts.remove(name).unwrap_or_else(|| panic!("{whose} has no text `{name}`")));
    assert!(texts.is_empty(), "{whose} has unknown texts: {texts:?}");
    taken
}

fn read(name: &str, file: &str, dialect: &Dialect) -> BTreeMap<String, Texts> {
    let mut all: BTreeMap<String, Texts> = toml::from_str(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let placeholders = placeholders(dialect);
    for (whose, texts) in &mut all {
        for text in texts.values_mut() {
            *text = fill(text, &placeholders).unwrap_or_else(|error| panic!("{name}: {whose}: {error}"));
        }
    }
    all
}

/// The placeholders, each with the words of a dialect that stand for it.
pub(super) fn placeholders(dialect: &Dialect) -> [(&'static str, String); 12] {
    let word = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\n').to_owned();
    let half = TOKEN.len() / 2;
    [
        ("address", ADDRESS.to_string()),
        ("port", ADDRESS.port().to_string()),
        ("server-greeting", word(&dialect.server_greeting)),
        ("client-greeting", word(&dialect.client_greeting)),
        ("prefix", word(&dialect.prefix)),
        ("buffer", BUFFER.to_string()),
        ("token", word(TOKEN)),
        ("TOKEN", word(TOKEN).to_uppercase()),
        ("token-short", word(&TOKEN[..TOKEN.len() - 1])),
        ("token-head", word(&TOKEN[..half])),
        ("token-tail", word(&TOKEN[half..])),
        ("token-length", TOKEN.len().to_string()),
    ]
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
