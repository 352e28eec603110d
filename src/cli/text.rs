//! The format of help texts: plain enough to read in a terminal as it is, and regular enough to turn into a page of the manual.
//!
//! An empty line separates blocks. The indentation says what a block is:
//!
//! ```text
//! # A headline
//!
//! A paragraph begins in the first column.
//!
//!   term   its meaning, after two spaces or more,
//!          with more lines that are indented deeper
//!   another term
//!       its meaning, in lines
//!       that stay as they are
//!   - an item of a list
//!
//!     a command or a file, to be copied as it is
//!
//! Another headline:
//!   term   the short form, as the help of a command has it
//! ```

use anstyle::Style;
use roff::{Inline, Roff, bold, roman};

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Block<'a> {
    Headline(&'a str),
    Paragraph(String),
    List(Vec<Item<'a>>),
    Verbatim(Vec<&'a str>),
}

/// A term with the lines of its meaning. The term of a plain list is `-`.
#[derive(Debug, PartialEq, Eq)]
struct Item<'a> {
    term: &'a str,
    meaning: Vec<&'a str>,
    /// Whether the lines are one paragraph. If the meaning begins below the term, each line is one of its own, such as a message.
    is_flowing: bool,
}

/// Splits a text into its blocks.
fn parse(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    for block in text.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.is_empty()) {
        let (first, rest) = block.split_once('\n').unwrap_or((block, ""));
        if let Some(headline) = first.strip_prefix("# ") {
            blocks.push(Block::Headline(headline));
        } else if let Some(headline) = first.strip_suffix(':').filter(|_| rest.starts_with("  ")) {
            blocks.extend([Block::Headline(headline), Block::List(items(rest))]);
        } else if first.starts_with("    ") {
            let lines = block.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
            match blocks.last_mut() {
                // An empty line inside of a file separates no blocks.
                Some(Block::Verbatim(before)) => before.extend(std::iter::once("").chain(lines)),
                _ => blocks.push(Block::Verbatim(lines.collect())),
            }
        } else if first.starts_with("  ") {
            blocks.push(Block::List(items(block)));
        } else {
            blocks.push(Block::Paragraph(block.replace('\n', " ")));
        }
    }
    blocks
}

fn items(block: &str) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')), items.last_mut()) {
            (None, Some(item)) => item.meaning.push(line.trim_start()),
            (unindented, _) => {
                let line = unindented.unwrap_or(line).trim_start();
                let parts = line.strip_prefix("- ").map(|rest| ("-", rest)).or_else(|| line.split_once("  "));
                let (term, meaning) = parts.map_or((line, vec![]), |(term, meaning)| (term, vec![meaning.trim_start()]));
                items.push(Item { term, is_flowing: !meaning.is_empty(), meaning });
            }
        }
    }
    items
}

/// The text for a terminal. Headlines are in bold and, because a pipe has no bold, in capital letters.
pub(super) fn for_terminal(text: &str) -> String {
    text.lines()
        .map(|line| line.strip_prefix("# ").map_or_else(|| format!("{line}\n"), |text| headline(&text.to_uppercase()) + "\n"))
        .collect()
}

/// A headline for a terminal. The writer removes the style where there are no colours.
pub(super) fn headline(text: &str) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}

/// How a page of the manual marks headlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// As sections, in capital letters. A paragraph in front of the first headline is in a section of notes.
    Section,
    /// As parts of a section.
    Subsection,
}

/// Appends the text to a page of the manual.
pub(super) fn for_manual(text: &str, depth: Depth, page: &mut Roff) {
    let mut has_headline = depth == Depth::Subsection;
    for block in parse(text) {
        if !has_headline && !matches!(block, Block::Headline(_)) {
            page.control("SH", ["NOTES"]);
        }
        has_headline = true;
        match block {
            Block::Headline(headline) if depth == Depth::Section => _ = page.control("SH", [headline.to_uppercase().as_str()]),
            Block::Headline(headline) => _ = page.control("SS", [headline]),
            Block::Paragraph(paragraph) => _ = page.control("PP", []).text(inlines(&paragraph, &mut false)),
            Block::List(items) => items.iter().for_each(|item| append(item, page)),
            Block::Verbatim(lines) => {
                page.control("PP", []).control("RS", ["4"]).control("nf", []);
                lines.iter().for_each(|line| _ = if line.is_empty() { page.control("sp", []) } else { page.text([roman(*line)]) });
                page.control("fi", []).control("RE", []);
            }
        }
    }
}

fn append(item: &Item<'_>, page: &mut Roff) {
    match item.term {
        term if item.meaning.is_empty() => _ = page.control("PP", []).text([bold(term)]),
        "-" => _ = page.control("IP", ["\\(bu", "2"]),
        term => _ = page.control("TP", []).text([bold(term)]),
    }
    let mut is_code = false;
    for (number, line) in item.meaning.iter().enumerate() {
        if number > 0 && !item.is_flowing {
            page.control("br", []);
        }
        page.text(inlines(line, &mut is_code));
    }
}

/// Text between backticks is bold. Such text may begin in one line and end in the next.
fn inlines(text: &str, is_code: &mut bool) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for (number, part) in text.split('`').enumerate() {
        *is_code ^= number > 0;
        inlines.push(if *is_code { bold(part) } else { roman(part) });
    }
    inlines
}

#[cfg(test)]
mod tests {
    use crate::cli::text::{Block, Item, parse};

    #[test]
    fn the_indentation_says_what_a_block_is() {
        let text =
            "# Head\n\nOne\ntwo.\n\n  term  meaning\n        goes on\n  alone\n      below\n  - item\n\n    a\n\n    b\n\nShort:\n  x  y\n";
        let item = |term, meaning: &[&'static str]| Item { term, meaning: meaning.to_vec(), is_flowing: term != "alone" };
        assert_eq!(
            parse(text),
            [
                Block::Headline("Head"),
                Block::Paragraph("One two.".into()),
                Block::List(vec![item("term", &["meaning", "goes on"]), item("alone", &["below"]), item("-", &["item"])]),
                Block::Verbatim(vec!["a", "", "b"]),
                Block::Headline("Short"),
                Block::List(vec![item("x", &["y"])]),
            ]
        );
    }
}
