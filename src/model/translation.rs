//! Golden transcripts in the words of another dialect.

use crate::model::oracle;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::transcript::{Control, End, Peer, Step, Transcript, Wire};

/// A transcript that is written in the tutorial's dialect, in this one. Each line that a server prints is a step of its own in
/// a fixture; that makes the translation exact.
#[must_use]
pub fn translate(dialect: &Dialect, transcript: &Transcript, subject: Part) -> Transcript {
    let tutorial = Dialect::tutorial();
    if *dialect == tutorial {
        return transcript.clone();
    }
    let mut steps = Vec::with_capacity(transcript.steps.len());
    let (mut typed, mut sent) = (Vec::new(), 0);
    // What ends a server is the end of the stream where there is one, and otherwise the token.
    let mut is_at_token = true;
    for step in &transcript.steps {
        let said = match step {
            Step::Printed(Role::Server, text) => {
                let text = text.to_vec();
                let said = match tutorial.payload(&text) {
                    _ if text == tutorial.server_greeting => dialect.server_greeting.clone(),
                    Some(payload) => dialect.message(payload),
                    None => text,
                };
                Step::Printed(Role::Server, Bytes::compact(&said))
            }
            Step::Printed(Role::Client, text) if text.to_vec() == tutorial.client_greeting => {
                Step::Printed(Role::Client, Bytes::compact(&dialect.client_greeting))
            }
            Step::Typed(text) => {
                typed.extend(text.to_vec());
                step.clone()
            }
            Step::Wire(Peer::Client, Wire::Bytes(words)) if subject == Role::Client => {
                let mut rest = &words.to_vec()[..];
                let mut delimited = Vec::new();
                // What was typed tells where the words end; a step may demand many.
                for word in oracle::words(&typed).skip(sent) {
                    let Some(behind) = rest.strip_prefix(word).filter(|_| !rest.is_empty()) else { break };
                    delimited.extend([word, &dialect.delimiter].concat());
                    (rest, sent) = (behind, sent + 1);
                }
                if !rest.is_empty() {
                    delimited.extend([rest, &dialect.delimiter].concat());
                }
                Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&delimited)))
            }
            Step::Wire(Peer::Client, how @ (Wire::Connect | Wire::Fin | Wire::Reset)) => {
                is_at_token = *how == Wire::Connect;
                step.clone()
            }
            // A client that ends its input, or is ended, ends the stream; a relay decides what of that arrives.
            Step::TypedEof | Step::Wire(Peer::Relay, Wire::Fin | Wire::Reset) | Step::Control(Control::Kill, Role::Client) => {
                is_at_token = false;
                step.clone()
            }
            // Whoever is killed says nothing more.
            Step::Ends(Role::Server, end @ (End::Exits(_) | End::ExitsNonzero)) => {
                steps.push(Step::Printed(Role::Server, Bytes::literal(dialect.farewell(is_at_token))));
                Step::Ends(Role::Server, *end)
            }
            other => other.clone(),
        };
        steps.push(said);
    }
    // Nothing printed is no demand: it would only confuse a reader.
    steps.retain(|step| !matches!(step, Step::Printed(_, text) if text.is_empty()));
    Transcript { steps }
}
