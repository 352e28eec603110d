//! The project file, `sockspec.toml`: programs with names, options, and failures that are known.

mod build;
mod parse;

pub use build::BuildError;

use crate::run::known_failure::KnownFailure;
use crate::spec::fixture::Fixture;
use crate::spec::notation::ParseError;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Rule;
use crate::spec::suggest::nearest;
use crate::stage::command::{Command, CommandError};
use crate::stage::{Isolation, Limit};
use parse::Source;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// Its name. It is looked for in the working directory and nowhere else, so that nobody is judged by a file that they do not see.
pub use crate::run::known_failure::PROJECT_FILE as FILE;

/// What the file says.
#[derive(Clone, Debug)]
pub struct Project {
    /// What holds where the command line does not say otherwise.
    pub options: Wishes,
    fixtures: Option<Spanned<String>>,
    programs: Vec<Program>,
    pairs: Vec<Pair>,
    known: Vec<Known>,
    text: String,
}

/// Options that the command line has, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Whether SHOULD counts.
    pub strict: Option<bool>,
    /// What a program gets for each single thing.
    pub timeout: Option<Duration>,
    /// How many scenarios run at once.
    pub jobs: Option<u16>,
    /// Where programs run.
    pub isolation: Option<Isolation>,
    /// What a program may use of the machine, in the order of the file.
    pub limits: Vec<Limit>,
}

/// A program that has a name.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its part.
    pub role: Role,
    command: Spanned<String>,
    build: Option<Spanned<String>>,
    directory: Option<Spanned<String>>,
}

/// Two programs that talk to each other, by their places in the file.
#[derive(Clone, Debug)]
struct Pair {
    name: String,
    server: usize,
    client: usize,
}

/// A known failure, and where it names what fails.
#[derive(Clone, Debug)]
struct Known {
    failure: KnownFailure,
    /// It is a case's name, which only whoever has the fixtures can look up.
    case: Option<usize>,
}

/// What is judged under one name: a program, or a server and its client.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    /// The name.
    pub name: &'a str,
    /// The programs, a server before its client.
    pub programs: Vec<&'a Program>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// It cannot be read.
    #[error("{FILE}: {0}")]
    Read(#[from] io::Error),
    /// It says something that cannot be.
    #[error("{0}")]
    Parse(#[from] ParseError),
}

impl Choice<'_> {
    /// What the rules that it is judged by are about.
    pub fn part(&self) -> Part {
        if let [program] = self.programs[..] { program.role.into() } else { Part::Pair }
    }
}

impl Project {
    /// The working directory's file, if it has one.
    ///
    /// # Errors
    /// It cannot be read, or the first mistake in it.
    pub fn find() -> Result<Option<Self>, ProjectError> {
        match fs::read(FILE) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))?;
                Ok(Some(Self::parse(&text)?))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All that can be judged, in the order of the file: first the programs, then those that talk to each other.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        let alone = self.programs.iter().map(|program| Choice { name: &program.name, programs: vec![program] });
        let together = self
            .pairs
            .iter()
            .map(|Pair { name, server, client }| Choice { name, programs: vec![&self.programs[*server], &self.programs[*client]] });
        alone.chain(together).collect()
    }

    /// What these names mean; without a name, everything.
    ///
    /// # Errors
    /// There is nothing of that name.
    pub fn choose(&self, names: &[String]) -> Result<Vec<Choice<'_>>, String> {
        let choices = self.choices();
        if choices.is_empty() {
            return Err(format!("{FILE} names no program to judge: write [subject.NAME] there, and below it role = … and command = …"));
        }
        if let Some(stranger) = names.iter().find(|name| choices.iter().all(|choice| choice.name != **name)) {
            let hint = nearest(stranger, choices.iter().map(|choice| choice.name));
            return Err(format!("{FILE} has no subject `{stranger}`{hint}"));
        }
        Ok(choices.into_iter().filter(|choice| names.is_empty() || names.iter().any(|name| choice.name == name)).collect())
    }

    /// The folder of scenarios that it names.
    ///
    /// # Errors
    /// It is not there: with the place in the file.
    pub fn fixtures(&self) -> Result<Option<PathBuf>, ParseError> {
        self.fixtures.as_ref().map(|given| self.folder(given)).transpose()
    }

    /// How a program is started.
    ///
    /// # Errors
    /// It is not there, or its directory is not: with the place in the file.
    pub fn command(&self, program: &Program) -> Result<Command, ParseError> {
        let directory = self.directory(program)?;
        let command = Command::parse_in(program.command.get_ref(), directory.as_deref());
        command.map_err(|error| self.source().error(program.command.span().start, error.to_string()))
    }

    /// What is known to fail where this is judged. A pair has what its programs have: what cannot be judged because of it is excused, too.
    pub fn known_failures(&self, choice: &Choice<'_>) -> Vec<KnownFailure> {
        let concerns = |name: &str| name == choice.name || choice.programs.iter().any(|program| program.name == name);
        let failures = self.known.iter().map(|known| &known.failure);
        failures.filter(|failure| failure.subject.as_deref().is_none_or(concerns)).cloned().collect()
    }

    /// Makes sure that the cases exist that are known to fail.
    ///
    /// # Errors
    /// One does not, or nothing in the file is judged by it.
    pub fn look_up(&self, fixtures: &[Fixture]) -> Result<(), ParseError> {
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

    /// Whether something that a failure concerns is judged by rules of this part.
    fn expect_judged(&self, failure: &KnownFailure, part: Part) -> Result<(), String> {
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

    /// Where a program is built and started, if that is not here.
    fn directory(&self, program: &Program) -> Result<Option<PathBuf>, ParseError> {
        let Some(given) = &program.directory else { return Ok(None) };
        let folder = std::path::absolute(self.folder(given)?);
        folder.map(Some).map_err(|error| self.source().error(given.span().start, error.to_string()))
    }

    fn folder(&self, given: &Spanned<String>) -> Result<PathBuf, ParseError> {
        let folder = PathBuf::from(given.get_ref());
        let mistake = || self.source().error(given.span().start, format!("there is no folder `{}` here", given.get_ref()));
        if folder.is_dir() { Ok(folder) } else { Err(mistake()) }
    }

    fn source(&self) -> Source<'_> {
        Source { text: &self.text }
    }
}

/// What is wrong with a command however often one builds.
fn miswritten(command: Result<Command, CommandError>) -> Option<CommandError> {
    command.err().filter(|error| !is_mended_by_building(error))
}

fn is_mended_by_building(error: &CommandError) -> bool {
    use CommandError::{Interpreter, Missing, NotExecutable, Spaces};
    matches!(error, Missing(..) | NotExecutable(..) | Spaces { .. } | Interpreter { .. })
}

/// Where a program is started, as far as its words are concerned.
const HERE: Option<&Path> = None;
