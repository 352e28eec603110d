//! `sockspec explain`.

use super::{Stop, print, report::width};
use crate::fixture;
use crate::mistake::Mistake;
use crate::rule::{RULES, Rule};
use crate::suggest::nearest;

pub(super) fn run(id: &str) -> Result<u8, Stop> {
    let Some(rule) = Rule::find(id) else {
        let hint = nearest(id, RULES.iter().map(|rule| rule.id));
        return Err(Stop::usage(format!("there is no rule `{id}`{hint} (`sockspec list` lists them)")));
    };
    let part = |name: &str, text: &str| {
        let options = textwrap::Options::new(width()).subsequent_indent("            ");
        textwrap::fill(&format!("{name:<12}{text}"), options) + "\n"
    };
    let mut text = part(&rule.level.to_string(), &format!("{}: {}", rule.subject(), rule.sentence));
    text += &part("tutorial", rule.step);
    text += &part("mistake", rule.mistake);
    text += &part("look at", rule.look);
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
    print(&format!("{}\n\n{text}", rule.id))
}
