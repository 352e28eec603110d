//! Writes a JSON report.

use super::entry::{
    CaseEntry, DiagnosisEntry, DifferenceEntry, FindingEntry, KnownFailureEntry, LearnedEntry, MistakeEntry, PartEntry, PlaceEntry,
    ProblemEntry, ProgramEntry, RefusalEntry, Report, RunEntry, Summary, VERSION,
};
use crate::run::known_failure::KnownFailure;
use crate::run::results::{Judged, Results, Run};
use crate::spec::bytes::Bytes;
use crate::spec::mistake::Mistake;
use crate::spec::role::Role;
use crate::spec::rule::Level;
use crate::spec::transcript::{Step, Transcript, Wire};
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::{Difference, Finding, Place, Verdict};
use crate::verdict::learn::Learned;
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;
use std::io::{self, Write};

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let runs = || results.runs.iter();
    let report = Report {
        cases: runs().enumerate().flat_map(|(i, run)| run.outcomes.iter().map(move |outcome| case(i, run, outcome))).collect(),
        diagnoses: runs().flat_map(|run| run.diagnoses.iter().map(move |diagnosis| diagnosis_entry(run, diagnosis))).collect(),
        problems: runs().flat_map(|run| run.problems().into_iter().map(move |problem| problem_entry(run, &problem))).collect(),
        summary: Some(summary(results)),
        runs: runs().map(run_entry).collect(),
        part: PartEntry {
            version: VERSION.into(),
            index: results.share.partition.index(),
            count: results.share.partition.count(),
            cases: results.share.cases,
            whole: format!("{:016x}", results.share.whole.0),
            filtered: results.share.is_filtered,
            strict: results.is_strict,
            weights: results.weights.clone(),
            again: results.again.clone(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn case(number: usize, run: &Run, outcome: &Outcome) -> CaseEntry {
    let Outcome { id, file, scenario, seen, finding, .. } = outcome;
    let (kept, left_out) = shortened(&seen.transcript, finding);
    CaseEntry {
        subject: run.name.clone(),
        run: number,
        id: id.clone(),
        rule: scenario.rule.id,
        level: Some(scenario.rule.level),
        verdict: Some(outcome.verdict()),
        message: outcome.message(),
        notes: outcome.notes().to_vec(),
        known_failure: run.known_failure(outcome).map(|known| known.reason.clone()),
        seconds: seen.duration.as_secs_f64(),
        file: file.clone(),
        scenario: scenario.to_string(),
        seen: kept.to_string(),
        remarks: seen.remarks.iter().cloned().chain(left_out).collect(),
        trouble: seen.trouble.clone(),
        judged: finding_entry(finding),
    }
}

/// Shortens very long steps, and returns a remark about the bytes left out. A program that prints a line for each byte of a long stream
/// prints megabytes. The place of the difference stays.
fn shortened(seen: &Transcript, finding: &Finding) -> (Transcript, Option<String>) {
    const MOST: usize = 64 * 1024;
    let place = finding.difference.as_ref().and_then(|difference| difference.seen);
    let mut left_out = 0;
    let mut cut = |step: usize, bytes: &Bytes| {
        let kept = MOST + place.filter(|place| place.step == step).map_or(0, |place| place.byte);
        // Repeated bytes have a short notation, however many they are.
        if bytes.len() <= kept || bytes.to_string().len() <= kept {
            return bytes.clone();
        }
        left_out += bytes.len() - kept;
        bytes.first(kept)
    };
    let steps = seen.steps.iter().enumerate().map(|(number, step)| match step {
        Step::Printed(role, bytes) => Step::Printed(*role, cut(number, bytes)),
        Step::Wire(peer, Wire::Bytes(bytes)) => Step::Wire(*peer, Wire::Bytes(cut(number, bytes))),
        step => step.clone(),
    });
    let transcript = Transcript { steps: steps.collect() };
    (transcript, Some(format!("{left_out} bytes of this conversation are left out of this report")).filter(|_| left_out > 0))
}

fn finding_entry(finding: &Finding) -> FindingEntry {
    let at = |place: Place| PlaceEntry { step: place.step, byte: place.byte };
    let difference = |difference: &Difference| DifferenceEntry {
        facet: difference.facet,
        expected: difference.expected.map(at),
        seen: difference.seen.map(at),
        clue: difference.clue.clone(),
    };
    FindingEntry {
        verdict: finding.verdict,
        message: finding.message.clone(),
        difference: finding.difference.as_ref().map(difference),
        notes: finding.notes.clone(),
    }
}

fn diagnosis_entry(run: &Run, diagnosis: &Diagnosis) -> DiagnosisEntry {
    let known = |mistake: &&'static Mistake| MistakeEntry {
        name: &mistake.name,
        sentence: mistake.sentence.of(&run.dialect),
        look_at: mistake.look.of(&run.dialect),
    };
    DiagnosisEntry {
        subject: run.name.clone(),
        mistakes: diagnosis.mistakes.iter().map(known).collect(),
        explained: diagnosis.explained,
        failures: diagnosis.failures,
    }
}

fn problem_entry(run: &Run, problem: &Problem<'_>) -> ProblemEntry {
    ProblemEntry {
        subject: run.name.clone(),
        sentence: problem.headline(),
        look_at: problem.look(),
        story: problem.plainest.id.clone(),
        cases: problem.outcomes.iter().map(|outcome| outcome.id.clone()).collect(),
        mistakes: problem.mistakes.iter().map(|mistake| mistake.name.as_str()).collect(),
    }
}

fn summary(results: &Results) -> Summary {
    let runs = &results.runs;
    let count = |verdict| runs.iter().map(|run| run.count(verdict)).sum::<usize>();
    let unlisted: usize = runs.iter().map(|run| run.passed_unlisted).sum();
    let outcomes = || runs.iter().flat_map(|run| run.outcomes.iter().map(move |outcome| (run, outcome)));
    let failed = |level| outcomes().filter(|(_, outcome)| outcome.has_failed() && outcome.rule().level == level).count();
    let shown = |run: &Run, subject: &Judged| match &run.name {
        Some(name) if run.subjects.len() == 1 => name.clone(),
        Some(name) => format!("{name} ({})", subject.role),
        None => subject.role.to_string(),
    };
    Summary {
        version: VERSION,
        subjects: runs.iter().flat_map(|run| run.subjects.iter().map(move |s| (shown(run, s), s.command.clone()))).collect(),
        place: runs.first().map(|run| run.place.clone()).unwrap_or_default(),
        total: outcomes().count() + unlisted,
        pass: count(Verdict::Pass) + unlisted,
        fail: count(Verdict::Fail),
        inconclusive: count(Verdict::Inconclusive),
        must_failed: failed(Level::Must),
        should_failed: failed(Level::Should),
        may_differs: failed(Level::May),
        known_failures: outcomes().filter(|(run, outcome)| run.known_failure(outcome).is_some()).count(),
        stale: results.passed_known_failures().into_iter().map(|(_, known)| known_failure_entry(known)).collect(),
        strict: results.is_strict,
        interrupted: results.is_interrupted(),
        exit_status: results.exit_status(),
        seconds: results.duration().as_secs_f64(),
    }
}

fn run_entry(run: &Run) -> RunEntry {
    let learned = |role: Role| run.learned.iter().find(|(other, _)| *other == role).map(|(_, learned)| learned_entry(learned));
    let program = |subject: &Judged| {
        let Judged { role, command, language } = subject.clone();
        ProgramEntry { role, command, language, learned: learned(role) }
    };
    RunEntry {
        name: run.name.clone(),
        dialect: (*run.dialect).clone(),
        programs: run.subjects.iter().map(program).collect(),
        passed_unlisted: run.passed_unlisted,
        known_failures: run.known_failures.iter().map(known_failure_entry).collect(),
        place: run.place.clone(),
        denied: run.denied.clone(),
        obstacle: run.obstacle.clone(),
        interrupted: run.is_interrupted,
        seconds: run.duration.as_secs_f64(),
    }
}

fn known_failure_entry(known: &KnownFailure) -> KnownFailureEntry {
    let KnownFailure { of, subject, reason, line } = known.clone();
    KnownFailureEntry { of, subject, reason, line }
}

fn learned_entry(learned: &Learned) -> LearnedEntry {
    let Learned { dialect, has_due_messages, has_due_delimiter, unreadable, refusal } = learned;
    LearnedEntry {
        dialect: dialect.clone(),
        has_due_messages: *has_due_messages,
        has_due_delimiter: *has_due_delimiter,
        unreadable: unreadable.map(|rule| rule.id.to_owned()),
        refusal: refusal.as_ref().map(|refusal| RefusalEntry {
            scenario: refusal.scenario.to_string(),
            seen: refusal.seen.transcript.to_string(),
            judged: finding_entry(&refusal.finding),
        }),
    }
}
