//! The subject's output, as the harness reads it: from a pipe, or from a terminal.

use super::terminal::Terminal;
use crate::spec::bytes::Bytes;
use rustix::io::{Errno, ioctl_fionbio};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Output: kept up to a limit, and counted beyond it.
pub struct Capture {
    pipe: Option<OwnedFd>,
    /// Whether this is no pipe, but the harness's end of a terminal.
    is_terminal: bool,
    kept: Vec<u8>,
    /// How many of these bytes were written down.
    told: usize,
    limit: usize,
    /// All bytes so far, kept or not.
    pub total: u64,
}

impl Capture {
    /// The output from a pipe.
    pub fn at_pipe(pipe: OwnedFd, limit: usize) -> rustix::io::Result<Self> {
        ioctl_fionbio(&pipe, true)?;
        Ok(Self::new(pipe, false, limit))
    }

    /// The output at a terminal.
    pub fn at_terminal(screen: Terminal, limit: usize) -> Self {
        Self::new(screen.into(), true, limit)
    }

    fn new(pipe: OwnedFd, is_terminal: bool, limit: usize) -> Self {
        Self { pipe: Some(pipe), is_terminal, kept: Vec::new(), told: 0, limit, total: 0 }
    }

    /// The bytes that were kept.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// Keeps no more than `len` bytes of a flood, and nothing of later output. Bytes that were written down stay.
    pub fn cut(&mut self, len: usize) {
        self.limit = len.max(self.told);
        self.kept.truncate(self.limit);
        self.kept.shrink_to_fit();
        self.limit = self.kept.len();
    }

    /// The bytes that were kept since the last call.
    pub fn news(&mut self) -> Option<Bytes> {
        let news = &self.kept[std::mem::replace(&mut self.told, self.kept.len())..];
        (!news.is_empty()).then(|| Bytes::compact(news))
    }

    /// The pipe, until its end.
    pub fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Reads what is there now, at most some buffers full, so that a flood in one pipe does not keep the harness from reading the others.
    pub fn pull(&mut self) {
        const ROUNDS: usize = 64;
        let mut buffer = [0; 16 << 10];
        let mut was_closed = false;
        for _ in 0..ROUNDS {
            let Some(pipe) = &self.pipe else { return };
            match rustix::io::read(pipe, &mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(n) => {
                    self.total += n as u64;
                    let room = self.limit - self.kept.len();
                    self.kept.extend_from_slice(&buffer[..n.min(room)]);
                    // A terminal may have more.
                    if n < buffer.len() && !self.is_terminal {
                        return;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                // The terminal is closed. The last output may have come after the kernel had looked for output, and before it looked
                // whether the terminal is closed. Nothing comes after that.
                Err(Errno::IO) if self.is_terminal && !was_closed => was_closed = true,
                Err(_) => self.pipe = None,
            }
        }
    }
}
