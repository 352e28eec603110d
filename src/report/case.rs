//! Cases: the entries of the formats for other programs. A case is a scenario, or another reason for the exit status.

use super::conclusion::Mark;
use super::detail::{place, repeat};
use super::human;
use super::text::{labels, legible, legible_lines};
use crate::run::results::{Obstacle, Results, Run};
use crate::spec::rule::{Level, Rule};
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::time::Duration;

/// The result of a case. Later values are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The case has passed.
    Passed,
    /// The program differs where a rule leaves the choice (MAY).
    Differs,
    /// The case could not be judged because of a known failure.
    Excused,
    /// The program breaks a SHOULD rule, without `--strict`.
    FallsShort,
    /// A known failure.
    Known,
    /// The case could not be judged. A person has to find the reason.
    Unjudged,
    /// A failure that makes the program not conform.
    Failed,
}

/// One run with its cases.
pub struct CaseList<'a> {
    /// The run.
    pub run: &'a Run,
    /// The label from [`labels`].
    pub label: String,
    /// The cases, in the order of the rules.
    pub cases: Vec<Case<'a>>,
    /// The problems that the failures show, the most important one first.
    pub problems: Vec<Problem<'a>>,
}

/// A scenario, or another reason for the exit status.
pub struct Case<'a> {
    /// The name, unique in the report.
    pub name: String,
    /// The rule that it is about, if it is about one.
    pub rule: Option<&'static Rule>,
    /// The result.
    pub status: Status,
    /// A sentence that says what is wrong, or nothing.
    pub message: String,
    /// The time that it took.
    pub duration: Duration,
    /// The scenario as it was played.
    pub outcome: Option<Cow<'a, Outcome>>,
}

impl Status {
    fn of(results: &Results, run: &Run, outcome: &Outcome) -> Self {
        match outcome.verdict() {
            Verdict::Pass => Self::Passed,
            Verdict::Inconclusive if run.is_excused(outcome) => Self::Excused,
            Verdict::Inconclusive => Self::Unjudged,
            Verdict::Fail if results.counts(run, outcome) => Self::Failed,
            Verdict::Fail if run.known_failure(outcome).is_some() => Self::Known,
            Verdict::Fail if outcome.rule().level == Level::May => Self::Differs,
            Verdict::Fail => Self::FallsShort,
        }
    }
}

impl From<Status> for Mark {
    fn from(status: Status) -> Self {
        match status {
            Status::Passed => Self::Pass,
            Status::Differs => Self::Note,
            Status::Known => Self::Known,
            Status::Excused | Status::Unjudged => Self::Unjudged,
            Status::FallsShort => Self::Warn,
            Status::Failed => Self::Fail,
        }
    }
}

impl<'a> CaseList<'a> {
    /// All runs.
    pub fn all(results: &'a Results) -> Vec<Self> {
        let list = |(run, label): (&'a Run, String)| Self { run, cases: cases(results, run, &label), problems: run.problems(), label };
        results.runs.iter().zip(labels(results)).map(list).collect()
    }

    /// The cases of each rule together, then each case without a rule alone.
    pub fn by_rule(&self) -> Vec<(Option<&'static Rule>, Vec<&Case<'a>>)> {
        let is_together = |a: &Case<'_>, b: &Case<'_>| a.rule.is_some() && a.rule == b.rule;
        self.cases.chunk_by(is_together).map(|some| (some[0].rule, some.iter().collect())).collect()
    }

    /// The text behind the label of the run.
    pub fn labelled(&self, text: &str) -> String {
        labelled(&self.label, text)
    }
}

fn labelled(label: &str, text: &str) -> String {
    if label.is_empty() { text.to_owned() } else { format!("{label}: {text}") }
}

fn cases<'a>(results: &'a Results, run: &'a Run, label: &str) -> Vec<Case<'a>> {
    let name = |text: &str| labelled(label, &legible(text));
    let played = |outcome: Cow<'a, Outcome>| Case {
        name: name(&outcome.id),
        rule: Some(outcome.rule()),
        status: Status::of(results, run, &outcome),
        message: legible(&outcome.message()),
        duration: outcome.seen.duration,
        outcome: Some(outcome),
    };
    let other =
        |text: &str, status, message| Case { name: name(text), rule: None, status, message, duration: Duration::ZERO, outcome: None };
    let first_looks = run.unlisted_refusals().map(|refusal| {
        let (id, file) = (refusal.rule().id.to_owned(), "the first look".to_owned());
        let (scenario, seen, finding) = (refusal.scenario.clone(), refusal.seen.clone(), refusal.finding.clone());
        played(Cow::Owned(Outcome { id, file, scenario, seen, finding, root: None }))
    });
    let mut cases: Vec<Case<'a>> = first_looks.chain(run.outcomes.iter().map(|outcome| played(Cow::Borrowed(outcome)))).collect();
    if run.passed_unlisted > 0 {
        cases.push(other(&format!("{} conversations", run.passed_unlisted), Status::Passed, String::new()));
    }
    for (_, known) in results.passed_known_failures().into_iter().filter(|(of, _)| std::ptr::eq(*of, run)) {
        let message = legible(&known.remedy());
        cases.push(other(&format!("known failure {}", known.of), Status::Unjudged, message));
    }
    if let Some(Obstacle { what, detail }) = &run.obstacle {
        cases.push(other(what, Status::Failed, legible_lines(detail).trim_end().to_owned()));
    }
    if run.is_interrupted {
        cases.push(other("the whole run", Status::Unjudged, results.interruption().unwrap_or_default()));
    }
    cases
}

impl Case<'_> {
    /// The worst case. Among several, the one with the shortest conversation, which is the easiest to understand.
    pub fn worst<'a, 'b>(cases: &[&'a Case<'b>]) -> Option<&'a Case<'b>> {
        cases.iter().copied().min_by_key(|case| (Reverse(case.status), case.steps()))
    }

    /// The number of steps in the conversation.
    pub fn steps(&self) -> usize {
        self.outcome.as_ref().map_or(0, |outcome| outcome.scenario.transcript.steps.len())
    }

    /// The reason why this failure is accepted.
    pub fn reason(&self, run: &Run) -> Option<String> {
        run.known_failure(self.outcome.as_ref()?).map(|known| legible(&known.reason))
    }

    /// Remarks that do not count.
    pub fn notes(&self) -> Vec<String> {
        self.outcome.as_ref().map(|outcome| outcome.notes().iter().map(|note| legible(note)).collect()).unwrap_or_default()
    }

    /// The file, and the line of the step that was expected and not seen.
    pub fn place(&self) -> Option<(String, usize)> {
        self.outcome.as_ref().map(|outcome| place(outcome)).map(|(file, line)| (legible(file), line))
    }

    /// The command that plays only this case again.
    pub fn again(&self, results: &Results, run: &Run) -> Option<String> {
        self.outcome.as_ref().map(|outcome| legible(&repeat(results, run, outcome)))
    }

    /// The full description of a failure; for another case, the message.
    pub fn description(&self, results: &Results, list: &CaseList<'_>) -> String {
        let Some(outcome) = self.outcome.as_ref().filter(|outcome| outcome.has_failed()) else { return self.message.clone() };
        let mut text: String = human::plain_description(results, list.run, outcome).lines().map(|line| legible(line) + "\n").collect();
        let about = list.problems.iter().find(|problem| problem.has(outcome));
        text += &about.map(|problem| format!("\n{}", human::plain_cause(results, list.run, problem))).unwrap_or_default();
        text
    }
}
