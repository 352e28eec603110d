//! The folders of a class.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of one student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The name for reports: that of the folder, or its path where two have the same name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// Why there is no class.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The path names nothing, or no folder.
    #[error("there is no folder `{}`", .0.display())]
    Missing(PathBuf),
    /// The folder cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// There is nothing to judge.
    #[error("there is no folder in `{}`: a class is a folder with one folder for each student", .0.display())]
    Empty(PathBuf),
}

/// The folders that these paths mean. If there is one path, and this folder has only folders in it, they are meant: `submissions` is then
/// the same as `submissions/*`. With the star, files between the folders do not matter. Hidden files and folders do not count.
///
/// # Errors
/// A path is no folder, or there is no folder at all.
pub fn folders(paths: &[PathBuf]) -> Result<Vec<Folder>, FolderError> {
    if let [only] = paths
        && only.ends_with("*")
        && let Some(parent) = only.parent()
    {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        if !parent.is_dir() {
            return Err(FolderError::Missing(parent.to_owned()));
        }
        let (all, _) = within(parent)?;
        return if all.is_empty() { Err(FolderError::Empty(parent.to_owned())) } else { Ok(named(&all)) };
    }
    if let Some(missing) = paths.iter().find(|path| !path.is_dir()) {
        return Err(FolderError::Missing(missing.clone()));
    }
    let all = match paths {
        [only] => match within(only)? {
            (all, false) => all,
            (_, true) => vec![only.clone()],
        },
        several => several.to_vec(),
    };
    if all.is_empty() {
        return Err(FolderError::Empty(paths.first().cloned().unwrap_or_default()));
    }
    Ok(named(&all))
}

/// The folders in this folder, in the order of their names, and whether there is something else in it.
fn within(folder: &Path) -> Result<(Vec<PathBuf>, bool), FolderError> {
    let unreadable = |error| FolderError::Unreadable(folder.to_owned(), error);
    let (mut all, mut has_others) = (Vec::new(), false);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.path().is_dir() {
            all.push(entry.path());
        } else {
            has_others = true;
        }
    }
    all.sort();
    Ok((all, has_others))
}

/// Gives each folder a name of its own.
fn named(paths: &[PathBuf]) -> Vec<Folder> {
    let name = |path: &PathBuf| {
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
    };
    let names: Vec<String> = paths.iter().map(name).collect();
    let is_unique = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
    let mut seen = BTreeSet::new();
    let folder = |(path, name): (&PathBuf, &String)| {
        let name = if is_unique(name) { name.clone() } else { path.display().to_string() };
        Folder { name, path: path.clone() }
    };
    // A path that stands there twice is one folder.
    paths.iter().zip(&names).map(folder).filter(|folder| seen.insert(folder.name.clone())).collect()
}
