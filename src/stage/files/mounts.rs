//! Keeps strangers' programs from writing: mounts all file systems read-only, with exceptions.

use super::overlay::{Overlay, view, view_with_mounts};
use super::roots::outermost;
use crate::stage::syscalls::make_all_read_only;
use crate::stage::{namespaces, syscalls};
use rustix::fs::{Access, CWD, access};
use rustix::io;
use rustix::mount::{MountFlags, MountPropagationFlags, MoveMountFlags, mount, mount_bind, mount_change, move_mount};
use rustix::process::{WaitOptions, waitpid};
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
    /// The layers over the user's home and caches.
    layers: Vec<(PathBuf, Overlay)>,
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
        let private = private_folders();
        let private: Vec<(PathBuf, OwnedFd)> =
            private.into_iter().filter_map(|folder| Some((folder.clone(), view_with_mounts(&folder).ok()?))).collect();
        make_all_read_only()?;
        // Without a layer, a folder stays, and cannot be written to.
        let layers = private.iter().filter_map(|(folder, view)| Some((folder.clone(), Overlay::over_any(folder, view).ok()?))).collect();
        hide_services();
        for folder in temporary_folders() {
            mount("sockspec", folder, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"size=256m,mode=1777"))?;
        }
        for (folder, _) in &private {
            // If it was hidden just now, it is empty.
            let _ = fs::create_dir_all(folder);
        }
        Ok(Self { views, layers })
    }

    /// Whether programs can write into the user's home, although nothing of that stays.
    fn has_home(&self) -> bool {
        env::home_dir().and_then(|home| home.canonicalize().ok()).is_some_and(|home| access(&home, Access::WRITE_OK).is_ok())
    }

    /// Sees to it that nothing is left in the layers over the user's home.
    ///
    /// # Errors
    /// The system refuses it.
    pub(super) fn renew(&mut self) -> io::Result<()> {
        // What is hidden under a temporary folder cannot be changed.
        self.layers.iter_mut().filter(|(_, layer)| !layer.is_untouched()).try_for_each(|(_, layer)| layer.renew())
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
/// have one thread, and gives up its capabilities. Returns whether the user's home can be written to.
///
/// # Errors
/// The system allows no namespaces, or the kernel is older than 5.12.
pub(crate) fn freeze_but(folder: &Path) -> std::io::Result<bool> {
    // Some systems let a process leave its namespaces, and forbid what comes next. A child finds that out.
    let child = syscalls::fork()?;
    let Some(child) = child else { syscalls::exit(i32::from(namespaces::leave_mounts().is_err())) };
    let ended = io::retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
    if ended.is_none_or(|(_, status)| status.exit_status() != Some(0)) {
        return Err(std::io::Error::from(io::Errno::PERM));
    }
    namespaces::leave_mounts().map_err(std::io::Error::other)?;
    let mut frozen = Frozen::new(&[folder.to_owned()])?;
    let [itself, _] = frozen.take(folder)?;
    let_through(folder, &itself)?;
    env::set_current_dir(folder)?;
    let has_home = frozen.has_home();
    // The layers stay as long as the namespace.
    std::mem::forget(frozen);
    namespaces::drop_capabilities().map_err(std::io::Error::other)?;
    Ok(has_home)
}

/// Shows a folder as it is.
fn let_through(folder: &Path, itself: &OwnedFd) -> io::Result<()> {
    move_mount(itself, "", CWD, folder, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

/// Folders where any program may leave files for a while.
fn temporary_folders() -> BTreeSet<PathBuf> {
    let all = ["/tmp", "/var/tmp", "/dev/shm"].map(PathBuf::from).into_iter().chain([env::temp_dir()]);
    visible(all)
}

/// The user's home, and the caches of compilers that are elsewhere.
fn private_folders() -> BTreeSet<PathBuf> {
    const CACHES: [&str; 5] = ["XDG_CACHE_HOME", "GOCACHE", "GOPATH", "GOMODCACHE", "CARGO_HOME"];
    let all = env::home_dir().into_iter().chain(CACHES.iter().filter_map(env::var_os).map(PathBuf::from));
    visible(all)
}

/// Those of these folders that exist, and are in no other one.
fn visible(folders: impl Iterator<Item = PathBuf>) -> BTreeSet<PathBuf> {
    let real = folders.filter_map(|folder| folder.canonicalize().ok());
    let all: BTreeSet<PathBuf> = real.filter(|folder| folder.is_dir() && folder != Path::new("/")).collect();
    outermost(&all).cloned().collect()
}

/// Hides services of this machine, which would do for a program what it may not do itself. A socket can be used on a read-only file system.
fn hide_services() {
    for folder in ["/run/user", "/run/dbus", "/run/podman", "/run/screen"] {
        // Most machines have only some of them.
        let _ = mount("sockspec", folder, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"size=1m,mode=755"));
    }
    for socket in ["/run/docker.sock", "/run/containerd/containerd.sock"] {
        let _ = mount_bind("/dev/null", socket);
    }
}
