//! JSON: one object, for other programs.

use super::Context;
use crate::mistake::{Diagnosis, Mistake};
use crate::rule::Level;
use crate::suite::Run;
use crate::verdict::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Report<'a> {
    cases: Vec<Case<'a>>,
    /// The known mistakes that the failures look like.
    diagnoses: Vec<Likeness>,
    summary: Summary,
}

#[derive(Serialize)]
struct Case<'a> {
    id: &'a str,
    rule: &'static str,
    level: Level,
    verdict: Verdict,
    message: &'a str,
    /// What was noticed, and does not count.
    notes: &'a [String],
    seconds: f64,
}

#[derive(Serialize)]
struct Likeness {
    /// More than one where what was judged does not tell them apart.
    mistakes: Vec<Known>,
    /// How many of the failures it explains, and of how many.
    explained: usize,
    failures: usize,
}

#[derive(Serialize)]
struct Known {
    name: &'static str,
    sentence: &'static str,
    look_at: &'static str,
}

#[derive(Serialize)]
struct Summary {
    version: &'static str,
    subjects: BTreeMap<String, String>,
    place: String,
    total: usize,
    pass: usize,
    fail: usize,
    inconclusive: usize,
    /// Failures of MUST rules, which make a subject not conform.
    must_failed: usize,
    /// Failures of SHOULD rules: warnings, unless `strict`.
    should_failed: usize,
    /// Other behaviour where a MAY rule leaves the choice.
    may_differs: usize,
    strict: bool,
    interrupted: bool,
    exit_status: u8,
    seconds: f64,
}

/// Writes the report.
pub fn write(run: &Run, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let count = |verdict| run.outcomes.iter().filter(|outcome| outcome.finding.verdict == verdict).count();
    let failed = |level| {
        let is_one =
            |outcome: &&crate::suite::Outcome| outcome.finding.verdict == Verdict::Fail && outcome.fixture.scenario.rule.level == level;
        run.outcomes.iter().filter(is_one).count()
    };
    let cases = run.outcomes.iter().map(|outcome| Case {
        id: &outcome.fixture.id,
        rule: outcome.fixture.scenario.rule.id,
        level: outcome.fixture.scenario.rule.level,
        verdict: outcome.finding.verdict,
        message: &outcome.finding.message,
        notes: &outcome.finding.notes,
        seconds: outcome.seen.duration.as_secs_f64(),
    });
    let known = |mistake: &'static Mistake| Known { name: &mistake.name, sentence: &mistake.sentence, look_at: &mistake.look };
    let diagnoses = run.subjects.iter().flat_map(|subject| Diagnosis::of(run, subject.role)).map(|diagnosis| Likeness {
        mistakes: diagnosis.mistakes.into_iter().map(known).collect(),
        explained: diagnosis.explained,
        failures: diagnosis.failures,
    });
    let summary = Summary {
        version: env!("CARGO_PKG_VERSION"),
        subjects: run.subjects.iter().map(|subject| (subject.role.to_string(), subject.command.to_string())).collect(),
        place: run.place.clone(),
        total: run.outcomes.len() + run.passed_unlisted,
        pass: count(Verdict::Pass) + run.passed_unlisted,
        fail: count(Verdict::Fail),
        inconclusive: count(Verdict::Inconclusive),
        must_failed: failed(Level::Must),
        should_failed: failed(Level::Should),
        may_differs: failed(Level::May),
        strict: context.is_strict,
        interrupted: run.is_interrupted,
        exit_status: run.exit_status(context.is_strict),
        seconds: run.duration.as_secs_f64(),
    };
    serde_json::to_writer_pretty(&mut *out, &Report { cases: cases.collect(), diagnoses: diagnoses.collect(), summary })?;
    writeln!(out)
}
