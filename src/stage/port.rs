//! The port on which a scenario is played: whether it is free, and how it becomes free again.

use super::diag::{Diag, State};
use super::{Trouble, blind, world};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Makes sure that nobody listens there.
///
/// # Errors
/// The port is taken, which is nobody's fault.
pub fn is_free(diag: &Diag, port: u16) -> Result<(), Trouble> {
    match diag.listener(port).map_err(blind)? {
        None => Ok(()),
        Some(_) => Err(format!("port {port} is taken by another program on this machine: end it, or see which it is with `ss -ltnp`")),
    }
}

/// Why a server may not be able to listen: on the host, where an earlier run may have ended a second ago, the system may keep the port for
/// a server that closed first. One that sets SO_REUSEADDR can listen all the same.
pub fn kept(diag: &Diag, port: u16) -> Option<Trouble> {
    let is_kept = !world::is_private() && diag.lingering(port).is_ok_and(|ports| !frees(diag, port, &ports));
    is_kept.then(|| format!("port {port} is still kept by the system for a server that closed first a moment ago: try again in a minute"))
}

/// Frees the port of connections from these ports that the server's side closed first (TIME_WAIT); whether it is free.
///
/// A connection attempt from the other end's old port does that: the system answers with an ACK of the old connection, which makes
/// no sense to the new one, so it is answered with a reset that ends the old one (RFC 1337 calls it assassination). It needs no
/// privilege, and leaves the port as if nothing had been.
pub fn frees(diag: &Diag, port: u16, client_ports: &[u16]) -> bool {
    client_ports.iter().all(|&from| forgets(diag, port, from))
}

/// The same of one connection.
fn forgets(diag: &Diag, port: u16, from: u16) -> bool {
    const LOOKS: u32 = 1000;
    for looks in 0..LOOKS {
        match diag.connection(port, from) {
            Ok(None) => return true,
            Ok(Some(look)) if look.state == State::TIME_WAIT => {
                if matches!(diag.connection(from, port), Ok(Some(look)) if look.state == State::TIME_WAIT) {
                    // Both sides closed at the same moment, and the other end's old port is kept as well.
                    return false;
                }
                let _ = attempts(from, port);
            }
            // What was reset or killed a moment ago is still on its way out.
            _ => std::thread::sleep(Duration::from_micros(u64::from(looks))),
        }
    }
    false
}

/// Asks for a connection that never comes about: nobody listens.
fn attempts(from: u16, to: u16) -> io::Result<()> {
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&loopback(from))?;
    socket.connect(&loopback(to))
}

/// A listener of the harness's own, which a server that closed first a moment ago does not keep from the port.
///
/// # Errors
/// The port is taken.
pub fn listener(port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // A server that would share the port with others gets it, and is found out.
    socket.set_reuse_port(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(16)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
