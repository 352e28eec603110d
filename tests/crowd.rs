//! The model of a server and its clients, compared with a plain simulation. The simulation handles one event after the other, as the loop of a
//! simple program does, and shares no code with the model.

use proptest::prelude::*;
use sockspec::model::expectation::expect;
use sockspec::model::stimuli::{Precision, Stimuli};
use sockspec::spec::bytes::Bytes;
use sockspec::spec::dialect::{Dialect, Form, Framing, Hole, ReplyTo, Serves, TokenIs, TokenMatch};
use sockspec::spec::role::{Part, Role};
use sockspec::spec::transcript::{Peer, Step, Wire};
use std::collections::BTreeMap;

const CLIENTS: u8 = 3;

/// What a client does.
#[derive(Clone, Debug)]
enum Event {
    Connects,
    Sends(Vec<u8>),
    Ends(Wire),
}

/// All that can be seen of a server.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    printed: String,
    /// What each client has received.
    sent: BTreeMap<u8, String>,
    has_ended: bool,
}

/// One connection of the simulation.
#[derive(Default)]
struct Connection {
    /// What the client has done, and the server has not looked at.
    waiting: Vec<Event>,
    number: usize,
    line: Vec<u8>,
    messages: usize,
    is_served: bool,
    is_over: bool,
    received: Vec<u8>,
}

struct Simulation<'a> {
    course: &'a Dialect,
    printed: Vec<u8>,
    connections: BTreeMap<u8, Connection>,
    /// The clients in the order in which they have connected.
    order: Vec<u8>,
    served: usize,
}

impl Simulation<'_> {
    fn run(course: &Dialect, events: &[(u8, Event)]) -> Outcome {
        let mut simulation = Simulation { course, printed: Vec::new(), connections: BTreeMap::new(), order: Vec::new(), served: 0 };
        for (client, event) in events {
            if matches!(event, Event::Connects) {
                simulation.order.push(*client);
            }
            simulation.connections.entry(*client).or_default().waiting.push(event.clone());
            simulation.serve();
        }
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        let sent = simulation.connections.iter().filter(|(_, connection)| !connection.received.is_empty());
        Outcome {
            sent: sent.map(|(client, connection)| (*client, text(&connection.received))).collect(),
            printed: text(&simulation.printed),
            has_ended: simulation.served >= simulation.most(),
        }
    }

    /// How many clients the server serves in its life.
    fn most(&self) -> usize {
        match self.course.serves {
            Serves::One => 1,
            Serves::Some(most) => most.into(),
            Serves::Next | Serves::Many => usize::MAX,
        }
    }

    /// Accepts whom it may accept, and handles what has arrived from those that it serves, until nothing is left to do.
    fn serve(&mut self) {
        loop {
            let is_busy = self.connections.values().any(|connection| connection.is_served && !connection.is_over);
            let is_free = (self.course.serves == Serves::Many || !is_busy) && self.served < self.most();
            let next = self.order.iter().copied().find(|client| !self.connections[client].is_served);
            if let Some(client) = next.filter(|_| is_free) {
                self.served += 1;
                let number = self.served;
                let connection = self.connections.get_mut(&client).expect("it has connected");
                (connection.is_served, connection.number) = (true, number);
            }
            let ready = self.order.iter().copied().find(|client| {
                let connection = &self.connections[client];
                connection.is_served && !connection.waiting.is_empty()
            });
            let Some(client) = ready else { return };
            let event = self.connections.get_mut(&client).expect("it has connected").waiting.remove(0);
            self.handle(client, event);
        }
    }

    fn handle(&mut self, client: u8, event: Event) {
        if self.connections[&client].is_over {
            return;
        }
        match event {
            Event::Connects => {
                let number = self.connections[&client].number;
                self.printed.extend(format!("+{number}\n").bytes());
                self.send(client, &self.course.welcome.clone());
            }
            Event::Sends(bytes) if self.course.framing == Framing::Recv => self.message(client, &bytes),
            Event::Sends(bytes) => {
                for byte in bytes {
                    let connection = self.connections.get_mut(&client).expect("it has connected");
                    if byte != b'\n' {
                        connection.line.push(byte);
                    } else if !connection.is_over {
                        let line = std::mem::take(&mut connection.line);
                        self.message(client, &line);
                    }
                }
            }
            Event::Ends(_) => self.close(client),
        }
    }

    fn message(&mut self, client: u8, message: &[u8]) {
        let token = &self.course.token[..];
        let is_token = !token.is_empty()
            && match self.course.token_match {
                TokenMatch::Whole => message == token,
                TokenMatch::Newline => message == [token, b"\n"].concat(),
                TokenMatch::Trimmed => String::from_utf8_lossy(message).trim().as_bytes() == token,
                TokenMatch::AnyCase => message.eq_ignore_ascii_case(token),
                TokenMatch::Prefix => message.len() >= token.len() && &message[..token.len()] == token,
            };
        let is_shown = !is_token || self.course.token_is != TokenIs::Hidden;
        if is_shown && !self.course.line_end.is_empty() {
            let count = if self.course.prefix.len() > 2 { message.len().to_string() } else { String::new() };
            self.printed.extend([count.as_bytes(), b"> ", message, b"\n"].concat());
        }
        if !is_token || self.course.token_is == TokenIs::Answered {
            let replies: Vec<&Form> = self.course.replies_in_turn().collect();
            let before = self.connections[&client].messages;
            let Form { before, hole, behind, padding } = replies[before.min(replies.len() - 1)];
            let said = match hole {
                Hole::None => Vec::new(),
                Hole::UpperCase => message.iter().map(u8::to_ascii_uppercase).collect(),
                Hole::Message | Hole::Typed => message.to_vec(),
            };
            let before = if before == LENGTH { format!("{}\n", message.len()).into_bytes() } else { before.clone() };
            let mut reply = [&before[..], &said, behind].concat();
            while reply.len() < *padding {
                reply.push(0);
            }
            for other in self.order.clone() {
                let is_there = self.connections[&other].is_served && !self.connections[&other].is_over;
                let is_meant = match self.course.reply_to {
                    ReplyTo::Sender => other == client,
                    ReplyTo::Others => other != client,
                    ReplyTo::All => true,
                };
                if is_there && is_meant {
                    self.send(other, &reply);
                }
            }
        }
        let connection = self.connections.get_mut(&client).expect("it has connected");
        connection.messages += 1;
        if is_token || Some(connection.messages) == self.course.messages {
            self.close(client);
        }
    }

    fn close(&mut self, client: u8) {
        self.connections.get_mut(&client).expect("it has connected").is_over = true;
        self.printed.extend_from_slice(&self.course.farewell);
    }

    fn send(&mut self, client: u8, bytes: &[u8]) {
        self.connections.get_mut(&client).expect("it has connected").received.extend_from_slice(bytes);
    }
}

/// What the model says of the same events.
fn by_the_model(course: &Dialect, events: &[(u8, Event)]) -> Outcome {
    let peer = |client: u8| if client == 1 { Peer::Client } else { Peer::Other(client) };
    let wire = |event: &Event| match event {
        Event::Connects => Wire::Connect,
        Event::Sends(bytes) => Wire::Bytes(Bytes::literal(bytes)),
        Event::Ends(how) => how.clone(),
    };
    let steps = events.iter().map(|(client, event)| Step::Wire(peer(*client), wire(event))).collect();
    let transcript = expect(course, &Stimuli::new(Part::Server, steps, Precision::usual(course)));
    let mut outcome = Outcome::default();
    for step in &transcript.steps {
        let text = step.bytes().map(|bytes| String::from_utf8(bytes.to_vec()).expect("text")).unwrap_or_default();
        match (step, step.to_client()) {
            (Step::Printed(..), _) => outcome.printed += &text,
            (_, Some((client, Wire::Bytes(_)))) => *outcome.sent.entry(client).or_default() += &text,
            (Step::Ends(Role::Server, _), _) => outcome.has_ended = true,
            _ => {}
        }
    }
    outcome
}

/// The reply `{len}`, and a newline.
const LENGTH: &[u8] = b"\0l\n";

fn course() -> impl Strategy<Value = Dialect> {
    let reply = prop_oneof![
        Just(Form::fixed(b"ok\n")),
        Just(Form::fixed(LENGTH)),
        Just(Form { before: b"[".to_vec(), hole: Hole::Message, behind: b"]\n".to_vec(), padding: 8 }),
        Just(Form { before: b"<".to_vec(), hole: Hole::Message, behind: b">\n".to_vec(), padding: 0 }),
        Just(Form { before: b"".to_vec(), hole: Hole::UpperCase, behind: b"\n".to_vec(), padding: 0 }),
    ];
    // One text, or a list of texts.
    let replies = prop_oneof![Just(vec![Form::default()]), proptest::collection::vec(reply, 1..4)];
    let matching = prop_oneof![
        Just(TokenMatch::Whole),
        Just(TokenMatch::Newline),
        Just(TokenMatch::Trimmed),
        Just(TokenMatch::AnyCase),
        Just(TokenMatch::Prefix)
    ];
    let serves = prop_oneof![Just(Serves::One), Just(Serves::Next), Just(Serves::Some(2)), Just(Serves::Many)];
    let token =
        (prop_oneof![Just(""), Just("ab")], matching, prop_oneof![Just(TokenIs::Hidden), Just(TokenIs::Printed), Just(TokenIs::Answered)]);
    let texts = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let reply_to = prop_oneof![Just(ReplyTo::Sender), Just(ReplyTo::Others), Just(ReplyTo::All)];
    let framing = prop_oneof![Just(Framing::Recv), Just(Framing::Line)];
    (framing, token, texts, replies, reply_to, serves, proptest::option::of(1usize..4)).prop_map(
        |(framing, (token, token_match, token_is), (prints, counts, greets, parts), mut replies, reply_to, serves, messages)| {
            let text = |is_there: bool, text: &str| if is_there { text.as_bytes().to_vec() } else { Vec::new() };
            let farewell = text(parts, "bye\n");
            if framing == Framing::Line {
                // A line has no NUL behind it.
                replies.iter_mut().for_each(|reply| reply.padding = 0);
            }
            let later_replies = replies.split_off(1);
            Dialect {
                framing,
                token: token.into(),
                token_match: if framing == Framing::Line && token_match == TokenMatch::Newline { TokenMatch::Whole } else { token_match },
                token_is,
                server_greeting: b"+\0n\n".to_vec(),
                prefix: text(prints, if counts { "\0l> " } else { "> " }),
                line_end: text(prints, "\n"),
                farewell_at_token: farewell.clone(),
                farewell,
                welcome: text(greets, "hi\n"),
                reply: replies.remove(0),
                later_replies,
                reply_to: if serves == Serves::Many { reply_to } else { ReplyTo::Sender },
                serves,
                messages,
                ..Dialect::tutorial()
            }
        },
    )
}

/// What some clients do, in any order that is possible. All of them end their streams at last.
fn events(framing: Framing) -> impl Strategy<Value = Vec<(u8, Event)>> {
    let bytes = proptest::collection::vec(prop::sample::select(&b"abAB  \n\n"[..]), 1..6);
    let one = (
        1..=CLIENTS,
        prop_oneof![3 => bytes.prop_map(Event::Sends), 1 => Just(Event::Ends(Wire::Fin)), 1 => Just(Event::Ends(Wire::Reset))],
    );
    proptest::collection::vec(one, 1..12).prop_map(move |wanted| {
        let mut all: Vec<(u8, Event)> = Vec::new();
        let has = |all: &[(u8, Event)], client: u8, wanted: fn(&Event) -> bool| {
            all.iter().any(|(other, event)| *other == client && wanted(event))
        };
        for (client, event) in wanted {
            if !has(&all, client, |event| matches!(event, Event::Connects)) {
                all.push((client, Event::Connects));
            }
            // What a client sends while it waits to be served is joined, so without lines it may send once.
            let has_sent = has(&all, client, |event| matches!(event, Event::Sends(_)));
            let is_open = !has(&all, client, |event| matches!(event, Event::Ends(_)));
            let is_clear = framing == Framing::Line || all[0].0 == client || !has_sent || !matches!(event, Event::Sends(_));
            if is_open && is_clear {
                all.push((client, event));
            }
        }
        for client in 1..=CLIENTS {
            let is_there = has(&all, client, |event| matches!(event, Event::Connects));
            if is_there && !has(&all, client, |event| matches!(event, Event::Ends(_))) {
                all.push((client, Event::Ends(Wire::Fin)));
            }
        }
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_model_of_many_clients_does_what_a_plain_server_does(
        (course, events) in course().prop_flat_map(|course| { let framing = course.framing; (Just(course), events(framing)) })
    ) {
        prop_assert_eq!(by_the_model(&course, &events), Simulation::run(&course, &events));
    }
}
