//! Descriptions of failures.

use super::section::Section;
use super::steps::steps;
use super::style::{BAD, BOLD, FAINT, GOOD, WARN, wrap};
use crate::report::conclusion::explains;
use crate::report::detail::{place, repeat, stderr};
use crate::report::text::capitalised;
use crate::spec::rule::Level;
use crate::verdict::finding::{Place, Verdict};
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many other scenarios of the same rule to name.
const OTHERS: usize = 6;

impl Section<'_> {
    /// All failures, problem by problem, the most important one last.
    pub(super) fn failures(&self, out: &mut dyn Write) -> io::Result<()> {
        let problems = self.run.problems();
        self.obstacle("", out)?;
        self.unjudged(out)?;
        for problem in problems.iter().rev() {
            self.problem(problem, &problems, out)?;
        }
        for refusal in self.run.unlisted_refusals() {
            writeln!(out, "\n{BAD}{}{BAD:#}  {}", refusal.rule().id, refusal.rule().sentence.of(&self.run.dialect))?;
            writeln!(out, "{}", wrap(&capitalised(&refusal.finding.message), "  ", "  ", self.width))?;
        }
        Ok(())
    }

    /// A problem with all its failures.
    fn problem(&self, problem: &Problem<'_>, problems: &[Problem<'_>], out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        self.cause(problem, out)?;
        if problems.len() > 1 && problem.outcomes.len() > 1 {
            writeln!(out, "  {FAINT}that explains {}{FAINT:#}", explains(problem, problems))?;
        }
        for rule in problem.rules() {
            let failed: Vec<&Outcome> = problem.outcomes.iter().copied().filter(|outcome| outcome.rule() == rule).collect();
            let Some(shown) =
                failed.iter().copied().min_by_key(|outcome| (outcome.id != problem.plainest.id, outcome.scenario.transcript.steps.len()))
            else {
                continue;
            };
            self.headline(shown, out)?;
            if shown.id == problem.plainest.id || problem.mistakes.is_empty() {
                self.description(shown, out)?;
            } else {
                writeln!(out, "  again       {}", repeat(self.results, self.run, shown))?;
            }
            let others: Vec<&str> = failed.iter().map(|outcome| outcome.id.as_str()).filter(|id| *id != shown.id).collect();
            name_scenarios("fails too:", &others, out)?;
        }
        Ok(())
    }

    /// The cause of a problem, and what to change.
    pub(super) fn cause(&self, problem: &Problem<'_>, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{BOLD}{}{BOLD:#}", wrap(&capitalised(&problem.headline()), "", "", self.width))?;
        self.change(problem, false, out)
    }

    /// The scenario that failed, its place, its rule, and the message.
    pub(super) fn headline(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let rule = outcome.rule();
        let (style, word) = if rule.level == Level::Must { (BAD, "FAIL") } else { (WARN, "WARN") };
        let (file, line) = place(outcome);
        writeln!(out, "\n{style}{word}{style:#}  {BOLD}{}{BOLD:#}  {FAINT}{file}:{line}{FAINT:#}", outcome.id)?;
        writeln!(
            out,
            "{}",
            wrap(&format!("{} {}: {}", rule.subject(), rule.level, rule.sentence.of(&self.run.dialect)), "  ", "  ", self.width)
        )?;
        writeln!(out, "{style}{}{style:#}", wrap(&capitalised(&outcome.message()), "  ", "  ", self.width))
    }

    /// The description of a failure, below its headline.
    pub(super) fn description(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let Outcome { scenario, seen, finding, .. } = outcome;
        let rule = outcome.rule();
        let difference = finding.difference.as_ref();
        writeln!(out, "\n  {BOLD}expected{BOLD:#}")?;
        steps(&scenario.transcript.steps, difference.and_then(|difference| difference.expected), GOOD, out)?;
        writeln!(out, "  {BOLD}seen{BOLD:#}")?;
        let at = difference
            .and_then(|difference| difference.seen)
            .or_else(|| Some(Place { step: seen.transcript.steps.len().checked_sub(1)?, byte: 0 }));
        steps(&seen.transcript.steps, at, BAD, out)?;
        writeln!(out)?;
        let mut line = |name: &str, text: &str| {
            if text.is_empty() { Ok(()) } else { writeln!(out, "{}", wrap(text, &format!("  {name:<12}"), "              ", self.width)) }
        };
        line("why", &scenario.comments.join(" "))?;
        line("tutorial", &rule.step.of(&self.run.dialect))?;
        if let Some(text) = stderr(outcome) {
            line("stderr", &text)?;
        }
        writeln!(out, "  again       {}", repeat(self.results, self.run, outcome))
    }

    /// The scenarios that could not be judged, by reason.
    fn unjudged(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for outcome in self.run.outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Inconclusive) {
            reasons.entry(outcome.message()).or_default().push(&outcome.id);
        }
        for (reason, ids) in reasons {
            writeln!(out, "\n{WARN}{}{WARN:#}", wrap(&reason, "", "  ", self.width))?;
            name_scenarios("", &ids, out)?;
        }
        Ok(())
    }
}

/// Names scenarios, one in each line; `lead` is a text before the first.
fn name_scenarios(lead: &str, ids: &[&str], out: &mut dyn Write) -> io::Result<()> {
    for (i, id) in ids.iter().take(OTHERS).enumerate() {
        writeln!(out, "  {FAINT}{:<10} {id}{FAINT:#}", if i == 0 { lead } else { "" })?;
    }
    if ids.len() > OTHERS {
        writeln!(out, "  {FAINT}{:<10} and {} more{FAINT:#}", "", ids.len() - OTHERS)?;
    }
    Ok(())
}
