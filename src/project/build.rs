//! Building programs before they are judged.

use super::{Program, Project};
use crate::spec::notation::ParseError;
use crate::stage::command::Command;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{self, ExitStatus, Stdio};

/// How much of a build's output is told: mistakes stand at its end.
const TOLD: i64 = 16 << 10;

/// Why a program could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The file asks for something that is not there.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// The command did not succeed.
    #[error("{name} cannot be built: `{command}` {}{}", ended(*.status), said(.output))]
    Failed {
        /// Which program.
        name: String,
        /// What builds it.
        command: String,
        /// How that ended.
        status: ExitStatus,
        /// The end of what it printed.
        output: String,
    },
    /// The command could not be started.
    #[error("{name} cannot be built: `{command}`: {error}")]
    Unstarted {
        /// Which program.
        name: String,
        /// What builds it.
        command: String,
        /// Why.
        error: io::Error,
    },
}

fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with status {code}"),
        (None, signal) => format!("was killed by signal {}", signal.unwrap_or_default()),
    }
}

fn said(output: &str) -> String {
    if output.is_empty() {
        return ", and printed nothing".into();
    }
    let lines: String = output.lines().map(|line| format!("\n  {line}")).collect();
    format!(":{lines}")
}

impl Project {
    /// What builds a program, and where; nothing where it need not be built. Programs of the same recipe are built together.
    pub fn recipe<'a>(&self, program: &'a Program) -> Option<(&'a str, Option<&'a str>)> {
        let build = program.build.as_ref()?;
        Some((build.get_ref(), program.directory.as_ref().map(|directory| directory.get_ref().as_str())))
    }

    /// Builds a program. What the command prints is kept, and told only if it fails.
    ///
    /// # Errors
    /// The command is not there, or does not succeed.
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

/// Runs a command to its end. A file takes what it prints, because a pipe is open for as long as anything that the command left behind.
fn run(command: &Command, directory: Option<PathBuf>) -> io::Result<(ExitStatus, String)> {
    let mut printed = tempfile::tempfile()?;
    let words = command.words(0);
    let mut process = process::Command::new(command.program());
    process.arg0(&words[0]).args(&words[1..]);
    if let Some(directory) = directory {
        process.env("PWD", &directory).current_dir(directory);
    }
    let status = process.stdin(Stdio::null()).stdout(printed.try_clone()?).stderr(printed.try_clone()?).status()?;
    Ok((status, end_of(&mut printed)?))
}

/// The end of a file, without what would make a terminal do something else than show it.
fn end_of(file: &mut File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::End(-TOLD.min(i64::try_from(length).unwrap_or(TOLD))))?;
    let mut bytes = Vec::new();
    // Something that the command left behind may still be printing.
    file.take(TOLD as u64).read_to_end(&mut bytes)?;
    let text = anstream::adapter::strip_bytes(&bytes).into_vec();
    let shown = String::from_utf8_lossy(&text).chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect::<String>();
    Ok(shown.trim_end().to_owned())
}
