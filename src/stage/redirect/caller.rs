//! A thread that makes a system call: its arguments, its descriptors and its memory, by way of /proc.

use crate::stage::notification::{Call, Waiting};
use crate::stage::processes;
use socket2::SockAddr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::FileExt;

/// A thread of a subject that waits for the answer to a system call.
#[derive(Clone, Copy)]
pub struct Caller {
    /// Its number.
    pub tid: u32,
}

impl Caller {
    /// The call and its arguments. Old 32-bit programs keep them in their memory.
    pub fn demultiplexed(self, waiting: &Waiting) -> Option<(Call, [u64; 6])> {
        if waiting.call != Call::Multiplexed {
            return Some((waiting.call, waiting.args));
        }
        let (call, count) = match waiting.args[0] {
            1 => (Call::Socket, 3),
            2 => (Call::Bind, 3),
            3 => (Call::Connect, 3),
            4 => (Call::Listen, 2),
            6 => (Call::LocalName, 3),
            7 => (Call::PeerName, 3),
            _ => return None,
        };
        let mut args = [0; 6];
        for (i, argument) in args.iter_mut().take(count).enumerate() {
            *argument = u32::from_ne_bytes(self.read(waiting.args[1] + 4 * i as u64).ok()?).into();
        }
        Some((call, args))
    }

    /// The inode of the socket that has this descriptor; 0 if it is no socket.
    ///
    /// # Errors
    /// There is no such descriptor, or the process cannot be looked into.
    pub fn inode(self, descriptor: u64) -> io::Result<u64> {
        let link = fs::read_link(format!("/proc/{}/fd/{}", self.tid, descriptor as i32))?;
        Ok(socket_inode(&link).unwrap_or(0))
    }

    fn memory(self) -> io::Result<File> {
        File::open(format!("/proc/{}/mem", self.tid))
    }

    fn read<const N: usize>(self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.memory()?.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    /// An address of the internet in its memory; `None` if the address is of another kind.
    ///
    /// # Errors
    /// There is no such memory, or the process cannot be looked into.
    pub fn address(self, at: u64, len: u64) -> io::Result<Option<SocketAddr>> {
        const V4: usize = 16;
        /// Without the scope, which old programs do not write.
        const V6: usize = 24;
        let mut bytes = [0; V6];
        let len = (len as u32 as usize).min(V6);
        self.memory()?.read_exact_at(&mut bytes[..len], at)?;
        let port = u16::from_be_bytes([bytes[2], bytes[3]]);
        Ok(match (i32::from(u16::from_ne_bytes([bytes[0], bytes[1]])), len) {
            (libc::AF_INET, V4..) => Some((Ipv4Addr::new(bytes[4], bytes[5], bytes[6], bytes[7]), port).into()),
            (libc::AF_INET6, V6..) => bytes[8..].try_into().ok().map(|address: [u8; 16]| (Ipv6Addr::from(address), port).into()),
            _ => None,
        })
    }

    /// Writes an address and its length into its memory, as much as fits there.
    pub fn tell(self, name: SocketAddr, at: u64, len_at: u64) -> Option<()> {
        let name = SockAddr::from(name);
        let bytes = address_bytes(&name);
        let room = u32::from_ne_bytes(self.read(len_at).ok()?) as usize;
        let memory = OpenOptions::new().write(true).open(format!("/proc/{}/mem", self.tid)).ok()?;
        memory.write_all_at(&bytes[..room.min(bytes.len())], at).ok()?;
        memory.write_all_at(&(bytes.len() as u32).to_ne_bytes(), len_at).ok()
    }
}

/// An address in the kernel's format.
fn address_bytes(name: &SockAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(28);
    match name.as_socket() {
        Some(SocketAddr::V4(name)) => {
            bytes.extend((libc::AF_INET as u16).to_ne_bytes());
            bytes.extend(name.port().to_be_bytes());
            bytes.extend(name.ip().octets());
            bytes.extend([0; 8]);
        }
        Some(SocketAddr::V6(name)) => {
            bytes.extend((libc::AF_INET6 as u16).to_ne_bytes());
            bytes.extend(name.port().to_be_bytes());
            bytes.extend(name.flowinfo().to_be_bytes());
            bytes.extend(name.ip().octets());
            bytes.extend(name.scope_id().to_ne_bytes());
        }
        None => {}
    }
    bytes
}

/// The inodes of the sockets that processes of subjects have open.
pub fn open_sockets() -> Vec<u64> {
    let folders = processes::population().unwrap_or_default().into_iter().map(|pid| format!("/proc/{pid}/fd"));
    let links = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    links.filter_map(|link| socket_inode(&fs::read_link(link.path()).ok()?)).collect()
}

/// The number in `socket:[123]`.
fn socket_inode(link: &std::path::Path) -> Option<u64> {
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}
