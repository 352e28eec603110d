//! The command line.
//!
//! [`main`] reads the arguments and calls the command, which is in a file of its own name. `commands.rs` has the list of commands, and
//! `options.rs` the options that they share.

mod arguments;
mod bless;
mod check;
mod class;
mod color;
mod commands;
mod completions;
mod explain;
mod filter;
mod fixtures;
mod help;
mod interrupt;
mod kept;
mod learn;
mod list;
mod man;
mod merge;
mod messages;
mod new_fixture;
mod options;
mod progress;
mod project;
mod recognise;
mod report;
mod schema;
mod search;
mod stop;
mod subjects;
mod text;
mod topics;
mod watch;

use commands::Commands;
use std::process::ExitCode;
pub use subjects::REFERENCE_ARGUMENT;

/// Runs the command line.
pub fn main() -> ExitCode {
    // Reading the command line may print help or a mistake.
    color::choose(color::given());
    let (cli, options) = match arguments::read() {
        Ok(read) => read,
        Err(stop) => return messages::print_stop(&stop),
    };
    color::choose(cli.color);
    let done = match &cli.command {
        None => check::self_test(&options),
        Some(Commands::Check(arguments)) => check::check(arguments, &options),
        Some(Commands::Class(arguments)) => class::class(arguments, &options),
        Some(Commands::Watch(arguments)) => watch::watch(arguments, &options),
        Some(Commands::Fuzz(arguments)) => search::fuzz(arguments, &options),
        Some(Commands::Explore(arguments)) => search::explore(arguments, &options),
        Some(Commands::Merge(arguments)) => merge::run(arguments, &options.output),
        Some(Commands::NewFixture(arguments)) => new_fixture::run(arguments, &options),
        Some(Commands::Learn(arguments)) => learn::run(arguments, &options),
        Some(Commands::List(arguments)) => list::run(arguments, &options),
        Some(Commands::Explain { name }) => explain::run(&name.join(" "), &options),
        Some(Commands::Schema { file }) => schema::run(*file),
        Some(Commands::Completions { shell }) => completions::run(*shell, arguments::command()),
        Some(Commands::Man(arguments)) => man::run(arguments, arguments::command()),
        Some(Commands::Help(arguments)) => help::run(arguments, arguments::command()),
    };
    match done {
        Ok(stop::NONCONFORMING | stop::UNJUDGED) if options.output.exit_zero => ExitCode::SUCCESS,
        Ok(status) => ExitCode::from(status),
        Err(stop) => {
            if !stop.has_results {
                report::write_refusals(&options.output, &stop.message);
            }
            messages::print_stop(&stop)
        }
    }
}
