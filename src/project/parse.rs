//! Reading the file. Every mistake names its place, and what to write instead.

use super::{FILE, HERE, Known, Pair, Program, Project, Wishes, miswritten};
use crate::run::known_failure::KnownFailure;
use crate::run::setting::Setting;
use crate::spec::notation::ParseError;
use crate::spec::role::Role;
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;
use crate::stage::Isolation;
use crate::stage::command::Command;
use clap::ValueEnum;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

const OPTIONS: [&str; 6] = ["strict", "timeout", "jobs", "isolation", "limit", "fixtures"];
const TABLES: [&str; 3] = ["subject", "pair", "known-failure"];

type Parsed<T> = Result<T, ParseError>;

/// A key, and its place.
type Name<'a> = &'a Spanned<DeString<'a>>;

impl Project {
    /// Reads the file's text.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Parsed<Self> {
        let source = Source { text };
        let root = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            source.error(at, error.message().replace('\n', ", "))
        })?;
        let keys: Vec<&str> = OPTIONS.into_iter().chain(TABLES).collect();
        let root = Table::of(source, "", 0, root.get_ref(), &keys)?;
        let mut project = Self {
            options: Wishes {
                strict: root.truth("strict")?,
                timeout: root.read("timeout", Setting::timeout)?,
                jobs: root.jobs()?,
                isolation: root.read("isolation", isolation)?,
                limits: root.texts("limit", "\"memory=4GiB\"")?,
            },
            fixtures: root.text("fixtures")?,
            programs: Vec::new(),
            pairs: Vec::new(),
            known: Vec::new(),
            text: text.to_owned(),
        };
        for (name, table) in root.named("subject", &["role", "command", "build", "directory"])? {
            project.programs.push(program(name.get_ref(), &table)?);
        }
        for (name, table) in root.named("pair", &["server", "client"])? {
            let pair = project.pair(name.get_ref(), &table)?;
            if project.programs.iter().any(|program| program.name == pair.name) {
                return Err(source.error(name.span().start, format!("`{}` is a subject's name: a pair has one of its own", pair.name)));
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
                let message = format!("{} is excused already, in line {}: one reason is enough", other.of, other.line);
                return Err(source.error(table.at, message));
            }
            project.known.push(known);
        }
        Ok(project)
    }

    fn pair(&self, name: &str, table: &Table<'_>) -> Parsed<Pair> {
        let member = |role: Role| {
            let given = table.due(&role.to_string(), "the name of a subject")?;
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
                return Err(source.error(case.span().start, "a known failure is of a rule or of a case: write two of them for both"));
            }
            (None, None) => {
                let message = "what fails is missing: write rule = \"server/restart\", or case = and the name of one scenario";
                return Err(source.error(table.at, message));
            }
        };
        let why = "whoever reads this next wants to know why it may fail: write reason = \"…\"";
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

fn program(name: &str, table: &Table<'_>) -> Parsed<Program> {
    let role = table.due("role", "server or client")?;
    let role = match role.get_ref().as_str() {
        "server" => Role::Server,
        "client" => Role::Client,
        other => {
            let hint = nearest(other, ["server", "client"]);
            return Err(table.source.error(role.span().start, format!("a role is server or client, and not `{other}`{hint}")));
        }
    };
    let (command, build) = (table.due("command", "./a.out")?, table.text("build")?);
    let wrong = build.as_ref().and_then(|build| Some((build, miswritten(Command::plain(build.get_ref(), HERE))?)));
    if let Some((given, error)) = wrong.or_else(|| Some((&command, miswritten(Command::parse(command.get_ref()))?))) {
        return Err(table.source.error(given.span().start, error.to_string()));
    }
    Ok(Program { name: name.to_owned(), role, command, build, directory: table.text("directory")? })
}

fn isolation(text: &str) -> Result<Isolation, String> {
    let names = Isolation::value_variants().iter().filter_map(ValueEnum::to_possible_value).map(|value| value.get_name().to_owned());
    let names: Vec<String> = names.collect();
    Isolation::from_str(text, false)
        .map_err(|_| format!("it is {}, and not `{text}`{}", names.join(", "), nearest(text, names.iter().map(String::as_str))))
}

/// The text of the file, in which places are found.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    /// A mistake at this byte.
    pub(super) fn error(self, at: usize, message: impl Into<String>) -> ParseError {
        let (line, column, source_line) = self.place(at);
        ParseError { file: FILE.to_owned(), line, column, message: message.into(), source_line: source_line.to_owned() }
    }

    fn line(self, at: usize) -> usize {
        self.place(at).0
    }

    /// The line and the column of a byte, both from 1, and the line itself.
    fn place(self, at: usize) -> (usize, usize, &'a str) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let source_line = self.text[start..].lines().next().unwrap_or("");
        // A line of Windows ends before its newline does.
        let column = before[start..].chars().count().min(source_line.chars().count()) + 1;
        (before.matches('\n').count() + 1, column, source_line)
    }
}

/// A table whose keys are all known.
struct Table<'a> {
    source: Source<'a>,
    at: usize,
    entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    fn of(source: Source<'a>, whose: &str, at: usize, entries: &'a DeTable<'a>, keys: &[&str]) -> Parsed<Self> {
        let unknown = entries.keys().filter(|key| !keys.contains(&&**key.get_ref())).min_by_key(|key| key.span().start);
        let Some(unknown) = unknown else { return Ok(Self { source, at, entries }) };
        let word = unknown.get_ref();
        let hint = match nearest(word, keys.iter().copied()) {
            _ if OPTIONS.contains(&&**word) => ": options stand at the beginning of the file, above the first [table]".to_owned(),
            hint if hint.is_empty() => format!(": the keys are {}", keys.join(", ")),
            hint => hint,
        };
        Err(source.error(unknown.span().start, format!("unknown key `{word}`{whose}{hint}")))
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries.get(key)
    }

    fn text(&self, key: &str) -> Parsed<Option<Spanned<String>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(Spanned::new(value.span(), text.clone().into_owned()))),
            other => Err(self.source.error(value.span().start, format!("{key} is a text in quotes, and not {}", kind(other)))),
        }
    }

    fn due(&self, key: &str, example: &str) -> Parsed<Spanned<String>> {
        self.text(key)?.ok_or_else(|| self.source.error(self.at, format!("{key} is missing: write {key} = \"…\" ({example})")))
    }

    fn read<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Parsed<Option<T>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        read(text.get_ref()).map(Some).map_err(|message| self.source.error(text.span().start, message))
    }

    /// What each text of a list says.
    fn texts<T: FromStr<Err = String>>(&self, key: &str, example: &str) -> Parsed<Vec<T>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = |at: usize| self.source.error(at, format!("{key} is a list of texts in quotes: write {key} = [{example}]"));
        let DeValue::Array(values) = value.get_ref() else { return Err(wrong(value.span().start)) };
        let each = values.iter().map(|value| match value.get_ref() {
            DeValue::String(text) => text.parse().map_err(|message: String| self.source.error(value.span().start, message)),
            _ => Err(wrong(value.span().start)),
        });
        each.collect()
    }

    fn truth(&self, key: &str) -> Parsed<Option<bool>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(truth) => Ok(Some(*truth)),
            other => Err(self.source.error(value.span().start, format!("{key} is true or false, without quotes, and not {}", kind(other)))),
        }
    }

    fn jobs(&self) -> Parsed<Option<u16>> {
        let Some(value) = self.get("jobs") else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| (1..=256).contains(number));
        number.map(Some).ok_or_else(|| self.source.error(value.span().start, "jobs is a number from 1 to 256, without quotes"))
    }

    /// The tables `[kind.NAME]`, in the order of the file.
    fn named(&self, what: &str, keys: &[&str]) -> Parsed<Vec<(Name<'a>, Self)>> {
        let Some(value) = self.get(what) else { return Ok(Vec::new()) };
        let DeValue::Table(tables) = value.get_ref() else {
            return Err(self.source.error(value.span().start, format!("each {what} has a name: write [{what}.NAME]")));
        };
        let mut tables: Vec<_> = tables.iter().collect();
        tables.sort_by_key(|(name, _)| name.span().start);
        let named = tables.into_iter().map(|(name, value)| {
            let mistake = |message: String| self.source.error(name.span().start, message);
            let DeValue::Table(entries) = value.get_ref() else {
                return Err(mistake(format!("each {what} has a name: write [{what}.NAME], and below it what is known of it")));
            };
            if !is_name(name.get_ref()) {
                return Err(mistake(
                    "a name is made of letters, digits, spaces, and - _ . + @, and begins with a letter or a digit".into(),
                ));
            }
            let of = format!(" of the {what} {}", name.get_ref());
            Ok((name, Self::of(self.source, &of, name.span().start, entries, keys)?))
        });
        named.collect()
    }

    /// The tables `[[what]]`.
    fn list(&self, what: &str, keys: &[&str]) -> Parsed<Vec<Self>> {
        let Some(value) = self.get(what) else { return Ok(Vec::new()) };
        let wrong = |at: usize| self.source.error(at, format!("there may be several: write [[{what}]], in two pairs of brackets"));
        let DeValue::Array(tables) = value.get_ref() else { return Err(wrong(value.span().start)) };
        let each = tables.iter().map(|value| match value.get_ref() {
            DeValue::Table(entries) => Self::of(self.source, &format!(" of a {what}"), value.span().start, entries, keys),
            _ => Err(wrong(value.span().start)),
        });
        each.collect()
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Whether a text can be a name: it will stand in commands, in reports of all formats, and in a terminal.
fn is_name(text: &str) -> bool {
    let may_stand = |c: char| c.is_alphanumeric() || " -_.+@".contains(c);
    text.starts_with(char::is_alphanumeric) && text.chars().all(may_stand) && text.trim_end() == text
}
