//! The reference client, as a program of its own.

fn main() -> std::process::ExitCode {
    sockspec::reference::client::main()
}
