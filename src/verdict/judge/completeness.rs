//! Whether enough of a scenario was played to pass it.

use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::{End, Step};
use crate::verdict::judge::case::Case;

impl Case<'_> {
    /// Why a scenario without a difference does not pass: a part of it that matters was not played.
    pub(super) fn unplayed(&self) -> Option<String> {
        let first = self.first_unplayed()?;
        // If the subject has ended as demanded, the rest does not matter unless it demands something.
        let demands = |step: &Step| {
            !step.is_stimulus(self.subject) && !matches!(step, Step::Ends(..) | Step::Complained(..)) || matches!(step, Step::Control(..))
        };
        let ends_as_due = self.end().is_none() && self.expected.iter().any(|step| matches!(step, Step::Ends(..)));
        // A server that has ended and has printed only the beginning may not have read all that was sent to it. It depends on who was
        // faster whether the last of it was sent at all, so that may not decide.
        let may_have_left_some = || {
            let (due, printed) = (self.all_printed(self.expected).all, self.all_printed(self.seen_steps).all);
            self.subject == Role::Server && printed.len() < due.len() && due.starts_with(&printed)
        };
        if ends_as_due && !may_have_left_some() && !self.expected[first..].iter().any(demands) {
            return None;
        }
        if self.was_prompt_until(first) {
            return None;
        }
        // The rest does not matter either if everything that it demands was seen earlier. A client may end at `exit` without waiting for
        // the end of its input. If TCP may cut the stream in any way, a piece may have been the token. Rules about ends judge the status.
        let exits = || self.seen_steps.iter().any(|step| matches!(step, Step::Ends(_, End::Exits(_))));
        let has_ended = ends_as_due || !self.scenario.rule.owns_in(Facet::End, self.dialect) && exits();
        let needs_process = |step: &Step| matches!(step, Step::Control(..)) || step.is_measurement();
        let is_all_there = || {
            let sent = if self.subject == Role::Client { self.sent(Facet::Wire) } else { None };
            self.stdout().or(sent).or_else(|| self.stderr()).is_none()
        };
        if has_ended && !self.expected[first..].iter().any(needs_process) && is_all_there() {
            return None;
        }
        Some(format!("the conversation could not be played beyond `{}`{}", self.expected[first], self.outcome()))
    }
}
