//! Known failures: which subjects have them, and whether they can happen at all.

use super::choice::Choice;
use super::file::{Known, Project};
use crate::run::known_failure::KnownFailure;
use crate::spec::fixture::Fixture;
use crate::spec::notation::ParseError;
use crate::spec::role::Part;
use crate::spec::rule::Rule;
use crate::spec::suggest::nearest;

impl Project {
    /// The known failures of a subject. A pair has those of its programs, too.
    pub fn known_failures(&self, choice: &Choice<'_>) -> Vec<KnownFailure> {
        let concerns = |name: &str| name == choice.name || choice.programs.iter().any(|program| program.name == name);
        let failures = self.known.iter().map(|known| &known.failure);
        failures.filter(|failure| failure.subject.as_deref().is_none_or(concerns)).cloned().collect()
    }

    /// Checks that each known failure names a scenario that exists, and that some subject of the file plays it.
    ///
    /// # Errors
    /// The first known failure for which this is not so.
    pub fn check_cases(&self, fixtures: &[Fixture]) -> Result<(), ParseError> {
        for Known { failure, case } in &self.known {
            let Some(at) = *case else { continue };
            let id = &failure.of;
            let Some(fixture) = fixtures.iter().find(|fixture| fixture.id == *id) else {
                let hint = match Rule::find(id) {
                    Some(_) => format!(": it is a rule, so write rule = \"{id}\""),
                    None => nearest(id, fixtures.iter().map(|fixture| fixture.id.as_str())),
                };
                return Err(self.source().error(at, format!("no scenario is named `{id}`{hint}")));
            };
            self.expect_judged(failure, fixture.scenario.subject()).map_err(|message| self.source().error(at, message))?;
        }
        Ok(())
    }

    /// Checks that rules of this part apply to a subject that the failure names, or to any subject if it names none.
    pub(super) fn expect_judged(&self, failure: &KnownFailure, part: Part) -> Result<(), String> {
        let choices = self.choices();
        let mut concerned = choices.iter().filter(|choice| failure.subject.as_deref().is_none_or(|name| name == choice.name));
        if concerned.any(|choice| choice.part() == part) {
            return Ok(());
        }
        Err(match (&failure.subject, part) {
            (Some(name), _) => format!("{name} is never judged by `{}`, which is about the {part}", failure.of),
            (None, Part::Pair) => format!("nothing here is judged by `{}`: no two programs talk to each other", failure.of),
            (None, _) => format!("nothing here is judged by `{}`: no subject is a {part}", failure.of),
        })
    }
}
