//! Keeps strangers' programs from writing: mounts all file systems read-only, with exceptions.

use super::overlay::{Overlay, view};
use crate::stage::namespaces;
use crate::stage::syscalls::make_all_read_only;
use rustix::fs::CWD;
use rustix::io;
use rustix::mount::{MountFlags, MountPropagationFlags, MoveMountFlags, mount, mount_change, move_mount};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// A machine whose files programs cannot change. Programs may write into temporary folders, which are empty and in memory, and into the
/// user's home, over which there is a layer.
pub(crate) struct Frozen {
    /// Two views of each folder that programs work in. They were made before anything was hidden.
    views: Vec<(PathBuf, [OwnedFd; 2])>,
    /// The layer over the home.
    _home: Option<Overlay>,
}

impl Frozen {
    /// Freezes the machine for this mount namespace, with CAP_SYS_ADMIN. `folders` are those that programs work in. Changes the working
    /// directory of this process.
    ///
    /// # Errors
    /// The kernel is older than 5.12, or the system refuses it.
    pub fn new(folders: &[PathBuf]) -> io::Result<Self> {
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
        let views = folders.iter().map(|folder| Ok((folder.clone(), [view(folder)?, view(folder)?]))).collect::<io::Result<_>>()?;
        let home = env::home_dir().and_then(|home| home.canonicalize().ok()).filter(|home| home != Path::new("/"));
        let home = home.map(|home| (view(&home), home));
        make_all_read_only()?;
        let temporary = temporary_folders();
        for folder in &temporary {
            mount("sockspec", folder, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"size=1g,mode=1777"))?;
        }
        let home = home.and_then(|(view, home)| {
            if temporary.iter().any(|folder| home.starts_with(folder)) {
                let _ = fs::create_dir_all(&home);
                return None;
            }
            // Without the layer, the home stays, and cannot be written to.
            Overlay::over(&home, &view.ok()?).ok()
        });
        Ok(Self { views, _home: home })
    }

    /// Lays a layer over a folder that was named at the beginning. Where the system allows none, what programs write in the folder stays
    /// there, and the answer is `None`.
    ///
    /// # Errors
    /// The folder was not named, or the system refuses it.
    pub(super) fn lay(&mut self, folder: &Path) -> io::Result<Option<Overlay>> {
        let [below, itself] = self.take(folder)?;
        if let Ok(layer) = Overlay::over(folder, &below) {
            return Ok(Some(layer));
        }
        let_through(folder, &itself).map(|()| None)
    }

    /// The views of a folder. Only the first call returns them. Makes the folder again where it is hidden.
    fn take(&mut self, folder: &Path) -> io::Result<[OwnedFd; 2]> {
        let at = self.views.iter().position(|(path, _)| path == folder).ok_or(io::Errno::NOENT)?;
        fs::create_dir_all(folder).map_err(|_| io::Errno::ROFS)?;
        Ok(self.views.remove(at).1)
    }
}

/// Freezes the machine for this process and all that it starts, but for one folder, which becomes the working directory. This process must
/// have one thread, and gives up its capabilities.
///
/// # Errors
/// The system allows no namespaces, or the kernel is older than 5.12. The process may be in a user namespace afterwards, and is otherwise
/// as before.
pub(crate) fn freeze_but(folder: &Path) -> std::io::Result<()> {
    namespaces::leave_mounts().map_err(std::io::Error::other)?;
    let mut frozen = Frozen::new(&[folder.to_owned()])?;
    let [itself, _] = frozen.take(folder)?;
    let_through(folder, &itself)?;
    env::set_current_dir(folder)?;
    // The layers stay as long as the namespace.
    std::mem::forget(frozen);
    namespaces::drop_capabilities().map_err(std::io::Error::other)
}

/// Shows a folder as it is.
fn let_through(folder: &Path, itself: &OwnedFd) -> io::Result<()> {
    move_mount(itself, "", CWD, folder, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

/// Folders where any program may leave files for a while.
fn temporary_folders() -> BTreeSet<PathBuf> {
    let all = ["/tmp", "/var/tmp", "/dev/shm"].into_iter().filter_map(|folder| Path::new(folder).canonicalize().ok());
    all.filter(|folder| folder.is_dir()).collect()
}
