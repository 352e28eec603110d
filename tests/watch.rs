//! `sockspec watch`: after each change of a program, it shows only the results that changed.
//!
//! `cargo test --test watch a_changed_source` runs one test.

mod programs;

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{BufRead, BufReader, PipeReader};
use std::process::{Child, Command};
use tempfile::TempDir;

programs::tests! {
    only_changes_are_shown,
    a_changed_source_is_rebuilt,
    modules_of_a_script_are_watched("python3"),
    a_program_that_is_missing_at_the_start_is_an_error,
}

/// A running `sockspec watch`, and its output.
struct Session {
    process: Child,
    lines: BufReader<PipeReader>,
}

impl Session {
    fn new(folder: &TempDir, arguments: &[&str]) -> Self {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
        command.arg("watch").args(arguments).current_dir(folder.path()).env_remove("GITHUB_ACTIONS");
        let process = command.stdout(writer.try_clone().expect("a pipe")).stderr(writer).spawn().expect("it starts");
        Self { process, lines: BufReader::new(reader) }
    }

    /// Everything that it prints until it waits for a change, or ends.
    fn look(&mut self) -> String {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).expect("text") == 0 || line.starts_with("waiting for a change") {
                return said;
            }
            said += &line;
        }
    }

    fn end(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::INT).expect("it is there");
        assert_eq!(self.process.wait().expect("it ends").code(), Some(130));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // So a failing test leaves no process behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn only_changes_are_shown() {
    let folder = TempDir::new().expect("a folder");
    let install = |program: &str| {
        // A linker does the same: it removes the old file, and writes the new one bit by bit.
        let _ = fs::remove_file(folder.path().join("server"));
        fs::copy(programs::command(program), folder.path().join("server")).expect("a copy");
    };
    install("right/server.c");
    let mut session = Session::new(&folder, &["./server", "server/eof", "server/exit-exact"]);
    let first = session.look();
    assert!(first.contains("./server listens: it is a server") && first.contains("all 2 rules pass"), "{first}");
    install("wrong/server/prefix-token.c");
    let second = session.look();
    assert!(second.starts_with("\nserver has changed\nFAIL  MUST    server/exit-exact          3/9  was PASS 9/9\n"), "{second}");
    assert!(second.contains("\n\nYour server compares only the first 4 bytes"), "{second}");
    assert!(second.contains("server/exit-exact/one-byte-more") && !second.contains("server/eof"), "{second}");
    // The same program again is no change, so its mistake is not shown again.
    install("wrong/server/prefix-token.c");
    let third = session.look();
    assert!(third.starts_with("\nserver has changed\nno rule has changed\n\nthe server does not conform: server/exit-exact\n"), "{third}");
    install("right/server.c");
    let fourth = session.look();
    assert!(fourth.contains("\nPASS  MUST    server/exit-exact          9/9  was FAIL 3/9\n\nthe server conforms\n"), "{fourth}");
    session.end();
}

fn a_changed_source_is_rebuilt() {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    let right = fs::read_to_string(programs::folder().join("right/server.c")).expect("a program");
    write("sockspec.toml", "[subject.mine]\nrole = \"server\"\ncommand = \"./server\"\nbuild = \"cc -o server server.c\"\n");
    write("server.c", &right);
    let mut session = Session::new(&folder, &["server/eof", "server/silent"]);
    let first = session.look();
    assert!(first.contains("all 2 rules pass"), "{first}");
    write("server.c", "int main(void) { this is not C }");
    let second = session.look();
    assert!(second.contains("server.c has changed") && second.contains("error: mine cannot be built"), "{second}");
    write("server.c", &right.replace("close(connection);", "send(connection, \"bye\", 3, MSG_NOSIGNAL);\n    close(connection);"));
    let third = session.look();
    assert!(third.contains("FAIL  MUST    server/silent") && third.contains("was PASS"), "{third}");
    session.end();
}

fn modules_of_a_script_are_watched() {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("greeting.py", "WORDS = '客户端成功连接'\n");
    let server = "import greeting, socket\nl = socket.create_server(('127.0.0.1', 8023))\nc, _ = l.accept()\nprint(greeting.WORDS, flush=True)\n\
        while (m := c.recv(1000)) not in (b'', b'exit'): print('收到客户端信息：' + m.decode(), flush=True)\n";
    write("server.py", server);
    let mut session = Session::new(&folder, &["python3 server.py", "server/greeting"]);
    let first = session.look();
    assert!(first.contains("1 rule passes"), "{first}");
    write("greeting.py", "WORDS = 'a client has connected'\n");
    let second = session.look();
    assert!(second.starts_with("\ngreeting.py has changed\nFAIL  MUST    server/greeting"), "{second}");
    session.end();
}

fn a_program_that_is_missing_at_the_start_is_an_error() {
    let folder = TempDir::new().expect("a folder");
    let mut session = Session::new(&folder, &["./server"]);
    let said = session.look();
    assert!(said.contains("error: the command `./server` does not exist"), "{said}");
    assert_eq!(session.process.wait().expect("it ends").code(), Some(2));
}
