//! The outcome of one scenario: the verdict, and the evidence for it.

use crate::spec::rule::{Facet, Rule};
use crate::spec::transcript::{End, Scenario, Step};
use crate::stage::Seen;
use crate::verdict::clue::Clue;
use crate::verdict::finding::{Finding, Verdict};

/// The outcome of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The scenario's name.
    pub id: String,
    /// Its file, for messages.
    pub file: String,
    /// The scenario in the subject's own dialect, as it was played.
    pub scenario: Scenario,
    /// What was seen.
    pub seen: Seen,
    /// What the judge found.
    pub finding: Finding,
    /// The broken rule because of which this case is not judged, whatever the judge found.
    pub root: Option<&'static Rule>,
}

impl Outcome {
    /// The verdict of the judge, or inconclusive if another broken rule is the cause.
    pub fn verdict(&self) -> Verdict {
        if self.root.is_some() { Verdict::Inconclusive } else { self.finding.verdict }
    }

    /// What the failure has in itself.
    pub fn clue(&self) -> Option<&Clue> {
        self.finding.difference.as_ref()?.clue.as_ref()
    }

    /// Whether the only fault is a crash, and the rule is not about ends.
    pub fn only_crashes(&self) -> bool {
        let differs_at_the_end = self.finding.difference.as_ref().is_some_and(|difference| difference.facet == Facet::End);
        // In some courses, a rule that is not about ends in the tutorial also judges whether a program ends.
        let is_crash = self.seen.transcript.steps.iter().any(|step| matches!(step, Step::Ends(_, End::Dies(_))));
        self.finding.verdict == Verdict::Fail && differs_at_the_end && is_crash && !self.rule().owns(Facet::End)
    }

    /// Whether it shows that its rule is broken. Then rules that need this rule cannot be judged.
    pub fn breaks_its_rule(&self) -> bool {
        self.finding.verdict == Verdict::Fail && !self.only_crashes()
    }

    /// One sentence: the fault, or why there is no verdict. Empty for a pass.
    pub fn message(&self) -> String {
        self.root.map_or_else(|| self.finding.message.clone(), not_judged)
    }

    /// Other observations, which do not count.
    pub fn notes(&self) -> &[String] {
        if self.root.is_some() { &[] } else { &self.finding.notes }
    }

    /// Whether the verdict is a failure.
    pub fn has_failed(&self) -> bool {
        self.verdict() == Verdict::Fail
    }

    /// The rule of the scenario.
    pub fn rule(&self) -> &'static Rule {
        self.scenario.rule
    }
}

/// The message for a case that is not judged because of this rule.
pub fn not_judged(root: &Rule) -> String {
    format!("not judged: {} failed", root.id)
}
