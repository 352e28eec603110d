//! Takes in all events of the subjects and their network.

use super::Player;
use crate::spec::role::Role;
use crate::stage::budget::Progress;
use crate::stage::events::{Place, Source, ready};
use crate::stage::subject::Subject;
use crate::stage::trouble::Trouble;
use rustix::event::PollFlags;
use std::time::Duration;

impl Player<'_> {
    /// Takes in the event at one place.
    fn take_in(&mut self, source: Source) {
        let server_has_ended = self.subjects.has_ended(Role::Server);
        match source {
            Source::Connection(_) | Source::Listener => self.network.take_in(source, server_has_ended),
            Source::Stdout(role) => self.subjects.get_mut(role).into_iter().for_each(|subject| subject.stdout.pull()),
            Source::Stderr(role) => self.subjects.get_mut(role).into_iter().for_each(|subject| subject.stderr.pull()),
            Source::Keyboard(role) => self.subjects.get_mut(role).into_iter().for_each(|subject| subject.keyboard.push()),
            Source::End(role) => {
                self.subjects.get_mut(role).into_iter().for_each(Subject::take_end);
                // A relay treats a server that has ended differently from one that has only ended its stream.
                if role == Role::Server {
                    self.network.return_to_client(true);
                }
            }
        }
    }

    /// Waits up to `time` for an event, and takes in all events that are there.
    pub(super) fn pump(&mut self, time: Duration) -> Result<(), Trouble> {
        let mut places: Vec<Place<'_>> = Vec::with_capacity(12);
        for (role, subject) in self.subjects.iter() {
            places.push((Source::End(role), Some(subject.pidfd()).filter(|_| subject.end.is_none()), PollFlags::IN));
            places.push((Source::Stdout(role), subject.stdout.pipe(), PollFlags::IN));
            places.push((Source::Stderr(role), subject.stderr.pipe(), PollFlags::IN));
            places.push((Source::Keyboard(role), subject.keyboard.wants_to_write(), PollFlags::OUT));
        }
        places.extend(self.network.places());
        for source in ready(&places, time)? {
            self.take_in(source);
        }
        Ok(())
    }

    /// All that can be seen to move, as numbers.
    pub(super) fn progress(&self) -> Result<Progress, Trouble> {
        let most = self.script.most_output() as u64;
        let mut progress = self.network.progress()?;
        for (_, subject) in self.subjects.iter() {
            let has_ended = u64::from(subject.end.is_some());
            progress.towards.extend([subject.stdout.total.min(most), subject.keyboard.unread() as u64, has_ended]);
            progress.beside.extend([subject.stdout.total, u64::from(subject.stdout.pipe().is_some())]);
            progress.complained += subject.stderr.total;
        }
        Ok(progress)
    }
}
