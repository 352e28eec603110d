//! The reference server, as a program of its own.

fn main() -> std::process::ExitCode {
    sockspec::reference::alone("the reference server, which serves 127.0.0.1:8023", sockspec::reference::server::main)
}
