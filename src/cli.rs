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
mod text;
mod topics;
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

/// A program does not conform.
const NONCONFORMING: u8 = 1;
/// Something could not be judged, and nothing failed.
const UNJUDGED: u8 = 3;
/// A mistake in the command line, or in a file that it names.
const USAGE: u8 = 2;
/// The harness could not do its work.
const TROUBLE: u8 = 3;
/// A signal has ended the run.
const INTERRUPTED: u8 = 130;

const EXAMPLES: &str = "\
Examples:
  sockspec check ./a.out                judge a program
  sockspec check ./a.out server/eof     one rule only
  sockspec check ./server ./client      judge each, then both together
  sockspec check 'python3 client.py'    a command with arguments, in quotes
  sockspec check                        judge the programs of sockspec.toml
  sockspec watch ./a.out                judge again after each change
  sockspec explain server/eof           say what a rule asks for
  sockspec fuzz --server ./a.out        try random conversations
  sockspec help ci                      list files for GitHub, GitLab and others";

/// The layout of every help page: the examples stand before the options.
const TEMPLATE: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

const AFTER_HELP: &str = "\
Without a command, sockspec judges the built-in reference server and client.
`sockspec help` lists all commands and topics.";

fn after_long_help() -> String {
    format!(
        "{AFTER_HELP}

Exit status:
{}

Environment:
  NO_COLOR        if set, no colours
  CLICOLOR        if 0, no colours
  CLICOLOR_FORCE  if set, and not 0, colours even in a pipe or a file
  CI              if set, --bless records nothing
  GITHUB_ACTIONS  if true, the reports are human and github",
        topics::exit_statuses()
    )
}

/// A conformance suite for the classic TCP client/server tutorial.
#[derive(Debug, Parser)]
#[command(name = "sockspec", version, before_help = EXAMPLES, after_help = AFTER_HELP, after_long_help = after_long_help())]
#[command(max_term_width = 110, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    options: Options,
    /// When to use colours.
    #[arg(long, value_enum, global = true, default_value = "auto", hide_short_help = true)]
    color: Color,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Judge a server, a client, or both.
    #[command(before_help = "\
Examples:
  sockspec check ./a.out
  sockspec check ./a.out server/eof
  sockspec check ./server ./client
  sockspec check --client 'python3 client.py' client/eof client/nul
  sockspec check --server './server {port}'
  sockspec check ./a.out --report human --report json=result.json")]
    #[command(after_long_help = "\
A PROGRAM is a command: ./a.out, or 'python3 client.py' in quotes.
sockspec starts it and looks: a server listens, a client connects.
A FILTER is a rule (server/exit-split), a scenario, or a part of its name.
Several filters add up.
If the program takes its address as arguments, write {host}, {port} or {addr}.
Without a program, sockspec builds and judges all subjects of ./sockspec.toml.")]
    Check(Check),
    /// Judge again each time that a program changes.
    #[command(before_help = "\
Examples:
  sockspec watch ./a.out
  sockspec watch ./a.out server/eof")]
    #[command(after_long_help = "\
Save or compile, and look: sockspec shows only the rules that have changed.
sockspec builds programs of sockspec.toml again when a source file changes.
Ctrl-C ends it.")]
    Watch(Watch),
    /// Explain a rule, or show a scenario.
    #[command(before_help = "\
Examples:
  sockspec explain server/exit-split
  sockspec explain server/exit-exact/one-byte-more")]
    Explain {
        /// A rule, such as server/exit-split, or a scenario, as a report names it.
        name: String,
    },
    /// List the rules or the scenarios.
    #[command(before_help = "\
Examples:
  sockspec list
  sockspec list --scenarios server/eof")]
    #[command(after_long_help = "\
In a pipe or a file, tabs separate the columns:
sockspec list --scenarios server/eof | cut -f1 |
xargs sockspec check --server ./a.out")]
    List(List),
    /// Play random conversations, and shrink the first failure.
    #[command(before_help = "\
Examples:
  sockspec fuzz --server ./a.out --cases 5000
  sockspec fuzz --client ./b.out --seed 7 --save found
  sockspec fuzz --server ./a.out --client ./b.out")]
    #[command(after_long_help = "\
A search ends with its first failure.
The same seed gives the same conversations on every machine.
`sockspec check --fixtures DIR` replays what --save DIR has saved.")]
    Fuzz(Fuzz),
    /// Play every cut of a short stream.
    #[command(override_usage = "sockspec explore [OPTIONS] --server|--client|--subject <PROGRAM> <STREAM>")]
    #[command(before_help = "\
Examples:
  sockspec explore --server ./a.out aexit
  sockspec explore --server ./a.out '\"\\xe4\\xb8\\xadexit\"'")]
    #[command(after_long_help = "\
A stream of n bytes has 2^(n-1) cuts.
Write bytes that you cannot type in quotes, as in a scenario.")]
    Explore(Explore),
    /// Join JSON reports into one report and one exit status.
    #[command(before_help = "\
Examples:
  sockspec merge 1.json 2.json 3.json
  sockspec merge ann.json ben.json --report html=all.html")]
    #[command(after_long_help = "\
The parts are those of --partition.
It is an error if a part is missing, appears twice, or has another version.
The result is as strict as its parts.
Runs of different programs stand side by side.")]
    Merge(Merge),
    /// Begin a scenario of your own.
    NewFixture(NewFixture),
    /// Print the completions for a shell.
    #[command(after_help = "\
FOLDER is a folder of zsh's $fpath:
sockspec completions bash > ~/.local/share/bash-completion/completions/sockspec
sockspec completions zsh > FOLDER/_sockspec
sockspec completions fish > ~/.config/fish/completions/sockspec.fish")]
    Completions {
        /// Name of the shell.
        shell: Shell,
    },
    /// Print the manual, or write it to a folder.
    #[command(after_help = "\
To read it: sockspec man | man -l -
To install it: sockspec man --dir ~/.local/share/man/man1")]
    Man(Man),
    /// Explain a command, a topic, or how to use sockspec in CI.
    #[command(before_help = "\
Examples:
  sockspec help
  sockspec help check
  sockspec help limits
  sockspec help ci github > .github/workflows/sockspec.yml")]
    Help(Help),
}

// The options of a run. (Clap would take a doc comment for the description of each command that has these.)
#[derive(Clone, Debug, Args)]
struct Options {
    #[command(flatten)]
    playing: Playing,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    own: OwnFixtures,
}

// How sockspec judges programs.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct Playing {
    /// Count SHOULD like MUST.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(hide_possible_values = true)]
    strict: Option<bool>,
    /// Time limit for each step, such as 5s or 800ms. Waiting for a CPU does not count [default: 5s].
    #[arg(long, value_name = "DURATION", value_parser = Setting::timeout, hide_short_help = true)]
    timeout: Option<Duration>,
    /// Number of scenarios to run at once [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), hide_short_help = true)]
    jobs: Option<u16>,
    /// Limit for what a program may use, such as memory=4GiB or processes=none. `sockspec help limits` lists them all.
    #[arg(long = "limit", value_name = "NAME=VALUE", hide_short_help = true)]
    limits: Vec<Limit>,
    /// Place where programs run: `sockspec help places` [default: auto].
    #[arg(long, value_enum, hide_short_help = true)]
    isolation: Option<Isolation>,
    /// Play one part of several, such as 1/3. `sockspec merge` joins the reports.
    #[arg(long, value_name = "I/N", hide_short_help = true)]
    partition: Option<Partition>,
}

// Where reports go.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct Output {
    #[arg(long = "report", value_name = "FORMAT[=PATH]")]
    #[arg(help = format!("Report to write: {}. Give it several times for several reports", Format::list("or")))]
    reports: Vec<Destination>,
    /// Show only failures and the last lines. If all reports go to files, show nothing.
    #[arg(long, short)]
    quiet: bool,
    /// Say why programs run where they do.
    #[arg(long, short, hide_short_help = true)]
    verbose: bool,
    /// Exit with 0 for every verdict. A usage mistake, trouble and an interrupt keep their status.
    #[arg(long, hide_short_help = true)]
    exit_zero: bool,
}

// Scenarios that are not built in.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct OwnFixtures {
    /// Folder with scenarios of your own. A scenario with the name of a built-in one replaces it.
    #[arg(long, value_name = "DIR", hide_short_help = true)]
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

/// The reason why a run ends without a verdict, with the exit status.
struct Stop {
    status: u8,
    message: String,
    /// Whether there are results, and reports of them.
    has_results: bool,
}

impl Stop {
    fn usage(message: impl Into<String>) -> Self {
        Self { status: USAGE, message: message.into(), has_results: false }
    }

    fn trouble(message: impl Into<String>) -> Self {
        Self { status: TROUBLE, message: message.into(), has_results: false }
    }

    /// A signal has ended the run before there was anything to report.
    fn interrupted() -> Self {
        Self { status: INTERRUPTED, message: "interrupted".into(), has_results: false }
    }

    fn told(self) -> ExitCode {
        say(&format!("error: {}", self.message));
        ExitCode::from(self.status)
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    // Reading the command line may print help or a mistake.
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

/// Prints a message on stderr. A closed stderr is no reason to fail.
fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints a message on stderr, unless `--quiet`.
fn note(text: &str, output: &Output) {
    if !output.quiet {
        say(text);
    }
}

/// The given options that matter when a case runs again, except `--fixtures`.
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

/// The file of this program. sockspec starts it again for each worker.
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

/// Prints a page. If the reader stops early, that is no error.
fn print(text: &str) -> Result<u8, Stop> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::trouble(format!("stdout: {error}"))),
        _ => Ok(0),
    }
}
