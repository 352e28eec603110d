//! Sentences, as a page shows them.

use maud::{Markup, PreEscaped, Render, html};

/// A sentence, what stands between backticks in the type of a terminal; but what a program has printed, between quotation marks, as it is.
pub fn prose(text: &str) -> Markup {
    html! {
        @for (is_code, piece) in pieces(text) {
            @if is_code { code { (piece) } } @else { (piece) }
        }
    }
}

/// The pieces of a sentence, each with whether it stood between backticks.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let (mut is_code, mut is_quoted, mut is_escaped) = (false, false, false);
    for (at, c) in text.char_indices() {
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            // What is shortened has no other end; and inside of quotation marks this one never stands for itself.
            '…' => is_quoted = false,
            _ if was_escaped => {}
            '\\' => is_escaped = is_quoted,
            '"' => is_quoted = !is_quoted,
            '`' if !is_quoted => {
                pieces.push((is_code, &text[from..at]));
                (from, is_code) = (at + 1, !is_code);
            }
            _ => {}
        }
    }
    // One that is not closed is a backtick and nothing else.
    pieces.push((false, &text[if is_code { from - 1 } else { from }..]));
    pieces
}

/// Names in a sentence.
pub fn enumeration(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

/// A heading of this level, counted from 1.
pub fn heading(level: u8, content: &Markup) -> Markup {
    PreEscaped(format!("<h{level}>{}</h{level}>", content.render().into_string()))
}
