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

/// Who is judged: one of the two programs, or both as they talk to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// Whether this program is judged.
    pub fn judges(self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// The program that is judged, where it is one alone.
    pub fn alone(self) -> Option<Role> {
        if let [role] = self.roles() { Some(*role) } else { None }
    }

    /// The program whose output is judged: of a pair the server's, since the client's own is judged without a server.
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
        f.pad(match self {
            Self::Server => "server",
            Self::Client => "client",
        })
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
