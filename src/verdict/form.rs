//! Finds the reduced form of a difference between bytes: what was due, and what came.
//!
//! Each form is a prediction: "if every text lost its last byte, these bytes would come". If exactly these bytes came, the form is found. So
//! a form is never a guess. The forms are tried in a fixed order, the most special one first.

mod due;
mod encodings;
mod shapes;

use crate::verdict::clue::Clue;
pub use due::Due;
use encodings::{encoding, replaced};

/// A form, and the clue that it gives. Texts that are longer than [`LONGEST`] have only the forms that need one pass.
type Form = fn(&Due, &[u8]) -> Option<Clue>;

/// The most bytes that most forms look at.
const LONGEST: usize = 256 * 1024;

/// The forms, the most special one first.
const FORMS: &[Form] = &[
    nothing,
    shapes::no_nuls,
    shapes::newline,
    shapes::carriage_return,
    letter_case,
    encoding,
    shapes::nuls,
    shapes::first_line,
    shapes::first_words,
    shapes::emptied,
    shapes::trimmed,
    shapes::each_shorter,
    shapes::earlier_tail,
    shapes::pieces,
    shapes::repeats,
    shapes::length_first,
    shapes::affix,
    shapes::as_typed,
    shapes::position,
    shapes::joined,
    replaced,
    shapes::white_space,
    shapes::middle,
    shapes::lost,
];

/// The reduced form of what came, compared with what was due. `None` if both are equal.
pub fn form(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all = due.all();
    if all == seen {
        return None;
    }
    if all.len() > LONGEST || seen.len() > LONGEST {
        return [nothing, shapes::position, shapes::middle, shapes::lost]
            .iter()
            .find_map(|form: &Form| form(due, seen))
            .or(Some(Clue::OtherText));
    }
    FORMS.iter().find_map(|form| form(due, seen)).or(Some(Clue::OtherText))
}

/// Like [`form`], for a stream of which nobody knows how it was cut. Only forms that do not depend on the cuts are tried.
pub fn form_of_stream(due: &[u8], seen: &[u8]) -> Option<Clue> {
    let due = Due { texts: vec![due.to_vec()], ..Due::default() };
    let forms: [Form; 8] = [nothing, letter_case, encoding, replaced, shapes::white_space, shapes::position, shapes::middle, shapes::lost];
    if due.texts[0].len() > LONGEST || seen.len() > LONGEST || due.texts[0] == seen {
        return None;
    }
    forms.iter().find_map(|form| form(&due, seen))
}

fn nothing(_: &Due, seen: &[u8]) -> Option<Clue> {
    seen.is_empty().then_some(Clue::Nothing)
}

fn letter_case(due: &Due, seen: &[u8]) -> Option<Clue> {
    let is = |change: fn(&[u8]) -> Vec<u8>| due.shows(seen, &due.changed(|text| change(text))) || due.shows(seen, &change(&due.all()));
    match () {
        () if is(<[u8]>::to_ascii_uppercase) => Some(Clue::UpperCase),
        () if is(<[u8]>::to_ascii_lowercase) => Some(Clue::LowerCase),
        () => None,
    }
}
