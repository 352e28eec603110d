//! What becomes of the files that programs write. Each scenario finds the folder of its programs as it was before the run: in private
//! namespaces, a layer over the folder takes what programs write (`overlay`); elsewhere, programs run in a copy (`copy`).

pub(crate) mod copy;
mod landlock;
pub(super) mod mounter;
pub(crate) mod mounts;
mod overlay;
mod policy;
mod roots;

use super::protocol::Request;
use copy::Size;
use mounter::Mounter;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) use landlock::write_only_in;
pub use policy::Files;

/// The largest folder that is copied for each scenario. Copying more takes longer than most scenarios. (Strangers' programs have nothing
/// else to write to, so their folder is copied anyway.)
const MOST_COPIED: Size = Size { bytes: 32 << 20, entries: 256 };

/// The most files and folders beside the folder that a program in a copy finds there, too.
const MOST_BESIDE: usize = 256;

/// Lays out the folders of programs before each scenario.
pub(super) struct Layout {
    files: Files,
    /// Who mounts layers over folders, as long as the system allows it.
    mounter: Option<Mounter>,
    /// The folder for copies, if copies may be made.
    place: Option<PathBuf>,
    /// Whether programs can write nowhere else than in the folder for copies.
    is_confined: bool,
    /// The copies for this scenario, each removed with it.
    copies: Vec<TempDir>,
    /// For each folder, whether it is small enough to be copied.
    is_small: BTreeMap<PathBuf, bool>,
}

impl Layout {
    /// A layout that makes its copies in this place. An empty path is none. `is_confined` says that programs can write nowhere else.
    pub fn new(files: Files, mounter: Option<Mounter>, place: &Path, is_confined: bool) -> Self {
        Self {
            files,
            mounter,
            is_confined,
            place: Some(place.to_owned()).filter(|place| *place != Path::new("")),
            copies: Vec::new(),
            is_small: BTreeMap::new(),
        }
    }

    /// Gives the programs of a scenario their folders as they were before the run. If the programs run in copies, the request says so
    /// afterwards. A folder that is too large for a copy, or cannot be read, is used itself.
    pub fn lay(&mut self, request: &mut Request) {
        self.copies.clear();
        if self.files == Files::Kept {
            return;
        }
        let here = env::current_dir().ok();
        let roots = roots::of(&request.programs, here.as_deref(), self.files);
        if let Some(mounter) = &mut self.mounter {
            if mounter.mount(&roots, self.files).is_ok() {
                // A folder under a layer stays open where a process is in it already.
                let _ = here.map(env::set_current_dir);
                return;
            }
            self.mounter = None;
        }
        let most = if self.files == Files::Alone { Size::MOST } else { MOST_COPIED };
        for root in &roots {
            let is_small = self.is_small.entry(root.clone()).or_insert_with(|| copy::fits(root, most));
            let place = self.place.as_ref().filter(|_| *is_small);
            let Some(copy) = place.and_then(|place| copy_of(root, place).ok()) else {
                *is_small = false;
                continue;
            };
            let target = copy.path().join(root.file_name().unwrap_or_default());
            let moved = |path: &Path| Some(target.join(roots::real(path).strip_prefix(root).ok()?));
            for program in &mut request.programs {
                let Some(directory) = program.directory.as_deref().or(here.as_deref()).and_then(moved) else { continue };
                program.directory = Some(directory);
                // The file may be a link, whose own name matters.
                if let (Some(folder), Some(name)) = (program.file.parent().and_then(moved), program.file.file_name()) {
                    program.file = folder.join(name);
                }
            }
            self.copies.push(copy);
        }
    }

    /// Whether strangers' programs can write to the user's files, because nothing here prevents it.
    pub fn is_exposed(&self) -> bool {
        self.files == Files::Alone && self.mounter.is_none() && !self.is_confined
    }
}

/// Copies a folder into a new one.
fn copy_of(folder: &Path, place: &Path) -> io::Result<TempDir> {
    let copy = tempfile::Builder::new().prefix("files-").tempdir_in(place)?;
    let name = folder.file_name().unwrap_or_default();
    copy::copy(folder, &copy.path().join(name))?;
    // A program may use what stands beside its folder.
    for other in fs::read_dir(folder.parent().unwrap_or(folder))?.flatten().filter(|other| other.file_name() != name).take(MOST_BESIDE) {
        symlink(other.path(), copy.path().join(other.file_name()))?;
    }
    Ok(copy)
}
