//! Sentences in HTML.

use maud::{Markup, PreEscaped, Render, html};

/// A sentence, with text between backticks as code. Text between quotation marks is the output of a program, and stays as it is.
pub fn sentence(text: &str) -> Markup {
    html! {
        @for (is_code, piece) in pieces(text) {
            @if is_code { code { (piece) } } @else { (piece) }
        }
    }
}

/// The pieces of a sentence, each with whether it is code.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let (mut is_code, mut is_quoted, mut is_escaped) = (false, false, false);
    for (at, c) in text.char_indices() {
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            // A shortened text ends with this instead of a quotation mark. Quoted text never contains it.
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
    // A backtick without a second one is only a character.
    pieces.push((false, &text[if is_code { from - 1 } else { from }..]));
    pieces
}

/// Names in a sentence: `a, b and c`.
pub fn listed(names: &[String]) -> String {
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
