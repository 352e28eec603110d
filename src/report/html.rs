//! For a teacher to hand to a student: one file that needs nothing else, with every conversation as a picture.
//!
//! It has no scripts, and its head forbids the browser to run any: were anything that a program prints ever taken for markup, it still
//! could do nothing.

mod chapter;
mod diagram;
mod matrix;
mod prose;
mod sign;

use super::capitalised;
use super::case::Account;
use super::conclusion::{Conclusion, Tenor, numbers};
use crate::run::results::Results;
use chapter::{Chapter, Room};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use prose::enumeration;
use sign::Sign;
use std::io::{self, Write};

const STYLE: &str = include_str!("html/style.css");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let (accounts, room) = (Account::all(results), Room::default());
    let chapters: Vec<Chapter<'_>> = accounts.iter().enumerate().map(|(i, account)| Chapter::new(results, account, i, &room)).collect();
    out.write_all(page(results, &chapters).into_string().as_bytes())
}

fn page(results: &Results, chapters: &[Chapter<'_>]) -> Markup {
    let (tenor, verdict) = verdict(results, chapters);
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
                    h1 class=(tenor.class()) { (tenor.symbol()) " " (verdict) }
                    @if let [chapter] = chapters { (chapter.opening()) }
                    p { (numbers(results)) }
                }
                main {
                    @match chapters {
                        [] => p #rules { "This part has no scenarios: there are fewer than parts." },
                        [chapter] => {
                            (chapter.cause(2))
                            div #rules { (only_what_is_wrong()) (chapter.rules(2)) }
                        }
                        chapters => {
                            section #rules { (matrix::of(chapters)) (only_what_is_wrong()) }
                            @for chapter in chapters {
                                section.chapter {
                                    h2 id=(chapter.anchor("")) { (chapter.name()) }
                                    (chapter.opening())
                                    (chapter.cause(3))
                                    (chapter.rules(3))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is said at the top, of all programs together.
fn verdict(results: &Results, chapters: &[Chapter<'_>]) -> (Tenor, String) {
    let all: Vec<Vec<Conclusion>> = chapters.iter().map(Chapter::conclusions).collect();
    let worst = |run: &Vec<Conclusion>| run.iter().map(|conclusion| conclusion.tenor).max().unwrap_or(Tenor::Open);
    let tenor = all.iter().map(worst).max().unwrap_or(Tenor::Open);
    let words = match (&all[..], tenor) {
        ([], _) => "nothing was played".to_owned(),
        ([run], _) if run.len() == 1 => run[0].words.clone(),
        ([_], Tenor::Good) => "nothing is wrong".to_owned(),
        ([_], Tenor::Open) => "not everything could be judged".to_owned(),
        ([run], Tenor::Bad) => {
            let bad: Vec<String> = run.iter().filter(|it| it.tenor == Tenor::Bad).map(|it| format!("the {}", it.part)).collect();
            format!("{} {} not conform", enumeration(&bad), if bad.len() == 1 { "does" } else { "do" })
        }
        (runs, _) => format!("{} of {} conform", runs.iter().filter(|run| worst(run) == Tenor::Good).count(), runs.len()),
    };
    match tenor {
        Tenor::Good if !results.passed_known_failures().is_empty() => (Tenor::Open, "A known failure has passed".to_owned()),
        tenor => (tenor, capitalised(&words)),
    }
}

/// A switch that the style sheet obeys.
fn only_what_is_wrong() -> Markup {
    html! {
        p.switch { label { input #only type="checkbox"; " show only what has not passed" } }
    }
}
