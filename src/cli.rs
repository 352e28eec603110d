//! The command line.

mod arguments;
mod bless;
mod check;
mod color;
mod completions;
mod explain;
mod filter;
mod help;
mod interrupt;
mod list;
mod man;
mod merge;
mod new_fixture;
mod progress;
mod project;
mod recognise;
mod report;
mod search;
mod watch;

use crate::report::{Destination, Format};
use crate::run::partition::Partition;
use crate::run::setting::{Setting, Subject};
use crate::spec::fixture::{self, Fixture};
use crate::spec::role::Role;
use crate::stage::command::Command;
use crate::stage::{Isolation, Limit, Limits};
use check::Check;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use color::Color;
use help::Help;
use interrupt::watch_for_signals;
use list::List;
use man::Man;
use merge::Merge;
use new_fixture::NewFixture;
use progress::Progress;
use search::{Explore, Fuzz};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use watch::Watch;

/// The first argument with which the program starts itself as one of the reference pair.
pub const REFERENCE_ARGUMENT: &str = "__reference";

/// A verdict: a program does not conform.
const NONCONFORMING: u8 = 1;
/// A verdict: something could not be judged.
const UNJUDGED: u8 = 3;
/// A mistake in the command line, or in a file that it names.
const USAGE: u8 = 2;
/// The harness could not do its work.
const TROUBLE: u8 = 3;
/// A signal has ended the run.
const INTERRUPTED: u8 = 130;

const AFTER_HELP: &str = "\
Without a command, the built-in reference server and client are judged.

Exit status:
  0    the programs conform (SHOULD is a warning, unless --strict)
  1    a program does not conform
  2    a mistake in the command line or in a file
  3    something could not be judged, and nothing failed; or sockspec could not
       do its work, such as write a report
  130  interrupted

Environment:
  NO_COLOR        where it is set, no colours
  CLICOLOR        0: no colours
  CLICOLOR_FORCE  where it is set, and not 0, colours even where nobody watches
  CI              where it is set, nothing is recorded

Examples:
  sockspec check ./a.out
  sockspec check                           what sockspec.toml names
  sockspec check --client 'python3 client.py' client/eof
  sockspec watch ./a.out                   again, each time that it changes
  sockspec check --server ./a.out --report human --report json=result.json
  sockspec fuzz --server ./a.out --cases 5000 --save found
  sockspec fuzz --server ./server --client ./client
  sockspec explore --server ./a.out aexit
  sockspec explain server/exit-split
  sockspec help ci                         files for GitHub, GitLab and others
  sockspec explain server/exit-exact/one-byte-more   a scenario of a report";

/// Says which requirements of the TCP client/server tutorial a program meets, which it breaks, and why.
#[derive(Debug, Parser)]
#[command(name = "sockspec", version, after_help = AFTER_HELP, max_term_width = 110, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    options: Options,
    /// When to use colours.
    #[arg(long, value_enum, global = true, default_value = "auto")]
    color: Color,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Judges a server, a client, or both, against the golden scenarios.
    #[command(after_help = "Without a program, all subjects of ./sockspec.toml are built and judged.\n\
        A PROGRAM is a command: ./a.out, or 'python3 client.py' in quotes.\n\
        sockspec starts it and looks: a server listens, a client connects.\n\
        A FILTER is a rule (server/exit-split), a scenario, or a part of its name.\n\
        Several add up.\n\
        Where the program takes its address as arguments, {host}, {port} and {addr}\n\
        stand for it.")]
    Check(Check),
    /// Judges as `check` does, and again each time that a program changes; then only what has changed is shown.
    #[command(after_help = "Save, or compile, and look: a rule that passes now, or fails now.\n\
        Programs of sockspec.toml are built again when a source file changes.\n\
        Ctrl-C ends it.")]
    Watch(Watch),
    /// Judges a server, a client, or the two together against random conversations; each failure is shrunk to the smallest one.
    #[command(after_help = "A search ends with its first failure.\n\
        The same seed gives the same conversations on any machine.\n\
        What is saved with --save is replayed with `sockspec check --fixtures DIR`.")]
    Fuzz(Fuzz),
    /// Judges a server or a client against every cut of a short stream.
    #[command(after_help = "A stream of n bytes has 2^(n-1) cuts.\n\
        Bytes that cannot be typed are written as in a fixture, in quotes:\n\
        sockspec explore --server ./a.out '\"\\xe4\\xb8\\xadexit\"'")]
    Explore(Explore),
    /// Joins the JSON reports of all parts of a run into one report and one exit status.
    #[command(after_help = "The parts are those of --partition.\n\
        One that is missing, or there twice, or of another version, is an error.\n\
        What is merged is as strict as its parts were.\n\
        Runs of different programs stand side by side.")]
    Merge(Merge),
    /// Begins a scenario of your own: what the harness does in one of this rule, for you to change and for `check --bless` to complete.
    NewFixture(NewFixture),
    /// Lists the rules, or the scenarios, one a line.
    #[command(after_help = "Where the list goes to another program or a file, tabs separate its columns:\n\
        sockspec list --scenarios server/eof | cut -f1 |\n\
        xargs sockspec check --server ./a.out")]
    List(List),
    /// Explains a rule: what it asks for, why programs break it, where to look. Or shows a scenario.
    Explain {
        /// The rule, such as server/exit-split, or a scenario, as a report names it.
        name: String,
    },
    /// Prints what makes a shell complete the commands, options and rules of sockspec.
    #[command(after_help = "FOLDER is one of zsh's $fpath:\n\
        sockspec completions bash > ~/.local/share/bash-completion/completions/sockspec\n\
        sockspec completions zsh > FOLDER/_sockspec\n\
        sockspec completions fish > ~/.config/fish/completions/sockspec.fish")]
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Prints the manual, or writes it to a folder.
    #[command(after_help = "To read it: sockspec man | man -l -\n\
        To install it: sockspec man --dir ~/.local/share/man/man1")]
    Man(Man),
    /// Shows the page of a command, or what to put into a repository so that CI judges it: `sockspec help ci`.
    Help(Help),
}

// What may be said of a run. (Clap would take a doc comment for the description of each command that has these.)
#[derive(Clone, Debug, Args)]
struct Options {
    #[command(flatten)]
    playing: Playing,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    own: OwnFixtures,
}

// How programs are judged.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct Playing {
    /// How many scenarios run at once [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How long a program may take for its next step, such as 5s or 800ms; time in which it waits for a CPU does not count
    /// [default: 5s].
    #[arg(long, value_name = "DURATION", value_parser = Setting::timeout)]
    timeout: Option<Duration>,
    /// What a program may use of the machine: memory=2GiB, processes=256, file-size=1GiB, written=4GiB, open-files=1024 are the
    /// limits without this option, and `none` is no limit; may be given several times.
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<Limit>,
    /// SHOULD counts too.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    strict: Option<bool>,
    /// Plays only the Ith of N parts of all cases; `sockspec merge` joins the reports.
    #[arg(long, value_name = "I/N")]
    partition: Option<Partition>,
    /// Where programs run [default: auto].
    #[arg(long, value_enum)]
    isolation: Option<Isolation>,
}

// What is said of it, and where.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct Output {
    #[arg(long = "report", value_name = "FORMAT[=PATH]")]
    #[arg(help = format!("What to write, and where: {}; may be given several times [default: human, and github where GITHUB_ACTIONS is true]", Format::list("or")))]
    reports: Vec<Destination>,
    /// Exits with 0 whatever the verdict is, for graders that read the report: a mistake, trouble and an interrupt still show.
    #[arg(long)]
    exit_zero: bool,
    /// No progress and no notes, and on the screen only what is wrong, and the last lines; where no report is on the screen, nothing.
    #[arg(long, short)]
    quiet: bool,
    /// Says, too, why programs run where they do.
    #[arg(long, short)]
    verbose: bool,
}

// Scenarios that are not built in.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct OwnFixtures {
    /// Scenarios of your own, besides the built-in ones; one with the same name takes the other's place.
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
}

impl Options {
    fn is_strict(&self) -> bool {
        self.playing.strict.unwrap_or(false)
    }

    fn partition(&self) -> Partition {
        self.playing.partition.unwrap_or(Partition::WHOLE)
    }
}

/// A mistake that keeps a run from starting, with its exit status.
struct Stop {
    status: u8,
    message: String,
    /// Whether there were results, and reports of them.
    has_results: bool,
}

impl Stop {
    fn usage(message: impl Into<String>) -> Self {
        Self { status: USAGE, message: message.into(), has_results: false }
    }

    fn trouble(message: impl Into<String>) -> Self {
        Self { status: TROUBLE, message: message.into(), has_results: false }
    }

    /// A signal has ended it before there was anything to report.
    fn interrupted() -> Self {
        Self { status: INTERRUPTED, message: "interrupted".into(), has_results: false }
    }

    fn told(self) -> ExitCode {
        say(&format!("error: {}", self.message));
        ExitCode::from(self.status)
    }
}

/// Does what the command line asks for.
pub fn main() -> ExitCode {
    // Help and mistakes are shown while the command line is being read.
    color::choose(color::given());
    let (cli, options) = match arguments::read() {
        Ok(read) => read,
        Err(stop) => return stop.told(),
    };
    color::choose(cli.color);
    let done = match &cli.command {
        None => check::self_test(&options),
        Some(Verb::Check(arguments)) => check::check(arguments, &options),
        Some(Verb::Watch(arguments)) => watch::watch(arguments, &options),
        Some(Verb::Fuzz(arguments)) => search::fuzz(arguments, &options),
        Some(Verb::Explore(arguments)) => search::explore(arguments, &options),
        Some(Verb::Merge(arguments)) => merge::run(arguments, &options.output),
        Some(Verb::NewFixture(arguments)) => new_fixture::run(arguments, &options),
        Some(Verb::List(arguments)) => list::run(arguments, &options),
        Some(Verb::Explain { name }) => explain::run(name, &options),
        Some(Verb::Completions { shell }) => completions::run(*shell, arguments::command()),
        Some(Verb::Man(arguments)) => man::run(arguments, arguments::command()),
        Some(Verb::Help(arguments)) => help::run(arguments, arguments::command()),
    };
    match done {
        Ok(NONCONFORMING | UNJUDGED) if options.output.exit_zero => ExitCode::SUCCESS,
        Ok(status) => ExitCode::from(status),
        Err(stop) => {
            if !stop.has_results {
                report::write_refusals(&options.output, &stop.message);
            }
            stop.told()
        }
    }
}

/// Says something that is no part of the result. Nobody to tell is no reason to fail.
fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Says something that it is good to know, to those who want to hear it.
fn note(text: &str, output: &Output) {
    if !output.quiet {
        say(text);
    }
}

/// The options, as they were given, that matter when a case is run again; but for those of the folder of scenarios.
fn repeated(options: &Options) -> String {
    let isolation = options.playing.isolation.filter(|isolation| *isolation != Isolation::Auto);
    let mut again = isolation.map_or_else(String::new, |isolation| format!(" --isolation {}", isolation.name()));
    again.extend(options.playing.limits.iter().map(|limit| format!(" --limit {limit}")));
    if let Some(timeout) = options.playing.timeout {
        again.push_str(&format!(" --timeout {}", humantime::format_duration(timeout).to_string().replace(' ', "")));
    }
    again.push_str(match options.playing.strict {
        Some(true) => " --strict",
        Some(false) => " --strict=false",
        None => "",
    });
    again
}

fn setting(options: &Options) -> Result<Setting, Stop> {
    Ok(Setting {
        jobs: options.playing.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from),
        timeout: options.playing.timeout.unwrap_or(Duration::from_secs(5)),
        limits: options.playing.limits.iter().copied().fold(Limits::default(), Limits::with),
        isolation: options.playing.isolation.unwrap_or(Isolation::Auto),
        program: own_file()?,
    })
}

/// This program's own file, which is started again as a stage.
fn own_file() -> Result<PathBuf, Stop> {
    std::env::current_exe().map_err(|error| Stop::trouble(format!("this program cannot find its own file: {error}")))
}

fn subjects(server: Option<&str>, client: Option<&str>) -> Result<Vec<Subject>, Stop> {
    let mut subjects = Vec::new();
    for (role, text) in [(Role::Server, server), (Role::Client, client)] {
        if let Some(text) = text {
            let command = Command::parse(text).map_err(|error| Stop::usage(format!("--{role}: {error}")))?;
            subjects.push(Subject { role, command });
        }
    }
    Ok(subjects)
}

/// The built-in scenarios, and the user's own.
fn fixtures(options: &Options) -> Result<Vec<Fixture>, Stop> {
    let mut all = fixture::built_in().map_err(|error| Stop::trouble(error.to_string()))?;
    if let Some(folder) = &options.own.fixtures {
        fixture::add(&mut all, own_fixtures(folder)?);
    }
    Ok(all)
}

/// The user's own scenarios.
fn own_fixtures(folder: &Path) -> Result<Vec<Fixture>, Stop> {
    if !folder.is_dir() {
        return Err(Stop::usage(format!("--fixtures: there is no folder {}", folder.display())));
    }
    fixture::load(folder).map_err(|error| Stop::usage(error.to_string()))
}

/// Prints a page; a reader that has had enough of it is no error.
fn print(text: &str) -> Result<u8, Stop> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::trouble(format!("stdout: {error}"))),
        _ => Ok(0),
    }
}
