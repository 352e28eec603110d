//! The reference server, as a program of its own.

fn main() -> std::process::ExitCode {
    sockspec::reference::server::main()
}
