//! Which scenarios are meant.

use super::Stop;
use crate::fixture::Fixture;
use crate::rule::{RULES, Rule};
use crate::suggest::nearest;
use std::path::Path;

/// A rule's name means that rule alone, not those whose names begin with it; and so does a scenario's name. Every other text means all
/// scenarios in whose names it stands.
pub(super) enum Filter {
    Rule(&'static Rule),
    Scenario(String),
    Part(String),
}

impl Filter {
    /// What a text of the command line means.
    ///
    /// # Errors
    /// It means none of these scenarios.
    pub(super) fn parse(text: &str, all: &[Fixture]) -> Result<Self, Stop> {
        let filter = match Rule::find(text.trim_end_matches('/')) {
            Some(rule) => Self::Rule(rule),
            None if all.iter().any(|fixture| fixture.id == text) => Self::Scenario(text.into()),
            None => Self::Part(text.into()),
        };
        if all.iter().any(|fixture| filter.takes(fixture)) {
            return Ok(filter);
        }
        if let Some(hint) = file_hint(text) {
            return Err(Stop::usage(format!("no scenario is named `{text}`{hint}")));
        }
        let names = RULES.iter().map(|rule| rule.id).chain(all.iter().map(|fixture| fixture.id.as_str()));
        Err(Stop::usage(format!("no scenario is named `{text}`{} (`sockspec list` lists the rules)", nearest(text, names))))
    }

    fn takes(&self, fixture: &Fixture) -> bool {
        match self {
            Self::Rule(rule) => fixture.scenario.rule == *rule,
            Self::Scenario(id) => fixture.id == *id,
            Self::Part(text) => fixture.id.contains(text),
        }
    }

    /// The scenarios that any of the texts means; all, where there is no text.
    ///
    /// # Errors
    /// One of them means nothing.
    pub(super) fn select(texts: &[String], all: Vec<Fixture>) -> Result<Vec<Fixture>, Stop> {
        let filters = texts.iter().map(|text| Self::parse(text, &all)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|fixture| filters.is_empty() || filters.iter().any(|filter| filter.takes(fixture))).collect())
    }
}

/// What somebody means who names a file.
fn file_hint(text: &str) -> Option<String> {
    let file = Path::new(text);
    if !file.is_file() {
        None
    } else if file.extension().is_some_and(|ending| ending == "transcript") {
        Some(": it is a file; --fixtures DIR plays those in a folder".into())
    } else {
        Some(format!(": it is a file; if it is the program to judge, write --server {text} or --client {text}"))
    }
}
