//! The server of the tutorial, without its mistakes: the same steps in the same order, and it meets every rule.

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
    // Without this, the address stays in use for a minute if the server closes first.
    during("setsockopt", listener.set_reuse_address(true))?;

    // 2. The address that it serves.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8023));

    // 3. Bind the socket to the address.
    during("bind", listener.bind(&address.into()))?;

    // 4. Listen.
    during("listen", listener.listen(20))?;

    // 5. and 6. Accept one client. Its address is not used.
    let (mut connection, _) = during("accept", listener.accept())?;
    let mut stdout = io::stdout().lock();
    during("write", say(&mut stdout, "客户端成功连接\n".as_bytes()))?;

    // 7. A buffer for the text before each message, the message, and a newline, so that one write prints the whole line.
    let mut line = "收到客户端信息：".as_bytes().to_vec();
    let start = line.len();
    line.resize(start + 1000 + 1, 0);

    // 8. The loop. TCP is a stream without messages, so the tutorial takes the bytes of one recv for a message.
    loop {
        let received = match connection.read(&mut line[start..start + 1000]) {
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // A reset ends the connection like the end of the stream.
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

/// Prints a line and flushes it. The line is bytes, because a message may have any bytes.
fn say(out: &mut impl Write, line: &[u8]) -> io::Result<()> {
    out.write_all(line)?;
    out.flush()
}
