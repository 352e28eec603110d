//! A folder with a page for each program, and an index: for a class. The pages share one style sheet, and need nothing else.

use super::badge::badge;
use super::budget::Budget;
use super::page::{STYLE, STYLE_FILE, Style, document, page};
use super::section::Section;
use crate::report::case::CaseList;
use crate::report::conclusion::{Mark, broken_rules, conforming, numbers};
use crate::report::points::Points;
use crate::report::text::labels;
use crate::run::results::{Obstacle, Results, Run};
use crate::spec::rule::Rule;
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// Writes the index, the style sheet, and a page for each run.
///
/// # Errors
/// A file cannot be written.
pub fn write(results: &Results, folder: &Path) -> io::Result<()> {
    let mut labels = labels(results);
    for label in labels.iter_mut().filter(|label| label.is_empty()) {
        *label = "program".into();
    }
    let files = file_names(&labels);
    fs::write(folder.join(STYLE_FILE), STYLE)?;
    fs::write(folder.join("index.html"), index(results, &labels, &files).into_string())?;
    for ((run, label), file) in results.runs.iter().zip(&labels).zip(&files) {
        let one = results.with_runs(vec![run.clone()]);
        let (lists, budget) = (CaseList::all(&one), Budget::of_a_small_page());
        let sections: Vec<Section<'_>> = lists.iter().map(|list| Section::short(&one, list, &budget)).collect();
        let points = Some(Points::words(results, run));
        fs::write(folder.join(file), page(&one, &sections, &Style::Shared { name: label, points }).into_string())?;
    }
    Ok(())
}

/// A file for each run, with its name as far as a path can hold it.
fn file_names(labels: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = ["index.html".to_owned()].into();
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let name = |label: &String| {
        let stem: String = label.chars().map(plain).take(60).collect();
        let all = (1..).map(|number| if number == 1 { format!("{stem}.html") } else { format!("{stem}-{number}.html") });
        // Some file systems do not tell upper from lower case.
        let mut free = all.filter(|name| taken.insert(name.to_lowercase()));
        free.next().unwrap_or_default()
    };
    labels.iter().map(name).collect()
}

fn index(results: &Results, labels: &[String], files: &[String]) -> Markup {
    let title = conforming(results);
    let columns = broken_rules(results);
    let body = html! {
        header {
            p.brand { "sockspec " (env!("CARGO_PKG_VERSION")) }
            h1 { (title) }
            p { (numbers(results)) }
        }
        main {
            p.faint { "Each column is a rule that some program breaks. Each row links to the page of its program." }
            div.scroll.class tabindex="0" role="region" aria-label="All programs" {
                table {
                    thead {
                        tr {
                            th scope="col" { "name" }
                            th scope="col" { "points" }
                            @for rule in &columns { th.rule-name scope="col" { span { (rule.id) } } }
                        }
                    }
                    tbody {
                        @for ((run, label), file) in results.runs.iter().zip(labels).zip(files) {
                            tr {
                                th scope="row" {
                                    a href={ "./" (file) } { (label) }
                                    @if let Some(Obstacle { what, .. }) = &run.obstacle { " " span.fail { (what) } }
                                }
                                td.points { (Points::words(results, run)) }
                                @for rule in &columns { td { (cell(run, rule, file)) } }
                            }
                        }
                    }
                }
            }
        }
    };
    document(&title, &Style::Shared { name: "", points: None }, &body)
}

fn cell(run: &Run, rule: &Rule, file: &str) -> Markup {
    let mut outcomes = run.outcomes.iter().filter(|outcome| outcome.rule() == rule).peekable();
    if outcomes.peek().is_none() {
        return html! {};
    }
    let mark = Mark::of(run, rule, outcomes);
    html! {
        @if mark == Mark::Pass {
            span.pass { (mark.symbol()) span.vh { " " (mark.word()) } }
        } @else {
            a.(mark.class()) href={ "./" (file) "#" (rule.id) } title=(rule.id) { (mark.symbol()) span.vh { " " (badge(mark)) } }
        }
    }
}
