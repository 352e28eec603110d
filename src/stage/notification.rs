//! Seccomp user notifications: a system call of a subject waits in the kernel until this process has answered it. This is only the raw
//! interface; `redirect` decides the answers.
//!
//! A filter belongs to a thread, and to all that the thread starts. Its listener stays in this process, so no subject sees it. A signal
//! interrupts the call, and the subject makes it again. So a program whose timer fires every few microseconds, more often than an answer
//! takes, makes no progress. (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV would help it, and would keep `alarm` from ending a `connect` that
//! waits.)
//!
//! The kernel needs to be 5.9 or newer (SECCOMP_IOCTL_NOTIF_ADDFD); see `man 2 seccomp_unotify`.
#![allow(unsafe_code)]

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::thread::set_no_new_privs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// A system call that the filter reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Socket,
    Bind,
    Connect,
    Listen,
    LocalName,
    PeerName,
    /// The only call for sockets that old 32-bit programs have. The first argument says which call; the second says where its arguments
    /// are.
    Multiplexed,
}

/// All calls but `Multiplexed`.
const CALLS: [Call; 6] = [Call::Socket, Call::Bind, Call::Connect, Call::Listen, Call::LocalName, Call::PeerName];

/// The numbers of system calls in one kind of machine code.
struct Numbering {
    /// As in `linux/audit.h`.
    arch: u32,
    /// The numbers of [`CALLS`].
    calls: [u32; 6],
    multiplexed: Option<u32>,
    /// `sendto` and `sendmsg`, and which of their arguments holds the flags.
    sends: [(u32, u32); 2],
}

impl Numbering {
    fn calls(&self) -> impl Iterator<Item = (u32, Call)> {
        self.calls.into_iter().zip(CALLS).chain(self.multiplexed.map(|number| (number, Call::Multiplexed)))
    }
}

/// The number of io_uring_setup, everywhere.
const IO_URING_SETUP: u32 = 425;
/// On x86-64, numbers from here on belong to x32 programs.
const X32: u32 = 0x4000_0000;

#[cfg(target_arch = "x86_64")]
const NUMBERINGS: &[Numbering] = &[
    Numbering { arch: 0xc000_003e, calls: [41, 49, 42, 50, 51, 52], multiplexed: None, sends: [(44, 3), (46, 2)] },
    // 32-bit programs.
    Numbering { arch: 0x4000_0003, calls: [359, 361, 362, 363, 367, 368], multiplexed: Some(102), sends: [(369, 3), (370, 2)] },
];

/// Newer architectures have the same numbers (`asm-generic/unistd.h`).
#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
const fn generic(arch: u32) -> Numbering {
    Numbering { arch, calls: [198, 200, 203, 201, 204, 205], multiplexed: None, sends: [(206, 3), (211, 2)] }
}

#[cfg(target_arch = "aarch64")]
const NUMBERINGS: &[Numbering] = &[
    generic(0xc000_00b7),
    // 32-bit programs.
    Numbering { arch: 0x4000_0028, calls: [281, 282, 283, 284, 286, 287], multiplexed: None, sends: [(290, 3), (296, 2)] },
];

#[cfg(target_arch = "riscv64")]
const NUMBERINGS: &[Numbering] = &[generic(0xc000_00f3)];

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
const NUMBERINGS: &[Numbering] = &[];

/// A call that waits for an answer.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    id: u64,
    /// The thread that makes the call.
    pub tid: u32,
    /// Which call.
    pub call: Call,
    /// Its arguments.
    pub args: [u64; 6],
}

/// The answer to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The kernel executes the call as if there were no filter.
    GoOn,
    /// The call succeeds, and returns 0.
    Done,
    /// The call fails.
    Fails(Errno),
}

/// Receives the calls of all processes that a thread starts.
pub struct Listener(OwnedFd);

impl Listener {
    /// Puts the calling thread, and all that it starts from now on, under the filter. They have no_new_privs from then on.
    ///
    /// # Errors
    /// The system forbids filters, or has none.
    pub fn install() -> io::Result<Self> {
        let filter = filter();
        if filter.is_empty() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "not for this kind of processor"));
        }
        set_no_new_privs(true)?;
        let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
        // SAFETY: the kernel copies the filter, which lives until then; the thread that it binds makes none of these calls itself.
        let fd = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
                std::ptr::from_ref(&program),
            )
        };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just made it, close-on-exec, and nobody else has it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd as RawFd) }))
    }

    /// Whether a call waits that was not received yet.
    pub fn is_pending(&self) -> bool {
        poll(&mut [PollFd::new(self, PollFlags::IN)], Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
    }

    /// Waits for the next call.
    ///
    /// # Errors
    /// The caller is gone, or no process is left that could make a call.
    pub fn receive(&self) -> io::Result<Waiting> {
        // A newer kernel may need more room than this program knows of. It then says EINVAL, and `proof` finds that. SAFETY: all zeros are
        // such a structure, as the kernel demands.
        let mut told: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        self.control(libc::SECCOMP_IOCTL_NOTIF_RECV, &mut told)?;
        let numbering = NUMBERINGS.iter().find(|numbering| numbering.arch == told.data.arch);
        let number = told.data.nr as u32;
        let call = numbering.and_then(|numbering| numbering.calls().find(|(own, _)| *own == number));
        let (_, call) = call.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(Waiting { id: told.id, tid: told.pid, call, args: told.data.args })
    }

    /// Whether the call still waits. If so, the memory that was read before belongs to the caller.
    pub fn still_waits(&self, waiting: &Waiting) -> bool {
        let mut id = waiting.id;
        self.control(libc::SECCOMP_IOCTL_NOTIF_ID_VALID, &mut id).is_ok()
    }

    /// Answers a call.
    ///
    /// # Errors
    /// A signal has interrupted the call, and the caller may make it again; or the caller is gone.
    pub fn answer(&self, waiting: &Waiting, answer: Answer) -> io::Result<()> {
        let (error, flags) = match answer {
            Answer::GoOn => (0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32),
            Answer::Done => (0, 0),
            Answer::Fails(errno) => (-errno.raw_os_error(), 0),
        };
        self.control(libc::SECCOMP_IOCTL_NOTIF_SEND, &mut libc::seccomp_notif_resp { id: waiting.id, val: 0, error, flags }).map(drop)
    }

    /// Answers a call with a descriptor that refers to the same open file.
    ///
    /// # Errors
    /// As above; or the caller may not open more files.
    pub fn hand_over(&self, waiting: &Waiting, file: BorrowedFd<'_>, closes_on_exec: bool) -> io::Result<()> {
        let mut order = libc::seccomp_notif_addfd {
            id: waiting.id,
            // Not SECCOMP_ADDFD_FLAG_SEND: if this process is stopped and continued meanwhile, the call would return 0, another file.
            flags: 0,
            srcfd: file.as_raw_fd() as u32,
            newfd: 0,
            newfd_flags: if closes_on_exec { libc::O_CLOEXEC as u32 } else { 0 },
        };
        let descriptor = self.control(libc::SECCOMP_IOCTL_NOTIF_ADDFD, &mut order)?;
        let mut response = libc::seccomp_notif_resp { id: waiting.id, val: descriptor.into(), error: 0, flags: 0 };
        self.control(libc::SECCOMP_IOCTL_NOTIF_SEND, &mut response).map(drop)
    }

    fn control<T>(&self, request: libc::Ioctl, argument: &mut T) -> io::Result<i32> {
        // SAFETY: each of these requests takes the structure that it is called with here, and keeps no reference to it.
        match unsafe { libc::ioctl(self.0.as_raw_fd(), request, std::ptr::from_mut(argument)) } {
            -1 => Err(io::Error::last_os_error()),
            done => Ok(done),
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The program that the kernel runs at each system call.
fn filter() -> Vec<libc::sock_filter> {
    const NUMBER: u32 = 0;
    const ARCH: u32 = 4;
    let refuse = |errno: i32| libc::SECCOMP_RET_ERRNO | errno as u32;
    // The lower half of an argument, whichever end of a number the machine writes first.
    let argument = |i: u32| 16 + 8 * i + if cfg!(target_endian = "big") { 4 } else { 0 };
    let load = |at: u32| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at);
    let end_with = |what: u32| statement(libc::BPF_RET | libc::BPF_K, what);
    let mut program = Vec::new();
    for numbering in NUMBERINGS {
        let mut part = vec![load(NUMBER)];
        if numbering.arch == 0xc000_003e {
            part.extend([jump(libc::BPF_JGE, X32, 0, 1), end_with(refuse(libc::ENOSYS))]);
        }
        for (number, _) in numbering.calls() {
            part.extend([jump(libc::BPF_JEQ, number, 0, 1), end_with(libc::SECCOMP_RET_USER_NOTIF)]);
        }
        // io_uring would make sockets and connections without any of these calls. Programs work without it, because some kernels have none.
        part.extend([jump(libc::BPF_JEQ, IO_URING_SETUP, 0, 1), end_with(refuse(libc::ENOSYS))]);
        for (number, flags) in numbering.sends {
            // TCP Fast Open, which connects by sending. It is refused as on a system that has it switched off (`man 7 tcp`).
            part.extend([
                jump(libc::BPF_JEQ, number, 0, 4),
                load(argument(flags)),
                jump(libc::BPF_JSET, libc::MSG_FASTOPEN as u32, 0, 1),
                end_with(refuse(libc::EOPNOTSUPP)),
                end_with(libc::SECCOMP_RET_ALLOW),
            ]);
        }
        part.push(end_with(libc::SECCOMP_RET_ALLOW));
        program.extend([load(ARCH), jump(libc::BPF_JEQ, numbering.arch, 0, part.len() as u8)]);
        program.extend(part);
    }
    if !program.is_empty() {
        program.push(end_with(libc::SECCOMP_RET_ALLOW));
    }
    program
}

fn statement(code: u32, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

fn jump(condition: u32, k: u32, jt: u8, jf: u8) -> libc::sock_filter {
    libc::sock_filter { code: (libc::BPF_JMP | condition | libc::BPF_K) as u16, jt, jf, k }
}
