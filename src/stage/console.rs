//! The console of a program that runs at a terminal: its keyboard and its screen.
//!
//! The program has two terminals: one is its stdin, the other its stdout. So the harness sees that one of them is closed, and the output
//! does not mix with an echo that the program itself has switched on.

use super::capture::Capture;
use super::keyboard::Keyboard;
use super::terminal::{Terminal, has_input};
use super::trouble::Trouble;
use rustix::io::{Errno, read, write};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the environment of the program calls its terminals. Many programs write colours to a better kind.
pub const KIND: &str = "dumb";

/// The two terminals of a program.
pub struct Console {
    /// Where the harness types.
    pub keyboard: Keyboard,
    /// What the program prints.
    pub screen: Capture,
    /// The program's stdin.
    pub stdin: OwnedFd,
    /// The program's stdout.
    pub stdout: OwnedFd,
}

impl Console {
    /// Makes the terminals of a program, and keeps so many bytes of what it prints.
    ///
    /// # Errors
    /// There are no terminals here, or they do not work as they should.
    pub fn open(limit: usize) -> Result<Self, Trouble> {
        static IS_PROVEN: AtomicBool = AtomicBool::new(false);
        let console = || {
            if !IS_PROVEN.load(Ordering::Relaxed) {
                prove()?;
                IS_PROVEN.store(true, Ordering::Relaxed);
            }
            Self::make(limit)
        };
        console().map_err(|why| format!("the dialect asks for a terminal (terminal = true), and there is none here: {why}"))
    }

    fn make(limit: usize) -> Result<Self, String> {
        let both = || Ok((Terminal::open(libc::O_RDONLY)?, Terminal::open(libc::O_WRONLY)?));
        let ((keyboard, stdin), (screen, stdout)) = both().map_err(|errno| match errno {
            Errno::AGAIN => "all of the system's are in use (kernel.pty.max)".into(),
            errno => format!("/dev/ptmx: {}", io::Error::from(errno)),
        })?;
        Ok(Self { keyboard: Keyboard::at_terminal(keyboard), screen: Capture::at_terminal(screen, limit), stdin, stdout })
    }
}

/// Plays both ends of a console, and makes sure that it shows all that verdicts need.
fn prove() -> Result<(), String> {
    let all: Vec<u8> = (0..=255).collect();
    let Console { mut keyboard, mut screen, stdin, stdout } = Console::make(all.len())?;
    let read_now = || {
        let mut buffer = [0; 512];
        let n = if has_input(&stdin) { read(&stdin, &mut buffer).ok() } else { None };
        n.map(|n| buffer[..n].to_vec())
    };
    let is_so = |what: &str, is_so: bool| if is_so { Ok(()) } else { Err(format!("a terminal does not work: {what}")) };
    keyboard.type_bytes(&all);
    is_so("what is typed is not counted", keyboard.unread() == all.len())?;
    is_so("what is typed does not arrive", read_now().as_ref() == Some(&all))?;
    is_so("what was read is still counted", keyboard.unread() == 0)?;
    keyboard.end();
    is_so("the input does not end", read_now().is_some_and(|end| end.is_empty()))?;
    keyboard.type_bytes(&all);
    drop(stdin);
    is_so("it is not seen that the input is closed", keyboard.unread() == 0 && keyboard.left_over() == all.len())?;
    let is_written = write(&stdout, &all) == Ok(all.len());
    drop(stdout);
    screen.pull();
    is_so("what is printed does not arrive", is_written && screen.kept() == all && screen.pipe().is_none())
}
