//! The subjects that the file offers: single programs and pairs.

use super::file::{Pair, Program, Project};
use crate::run::known_failure::PROJECT_FILE as FILE;
use crate::spec::role::Part;
use crate::spec::suggest::nearest;

/// A subject to judge: one program, or a server and its client.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    /// The name.
    pub name: &'a str,
    /// The programs, a server before its client.
    pub programs: Vec<&'a Program>,
}

impl Choice<'_> {
    /// The rules that apply: those of the server, of the client, or of the pair.
    pub fn part(&self) -> Part {
        if let [program] = self.programs[..] { program.role.into() } else { Part::Pair }
    }
}

impl Project {
    /// All subjects, in the order of the file: first the programs, then the pairs.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        let alone = self.programs.iter().map(|program| Choice { name: &program.name, programs: vec![program] });
        let together = self
            .pairs
            .iter()
            .map(|Pair { name, server, client }| Choice { name, programs: vec![&self.programs[*server], &self.programs[*client]] });
        alone.chain(together).collect()
    }

    /// The subjects with these names; without a name, all of them.
    ///
    /// # Errors
    /// No subject has that name.
    pub fn choose(&self, names: &[String]) -> Result<Vec<Choice<'_>>, String> {
        let choices = self.choices();
        if choices.is_empty() {
            return Err(format!("{FILE} names no program to judge: write [subject.NAME] there, and below it role = … and command = …"));
        }
        if let Some(unknown) = names.iter().find(|name| choices.iter().all(|choice| choice.name != **name)) {
            let hint = nearest(unknown, choices.iter().map(|choice| choice.name));
            return Err(format!("{FILE} has no subject `{unknown}`{hint}"));
        }
        Ok(choices.into_iter().filter(|choice| names.is_empty() || names.iter().any(|name| choice.name == name)).collect())
    }
}
