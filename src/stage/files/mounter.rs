//! Mounts layers over the folders of programs. A stage gives up all its capabilities before it starts a program. So the process that has
//! made its namespaces does this: programs do not see that process.

use super::mounts::Frozen;
use super::overlay::{Overlay, view};
use super::policy::Files;
use rustix::io;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// The stage's end of the line to that process.
pub(crate) struct Mounter(BufReader<UnixStream>);

impl Mounter {
    /// The mounter at the other end of this line.
    pub fn at(line: UnixStream) -> Self {
        Self(BufReader::new(line))
    }

    /// Sees to it that each folder has a layer over it, and that nothing has been written into any layer.
    ///
    /// # Errors
    /// The system does not allow it.
    pub(super) fn mount(&mut self, folders: &[PathBuf], files: Files) -> Result<(), String> {
        say(self.0.get_mut(), &(files, folders))
            .and_then(|()| hear::<Result<(), String>>(&mut self.0))
            .unwrap_or_else(|error| Err(error.to_string()))
    }
}

/// Mounts what the stage asks for, until the stage has ended.
pub(crate) fn serve(line: UnixStream) {
    let mut mounts = Mounts::default();
    let mut line = BufReader::new(line);
    while let Ok((files, folders)) = hear::<(Files, Vec<PathBuf>)>(&mut line) {
        let answer = mounts.lay(files, &folders).map_err(|errno| std::io::Error::from(errno).to_string());
        if say(line.get_mut(), &answer).is_err() {
            return;
        }
    }
}

fn say(line: &mut UnixStream, what: &impl serde::Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(what)?;
    text.push(b'\n');
    line.write_all(&text)
}

fn hear<T: DeserializeOwned>(line: &mut BufReader<UnixStream>) -> std::io::Result<T> {
    let mut text = String::new();
    line.read_line(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

/// What is mounted.
#[derive(Default)]
struct Mounts {
    /// `None` where the folder itself is shown, and what programs write stays.
    layers: BTreeMap<PathBuf, Option<Overlay>>,
    frozen: Option<Frozen>,
}

impl Mounts {
    fn lay(&mut self, files: Files, folders: &[PathBuf]) -> io::Result<()> {
        if files == Files::Alone && self.frozen.is_none() {
            self.frozen = Some(Frozen::new(folders)?);
        }
        for folder in folders {
            if self.layers.keys().any(|layer| folder.starts_with(layer)) {
                continue;
            }
            // A layer over the outer folder would hide those over inner ones.
            self.layers.retain(|layer, _| !layer.starts_with(folder));
            let layer = match &mut self.frozen {
                Some(frozen) => frozen.lay(folder)?,
                None => Some(Overlay::over(folder, &view(folder)?)?),
            };
            self.layers.insert(folder.clone(), layer);
        }
        self.frozen.iter_mut().try_for_each(Frozen::renew)?;
        self.layers.values_mut().flatten().filter(|layer| !layer.is_untouched()).try_for_each(Overlay::renew)
    }
}
