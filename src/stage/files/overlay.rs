//! A layer over a folder: programs see the folder, and what they write goes into memory.

use rustix::fs::{AtFlags, CWD, Dir, Gid, Mode, OFlags, Uid, chmodat, chownat, mkdirat, open, openat};
use rustix::io;
use rustix::mount::{MountFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, move_mount, open_tree, unmount};
use rustix::process::fchdir;
use std::ffi::CStr;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How much programs may write into a layer.
pub(super) const ROOM: &CStr = c"size=512m,mode=755";

/// The folder of the layer that shows the folder below it.
const LOWER: &str = "lower";

/// A layer, as long as it lives. Its owner has CAP_SYS_ADMIN in a mount namespace of its own.
pub(super) struct Overlay {
    path: PathBuf,
    /// The memory: it lies between the folder and the layer, and only this descriptor leads there.
    memory: OwnedFd,
    /// The permissions and owners of the folder.
    mode: Mode,
    owner: (u32, u32),
    /// How often the layer has been put there.
    count: usize,
    /// How many mounts of this layer lie over the folder.
    mounted: usize,
}

/// A second view of a folder.
///
/// # Errors
/// The folder is gone, something is mounted below it, or the kernel is older than 5.2.
pub(super) fn view(folder: &Path) -> io::Result<OwnedFd> {
    open_tree(CWD, folder, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC)
}

/// A second view of a folder with all that is mounted below it. A layer over it does not show that.
///
/// # Errors
/// The folder is gone, or the kernel is older than 5.2.
pub(super) fn view_with_mounts(folder: &Path) -> io::Result<OwnedFd> {
    open_tree(CWD, folder, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE)
}

impl Overlay {
    /// Puts a layer over a folder, of which `view` is a view. Changes the working directory of this process.
    ///
    /// # Errors
    /// The system allows no such layer: the kernel is older than 5.11, or the folder is on two layers already. Or the folder holds files
    /// of users that this namespace does not know, and which could not be changed there.
    pub fn over(path: &Path, view: &OwnedFd) -> io::Result<Self> {
        Self::new(path, view, true)
    }

    /// The same, also if the folder holds files of other users. Programs cannot change those.
    ///
    /// # Errors
    /// The system allows no such layer.
    pub fn over_any(path: &Path, view: &OwnedFd) -> io::Result<Self> {
        Self::new(path, view, false)
    }

    fn new(path: &Path, view: &OwnedFd, refuses_strangers: bool) -> io::Result<Self> {
        mount("sockspec", path, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(ROOM))?;
        let memory = open(path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).inspect_err(|_| {
            let _ = unmount(path, UnmountFlags::DETACH);
        })?;
        let mut layer = Self { path: path.to_owned(), memory, mode: Mode::RWXU, owner: (0, 0), count: 0, mounted: 1 };
        layer.show(view, refuses_strangers).map(|()| layer)
    }

    /// Shows the folder below the memory, and lays the first layer.
    fn show(&mut self, view: &OwnedFd, refuses_strangers: bool) -> io::Result<()> {
        let memory = &self.memory;
        mkdirat(memory, LOWER, Mode::RWXU)?;
        move_mount(view, "", memory, LOWER, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
        fchdir(memory)?;
        let folder = fs::metadata(LOWER).map_err(|_| io::Errno::IO)?;
        if refuses_strangers && has_strangers(Path::new(LOWER)) {
            return Err(io::Errno::OVERFLOW);
        }
        (self.mode, self.owner) = (Mode::from_raw_mode(folder.mode() & 0o7777), (folder.uid(), folder.gid()));
        self.lay()
    }

    /// Whether programs have written nothing.
    pub fn is_untouched(&self) -> bool {
        let upper = openat(&self.memory, self.upper(), OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        let names = upper.and_then(Dir::read_from);
        names.is_ok_and(|names| names.flatten().all(|entry| matches!(entry.file_name().to_bytes(), b"." | b"..")))
    }

    /// Takes the layer away with all that is in it, and puts a new one there. Changes the working directory of this process.
    ///
    /// # Errors
    /// The system refuses it.
    pub fn renew(&mut self) -> io::Result<()> {
        unmount(&self.path, UnmountFlags::DETACH)?;
        self.mounted -= 1;
        fchdir(&self.memory)?;
        for folder in [self.upper(), self.work()] {
            // What is left there takes room, and does no other harm.
            let _ = fs::remove_dir_all(folder);
        }
        self.count += 1;
        self.lay()
    }

    fn upper(&self) -> String {
        format!("upper{}", self.count)
    }

    fn work(&self) -> String {
        format!("work{}", self.count)
    }

    /// Mounts the layer over the memory. All names but the last are relative, so that no letter in the folder's name needs an escape.
    fn lay(&mut self) -> io::Result<()> {
        let (upper, work) = (self.upper(), self.work());
        mkdirat(&self.memory, &upper, Mode::RWXU)?;
        mkdirat(&self.memory, &work, Mode::RWXU)?;
        // If the owner cannot be the same, the user owns the folder: then the programs may do more than before, and not less.
        let (uid, gid) = (Uid::from_raw(self.owner.0), Gid::from_raw(self.owner.1));
        let _ = chownat(&self.memory, &upper, Some(uid), Some(gid), AtFlags::empty());
        chmodat(&self.memory, &upper, self.mode, AtFlags::empty())?;
        fchdir(&self.memory)?;
        let data = format!("lowerdir={LOWER},upperdir={upper},workdir={work},userxattr");
        let data = std::ffi::CString::new(data).map_err(|_| io::Errno::INVAL)?;
        mount("sockspec", &self.path, "overlay", MountFlags::NOSUID | MountFlags::NODEV, Some(data.as_c_str()))?;
        self.mounted += 1;
        Ok(())
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        for _ in 0..self.mounted {
            let _ = unmount(&self.path, UnmountFlags::DETACH);
        }
    }
}

/// Whether a folder belongs to a user or a group that the user namespace does not know, or a file in it does. The layer could not take a
/// copy of such a file, and a program that writes to it would fail.
fn has_strangers(folder: &Path) -> bool {
    /// What the kernel shows in the place of such an owner.
    const UNKNOWN: u32 = 65534;
    /// Files that are looked at.
    const MOST: usize = 1000;
    let is_strange = |metadata: fs::Metadata| metadata.uid() == UNKNOWN || metadata.gid() == UNKNOWN;
    let mut files = fs::read_dir(folder).into_iter().flatten().flatten().take(MOST);
    fs::metadata(folder).is_ok_and(is_strange) || files.any(|file| file.metadata().is_ok_and(is_strange))
}
