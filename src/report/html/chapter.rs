//! What is said of one run: the verdict, what the failures look like, and rule by rule how it came about.

use super::diagram::picture;
use super::prose::{heading, prose};
use super::sign::{Sign, badge};
use crate::report::case::{Account, Case, Standing, legible};
use crate::report::conclusion::{Conclusion, Mark, cause, explains};
use crate::report::{capitalised, complaint};
use crate::run::results::{Results, Run};
use crate::spec::role::Part;
use crate::spec::rule::Rule;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::Place;
use crate::verdict::outcome::Outcome;
use maud::{Markup, PreEscaped, html};
use std::cell::Cell;

/// How many bytes the pictures of a page may still have: those of a whole class are too many for a phone.
pub struct Room {
    passed: Cell<usize>,
    others: Cell<usize>,
}

impl Default for Room {
    fn default() -> Self {
        Self { passed: Cell::new(4_000_000), others: Cell::new(8_000_000) }
    }
}

impl Room {
    fn take(&self, standing: Standing, picture: Markup) -> Markup {
        let room = if standing == Standing::Passed { &self.passed } else { &self.others };
        match room.get().checked_sub(picture.0.len()) {
            Some(left) => {
                room.set(left);
                picture
            }
            None => html! { p.faint { "There are too many pictures for one page. The command below shows what this one would." } },
        }
    }
}

/// A run, and its place on the page.
pub struct Chapter<'a> {
    results: &'a Results,
    account: &'a Account<'a>,
    number: usize,
    room: &'a Room,
}

impl<'a> Chapter<'a> {
    /// The chapter of this number, counted from 0.
    pub fn new(results: &'a Results, account: &'a Account<'a>, number: usize, room: &'a Room) -> Self {
        Self { results, account, number, room }
    }

    /// The run that it is about.
    pub fn run(&self) -> &'a Run {
        self.account.run
    }

    /// What tells it from the others.
    pub fn name(&self) -> &str {
        &self.account.label
    }

    /// What a place in it is called, unlike every place in the others.
    pub fn anchor(&self, name: &str) -> String {
        if self.results.runs.len() == 1 { name.to_owned() } else { format!("{}/{name}", self.number + 1) }
    }

    /// The verdicts.
    pub fn conclusions(&self) -> Vec<Conclusion> {
        Conclusion::all(self.results, self.run())
    }

    /// The verdict on each program, the programs, and what is wrong with the run itself.
    pub fn opening(&self) -> Markup {
        let others = self.account.cases.iter().filter(|case| case.outcome.is_none() && case.standing != Standing::Passed);
        let conclusions = self.conclusions();
        // Of one program alone the title has said it.
        let is_told = self.results.runs.len() == 1 && conclusions.len() == 1;
        html! {
            ul.verdicts {
                @for Conclusion { tenor, words, must, should, .. } in &conclusions {
                    li {
                        @if !is_told { strong class=(tenor.class()) { (tenor.symbol()) " " (words) } }
                        @if !must.is_empty() { @if is_told { "It breaks " } @else { ": " } (self.links(must)) }
                        @if !should.is_empty() { @if is_told { " It falls short of " } @else { "; falls short of " } (self.links(should)) }
                    }
                }
            }
            @for (case, mark) in others.map(|case| (case, Mark::from(case.standing))) {
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

    /// The known mistakes that the failures look like.
    pub fn cause(&self, level: u8) -> Markup {
        html! {
            @for diagnosis in &self.run().diagnoses {
                @let Diagnosis { mistakes, .. } = diagnosis;
                @let names: Vec<String> = mistakes.iter().map(|mistake| format!("`{}`", mistake.short_name())).collect();
                section.cause {
                    (heading(level, &html! { "Your " (diagnosis.role()) " behaves like " (prose(&names.join(" or "))) }))
                    @for mistake in mistakes {
                        p { @if mistakes.len() > 1 { code { (mistake.short_name()) } ": " } (prose(&capitalised(&mistake.sentence))) }
                        p { strong { "Look at " } (prose(&mistake.look)) }
                    }
                    p.faint {
                        "That explains " (explains(diagnosis)) ". "
                        @for mistake in &mistakes[..mistakes.len().min(1)] { (self.link(&mistake.caught_by)) " shows how." }
                    }
                }
            }
        }
    }

    /// All rules that were played, by program.
    pub fn rules(&self, level: u8) -> Markup {
        let rules = self.account.by_rule();
        let of = |part| rules.iter().filter_map(|(rule, cases)| Some(((*rule)?, cases))).filter(move |(rule, _)| rule.subject() == part);
        let unlisted = self.account.cases.iter().filter(|case| case.outcome.is_none() && case.standing == Standing::Passed);
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

    /// A rule and its cases: open where something is to be learned that no other rule tells.
    fn rule(&self, rule: &'static Rule, cases: &[&Case<'_>], level: u8) -> Markup {
        let mark = Mark::of(self.run(), rule, cases.iter().filter_map(|case| case.outcome.as_deref()));
        let is_broken = matches!(mark, Mark::Fail | Mark::Warn);
        let comes_of = cause(self.run(), rule).filter(|_| is_broken);
        let told = Case::most_telling(cases).filter(|_| is_broken).map(|case| &case.name);
        let passed = cases.iter().filter(|case| case.standing == Standing::Passed).count();
        html! {
            details.rule.(mark.class()) id=(self.anchor(rule.id)) open[is_broken && comes_of.is_none()] {
                summary {
                    (heading(level, &html! {
                        span.badge { (badge(mark)) } " "
                        span.level { (rule.level) } " "
                        span.name { (rule.id) }
                    }))
                    span.count { (passed) "/" (cases.len()) span.vh { " passed" } }
                    span.sentence { (prose(rule.sentence)) }
                    @if let Some(reason) = cases.iter().find_map(|case| case.reason(self.run())) { span.reason { "known: " (reason) } }
                    @if let Some(mistake) = comes_of {
                        span.reason { "comes of " code { (mistake.short_name()) } ", which " (mistake.caught_by) " tells about" }
                    }
                    @if mark == Mark::Unjudged { @if let Some(case) = Case::most_telling(cases) { span.reason { (prose(&case.message)) } } }
                }
                div.inside {
                    dl {
                        dt { "usual mistake" } dd { (prose(rule.mistake)) }
                        dt { "look at" } dd { (prose(rule.look)) }
                        dt { "tutorial" } dd { (prose(rule.step)) }
                    }
                    @for case in cases { (self.case(case, told == Some(&case.name), level + 1)) }
                }
            }
        }
    }

    fn case(&self, case: &Case<'_>, is_open: bool, level: u8) -> Markup {
        let Some(outcome) = case.outcome.as_deref() else { return html! {} };
        let mark = Mark::from(case.standing);
        html! {
            details.case.(mark.class()) open[is_open] {
                summary {
                    (heading(level, &html! {
                        span.symbol { (mark.symbol()) span.vh { " " (mark.word()) } } " "
                        span.name { (legible(&outcome.id)) }
                    }))
                    span.sentence { (prose(&outcome.scenario.title)) }
                }
                div.inside {
                    @if !case.message.is_empty() { p.message { (prose(&capitalised(&case.message))) } }
                    @if let Some(reason) = case.reason(self.run()) { p { strong { "Known: " } (reason) } }
                    @for note in case.notes() { p.faint { "Note: " (note) } }
                    (self.room.take(case.standing, pictures(outcome)))
                    dl {
                        @if !outcome.scenario.comments.is_empty() { dt { "why" } dd { (prose(&outcome.scenario.comments.join(" "))) } }
                        @if let Some(text) = complaint(outcome).filter(|_| outcome.has_failed()) { dt { "stderr" } dd { code { (text) } } }
                        @if let Some(again) = case.again(self.results, self.run()) { dt { "again" } dd { code.command { (again) } } }
                        @if let Some((file, line)) = case.place() { dt { "scenario" } dd { (file) ":" (line) } }
                    }
                }
            }
        }
    }
}

/// What came, and beside it what was due, where that is something else.
fn pictures(outcome: &Outcome) -> Markup {
    let (due, came) = (&outcome.scenario.transcript, &outcome.seen.transcript);
    if outcome.root.is_some() || came.steps.is_empty() {
        return PreEscaped(String::new());
    }
    let part = outcome.scenario.subject();
    let last = Place { step: came.steps.len() - 1, byte: 0 };
    let difference = outcome.finding.difference.as_ref().filter(|_| outcome.has_failed());
    let at_came = difference.map(|it| it.seen.map_or((last, "what was due never came"), |at| (at, "seen instead")));
    let at_due = difference.and_then(|it| it.expected).map(|at| (at, "due, and not seen"));
    let has_relay = outcome.scenario.has_relay();
    html! {
        @for given in &outcome.scenario.givens { p.faint { "Before it starts: " (given) "." } }
        div.pictures {
            @if outcome.has_failed() { figure { figcaption { "Expected" } (picture(part, has_relay, due, at_due)) } }
            figure { figcaption { "Seen" } (picture(part, has_relay, came, at_came)) }
        }
    }
}
