//! Tests a place before anything is judged there: the harness starts a program of its own, and must see all of it that verdicts need. So no
//! subject is blamed for what a system lacks (a file in /proc, an answer of the kernel, a system call).

use super::connection::Connection;
use super::isolation::Tier;
use super::limits::Limits;
use super::loopback::{Endpoint, Loopback};
use super::processes;
use super::protocol::{ARGUMENT, Program};
use super::subject::Subject;
use super::threads::{Rest, Snapshot};
use crate::spec::transcript::End;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::BorrowedFd;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The argument that starts the harness's own program.
pub const WITNESS: &str = "witness";

/// The time limit for things that take microseconds.
const LIMIT: Duration = Duration::from_secs(10);

/// The bytes that are sent to the program.
const WORD: &[u8] = b"abc";

/// The harness's own program: a server that prints its address, and how many bytes it reads.
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

/// Makes sure that the harness sees everything on this loopback that verdicts need.
///
/// # Errors
/// Says what is missing.
pub fn prove(tier: Tier, loopback: &Loopback) -> Result<(), String> {
    let endpoint = loopback.begin(0)?;
    let words = ["sockspec", ARGUMENT, tier.name(), WITNESS].map(str::to_owned).to_vec();
    let program = Program { file: "/proc/self/exe".into(), words, directory: None, is_told_port: false, has_terminal: false };
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
    until("it connects", || {
        connection.push();
        !connection.wants_to_write()
    })?;
    let read = line(subject, 1)?;
    match connection.look(&endpoint)? {
        None => return Err("sock_diag does not show a connection".into()),
        Some(look) if look.received == 3 && look.unread == 0 && look.is_held && read == "3" => {}
        Some(_) => return Err("sock_diag does not count what a program has read".into()),
    }
    // With private addresses, the harness knows the connections, and needs no list.
    if tier != Tier::Address && !endpoint.clients()?.contains(&connection.client()) {
        return Err("sock_diag does not list connections".into());
    }
    threads(subject)?;
    connection.finish();
    ready(&[subject.pidfd()])?;
    subject.reap();
    match subject.end {
        Some(End::Exits(0)) => Ok(()),
        Some(_) => Err("the exit status of a program is not visible".into()),
        None => Err("waitid does not tell how a program has ended".into()),
    }
}

/// Makes sure that the harness sees the program sleep, which it does by now or very soon.
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
    until("a sleeping program is seen asleep", || {
        let snapshot = Snapshot::take();
        snapshot.rest() == Rest::Blocked && Snapshot::take() == snapshot
    })?;
    if Snapshot::take().ran() == 0 {
        return Err("/proc/PID/schedstat: no CPU time is counted".into());
    }
    Ok(())
}

/// Waits for the line with this number that the program prints.
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

/// Waits until something can be read at one of these places.
fn ready(places: &[BorrowedFd<'_>]) -> Result<(), String> {
    let timeout = Timespec { tv_sec: LIMIT.as_secs() as i64, tv_nsec: 0 };
    let mut places: Vec<PollFd<'_>> = places.iter().map(|place| PollFd::from_borrowed_fd(*place, PollFlags::IN)).collect();
    match poll(&mut places, Some(&timeout)) {
        Ok(0) => Err("a program of the harness's own does nothing".into()),
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(format!("poll: {}", io::Error::from(errno))),
    }
}

/// Waits until `is_so`.
fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), String> {
    let began = Instant::now();
    while !is_so() {
        if began.elapsed() > LIMIT {
            return Err(format!("a test program was started, and this did not happen: {what}"));
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    Ok(())
}
