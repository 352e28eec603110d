//! Points: `sockspec help grading` describes the policy.
//!
//! A rule earns a share of its weight: that of its scenarios that pass. A scenario that was not judged because another rule is broken loses
//! half of what that rule loses; all, if that rule earns nothing. A failure that another rule tells better costs nothing here: it is left out. A rule of which nothing is left is
//! left out of the sum, and the sum is scaled. So nobody loses points twice for one mistake.

use crate::run::results::{Results, Run};
use crate::spec::rule::Rule;
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;

/// The points of a program, or of all programs of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// What was earned, between 0 and `most`.
    pub earned: f64,
    /// What can be earned.
    pub most: f64,
    /// Each rule that was played and is worth something.
    pub rules: Vec<RulePoints>,
}

/// The points of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RulePoints {
    /// The rule.
    pub rule: &'static Rule,
    /// What it is worth.
    pub weight: f64,
    /// The share of its weight that was earned, from 0 to 1. None if the rule is left out of the sum.
    pub share: Option<f64>,
}

impl Points {
    /// The points of this run.
    pub fn of(results: &Results, run: &Run) -> Self {
        let (problems, rules) = (run.problems(), run.by_rule());
        // A filter may have left out the rule of a program that does not take part.
        let is_unlisted = |rule: &&'static Rule| rules.iter().all(|(other, _)| other != rule);
        let refused: Vec<&'static Rule> = run.rules_broken_by_refusal().filter(is_unlisted).collect();
        let alone: Vec<(&Rule, Option<f64>)> = rules
            .iter()
            .map(|(rule, outcomes)| (*rule, mean(outcomes.iter().map(|outcome| judged(run, outcome, &problems)))))
            .chain(refused.iter().map(|rule| (*rule, Some(0.0))))
            .collect();
        let share_of = |root: &Rule| alone.iter().find(|(rule, _)| *rule == root).and_then(|(_, share)| *share);
        let points = |(rule, outcomes): &(&'static Rule, Vec<&Outcome>)| {
            let of_root = |root: &'static Rule| share_of(root).map(|share| if share == 0.0 { 0.0 } else { f64::midpoint(1.0, share) });
            let value = |outcome: &&Outcome| outcome.root.map_or_else(|| judged(run, outcome, &problems), of_root);
            (*rule, mean(outcomes.iter().map(value)))
        };
        let all = rules.iter().map(points).chain(refused.iter().map(|rule| (*rule, Some(0.0))));
        let all = all.map(|(rule, share)| RulePoints { rule, weight: results.weights.of(rule, results.binds(rule)), share });
        let rules: Vec<RulePoints> = all.filter(|rule| rule.weight > 0.0).collect();
        let counted: f64 = rules.iter().filter(|rule| rule.share.is_some()).map(|rule| rule.weight).sum();
        let earned: f64 = rules.iter().filter_map(|rule| Some(rule.weight * rule.share?)).sum();
        let most: f64 = rules.iter().map(|rule| rule.weight).sum();
        Self { earned: if counted > 0.0 { earned / counted * most } else { 0.0 }, most, rules }
    }

    /// The points of a run in words: `17.5/19`. What could be earned is not known where nothing was played.
    pub fn words(results: &Results, run: &Run) -> String {
        if run.outcomes.is_empty() {
            return "0".into();
        }
        let Self { earned, most, .. } = Self::of(results, run);
        format!("{}/{}", short(earned), short(most))
    }
}

/// What a scenario that was judged earns: all or nothing. None if it was not judged, or if another rule tells its failure.
fn judged(run: &Run, outcome: &Outcome, problems: &[Problem<'_>]) -> Option<f64> {
    match outcome.verdict() {
        Verdict::Inconclusive => None,
        Verdict::Fail if run.is_new_failure(outcome) => is_told_here(outcome.rule(), outcome, problems).then_some(0.0),
        Verdict::Pass | Verdict::Fail => Some(1.0),
    }
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.flatten().collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Whether the problem to which a failure belongs is told by this rule. If another rule tells it, that rule costs the points.
fn is_told_here(rule: &Rule, outcome: &Outcome, problems: &[Problem<'_>]) -> bool {
    problems.iter().find(|problem| problem.has(outcome)).is_none_or(|problem| problem.rule() == rule)
}

/// A number with at most one digit behind the point, and never rounded up to a whole that was not earned.
pub fn short(number: f64) -> String {
    let tenths = (number * 10.0 + 1e-6).floor() / 10.0;
    if tenths.fract() == 0.0 { format!("{tenths:.0}") } else { format!("{tenths:.1}") }
}
