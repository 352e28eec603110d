//! What is not as it was in the run before: for somebody who mends a program, and looks again and again.

use super::{FAINT, Page, end};
use crate::run::results::{Results, Run};
use crate::spec::rule::Rule;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use std::io::{self, Write};

/// Writes which rules have changed, the stories of those that are wrong, and the last lines.
pub fn write(before: &Results, after: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let pages = Page::all(after, width);
    let mut has_changed = false;
    for page in &pages {
        let is_same = |run: &&Run| run.name == page.run.name && run.subjects == page.run.subjects;
        let Some(earlier) = before.runs.iter().find(is_same) else {
            page.stories(out)?;
            has_changed = true;
            continue;
        };
        let earlier = Page { results: before, run: earlier, label: page.label.clone(), width };
        let changed = changed(&earlier, page);
        if changed.is_empty() {
            continue;
        }
        if pages.len() > 1 {
            writeln!(out, "{}", page.label)?;
        }
        for rule in &changed {
            line(rule, &earlier, page, out)?;
        }
        has_changed = true;
        let mut run = page.run.clone();
        run.outcomes.retain(|outcome| changed.contains(&outcome.rule()));
        let names = |diagnosis: &Diagnosis| diagnosis.mistakes.iter().map(|mistake| mistake.name.clone()).collect::<Vec<_>>();
        run.diagnoses.retain(|diagnosis| !earlier.run.diagnoses.iter().any(|other| names(other) == names(diagnosis)));
        Page { results: after, run: &run, label: page.label.clone(), width }.stories(out)?;
    }
    if !has_changed {
        writeln!(out, "{FAINT}every rule is as it was{FAINT:#}")?;
    }
    writeln!(out)?;
    end(&pages, after, width, out)
}

/// The rules of which a case has come to something else, or in another way.
fn changed(before: &Page<'_>, after: &Page<'_>) -> Vec<&'static Rule> {
    let story = |outcomes: &[&Outcome]| -> Vec<(String, Verdict, String)> {
        outcomes.iter().map(|outcome| (outcome.id.clone(), outcome.verdict(), outcome.message())).collect()
    };
    let now = after.run.by_rule().into_iter();
    now.filter(|(rule, outcomes)| story(&of(rule, before.run)) != story(outcomes)).map(|(rule, _)| rule).collect()
}

/// What has come of a rule's scenarios.
fn of<'a>(rule: &Rule, run: &'a Run) -> Vec<&'a Outcome> {
    run.by_rule().into_iter().find(|(other, _)| *other == rule).map(|(_, outcomes)| outcomes).unwrap_or_default()
}

/// What a rule comes to now, and what it came to before.
fn line(rule: &Rule, before: &Page<'_>, after: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
    let passed = |all: &[&Outcome]| format!("{}/{}", all.iter().filter(|outcome| outcome.verdict() == Verdict::Pass).count(), all.len());
    let (then, now) = (of(rule, before.run), of(rule, after.run));
    let ((_, was), (style, is)) = (before.word(rule, &then), after.word(rule, &now));
    writeln!(
        out,
        "{style}{is:<6}{style:#}{:<6}  {:<24} {:>5}  {FAINT}was {was} {}{FAINT:#}",
        rule.level,
        rule.id,
        passed(&now),
        passed(&then)
    )
}
