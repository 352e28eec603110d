//! The output that a scenario expects after each action, so that the stage goes on the moment it is there, instead of waiting for quiet.
//! This is only for pacing: the judge decides whether the output is right.

mod streams;

use super::allowance::{KEPT_OF_FLOOD, SLACK};
use crate::model::client::Client;
use crate::spec::bytes::MAX_LEN;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, End, Peer, Scenario, Step, Wire};
use streams::Streams;

/// The expected events, up to a point of the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// How much of [`Script::stdout`] should have been printed; `None` where the exact text cannot be known.
    pub stdout: Option<usize>,
    /// After so many actions. What a single subject should have sent by then is in [`Script::streams`].
    pub actions: usize,
    /// How many bytes the client of a pair should have sent.
    pub sent: usize,
    /// How often the subject should have connected.
    pub connects: usize,
    /// The subjects that should have ended since their last start.
    pub ends: Vec<Role>,
    /// The subjects that should have complained on stderr.
    pub complains: Vec<Role>,
}

impl Due {
    /// The same without output that cannot be known.
    pub fn known(&self) -> Self {
        Self { stdout: self.stdout.or(Some(0)), ..self.clone() }
    }
}

/// A scenario, prepared for playing.
pub struct Script<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// All expected output, as far as it is known.
    pub stdout: Vec<u8>,
    /// What a single subject should do on each connection.
    pub streams: Streams,
    /// Whether output is due to other clients than the first, or to a client that connects again: then the server should serve many.
    pub serves_many: bool,
    /// Whether a text of the server has a value, such as a port: then any number stands for it.
    pub has_values: bool,
    /// Whether not all that a program prints is compared.
    pub is_compared_in_part: bool,
    /// The expected events before the first action, and then after each.
    due: Vec<Due>,
    /// The places of the actions among the steps.
    actions: Vec<usize>,
    /// What the scenario's rule judges.
    facets: Vec<Facet>,
}

impl<'a> Script<'a> {
    /// Prepares a scenario of a course with this dialect.
    pub fn new(scenario: &'a Scenario, dialect: &Dialect) -> Self {
        let subject = scenario.subject();
        let mut script = Self {
            scenario,
            stdout: Vec::new(),
            streams: Streams::default(),
            serves_many: false,
            has_values: dialect.has_values(),
            is_compared_in_part: dialect.is_compared_in_part(),
            due: Vec::new(),
            actions: Vec::new(),
            facets: scenario.rule.facets_in(dialect).collect(),
        };
        let mut due = Due { stdout: Some(0), ..Due::default() };
        let mut client = Client::new(dialect, false);
        for (i, step) in scenario.transcript.steps.iter().enumerate() {
            match step {
                step if step.is_stimulus(subject) || step.is_measurement() => {
                    script.due.push(due.clone());
                    script.actions.push(i);
                    due.actions = script.actions.len();
                    match step {
                        Step::Wire(peer, Wire::Connect) => {
                            peer.client().into_iter().for_each(|client| script.streams.connect(client, due.actions));
                        }
                        Step::Control(_, role) => due.ends.retain(|other| other != role),
                        // A client sends each word when its line was typed. A relay can forward only what was sent.
                        Step::Typed(Role::Client, more) if subject == Part::Pair => {
                            due.sent += client.types(&more.to_vec()).concat().len();
                        }
                        Step::TypedEof(Role::Client) if subject == Part::Pair => due.sent += client.types_end().concat().len(),
                        _ => {}
                    }
                }
                Step::Printed(role, text) if *role == subject.speaker() => {
                    script.stdout.extend(text.to_vec());
                    due.stdout = due.stdout.map(|_| script.stdout.len());
                }
                Step::PrintedAnyCut(..) => due.stdout = None,
                Step::Wire(_, Wire::Connect) => due.connects += 1,
                // A client has one connection, to the harness.
                Step::Wire(_, wire) | Step::ToOther(_, wire) => {
                    script.streams.demand(step.to_client().map_or(1, |(client, _)| client), wire, due.actions);
                }
                Step::Complained(role, _) => due.complains.push(*role),
                Step::Ends(role, end) if *end != End::Runs => due.ends.push(*role),
                _ => {}
            }
        }
        script.due.push(due);
        script.serves_many = script.has_served_others();
        script
    }

    /// Whether output is due after an action of another client than the first, or of the first after it has connected again.
    fn has_served_others(&self) -> bool {
        let mut connects_of_first = 0;
        self.actions().zip(1..).any(|(action, actions)| {
            let client = match action {
                Step::Wire(peer, _) | Step::Pause(peer) | Step::Resume(peer) => peer.client(),
                _ => None,
            };
            match action {
                Step::Wire(Peer::Client, Wire::Connect) => connects_of_first += 1,
                Step::Control(Control::Start, _) => connects_of_first = 0,
                _ => {}
            }
            client.is_some_and(|client| client > 1 || connects_of_first > 1) && self.asks(actions)
        })
    }

    /// Whether something is due after this many actions that was not due before the last of them.
    pub fn asks(&self, actions: usize) -> bool {
        let (before, after) = (&self.due[actions - 1], &self.due[actions]);
        *before != Due { actions: before.actions, ..after.clone() } || self.streams.ask(actions)
    }

    /// The actions, in order.
    pub fn actions(&self) -> impl Iterator<Item = &'a Step> {
        self.actions.iter().map(|&i| &self.scenario.transcript.steps[i])
    }

    /// The expected events after this many actions.
    pub fn due(&self, actions: usize) -> &Due {
        &self.due[actions]
    }

    /// The expected events after all actions.
    pub fn last_due(&self) -> &Due {
        self.due(self.actions.len())
    }

    /// How many bytes the harness sends or types.
    pub fn input_len(&self) -> usize {
        let len = |step: &Step| match step {
            Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) | Step::Typed(_, bytes) => bytes.len(),
            _ => 0,
        };
        self.actions().map(len).sum()
    }

    /// The most that a right program may print, in bytes: it may print each byte of its input as a line of its own.
    pub fn most_output(&self) -> usize {
        self.stdout.len() + 64 * self.input_len()
    }

    /// How many bytes are kept of what a program prints: all that may be right, and more. The notation must have room for them.
    pub fn kept_output(&self) -> usize {
        (SLACK + self.most_output()).min(MAX_LEN)
    }

    /// How many bytes are kept of a flood. Its beginning shows what is wrong, so reports and judge need not carry megabytes. The expected
    /// output before it is kept, also if it may be cut in any way, into pieces of some dozen bytes or more.
    pub fn kept_of_flood(&self) -> usize {
        self.stdout.len() + 2 * self.input_len() + KEPT_OF_FLOOD
    }

    /// Whether these are all actions.
    pub fn is_last(&self, actions: usize) -> bool {
        actions + 1 == self.due.len()
    }

    /// The action after this many actions.
    pub fn next(&self, actions: usize) -> Option<&'a Step> {
        self.actions.get(actions).map(|&i| &self.scenario.transcript.steps[i])
    }

    /// Whether the next action starts the subject again.
    pub fn starts_next(&self, actions: usize) -> bool {
        matches!(self.next(actions), Some(Step::Control(Control::Start, _)))
    }

    /// Whether the next action stops a program, or ends a program or a connection without warning.
    ///
    /// A program may do more than is expected, and the effects must not depend on which side is faster: so it must be at rest before that.
    pub fn interrupts_next(&self, actions: usize) -> bool {
        let next = self.next(actions);
        matches!(next, Some(Step::Control(Control::Stop | Control::Kill, _) | Step::Wire(_, Wire::Reset | Wire::Closes)))
    }

    /// Whether the scenario's rule judges this.
    pub fn owns(&self, facet: Facet) -> bool {
        self.facets.contains(&facet)
    }
}
