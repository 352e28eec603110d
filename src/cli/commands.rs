//! The commands of the command line, and the examples in their help.

use super::check::Check;
use super::class::Class;
use super::color::Color;
use super::help::Help;
use super::learn::Learn;
use super::list::List;
use super::man::Man;
use super::merge::Merge;
use super::new_fixture::NewFixture;
use super::options::Options;
use super::schema::Schema;
use super::search::{Explore, Fuzz};
use super::topics;
use super::watch::Watch;
use clap::{Parser, Subcommand};
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  sockspec check ./a.out                judge a program
  sockspec check ./a.out server/eof     one rule only
  sockspec check ./server ./client      judge each, then both together
  sockspec check 'python3 client.py'    a command with arguments, in quotes
  sockspec check                        judge the programs of sockspec.toml
  sockspec class submissions            judge a class, a folder for each student
  sockspec watch ./a.out                judge again after each change
  sockspec explain server/eof           say what a rule asks for
  sockspec fuzz --server ./a.out        try random conversations
  sockspec help ci                      list files for GitHub, GitLab and others";

/// The layout of every help page: the examples stand before the options.
pub(super) const TEMPLATE: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

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
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Commands>,
    #[command(flatten)]
    pub(super) options: Options,
    /// When to use colours.
    #[arg(long, value_enum, global = true, default_value = "auto", hide_short_help = true)]
    pub(super) color: Color,
}

#[derive(Debug, Subcommand)]
pub(super) enum Commands {
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
    /// Judge the programs of a class: one folder for each student.
    #[command(before_help = "\
Examples:
  sockspec class submissions
  sockspec class submissions --build make --server ./server --report csv=marks.csv
  sockspec class submissions --subject ann server/eof")]
    #[command(after_long_help = "\
sockspec copies and builds each folder, and looks for the server and the
client in it. A folder that does not build, or has no program, is a result
like any other. `sockspec help classes` says more.")]
    Class(Class),
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
    /// Explain a rule, a scenario, a mistake or a word of a report.
    #[command(before_help = "\
Examples:
  sockspec explain server/exit-split                a rule
  sockspec explain server/exit-exact/one-byte-more  a scenario
  sockspec explain no-htons                         a mistake
  sockspec explain FIN                              a word of a report")]
    Explain {
        /// Name of a rule, a scenario, a mistake or a term, as a report writes it.
        #[arg(required = true)]
        name: Vec<String>,
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
    /// Propose the dialect of a course, by looking at its programs.
    #[command(before_help = "\
Examples:
  sockspec learn --server ./solution > mine.toml
  sockspec learn --server ./server --client 'python3 client.py' --output mine.toml
  sockspec check --dialect mine.toml --server ./server")]
    #[command(after_long_help = "\
Take programs that are right: what they do becomes what the course asks for.
sockspec finds their port, talks to them, and writes what it has seen: texts,
token, replies, and which clients the server serves. What it could not see
stands in the file as a comment with a question. Read the file, correct it,
and let it judge the programs from which it came: a right program passes.
`sockspec help dialects` explains all keys.")]
    Learn(Learn),
    /// Begin a scenario of your own.
    NewFixture(NewFixture),
    /// Print the JSON schema of a dialect or of a report.
    #[command(before_help = "\
Examples:
  sockspec schema dialect > dialect.schema.json
  sockspec schema report")]
    #[command(after_help = "\
An editor that knows TOML checks and completes a dialect with this first line:
#:schema ./dialect.schema.json")]
    Schema {
        /// Kind of file.
        #[arg(value_name = "FILE")]
        file: Schema,
    },
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
