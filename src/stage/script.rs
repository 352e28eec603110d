//! The output that a scenario expects after each action, so that the stage goes on the moment it is there, instead of waiting for quiet.
//! This is only for pacing: the judge decides whether the output is right.

use super::allowance::{KEPT_OF_FLOOD, SLACK};
use crate::model::client::Client;
use crate::spec::bytes::MAX_LEN;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, End, Peer, Scenario, Step, Wire};

/// The expected events, up to a point of the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// How much of [`Script::stdout`] should have been printed; `None` where the exact text cannot be known.
    pub stdout: Option<usize>,
    /// How much of [`Script::wire`] a subject should have sent. Of a pair: how many bytes its client should have sent.
    pub wire: usize,
    /// How often the subject should have connected.
    pub connects: usize,
    /// The subjects that should have ended since their last start.
    pub ends: Vec<Role>,
    /// Whether the subject should have closed its connection.
    pub closes: bool,
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
    /// All bytes that the subject should send.
    pub wire: Vec<u8>,
    /// The expected events before the first action, and then after each.
    due: Vec<Due>,
    /// The places of the actions among the steps.
    actions: Vec<usize>,
}

impl<'a> Script<'a> {
    /// Prepares a scenario of a course with this dialect.
    pub fn new(scenario: &'a Scenario, dialect: &Dialect) -> Self {
        let subject = scenario.subject();
        let mut script = Self { scenario, stdout: Vec::new(), wire: Vec::new(), due: Vec::new(), actions: Vec::new() };
        let mut due = Due { stdout: Some(0), ..Due::default() };
        let mut client = Client::new(dialect, false);
        for (i, step) in scenario.transcript.steps.iter().enumerate() {
            match step {
                step if step.is_stimulus(subject) || matches!(step, Step::Idle(_)) => {
                    script.due.push(due.clone());
                    script.actions.push(i);
                    match step {
                        Step::Control(_, role) => due.ends.retain(|other| other != role),
                        // A client sends each word when its line was typed. A relay can forward only what was sent.
                        Step::Typed(more) if subject == Part::Pair => {
                            due.wire += client.types(&more.to_vec()).concat().len();
                        }
                        Step::TypedEof if subject == Part::Pair => due.wire += client.types_end().concat().len(),
                        _ => {}
                    }
                }
                Step::Printed(role, text) if *role == subject.speaker() => {
                    script.stdout.extend(text.to_vec());
                    due.stdout = due.stdout.map(|_| script.stdout.len());
                }
                Step::PrintedAnyCut(..) => due.stdout = None,
                Step::Wire(Peer::Client2, _) => {}
                Step::Wire(_, Wire::Connect) => due.connects += 1,
                Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) => {
                    script.wire.extend(bytes.to_vec());
                    due.wire = script.wire.len();
                }
                Step::Wire(_, Wire::Fin | Wire::Reset | Wire::Closes) => due.closes = true,
                Step::Complained(role, _) => due.complains.push(*role),
                Step::Ends(role, end) if *end != End::Runs => due.ends.push(*role),
                _ => {}
            }
        }
        script.due.push(due);
        script
    }

    /// The actions, in order.
    pub fn actions(&self) -> impl Iterator<Item = &'a Step> {
        self.actions.iter().map(|&i| &self.scenario.transcript.steps[i])
    }

    /// The expected events after this many actions.
    pub fn due(&self, actions: usize) -> &Due {
        &self.due[actions]
    }

    /// How many bytes the harness sends or types.
    pub fn input_len(&self) -> usize {
        let len = |step: &Step| match step {
            Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) | Step::Typed(bytes) => bytes.len(),
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
        self.scenario.rule.owns(facet)
    }
}
