//! Reasons that are nobody's fault.

use std::io;

/// Why a conversation cannot go on as written, where that is not the subject's fault: most often, because the kernel does not answer. Where
/// a function returns it for no other reason, the function does not say so again.
pub type Trouble = String;

/// The kernel does not answer, so nothing can be seen.
pub fn blind(errno: rustix::io::Errno) -> Trouble {
    format!("sock_diag: {}", io::Error::from(errno))
}
