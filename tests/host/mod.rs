//! The host's own loopback interface. All tests on this machine share it.

use std::io::Read;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

/// A lock on the tutorial's port of the host. It works across processes and checkouts.
#[must_use]
pub struct Port {
    /// An abstract socket name. Unlike a lock file, it vanishes when its process ends.
    _name: UnixListener,
}

impl Port {
    /// Waits until no other test holds the lock.
    pub fn take() -> Self {
        let address = SocketAddr::from_abstract_name("sockspec-tests-8023").expect("a name");
        loop {
            match UnixListener::bind_addr(&address) {
                Ok(name) => return Self { _name: name },
                // The holder never accepts, so this read ends when the holder ends.
                Err(_) => {
                    if let Ok(mut holder) = UnixStream::connect_addr(&address) {
                        let _ = holder.read(&mut [0]);
                    }
                }
            }
        }
    }
}
