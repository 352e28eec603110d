//! The section of the page about one run: the verdicts, the problems, and the rules with their conversations.

use super::badge::badge;
use super::budget::Budget;
use super::diagram::picture;
use super::sentence::{heading, sentence};
use crate::report::case::{Case, CaseList, Status};
use crate::report::conclusion::{Conclusion, Mark, cause, explains};
use crate::report::detail::stderr;
use crate::report::text::{capitalised, legible};
use crate::run::results::{Results, Run};
use crate::spec::code::Example;
use crate::spec::role::Part;
use crate::spec::rule::Rule;
use crate::verdict::finding::Place;
use crate::verdict::outcome::Outcome;
use maud::{Markup, PreEscaped, html};

/// A section about one run.
pub struct Section<'a> {
    results: &'a Results,
    list: &'a CaseList<'a>,
    number: usize,
    budget: &'a Budget,
    /// Whether the page leaves out the conversations that have passed.
    is_short: bool,
}

impl<'a> Section<'a> {
    /// The section with this number, counted from 0.
    pub fn new(results: &'a Results, list: &'a CaseList<'a>, number: usize, budget: &'a Budget) -> Self {
        Self { results, list, number, budget, is_short: false }
    }

    /// The only section of a small page.
    pub fn short(results: &'a Results, list: &'a CaseList<'a>, budget: &'a Budget) -> Self {
        Self { is_short: true, ..Self::new(results, list, 0, budget) }
    }

    /// The run.
    pub fn run(&self) -> &'a Run {
        self.list.run
    }

    /// The label of the run.
    pub fn name(&self) -> &str {
        &self.list.label
    }

    /// The anchor of a place in the section, unique on the page.
    pub fn anchor(&self, name: &str) -> String {
        if self.results.runs.len() == 1 { name.to_owned() } else { format!("{}/{name}", self.number + 1) }
    }

    /// The verdicts.
    pub fn conclusions(&self) -> Vec<Conclusion> {
        Conclusion::all(self.results, self.run())
    }

    /// The verdict on each program, the programs, and problems of the run itself.
    pub fn opening(&self) -> Markup {
        let others = self.list.cases.iter().filter(|case| case.outcome.is_none() && case.status != Status::Passed);
        let conclusions = self.conclusions();
        // The title already has the verdict on a single program.
        let is_in_title = self.results.runs.len() == 1 && conclusions.len() == 1;
        html! {
            ul.verdicts {
                @for Conclusion { conforms, words, must, should, .. } in &conclusions {
                    @let mark = Mark::from(*conforms);
                    li {
                        @if !is_in_title { strong class=(mark.class()) { (mark.symbol()) " " (words) } }
                        @if !must.is_empty() { @if is_in_title { "It breaks " } @else { ": " } (self.links(must)) }
                        @if !should.is_empty() { @if !is_in_title || !must.is_empty() { "; warnings: " } @else { "Warnings: " } (self.links(should)) }
                    }
                }
            }
            @for (case, mark) in others.map(|case| (case, Mark::from(case.status))) {
                p.alert.(mark.class()) {
                    strong { (mark.symbol()) " " (case.name) }
                    @if !case.message.is_empty() { ": " (case.message) }
                }
            }
            dl {
                @if self.results.runs.len() == 1 && !self.name().is_empty() {
                    dt { "name" }
                    dd { (self.name()) }
                }
                @for subject in &self.run().subjects {
                    dt { (subject.role) }
                    dd { code { (legible(&subject.command)) } }
                }
                @if let Some(course) = self.run().course() {
                    dt { "dialect" }
                    dd { (legible(course)) }
                }
                @for (rule, why) in self.results.inapplicable(self.run()) {
                    dt { "does not apply" }
                    dd { (rule.id) ": " (why) }
                }
                dt { "place" }
                dd { (legible(&self.run().place)) }
            }
        }
    }

    fn links(&self, rules: &[&str]) -> Markup {
        html! {
            @for (i, rule) in rules.iter().enumerate() {
                @if i > 0 { ", " }
                (self.link(rule))
            }
        }
    }

    fn link(&self, rule: &str) -> Markup {
        html! { a href={ "#" (self.anchor(rule)) } { (rule) } }
    }

    /// The problems: what is wrong, and what to change.
    pub fn problems(&self, level: u8) -> Markup {
        let problems = &self.list.problems;
        html! {
            @for problem in problems {
                section.cause {
                    (heading(level, &sentence(&legible(&capitalised(&problem.headline())))))
                    @if !problem.look().is_empty() { p { strong { "What to do: " } (sentence(&legible(&problem.look()))) } }
                    @if let Some(Example { wrong, right }) = self.run().example(problem) {
                        pre.code {
                            @for line in wrong.lines() { span.fail { "- " (line) "\n" } }
                            @for line in right.lines() { span.pass { "+ " (line) "\n" } }
                        }
                    }
                    @if problem.mistakes.len() > 1 {
                        p { "This may be one of these mistakes:" }
                        ul { @for mistake in &problem.mistakes { li { code { (mistake.short_name()) } ": " (sentence(&mistake.sentence.of(problem.dialect))) } } }
                    }
                    p.faint {
                        "That explains " (explains(problem, problems)) ". " (self.link(problem.rule().id)) " shows how."
                    }
                }
            }
        }
    }

    /// All rules that were played, by program.
    pub fn rules(&self, level: u8) -> Markup {
        let rules = self.list.by_rule();
        let of = |part| rules.iter().filter_map(|(rule, cases)| Some(((*rule)?, cases))).filter(move |(rule, _)| rule.subject() == part);
        let unlisted = self.list.cases.iter().filter(|case| case.outcome.is_none() && case.status == Status::Passed);
        html! {
            @for case in unlisted { p { (case.name) " have passed, and are not shown." } }
            @for (part, title) in [(Part::Server, "The server"), (Part::Client, "The client"), (Part::Pair, "Both together")] {
                @if of(part).next().is_some() {
                    section {
                        (heading(level, &html! { (title) }))
                        @for (rule, cases) in of(part) { (self.rule(rule, cases, level + 1)) }
                    }
                }
            }
        }
    }

    /// A rule and its cases. The rule is open if it is broken, and no other rule is the cause.
    fn rule(&self, rule: &'static Rule, cases: &[&Case<'_>], level: u8) -> Markup {
        let mark = Mark::of(self.run(), rule, cases.iter().filter_map(|case| case.outcome.as_deref()));
        let is_broken = matches!(mark, Mark::Fail | Mark::Warn);
        let cause = cause(self.run(), &self.list.problems, rule).filter(|_| is_broken);
        let opened = Case::worst(cases).filter(|_| is_broken).map(|case| &case.name);
        let passed = cases.iter().filter(|case| case.status == Status::Passed).count();
        html! {
            details.rule.(mark.class()) id=(self.anchor(rule.id)) open[is_broken && cause.is_none()] {
                summary {
                    (heading(level, &html! {
                        span.badge { (badge(mark)) } " "
                        span.level { (rule.level) } " "
                        span.name { (rule.id) }
                    }))
                    span.count { (passed) "/" (cases.len()) span.vh { " passed" } }
                    span.sentence { (sentence(&rule.sentence.of(&self.run().dialect))) }
                    @if let Some(reason) = cases.iter().find_map(|case| case.reason(self.run())) { span.reason { "known: " (reason) } }
                    @if let Some(cause) = cause { span.reason { "the same problem as " (cause.rule().id) } }
                    @if mark == Mark::Unjudged { @if let Some(case) = Case::worst(cases) { span.reason { (sentence(&case.message)) } } }
                }
                div.inside {
                    dl {
                        @if !is_broken { dt { "usual mistakes" } dd { (sentence(&rule.mistake.of(&self.run().dialect))) } }
                        dt { "tutorial" } dd { (sentence(&rule.step.of(&self.run().dialect))) }
                    }
                    @let is_blocked = |case: &Case<'_>| case.outcome.as_ref().is_some_and(|outcome| outcome.root.is_some());
                    @let (short, long): (Vec<&Case<'_>>, Vec<&Case<'_>>) =
                        cases.iter().partition(|case| self.is_short && (case.status == Status::Passed || is_blocked(case)));
                    @for case in long { (self.case(case, opened == Some(&case.name), level + 1)) }
                    @if !short.is_empty() {
                        p.faint { @if short.iter().any(|case| is_blocked(case)) { "Not judged: " } @else { "Passed: " } @for (i, case) in short.iter().enumerate() { @if i > 0 { ", " } (self.name_of(case)) } "." }
                    }
                }
            }
        }
    }

    fn name_of(&self, case: &Case<'_>) -> String {
        case.outcome.as_ref().map_or_else(|| case.name.clone(), |outcome| legible(&outcome.id))
    }

    fn case(&self, case: &Case<'_>, is_open: bool, level: u8) -> Markup {
        let Some(outcome) = case.outcome.as_deref() else { return html! {} };
        let mark = Mark::from(case.status);
        html! {
            details.case.(mark.class()) open[is_open] {
                summary {
                    (heading(level, &html! {
                        span.symbol { (mark.symbol()) span.vh { " " (mark.word()) } } " "
                        span.name { (legible(&outcome.id)) }
                    }))
                    span.sentence { (sentence(&outcome.scenario.title)) }
                }
                div.inside {
                    @if !case.message.is_empty() { p.message { (sentence(&capitalised(&case.message))) } }
                    @if let Some(reason) = case.reason(self.run()) { p { strong { "Known: " } (reason) } }
                    @for note in case.notes() { p.faint { "Note: " (note) } }
                    (self.budget.take(case.status, pictures(outcome)))
                    dl {
                        @if !outcome.scenario.comments.is_empty() { dt { "why" } dd { (sentence(&outcome.scenario.comments.join(" "))) } }
                        @if let Some(text) = stderr(outcome).filter(|_| outcome.has_failed()) { dt { "stderr" } dd { code { (text) } } }
                        @if let Some(again) = case.again(self.results, self.run()) { dt { "again" } dd { code.command { (again) } } }
                        @if let Some((file, line)) = case.place() { dt { "scenario" } dd { (file) ":" (line) } }
                    }
                }
            }
        }
    }
}

/// The conversation as it was seen and, after a failure, the expected one beside it.
fn pictures(outcome: &Outcome) -> Markup {
    let (expected, seen) = (&outcome.scenario.transcript, &outcome.seen.transcript);
    if outcome.root.is_some() || seen.steps.is_empty() {
        return PreEscaped(String::new());
    }
    let part = outcome.scenario.subject();
    let last = Place { step: seen.steps.len() - 1, byte: 0 };
    let difference = outcome.finding.difference.as_ref().filter(|_| outcome.has_failed());
    let at_seen = difference.map(|it| it.seen.map_or((last, "the expected step did not come"), |at| (at, "seen instead")));
    let at_expected = difference.and_then(|it| it.expected).map(|at| (at, "expected here, and not seen"));
    let has_relay = outcome.scenario.has_relay();
    html! {
        @for given in &outcome.scenario.givens { p.faint { "Before it starts: " (given) "." } }
        div.pictures {
            @if outcome.has_failed() { figure { figcaption { "Expected" } (picture(part, has_relay, expected, at_expected)) } }
            figure { figcaption { "Seen" } (picture(part, has_relay, seen, at_seen)) }
        }
    }
}
