//! Reads the project file. Every error names a place in the file, and a way to correct it.

use super::file::{Class, Known, Options, Pair, Program, Project};
use crate::class::Orders;
use crate::run::known_failure::{KnownFailure, PROJECT_FILE as FILE};
use crate::run::setting::Setting;
use crate::run::weights::Weights;
use crate::spec::notation::ParseError;
use crate::spec::role::Role;
use crate::spec::rule::{RULES, Rule};
use crate::spec::source::Source;
use crate::spec::suggest::nearest;
use crate::spec::table::{Keys, Parsed, Table};
use crate::stage::Isolation;
use crate::stage::command::{Command, CommandError};
use clap::ValueEnum;
use std::fs;
use std::io;
use toml::Spanned;

const OPTIONS: Keys = &["strict", "timeout", "jobs", "isolation", "keep-files", "limit", "fixtures", "dialect"];
const TABLES: Keys = &["subject", "pair", "known-failure", "class", "weights"];

/// The most that one rule is worth.
const MOST_POINTS: f64 = 1000.0;
const CLASS: Keys = &["directory", "build", "build-timeout", "server", "client"];

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// It cannot be read.
    #[error("{FILE}: {0}")]
    Read(#[from] io::Error),
    /// It has a mistake.
    #[error("{0}")]
    Parse(#[from] ParseError),
}

impl Project {
    /// The project file of the working directory, if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or has a mistake.
    pub fn find() -> Result<Option<Self>, ProjectError> {
        match fs::read(FILE) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))?;
                Ok(Some(Self::parse(&text)?))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Parses the text of a project file.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Parsed<Self> {
        let source = Source { file: FILE, text };
        let parsed = Table::parse(source)?;
        let root = Table::root(source, &parsed, OPTIONS, TABLES)?;
        let mut project = Self {
            options: Options {
                strict: root.truth("strict")?,
                timeout: root.read("timeout", Setting::timeout)?,
                jobs: root.number("jobs", 1..=256)?.map(|jobs| jobs as u16),
                isolation: root.read("isolation", isolation)?,
                keep_files: root.truth("keep-files")?.unwrap_or(false),
                limits: root.texts("limit", "\"memory=4GiB\"")?,
            },
            fixtures: root.text("fixtures")?,
            dialect: root.text("dialect")?.map(Spanned::into_inner),
            programs: Vec::new(),
            pairs: Vec::new(),
            known: Vec::new(),
            weights: weights(&root)?,
            class: root.table("class", CLASS)?.map(|table| class(&table)).transpose()?,
            text: text.to_owned(),
        };
        for (name, table) in root.named("subject", &["role", "command", "build", "directory", "dialect"])? {
            project.programs.push(program(name.get_ref(), &table)?);
        }
        for (name, table) in root.named("pair", &["server", "client"])? {
            let pair = project.pair(name.get_ref(), &table)?;
            if project.programs.iter().any(|program| program.name == pair.name) {
                return Err(
                    source.error(name.span().start, format!("`{}` is the name of a subject: give the pair another name", pair.name))
                );
            }
            project.pairs.push(pair);
        }
        for table in root.list("known-failure", &["subject", "rule", "case", "reason"])? {
            let known = project.known(&table)?;
            let is_same = |other: &KnownFailure| {
                let subjects = (&other.subject, &known.failure.subject);
                other.of == known.failure.of && (subjects.0 == subjects.1 || subjects.0.is_none() || subjects.1.is_none())
            };
            if let Some(other) = project.known.iter().map(|other| &other.failure).find(|other| is_same(other)) {
                let message = format!("{} is already a known failure, in line {}: remove one of the two", other.of, other.line);
                return Err(source.error(table.at, message));
            }
            project.known.push(known);
        }
        Ok(project)
    }

    fn pair(&self, name: &str, table: &Table<'_>) -> Parsed<Pair> {
        let member = |role: Role| {
            let given = table.required(&role.to_string(), "the name of a subject")?;
            let mistake = |message: String| table.source.error(given.span().start, message);
            match self.programs.iter().position(|program| program.name == *given.get_ref()) {
                Some(place) if self.programs[place].role == role => Ok(place),
                Some(place) => Err(mistake(format!("`{}` is a {}", given.get_ref(), self.programs[place].role))),
                None => {
                    let all = self.programs.iter().filter(|program| program.role == role).map(|program| program.name.as_str());
                    Err(mistake(format!("there is no subject `{}`{}", given.get_ref(), nearest(given.get_ref(), all))))
                }
            }
        };
        Ok(Pair { name: name.to_owned(), server: member(Role::Server)?, client: member(Role::Client)? })
    }

    fn known(&self, table: &Table<'_>) -> Parsed<Known> {
        let source = table.source;
        let subject = table.text("subject")?;
        if let Some(name) = &subject {
            let names: Vec<&str> = self.choices().into_iter().map(|choice| choice.name).collect();
            if !names.contains(&name.get_ref().as_str()) {
                let message = format!("there is no subject `{}`{}", name.get_ref(), nearest(name.get_ref(), names));
                return Err(source.error(name.span().start, message));
            }
        }
        let (of, is_case) = match (table.text("rule")?, table.text("case")?) {
            (Some(rule), None) => (rule, false),
            (None, Some(case)) => (case, true),
            (Some(_), Some(case)) => {
                return Err(source.error(case.span().start, "a known failure names a rule or a case: for both, write two known failures"));
            }
            (None, None) => {
                let message = "the rule is missing: write rule = \"server/restart\", or case = and the name of one scenario";
                return Err(source.error(table.at, message));
            }
        };
        let why = "the reason is missing: say why this failure is accepted, as in reason = \"…\"";
        let reason = table.text("reason")?.ok_or_else(|| source.error(table.at, why))?;
        if reason.get_ref().trim().is_empty() {
            return Err(source.error(reason.span().start, why));
        }
        let (at, of) = (of.span().start, of.into_inner());
        let failure =
            KnownFailure { of, subject: subject.map(Spanned::into_inner), reason: reason.into_inner(), line: source.line(table.at) };
        if is_case {
            return Ok(Known { failure, case: Some(at) });
        }
        let Some(rule) = Rule::find(&failure.of) else {
            let hint = match failure.of.rsplit_once('/').and_then(|(folder, _)| Rule::find(folder)) {
                // The whole rule would excuse more than is meant.
                Some(rule) => format!(", but it may be a scenario of {}: then write case = \"{}\"", rule.id, failure.of),
                None => nearest(&failure.of, RULES.iter().map(|rule| rule.id)),
            };
            return Err(source.error(at, format!("there is no rule `{}`{hint} (`sockspec list` lists the rules)", failure.of)));
        };
        self.expect_judged(&failure, rule.subject()).map_err(|message| source.error(at, message))?;
        Ok(Known { failure, case: None })
    }
}

/// The table [weights]: a number for each rule that is not worth one point.
fn weights(root: &Table<'_>) -> Parsed<Weights> {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let Some(table) = root.table("weights", &rules)? else { return Ok(Weights::default()) };
    let weight = |rule: &'static str| Ok(table.amount(rule, MOST_POINTS)?.map(|weight| (rule.to_owned(), weight)));
    let all: Vec<Option<(String, f64)>> = RULES.iter().map(|rule| weight(rule.id)).collect::<Parsed<_>>()?;
    Ok(Weights(all.into_iter().flatten().collect()))
}

fn class(table: &Table<'_>) -> Parsed<Class> {
    let text = |key: &str| Ok(table.text(key)?.map(Spanned::into_inner));
    let orders = Orders {
        build: text("build")?,
        build_timeout: table.read("build-timeout", Setting::timeout)?,
        server: text("server")?,
        client: text("client")?,
    };
    Ok(Class { orders, directory: table.required("directory", "submissions/*")? })
}

fn program(name: &str, table: &Table<'_>) -> Parsed<Program> {
    let role = table.required("role", "server or client")?;
    let role = match role.get_ref().as_str() {
        "server" => Role::Server,
        "client" => Role::Client,
        other => {
            let hint = nearest(other, ["server", "client"]);
            return Err(table.source.error(role.span().start, format!("a role is server or client, and not `{other}`{hint}")));
        }
    };
    let (command, build) = (table.required("command", "./a.out")?, table.text("build")?);
    let wrong = build.as_ref().and_then(|build| Some((build, lasting_error(Command::plain(build.get_ref(), None))?)));
    if let Some((given, error)) = wrong.or_else(|| Some((&command, lasting_error(Command::parse(command.get_ref()))?))) {
        return Err(table.source.error(given.span().start, error.to_string()));
    }
    Ok(Program {
        name: name.to_owned(),
        role,
        command,
        build,
        directory: table.text("directory")?,
        dialect: table.text("dialect")?.map(Spanned::into_inner),
    })
}

fn isolation(text: &str) -> Result<Isolation, String> {
    let names = Isolation::value_variants().iter().filter_map(ValueEnum::to_possible_value).map(|value| value.get_name().to_owned());
    let names: Vec<String> = names.collect();
    Isolation::from_str(text, false)
        .map_err(|_| format!("it is {}, and not `{text}`{}", names.join(", "), nearest(text, names.iter().map(String::as_str))))
}

/// The error of a command, if a build cannot remove the error.
fn lasting_error(command: Result<Command, CommandError>) -> Option<CommandError> {
    command.err().filter(|error| !can_a_build_remove(error))
}

fn can_a_build_remove(error: &CommandError) -> bool {
    use CommandError::{Interpreter, Missing, NotExecutable, Spaces};
    matches!(error, Missing(..) | NotExecutable(..) | Spaces { .. } | Interpreter { .. })
}
