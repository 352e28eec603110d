//! Filters: which scenarios the command line selects.

use super::stop::Stop;
use crate::spec::fixture::Fixture;
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;
use std::path::Path;

/// The name of a rule selects this rule only, and not rules whose names begin with it. The name of a scenario selects this scenario only.
/// Any other text selects all scenarios whose names contain it.
pub(super) enum Filter {
    Rule(&'static Rule),
    Scenario(String),
    Part(String),
}

impl Filter {
    /// The filter that a word of the command line means.
    ///
    /// # Errors
    /// The filter selects none of these scenarios.
    pub(super) fn parse(text: &str, all: &[Fixture]) -> Result<Self, Stop> {
        let filter = Self::of(text, all);
        if all.iter().any(|fixture| filter.takes(fixture)) {
            return Ok(filter);
        }
        if Path::new(text).is_file() {
            return Err(Stop::usage(format!("no scenario is named `{text}`: it is a file; --fixtures DIR plays those in a folder")));
        }
        let names = RULES.iter().map(|rule| rule.id).chain(all.iter().map(|fixture| fixture.id.as_str()));
        Err(Stop::usage(format!("no scenario is named `{text}`{} (`sockspec list` lists the rules)", nearest(text, names))))
    }

    fn of(text: &str, all: &[Fixture]) -> Self {
        match Rule::find(text.trim_end_matches('/')) {
            Some(rule) => Self::Rule(rule),
            None if all.iter().any(|fixture| fixture.id == text) => Self::Scenario(text.into()),
            None => Self::Part(text.into()),
        }
    }

    fn takes(&self, fixture: &Fixture) -> bool {
        match self {
            Self::Rule(rule) => fixture.scenario.rule == *rule,
            Self::Scenario(id) => fixture.id == *id,
            Self::Part(text) => fixture.id.contains(text),
        }
    }

    /// Tells programs from filters: a program selects no scenario, and is a file or has several words.
    pub(super) fn is_program(text: &str, all: &[Fixture]) -> bool {
        let is_transcript = Path::new(text).extension().is_some_and(|ending| ending == "transcript");
        let names_program = text.contains(char::is_whitespace) || text.starts_with(['.', '/', '~']) || Path::new(text).is_file();
        let filter = Self::of(text, all);
        names_program && !is_transcript && !all.iter().any(|fixture| filter.takes(fixture))
    }

    /// The scenarios that any of the texts selects; all, if there is no text.
    ///
    /// # Errors
    /// One of the texts selects nothing.
    pub(super) fn select(texts: &[String], all: Vec<Fixture>) -> Result<Vec<Fixture>, Stop> {
        let filters = texts.iter().map(|text| Self::parse(text, &all)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|fixture| filters.is_empty() || filters.iter().any(|filter| filter.takes(fixture))).collect())
    }
}
