//! Judges what the subject prints on stdout.

use crate::model::oracle::{self, Ending, Question, Token};
use crate::spec::bytes::{excerpt, find};
use crate::spec::dialect::TokenIs;
use crate::spec::role::Part;
use crate::spec::rule::Facet;
use crate::spec::transcript::{End, Peer, Step, Wire};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::case::{Case, QUOTED};
use crate::verdict::judge::joined::Joined;

impl Case<'_> {
    /// Compares the whole output with the expected one, and returns the first difference.
    pub(super) fn stdout(&self) -> Option<Difference> {
        let printed = self.all_printed(self.seen_steps);
        let first_cut = self.expected.iter().position(|step| matches!(step, Step::PrintedAnyCut(..)));
        let fixed = self.all_printed(&self.expected[..first_cut.unwrap_or(self.expected.len())]);
        let begins_right = printed.all.starts_with(&fixed.all);
        match first_cut {
            Some(first_cut) if begins_right => self.any_cut(first_cut, fixed.all.len(), &printed),
            _ if begins_right && self.ignores_output_after(fixed.all.len()) => None,
            _ => self.compare(Facet::Stdout, &fixed, &printed, "printed"),
        }
    }

    /// Judges output that depends on how TCP cuts the stream. The first `fixed` bytes of the output do not depend on it, and are correct.
    fn any_cut(&self, first_cut: usize, fixed: usize, printed: &Joined) -> Option<Difference> {
        let first_unplayed = self.first_unplayed();
        let (sent, boundaries) = self.messages_of(first_cut, first_unplayed, |step| match step {
            Step::PrintedAnyCut(_, bytes) => Some(bytes.to_vec()),
            // A farewell may look like a message.
            Step::Printed(_, text) if [true, false].iter().any(|&at_token| text.to_vec() == self.dialect.farewell(at_token)) => None,
            step => Some(self.dialect.payload(&self.printed(step)?).unwrap_or_default().to_vec()),
        });
        let question = Question {
            sent: &sent,
            shown: &sent,
            boundaries: &boundaries,
            prefix: &self.dialect.prefix,
            line_end: &self.dialect.line_end,
            token: Token::of(self.dialect, self.dialect.token_is != TokenIs::Hidden),
            max_piece: None,
            ending: self.ending(first_unplayed),
            c_strings: false,
        };
        let rest = self.dialect.without_farewell(&printed.all[fixed..]);
        let shortfall = oracle::explain(&question, rest).err()?;
        // A program is also allowed to end each message at its first NUL.
        let shortfall = if sent.contains(&0) { oracle::explain(&Question { c_strings: true, ..question }, rest).err()? } else { shortfall };
        let place = fixed + shortfall.explained;
        if shortfall.consumed == sent.len() && self.ignores_output_after(place) {
            return None;
        }
        let found = match &printed.all[place.min(printed.all.len())..] {
            [] => format!("the output ends{}", self.outcome()),
            found => format!("it printed {}", excerpt(found, QUOTED)),
        };
        let lead = if place == 0 { String::new() } else { format!("after {place} correct bytes of output, ") };
        let message = format!("{lead}{found}; expected {}", shortfall.possible);
        let expected = Some(Place { step: first_cut, byte: shortfall.consumed });
        Some(Difference { facet: Facet::Stdout, expected, seen: printed.place(place), message, clue: None })
    }

    /// The messages from this step on, joined, and the places between them.
    pub(super) fn messages_of(
        &self,
        first_cut: usize,
        first_unplayed: Option<usize>,
        message: impl Fn(&Step) -> Option<Vec<u8>>,
    ) -> (Vec<u8>, Vec<usize>) {
        let (mut sent, mut boundaries) = (Vec::new(), Vec::new());
        for step in &self.expected[first_cut..first_unplayed.unwrap_or(self.expected.len()).max(first_cut)] {
            let Some(message) = message(step) else { continue };
            sent.extend(message);
            boundaries.push(sent.len());
        }
        (sent, boundaries)
    }

    /// What ended the server, as far as the conversation was played: the end of the stream, a reset, or the token.
    pub(super) fn ending(&self, first_unplayed: Option<usize>) -> Ending {
        let has = |wanted: fn(&Wire) -> bool| self.expected.iter().any(|step| matches!(step, Step::Wire(_, wire) if wanted(wire)));
        let Some(first) = first_unplayed else {
            let is_reset = has(|wire| matches!(wire, Wire::Reset)) && has(|wire| matches!(wire, Wire::Burst(_)));
            return if is_reset { Ending::Reset } else { Ending::Stream };
        };
        let last_segment = self.expected[..first].iter().rev().find_map(|step| match step {
            Step::Wire(Peer::Client | Peer::Relay, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
            _ => None,
        });
        // The server ended before everything was sent. That is correct only after the token. If the token was the last segment, the server
        // must have printed all that came before. If not, the token must have been a piece of the stream, which the oracle looks for.
        // In a pair, the client may have ended instead. Then the server must have printed everything that it received.
        let may_be_client = self.subject == Part::Pair && (self.still_runs() || !matches!(self.expected[first], Step::Wire(..)));
        if last_segment.is_some_and(|segment| self.dialect.ends_server(self.dialect.unframed(&segment))) || may_be_client {
            Ending::Stream
        } else {
            Ending::Token
        }
    }

    fn still_runs(&self) -> bool {
        self.seen_steps.contains(&Step::Ends(self.subject.speaker(), End::Runs))
    }

    /// Whether output after the first `expected` bytes is not judged here.
    ///
    /// If the server wrongly does not end, its further output is not judged here. Other rules judge both faults: that the server does not
    /// end, and that it prints after the end of the stream. There is one exception: if the last action sends a segment, the output for this
    /// segment is judged here.
    fn ignores_output_after(&self, expected: usize) -> bool {
        let last_action = self.expected.iter().rev().find(|step| step.is_stimulus(self.subject));
        let ends_with_segment = matches!(last_action, Some(Step::Wire(_, Wire::Bytes(_))));
        let is_tolerant = self.still_runs() && !ends_with_segment && !self.scenario.rule.owns_in(Facet::End, self.dialect);
        is_tolerant && self.first_unplayed().is_none() && self.printed_before_last_action() <= expected
    }

    /// Judges that the greeting comes first, after the client has connected, and only once. Other rules judge the rest of the output.
    pub(super) fn greeting(&self) -> Option<Difference> {
        let (expected, seen) = (self.all_printed(self.expected), self.all_printed(self.seen_steps));
        let (opening, start) = (self.opening(), self.dialect.start.len());
        let Some(after) = seen.all.strip_prefix(&opening[..]) else {
            return self.compare(Facet::Greeting, &expected, &seen, "printed");
        };
        let greeting = if self.subject == Part::Server { &opening[start..] } else { &opening };
        let connected = self.seen_steps.iter().position(|step| matches!(step, Step::Wire(Peer::Client, Wire::Connect))).unwrap_or(0);
        let printed_before: usize = self.seen_steps[..connected].iter().filter_map(|step| self.printed(step)).map(|text| text.len()).sum();
        let (at, when) = if printed_before > start {
            (start, "before a client had connected")
        } else {
            (opening.len() + Some(greeting).filter(|greeting| !greeting.is_empty()).and_then(|greeting| find(after, greeting))?, "again")
        };
        let message = format!("it printed {} {when}", excerpt(greeting, QUOTED));
        Some(Difference { facet: Facet::Greeting, expected: expected.place(start), seen: seen.place(at), message, clue: None })
    }

    /// Judges that no message is printed after the last action, because that action sends no bytes.
    ///
    /// This ignores output that is not a message; the dialect's farewell, which the program prints at every exit; a message after output
    /// that is wrong already, because the earlier mistake may explain the message; and streams that TCP may cut in any way, because the
    /// server may read them late.
    pub(super) fn farewell(&self) -> Option<Difference> {
        if self.expected.iter().any(|step| matches!(step, Step::PrintedAnyCut(..))) {
            return None;
        }
        let (mut expected, seen) = (self.all_printed(self.expected), self.all_printed(self.seen_steps));
        expected.truncate(self.dialect.without_farewell(&expected.all).len());
        let (before, after) = seen.all.split_at(self.printed_before_last_action());
        let prefix = &self.dialect.prefix[..];
        let is_message = !prefix.is_empty() && after.starts_with(prefix) && !self.dialect.without_farewell(after).is_empty();
        if before != expected.all || !is_message {
            return None;
        }
        self.compare(Facet::Farewell, &expected, &seen, "printed")
    }
}
