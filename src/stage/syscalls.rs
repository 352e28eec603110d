//! System calls whose safety depends on when they are made. With `notification`, the only module with `unsafe` code.
#![allow(unsafe_code)]

use rustix::process::Pid;
use rustix::thread::{UnshareFlags, unshare_unsafe};
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Puts the calling thread into new namespaces. For a user or PID namespace, the process must have one thread.
pub fn unshare(namespaces: UnshareFlags) -> rustix::io::Result<()> {
    // SAFETY: neither descriptors nor memory are unshared.
    unsafe { unshare_unsafe(namespaces.difference(UnshareFlags::FILES)) }
}

/// Starts a child of this process, which must have one thread. In the child this is `None`, and the child ends with [`exit`].
pub fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: the caller has one thread, so the child may do whatever the caller may.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        child => Ok(Pid::from_raw(child)),
    }
}

/// Ends a child that was forked.
pub fn exit(status: i32) -> ! {
    // SAFETY: the child ends at once, and runs nothing that its parent has registered.
    unsafe { libc::_exit(status) }
}

/// Gives all signals their default effect. Programs that this one starts inherit what was ignored: Python, for one, starts its children
/// deaf to SIGXFSZ. The standard library itself resets SIGPIPE.
pub fn reset_signals() {
    for signal in (1..=31).filter(|signal| *signal != libc::SIGPIPE) {
        // SAFETY: no handler is installed, and none was. SIGKILL and SIGSTOP cannot be changed, and need not be.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Keeps every descriptor but the first three from programs that are started.
pub fn close_on_exec() {
    // SAFETY: a flag is set on descriptors; none is closed, and none is used here.
    if unsafe { libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) } == 0 {
        return;
    }
    // Linux before 5.11, or a filter that does not know the call.
    let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten().map(|entry| entry.file_name());
    for fd in open.filter_map(|name| name.to_str()?.parse::<i32>().ok()).filter(|fd| *fd > 2) {
        // SAFETY: as above. The one that this list itself is read from is closed by now, or by exec.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

/// The descriptor with this number, which this process has inherited, and which nothing else here uses.
pub fn inherited(fd: RawFd) -> Option<OwnedFd> {
    // SAFETY: the parent has left this descriptor open for this caller, which asks once.
    (fd > 2).then(|| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Mounts all file systems of this mount namespace read-only.
///
/// # Errors
/// The kernel is older than Linux 5.12, or refuses it.
pub fn make_all_read_only() -> rustix::io::Result<()> {
    const MOUNT_ATTR_RDONLY: u64 = 1;
    let attributes = [MOUNT_ATTR_RDONLY, 0, 0, 0];
    // SAFETY: the kernel reads a path and four numbers that are here.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            c"/".as_ptr(),
            libc::AT_RECURSIVE,
            attributes.as_ptr(),
            size_of_val(&attributes),
        )
    };
    if result == 0 { Ok(()) } else { Err(rustix::io::Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(rustix::io::Errno::IO)) }
}

/// Lets the system choose this port when the socket is connected, and no other.
///
/// # Errors
/// The kernel is older than Linux 6.3.
pub fn choose_port(socket: &socket2::Socket, port: u16) -> io::Result<()> {
    const IP_LOCAL_PORT_RANGE: i32 = 51;
    let range = u32::from(port) << 16 | u32::from(port);
    let len = size_of_val(&range) as libc::socklen_t;
    // SAFETY: the kernel reads a number that is here.
    match unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_IP, IP_LOCAL_PORT_RANGE, std::ptr::from_ref(&range).cast(), len) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
