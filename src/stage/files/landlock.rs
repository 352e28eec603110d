//! Keeps strangers' programs from writing where nothing can be mounted: Landlock, since Linux 5.13.

use landlock::{
    ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use std::path::Path;

/// Devices that programs write to. Not all of /dev: there is a folder for shared memory in it.
const DEVICES: [&str; 8] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts"];

/// From now on, this thread and all that it starts may write only in these folders and to devices. Where the kernel does not have Landlock,
/// nothing changes, and the answer is `false`.
///
/// # Errors
/// The kernel refuses the rules.
pub(crate) fn write_only_in(folders: &[&Path]) -> Result<bool, landlock::RulesetError> {
    // All that this version tells apart; a kernel that knows less forbids less.
    let writes = AccessFs::from_write(ABI::V5) & !AccessFs::IoctlDev;
    // It may not signal other processes, and not talk to them by abstract sockets.
    let scopes = Scope::Signal | Scope::AbstractUnixSocket;
    let rules = path_beneath_rules(folders.iter().copied().chain(DEVICES.map(Path::new)), writes);
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(writes)?.scope(scopes)?.create()?;
    ruleset.add_rules(rules)?.restrict_self().map(|status| status.ruleset != RulesetStatus::NotEnforced)
}
