//! `sockspec completions`.

use super::explain::mistakes_and_terms;
use super::help;
use super::messages::print;
use super::stop::Stop;
use crate::spec::rule::RULES;
use clap::Command;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

pub(super) fn run(shell: Shell, command: Command) -> Result<u8, Stop> {
    // The script completes rules, topics, and what `explain` knows. The command line itself accepts more, and has better messages than clap.
    // A shell divides a list of names at spaces, and some characters have a meaning for it.
    let is_plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "/-_".contains(c));
    let explained = || PossibleValuesParser::new(RULES.iter().map(|rule| rule.id).chain(mistakes_and_terms().filter(is_plain)));
    let rules = || PossibleValuesParser::new(RULES.iter().map(|rule| rule.id));
    let topics = || PossibleValuesParser::new(help::names());
    let mut command = command
        .mut_subcommand("explain", |explain| explain.mut_arg("name", |name| name.value_parser(explained())))
        .mut_subcommand("check", |check| check.mut_arg("programs_and_filters", |filters| filters.value_parser(rules())))
        .mut_subcommand("help", |help| help.mut_arg("words", |words| words.value_parser(topics())))
        .mut_subcommand("list", |list| list.mut_arg("filters", |filters| filters.value_parser(rules())));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "sockspec", &mut script);
    print(&String::from_utf8_lossy(&script))
}
