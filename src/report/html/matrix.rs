//! Tables that compare several programs: a row for each rule, a column for each run. Servers, clients and pairs have different rules, so
//! each has a table.

use super::badge::badge;
use super::section::Section;
use crate::report::conclusion::{Conclusion, Mark};
use crate::spec::role::Part;
use crate::spec::rule::{RULES, Rule};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use maud::{Markup, html};

/// A run, and its outcomes for one part.
struct Column<'a, 'b> {
    section: &'a Section<'b>,
    conclusion: Conclusion,
    rules: Vec<(&'static Rule, Vec<&'a Outcome>)>,
}

/// The tables.
pub fn of(sections: &[Section<'_>]) -> Markup {
    html! {
        h2 { (sections.len()) " programs side by side" }
        @for (part, caption) in [(Part::Server, "Servers"), (Part::Client, "Clients"), (Part::Pair, "Servers and clients together")] {
            @let columns: Vec<Column<'_, '_>> = sections.iter().filter_map(|section| column(section, part)).collect();
            @if !columns.is_empty() { (table(&columns, part, caption)) }
        }
    }
}

fn column<'a, 'b>(section: &'a Section<'b>, part: Part) -> Option<Column<'a, 'b>> {
    let conclusion = section.conclusions().into_iter().find(|conclusion| conclusion.part == part)?;
    let rules = section.run().by_rule().into_iter().filter(|(rule, _)| rule.subject() == part).collect();
    Some(Column { section, conclusion, rules })
}

fn table(columns: &[Column<'_, '_>], part: Part, caption: &str) -> Markup {
    let is_played = |rule: &&Rule| columns.iter().any(|column| column.rules.iter().any(|(other, _)| other == rule));
    let name = format!("all-{part}");
    html! {
        // A table wider than the window scrolls, also with the keyboard.
        div.scroll tabindex="0" role="region" aria-labelledby=(name) {
            table {
                caption id=(name) { (caption) }
                thead {
                    tr {
                        th scope="col" { "rule" }
                        @for Column { section, .. } in columns { th scope="col" { a href={ "#" (section.anchor("")) } { (section.name()) } } }
                    }
                    tr {
                        th scope="row" { "verdict" }
                        @for Column { conclusion: Conclusion { conforms, words, .. }, .. } in columns {
                            @let words = words.strip_prefix(&format!("the {part}")).unwrap_or(words).trim_start_matches([':', ' ']);
                            @let mark = Mark::from(*conforms);
                            td { strong class=(mark.class()) { (mark.symbol()) " " (words) } }
                        }
                    }
                }
                tbody {
                    @for rule in RULES.iter().filter(is_played) {
                        tr {
                            th scope="row" { (rule.id) " " span.level { (rule.level) } }
                            @for column in columns { td { (cell(column, rule)) } }
                        }
                    }
                }
            }
        }
    }
}

fn cell(Column { section, rules, .. }: &Column<'_, '_>, rule: &Rule) -> Markup {
    let Some((_, outcomes)) = rules.iter().find(|(other, _)| *other == rule) else { return html! { span.vh { "not played" } } };
    let mark = Mark::of(section.run(), rule, outcomes.iter().copied());
    let passed = outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Pass).count();
    html! {
        a.(mark.class()) href={ "#" (section.anchor(rule.id)) } { (badge(mark)) }
        @if passed < outcomes.len() { " " span.count { (passed) "/" (outcomes.len()) } }
    }
}
