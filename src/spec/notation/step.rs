//! Reads one step.

use crate::spec::notation::cursor::Cursor;
use crate::spec::notation::lines::{Parsed, mistake};
use crate::spec::role::Role;
use crate::spec::suggest::nearest;
use crate::spec::transcript::{Control, End, Excess, MOST_CLIENTS, Peer, SIGNALS, Step, Wire};

/// Reads one step, and accepts only the one way to write it.
pub(super) fn step(line: &str) -> Parsed<Step> {
    let step = lenient_step(line)?;
    let canonical = step.to_string();
    if canonical == line {
        return Ok(step);
    }
    let at = line.char_indices().zip(canonical.chars()).find(|((_, a), b)| a != b).map_or(line.len().min(canonical.len()), |((i, _), _)| i);
    // Show only the part of a long line that matters.
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
        "server" => Peer::Server,
        "relay" => Peer::Relay,
        other => Peer::Other(other_client(Cursor { line, at: 0 }, other)?.ok_or(()).or_else(|()| mistake(0, FORMS))?),
    };
    let text = |mark: &str| Cursor { line, at: rest_at + mark.len() };
    if rest.starts_with(": ") {
        return wire(peer, text(": "));
    }
    if peer == Peer::Server && rest.starts_with(" to ") {
        return to_client(text(" to "));
    }
    let Some(role) = peer.role() else {
        let whom = if peer == Peer::Relay { "a relay" } else { "another client" };
        return mistake(rest_at, format!("{whom} has only steps on the wire: `{peer}: …`"));
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
    } else if rest.starts_with("< ") {
        let text = text("< ");
        if text.rest() == "eof" { Ok(Step::TypedEof(role)) } else { Ok(Step::Typed(role, text.bytes_to_end()?)) }
    } else if rest.starts_with(' ') {
        state(role, text(" "))
    } else {
        mistake(rest_at, FORMS)
    }
}

/// The number in `client57`; `None` if the word does not begin so. The first client has no number.
fn other_client(text: Cursor<'_>, word: &str) -> Parsed<Option<u8>> {
    const CLIENT: &str = "client";
    let Some(number) = word.strip_prefix(CLIENT).filter(|number| number.starts_with(|c: char| c.is_ascii_digit())) else {
        return Ok(None);
    };
    match number.parse() {
        Ok(number) if (2..=MOST_CLIENTS).contains(&number) => Ok(Some(number)),
        _ => {
            let numbers = format!("the first client is `client`, and the others are `client2` to `client{MOST_CLIENTS}`");
            mistake(text.at + CLIENT.len(), numbers)
        }
    }
}

/// What a server does on the wire to another client, behind `server to `.
fn to_client(text: Cursor<'_>) -> Parsed<Step> {
    let Some((word, _)) = text.rest().split_once(": ") else {
        return mistake(text.at, "expected a client and what the server does, such as `client2: \"hello\"` or `client2: fin`");
    };
    if word == "client" {
        return mistake(text.at, "what the server does to the first client is `server: …`");
    }
    let Some(client) = other_client(text, word)? else {
        return mistake(text.at, format!("expected `client2` to `client{MOST_CLIENTS}`"));
    };
    let text = Cursor { at: text.at + word.len() + ": ".len(), ..text };
    let wire = match text.rest() {
        "fin" => Wire::Fin,
        "reset" => Wire::Reset,
        "closes" => Wire::Closes,
        rest if rest.starts_with('"') => Wire::Bytes(text.bytes_to_end()?),
        _ => return mistake(text.at, "expected fin, reset, closes, or a string in quotes"),
    };
    Ok(Step::ToOther(client, wire))
}

fn wire(peer: Peer, text: Cursor<'_>) -> Parsed<Step> {
    let wire = match text.rest() {
        "pause" if peer != Peer::Relay => return Ok(Step::Pause(peer)),
        "resume" if peer != Peer::Relay => return Ok(Step::Resume(peer)),
        "connect" if peer.client().is_some() => Wire::Connect,
        "fin" => Wire::Fin,
        "reset" => Wire::Reset,
        "closes" if peer != Peer::Relay => Wire::Closes,
        rest if rest.starts_with("burst ") => Wire::Burst(Cursor { at: text.at + "burst ".len(), ..text }.bytes_to_end()?),
        rest if rest.starts_with("any cut of ") => Wire::AnyCut(Cursor { at: text.at + "any cut of ".len(), ..text }.bytes_to_end()?),
        rest if rest.starts_with('"') => Wire::Bytes(text.bytes_to_end()?),
        _ => {
            let own = match peer {
                Peer::Server => "pause, resume, fin, reset, closes",
                Peer::Relay => "fin, reset",
                _ => "connect, pause, resume, fin, reset, closes",
            };
            return mistake(text.at, format!("expected {own}, a string in quotes, or `burst` and a string"));
        }
    };
    Ok(Step::Wire(peer, wire))
}

fn state(role: Role, text: Cursor<'_>) -> Parsed<Step> {
    match text.rest() {
        "idle" => Ok(Step::Idle(role)),
        "busy" => Ok(Step::Busy(role)),
        "tidy" if role == Role::Server => Ok(Step::Tidy),
        "runs" => Ok(Step::Ends(role, End::Runs)),
        "exits nonzero" => Ok(Step::Ends(role, End::ExitsNonzero)),
        rest => {
            let (end, at, message) = if let Some(status) = rest.strip_prefix("exits ") {
                (status.parse().ok().map(End::Exits), "exits ".len(), "a status is a number from 0 to 255, or `nonzero`".into())
            } else if let Some(name) = rest.strip_prefix("dies by ") {
                (signal(name).map(End::Dies), "dies by ".len(), no_signal(name))
            } else if let Some(excess) = rest.strip_prefix("keeps ").filter(|_| role == Role::Server) {
                let forms = "expected `N descriptors, N threads, N processes, N stacks`";
                return excess_of(excess).map_or_else(|| mistake(text.at + "keeps ".len(), forms), |excess| Ok(Step::Keeps(excess)));
            } else {
                let tidy = if role == Role::Server { "`server tidy`, " } else { "" };
                let forms = format!("expected `{role} idle`, {tidy}`{role} exits N`, `{role} exits nonzero`, or `{role} dies by SIG…`");
                (None, 0, forms)
            };
            end.map_or_else(|| mistake(text.at + at, message), |end| Ok(Step::Ends(role, end)))
        }
    }
}

/// What a server keeps. The words behind the numbers are checked when the step is compared with its one canonical form.
fn excess_of(text: &str) -> Option<Excess> {
    let mut parts = text.split(", ").map(|part| part.split(' ').next()?.parse().ok());
    let mut next = || parts.next().flatten();
    Some(Excess { descriptors: next()?, threads: next()?, processes: next()?, stacks: next()? })
}

/// The number of a signal. Signals from 32 on have no names: `SIG34`.
fn signal(name: &str) -> Option<i32> {
    let name = name.strip_prefix("SIG")?;
    let number = || name.parse().ok().filter(|number| (32..=64).contains(number));
    (1..).zip(SIGNALS).find(|(_, known)| *known == name).map(|(number, _)| number).or_else(number)
}

fn no_signal(name: &str) -> String {
    let known = SIGNALS.map(|known| format!("SIG{known}"));
    format!("there is no signal of this name{}", nearest(name, known.iter().map(String::as_str)))
}
