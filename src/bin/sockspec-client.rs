//! The reference client, as a program of its own.

fn main() -> std::process::ExitCode {
    sockspec::reference::alone("the reference client, which connects to 127.0.0.1:8023", sockspec::reference::client::main)
}
