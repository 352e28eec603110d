//! Copies a folder, so that nothing that is built or played in the copy changes it.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// How much a folder holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    /// The sum of its files, in bytes.
    pub bytes: u64,
    /// Its files and folders.
    pub entries: u64,
}

impl Size {
    /// The most that is copied at all. A source tree is much smaller; a folder with a disk image is not meant.
    pub const MOST: Self = Self { bytes: 512 << 20, entries: 50_000 };

    fn exceeds(self, most: Self) -> bool {
        self.bytes > most.bytes || self.entries > most.entries
    }
}

/// Whether a folder holds at most so much.
pub(super) fn fits(folder: &Path, most: Size) -> bool {
    let mut sum = Size::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { return false };
            sum.entries += 1;
            sum.bytes += if metadata.is_file() { metadata.len() } else { 0 };
            if sum.exceeds(most) {
                return false;
            }
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    true
}

/// Removes a folder with all that is in it, also where a program has taken away the right to do so.
pub(crate) fn remove(folder: &Path) {
    if fs::remove_dir_all(folder).is_ok() {
        return;
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()));
    }
    let _ = fs::remove_dir_all(folder);
}

/// Copies all files and folders, the files with their permissions. Links stay links. Pipes, sockets and devices are left out.
///
/// # Errors
/// A file cannot be read or written, or the folder is too large.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    copy_into(from, to, &mut Size::default())
}

/// Copies a file with its time: `make` would take a program that is older than its source for a newer one.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let time = fs::metadata(from)?.modified()?;
    fs::copy(from, to)?;
    // A file that may only be read cannot be opened for this. Then the time does not matter: nothing builds it again.
    if let Ok(file) = fs::OpenOptions::new().write(true).open(to) {
        file.set_modified(time)?;
    }
    Ok(())
}

fn copy_into(from: &Path, to: &Path, sum: &mut Size) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        sum.entries += 1;
        if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, target)?;
        } else if kind.is_dir() {
            copy_into(&entry.path(), &target, sum)?;
        } else if kind.is_file() {
            sum.bytes += entry.metadata()?.len();
            if !sum.exceeds(Size::MOST) {
                copy_file(&entry.path(), &target)?;
            }
        }
        if sum.exceeds(Size::MOST) {
            let Size { bytes, entries } = Size::MOST;
            return Err(io::Error::other(format!("it has more than {} MiB, or more than {entries} files", bytes >> 20)));
        }
    }
    Ok(())
}
