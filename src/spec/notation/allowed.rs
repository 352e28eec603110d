//! Which steps a scenario may have. It depends on the programs that the scenario judges.

use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, End, MAX_SEGMENT, Peer, Step, Wire};

/// Why a scenario for this subject cannot have this step, if it cannot.
pub(super) fn objection(step: &Step, subject: Part) -> Option<String> {
    let other = |role: &Role| {
        (!subject.judges(*role)).then(|| format!("the subject is the {subject}: nothing is known of the other program's process"))
    };
    match step {
        Step::Control(Control::Start, _) if subject == Part::Pair => Some("each program of a pair is started only once".into()),
        Step::Idle(_) if subject == Part::Pair => Some("a pair is not judged on `idle`: only a single program is".into()),
        Step::Silence if subject == Part::Pair => Some("a pair is not judged on `silence`: only a single program is".into()),
        Step::Pause(_) | Step::Resume(_) if subject == Part::Pair => {
            Some("`pause` and `resume` are for a server or a client that the harness plays; `stop server` makes a program slow".into())
        }
        Step::Tidy if subject == Part::Pair => Some("a pair is not judged on `tidy`: only a single server is".into()),
        Step::Wire(Peer::Client | Peer::Other(_) | Peer::Server, _) | Step::ToOther(..) if subject == Part::Pair => {
            Some("the two programs choose what they send; a scenario controls only what the relay passes on: `relay: …`".into())
        }
        Step::Wire(Peer::Relay, _) if subject != Part::Pair => Some(format!("the subject is the {subject}: a relay needs two programs")),
        Step::Printed(role, _) | Step::Complained(role, _) | Step::Control(_, role) | Step::Idle(role) => other(role),
        Step::Ends(role, end) if *end != End::Runs => other(role),
        Step::Tidy => other(&Role::Server),
        Step::Ends(..) | Step::Busy(_) | Step::Keeps(_) => {
            Some("a report shows this step, but a scenario cannot demand it: demand an end, `idle`, or `tidy`".into())
        }
        Step::PrintedAnyCut(Role::Server, _) => other(&Role::Server),
        Step::PrintedAnyCut(..) => Some("`any cut of` is for a server: it prints what it received".into()),
        Step::Wire(peer, Wire::AnyCut(_)) if *peer != Peer::Server || subject != Role::Server => {
            Some("`any cut of` is for a server: it answers what it received".into())
        }
        Step::Typed(role, _) | Step::TypedEof(role) if !subject.judges(*role) => {
            Some(format!("the subject is the {subject}: `{role}<` is for a {role}"))
        }
        Step::Wire(Peer::Other(_), _) | Step::ToOther(..) | Step::Pause(Peer::Other(_)) | Step::Resume(Peer::Other(_))
            if subject == Role::Client =>
        {
            Some("the subject is the client: there is no second one".into())
        }
        Step::Pause(peer) | Step::Resume(peer) if peer.role().is_some_and(|role| subject.judges(role)) => {
            Some(format!("the subject is the {subject}: `stop {subject}` and `continue {subject}` make it slow"))
        }
        Step::Wire(_, Wire::Burst(_)) if !step.is_stimulus(subject) => {
            Some("only the harness sends a burst; the bytes that the subject sends have no boundaries".into())
        }
        Step::Wire(_, Wire::Bytes(bytes)) if step.is_stimulus(subject) && bytes.len() > MAX_SEGMENT => {
            Some(format!("one segment holds at most {MAX_SEGMENT} bytes, so that one recv can take it whole: use `burst`"))
        }
        Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) | Step::Typed(_, bytes) if bytes.is_empty() => {
            Some("an empty string cannot be sent or typed".into())
        }
        _ => None,
    }
}
