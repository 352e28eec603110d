//! What the formats for people conclude: on each program, on each rule, and in numbers.

use crate::run::partition::Partition;
use crate::run::results::{Results, Run};
use crate::spec::mistake::Mistake;
use crate::spec::role::Part;
use crate::spec::rule::{Level, Rule};
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;

/// The verdict on one program, or on both together.
pub struct Conclusion {
    /// On whom.
    pub part: Part,
    /// The verdict.
    pub tenor: Tenor,
    /// What it says, in words.
    pub words: String,
    /// The rules broken that it MUST meet.
    pub must: Vec<&'static str>,
    /// The rules broken that it SHOULD meet.
    pub should: Vec<&'static str>,
}

/// Whether somebody has to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tenor {
    /// All is well.
    Good,
    /// Nobody knows yet.
    Open,
    /// The program has to be mended.
    Bad,
}

impl Conclusion {
    /// One for each part of a run.
    pub fn all(results: &Results, run: &Run) -> Vec<Self> {
        run.parts().into_iter().map(|part| Self::on(part, results, run)).collect()
    }

    fn on(part: Part, results: &Results, run: &Run) -> Self {
        let failed = |level: Level| -> Vec<&str> {
            let is_one = |(rule, outcomes): &(&'static Rule, Vec<&Outcome>)| {
                rule.subject() == part && rule.level == level && outcomes.iter().any(|outcome| run.is_new_failure(outcome))
            };
            run.by_rule().iter().filter(|each| is_one(each)).map(|(rule, _)| rule.id).collect()
        };
        let (mut must, should) = (failed(Level::Must), failed(Level::Should));
        for rule in run.rules_broken_by_refusal().filter(|rule| rule.subject() == part) {
            if !must.contains(&rule.id) {
                must.push(rule.id);
            }
        }
        let is_unjudged = run.outcomes.iter().any(|outcome| outcome.scenario.subject() == part && run.is_unjudged(outcome));
        let (tenor, words) = match (must.is_empty() && (should.is_empty() || !results.is_strict), run.is_unobserved(part) || is_unjudged) {
            (false, _) => (Tenor::Bad, format!("the {part} does not conform")),
            (true, false) if run.is_interrupted => (Tenor::Open, format!("the {part}: interrupted, nothing wrong so far")),
            (true, false) if results.share.partition != Partition::WHOLE => {
                (Tenor::Good, format!("the {part}: nothing wrong in part {}", results.share.partition))
            }
            (true, false) => (Tenor::Good, format!("the {part} conforms")),
            (true, true) => (Tenor::Open, format!("the {part} could not be judged")),
        };
        Self { part, tenor, words, must, should }
    }
}

/// What is said of a rule in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Every case has passed.
    Pass,
    /// It differs where it MAY.
    Note,
    /// It fails, as was known beforehand.
    Known,
    /// Some cases could not be judged, and none failed.
    Unjudged,
    /// It falls short of what it SHOULD do.
    Warn,
    /// It breaks what it MUST do.
    Fail,
}

impl Mark {
    /// What the cases of a rule come to.
    pub fn of<'a>(run: &Run, rule: &Rule, outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let (failed, others): (Vec<&Outcome>, Vec<&Outcome>) = outcomes.into_iter().partition(|outcome| outcome.has_failed());
        if failed.is_empty() {
            let has_passed = others.iter().all(|outcome| outcome.verdict() == Verdict::Pass);
            return if has_passed { Self::Pass } else { Self::Unjudged };
        }
        match rule.level {
            _ if failed.iter().all(|outcome| run.known_failure(outcome).is_some()) => Self::Known,
            Level::Must => Self::Fail,
            Level::Should => Self::Warn,
            Level::May => Self::Note,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Note => "NOTE",
            Self::Known => "KNOWN",
            Self::Unjudged => "????",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// The numbers of cases, in a line.
pub fn numbers(results: &Results) -> String {
    let all = || results.runs.iter().flat_map(|run| run.outcomes.iter().map(move |outcome| (run, outcome)));
    let failed = |level: Level| all().filter(|(run, outcome)| outcome.rule().level == level && run.is_new_failure(outcome)).count();
    let unlisted: usize = results.runs.iter().map(|run| run.passed_unlisted).sum();
    let count = |verdict| results.runs.iter().map(|run| run.count(verdict)).sum::<usize>();
    let mut parts = vec![format!("{} passed", count(Verdict::Pass) + unlisted)];
    for (number, what) in [
        (failed(Level::Must), "failed"),
        (failed(Level::Should), if results.is_strict { "failed (SHOULD)" } else { "warned of" }),
        (failed(Level::May), "differ where they MAY"),
        (all().filter(|(run, outcome)| run.known_failure(outcome).is_some()).count(), "known to fail"),
        (count(Verdict::Inconclusive), "not judged"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    let has_failed = all().any(|(_, outcome)| outcome.has_failed());
    let is_short = results.played() < results.share.cases;
    let (of, why) = match results.interruption() {
        None if results.again.is_search() && is_short && has_failed => {
            (format!(" of {}", results.share.cases), "; a search ends when it has found enough")
        }
        _ => (String::new(), ""),
    };
    let seconds = results.duration().as_secs_f64();
    let part = if results.share.partition == Partition::WHOLE { String::new() } else { format!(" (part {})", results.share.partition) };
    let played = results.interruption().unwrap_or_else(|| format!("{} scenarios{of}", results.played()));
    format!("{played}{part} in {seconds:.2} s: {}{why}", parts.join(", "))
}

/// The mistake whose mere consequence it is that a rule is broken, where the rule that names it is broken as well.
pub fn cause(run: &Run, rule: &Rule) -> Option<&'static Mistake> {
    run.diagnoses.iter().find_map(|diagnosis| names(diagnosis, rule, run))
}

fn names(diagnosis: &Diagnosis, rule: &Rule, run: &Run) -> Option<&'static Mistake> {
    let [mistake] = diagnosis.mistakes[..] else { return None };
    let is_told = run.outcomes.iter().any(|outcome| outcome.has_failed() && outcome.rule().id == mistake.caught_by);
    let mut news = run.outcomes.iter().filter(|outcome| outcome.rule() == rule && run.is_new_failure(outcome));
    let explains = news.all(|outcome| mistake.fails.contains_key(&outcome.id));
    (is_told && explains && mistake.caught_by != rule.id).then_some(mistake)
}

/// How much of what goes wrong these mistakes explain: not all of it fails, since some is only warned of.
pub fn explains(diagnosis: &Diagnosis) -> String {
    match (diagnosis.explained, diagnosis.failures) {
        (1, 1) => "the one scenario that goes wrong".to_owned(),
        (2, 2) => "both scenarios that go wrong".to_owned(),
        (explained, failures) if explained == failures => format!("all {failures} scenarios that go wrong"),
        (explained, failures) => format!("{explained} of the {failures} scenarios that go wrong"),
    }
}
