//! Reads the command line: knows which options a command takes, and explains the ones that it does not take.

use super::commands::{Cli, TEMPLATE};
use super::options::{Course, Options, Output, OwnFixtures, Playing};
use super::stop::Stop;
use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, CommandFactory, Error, FromArgMatches};
use std::ffi::OsString;
use std::path::Path;

/// The commands that `sockspec -h` shows. `sockspec --help` shows all of them.
const MAIN: [&str; 8] = ["check", "class", "watch", "explain", "list", "fuzz", "merge", "help"];

/// The description of the command line. Each command has the options that it uses.
pub(super) fn command() -> Command {
    // (`mut_subcommand` would move a command to the end of the list.)
    Cli::command().help_template(TEMPLATE).mut_subcommands(|command| {
        let command = command.help_template(TEMPLATE);
        match command.get_name() {
            "check" | "class" | "watch" => Options::augment_args(command),
            "fuzz" | "explore" => Course::augment_args(Output::augment_args(Playing::augment_args(command))),
            "merge" => Output::augment_args(command),
            "list" | "explain" | "new-fixture" => Course::augment_args(OwnFixtures::augment_args(command)),
            _ => command,
        }
    })
}

/// Hides the commands that few people use, if the command line asks for the short help. (Clap can do that for options alone.)
fn shortened(command: Command) -> Command {
    let is_short =
        |word: &OsString| word.to_str().is_some_and(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('h'));
    if !std::env::args_os().any(|word| is_short(&word)) {
        return command;
    }
    command.mut_subcommands(|command| {
        let is_hidden = !MAIN.contains(&command.get_name());
        command.hide(is_hidden)
    })
}

/// Reads the command line. If it asks for help, prints the help and ends the program.
///
/// # Errors
/// A mistake for which sockspec has better words than clap.
pub(super) fn read() -> Result<(Cli, Options), Stop> {
    let mut command = shortened(command());
    let matches = command.try_get_matches_from_mut(std::env::args_os()).map_err(|error| mistake(&error, &command))?;
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let mut options = cli.options.clone();
    if let Some((name, own)) = matches.subcommand() {
        let takes = |id: &str| command.find_subcommand(name).is_some_and(|verb| has(verb, id));
        // The options of a command may stand before it, too. Others may not.
        let given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let ids = command.get_arguments().map(|argument| argument.get_id().as_str());
        if let Some(id) = ids.filter(given).find(|id| !takes(id)) {
            return Err(does_nothing(&command, id));
        }
        options.complete(own, takes).unwrap_or_else(|error| error.exit());
    }
    Ok((cli, options))
}

impl Options {
    /// Adds the options after the command.
    fn complete(&mut self, own: &ArgMatches, takes: impl Fn(&str) -> bool) -> Result<(), Error> {
        if takes("jobs") {
            self.playing.update_from_arg_matches(own)?;
        }
        if takes("reports") {
            let before = self.output.clone();
            self.output.update_from_arg_matches(own)?;
            // Clap sets a missing switch to false.
            self.output.quiet |= before.quiet;
            self.output.verbose |= before.verbose;
            self.output.all |= before.all;
            self.output.exit_zero |= before.exit_zero;
        }
        if takes("dialect") {
            self.course.update_from_arg_matches(own)?;
        }
        if takes("fixtures") { self.own.update_from_arg_matches(own) } else { Ok(()) }
    }
}

fn has(command: &Command, id: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == id)
}

/// The error for a command line that clap refuses.
fn mistake(error: &Error, command: &Command) -> Stop {
    let named = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let given = named(ContextKind::InvalidArg);
            let long = given.trim_start_matches('-').split('=').next().unwrap_or_default();
            let known = command.get_arguments().find(|argument| argument.get_long() == Some(long));
            known.map_or_else(|| error.exit(), |known| does_nothing(command, known.get_id().as_str()))
        }
        ErrorKind::InvalidSubcommand if Path::new(&named(ContextKind::InvalidSubcommand)).is_file() => {
            let file = named(ContextKind::InvalidSubcommand);
            Stop::usage(format!("`{file}` is no command of sockspec: to judge a program, write sockspec check {file}"))
        }
        _ => error.exit(),
    }
}

/// The error for an option that the command does not use.
fn does_nothing(command: &Command, id: &str) -> Stop {
    let option = command.get_arguments().find(|argument| argument.get_id() == id).and_then(Arg::get_long).unwrap_or(id);
    let users: Vec<&str> = command.get_subcommands().filter(|each| has(each, id)).map(Command::get_name).collect();
    let why = if id == "strict" { "; a merged report is as strict as its parts" } else { "" };
    Stop::usage(format!("--{option} does nothing here: it is an option of {}{why}", users.join(", ")))
}
