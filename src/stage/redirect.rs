//! A private loopback without a namespace: what subjects do at 127.0.0.1 happens at an address of 127.0.0.0/8 that no one else uses.
//!
//! The harness makes each TCP or UDP socket of a subject, hands it over, and keeps a duplicate. When the subject binds or connects the
//! socket, the harness does so on the duplicate, at the private address. It closes the duplicate as soon as the socket listens or is
//! connected. It reads the subject's memory, and writes there only if the subject asks for a name. So the subject sees a network that has
//! nothing but a loopback.
//!
//! Rejected: to rewrite the address in the subject's memory (constants would change, and another thread may change the address back), and
//! to replace the subject's socket (options that were set before would be lost).

mod addresses;
mod caller;
mod kept;

use super::diag::Diag;
use super::notification::{Answer, Call, Listener, Waiting};
use addresses::Addresses;
use caller::{Caller, open_sockets};
use kept::{Connecting, Kept, errno, without_waiting};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Answers the system calls of all processes that one thread starts.
pub struct Redirect {
    listener: Listener,
    state: Mutex<State>,
}

struct State {
    diag: Diag,
    addresses: Addresses,
    /// The sockets that may still be bound or connected, the oldest first.
    kept: Vec<Kept>,
    /// The names by which subjects know their sockets. The key is the socket's inode.
    names: HashMap<u64, Names>,
    /// The addresses of subjects: the real one, and the one that the subject asked for.
    bound: Vec<(SocketAddr, SocketAddr)>,
    /// The real ends of the connections that subjects have asked for.
    connects: Vec<(SocketAddrV4, SocketAddrV4)>,
    /// The addresses that subjects have asked to connect to, each once.
    tried: Vec<SocketAddr>,
    /// Whether the harness could not look into a subject when it had to.
    is_blind: bool,
}

/// The names of one socket.
#[derive(Default)]
struct Names {
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
}

impl Redirect {
    /// Puts the calling thread under the filter. [`Redirect::serve`] answers the calls of what it starts.
    ///
    /// # Errors
    /// The system forbids it.
    pub fn install() -> io::Result<Arc<Self>> {
        let state = State {
            diag: Diag::open()?,
            addresses: Addresses::new(),
            kept: Vec::new(),
            names: HashMap::new(),
            bound: Vec::new(),
            connects: Vec::new(),
            tried: Vec::new(),
            is_blind: false,
        };
        let redirect = Arc::new(Self { listener: Listener::install()?, state: Mutex::new(state) });
        Ok(redirect)
    }

    /// Answers for ever, on another thread than the one under the filter, which could not answer itself.
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
            // Hold the lock from before a call is received until it is answered: `is_busy` waits for the lock.
            let mut state = self.state();
            state.look_at_connecting(&self.listener);
            if is_called && let Ok(waiting) = self.listener.receive() {
                state.answer(&self.listener, &waiting);
            }
        }
    }

    /// Begins a scenario with new addresses, and returns the one that replaces 127.0.0.1.
    ///
    /// # Errors
    /// A program that listens on this port at all addresses leaves none.
    pub fn begin(&self, port: u16) -> io::Result<Ipv4Addr> {
        let mut state = self.state();
        // The thread that waits for these sockets wakes, and lets go of them.
        state.connecting().for_each(|kept| drop(kept.socket.shutdown(std::net::Shutdown::Both)));
        state.kept.clear();
        state.names.clear();
        state.bound.clear();
        state.connects.clear();
        state.tried.clear();
        state.is_blind = false;
        state.addresses.begin(port)
    }

    /// Whether a subject waits for an answer that is about to be given.
    pub fn is_busy(&self) -> bool {
        let state = self.state();
        self.listener.is_pending() || state.connecting().any(Kept::has_result)
    }

    /// Whether a subject has kept the harness from looking into it. Then the subject may be at another address than it should.
    pub fn is_blind(&self) -> bool {
        self.state().is_blind
    }

    /// The address that a subject has asked for and got this one instead; `None` if no subject has.
    pub fn asked(&self, real: SocketAddr) -> Option<SocketAddr> {
        self.state().bound.iter().rfind(|(own, _)| *own == real).map(|(_, asked)| *asked)
    }

    /// The clients' ends of the connections to this address that subjects have asked for.
    pub fn clients(&self, server: SocketAddrV4) -> Vec<SocketAddrV4> {
        self.state().connects.iter().filter(|(_, to)| *to == server).map(|(from, _)| *from).collect()
    }

    /// The addresses that subjects have asked to connect to, each once.
    pub fn tried(&self) -> Vec<SocketAddr> {
        self.state().tried.clone()
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
        let inode = self.see(caller.inode(args[0]).map(Some)).unwrap_or(0);
        let repeated = self.kept(inode).and_then(|kept| kept.unsent.take()).filter(|(earlier, _)| *earlier == call);
        let answer = match (repeated, call) {
            (Some((_, answer)), _) => Some(answer),
            (None, Call::LocalName | Call::PeerName) => Some(self.name(caller, call, inode, args)),
            (None, Call::Listen) => Some(self.listen(inode)),
            (None, _) => match self.see(caller.address(args[1], args[2])) {
                // The memory that was read may belong to another process with the same number.
                _ if !listener.still_waits(waiting) => return,
                Some(asked) if call == Call::Bind => Some(self.bind(inode, asked)),
                Some(asked) => self.connect(waiting, inode, asked),
                // This is no address of the internet.
                None => Some(Answer::GoOn),
            },
        };
        let Some(answer) = answer else { return };
        self.send(listener, waiting, call, inode, answer);
    }

    /// Answers, and keeps the answer if it does not arrive. Lets go of a socket that is connected.
    fn send(&mut self, listener: &Listener, waiting: &Waiting, call: Call, inode: u64, answer: Answer) {
        let is_lost = listener.answer(waiting, answer).is_err();
        if is_lost {
            // If the kernel should execute the call, it has not done so.
            let done = (answer != Answer::GoOn).then_some((call, answer));
            self.kept(inode).into_iter().for_each(|kept| kept.unsent = done);
        } else if call == Call::Connect && answer == Answer::Done {
            self.kept.retain(|kept| kept.inode != inode);
        }
    }

    /// Makes a socket for a subject.
    fn make(&mut self, listener: &Listener, waiting: &Waiting, args: [u64; 6]) {
        /// More sockets than a program has that are neither bound nor connected. Beyond that the harness lets go of the oldest.
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
                // The system uses the number of an inode again.
                self.names.remove(&kept.inode);
                self.kept.push(kept);
            }
            // The subject could not make the socket either: the kernel tells it why.
            None => drop(listener.answer(waiting, Answer::GoOn)),
        }
    }

    /// A value from a subject's memory or descriptors; `None` if there is no such memory or descriptor, which is the subject's mistake.
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
        let real = match self.addresses.real(asked, &socket, true) {
            Ok(real) => real,
            Err(errno) => return Answer::Fails(errno),
        };
        let mut done = socket.bind(&real);
        if done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
            // Perhaps a socket holds the address that the subject has closed and never used.
            self.forget_closed();
            done = socket.bind(&real);
        }
        match done {
            Ok(()) => {
                self.note_bound(inode, &socket, asked.ip());
                if let Some(kept) = self.kept(inode) {
                    kept.is_bound = true;
                }
                // A socket for datagrams needs nothing more.
                if socket.r#type().is_ok_and(|kind| kind == Type::DGRAM) {
                    self.kept.retain(|kept| kept.inode != inode);
                }
                Answer::Done
            }
            Err(error) => Answer::Fails(errno(&error)),
        }
    }

    /// Notes the real address of a socket, and the one that was asked for.
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

    /// Connects. Returns `None` if the answer has to wait.
    fn connect(&mut self, waiting: &Waiting, inode: u64, asked: SocketAddr) -> Option<Answer> {
        let Some(i) = self.kept.iter().position(|kept| kept.inode == inode) else { return Some(Answer::GoOn) };
        if let Connecting::Awaited(earlier, _) = &mut self.kept[i].connecting {
            // A signal has interrupted that call, and the subject makes it again.
            *earlier = *waiting;
            return None;
        }
        let socket = self.kept[i].socket.clone();
        self.note_tried(&socket, asked);
        let real = match self.addresses.real(asked, &socket, false) {
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

    /// Notes to which address a subject wants to connect. A few are enough for a remark.
    fn note_tried(&mut self, socket: &Socket, asked: SocketAddr) {
        const MOST: usize = 64;
        let address = SocketAddr::new(reached(asked.ip().to_canonical()), asked.port());
        let is_stream = socket.r#type().is_ok_and(|kind| kind == Type::STREAM);
        if is_stream && self.tried.len() < MOST && !self.tried.contains(&address) {
            self.tried.push(address);
        }
    }

    /// Answers the calls whose connection is there, or was refused.
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
            // The kernel's own answer is right, or the subject's memory cannot be written.
            None => Answer::GoOn,
        }
    }

    /// The name of the subject's end of a connection that it has accepted.
    fn accepted_at(&self, inode: u64) -> Option<SocketAddr> {
        let look = self.diag.by_inode(inode).ok()??;
        let asked = match self.addresses.replaced_by(look.local.ip())? {
            IpAddr::V4(v4) if look.is_v6 => IpAddr::V6(v4.to_ipv6_mapped()),
            other => other,
        };
        Some(SocketAddr::new(asked, look.local.port()))
    }

    /// Lets go of the sockets that no subject has any more.
    fn forget_closed(&mut self) {
        let open = open_sockets();
        self.kept.retain(|kept| open.contains(&kept.inode));
    }
}

/// The address that a connection really reaches: without an address, it reaches the loopback.
fn reached(asked: IpAddr) -> IpAddr {
    match asked {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// The end of a connection with this address, if it is of IPv4.
fn end(address: io::Result<SockAddr>) -> Option<SocketAddrV4> {
    let address = address.ok()?.as_socket()?;
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => Some(SocketAddrV4::new(ip, address.port())),
        IpAddr::V6(_) => None,
    }
}
