//! `sockspec list`.

use super::filter::Filter;
use super::fixtures::fixtures;
use super::messages::print;
use super::options::Options;
use super::project;
use super::stop::Stop;
use crate::spec::fixture::Fixture;
use crate::spec::rule::{RULES, Rule};
use clap::Args;
use std::io::{self, IsTerminal};

#[derive(Debug, Args)]
pub(super) struct List {
    /// List scenarios, each with its title.
    #[arg(long)]
    scenarios: bool,
    /// Rules or scenarios to list, as for `sockspec check` [default: all].
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
}

pub(super) fn run(arguments: &List, options: &Options) -> Result<u8, Stop> {
    let (_, options) = project::read(options)?;
    let selected = Filter::select(&arguments.filters, fixtures(&options)?)?;
    if arguments.scenarios {
        let row = |fixture: &Fixture| [fixture.id.clone(), fixture.scenario.title.clone()];
        return print(&lines(&selected.iter().map(row).collect::<Vec<_>>()));
    }
    let dialect = options.course.read()?;
    // Rules that the tutorial has not are about other courses.
    let is_listed = |rule: &&Rule| !dialect.is_tutorial() || rule.inapplicable(&dialect).is_none();
    let rules = RULES.iter().filter(|rule| selected.iter().any(|fixture| fixture.scenario.rule.id == rule.id)).filter(is_listed);
    let row = |rule: &Rule| {
        let sentence = rule.inapplicable(&dialect).map_or_else(|| rule.sentence.of(&dialect), |why| format!("does not apply: {why}"));
        [rule.id.into(), rule.level.to_string(), sentence]
    };
    print(&lines(&rules.map(row).collect::<Vec<_>>()))
}

/// One line for each row. At a terminal, spaces align the columns. For another program, a tab separates them; no text contains a tab.
fn lines<const N: usize>(rows: &[[String; N]]) -> String {
    let is_read_by_a_person = io::stdout().is_terminal();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (text, width))| match column + 1 {
            last if last == N => format!("{text}\n"),
            _ if is_read_by_a_person => format!("{text:width$}  "),
            _ => format!("{text}\t"),
        });
        cells.collect::<String>()
    };
    rows.iter().map(line).collect()
}
