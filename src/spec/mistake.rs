//! Known mistakes, each with the scenarios that fail because of it. If the same scenarios fail for a subject, the subject very likely makes
//! the same mistake, and its report says so.
//!
//! The list is data, and not written by hand. `tests/programs/wrong` has a program for each mistake. `tests/faults.rs` plays every scenario
//! with every program, and compares the list with the results.

use crate::spec::role::Role;
use crate::spec::rule::{Level, Rule};
use crate::spec::text::{self, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A mistake, and its effects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its role and its program's name: `server/prefix-token`.
    pub name: String,
    /// What the program does, as a sentence that begins with "it".
    #[serde(skip)]
    pub sentence: Text,
    /// Instructions for the author of the program, after "What to do".
    #[serde(skip)]
    pub look: Text,
    /// How common it is among beginners: from 1, rare, to 5, nearly every class has it.
    #[serde(default)]
    pub common: u8,
    /// Where this number comes from.
    #[serde(default)]
    pub common_because: String,
    /// The rule that reports it.
    pub caught_by: String,
    /// Other MUST and SHOULD rules that it breaks, each with the reason.
    pub breaks_too: BTreeMap<String, String>,
    /// The scenarios that fail, each with its symptom.
    pub fails: BTreeMap<String, String>,
    /// The rules with scenarios that cannot be judged because of it, each with the number of these scenarios.
    pub unjudged: BTreeMap<String, usize>,
}

static KNOWN: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
    let texts = text::mistakes();
    let list: Vec<Mistake> =
        serde_json::from_str(include_str!("mistakes.json")).expect("the tests of this project hold the list to its form");
    // A program that was just added or removed is only in one of the two files, until `tests/faults.rs` records the list again.
    let known = list.into_iter().filter_map(|mistake| {
        let [sentence, look] = ["sentence", "look"].map(|name| texts.get(&mistake.name)?.get(name).cloned());
        Some(Mistake { sentence: sentence?, look: look?, ..mistake })
    });
    known.collect()
});

impl Mistake {
    /// All that are known, in the order of their names.
    pub fn known() -> &'static [Self] {
        &KNOWN
    }

    /// The program that makes it.
    pub fn role(&self) -> Role {
        if self.name.starts_with("client/") { Role::Client } else { Role::Server }
    }

    /// Its name without the role.
    pub fn short_name(&self) -> &str {
        self.name.split_once('/').map_or(&self.name, |(_, name)| name)
    }

    /// The MUST and SHOULD scenarios that fail, each with its symptom.
    pub fn signature(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_binding = |id: &str| id.rsplit_once('/').and_then(|(rule, _)| Rule::find(rule)).is_some_and(|rule| rule.level != Level::May);
        self.fails.iter().map(|(id, symptom)| (id.as_str(), symptom.as_str())).filter(move |(id, _)| is_binding(id))
    }

    /// Whether the same scenarios fail in the same way as for another mistake.
    pub fn looks_like(&self, other: &Self) -> bool {
        self.signature().eq(other.signature())
    }
}
