//! One page: its head, and its sections.

use super::matrix;
use super::section::Section;
use super::sentence::listed;
use crate::report::conclusion::{Conclusion, Conforms, Mark, numbers};
use crate::report::text::capitalised;
use crate::run::results::Results;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The style sheet.
pub const STYLE: &str = include_str!("style.css");
/// The name of its file.
pub const STYLE_FILE: &str = "style.css";
// A page that is opened from a disk reads its style sheet from there.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline' 'self' file:; base-uri 'none'; form-action 'none'";

/// Where the style sheet is.
pub enum Style<'a> {
    /// In the page, which needs no other file.
    Inside,
    /// In a file beside the page, which belongs to the program with this name.
    Shared {
        /// The name.
        name: &'a str,
        /// Its points, in words.
        points: Option<String>,
    },
}

/// A page with this title and body.
pub fn document(title: &str, style: &Style<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – sockspec" }
                @match style {
                    Style::Inside => style { (PreEscaped(STYLE)) },
                    Style::Shared { .. } => link rel="stylesheet" href={ "./" (STYLE_FILE) };,
                }
            }
            body { (body) }
        }
    }
}

/// The page with these sections.
pub fn page(results: &Results, sections: &[Section<'_>], style: &Style<'_>) -> Markup {
    let (conforms, verdict) = verdict(results, sections);
    let mark = Mark::from(conforms);
    let (title, points) = match style {
        Style::Inside => (verdict.clone(), &None),
        Style::Shared { name, points } => (format!("{name}: {verdict}"), points),
    };
    let body = html! {
        a.skip href="#rules" { "Skip to the rules" }
        header {
            p.brand {
                "sockspec " (env!("CARGO_PKG_VERSION"))
                @if let Style::Shared { .. } = style { " · " a href="./index.html" { "all programs" } }
            }
            h1 class=(mark.class()) { (mark.symbol()) " " (verdict) }
            @if let [section] = sections { (section.opening()) }
            @if let Some(points) = points { p { strong { (points) } " points" } }
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
    };
    document(&title, style, &body)
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
