//! Reading the notation. The grammar is closed (no loops, variables, regular expressions) and every mistake names its place.

use super::{Control, End, Given, Peer, SIGNALS, Scenario, Step, Transcript, Wire};
use crate::spec::bytes::{Bytes, Item, MAX_LEN, is_printable};
use crate::spec::role::{Part, Role};
use crate::spec::rule::{RULES, Rule};
use crate::spec::suggest::nearest;
use std::fmt;
use std::num::IntErrorKind;
use std::str::Utf8Error;

/// The largest segment that one write delivers whole to one recv, in bytes. From the next byte on, loopback sometimes cuts it in two
/// (half of its largest segment, measured on Linux 6.18).
const MAX_SEGMENT: usize = 32_741;

/// A mistake in a text that somebody wrote: where it is, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// The file, by the name under which it was opened.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The character of that line, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The line itself.
    pub source_line: String,
}

impl ParseError {
    /// What is wrong with a file that is no text.
    pub(crate) fn no_text(file: &str, bytes: &[u8], error: Utf8Error) -> Self {
        let at = error.valid_up_to();
        let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length);
        Self {
            file: file.to_owned(),
            line: bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1,
            message: format!(
                "the byte \\x{:02x} does not belong here: a scenario is UTF-8, and \\xHH in quotes stands for any other byte",
                bytes[at]
            ),
            source_line: String::from_utf8_lossy(&bytes[start..end]).into_owned(),
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, source_line } = self;
        // A line of a foreign file may be long, and may hold anything: what is shown of it is short, and each character has its column.
        const WINDOW: usize = 100;
        let skipped = column.saturating_sub(WINDOW * 3 / 4);
        let shown: String = source_line.chars().skip(skipped).take(WINDOW).map(|c| if is_printable(c) { c } else { '\u{b7}' }).collect();
        // A wide character takes two columns of the terminal, and so must the space under it.
        let indent: String = shown.chars().take(column - 1 - skipped).map(|c| if is_wide(c) { "  " } else { " " }).collect();
        let margin = " ".repeat(line.to_string().len());
        write!(f, "{file}:{line}:{column}: {message}\n{margin} |\n{line} | {shown}\n{margin} | {indent}^")
    }
}

/// Whether a terminal gives a character two columns.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}')
}

/// A mistake before it is known in which line of which file.
struct Mistake {
    /// In bytes from the line's beginning.
    at: usize,
    message: String,
}

type Parsed<T> = Result<T, Mistake>;

fn mistake<T>(at: usize, message: impl Into<String>) -> Parsed<T> {
    Err(Mistake { at, message: message.into() })
}

impl Transcript {
    /// Reads steps alone, as `Display` writes them.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut lines = Lines::new("transcript", text);
        let mut steps = Vec::new();
        while let Some(line) = lines.next()? {
            steps.push(lines.check(step(line))?);
        }
        Ok(Self { steps })
    }
}

impl Bytes {
    /// Reads a byte string alone, as `Display` writes it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut lines = Lines::new("bytes", text);
        // It is no file: its line has no end.
        (lines.number, lines.line) = (1, text);
        lines.check(Text { line: text, at: 0 }.bytes_to_end())
    }
}

impl Scenario {
    /// Reads a whole file; `file` is its name in error messages.
    ///
    /// # Errors
    /// The first mistake. Text that would mean something else when written again is one, so that there is one way to write each thing.
    pub fn parse(file: &str, text: &str) -> Result<Self, ParseError> {
        let mut lines = Lines::new(file, text);
        let mut comments = Vec::new();
        let mut line = lines.due("`title: ` and what the scenario shows")?;
        while let Some(comment) = line.strip_prefix('#') {
            lines.check(match comment.strip_prefix(' ') {
                Some(text) if !text.trim().is_empty() && text.trim_end() == text => Ok(()),
                None if comment.is_empty() => Ok(()),
                _ => mistake(1, "a comment is `# ` and its text, or `#` alone, without white space at its end"),
            })?;
            comments.push(comment.strip_prefix(' ').unwrap_or("").to_owned());
            line = lines.due("`title: ` and what the scenario shows")?;
        }
        let title = lines.check(keyword(line, "title: "))?.to_owned();
        if title.trim() != title || title.is_empty() {
            return Err(
                lines.error(&Mistake { at: "title: ".len(), message: "the title is a few words, without white space around them".into() })
            );
        }
        line = lines.due("`rule: ` and the rule that is checked")?;
        let rule = lines.check(keyword(line, "rule: ").and_then(rule_named))?;
        let mut givens = Vec::new();
        line = lines.due("an empty line, and then the steps")?;
        while let Ok(given) = keyword(line, "given: ") {
            let at = "given: ".len();
            let known = [Given::PortTaken, Given::PortClosed].into_iter().find(|known| known.to_string() == given);
            let Some(known) = known else {
                return Err(lines.error(&Mistake { at, message: "what can be given is `port taken` or `port closed`".into() }));
            };
            if rule.subject() == Part::Pair {
                return Err(lines.error(&Mistake { at: 0, message: "two programs talk to each other here: nothing else is given".into() }));
            }
            if !givens.is_empty() {
                return Err(lines.error(&Mistake { at: 0, message: "the port is either taken or closed: one `given:` is enough".into() }));
            }
            givens.push(known);
            line = lines.due("an empty line, and then the steps")?;
        }
        if !line.is_empty() {
            return Err(lines.error(&Mistake { at: 0, message: "expected an empty line between the head and the steps".into() }));
        }
        let mut steps = Vec::new();
        while let Some(line) = lines.next()? {
            let parsed = step(line).and_then(|step| fits(&step, rule.subject()).map_or(Ok(step), |message| mistake(0, message)));
            steps.push(lines.check(parsed)?);
        }
        if steps.is_empty() {
            return Err(lines.error(&Mistake { at: 0, message: "the steps are missing: a conversation has at least one".into() }));
        }
        Ok(Self { comments, title, rule, givens, transcript: Transcript { steps } })
    }
}

/// The lines of a text, one after the other.
struct Lines<'a> {
    file: &'a str,
    rest: &'a str,
    number: usize,
    line: &'a str,
}

impl<'a> Lines<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, rest: text, number: 0, line: "" }
    }

    /// The next line, without its end; `None` after the last.
    fn next(&mut self) -> Result<Option<&'a str>, ParseError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let Some((line, rest)) = self.rest.split_once('\n') else {
            self.line = self.rest;
            return Err(self.error(&Mistake { at: self.rest.len(), message: "the last line does not end with a newline".into() }));
        };
        (self.line, self.rest) = (line, rest);
        if self.number == 1 && line.starts_with('\u{feff}') {
            let message = "the file begins with a byte-order mark: save it as UTF-8 without one".into();
            return Err(self.error(&Mistake { at: 0, message }));
        }
        if let Some(stripped) = line.strip_suffix('\r') {
            return Err(
                self.error(&Mistake { at: stripped.len(), message: "this line ends as on Windows, with \\r\\n: write \\n alone".into() })
            );
        }
        Ok(Some(line))
    }

    /// The next line, which must be there.
    fn due(&mut self, what: &str) -> Result<&'a str, ParseError> {
        match self.next()? {
            Some(line) => Ok(line),
            None => {
                (self.number, self.line) = (self.number + 1, "");
                Err(self.error(&Mistake { at: 0, message: format!("the file ends here: expected {what}") }))
            }
        }
    }

    fn check<T>(&self, parsed: Parsed<T>) -> Result<T, ParseError> {
        parsed.map_err(|mistake| self.error(&mistake))
    }

    fn error(&self, mistake: &Mistake) -> ParseError {
        ParseError {
            file: self.file.to_owned(),
            line: self.number,
            column: self.line[..mistake.at].chars().count() + 1,
            message: mistake.message.clone(),
            source_line: self.line.to_owned(),
        }
    }
}

fn keyword<'a>(line: &'a str, word: &str) -> Parsed<&'a str> {
    line.strip_prefix(word).map_or_else(|| mistake(0, format!("expected `{word}`")), Ok)
}

fn rule_named(id: &str) -> Parsed<&'static Rule> {
    match Rule::find(id) {
        Some(rule) => Ok(rule),
        None => mistake("rule: ".len(), format!("there is no rule of this name{}", nearest(id, RULES.iter().map(|rule| rule.id)))),
    }
}

/// Reads one step, and insists on the one way to write it.
fn step(line: &str) -> Parsed<Step> {
    let step = lenient_step(line)?;
    let canonical = step.to_string();
    if canonical == line {
        return Ok(step);
    }
    let at = line.char_indices().zip(canonical.chars()).find(|((_, a), b)| a != b).map_or(line.len().min(canonical.len()), |((i, _), _)| i);
    // A long line would bury the place that matters.
    let from = canonical[..at].char_indices().rev().nth(20).map_or(0, |(i, _)| i);
    let shown: String = canonical[from..].chars().take(60).collect();
    mistake(at, format!("there is one way to write each step; here it is `{}{shown}`", if from > 0 { "…" } else { "" }))
}

fn lenient_step(line: &str) -> Parsed<Step> {
    const FORMS: &str = "a step is one of `client: …`, `client< …`, `server> …`, `server! …`, `server exits N`, `start server` (fixtures/README.md lists them all)";
    if line.trim().is_empty() {
        return mistake(0, "no empty lines between steps");
    }
    if line.starts_with('#') {
        return mistake(0, "comments stand at the beginning of the file, before the title");
    }
    if line == "silence" {
        return Ok(Step::Silence);
    }
    let word = line.split([' ', ':', '>', '<', '!']).next().unwrap_or(line);
    let rest_at = word.len();
    let rest = &line[rest_at..];
    let control = match word {
        "start" => Some(Control::Start),
        "kill" => Some(Control::Kill),
        "stop" => Some(Control::Stop),
        "continue" => Some(Control::Continue),
        _ => None,
    };
    if let Some(control) = control {
        return match rest {
            " server" => Ok(Step::Control(control, Role::Server)),
            " client" => Ok(Step::Control(control, Role::Client)),
            _ => mistake(rest_at, format!("expected `{control} server` or `{control} client`")),
        };
    }
    let peer = match word {
        "client" => Peer::Client,
        "client2" => Peer::Client2,
        "server" => Peer::Server,
        "relay" => Peer::Relay,
        _ => return mistake(0, FORMS),
    };
    let text = |mark: &str| Text { line, at: rest_at + mark.len() };
    if rest.starts_with(": ") {
        return wire(peer, text(": "));
    }
    let Some(role) = peer.role() else {
        let whom = if peer == Peer::Relay { "a relay" } else { "a second client" };
        return mistake(rest_at, format!("of {whom} only what it does on the wire is known: `{peer}: …`"));
    };
    if rest.starts_with("> any cut of ") {
        Ok(Step::PrintedAnyCut(role, text("> any cut of ").bytes_to_end()?))
    } else if rest.starts_with("> ") {
        Ok(Step::Printed(role, text("> ").bytes_to_end()?))
    } else if rest.starts_with("! ") {
        let mut text = text("! ");
        let bytes = text.bytes()?;
        match text.rest() {
            "…" => Ok(Step::Complained(role, bytes)),
            _ => mistake(text.at, "expected `…`: other text may follow on that line of stderr"),
        }
    } else if rest.starts_with("< ") && role == Role::Client {
        let text = text("< ");
        if text.rest() == "eof" { Ok(Step::TypedEof) } else { Ok(Step::Typed(text.bytes_to_end()?)) }
    } else if rest.starts_with(' ') {
        state(role, text(" "))
    } else {
        mistake(rest_at, FORMS)
    }
}

fn wire(peer: Peer, text: Text<'_>) -> Parsed<Step> {
    let wire = match text.rest() {
        "pause" if peer == Peer::Server => return Ok(Step::Pause),
        "resume" if peer == Peer::Server => return Ok(Step::Resume),
        "connect" if matches!(peer, Peer::Client | Peer::Client2) => Wire::Connect,
        "fin" => Wire::Fin,
        "reset" => Wire::Reset,
        "closes" if peer != Peer::Relay => Wire::Closes,
        rest if rest.starts_with("burst ") => Wire::Burst(Text { at: text.at + "burst ".len(), ..text }.bytes_to_end()?),
        rest if rest.starts_with('"') => Wire::Bytes(text.bytes_to_end()?),
        _ => {
            let own = match peer {
                Peer::Server => "pause, resume, fin, reset, closes",
                Peer::Relay => "fin, reset",
                _ => "connect, fin, reset, closes",
            };
            return mistake(text.at, format!("expected {own}, a string in quotes, or `burst` and a string"));
        }
    };
    Ok(Step::Wire(peer, wire))
}

fn state(role: Role, text: Text<'_>) -> Parsed<Step> {
    let end = match text.rest() {
        "idle" => return Ok(Step::Idle(role)),
        "busy" => return Ok(Step::Busy(role)),
        "runs" => End::Runs,
        "exits nonzero" => End::ExitsNonzero,
        rest => {
            if let Some(status) = rest.strip_prefix("exits ") {
                match status.parse() {
                    Ok(status) => End::Exits(status),
                    Err(_) => return mistake(text.at + "exits ".len(), "a status is a number from 0 to 255, or `nonzero`"),
                }
            } else if let Some(name) = rest.strip_prefix("dies by ") {
                let number = || name.strip_prefix("SIG")?.parse().ok().filter(|n| (32..=64).contains(n));
                match SIGNALS.iter().position(|known| *known == name).map(|i| i as i32 + 1).or_else(number) {
                    Some(signal) => End::Dies(signal),
                    None => {
                        return mistake(text.at + "dies by ".len(), format!("there is no signal of this name{}", nearest(name, SIGNALS)));
                    }
                }
            } else {
                return mistake(
                    text.at,
                    format!("expected `{role} idle`, `{role} exits N`, `{role} exits nonzero`, or `{role} dies by SIG…`"),
                );
            }
        }
    };
    Ok(Step::Ends(role, end))
}

/// A place in a line.
#[derive(Clone, Copy)]
struct Text<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Text<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn bytes_to_end(mut self) -> Parsed<Bytes> {
        let bytes = self.bytes()?;
        if self.rest().is_empty() {
            Ok(bytes)
        } else {
            mistake(self.at, "expected the end of the line, ` + ` and another string, or ` * ` and a number")
        }
    }

    /// `item = string [" * " N]`, joined by `" + "`.
    fn bytes(&mut self) -> Parsed<Bytes> {
        let (mut items, mut total) = (Vec::new(), 0usize);
        loop {
            let from = self.at;
            let string = self.string()?;
            let times = if self.rest().starts_with(" * ") {
                self.at += 3;
                self.number()?
            } else {
                1
            };
            total = string.len().checked_mul(times).and_then(|len| total.checked_add(len)).unwrap_or(usize::MAX);
            if total > MAX_LEN {
                return mistake(from, format!("that is more than {} MiB", MAX_LEN >> 20));
            }
            if times > 1 && string.is_empty() {
                return mistake(from, "nothing, however often, is nothing");
            }
            items.push(Item { string, times });
            if !self.rest().starts_with(" + ") {
                return Ok(Bytes::sum(items));
            }
            self.at += 3;
        }
    }

    fn number(&mut self) -> Parsed<usize> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        match self.rest()[..digits].parse() {
            Ok(n) if n >= 2 => {
                self.at += digits;
                Ok(n)
            }
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => {
                mistake(self.at, format!("that is more than {} MiB", MAX_LEN >> 20))
            }
            _ => mistake(self.at, "expected a number, 2 or more: how often the string is repeated"),
        }
    }

    /// A quoted string, with escapes, up to and with its closing quote.
    fn string(&mut self) -> Parsed<Vec<u8>> {
        if !self.rest().starts_with('"') {
            return mistake(self.at, "expected a string in quotes");
        }
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            bytes.extend_from_slice(&rest.as_bytes()[..plain]);
            self.at += plain;
            match self.rest().as_bytes() {
                [] => return mistake(self.at, "the closing quote is missing"),
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(bytes);
                }
                [_, b'n', ..] => bytes.push(b'\n'),
                [_, b't', ..] => bytes.push(b'\t'),
                [_, c @ (b'"' | b'\\'), ..] => bytes.push(*c),
                [_, b'x', high, low, ..] if let Some(byte) = hex(*high, *low) => {
                    bytes.push(byte);
                    self.at += 2;
                }
                [_, b'x', ..] => return mistake(self.at, "`\\x` is followed by two hex digits, such as `\\x0d`"),
                _ => {
                    return mistake(
                        self.at,
                        "the escapes are `\\n`, `\\t`, `\\\"`, `\\\\`, and `\\xHH` for every other byte (`\\r` is `\\x0d`)",
                    );
                }
            }
            self.at += 2;
        }
    }
}

/// A byte from two hex digits; `u8::from_str_radix` would accept `+f` too.
fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |d: u8| char::from(d).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

/// Why a step has no place in a scenario for this subject, if it has none.
fn fits(step: &Step, subject: Part) -> Option<String> {
    let other = |role: &Role| {
        (!subject.judges(*role)).then(|| format!("the subject is the {subject}: nothing is known of the other program's process"))
    };
    match step {
        Step::Control(Control::Start, _) if subject == Part::Pair => Some("each program of a pair has one life".into()),
        Step::Idle(_) if subject == Part::Pair => Some("whether a program idles is judged of each alone".into()),
        Step::Silence if subject == Part::Pair => Some("how long a program waits is judged of each alone".into()),
        Step::Pause | Step::Resume if subject == Part::Pair => Some("the server reads as it likes; `stop server` makes it slow".into()),
        Step::Wire(Peer::Client | Peer::Client2 | Peer::Server, _) if subject == Part::Pair => {
            Some("what the two programs say to each other is theirs; what is passed on, and how, is the relay's: `relay: …`".into())
        }
        Step::Wire(Peer::Relay, _) if subject != Part::Pair => Some(format!("the subject is the {subject}: a relay needs two programs")),
        Step::Printed(role, _) | Step::Complained(role, _) | Step::Control(_, role) | Step::Idle(role) => other(role),
        Step::Ends(role, end) if *end != End::Runs => other(role),
        Step::Ends(..) | Step::Busy(_) => Some("this is only ever seen; what is demanded is an end, or `idle`".into()),
        Step::PrintedAnyCut(Role::Server, _) => other(&Role::Server),
        Step::PrintedAnyCut(..) => Some("only what a server prints can be a cut of something".into()),
        Step::Typed(_) | Step::TypedEof | Step::Pause | Step::Resume if subject == Role::Server => {
            Some("the subject is the server: nothing is typed, and the server reads as it likes".into())
        }
        Step::Wire(Peer::Client2, _) if subject == Role::Client => Some("the subject is the client: there is no second one".into()),
        Step::Wire(_, Wire::Burst(_)) if !step.is_stimulus(subject) => {
            Some("a burst is something that the harness sends; what the subject sends has no boundaries".into())
        }
        Step::Wire(_, Wire::Bytes(bytes)) if step.is_stimulus(subject) && bytes.len() > MAX_SEGMENT => {
            Some(format!("one segment holds at most {MAX_SEGMENT} bytes, so that one recv can take it whole: use `burst`"))
        }
        Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) | Step::Typed(bytes) if bytes.is_empty() => {
            Some("nothing is not a segment".into())
        }
        _ => None,
    }
}
