//! Reading the command line: which options a command takes, and what is meant by what it does not.

use super::{Cli, Options, Output, OwnFixtures, Playing, Stop};
use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, CommandFactory, Error, FromArgMatches};
use std::path::Path;

/// The command line's description, in which each command has the options that do something for it.
pub(super) fn command() -> Command {
    Cli::command()
        .mut_subcommand("check", Options::augment_args)
        .mut_subcommand("watch", Options::augment_args)
        .mut_subcommand("fuzz", |fuzz| Output::augment_args(Playing::augment_args(fuzz)))
        .mut_subcommand("explore", |explore| Output::augment_args(Playing::augment_args(explore)))
        .mut_subcommand("merge", Output::augment_args)
        .mut_subcommand("list", OwnFixtures::augment_args)
        .mut_subcommand("explain", OwnFixtures::augment_args)
        .mut_subcommand("new-fixture", OwnFixtures::augment_args)
}

/// Reads the command line; where it asks for help, that is given, and the program ends.
///
/// # Errors
/// A mistake for which there are better words than those that clap has.
pub(super) fn read() -> Result<(Cli, Options), Stop> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os()).map_err(|error| mistake(&error, &command))?;
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let mut options = cli.options.clone();
    if let Some((name, own)) = matches.subcommand() {
        let takes = |id: &str| command.find_subcommand(name).is_some_and(|verb| has(verb, id));
        // Before a command, every option may stand that it takes, and no other.
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
    /// Adds what stands behind the command.
    fn complete(&mut self, own: &ArgMatches, takes: impl Fn(&str) -> bool) -> Result<(), Error> {
        if takes("jobs") {
            self.playing.update_from_arg_matches(own)?;
        }
        if takes("reports") {
            let before = self.output.clone();
            self.output.update_from_arg_matches(own)?;
            // A switch that is not there is off, for clap.
            self.output.quiet |= before.quiet;
            self.output.verbose |= before.verbose;
            self.output.exit_zero |= before.exit_zero;
        }
        if takes("fixtures") { self.own.update_from_arg_matches(own) } else { Ok(()) }
    }
}

fn has(command: &Command, id: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == id)
}

/// What is wrong with a command line, for those who meant something else.
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

/// An option is given to a command that makes nothing of it.
fn does_nothing(command: &Command, id: &str) -> Stop {
    let option = command.get_arguments().find(|argument| argument.get_id() == id).and_then(Arg::get_long).unwrap_or(id);
    let users: Vec<&str> = command.get_subcommands().filter(|each| has(each, id)).map(Command::get_name).collect();
    let why = if id == "strict" { "; what is merged is as strict as its parts were" } else { "" };
    Stop::usage(format!("--{option} does nothing here: it is an option of {}{why}", users.join(", ")))
}
