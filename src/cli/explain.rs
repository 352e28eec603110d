//! `sockspec explain`.

use super::fixtures::fixtures;
use super::messages::print;
use super::options::Options;
use super::project;
use super::report::width;
use super::stop::Stop;
use crate::spec::fixture::{self, Fixture};
use crate::spec::mistake::Mistake;
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;

pub(super) fn run(name: &str, options: &Options) -> Result<u8, Stop> {
    if let Some(rule) = Rule::find(name) {
        return print(&about_rule(rule)?);
    }
    let (_, options) = project::read(options)?;
    let all = fixtures(&options)?;
    // A report names the file of a scenario and a line in it.
    let id = name.strip_prefix("fixtures/").unwrap_or(name).split(".transcript").next().unwrap_or(name);
    if let Some(fixture) = all.iter().find(|fixture| fixture.id == id) {
        let built_in = fixture::built_in().map_err(|error| Stop::trouble(error.to_string()))?;
        let origin = if built_in.contains(fixture) { ", built into sockspec" } else { "" };
        return print(&about_scenario(fixture, origin));
    }
    let hint = nearest(id, RULES.iter().map(|rule| rule.id).chain(all.iter().map(|fixture| fixture.id.as_str())));
    Err(Stop::usage(format!("there is no rule and no scenario `{id}`{hint} (`sockspec list` lists the rules)")))
}

/// A label, and a text behind it.
fn part(name: &str, text: &str) -> String {
    let options = textwrap::Options::new(width()).subsequent_indent("            ");
    textwrap::fill(&format!("{name:<12}{text}"), options) + "\n"
}

fn about_rule(rule: &Rule) -> Result<String, Stop> {
    let mut text = part(&rule.level.to_string(), &format!("{}: {}", rule.subject(), rule.sentence));
    text += &part("tutorial", rule.step);
    text += &part("mistake", rule.mistake);
    text += &part("what to do", rule.look);
    if !rule.needs.is_empty() {
        text += &part("presupposes", &rule.needs.join(", "));
    }
    text += "scenarios\n";
    for fixture in
        fixture::built_in().map_err(|error| Stop::trouble(error.to_string()))?.iter().filter(|fixture| fixture.scenario.rule == rule)
    {
        text += &format!("            {}: {}\n", fixture.id, fixture.scenario.title);
    }
    let known: Vec<&Mistake> = Mistake::known().iter().filter(|mistake| mistake.caught_by == rule.id).collect();
    if !known.is_empty() {
        text += "known mistakes\n";
    }
    for mistake in known {
        let options = textwrap::Options::new(width()).initial_indent("            ").subsequent_indent("              ");
        text += &(textwrap::fill(&format!("{}: {}", mistake.short_name(), mistake.sentence), options) + "\n");
    }
    Ok(format!("{}\n\n{text}", rule.id))
}

fn about_scenario(Fixture { id, file, scenario }: &Fixture, origin: &str) -> String {
    let rule = scenario.rule;
    let mut text = format!("{id}\n\n");
    text += &part("title", &scenario.title);
    if !scenario.comments.is_empty() {
        text += &part("why", &scenario.comments.join(" "));
    }
    text += &part("rule", rule.id);
    text += &part(&rule.level.to_string(), &format!("{}: {}", rule.subject(), rule.sentence));
    text += &part("file", &format!("{file}{origin}"));
    text += &part("notation", "the conversation from top to bottom; `sockspec help new-fixture` describes it");
    text += "\n";
    // Reports refer to these line numbers.
    for (number, line) in scenario.to_string().lines().enumerate() {
        text += &format!("{:>4}  {line}\n", number + 1);
    }
    text
}
