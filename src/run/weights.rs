//! How much each rule is worth.

use crate::spec::rule::Rule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The weights of rules, in points. Without a weight of its own, a rule that binds is worth one point, and another rule nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weights(pub BTreeMap<String, f64>);

impl Weights {
    /// What a rule is worth. `binds` says whether a program that breaks it does not conform.
    pub fn of(&self, rule: &Rule, binds: bool) -> f64 {
        self.0.get(rule.id).copied().unwrap_or(if binds { 1.0 } else { 0.0 })
    }
}
