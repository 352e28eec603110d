//! Smoke scenarios: the first look at a subject. They tell whether it takes part at all, and learn how it speaks, so that one with a
//! greeting of its own breaks the rule about the greeting, and not all rules.

use crate::bytes::Bytes;
use crate::dialect::Dialect;
use crate::judge::judge;
use crate::rule::Rule;
use crate::stage::Seen;
use crate::transcript::{End, Peer, Role, Scenario, Step, Transcript, Wire};
use crate::verdict::{Finding, Verdict};

/// What was learned of a subject.
#[derive(Clone, Debug)]
pub struct Learned {
    /// How it speaks.
    pub dialect: Dialect,
    /// Why it cannot be judged any further, if it cannot.
    pub refusal: Option<Refusal>,
}

/// A subject that takes no part.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The rule that this breaks, which all others presuppose.
    pub rule: &'static Rule,
    /// What it did instead.
    pub finding: Finding,
    /// The scenario in which it did.
    pub scenario: Scenario,
    /// What was seen of it.
    pub seen: Seen,
}

/// Two words of the same length that share no letter's place with each other.
const WORDS: [&[u8]; 2] = [b"alpha", b"omegb"];

/// Learns, by letting `play` play a few short conversations.
///
/// # Errors
/// Those of `play`.
pub fn learn<E>(role: Role, mut play: impl FnMut(&Scenario) -> Result<Seen, E>) -> Result<Learned, E> {
    let tutorial = Dialect::tutorial();
    let first = smoke(role, &[]);
    let seen = play(&first)?;
    if let Some(refusal) = refusal(role, &first, &seen) {
        return Ok(Learned { dialect: tutorial, refusal: Some(refusal) });
    }
    let with_words = play(&smoke(role, &WORDS))?;
    let dialect = match role {
        Role::Server => server(&seen, &with_words),
        Role::Client => client(&with_words),
    };
    Ok(Learned { dialect: dialect.unwrap_or(tutorial), refusal: None })
}

/// A conversation of these words, in the tutorial's dialect.
fn smoke(role: Role, words: &[&[u8]]) -> Scenario {
    let dialect = Dialect::tutorial();
    let mut steps = vec![Step::Wire(Peer::Client, Wire::Connect)];
    let (rule, title) = match role {
        Role::Server => {
            steps.push(Step::Printed(role, Bytes::literal(&dialect.server_greeting)));
            for word in words {
                steps.push(Step::Wire(Peer::Client, Wire::Bytes(Bytes::literal(word))));
                steps.push(Step::Printed(role, Bytes::literal(&dialect.message(word))));
            }
            steps.push(Step::Wire(Peer::Client, Wire::Fin));
            ("server/eof", "a client connects and goes")
        }
        Role::Client => {
            steps.push(Step::Printed(role, Bytes::literal(&dialect.client_greeting)));
            for word in words.iter().copied().chain([crate::dialect::TOKEN]) {
                steps.push(Step::Typed(Bytes::literal(&[word, b"\n"].concat())));
                steps.push(Step::Wire(Peer::Client, Wire::Bytes(Bytes::literal(word))));
            }
            ("client/exit-token", "somebody types, and ends")
        }
    };
    steps.push(Step::Ends(role, End::Exits(0)));
    let rule = Rule::find(rule).expect("the table of rules has it");
    Scenario { comments: Vec::new(), title: title.into(), rule, givens: Vec::new(), transcript: Transcript { steps } }
}

/// Whether the subject took part at all.
fn refusal(role: Role, scenario: &Scenario, seen: &Seen) -> Option<Refusal> {
    let id = if role == Role::Server { "server/listen" } else { "client/connect" };
    let rule = Rule::find(id).expect("the table of rules has it");
    let scenario = Scenario { rule, ..scenario.clone() };
    // A client that connects too often takes part.
    let took_part = seen.transcript.steps.contains(&Step::Wire(Peer::Client, Wire::Connect));
    if took_part && seen.trouble.is_none() {
        return None;
    }
    let finding = judge(&scenario, seen, &Dialect::tutorial());
    (finding.verdict != Verdict::Pass).then(|| Refusal { rule, finding, scenario, seen: seen.clone() })
}

/// All that was printed.
fn printed(seen: &Seen) -> Vec<u8> {
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    seen.transcript.steps.iter().filter_map(text).flatten().collect()
}

/// Takes `greeting farewell` and `greeting (prefix word line-end) × 2 farewell` apart.
///
/// The four unknowns have three equations: the line end decides, and is taken to be a newline where it can be one.
fn server(silent: &Seen, talking: &Seen) -> Option<Dialect> {
    let (without, with) = (printed(silent), printed(talking));
    let first = find(&with, WORDS[0])?;
    let second = first + find(&with[first..], WORDS[1])?;
    let before = &with[..first];
    let between = &with[first + WORDS[0].len()..second];
    let after = &with[second + WORDS[1].len()..];
    [&b"\n"[..], b"\r\n", b""].into_iter().find_map(|line_end| {
        let prefix = between.strip_prefix(line_end)?;
        let greeting = before.strip_suffix(prefix)?;
        let farewell = after.strip_prefix(line_end)?;
        // With nothing between two messages there is nothing to tell them apart by: such a server prints all in one.
        let is_told_apart = !prefix.is_empty() || !line_end.is_empty();
        (is_told_apart && [greeting, farewell].concat() == without).then(|| Dialect {
            server_greeting: greeting.to_vec(),
            prefix: prefix.to_vec(),
            line_end: line_end.to_vec(),
            farewell: farewell.to_vec(),
            ..Dialect::tutorial()
        })
    })
}

/// Finds what a client sends behind each word, and what it printed before anything was typed.
fn client(seen: &Seen) -> Option<Dialect> {
    let sent: Vec<u8> = seen
        .transcript
        .steps
        .iter()
        .filter_map(|step| if let Step::Wire(Peer::Client, Wire::Bytes(b)) = step { Some(b.to_vec()) } else { None })
        .flatten()
        .collect();
    let rest = sent.strip_prefix(WORDS[0])?;
    let delimiter = &rest[..find(rest, WORDS[1])?];
    let mut dialect = Dialect::tutorial();
    if sent.starts_with(&[WORDS[0], delimiter, WORDS[1], delimiter].concat()) {
        dialect.delimiter = delimiter.to_vec();
    }
    let greeting = seen.transcript.steps.iter().take_while(|step| !matches!(step, Step::Typed(_)));
    let greeting: Vec<u8> =
        greeting.filter_map(|step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None }).flatten().collect();
    if !greeting.is_empty() {
        dialect.client_greeting = greeting;
    }
    Some(dialect)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
