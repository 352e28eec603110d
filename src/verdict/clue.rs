//! Clues: what a failure has in itself, without a guess at its cause. A clue is the reduced form of what was seen: "each message lacks its
//! last byte", "it sleeps in accept". It says nothing that was not seen, so a report can always print it.
//!
//! [`form`](crate::verdict::form) finds the clues in bytes. The judge adds those about the process and its sockets. A known mistake is
//! recorded with its clues, so it explains only failures that have the same ones.

use crate::spec::dialect::{Dialect, Serves};
use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::text;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// What a failure has in itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clue {
    /// A signal killed it: its name, such as `SIGSEGV`.
    Dies(String),
    /// It sleeps in this system call, and should have done something.
    Waits(String),
    /// It sleeps in this system call, and has not read what it was sent, or what was typed.
    Unread(String),
    /// It ended with this status before the conversation was over.
    EndsEarly(u8),
    /// It ended at this text, and the conversation was not over.
    EndsAt(String),
    /// It ended with another status than it should. The second part says when, such as "after `exit`".
    Status(u8, String),
    /// It did not end when it should: the text says when.
    LivesOn(String),
    /// It ended after it was stopped and continued.
    EndsAfterStop,
    /// It could not be started again: it ended with this status.
    NoRestart(u8),
    /// It uses the CPU, and does nothing.
    Spins,

    /// A server listens at another address.
    ListensAt(SocketAddr),
    /// A server listens on the port with its two bytes swapped.
    ListensSwapped(SocketAddr),
    /// A client has tried to connect to another address.
    TriesAt(SocketAddr),
    /// A client has tried to connect to the port with its two bytes swapped.
    TriesSwapped(SocketAddr),
    /// It has a UDP socket where a TCP socket is due.
    Datagrams,
    /// It has connected more than once.
    ConnectsAgain,

    /// It printed or sent nothing.
    Nothing,
    /// The newlines are missing.
    NoNewline,
    /// The NULs behind its texts are missing.
    NoNuls,
    /// Each line ends with `\r\n`.
    CarriageReturn,
    /// Letters have become capitals.
    UpperCase,
    /// Letters have become small.
    LowerCase,
    /// Each text lacks its last byte.
    LastByte,
    /// Each text lacks its first byte.
    FirstByte,
    /// The text is in UTF-16.
    Utf16,
    /// Each character that is not ASCII is two bytes, as in GBK.
    TwoBytes,
    /// Each byte that is not ASCII has become a character of its own.
    TwiceEncoded,
    /// Some bytes have become `?` or `�`.
    Replaced,
    /// There are NULs between the bytes.
    Nuls,
    /// Each text is followed by NULs, up to this length.
    Padded(usize),
    /// The end of an earlier text is behind a shorter one.
    EarlierTail,
    /// Long texts come in pieces of this size.
    PiecesOf(usize),
    /// Long texts end after this many bytes.
    CutAt(usize),
    /// Several texts are joined into one.
    Joined,
    /// One text has become several.
    Split,
    /// The same text comes again and again.
    Repeats,
    /// This is in front of each text.
    InFront(String),
    /// This is behind each text.
    Behind(String),
    /// The length of each text is in front of it.
    LengthFirst,
    /// White space is missing, or was added.
    WhiteSpace,
    /// The lines are sent as they were typed.
    AsTyped,
    /// Only the words of the first line were sent.
    FirstLine,
    /// Only the first word of each line was sent.
    FirstWords,
    /// Only the first text came.
    FirstOnly,
    /// The last text is missing, and all others came.
    LastMissing,
    /// The last texts are missing.
    Missing,
    /// The last text that came is not complete.
    CutShort,
    /// A text came too late.
    Late,
    /// The token came, too.
    TokenToo,
    /// An empty text came, too.
    EmptyToo,
    /// Another text came, too.
    TextToo,
    /// A line came before all others.
    LineFirst,
    /// This came in front of all others, in the same line.
    TextFirst(String),
    /// Each text is empty.
    Emptied,
    /// Some bytes are missing, here and there.
    Lost,
    /// A text that was due once came twice.
    Twice,
    /// So many bytes are missing, and what is before and behind them is right.
    Gap(usize),
    /// This was added, and what is before and behind it is right.
    Added(String),
    /// Another text came in the place of one.
    OtherText,
    /// It sends back what it has received.
    Echo,
    /// It sends where it should send nothing.
    Sends,
    /// It sends a message back to its sender, and not only to others.
    BackToSender,
    /// It does nothing more while one client does not read.
    HeldUp,
    /// It prints what is typed at it.
    TypedToo,
    /// It ends its stream with a reset.
    Resets,
    /// It does not close its connection.
    KeepsOpen,
    /// It says nothing on stderr.
    Mute,
    /// It says something on stderr that does not begin with this.
    OtherComplaint(String),
}

impl Clue {
    /// Its name in the file of texts, and in the record of a known mistake.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dies(_) => "dies",
            Self::Waits(_) => "waits",
            Self::Unread(_) => "unread",
            Self::EndsEarly(_) => "ends-early",
            Self::EndsAt(_) => "ends-at",
            Self::Status(..) => "status",
            Self::LivesOn(_) => "lives-on",
            Self::EndsAfterStop => "ends-after-stop",
            Self::NoRestart(_) => "no-restart",
            Self::Spins => "spins",
            Self::ListensAt(_) => "listens-at",
            Self::ListensSwapped(_) => "listens-swapped",
            Self::TriesAt(_) => "tries-at",
            Self::TriesSwapped(_) => "tries-swapped",
            Self::Datagrams => "datagrams",
            Self::ConnectsAgain => "connects-again",
            Self::Nothing => "nothing",
            Self::NoNewline => "no-newline",
            Self::NoNuls => "no-nuls",
            Self::CarriageReturn => "carriage-return",
            Self::UpperCase => "upper-case",
            Self::LowerCase => "lower-case",
            Self::LastByte => "last-byte",
            Self::FirstByte => "first-byte",
            Self::Utf16 => "utf-16",
            Self::TwoBytes => "two-bytes",
            Self::TwiceEncoded => "twice-encoded",
            Self::Replaced => "replaced",
            Self::Nuls => "nuls",
            Self::Padded(_) => "padded",
            Self::EarlierTail => "earlier-tail",
            Self::PiecesOf(_) => "pieces-of",
            Self::CutAt(_) => "cut-at",
            Self::Joined => "joined",
            Self::Split => "split",
            Self::Repeats => "repeats",
            Self::InFront(_) => "in-front",
            Self::Behind(_) => "behind",
            Self::LengthFirst => "length-first",
            Self::WhiteSpace => "white-space",
            Self::AsTyped => "as-typed",
            Self::FirstLine => "first-line",
            Self::FirstWords => "first-words",
            Self::FirstOnly => "first-only",
            Self::LastMissing => "last-missing",
            Self::Missing => "missing",
            Self::CutShort => "cut-short",
            Self::Late => "late",
            Self::TokenToo => "token-too",
            Self::EmptyToo => "empty-too",
            Self::TextToo => "text-too",
            Self::LineFirst => "line-first",
            Self::TextFirst(_) => "text-first",
            Self::Emptied => "emptied",
            Self::Lost => "lost",
            Self::Twice => "twice",
            Self::Gap(_) => "gap",
            Self::Added(_) => "added",
            Self::OtherText => "other-text",
            Self::Echo => "echo",
            Self::Sends => "sends",
            Self::BackToSender => "back-to-sender",
            Self::HeldUp => "held-up",
            Self::TypedToo => "typed-too",
            Self::Resets => "resets",
            Self::KeepsOpen => "keeps-open",
            Self::Mute => "mute",
            Self::OtherComplaint(_) => "other-complaint",
        }
    }

    /// What is particular to it: a number, a text, an address, the name of a call. The texts have the placeholder `{value}` for it.
    pub fn value(&self) -> String {
        match self {
            Self::Waits(call) | Self::Unread(call) => plain_call(call).to_owned(),
            Self::Dies(text) | Self::EndsAt(text) | Self::InFront(text) | Self::Behind(text) | Self::Added(text) => text.clone(),
            Self::EndsEarly(status) | Self::NoRestart(status) => status.to_string(),
            Self::Status(status, when) => format!("{status} {when}").trim_end().to_owned(),
            Self::LivesOn(when) => when.clone(),
            Self::TextFirst(text) | Self::OtherComplaint(text) => text.clone(),
            Self::Gap(size) | Self::PiecesOf(size) | Self::CutAt(size) | Self::Padded(size) => size.to_string(),
            Self::ListensAt(address) | Self::ListensSwapped(address) | Self::TriesAt(address) | Self::TriesSwapped(address) => {
                address.to_string()
            }
            _ => String::new(),
        }
    }

    /// A sentence about the program that begins with "it". `facet` is the one that differs.
    pub fn sentence(&self, dialect: &Dialect, role: Role, facet: Facet) -> String {
        self.text(dialect, role, facet, "")
    }

    /// Instructions for the author of the program. Empty if the clue does not lead to any.
    pub fn look(&self, dialect: &Dialect, role: Role, facet: Facet) -> String {
        if self.is_due_in(dialect, role) {
            return String::new();
        }
        self.text(dialect, role, facet, "-look")
    }

    /// Whether it is about the process, and not about the bytes that it has printed or sent.
    pub fn is_about_the_process(&self) -> bool {
        matches!(
            self,
            Self::Dies(_)
                | Self::Waits(_)
                | Self::Unread(_)
                | Self::EndsEarly(_)
                | Self::EndsAt(_)
                | Self::Status(..)
                | Self::LivesOn(_)
                | Self::EndsAfterStop
                | Self::NoRestart(_)
                | Self::Spins
        )
    }

    /// Whether the program waits in a call that the course itself asks for. Then the call is not what is wrong.
    fn is_due_in(&self, dialect: &Dialect, role: Role) -> bool {
        let (Self::Waits(call) | Self::Unread(call)) = self else { return false };
        match role {
            Role::Server => call.starts_with("accept") && dialect.serves != Serves::One,
            Role::Client => call.starts_with("recv") && (dialect.waits || dialect.replies()),
        }
    }

    /// The known mistake whose code shows what to change. Empty if there is none.
    pub fn shown_by(&self, dialect: &Dialect, role: Role, facet: Facet) -> String {
        if self.is_due_in(dialect, role) {
            return String::new();
        }
        self.text(dialect, role, facet, "-code")
    }

    fn text(&self, dialect: &Dialect, role: Role, facet: Facet, kind: &str) -> String {
        // What a client prints is about its greeting. What it sends is about its words.
        let names: &[&str] = match (role, facet) {
            (Role::Server, Facet::Connections) => &["listening", "server"],
            (Role::Client, Facet::Connections) => &["connecting", "client"],
            (Role::Server, Facet::Greeting) => &["greeting", "server"],
            (Role::Server, Facet::Wire | Facet::Welcome) if dialect.replies() => &["reply", "server"],
            // A server that prints nothing shows in its replies what it has read.
            (Role::Server, Facet::Stdout) if !dialect.prints_messages() => &["reply", "server"],
            (Role::Server, _) => &["server"],
            (Role::Client, Facet::Stdout) if !dialect.is_from_the_tutorial() && self.is_about_the_process() => &["client"],
            (Role::Client, Facet::Stdout) if !dialect.shows.is_nothing() => &["shown", "greeting", "server"],
            (Role::Client, Facet::Stdout | Facet::Greeting) => &["greeting", "server"],
            (Role::Client, _) => &["client"],
        };
        // The code of a program that prints does not show what is wrong with one that replies.
        let names = if kind == "-code" && matches!(names[0], "reply" | "shown") { &names[..1] } else { names };
        names
            .iter()
            // A value may be empty.
            .map(|name| text::clue(dialect, self.name(), &format!("{name}{kind}"), &self.value()).replace(" .", "."))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// The clue as a part of the record of a known mistake. Two programs with the same mistake have the same.
    pub fn record(&self) -> String {
        let with_value = || format!("{} {}", self.name(), self.value());
        match self {
            Self::Dies(_) | Self::PiecesOf(_) | Self::CutAt(_) | Self::Padded(_) => with_value(),
            // Every other status depends on the language.
            Self::EndsEarly(0) | Self::NoRestart(0) => with_value(),
            // An added text matters only if it is invisible.
            Self::InFront(text) | Self::Behind(text) if is_invisible(text) => with_value(),
            // The exact name of a call depends on the language and the library.
            Self::Waits(call) | Self::Unread(call) => {
                format!("{} {}", self.name(), call.trim_end_matches(char::is_numeric).trim_end_matches("from"))
            }
            // Whether a program has read the last text before it ended cannot always be seen.
            Self::EndsAt(_) => Self::EndsEarly(0).record(),
            // Addresses and texts depend on the machine and on the scenario.
            _ => self.name().to_owned(),
        }
    }
}

/// Whether a quoted text has only white space and NULs.
fn is_invisible(text: &str) -> bool {
    let rest = ["\\x0d", "\\n", "\\t", "\\0", "\\x00"].iter().fold(text.to_owned(), |rest, escape| rest.replace(escape, ""));
    rest.trim_matches('"').trim().is_empty()
}

/// The name of a system call as programs call it.
fn plain_call(call: &str) -> &str {
    match call {
        "recvfrom" => "recv",
        "sendto" => "send",
        "accept4" => "accept",
        "nanosleep" | "clock_nanosleep" => "sleep",
        "futex" => "futex (for another thread)",
        call => call,
    }
}
