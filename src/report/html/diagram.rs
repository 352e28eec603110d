//! A conversation as a picture: the two programs stand side by side, and time runs downwards. Each segment is an arrow between them.
//! Printed and typed text stands beside the program.
//!
//! In HTML the picture is a list of steps. A style sheet draws it, so that it also works on a phone, on paper, and with a screen reader.

use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, End, Peer, Step, Transcript, Wire, nth_client, short_ordinal};
use crate::verdict::finding::Place;
use maud::{Markup, html};
use std::borrow::Cow;

/// How many characters of a byte string to show.
const LONGEST: usize = 120;
/// Up to so many steps, the whole conversation is shown.
const WHOLE: usize = 24;
/// How many steps of a longer one to show at the beginning, around the first difference, and at the end.
const FIRST: usize = 4;
const AROUND: usize = 10;
const LAST: usize = 4;

/// The participants, from left to right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// The harness, and a server.
    Server,
    /// A client, and the harness.
    Client,
    /// A client, and a server.
    Pair,
    /// A client, the network, and a server.
    Relay,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    /// The terminal of a program: printed and typed text.
    Terminal(Role),
    /// The connection between two neighbours.
    Wire,
}

/// A step of the picture, and its column.
struct Event {
    column: Column,
    content: Markup,
}

/// A conversation. `at` is the place of the first difference, and a text for it.
pub fn picture(part: Part, has_relay: bool, transcript: &Transcript, at: Option<(Place, &str)>) -> Markup {
    let layout = match part {
        Part::Server => Layout::Server,
        Part::Client => Layout::Client,
        Part::Pair if has_relay => Layout::Relay,
        Part::Pair => Layout::Pair,
    };
    let mut gone = Vec::new();
    let mut rows = Vec::new();
    let mut left_out = 0;
    let is_shown = shown(transcript.steps.len(), at.map(|(place, _)| place.step));
    for ((i, step), is_shown) in transcript.steps.iter().enumerate().zip(is_shown) {
        if is_shown {
            rows.extend((left_out > 0).then(|| html! { li.gap { "⋮ " (left_out) " steps more" } }));
            left_out = 0;
            let here = at.filter(|(place, _)| place.step == i);
            rows.push(row(layout, step, here, &gone));
        } else {
            left_out += 1;
        }
        match step {
            Step::Ends(role, End::Exits(_) | End::ExitsNonzero | End::Dies(_)) => gone.push(*role),
            Step::Control(Control::Start, role) => gone.retain(|other| other != role),
            _ => {}
        }
    }
    html! {
        div.talk.(layout.class()) {
            div.names {
                @for (i, column) in layout.columns().iter().enumerate() {
                    @match column {
                        Column::Terminal(_) => span.terminal { "terminal" },
                        // All names stand in one box above the wires.
                        Column::Wire if layout.columns()[..i].contains(&Column::Wire) => {},
                        Column::Wire => span.cast { @for name in layout.names() { b { (name) } } },
                    }
                }
            }
            ol { @for row in rows { (row) } }
        }
    }
}

impl Layout {
    fn class(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Pair => "pair",
            Self::Relay => "relay",
        }
    }

    fn columns(self) -> &'static [Column] {
        const CLIENT: Column = Column::Terminal(Role::Client);
        const SERVER: Column = Column::Terminal(Role::Server);
        match self {
            Self::Server => &[Column::Wire, SERVER],
            Self::Client => &[CLIENT, Column::Wire],
            Self::Pair => &[CLIENT, Column::Wire, SERVER],
            Self::Relay => &[CLIENT, Column::Wire, Column::Wire, SERVER],
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Server => &["sockspec", "your server"],
            Self::Client => &["your client", "sockspec"],
            Self::Pair => &["your client", "your server"],
            Self::Relay => &["your client", "network", "your server"],
        }
    }

    /// The name of an end.
    fn name(self, peer: Peer) -> Cow<'static, str> {
        match (peer, self) {
            (Peer::Relay, _) => "network".into(),
            (Peer::Other(number), _) => nth_client(number).into(),
            (Peer::Client, Self::Server) | (Peer::Server, Self::Client) => "sockspec".into(),
            (Peer::Client, _) => "your client".into(),
            (Peer::Server, _) => "your server".into(),
        }
    }
}

/// For each step, whether it is shown.
fn shown(steps: usize, at: Option<usize>) -> Vec<bool> {
    let centre = at.unwrap_or(0);
    let is_near = |i: usize| steps <= WHOLE || i < FIRST || i + LAST >= steps || i.abs_diff(centre) <= AROUND;
    // A line instead of a single step would save nothing.
    (0..steps).map(|i| is_near(i) || i > 0 && is_near(i - 1) && is_near(i + 1)).collect()
}

fn row(layout: Layout, step: &Step, here: Option<(Place, &str)>, gone: &[Role]) -> Markup {
    let Event { column, content } = event(layout, step, here.map(|(place, _)| place.byte).filter(|byte| *byte > 0));
    // Segments from the network stand between the network and the server.
    let is_from_relay = matches!(step, Step::Wire(Peer::Relay, _));
    let columns = layout.columns();
    let is_it = |other: &Column| *other == column;
    let place = if is_from_relay { columns.iter().rposition(is_it) } else { columns.iter().position(is_it) };
    let is_gone = |role| gone.contains(&role);
    html! {
        li.here[here.is_some()].no-client[is_gone(Role::Client)].no-server[is_gone(Role::Server)] {
            @for (i, column) in columns.iter().enumerate() {
                div.(if *column == Column::Wire { "w" } else { "t" }) {
                    @if place == Some(i) {
                        (content)
                        @if let Some((_, words)) = here { span.difference { "▲ first difference: " (words) } }
                    }
                }
            }
        }
    }
}

fn event(layout: Layout, step: &Step, byte: Option<usize>) -> Event {
    let wire = |content| Event { column: Column::Wire, content };
    let terminal = |role, content| Event { column: Column::Terminal(role), content };
    let beside = |role, class: &str, words: &str, bytes: &Bytes| {
        terminal(role, html! { span.chip.(class) { span.vh { "your " (role) " " } i { (words) } " " (quoted(bytes, byte)) } })
    };
    let state = |role, class: &str, words: &str| terminal(role, html! { span.chip.(class) { span.vh { "your " (role) " " } (words) } });
    match step {
        Step::Wire(Peer::Server, what) => wire(arrow(layout, [Peer::Server, Peer::Client], what, byte)),
        Step::Wire(peer, what) => wire(arrow(layout, [*peer, Peer::Server], what, byte)),
        Step::ToOther(number, what) => wire(arrow(layout, [Peer::Server, Peer::Other(*number)], what, byte)),
        Step::Pause(peer) => wire(pace(*peer, "stops reading")),
        Step::Resume(peer) => wire(pace(*peer, "reads again")),
        Step::Silence => wire(html! { span.chip.done { "silence" } }),
        Step::Typed(role, bytes) => terminal(*role, html! { span.chip.typed { i { "typed" } " " (quoted(bytes, byte)) } }),
        Step::TypedEof(role) => terminal(*role, html! { span.chip.typed { i { "typed" } " end of input" } }),
        Step::Control(control, role) => {
            let words = match control {
                Control::Start => "is started again",
                Control::Kill => "is killed (SIGKILL)",
                Control::Stop => "is stopped (SIGSTOP)",
                Control::Continue => "goes on (SIGCONT)",
            };
            state(*role, "done", words)
        }
        Step::Printed(role, bytes) => beside(*role, "printed", "prints", bytes),
        Step::PrintedAnyCut(role, bytes) => beside(*role, "printed", "prints, cut in any way,", bytes),
        Step::Complained(role, bytes) => beside(*role, "printed", "stderr", bytes),
        Step::Idle(role) => state(*role, "state", "waits, and uses no CPU"),
        Step::Busy(role) => state(*role, "state", "uses the CPU, and should wait"),
        Step::Tidy => state(Role::Server, "state", "has no more open than before its clients came"),
        Step::Keeps(excess) => state(Role::Server, "state", &format!("keeps {}", excess.words())),
        Step::Ends(role, End::Runs) => state(*role, "state", "… has not ended"),
        Step::Ends(role, end) => state(*role, "state", &format!("■ {end}")),
    }
}

/// A peer of the harness's that reads, or does not.
fn pace(peer: Peer, words: &str) -> Markup {
    html! { span.chip.done.end[peer == Peer::Server] { (label(peer)) (words) } }
}

/// The name of another client than the first, as it stands beside what it does.
fn label(peer: Peer) -> Markup {
    html! { @if let Peer::Other(number) = peer { i { (short_ordinal(number.into())) " client" } " " } }
}

fn arrow(layout: Layout, [from, to]: [Peer; 2], what: &Wire, byte: Option<usize>) -> Markup {
    let is_from_server = from == Peer::Server;
    let kind = match what {
        Wire::Reset => "reset",
        Wire::Burst(_) => "burst",
        _ => "sent",
    };
    html! {
        span.arrow.(kind).(if is_from_server { "left" } else { "right" }) {
            span.vh { (layout.name(from)) " to " (layout.name(to)) ": " }
            (label(if is_from_server { to } else { from }))
            @match what {
                Wire::Connect => "connect",
                Wire::Bytes(bytes) => (quoted(bytes, byte)),
                Wire::Burst(bytes) => { i { "at once" } " " (quoted(bytes, byte)) },
                Wire::AnyCut(bytes) => { i { "answers to any cut of" } " " (quoted(bytes, byte)) },
                Wire::Fin => "FIN",
                Wire::Reset => "✗ reset",
                Wire::Closes => "closes",
            }
        }
    }
}

/// Bytes in the notation of transcripts, marked from the first wrong one on. If all are wrong, no byte is marked: the step has a mark.
fn quoted(bytes: &Bytes, byte: Option<usize>) -> Markup {
    let all = bytes.to_string();
    let (lead, text, before) = if all.chars().nth(LONGEST).is_none() {
        (None, all, byte.map(|byte| bytes.first(byte).to_string()))
    } else {
        let bytes = bytes.to_vec();
        // If the byte is far from the beginning, leave the beginning out.
        let from = byte.filter(|&byte| byte > LONGEST / 2).map_or(0, |byte| byte.saturating_sub(20).min(bytes.len()));
        let before = byte.map(|byte| excerpt(&bytes[from..byte.clamp(from, bytes.len())], LONGEST));
        let lead = (from > 0).then(|| format!("… {from} bytes … "));
        (lead, excerpt(&bytes[from..], LONGEST), before)
    };
    let right = before.map_or(text.len(), |before| common(&text, before.strip_suffix('"').unwrap_or(&before)));
    let (right, wrong) = text.split_at(right);
    html! {
        code { (lead.unwrap_or_default()) (right) @if !wrong.is_empty() { mark { (wrong) } } }
    }
}

/// The length of the common beginning of two texts, in bytes.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}
