//! Reads scenarios, transcripts and byte strings from text. `fixtures/README.md` explains the notation.
//!
//! Parsing and `Display` are exact inverses: there is one way to write each thing, and everything else is an error that names its place.
//! The grammar is closed: it has no loops, no variables, and no regular expressions.

mod allowed;
mod clients;
mod cursor;
mod error;
mod lines;
mod step;

pub use error::ParseError;

use crate::spec::bytes::Bytes;
use crate::spec::role::{Part, Role};
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;
use crate::spec::transcript::{Given, Scenario, Transcript};
use allowed::objection;
use clients::Clients;
use cursor::Cursor;
use lines::{Lines, Parsed, mistake};
use step::step;

impl Transcript {
    /// Reads steps without a head, as `Display` writes them.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut lines = Lines::new("transcript", text);
        let mut steps = Vec::new();
        while let Some(line) = lines.next()? {
            steps.push(lines.check(step(line))?);
        }
        Ok(Self { steps })
    }
}

impl Bytes {
    /// Reads one byte string, as `Display` writes it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Lines::single("bytes", text).check(Cursor { line: text, at: 0 }.bytes_to_end())
    }
}

impl Scenario {
    /// Reads a whole file; `file` is its name in error messages.
    ///
    /// # Errors
    /// The first mistake. Text that `Display` would write in another way is a mistake too.
    pub fn parse(file: &str, text: &str) -> Result<Self, ParseError> {
        const STEPS: &str = "an empty line, and then the steps";
        let mut lines = Lines::new(file, text);
        let mut comments = Vec::new();
        let mut line = lines.due("`title: ` and what the scenario shows")?;
        while let Some(text) = line.strip_prefix('#') {
            comments.push(lines.check(comment(text))?);
            line = lines.due("`title: ` and what the scenario shows")?;
        }
        let title = lines.check(title(line))?;
        line = lines.due("`rule: ` and the rule that is checked")?;
        let rule = lines.check(keyword(line, "rule: ").and_then(rule_named))?;
        let mut givens = Vec::new();
        line = lines.due(STEPS)?;
        while let Ok(text) = keyword(line, "given: ") {
            givens.push(lines.check(given(text, rule, &givens))?);
            line = lines.due(STEPS)?;
        }
        if !line.is_empty() {
            return lines.check(mistake(0, "expected an empty line between the head and the steps"));
        }
        let (mut steps, subject) = (Vec::new(), rule.subject());
        let mut clients = Some(Clients::new()).filter(|_| subject == Role::Server);
        while let Some(line) = lines.next()? {
            let parsed = step(line).and_then(|step| {
                let objection = objection(&step, subject).or_else(|| clients.as_mut()?.objection(&step));
                objection.map_or(Ok(step), |message| mistake(0, message))
            });
            steps.push(lines.check(parsed)?);
        }
        if steps.is_empty() {
            return lines.check(mistake(0, "the steps are missing: a conversation has at least one"));
        }
        Ok(Self { comments, title, rule, givens, transcript: Transcript { steps } })
    }
}

/// Reads the text behind the `#` of a comment.
fn comment(text: &str) -> Parsed<String> {
    match text.strip_prefix(' ') {
        Some(text) if !text.trim().is_empty() && text.trim_end() == text => Ok(text.to_owned()),
        None if text.is_empty() => Ok(String::new()),
        _ => mistake(1, "a comment is `# ` and its text, or `#` alone, without white space at its end"),
    }
}

fn title(line: &str) -> Parsed<String> {
    let title = keyword(line, "title: ")?;
    if title.trim() != title || title.is_empty() {
        return mistake("title: ".len(), "the title is a few words, without white space around them");
    }
    Ok(title.to_owned())
}

fn given(text: &str, rule: &Rule, earlier: &[Given]) -> Parsed<Given> {
    let Some(given) = [Given::PortTaken, Given::PortClosed].into_iter().find(|known| known.to_string() == text) else {
        return mistake("given: ".len(), "`given:` is followed by `port taken` or `port closed`");
    };
    if rule.subject() == Part::Pair {
        return mistake(0, "a scenario of a pair has no `given:`");
    }
    if !earlier.is_empty() {
        return mistake(0, "the port is either taken or closed: one `given:` is enough");
    }
    Ok(given)
}

fn keyword<'a>(line: &'a str, word: &str) -> Parsed<&'a str> {
    line.strip_prefix(word).map_or_else(|| mistake(0, format!("expected `{word}`")), Ok)
}

fn rule_named(id: &str) -> Parsed<&'static Rule> {
    match Rule::find(id) {
        Some(rule) => Ok(rule),
        None => mistake("rule: ".len(), format!("there is no rule of this name{}", nearest(id, RULES.iter().map(|rule| rule.id)))),
    }
}
