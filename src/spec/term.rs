//! The words that a reader of a report can look up, such as FIN and segment. `text/en/terms.toml` contains them.

use crate::spec::dialect::Dialect;
use crate::spec::text;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A word with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The word, as reports and pages write it.
    pub name: String,
    /// Other words with the same meaning, or from the same explanation.
    pub also: Vec<String>,
    /// What the word means, and what it has to do with the tutorial.
    pub text: String,
    /// Rules, mistakes and terms that say more.
    pub see: Vec<String>,
}

/// An entry of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    text: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    see: Vec<String>,
}

static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
    let all: BTreeMap<String, Entry> =
        toml::from_str(include_str!("text/en/terms.toml")).unwrap_or_else(|error| panic!("terms.toml: {error}"));
    let placeholders = text::placeholders(&Dialect::tutorial());
    let term = |(name, Entry { text, also, see }): (String, Entry)| {
        let filled = text::fill(&text, &placeholders).unwrap_or_else(|error| panic!("terms.toml: {name}: {error}"));
        // In the file, a long text has several lines.
        let text = filled.split_whitespace().collect::<Vec<_>>().join(" ");
        Term { name, also, text, see }
    };
    all.into_iter().map(term).collect()
});

impl Term {
    /// All terms.
    pub fn all() -> &'static [Self] {
        &TERMS
    }

    /// The term with this name, or with this other name. Upper and lower case are the same.
    pub fn find(name: &str) -> Option<&'static Self> {
        TERMS.iter().find(|term| term.names().any(|known| known.to_lowercase() == name.to_lowercase()))
    }

    /// All its names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.also).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::mistake::Mistake;
    use crate::spec::rule::Rule;
    use crate::spec::term::Term;
    use std::collections::HashSet;

    #[test]
    fn a_term_is_found_by_each_of_its_names() {
        let term = Term::find("fin").expect("a term");
        assert_eq!((&*term.name, Term::find("End of Stream")), ("FIN", Some(term)));
        assert_eq!(Term::find("nothing of this name"), None);
    }

    #[test]
    fn no_two_terms_have_the_same_name_and_each_text_is_short() {
        let mut names = HashSet::new();
        for term in Term::all() {
            for name in term.names() {
                assert!(names.insert(name.to_lowercase()), "{name} twice");
            }
            let sentences = format!("{} ", term.text).matches(". ").count();
            assert!(term.text.ends_with('.') && (2..=4).contains(&sentences), "{}: {}", term.name, term.text);
        }
    }

    #[test]
    fn what_a_term_refers_to_exists() {
        for term in Term::all() {
            for name in &term.see {
                let is_mistake = || Mistake::known().iter().any(|mistake| mistake.name == *name);
                let found = Term::find(name);
                assert!(Rule::find(name).is_some() || is_mistake() || found.is_some(), "{}: there is no {name}", term.name);
                assert_ne!(found, Some(term), "{} refers to itself", term.name);
            }
        }
    }
}
