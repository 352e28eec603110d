//! Descriptions of failures.

use super::section::Section;
use super::steps::steps;
use super::style::{BAD, BOLD, FAINT, GOOD, WARN, wrap};
use crate::report::conclusion::{cause, explains};
use crate::report::detail::{place, repeat, stderr};
use crate::report::text::capitalised;
use crate::spec::rule::Level;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::{Place, Verdict};
use crate::verdict::outcome::Outcome;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many other scenarios of the same rule to name.
const OTHERS: usize = 6;

impl Section<'_> {
    /// All failures, a cause before its consequences.
    pub(super) fn failures(&self, out: &mut dyn Write) -> io::Result<()> {
        let run = self.run;
        for diagnosis in &run.diagnoses {
            self.diagnosis(diagnosis, out)?;
        }
        for (rule, outcomes) in run.by_rule() {
            let failed: Vec<_> = outcomes.iter().filter(|outcome| run.is_new_failure(outcome)).collect();
            // The shortest conversation is the easiest to understand.
            let simplest = failed.iter().min_by_key(|outcome| outcome.scenario.transcript.steps.len());
            let Some(simplest) = simplest.filter(|_| rule.level != Level::May) else { continue };
            self.headline(simplest, out)?;
            let others: Vec<&str> = failed.iter().map(|outcome| outcome.id.as_str()).filter(|id| *id != simplest.id).collect();
            match cause(run, rule) {
                Some(mistake) => {
                    writeln!(out, "  caused by `{}`: see {}", mistake.short_name(), mistake.caught_by)?;
                    writeln!(out, "  again       {}", repeat(self.results, run, simplest))?;
                }
                None => self.description(simplest, out)?,
            }
            name_scenarios("fails too:", &others, out)?;
        }
        for refusal in run.unlisted_refusals() {
            writeln!(out, "\n{BAD}{}{BAD:#}  {}", refusal.rule().id, refusal.rule().sentence)?;
            writeln!(out, "{}", wrap(&capitalised(&refusal.finding.message), "  ", "  ", self.width))?;
        }
        self.unjudged(out)
    }

    /// The known mistakes that the failures look like.
    pub(super) fn diagnosis(&self, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
        let mistakes = &diagnosis.mistakes;
        let each: Vec<String> = mistakes.iter().map(|mistake| format!("`{}`: {}", mistake.short_name(), mistake.sentence)).collect();
        let role = diagnosis.role();
        writeln!(out, "\n{BOLD}{}{BOLD:#}", wrap(&format!("Your {role} behaves like {}", each.join(" Or like ")), "", "", self.width))?;
        for mistake in mistakes {
            writeln!(out, "{}", wrap(&mistake.look, "  what to do  ", "              ", self.width))?;
        }
        writeln!(out, "  {FAINT}that explains {}{FAINT:#}", explains(diagnosis))
    }

    /// The scenario that failed, its place, its rule, and the message.
    pub(super) fn headline(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let rule = outcome.rule();
        let (style, word) = if rule.level == Level::Must { (BAD, "FAIL") } else { (WARN, "WARN") };
        let (file, line) = place(outcome);
        writeln!(out, "\n{style}{word}{style:#}  {BOLD}{}{BOLD:#}  {FAINT}{file}:{line}{FAINT:#}", outcome.id)?;
        writeln!(out, "{}", wrap(&format!("{} {}: {}", rule.subject(), rule.level, rule.sentence), "  ", "  ", self.width))?;
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
        line("mistake", rule.mistake)?;
        line("what to do", rule.look)?;
        line("tutorial", rule.step)?;
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
            writeln!(out, "\n{WARN}????{WARN:#}  {}", wrap(&reason, "", "      ", self.width))?;
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
