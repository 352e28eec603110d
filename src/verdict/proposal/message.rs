//! The messages that are sent to a server, or typed for a client.

use super::look::{Look, Reaction, connect, operator_types, sends};
use crate::spec::dialect::Dialect;
use crate::spec::transcript::Step;

/// Three messages: of different lengths, with upper and lower case, and with a digit.
pub(super) const WORDS: [&[u8]; 3] = [b"alpha", b"omegbeta", b"Gamma7"];

/// So many messages of one client are tried. A server that takes only some messages of each usually takes fewer.
pub(super) const MOST_MESSAGES: usize = 12;

/// How long a text in a note may be, in characters.
pub(super) const EXCERPT: usize = 80;

/// Messages to a server. If somebody types its replies, each is an action of its own.
pub(super) struct Exchange<'a>(pub(super) &'a Dialect);

impl Exchange<'_> {
    /// The actions for a message of this client. `number` tells the typed replies apart.
    pub(super) fn of(&self, client: u8, message: &[u8], number: usize) -> Vec<Step> {
        let Self(dialect) = self;
        let typed = dialect.has_operator().then(|| operator_types(&dialect.typed_reply(number)));
        [sends(client, &dialect.framed(message))].into_iter().chain(typed).collect()
    }

    /// How many actions a message has.
    pub(super) fn len(&self) -> usize {
        if self.0.has_operator() { 2 } else { 1 }
    }

    /// What followed the message that begins with this action.
    pub(super) fn after(&self, look: &Look, action: usize) -> Reaction {
        look.after_all(action..action + self.len())
    }

    /// The number, from 0, of the message to which this action belongs, if the first message begins with the action `first`.
    pub(super) fn number(&self, action: usize, first: usize) -> Option<usize> {
        Some(action.checked_sub(first)? / self.len())
    }
}

/// A client that sends these messages.
pub(super) fn talk(dialect: &Dialect, words: &[&[u8]]) -> Vec<Step> {
    let words = words.iter().enumerate().flat_map(|(i, word)| Exchange(dialect).of(1, word, i + 1));
    [connect(1)].into_iter().chain(words).collect()
}
