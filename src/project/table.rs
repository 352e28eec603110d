//! TOML tables: reads a value of one type, and names the place of a mistake.

use super::source::Source;
use crate::spec::notation::ParseError;
use crate::spec::suggest::nearest;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// The options of a project file.
pub(super) const OPTIONS: [&str; 7] = ["strict", "timeout", "jobs", "isolation", "keep-files", "keep-files", "limit", "fixtures"];

pub(super) type Parsed<T> = Result<T, ParseError>;

/// A key, and its place.
pub(super) type Name<'a> = &'a Spanned<DeString<'a>>;

/// A TOML table that has only known keys.
pub(super) struct Table<'a> {
    pub(super) source: Source<'a>,
    /// The first byte of the table in the file.
    pub(super) at: usize,
    entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn of(source: Source<'a>, whose: &str, at: usize, entries: &'a DeTable<'a>, keys: &[&str]) -> Parsed<Self> {
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

    pub(super) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries.get(key)
    }

    pub(super) fn text(&self, key: &str) -> Parsed<Option<Spanned<String>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(Spanned::new(value.span(), text.clone().into_owned()))),
            other => Err(self.source.error(value.span().start, format!("{key} is a text in quotes, and not {}", kind(other)))),
        }
    }

    pub(super) fn required(&self, key: &str, example: &str) -> Parsed<Spanned<String>> {
        self.text(key)?.ok_or_else(|| self.source.error(self.at, format!("{key} is missing: write {key} = \"…\" ({example})")))
    }

    pub(super) fn read<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Parsed<Option<T>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        read(text.get_ref()).map(Some).map_err(|message| self.source.error(text.span().start, message))
    }

    /// The texts of a list, each parsed.
    pub(super) fn texts<T: FromStr<Err = String>>(&self, key: &str, example: &str) -> Parsed<Vec<T>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = |at: usize| self.source.error(at, format!("{key} is a list of texts in quotes: write {key} = [{example}]"));
        let DeValue::Array(values) = value.get_ref() else { return Err(wrong(value.span().start)) };
        let each = values.iter().map(|value| match value.get_ref() {
            DeValue::String(text) => text.parse().map_err(|message: String| self.source.error(value.span().start, message)),
            _ => Err(wrong(value.span().start)),
        });
        each.collect()
    }

    pub(super) fn truth(&self, key: &str) -> Parsed<Option<bool>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(truth) => Ok(Some(*truth)),
            other => Err(self.source.error(value.span().start, format!("{key} is true or false, without quotes, and not {}", kind(other)))),
        }
    }

    pub(super) fn jobs(&self) -> Parsed<Option<u16>> {
        let Some(value) = self.get("jobs") else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| (1..=256).contains(number));
        number.map(Some).ok_or_else(|| self.source.error(value.span().start, "jobs is a number from 1 to 256, without quotes"))
    }

    /// The tables `[kind.NAME]`, in the order of the file.
    pub(super) fn named(&self, what: &str, keys: &[&str]) -> Parsed<Vec<(Name<'a>, Self)>> {
        let Some(value) = self.get(what) else { return Ok(Vec::new()) };
        let DeValue::Table(tables) = value.get_ref() else {
            return Err(self.source.error(value.span().start, format!("each {what} has a name: write [{what}.NAME]")));
        };
        let mut tables: Vec<_> = tables.iter().collect();
        tables.sort_by_key(|(name, _)| name.span().start);
        let named = tables.into_iter().map(|(name, value)| {
            let mistake = |message: String| self.source.error(name.span().start, message);
            let DeValue::Table(entries) = value.get_ref() else {
                return Err(mistake(format!("each {what} has a name: write [{what}.NAME], and its keys below it")));
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
    pub(super) fn list(&self, what: &str, keys: &[&str]) -> Parsed<Vec<Self>> {
        let Some(value) = self.get(what) else { return Ok(Vec::new()) };
        let wrong = |at: usize| self.source.error(at, format!("this table needs two pairs of brackets: write [[{what}]]"));
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
