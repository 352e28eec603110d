//! One conversation as a list of steps: bytes on the wire, typed and printed text, and how each program ended.
//!
//! *Expected* and *seen* are the same type. `Display` writes the notation that `fixtures/README.md` explains.

use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Rule;
use std::fmt;

/// The largest segment that one write delivers whole to one recv, in bytes. From the next byte on, loopback sometimes cuts it in two
/// (half of its largest segment, measured on Linux 6.18).
pub const MAX_SEGMENT: usize = 32_741;

/// One side of a connection, or the network between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// The client, or the harness in its place.
    Client,
    /// Another client of the same server, by its number, from 2 to [`MOST_CLIENTS`]: always the harness.
    Other(u8),
    /// The server, or the harness in its place.
    Server,
    /// The network between the two programs: always the harness.
    Relay,
}

/// The most clients that one server can have in a scenario.
pub const MOST_CLIENTS: u8 = 200;

/// What a peer does on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Opens the connection.
    Connect,
    /// The harness sends one segment, and waits until it has been read. The subject has sent these bytes. A relay passes on the next bytes
    /// of the client's stream as one segment.
    Bytes(Bytes),
    /// Sends bytes without waiting for anything.
    Burst(Bytes),
    /// The server has answered these bytes as messages, cut in any way. Only a scenario has this, to demand it.
    AnyCut(Bytes),
    /// Ends its stream.
    Fin,
    /// Ends the connection with a reset.
    Reset,
    /// Closes its socket: with a FIN, or with a reset if there was unread data.
    Closes,
}

/// What the harness does to the subject's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Starts the program again.
    Start,
    /// SIGKILL.
    Kill,
    /// SIGSTOP. The harness waits until the process has stopped.
    Stop,
    /// SIGCONT.
    Continue,
}

/// How a subject ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With this status.
    Exits(u8),
    /// With any status but 0. Only a scenario has this, to demand it.
    ExitsNonzero,
    /// By this signal.
    Dies(i32),
    /// Not at all. Only seen steps have this.
    Runs,
}

/// What a server holds in excess of what it held before. Only a seen step has this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Excess {
    /// Open descriptors of all its processes.
    pub descriptors: usize,
    /// Threads that live, besides the first thread of each process.
    pub threads: usize,
    /// Child processes, also those that have ended and that the server has not waited for.
    pub processes: usize,
    /// Stacks of threads that have ended, and that no thread has joined.
    pub stacks: usize,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A peer does something on the wire. What a server does here, it does to its first client.
    Wire(Peer, Wire),
    /// The server does something on the wire to another client, by its number.
    ToOther(u8, Wire),
    /// A peer, played by the harness, stops reading.
    Pause(Peer),
    /// A peer, played by the harness, reads again.
    Resume(Peer),
    /// Nothing happens for a time that is longer than usual time limits of programs.
    Silence,
    /// The harness writes to the stdin of this program.
    Typed(Role, Bytes),
    /// The harness closes the stdin of this program.
    TypedEof(Role),
    /// The harness controls the subject's process.
    Control(Control, Role),
    /// The subject printed this on stdout.
    Printed(Role, Bytes),
    /// The subject printed these bytes as messages, cut in any way. Only a scenario has this, to demand it.
    PrintedAnyCut(Role, Bytes),
    /// A line on stderr begins with this.
    Complained(Role, Bytes),
    /// The subject waits without using the CPU.
    Idle(Role),
    /// The subject was expected to be idle, and used the CPU. Only seen steps have this.
    Busy(Role),
    /// The server holds no more descriptors, threads and processes than at the first such step since it was started.
    Tidy,
    /// The server was expected to be tidy, and holds more. Only seen steps have this.
    Keeps(Excess),
    /// The subject ended, or did not.
    Ends(Role, End),
}

/// The steps of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// In the order in which they happened.
    pub steps: Vec<Step>,
}

/// The state of the port before the subject starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Another program listens on the port.
    PortTaken,
    /// No program listens on the port.
    PortClosed,
}

/// A transcript with a title and the one rule that it checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Why the scenario exists, without the `# `.
    pub comments: Vec<String>,
    /// One line.
    pub title: String,
    /// The rule that it checks.
    pub rule: &'static Rule,
    /// The state of the port, if it matters.
    pub givens: Vec<Given>,
    /// The actions of the harness, and the demands on the subject.
    pub transcript: Transcript,
}

impl Transcript {
    /// How a program ended last.
    pub fn last_end(&self) -> Option<End> {
        self.steps.iter().rev().find_map(|step| if let Step::Ends(_, end) = step { Some(*end) } else { None })
    }

    /// The same conversation, with each byte string as one literal: two transcripts that differ only in the notation become equal.
    #[must_use]
    pub fn in_one_notation(&self) -> Self {
        let literal = |step: &Step| match step {
            Step::Printed(role, bytes) => Step::Printed(*role, bytes.as_literal()),
            Step::PrintedAnyCut(role, bytes) => Step::PrintedAnyCut(*role, bytes.as_literal()),
            Step::Complained(role, bytes) => Step::Complained(*role, bytes.as_literal()),
            Step::Typed(role, bytes) => Step::Typed(*role, bytes.as_literal()),
            Step::Wire(peer, Wire::Bytes(bytes)) => Step::Wire(*peer, Wire::Bytes(bytes.as_literal())),
            Step::Wire(peer, Wire::Burst(bytes)) => Step::Wire(*peer, Wire::Burst(bytes.as_literal())),
            Step::Wire(peer, Wire::AnyCut(bytes)) => Step::Wire(*peer, Wire::AnyCut(bytes.as_literal())),
            Step::ToOther(client, Wire::Bytes(bytes)) => Step::ToOther(*client, Wire::Bytes(bytes.as_literal())),
            other => other.clone(),
        };
        Self { steps: self.steps.iter().map(literal).collect() }
    }
}

impl Scenario {
    /// The line of a step in the file, counted from 1.
    pub fn line_of(&self, step: usize) -> usize {
        const TITLE_RULE_BLANK: usize = 3;
        self.comments.len() + TITLE_RULE_BLANK + self.givens.len() + step + 1
    }

    /// The programs that it judges.
    pub fn subject(&self) -> Part {
        self.rule.subject()
    }

    /// Whether the harness is the network between the two programs. Then each program needs a loopback of its own.
    pub fn has_relay(&self) -> bool {
        self.transcript.steps.iter().any(|step| matches!(step, Step::Wire(Peer::Relay, _)))
    }
}

impl Step {
    /// What is compared of this step, in this course. Only what a program prints is compared in part, or not at all.
    #[must_use]
    pub fn compared(self, dialect: &Dialect) -> Option<Self> {
        match self {
            Self::Printed(role, text) => match dialect.compared(role, &text.to_vec()) {
                text if text.is_empty() => None,
                text => Some(Self::Printed(role, Bytes::compact(&text))),
            },
            step => Some(step),
        }
    }

    /// Whether the harness does this. All other steps are demanded of the subject, or seen.
    pub fn is_stimulus(&self, subject: Part) -> bool {
        match self {
            Self::Wire(peer, _) => !peer.role().is_some_and(|role| subject.judges(role)),
            Self::Pause(_) | Self::Resume(_) | Self::Silence | Self::Typed(..) | Self::TypedEof(_) | Self::Control(..) => true,
            _ => false,
        }
    }

    /// Whether the harness measures the subject here, and does nothing to it.
    pub fn is_measurement(&self) -> bool {
        matches!(self, Self::Idle(_) | Self::Tidy)
    }

    /// What a server does on the wire, and to which client, by its number.
    pub fn to_client(&self) -> Option<(u8, &Wire)> {
        match self {
            Self::Wire(Peer::Server, wire) => Some((1, wire)),
            Self::ToOther(client, wire) => Some((*client, wire)),
            _ => None,
        }
    }

    /// The bytes that are sent, typed or printed, if there are any.
    pub fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Printed(_, bytes)
            | Self::PrintedAnyCut(_, bytes)
            | Self::Complained(_, bytes)
            | Self::Typed(_, bytes)
            | Self::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes) | Wire::AnyCut(bytes))
            | Self::ToOther(_, Wire::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

impl Peer {
    /// The program on this side. `None` if this is always the harness.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Client => Some(Role::Client),
            Self::Server => Some(Role::Server),
            Self::Other(_) | Self::Relay => None,
        }
    }

    /// The number of a client; the first is 1.
    pub fn client(self) -> Option<u8> {
        match self {
            Self::Client => Some(1),
            Self::Other(number) => Some(number),
            Self::Server | Self::Relay => None,
        }
    }
}

/// How a sentence names a client by its number: "the second client", "the 21st client".
pub fn nth_client(number: u8) -> String {
    format!("the {} client", ordinal(number.into()))
}

/// The ordinal of a number from 1 on: "second", "21st".
pub fn ordinal(number: usize) -> String {
    const WORDS: [&str; 10] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    match number.checked_sub(1).and_then(|i| WORDS.get(i)) {
        Some(word) => (*word).to_owned(),
        None => short_ordinal(number),
    }
}

/// The same in digits: "2nd".
pub fn short_ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

impl Excess {
    /// What it is, in words: "2 descriptors and 1 process".
    pub fn words(&self) -> String {
        let Self { descriptors, threads, processes, stacks } = *self;
        let parts = [
            (descriptors, "descriptor", "descriptors"),
            (threads, "thread", "threads"),
            (processes, "process", "processes"),
            (stacks, "stack of a thread that has ended", "stacks of threads that have ended"),
        ];
        let parts = parts.into_iter().filter(|(number, ..)| *number > 0);
        let mut parts: Vec<String> =
            parts.map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many })).collect();
        let last = parts.pop().unwrap_or_else(|| "nothing".into());
        if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
    }
}

impl Role {
    /// The side of the connection on which this program is.
    pub fn peer(self) -> Peer {
        match self {
            Self::Server => Peer::Server,
            Self::Client => Peer::Client,
        }
    }
}

impl End {
    /// Whether this end, which was seen, meets the demanded one.
    pub fn meets(self, demanded: Self) -> bool {
        self == demanded || demanded == Self::ExitsNonzero && matches!(self, Self::Exits(1..))
    }
}

/// The names of the signals without `SIG`, in the order of their numbers, from 1.
pub(super) const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
    "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client => f.write_str("client"),
            Self::Other(number) => write!(f, "client{number}"),
            Self::Server => f.write_str("server"),
            Self::Relay => f.write_str("relay"),
        }
    }
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connect"),
            Self::Bytes(bytes) => bytes.fmt(f),
            Self::Burst(bytes) => write!(f, "burst {bytes}"),
            Self::AnyCut(bytes) => write!(f, "any cut of {bytes}"),
            Self::Fin => f.write_str("fin"),
            Self::Reset => f.write_str("reset"),
            Self::Closes => f.write_str("closes"),
        }
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Continue => "continue",
        })
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exits(status) => write!(f, "exits {status}"),
            Self::ExitsNonzero => f.write_str("exits nonzero"),
            Self::Dies(signal) => match usize::try_from(signal - 1).ok().and_then(|i| SIGNALS.get(i)) {
                Some(name) => write!(f, "dies by SIG{name}"),
                None => write!(f, "dies by SIG{signal}"),
            },
            Self::Runs => f.write_str("runs"),
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { descriptors, threads, processes, stacks } = self;
        write!(f, "{descriptors} descriptors, {threads} threads, {processes} processes, {stacks} stacks")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wire(peer, wire) => write!(f, "{peer}: {wire}"),
            Self::ToOther(client, wire) => write!(f, "server to client{client}: {wire}"),
            Self::Pause(peer) => write!(f, "{peer}: pause"),
            Self::Resume(peer) => write!(f, "{peer}: resume"),
            Self::Silence => f.write_str("silence"),
            Self::Typed(role, bytes) => write!(f, "{role}< {bytes}"),
            Self::TypedEof(role) => write!(f, "{role}< eof"),
            Self::Control(control, role) => write!(f, "{control} {role}"),
            Self::Printed(role, bytes) => write!(f, "{role}> {bytes}"),
            Self::PrintedAnyCut(role, bytes) => write!(f, "{role}> any cut of {bytes}"),
            Self::Complained(role, bytes) => write!(f, "{role}! {bytes}…"),
            Self::Idle(role) => write!(f, "{role} idle"),
            Self::Busy(role) => write!(f, "{role} busy"),
            Self::Tidy => f.write_str("server tidy"),
            Self::Keeps(excess) => write!(f, "server keeps {excess}"),
            Self::Ends(role, end) => write!(f, "{role} {end}"),
        }
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PortTaken => "port taken",
            Self::PortClosed => "port closed",
        })
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for comment in &self.comments {
            writeln!(f, "{}", format!("# {comment}").trim_end())?;
        }
        writeln!(f, "title: {}\nrule: {}", self.title, self.rule.id)?;
        self.givens.iter().try_for_each(|given| writeln!(f, "given: {given}"))?;
        write!(f, "\n{}", self.transcript)
    }
}
