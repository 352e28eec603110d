//! The part of a report about one run: its programs, and its table of rules.

use super::style::{BAD, BOLD, FAINT, GOOD, WARN, shortened, wrap};
use crate::report::conclusion::Mark;
use crate::report::text::{capitalised, labels, legible};
use crate::run::place::Denied;
use crate::run::results::{Obstacle, Results, Run};
use crate::spec::role::Part;
use crate::spec::rule::{Level, Rule};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use anstyle::Style;
use std::io::{self, Write};

/// The part of the report about one run.
pub(super) struct Section<'a> {
    pub(super) results: &'a Results,
    pub(super) run: &'a Run,
    /// The label from [`labels`].
    pub(super) label: String,
    pub(super) width: usize,
}

impl<'a> Section<'a> {
    pub(super) fn all(results: &'a Results, width: usize) -> Vec<Self> {
        results.runs.iter().zip(labels(results)).map(|(run, label)| Section { results, run, label, width }).collect()
    }

    /// For a text in another format.
    pub(super) fn plain(results: &'a Results, run: &'a Run, label: &str) -> Self {
        Self { results, run, label: label.to_owned(), width: 100 }
    }

    /// The name in the project file, if the run has one.
    pub(super) fn name(&self) -> &str {
        if self.run.name.is_some() { &self.label } else { "" }
    }

    /// The name with a space before it, or nothing.
    pub(super) fn lead(&self) -> String {
        if self.name().is_empty() { String::new() } else { format!(" {}", self.name()) }
    }

    pub(super) fn programs(&self, out: &mut dyn Write) -> io::Result<()> {
        self.run.subjects.iter().try_for_each(|subject| write!(out, "  {}: {}", subject.role, subject.command))?;
        self.run.course().map_or(Ok(()), |course| write!(out, "  dialect: {course}"))
    }

    /// The line between two runs: the name and the programs of the next one.
    pub(super) fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "\n{BOLD}──{}{BOLD:#}", self.lead())?;
        self.programs(out)?;
        writeln!(out)
    }

    /// Why programs could not be judged: the obstacle, and the refusals whose rule has no outcome, one in each line.
    pub(super) fn refusals(&self, indentation: &str, out: &mut dyn Write) -> io::Result<()> {
        self.obstacle(indentation, out)?;
        self.run.unlisted_refusals().try_for_each(|refusal| {
            let text = format!("{}: {}", refusal.rule().id, refusal.finding.message);
            writeln!(out, "{}", wrap(&text, indentation, &format!("{indentation}  "), self.width))
        })
    }

    /// Why programs that should be there could not be judged.
    pub(super) fn obstacle(&self, indentation: &str, out: &mut dyn Write) -> io::Result<()> {
        let Some(Obstacle { what, detail }) = &self.run.obstacle else { return Ok(()) };
        let mut lines = detail.lines();
        let first = format!("{}: {}", capitalised(&legible(what)), legible(lines.next().unwrap_or_default()));
        writeln!(out, "{BAD}{}{BAD:#}", wrap(&first, indentation, &format!("{indentation}  "), self.width))?;
        lines.try_for_each(|line| writeln!(out, "{indentation}{}", shortened(&legible(line), self.width - indentation.len())))
    }

    pub(super) fn place(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n{}", wrap(&self.run.place, "", "", self.width))
    }

    /// The reasons why programs did not run in a better place.
    pub(super) fn denied(&self, out: &mut dyn Write) -> io::Result<()> {
        self.run.denied.iter().try_for_each(|Denied { isolation, why }| {
            writeln!(out, "{}", wrap(&format!("(--isolation {isolation} is not available: {why})"), "", "", self.width))
        })
    }

    /// One line for each rule.
    pub(super) fn table(&self, part: Part, out: &mut dyn Write) -> io::Result<()> {
        for (rule, outcomes) in self.run.by_rule().into_iter().filter(|(rule, _)| rule.subject() == part) {
            let passed = outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Pass).count();
            let (style, word) = self.word(rule, &outcomes);
            let cases = if passed == outcomes.len() { format!("{passed}") } else { format!("{passed}/{}", outcomes.len()) };
            let (word, level) = (format!("{word:<6}"), format!("{:<6}  {:<24} {cases:>5}  ", rule.level, rule.id));
            let sentence = shortened(&rule.sentence.of(&self.run.dialect), self.width.saturating_sub(word.len() + level.len()));
            writeln!(out, "{style}{word}{style:#}{level}{FAINT}{sentence}{FAINT:#}")?;
            let mut notes: Vec<String> = outcomes.iter().flat_map(|outcome| outcome.notes()).cloned().collect();
            if rule.level == Level::May {
                notes.extend(outcomes.iter().filter(|outcome| outcome.has_failed()).map(|outcome| outcome.message()));
            }
            // A note about the dialect of a program would repeat for each rule: one rule shows it.
            for note in notes.into_iter().filter(|_| rule.level == Level::May || rule.id.ends_with("/listen")).take(1) {
                writeln!(out, "        {FAINT}note: {note}{FAINT:#}")?;
            }
            if let Some(known) = outcomes.iter().find_map(|outcome| self.run.known_failure(outcome)) {
                writeln!(out, "{}", wrap(&format!("known: {}", known.reason), "        ", "               ", self.width))?;
            }
        }
        Ok(())
    }

    /// The word for a rule, and its colour.
    pub(super) fn word(&self, rule: &Rule, outcomes: &[&Outcome]) -> (Style, &'static str) {
        let mark = Mark::of(self.run, rule, outcomes.iter().copied());
        let style = match mark {
            Mark::Pass => GOOD,
            Mark::Note => FAINT,
            Mark::Known | Mark::Unjudged | Mark::Warn => WARN,
            Mark::Fail => BAD,
        };
        (style, mark.word())
    }
}
