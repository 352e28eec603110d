//! The two programs of the tutorial, and which of them a rule judges.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The one that listens.
    Server,
    /// The one that connects.
    Client,
}

/// The programs that are judged: one of the two, or both as they talk to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The server alone; the harness is its client.
    Server,
    /// The client alone; the harness is its server.
    Client,
    /// Both; the harness is the user at the client's keyboard, and the network between.
    Pair,
}

impl Part {
    /// The programs that are judged, in the order in which they are started.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Server => &[Role::Server],
            Self::Client => &[Role::Client],
            Self::Pair => &[Role::Server, Role::Client],
        }
    }

    /// Whether this program is one of them.
    pub fn judges(self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// The judged program, if there is only one.
    pub fn alone(self) -> Option<Role> {
        if let [role] = self.roles() { Some(*role) } else { None }
    }

    /// The program whose output is judged. In a pair this is the server: the client's output is judged when it is alone.
    pub fn speaker(self) -> Role {
        self.roles()[0]
    }
}

impl From<Role> for Part {
    fn from(role: Role) -> Self {
        match role {
            Role::Server => Self::Server,
            Role::Client => Self::Client,
        }
    }
}

impl PartialEq<Role> for Part {
    fn eq(&self, role: &Role) -> bool {
        self.alone() == Some(*role)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Part::from(*self).fmt(f)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Pair => "pair",
        })
    }
}
