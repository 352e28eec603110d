//! What the formats for other programs say of each case, in the few words that all of them have.

use super::{human, labels, place, repeat};
use crate::run::results::{Results, Run};
use crate::spec::mistake::Mistake;
use crate::spec::rule::{Level, Rule};
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Verdict;
use crate::verdict::outcome::Outcome;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::time::Duration;

/// What a case comes to, from what is worth no word to what makes a program not conform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As it should be.
    Passed,
    /// It differs where it MAY.
    Differs,
    /// Not judged, because of a failure that is known.
    Excused,
    /// It falls short of a rule that does not count.
    FallsShort,
    /// It fails, as was known beforehand.
    Known,
    /// There is no verdict, and somebody has to see why.
    Unjudged,
    /// It fails, and that counts.
    Failed,
}

/// All that is to be told of one run.
pub struct Account<'a> {
    /// The run.
    pub run: &'a Run,
    /// What tells it from the other runs; empty where there is nothing to tell apart.
    pub label: String,
    /// In the order of the rules.
    pub cases: Vec<Case<'a>>,
}

/// A scenario, or something else that makes a difference to the exit status.
pub struct Case<'a> {
    /// Unlike that of any other case of the report.
    pub name: String,
    /// What it is about, where it is about a rule.
    pub rule: Option<&'static Rule>,
    /// What it comes to.
    pub standing: Standing,
    /// A sentence that says what is wrong; empty where nothing is.
    pub message: String,
    /// How long it took.
    pub duration: Duration,
    /// What was played.
    pub outcome: Option<Cow<'a, Outcome>>,
}

impl Standing {
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

impl<'a> Account<'a> {
    /// One for each run.
    pub fn all(results: &'a Results) -> Vec<Self> {
        results.runs.iter().zip(labels(results)).map(|(run, label)| Self { run, cases: cases(results, run, &label), label }).collect()
    }

    /// The cases of each rule, and last those that are about none, each by itself.
    pub fn by_rule(&self) -> Vec<(Option<&'static Rule>, Vec<&Case<'a>>)> {
        let is_together = |a: &Case<'_>, b: &Case<'_>| a.rule.is_some() && a.rule == b.rule;
        self.cases.chunk_by(is_together).map(|some| (some[0].rule, some.iter().collect())).collect()
    }

    /// A text that says which run it is about.
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
        standing: Standing::of(results, run, &outcome),
        message: legible(&outcome.message()),
        duration: outcome.seen.duration,
        outcome: Some(outcome),
    };
    let other =
        |text: &str, standing, message| Case { name: name(text), rule: None, standing, message, duration: Duration::ZERO, outcome: None };
    let first_looks = run.unlisted_refusals().map(|refusal| {
        let (id, file) = (refusal.rule().id.to_owned(), "the first look".to_owned());
        let (scenario, seen, finding) = (refusal.scenario.clone(), refusal.seen.clone(), refusal.finding.clone());
        played(Cow::Owned(Outcome { id, file, scenario, seen, finding, root: None }))
    });
    let mut cases: Vec<Case<'a>> = first_looks.chain(run.outcomes.iter().map(|outcome| played(Cow::Borrowed(outcome)))).collect();
    if run.passed_unlisted > 0 {
        cases.push(other(&format!("{} conversations", run.passed_unlisted), Standing::Passed, String::new()));
    }
    for (_, known) in results.passed_known_failures().into_iter().filter(|(of, _)| std::ptr::eq(*of, run)) {
        let message = legible(&known.remedy());
        cases.push(other(&format!("known failure {}", known.of), Standing::Unjudged, message));
    }
    if run.is_interrupted {
        cases.push(other("the whole run", Standing::Unjudged, results.interruption().unwrap_or_default()));
    }
    cases
}

impl Case<'_> {
    /// The one that says the most: the worst, and of those the shortest conversation, which is the one to understand first.
    pub fn most_telling<'a, 'b>(cases: &[&'a Case<'b>]) -> Option<&'a Case<'b>> {
        cases.iter().copied().min_by_key(|case| (Reverse(case.standing), case.steps()))
    }

    /// How long the conversation is.
    pub fn steps(&self) -> usize {
        self.outcome.as_ref().map_or(0, |outcome| outcome.scenario.transcript.steps.len())
    }

    /// Why this failure is accepted.
    pub fn reason(&self, run: &Run) -> Option<String> {
        run.known_failure(self.outcome.as_ref()?).map(|known| legible(&known.reason))
    }

    /// What was noticed and does not count.
    pub fn notes(&self) -> Vec<String> {
        self.outcome.as_ref().map(|outcome| outcome.notes().iter().map(|note| legible(note)).collect()).unwrap_or_default()
    }

    /// The file, and the line of what was expected and not seen.
    pub fn place(&self) -> Option<(String, usize)> {
        self.outcome.as_ref().map(|outcome| place(outcome)).map(|(file, line)| (legible(file), line))
    }

    /// The command that runs just this again.
    pub fn again(&self, results: &Results, run: &Run) -> Option<String> {
        self.outcome.as_ref().map(|outcome| legible(&repeat(results, run, outcome)))
    }

    /// All that there is to tell: the story of a failure, or why there is none.
    pub fn story(&self, results: &Results, run: &Run) -> String {
        let Some(outcome) = self.outcome.as_ref().filter(|outcome| outcome.has_failed()) else { return self.message.clone() };
        let mut text: String = human::plain_story(results, run, outcome).lines().map(|line| legible(line) + "\n").collect();
        let explains = |diagnosis: &&Diagnosis| diagnosis.mistakes.iter().any(|mistake| mistake.fails.contains_key(&outcome.id));
        for (title, mistakes) in run.diagnoses.iter().filter(explains).map(likeness) {
            text.push_str(&format!("\nYour {title}.\n{}\n", mistakes.join("\n")));
        }
        text
    }
}

/// The mistakes that failures look like: all in a few words, and each in a line.
pub fn likeness(diagnosis: &Diagnosis) -> (String, Vec<String>) {
    let names: Vec<&str> = diagnosis.mistakes.iter().map(|mistake| mistake.short_name()).collect();
    let each = |mistake: &&Mistake| format!("{}: {} Look at {}", mistake.short_name(), mistake.sentence, mistake.look);
    (format!("{} behaves like {}", diagnosis.role(), names.join(" or ")), diagnosis.mistakes.iter().map(each).collect())
}

/// What a subject prints never comes here but in the quotes of a transcript; names and commands come as they are. This leaves one line, and
/// in it no character that a terminal, a parser or a reader takes for anything but itself.
pub fn legible(text: &str) -> String {
    let is_legible = |c: char| {
        let is_invisible = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        !c.is_control() && !is_invisible && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let mut legible = String::with_capacity(text.len());
    for c in text.chars() {
        if is_legible(c) { legible.push(c) } else { legible.extend(c.escape_default()) }
    }
    legible
}
