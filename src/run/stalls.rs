//! The stimuli after which the programs of a run have stalled.
//!
//! A run plays the same programs again and again. A program that has stalled once after a kind of stimulus gets less time after the next
//! one of that kind, so a broken program is judged quickly.

use crate::spec::role::Part;
use crate::stage::Stimulus;
use std::collections::HashSet;

/// The stalls that are known so far. A pair of programs has entries of its own.
#[derive(Default)]
pub struct Stalls {
    /// The programs have stalled after this stimulus once.
    supposed: HashSet<(Part, Stimulus)>,
    /// The programs had the full time limit in a scenario of this rule, and stalled again.
    confirmed: HashSet<(Part, Stimulus, &'static str)>,
    /// The programs had the full time limit, and did not stall again.
    refuted: HashSet<(Part, Stimulus)>,
}

impl Stalls {
    /// The stimuli after which these programs get less time. A pair inherits those of its two programs.
    pub fn of(&self, part: Part) -> Vec<Stimulus> {
        let Self { supposed, refuted, .. } = self;
        let theirs = supposed.difference(refuted).filter(|(other, _)| *other == part || part == Part::Pair);
        theirs.map(|(_, stimulus)| *stimulus).filter(|stimulus| !refuted.contains(&(part, *stimulus))).collect()
    }

    /// Whether a stall in a scenario of this rule must be confirmed with the full time limit before it is believed.
    pub fn is_doubtful(&self, part: Part, stimulus: Stimulus, rule: &'static str) -> bool {
        !self.confirmed.contains(&(part, stimulus, rule))
    }

    /// The programs have stalled, perhaps because they had too little time.
    pub fn suppose(&mut self, part: Part, stimulus: Stimulus) {
        self.supposed.insert((part, stimulus));
    }

    /// The programs have stalled although they had the full time limit.
    pub fn confirm(&mut self, part: Part, stimulus: Stimulus, rule: &'static str) {
        self.confirmed.insert((part, stimulus, rule));
    }

    /// With the full time limit the programs did not stall.
    pub fn refute(&mut self, part: Part, stimulus: Stimulus) {
        self.refuted.insert((part, stimulus));
    }
}
