//! Fixtures: scenarios in files. They are built in, or belong to the user.

use crate::spec::dialect::Dialect;
use crate::spec::notation::ParseError;
use crate::spec::transcript::Scenario;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One scenario with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixture {
    /// Its path below the folder of fixtures, without the ending: `server/exit-split/in-the-middle`.
    pub id: String,
    /// Its file, for messages.
    pub file: String,
    /// The scenario in the file.
    pub scenario: Scenario,
    /// The dialect in whose words the scenario is written. None: the tutorial's, or those of the course that it was written for.
    pub words: Option<Arc<Dialect>>,
}

/// Why fixtures cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// A mistake in a file.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// A file or a folder that cannot be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// Its path.
        path: PathBuf,
        /// The answer of the system.
        error: io::Error,
    },
    /// A folder without fixtures.
    #[error("{}: there is no file in it whose name ends with .transcript", .0.display())]
    Empty(PathBuf),
}

static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));

/// The built-in fixtures in the words of the tutorial, in the order of their names.
///
/// # Errors
/// A mistake in one of them, which the tests of this project exclude.
pub fn built_in() -> Result<Vec<Fixture>, FixtureError> {
    Ok(all_built_in()?.into_iter().filter(|fixture| fixture.words.is_none()).collect())
}

/// All built-in fixtures: first those in the words of the tutorial, then those of rules and conversations that the tutorial does not have. They
/// are written in the words of a built-in dialect, and are in a folder of its name.
///
/// # Errors
/// A mistake in one of them, which the tests of this project exclude.
pub fn all_built_in() -> Result<Vec<Fixture>, FixtureError> {
    let parse = |&(path, text): &(&str, &str)| {
        let file = format!("fixtures/{path}.transcript");
        let scenario = Scenario::parse(&file, text)?;
        let (folder, rest) = path.split_once('/').unwrap_or((path, path));
        let words = Dialect::built_in(folder);
        let id = if words.is_some() { rest } else { path };
        Ok(Fixture { id: id.to_owned(), file, scenario, words })
    };
    let mut all = BUILT_IN.iter().map(parse).collect::<Result<Vec<_>, FixtureError>>()?;
    all.sort_by_key(|fixture| fixture.words.is_some());
    Ok(all)
}

/// The fixtures in a folder and the folders below it, in the order of their names.
///
/// # Errors
/// The first file or folder that cannot be read, the first mistake in a file, or a folder without fixtures.
pub fn load(folder: &Path) -> Result<Vec<Fixture>, FixtureError> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        return Err(FixtureError::Empty(folder.to_owned()));
    }
    let parse = |path: PathBuf| {
        let bytes = fs::read(&path).map_err(|error| FixtureError::Read { path: path.clone(), error })?;
        let file = path.display().to_string();
        let text = String::from_utf8(bytes).map_err(|error| ParseError::no_text(&file, error.as_bytes(), error.utf8_error()))?;
        let scenario = Scenario::parse(&file, &text)?;
        let id = path.strip_prefix(folder).unwrap_or(&path).with_extension("").display().to_string();
        Ok(Fixture { id, file, scenario, words: None })
    };
    paths.into_iter().map(parse).collect()
}

/// Adds fixtures. A new fixture replaces an old one with the same name.
pub fn add(fixtures: &mut Vec<Fixture>, more: Vec<Fixture>) {
    fixtures.retain(|old| more.iter().all(|new| new.id != old.id));
    fixtures.extend(more);
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), FixtureError> {
    let unreadable = |error| FixtureError::Read { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Do not follow links to folders: they may lead back here.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            collect(&entry.path(), paths)?;
        } else if entry.path().extension().is_some_and(|ending| ending == "transcript") {
            paths.push(entry.path());
        }
    }
    Ok(())
}
