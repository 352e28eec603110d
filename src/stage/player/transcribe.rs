//! Writes events into the transcript, always in the same order.

use super::{Player, Wait};
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::Role;
use crate::spec::transcript::{End, Peer, Step, Transcript, Wire};
use crate::stage::processes;
use crate::stage::seen::{OTHER_TEXT, Seen};
use crate::stage::threads::Snapshot;
use crate::stage::trouble::Trouble;
use rustix::process::Signal;
use std::time::Duration;

impl Player<'_> {
    /// Writes down all events since the last action: connections, output, bytes on the wire, ends.
    pub(super) fn write_down(&mut self) {
        let Self { subjects, network, steps, request, script, .. } = self;
        let compared = |step: Step| if script.is_compared_in_part { step.compared(&request.dialect) } else { Some(step) };
        steps.extend((0..network.new_connects()).map(|_| Step::Wire(Peer::Client, Wire::Connect)));
        steps.extend(subjects.iter_mut().flat_map(|(role, subject)| subject.said(role)).filter_map(compared));
        steps.extend(network.news());
        steps.extend(subjects.iter_mut().filter_map(|(role, subject)| subject.ended(role)));
    }

    /// Takes input out of the transcript of which a client had read nothing when it ended by itself. Such a client may have been on its way
    /// out when this was typed. The transcript must not depend on which of the two was faster.
    pub(super) fn take_back_unread_input(&mut self) {
        if self.steps.iter().any(|step| matches!(step, Step::Control(..))) {
            return;
        }
        let mut unread = self.subjects.get_mut(Role::Client).map_or(0, |client| client.keyboard.left_over());
        while let Some(last) = self.steps.iter().rposition(|step| matches!(step, Step::Typed(Role::Client, _))) {
            let len = self.steps[last].bytes().map_or(0, Bytes::len);
            if len == 0 || len > unread {
                break;
            }
            unread -= len;
            self.steps.remove(last);
        }
    }

    /// Ends all that still runs, and returns the result.
    pub(super) fn finish(mut self, trouble: Option<Trouble>) -> Seen {
        self.write_down();
        if let Some(role) = self.alone() {
            self.remark_the_end(role, trouble.is_some());
        } else if self.remarks.is_empty() && self.subjects.running().next().is_some() {
            self.remarks.push(self.describe_running(&Snapshot::take()));
        }
        self.steps.extend(self.subjects.running().map(|(role, _)| Step::Ends(role, End::Runs)));
        self.network.close();
        processes::sweep();
        // Otherwise a server without SO_REUSEADDR could not be started again, and would be blamed in the next scenario.
        let is_spent = !self.network.frees_port();
        Seen {
            transcript: Transcript { steps: self.steps },
            remarks: self.remarks,
            stall: self.stall,
            breach: self.meter.breach,
            trouble,
            listens_at: self.listens_at,
            tried: self.tried,
            uses_datagrams: self.uses_datagrams,
            asleep_in: self.asleep_in,
            asks_for: self.asks_for,
            has_not_read: self.has_not_read,
            ports: self.network.ports(),
            duration: Duration::ZERO,
            is_exposed: false,
            is_spent,
        }
    }

    /// The last remarks about a single subject. Two subjects need none: each is judged alone, too.
    fn remark_the_end(&mut self, role: Role, is_in_trouble: bool) {
        if !is_in_trouble && self.has_failed(role) {
            self.remark_last_words();
        }
        let Some(subject) = self.subjects.get(role) else { return };
        if subject.end.is_none() {
            if !is_in_trouble {
                self.meter.look_at_descriptors();
            }
            let snapshot = Snapshot::take();
            self.asleep_in = self.asleep_in.take().or_else(|| snapshot.asleep_in());
            self.asks_for = snapshot.asks_for();
            // A server that never ends by itself is in no wrong state.
            if self.remarks.is_empty() && !self.is_met(Wait::End, self.script.last_due()) {
                self.remarks.push(format!("it still runs: it is {}", snapshot.describe()));
            }
        }
        if subject.end == Some(End::Dies(Signal::XFSZ.as_raw())) {
            self.meter.breach = Some(self.request.limits.file_too_large());
        }
        // The last lines: what should have been another text stands at the end, or near it.
        let other = self.request.dialect.other_text(role, subject.stdout.kept());
        if !other.is_empty() {
            let last = other[other.len().saturating_sub(3)..].concat();
            self.remarks.push(format!("{OTHER_TEXT}{}", excerpt(&last, 120)));
        }
        if subject.stdout.total > subject.stdout.kept().len() as u64 {
            self.remarks.push(format!("it printed {} bytes, of which not all were kept", subject.stdout.total));
        }
    }
}
