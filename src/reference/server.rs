//! The tutorial's server, as it should be: every step in the tutorial's order, and every rule met.

use socket2::{Domain, Socket, Type};
use std::ffi::CStr;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

/// Runs the server, and turns an error into a message on stderr and status 1.
pub fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err((step, error)) => {
            eprintln!("{step}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Names the step that failed, as `perror` does.
fn during<T>(step: &'static str, result: io::Result<T>) -> Result<T, (&'static str, io::Error)> {
    result.map_err(|error| (step, error))
}

fn serve() -> Result<(), (&'static str, io::Error)> {
    // 1. A socket.
    let listener = during("socket", Socket::new(Domain::IPV4, Type::STREAM, None))?;
    // Without this the address stays taken for a minute after a server that closed first.
    during("setsockopt", listener.set_reuse_address(true))?;

    // 2. The address that it serves.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8023));

    // 3. Bind the socket to the address.
    during("bind", listener.bind(&address.into()))?;

    // 4. Listen.
    during("listen", listener.listen(20))?;

    // 5. and 6. Accept one client, whose address nobody asks for.
    let (mut connection, _) = during("accept", listener.accept())?;
    let mut stdout = io::stdout().lock();
    during("write", say(&mut stdout, "客户端成功连接\n".as_bytes()))?;

    // 7. A buffer for what stands in front of each message, the message, and the newline behind it: it is printed in one piece.
    let mut line = "收到客户端信息：".as_bytes().to_vec();
    let start = line.len();
    line.resize(start + 1000 + 1, 0);

    // 8. The loop: what one recv returns is one message. TCP is a stream: it knows of no others.
    loop {
        let received = match connection.read(&mut line[start..start + 1000]) {
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // The client has gone without saying so: that is the end, as the end of the stream is.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => return Err(("recv", error)),
        };
        // A message ends at its first NUL, as a string in C does.
        let received = &line[start..start + received];
        let message = CStr::from_bytes_until_nul(received).map_or(received, CStr::to_bytes);
        if received.is_empty() || message == b"exit" {
            break;
        }
        let end = start + message.len();
        line[end] = b'\n';
        during("write", say(&mut stdout, &line[..=end]))?;
    }

    // 9. Close the connection and the listener.
    drop(connection);
    drop(listener);
    Ok(())
}

/// Prints a line at once: as bytes, because a message may be anything, and without leaving it in a buffer.
fn say(out: &mut impl Write, line: &[u8]) -> io::Result<()> {
    out.write_all(line)?;
    out.flush()
}
