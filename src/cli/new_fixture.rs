//! `sockspec new-fixture`.

use super::messages::print;
use super::options::Options;
use super::project;
use super::stop::Stop;
use crate::model::translation::{fits, translate};
use crate::spec::dialect::Values;
use crate::spec::fixture;
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;
use crate::spec::transcript::{Scenario, Step, Transcript};
use clap::Args;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  sockspec new-fixture server/eof my-case --fixtures more
  sockspec check --server ./right --fixtures more --bless")]
#[command(after_long_help = r#"The new file has what the harness does in the simplest scenario of the rule.
Change it, and let a program that is right complete it with `check --bless`.

The notation, a step a line:
  client: connect      the client connects
  client: "ex"         sends these bytes, so that they are one recv;
                       server: "x" does the same
  client: burst "ex"   sends them without waiting: TCP may cut and join them
  client: fin          ends the stream; client: reset aborts it
  client< "hello\n"    you type this; client< eof is the end of the input
  server> "text\n"     the server prints this
  server exits 0       the server ends with this status; exits nonzero is any
                       other status; dies by SIGKILL is a signal
  "x" * 9 + "\xff"     bytes: printable characters, \n, \t, \", \\, and \xHH,
                       repeated and joined

sockspec demands the steps of the program under test, and does all others.
fixtures/README.md in the sources of sockspec has all of it.
To see a scenario: sockspec explain server/exit-split/in-the-middle"#)]
pub(super) struct NewFixture {
    /// Rule that the scenario checks, such as server/eof.
    rule: String,
    /// Name of the scenario, in lower case and with hyphens: my-case.
    #[arg(value_parser = name)]
    name: String,
}

/// The first title of a new scenario.
const TITLE: &str = "what it shows, in a line";

fn name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.chars().all(is_plain) {
        Ok(text.into())
    } else {
        Err("letters, digits and hyphens, such as my-case".into())
    }
}

pub(super) fn run(arguments: &NewFixture, options: &Options) -> Result<u8, Stop> {
    let NewFixture { rule: id, name } = arguments;
    let Some(rule) = Rule::find(id) else {
        let hint = nearest(id, RULES.iter().map(|rule| rule.id));
        return Err(Stop::usage(format!("there is no rule `{id}`{hint} (`sockspec list` lists them)")));
    };
    let (_, options) = project::read(options)?;
    let Some(folder) = &options.own.fixtures else {
        return Err(Stop::usage("name the folder of your own scenarios with --fixtures DIR, or with fixtures = … in sockspec.toml"));
    };
    let all = fixture::all_built_in().map_err(|error| Stop::trouble(error.to_string()))?;
    let new = format!("{id}/{name}");
    if all.iter().any(|fixture| fixture.id == new) {
        return Err(Stop::usage(format!("{new} is the name of a built-in scenario: give yours another")));
    }
    let course = options.course.read()?;
    project::refuse_inapplicable(rule, &course)?;
    let simplest = all
        .iter()
        .filter(|fixture| fixture.scenario.rule == rule && fits(fixture, &course))
        .min_by_key(|fixture| fixture.scenario.transcript.steps.len());
    let Some(model) = simplest else { return Err(Stop::trouble(format!("{id} has no scenario"))) };
    let transcript = translate(&course, &course, &model.scenario, model.words.as_deref(), &Values::default()).map_err(Stop::trouble)?;
    let model = Scenario { transcript, ..model.scenario.clone() };
    let path = folder.join(format!("{new}.transcript"));
    let unwritable = |error| Stop::usage(format!("{}: {error}", path.display()));
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(unwritable)?;
    let mut file = match File::create_new(&path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Stop::usage(format!("{} is there already: give yours another name, or remove that one", path.display())));
        }
        file => file.map_err(unwritable)?,
    };
    file.write_all(new_scenario(&model).to_string().as_bytes()).map_err(unwritable)?;
    print(&format!("{}\n", path.display()))
}

/// A new scenario: the steps of the harness, and the end. All other steps are missing.
fn new_scenario(model: &Scenario) -> Scenario {
    let steps = model.transcript.steps.iter().filter(|step| is_kept(step, model)).cloned().collect();
    let comments = vec!["Why this conversation exists: what a program gets wrong that fails here.".into()];
    Scenario { comments, title: TITLE.into(), transcript: Transcript { steps }, ..model.clone() }
}

fn is_kept(step: &Step, model: &Scenario) -> bool {
    step.is_stimulus(model.subject()) || step.is_measurement() || matches!(step, Step::Ends(..) | Step::PrintedAnyCut(..))
}

/// Whether this scenario is as [`run`] wrote it. Every program that prints something would fail it. (If a port is taken
/// or closed, a right program prints nothing on stdout, and the scenario may be complete.)
pub(super) fn is_incomplete(scenario: &Scenario) -> bool {
    let demands = |step: &Step| matches!(step, Step::PrintedAnyCut(..)) || !is_kept(step, scenario);
    scenario.title == TITLE && scenario.givens.is_empty() && !scenario.transcript.steps.iter().any(demands)
}
