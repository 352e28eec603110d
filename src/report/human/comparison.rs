//! Tables that compare several programs.

use super::section::Section;
use super::style::{BOLD, shortened};
use crate::spec::role::Part;
use crate::spec::rule::{RULES, Rule};
use crate::verdict::outcome::Outcome;
use anstyle::Style;
use std::io::{self, Write};

/// Writes a table: a row for each rule, a column for each run. If the columns do not fit into `width`, writes several tables.
pub(super) fn side_by_side(sections: &[Section<'_>], part: Part, width: usize, out: &mut dyn Write) -> io::Result<()> {
    const RULE: usize = 24 + 2 + 6;
    let columns: Vec<Column<'_>> =
        sections.iter().map(|section| Column::of(section, part)).filter(|column| !column.rules.is_empty()).collect();
    let mut rest = &columns[..];
    while !rest.is_empty() {
        let mut right = RULE;
        let fits = |column: &&Column<'_>| {
            right += column.width();
            right <= width
        };
        let (some, others) = rest.split_at(rest.iter().take_while(fits).count().max(1));
        rest = others;
        write!(out, "\n{:RULE$}", "")?;
        row(some.iter().map(|column| (column, BOLD, &*column.name)), out)?;
        for rule in RULES.iter().filter(|rule| some.iter().any(|column| column.word(rule).is_some())) {
            write!(out, "{:<24}  {:<6}", rule.id, rule.level)?;
            row(some.iter().map(|column| column.word(rule).map_or((column, BOLD, ""), |(style, word)| (column, style, word))), out)?;
        }
    }
    Ok(())
}

/// A run in the table.
struct Column<'a> {
    section: &'a Section<'a>,
    name: String,
    rules: Vec<(&'static Rule, Vec<&'a Outcome>)>,
}

impl<'a> Column<'a> {
    fn of(section: &'a Section<'a>, part: Part) -> Self {
        let rules = section.run.by_rule().into_iter().filter(|(rule, _)| rule.subject() == part).collect();
        Self { section, name: shortened(&section.label, 20), rules }
    }

    /// The width on the screen, with the space before the column.
    fn width(&self) -> usize {
        textwrap::core::display_width(&self.name).max(5) + 2
    }

    fn word(&self, rule: &Rule) -> Option<(Style, &'static str)> {
        self.rules.iter().find(|(other, _)| *other == rule).map(|(rule, outcomes)| self.section.word(rule, outcomes))
    }
}

/// Writes the cells of a row, without spaces at the end.
fn row<'a>(cells: impl Iterator<Item = (&'a Column<'a>, Style, &'a str)>, out: &mut dyn Write) -> io::Result<()> {
    let mut gap = 2;
    for (column, style, word) in cells {
        if !word.is_empty() {
            write!(out, "{:gap$}{style}{word}{style:#}", "")?;
            gap = 0;
        }
        gap += column.width() - textwrap::core::display_width(word);
    }
    writeln!(out)
}
