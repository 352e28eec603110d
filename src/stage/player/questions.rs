//! The questions that decide when a wait is over: has the action reached its subject, is the expected output
//! there, does the rule judge missing output?
//!
//! A few answers differ between one subject and two. A comment gives the reason there.

use super::Player;
use super::wait::Wait;
use crate::spec::bytes::Along;
use crate::spec::role::Role;
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, Peer, Step, Wire};
use crate::stage::purpose::Purpose;
use crate::stage::script::Due;
use crate::stage::threads::Snapshot;
use crate::stage::trouble::Trouble;
use std::borrow::Cow;

impl Player<'_> {
    /// Whether the kernel says that the action has reached the subject.
    pub(super) fn has_reached(&self, wait: Wait<'_>, due: &Due) -> Result<bool, Trouble> {
        let has_ended = |role| self.subjects.has_ended(role);
        match wait {
            Wait::Start(_) if !self.expects_connection() => Ok(true),
            Wait::Start(Role::Server) => self.listens(),
            Wait::Start(Role::Client) => Ok(has_ended(Role::Client) || has_ended(Role::Server) || self.network.is_accepted()?),
            Wait::ToForward(wire) => Ok(self.network.has_to_forward(wire) || has_ended(Role::Server)),
            Wait::Action(Step::Typed(role, _)) => {
                // A client that waits for the reply to what it has sent reads no more for now.
                let awaits_reply = *role == Role::Client
                    && self.request.dialect.waits
                    && self.script.streams.has_sent(due.actions)
                    && self.network.wire_is_met(due, &self.script);
                let has_read = || self.subjects.get(*role).is_none_or(|subject| subject.keyboard.unread() == 0);
                // A server reads what its operator types when a message has come.
                let is_ahead = *role == Role::Server && !self.script.asks(due.actions);
                Ok(awaits_reply || is_ahead || has_read() || has_ended(*role))
            }
            Wait::Action(Step::Control(Control::Kill, role)) => Ok(has_ended(*role)),
            Wait::Action(Step::Control(Control::Stop, role)) => {
                Ok(self.subjects.get(*role).is_none_or(|subject| Snapshot::take().is_stopped(subject.pid)))
            }
            Wait::Action(action) => Ok(self.network.is_read(action, self.server_is_stopped)? || has_ended(Role::Server)),
            Wait::End => Ok(true),
        }
    }

    /// Whether the effects of the action show only when all subjects rest, because nothing tells that it has reached them.
    pub(super) fn needs_rest(&self, wait: Wait<'_>, actions: usize) -> bool {
        if self.request.purpose == Purpose::Look {
            return true;
        }
        let is_pair = self.alone().is_none();
        let is_silent = match wait {
            // Of a pair, the client comes next, or what the relay forwards.
            Wait::Start(Role::Server) | Wait::ToForward(_) | Wait::End if is_pair => return false,
            // A process left over from the previous start may be what listens.
            Wait::Start(_) => self.old_listener_remains,
            // A second client may be served; a client may take note of a server that goes.
            Wait::Action(Step::Wire(Peer::Server, Wire::Bytes(_))) => !self.script.asks(actions),
            Wait::Action(Step::Wire(Peer::Other(_), _)) if !self.script.serves_many => true,
            Wait::Action(Step::Wire(Peer::Server, _) | Step::Tidy) => true,
            // A client that reads again may get more than is due.
            Wait::Action(Step::Resume(peer)) => peer.client().is_some(),
            Wait::Action(Step::Control(Control::Kill, Role::Server) | Step::Wire(Peer::Relay, Wire::Reset)) => true,
            Wait::Action(Step::Typed(..) | Step::TypedEof(_)) if is_pair => self.subjects.has_ended(Role::Server),
            // The input asks for no output.
            Wait::Action(Step::Wire(Peer::Client, Wire::Bytes(_)) | Step::Typed(..)) => !self.script.asks(actions),
            // The kernel tells that a connection was accepted.
            Wait::Action(Step::Wire(Peer::Client | Peer::Other(_), wire)) if self.script.serves_many => {
                *wire != Wire::Connect && !self.script.asks(actions)
            }
            _ => false,
        };
        // The end of a pair's conversation shows at the ends of the programs.
        is_silent || self.script.is_last(actions) && !is_pair || self.script.interrupts_next(actions)
    }

    /// Whether the server need not take note of the action: nothing is due for it, and the client may have to wait until others have gone.
    pub(super) fn may_wait(&self, wait: Wait<'_>, actions: usize) -> bool {
        match wait {
            Wait::Action(_) if self.request.purpose == Purpose::Look => true,
            Wait::Action(Step::Wire(Peer::Other(_), _)) => !self.script.asks(actions),
            Wait::Action(Step::Wire(Peer::Client, _)) => self.script.serves_many && !self.script.asks(actions),
            _ => false,
        }
    }

    /// Whether the harness does not read now. Then a subject may be blocked in send, and it is right that it has not read.
    pub(super) fn is_paused(&self, wait: Wait<'_>) -> bool {
        self.network.is_paused(if let Wait::Action(action) = wait { Some(action) } else { None })
    }

    /// Whether all expected output is there.
    pub(super) fn is_met(&self, wait: Wait<'_>, due: &Due) -> bool {
        if self.alone().is_none() && matches!(wait, Wait::Start(Role::Server) | Wait::ToForward(_)) {
            return true;
        }
        let has_complained = |role: &Role| self.subjects.get(*role).is_some_and(|subject| subject.stderr.total > 0);
        self.stdout_is_met(due)
            && self.network.connections_are_met(due, &self.script)
            && due.complains.iter().all(has_complained)
            && self.wire_is_met(due)
            && due.ends.iter().all(|role| self.subjects.is_silent(*role))
            && (!matches!(wait, Wait::Action(Step::Tidy)) || self.is_tidy())
    }

    /// Whether the known part of the output was printed. Where the output is not known, only its end tells.
    fn stdout_is_met(&self, due: &Due) -> bool {
        let (printed, _) = self.printed();
        // A text may have a value that nobody knows before, such as a port: any number stands for it.
        let is_alike = |due: usize| {
            let (next, reached) = self.alike.get().go_on(&printed, &self.script.stdout);
            self.alike.set(next);
            reached.has_reached(due)
        };
        let is_met = |due: usize| match () {
            () if self.script.is_compared_in_part => {
                let printed = self.request.dialect.compared(self.script.scenario.subject().speaker(), &printed);
                Along::default().go_on(&printed, &self.script.stdout).1.has_reached(due)
            }
            () if self.script.has_values => is_alike(due),
            () => printed.starts_with(&self.script.stdout[..due]),
        };
        due.stdout.is_some_and(is_met) || self.subjects.is_silent(self.script.scenario.subject().speaker())
    }

    fn wire_is_met(&self, due: &Due) -> bool {
        self.network.wire_is_met(due, &self.script) || self.subjects.has_ended(Role::Server)
    }

    /// Whether the rule judges expected output that is missing. If so, only certainty ends the wait.
    pub(super) fn judges_missing(&self, wait: Wait<'_>, due: &Due, actions: usize) -> bool {
        match self.alone() {
            Some(_) => self.judges_missing_of_one(wait, due, actions),
            None => self.judges_missing_of_pair(wait, due),
        }
    }

    /// A single subject has many rules, and each judges some facets.
    fn judges_missing_of_one(&self, wait: Wait<'_>, due: &Due, actions: usize) -> bool {
        let owns = |facet| self.script.owns(facet);
        // Of a server that serves many, each action has its effects before the next one is done.
        let is_last = self.script.is_last(actions) || self.script.serves_many;
        let stdout_matters =
            owns(Facet::Prompt) || owns(Facet::GreetingPrompt) || is_last && (owns(Facet::Stdout) || owns(Facet::Greeting));
        let words_matter = || owns(Facet::Words) && self.network.wire_may_become_right(due, &self.script);
        // A server that prints no messages shows with its replies that it has read them.
        let shows_on_the_wire = self.alone() == Some(Role::Server) && !self.request.dialect.prints_messages();
        let replies_matter = || shows_on_the_wire && (owns(Facet::Prompt) || is_last && owns(Facet::Stdout));
        let wire_matters = owns(Facet::WirePrompt)
            || owns(Facet::Welcome)
            || is_last && (owns(Facet::Wire) || owns(Facet::Turns) || words_matter())
            || replies_matter();
        matches!(wait, Wait::Start(_)) && !self.has_begun()
            || !self.stdout_is_met(due) && stdout_matters
            || !self.wire_is_met(due) && wire_matters
            || owns(Facet::HangUp) && !self.network.closings_are_met(due, &self.script)
            || matches!(wait, Wait::Action(Step::Tidy)) && !self.is_tidy()
            || !due.complains.is_empty() && owns(Facet::Stderr)
            || !due.ends.is_empty() && (owns(Facet::End) || owns(Facet::HangUp) || self.script.starts_next(actions))
    }

    /// All rules of a pair judge how it ends and what came before. Output that may be cut in any way tells nothing. The output before the
    /// first action, a greeting, may be late as far as a pair's rules go. A server that was stopped, or has ended, prints nothing, though a
    /// process that it has left behind may hold its output open.
    fn judges_missing_of_pair(&self, wait: Wait<'_>, due: &Due) -> bool {
        let has_ended = |role: &Role| self.subjects.has_ended(*role);
        match wait {
            Wait::Start(Role::Server) => true,
            Wait::Start(Role::Client) | Wait::ToForward(_) => !self.has_reached(wait, due).unwrap_or(false),
            Wait::Action(_) | Wait::End => {
                let has_more_due = due.stdout > self.script.due(0).stdout && !self.server_is_stopped && !has_ended(&Role::Server);
                let is_silent = |role: &Role| !has_ended(role) && self.subjects.get(*role).is_some_and(|one| one.stderr.total == 0);
                has_more_due && !self.stdout_is_met(due)
                    || !self.wire_is_met(due)
                    || !due.ends.iter().all(has_ended)
                    || due.complains.iter().any(is_silent)
            }
        }
    }

    /// Whether CPU time that is used now may mean that a subject spins. Of two subjects, one may keep the other waiting, so only the time
    /// limit ends a wait for a pair that has not read what was sent, or has not begun.
    pub(super) fn may_spin(&self, wait: Wait<'_>, due: &Due, reached: bool) -> bool {
        self.alone().is_some() || reached && (!matches!(wait, Wait::Start(_)) || self.is_met(wait, due))
    }

    /// Whether nothing more will happen: the only subject has ended, or all are silent.
    pub(super) fn is_over(&self) -> bool {
        match self.alone() {
            Some(role) => self.subjects.has_ended(role),
            None => self.subjects.iter().all(|(role, _)| self.subjects.is_silent(role)),
        }
    }

    /// Whether the scenario needs a server that listens, or a client that connects.
    pub(super) fn expects_connection(&self) -> bool {
        self.script.scenario.givens.is_empty()
    }

    /// Whether the conversation with a single subject has begun, or need not begin. A pair has remarks of its own where it does not begin.
    pub(super) fn has_begun(&self) -> bool {
        self.alone().is_none() || !self.expects_connection() || self.is_connected()
    }

    /// Whether the client has connected, or the server listens.
    pub(super) fn is_connected(&self) -> bool {
        self.network.main().is_some() || self.alone() != Some(Role::Client) && self.listens().unwrap_or(false)
    }

    pub(super) fn listens(&self) -> Result<bool, Trouble> {
        Ok(self.network.endpoint(Role::Server).listener_found()?.is_some())
    }

    /// The output since the first start, as far as it was kept, and its length.
    pub(super) fn printed(&self) -> (Cow<'_, [u8]>, u64) {
        let speaker = self.subjects.get(self.script.scenario.subject().speaker());
        let (kept, total) = speaker.map_or((&[][..], 0), |subject| (subject.stdout.kept(), subject.stdout.total));
        if self.earlier_output.is_empty() {
            return (kept.into(), total);
        }
        ([&self.earlier_output, kept].concat().into(), total + self.earlier_output.len() as u64)
    }
}
