//! Private namespaces: a user, network, PID, mount and IPC namespace, in which the stage is PID 1; or a network alone.

use super::{java, syscalls};
use rustix::io;
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};
use rustix::process::{Pid, WaitOptions, getgid, getpid, getuid, waitpid};
use rustix::system::uname;
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, clear_ambient_capability_set, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities,
};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

/// Why a place cannot be made: what the harness tried, and how the system refused it.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct Refused {
    tried: &'static str,
    errno: io::Errno,
}

impl Refused {
    /// The thread that tried is gone.
    pub fn gone() -> Self {
        Self { tried: "a second loopback", errno: io::Errno::CANCELED }
    }

    /// The kernel tells nothing about sockets.
    pub fn sock_diag(errno: io::Errno) -> Self {
        Self { tried: "sock_diag, which tells what a program has read", errno }
    }

    /// The harness cannot answer system calls of subjects here.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
    pub fn notifications(error: std::io::Error) -> Self {
        Self { tried: "seccomp", errno: io::Errno::from_io_error(&error).unwrap_or(io::Errno::NOSYS) }
    }
}

impl Refused {
    fn text(&self) -> String {
        let Self { tried, errno } = self;
        // ENOSPC: there are as many namespaces as are allowed. The system's own message is about a full disk.
        if *tried == UNSHARE && *errno == io::Errno::NOSPC {
            return format!("{tried}: no more namespaces are allowed (user.max_user_namespaces, user.max_net_namespaces)");
        }
        format!("{tried}: {}", std::io::Error::from(*errno))
    }
}

/// The first thing that the harness tries.
const UNSHARE: &str = "unshare";

/// Adds to an error what was tried.
trait Tried<T> {
    fn tried(self, what: &'static str) -> Result<T, Refused>;
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, tried: &'static str) -> Result<T, Refused> {
        self.map_err(|errno| Refused { tried, errno })
    }
}

impl<T> Tried<T> for std::io::Result<T> {
    fn tried(self, tried: &'static str) -> Result<T, Refused> {
        self.map_err(|error| Refused { tried, errno: io::Errno::from_io_error(&error).unwrap_or(io::Errno::IO) })
    }
}

/// Needed to prepare new namespaces: to mount, to make a second loopback, to see packets, and to give up all of that.
const NEEDED: [CapabilitySet; 4] = [CapabilitySet::SYS_ADMIN, CapabilitySet::NET_ADMIN, CapabilitySet::NET_RAW, CapabilitySet::SETPCAP];

/// Needed to lay a layer over a folder: the kernel keeps a folder there that nobody may enter, and each layer has the folder's owner. These
/// stay in this process.
const NEEDED_FOR_LAYERS: [CapabilitySet; 3] = [CapabilitySet::DAC_OVERRIDE, CapabilitySet::CHOWN, CapabilitySet::FOWNER];

/// Leaves the host's namespaces. The next child of this process is PID 1 in the new ones, and keeps the capabilities to prepare them.
///
/// # Errors
/// The system forbids it. Only an attempt tells, because each system has other settings that forbid it.
pub fn leave_host() -> Result<(), Refused> {
    unshare_user(UnshareFlags::NEWNET | UnshareFlags::NEWPID | UnshareFlags::NEWNS | UnshareFlags::NEWIPC)?;
    own_loopback()?;
    let inherited = NEEDED.into_iter().fold(CapabilitySet::empty(), |all, one| all | one);
    let kept = NEEDED_FOR_LAYERS.into_iter().fold(inherited, |all, one| all | one);
    set_capabilities(None, CapabilitySets { effective: kept, permitted: kept, inheritable: inherited }).tried("keeping capabilities")?;
    // If the user is not root, exec drops all but the ambient ones.
    for capability in NEEDED {
        configure_capability_in_ambient_set(capability, true).tried("keeping capabilities")?;
    }
    Ok(())
}

/// Leaves the host's network, and nothing else: processes keep their numbers, so the host's /proc is right.
pub fn leave_network() -> Result<(), Refused> {
    unshare_user(UnshareFlags::NEWNET)?;
    own_loopback()
}

/// Leaves the host's mounts, and nothing else.
pub fn leave_mounts() -> Result<(), Refused> {
    unshare_user(UnshareFlags::NEWNS)
}

/// Makes namespaces in a user namespace of their own.
fn unshare_user(namespaces: UnshareFlags) -> Result<(), Refused> {
    let (uid, gid) = (getuid().as_raw(), getgid().as_raw());
    let mapper = Mapper::start();
    syscalls::unshare(UnshareFlags::NEWUSER | namespaces).tried(UNSHARE)?;
    if mapper.is_some_and(Mapper::map) {
        return Ok(());
    }
    fs::write("/proc/self/setgroups", "deny").tried("writing setgroups")?;
    // The user's id is mapped to itself, so the subject sees that id, not root's.
    fs::write("/proc/self/uid_map", format!("{uid} {uid} 1")).tried("writing uid_map")?;
    fs::write("/proc/self/gid_map", format!("{gid} {gid} 1")).tried("writing gid_map")
}

/// A child that stays in the user namespace that its parent leaves. There it may map all the ids that root has, which no process may do
/// from inside. So a server that drops its privileges finds the user that it wants to be.
struct Mapper {
    line: UnixStream,
    child: Pid,
}

impl Mapper {
    /// `None` if the caller is not root, or has no other ids to map.
    fn start() -> Option<Self> {
        if !is_root_of_others() {
            return None;
        }
        let same = |path: &str| {
            // Each line: the first id here, the first id in the namespace above, and how many.
            let lines = fs::read_to_string(path).ok()?;
            let same = |line: &str| {
                let mut ids = line.split_whitespace();
                Some(format!("{0} {0} {1}\n", ids.next()?, ids.nth(1)?))
            };
            lines.lines().map(same).collect::<Option<String>>()
        };
        let (uids, gids) = (same("/proc/self/uid_map")?, same("/proc/self/gid_map")?);
        let (line, mut its_line) = UnixStream::pair().ok()?;
        let parent = getpid().as_raw_nonzero();
        match syscalls::fork().ok()? {
            Some(child) => Some(Self { line, child }),
            None => {
                drop(line);
                let is_mapped = its_line.read_exact(&mut [0]).is_ok()
                    && fs::write(format!("/proc/{parent}/uid_map"), uids).is_ok()
                    && fs::write(format!("/proc/{parent}/gid_map"), gids).is_ok();
                syscalls::exit(i32::from(!is_mapped))
            }
        }
    }

    /// Maps the ids, now that this process has left. Returns whether that worked.
    fn map(mut self) -> bool {
        let is_told = self.line.write_all(&[0]).is_ok();
        drop(self.line);
        let ended = io::retry_on_intr(|| waitpid(Some(self.child), WaitOptions::empty()));
        is_told && matches!(ended, Ok(Some((_, status))) if status.exit_status() == Some(0))
    }
}

/// Whether this process is root, in a user namespace with more than one id.
fn is_root_of_others() -> bool {
    let lines = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let count = |line: &str| line.split_whitespace().nth(2)?.parse::<u64>().ok();
    lines.lines().filter_map(count).sum::<u64>() > 1 && getuid().is_root()
}

/// As PID 1: mounts a /proc for the new namespaces, and gives up every capability, so that no subject inherits one.
///
/// # Errors
/// The system forbids it (in a container with a masked /proc, for example).
pub fn prepare() -> Result<(), Refused> {
    // This /proc is still the host's, and tells the number that this process has there.
    let number = fs::read_link("/proc/self").ok().and_then(|own| own.to_str()?.parse::<u32>().ok()).unwrap_or(1);
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).tried("making mounts private")?;
    mount("proc", "/proc", "proc", MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC, None).tried("mounting /proc")?;
    if let Some(folder) = java::folder().filter(|folder| folder.is_dir()) {
        mount("tmpfs", folder, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"size=16m")).tried("mounting a tmpfs")?;
    }
    bound_tasks();
    keep_numbers_apart(number);
    drop_capabilities()
}

/// Begins to number processes elsewhere in each PID namespace. Otherwise all of them would give the same numbers, and a program that names
/// a file after its process id would find another program's file.
fn keep_numbers_apart(number: u32) {
    /// The kernel does not use lower numbers again.
    const FIRST: u32 = 300;
    /// A program with a hundred threads can be started some times before it meets the next namespace's numbers.
    const APART: u32 = 509;
    let most = fs::read_to_string("/proc/sys/kernel/pid_max").ok().and_then(|most| most.trim().parse().ok()).unwrap_or(FIRST + 1);
    let room = u32::max(most, FIRST + 1) - FIRST;
    // Without this, equal numbers are more frequent, and nothing else is lost.
    let _ = fs::write("/proc/sys/kernel/ns_last_pid", (FIRST + number.wrapping_mul(APART) % room).to_string());
}

/// Limits the tasks of this PID namespace, threads included. The kernel enforces this also between two checks of the meter. It has such a
/// limit for each namespace since Linux 6.14: before, the file belongs to the whole machine, and a real root would change it.
fn bound_tasks() {
    const MOST_TASKS: u32 = 4096;
    let release = uname().release().to_string_lossy().into_owned();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or(0));
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (6, 14) {
        // Without this, the meter still checks.
        let _ = fs::write("/proc/sys/kernel/pid_max", MOST_TASKS.to_string());
    }
}

/// Gives the calling thread a loopback of its own, and takes its capabilities, which belong to a thread, too.
pub fn leave_loopback() -> Result<(), Refused> {
    own_loopback()?;
    drop_capabilities()
}

/// Gives the calling thread a network namespace with a loopback. The thread must be in a network namespace of its own.
///
/// The kernel keeps all connections in one table, and walks through all of it to list connections: that takes a millisecond on a machine
/// with much memory. Since Linux 6.1, a network namespace can ask for a small table for its children. They would then keep fewer
/// connections in TIME_WAIT than usual, so that number is set again.
fn own_loopback() -> Result<(), Refused> {
    const BUCKETS: &str = "4096";
    const MOST_LINGERING: &str = "/proc/sys/net/ipv4/tcp_max_tw_buckets";
    let most_lingering = fs::read(MOST_LINGERING);
    // If the system refuses this, everything works as before, and takes longer.
    let _ = fs::write("/proc/sys/net/ipv4/tcp_child_ehash_entries", BUCKETS);
    syscalls::unshare(UnshareFlags::NEWNET).tried(UNSHARE)?;
    let _ = most_lingering.map(|most| fs::write(MOST_LINGERING, most));
    loopback_up().tried("bringing up a loopback")
}

/// Gives up every capability of the calling thread, for good. If the thread is root, with other ids than its own, subjects may become
/// another user. Then this thread keeps the capabilities to look at them and to end them.
pub fn drop_capabilities() -> Result<(), Refused> {
    let none = CapabilitySet::empty();
    let (left_to_subjects, kept) = if is_root_of_others() {
        (CapabilitySet::SETUID | CapabilitySet::SETGID, CapabilitySet::KILL | CapabilitySet::SYS_PTRACE)
    } else {
        (none, none)
    };
    // A program that root starts gets all capabilities that are not removed here.
    for capability in CapabilitySet::all().difference(left_to_subjects).iter() {
        // A kernel that does not know the capability yet says EINVAL.
        match remove_capability_from_bounding_set(capability) {
            Err(io::Errno::INVAL) | Ok(()) => {}
            error => error.tried("dropping capabilities")?,
        }
    }
    clear_ambient_capability_set().tried("dropping capabilities")?;
    set_capabilities(None, CapabilitySets { effective: kept, permitted: kept, inheritable: none }).tried("dropping capabilities")
}

/// Brings up the first interface, which is `lo` in a new network namespace: sets its flag IFF_UP by rtnetlink.
fn loopback_up() -> io::Result<()> {
    const RTM_NEWLINK: u16 = 16;
    const REQUEST_WITH_ACK: u16 = 5;
    const IFF_UP: u32 = 1;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    let mut message = Vec::new();
    message.extend(32u32.to_ne_bytes());
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend(REQUEST_WITH_ACK.to_ne_bytes());
    message.extend([0; 8]); // sequence, sender
    message.extend([0; 4]); // any family
    message.extend(1i32.to_ne_bytes()); // the interface's index
    message.extend(IFF_UP.to_ne_bytes());
    message.extend(IFF_UP.to_ne_bytes()); // change this flag only
    send(&socket, &message, SendFlags::empty())?;
    let mut answer = [0; 512];
    recv(&socket, &mut answer, RecvFlags::empty())?;
    match i32::from_ne_bytes([answer[16], answer[17], answer[18], answer[19]]) {
        0 => Ok(()),
        errno => Err(io::Errno::from_raw_os_error(-errno)),
    }
}
