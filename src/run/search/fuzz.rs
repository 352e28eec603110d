//! Generators of random conversations and dialogues. They prefer input that often breaks programs.

use crate::model::oracle;
use crate::run::search::conversation::{Conversation, END_COMMANDS, Ending, Pacing, without_nuls};
use crate::run::search::dialogue::{self, Dialogue, Network};
use crate::spec::dialect::{Dialect, Values};
use crate::spec::role::Role;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// The case with this seed and number. It is the same on all machines and for any number of workers.
pub fn case(seed: u64, number: u64, course: &Arc<Dialect>, subject: Role) -> Conversation {
    draw(seed, number, &conversation(course, subject))
}

/// The case with this seed and number for two programs.
pub fn pair_case(seed: u64, number: u64, course: &Arc<Dialect>) -> Dialogue {
    draw(seed, number, &dialogue(course))
}

fn draw<T: Debug>(seed: u64, number: u64, strategy: &BoxedStrategy<T>) -> T {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let tree = strategy.new_tree(&mut runner);
    tree.expect("the strategies reject nothing").current()
}

/// A random conversation with this subject.
pub fn conversation(course: &Arc<Dialect>, subject: Role) -> BoxedStrategy<Conversation> {
    // Long and silent conversations take time and seldom fail. So 3 % are long, and 1 % have a silence.
    let (pieces, pacing, ending) = match subject {
        Role::Server => (
            prop_oneof![50 => stream(&course.token, message_fragment(course)), 47 => whole_messages(&course.token), 3 => many_messages()]
                .boxed(),
            prop_oneof![3 => Just(Pacing::Lockstep), 1 => Just(Pacing::Burst)].boxed(),
            prop_oneof![4 => Just(Ending::Eof), 3 => Just(Ending::Token), 1 => Just(Ending::Reset)].boxed(),
        ),
        Role::Client => (
            prop_oneof![50 => stream(&course.token, input_fragment(&course.token)), 47 => whole_lines(&course.token), 3 => many_lines()]
                .boxed(),
            Just(Pacing::Lockstep).boxed(),
            prop_oneof![Just(Ending::Eof), Just(Ending::Token)].boxed(),
        ),
    };
    let is_silent = prop_oneof![99 => Just(false), 1 => Just(true)];
    let is_timed = prop_oneof![5 => Just(false), 1 => Just(true)];
    let (all, course) = ((pieces, pacing, is_silent, is_timed, ending), course.clone());
    all.prop_map(move |(pieces, pacing, is_silent, is_timed, ending)| {
        let course = course.clone();
        Conversation { course, subject, pieces, pacing, is_silent, is_timed, ending }
    })
    .boxed()
}

/// A stream with random cuts.
fn stream<F: Strategy<Value = Vec<u8>>>(token: &[u8], fragment: F) -> impl Strategy<Value = Vec<Vec<u8>>> + use<F> {
    let token = token.to_vec();
    (proptest::collection::vec(fragment, 0..9), cuts())
        .prop_map(move |(fragments, cuts)| cut(&without_token_before_nul(&token, fragments.concat()), &cuts))
}

/// Messages that arrive whole. Some are repeated.
fn whole_messages(token: &[u8]) -> impl Strategy<Value = Vec<Vec<u8>>> + use<> {
    let several = prop_oneof![4 => text(), 1 => one_of(&["  ", "\t", "\n", "\r\n"]), 1 => random_bytes(), 1 => one_of(SPECIAL_TEXTS)];
    let message = prop_oneof![
        8 => of_length(BUFFER_SIZES),
        6 => one_of(END_COMMANDS),
        2 => near_token(token),
        2 => proptest::collection::vec(several, 1..5).prop_map(|fragments| without_nuls(&fragments.concat())),
        2 => one_of(COMMAND_PREFIXES),
        2 => one_of(REQUESTS),
        2 => one_of(SPECIAL_TEXTS),
        1 => (1..=255u8).prop_map(|byte| vec![byte]),
    ];
    let token = token.to_vec();
    with_repetitions(message, 1..24).prop_map(move |messages| {
        // The token would end the conversation.
        let messages = messages.into_iter().filter(|message| *message != token);
        // The longest messages do not fit into one segment.
        messages.flat_map(|message| cut(&message, &Cuts::Nowhere)).collect()
    })
}

/// A list with `count` elements, some of which are repeated in a row.
fn with_repetitions(one: impl Strategy<Value = Vec<u8>>, count: Range<usize>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let times = prop_oneof![9 => Just(1_usize), 1 => 2..6_usize];
    proptest::collection::vec((one, times), count)
        .prop_map(|all| all.into_iter().flat_map(|(one, times)| std::iter::repeat_n(one, times)).collect())
}

/// More messages than any fixed array is likely to hold.
fn many_messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    (MANY, 1..4_usize).prop_map(|(count, length)| (0..count).map(|i| format!("{i:0length$}").into_bytes()).collect())
}

/// Lines of words. Each line is typed whole.
fn whole_lines(token: &[u8]) -> impl Strategy<Value = Vec<Vec<u8>>> + use<> {
    let word = prop_oneof![
        8 => of_length(BUFFER_SIZES),
        6 => one_of(END_COMMANDS),
        2 => near_token(token),
        2 => text(),
        2 => one_of(COMMAND_PREFIXES),
        2 => one_of(SPECIAL_TEXTS),
        1 => (1..=255u8).prop_map(|byte| vec![byte]),
    ]
    // The token would end the conversation.
    .prop_map({
        let token = token.to_vec();
        move |word| if oracle::words(&word).any(|word| word == token) { [&token[..], b"s"].concat() } else { word }
    });
    let few = with_repetitions(word, 1..6).prop_map(|words| words.join(&b' '));
    let many = (1..200_usize, text()).prop_map(|(count, text)| vec![text; count].join(&b' '));
    let line =
        (prop_oneof![12 => few, 1 => many], one_of(&["\n", "\n", "\n", "\r\n", "\t\n"])).prop_map(|(line, end)| [line, end].concat());
    proptest::collection::vec(line, 1..9).prop_map(|lines| lines.iter().flat_map(|line| cut(line, &Cuts::Nowhere)).collect())
}

/// More words than any fixed array is likely to hold, typed at once.
fn many_lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    MANY.prop_map(|count| vec![(0..count).flat_map(|i| format!("{i}\n").into_bytes()).collect()])
}

/// A large number of messages or words. Some limits only show with more than 2,000.
const MANY: Range<usize> = 2050..2150;

/// A random dialogue.
pub fn dialogue(course: &Arc<Dialect>) -> BoxedStrategy<Dialogue> {
    use dialogue::Ending;
    // A program may end its word at a NUL, or not, so a long stream would have too many right outputs.
    let input = proptest::collection::vec(input_fragment(&course.token), 0..9).prop_map(|fragments| without_nuls(&fragments.concat()));
    let relayed = prop_oneof![2 => Just(None), 4 => Just(Some(Pacing::Lockstep)), 1 => Just(Some(Pacing::Burst))];
    let ending = prop_oneof![
        4 => Just(Ending::Token),
        3 => Just(Ending::Eof),
        1 => Just(Ending::ClientKilled),
        1 => Just(Ending::ServerKilled),
    ];
    let course = course.clone();
    (input, cuts(), relayed, cuts(), ending)
        .prop_map(move |(input, typing, relayed, relaying, ending)| {
            let stream: Vec<u8> = oracle::words(&input).flatten().copied().collect();
            let lengths = cut(&stream, &relaying).iter().map(Vec::len).collect();
            let network = relayed.map_or(Network::Loopback, |pacing| Network::Relay(pacing, lengths));
            Dialogue { course: course.clone(), typed: cut(&input, &typing), network, ending }
        })
        .boxed()
}

/// Where a stream is cut.
#[derive(Clone, Debug)]
enum Cuts {
    Nowhere,
    Somewhere(Vec<Index>),
    Everywhere,
}

fn cuts() -> impl Strategy<Value = Cuts> {
    prop_oneof![
        2 => Just(Cuts::Nowhere),
        6 => proptest::collection::vec(any::<Index>(), 1..8).prop_map(Cuts::Somewhere),
        1 => Just(Cuts::Everywhere),
    ]
}

fn cut(stream: &[u8], cuts: &Cuts) -> Vec<Vec<u8>> {
    // More cuts take time and find no other faults.
    const MOST: usize = 64;
    // Fits into one segment, with some reserve.
    const LONGEST: usize = 16_000;
    let mut positions: Vec<usize> = match cuts {
        _ if stream.is_empty() => return Vec::new(),
        Cuts::Nowhere => Vec::new(),
        Cuts::Somewhere(indices) => indices.iter().map(|index| index.index(stream.len())).collect(),
        Cuts::Everywhere => (1..stream.len().min(MOST)).collect(),
    };
    positions.extend((LONGEST..stream.len()).step_by(LONGEST));
    positions.extend([0, stream.len()]);
    positions.sort_unstable();
    positions.dedup();
    positions.windows(2).map(|pair| stream[pair[0]..pair[1]].to_vec()).collect()
}

/// Replaces each NUL after the token. A program may accept `exit\0…` as the token (a MAY rule), so the end would not be known.
fn without_token_before_nul(token: &[u8], mut stream: Vec<u8>) -> Vec<u8> {
    for at in token.len()..stream.len() {
        if stream[at] == 0 && stream[..at].ends_with(token) {
            stream[at] = 1;
        }
    }
    stream
}

fn one_of<T: AsRef<[u8]> + Debug + ?Sized>(texts: &'static [&'static T]) -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(texts).prop_map(|text| text.as_ref().to_vec())
}

/// The token and similar texts.
fn near_token(token: &[u8]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let (len, half) = (token.len(), token.len() / 2);
    let (upper, behind) = (token.to_ascii_uppercase(), |text: &[u8]| [token, text].concat());
    let all = [
        token.to_vec(),
        token.to_vec(),
        token[..len.saturating_sub(1)].to_vec(),
        token[..half].to_vec(),
        token[half..].to_vec(),
        token[len.saturating_sub(1)..].to_vec(),
        behind(b"s"),
        upper.clone(),
        [&upper[..1.min(len)], &token[1.min(len)..]].concat(),
        [&token[..1.min(len)], token].concat(),
        behind(b"\n"),
        behind(b"\r\n"),
        [b" ", token].concat(),
        behind(b" "),
        behind(token),
        b"quit".to_vec(),
    ];
    prop::sample::select(all.to_vec())
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof!["[a-z]{1,8}", "[!-~]{1,8}"].prop_map(String::into_bytes)
}

/// Characters of several bytes, some of which Unicode normalisation changes, and texts with a meaning for terminals, printf or HTML.
#[rustfmt::skip]
const SPECIAL_TEXTS: &[&str] = &[
    "é", "中", "文字", "😀", "e\u{301}", "\u{feff}", "\u{feff}a", "\u{212a}", "\u{fb01}", "Ａ", "ｱ",
    "\u{1b}[0m", "%s%n", "\\n", "\"a\"", "a'b", "<b>", "&amp;",
];

/// Lengths around the usual sizes of buffers: round numbers and powers of two.
const BUFFER_SIZES: &[usize] = &[
    9, 10, 11, 15, 16, 17, 19, 20, 21, 31, 32, 33, 49, 50, 51, 63, 64, 65, 79, 80, 81, 98, 99, 100, 101, 127, 128, 129, 199, 200, 201, 249,
    250, 255, 256, 257, 499, 500, 511, 512, 513, 900, 998, 999, 1000, 1001, 1023, 1024, 1025, 1500, 1999, 2000, 2001, 2047, 2048, 2049,
    4095, 4096, 4097, 5000, 8191, 8192, 8193, 16_000, 65_535, 65_536, 65_537,
];

/// Texts that begin like a comment, an option or a command.
const COMMAND_PREFIXES: &[&[u8]] =
    &[b"#a", b"# a", b"//a", b";a", b"--a", b"-n", b"/me", b"!a", b"$HOME", b"~", b"@a", b"*", b"=1", b"\\a"];

/// Requests that other servers answer.
const REQUESTS: &[&[u8]] = &[b"?", b"help", b"ping", b"PING", b"time", b"list", b"hello", b"hi", b"GET / HTTP/1.0\r\n\r\n"];

/// Random bytes. NUL is rare, because it ends C strings.
fn random_bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![40 => 1..=255u8, 1 => Just(0u8)], 1..6)
}

/// The letter `x`, repeated to one of these lengths.
fn of_length(sizes: &'static [usize]) -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(sizes).prop_map(|size| vec![b'x'; size])
}

/// A fragment of a stream of messages.
fn message_fragment(course: &Dialect) -> impl Strategy<Value = Vec<u8>> + use<> {
    let course = course.filled(&Values::default(), 1);
    let line = course.message(b"a");
    prop_oneof![
        6 => near_token(&course.token),
        3 => text(),
        2 => one_of(SPECIAL_TEXTS),
        2 => random_bytes(),
        1 => one_of(END_COMMANDS),
        2 => one_of(&["\n", "\r\n", " ", "\t", "\n\n"]),
        2 => Just(course.prefix.clone()),
        1 => Just(line),
        1 => Just(course.server_greeting.clone()),
        1 => of_length(&[99, 100, 255, 256, 511, 512, 998, 999, 1000, 1001, 1023, 1024, 1999, 2000, 2001, 4096, 8192]),
    ]
}

/// A fragment of the input of a client.
fn input_fragment(token: &[u8]) -> impl Strategy<Value = Vec<u8>> + use<> {
    prop_oneof![
        5 => near_token(token),
        3 => text(),
        2 => one_of(SPECIAL_TEXTS),
        2 => random_bytes(),
        1 => one_of(END_COMMANDS),
        8 => one_of(&[" ", "\n", "\n", "\n", "\t", "\r\n", "\u{b}", "\u{c}", "\r", "  ", "\n\n", " \t\r\n "]),
        1 => one_of(&["\u{a0}", "\u{3000}", "\u{85}", "\u{2003}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{1f}"]),
        1 => of_length(&[98, 99, 100, 101, 127, 128, 250, 255, 256, 1000, 1024, 4095, 4096, 5000]),
    ]
}
