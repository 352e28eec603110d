//! Before anything is judged in a place, the place proves itself: a program of the harness's own is started there, and all that verdicts
//! rest on must be seen of it. So no program is blamed for what a system lacks (a file in /proc, a question to the kernel, a system call).

use super::connection::Connection;
use super::loopback::{Endpoint, Loopback};
use super::subject::Subject;
use super::threads::{Rest, Snapshot};
use super::{ARGUMENT, Limits, Program, Tier, processes};
use crate::transcript::End;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::BorrowedFd;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The word that starts the harness's own program.
pub const WITNESS: &str = "witness";

/// The net below a wait for something that takes microseconds where it comes at all.
const AT_LAST: Duration = Duration::from_secs(10);

/// What is sent to the program.
const WORD: &[u8] = b"abc";

/// The harness's own program: a server that says where it is, and how many bytes it reads.
pub fn witness() -> ExitCode {
    let serve = || -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        println!("{}", listener.local_addr()?);
        let (mut connection, _) = listener.accept()?;
        let mut buffer = [0; 16];
        loop {
            match connection.read(&mut buffer)? {
                0 => return Ok(()),
                n => println!("{n}"),
            }
        }
    };
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes sure that everything can be seen on this loopback that a verdict rests on.
///
/// # Errors
/// What is missing.
pub fn prove(tier: Tier, loopback: &Loopback) -> Result<(), String> {
    let endpoint = loopback.begin(0)?;
    let words = ["sockspec", ARGUMENT, tier.name(), WITNESS].map(str::to_owned).to_vec();
    let program = Program { file: "/proc/self/exe".into(), words, directory: None, is_told_port: false };
    let mut subject = endpoint.start(&program, &Limits::default(), 1024)?;
    let seen = attest(tier, &endpoint, &mut subject);
    processes::sweep();
    seen?;
    match processes::population() {
        Ok(left) if left.is_empty() => Ok(()),
        Ok(_) => Err("processes cannot be ended".into()),
        Err(error) => Err(format!("processes cannot be listed: {error}")),
    }
}

fn attest(tier: Tier, endpoint: &Endpoint<'_>, subject: &mut Subject) -> Result<(), String> {
    let address = line(subject, 0)?;
    let port = match address.parse() {
        Ok(SocketAddr::V4(address)) if *address.ip() == Ipv4Addr::LOCALHOST => address.port(),
        _ => return Err(format!("a program at 127.0.0.1 is told that it is at {address}")),
    };
    let endpoint = endpoint.at(port);
    if endpoint.listener_found()?.is_none() {
        return Err("sock_diag does not show who listens".into());
    }
    let mut connection = Connection::open(&endpoint, WORD.len()).map_err(|error| format!("connect: {error}"))?;
    connection.send(WORD);
    until("a connection comes about", || {
        connection.push();
        !connection.wants_to_write()
    })?;
    let read = line(subject, 1)?;
    match connection.look(&endpoint)? {
        None => return Err("sock_diag does not show a connection".into()),
        Some(look) if look.received == 3 && look.unread == 0 && look.is_held && read == "3" => {}
        Some(_) => return Err("sock_diag does not count what a program has read".into()),
    }
    // With private addresses it is known what subjects have asked for, and nobody needs a list.
    if tier != Tier::Address && !endpoint.clients()?.contains(&connection.client()) {
        return Err("sock_diag does not list connections".into());
    }
    threads(subject)?;
    connection.finish();
    ready(&[subject.pidfd()])?;
    subject.reap();
    match subject.end {
        Some(End::Exits(0)) => Ok(()),
        Some(_) => Err("a program that ends well is not seen to do so".into()),
        None => Err("waitid does not tell how a program has ended".into()),
    }
}

/// Whether it can be seen that the program sleeps, which it does by now or very soon.
fn threads(subject: &Subject) -> Result<(), String> {
    let pid = subject.pid;
    match processes::population() {
        Ok(all) if all.contains(&pid) => {}
        _ => return Err("a process that was started is not listed".into()),
    }
    std::fs::read_dir(format!("/proc/{pid}/task")).map_err(|error| format!("/proc/PID/task: {error}"))?;
    for file in ["stat", "schedstat", "syscall"] {
        let path = format!("/proc/{pid}/task/{pid}/{file}");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("/proc/PID/{file}: {error}"))?;
        if text.trim().is_empty() {
            return Err(format!("/proc/PID/{file}: there is nothing in it"));
        }
    }
    until("a program that sleeps is seen to sleep", || {
        let snapshot = Snapshot::take();
        snapshot.rest() == Rest::Blocked && Snapshot::take() == snapshot
    })?;
    if Snapshot::take().ran() == 0 {
        return Err("/proc/PID/schedstat: no CPU time is counted".into());
    }
    Ok(())
}

/// A line that the program prints: the first, or a later one.
fn line(subject: &mut Subject, number: usize) -> Result<String, String> {
    loop {
        subject.stdout.pull();
        let text = String::from_utf8_lossy(subject.stdout.kept()).into_owned();
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        if let Some(line) = whole.lines().nth(number) {
            return Ok(line.to_owned());
        }
        if subject.stdout.pipe().is_none() {
            subject.stderr.pull();
            return Err(format!("a program of the harness's own cannot do its work: {}", subject.complaint().trim()));
        }
        let places: Vec<BorrowedFd<'_>> = subject.stdout.pipe().into_iter().chain([subject.pidfd()]).collect();
        ready(&places)?;
    }
}

/// Waits until something can be read at one of these.
fn ready(places: &[BorrowedFd<'_>]) -> Result<(), String> {
    let timeout = Timespec { tv_sec: AT_LAST.as_secs() as i64, tv_nsec: 0 };
    let mut places: Vec<PollFd<'_>> = places.iter().map(|place| PollFd::from_borrowed_fd(*place, PollFlags::IN)).collect();
    match poll(&mut places, Some(&timeout)) {
        Ok(0) => Err("a program of the harness's own does nothing".into()),
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(format!("poll: {}", io::Error::from(errno))),
    }
}

/// Waits until something is so; if it is not, the place is not what it should be.
fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), String> {
    let began = Instant::now();
    while !is_so() {
        if began.elapsed() > AT_LAST {
            return Err(format!("in vain was waited until {what}"));
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    Ok(())
}
