//! The folders that belong to a program.

use super::policy::Files;
use crate::stage::protocol::Program;
use rustix::fs::{Access, access};
use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

/// The folders that these programs run in, and those of their files: no folder is within another one. `here` is the harness's own folder.
///
/// The folder of a file counts if the user has named it, as in `./server` or `/home/ann/server`. A program that is found on PATH, such as
/// an interpreter, belongs to the system.
pub(super) fn of(programs: &[Program], here: Option<&Path>, files: Files) -> Vec<PathBuf> {
    let mut all = BTreeSet::new();
    for program in programs {
        all.extend(program.directory.as_deref().or(here).map(real));
        let is_named = program.words.first().is_some_and(|word| word.contains('/'));
        // A stranger's program has one folder.
        if is_named && files != Files::Alone {
            all.extend(program.file.parent().map(real).filter(|folder| !is_on_path(folder)));
        }
    }
    // Where nothing can be written, nothing needs to be undone.
    outermost(&all).filter(|folder| *folder != Path::new("/") && access(*folder, Access::WRITE_OK).is_ok()).cloned().collect()
}

/// Those of these folders that are in no other one.
pub(super) fn outermost(all: &BTreeSet<PathBuf>) -> impl Iterator<Item = &PathBuf> {
    all.iter().filter(|folder| folder.ancestors().skip(1).all(|outer| !all.contains(outer)))
}

pub(super) fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

fn is_on_path(folder: &Path) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|each| real(&each) == folder))
}
