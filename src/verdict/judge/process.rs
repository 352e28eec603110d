//! Judges the subject's process: how it ends, what it writes to stderr, and what it uses of the machine.

use crate::spec::bytes::excerpt;
use crate::spec::dialect::Serves;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, End, Step};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::{Case, QUOTED, past_tense};
use crate::verdict::judge::joined::Joined;

impl Case<'_> {
    /// A program that exceeds a limit of the machine was killed for that, and fails whatever the rule is about.
    pub(super) fn breach(&self) -> Option<Difference> {
        let (facet, message) = (*self.scenario.rule.facets.first()?, self.seen.breach.clone()?);
        Some(Difference { facet, expected: None, seen: None, message, clue: None })
    }

    /// A program that dies by a signal which the harness did not send fails, whatever the rule is about.
    pub(super) fn crash(&self) -> Option<Difference> {
        // A rule about ends has judged this already.
        if self.scenario.rule.owns_in(Facet::End, self.dialect) {
            return None;
        }
        let is_due = |role, end| self.expected.contains(&Step::Ends(role, end));
        let (at, role, end) = crashes(self.seen_steps).find(|&(_, role, end)| !is_due(role, end))?;
        let expected = self.expected.iter().position(|step| matches!(step, Step::Ends(..))).map(Place::start_of);
        let message = format!("{} {}{}", self.who(role), past_tense(end), self.last_words());
        Some(Difference { facet: Facet::End, expected, seen: Some(Place::start_of(at)), message, clue: None })
    }

    /// Judges how the programs end.
    pub(super) fn end(&self) -> Option<Difference> {
        if let Some(too_early) = self.ends_although_it_serves_on() {
            return Some(too_early);
        }
        let ends = |steps: &[Step], wanted: Role| -> Vec<(usize, End)> {
            let end = |(i, step): (usize, &Step)| match step {
                Step::Ends(role, end) if *role == wanted => Some((i, *end)),
                _ => None,
            };
            steps.iter().enumerate().filter_map(end).collect()
        };
        // Compare each end with an end of the same program. Of a pair, report the end that is demanded first.
        let nth_difference = |role: Role| {
            let seen = ends(self.seen_steps, role);
            let differs = |(i, &(step, due)): (usize, &(usize, End))| match seen.get(i) {
                Some((_, end)) if end.meets(due) => None,
                found => Some((step, role, due, found.copied())),
            };
            ends(self.expected, role).iter().enumerate().find_map(differs)
        };
        let first = self.subject.roles().iter().filter_map(|role| nth_difference(*role)).min_by_key(|(step, ..)| *step)?;
        let (step, role, due, seen) = first;
        let message = match seen {
            Some((_, end)) if end != End::Runs => {
                format!("{} {}, where `{role} {due}` was expected{}", self.who(role), past_tense(end), self.last_words())
            }
            _ => format!("{} did not end{}", self.who(role), self.outcome()),
        };
        let seen = seen.map(|(at, _)| Place::start_of(at));
        Some(Difference { facet: Facet::End, expected: Some(Place::start_of(step)), seen, message, clue: None })
    }

    /// A server that serves the next client must not end by itself.
    fn ends_although_it_serves_on(&self) -> Option<Difference> {
        let is_due = |steps: &[Step]| steps.iter().any(|step| matches!(step, Step::Ends(..)));
        if self.subject != Part::Server || self.dialect.serves == Serves::One || is_due(self.expected) {
            return None;
        }
        let is_end = |step: &Step| matches!(step, Step::Ends(_, end) if *end != End::Runs);
        let at = self.seen_steps.iter().position(is_end)?;
        let Step::Ends(_, end) = self.seen_steps[at] else { return None };
        let message = format!("it {}, where it should serve the next client{}", past_tense(end), self.last_words());
        Some(Difference { facet: Facet::End, expected: None, seen: Some(Place::start_of(at)), message, clue: None })
    }

    /// Judges whether a line on stderr begins as demanded.
    pub(super) fn stderr(&self) -> Option<Difference> {
        let (step, whose, due) = self.expected.iter().enumerate().find_map(|(i, step)| match step {
            Step::Complained(role, text) => Some((i, *role, text.to_vec())),
            _ => None,
        })?;
        let said = Joined::of(self.seen_steps, |step| match step {
            Step::Complained(role, text) if *role == whose => Some(text.to_vec()),
            _ => None,
        });
        if said.all.split(|&b| b == b'\n').any(|line| line.starts_with(&due)) && (!due.is_empty() || !said.all.is_empty()) {
            return None;
        }
        let who = self.who(whose);
        let message = match (due.is_empty(), said.all.is_empty()) {
            (true, _) => format!("{who} said nothing on stderr"),
            (false, true) => format!("{who} said nothing on stderr, where a line that begins with {} was expected", excerpt(&due, QUOTED)),
            (false, false) => {
                format!("no line on stderr begins with {}: {who} said {}", excerpt(&due, QUOTED), excerpt(&said.all, QUOTED))
            }
        };
        Some(Difference { facet: Facet::Stderr, expected: Some(Place::start_of(step)), seen: said.place(0), message, clue: None })
    }

    /// Judges whether the program waits without using the CPU.
    pub(super) fn idle(&self) -> Option<Difference> {
        let step = self.expected.iter().position(|step| matches!(step, Step::Idle(_)))?;
        let seen = self.seen_steps.iter().position(|step| matches!(step, Step::Busy(_)))?;
        let message = self.seen.remarks.first().cloned().unwrap_or_else(|| "it uses the CPU while there is nothing to do".into());
        Some(Difference {
            facet: Facet::Idle,
            expected: Some(Place::start_of(step)),
            seen: Some(Place::start_of(seen)),
            message,
            clue: None,
        })
    }
}

/// What a message says of the time before the first `server tidy`.
const BEFORE: &str = "than before its clients came and went";

impl Case<'_> {
    /// Judges whether a server keeps what belonged to clients that have gone.
    pub(super) fn tidy(&self) -> Option<Difference> {
        let measured = |steps: &[Step]| -> Vec<usize> {
            let is_measured = |step: &Step| matches!(step, Step::Tidy | Step::Keeps(_));
            steps.iter().enumerate().filter(|(_, step)| is_measured(step)).map(|(i, _)| i).collect()
        };
        let kept = |(step, at): (usize, usize)| if let Step::Keeps(excess) = self.seen_steps[at] { Some((step, at, excess)) } else { None };
        let (step, at, excess) = measured(self.expected).into_iter().zip(measured(self.seen_steps)).find_map(kept)?;
        let message = format!("it keeps {} more {BEFORE}", excess.words());
        Some(Difference { facet: Facet::Tidy, expected: Some(Place::start_of(step)), seen: Some(Place::start_of(at)), message, clue: None })
    }
}

/// The programs that died by a signal which the harness did not send, and the steps at which they did.
pub fn crashes(steps: &[Step]) -> impl Iterator<Item = (usize, Role, End)> {
    steps.iter().enumerate().filter_map(|(at, step)| match step {
        Step::Ends(role, end @ End::Dies(_)) if !steps[..at].contains(&Step::Control(Control::Kill, *role)) => Some((at, *role, *end)),
        _ => None,
    })
}
