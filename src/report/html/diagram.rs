//! A conversation as a picture: the two programs stand side by side, time runs downwards, each segment is an arrow between them, and what
//! is printed or typed stands beside the program.
//!
//! It is a list of steps, which a style sheet draws: so it breaks its lines on a phone, prints, and can be listened to.

use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, End, Peer, Step, Transcript, Wire};
use crate::verdict::finding::Place;
use maud::{Markup, html};

/// How many characters of a byte string are shown.
const LONGEST: usize = 120;
/// A conversation of so many steps is shown as a whole.
const WHOLE: usize = 24;
/// How many steps of a longer one are shown at the beginning, around the place that matters, and at the end.
const FIRST: usize = 4;
const AROUND: usize = 10;
const LAST: usize = 4;

/// Who takes part, and so what there is to draw, from left to right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cast {
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
    /// What one program prints, and what is typed to it.
    Terminal(Role),
    /// What goes from one to its neighbour.
    Wire,
}

/// A part of the picture: what, and in which column.
struct Event {
    column: Column,
    content: Markup,
}

/// A conversation; where it parts from another, and in which words.
pub fn picture(part: Part, has_relay: bool, transcript: &Transcript, at: Option<(Place, &str)>) -> Markup {
    let cast = match part {
        Part::Server => Cast::Server,
        Part::Client => Cast::Client,
        Part::Pair if has_relay => Cast::Relay,
        Part::Pair => Cast::Pair,
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
            rows.push(row(cast, step, here, &gone));
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
        div.talk.(cast.class()) {
            div.names {
                @for (i, column) in cast.columns().iter().enumerate() {
                    @match column {
                        Column::Terminal(_) => span.terminal { "terminal" },
                        // All names stand in one box above the wires.
                        Column::Wire if cast.columns()[..i].contains(&Column::Wire) => {},
                        Column::Wire => span.cast { @for name in cast.names() { b { (name) } } },
                    }
                }
            }
            ol { @for row in rows { (row) } }
        }
    }
}

impl Cast {
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
    fn name(self, peer: Peer) -> &'static str {
        match (peer, self) {
            (Peer::Relay, _) => "network",
            (Peer::Client2, _) => "a second client",
            (Peer::Client, Self::Server) | (Peer::Server, Self::Client) => "sockspec",
            (Peer::Client, _) => "your client",
            (Peer::Server, _) => "your server",
        }
    }
}

/// Which of so many steps are shown.
fn shown(steps: usize, at: Option<usize>) -> Vec<bool> {
    let centre = at.unwrap_or(0);
    let is_near = |i: usize| steps <= WHOLE || i < FIRST || i + LAST >= steps || i.abs_diff(centre) <= AROUND;
    // To leave out a single step saves nothing.
    (0..steps).map(|i| is_near(i) || i > 0 && is_near(i - 1) && is_near(i + 1)).collect()
}

fn row(cast: Cast, step: &Step, here: Option<(Place, &str)>, gone: &[Role]) -> Markup {
    let Event { column, content } = event(cast, step, here.map(|(place, _)| place.byte).filter(|byte| *byte > 0));
    // What comes from the network stands between it and the server.
    let is_from_relay = matches!(step, Step::Wire(Peer::Relay, _));
    let columns = cast.columns();
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

fn event(cast: Cast, step: &Step, byte: Option<usize>) -> Event {
    let wire = |content| Event { column: Column::Wire, content };
    let terminal = |role, content| Event { column: Column::Terminal(role), content };
    let beside = |role, class: &str, words: &str, bytes: &Bytes| {
        terminal(role, html! { span.chip.(class) { span.vh { "your " (role) " " } i { (words) } " " (quoted(bytes, byte)) } })
    };
    let state = |role, class: &str, words: &str| terminal(role, html! { span.chip.(class) { span.vh { "your " (role) " " } (words) } });
    match step {
        Step::Wire(peer, what) => wire(arrow(cast, *peer, what, byte)),
        Step::Pause => wire(html! { span.chip.done.end { "stops reading" } }),
        Step::Resume => wire(html! { span.chip.done.end { "reads again" } }),
        Step::Silence => wire(html! { span.chip.done { "silence" } }),
        Step::Typed(bytes) => terminal(Role::Client, html! { span.chip.typed { i { "typed" } " " (quoted(bytes, byte)) } }),
        Step::TypedEof => terminal(Role::Client, html! { span.chip.typed { i { "typed" } " end of input" } }),
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
        Step::Ends(role, End::Runs) => state(*role, "state", "… has not ended"),
        Step::Ends(role, end) => state(*role, "state", &format!("■ {end}")),
    }
}

fn arrow(cast: Cast, peer: Peer, what: &Wire, byte: Option<usize>) -> Markup {
    let is_from_server = peer == Peer::Server;
    let to = if is_from_server { Peer::Client } else { Peer::Server };
    let kind = match what {
        Wire::Reset => "reset",
        Wire::Burst(_) => "burst",
        _ => "sent",
    };
    html! {
        span.arrow.(kind).(if is_from_server { "left" } else { "right" }) {
            span.vh { (cast.name(peer)) " to " (cast.name(to)) ": " }
            @if peer == Peer::Client2 { i { "2nd client" } " " }
            @match what {
                Wire::Connect => "connect",
                Wire::Bytes(bytes) => (quoted(bytes, byte)),
                Wire::Burst(bytes) => { i { "at once" } " " (quoted(bytes, byte)) },
                Wire::Fin => "FIN",
                Wire::Reset => "✗ reset",
                Wire::Closes => "closes",
            }
        }
    }
}

/// Bytes as the transcripts write them, from this one on marked. Where all of them are wrong, the step is marked, and that is enough.
fn quoted(bytes: &Bytes, byte: Option<usize>) -> Markup {
    let all = bytes.to_string();
    let (lead, text, before) = if all.chars().nth(LONGEST).is_none() {
        (None, all, byte.map(|byte| bytes.first(byte).to_string()))
    } else {
        let bytes = bytes.to_vec();
        // Where the place that matters lies deep inside, the beginning is cut away.
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

/// How many bytes of characters two texts have in common at their beginning.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}
