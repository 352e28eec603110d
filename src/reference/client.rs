//! The client of the tutorial, without its mistakes: the same steps in the same order, and it meets every rule.

use socket2::{Domain, Socket, Type};
use std::ffi::CStr;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::process::ExitCode;

/// Runs the client, and turns an error into a message on stderr and status 1.
pub fn main() -> ExitCode {
    match talk() {
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

fn talk() -> Result<(), (&'static str, io::Error)> {
    // 1. A socket.
    let mut socket = during("socket", Socket::new(Domain::IPV4, Type::STREAM, None))?;

    // 2. The server's address.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8023));

    // 3. Connect.
    during("connect", socket.connect(&address.into()))?;
    let mut stdout = io::stdout();
    during("write", stdout.write_all("连接服务器成功！\n".as_bytes()).and_then(|()| stdout.flush()))?;

    // 4. A buffer for the input, and the word so far. The word can grow, so no word is too long.
    let mut stdin = io::stdin().lock();
    let mut buffer = [0; 4096];
    let mut word = Vec::new();

    // 5. The loop: a word ends at white space or at the end of input, not where a read happens to end.
    'input: loop {
        let typed = match stdin.read(&mut buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(("read", error)),
        };
        for &byte in &buffer[..typed] {
            if !is_space(byte) {
                word.push(byte);
            } else if during("send", send(&mut socket, &mut word))? {
                break 'input;
            }
        }
        if typed == 0 {
            during("send", send(&mut socket, &mut word))?;
            break;
        }
    }

    // 6. Close. Ending the stream first makes sure that no data on the way is lost.
    match socket.shutdown(Shutdown::Write) {
        Err(error) if error.kind() != ErrorKind::NotConnected => Err(("shutdown", error)),
        _ => Ok(()),
    }
}

/// Sends the word and begins a new one. Returns whether it was the last word.
fn send(socket: &mut Socket, word: &mut Vec<u8>) -> io::Result<bool> {
    // A word ends at its first NUL, as a string in C does.
    let text = CStr::from_bytes_until_nul(word).map_or(word.as_slice(), CStr::to_bytes);
    // `write_all` sends the rest when the system takes only a part. Rust ignores SIGPIPE, so a server that has closed is an error here.
    socket.write_all(text)?;
    let is_last = text == b"exit";
    word.clear();
    Ok(is_last)
}

/// Whether C counts this byte as white space. Unicode has other rules.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}
