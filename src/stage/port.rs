//! The port of a scenario: whether it is free, and how it becomes free again.

use super::diag::{Diag, State, v4};
use super::syscalls;
use super::trouble::Trouble;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddrV4;
use std::time::Duration;

/// Another program has the port. This is not the subject's fault.
pub fn taken(port: u16) -> Trouble {
    format!("port {port} is taken by another program on this machine: end it, or see which it is with `ss -ltnp`")
}

/// Why a server may not be able to listen: if an earlier run has ended a second ago, the system may keep the port for a server that closed
/// first. A server that sets SO_REUSEADDR can listen all the same.
pub fn kept(diag: &Diag, server: SocketAddrV4) -> Option<Trouble> {
    let lingering = diag.lingering(server.port()).unwrap_or_default();
    let clients: Vec<SocketAddrV4> = lingering.into_iter().filter_map(|look| v4(look.remote)).collect();
    (!frees_in_time(diag, server, &clients)).then(|| {
        let port = server.port();
        format!("port {port} is still kept by the system for a server that closed first a moment ago: try again in a minute")
    })
}

/// Frees the port of connections from these clients that the server's side closed first (TIME_WAIT). Returns whether the port is free.
///
/// A connection attempt from the other end's old port does that. The system answers it with an ACK of the old connection. That ACK makes no
/// sense to the new one, so it is answered with a reset, which ends the old connection (RFC 1337 calls this assassination). This needs no
/// privilege, and leaves no trace on the port.
pub fn frees(diag: &Diag, server: SocketAddrV4, clients: &[SocketAddrV4]) -> bool {
    clients.iter().all(|&client| forgets(diag, server, client))
}

/// The same, also if both sides closed at the same moment, so that the system keeps the client's end as well. It takes a second.
///
/// No socket may connect from the client's old port until its TIME_WAIT is a second old (`tcp_tw_reuse` of the loopback). Then a socket
/// without an address may take that port, if its port range has no other (Linux 6.3).
pub fn frees_in_time(diag: &Diag, server: SocketAddrV4, clients: &[SocketAddrV4]) -> bool {
    const PAUSE: Duration = Duration::from_millis(50);
    const TRIES: u32 = 60;
    let both = clients.iter().filter(|&&client| !forgets(diag, server, client));
    both.into_iter().all(|&client| {
        (0..TRIES).any(|_| {
            let _ = takes_over(client, server);
            let is_free = matches!(diag.connection(server, client), Ok(None));
            if !is_free {
                std::thread::sleep(PAUSE);
            }
            is_free
        })
    })
}

/// Asks for a connection from a port that the system still keeps for an old connection.
fn takes_over(from: SocketAddrV4, to: SocketAddrV4) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    syscalls::choose_port(&socket, from.port())?;
    socket.connect(&to.into())
}

/// Frees the port of one connection. Returns whether it is free.
fn forgets(diag: &Diag, server: SocketAddrV4, client: SocketAddrV4) -> bool {
    const LOOKS: u32 = 1000;
    for looks in 0..LOOKS {
        match diag.connection(server, client) {
            Ok(None) => return true,
            Ok(Some(look)) if look.state == State::TIME_WAIT => {
                if matches!(diag.connection(client, server), Ok(Some(look)) if look.state == State::TIME_WAIT) {
                    // Both sides closed at the same moment, and the system keeps the other end's port as well.
                    return false;
                }
                let _ = attempts(client, server);
            }
            // A connection that was reset or killed a moment ago is about to vanish.
            _ => std::thread::sleep(Duration::from_micros(u64::from(looks))),
        }
    }
    false
}

/// Asks for a connection. There will be none, because no program listens.
fn attempts(from: SocketAddrV4, to: SocketAddrV4) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())
}

/// A listener of the harness. It gets the port even if a server closed first a moment ago.
///
/// # Errors
/// The port is taken.
pub fn listener(address: SocketAddrV4) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // A server that would share the port with others can listen, and is found out.
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(16)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
