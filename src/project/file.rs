//! The content of the project file.

use crate::class::Orders;
use crate::run::known_failure::{KnownFailure, PROJECT_FILE as FILE};
use crate::run::weights::Weights;
use crate::spec::notation::ParseError;
use crate::spec::role::Role;
use crate::spec::source::Source;
use crate::stage::command::Command;
use crate::stage::{Isolation, Limit};
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;

/// The content of the file.
#[derive(Clone, Debug)]
pub struct Project {
    /// Defaults: the command line can override each of them.
    pub options: Options,
    pub(super) fixtures: Option<Spanned<String>>,
    /// The dialect of all programs that have none of their own: a file, or the name of a built-in one.
    pub dialect: Option<String>,
    pub(super) programs: Vec<Program>,
    pub(super) pairs: Vec<Pair>,
    pub(super) known: Vec<Known>,
    /// What each rule is worth.
    pub weights: Weights,
    /// The class, if the file describes one.
    pub class: Option<Class>,
    pub(super) text: String,
}

/// A class: a folder for each student.
#[derive(Clone, Debug)]
pub struct Class {
    /// How to build a folder, and how to start its programs.
    pub orders: Orders,
    pub(super) directory: Spanned<String>,
}

/// Options that the command line has, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether SHOULD counts like MUST.
    pub strict: Option<bool>,
    /// Time limit for each step.
    pub timeout: Option<Duration>,
    /// Number of scenarios to run at once.
    pub jobs: Option<u16>,
    /// Where programs run.
    pub isolation: Option<Isolation>,
    /// Whether programs write into their folder itself.
    pub keep_files: bool,
    /// Limits for what a program may use, in the order of the file.
    pub limits: Vec<Limit>,
}

/// A program with a name.
#[derive(Clone, Debug)]
pub struct Program {
    /// The name.
    pub name: String,
    /// Its role.
    pub role: Role,
    pub(super) command: Spanned<String>,
    pub(super) build: Option<Spanned<String>>,
    pub(super) directory: Option<Spanned<String>>,
    /// Its dialect, if it has one of its own: a file, or the name of a built-in one.
    pub dialect: Option<String>,
}

/// Two programs that talk to each other, by their places in the file.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) server: usize,
    pub(super) client: usize,
}

/// A known failure.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) failure: KnownFailure,
    /// If it names a scenario: the byte of the name in the file. [`Project::check_cases`] checks the name, because parsing has no fixtures.
    pub(super) case: Option<usize>,
}

impl Class {
    /// The path of the folders.
    pub fn folders(&self) -> Vec<PathBuf> {
        vec![PathBuf::from(self.directory.get_ref())]
    }
}

impl Project {
    /// The folder of the user's own scenarios.
    ///
    /// # Errors
    /// There is no such folder. The error names the place in the file.
    pub fn fixtures(&self) -> Result<Option<PathBuf>, ParseError> {
        self.fixtures.as_ref().map(|given| self.folder(given)).transpose()
    }

    /// The command that starts a program.
    ///
    /// # Errors
    /// The program or its directory does not exist. The error names the place in the file.
    pub fn command(&self, program: &Program) -> Result<Command, ParseError> {
        let directory = self.directory(program)?;
        let command = Command::parse_in(program.command.get_ref(), directory.as_deref());
        command.map_err(|error| self.source().error(program.command.span().start, error.to_string()))
    }

    /// The directory in which to build and start a program, if the file names one.
    pub(super) fn directory(&self, program: &Program) -> Result<Option<PathBuf>, ParseError> {
        let Some(given) = &program.directory else { return Ok(None) };
        let folder = std::path::absolute(self.folder(given)?);
        folder.map(Some).map_err(|error| self.source().error(given.span().start, error.to_string()))
    }

    fn folder(&self, given: &Spanned<String>) -> Result<PathBuf, ParseError> {
        let folder = PathBuf::from(given.get_ref());
        let mistake = || self.source().error(given.span().start, format!("there is no folder `{}` here", given.get_ref()));
        if folder.is_dir() { Ok(folder) } else { Err(mistake()) }
    }

    pub(super) fn source(&self) -> Source<'_> {
        Source { file: FILE, text: &self.text }
    }
}
