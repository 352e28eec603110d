//! Programs that run at a terminal, as a course asks for with `terminal = true`. `cargo test --test terminals input` runs the tests about
//! input.

mod host;
mod programs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::contains;
use programs::{python_command, stage_in};
use sockspec::spec::bytes::Bytes;
use sockspec::spec::dialect::Dialect;
use sockspec::spec::transcript::{Scenario, Step, Wire};
use sockspec::stage::command::Command as Program;
use sockspec::stage::{Conditions, Isolation, Limits, Purpose, Seen, Stage, Tier};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

programs::tests! {
    a_newline_flushes_at_a_terminal_and_not_into_a_pipe("cc"),
    text_without_a_newline_stays_in_the_buffer_at_a_terminal("cc"),
    right_programs_in_c_meet_every_rule_at_a_terminal("cc"),
    right_programs_in_cpp_meet_every_rule_at_a_terminal("c++"),
    right_programs_in_python_meet_every_rule_at_a_terminal("python3"),
    right_programs_that_wait_in_other_calls_meet_the_rules_at_a_terminal("cc", "python3")[0 of 5],
    right_programs_in_perl_meet_the_rules_at_a_terminal("perl")[1 of 5],
    right_programs_in_go_meet_the_rules_at_a_terminal("go")[2 of 5],
    right_programs_in_javascript_meet_the_rules_at_a_terminal("node")[3 of 5],
    right_programs_in_java_meet_the_rules_at_a_terminal("javac")[4 of 5],
    wrong_programs_break_the_same_rules_at_a_terminal("cc"),
    a_program_sees_two_terminals_and_none_that_controls_it("python3"),
    input_arrives_byte_for_byte("python3"),
    output_arrives_byte_for_byte_and_to_the_end("python3"),
    input_is_known_to_be_read_before_more_is_typed("python3"),
    input_waits_while_the_terminal_is_full("python3"),
    input_that_was_never_read_is_known_at_the_end("python3"),
    input_ends_for_every_kind_of_reader("python3"),
    input_that_is_closed_takes_anything("python3"),
    a_program_that_reads_on_after_the_end_of_its_input_is_blocked("python3"),
    a_program_may_change_the_modes_of_its_terminal("python3"),
    a_read_with_a_timeout_is_waited_for("python3"),
    without_terminals_nothing_is_judged("cc", "unshare"),
    the_rules_say_what_flushes_at_a_terminal,
}

/// The course: the tutorial, at a terminal.
const COURSE: &str = "terminal = true\n";

/// Runs sockspec in a folder that has the file of the course.
fn sockspec(arguments: &[&str]) -> Assert {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("course.toml"), COURSE).expect("writes");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.current_dir(folder.path()).args(arguments).env_remove("GITHUB_ACTIONS").env_remove("CI");
    if arguments[0] == "check" {
        command.args(programs::isolation_arguments());
    }
    command.assert()
}

/// The kinds of isolation that this machine has.
fn tiers() -> impl Iterator<Item = Tier> {
    Isolation::Auto.tiers().iter().copied().filter(|tier| programs::missing_tier(*tier).is_none())
}

/// A stage in each isolation that this machine has.
struct Stages(Vec<(Tier, Stage)>);

impl Stages {
    fn open() -> Self {
        Self(tiers().map(|tier| (tier, stage_in(tier))).collect())
    }

    /// Plays a scenario in every isolation.
    #[track_caller]
    fn play(&mut self, has_terminal: bool, rule: &str, steps: &str, command: &str, check: impl Fn(&Seen)) {
        let dialect = Dialect { terminal: has_terminal, ..Dialect::tutorial() };
        let conditions =
            Conditions { dialect: Arc::new(dialect), timeout: Duration::from_secs(10), limits: Limits::default(), purpose: Purpose::Judge };
        let text = format!("title: x\nrule: {rule}\n\n{steps}\n");
        let scenario = Scenario::parse("scenario", &text).unwrap_or_else(|error| panic!("{error}"));
        let command = Program::parse(command).unwrap_or_else(|error| panic!("{error}"));
        for (tier, stage) in &mut self.0 {
            let _port = (*tier == Tier::Host).then(host::Port::take);
            let seen = stage.play(&scenario, &[&command], &conditions).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(seen.trouble, None, "{tier:?}");
            check(&seen);
        }
    }

    /// The same with a client in Python that has connected as `s`, at a terminal.
    #[track_caller]
    fn play_client(&mut self, rule: &str, steps: &str, client: &str, check: impl Fn(&Seen)) {
        self.play_client_after("", rule, steps, client, check);
    }

    /// The same with a client that does something before it connects.
    #[track_caller]
    fn play_client_after(&mut self, before: &str, rule: &str, steps: &str, client: &str, check: impl Fn(&Seen)) {
        let imports = "import getpass, os, select, socket, sys, termios, threading, time, tty";
        let client = format!("{imports}\n{before}\ns = socket.create_connection(('127.0.0.1', 8023))\n{client}");
        self.play(true, rule, steps, &python_command(&client), check);
    }
}

fn printed(seen: &Seen) -> Vec<u8> {
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    seen.transcript.steps.iter().filter_map(text).flatten().collect()
}

fn sent(seen: &Seen) -> Vec<u8> {
    let bytes = |step: &Step| if let Step::Wire(_, Wire::Bytes(bytes)) = step { Some(bytes.to_vec()) } else { None };
    seen.transcript.steps.iter().filter_map(bytes).flatten().collect()
}

/// The step in which these bytes are typed.
fn typed(bytes: &[u8]) -> String {
    Step::Typed(sockspec::spec::role::Role::Client, Bytes::compact(bytes)).to_string()
}

fn all_bytes() -> Vec<u8> {
    (0..=255).collect()
}

fn a_newline_flushes_at_a_terminal_and_not_into_a_pipe() {
    let (server, client) = (programs::command("terminal/server.c"), programs::command("terminal/client.c"));
    let both = ["--strict", "--server", &server, "--client", &client];
    sockspec(&[&["check", "--dialect", "course.toml"], &both[..]].concat()).code(0).stdout(contains("all 48 rules pass"));
    sockspec(&[&["check"], &both[..]].concat()).code(1).stdout(contains("MUST server/prompt").and(contains("the client conforms")));
    sockspec(&["check", "--server", &server, "server/greeting-prompt"]).stdout(contains("SHOULD server/greeting-prompt"));
}

fn text_without_a_newline_stays_in_the_buffer_at_a_terminal() {
    let server = format!("{} '> '", programs::command("terminal/server.c"));
    let steps = "client: connect\nserver> \"客户端成功连接> \"\nclient: fin\nserver exits 0";
    Stages::open().play(true, "server/greeting-prompt", steps, &server, |seen| {
        let expected = "client: connect\nclient: fin\nserver> \"客户端成功连接> \"\n";
        assert!(seen.transcript.to_string().starts_with(expected), "{}", seen.transcript);
    });
}

#[track_caller]
fn meet_every_rule(server: &str, client: &str) {
    let commands = [server, client].map(programs::command);
    let arguments = ["check", "--strict", "--dialect", "course.toml", "--server", &commands[0], "--client", &commands[1]];
    sockspec(&arguments).code(0).stdout(contains("all 48 rules pass"));
}

/// The same for the rules on which a terminal may have an effect: programs in some languages start slowly.
#[track_caller]
fn meet_rules(server: &str, client: &str) {
    let rules = ["server/prompt", "server/greeting-prompt", "client/word", "client/prompt", "client/input-split", "client/eof", "pair/eof"];
    let commands = [server, client].map(programs::command);
    let arguments = ["check", "--strict", "--dialect", "course.toml", "--server", &commands[0], "--client", &commands[1]];
    sockspec(&[&arguments[..], &rules].concat()).code(0).stdout(contains("all 7 rules pass"));
}

fn right_programs_in_c_meet_every_rule_at_a_terminal() {
    meet_every_rule("right/server.c", "right/client.c");
}

fn right_programs_that_wait_in_other_calls_meet_the_rules_at_a_terminal() {
    meet_rules("right/server-terminal.c", "right/client-poll.c");
    meet_rules("right/server-asyncio.py", "right/client-asyncio.py");
}

fn right_programs_in_cpp_meet_every_rule_at_a_terminal() {
    meet_every_rule("right/server-threads.cpp", "right/client.cpp");
}

fn right_programs_in_python_meet_every_rule_at_a_terminal() {
    meet_every_rule("right/server.py", "right/client.py");
}

fn right_programs_in_perl_meet_the_rules_at_a_terminal() {
    meet_rules("right/server.pl", "right/client.pl");
}

fn right_programs_in_go_meet_the_rules_at_a_terminal() {
    meet_rules("right/server.go", "right/client.go");
}

fn right_programs_in_javascript_meet_the_rules_at_a_terminal() {
    meet_rules("right/server.js", "right/client.js");
}

fn right_programs_in_java_meet_the_rules_at_a_terminal() {
    meet_rules("right/server.java", "right/client.java");
}

fn wrong_programs_break_the_same_rules_at_a_terminal() {
    for (role, program, rule) in [
        ("--server", "wrong/server/prefix-token.c", "server/exit-exact"),
        ("--client", "wrong/client/eof-fails.c", "client/eof"),
        ("--client", "wrong/client/whole-buffer.c", "client/word"),
    ] {
        let command = programs::command(program);
        sockspec(&["check", "--dialect", "course.toml", role, &command]).code(1).stdout(contains(rule));
    }
}

fn a_program_sees_two_terminals_and_none_that_controls_it() {
    let mut stages = Stages::open();
    let looks = "
import fcntl, struct
def size(fd): return struct.unpack('HHHH', fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8)))[:2]
print(*(os.isatty(fd) for fd in range(3)), size(0), size(1), os.environ['TERM'], os.ttyname(0) == os.ttyname(1))
print(os.getsid(0) == os.getpid(), len(os.listdir('/proc/self/fd')))
try: os.open('/dev/tty', os.O_RDWR)
except OSError as error: print(error.strerror)
modes = termios.tcgetattr(0)
print(modes[1] & termios.OPOST, modes[3] & termios.ECHO, modes[0] & termios.ICRNL)
";
    let steps = "client: connect\nclient< eof\nclient exits 0";
    stages.play_client("client/connect", steps, looks, |seen| {
        let expected = "True True False (24, 80) (24, 80) dumb False\nFalse 5\nNo such device or address\n0 0 0\n";
        // The socket and the folder are the fourth and the fifth descriptor.
        assert_eq!(String::from_utf8_lossy(&printed(seen)), expected, "{}", seen.transcript);
    });
    let looks = python_command("import os; print(os.isatty(0), os.isatty(1))");
    stages.play(false, "server/address-in-use", "server exits 0", &looks, |seen| {
        assert_eq!(printed(seen), b"False False\n", "without the key there is no terminal");
    });
}

fn input_arrives_byte_for_byte() {
    let mut stages = Stages::open();
    let reads = "while data := os.read(0, 5000): s.sendall(data)";
    // Ctrl-C, Ctrl-D, Ctrl-Q, Ctrl-S, Ctrl-V, Ctrl-Z and Delete, at the beginning and alone, too.
    let texts = [all_bytes(), b"\x04\x04\n\x04".to_vec(), vec![3], vec![4], vec![0x11], vec![0x13], vec![0x16], vec![0x1a], vec![0x7f]];
    let steps: Vec<String> = texts.iter().map(|text| typed(text)).collect();
    let steps = format!("client: connect\n{}\nclient< eof\nclient: fin\nclient exits 0", steps.join("\n"));
    stages.play_client("client/word", &steps, reads, |seen| {
        assert_eq!(sent(seen), texts.concat(), "{}", seen.transcript);
        assert!(seen.transcript.to_string().ends_with("client: fin\nclient exits 0\n"), "{}", seen.transcript);
    });
}

fn output_arrives_byte_for_byte_and_to_the_end() {
    let mut stages = Stages::open();
    // At its end, it writes more than the terminal holds, and is gone.
    let writes = "
rest = bytes(range(256)) * 256
while rest: rest = rest[os.write(1, rest):]
os._exit(0)";
    for _ in 0..10 {
        stages.play_client("client/connect", "client: connect\nclient exits 0", writes, |seen| {
            assert!(printed(seen) == all_bytes().repeat(256), "{} bytes", printed(seen).len());
        });
    }
}

/// Reads the terminal in raw mode, where a read returns all that there is.
const RAW: &str = "tty.setraw(0)";

fn input_is_known_to_be_read_before_more_is_typed() {
    let mut stages = Stages::open();
    let pieces: Vec<String> = (0..200).map(|i| typed("x".repeat(i % 7 + 1).as_bytes())).collect();
    let expected: String = (0..200).map(|i| format!("{} ", i % 7 + 1)).collect();
    // Ctrl-D ends the input of a program in raw mode: it gets the key itself.
    let steps = format!("client: connect\n{}\nclient< eof\nclient exits 0", pieces.join("\n"));
    // The second program prints nothing before its end. So only the kernel shows that it has read a piece.
    for flush in ["True", "False"] {
        let reads = format!("while (data := os.read(0, 1000)) != b'\\x04': print(len(data), end=' ', flush={flush})");
        stages.play_client_after(RAW, "client/connect", &steps, &reads, |seen| {
            assert_eq!(String::from_utf8_lossy(&printed(seen)), expected, "{:?}", seen.remarks);
        });
    }
}

/// Sleeps so long that a terminal is full before it reads.
const SLEEPS: &str = "time.sleep(0.3)\n";

fn input_waits_while_the_terminal_is_full() {
    let mut stages = Stages::open();
    let text: Vec<u8> = (0..100 << 10).map(|i: u32| i.to_le_bytes()[(i % 3) as usize]).collect();
    let steps = format!("client: connect\n{}\nclient< eof\nclient exits 0", typed(&text));
    for modes in ["", RAW] {
        let reads = "
text = b''
while len(text) < 100 << 10: text += os.read(0, 70000)
s.sendall(text)
print(os.read(0, 1))";
        stages.play_client_after(modes, "client/word", &steps, &format!("{SLEEPS}{reads}"), |seen| {
            assert!(sent(seen) == text, "{} bytes", sent(seen).len());
            let end: &[u8] = if modes.is_empty() { b"b''\n" } else { b"b'\\x04'\n" };
            assert_eq!(printed(seen), end, "{modes}");
        });
    }
}

fn input_that_was_never_read_is_known_at_the_end() {
    let mut stages = Stages::open();
    // A client that ends by itself, and has read nothing of the last text, may have been on its way out when the text was typed.
    for len in [3, 4001, 100 << 10] {
        let text = typed(&all_bytes().repeat(len / 256 + 1)[..len]);
        let steps = format!("client: connect\n{}\n{text}\nclient exits 0", typed(b"abc"));
        stages.play_client("client/connect", &steps, &format!("os.read(0, 3)\n{SLEEPS}os._exit(0)"), |seen| {
            let seen = seen.transcript.to_string();
            assert!(seen.contains(&typed(b"abc")) && !seen.contains(&text) && seen.contains("client exits 0"), "{len}: {seen:.100}");
        });
        stages.play_client("client/connect", &steps, &format!("os.read(0, 4)\nos.read(0, 1)\n{SLEEPS}os._exit(0)"), |seen| {
            let seen = seen.transcript.to_string();
            assert!(seen.contains(&text) && seen.contains("client exits 0"), "{len}: {seen:.100}");
        });
    }
}

fn input_ends_for_every_kind_of_reader() {
    let mut stages = Stages::open();
    let readers = [
        "while data := os.read(0, 1000): s.sendall(data)",
        "while data := os.read(0, 3): s.sendall(data)",
        "s.sendall(sys.stdin.buffer.read())",
        "for line in sys.stdin: s.sendall(line.encode())",
        "while line := sys.stdin.buffer.readline(): s.sendall(line)",
        "while select.select([0], [], []) and (data := os.read(0, 1000)): s.sendall(data)",
        "p = select.poll()\np.register(0, select.POLLIN)\nwhile p.poll() and (data := os.read(0, 1000)): s.sendall(data)",
        "p = select.epoll()\np.register(0, select.EPOLLIN)\nwhile p.poll() and (data := os.read(0, 1000)): s.sendall(data)",
        "def work():\n  while data := os.read(0, 1000): s.sendall(data)\nt = threading.Thread(target=work)\nt.start()\nt.join()",
    ];
    for typed in [&["abc\n", "def"][..], &["abcdef"], &[]] {
        let steps: String = typed.iter().map(|text| format!("client< {text:?}\n")).collect();
        let steps = format!("client: connect\n{steps}client< eof\nclient: fin\nclient exits 0");
        for reader in readers {
            stages.play_client("client/eof", &steps, reader, |seen| {
                assert_eq!(String::from_utf8_lossy(&sent(seen)), typed.concat(), "{reader}\n{}", seen.transcript);
                let ends = "client< eof\nclient: fin\nclient exits 0\n";
                let reads_all_first = seen.transcript.to_string().ends_with("client: fin\nclient exits 0\n");
                assert!(seen.transcript.to_string().ends_with(ends) || reads_all_first, "{reader}\n{}", seen.transcript);
            });
        }
    }
}

fn input_that_is_closed_takes_anything() {
    let mut stages = Stages::open();
    let steps = format!("client: connect\n{}\nserver: fin\nclient exits 0", typed(&[b'x'; 20_000]));
    stages.play_client("client/connect", &steps, "os.close(0)\ns.recv(1)", |seen| {
        assert!(
            seen.transcript.to_string().ends_with("server: fin\nclient: fin\nclient exits 0\n"),
            "{}{:?}",
            seen.transcript,
            seen.remarks
        );
    });
}

fn a_program_that_reads_on_after_the_end_of_its_input_is_blocked() {
    let mut stages = Stages::open();
    stages.play_client("client/eof", "client: connect\nclient< eof\nclient: fin\nclient exits 0", "while True: os.read(0, 1)", |seen| {
        assert_eq!(seen.asleep_in.as_deref(), Some("read"), "{:?}", seen.remarks);
        assert_eq!(seen.stall, None, "this is seen at once: {:?}", seen.remarks);
    });
}

fn a_program_may_change_the_modes_of_its_terminal() {
    let mut stages = Stages::open();
    // getpass switches the echo off, discards what was typed before, prompts on stderr, and restores the modes.
    let getpass = "s.sendall(getpass.getpass('word: ').encode())";
    let steps = "client: connect\nclient! \"word: \"…\nclient< \"one\\n\"\nclient! \"\\n\"…\nclient: \"one\"\nclient: fin\nclient exits 0";
    stages.play_client("client/word", steps, getpass, |seen| {
        assert_eq!(seen.transcript.to_string().trim_end(), steps, "{:?}", seen.remarks);
    });
    // A user's own terminal: it echoes, it edits lines, and keys send signals to those whom it controls.
    let text = [all_bytes(), b"\nx".repeat(50 << 10), all_bytes()].concat();
    let steps = format!("client: connect\n{}\nclient< eof\nclient: fin\nclient exits 0", typed(&text));
    let sane = "while data := os.read(0, 5000): s.sendall(data)";
    stages.play_client_after("os.system('stty sane')", "client/word", &steps, sane, |seen| {
        assert!(sent(seen) == text, "{} of {} bytes", sent(seen).len(), text.len());
        assert_eq!(printed(seen), b"", "an echo is no output");
    });
}

fn a_read_with_a_timeout_is_waited_for() {
    let mut stages = Stages::open();
    let waits = "
tty.setraw(0)
modes = termios.tcgetattr(0)
modes[6][termios.VMIN], modes[6][termios.VTIME] = 0, 3
termios.tcsetattr(0, termios.TCSANOW, modes)
print(os.read(0, 10), flush=True)";
    stages.play_client("client/greeting", "client: connect\nclient> \"b''\\n\"\nclient: fin\nclient exits 0", waits, |seen| {
        assert!(seen.transcript.to_string().starts_with("client: connect\nclient> \"b''\\n\"\n"), "{}{:?}", seen.transcript, seen.remarks);
    });
}

fn without_terminals_nothing_is_judged() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("course.toml"), COURSE).expect("writes");
    let server = programs::command("right/server.c");
    for hides in ["mount --bind /dev/null /dev/ptmx", "mount -t tmpfs none /dev/pts"] {
        for tier in tiers() {
            let _port = (tier == Tier::Host).then(host::Port::take);
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &format!("{hides} && exec \"$@\""), "sh"]);
            command.args([env!("CARGO_BIN_EXE_sockspec"), "check", "--isolation", tier.name(), "--server", &server]);
            command.args(["--dialect", "course.toml", "server/prompt"]).current_dir(folder.path());
            let says = "0 passed, 5 not judged";
            command.assert().code(3).stdout(contains("asks for a terminal (terminal = true)").and(contains(says)));
        }
    }
}

fn the_rules_say_what_flushes_at_a_terminal() {
    let at_a_terminal = "flushes as `endl` does";
    sockspec(&["explain", "--dialect", "course.toml", "server/prompt"]).code(0).stdout(contains(at_a_terminal));
    let in_a_pipe = contains("`endl` flushes into a").and(contains(at_a_terminal).not());
    sockspec(&["explain", "server/prompt"]).code(0).stdout(in_a_pipe);
}
