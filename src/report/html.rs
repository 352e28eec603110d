//! A page that a teacher can give to a student: one file that needs no other, with every conversation as a picture.
//!
//! The page has no scripts, and forbids the browser to run any. So the output of a program could do no harm even if the browser took it for
//! markup.

mod badge;
mod budget;
mod diagram;
mod matrix;
mod section;
mod sentence;

use super::case::CaseList;
use super::conclusion::{Conclusion, Conforms, Mark, numbers};
use super::text::capitalised;
use crate::run::results::Results;
use budget::Budget;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use section::Section;
use sentence::listed;
use std::io::{self, Write};

const STYLE: &str = include_str!("html/style.css");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let (lists, budget) = (CaseList::all(results), Budget::default());
    let sections: Vec<Section<'_>> = lists.iter().enumerate().map(|(i, list)| Section::new(results, list, i, &budget)).collect();
    out.write_all(page(results, &sections).into_string().as_bytes())
}

fn page(results: &Results, sections: &[Section<'_>]) -> Markup {
    let (conforms, verdict) = verdict(results, sections);
    let mark = Mark::from(conforms);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (verdict) " – sockspec" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#rules" { "Skip to the rules" }
                header {
                    p.brand { "sockspec " (env!("CARGO_PKG_VERSION")) }
                    h1 class=(mark.class()) { (mark.symbol()) " " (verdict) }
                    @if let [section] = sections { (section.opening()) }
                    p { (numbers(results)) }
                }
                main {
                    @match sections {
                        [] => p #rules { "This part has no scenarios: there are more parts than scenarios." },
                        [section] => {
                            (section.problems(2))
                            div #rules { (only_failures()) (section.rules(2)) }
                        }
                        sections => {
                            section #rules { (matrix::of(sections)) (only_failures()) }
                            @for section in sections {
                                section.run {
                                    h2 id=(section.anchor("")) { (section.name()) }
                                    (section.opening())
                                    (section.problems(3))
                                    (section.rules(3))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The verdict on all programs together, for the top of the page.
fn verdict(results: &Results, sections: &[Section<'_>]) -> (Conforms, String) {
    let all: Vec<Vec<Conclusion>> = sections.iter().map(Section::conclusions).collect();
    let worst = |run: &Vec<Conclusion>| run.iter().map(|conclusion| conclusion.conforms).max().unwrap_or(Conforms::Unknown);
    let conforms = all.iter().map(worst).max().unwrap_or(Conforms::Unknown);
    let words = match (&all[..], conforms) {
        ([], _) => "nothing was played".to_owned(),
        ([run], _) if run.len() == 1 => run[0].words.clone(),
        ([_], Conforms::Yes) => "nothing is wrong".to_owned(),
        ([_], Conforms::Unknown) => "not everything could be judged".to_owned(),
        ([run], Conforms::No) => {
            let bad: Vec<String> = run.iter().filter(|it| it.conforms == Conforms::No).map(|it| format!("the {}", it.part)).collect();
            format!("{} {} not conform", listed(&bad), if bad.len() == 1 { "does" } else { "do" })
        }
        (runs, _) => format!("{} of {} conform", runs.iter().filter(|run| worst(run) == Conforms::Yes).count(), runs.len()),
    };
    match conforms {
        Conforms::Yes if !results.passed_known_failures().is_empty() => (Conforms::Unknown, "A known failure has passed".to_owned()),
        conforms => (conforms, capitalised(&words)),
    }
}

/// A check box. The style sheet reads its state.
fn only_failures() -> Markup {
    html! {
        p.switch { label { input #only type="checkbox"; " show only what has not passed" } }
    }
}
