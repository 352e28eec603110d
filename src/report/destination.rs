//! Where reports go.

use super::format::Format;
use crate::run::results::Results;
use crate::spec::suggest::nearest;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A report to write: `FORMAT` or `FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The format of the report.
    pub format: Format,
    /// The file; nothing means stdout.
    pub path: Option<PathBuf>,
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = Format::all().find(|format| format.name() == name);
        let format =
            format.ok_or_else(|| format!("the formats are {}{}", Format::list("and"), nearest(name, Format::all().map(Format::name))))?;
        if path == Some("") {
            return Err(format!("the path is missing: {name}=PATH"));
        }
        // `-` is stdout, as in most commands.
        Ok(Self { format, path: path.filter(|path| *path != "-").map(PathBuf::from) })
    }
}

/// A destination that cannot be written to.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be written to {}: {error}", path.display())]
pub struct Unwritable {
    /// What cannot be written: the report or the summary.
    what: &'static str,
    path: PathBuf,
    error: io::Error,
}

/// A destination that can be written to. A run opens its reports first: after the run, an error would be too late.
pub struct Opened {
    format: Format,
    path: Option<PathBuf>,
    file: Option<File>,
    /// The folder, if the report is a folder with pages.
    folder: Option<PathBuf>,
    /// The file for the summary of a GitHub job.
    summary: Option<File>,
}

impl Destination {
    /// Opens the file of the report and, for GitHub, the file of the `summary`. An existing file keeps its content until [`Opened::write`].
    ///
    /// # Errors
    /// One of the files cannot be written to.
    pub fn open(self, summary: Option<&Path>) -> Result<Opened, Unwritable> {
        let open = |what: &'static str, options: &mut OpenOptions, path: &Path| {
            options.create(true).open(path).map_err(|error| Unwritable { what, path: path.to_owned(), error })
        };
        let open_report = |path: &PathBuf| open("the report", OpenOptions::new().write(true).truncate(false), path);
        let folder = self.path.clone().filter(|path| self.format == Format::Html && is_folder(path));
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).map_err(|error| Unwritable { what: "the report", path: folder.clone(), error })?;
        }
        let file = folder.as_ref().map(|folder| folder.join("index.html")).or_else(|| self.path.clone());
        let file = file.as_ref().map(open_report).transpose()?;
        let summary = summary.filter(|_| self.format == Format::Github);
        let summary = summary.map(|path| open("the summary that GITHUB_STEP_SUMMARY asks for", OpenOptions::new().append(true), path));
        Ok(Opened { format: self.format, path: self.path, file, folder, summary: summary.transpose()? })
    }
}

/// Whether a path means a folder: it ends with a slash, or is one.
fn is_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.is_dir()
}

impl Opened {
    /// Whether a person at the terminal sees the report.
    pub fn is_on_screen(&self) -> bool {
        self.format.is_for_people() && self.file.is_none()
    }

    /// The file; nothing means stdout.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Writes the report to its file, or to `stdout` if it has none.
    ///
    /// # Errors
    /// The destination is full, or gone.
    pub fn write(self, results: &Results, width: usize, stdout: &mut dyn Write) -> io::Result<()> {
        if let Some(folder) = self.folder {
            return super::html::write_pages(results, &folder);
        }
        match self.file {
            None => self.format.write(results, width, stdout)?,
            Some(mut file) => {
                // This fails for a device, which has no old content.
                let _ = file.set_len(0);
                let mut text = Vec::new();
                self.format.write(results, width, &mut anstream::StripStream::new(&mut text))?;
                file.write_all(&text)?;
            }
        }
        let Some(mut summary) = self.summary else { return Ok(()) };
        let mut text = Vec::new();
        super::github::summarise(results, summary.metadata()?.len(), &mut text)?;
        summary.write_all(&text)
    }
}

/// Writes the reason why nothing could be judged, as a report for Gradescope.
///
/// # Errors
/// The file cannot be written.
pub fn write_refusal(path: &Path, why: &str) -> io::Result<()> {
    super::gradescope::write_refusal(why, &mut File::create(path)?)
}
