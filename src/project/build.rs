//! Builds programs before they are judged.

use super::file::{Program, Project};
use crate::spec::notation::ParseError;
use crate::stage::command::Command;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{self, ExitStatus, Stdio};

/// How many bytes of a build's output to show, from its end: compilers print the errors last.
const LONGEST: i64 = 16 << 10;

/// Why a program could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A command or a directory does not exist.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// The command failed.
    #[error("{name} cannot be built: `{command}` {}{}", ended(*.status), printed(.output))]
    Failed {
        /// The program.
        name: String,
        /// The command that builds it.
        command: String,
        /// How the command ended.
        status: ExitStatus,
        /// The end of its output.
        output: String,
    },
    /// The command could not be started.
    #[error("{name} cannot be built: `{command}`: {error}")]
    Unstarted {
        /// The program.
        name: String,
        /// The command that builds it.
        command: String,
        /// The reason.
        error: io::Error,
    },
}

fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with status {code}"),
        (None, signal) => format!("was killed by signal {}", signal.unwrap_or_default()),
    }
}

fn printed(output: &str) -> String {
    if output.is_empty() {
        return ", and printed nothing".into();
    }
    let lines: String = output.lines().map(|line| format!("\n  {line}")).collect();
    format!(":{lines}")
}

impl Project {
    /// The command that builds a program, and its directory, if the program has a build. Programs with the same recipe need one build.
    pub fn recipe<'a>(&self, program: &'a Program) -> Option<(&'a str, Option<&'a str>)> {
        let build = program.build.as_ref()?;
        Some((build.get_ref(), program.directory.as_ref().map(|directory| directory.get_ref().as_str())))
    }

    /// Builds a program. The error has the output of the command.
    ///
    /// # Errors
    /// The command does not exist, or fails.
    pub fn build(&self, program: &Program) -> Result<(), BuildError> {
        let Some(build) = &program.build else { return Ok(()) };
        let directory = self.directory(program)?;
        let command = Command::plain(build.get_ref(), directory.as_deref());
        let command = command.map_err(|error| self.source().error(build.span().start, error.to_string()))?;
        let (name, shown) = (program.name.clone(), build.get_ref().clone());
        match run(&command, directory) {
            Ok((status, _)) if status.success() => Ok(()),
            Ok((status, output)) => Err(BuildError::Failed { name, command: shown, status, output }),
            Err(error) => Err(BuildError::Unstarted { name, command: shown, error }),
        }
    }
}

/// Runs a command. Its output goes to a file: a pipe would stay open as long as a background process of the command.
fn run(command: &Command, directory: Option<PathBuf>) -> io::Result<(ExitStatus, String)> {
    let mut printed = tempfile::tempfile()?;
    let words = command.words(Command::NOWHERE);
    let mut process = process::Command::new(command.program());
    process.arg0(&words[0]).args(&words[1..]);
    if let Some(directory) = directory {
        process.env("PWD", &directory).current_dir(directory);
    }
    let status = process.stdin(Stdio::null()).stdout(printed.try_clone()?).stderr(printed.try_clone()?).status()?;
    Ok((status, end_of(&mut printed)?))
}

/// The end of a file, without control characters.
fn end_of(file: &mut File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::End(-LONGEST.min(i64::try_from(length).unwrap_or(LONGEST))))?;
    let mut bytes = Vec::new();
    // A background process of the command may still print.
    file.take(LONGEST as u64).read_to_end(&mut bytes)?;
    let text = anstream::adapter::strip_bytes(&bytes).into_vec();
    let shown = String::from_utf8_lossy(&text).chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect::<String>();
    Ok(shown.trim_end().to_owned())
}
