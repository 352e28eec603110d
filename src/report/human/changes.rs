//! The changes since the run before, for `sockspec watch`.

use super::section::Section;
use super::style::FAINT;
use super::summary::summary;
use crate::run::results::{Results, Run};
use crate::spec::rule::Rule;
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use std::io::{self, Write};

/// Writes the rules that have changed, their failures, and the last lines.
///
/// # Errors
/// Those of `out`.
pub fn write(before: &Results, after: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let sections = Section::all(after, width);
    let mut has_changed = false;
    for section in &sections {
        let is_same = |run: &&Run| run.name == section.run.name && run.subjects == section.run.subjects;
        let Some(earlier) = before.runs.iter().find(is_same) else {
            if let Some(problem) = section.run.problems().first() {
                writeln!(out)?;
                section.story(problem, false, out)?;
            }
            has_changed = true;
            continue;
        };
        let earlier = Section { results: before, run: earlier, label: section.label.clone(), width };
        let changed = changed(&earlier, section);
        if changed.is_empty() {
            continue;
        }
        if sections.len() > 1 {
            writeln!(out, "{}", section.label)?;
        }
        for rule in &changed {
            line(rule, &earlier, section, out)?;
        }
        has_changed = true;
        // One problem first: the most important one of those that have changed.
        let problems = section.run.problems();
        if let Some(problem) = problems.iter().find(|problem| problem.rules().iter().any(|rule| changed.contains(rule))) {
            writeln!(out)?;
            section.story(problem, false, out)?;
        }
    }
    if !has_changed {
        writeln!(out, "{FAINT}no rule has changed{FAINT:#}")?;
    }
    writeln!(out)?;
    summary(&sections, after, width, out)
}

/// The rules that have an outcome with another verdict or message than before.
fn changed(before: &Section<'_>, after: &Section<'_>) -> Vec<&'static Rule> {
    let facts = |outcomes: &[&Outcome]| -> Vec<(String, Verdict, String)> {
        outcomes.iter().map(|outcome| (outcome.id.clone(), outcome.verdict(), outcome.message())).collect()
    };
    let now = after.run.by_rule().into_iter();
    now.filter(|(rule, outcomes)| facts(&of(rule, before.run)) != facts(outcomes)).map(|(rule, _)| rule).collect()
}

/// The outcomes of a rule.
fn of<'a>(rule: &Rule, run: &'a Run) -> Vec<&'a Outcome> {
    run.by_rule().into_iter().find(|(other, _)| *other == rule).map(|(_, outcomes)| outcomes).unwrap_or_default()
}

/// Writes the word for a rule, now and before.
fn line(rule: &Rule, before: &Section<'_>, after: &Section<'_>, out: &mut dyn Write) -> io::Result<()> {
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
