//! Random conversations, made of what breaks programs.

use crate::conversation::{Conversation, Ending, Pacing};
use crate::dialect::{Dialect, TOKEN};
use crate::dialogue::{self, Dialogue, Network};
use crate::oracle;
use crate::transcript::Role;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The case of this number under this seed: the same conversation on any machine, however many workers there are.
pub fn case(seed: u64, number: u64, subject: Role) -> Conversation {
    draw(seed, number, &conversation(subject))
}

/// The same for two programs.
pub fn pair_case(seed: u64, number: u64) -> Dialogue {
    draw(seed, number, &dialogue())
}

fn draw<T: std::fmt::Debug>(seed: u64, number: u64, strategy: &BoxedStrategy<T>) -> T {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let tree = strategy.new_tree(&mut runner);
    tree.expect("the strategies reject nothing").current()
}

/// Every conversation with this subject.
pub fn conversation(subject: Role) -> BoxedStrategy<Conversation> {
    let atom = if subject == Role::Server { message_atom().boxed() } else { typed_atom().boxed() };
    let stream = proptest::collection::vec(atom, 0..9).prop_map(|atoms| atoms.concat());
    let pacing = if subject == Role::Server {
        prop_oneof![3 => Just(Pacing::Lockstep), 1 => Just(Pacing::Burst)].boxed()
    } else {
        Just(Pacing::Lockstep).boxed()
    };
    let ending = match subject {
        Role::Server => prop_oneof![4 => Just(Ending::Eof), 3 => Just(Ending::Token), 1 => Just(Ending::Reset)].boxed(),
        Role::Client => prop_oneof![Just(Ending::Eof), Just(Ending::Token)].boxed(),
    };
    (stream, cuts(), pacing, ending)
        .prop_map(move |(stream, cuts, pacing, ending)| Conversation {
            subject,
            pieces: cut(&without_hidden_tokens(stream), &cuts),
            pacing,
            ending,
        })
        .boxed()
}

/// Every dialogue.
pub fn dialogue() -> BoxedStrategy<Dialogue> {
    use dialogue::Ending;
    // Whether a word ends at its first NUL is left to each program.
    let input = proptest::collection::vec(typed_atom(), 0..9).prop_map(|atoms| {
        let mut input = atoms.concat();
        input.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = 1);
        input
    });
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

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(texts).prop_map(|text| text.as_bytes().to_vec())
}

/// The token and what is nearly the token.
fn near_token() -> impl Strategy<Value = Vec<u8>> {
    one_of(&[
        "exit", "exit", "exi", "ex", "it", "t", "exits", "EXIT", "Exit", "eexit", "exit\n", "exit\r\n", " exit", "exit ", "exitexit",
        "quit",
    ])
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-z]{1,8}".prop_map(String::into_bytes),
        one_of(&["é", "中", "文字", "😀", "e\u{301}", "\u{feff}", "%s%n", "\\", "\"", "'", "\u{1b}[0m"])
    ]
}

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
        5 => text(),
        2 => raw(),
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
        5 => text(),
        2 => raw(),
        8 => one_of(&[" ", "\n", "\n", "\n", "\t", "\r\n", "\u{b}", "\u{c}", "\r", "  ", "\n\n", " \t\r\n "]),
        1 => one_of(&["\u{a0}", "\u{3000}", "\u{85}", "\u{2003}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{1f}"]),
        1 => filling(&[98, 99, 100, 101, 127, 128, 250, 255, 256, 1000, 1024, 4095, 4096, 5000]),
    ]
}
