//! The folder where each JVM leaves a file that is named after its process id. Equal ids in parallel namespaces would collide there, and
//! the JVM then warns, on *stdout*: so each namespace has a folder of its own in this place.

use rustix::process::getuid;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of this user.
pub(super) fn folder() -> Option<PathBuf> {
    let uid = getuid().as_raw().to_string();
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let name = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then_some(name)
    })?;
    Some(Path::new("/tmp").join(format!("hsperfdata_{name}")))
}

/// The folder that a run has made, if there was none. It is removed at the end.
pub struct JavaFolder(Option<PathBuf>);

impl JavaFolder {
    /// Makes the folder, unless it is there already. Each stage mounts one of its own over it.
    pub fn make() -> Self {
        Self(folder().filter(|folder| fs::create_dir(folder).is_ok()))
    }
}

impl Drop for JavaFolder {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // If the folder is not empty, a JVM outside has begun to use it.
            let _ = fs::remove_dir(folder);
        }
    }
}
