//! `sockspec explain`.

use super::fixtures::fixtures;
use super::messages::print;
use super::options::Options;
use super::project;
use super::report::width;
use super::stop::Stop;
use crate::model::translation::translate;
use crate::spec::code;
use crate::spec::dialect::{Dialect, Values};
use crate::spec::fixture::{self, Fixture};
use crate::spec::mistake::Mistake;
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;
use crate::spec::term::Term;
use crate::spec::transcript::Scenario;
use textwrap::WordSplitter;

/// The columns in front of a text that has a label.
const MARGIN: &str = "            ";

pub(super) fn run(name: &str, options: &Options) -> Result<u8, Stop> {
    let (_, options) = project::read(options)?;
    let dialect = &*options.course.read()?;
    if let Some(rule) = Rule::find(name) {
        return print(&about_rule(rule, dialect)?);
    }
    // The name of a scenario has more parts, so it is never the name of a mistake or a term.
    let mistakes = Mistake::known().iter().filter(|mistake| is_named(mistake, name)).map(|mistake| about_mistake(mistake, dialect));
    let pages: Vec<String> = mistakes.chain(Term::find(name).map(|term| about_term(term, dialect))).collect();
    if !pages.is_empty() {
        return print(&pages.join("\n\n"));
    }
    let all = fixtures(&options)?;
    // A report names the file of a scenario and a line in it.
    let id = name.strip_prefix("fixtures/").unwrap_or(name).split(".transcript").next().unwrap_or(name);
    if let Some(fixture) = all.iter().find(|fixture| fixture.id == id) {
        let built_in = fixture::all_built_in().map_err(|error| Stop::trouble(error.to_string()))?;
        let origin = if built_in.contains(fixture) { ", built into sockspec" } else { "" };
        return print(&about_scenario(fixture, origin, dialect));
    }
    let scenarios = all.iter().map(|fixture| fixture.id.as_str());
    let hint = nearest(id, RULES.iter().map(|rule| rule.id).chain(scenarios).chain(mistakes_and_terms().map(|name| -> &str { name })));
    Err(Stop::usage(format!("there is no rule, scenario, mistake or term `{id}`{hint} (`sockspec list` lists the rules)")))
}

/// The names of all known mistakes, and of all terms.
pub(super) fn mistakes_and_terms() -> impl Iterator<Item = &'static str> {
    let mistakes = Mistake::known().iter().map(|mistake| mistake.name.as_str());
    mistakes.chain(Term::all().iter().flat_map(Term::names))
}

/// Whether this is the name of the mistake. Without the role, it may name a mistake of both programs.
fn is_named(mistake: &Mistake, name: &str) -> bool {
    [&mistake.name, mistake.short_name()].into_iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A label, and a text behind it.
fn part(name: &str, text: &str) -> String {
    filled(&format!("{name:<12}{text}"), "", MARGIN)
}

/// A text that is as wide as the page, with these columns in front of its first line, and of each other line. Names keep their hyphens.
fn filled(text: &str, first: &str, others: &str) -> String {
    let options = textwrap::Options::new(width()).word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options.initial_indent(first).subsequent_indent(others)) + "\n"
}

/// An entry of a list.
fn entry(name: &str, text: &str) -> String {
    filled(&format!("{name}: {text}"), MARGIN, &format!("{MARGIN}  "))
}

/// What the rule asks for, behind its level.
fn requirement(rule: &Rule, dialect: &Dialect) -> String {
    part(&rule.level.to_string(), &format!("{}: {}", rule.subject(), rule.sentence.of(dialect)))
}

fn about_rule(rule: &Rule, dialect: &Dialect) -> Result<String, Stop> {
    let mut text = requirement(rule, dialect);
    text += &part("tutorial", &rule.step.of(dialect));
    text += &part("mistake", &rule.mistake.of(dialect));
    text += &part("what to do", &rule.look.of(dialect));
    if !rule.needs.is_empty() {
        text += &part("needs", &rule.needs.join(", "));
    }
    text += "scenarios\n";
    for fixture in
        fixture::all_built_in().map_err(|error| Stop::trouble(error.to_string()))?.iter().filter(|fixture| fixture.scenario.rule == rule)
    {
        text += &entry(&fixture.id, &fixture.scenario.title);
    }
    let known: Vec<&Mistake> = Mistake::known().iter().filter(|mistake| mistake.caught_by == rule.id).collect();
    if !known.is_empty() {
        text += &filled("known mistakes (`sockspec explain NAME` says more about one)", "", MARGIN);
    }
    text.extend(known.iter().map(|mistake| entry(mistake.short_name(), &mistake.sentence.of(dialect))));
    Ok(format!("{}\n\n{text}", rule.id))
}

fn about_scenario(Fixture { id, file, scenario, words }: &Fixture, origin: &str, dialect: &Dialect) -> String {
    let rule = scenario.rule;
    let mut text = format!("{id}\n\n");
    text += &part("title", &scenario.title);
    if !scenario.comments.is_empty() {
        text += &part("why", &scenario.comments.join(" "));
    }
    text += &part("rule", rule.id);
    text += &requirement(rule, dialect);
    text += &part("file", &format!("{file}{origin}"));
    text += &part("notation", "the conversation from top to bottom; `sockspec help new-fixture` describes it");
    text += "\n";
    // In another dialect, the scenario is played in other words.
    let transcript =
        translate(dialect, dialect, scenario, words.as_deref(), &Values::default()).unwrap_or_else(|_| scenario.transcript.clone());
    let scenario = Scenario { transcript, ..scenario.clone() };
    // Reports refer to these line numbers.
    for (number, line) in scenario.to_string().lines().enumerate() {
        text += &format!("{:>4}  {line}\n", number + 1);
    }
    text
}

fn about_mistake(mistake: &Mistake, dialect: &Dialect) -> String {
    let mut text = format!("{}\n\n", mistake.name);
    // The sentence begins with "it".
    let sentence = mistake.sentence.of(dialect);
    let what = sentence.strip_prefix("it ").unwrap_or(&sentence);
    text += &part("mistake", &format!("The {} {what}", mistake.role()));
    text += &part("what to do", &mistake.look.of(dialect));
    text += &part("rule", &mistake.caught_by);
    if let Some(rule) = Rule::find(&mistake.caught_by) {
        text += &requirement(rule, dialect);
    }
    for (language, example) in code::examples(&mistake.name, dialect) {
        text += "\n";
        for (label, code) in [("wrong", &example.wrong), ("right", &example.right)] {
            text += &format!("{label} ({})\n", language.name());
            text.extend(code.lines().map(|line| format!("    {line}\n")));
        }
    }
    text
}

fn about_term(term: &Term, dialect: &Dialect) -> String {
    let mut text = format!("{}\n\n", term.name);
    text += &filled(&term.text.of(dialect).split_whitespace().collect::<Vec<_>>().join(" "), "", "");
    text += "\n";
    if !term.also.is_empty() {
        text += &part("also", &term.also.join(", "));
    }
    if !term.see.is_empty() {
        text += &part("see", &term.see.join(", "));
    }
    text
}
