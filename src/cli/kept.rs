//! Results that are kept from one run of a class to the next, so that only folders that have changed are judged again.
//!
//! Each result is a file, a JSON report of one folder. Its name is a hash of everything that the result depends on. A file appears at
//! once with all its contents, so two runs at the same time do not disturb each other.

use crate::class::Folder;
use crate::report::json;
use crate::run::results::{Results, Run};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{env, time};

/// A result that nobody has asked for in this time is removed.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A folder with more is judged each time: to read it takes too long.
const MOST_BYTES: u64 = 512 << 20;

/// Variables that choose a compiler, an interpreter, or what they do.
const VARIABLES: [&str; 13] = [
    "PATH",
    "CC",
    "CXX",
    "CPPFLAGS",
    "CFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "GOFLAGS",
    "JAVA_HOME",
    "CLASSPATH",
    "PYTHONPATH",
    "NODE_PATH",
    "LD_LIBRARY_PATH",
];

/// The kept results of this user.
pub(super) struct Kept {
    folder: PathBuf,
    /// The hash of what is the same for all folders of a class.
    common: Sha256,
}

/// The name of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(String);

impl Kept {
    /// The results in the user's folder for caches. `common` are texts that describe what is the same for all folders, and
    /// `files` are files that are used for all of them. `None` if there is no such folder, and none can be made.
    pub(super) fn open(common: &[String], files: &[PathBuf]) -> Option<Self> {
        let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = caches.or_else(|| Some(env::home_dir()?.join(".cache")))?.join("sockspec").join("class");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).ok()?;
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        // During development, the version stays the same.
        let own = env::current_exe().and_then(fs::metadata).ok()?;
        let built = own.modified().ok()?.duration_since(time::UNIX_EPOCH).ok()?;
        hash.update(format!("{} {built:?}", own.len()));
        // Several machines may share a home.
        let machine = rustix::system::uname();
        for text in [machine.nodename(), machine.release(), machine.machine()] {
            add(&mut hash, text.to_bytes());
        }
        for name in VARIABLES {
            add(&mut hash, env::var_os(name).unwrap_or_default().as_bytes());
        }
        common.iter().for_each(|text| add(&mut hash, text.as_bytes()));
        files.iter().for_each(|file| add(&mut hash, &fs::read(file).unwrap_or_default()));
        Some(Self { folder, common: hash })
    }

    /// The name of the result of a folder: it changes with each change of a file there. `None` if the folder cannot be read.
    pub(super) fn key(&self, folder: &Folder) -> Option<Key> {
        let mut hash = self.common.clone();
        let mut bytes = 0;
        digest(&folder.path, &mut hash, &mut bytes).ok()?;
        Some(Key(format!("{:x}", hash.finalize())))
    }

    /// The result with this name. Its run gets the name of the folder.
    pub(super) fn find(&self, key: &Key, folder: &Folder) -> Option<Run> {
        let path = self.path(key);
        let (results, _) = json::read(&fs::read_to_string(&path).ok()?).ok()?;
        let run = results.runs.into_iter().next()?;
        // A result that is in use stays. If its time cannot be set, it goes sooner.
        let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(Run { name: Some(folder.name.clone()), duration: Duration::ZERO, ..run }.concluded())
    }

    /// Keeps the results of a folder, unless another run may end otherwise. If this fails, the folder is judged again next time.
    pub(super) fn keep(&self, key: &Key, results: &Results) {
        let may_change = |run: &Run| {
            // Another machine trouble: the place where the programs ran is gone, so nothing was seen.
            let is_lost = |outcome: &Outcome| {
                outcome.verdict() == Verdict::Inconclusive && outcome.root.is_none() && outcome.seen.transcript.steps.is_empty()
            };
            let has_trouble = run.outcomes.iter().any(|outcome| outcome.seen.trouble.is_some() || is_lost(outcome));
            // The reason of an obstacle may be this machine: a compiler that is not there, or a full disk.
            run.is_interrupted || has_trouble || run.obstacle.is_some()
        };
        if results.runs.iter().any(may_change) {
            return;
        }
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            json::write(results, &mut io::BufWriter::new(&mut file))?;
            file.flush()?;
            file.persist(self.path(key))?;
            Ok(())
        };
        let _ = write();
    }

    /// Removes results that nobody has asked for in a month.
    pub(super) fn tidy_up(&self) {
        for file in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let age = file.metadata().and_then(|about| about.modified()).ok().and_then(|time| time.elapsed().ok());
            if age.is_some_and(|age| age > LONGEST) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.json", key.0))
    }
}

/// Adds bytes so that no two sequences of texts give the same hash.
fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

/// Adds a folder with all that is in it: names, permissions, times, contents and the targets of links.
fn digest(folder: &Path, hash: &mut Sha256, bytes: &mut u64) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    hash.update((entries.len() as u64).to_le_bytes());
    for entry in entries {
        let about = entry.metadata()?;
        add(hash, entry.file_name().as_bytes());
        hash.update(about.permissions().mode().to_le_bytes());
        if about.is_symlink() {
            let target = fs::read_link(entry.path())?;
            // Nobody knows when a file elsewhere changes.
            if target.is_absolute() || target.components().any(|part| part == Component::ParentDir) {
                return Err(io::Error::other("a link leads out of the folder"));
            }
            add(hash, target.as_os_str().as_bytes());
        } else if about.is_dir() {
            digest(&entry.path(), hash, bytes)?;
        } else if about.is_file() {
            *bytes += about.len();
            if *bytes > MOST_BYTES {
                return Err(io::Error::other("the folder is too large"));
            }
            // A build may depend on which file is newer.
            hash.update(format!("{:?}", about.modified()?));
            hash.update(about.len().to_le_bytes());
            io::copy(&mut File::open(entry.path())?, hash)?;
        }
    }
    Ok(())
}
