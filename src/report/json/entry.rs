//! The entries of a JSON report. The field names are the keys. A key that only other programs read is not read back.

use crate::run::place::Denied;
use crate::run::results::{Obstacle, Rerun};
use crate::run::weights::Weights;
use crate::spec::dialect::Dialect;
use crate::spec::language::Language;
use crate::spec::role::Role;
use crate::spec::rule::{Facet, Level};
use crate::verdict::clue::Clue;
use crate::verdict::finding::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the program, and of the format.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) cases: Vec<CaseEntry>,
    /// The known mistakes that the failures look like.
    #[serde(skip_deserializing)]
    pub(super) diagnoses: Vec<DiagnosisEntry>,
    /// The problems, the most important one first in each run.
    #[serde(skip_deserializing)]
    pub(super) problems: Vec<ProblemEntry>,
    #[serde(skip_deserializing)]
    pub(super) summary: Option<Summary>,
    pub(super) runs: Vec<RunEntry>,
    pub(super) part: PartEntry,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CaseEntry {
    /// The name of its run, if the run has one.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// The number of its run, counted from 0.
    pub(super) run: usize,
    pub(super) id: String,
    #[serde(skip_deserializing)]
    pub(super) rule: &'static str,
    #[serde(skip_deserializing)]
    pub(super) level: Option<Level>,
    #[serde(skip_deserializing)]
    pub(super) verdict: Option<Verdict>,
    #[serde(skip_deserializing)]
    pub(super) message: String,
    /// Remarks that do not count.
    #[serde(skip_deserializing)]
    pub(super) notes: Vec<String>,
    /// The reason why a failure is accepted.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) known_failure: Option<String>,
    pub(super) seconds: f64,
    pub(super) file: String,
    /// The scenario as it was played, in the dialect of the program and in the notation of the fixtures.
    pub(super) scenario: String,
    /// The conversation as it was seen, in the same notation.
    pub(super) seen: String,
    /// Other observations.
    #[serde(default)]
    pub(super) remarks: Vec<String>,
    /// The reason why the scenario could not be played as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trouble: Option<String>,
    /// The finding of the judge. `verdict` is different if this case cannot be judged because another rule fails.
    pub(super) judged: FindingEntry,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FindingEntry {
    pub(super) verdict: Verdict,
    pub(super) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) difference: Option<DifferenceEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct DifferenceEntry {
    pub(super) facet: Facet,
    pub(super) expected: Option<PlaceEntry>,
    pub(super) seen: Option<PlaceEntry>,
    /// What the failure has in itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) clue: Option<Clue>,
}

/// A step, counted from 0, and the number of its bytes that were right.
#[derive(Serialize, Deserialize)]
pub(super) struct PlaceEntry {
    pub(super) step: usize,
    pub(super) byte: usize,
}

#[derive(Serialize)]
pub(super) struct DiagnosisEntry {
    /// The name of its run, if the run has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// Several, if the failures fit each of them.
    pub(super) mistakes: Vec<MistakeEntry>,
    /// The number of failures that the mistake explains, and the number of all.
    pub(super) explained: usize,
    pub(super) failures: usize,
}

#[derive(Serialize)]
pub(super) struct ProblemEntry {
    /// The name of its run, if the run has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// What is wrong, in one sentence.
    pub(super) sentence: String,
    /// What to change. Empty if nothing that was seen leads to it.
    pub(super) look_at: String,
    /// The case that tells the story, and all cases.
    pub(super) story: String,
    pub(super) cases: Vec<String>,
    /// The known mistakes that explain it. Several, if they look alike.
    pub(super) mistakes: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct MistakeEntry {
    pub(super) name: &'static str,
    pub(super) sentence: String,
    pub(super) look_at: String,
}

#[derive(Serialize)]
pub(super) struct Summary {
    pub(super) version: &'static str,
    pub(super) subjects: BTreeMap<String, String>,
    pub(super) place: String,
    pub(super) total: usize,
    pub(super) pass: usize,
    pub(super) fail: usize,
    pub(super) inconclusive: usize,
    /// Failures of MUST rules, which make a subject not conform.
    pub(super) must_failed: usize,
    /// Failures of SHOULD rules: warnings, unless `strict`.
    pub(super) should_failed: usize,
    /// Differences where a MAY rule leaves the choice.
    pub(super) may_differs: usize,
    /// MistakeEntry failures. They are a part of `fail`, and do not count.
    pub(super) known_failures: usize,
    /// MistakeEntry failures that have passed. The project file should not have them any more.
    pub(super) stale: Vec<KnownFailureEntry>,
    pub(super) strict: bool,
    pub(super) interrupted: bool,
    pub(super) exit_status: u8,
    pub(super) seconds: f64,
}

/// A run without its cases.
#[derive(Serialize, Deserialize)]
pub(super) struct RunEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// The dialect of the course.
    #[serde(default)]
    pub(super) dialect: Dialect,
    pub(super) programs: Vec<ProgramEntry>,
    pub(super) passed_unlisted: usize,
    #[serde(default)]
    pub(super) known_failures: Vec<KnownFailureEntry>,
    pub(super) place: String,
    /// The better places, and why they were not available.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) denied: Vec<Denied>,
    /// Why some or all programs could not be judged, although they should be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) obstacle: Option<Obstacle>,
    pub(super) interrupted: bool,
    pub(super) seconds: f64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ProgramEntry {
    pub(super) role: Role,
    pub(super) command: String,
    /// The language that the program is written in, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<Language>,
    /// What the first look at the program found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) learned: Option<LearnedEntry>,
}

/// What was learned of a program. Each text of its dialect is in quotes, as in the notation.
#[derive(Serialize, Deserialize)]
pub(super) struct LearnedEntry {
    pub(super) dialect: Dialect,
    pub(super) has_due_messages: bool,
    pub(super) has_due_delimiter: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unreadable: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<RefusalEntry>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct RefusalEntry {
    pub(super) scenario: String,
    pub(super) seen: String,
    pub(super) judged: FindingEntry,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KnownFailureEntry {
    pub(super) of: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    pub(super) reason: String,
    pub(super) line: usize,
}

/// The part of a whole run that this report is.
#[derive(Serialize, Deserialize)]
pub(super) struct PartEntry {
    pub(super) version: String,
    pub(super) index: u64,
    pub(super) count: u64,
    /// The number of cases in the part. Fewer were played if the run was interrupted, or if a search has found a failure.
    pub(super) cases: u64,
    /// The fingerprint of the whole run, the same in all its parts.
    pub(super) whole: String,
    pub(super) filtered: bool,
    pub(super) strict: bool,
    /// What each rule is worth, if that is not the usual.
    #[serde(default)]
    pub(super) weights: Weights,
    pub(super) again: Rerun,
}
