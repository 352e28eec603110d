//! The words that a reader of a report can look up, such as FIN and segment. `text/en/terms.toml` contains them.

use crate::spec::text::Text;
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
    /// What the word means, and what it has to do with the course's programs. In the file, a long text has several lines.
    pub text: Text,
    /// Rules, mistakes and terms that say more.
    pub see: Vec<String>,
}

/// An entry of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    text: Text,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    see: Vec<String>,
}

static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
    let all: BTreeMap<String, Entry> =
        toml::from_str(include_str!("text/en/terms.toml")).unwrap_or_else(|error| panic!("terms.toml: {error}"));
    all.into_iter().map(|(name, Entry { text, also, see })| Term { name, also, text, see }).collect()
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
    use crate::spec::dialect::Dialect;
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
            let text = term.text.of(&Dialect::tutorial());
            let sentences = format!("{} ", text.replace('\n', " ")).matches(". ").count();
            assert!(text.trim_end().ends_with('.') && (2..=4).contains(&sentences), "{}: {text}", term.name);
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
