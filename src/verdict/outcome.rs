//! The verdict on one scenario, with all that it rests on.

use crate::spec::rule::{Facet, Rule};
use crate::spec::transcript::Scenario;
use crate::stage::Seen;
use crate::verdict::finding::{Finding, Verdict};

/// What came of one scenario.
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
    /// What the judge said.
    pub finding: Finding,
    /// The rule whose failure leaves nothing to judge this case by: then it is not judged, whatever the judge said.
    pub root: Option<&'static Rule>,
}

impl Outcome {
    /// What is to be said of it: what the judge found, unless nothing can be said because of another rule.
    pub fn verdict(&self) -> Verdict {
        if self.root.is_some() { Verdict::Inconclusive } else { self.finding.verdict }
    }

    /// Whether all that is wrong is that a program died, in a case whose rule is not about ends.
    pub fn only_crashes(&self) -> bool {
        let differs_at_the_end = self.finding.difference.as_ref().is_some_and(|difference| difference.facet == Facet::End);
        self.finding.verdict == Verdict::Fail && differs_at_the_end && !self.rule().owns(Facet::End)
    }

    /// Whether it shows that its rule is broken, and so what presupposes the rule cannot be judged.
    pub fn breaks_its_rule(&self) -> bool {
        self.finding.verdict == Verdict::Fail && !self.only_crashes()
    }

    /// One sentence: what was wrong, or why nothing can be said. Empty for a pass.
    pub fn message(&self) -> String {
        self.root.map_or_else(|| self.finding.message.clone(), not_judged)
    }

    /// What else was noticed, and does not count.
    pub fn notes(&self) -> &[String] {
        if self.root.is_some() { &[] } else { &self.finding.notes }
    }

    /// Whether it was judged, and is wrong.
    pub fn has_failed(&self) -> bool {
        self.verdict() == Verdict::Fail
    }

    /// The rule that it is about.
    pub fn rule(&self) -> &'static Rule {
        self.scenario.rule
    }
}

/// What is to be said of a case that cannot be judged because of this rule.
pub fn not_judged(root: &Rule) -> String {
    format!("not judged: {} failed", root.id)
}
