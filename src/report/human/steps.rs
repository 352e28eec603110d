//! The steps of a conversation, with a mark at the first difference.

use super::style::FAINT;
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::transcript::Step;
use crate::verdict::finding::Place;
use anstyle::Style;
use std::io::{self, Write};

/// How many characters of a step to show.
const STEP_WIDTH: usize = 100;
/// How many steps to show before and after the marked one.
const STEPS_AROUND: usize = 12;
/// Writes steps of a conversation, and marks the step at `at`.
pub(super) fn steps(all: &[Step], at: Option<Place>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let centre = at.map_or(0, |place| place.step);
    let (from, to) = (centre.saturating_sub(STEPS_AROUND), (centre + STEPS_AROUND).min(all.len()));
    if from > 0 {
        writeln!(out, "      {FAINT}… {from} steps before{FAINT:#}")?;
    }
    for (i, step) in all.iter().enumerate().take(to).skip(from) {
        match at.filter(|place| place.step == i) {
            Some(place) => {
                let (text, column) = shown(step, Some(place.byte));
                writeln!(out, "    {style}> {text}{style:#}")?;
                if let Some(column) = column.filter(|_| place.byte > 0) {
                    writeln!(out, "      {style}{}^ from here on{style:#}", " ".repeat(column))?;
                }
            }
            None => writeln!(out, "      {}", shown(step, None).0)?,
        }
    }
    if to < all.len() {
        writeln!(out, "      {FAINT}… {} steps more{FAINT:#}", all.len() - to)?;
    }
    Ok(())
}

/// The bytes of a step near this byte, in quotes.
pub(super) fn near(step: &Step, byte: usize) -> String {
    let bytes = step.bytes().map(Bytes::to_vec).unwrap_or_default();
    // Half a line means little: show the beginning if it is not far.
    if bytes.len() <= STEP_WIDTH || byte < STEP_WIDTH / 2 {
        return excerpt(&bytes, STEP_WIDTH);
    }
    let from = byte.saturating_sub(STEP_WIDTH / 4).min(bytes.len());
    format!("… {from} bytes, then {}", excerpt(&bytes[from..], STEP_WIDTH / 2))
}

/// A step, shortened to a line, and the column of this byte.
fn shown(step: &Step, byte: Option<usize>) -> (String, Option<usize>) {
    let text = step.to_string();
    // The width of the text before the byte gives its column.
    let head = text.find('"').unwrap_or(0);
    let before = step.bytes().zip(byte).map(|(bytes, byte)| bytes.first(byte).to_string());
    let column =
        before.map(|before| textwrap::core::display_width(&text[..head]) + textwrap::core::display_width(before.trim_end_matches('"')));
    if text.chars().count() <= STEP_WIDTH {
        return (text, column);
    }
    match byte.filter(|&byte| byte > STEP_WIDTH / 2) {
        // The byte is far from the beginning: leave the beginning out.
        Some(byte) => {
            let bytes = step.bytes().map(Bytes::to_vec).unwrap_or_default();
            let from = byte.saturating_sub(20).min(bytes.len());
            let part = excerpt(&bytes[from..], STEP_WIDTH / 2);
            let near = excerpt(&bytes[from..byte.min(bytes.len())], STEP_WIDTH);
            let lead = format!("{}… {from} bytes … ", &text[..head]);
            let column = textwrap::core::display_width(&lead) + textwrap::core::display_width(near.trim_end_matches('"'));
            (lead + &part, Some(column))
        }
        None => (format!("{}…", text.chars().take(STEP_WIDTH).collect::<String>()), column.filter(|column| *column < STEP_WIDTH)),
    }
}
