//! Candidates for shrinking: simpler conversations and dialogues.

use crate::model::stimuli::SHORT_SEGMENT;
use crate::run::search::conversation::{self, Conversation, Pacing};
use crate::run::search::dialogue::{self, Dialogue, Network};
use std::iter;
use std::ops::Range;

/// The size of a case. A candidate is only played if it is smaller; the first field that differs decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// The number of bytes.
    pub bytes: usize,
    /// The number of pieces, with those of a relay.
    pub pieces: usize,
    /// The weight of a burst, a silence, promptness, a relay and an unusual end.
    pub extras: usize,
    /// The number of bytes that are not `a`, and the lengths of a relay's pieces.
    pub details: usize,
}

impl Conversation {
    /// Simpler conversations, the simplest first: other rules than promptness, a plain end, no burst, no silence, then simpler pieces.
    pub fn simpler(&self) -> impl Iterator<Item = Self> {
        let ending = conversation::Ending::Eof;
        let plain_end = (self.ending != ending).then(|| Self { ending, ..self.clone() });
        let lockstep = (self.pacing == Pacing::Burst).then(|| Self { pacing: Pacing::Lockstep, ..self.clone() });
        let untimed = self.is_timed.then(|| Self { is_timed: false, ..self.clone() });
        let without_silence = self.is_silent.then(|| Self { is_silent: false, ..self.clone() });
        let pieces = simpler_pieces(&self.pieces).map(|pieces| Self { pieces, ..self.clone() });
        [untimed, plain_end, lockstep, without_silence].into_iter().flatten().chain(pieces)
    }

    /// The size, which shrinking reduces.
    pub fn size(&self) -> Size {
        let extras = [self.pacing == Pacing::Burst, self.is_silent, self.is_timed, self.ending != conversation::Ending::Eof];
        Size {
            bytes: self.pieces.iter().map(Vec::len).sum(),
            pieces: self.pieces.len(),
            extras: extras.map(usize::from).iter().sum(),
            details: not_plain(&self.pieces),
        }
    }
}

impl Dialogue {
    /// Simpler dialogues, the simplest first. If this one goes the same way each time, so do they.
    pub fn simpler(&self) -> Vec<Self> {
        let with_network = |network| Self { network, ..self.clone() };
        let mut all: Vec<Self> = Vec::new();
        if self.ending != dialogue::Ending::Token {
            all.push(Self { ending: dialogue::Ending::Token, ..self.clone() });
        }
        all.push(with_network(Network::Loopback));
        all.push(with_network(Network::Relay(Pacing::Lockstep, Vec::new())));
        if let Network::Relay(pacing, lengths) = &self.network {
            if *pacing == Pacing::Burst {
                all.push(with_network(Network::Relay(Pacing::Lockstep, lengths.clone())));
            }
            all.extend(simpler_lengths(lengths).into_iter().map(|lengths| with_network(Network::Relay(*pacing, lengths))));
        }
        all.extend(simpler_pieces(&self.typed).map(|typed| Self { typed, ..self.clone() }));
        all.retain(|simpler| simpler.is_repeatable() || !self.is_repeatable());
        all
    }

    /// Whether TCP cannot change its course, so that it goes the same way each time.
    fn is_repeatable(&self) -> bool {
        match self.network {
            Network::Loopback => self.is_word_by_word(),
            Network::Relay(pacing, _) => pacing == Pacing::Lockstep,
        }
    }

    /// The size, which shrinking reduces.
    pub fn size(&self) -> Size {
        let (lengths, extras) = match &self.network {
            Network::Loopback if self.is_word_by_word() => (&[][..], 0),
            Network::Relay(Pacing::Lockstep, lengths) => (&lengths[..], 1),
            Network::Relay(Pacing::Burst, lengths) => (&lengths[..], 2),
            Network::Loopback => (&[][..], 3),
        };
        Size {
            bytes: self.typed.iter().map(Vec::len).sum(),
            pieces: self.typed.len() + lengths.len(),
            extras: extras + self.ending as usize,
            details: not_plain(&self.typed) + lengths.iter().sum::<usize>(),
        }
    }
}

fn not_plain(pieces: &[Vec<u8>]) -> usize {
    pieces.iter().flatten().filter(|byte| **byte != b'a').count()
}

/// Simpler lengths for a relay: without one piece, with two pieces joined, with half a piece.
fn simpler_lengths(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for i in 0..lengths.len() {
        let mut fewer = lengths.to_vec();
        let removed = fewer.remove(i);
        all.push(fewer.clone());
        if let Some(next) = fewer.get_mut(i) {
            *next += removed;
            all.push(fewer);
        }
        if lengths[i] > 1 {
            let mut shorter = lengths.to_vec();
            shorter[i] /= 2;
            all.push(shorter);
        }
    }
    all
}

/// Simpler pieces, the simplest first: fewer pieces, fewer cuts, fewer bytes, plainer bytes.
fn simpler_pieces(all: &[Vec<u8>]) -> impl Iterator<Item = Vec<Vec<u8>>> {
    let fewer = parts(all).map(|part| all[..part.start].iter().chain(&all[part.end..]).cloned().collect());
    let joined = (1..all.len()).map(|i| {
        let mut pieces = all.to_vec();
        let joined = pieces.remove(i);
        pieces[i - 1].extend(joined);
        pieces
    });
    // The last recv of a long piece is a short one. So two short pieces may show the same fault.
    let long = (0..all.len()).filter(|&i| all[i].len() > SHORT_SEGMENT);
    let short = long.map(|i| [&all[..i], &[all[i][..2].to_vec(), all[i][..1].to_vec()], &all[i + 1..]].concat());
    let simpler_piece = move |i: usize| {
        let piece = &all[i];
        let shorter = parts(piece).map(move |part| [&piece[..part.start], &piece[part.end..]].concat());
        // Bytes without a meaning become `a`. `parts` leaves out equal neighbours; they follow once the bytes before them are plain.
        let is_plain = move |part: &Range<usize>| piece[part.clone()].iter().all(|byte| *byte == b'a');
        let plainer = parts(piece).filter(move |part| !is_plain(part)).map(move |part| {
            let mut bytes = piece.clone();
            bytes[part].fill(b'a');
            bytes
        });
        shorter.chain(plainer).map(move |bytes| {
            let mut pieces = all.to_vec();
            pieces[i] = bytes;
            pieces
        })
    };
    let of_bytes = (0..all.len()).flat_map(simpler_piece);
    fewer.chain(joined).chain(short).chain(of_bytes).map(|mut pieces: Vec<Vec<u8>>| {
        pieces.retain(|piece| !piece.is_empty());
        pieces
    })
}

/// The whole, its halves, its quarters, and so on down to single elements. A part that equals the part before it is left out: the removal
/// of either gives the same result.
fn parts<T: PartialEq>(all: &[T]) -> impl Iterator<Item = Range<usize>> {
    let widths = iter::successors(Some(all.len()), |width| Some(width / 2)).take_while(|width| *width > 0);
    widths.flat_map(move |width| {
        let part = move |from: usize| from..(from + width).min(all.len());
        let is_new = move |part: &Range<usize>| part.start < width || all[part.clone()] != all[part.start - width..part.start];
        (0..all.len()).step_by(width).map(part).filter(is_new)
    })
}
