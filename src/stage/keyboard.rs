//! The subject's stdin, as somebody types into it: a pipe, or a terminal.

use super::terminal::Terminal;
use rustix::io::{Errno, ioctl_fionbio, ioctl_fionread};
use std::cell::Cell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The harness's end of the subject's stdin.
pub struct Keyboard {
    line: Option<Line>,
    /// What is written to the line, as the line needs it.
    waiting: Vec<u8>,
    written: usize,
    ends: bool,
    /// Whether the subject is known to have read all that was typed, and the end.
    is_read: Cell<bool>,
}

enum Line {
    Pipe(OwnedFd),
    Terminal(Terminal),
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Pipe(pipe) => pipe.as_fd(),
            Self::Terminal(terminal) => terminal.as_fd(),
        }
    }
}

impl Keyboard {
    /// A keyboard that writes into a pipe.
    pub fn at_pipe(pipe: OwnedFd) -> rustix::io::Result<Self> {
        ioctl_fionbio(&pipe, true)?;
        Ok(Self::new(Line::Pipe(pipe)))
    }

    /// The keyboard of a terminal.
    pub fn at_terminal(terminal: Terminal) -> Self {
        Self::new(Line::Terminal(terminal))
    }

    fn new(line: Line) -> Self {
        Self { line: Some(line), waiting: Vec::new(), written: 0, ends: false, is_read: Cell::new(true) }
    }

    /// Types these bytes, as soon as the line has room for them.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        self.waiting.drain(..self.written);
        self.written = 0;
        self.is_read.set(false);
        match &self.line {
            Some(Line::Terminal(terminal)) => terminal.typed(bytes, &mut self.waiting),
            Some(Line::Pipe(_)) | None => self.waiting.extend_from_slice(bytes),
        }
        self.push();
    }

    /// Ends the input after all that was typed.
    pub fn end(&mut self) {
        self.ends = true;
        self.is_read.set(false);
        if let Some(Line::Terminal(terminal)) = &self.line {
            terminal.typed_eof(&mut self.waiting);
        }
        self.push();
    }

    /// Writes as much as the line takes. If the subject has closed its input, the rest is discarded: that is an observation, not an error.
    pub fn push(&mut self) {
        while let Some(line) = self.line.as_ref().filter(|_| self.written < self.waiting.len()) {
            match rustix::io::write(line, &self.waiting[self.written..]) {
                Ok(n) => self.written += n,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(_) => self.line = None,
            }
        }
        match &self.line {
            Some(Line::Pipe(_)) if self.ends && self.written == self.waiting.len() => self.line = None,
            // It stays open: to close it is to hang it up, and then a read that waits fails with EIO.
            Some(Line::Terminal(terminal)) => terminal.deliver(),
            Some(Line::Pipe(_)) | None => {}
        }
    }

    /// The line, while there is something left to write, and the subject may read it.
    pub fn wants_to_write(&self) -> Option<BorrowedFd<'_>> {
        let line = self.line.as_ref().filter(|_| self.written < self.waiting.len())?;
        let is_closed = matches!(line, Line::Terminal(terminal) if terminal.is_closed());
        (!is_closed).then(|| line.as_fd())
    }

    /// How many typed bytes the subject has not read yet, in the line and before it; 0 if it has closed its input. Beyond what a terminal
    /// holds, this is not exact, except that it is 0 only if there is none.
    pub fn unread(&self) -> usize {
        let waiting = self.waiting.len() - self.written;
        match &self.line {
            Some(Line::Pipe(pipe)) => waiting + ioctl_fionread(pipe).unwrap_or(0) as usize,
            Some(Line::Terminal(terminal)) if !self.is_read.get() && !terminal.is_closed() => {
                let (unread, is_empty) = terminal.unread();
                self.is_read.set(waiting == 0 && is_empty);
                waiting + unread
            }
            Some(Line::Terminal(_)) | None => 0,
        }
    }

    /// How many typed bytes the subject has never read, once it has ended.
    pub fn left_over(&mut self) -> usize {
        let mut taken_back = 0;
        while let Some(Line::Terminal(terminal)) = &self.line {
            let (taken, written) = (terminal.take_back(), self.written);
            taken_back += taken;
            self.push();
            if taken == 0 && self.written == written {
                return taken_back;
            }
        }
        if self.line.is_some() { self.unread() } else { self.waiting.len() - self.written }
    }
}
