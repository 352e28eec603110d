//! Several programs side by side: a row for each rule, a column for each run. A program is compared with those that are judged by the same
//! rules, so servers have a table, clients have one, and pairs.

use super::chapter::Chapter;
use super::sign::{Sign, badge};
use crate::report::conclusion::{Conclusion, Mark};
use crate::spec::role::Part;
use crate::spec::rule::{RULES, Rule};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use maud::{Markup, html};

/// A run, and what was played of one part.
struct Column<'a, 'b> {
    chapter: &'a Chapter<'b>,
    conclusion: Conclusion,
    rules: Vec<(&'static Rule, Vec<&'a Outcome>)>,
}

/// The tables.
pub fn of(chapters: &[Chapter<'_>]) -> Markup {
    html! {
        h2 { (chapters.len()) " programs side by side" }
        @for (part, caption) in [(Part::Server, "Servers"), (Part::Client, "Clients"), (Part::Pair, "Servers and clients together")] {
            @let columns: Vec<Column<'_, '_>> = chapters.iter().filter_map(|chapter| column(chapter, part)).collect();
            @if !columns.is_empty() { (table(&columns, part, caption)) }
        }
    }
}

fn column<'a, 'b>(chapter: &'a Chapter<'b>, part: Part) -> Option<Column<'a, 'b>> {
    let conclusion = chapter.conclusions().into_iter().find(|conclusion| conclusion.part == part)?;
    let rules = chapter.run().by_rule().into_iter().filter(|(rule, _)| rule.subject() == part).collect();
    Some(Column { chapter, conclusion, rules })
}

fn table(columns: &[Column<'_, '_>], part: Part, caption: &str) -> Markup {
    let is_played = |rule: &&Rule| columns.iter().any(|column| column.rules.iter().any(|(other, _)| other == rule));
    let name = format!("all-{part}");
    html! {
        // What is wider than the window scrolls by itself, and the keyboard can do that as well.
        div.scroll tabindex="0" role="region" aria-labelledby=(name) {
            table {
                caption id=(name) { (caption) }
                thead {
                    tr {
                        th scope="col" { "rule" }
                        @for Column { chapter, .. } in columns { th scope="col" { a href={ "#" (chapter.anchor("")) } { (chapter.name()) } } }
                    }
                    tr {
                        th scope="row" { "verdict" }
                        @for Column { conclusion: Conclusion { tenor, words, .. }, .. } in columns {
                            @let words = words.strip_prefix(&format!("the {part}")).unwrap_or(words).trim_start_matches([':', ' ']);
                            td { strong class=(tenor.class()) { (tenor.symbol()) " " (words) } }
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

fn cell(Column { chapter, rules, .. }: &Column<'_, '_>, rule: &Rule) -> Markup {
    let Some((_, outcomes)) = rules.iter().find(|(other, _)| *other == rule) else { return html! { span.vh { "not played" } } };
    let mark = Mark::of(chapter.run(), rule, outcomes.iter().copied());
    let passed = outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Pass).count();
    html! {
        a.(mark.class()) href={ "#" (chapter.anchor(rule.id)) } { (badge(mark)) }
        @if passed < outcomes.len() { " " span.count { (passed) "/" (outcomes.len()) } }
    }
}
