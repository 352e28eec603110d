//! For GitHub Actions: workflow commands that annotate the run, and a summary in Markdown.
//!
//! For each step, GitHub shows ten annotations of a kind, and drops all others. So the last one says how many more there are.

mod summary;

use super::case::{Case, CaseList, Status};
use super::human;
use super::text::{legible, legible_lines};
use crate::run::results::Results;
use crate::verdict::problem::Problem;
use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, absolute};
pub use summary::write as summarise;

/// How many annotations of a kind GitHub shows for a step.
const ANNOTATIONS: usize = 10;

/// Writes the annotations: an error for each failure that counts, a warning for other failures and for cases that could not be judged, and
/// a notice for each problem.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let lists = CaseList::all(results);
    let notices = lists.iter().flat_map(|list| {
        let notice = |problem: &Problem<'_>| Annotation {
            title: list.labelled(problem.rule().id),
            place: None,
            message: legible_lines(&human::plain_cause(results, list.run, problem)),
        };
        list.problems.iter().map(notice).collect::<Vec<_>>()
    });
    let errors = each(results, &lists, Status::Failed);
    let mut warnings = each(results, &lists, Status::FallsShort);
    warnings.extend(lists.iter().flat_map(|list| unjudged(results, list)));
    for (kind, all) in [("notice", notices.collect()), ("error", errors), ("warning", warnings)] {
        let shown = if all.len() > ANNOTATIONS { ANNOTATIONS - 1 } else { all.len() };
        for Annotation { title, place, message } in &all[..shown] {
            let place = place.as_ref().map(|(file, line)| format!("file={},line={line},", property(file))).unwrap_or_default();
            writeln!(out, "::{kind} {place}title={}::{}", property(title), data(message))?;
        }
        if shown < all.len() {
            writeln!(out, "::{kind} title=sockspec::and {} more", all.len() - shown)?;
        }
    }
    Ok(())
}

struct Annotation {
    title: String,
    place: Option<(String, usize)>,
    message: String,
}

/// The cases with this result: the first of each rule, then the second of each, so that ten of them show as many rules as possible.
fn each(results: &Results, lists: &[CaseList<'_>], status: Status) -> Vec<Annotation> {
    let mut all = Vec::new();
    for list in lists {
        for (_, mut cases) in list.by_rule() {
            cases.retain(|case| case.status == status);
            cases.sort_by_key(|case| case.steps());
            all.extend(cases.into_iter().enumerate().map(|(round, case)| (round, annotation(results, list, case))));
        }
    }
    all.sort_by_key(|(round, _)| *round);
    all.into_iter().map(|(_, annotation)| annotation).collect()
}

/// The cases that could not be judged, one for each reason.
fn unjudged(results: &Results, list: &CaseList<'_>) -> Vec<Annotation> {
    let mut reasons = HashSet::new();
    let unjudged = list.cases.iter().filter(|case| case.status == Status::Unjudged);
    unjudged.filter(|case| reasons.insert(&case.message)).map(|case| annotation(results, list, case)).collect()
}

fn annotation(results: &Results, list: &CaseList<'_>, case: &Case<'_>) -> Annotation {
    let title = list.labelled(case.rule.map_or("sockspec", |rule| rule.id));
    let again = case.again(results, list.run).map(|again| format!("\nagain: {again}")).unwrap_or_default();
    let place = case.place().and_then(|(file, line)| Some((in_checkout(&file)?, line)));
    Annotation { title, place, message: format!("{}{again}", case.message) }
}

/// The path of a scenario's file in the repository, if the file is there. GitHub cannot show an annotation at a file that it does not have,
/// such as that of a built-in scenario.
fn in_checkout(file: &str) -> Option<String> {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(|root| Path::new(&root).to_owned()).or_else(|| std::env::current_dir().ok())?;
    let path = absolute(file).ok().filter(|path| path.is_file())?;
    path.strip_prefix(root).ok().map(|path| legible(&path.display().to_string()))
}

/// The message of a command, on one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which commas and colons have a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
