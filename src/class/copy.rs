//! Copies the folder of a student, so that nothing that is built or played there changes it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The most that a folder may hold, in bytes. A source tree is much smaller; a folder with a disk image is not meant.
const MOST_BYTES: u64 = 512 << 20;
/// The most files and folders.
const MOST_ENTRIES: u64 = 50_000;

/// How much has been copied.
#[derive(Default)]
struct Sum {
    bytes: u64,
    entries: u64,
}

/// Copies all files and folders, with their permissions. Links stay links. Pipes, sockets and devices are left out.
///
/// # Errors
/// A file cannot be read or written, or the folder is too large.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    copy_into(from, to, &mut Sum::default())
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

fn copy_into(from: &Path, to: &Path, sum: &mut Sum) -> io::Result<()> {
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
            if sum.bytes <= MOST_BYTES {
                copy_file(&entry.path(), &target)?;
            }
        }
        if sum.bytes > MOST_BYTES || sum.entries > MOST_ENTRIES {
            return Err(io::Error::other(format!("it has more than {} MiB, or more than {MOST_ENTRIES} files", MOST_BYTES >> 20)));
        }
    }
    Ok(())
}
