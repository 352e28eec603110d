//! The bytes of many steps, joined.

use crate::spec::transcript::Step;
use crate::verdict::finding::Place;

/// The bytes of many steps as one string, and which step holds which part of it.
pub(super) struct Joined {
    pub(super) all: Vec<u8>,
    /// Each step, and where its part begins.
    parts: Vec<(usize, usize)>,
}

impl Joined {
    pub(super) fn of(steps: &[Step], bytes: impl Fn(&Step) -> Option<Vec<u8>>) -> Self {
        Self::of_numbered(steps, |_, step| bytes(step))
    }

    /// The same, where the bytes depend on the number of a step, too.
    pub(super) fn of_numbered(steps: &[Step], bytes: impl Fn(usize, &Step) -> Option<Vec<u8>>) -> Self {
        let (mut all, mut parts) = (Vec::new(), Vec::new());
        for (i, step) in steps.iter().enumerate() {
            if let Some(more) = bytes(i, step) {
                parts.push((i, all.len()));
                all.extend(more);
            }
        }
        Self { all, parts }
    }

    /// Keeps only the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.all.truncate(len);
        self.parts.retain(|&(_, from)| from < len);
    }

    /// Where the step that holds this byte ends.
    pub(super) fn end_of_step(&self, byte: usize) -> usize {
        self.parts.iter().map(|&(_, from)| from).find(|&from| from > byte).unwrap_or(self.all.len())
    }

    /// The step that holds this byte.
    pub(super) fn place(&self, byte: usize) -> Option<Place> {
        if byte >= self.all.len() {
            return None;
        }
        self.parts.iter().rev().find(|(_, from)| *from <= byte).map(|&(step, from)| Place { step, byte: byte - from })
    }
}
