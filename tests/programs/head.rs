//! Reads the comments at the beginning of the programs. They say what each program does wrong, and which verdict it must get.

use std::collections::BTreeMap;
use std::fs;

const KEYS: [&str; 8] = ["Common", "Caught by", "Breaks too", "Falls short of", "Hazard", "Played with", "Verdict", "Message"];

/// The head comment of a program, field by field.
#[derive(Debug, Default)]
pub struct Head {
    /// `Caught by:`, the rule that names the mistake.
    pub caught_by: String,
    /// `Breaks too:`, the other rules that the program breaks, each with a reason.
    pub breaks_too: BTreeMap<String, String>,
    /// `Common:`, how common the mistake is, from 1 to 5, with the reason.
    pub common: (u8, String),
    /// `Falls short of:`, the rules that a right program cannot meet in its language, each with a reason.
    pub falls_short: BTreeMap<String, String>,
    /// `Hazard:`, the harm that the program does: a sentence that begins with "it".
    pub hazard: String,
    /// `Played with:`, the scenarios and options for `sockspec check`.
    pub played_with: String,
    /// `Verdict:`, the expected verdict: `pass` or `fail`.
    pub verdict: String,
    /// `Message:`, a text that the message must contain.
    pub message: String,
}

/// The rule that a wrong program of a course breaks, as its head comment says: `Breaks: server/reply`.
pub fn broken_rule(program: &str) -> String {
    let text = fs::read_to_string(super::folder().join(program)).unwrap_or_else(|error| panic!("{program}: {error}"));
    let rule = text.split("Breaks: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    rule.unwrap_or_else(|| panic!("{program}: its head names no rule")).to_owned()
}

/// Reads the head comment of a program.
pub fn head(program: &str) -> Head {
    let text = fs::read_to_string(super::folder().join(program)).unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut parts: Vec<(&str, String)> = Vec::new();
    let is_comment = |line: &&str| {
        ["/*", " *", "# ", "\"\"\"", "  "].iter().any(|begin| line.starts_with(begin)) || KEYS.iter().any(|key| line.starts_with(key))
    };
    assert!(!text.starts_with("//"), "{program}: a head comment is a block");
    for line in text.lines().skip_while(|line| line.starts_with("#!")).take_while(is_comment) {
        let line = line.trim_start_matches(['/', '*', '#', '"', ' ']).trim_end_matches(['/', '*', '"', ' ']);
        match (line.split_once(": ").filter(|(key, _)| KEYS.contains(key)), parts.last_mut()) {
            (Some((key, text)), _) => parts.push((key, text.into())),
            (None, Some((_, text))) => *text = format!("{text} {line}"),
            (None, None) => {}
        }
    }
    let part = |name: &str| parts.iter().find(|(key, _)| *key == name).map_or(String::new(), |(_, text)| text.trim().to_owned());
    let reason = |entry: &str| {
        let (rule, reason) = entry.split_once(" (").unwrap_or_else(|| panic!("{program}: `{entry}` gives no reason in parentheses"));
        (rule.to_owned(), reason.trim_end_matches(')').to_owned())
    };
    let reasons = |name: &str| part(name).split("; ").filter(|entry| !entry.is_empty()).map(reason).collect();
    Head {
        common: part("Common").split_once(" (").map_or((0, String::new()), |(number, why)| {
            (number.parse().unwrap_or_else(|_| panic!("{program}: {number} is no number")), why.trim_end_matches(')').to_owned())
        }),
        caught_by: part("Caught by"),
        breaks_too: reasons("Breaks too"),
        falls_short: reasons("Falls short of"),
        hazard: part("Hazard"),
        played_with: part("Played with"),
        verdict: part("Verdict"),
        message: part("Message"),
    }
}
