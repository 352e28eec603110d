//! Private addresses: addresses of 127.0.0.0/8 that no one else uses, and which address of a subject each of them replaces.

use crate::stage::redirect::kept::errno;
use rustix::io::Errno;
use socket2::{Domain, SockAddr, Socket, Type};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};

/// The private addresses of one scenario. They come one after the other, and each stage begins elsewhere. So none is used again for a long
/// time, and what the kernel keeps of a connection (TIME_WAIT, a minute) disturbs no other scenario.
pub struct Addresses {
    /// The number of the last one.
    last: u32,
    /// Which loopback address was asked for, and which private address replaces it.
    replaced: Vec<(IpAddr, PrivateAddress)>,
}

/// An address that no one else uses as long as this lives.
struct PrivateAddress {
    ip: Ipv4Addr,
    _lock: UdpSocket,
}

impl Addresses {
    /// 127.0.0.0/16 has what others expect there (127.0.0.1, 127.0.0.53, 127.0.1.1); 127.255.0.0/16 has the broadcast address.
    const FIRST: u32 = 0x7f01_0000;
    const COUNT: u32 = 0x00fe_0000;
    /// Other runs hold some at the same time.
    const TRIES: u32 = 100;

    /// Begins at a random address.
    pub fn new() -> Self {
        Self { last: RandomState::new().hash_one(std::process::id()) as u32 % Self::COUNT, replaced: Vec::new() }
    }

    /// Forgets all, and returns a new address that replaces 127.0.0.1.
    ///
    /// # Errors
    /// A program that listens on this port at all addresses leaves none.
    pub fn begin(&mut self, port: u16) -> io::Result<Ipv4Addr> {
        self.replaced.clear();
        self.replacing(Ipv4Addr::LOCALHOST.into(), port)
    }

    /// The address that this private one replaces.
    pub fn replaced_by(&self, ip: IpAddr) -> Option<IpAddr> {
        self.replaced.iter().find(|(_, private)| ip == IpAddr::V4(private.ip)).map(|(asked, _)| *asked)
    }

    /// The real address for the one that a subject asks for, in `bind` or in `connect`.
    ///
    /// # Errors
    /// The error that the subject would get in a network that has nothing but a loopback.
    pub fn real(&mut self, asked: SocketAddr, socket: &Socket, is_bind: bool) -> Result<SockAddr, Errno> {
        let is_v6 = socket.domain().is_ok_and(|domain| domain == Domain::IPV6);
        if is_v6 != asked.is_ipv6() {
            return Err(if is_v6 { Errno::INVAL } else { Errno::AFNOSUPPORT });
        }
        let canonical = asked.ip().to_canonical();
        let is_v6_only = is_v6 && socket.only_v6().unwrap_or(false);
        let wanted = match canonical {
            IpAddr::V4(_) if is_v6_only => return Err(if is_bind { Errno::INVAL } else { Errno::NETUNREACH }),
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            // A socket that serves IPv6 alone does not serve 127.0.0.1.
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) if is_bind && !is_v6_only => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            other if other.is_loopback() => other,
            // There is no such address.
            _ if is_bind => return Err(Errno::ADDRNOTAVAIL),
            _ => return Err(Errno::NETUNREACH),
        };
        let private = self.replacing(wanted, asked.port()).map_err(|error| errno(&error))?;
        if !is_v6 {
            return Ok(SocketAddr::from((private, asked.port())).into());
        }
        // A machine has one ::1, which cannot be private: an address of IPv4 replaces it.
        let _ = socket.set_only_v6(false);
        Ok(SocketAddrV6::new(private.to_ipv6_mapped(), asked.port(), 0, 0).into())
    }

    /// The private address that replaces this one of the loopback.
    fn replacing(&mut self, wanted: IpAddr, port: u16) -> io::Result<Ipv4Addr> {
        if let Some((_, private)) = self.replaced.iter().find(|(asked, _)| *asked == wanted) {
            return Ok(private.ip);
        }
        let private = self.next(port)?;
        let ip = private.ip;
        self.replaced.push((wanted, private));
        Ok(ip)
    }

    /// The next one at which this port is free.
    fn next(&mut self, port: u16) -> io::Result<PrivateAddress> {
        /// A UDP port that marks an address as used. A subject that asks for it there finds it taken.
        const MARK: u16 = 65535;
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for _ in 0..Self::TRIES {
            self.last = (self.last + 1) % Self::COUNT;
            let ip = Ipv4Addr::from(Self::FIRST + self.last);
            let lock = UdpSocket::bind((ip, MARK));
            // Without SO_REUSEADDR, so that it fails where a server without it would.
            let free = lock.and_then(|lock| {
                Socket::new(Domain::IPV4, Type::STREAM, None)?.bind(&SocketAddr::from((ip, port)).into())?;
                Ok(lock)
            });
            match free {
                Ok(lock) => return Ok(PrivateAddress { ip, _lock: lock }),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}
