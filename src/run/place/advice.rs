//! What to change on a system where nothing can be judged.

use std::fs;
use std::path::Path;

/// The setting of this system that most likely forbids isolation, and how to change it.
pub(super) fn remedy() -> &'static str {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let exists = |path: &str| Path::new(path).exists();
    // Every release of gVisor calls itself Linux 4.4.0, built on this day.
    if text("/proc/version").contains("Sun Jan 10 15:06:54 PST 2016") {
        "this is gVisor, whose kernel does not report the state of a connection: run sockspec in a container of another runtime (runc)"
    } else if matches!(text("/proc/sys/kernel/yama/ptrace_scope").trim(), "2" | "3") {
        "let processes look at their own children with `sudo sysctl kernel.yama.ptrace_scope=1`"
    } else if exists("/var/run/secrets/kubernetes.io") || std::env::var_os("KUBERNETES_SERVICE_HOST").is_some() {
        "in Kubernetes, give the pod `securityContext: {seccompProfile: {type: Unconfined}, procMount: Unmasked}` and `hostUsers: false`"
    } else if exists("/.dockerenv") || exists("/run/.containerenv") {
        "start the container with `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`"
    } else if text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").trim() == "1" {
        "allow namespaces with `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
    } else if text("/proc/sys/user/max_user_namespaces").trim() == "0" {
        "allow namespaces with `sudo sysctl user.max_user_namespaces=10000`"
    } else {
        "Linux 5.9 or newer with /proc mounted is enough: in a chroot, mount it with `mount -t proc proc /proc`"
    }
}
