//! `sockspec completions`.

use super::{Stop, print};
use crate::spec::rule::RULES;
use clap::Command;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

pub(super) fn run(shell: Shell, command: Command) -> Result<u8, Stop> {
    // What is completed is what may be meant; what is accepted is more, and has better messages.
    let rules = || PossibleValuesParser::new(RULES.iter().map(|rule| rule.id));
    let mut command = command
        .mut_subcommand("explain", |explain| explain.mut_arg("name", |name| name.value_parser(rules())))
        .mut_subcommand("check", |check| check.mut_arg("programs_and_filters", |filters| filters.value_parser(rules())))
        .mut_subcommand("list", |list| list.mut_arg("filters", |filters| filters.value_parser(rules())));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "sockspec", &mut script);
    print(&String::from_utf8_lossy(&script))
}
