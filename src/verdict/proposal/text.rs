//! What is fixed in texts that were seen several times, and what is a message or a value.

use super::time::without_times;
use crate::spec::bytes::find;
use crate::spec::dialect::{Form, Hole, Values, replaced};

/// The form in which each of these words gave its text. None if no form does.
pub(super) fn form(pairs: &[(Vec<u8>, Vec<u8>)]) -> Option<Form> {
    let padding = padding(pairs)?;
    let with_texts = |change: fn(&[u8], &[u8]) -> Vec<u8>| -> Vec<(Vec<u8>, Vec<u8>)> {
        pairs.iter().map(|(word, text)| (word.clone(), change(word, without_nuls(text)))).collect()
    };
    let form = form_without_nuls(&with_texts(|_, text| text.to_vec()))
        .or_else(|| form_without_nuls(&with_texts(|word, text| with_length(text, word.len()))))?;
    Some(match padding {
        Padding::None => form,
        Padding::Nul if form.hole == Hole::None => Form { before: [&form.before[..], b"\0"].concat(), ..form },
        Padding::Nul => Form { behind: [&form.behind[..], b"\0"].concat(), ..form },
        Padding::To(padding) => Form { padding, ..form },
    })
}

/// The NULs behind a text.
enum Padding {
    None,
    /// One, whatever the length of the text.
    Nul,
    /// As many as make the text so long.
    To(usize),
}

/// The NULs behind all these texts. None if no form has them.
fn padding(pairs: &[(Vec<u8>, Vec<u8>)]) -> Option<Padding> {
    let texts = || pairs.iter().map(|(_, text)| &text[..]);
    let nuls = |text: &[u8]| text.len() - without_nuls(text).len();
    let len = texts().next()?.len();
    match () {
        () if texts().all(|text| nuls(text) == 0) => Some(Padding::None),
        () if texts().all(|text| nuls(text) == 1) => Some(Padding::Nul),
        () if texts().all(|text| nuls(text) > 0 && text.len() == len) => Some(Padding::To(len)),
        () => None,
    }
}

/// The text without the NULs at its end.
pub(super) fn without_nuls(text: &[u8]) -> &[u8] {
    &text[..text.iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1)]
}

/// The text with the mark of `{len}` in place of each number that is the length of the message.
pub(super) fn with_length(text: &[u8], len: usize) -> Vec<u8> {
    let len = len.to_string();
    let piece = |piece: Vec<u8>| if piece == len.as_bytes() { Values::mark("len").unwrap_or_default().to_vec() } else { piece };
    pieces(text).into_iter().flat_map(piece).collect()
}

/// The same for texts that have no NULs behind them.
fn form_without_nuls(pairs: &[(Vec<u8>, Vec<u8>)]) -> Option<Form> {
    let [(word, text), ..] = pairs else { return None };
    if pairs.iter().all(|(_, text)| text.is_empty()) {
        return Some(Form::default());
    }
    let holes = [(Hole::Message, word.clone()), (Hole::UpperCase, word.to_ascii_uppercase())];
    for (hole, word) in holes {
        let mut from = 0;
        while let Some(at) = find(&text[from..], &word).map(|at| from + at) {
            let form = Form { before: text[..at].to_vec(), hole, behind: text[at + word.len()..].to_vec(), padding: 0 };
            let is_of = |word: &[u8], text: &[u8]| {
                let hole = if hole == Hole::Message { word.to_vec() } else { word.to_ascii_uppercase() };
                [&form.before, &hole, &form.behind].into_iter().flatten().eq(text)
            };
            if pairs.iter().all(|(word, text)| is_of(word, text)) {
                return Some(form);
            }
            from = at + 1;
        }
    }
    pairs.iter().all(|(_, other)| other == text).then(|| Form::fixed(text))
}

/// What is known of the connection to which a text belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// Which client it is since the server was started.
    pub(super) count: usize,
    /// The port of the client.
    pub(super) port: u16,
}

/// A text with marks in place of its values, and whether a number in it differs for no known reason. Such a number has the mark of `{any}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) text: Vec<u8>,
    pub(super) has_unknown_number: bool,
}

/// The template of a text that was seen on several connections. None if the texts differ in more than numbers.
pub(super) fn template(seen: &[(Facts, Vec<u8>)]) -> Option<Template> {
    let texts: Vec<Vec<Vec<u8>>> = seen.iter().map(|(facts, text)| pieces(&with_address(text, *facts))).collect();
    let first = texts.first()?;
    let mut template = Template::default();
    for (i, piece) in first.iter().enumerate() {
        let all: Vec<&Vec<u8>> = texts.iter().map(|pieces| pieces.get(i)).collect::<Option<_>>()?;
        if all.iter().all(|other| *other == piece) {
            template.text.extend_from_slice(piece);
            continue;
        }
        let numbers: Vec<usize> = all.iter().map(|piece| str::from_utf8(piece).ok()?.parse().ok()).collect::<Option<_>>()?;
        let are_counts = numbers.iter().zip(seen).all(|(number, (facts, _))| *number == facts.count);
        // A descriptor is a small number. The process may use a number again when its connection was closed.
        let name = match numbers.iter().max() {
            _ if are_counts => "n",
            Some(3..1024) => "fd",
            _ => {
                template.has_unknown_number = true;
                "any"
            }
        };
        template.text.extend_from_slice(Values::mark(name).unwrap_or_default());
    }
    texts.iter().all(|pieces| pieces.len() == first.len()).then_some(template)
}

/// The text with marks for the address of the client, and for times of day.
pub(super) fn with_address(text: &[u8], facts: Facts) -> Vec<u8> {
    let mark = |name| Values::mark(name).unwrap_or_default();
    let text = replaced(&without_times(text), b"127.0.0.1", mark("ip"));
    let port = facts.port.to_string();
    pieces(&text).iter().flat_map(|piece| if *piece == port.as_bytes() { mark("port").to_vec() } else { piece.clone() }).collect()
}

/// The numbers of a text, and what is between them.
fn pieces(text: &[u8]) -> Vec<Vec<u8>> {
    text.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).map(<[u8]>::to_vec).collect()
}

/// A number in this text that may be the descriptor of a connection: a small one, beside the standard streams and the listener.
pub(super) fn like_a_descriptor(text: &[u8]) -> Option<u8> {
    let number = |piece: Vec<u8>| str::from_utf8(&piece).ok()?.parse().ok();
    pieces(text).into_iter().filter_map(number).find(|number| (4..=9).contains(number))
}

/// Whether a file of a dialect can hold this text, as one that is printed.
pub(super) fn is_expressible(text: &[u8]) -> bool {
    let without_values = Values::named(text);
    str::from_utf8(&without_values).is_ok() && !without_values.contains(&0) && Values::any_ends(text)
}

/// Whether a file of a dialect can hold this text, as one that is sent: it may have NULs at its end.
pub(super) fn is_expressible_on_the_wire(text: &[u8]) -> bool {
    let plain = without_nuls(text);
    let has_known_length = !Values::are_in(plain) || text.len() < plain.len() + 2;
    is_expressible(plain) && !Values::has_any(plain) && has_known_length
}

#[cfg(test)]
mod tests {
    use crate::spec::dialect::{Form, Hole};
    use crate::verdict::proposal::text::{Facts, form, template};

    fn around(before: &[u8], behind: &[u8]) -> Form {
        Form { before: before.to_vec(), hole: Hole::Message, behind: behind.to_vec(), padding: 0 }
    }

    #[track_caller]
    fn check(texts: [&str; 3], expected: Option<&Form>) {
        let pairs = ["alpha", "omegbeta", "Gamma7"].into_iter().zip(texts);
        let pairs: Vec<_> = pairs.map(|(word, text)| (word.into(), text.into())).collect();
        assert_eq!(form(&pairs).as_ref(), expected, "{texts:?}");
    }

    #[test]
    fn the_word_is_found_in_its_text() {
        check(["", "", ""], Some(&Form::default()));
        check(["ok", "ok", "ok"], Some(&Form::fixed(b"ok")));
        check(["> alpha\n", "> omegbeta\n", "> Gamma7\n"], Some(&around(b"> ", b"\n")));
        check(["ALPHA", "OMEGBETA", "GAMMA7"], Some(&Form { hole: Hole::UpperCase, ..Form::default() }));
        check(["alphabet: alpha", "alphabet: omegbeta", "alphabet: Gamma7"], Some(&around(b"alphabet: ", b"")));
        check(["7 alpha", "7 omegbeta", "9 Gamma7"], None);
    }

    #[test]
    fn a_text_may_have_the_length_of_the_word_and_nuls() {
        check(["5 alpha", "8 omegbeta", "6 Gamma7"], Some(&around(b"\0l ", b"")));
        check(["5\n", "8\n", "6\n"], Some(&Form::fixed(b"\0l\n")));
        check(["alpha\0", "omegbeta\0", "Gamma7\0"], Some(&around(b"", b"\0")));
        check(["ok\0", "ok\0", "ok\0"], Some(&Form::fixed(b"ok\0")));
        check(["alpha\0\0\0\0\0", "omegbeta\0\0", "Gamma7\0\0\0\0"], Some(&Form { padding: 10, ..around(b"", b"") }));
        check(["alpha\0\0", "omegbeta\0\0", "Gamma7\0\0"], None);
    }

    #[test]
    fn values_are_known_by_comparing_connections() {
        let on = |count, port, text: &str| (Facts { count, port }, text.as_bytes().to_vec());
        let seen = [
            on(1, 40_001, "1: 127.0.0.1:40001 on 4, room 9\n"),
            on(2, 50_002, "2: 127.0.0.1:50002 on 5, room 9\n"),
            on(3, 40_003, "3: 127.0.0.1:40003 on 5, room 9\n"),
        ];
        assert_eq!(template(&seen).expect("a template").text, b"\0n: \0i:\0p on \0f, room 9\n");
        let thread = [on(1, 1, "thread 140234\n"), on(2, 2, "thread 140235\n")];
        let thread = template(&thread).expect("a template");
        assert_eq!((&thread.text[..], thread.has_unknown_number), (&b"thread \0a\n"[..], true));
        assert_eq!(template(&[on(1, 1, "a\n"), on(2, 2, "b\n")]), None);
    }
}
