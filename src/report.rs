//! Reports: one file a format, all made from the same finished run. A report cannot fail but for its destination.

mod case;
mod conclusion;
mod github;
mod gradescope;
mod html;
mod human;
pub mod json;
mod junit;
pub mod merge;
mod tap;

use crate::run::results::{Rerun, Results, Run};
use crate::spec::bytes::excerpt;
use crate::spec::suggest::nearest;
use crate::spec::transcript::Step;
use crate::verdict::outcome::Outcome;
use case::legible;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// For a person who wants to know only what is wrong.
    Brief,
    /// For other programs, and for `merge`.
    Json,
    /// For GitLab, Jenkins, and most other CI systems.
    Junit,
    /// For whatever reads TAP, version 14.
    Tap,
    /// For GitHub Actions: annotations, and a summary beside them.
    Github,
    /// For Gradescope: `results.json`.
    Gradescope,
    /// For a teacher to hand to a student.
    Html,
}

const FORMATS: [(&str, Format); 8] = [
    ("human", Format::Human),
    ("brief", Format::Brief),
    ("json", Format::Json),
    ("junit", Format::Junit),
    ("tap", Format::Tap),
    ("github", Format::Github),
    ("gradescope", Format::Gradescope),
    ("html", Format::Html),
];

/// `FORMAT` or `FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// What is written.
    pub format: Format,
    /// Where; nothing means stdout.
    pub path: Option<PathBuf>,
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        let format =
            format.ok_or_else(|| format!("the formats are {}{}", Format::list("and"), nearest(name, Format::all().map(Format::name))))?;
        if path == Some("") {
            return Err(format!("the path is missing: {name}=PATH"));
        }
        // As most commands have it, `-` is stdout.
        Ok(Self { format, path: path.filter(|path| *path != "-").map(PathBuf::from) })
    }
}

/// Writes for Gradescope why nothing could be judged.
///
/// # Errors
/// The file cannot be written.
pub fn write_refusal(path: &Path, why: &str) -> io::Result<()> {
    gradescope::write_refusal(why, &mut File::create(path)?)
}

/// A destination that cannot be written to.
#[derive(Debug)]
pub struct Unwritable {
    /// What should be there.
    what: &'static str,
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be written to {}: {}", self.what, self.path.display(), self.error)
    }
}

/// A destination that is known to be writable: asked before the run, because afterwards it would be too late.
pub struct Opened {
    format: Format,
    path: Option<PathBuf>,
    file: Option<File>,
    /// Where the summary goes that belongs to GitHub's annotations.
    summary: Option<File>,
}

impl Destination {
    /// Makes sure that it can be written to, and so can the file to which GitHub wants its summaries appended. What the file holds stays
    /// until there is a report.
    ///
    /// # Errors
    /// It cannot be written to.
    pub fn open(self, summary: Option<&Path>) -> Result<Opened, Unwritable> {
        let open = |what: &'static str, options: &mut OpenOptions, path: &Path| {
            options.create(true).open(path).map_err(|error| Unwritable { what, path: path.to_owned(), error })
        };
        let open_report = |path: &PathBuf| open("the report", OpenOptions::new().write(true).truncate(false), path);
        let file = self.path.as_ref().map(open_report).transpose()?;
        let summary = summary.filter(|_| self.format == Format::Github);
        let summary = summary.map(|path| open("the summary that GITHUB_STEP_SUMMARY asks for", OpenOptions::new().append(true), path));
        Ok(Opened { format: self.format, path: self.path, file, summary: summary.transpose()? })
    }
}

impl Opened {
    /// Whether a person at the terminal will see it.
    pub fn is_on_screen(&self) -> bool {
        self.format.is_for_people() && self.file.is_none()
    }

    /// Where it goes; nothing means stdout.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Writes the report; `stdout` takes what has no file.
    ///
    /// # Errors
    /// The destination is full, or gone.
    pub fn write(self, results: &Results, width: usize, stdout: &mut dyn Write) -> io::Result<()> {
        match self.file {
            None => self.format.write(results, width, stdout)?,
            Some(mut file) => {
                // A device cannot be cut short, and need not be.
                let _ = file.set_len(0);
                let mut text = Vec::new();
                self.format.write(results, width, &mut anstream::StripStream::new(&mut text))?;
                file.write_all(&text)?;
            }
        }
        let Some(mut summary) = self.summary else { return Ok(()) };
        let mut text = Vec::new();
        github::summarise(results, summary.metadata()?.len(), &mut text)?;
        summary.write_all(&text)
    }
}

impl Format {
    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|(_, format)| *format)
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// Whether it is a screen to read.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Brief)
    }

    /// All names in a sentence, with this word before the last one.
    pub fn list(conjunction: &str) -> String {
        let names: Vec<&str> = Self::all().map(Self::name).collect();
        let (last, others) = names.split_last().expect("the table of formats is not empty");
        format!("{} {conjunction} {last}", others.join(", "))
    }

    /// Writes a report in this format.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Human => human::write(results, width, out),
            Self::Brief => human::write_brief(results, width, out),
            Self::Json => json::write(results, out),
            Self::Junit => junit::write(results, out),
            Self::Tap => tap::write(results, out),
            Self::Github => github::write(results, out),
            Self::Gradescope => gradescope::write(results, out),
            Self::Html => html::write(results, out),
        }
    }
}

/// Writes what every report for people ends with: who conforms and who does not, and the numbers.
///
/// # Errors
/// Those of `out`.
pub fn conclude(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    human::write_end(results, width, out)
}

/// Writes, for a person, what is not as it was in the run before.
///
/// # Errors
/// Those of `out`.
pub fn changes(before: &Results, after: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    human::changes::write(before, after, width, out)
}

/// What tells each run from the others: the name of the project file, or its commands; nothing where there is nothing to tell apart.
fn labels(results: &Results) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for run in &results.runs {
        let label = match &run.name {
            Some(name) => legible(name),
            None if results.runs.len() == 1 => String::new(),
            None => run.subjects.iter().map(|subject| legible(&subject.command)).collect::<Vec<_>>().join(" and "),
        };
        let same = labels.iter().filter(|other| **other == label).count();
        labels.push(if same == 0 { label } else { format!("{label} ({})", same + 1) });
    }
    labels
}

/// The file of a case, and the line of what was expected and not seen.
fn place(outcome: &Outcome) -> (&str, usize) {
    let expected = outcome.finding.difference.as_ref().and_then(|difference| difference.expected);
    (&outcome.file, expected.map_or(1, |place| outcome.scenario.line_of(place.step)))
}

/// The command that runs just this case.
fn repeat(results: &Results, run: &Run, outcome: &Outcome) -> String {
    let judged = run.subjects.iter().filter(|subject| outcome.scenario.subject().judges(subject.role));
    let commands: String = match &run.name {
        Some(name) => format!(" --subject {}", shell_words::quote(name)),
        None => judged.map(|subject| format!(" --{} {}", subject.role, shell_words::quote(&subject.command))).collect(),
    };
    match &results.again {
        Rerun::Check(options) => format!("sockspec check{commands}{options} {}", outcome.id),
        Rerun::Fuzz { folder: Some(folder), options } => {
            format!("sockspec check{commands} --fixtures {}{options} {}", shell_words::quote(folder), outcome.id)
        }
        Rerun::Fuzz { folder: None, options } => {
            format!("save it with --save DIR, then: sockspec check{commands} --fixtures DIR{options} {}", outcome.id)
        }
        Rerun::Explore(command) => command.clone(),
        Rerun::BuiltIn => format!("cargo test {}", outcome.id),
    }
}

/// The end of what the programs wrote on stderr, if they wrote anything.
fn complaint(outcome: &Outcome) -> Option<String> {
    const LONGEST: usize = 400;
    let mut all = Vec::new();
    // From behind, and no more than is shown: all of it may be more than fits into memory.
    for step in outcome.seen.transcript.steps.iter().rev() {
        if let Step::Complained(_, text) = step {
            all.splice(..0, text.to_vec());
            all.drain(..all.len().saturating_sub(LONGEST));
        }
        if all.len() == LONGEST {
            break;
        }
    }
    (!all.is_empty()).then(|| excerpt(&all, LONGEST))
}

/// A sentence, with a capital at its beginning.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
