//! Pseudo-terminals, for courses whose programs run at a terminal.
//!
//! They never become controlling terminals, so no key sends a signal, and no program gets SIGHUP.
//!
//! # Input
//!
//! A terminal ends its input only in canonical mode, where a program reads lines: there, Ctrl-D makes a read return 0. (When the harness
//! hangs a terminal up, a read that waits fails with EIO. In raw mode nothing makes a read return 0 that waits already.) So the mode is
//! canonical, and otherwise raw. To the program, each byte that is typed must be as plain as in a pipe, a newline inside a text too. So
//! Ctrl-V, which quotes the next byte, is written before each control character. Ctrl-D, which ends a line that has no newline, is written
//! after a text without one. So a read returns what was typed in one piece, and none of these keys reaches the program.
//!
//! # Evidence
//!
//! What the harness writes is not with the reader yet: a thread of the kernel carries it there. If nothing is there, `poll` waits for that
//! thread. So after `poll`, the kernel's count of unread bytes is 0 only if nothing is on its way. `read` waits in the same way, so it says
//! EAGAIN only if no output is on its way.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{self, ioctl_fionbio, ioctl_fionread, read};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The size of the window.
const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

/// The most that a read returns. A terminal holds a line of 4095 bytes, and loses what is longer.
const PIECE: usize = 4000;

/// The harness's end of a terminal.
pub struct Terminal(OwnedFd);

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<Terminal> for OwnedFd {
    fn from(terminal: Terminal) -> Self {
        terminal.0
    }
}

impl Terminal {
    /// A new terminal, and the program's end of it, with this access. The harness's end does not block.
    pub fn open(access: i32) -> io::Result<(Self, OwnedFd)> {
        // Without NOCTTY, it would become the controlling terminal of this process, which leads a session.
        let terminal = Self(openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?);
        unlockpt(&terminal)?;
        // The modes of both ends are the same.
        let mut modes = tcgetattr(&terminal)?;
        modes.make_raw();
        modes.local_modes |= LocalModes::ICANON | LocalModes::IEXTEN;
        tcsetattr(&terminal, OptionalActions::Now, &modes)?;
        tcsetwinsize(&terminal, SIZE)?;
        ioctl_fionbio(&terminal, true)?;
        let program = terminal.end_of_program(access)?;
        Ok((terminal, program))
    }

    /// The program's end once more. The harness never keeps it, because then it would not see that the program closes it.
    fn end_of_program(&self, access: i32) -> io::Result<OwnedFd> {
        let access = OpenptFlags::from_bits_retain(access as _);
        ioctl_tiocgptpeer(self, access | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
    }

    /// Whether no process has the program's end open.
    pub fn is_closed(&self) -> bool {
        is_ready(self, PollFlags::HUP)
    }

    /// Waits until what was written is where the program reads it, so that a program that waits for it is awake.
    pub fn deliver(&self) {
        self.unread();
    }

    /// How many bytes are there that no program has read, which is 0 only if none is on its way; and whether there is nothing to read at
    /// all, not even the end of the input.
    pub fn unread(&self) -> (usize, bool) {
        let Ok(end) = self.end_of_program(libc::O_RDONLY) else { return (0, true) };
        let is_empty = !has_input(&end);
        (ioctl_fionread(&end).unwrap_or(0) as usize, is_empty)
    }

    /// Reads what no program has read, in place of the program, and returns how many bytes there were.
    pub fn take_back(&self) -> usize {
        // A process that the program has left behind may read, too.
        let Ok(end) = self.end_of_program(libc::O_RDONLY | libc::O_NONBLOCK) else { return 0 };
        let (mut taken, mut buffer) = (0, [0; PIECE]);
        while let Some(n) = has_input(&end).then(|| read(&end, &mut buffer).ok()).flatten() {
            taken += n;
        }
        taken
    }

    /// What to write for these bytes. A program that has switched to raw mode gets all keys as they are.
    pub fn typed(&self, bytes: &[u8], written: &mut Vec<u8>) {
        let Some([quote, end]) = self.keys() else { return written.extend_from_slice(bytes) };
        for piece in bytes.chunks(PIECE) {
            let (mut rest, end) = piece.strip_suffix(b"\n").map_or((piece, end), |line| (line, b'\n'));
            while let Some(at) = rest.iter().position(u8::is_ascii_control) {
                written.extend_from_slice(&rest[..at]);
                written.extend([quote, rest[at]]);
                rest = &rest[at + 1..];
            }
            written.extend_from_slice(rest);
            written.push(end);
        }
    }

    /// What to write for the end of the input.
    pub fn typed_eof(&self, written: &mut Vec<u8>) {
        /// A program that reads on after the end finds it again, but not for ever: then it waits, as it does at every terminal. Most runtimes
        /// read it once or twice.
        const TIMES: usize = 16;
        const CTRL_D: u8 = 4;
        match self.keys() {
            Some([_, end]) => written.extend([end; TIMES]),
            None => written.push(CTRL_D),
        }
    }

    /// The keys that quote a byte, and that end a piece; `None` if the program has switched them off.
    fn keys(&self) -> Option<[u8; 2]> {
        let modes = tcgetattr(self).ok()?;
        let is_on = modes.local_modes.contains(LocalModes::ICANON | LocalModes::IEXTEN);
        is_on.then(|| [SpecialCodeIndex::VLNEXT, SpecialCodeIndex::VEOF].map(|key| modes.special_codes[key]))
    }
}

/// Whether a program can read something now at its end of a terminal, or the end of the input.
pub fn has_input(end: &impl AsFd) -> bool {
    is_ready(end, PollFlags::IN)
}

/// Whether one of these events is there now.
fn is_ready(end: &impl AsFd, events: PollFlags) -> bool {
    const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
    let mut ends = [PollFd::new(end, events)];
    matches!(io::retry_on_intr(|| poll(&mut ends, Some(&NOW))), Ok(1..)) && ends[0].revents().intersects(events)
}
