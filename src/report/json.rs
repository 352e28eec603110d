//! JSON: one object, for other programs, and for `merge`: nothing that a report can say is missing from it, so it can be read back.

use crate::run::known_failure::KnownFailure;
use crate::run::partition::{Fingerprint, Partition, Share};
use crate::run::place::Denied;
use crate::run::results::{Judged, Rerun, Results, Run};
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::mistake::Mistake;
use crate::spec::role::Role;
use crate::spec::rule::{Facet, Level, Rule};
use crate::spec::transcript::{Scenario, Step, Transcript, Wire};
use crate::stage::Seen;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::{Difference, Finding, Place, Verdict};
use crate::verdict::learn::{Learned, Refusal};
use crate::verdict::outcome::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

/// The version of the program, which is that of the format, too.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize, Deserialize)]
struct Report {
    cases: Vec<Case>,
    /// The known mistakes that the failures look like.
    #[serde(skip_deserializing)]
    diagnoses: Vec<Likeness>,
    #[serde(skip_deserializing)]
    summary: Option<Summary>,
    runs: Vec<Head>,
    part: Part,
}

#[derive(Serialize, Deserialize)]
struct Case {
    /// The name of the run that it belongs to, if that has one.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The place of that run among the runs, counted from 0: not all have names.
    run: usize,
    id: String,
    #[serde(skip_deserializing)]
    rule: &'static str,
    #[serde(skip_deserializing)]
    level: Option<Level>,
    #[serde(skip_deserializing)]
    verdict: Option<Verdict>,
    #[serde(skip_deserializing)]
    message: String,
    /// What was noticed, and does not count.
    #[serde(skip_deserializing)]
    notes: Vec<String>,
    /// Why a failure is accepted.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    known_failure: Option<String>,
    seconds: f64,
    file: String,
    /// The scenario in the program's own dialect, as it was played, in the notation of the fixtures.
    scenario: String,
    /// What was seen, in the same notation.
    seen: String,
    /// What else was seen.
    #[serde(default)]
    remarks: Vec<String>,
    /// Why the conversation could not be led as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
    /// What the judge said; `verdict` differs from it where another rule's failure leaves nothing to judge by.
    judged: Judgement,
}

#[derive(Serialize, Deserialize)]
struct Judgement {
    verdict: Verdict,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<Parting>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Parting {
    facet: Facet,
    expected: Option<At>,
    seen: Option<At>,
}

/// A step, counted from 0, and how many bytes of it were right.
#[derive(Serialize, Deserialize)]
struct At {
    step: usize,
    byte: usize,
}

#[derive(Serialize)]
struct Likeness {
    /// The run that it belongs to, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
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
    /// Failures that were known beforehand: they are among those that failed, and do not count.
    known_failures: usize,
    /// Known failures that have passed: they are to be removed from the project file.
    stale: Vec<Accepted>,
    strict: bool,
    interrupted: bool,
    exit_status: u8,
    seconds: f64,
}

/// A run without its cases.
#[derive(Serialize, Deserialize)]
struct Head {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    programs: Vec<Program>,
    passed_unlisted: usize,
    #[serde(default)]
    known_failures: Vec<Accepted>,
    place: String,
    /// The better places, and why they were not to be had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    denied: Vec<Denied>,
    interrupted: bool,
    seconds: f64,
}

#[derive(Serialize, Deserialize)]
struct Program {
    role: Role,
    command: String,
    /// What the first look has taught; nothing where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    learned: Option<Lesson>,
}

/// How a program speaks, each in the quotes of the notation.
#[derive(Serialize, Deserialize)]
struct Lesson {
    server_greeting: String,
    prefix: String,
    line_end: String,
    farewell: String,
    farewell_at_token: String,
    client_greeting: String,
    delimiter: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refused>,
}

#[derive(Serialize, Deserialize)]
struct Refused {
    scenario: String,
    seen: String,
    judged: Judgement,
}

#[derive(Serialize, Deserialize)]
struct Accepted {
    of: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    reason: String,
    line: usize,
}

/// What part of a whole this is.
#[derive(Serialize, Deserialize)]
struct Part {
    version: String,
    index: u64,
    count: u64,
    /// How many cases it has; fewer were played where the run was interrupted, or a search has found enough.
    cases: u64,
    /// The same in all parts of one run.
    whole: String,
    filtered: bool,
    strict: bool,
    again: Rerun,
}

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let runs = || results.runs.iter();
    let report = Report {
        cases: runs().enumerate().flat_map(|(i, run)| run.outcomes.iter().map(move |outcome| case(i, run, outcome))).collect(),
        diagnoses: runs().flat_map(|run| run.diagnoses.iter().map(move |diagnosis| likeness(run, diagnosis))).collect(),
        summary: Some(summary(results)),
        runs: runs().map(head).collect(),
        part: Part {
            version: VERSION.into(),
            index: results.share.partition.index(),
            count: results.share.partition.count(),
            cases: results.share.cases,
            whole: format!("{:016x}", results.share.whole.0),
            filtered: results.share.is_filtered,
            strict: results.is_strict,
            again: results.again.clone(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn case(number: usize, run: &Run, outcome: &Outcome) -> Case {
    let Outcome { id, file, scenario, seen, finding, .. } = outcome;
    let (kept, left_out) = without_tails(&seen.transcript, finding);
    Case {
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
        judged: judgement(finding),
    }
}

/// What was seen, without the tails of very long steps: a program that prints a line for each byte of a long stream prints megabytes. What the
/// finding points at stays. And what is to be said of the tails.
fn without_tails(seen: &Transcript, finding: &Finding) -> (Transcript, Option<String>) {
    const MOST: usize = 64 * 1024;
    let place = finding.difference.as_ref().and_then(|difference| difference.seen);
    let mut left_out = 0;
    let mut cut = |step: usize, bytes: &Bytes| {
        let kept = MOST + place.filter(|place| place.step == step).map_or(0, |place| place.byte);
        // What repeats itself is short, however many bytes it is.
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
    (transcript, Some(format!("{left_out} bytes of what was seen are left out of this report")).filter(|_| left_out > 0))
}

fn judgement(finding: &Finding) -> Judgement {
    let at = |place: Place| At { step: place.step, byte: place.byte };
    let parting =
        |difference: &Difference| Parting { facet: difference.facet, expected: difference.expected.map(at), seen: difference.seen.map(at) };
    Judgement {
        verdict: finding.verdict,
        message: finding.message.clone(),
        difference: finding.difference.as_ref().map(parting),
        notes: finding.notes.clone(),
    }
}

fn likeness(run: &Run, diagnosis: &Diagnosis) -> Likeness {
    let known = |mistake: &&'static Mistake| Known { name: &mistake.name, sentence: &mistake.sentence, look_at: &mistake.look };
    Likeness {
        subject: run.name.clone(),
        mistakes: diagnosis.mistakes.iter().map(known).collect(),
        explained: diagnosis.explained,
        failures: diagnosis.failures,
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
        stale: results.passed_known_failures().into_iter().map(|(_, known)| accepted(known)).collect(),
        strict: results.is_strict,
        interrupted: results.is_interrupted(),
        exit_status: results.exit_status(),
        seconds: results.duration().as_secs_f64(),
    }
}

fn head(run: &Run) -> Head {
    let lesson = |role: Role| run.learned.iter().find(|(other, _)| *other == role).map(|(_, learned)| lesson(learned));
    let program = |subject: &Judged| Program { role: subject.role, command: subject.command.clone(), learned: lesson(subject.role) };
    Head {
        name: run.name.clone(),
        programs: run.subjects.iter().map(program).collect(),
        passed_unlisted: run.passed_unlisted,
        known_failures: run.known_failures.iter().map(accepted).collect(),
        place: run.place.clone(),
        denied: run.denied.clone(),
        interrupted: run.is_interrupted,
        seconds: run.duration.as_secs_f64(),
    }
}

fn accepted(known: &KnownFailure) -> Accepted {
    let KnownFailure { of, subject, reason, line } = known.clone();
    Accepted { of, subject, reason, line }
}

fn known_failure(accepted: Accepted) -> KnownFailure {
    let Accepted { of, subject, reason, line } = accepted;
    KnownFailure { of, subject, reason, line }
}

fn lesson(learned: &Learned) -> Lesson {
    let Learned { dialect, unreadable, refusal } = learned;
    let quoted = |bytes: &[u8]| Bytes::literal(bytes).to_string();
    Lesson {
        server_greeting: quoted(&dialect.server_greeting),
        prefix: quoted(&dialect.prefix),
        line_end: quoted(&dialect.line_end),
        farewell: quoted(&dialect.farewell),
        farewell_at_token: quoted(&dialect.farewell_at_token),
        client_greeting: quoted(&dialect.client_greeting),
        delimiter: quoted(&dialect.delimiter),
        unreadable: unreadable.map(|rule| rule.id.to_owned()),
        refusal: refusal.as_ref().map(|refusal| Refused {
            scenario: refusal.scenario.to_string(),
            seen: refusal.seen.transcript.to_string(),
            judged: judgement(&refusal.finding),
        }),
    }
}

/// Reads a report back: results, and the version of the program that wrote it.
///
/// # Errors
/// The first thing that no report of this program has, and where.
pub fn read(text: &str) -> Result<(Results, String), String> {
    let Report { cases, runs, part, .. } = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => format!("this is no JSON report of sockspec: {error}"),
        _ => format!("this is no JSON: {error}"),
    })?;
    let mut runs = runs.into_iter().map(run).collect::<Result<Vec<_>, _>>()?;
    for case in cases {
        let within = format!("the case {}", case.id);
        let run = runs.get_mut(case.run).ok_or(format!("{within} is of no run of the report"))?;
        run.outcomes.push(outcome(case).map_err(|error| format!("{within}: {error}"))?);
    }
    let whole = u64::from_str_radix(&part.whole, 16).map_err(|_| format!("`{}` is no fingerprint", part.whole))?;
    let partition = Partition::new(part.index, part.count)?;
    let share = Share { partition, whole: Fingerprint(whole), cases: part.cases, is_filtered: part.filtered };
    Ok((Results { runs, is_strict: part.strict, again: part.again, share, is_verbose: false }, part.version))
}

fn run(head: Head) -> Result<Run, String> {
    let (mut subjects, mut learned) = (Vec::new(), Vec::new());
    for Program { role, command, learned: lesson } in head.programs {
        if let Some(lesson) = lesson {
            learned.push((role, understood(lesson).map_err(|error| format!("what was learned of the {role}: {error}"))?));
        }
        subjects.push(Judged { role, command });
    }
    let roles: Vec<Role> = subjects.iter().map(|subject| subject.role).collect();
    if !matches!(roles[..], [_] | [Role::Server, Role::Client]) {
        return Err("a run is of a server, a client, or a server and its client".into());
    }
    Ok(Run {
        name: head.name,
        subjects,
        outcomes: Vec::new(),
        passed_unlisted: head.passed_unlisted,
        learned,
        known_failures: head.known_failures.into_iter().map(known_failure).collect(),
        diagnoses: Vec::new(),
        place: head.place,
        denied: head.denied,
        is_interrupted: head.interrupted,
        duration: duration(head.seconds)?,
    })
}

fn outcome(case: Case) -> Result<Outcome, String> {
    let scenario = Scenario::parse("the scenario", &case.scenario).map_err(|error| error.to_string())?;
    let seen = Seen { remarks: case.remarks, trouble: case.trouble, duration: duration(case.seconds)?, ..seen(&case.seen)? };
    let finding = finding(case.judged, &scenario.transcript, &seen.transcript)?;
    Ok(Outcome { id: case.id, file: case.file, scenario, seen, finding, root: None })
}

fn seen(text: &str) -> Result<Seen, String> {
    Ok(Seen { transcript: Transcript::parse(text).map_err(|error| format!("what was seen: {error}"))?, ..Seen::default() })
}

fn finding(judged: Judgement, expected: &Transcript, seen: &Transcript) -> Result<Finding, String> {
    let at = |at: At, of: &Transcript| {
        if at.step < of.steps.len() {
            Ok(Place { step: at.step, byte: at.byte })
        } else {
            Err(format!("the conversation has no step {}, counted from 0", at.step))
        }
    };
    let difference = match judged.difference {
        Some(parting) => Some(Difference {
            facet: parting.facet,
            expected: parting.expected.map(|place| at(place, expected)).transpose()?,
            seen: parting.seen.map(|place| at(place, seen)).transpose()?,
            message: judged.message.clone(),
        }),
        None => None,
    };
    Ok(Finding { verdict: judged.verdict, message: judged.message, difference, notes: judged.notes })
}

fn understood(lesson: Lesson) -> Result<Learned, String> {
    let unreadable = match lesson.unreadable {
        Some(id) => Some(Rule::find(&id).ok_or(format!("there is no rule `{id}`"))?),
        None => None,
    };
    let refusal = match lesson.refusal {
        Some(refused) => {
            let scenario = Scenario::parse("the first look", &refused.scenario).map_err(|error| error.to_string())?;
            let seen = seen(&refused.seen)?;
            let finding = finding(refused.judged, &scenario.transcript, &seen.transcript)?;
            Some(Refusal { finding, scenario, seen })
        }
        None => None,
    };
    let dialect = Dialect {
        server_greeting: unquoted(&lesson.server_greeting)?,
        // What was seen has been settled already.
        has_varying_greeting: false,
        prefix: unquoted(&lesson.prefix)?,
        line_end: unquoted(&lesson.line_end)?,
        farewell: unquoted(&lesson.farewell)?,
        farewell_at_token: unquoted(&lesson.farewell_at_token)?,
        client_greeting: unquoted(&lesson.client_greeting)?,
        delimiter: unquoted(&lesson.delimiter)?,
    };
    Ok(Learned { dialect, unreadable, refusal })
}

fn unquoted(text: &str) -> Result<Vec<u8>, String> {
    Bytes::parse(text).map(|bytes| bytes.to_vec()).map_err(|error| error.to_string())
}

fn duration(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("{seconds} is no number of seconds"))
}
