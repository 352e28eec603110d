//! Shows what programs try on a private loopback besides the connections that the harness holds: connection attempts at other addresses,
//! and UDP datagrams.
//!
//! A raw socket gets a copy of each packet before TCP and UDP get the packet. So the copy of a refused attempt is there before `connect`
//! returns. A filter in the kernel drops all other packets. (AF_PACKET would show as much, but to close such a socket takes the kernel
//! milliseconds.)
//!
//! For an address outside of the loopback there is no route and no packet. Only a counter of the kernel tells of such attempts.
//!
//! No verdict depends on this. Where the system allows no raw sockets, the remarks say less.

use rustix::net::{RecvFlags, recv};
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use std::cell::Cell;
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::FileExt;

/// The raw sockets, in one network namespace.
pub struct Sniffer {
    taps: Vec<Tap>,
    /// The kernel's counters for this network.
    counters: Option<File>,
    /// How many packets without a route `attempts` has reported so far.
    unroutable: Cell<u64>,
}

/// What programs have tried. Each address is there once, in the order of the attempts, and IPv4 before IPv6.
#[derive(Debug, Default)]
pub struct Attempts {
    /// Addresses to which they tried to connect.
    pub connections: Vec<SocketAddr>,
    /// Addresses to which they sent UDP datagrams.
    pub datagrams: Vec<SocketAddr>,
    /// Whether they tried to reach an address for which there is no route. That may have been a name server.
    pub is_unroutable: bool,
}

impl Attempts {
    /// Notes an attempt, unless it only asks for the address of a name.
    fn note(&mut self, protocol: Protocol, address: SocketAddr) {
        const DNS: u16 = 53;
        let known = if protocol == Protocol::TCP { &mut self.connections } else { &mut self.datagrams };
        if address.port() != DNS && !known.contains(&address) {
            known.push(address);
        }
    }
}

impl Sniffer {
    /// Opens the sockets in the network namespace of the calling thread, as far as the system allows. This needs CAP_NET_RAW.
    pub fn open() -> Self {
        let kinds = [Protocol::TCP, Protocol::UDP].map(|protocol| [(Domain::IPV4, protocol), (Domain::IPV6, protocol)]);
        Self {
            taps: kinds.into_iter().flatten().filter_map(|(domain, protocol)| Tap::open(domain, protocol)).collect(),
            counters: File::open("/proc/self/net/snmp").ok(),
            unroutable: Cell::new(0),
        }
    }

    /// Forgets all packets so far. To read the counters takes longer, so this is left to [`Sniffer::attempts`]: a stage plays with the same
    /// programs again and again.
    pub fn forget(&self) {
        self.taps.iter().for_each(|tap| while tap.next().is_some() {});
    }

    /// What programs have tried since the last call of this or of [`Sniffer::forget`].
    pub fn attempts(&self) -> Attempts {
        let unroutable = self.unroutable_so_far();
        let mut attempts = Attempts { is_unroutable: unroutable > self.unroutable.replace(unroutable), ..Attempts::default() };
        for tap in &self.taps {
            while let Some(packet) = tap.next() {
                tap.destination(&packet).into_iter().for_each(|address| attempts.note(tap.protocol, address));
            }
        }
        attempts
    }

    /// How many packets of IPv4 had no route so far: `OutNoRoutes` in the line of values that follows the line of names.
    fn unroutable_so_far(&self) -> u64 {
        let mut buffer = [0; 1024];
        let read = self.counters.as_ref().and_then(|file| file.read_at(&mut buffer, 0).ok()).unwrap_or(0);
        let text = String::from_utf8_lossy(&buffer[..read]);
        let mut lines = text.lines().filter(|line| line.starts_with("Ip:")).map(str::split_whitespace);
        let (Some(names), Some(values)) = (lines.next(), lines.next()) else { return 0 };
        names.zip(values).find(|(name, _)| *name == "OutNoRoutes").and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
    }
}

/// A raw socket for one protocol.
struct Tap {
    socket: Socket,
    domain: Domain,
    protocol: Protocol,
}

/// The most that is kept of a packet: the longest header of IPv4, and the ports.
const KEPT: usize = 64;

impl Tap {
    fn open(domain: Domain, protocol: Protocol) -> Option<Self> {
        let socket = Socket::new(domain, Type::RAW, Some(protocol)).ok()?;
        if protocol == Protocol::TCP {
            socket.attach_filter(&attempts_only(domain)).ok()?;
        }
        Some(Self { socket, domain, protocol })
    }

    /// The next packet. Raw sockets of IPv4 show the IP header too, and those of IPv6 do not.
    fn next(&self) -> Option<Vec<u8>> {
        let mut buffer = [0; KEPT];
        let (len, _) = recv(&self.socket, &mut buffer, RecvFlags::DONTWAIT).ok()?;
        Some(buffer[..len].to_vec())
    }

    /// The address to which a packet goes. On a loopback, the only one of IPv6 is ::1.
    fn destination(&self, packet: &[u8]) -> Option<SocketAddr> {
        let (ip, ports) = if self.domain == Domain::IPV4 {
            let ip: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
            (IpAddr::from(Ipv4Addr::from(ip)), usize::from(packet[0] & 0xf) * 4)
        } else {
            (Ipv6Addr::LOCALHOST.into(), 0)
        };
        let port = packet.get(ports + 2..ports + 4)?.try_into().ok()?;
        Some(SocketAddr::new(ip, u16::from_be_bytes(port)))
    }
}

/// A filter that keeps the first packet of each connection: SYN without ACK.
fn attempts_only(domain: Domain) -> Vec<SockFilter> {
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    let statement = |code: u32, k: u32| SockFilter::new(code as u16, 0, 0, k);
    let load_flags = if domain == Domain::IPV4 {
        // The TCP header follows the IP header, whose length is in its first byte.
        vec![statement(libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH, 0), statement(libc::BPF_LD | libc::BPF_B | libc::BPF_IND, FLAGS)]
    } else {
        vec![statement(libc::BPF_LD | libc::BPF_B | libc::BPF_ABS, FLAGS)]
    };
    let decide = [
        statement(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, SYN | ACK),
        SockFilter::new((libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16, 0, 1, SYN),
        statement(libc::BPF_RET | libc::BPF_K, KEPT as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0),
    ];
    load_flags.into_iter().chain(decide).collect()
}
