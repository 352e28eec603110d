//! The harness's part of a conversation: the input of the model.

use crate::spec::dialect::{Dialect, Values};
use crate::spec::role::{Part, Role};
use crate::spec::rule::{Facet, Rule};
use crate::spec::transcript::{Given, Peer, Scenario, Step, Wire};

/// All that the harness does in one conversation, and how exactly the reactions are demanded.
#[derive(Clone, Debug)]
pub struct Stimuli {
    /// The programs that are judged.
    pub subject: Part,
    /// The state of the world before a program starts.
    pub givens: Vec<Given>,
    /// The actions, in order.
    pub actions: Vec<Action>,
    /// How exactly the reactions are demanded.
    pub precision: Precision,
    /// The values in the texts of the server.
    pub values: Values,
}

/// One thing that the harness does, or a look at whether the subject is idle.
#[derive(Clone, Debug)]
pub struct Action {
    /// The action.
    pub step: Step,
    /// Whether the server may read the bytes in pieces of any size, even where the model could predict one piece.
    pub is_cut_open: bool,
}

/// How exactly the reactions are demanded.
#[derive(Clone, Copy, Debug)]
pub struct Precision {
    /// A segment of at most so many bytes is one message, if the harness waits until the server has read it.
    pub one_recv: usize,
    /// One recv takes exactly so many bytes, where so many have arrived. Without it, a long segment may be cut anywhere.
    pub buffer: Option<usize>,
    /// Messages and words end at their first NUL. Without it, a program may also print or send the NUL and what follows it.
    pub c_strings: bool,
    /// The subject closes its connection.
    pub closes: bool,
    /// Each segment but the last is a part of a message, so where NULs end a message, it has none.
    pub splits: bool,
}

/// A segment of at most so many bytes fits into one recv of every server with a buffer of the usual sizes, from 256 bytes on. The size of the
/// dialect's buffer is a SHOULD.
pub const SHORT_SEGMENT: usize = 255;

impl From<Step> for Action {
    fn from(step: Step) -> Self {
        Self { step, is_cut_open: false }
    }
}

impl Precision {
    /// What random conversations demand in this dialect.
    pub fn usual(dialect: &Dialect) -> Self {
        Self {
            one_recv: SHORT_SEGMENT.min(dialect.buffer - 1).max(dialect.padding),
            buffer: None,
            c_strings: dialect.has_nuls(),
            closes: false,
            splits: false,
        }
    }

    /// What scenarios of a rule demand in this dialect. A server may keep one byte of its buffer for a NUL, if its client sends none.
    pub fn of(rule: &Rule, dialect: &Dialect) -> Self {
        Self {
            one_recv: dialect.padding.max(dialect.buffer - 1),
            buffer: (rule.id == "server/buffer").then_some(dialect.buffer),
            c_strings: rule.id.ends_with("/nul") || Self::usual(dialect).c_strings,
            closes: rule.owns(Facet::HangUp),
            splits: rule.id == "server/message-split",
        }
    }
}

impl Stimuli {
    /// These actions, in a world that is as usual.
    pub fn new(subject: Part, steps: Vec<Step>, precision: Precision) -> Self {
        Self { subject, givens: Vec::new(), actions: steps.into_iter().map(Action::from).collect(), precision, values: Values::default() }
    }

    /// The harness's part of a scenario in this dialect. Where the scenario demands `any cut of` bytes, the cut of the last bytes before that is open.
    pub fn of(scenario: &Scenario, dialect: &Dialect) -> Self {
        let subject = scenario.subject();
        let mut actions: Vec<Action> = Vec::new();
        for step in &scenario.transcript.steps {
            if step.is_stimulus(subject) || step.is_measurement() {
                actions.push(step.clone().into());
            } else if matches!(step, Step::PrintedAnyCut(..)) {
                let carries_bytes = |action: &&mut Action| matches!(action.step, Step::Typed(..) | Step::Wire(_, Wire::Bytes(_)));
                actions.iter_mut().rev().find(carries_bytes).into_iter().for_each(|action| action.is_cut_open = true);
            }
        }
        Self {
            subject,
            givens: scenario.givens.clone(),
            actions,
            precision: Precision::of(scenario.rule, dialect),
            values: Values::default(),
        }
    }

    /// Whether the harness types a reply at the server by itself, for each message, because no action types one.
    pub fn harness_operates(&self) -> bool {
        !self.actions.iter().any(|action| matches!(action.step, Step::Typed(Role::Server, _)))
    }

    /// Whether a relay stands between the two programs.
    pub fn has_relay(&self) -> bool {
        self.actions.iter().any(|action| matches!(action.step, Step::Wire(Peer::Relay, _)))
    }
}
