//! What to change where nothing can be judged: each system forbids in its own way, and has its own remedy.

use super::Denied;
use std::fs;
use std::path::Path;

/// What was denied, and what would help here.
pub(super) fn complaint(denied: &[Denied]) -> String {
    let mut reasons: Vec<(Vec<&str>, &str)> = Vec::new();
    for Denied { isolation, why } in denied {
        match reasons.iter_mut().find(|(_, other)| other == why) {
            Some((places, _)) => places.push(isolation),
            None => reasons.push((vec![isolation], why)),
        }
    }
    let reasons: Vec<String> = reasons.iter().map(|(places, why)| format!("--isolation {}: {why}", places.join(", "))).collect();
    let remedy = match denied {
        // Something particular was asked for.
        [only] => match only.isolation.as_str() {
            "none" => Surroundings::look().remedy(),
            _ => format!("{}, or leave --isolation out: sockspec finds a place by itself", Surroundings::look().remedy()),
        },
        _ => Surroundings::look().remedy(),
    };
    format!("{}; {remedy}", reasons.join("; "))
}

/// What kind of place this is, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Surroundings {
    is_gvisor: bool,
    is_kubernetes: bool,
    is_container: bool,
    /// Ubuntu's setting that keeps ordinary users from namespaces.
    is_restricted: bool,
    /// Yama's setting that keeps processes from looking at their own children.
    is_blindfolded: bool,
    /// No namespaces are allowed.
    has_no_namespaces: bool,
}

impl Surroundings {
    fn look() -> Self {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Self {
            // Its kernel says that it is Linux 4.4.0, built on this day in 2016, in every release of it.
            is_gvisor: text("/proc/version").contains("Sun Jan 10 15:06:54 PST 2016"),
            is_kubernetes: Path::new("/var/run/secrets/kubernetes.io").exists() || std::env::var_os("KUBERNETES_SERVICE_HOST").is_some(),
            is_container: Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists(),
            is_restricted: text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").trim() == "1",
            is_blindfolded: matches!(text("/proc/sys/kernel/yama/ptrace_scope").trim(), "2" | "3"),
            has_no_namespaces: text("/proc/sys/user/max_user_namespaces").trim() == "0",
        }
    }

    fn remedy(self) -> String {
        if self.is_gvisor {
            "this is gVisor, whose kernel does not tell what has become of a connection: run sockspec in a container of another runtime (runc)"
        } else if self.is_blindfolded {
            "let processes look at their own children with `sudo sysctl kernel.yama.ptrace_scope=1`"
        } else if self.is_kubernetes {
            "in Kubernetes, give the pod `securityContext: {seccompProfile: {type: Unconfined}, procMount: Unmasked}` and `hostUsers: false`"
        } else if self.is_container {
            "start the container with `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`"
        } else if self.is_restricted {
            "allow namespaces with `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
        } else if self.has_no_namespaces {
            "allow namespaces with `sudo sysctl user.max_user_namespaces=10000`"
        } else {
            "Linux 5.9 or newer with /proc mounted is enough: in a chroot, mount it with `mount -t proc proc /proc`"
        }
        .to_owned()
    }
}
