//! Code examples for the known mistakes: the wrong lines and the right ones, in several languages. `code/server.toml` and
//! `code/client.toml` contain them.

use crate::spec::dialect::Dialect;
use crate::spec::language::Language;
use crate::spec::text;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The same place of a program, with a mistake and without it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The lines with the mistake.
    pub wrong: String,
    /// The lines without it.
    pub right: String,
}

/// All examples, by the names of the mistakes.
type Examples = BTreeMap<String, BTreeMap<Language, Example>>;

/// In these examples, the words of a course are placeholders.
static EXAMPLES: LazyLock<Examples> = LazyLock::new(|| {
    let mut all = read("server.toml", include_str!("code/server.toml"));
    all.extend(read("client.toml", include_str!("code/client.toml")));
    all
});

/// The example for this mistake in this language, in the words of this dialect. C++ and C stand in for each other. `name` has the role: `server/no-htons`.
pub fn example(name: &str, language: Language, dialect: &Dialect) -> Option<Example> {
    let all = EXAMPLES.get(name)?;
    all.get(&language).or_else(|| all.get(&language.sibling()?)).map(|example| example.of(dialect))
}

/// All examples for this mistake, in the words of this dialect. `name` has the role: `server/no-htons`.
pub fn examples(name: &str, dialect: &Dialect) -> Vec<(Language, Example)> {
    EXAMPLES.get(name).into_iter().flatten().map(|(language, example)| (*language, example.of(dialect))).collect()
}

/// The names of the mistakes that have examples.
pub fn names() -> impl Iterator<Item = &'static str> {
    EXAMPLES.keys().map(String::as_str)
}

fn read(name: &str, file: &str) -> Examples {
    toml::from_str(file).unwrap_or_else(|error| panic!("{name}: {error}"))
}

impl Example {
    fn of(&self, dialect: &Dialect) -> Self {
        let placeholders = text::placeholders(dialect);
        let filled = |code: &str| fill(code.trim_end(), &placeholders);
        Self { wrong: filled(&self.wrong), right: filled(&self.right) }
    }
}

/// Replaces the placeholders by their words. Code is full of braces, so all other braces stay as they are. In the texts of
/// [`crate::spec::text`], they are mistakes.
fn fill(code: &str, placeholders: &[(&str, String)]) -> String {
    placeholders.iter().fold(code.to_owned(), |code, (name, word)| code.replace(&format!("{{{name}}}"), word))
}

#[cfg(test)]
mod tests {
    use crate::spec::code::{EXAMPLES, example, examples, fill};
    use crate::spec::dialect::Dialect;
    use crate::spec::language::Language;

    #[test]
    fn only_placeholders_are_replaced() {
        let placeholders = [("port", "8023".to_owned()), ("token", "exit".to_owned())];
        let filled = fill(r#"if (s == "{token}") { port({port}); } else {}{other}"#, &placeholders);
        assert_eq!(filled, r#"if (s == "exit") { port(8023); } else {}{other}"#);
    }

    #[test]
    fn c_and_cpp_stand_in_for_each_other_and_for_no_other_language() {
        let tutorial = &Dialect::tutorial();
        let (name, c) = EXAMPLES.iter().find_map(|(name, all)| Some((name, all.get(&Language::C)?))).expect("one in C");
        assert_eq!(example(name, Language::C, tutorial), Some(c.of(tutorial)));
        for (name, languages) in EXAMPLES.iter() {
            let has = |language| languages.contains_key(&language);
            assert_eq!(example(name, Language::Cpp, tutorial).is_some(), has(Language::Cpp) || has(Language::C), "{name}");
            assert_eq!(example(name, Language::Perl, tutorial).is_some(), has(Language::Perl), "{name}");
            assert_eq!(examples(name, tutorial).len(), languages.len(), "{name}");
        }
        assert_eq!((example("server/nothing", Language::C, tutorial), examples("server/nothing", tutorial)), (None, vec![]));
    }
}
