//! The programs that are judged: a server, a client, or both.

use crate::spec::role::Role;
use crate::stage::subject::Subject;

/// The subjects that were started.
#[derive(Default)]
pub struct Subjects {
    server: Option<Subject>,
    client: Option<Subject>,
}

impl Subjects {
    pub fn get(&self, role: Role) -> Option<&Subject> {
        match role {
            Role::Server => self.server.as_ref(),
            Role::Client => self.client.as_ref(),
        }
    }

    pub fn get_mut(&mut self, role: Role) -> Option<&mut Subject> {
        self.slot(role).as_mut()
    }

    /// Where the subject of this role is, once it was started.
    pub fn slot(&mut self, role: Role) -> &mut Option<Subject> {
        match role {
            Role::Server => &mut self.server,
            Role::Client => &mut self.client,
        }
    }

    /// All of them, in the order of the transcript: the client first.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &Subject)> {
        [(Role::Client, &self.client), (Role::Server, &self.server)].into_iter().filter_map(|(role, one)| Some((role, one.as_ref()?)))
    }

    /// The same, to act on them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Role, &mut Subject)> {
        let all = [(Role::Client, &mut self.client), (Role::Server, &mut self.server)];
        all.into_iter().filter_map(|(role, one)| Some((role, one.as_mut()?)))
    }

    /// Those that have not ended.
    pub fn running(&self) -> impl Iterator<Item = (Role, &Subject)> {
        self.iter().filter(|(_, subject)| subject.end.is_none())
    }

    pub fn has_ended(&self, role: Role) -> bool {
        self.get(role).is_some_and(|subject| subject.end.is_some())
    }

    /// Whether this subject has ended, and no output of it can follow.
    pub fn is_silent(&self, role: Role) -> bool {
        let has_closed = |subject: &Subject| subject.stdout.pipe().is_none() && subject.stderr.pipe().is_none();
        self.has_ended(role) && self.get(role).is_some_and(has_closed)
    }
}
