//! Addresses of the loopback that nobody else uses.

use socket2::{Domain, Socket, Type};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

/// An address that nobody else uses as long as this lives.
pub struct Room {
    pub address: Ipv4Addr,
    _lock: UdpSocket,
}

/// Where private addresses come from: one after the other, from a place of its own for each stage. So none is used again for a long time,
/// and what the kernel keeps of a connection (TIME_WAIT, a minute) is in nobody's way.
pub struct Addresses(u32);

impl Addresses {
    /// 127.0.0.0/16 has what others expect there (127.0.0.1, 127.0.0.53, 127.0.1.1); 127.255.0.0/16 has the broadcast address.
    const FIRST: u32 = 0x7f01_0000;
    const COUNT: u32 = 0x00fe_0000;
    /// Other runs hold some at the same time.
    const TRIES: u32 = 100;

    /// Begins somewhere.
    pub fn new() -> Self {
        Self(RandomState::new().hash_one(std::process::id()) as u32 % Self::COUNT)
    }

    /// The next one at which this port is free.
    ///
    /// # Errors
    /// Whoever listens there at all addresses leaves none.
    pub fn next(&mut self, port: u16) -> io::Result<Room> {
        /// A UDP port that marks an address as used. A subject that asks for it there finds it taken.
        const MARK: u16 = 65535;
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for _ in 0..Self::TRIES {
            self.0 = (self.0 + 1) % Self::COUNT;
            let address = Ipv4Addr::from(Self::FIRST + self.0);
            let lock = UdpSocket::bind((address, MARK));
            // Without SO_REUSEADDR, so that it fails where a server without it would.
            let free = lock.and_then(|lock| {
                Socket::new(Domain::IPV4, Type::STREAM, None)?.bind(&SocketAddr::from((address, port)).into())?;
                Ok(lock)
            });
            match free {
                Ok(lock) => return Ok(Room { address, _lock: lock }),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}
