//! Several programs side by side: a row for each rule, a column for each run.

use super::chapter::Chapter;
use super::sign::Sign;
use crate::report::conclusion::{Conclusion, Mark};
use crate::rule::{RULES, Rule};
use crate::run::Outcome;
use crate::transcript::Part;
use crate::verdict::Verdict;
use maud::{Markup, html};

/// The table.
pub fn of(chapters: &[Chapter<'_>]) -> Markup {
    let tables: Vec<_> = chapters.iter().map(|chapter| (chapter, chapter.run().by_rule())).collect();
    let is_played = |rule: &&Rule| tables.iter().any(|(_, table)| table.iter().any(|(other, _)| other == rule));
    let rules = |part| RULES.iter().filter(move |rule| rule.subject() == part).filter(is_played);
    let columns = chapters.len() + 1;
    html! {
        // What is wider than the window scrolls by itself, and the keyboard can do that as well.
        div.scroll tabindex="0" role="region" aria-labelledby="matrix" {
            table {
                caption #matrix { (chapters.len()) " programs side by side" }
                thead {
                    tr {
                        th scope="col" { "rule" }
                        @for chapter in chapters { th scope="col" { a href={ "#" (chapter.anchor("")) } { (chapter.name()) } } }
                    }
                    tr {
                        th scope="row" { "verdict" }
                        @for chapter in chapters {
                            td { @for Conclusion { part, tenor, .. } in chapter.conclusions() { span.(tenor.class()) { (tenor.symbol()) " " (part) } " " } }
                        }
                    }
                }
                @for part in [Part::Server, Part::Client, Part::Pair] {
                    @if rules(part).next().is_some() {
                        tbody {
                            tr { th.part colspan=(columns) scope="colgroup" { (part) } }
                            @for rule in rules(part) {
                                tr {
                                    th scope="row" { (rule.id) " " span.level { (rule.level) } }
                                    @for (chapter, table) in &tables {
                                        @match table.iter().find(|(other, _)| *other == rule) {
                                            Some((_, outcomes)) => td { (cell(chapter, rule, outcomes)) },
                                            None => td { span.vh { "not played" } },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(chapter: &Chapter<'_>, rule: &Rule, outcomes: &[&Outcome]) -> Markup {
    let mark = Mark::of(chapter.run(), rule, outcomes.iter().copied());
    let passed = outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Pass).count();
    html! {
        a.(mark.class()) href={ "#" (chapter.anchor(rule.id)) } { (mark.symbol()) " " (mark.word()) }
        @if passed < outcomes.len() { " " span.count { (passed) "/" (outcomes.len()) } }
    }
}
