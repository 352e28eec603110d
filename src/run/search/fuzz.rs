//! Random conversations, made of what breaks programs.

use crate::model::oracle;
use crate::run::search::conversation::{Conversation, ENDINGS, Ending, Pacing};
use crate::run::search::dialogue::{self, Dialogue, Network};
use crate::spec::dialect::{Dialect, TOKEN};
use crate::spec::role::Role;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt::Debug;
use std::ops::Range;

/// The case of this number under this seed: the same conversation on any machine, however many workers there are.
pub fn case(seed: u64, number: u64, subject: Role) -> Conversation {
    draw(seed, number, &conversation(subject))
}

/// The same for two programs.
pub fn pair_case(seed: u64, number: u64) -> Dialogue {
    draw(seed, number, &dialogue())
}

fn draw<T: Debug>(seed: u64, number: u64, strategy: &BoxedStrategy<T>) -> T {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let tree = strategy.new_tree(&mut runner);
    tree.expect("the strategies reject nothing").current()
}

/// Every conversation with this subject.
pub fn conversation(subject: Role) -> BoxedStrategy<Conversation> {
    // Three in a hundred are long, and one is silent: such mistakes are rare, and such conversations take time.
    let pieces = match subject {
        Role::Server => prop_oneof![50 => stream(message_atom()), 47 => messages(), 3 => many_messages()].boxed(),
        Role::Client => prop_oneof![50 => stream(typed_atom()), 47 => lines(), 3 => many_lines()].boxed(),
    };
    let is_silent = prop_oneof![99 => Just(false), 1 => Just(true)];
    let is_timed = prop_oneof![5 => Just(false), 1 => Just(true)];
    let pacing = if subject == Role::Server {
        prop_oneof![3 => Just(Pacing::Lockstep), 1 => Just(Pacing::Burst)].boxed()
    } else {
        Just(Pacing::Lockstep).boxed()
    };
    let ending = match subject {
        Role::Server => prop_oneof![4 => Just(Ending::Eof), 3 => Just(Ending::Token), 1 => Just(Ending::Reset)].boxed(),
        Role::Client => prop_oneof![Just(Ending::Eof), Just(Ending::Token)].boxed(),
    };
    (pieces, pacing, is_silent, is_timed, ending)
        .prop_map(move |(pieces, pacing, is_silent, is_timed, ending)| Conversation {
            subject,
            pieces,
            pacing,
            is_silent,
            is_timed,
            ending,
        })
        .boxed()
}

/// A stream, cut anywhere.
fn stream(atom: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    (proptest::collection::vec(atom, 0..9), cuts()).prop_map(|(atoms, cuts)| cut(&without_hidden_tokens(atoms.concat()), &cuts))
}

/// Messages that are whole, some of them several times.
fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let several = prop_oneof![4 => text(), 1 => one_of(&["  ", "\t", "\n", "\r\n"]), 1 => raw(), 1 => characters()];
    let message = prop_oneof![
        8 => filling(SIZES),
        6 => one_of(ENDINGS),
        2 => near_token(),
        2 => proptest::collection::vec(several, 1..5).prop_map(|atoms| without_nul(atoms.concat())),
        2 => one_of(BEGINNINGS),
        2 => one_of(QUESTIONS),
        2 => characters(),
        1 => (1..=255u8).prop_map(|byte| vec![byte]),
    ];
    some_several_times(message, 1..24).prop_map(|messages| {
        // Where the token is, the conversation ends.
        let messages = messages.into_iter().filter(|message| message != TOKEN);
        // The longest do not fit in one segment. A NUL in a long stream would leave too many ways to explain what is printed.
        messages.flat_map(|message| cut(&message, &Cuts::Nowhere)).collect()
    })
}

/// So many of these, some of which come several times in a row.
fn some_several_times(one: impl Strategy<Value = Vec<u8>>, count: Range<usize>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let times = prop_oneof![9 => Just(1_usize), 1 => 2..6_usize];
    proptest::collection::vec((one, times), count)
        .prop_map(|all| all.into_iter().flat_map(|(one, times)| std::iter::repeat_n(one, times)).collect())
}

/// More messages than any round number.
fn many_messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    (MANY, 1..4_usize).prop_map(|(count, length)| (0..count).map(|i| format!("{i:0length$}").into_bytes()).collect())
}

/// Lines of words.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let word = prop_oneof![
        8 => filling(SIZES),
        6 => one_of(ENDINGS),
        2 => near_token(),
        2 => text(),
        2 => one_of(BEGINNINGS),
        2 => characters(),
        1 => (1..=255u8).prop_map(|byte| vec![byte]),
    ]
    // Where the token is, the conversation ends.
    .prop_map(|word| if oracle::words(&word).any(|word| word == TOKEN) { b"exits".to_vec() } else { word });
    let few = some_several_times(word, 1..6).prop_map(|words| words.join(&b' '));
    let many = (1..200_usize, text()).prop_map(|(count, text)| vec![text; count].join(&b' '));
    let line =
        (prop_oneof![12 => few, 1 => many], one_of(&["\n", "\n", "\n", "\r\n", "\t\n"])).prop_map(|(line, end)| [line, end].concat());
    proptest::collection::vec(line, 1..9).prop_map(|lines| {
        let lines = lines.into_iter().flat_map(|line| cut(&line, &Cuts::Nowhere));
        lines.collect()
    })
}

/// More words than any round number, typed at once.
fn many_lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    MANY.prop_map(|count| vec![(0..count).flat_map(|i| format!("{i}\n").into_bytes()).collect()])
}

/// How many messages or words are many: more than 2,000, of which something may come only then.
const MANY: Range<usize> = 2050..2150;

/// Every dialogue.
pub fn dialogue() -> BoxedStrategy<Dialogue> {
    use dialogue::Ending;
    // Whether a word ends at its first NUL is left to each program.
    let input = proptest::collection::vec(typed_atom(), 0..9).prop_map(|atoms| without_nul(atoms.concat()));
    let relayed = prop_oneof![2 => Just(None), 4 => Just(Some(Pacing::Lockstep)), 1 => Just(Some(Pacing::Burst))];
    let ending = prop_oneof![
        4 => Just(Ending::Token),
        3 => Just(Ending::Eof),
        1 => Just(Ending::ClientKilled),
        1 => Just(Ending::ServerKilled),
    ];
    (input, cuts(), relayed, cuts(), ending)
        .prop_map(|(input, typing, relayed, relaying, ending)| {
            let stream: Vec<u8> = oracle::words(&input).flatten().copied().collect();
            let lengths = cut(&stream, &relaying).iter().map(Vec::len).collect();
            let network = relayed.map_or(Network::Loopback, |pacing| Network::Relay(pacing, lengths));
            Dialogue { typed: cut(&input, &typing), network, ending }
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
    // More cuts take more time, and show nothing new.
    const MOST: usize = 64;
    // What one segment holds, and some reserve.
    const LONGEST: usize = 16_000;
    let mut places: Vec<usize> = match cuts {
        _ if stream.is_empty() => return Vec::new(),
        Cuts::Nowhere => Vec::new(),
        Cuts::Somewhere(indices) => indices.iter().map(|index| index.index(stream.len())).collect(),
        Cuts::Everywhere => (1..stream.len().min(MOST)).collect(),
    };
    places.extend((LONGEST..stream.len()).step_by(LONGEST));
    places.extend([0, stream.len()]);
    places.sort_unstable();
    places.dedup();
    places.windows(2).map(|pair| stream[pair[0]..pair[1]].to_vec()).collect()
}

/// Whether `exit\0…` is the token is left to each program (the MAY rules), and so would be where the conversation ends.
fn without_hidden_tokens(mut stream: Vec<u8>) -> Vec<u8> {
    for at in TOKEN.len()..stream.len() {
        if stream[at] == 0 && stream[..at].ends_with(TOKEN) {
            stream[at] = 1;
        }
    }
    stream
}

fn without_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = 1);
    bytes
}

fn one_of<T: AsRef<[u8]> + Debug + ?Sized>(texts: &'static [&'static T]) -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(texts).prop_map(|text| text.as_ref().to_vec())
}

/// The token and what is nearly the token.
fn near_token() -> impl Strategy<Value = Vec<u8>> {
    one_of(&[
        "exit", "exit", "exi", "ex", "it", "t", "exits", "EXIT", "Exit", "eexit", "exit\n", "exit\r\n", " exit", "exit ", "exitexit",
        "quit",
    ])
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof!["[a-z]{1,8}", "[!-~]{1,8}"].prop_map(String::into_bytes)
}

/// Characters of several bytes, such as normalisation changes among them, and what is a command to a terminal or to printf.
fn characters() -> impl Strategy<Value = Vec<u8>> {
    one_of(&[
        "é",
        "中",
        "文字",
        "😀",
        "e\u{301}",
        "\u{feff}",
        "\u{feff}a",
        "\u{212a}",
        "\u{fb01}",
        "Ａ",
        "ｱ",
        "\u{1b}[0m",
        "%s%n",
        "\\n",
        "\"a\"",
        "a'b",
        "<b>",
        "&amp;",
    ])
}

/// Lengths at which something may go wrong: buffers are as long as round numbers and powers of two.
const SIZES: &[usize] = &[
    9, 10, 11, 15, 16, 17, 19, 20, 21, 31, 32, 33, 49, 50, 51, 63, 64, 65, 79, 80, 81, 98, 99, 100, 101, 127, 128, 129, 199, 200, 201, 249,
    250, 255, 256, 257, 499, 500, 511, 512, 513, 900, 998, 999, 1000, 1001, 1023, 1024, 1025, 1500, 1999, 2000, 2001, 2047, 2048, 2049,
    4095, 4096, 4097, 5000, 8191, 8192, 8193, 16_000, 65_535, 65_536, 65_537,
];

/// What begins as a comment, an option or a command does elsewhere.
const BEGINNINGS: &[&[u8]] = &[b"#a", b"# a", b"//a", b";a", b"--a", b"-n", b"/me", b"!a", b"$HOME", b"~", b"@a", b"*", b"=1", b"\\a"];

/// What other servers answer.
const QUESTIONS: &[&[u8]] = &[b"?", b"help", b"ping", b"PING", b"time", b"list", b"hello", b"hi", b"GET / HTTP/1.0\r\n\r\n"];

/// Any byte; a NUL is what C strings end at, and no more than a rare visitor.
fn raw() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![40 => 1..=255u8, 1 => Just(0u8)], 1..6)
}

fn filling(sizes: &'static [usize]) -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(sizes).prop_map(|size| vec![b'x'; size])
}

/// What messages are made of.
fn message_atom() -> impl Strategy<Value = Vec<u8>> {
    let dialect = Dialect::tutorial();
    let line = dialect.message(b"a");
    prop_oneof![
        6 => near_token(),
        3 => text(),
        2 => characters(),
        2 => raw(),
        1 => one_of(ENDINGS),
        2 => one_of(&["\n", "\r\n", " ", "\t", "\n\n"]),
        2 => Just(dialect.prefix),
        1 => Just(line),
        1 => Just(dialect.server_greeting),
        1 => filling(&[99, 100, 255, 256, 511, 512, 998, 999, 1000, 1001, 1023, 1024, 1999, 2000, 2001, 4096, 8192]),
    ]
}

/// What input is made of.
fn typed_atom() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        5 => near_token(),
        3 => text(),
        2 => characters(),
        2 => raw(),
        1 => one_of(ENDINGS),
        8 => one_of(&[" ", "\n", "\n", "\n", "\t", "\r\n", "\u{b}", "\u{c}", "\r", "  ", "\n\n", " \t\r\n "]),
        1 => one_of(&["\u{a0}", "\u{3000}", "\u{85}", "\u{2003}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{1f}"]),
        1 => filling(&[98, 99, 100, 101, 127, 128, 250, 255, 256, 1000, 1024, 4095, 4096, 5000]),
    ]
}
