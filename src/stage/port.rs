//! The port on which a scenario is played: whether it is free, and how it becomes free again.

use super::diag::{Diag, State, v4};
use super::{Trouble, syscalls};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddrV4;
use std::time::Duration;

/// Somebody else has the port, which is nobody's fault.
pub fn taken(port: u16) -> Trouble {
    format!("port {port} is taken by another program on this machine: end it, or see which it is with `ss -ltnp`")
}

/// Why a server may not be able to listen: on the host, where an earlier run may have ended a second ago, the system may keep the port for
/// a server that closed first. One that sets SO_REUSEADDR can listen all the same.
pub fn kept(diag: &Diag, server: SocketAddrV4) -> Option<Trouble> {
    let lingering = diag.lingering(server.port()).unwrap_or_default();
    let clients: Vec<SocketAddrV4> = lingering.into_iter().filter_map(|look| v4(look.remote)).collect();
    (!frees_in_time(diag, server, &clients)).then(|| {
        let port = server.port();
        format!("port {port} is still kept by the system for a server that closed first a moment ago: try again in a minute")
    })
}

/// Frees the port of connections from these clients that the server's side closed first (TIME_WAIT); whether it is free.
///
/// A connection attempt from the other end's old port does that: the system answers with an ACK of the old connection, which makes
/// no sense to the new one, so it is answered with a reset that ends the old one (RFC 1337 calls it assassination). It needs no
/// privilege, and leaves the port as if nothing had been.
pub fn frees(diag: &Diag, server: SocketAddrV4, clients: &[SocketAddrV4]) -> bool {
    clients.iter().all(|&client| forgets(diag, server, client))
}

/// The same, also where both sides closed at the same moment, so that the client's end is kept as well: it takes a second.
///
/// From there nobody may ask for a connection until it is a second old (`tcp_tw_reuse` of the loopback); then one that has no address yet
/// may take its port, which a range of one port chooses (Linux 6.3).
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

/// Asks for a connection from a port that is still kept for an old one.
fn takes_over(from: SocketAddrV4, to: SocketAddrV4) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    syscalls::choose_port(&socket, from.port())?;
    socket.connect(&to.into())
}

/// The same of one connection.
fn forgets(diag: &Diag, server: SocketAddrV4, client: SocketAddrV4) -> bool {
    const LOOKS: u32 = 1000;
    for looks in 0..LOOKS {
        match diag.connection(server, client) {
            Ok(None) => return true,
            Ok(Some(look)) if look.state == State::TIME_WAIT => {
                if matches!(diag.connection(client, server), Ok(Some(look)) if look.state == State::TIME_WAIT) {
                    // Both sides closed at the same moment, and the other end's old port is kept as well.
                    return false;
                }
                let _ = attempts(client, server);
            }
            // What was reset or killed a moment ago is still on its way out.
            _ => std::thread::sleep(Duration::from_micros(u64::from(looks))),
        }
    }
    false
}

/// Asks for a connection that never comes about: nobody listens.
fn attempts(from: SocketAddrV4, to: SocketAddrV4) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())
}

/// A listener of the harness's own, which a server that closed first a moment ago does not keep from the port.
///
/// # Errors
/// The port is taken.
pub fn listener(address: SocketAddrV4) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // A server that would share the port with others gets it, and is found out.
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(16)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
