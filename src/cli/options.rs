//! The options that several commands have.

use super::stop::Stop;
use super::subjects::own_file;
use crate::report::{Destination, Format};
use crate::run::partition::{Partition, Share};
use crate::run::results::{Rerun, Results, Run};
use crate::run::setting::Setting;
use crate::run::weights::Weights;
use crate::spec::course::CourseError;
use crate::spec::dialect::Dialect;
use crate::spec::suggest::nearest;
use crate::stage::{Files, Isolation, Limit, Limits};
use clap::Args;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

// The options of a run. (Clap would take a doc comment for the description of each command that has these.)
#[derive(Clone, Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) playing: Playing,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) own: OwnFixtures,
    #[command(flatten)]
    pub(super) course: Course,
    /// What each rule is worth: only the project file says that.
    #[arg(skip)]
    pub(super) weights: Weights,
}

// How sockspec judges programs.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct Playing {
    /// Count SHOULD like MUST.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(hide_possible_values = true)]
    pub(super) strict: Option<bool>,
    /// Time limit for each step, such as 5s or 800ms. Waiting for a CPU does not count [default: 5s].
    #[arg(long, value_name = "DURATION", value_parser = Setting::timeout, hide_short_help = true)]
    pub(super) timeout: Option<Duration>,
    /// Number of scenarios to run at once [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), hide_short_help = true)]
    pub(super) jobs: Option<u16>,
    /// Limit for what a program may use, such as memory=4GiB or processes=none. `sockspec help limits` lists them all.
    #[arg(long = "limit", value_name = "NAME=VALUE", hide_short_help = true)]
    pub(super) limits: Vec<Limit>,
    /// Let programs write into their folder itself. By default, each scenario finds the folder as it was.
    #[arg(long, hide_short_help = true)]
    pub(super) keep_files: bool,
    /// Place where programs run: `sockspec help places` [default: auto].
    #[arg(long, value_enum, hide_short_help = true)]
    pub(super) isolation: Option<Isolation>,
    /// Play one part of several, such as 1/3; auto asks the CI system. `sockspec merge` joins the reports.
    #[arg(long, value_name = "I/N|auto", hide_short_help = true)]
    pub(super) partition: Option<Partition>,
}

// Where reports go.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct Output {
    #[arg(long = "report", value_name = "FORMAT[=PATH]")]
    #[arg(help = format!("Report to write: {}. Give it several times for several reports", Format::list("or")))]
    pub(super) reports: Vec<Destination>,
    /// Show every rule, and tell the story of every failure. By default, the report tells only the most important problem.
    #[arg(long)]
    pub(super) all: bool,
    /// Show only the most important problem and the last lines. If all reports go to files, show nothing.
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Say why programs run where they do.
    #[arg(long, short, hide_short_help = true)]
    pub(super) verbose: bool,
    /// Exit with 0 for every verdict. A usage mistake, trouble and an interrupt keep their status.
    #[arg(long, hide_short_help = true)]
    pub(super) exit_zero: bool,
}

// Scenarios that are not built in.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct OwnFixtures {
    /// Folder with scenarios of your own. A scenario with the name of a built-in one replaces it.
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    pub(super) fixtures: Option<PathBuf>,
}

// The course whose programs are judged.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct Course {
    /// Course whose programs are judged: a file, or a built-in dialect. `sockspec help dialects` [default: tutorial].
    #[arg(long, value_name = "FILE|NAME", hide_short_help = true)]
    pub(super) dialect: Option<String>,
}

impl Course {
    /// Reads the dialect.
    ///
    /// # Errors
    /// There is no such dialect, or its file has a mistake.
    pub(super) fn read(&self) -> Result<Arc<Dialect>, Stop> {
        self.dialect.as_deref().map_or_else(|| Ok(Arc::default()), read_dialect)
    }
}

/// The dialect in a file, or the built-in one with this name.
///
/// # Errors
/// There is no such dialect, or its file has a mistake.
pub(super) fn read_dialect(given: &str) -> Result<Arc<Dialect>, Stop> {
    if let Some(dialect) = Dialect::built_in(given) {
        return Ok(dialect);
    }
    let is_missing = |error: &CourseError| matches!(error, CourseError::Read(_, error) if error.kind() == ErrorKind::NotFound);
    Dialect::load(Path::new(given)).map(Arc::new).map_err(|error| match error {
        error if is_missing(&error) => {
            let hint = nearest(given, Dialect::names());
            Stop::usage(format!(
                "there is no dialect and no file `{given}`{hint} (built in: {}; `sockspec help dialects`)",
                Dialect::names().collect::<Vec<_>>().join(", ")
            ))
        }
        error => Stop::usage(error.to_string()),
    })
}

/// A duration as one word of a command line, such as `1m30s`.
pub(super) fn duration_word(duration: Duration) -> String {
    humantime::format_duration(duration).to_string().replace(' ', "")
}

impl Options {
    pub(super) fn is_strict(&self) -> bool {
        self.playing.strict.unwrap_or(false)
    }

    pub(super) fn partition(&self) -> Partition {
        self.playing.partition.unwrap_or(Partition::WHOLE)
    }

    /// The given options that matter when a case runs again, except `--fixtures`.
    pub(super) fn repeated(&self) -> String {
        let isolation = self.playing.isolation.filter(|isolation| *isolation != Isolation::Auto);
        let mut again = isolation.map_or_else(String::new, |isolation| format!(" --isolation {}", isolation.name()));
        again.extend(self.course.dialect.iter().map(|dialect| format!(" --dialect {}", shell_words::quote(dialect))));
        again.extend(self.playing.limits.iter().map(|limit| format!(" --limit {limit}")));
        if let Some(timeout) = self.playing.timeout {
            again.push_str(&format!(" --timeout {}", duration_word(timeout)));
        }
        again.push_str(if self.playing.keep_files { " --keep-files" } else { "" });
        again.push_str(match self.playing.strict {
            Some(true) => " --strict",
            Some(false) => " --strict=false",
            None => "",
        });
        again
    }

    /// The results of these runs.
    pub(super) fn results(&self, runs: Vec<Run>, again: Rerun, share: Share) -> Results {
        let Output { verbose: is_verbose, all: tells_all, .. } = self.output;
        Results { runs, is_strict: self.is_strict(), weights: self.weights.clone(), again, share, is_verbose, tells_all }
    }

    /// What the options set for a run.
    pub(super) fn setting(&self) -> Result<Setting, Stop> {
        Ok(Setting {
            jobs: self.playing.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from),
            timeout: self.playing.timeout.unwrap_or(Duration::from_secs(5)),
            limits: self.playing.limits.iter().copied().fold(Limits::default(), Limits::with),
            files: if self.playing.keep_files { Files::Kept } else { Files::Fresh },
            isolation: self.playing.isolation.unwrap_or(Isolation::Auto),
            program: own_file()?,
            dialect: self.course.read()?,
        })
    }
}
