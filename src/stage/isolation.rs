//! Where subjects run: what the user asks for, and what the system allows.

/// Where subjects should run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Isolation {
    /// The first of the others that the system allows, in this order.
    Auto,
    /// In namespaces of their own: a network, processes, and /proc.
    Namespace,
    /// In a network namespace of their own.
    Network,
    /// Each scenario at a private address in the place of 127.0.0.1, without namespaces.
    Address,
    /// On the machine's own loopback, one scenario at a time (in parallel where the command has {port}).
    None,
}

impl Isolation {
    /// The places to try, the best first.
    pub fn tiers(self) -> &'static [Tier] {
        match self {
            Self::Auto => &[Tier::Namespace, Tier::Network, Tier::Address, Tier::Host],
            Self::Namespace => &[Tier::Namespace],
            Self::Network => &[Tier::Network],
            Self::Address => &[Tier::Address],
            Self::None => &[Tier::Host],
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Namespace => "namespace",
            Self::Network => "network",
            Self::Address => "address",
            Self::None => "none",
        }
    }
}

/// How far subjects are kept apart from the rest of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// User, network, PID, mount and IPC namespaces.
    Namespace,
    /// User and network namespaces.
    Network,
    /// Addresses of 127.0.0.0/8 in the place of 127.0.0.1, by seccomp.
    Address,
    /// Nothing.
    Host,
}

impl Tier {
    /// Whether each stage has the port for itself, so that many scenarios can be played at once.
    pub fn has_own_port(self) -> bool {
        self != Self::Host
    }

    /// Its name for `--isolation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespace => Isolation::Namespace.name(),
            Self::Network => Isolation::Network.name(),
            Self::Address => Isolation::Address.name(),
            Self::Host => Isolation::None.name(),
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Isolation::Auto.tiers().iter().copied().find(|tier| tier.name() == name)
    }
}
