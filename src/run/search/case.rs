//! One case of a search, whatever the number of programs.

use crate::run::search::conversation::Conversation;
use crate::run::search::dialogue::Dialogue;
use crate::run::search::shrink::Size;
use crate::spec::dialect::Dialect;
use crate::spec::rule::Rule;
use crate::spec::transcript::Scenario;
use crate::stage::Seen;
use crate::verdict::finding::Finding;
use crate::verdict::outcome::Outcome;
use std::collections::HashSet;

/// The most candidates to play for one failure.
const MOST_CANDIDATES: usize = 2000;
/// The most pieces that all candidates have together. Some cases have two thousand pieces.
const MOST_PIECES: usize = 60_000;

/// A conversation with one program, or between two.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Case {
    Single(Conversation),
    Pair(Dialogue),
}

impl Case {
    /// The rules that it can break, the most specific first.
    pub fn rules(&self) -> Vec<&'static Rule> {
        match self {
            Self::Single(conversation) => conversation.rules().collect(),
            Self::Pair(dialogue) => dialogue.rules().collect(),
        }
    }

    /// The scenario, with the output of a right program that uses this dialect.
    pub fn scenario(&self, dialect: &Dialect, title: String) -> Scenario {
        match self {
            Self::Single(conversation) => conversation.scenario(dialect, title),
            Self::Pair(dialogue) => dialogue.scenario(dialect, title),
        }
    }

    /// The smallest case that still fails, and the number of candidates that were played. None if `fails` has no answer.
    pub fn shrink(&self, mut fails: impl FnMut(&Self) -> Option<bool>) -> Option<(Self, usize)> {
        let (mut smallest, mut tried, mut pieces) = (self.clone(), HashSet::new(), 0);
        loop {
            let (size, mut smaller) = (smallest.size(), None);
            for candidate in smallest.simpler() {
                if tried.len() == MOST_CANDIDATES || pieces >= MOST_PIECES {
                    break;
                }
                let candidate_size = candidate.size();
                if candidate_size >= size || !tried.insert(candidate.clone()) {
                    continue;
                }
                pieces += candidate_size.pieces;
                if fails(&candidate)? {
                    smaller = Some(candidate);
                    break;
                }
            }
            let Some(smaller) = smaller else { return Some((smallest, tried.len())) };
            smallest = smaller;
        }
    }

    fn simpler(&self) -> Box<dyn Iterator<Item = Self> + '_> {
        match self {
            Self::Single(conversation) => Box::new(conversation.simpler().map(Self::Single)),
            Self::Pair(dialogue) => Box::new(dialogue.simpler().into_iter().map(Self::Pair)),
        }
    }

    pub fn size(&self) -> Size {
        match self {
            Self::Single(conversation) => conversation.size(),
            Self::Pair(dialogue) => dialogue.size(),
        }
    }
}

/// The outcome of the case with this name.
pub fn outcome(name: &str, scenario: Scenario, seen: Seen, finding: Finding) -> Outcome {
    let id = format!("{}/{name}", scenario.rule.id);
    Outcome { file: format!("{id}.transcript"), id, scenario, seen, finding, root: None }
}
