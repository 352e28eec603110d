//! Forms of bytes that are missing, too many, or in another place.

use crate::model::oracle::words;
use crate::spec::bytes::{excerpt, find};
use crate::spec::dialect::is_space;
use crate::verdict::clue::Clue;
use crate::verdict::form::due::Due;

/// How many characters of an added text a clue quotes.
const QUOTED: usize = 40;
/// The longest text around each message that is looked for, in bytes.
const AFFIX: usize = 64;

/// The NULs that the course asks for behind each text are missing.
pub(super) fn no_nuls(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all = due.all();
    // The greeting, which a server sends in another place, may have its own.
    let without = |from: usize| -> Vec<u8> {
        let (lead, rest) = all.split_at(from);
        lead.iter().chain(rest.iter().filter(|&&byte| byte != 0)).copied().collect()
    };
    [0, due.lead.len()].iter().any(|&from| due.shows(seen, &without(from))).then_some(Clue::NoNuls)
}

/// The newlines are missing: everywhere, behind the greeting, behind the texts, or at the end.
pub(super) fn newline(due: &Due, seen: &[u8]) -> Option<Clue> {
    // If a message ends with a newline of its own, that one may be missing.
    if due.texts.iter().any(|text| text.ends_with(b"\n")) {
        return None;
    }
    let mut forms = line_ends(due, |text| text.strip_suffix(b"\n").unwrap_or(text).to_vec());
    forms.extend(due.all().strip_suffix(b"\n").map(<[u8]>::to_vec));
    forms.iter().any(|predicted| due.shows(seen, predicted)).then_some(Clue::NoNewline)
}

/// `\r\n` in place of `\n`: everywhere, behind the greeting, or behind the texts.
pub(super) fn carriage_return(due: &Due, seen: &[u8]) -> Option<Clue> {
    let with = |text: &[u8]| text.strip_suffix(b"\n").map_or_else(|| text.to_vec(), |line| [line, b"\r\n"].concat());
    line_ends(due, with).iter().any(|predicted| due.shows(seen, predicted)).then_some(Clue::CarriageReturn)
}

/// The bytes that come if a change to the ends of lines concerns both the greeting and the texts, or one of the two.
fn line_ends(due: &Due, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let lead = || Due { lead: change(&due.lead), ..due.clone() };
    let behind = |due: Due| Due { behind: change(&due.behind), ..due };
    [behind(lead()), lead(), behind(due.clone())].iter().map(Due::all).collect()
}

/// NULs between the bytes, behind each text, or behind each text up to a fixed length.
pub(super) fn nuls(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all = due.all();
    let without: Vec<u8> = seen.iter().copied().filter(|&byte| byte != 0).collect();
    if without.is_empty() && !all.contains(&0) {
        return Some(Clue::Nuls);
    }
    if without.len() == seen.len() || all.contains(&0) || !all.starts_with(&without) {
        return None;
    }
    let first = due.texts.first()?;
    let from = due.lead.len() + due.before.len() + first.len();
    let run = seen.get(from..)?.iter().take_while(|&&byte| byte == 0).count();
    let size = first.len() + run;
    let padded = |text: &Vec<u8>| [&text[..], &vec![0; size.saturating_sub(text.len())]].concat();
    if run > 1 && due.shows(seen, &due.changed(padded)) {
        return Some(Clue::Padded(size));
    }
    if due.shows(seen, &due.changed(|text| [text, &b"\0"[..]].concat())) {
        return Some(Clue::Behind("\"\\0\"".into()));
    }
    Some(Clue::Nuls)
}

/// The typed lines of a client.
fn lines(due: &Due) -> impl Iterator<Item = &[u8]> {
    due.typed.split_inclusive(|&byte| byte == b'\n')
}

/// A client sends the words of the first line, and no others.
pub(super) fn first_line(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all: Vec<&[u8]> = lines(due).collect();
    let first: Vec<Vec<u8>> = words(all.first()?).map(<[u8]>::to_vec).collect();
    (all.len() > 1 && first.len() < due.texts.len() && seen == due.with(&first)).then_some(Clue::FirstLine)
}

/// A client sends its input as it was typed, or each line without its newline.
pub(super) fn as_typed(due: &Due, seen: &[u8]) -> Option<Clue> {
    let typed = &due.typed[..];
    let bare: Vec<u8> = lines(due).flat_map(|line| line.strip_suffix(b"\n").unwrap_or(line)).copied().collect();
    let begins = |form: &[u8]| form.starts_with(seen) || seen.starts_with(form);
    // With a newline behind each word, lines of one word are what is due, unless a NUL ends a word.
    let is_due = !typed.contains(&0) && due.with(&words(typed).map(<[u8]>::to_vec).collect::<Vec<_>>()) == *typed;
    (!typed.is_empty() && !is_due && seen.iter().copied().any(is_space) && !due.all().starts_with(seen) && (begins(typed) || begins(&bare)))
        .then_some(Clue::AsTyped)
}

/// A client sends the first word of each line.
pub(super) fn first_words(due: &Due, seen: &[u8]) -> Option<Clue> {
    let first: Vec<Vec<u8>> = lines(due).filter_map(|line| words(line).next()).map(<[u8]>::to_vec).collect();
    (first.len() > 1 && first.len() < due.texts.len() && seen == due.with(&first)).then_some(Clue::FirstWords)
}

/// Each text lacks its last or its first byte.
pub(super) fn each_shorter(due: &Due, seen: &[u8]) -> Option<Clue> {
    // A word that is the token may be excepted, because programs compare it before they shorten it.
    let except = |change: fn(&[u8]) -> &[u8]| {
        let some = due.changed(|text| if *text == due.token { text.clone() } else { change(text).to_vec() });
        due.shows(seen, &some) || due.shows(seen, &due.changed(|text| change(text).to_vec()))
    };
    // One text alone may have been cut for another reason, if nothing behind it shows that more came.
    let is_clear = due.texts.len() > 1 || !due.behind.is_empty();
    match () {
        () if is_clear && except(|text| &text[..text.len().saturating_sub(1)]) => Some(Clue::LastByte),
        () if except(|text| text.get(1..).unwrap_or_default()) => Some(Clue::FirstByte),
        () => None,
    }
}

/// Behind some texts is the end of an earlier text that was longer: the buffer was not cleared.
pub(super) fn earlier_tail(due: &Due, seen: &[u8]) -> Option<Clue> {
    let (mut buffer, mut predicted, mut has_tail) = (Vec::new(), due.lead.clone(), false);
    for text in &due.texts {
        let tail = buffer.split_off(text.len().min(buffer.len()));
        buffer = [text, &tail[..]].concat();
        predicted.extend_from_slice(&due.before);
        let from = predicted.len();
        predicted.extend_from_slice(&buffer);
        if seen.get(from..).is_some_and(|rest| rest.starts_with(&buffer)) && !tail.is_empty() {
            has_tail = true;
        } else {
            // This text has none, for example because a part of the buffer was cleared.
            predicted.truncate(from + text.len());
        }
        predicted.extend_from_slice(&due.behind);
    }
    (has_tail && due.shows(seen, &predicted)).then_some(Clue::EarlierTail)
}

/// How far the bytes are as they should be.
fn right(due: &Due, seen: &[u8]) -> usize {
    due.all().iter().zip(seen).take_while(|(a, b)| a == b).count()
}

/// Long texts come in pieces of one size, or end after so many bytes.
pub(super) fn pieces(due: &Due, seen: &[u8]) -> Option<Clue> {
    // The first difference is where the first long text is cut, or a little behind that, if the next bytes happen to be equal.
    let right = right(due, seen);
    let (mut from, mut place) = (due.lead.len(), None);
    for text in &due.texts {
        from += due.before.len();
        if right <= from + text.len() {
            place = right.checked_sub(from);
            break;
        }
        from += text.len() + due.behind.len();
    }
    let place = place?;
    (1..=place).rev().take(8).find_map(|size| {
        let texts: Vec<Vec<u8>> = due.texts.iter().flat_map(|text| text.chunks(size)).map(<[u8]>::to_vec).collect();
        if texts.len() > due.texts.len() && due.shows(seen, &due.with(&texts)) {
            return Some(Clue::PiecesOf(size));
        }
        let is_cut = due.texts.iter().any(|text| text.len() <= size) || due.texts.iter().filter(|text| text.len() > size).count() > 1;
        let cut = due.changed(|text| text[..text.len().min(size)].to_vec());
        (is_cut && due.shows(seen, &cut)).then_some(Clue::CutAt(size))
    })
}

/// The first text comes again and again, or each text comes twice.
pub(super) fn repeats(due: &Due, seen: &[u8]) -> Option<Clue> {
    let first = due.texts.first().filter(|text| !text.is_empty())?;
    let twice: Vec<Vec<u8>> = due.texts.iter().flat_map(|text| [text.clone(), text.clone()]).collect();
    if due.shows(seen, &due.with(&twice)) {
        return Some(Clue::Twice);
    }
    let message = [&due.before[..], first, &due.behind].concat();
    let rest = seen.strip_prefix(&due.lead[..])?;
    let count = rest.chunks_exact(message.len()).take_while(|chunk| *chunk == message).count();
    let is_due = due.texts.iter().take_while(|text| *text == first).count();
    (count > is_due + 1 && right(due, seen) < due.lead.len() + count * message.len()).then_some(Clue::Repeats)
}

/// The length of each text in front of it: as a number of one to eight bytes, or as digits.
pub(super) fn length_first(due: &Due, seen: &[u8]) -> Option<Clue> {
    let wide = |len: usize| (len as u64).to_be_bytes();
    let narrow = |len: usize| (len as u64).to_le_bytes();
    let digits = |len: usize| len.to_string().into_bytes();
    let mut forms: Vec<Box<dyn Fn(usize) -> Vec<u8>>> = Vec::new();
    for size in [1, 2, 4, 8] {
        forms.push(Box::new(move |len| wide(len)[8 - size..].to_vec()));
        forms.push(Box::new(move |len| narrow(len)[..size].to_vec()));
    }
    for mark in ["", ":", " ", "\n"] {
        forms.push(Box::new(move |len| [&digits(len)[..], mark.as_bytes()].concat()));
    }
    forms.iter().any(|form| due.shows(seen, &due.changed(|text| [&form(text.len())[..], text].concat()))).then_some(Clue::LengthFirst)
}

/// The same text in front of or behind each text.
pub(super) fn affix(due: &Due, seen: &[u8]) -> Option<Clue> {
    let first = due.texts.first().filter(|text| !text.is_empty())?;
    let rest = seen.strip_prefix(&due.lead[..])?;
    let message =
        |text: &[u8], front: &[u8], inside: &[u8], behind: &[u8]| [front, &due.before, inside, text, behind, &due.behind].concat();
    let predicted = |front: &[u8], inside: &[u8], behind: &[u8]| {
        let all: Vec<u8> = due.texts.iter().flat_map(|text| message(text, front, inside, behind)).collect();
        [&due.lead[..], &all].concat()
    };
    let shows = |predicted: &[u8]| seen.starts_with(predicted) && predicted != due.all();
    // In front of the prefix, or between the prefix and the text.
    let start = find(rest, &[&due.before[..], first].concat()).filter(|&at| at > 0 && at <= AFFIX);
    if let Some(front) = start.map(|at| &rest[..at])
        && shows(&predicted(front, b"", b""))
    {
        return Some(Clue::InFront(excerpt(front, QUOTED)));
    }
    let behind_prefix = rest.strip_prefix(&due.before[..])?;
    let inside = find(behind_prefix, first).filter(|&at| at <= AFFIX).map(|at| &behind_prefix[..at])?;
    let behind_text = &behind_prefix[inside.len() + first.len()..];
    // Behind the text: up to where the line must end, and the next text begins.
    let next = due.texts.get(1).map(|next| [&due.behind[..], &due.before, inside, next].concat());
    let end = match &next {
        Some(next) => find(behind_text, next),
        None if due.behind.is_empty() => Some(behind_text.len()),
        None => find(behind_text, &due.behind),
    };
    let behind = &behind_text[..end.filter(|&at| at <= AFFIX).unwrap_or(0)];
    if !shows(&predicted(b"", inside, behind)) || inside.is_empty() && behind.is_empty() {
        return None;
    }
    Some(if behind.is_empty() { Clue::InFront(excerpt(inside, QUOTED)) } else { Clue::Behind(excerpt(behind, QUOTED)) })
}

/// Several texts in one line, or one text in several lines. Only a server has lines.
pub(super) fn joined(due: &Due, seen: &[u8]) -> Option<Clue> {
    if due.before.is_empty() {
        return None;
    }
    let rest = seen.strip_prefix(&due.lead[..])?.strip_prefix(&due.before[..])?.strip_suffix(&due.behind[..])?;
    let between = [&due.behind[..], &due.before].concat();
    let texts = split(rest, &between);
    let as_due = |texts: &[&[u8]]| texts.concat() == due.texts.concat();
    match texts.len() {
        len if len < due.texts.len() && as_due(&texts) => Some(Clue::Joined),
        len if len > due.texts.len() && bare(&texts.concat()) == bare(&due.texts.concat()) => Some(Clue::Split),
        _ => None,
    }
}

/// Each text lacks the white space around it.
pub(super) fn trimmed(due: &Due, seen: &[u8]) -> Option<Clue> {
    let is = |trim: fn(&[u8]) -> &[u8]| due.shows(seen, &due.changed(|text| trim(text).to_vec()));
    let is_trimmed = is(<[u8]>::trim_ascii) || is(<[u8]>::trim_ascii_start) || is(<[u8]>::trim_ascii_end);
    is_trimmed.then_some(Clue::WhiteSpace)
}

/// Each text is empty.
pub(super) fn emptied(due: &Due, seen: &[u8]) -> Option<Clue> {
    let is_clear = !due.before.is_empty() && due.texts.iter().any(|text| !text.is_empty());
    (is_clear && due.shows(seen, &due.changed(|_| Vec::new()))).then_some(Clue::Emptied)
}

/// Some bytes are missing, here and there, and all others are in order.
pub(super) fn lost(due: &Due, seen: &[u8]) -> Option<Clue> {
    let mut left = seen.iter().peekable();
    for byte in due.all() {
        left.next_if_eq(&&byte);
    }
    (left.peek().is_none() && seen.len() > 1).then_some(Clue::Lost)
}

/// A part in the middle is missing, or was added.
pub(super) fn middle(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all = due.all();
    let before = all.iter().zip(seen).take_while(|(a, b)| a == b).count();
    let behind = all.iter().rev().zip(seen.iter().rev()).take_while(|(a, b)| a == b).count();
    let shorter = all.len().min(seen.len());
    match before + behind >= shorter && before > 0 && behind > 0 {
        true if seen.len() < all.len() => Some(Clue::Gap(all.len() - seen.len())),
        true if seen.len() > all.len() => {
            let added = seen.len() - all.len();
            let from = before.min(seen.len() - added);
            Some(Clue::Added(excerpt(&seen[from..from + added], QUOTED)))
        }
        _ => None,
    }
}

/// The bytes differ in white space only.
pub(super) fn white_space(due: &Due, seen: &[u8]) -> Option<Clue> {
    let (all, seen) = (bare(&due.all()), bare(seen));
    (!seen.is_empty() && all == seen).then_some(Clue::WhiteSpace)
}

/// Something is missing at the end, or there is more.
pub(super) fn position(due: &Due, seen: &[u8]) -> Option<Clue> {
    let all = due.all();
    if let Some(more) = seen.strip_prefix(&all[..]) {
        let message = |text: &[u8]| [&due.before[..], text, &due.behind].concat();
        return Some(match () {
            () if !due.token.is_empty() && more == message(&due.token) => Clue::TokenToo,
            () if !due.before.is_empty() && more == message(b"") => Clue::EmptyToo,
            () if !due.lead.is_empty() && more.starts_with(&due.lead) => Clue::Twice,
            () => Clue::TextToo,
        });
    }
    if let Some(first) = seen.strip_suffix(&all[..]).filter(|_| !all.is_empty()) {
        let is_line = first.ends_with(b"\n");
        return Some(if is_line { Clue::LineFirst } else { Clue::TextFirst(excerpt(first, QUOTED)) });
    }
    if !all.starts_with(seen) {
        return None;
    }
    let mut len = due.lead.len();
    if seen.len() < len {
        return Some(Clue::CutShort);
    }
    for (count, text) in due.texts.iter().enumerate() {
        match seen.len() {
            at if at == len && count == 1 && due.texts.len() > 2 => return Some(Clue::FirstOnly),
            at if at == len && count > 0 && count + 1 == due.texts.len() => return Some(Clue::LastMissing),
            at if at == len => return Some(Clue::Missing),
            at if at < len => return Some(Clue::CutShort),
            _ => len += due.before.len() + text.len() + due.behind.len(),
        }
    }
    Some(Clue::CutShort)
}

/// The bytes without their white space.
fn bare(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|&byte| !is_space(byte)).collect()
}

fn split<'a>(bytes: &'a [u8], between: &[u8]) -> Vec<&'a [u8]> {
    let (mut parts, mut rest) = (Vec::new(), bytes);
    while let Some(at) = find(rest, between) {
        parts.push(&rest[..at]);
        rest = &rest[at + between.len()..];
    }
    parts.push(rest);
    parts
}
