//! Conclusions for people: the verdict on each program, a word for each rule, and the numbers.

use crate::run::partition::Partition;
use crate::run::results::{Results, Run};
use crate::spec::role::Part;
use crate::spec::rule::{Level, RULES, Rule};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;

/// The verdict on one program, or on both together.
pub struct Conclusion {
    /// The program, or both.
    pub part: Part,
    /// Whether the program conforms.
    pub conforms: Conforms,
    /// The verdict in words.
    pub words: String,
    /// The MUST rules that the program breaks.
    pub must: Vec<&'static str>,
    /// The SHOULD rules that the program breaks.
    pub should: Vec<&'static str>,
}

/// Whether a program conforms. Later values are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conforms {
    /// It conforms, or nothing is wrong in this part.
    Yes,
    /// Something could not be judged, and nothing is wrong.
    Unknown,
    /// The program breaks a rule that binds.
    No,
}

impl Conforms {
    /// Whether all programs of a run conform.
    pub fn of(results: &Results, run: &Run) -> Self {
        if !results.conforms(run) {
            Self::No
        } else if run.is_interrupted || run.outcomes.iter().any(|outcome| run.is_unjudged(outcome)) {
            Self::Unknown
        } else {
            Self::Yes
        }
    }
}

/// How many of several programs conform, in words.
pub fn conforming(results: &Results) -> String {
    let count = |wanted: Conforms| results.runs.iter().filter(|run| Conforms::of(results, run) == wanted).count();
    let unclear = match count(Conforms::Unknown) {
        0 => String::new(),
        1 => "; 1 is unclear".into(),
        several => format!("; {several} are unclear"),
    };
    format!("{} of {} conform{unclear}", count(Conforms::Yes), results.runs.len())
}

/// The rules that some program breaks, in the order of parts: those of servers, of clients, of pairs.
pub fn broken_rules(results: &Results) -> Vec<&'static Rule> {
    let mark = |run: &Run, rule: &Rule| Mark::of(run, rule, run.outcomes.iter().filter(|outcome| outcome.rule() == rule));
    let is_bad = |run: &Run, rule: &Rule| matches!(mark(run, rule), Mark::Fail | Mark::Warn | Mark::Known);
    let is_broken = |rule: &&Rule| rule.level != Level::May && results.runs.iter().any(|run| is_bad(run, rule));
    let of = |part: Part| RULES.iter().filter(move |rule| rule.subject() == part).filter(is_broken);
    [Part::Server, Part::Client, Part::Pair].into_iter().flat_map(of).collect()
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
        let (conforms, words) = match (must.is_empty() && (should.is_empty() || !results.is_strict), run.is_unobserved(part) || is_unjudged)
        {
            (false, _) => (Conforms::No, format!("the {part} does not conform")),
            (true, false) if run.is_interrupted => (Conforms::Unknown, format!("the {part}: interrupted, nothing wrong so far")),
            (true, false) if results.share.partition != Partition::WHOLE => {
                (Conforms::Yes, format!("the {part}: nothing wrong in part {}", results.share.partition))
            }
            (true, false) => (Conforms::Yes, format!("the {part} conforms")),
            (true, true) => (Conforms::Unknown, format!("the {part} could not be judged")),
        };
        Self { part, conforms, words, must, should }
    }
}

/// A word for the result of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Every case has passed.
    Pass,
    /// The program differs where a rule leaves the choice (MAY).
    Note,
    /// All failures are known failures.
    Known,
    /// Some cases could not be judged, and none failed.
    Unjudged,
    /// The program breaks a SHOULD rule.
    Warn,
    /// The program breaks a MUST rule.
    Fail,
}

impl Mark {
    /// The word for a rule with these outcomes.
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
            Self::Unjudged => "OPEN",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// The numbers of cases, in one line.
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
            (format!(" of {}", results.share.cases), "; a search ends when it has found a failure")
        }
        _ => (String::new(), ""),
    };
    let seconds = results.duration().as_secs_f64();
    let part = if results.share.partition == Partition::WHOLE { String::new() } else { format!(" (part {})", results.share.partition) };
    let played = results
        .interruption()
        .unwrap_or_else(|| format!("{} scenario{}{of}", results.played(), if results.played() == 1 { "" } else { "s" }));
    format!("{played}{part} in {seconds:.2} s: {}{why}", parts.join(", "))
}

/// The problem that explains all failures of this rule, if another rule shows it better.
pub fn cause<'a, 'b>(run: &Run, problems: &'b [Problem<'a>], rule: &Rule) -> Option<&'b Problem<'a>> {
    let mut failed = run.outcomes.iter().filter(|outcome| outcome.rule() == rule && run.is_new_failure(outcome)).peekable();
    let first = *failed.peek()?;
    let problem = problems.iter().find(|problem| problem.has(first) && problem.rule() != rule)?;
    failed.all(|outcome| problem.has(outcome)).then_some(problem)
}

/// How many scenarios a problem explains. The text says "go wrong" because some are only warnings.
pub fn explains(problem: &Problem<'_>, problems: &[Problem<'_>]) -> String {
    match (problem.outcomes.len(), problems.iter().map(|problem| problem.outcomes.len()).sum()) {
        (1, 1) => "the one scenario that goes wrong".to_owned(),
        (2, 2) => "both scenarios that go wrong".to_owned(),
        (explained, failures) if explained == failures => format!("all {failures} scenarios that go wrong"),
        (explained, failures) => format!("{explained} of the {failures} scenarios that go wrong"),
    }
}
