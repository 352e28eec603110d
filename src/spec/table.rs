//! TOML tables: reads a value of one type, and names the place of a mistake.

use crate::spec::notation::ParseError;
use crate::spec::source::Source;
use crate::spec::suggest::nearest;
use std::ops::RangeInclusive;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// What was read, or the first mistake.
pub type Parsed<T> = Result<T, ParseError>;

/// The names of keys.
pub type Keys = &'static [&'static str];

/// A key, and its place.
pub type Name<'a> = &'a Spanned<DeString<'a>>;

/// A TOML table that has only known keys.
pub struct Table<'a> {
    /// The file.
    pub source: Source<'a>,
    /// The first byte of the table in the file.
    pub at: usize,
    entries: &'a DeTable<'a>,
    /// The keys of the file that stand above the first table. One of them below a table is a common mistake.
    options: Keys,
}

impl<'a> Table<'a> {
    /// The whole file, which has at most these options, and these tables below them.
    ///
    /// # Errors
    /// An unknown key.
    pub fn root(source: Source<'a>, parsed: &'a Spanned<DeTable<'a>>, options: Keys, tables: Keys) -> Parsed<Self> {
        Self::of(source, "", 0, parsed.get_ref(), &[options, tables].concat(), options)
    }

    /// Reads the text as TOML.
    ///
    /// # Errors
    /// It is no TOML.
    pub fn parse(source: Source<'a>) -> Parsed<Spanned<DeTable<'a>>> {
        DeTable::parse(source.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            source.error(at, error.message().replace('\n', ", "))
        })
    }

    fn of(source: Source<'a>, whose: &str, at: usize, entries: &'a DeTable<'a>, keys: &[&str], options: Keys) -> Parsed<Self> {
        let unknown = entries.keys().filter(|key| !keys.contains(&&**key.get_ref())).min_by_key(|key| key.span().start);
        let Some(unknown) = unknown else { return Ok(Self { source, at, entries, options }) };
        let word = unknown.get_ref();
        let hint = match nearest(word, keys.iter().copied()) {
            _ if options.contains(&&**word) => ": options stand at the beginning of the file, above the first [table]".to_owned(),
            hint if hint.is_empty() => format!(": the keys are {}", keys.join(", ")),
            hint => hint,
        };
        Err(source.error(unknown.span().start, format!("unknown key `{word}`{whose}{hint}")))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries.get(key)
    }

    /// The text of a key.
    ///
    /// # Errors
    /// The value is something else.
    pub fn text(&self, key: &str) -> Parsed<Option<Spanned<String>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(Spanned::new(value.span(), text.clone().into_owned()))),
            other => Err(self.source.error(value.span().start, format!("{key} is a text in quotes, and not {}", kind(other)))),
        }
    }

    /// The text of a key that must be there.
    ///
    /// # Errors
    /// There is no such key, or the value is something else.
    pub fn required(&self, key: &str, example: &str) -> Parsed<Spanned<String>> {
        self.text(key)?.ok_or_else(|| self.source.error(self.at, format!("{key} is missing: write {key} = \"…\" ({example})")))
    }

    /// The text of a key, parsed.
    ///
    /// # Errors
    /// The value is something else, or cannot be parsed.
    pub fn read<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Parsed<Option<T>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        read(text.get_ref()).map(Some).map_err(|message| self.source.error(text.span().start, message))
    }

    /// A text, or each text of a list, parsed.
    ///
    /// # Errors
    /// The value is something else, or a text cannot be parsed.
    pub fn read_each<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Parsed<Option<Vec<T>>> {
        let Some(DeValue::Array(values)) = self.get(key).map(Spanned::get_ref) else {
            return Ok(self.read(key, read)?.map(|one| vec![one]));
        };
        let each = values.iter().map(|value| match value.get_ref() {
            DeValue::String(text) => read(text).map_err(|message| self.source.error(value.span().start, message)),
            _ => Err(self.source.error(value.span().start, format!("{key} is a text in quotes, or a list of texts"))),
        });
        each.collect::<Parsed<Vec<T>>>().map(Some)
    }

    /// The texts of a list, each parsed.
    ///
    /// # Errors
    /// The value is something else, or a text cannot be parsed.
    pub fn texts<T: FromStr<Err = String>>(&self, key: &str, example: &str) -> Parsed<Vec<T>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = |at: usize| self.source.error(at, format!("{key} is a list of texts in quotes: write {key} = [{example}]"));
        let DeValue::Array(values) = value.get_ref() else { return Err(wrong(value.span().start)) };
        let each = values.iter().map(|value| match value.get_ref() {
            DeValue::String(text) => text.parse().map_err(|message: String| self.source.error(value.span().start, message)),
            _ => Err(wrong(value.span().start)),
        });
        each.collect()
    }

    /// True or false.
    ///
    /// # Errors
    /// The value is something else.
    pub fn truth(&self, key: &str) -> Parsed<Option<bool>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(truth) => Ok(Some(*truth)),
            other => Err(self.source.error(value.span().start, format!("{key} is true or false, without quotes, and not {}", kind(other)))),
        }
    }

    /// A number in this range.
    ///
    /// # Errors
    /// The value is something else.
    pub fn number(&self, key: &str, range: RangeInclusive<usize>) -> Parsed<Option<usize>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => usize::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        let (least, most) = range.into_inner();
        let mistake = || self.source.error(value.span().start, format!("{key} is a number from {least} to {most}, without quotes"));
        number.map(Some).ok_or_else(mistake)
    }

    /// An amount, with or without a fraction, from 0 on.
    ///
    /// # Errors
    /// The value is something else, or larger than `most`.
    pub fn amount(&self, key: &str, most: f64) -> Parsed<Option<f64>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let mistake = || self.source.error(value.span().start, format!("{key} is a number from 0 to {most}, without quotes"));
        number.filter(|number: &f64| (0.0..=most).contains(number)).map(Some).ok_or_else(mistake)
    }

    /// One of these words, and what it means.
    ///
    /// # Errors
    /// The value is something else.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Parsed<Option<T>> {
        let names = || choices.iter().map(|(name, _)| *name);
        self.read(key, |text| {
            let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
            found.ok_or_else(|| format!("{key} is {}, and not `{text}`{}", names().collect::<Vec<_>>().join(", "), nearest(text, names())))
        })
    }

    /// The table `[name]`.
    ///
    /// # Errors
    /// The value is no table, or has an unknown key.
    pub fn table(&self, name: &str, keys: &[&str]) -> Parsed<Option<Self>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(entries) => {
                Self::of(self.source, &format!(" of [{name}]"), value.span().start, entries, keys, self.options).map(Some)
            }
            _ => Err(self.source.error(value.span().start, format!("{name} is a table: write [{name}], and its keys below it"))),
        }
    }

    /// The tables `[kind.NAME]`, in the order of the file.
    ///
    /// # Errors
    /// The value is something else, or a table has an unknown key.
    pub fn named(&self, what: &str, keys: &[&str]) -> Parsed<Vec<(Name<'a>, Self)>> {
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
            Ok((name, Self::of(self.source, &of, name.span().start, entries, keys, self.options)?))
        });
        named.collect()
    }

    /// The tables `[[what]]`.
    ///
    /// # Errors
    /// The value is something else, or a table has an unknown key.
    pub fn list(&self, what: &str, keys: &[&str]) -> Parsed<Vec<Self>> {
        let Some(value) = self.get(what) else { return Ok(Vec::new()) };
        let wrong = |at: usize| self.source.error(at, format!("this table needs two pairs of brackets: write [[{what}]]"));
        let DeValue::Array(tables) = value.get_ref() else { return Err(wrong(value.span().start)) };
        let each = tables.iter().map(|value| match value.get_ref() {
            DeValue::Table(entries) => Self::of(self.source, &format!(" of a {what}"), value.span().start, entries, keys, self.options),
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
