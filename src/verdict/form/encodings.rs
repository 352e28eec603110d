//! Forms of text in another encoding.

use crate::verdict::clue::Clue;
use crate::verdict::form::due::Due;

/// UTF-16, GBK, or UTF-8 that was encoded twice.
pub(super) fn encoding(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all = due.all();
    let utf_16 = |of: &[u8]| -> Option<[Vec<u8>; 4]> {
        let units: Vec<u16> = std::str::from_utf8(of).ok()?.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        Some([[b"\xff\xfe", &little[..]].concat(), [b"\xfe\xff", &big[..]].concat(), little, big])
    };
    let shows = |predicted: &[u8]| due.shows(seen, predicted);
    if utf_16(&all).is_some_and(|all| all.iter().any(|one| shows(one))) {
        return Some(Clue::Utf16);
    }
    // Each text for itself may have a byte-order mark.
    let each: Option<Vec<[Vec<u8>; 4]>> = due.texts.iter().map(|text| utf_16(text)).collect();
    if let Some(each) = each
        && (0..4).any(|kind| shows(&due.with(&each.iter().map(|kinds| kinds[kind].clone()).collect::<Vec<_>>())))
    {
        return Some(Clue::Utf16);
    }
    let twice = |text: &[u8]| text.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes();
    if shows(&twice(&all)) || shows(&due.changed(|text| twice(text))) {
        return Some(Clue::TwiceEncoded);
    }
    has_two_bytes_each(&all, seen).then_some(Clue::TwoBytes)
}

/// Whether each character that is not ASCII has become two bytes above 0x80, as in GBK, and all others are as they were.
fn has_two_bytes_each(due: &[u8], seen: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(due) else { return false };
    let (mut rest, mut has_other) = (seen, false);
    for c in text.chars() {
        if rest.is_empty() && has_other {
            return true;
        }
        rest = match rest {
            [first, after @ ..] if c.is_ascii() && *first == c as u8 => after,
            [0x81..=0xfe, 0x40..=0xfe, after @ ..] if !c.is_ascii() => {
                has_other = true;
                after
            }
            _ => return false,
        };
    }
    has_other && rest.is_empty() && std::str::from_utf8(seen).is_err()
}

/// Bytes that have become `?` or `�`, one or several for each character, and everything else as it was.
pub(super) fn replaced(due: &Due, seen: &[u8]) -> Option<Clue> {
    const MARK: &[u8] = "�".as_bytes();
    let all = due.all();
    let (mut due, mut rest, mut count) = (&all[..], seen, 0);
    while let Some(&first) = due.first() {
        if first.is_ascii() || rest.first() == Some(&first) {
            if rest.is_empty() && count > 0 {
                return Some(Clue::Replaced);
            }
            rest = rest.strip_prefix(&[first])?;
            due = &due[1..];
            continue;
        }
        // A run of bytes that are not ASCII has become a run of marks.
        let run = due.iter().take_while(|byte| !byte.is_ascii()).count();
        let before = rest.len();
        while let Some(after) = rest.strip_prefix(MARK).or_else(|| rest.strip_prefix(b"?")) {
            rest = after;
        }
        if before == rest.len() {
            return None;
        }
        count += 1;
        // Find the place in the run where the bytes are right again.
        let goes_on =
            |from: &usize| rest.first().is_some_and(|byte| !byte.is_ascii()) && rest.starts_with(&due[*from..(from + 2).min(run)]);
        due = &due[(1..run).find(goes_on).unwrap_or(run)..];
    }
    (count > 0 && rest.is_empty()).then_some(Clue::Replaced)
}
