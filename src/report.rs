//! Reports: one file a format, all made from the same finished run. A report cannot fail but for its destination.

mod human;
mod json;

use crate::suggest::nearest;
use crate::suite::Run;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

/// What a report depends on besides the run.
#[derive(Clone, Debug)]
pub struct Context {
    /// Whether SHOULD counts.
    pub is_strict: bool,
    /// The words with which one case is run again, but for its name.
    pub again: Again,
    /// How many columns a line has.
    pub width: usize,
}

/// How to run one case again.
#[derive(Clone, Debug)]
pub enum Again {
    /// With `sockspec check …` and these options, the subjects apart.
    Check(String),
    /// The built-in pair has no command.
    BuiltIn,
    /// The case is no fixture yet.
    Fixture,
}

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// For other programs.
    Json,
}

const FORMATS: [(&str, Format); 2] = [("human", Format::Human), ("json", Format::Json)];

/// `FORMAT` or `FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// What is written.
    pub format: Format,
    /// Where; nothing means stdout.
    pub path: Option<PathBuf>,
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        let format =
            format.ok_or_else(|| format!("the formats are human and json{}", nearest(name, FORMATS.iter().map(|(known, _)| *known))))?;
        if path == Some("") {
            return Err(format!("the path is missing: {name}=PATH"));
        }
        Ok(Self { format, path: path.map(PathBuf::from) })
    }
}

/// A destination that cannot be written to.
#[derive(Debug)]
pub struct Unwritable {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the report cannot be written to {}: {}", self.path.display(), self.error)
    }
}

/// A destination that is known to be writable: asked before the run, because afterwards it would be too late.
pub struct Opened {
    format: Format,
    file: Option<(File, PathBuf)>,
}

impl Destination {
    /// Makes sure that it can be written to. What the file holds stays until there is a report.
    ///
    /// # Errors
    /// It cannot be written to.
    pub fn open(self) -> Result<Opened, Unwritable> {
        let file = match self.path {
            Some(path) => match OpenOptions::new().write(true).create(true).truncate(false).open(&path) {
                Ok(file) => Some((file, path)),
                Err(error) => return Err(Unwritable { path, error }),
            },
            None => None,
        };
        Ok(Opened { format: self.format, file })
    }
}

impl Opened {
    /// Writes the report; `stdout` takes what has no file.
    ///
    /// # Errors
    /// The destination is full, or gone.
    pub fn write(self, run: &Run, context: &Context, stdout: &mut dyn Write) -> io::Result<()> {
        let Some((mut file, _)) = self.file else { return self.format.write(run, context, stdout) };
        // A device cannot be cut short, and need not be.
        let _ = file.set_len(0);
        let mut text = Vec::new();
        self.format.write(run, context, &mut anstream::StripStream::new(&mut text))?;
        file.write_all(&text)
    }
}

impl Format {
    /// Writes a report in this format.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, run: &Run, context: &Context, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Human => human::write(run, context, out),
            Self::Json => json::write(run, context, out),
        }
    }
}
