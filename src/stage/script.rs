//! What a scenario lets the stage expect: so that it goes on the moment something is there, instead of waiting for quiet.
//! These are hints for pacing alone; whether what came is right is the judge's affair.

use crate::rule::Facet;
use crate::transcript::{End, Peer, Role, Scenario, Step, Wire};

/// What should have happened at a point of the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// How much of [`Script::stdout`] should have been printed; `None` where the exact text cannot be known.
    pub stdout: Option<usize>,
    /// How much of [`Script::wire`] the subject should have sent.
    pub wire: usize,
    /// How often it should have connected.
    pub connects: usize,
    /// Whether it should have ended (in this life).
    pub end: bool,
    /// Whether it should have closed its connection.
    pub closes: bool,
    /// Whether it should have complained on stderr.
    pub complains: bool,
}

/// A scenario, prepared for playing.
pub struct Script<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The program that is judged.
    pub subject: Role,
    /// All that should be printed, as far as it is known.
    pub stdout: Vec<u8>,
    /// All that the subject should send.
    pub wire: Vec<u8>,
    /// What is due before the first action, and then after each.
    due: Vec<Due>,
    /// The places of the actions among the steps.
    actions: Vec<usize>,
}

impl<'a> Script<'a> {
    /// Prepares a scenario.
    pub fn new(scenario: &'a Scenario) -> Self {
        let subject = scenario.subject();
        let mut script = Self { scenario, subject, stdout: Vec::new(), wire: Vec::new(), due: Vec::new(), actions: Vec::new() };
        let mut due = Due { stdout: Some(0), ..Due::default() };
        for (i, step) in scenario.transcript.steps.iter().enumerate() {
            match step {
                step if step.is_stimulus(subject) || matches!(step, Step::Idle(_)) => {
                    script.due.push(due.clone());
                    script.actions.push(i);
                    if matches!(step, Step::Control(..)) {
                        due.end = false;
                    }
                }
                Step::Printed(_, text) => {
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
                Step::Complained(..) => due.complains = true,
                Step::Ends(_, end) => due.end = *end != End::Runs,
                _ => {}
            }
        }
        script.due.push(due);
        script
    }

    /// The things to do, in order.
    pub fn actions(&self) -> impl Iterator<Item = &'a Step> {
        self.actions.iter().map(|&i| &self.scenario.transcript.steps[i])
    }

    /// What is due after this many actions.
    pub fn due(&self, actions: usize) -> &Due {
        &self.due[actions]
    }

    /// Whether nothing more is done after this many actions.
    pub fn is_last(&self, actions: usize) -> bool {
        actions + 1 == self.due.len()
    }

    /// Whether the next thing to do is to start the subject again.
    pub fn starts_next(&self, actions: usize) -> bool {
        use crate::transcript::Control::Start;
        self.actions.get(actions).is_some_and(|&i| matches!(self.scenario.transcript.steps[i], Step::Control(Start, _)))
    }

    /// Whether the scenario's rule judges this.
    pub fn owns(&self, facet: Facet) -> bool {
        self.scenario.rule.owns(facet)
    }
}
