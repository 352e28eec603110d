//! Texts in reports: labels of runs, and characters that are safe to show.

use crate::run::results::Results;

/// The text with a capital letter at its beginning.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Escapes all characters that would do something in a terminal or a parser, or that are invisible. The result is one line. The output of a
/// subject is already escaped, as a part of a transcript; names and commands are not.
pub fn legible(text: &str) -> String {
    let is_legible = |c: char| {
        let is_invisible = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        !c.is_control() && !is_invisible && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let mut legible = String::with_capacity(text.len());
    for c in text.chars() {
        if is_legible(c) { legible.push(c) } else { legible.extend(c.escape_default()) }
    }
    legible
}

/// Several lines, each made [`legible`].
pub fn legible_lines(text: &str) -> String {
    text.lines().map(|line| legible(line) + "\n").collect()
}

/// A unique label for each run: its name in the project file, or its commands. A single run without a name has an empty label.
pub fn labels(results: &Results) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for run in &results.runs {
        let label = match &run.name {
            Some(name) => legible(name),
            None if results.runs.len() == 1 => String::new(),
            None => run.subjects.iter().map(|subject| legible(&subject.command)).collect::<Vec<_>>().join(" and "),
        };
        let same = labels.iter().filter(|other| **other == label).count();
        labels.push(if same == 0 { label } else { format!("{label} ({})", same + 1) });
    }
    labels
}
