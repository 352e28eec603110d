//! The host's own loopback, which all tests on this machine share.

use std::io::Read;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

/// The right to the tutorial's port there. Tests that need it take turns, in whichever process and checkout they run.
#[must_use]
pub struct Port {
    /// A name that cannot outlive the process that holds it, as a file could.
    _name: UnixListener,
}

impl Port {
    /// Waits for it.
    pub fn take() -> Self {
        let address = SocketAddr::from_abstract_name("sockspec-tests-8023").expect("a name");
        loop {
            match UnixListener::bind_addr(&address) {
                Ok(name) => return Self { _name: name },
                // The holder never accepts: the connection ends when the holder does.
                Err(_) => {
                    if let Ok(mut holder) = UnixStream::connect_addr(&address) {
                        let _ = holder.read(&mut [0]);
                    }
                }
            }
        }
    }
}
