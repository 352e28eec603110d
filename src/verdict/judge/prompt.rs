//! Judges whether output is there in time: before the harness does the next thing.

use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Peer, Step, Wire};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::Case;

impl Case<'_> {
    /// Compares the amount of output before each action of the harness.
    pub(super) fn prompt(&self, facet: Facet) -> Option<Difference> {
        self.subject.alone()?;
        let amount = |step: &Step| self.amount(facet, step);
        let greeting = self.opening().len() + if self.shows_on_the_wire() { self.dialect.welcome.len() } else { 0 };
        let mut seen = self.seen_steps.iter().enumerate();
        let (mut due, mut there, mut due_step) = (0, 0, None);
        for (i, step) in self.expected.iter().enumerate() {
            if amount(step) > 0 {
                due += amount(step);
                due_step = Some(i);
            }
            if !step.is_stimulus(self.subject) {
                continue;
            }
            // Find the same action among the seen steps, and add up the output before it.
            let mut at = None;
            for (j, other) in seen.by_ref() {
                if other == step {
                    at = Some(j);
                    break;
                }
                there += amount(other);
            }
            // One rule judges the greeting, another one the messages.
            let is_judged = match facet {
                Facet::GreetingPrompt => due > 0 && due <= greeting,
                Facet::Prompt => due > greeting,
                _ => due > 0,
            };
            if !is_judged || there >= due {
                // A subject that ended first never saw the action. What it had put out came in time.
                at?;
                continue;
            }
            // A program that has ended is not late. Another rule judges what it did not print or send.
            if at.is_none() && self.has_ended() {
                return None;
            }
            let what = due_step.map(|i| self.expected[i].to_string()).unwrap_or_default();
            let verb = if facet == Facet::WirePrompt { "sent" } else { "visible" };
            let message = match at {
                Some(_) => format!("`{what}` was not yet {verb} when `{step}` was next"),
                None => format!("`{what}` was not {verb}{}", self.outcome()),
            };
            return Some(Difference { facet, expected: due_step.map(Place::start_of), seen: at.map(Place::start_of), message, clue: None });
        }
        None
    }

    /// Whether a subject that ended at the action `first`, which nobody played, has shown all that the prompt rules demand: it had put
    /// out what was due, and after this action nothing more is due before another one.
    pub(super) fn was_prompt_until(&self, first: usize) -> bool {
        let rest = &self.expected[first..];
        let last = rest.iter().rposition(|step| step.is_stimulus(self.subject)).unwrap_or(0);
        let is_prompt = |facet: &Facet| matches!(facet, Facet::Prompt | Facet::GreetingPrompt | Facet::WirePrompt);
        let amount = |facet: &Facet, steps: &[Step]| steps.iter().map(|step| self.amount(*facet, step)).sum::<usize>();
        let was_prompt = |facet: &Facet| amount(facet, self.seen_steps) >= amount(facet, &self.expected[..first]);
        let is_done = |facet: &Facet| is_prompt(facet) && was_prompt(facet) && amount(facet, &rest[..last]) == 0;
        self.has_ended() && self.scenario.rule.facets.iter().all(is_done)
    }

    /// How many bytes of output `step` holds that a prompt rule judges.
    fn amount(&self, facet: Facet, step: &Step) -> usize {
        let peer = self.subject.alone().map(Role::peer);
        match step {
            Step::Printed(_, text) if facet != Facet::WirePrompt => text.len(),
            Step::Wire(Peer::Server, Wire::Bytes(bytes)) if facet == Facet::Prompt && self.shows_on_the_wire() => bytes.len(),
            Step::Wire(who, Wire::Bytes(bytes)) if facet == Facet::WirePrompt && Some(*who) == peer => bytes.len(),
            Step::ToOther(_, Wire::Bytes(bytes)) if facet == Facet::WirePrompt => bytes.len(),
            _ => 0,
        }
    }
}
