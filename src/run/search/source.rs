//! Where the conversations of a search come from, and the queue of those still to be played.

use crate::run::interrupt::Interrupt;
use crate::run::partition::Partition;
use crate::run::search::case::Case;
use crate::run::search::conversation::Conversation;
use crate::run::search::fuzz;
use crate::run::setting::Subject;
use crate::spec::dialect::Dialect;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The longest stream that `explore` accepts, in bytes. One more byte doubles the number of cuts.
pub const LONGEST_EXPLORED: usize = 16;

/// Where conversations come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Random conversations.
    Fuzz {
        /// The seed. The same seed gives the same conversations.
        seed: u64,
        /// The number of conversations.
        cases: u64,
    },
    /// Every cut of one stream.
    Explore {
        /// The bytes to send or to type, 1 to [`LONGEST_EXPLORED`].
        stream: Vec<u8>,
    },
}

impl Source {
    /// The number of conversations.
    pub fn count(&self) -> u64 {
        match self {
            Self::Fuzz { cases, .. } => *cases,
            Self::Explore { stream } => 1 << (stream.len() - 1),
        }
    }

    /// The search ends after this number of failures. Most random conversations that fail have the same cause.
    fn most_failures(&self) -> usize {
        match self {
            Self::Fuzz { .. } => 1,
            Self::Explore { .. } => 3,
        }
    }

    /// The case with this number, counted from 0.
    pub(super) fn case(&self, course: &Arc<Dialect>, number: u64, subjects: &[Subject]) -> Case {
        match (self, subjects) {
            (Self::Fuzz { seed, .. }, [subject]) => Case::Single(fuzz::case(*seed, number, course, subject.role)),
            (Self::Fuzz { seed, .. }, _) => Case::Pair(fuzz::pair_case(*seed, number, course)),
            (Self::Explore { stream }, _) => Case::Single(Conversation::of_cuts(course, subjects[0].role, stream, number)),
        }
    }

    fn name(&self, number: u64) -> String {
        match self {
            Self::Fuzz { seed, .. } => format!("seed-{seed}-case-{number}"),
            Self::Explore { .. } => format!("cut-{number}"),
        }
    }
}

/// The cases of this part of a search. All workers share it.
pub struct Queue<'a> {
    course: &'a Arc<Dialect>,
    source: &'a Source,
    subjects: &'a [Subject],
    partition: Partition,
    interrupt: &'a Interrupt,
    next: AtomicU64,
    failures: AtomicUsize,
}

impl<'a> Queue<'a> {
    /// All cases of this part.
    pub fn new(
        course: &'a Arc<Dialect>,
        source: &'a Source,
        subjects: &'a [Subject],
        partition: Partition,
        interrupt: &'a Interrupt,
    ) -> Self {
        Self { course, source, subjects, partition, interrupt, next: AtomicU64::new(0), failures: AtomicUsize::new(0) }
    }

    /// The next case, and its name. None if all were taken, if enough have failed, or if the run is interrupted.
    pub fn take(&self) -> Option<(Case, String)> {
        if self.failures.load(Ordering::Relaxed) >= self.source.most_failures() || self.interrupt.is_set() {
            return None;
        }
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let number = (place < self.partition.len(self.source.count())).then(|| self.partition.number(place))?;
        Some((self.source.case(self.course, number, self.subjects), self.source.name(number)))
    }

    /// Counts a case that has failed.
    pub fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}
