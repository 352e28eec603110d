//! The oracle, compared with brute force. It must accept every output that some cut of the stream explains, and no other output.

use proptest::prelude::*;
use sockspec::model::oracle::{Ending, Question, Token, explain, words};
use sockspec::spec::dialect::TokenMatch;
use std::collections::HashSet;

/// A random conversation. Its alphabet is so small that messages often imitate prefixes, line ends and tokens.
#[derive(Clone, Debug)]
struct Conversation {
    sent: Vec<u8>,
    boundaries: Vec<usize>,
    prefix: Vec<u8>,
    line_end: Vec<u8>,
    token: Vec<u8>,
    matching: TokenMatch,
    is_printed: bool,
    is_in_capitals: bool,
    max_piece: Option<usize>,
    ending: Ending,
    c_strings: bool,
}

impl Conversation {
    fn question<'a>(&'a self, shown: &'a [u8]) -> Question<'a> {
        Question {
            sent: &self.sent,
            shown,
            boundaries: &self.boundaries,
            prefix: &self.prefix,
            line_end: &self.line_end,
            token: Token { text: &self.token, matching: self.matching, is_printed: self.is_printed },
            max_piece: self.max_piece,
            ending: self.ending,
            c_strings: self.c_strings,
        }
    }

    fn shown(&self, bytes: &[u8]) -> Vec<u8> {
        if self.is_in_capitals { bytes.to_ascii_uppercase() } else { bytes.to_vec() }
    }

    /// Every possible output, found by trying every cut.
    fn outputs(&self) -> HashSet<Vec<u8>> {
        let mut outputs = HashSet::new();
        self.cut(0, &[], &mut outputs);
        outputs
    }

    fn cut(&self, from: usize, printed: &[u8], outputs: &mut HashSet<Vec<u8>>) {
        if self.ending == Ending::Reset || self.ending == Ending::Stream && from == self.sent.len() {
            outputs.insert(printed.to_owned());
        }
        for to in from + 1..=self.sent.len() {
            let is_whole = self.boundaries.iter().all(|&boundary| boundary <= from || boundary >= to);
            if !is_whole || self.max_piece.is_some_and(|max| to - from > max) {
                continue;
            }
            let piece = &self.sent[from..to];
            let piece = if self.c_strings { piece.split(|&byte| byte == 0).next().unwrap_or_default() } else { piece };
            let with_piece = [printed, &self.prefix, &self.shown(piece), &self.line_end].concat();
            if !self.matching.is_met(&self.token, piece) {
                self.cut(to, &with_piece, outputs);
            } else if self.is_printed {
                outputs.insert(with_piece);
            } else {
                outputs.insert(printed.to_owned());
            }
        }
    }
}

fn bytes(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop::sample::select(&b"abA\n"[..]), len)
}

fn with_nuls(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop::sample::select(&b"aabbA\n\0"[..]), len)
}

fn conversation() -> impl Strategy<Value = Conversation> {
    let line_end = prop_oneof![3 => Just(b"\n".to_vec()), 1 => bytes(0..3)];
    let ending = prop_oneof![Just(Ending::Stream), Just(Ending::Reset), Just(Ending::Token)];
    let matching = prop_oneof![
        4 => Just(TokenMatch::Whole),
        1 => Just(TokenMatch::Newline),
        1 => Just(TokenMatch::Trimmed),
        1 => Just(TokenMatch::AnyCase),
        1 => Just(TokenMatch::Prefix),
    ];
    // A token is one word.
    let token = proptest::collection::vec(prop::sample::select(&b"abA"[..]), 0..3);
    let server = (bytes(0..3), line_end, token, matching, any::<(bool, bool)>(), proptest::option::of(1usize..5), any::<bool>());
    (with_nuls(0..9), server, ending, any::<u16>()).prop_map(
        |(sent, (prefix, line_end, token, matching, (is_printed, is_in_capitals), max_piece, c_strings), ending, mask)| {
            let boundaries = (1..sent.len()).filter(|i| mask & mask >> 8 & 1 << i != 0).collect();
            Conversation { sent, boundaries, prefix, line_end, token, matching, is_printed, is_in_capitals, max_piece, ending, c_strings }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_output_of_some_cut_is_accepted(conversation in conversation()) {
        for output in conversation.outputs() {
            prop_assert_eq!(explain(&conversation.question(&conversation.shown(&conversation.sent)), &output), Ok(()), "{:?}", output);
        }
    }

    #[test]
    fn an_output_that_no_cut_explains_is_refused(conversation in conversation(), other in bytes(0..16), at in any::<prop::sample::Index>(), change in 0..4) {
        let outputs = conversation.outputs();
        // Outputs that are nearly possible find more mistakes than random ones.
        let mut nearly = outputs.iter().min_by_key(|output| (output.len(), (*output).clone())).cloned().unwrap_or_default();
        let at = at.index(nearly.len() + 1);
        match change {
            0 => nearly.insert(at, b'a'),
            1 => nearly.truncate(at),
            2 => nearly.extend(&conversation.line_end),
            _ => nearly = other,
        }
        let is_possible = explain(&conversation.question(&conversation.shown(&conversation.sent)), &nearly).is_ok();
        prop_assert_eq!(is_possible, outputs.contains(&nearly), "{:?}", nearly);
    }
}

fn server<'a>(sent: &'a [u8], boundaries: &'a [usize]) -> Question<'a> {
    Question {
        sent,
        shown: sent,
        boundaries,
        prefix: "收到客户端信息：".as_bytes(),
        line_end: b"\n",
        token: Token { text: b"exit", matching: TokenMatch::Whole, is_printed: false },
        max_piece: None,
        ending: Ending::Stream,
        c_strings: false,
    }
}

#[test]
fn the_token_ends_the_server_only_as_a_whole_piece() {
    assert_eq!(explain(&server(b"exit", &[]), b""), Ok(()));
    assert_eq!(explain(&server(b"aexit", &[]), "收到客户端信息：a\n".as_bytes()), Ok(()));
    assert_eq!(explain(&server(b"aexit", &[]), "收到客户端信息：aexit\n".as_bytes()), Ok(()));
    assert!(explain(&server(b"exit", &[]), "收到客户端信息：exit\n".as_bytes()).is_err());
    assert!(explain(&server(b"exit", &[2]), b"").is_err());
}

#[test]
fn a_server_that_ended_early_has_received_the_token() {
    let early = |sent| explain(&Question { ending: Ending::Token, ..server(sent, &[]) }, "收到客户端信息：a\n".as_bytes());
    assert_eq!(early(b"aexit"), Ok(()));
    assert!(early(b"a").is_err() && early(b"ab").is_err());
}

#[test]
fn every_cut_of_the_input_gives_the_same_words() {
    let typed = b" ab\t\x0bexit\x0c\rc\x1cd\xc2\xa0e\n";
    assert_eq!(words(typed).collect::<Vec<_>>(), [&b"ab"[..], b"exit", b"c\x1cd\xc2\xa0e"]);
    assert_eq!(words(b" \n").count() + words(b"").count(), 0);
}

#[test]
fn a_witnessed_boundary_is_a_cut() {
    let joined = "收到客户端信息：ab\n".as_bytes();
    assert_eq!(explain(&server(b"ab", &[]), joined), Ok(()));
    assert!(explain(&server(b"ab", &[1]), joined).is_err());
}

/// Checks how much of the output and of the stream the best explanation covers, and what could have followed.
#[track_caller]
fn falls_short(question: &Question<'_>, printed: &str, (explained, consumed): (&str, usize), possible: &str) {
    let message = |text: &str| text.replace('>', "收到客户端信息：");
    let shortfall = explain(question, message(printed).as_bytes()).expect_err("impossible");
    assert_eq!((shortfall.explained, shortfall.consumed), (message(explained).len(), consumed));
    assert_eq!(shortfall.possible, possible);
}

#[test]
fn a_shortfall_reports_the_longest_explained_output() {
    falls_short(&server(b"", &[]), "x", ("", 0), "nothing more");
    falls_short(&server(b"a", &[]), "x", ("", 0), "the beginning of another message");
    falls_short(&server(b"ab", &[]), ">a\n", (">a\n", 1), "the beginning of another message");
    falls_short(&server(b"a", &[]), ">a\n>\n", (">a\n>", 1), "nothing more");
    falls_short(&server(b"abc", &[]), ">ab\n>x\n", (">ab\n>", 2), r#""c", which was sent next"#);
    falls_short(&server(b"ab", &[1]), ">ab\n", (">a", 1), "the end of the line");
    let alphabet = b"abcdefghijklmnopqrstuvwxyz";
    falls_short(&server(alphabet, &[]), ">ax\n", (">a", 1), r#""bcdefghijklmnopq", which was sent next, or the end of the line"#);
    falls_short(
        &server(alphabet, &[]),
        ">abcdefghijklmnopqrstu",
        (">abcdefghijklmnopqrstu", 21),
        r#""vwxyz", which was sent next, or the end of the line"#,
    );
}

#[test]
fn a_shortfall_with_nuls_reports_the_longest_explained_output() {
    let server = |sent| Question { c_strings: true, ..server(sent, &[]) };
    falls_short(&server(b"ab\0"), ">ax\n", (">a", 1), r#""b\x00", which was sent next, or the end of the line"#);
    falls_short(&server(b"a\0bc"), ">a\n>bx\n", (">a\n>b", 3), r#""c", which was sent next, or the end of the line"#);
    falls_short(&server(b"a\0"), "x", ("", 0), "the beginning of another message");
}

#[test]
fn messages_that_imitate_lines_take_no_cubic_time() {
    // In the number of line ends, quadratic work is some million steps here. Cubic work would be billions.
    let imitation = "\n收到客户端信息：".repeat(2000);
    let sent = imitation.as_bytes();
    let printed: Vec<u8> = sent.chunks(1000).flat_map(|piece| ["收到客户端信息：".as_bytes(), piece, b"\n"].concat()).collect();
    assert_eq!(explain(&server(sent, &[]), &printed), Ok(()));
    assert!(explain(&server(sent, &[]), &printed[..printed.len() - 1]).is_err());
}

#[test]
fn bare_replies_take_linear_time() {
    // Every byte of a bare reply can end a piece. Linear work is some hundred thousand steps here. Quadratic work would be some billions.
    let sent = [b'x'; 200_000];
    for max_piece in [None, Some(1), Some(1000)] {
        let question = Question { prefix: b"", line_end: b"", max_piece, ..server(&sent, &[]) };
        assert_eq!(explain(&question, &sent), Ok(()));
        let wrong = [&sent[1..], b"y"].concat();
        let shortfall = explain(&question, &wrong).expect_err("impossible");
        assert_eq!((shortfall.explained, shortfall.consumed), (sent.len() - 1, sent.len() - 1));
    }
}
