//! A private loopback without any namespace: what subjects ask of 127.0.0.1 happens at an address of 127.0.0.0/8 that nobody else uses.
//!
//! Each TCP or UDP socket of a subject is made here and handed over, and a duplicate is kept. When the subject asks for an address, that is
//! done on the duplicate, at the private address, and the duplicate is closed as soon as the socket listens or is connected. The subject's
//! memory is read, and written only where it asks for a name. So it finds what it would find in a network that has nothing but a loopback.
//!
//! Rejected: rewriting the address in the subject's memory (constants change under it, and another thread may change it back), and putting
//! another socket in the place of the subject's (options that were set before are lost).

mod addresses;
mod caller;
mod kept;

use super::diag::Diag;
use super::notification::{Answer, Call, Listener, Waiting};
use addresses::{Addresses, Room};
use caller::{Caller, open_sockets};
use kept::{Connecting, Kept, errno, without_waiting};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What answers the calls of all that one thread starts.
pub struct Redirect {
    listener: Listener,
    state: Mutex<State>,
}

struct State {
    diag: Diag,
    addresses: Addresses,
    /// Which loopback address was asked for, and which private one is in its place: 127.0.0.1 first.
    rooms: Vec<(IpAddr, Room)>,
    /// The sockets that may still be bound or connected, the oldest first.
    kept: Vec<Kept>,
    /// By what names subjects know their sockets; the key is the socket's inode.
    names: HashMap<u64, Names>,
    /// Where subjects are bound: really, and as they asked.
    bound: Vec<(SocketAddr, SocketAddr)>,
    /// The connections that subjects have asked for: both real ends.
    connects: Vec<(SocketAddrV4, SocketAddrV4)>,
    /// Whether a subject could not be looked into when it had to be.
    is_blind: bool,
}

/// The names of one socket.
#[derive(Default)]
struct Names {
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
}

impl Redirect {
    /// Puts the calling thread under the filter, and begins to answer the calls of what it starts.
    ///
    /// # Errors
    /// The system forbids it.
    pub fn install() -> io::Result<Arc<Self>> {
        let state = State {
            diag: Diag::open()?,
            addresses: Addresses::new(),
            rooms: Vec::new(),
            kept: Vec::new(),
            names: HashMap::new(),
            bound: Vec::new(),
            connects: Vec::new(),
            is_blind: false,
        };
        let redirect = Arc::new(Self { listener: Listener::install()?, state: Mutex::new(state) });
        Ok(redirect)
    }

    /// Answers for ever. Not on the thread that is under the filter: it could not answer itself.
    pub fn serve(&self) {
        loop {
            let connecting: Vec<Arc<Socket>> = self.state().connecting().map(|kept| kept.socket.clone()).collect();
            let mut places = vec![PollFd::new(&self.listener, PollFlags::IN)];
            places.extend(connecting.iter().map(|socket| PollFd::new(socket, PollFlags::OUT)));
            if poll(&mut places, None).is_err() {
                continue;
            }
            let is_called = places[0].revents().contains(PollFlags::IN);
            drop(places);
            drop(connecting);
            // Whoever asks whether something is under way waits for this lock: it is held from before a call is received until it is answered.
            let mut state = self.state();
            state.look_at_connecting(&self.listener);
            if is_called && let Ok(waiting) = self.listener.receive() {
                state.answer(&self.listener, &waiting);
            }
        }
    }

    /// Begins anew with fresh addresses, and says which one is in the place of 127.0.0.1.
    ///
    /// # Errors
    /// Whoever listens on this port at all addresses leaves none.
    pub fn begin(&self, port: u16) -> io::Result<Ipv4Addr> {
        let mut state = self.state();
        // The thread that waits for them wakes, and lets go of them.
        state.connecting().for_each(|kept| drop(kept.socket.shutdown(std::net::Shutdown::Both)));
        state.kept.clear();
        state.names.clear();
        state.bound.clear();
        state.connects.clear();
        state.is_blind = false;
        state.rooms.clear();
        let room = state.addresses.next(port)?;
        let address = room.address;
        state.rooms.push((Ipv4Addr::LOCALHOST.into(), room));
        Ok(address)
    }

    /// Whether a subject waits for an answer that is about to be given.
    pub fn is_busy(&self) -> bool {
        let state = self.state();
        self.listener.is_pending() || state.connecting().any(Kept::has_result)
    }

    /// Whether a subject has kept this process from looking into it, so that it may be at another address than it should.
    pub fn is_blind(&self) -> bool {
        self.state().is_blind
    }

    /// The address that a subject has asked for and that is really this one; `None` where no subject has.
    pub fn asked(&self, real: SocketAddr) -> Option<SocketAddr> {
        self.state().bound.iter().rfind(|(own, _)| *own == real).map(|(_, asked)| *asked)
    }

    /// The clients' ends of the connections to this address that subjects have asked for.
    pub fn clients(&self, server: SocketAddrV4) -> Vec<SocketAddrV4> {
        self.state().connects.iter().filter(|(_, to)| *to == server).map(|(from, _)| *from).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn connecting(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().filter(|kept| !matches!(kept.connecting, Connecting::Not))
    }

    /// Answers one call.
    fn answer(&mut self, listener: &Listener, waiting: &Waiting) {
        let caller = Caller { tid: waiting.tid };
        let Some((call, args)) = caller.demultiplexed(waiting) else {
            let _ = listener.answer(waiting, Answer::GoOn);
            return;
        };
        if call == Call::Socket {
            self.make(listener, waiting, args);
            return;
        }
        let inode = caller.inode(args[0]).unwrap_or_else(|error| {
            self.is_blind |= error.kind() == io::ErrorKind::PermissionDenied;
            0
        });
        let repeated = self.kept(inode).and_then(|kept| kept.unsent.take()).filter(|(earlier, _)| *earlier == call);
        let answer = match (repeated, call) {
            (Some((_, answer)), _) => Some(answer),
            (None, Call::LocalName | Call::PeerName) => Some(self.name(caller, call, inode, args)),
            (None, Call::Listen) => Some(self.listen(inode)),
            (None, _) => match self.see(caller.address(args[1], args[2])) {
                // What has been read may be of another process with the same number.
                _ if !listener.still_waits(waiting) => return,
                Some(asked) if call == Call::Bind => Some(self.bind(inode, asked)),
                Some(asked) => self.connect(waiting, inode, asked),
                // What is no address of the internet is none of this.
                None => Some(Answer::GoOn),
            },
        };
        let Some(answer) = answer else { return };
        self.send(listener, waiting, call, inode, answer);
    }

    /// Answers, and keeps the answer where it does not arrive. A socket that is connected is the subject's alone.
    fn send(&mut self, listener: &Listener, waiting: &Waiting, call: Call, inode: u64, answer: Answer) {
        let is_lost = listener.answer(waiting, answer).is_err();
        if is_lost {
            // What was left to the kernel has not been done.
            let done = (answer != Answer::GoOn).then_some((call, answer));
            self.kept(inode).into_iter().for_each(|kept| kept.unsent = done);
        } else if call == Call::Connect && answer == Answer::Done {
            self.kept.retain(|kept| kept.inode != inode);
        }
    }

    /// Makes a socket in a subject's place.
    fn make(&mut self, listener: &Listener, waiting: &Waiting, args: [u64; 6]) {
        /// More than a program has that are neither bound nor connected; then the oldest is given up.
        const MOST: usize = 256;
        let [domain, kind, protocol] = [args[0], args[1], args[2]].map(|argument| argument as i32);
        let is_internet = domain == libc::AF_INET || domain == libc::AF_INET6;
        let base = kind & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK);
        let made = (is_internet && (base == libc::SOCK_STREAM || base == libc::SOCK_DGRAM)).then(|| {
            let socket = Socket::new_raw(domain.into(), Type::from(kind | libc::SOCK_CLOEXEC), Some(Protocol::from(protocol))).ok()?;
            let inode = rustix::fs::fstat(&socket).ok()?.st_ino;
            listener.hand_over(waiting, socket.as_fd(), kind & libc::SOCK_CLOEXEC != 0).ok()?;
            Some(Kept { inode, socket: Arc::new(socket), is_bound: false, connecting: Connecting::Not, unsent: None })
        });
        match made.flatten() {
            Some(kept) => {
                if self.kept.len() >= MOST {
                    self.forget_closed();
                }
                if self.kept.len() >= MOST {
                    self.kept.remove(0);
                }
                // An inode's number is used again.
                self.names.remove(&kept.inode);
                self.kept.push(kept);
            }
            // What cannot be made here cannot be made there: the kernel says why.
            None => drop(listener.answer(waiting, Answer::GoOn)),
        }
    }

    /// What was found in a subject's memory; nothing where there is no such memory, which is the subject's mistake.
    fn see<T>(&mut self, found: io::Result<Option<T>>) -> Option<T> {
        found.unwrap_or_else(|error| {
            self.is_blind |= error.kind() == io::ErrorKind::PermissionDenied;
            None
        })
    }

    fn kept(&mut self, inode: u64) -> Option<&mut Kept> {
        self.kept.iter_mut().find(|kept| kept.inode == inode)
    }

    fn bind(&mut self, inode: u64, asked: SocketAddr) -> Answer {
        let Some(i) = self.kept.iter().position(|kept| kept.inode == inode) else { return Answer::GoOn };
        let socket = self.kept[i].socket.clone();
        let real = match self.real(asked, &socket, Call::Bind) {
            Ok(real) => real,
            Err(errno) => return Answer::Fails(errno),
        };
        let mut done = socket.bind(&real);
        if done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
            // By one that the subject has closed without having used it, perhaps.
            self.forget_closed();
            done = socket.bind(&real);
        }
        match done {
            Ok(()) => {
                self.note_bound(inode, &socket, asked.ip());
                if let Some(kept) = self.kept(inode) {
                    kept.is_bound = true;
                }
                // Datagrams need no more than that.
                if socket.r#type().is_ok_and(|kind| kind == Type::DGRAM) {
                    self.kept.retain(|kept| kept.inode != inode);
                }
                Answer::Done
            }
            Err(error) => Answer::Fails(errno(&error)),
        }
    }

    /// Takes down where a socket is bound, really and as was asked for.
    fn note_bound(&mut self, inode: u64, socket: &Socket, asked: IpAddr) {
        let Some(real) = socket.local_addr().ok().and_then(|real| real.as_socket()) else { return };
        let asked = SocketAddr::new(asked, real.port());
        self.bound.push((SocketAddr::new(real.ip().to_canonical(), real.port()), asked));
        self.names.entry(inode).or_default().local = Some(asked);
    }

    fn listen(&mut self, inode: u64) -> Answer {
        let Some(kept) = self.kept(inode) else { return Answer::GoOn };
        let (socket, is_bound) = (kept.socket.clone(), kept.is_bound);
        if !is_bound {
            // The kernel would choose a port at all addresses of the machine.
            let is_v6 = socket.domain().is_ok_and(|domain| domain == Domain::IPV6);
            let any = if is_v6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
            self.bind(inode, SocketAddr::new(any, 0));
        }
        self.kept.retain(|kept| kept.inode != inode);
        Answer::GoOn
    }

    /// Connects; nothing, where the answer has to wait.
    fn connect(&mut self, waiting: &Waiting, inode: u64, asked: SocketAddr) -> Option<Answer> {
        let Some(i) = self.kept.iter().position(|kept| kept.inode == inode) else { return Some(Answer::GoOn) };
        if let Connecting::Awaited(earlier, _) = &mut self.kept[i].connecting {
            // A signal has interrupted that call, and this is the same one again.
            *earlier = *waiting;
            return None;
        }
        let socket = self.kept[i].socket.clone();
        let real = match self.real(asked, &socket, Call::Connect) {
            Ok(real) => real,
            Err(errno) => return Some(Answer::Fails(errno)),
        };
        let waits = !socket.nonblocking().unwrap_or(false);
        let done = without_waiting(&socket, &real);
        let names = self.names.entry(inode).or_default();
        names.peer = Some(SocketAddr::new(reached(asked.ip()), asked.port()));
        if names.peer.is_some_and(|peer| peer.ip() == Ipv6Addr::LOCALHOST) && names.local.is_none() {
            let port = socket.local_addr().ok().and_then(|local| local.as_socket()).map_or(0, |local| local.port());
            names.local = Some((Ipv6Addr::LOCALHOST, port).into());
        }
        if let (Some(from), Some(to)) = (end(socket.local_addr()), end(Ok(real.clone()))) {
            self.connects.push((from, to));
        }
        let kept = &mut self.kept[i];
        match done {
            Ok(()) => Some(Answer::Done),
            Err(Errno::INPROGRESS) if waits => {
                kept.connecting = Connecting::Awaited(*waiting, real);
                kept.has_result().then(|| kept.result())
            }
            Err(Errno::INPROGRESS) => {
                kept.connecting = Connecting::Unawaited;
                if kept.has_result() && kept.result() == Answer::Done {
                    self.kept.remove(i);
                }
                Some(Answer::Fails(Errno::INPROGRESS))
            }
            Err(errno) => Some(Answer::Fails(errno)),
        }
    }

    /// Answers those whose connection has come about, or was refused.
    fn look_at_connecting(&mut self, listener: &Listener) {
        let ready: Vec<u64> = self.connecting().filter(|kept| kept.has_result()).map(|kept| kept.inode).collect();
        for inode in ready {
            let Some(kept) = self.kept(inode) else { continue };
            let waiting = if let Connecting::Awaited(waiting, _) = kept.connecting { Some(waiting) } else { None };
            let result = kept.result();
            match waiting {
                Some(waiting) => self.send(listener, &waiting, Call::Connect, inode, result),
                None if result == Answer::Done => self.kept.retain(|kept| kept.inode != inode),
                None => {}
            }
        }
    }

    /// Tells a subject the name by which it knows one of its sockets.
    fn name(&mut self, caller: Caller, call: Call, inode: u64, args: [u64; 6]) -> Answer {
        let known = self.names.get(&inode);
        let name = match (known, call) {
            (Some(names), Call::LocalName) => names.local,
            (Some(names), _) => names.peer.filter(|_| self.kept.iter().all(|kept| kept.inode != inode)),
            (None, Call::LocalName) if self.kept.iter().all(|kept| kept.inode != inode) => self.accepted_at(inode),
            (None, _) => None,
        };
        match name.and_then(|name| caller.tell(name, args[1], args[2])) {
            Some(()) => Answer::Done,
            // The kernel's own answer is right.
            None => Answer::GoOn,
        }
    }

    /// The name of the subject's end of a connection that it has accepted.
    fn accepted_at(&self, inode: u64) -> Option<SocketAddr> {
        let look = self.diag.by_inode(inode).ok()??;
        let (asked, _) = self.rooms.iter().find(|(_, room)| look.local.ip() == IpAddr::V4(room.address))?;
        let asked = match asked {
            IpAddr::V4(v4) if look.is_v6 => IpAddr::V6(v4.to_ipv6_mapped()),
            other => *other,
        };
        Some(SocketAddr::new(asked, look.local.port()))
    }

    /// The real address in the place of one that was asked for.
    fn real(&mut self, asked: SocketAddr, socket: &Socket, call: Call) -> Result<SockAddr, Errno> {
        let is_bind = call == Call::Bind;
        let is_v6 = socket.domain().is_ok_and(|domain| domain == Domain::IPV6);
        if is_v6 != asked.is_ipv6() {
            return Err(if is_v6 { Errno::INVAL } else { Errno::AFNOSUPPORT });
        }
        let canonical = asked.ip().to_canonical();
        let is_v6_only = is_v6 && socket.only_v6().unwrap_or(false);
        let wanted = match canonical {
            IpAddr::V4(_) if is_v6_only => return Err(if is_bind { Errno::INVAL } else { Errno::NETUNREACH }),
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            // One that serves IPv6 alone does not serve 127.0.0.1.
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) if is_bind && !is_v6_only => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            other if other.is_loopback() => other,
            // In a network that has nothing but a loopback, there is no such address.
            _ if is_bind => return Err(Errno::ADDRNOTAVAIL),
            _ => return Err(Errno::NETUNREACH),
        };
        let room = self.room(wanted, asked.port()).map_err(|error| errno(&error))?;
        if !is_v6 {
            return Ok(SocketAddr::from((room, asked.port())).into());
        }
        // There is one ::1 on a machine, and it cannot be private: an address of IPv4 is in its place.
        let _ = socket.set_only_v6(false);
        Ok(SocketAddrV6::new(room.to_ipv6_mapped(), asked.port(), 0, 0).into())
    }

    /// The private address in the place of this one of the loopback.
    fn room(&mut self, wanted: IpAddr, port: u16) -> io::Result<Ipv4Addr> {
        if let Some((_, room)) = self.rooms.iter().find(|(asked, _)| *asked == wanted) {
            return Ok(room.address);
        }
        let room = self.addresses.next(port)?;
        let address = room.address;
        self.rooms.push((wanted, room));
        Ok(address)
    }

    /// Lets go of the sockets that no subject has any more.
    fn forget_closed(&mut self) {
        let open = open_sockets();
        self.kept.retain(|kept| open.contains(&kept.inode));
    }
}

/// Where a connection leads that is asked for without an address.
fn reached(asked: IpAddr) -> IpAddr {
    match asked {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// An end of a connection, by its address of IPv4.
fn end(address: io::Result<SockAddr>) -> Option<SocketAddrV4> {
    let address = address.ok()?.as_socket()?;
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => Some(SocketAddrV4::new(ip, address.port())),
        IpAddr::V6(_) => None,
    }
}
