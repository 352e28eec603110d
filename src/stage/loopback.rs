//! Where 127.0.0.1 is for a subject: in a network namespace, at a private address that replaces it, or on the machine's own loopback.
//!
//! A network namespace, and a filter of system calls, belong to a thread and to all that it starts. So a loopback that is not the stage's
//! own has a thread that does all work there.

use super::diag::{Diag, Look, State, v4};
use super::limits::Limits;
use super::namespaces::{self, Refused};
use super::port;
use super::protocol::Program;
use super::redirect::Redirect;
use super::sniffer::{Attempts, Sniffer};
use super::subject::Subject;
use super::trouble::{Trouble, blind};
use socket2::Socket;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

/// A loopback, for the life of a stage.
pub struct Loopback {
    diag: Diag,
    thread: Option<Worker>,
    /// Shows attempts, where no other program is in this network.
    sniffer: Option<Sniffer>,
    kind: Kind,
}

enum Kind {
    /// No other program is in this network.
    Private,
    /// Each scenario has an address of its own.
    Redirected(Arc<Redirect>),
    /// The whole machine's.
    Shared,
}

impl Loopback {
    /// The loopback of the network namespace of this thread. No other program is there.
    pub fn private(sniffer: Sniffer) -> Result<Self, Refused> {
        Ok(Self { diag: Diag::open().map_err(Refused::sock_diag)?, thread: None, sniffer: Some(sniffer), kind: Kind::Private })
    }

    /// The loopback of the whole machine.
    pub fn shared() -> Result<Self, Refused> {
        Ok(Self { diag: Diag::open().map_err(Refused::sock_diag)?, thread: None, sniffer: None, kind: Kind::Shared })
    }

    /// A second loopback in a network namespace of its own. Make it while this process may still do so.
    pub fn second() -> Result<Self, Refused> {
        let (thread, diag) = Worker::start(|| {
            namespaces::leave_loopback()?;
            Diag::open().map_err(Refused::sock_diag)
        })?;
        Ok(Self { diag, thread: Some(thread), sniffer: None, kind: Kind::Private })
    }

    /// Private addresses in the place of 127.0.0.1, without a namespace.
    pub fn redirected() -> Result<Self, Refused> {
        let (thread, redirect) = Worker::start(|| Redirect::install().map_err(Refused::notifications))?;
        let answering = redirect.clone();
        std::thread::spawn(move || answering.serve());
        let diag = Diag::open().map_err(Refused::sock_diag)?;
        Ok(Self { diag, thread: Some(thread), sniffer: None, kind: Kind::Redirected(redirect) })
    }

    /// An address for one scenario, at which this port is free.
    ///
    /// # Errors
    /// Another program has the port.
    pub fn begin(&self, port: u16) -> Result<Endpoint<'_>, Trouble> {
        let ip = match &self.kind {
            Kind::Redirected(redirect) => redirect.begin(port).map_err(|error| match error.kind() {
                io::ErrorKind::AddrInUse => port::taken(port),
                _ => format!("there is no private address for the program: {error}"),
            })?,
            Kind::Private | Kind::Shared => Ipv4Addr::LOCALHOST,
        };
        Ok(Endpoint { loopback: self, address: SocketAddrV4::new(ip, port) })
    }

    /// Runs a job on this loopback, and waits for it.
    fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
        match &self.thread {
            Some(thread) => thread.run(job),
            None => Ok(job()),
        }
    }
}

/// The address and port of a subject in one scenario.
pub struct Endpoint<'a> {
    loopback: &'a Loopback,
    address: SocketAddrV4,
}

impl Endpoint<'_> {
    /// The real address and port.
    pub fn address(&self) -> SocketAddrV4 {
        self.address
    }

    /// The same address with another port.
    pub fn at(&self, port: u16) -> Self {
        Self { address: SocketAddrV4::new(*self.address.ip(), port), ..*self }
    }

    /// Makes sure that no program listens there.
    ///
    /// # Errors
    /// Another program has the port.
    pub fn is_free(&self) -> Result<(), Trouble> {
        match self.listener_found()? {
            None => Ok(()),
            Some(_) => Err(port::taken(self.address.port())),
        }
    }

    /// Why a server may not be able to listen, if the system keeps the port.
    pub fn kept(&self) -> Option<Trouble> {
        match self.loopback.kind {
            Kind::Shared => port::kept(&self.loopback.diag, self.address),
            Kind::Private | Kind::Redirected(_) => None,
        }
    }

    /// Frees the port of what the system keeps of connections from these clients. Returns whether the port is free for the next scenario.
    pub fn frees(&self, clients: &[SocketAddrV4]) -> bool {
        match self.loopback.kind {
            // The next scenario has another address.
            Kind::Redirected(_) => true,
            // A new stage costs less than waiting.
            Kind::Private => port::frees(&self.loopback.diag, self.address, clients),
            Kind::Shared => port::frees_in_time(&self.loopback.diag, self.address, clients),
        }
    }

    /// The same for all connections that there are.
    pub fn frees_all(&self) -> bool {
        match self.loopback.kind {
            Kind::Redirected(_) => true,
            Kind::Private | Kind::Shared => self.served().is_ok_and(|clients| self.frees(&clients)),
        }
    }

    /// A listener of the harness.
    ///
    /// # Errors
    /// The port is taken.
    pub fn listen(&self) -> Result<Socket, Trouble> {
        let address = self.address;
        let listener = match self.loopback.kind {
            // The loopback's thread is under the filter, as subjects are.
            Kind::Redirected(_) => port::listener(address),
            Kind::Private | Kind::Shared => self.loopback.run(move || port::listener(address))?,
        };
        listener.map_err(|error| format!("the harness cannot listen on port {}: {error}", address.port()))
    }

    /// Starts a program there.
    ///
    /// # Errors
    /// The system cannot start it.
    pub fn start(&self, program: &Program, limits: &Limits, stdout_limit: usize) -> Result<Subject, Trouble> {
        let port = self.address.port();
        if self.loopback.thread.is_none() {
            return Subject::start(program, limits, port, stdout_limit);
        }
        let (program, limits) = (program.clone(), *limits);
        self.loopback.run(move || Subject::start(&program, &limits, port, stdout_limit))?
    }

    /// The server's end of the connection from this client.
    pub fn server_end(&self, client: SocketAddrV4) -> Result<Option<Look>, Trouble> {
        self.loopback.diag.connection(self.address, client).map_err(blind)
    }

    /// The client's end of that connection.
    pub fn client_end(&self, client: SocketAddrV4) -> Result<Option<Look>, Trouble> {
        self.loopback.diag.connection(client, self.address).map_err(blind)
    }

    /// The socket that listens there.
    pub fn listener_found(&self) -> Result<Option<Look>, Trouble> {
        self.loopback.diag.listener(self.address).map_err(blind)
    }

    /// Whether as many connections wait to be accepted as the listener has room for.
    pub fn has_full_backlog(&self) -> Result<bool, Trouble> {
        Ok(self.listener_found()?.is_some_and(Look::is_full))
    }

    /// The address for which the subject has asked that listens there.
    pub fn served_at(&self) -> Result<Option<SocketAddr>, Trouble> {
        let real = self.listener_found()?.map(|look| look.local);
        Ok(real.and_then(|real| self.as_asked(real)))
    }

    /// Where subjects listen: the addresses that they have asked for. On the machine's own loopback, nothing tells whose the listeners are.
    pub fn listeners(&self) -> Result<Vec<SocketAddr>, Trouble> {
        if matches!(self.loopback.kind, Kind::Shared) {
            return Ok(Vec::new());
        }
        let mut all: Vec<SocketAddr> =
            self.loopback.diag.listeners().map_err(blind)?.into_iter().filter_map(|real| self.as_asked(real)).collect();
        all.sort();
        Ok(all)
    }

    /// Whether a subject has a UDP socket with this port: then it has mixed up the kinds of sockets.
    pub fn receives_datagrams(&self) -> bool {
        self.has_datagram_socket(|look| self.as_asked(look.local).is_some_and(|asked| asked.port() == self.address.port()))
    }

    /// Forgets what programs have tried so far.
    pub fn forget_attempts(&self) {
        self.loopback.sniffer.iter().for_each(Sniffer::forget);
    }

    /// What programs have tried since then, besides a connection to this address. On the machine's own loopback nothing tells.
    pub fn attempts(&self) -> Attempts {
        let mut attempts = match &self.loopback.kind {
            Kind::Redirected(redirect) => Attempts { connections: redirect.tried(), ..Attempts::default() },
            Kind::Private | Kind::Shared => self.loopback.sniffer.as_ref().map(Sniffer::attempts).unwrap_or_default(),
        };
        attempts.connections.retain(|address| *address != SocketAddr::from((Ipv4Addr::LOCALHOST, self.address.port())));
        attempts
    }

    /// Whether a subject has a UDP socket that is connected to this address: then it has mixed up the kinds of sockets.
    pub fn sends_datagrams(&self) -> bool {
        self.has_datagram_socket(|look| look.remote == SocketAddr::V4(self.address))
    }

    /// Whether a subject has such a UDP socket. On the machine's own loopback, it may be another program's.
    fn has_datagram_socket(&self, is_it: impl Fn(Look) -> bool) -> bool {
        let is_shared = matches!(self.loopback.kind, Kind::Shared);
        // A kernel may be built without UDP in sock_diag. No verdict depends on this.
        !is_shared && self.loopback.diag.datagram_sockets().is_ok_and(|all| all.into_iter().any(is_it))
    }

    /// The clients' ends of all connections to this address, as long as a program holds an end. An end that only the kernel keeps does not
    /// count, because a new connection may have the same end.
    pub fn clients(&self) -> Result<Vec<SocketAddrV4>, Trouble> {
        if let Kind::Redirected(redirect) = &self.loopback.kind {
            let mut clients = redirect.clients(self.address);
            let mut trouble = None;
            clients.retain(|client| match self.client_end(*client) {
                Ok(look) => look.is_some_and(|look| look.is_held),
                Err(error) => {
                    trouble = Some(error);
                    false
                }
            });
            return trouble.map_or(Ok(clients), Err);
        }
        let client = |look: Look| {
            let [local, remote] = [look.local, look.remote].map(v4);
            if local? == self.address { remote } else { local.filter(|_| remote == Some(self.address)) }
        };
        let all = self.loopback.diag.connections().map_err(blind)?;
        Ok(all.into_iter().filter(|look| look.is_held).filter_map(client).collect())
    }

    /// The clients' ends of all connections to this address, in every state.
    fn served(&self) -> Result<Vec<SocketAddrV4>, Trouble> {
        let all = self.loopback.diag.connections().map_err(blind)?;
        Ok(all.into_iter().filter(|look| v4(look.local) == Some(self.address)).filter_map(|look| v4(look.remote)).collect())
    }

    /// Whether a program has asked for a connection to this address, and an answer is on its way.
    pub fn is_connecting(&self) -> Result<bool, Trouble> {
        let Kind::Redirected(redirect) = &self.loopback.kind else {
            return self.loopback.diag.is_connecting(self.address.port()).map_err(blind);
        };
        for client in redirect.clients(self.address) {
            let is_in = |look: Option<Look>, state: State| look.is_some_and(|look| look.state == state);
            if is_in(self.client_end(client)?, State::SYN_SENT) || is_in(self.server_end(client)?, State::SYN_RECV) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a subject waits until this process answers a system call, which will happen.
    pub fn is_busy(&self) -> bool {
        matches!(&self.loopback.kind, Kind::Redirected(redirect) if redirect.is_busy())
    }

    /// Why nothing that was seen counts: this process cannot know the addresses of a subject.
    pub fn trouble(&self) -> Option<Trouble> {
        let is_blind = matches!(&self.loopback.kind, Kind::Redirected(redirect) if redirect.is_blind());
        is_blind.then(|| {
            "the program cannot be looked into, because it has changed its user or made itself undumpable: it can be judged in private \
             namespaces only"
                .to_owned()
        })
    }

    /// The address that a subject has asked for, and got this one instead.
    fn as_asked(&self, real: SocketAddr) -> Option<SocketAddr> {
        match &self.loopback.kind {
            Kind::Redirected(redirect) => redirect.asked(real),
            Kind::Private | Kind::Shared => Some(real),
        }
    }
}

/// A thread in a network namespace, or under a filter of system calls. Programs that it starts are there too. A socket that it makes stays
/// there, whichever thread uses it.
struct Worker {
    jobs: Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Worker {
    /// Starts a thread that enters its place first, and stays there as long as this value lives.
    ///
    /// # Errors
    /// The thread cannot enter its place.
    fn start<T: Send + 'static>(enter: impl FnOnce() -> Result<T, Refused> + Send + 'static) -> Result<(Self, T), Refused> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (outcome, entered) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = outcome.send(enter());
            inbox.into_iter().for_each(|job| job());
        });
        entered.recv().map_or_else(|_| Err(Refused::gone()), |entered| entered.map(|found| (Self { jobs }, found)))
    }

    fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
        let (done, outcome) = mpsc::channel();
        let job = Box::new(move || {
            let _ = done.send(job());
        });
        let gone = || "a thread of the harness is gone".to_owned();
        self.jobs.send(job).map_err(|_| gone())?;
        outcome.recv().map_err(|_| gone())
    }
}
