//! The folders of a class.

use super::programs::is_program;
use super::recipe::ending;
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

/// The folders that these paths mean. If there is one path, and this folder has folders and no source code in it, they are meant:
/// `submissions` is then the same as `submissions/*`. Hidden files and folders do not count.
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
            _ => vec![only.clone()],
        },
        several => several.to_vec(),
    };
    if all.is_empty() {
        return Err(FolderError::Empty(paths.first().cloned().unwrap_or_default()));
    }
    Ok(named(&all))
}

/// The folders in this folder, in the order of their names, and whether there is source code or a program beside them.
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
            has_others |= is_work(&entry.path());
        }
    }
    all.sort();
    Ok((all, has_others))
}

/// Whether a student hands in a file like this one: source code, a makefile, or a program. Marks and archives are the teacher's.
fn is_work(file: &Path) -> bool {
    const ENDINGS: [&str; 14] = ["c", "h", "cpp", "cc", "cxx", "hpp", "go", "rs", "java", "py", "js", "mjs", "pl", "rb"];
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.eq_ignore_ascii_case("makefile") || ENDINGS.contains(&ending(&name)) || is_program(file)
}

/// Gives each folder a name of its own. A folder that stands there twice is one.
fn named(paths: &[PathBuf]) -> Vec<Folder> {
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (mut seen, mut all) = (BTreeSet::new(), Vec::<Folder>::new());
    for path in paths.iter().filter(|path| seen.insert(real(path))) {
        let name = last(path).or_else(|| last(&real(path))).unwrap_or_else(|| path.display().to_string());
        all.push(Folder { name, path: path.clone() });
    }
    let names: Vec<String> = all.iter().map(|folder| folder.name.clone()).collect();
    let mut taken = BTreeSet::new();
    for folder in &mut all {
        if names.iter().filter(|name| **name == folder.name).count() > 1 {
            folder.name = folder.path.display().to_string();
        }
        // Two names that are no UTF-8 may look the same.
        let name = folder.name.clone();
        let mut numbers = 2..;
        while !taken.insert(folder.name.clone()) {
            folder.name = format!("{name} ({})", numbers.next().unwrap_or_default());
        }
    }
    all
}
