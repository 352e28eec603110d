//! Tests of the stage, which plays one scenario. A subject must see nothing of the harness, must receive each segment as one recv, and must
//! leave no process behind. `cargo test --test stage relay` runs the tests about relays.

mod programs;

use programs::{python_command, stage, stage_in};
use sockspec::spec::role::Role;
use sockspec::spec::transcript::{Scenario, Step};
use sockspec::stage::command::Command;
use sockspec::stage::{Seen, Stage, Stimulus, Tier};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

programs::tests! {
    a_subject_sees_its_users_environment_and_nothing_of_the_harness("private place"),
    a_private_namespace_keeps_as_many_time_wait_connections_as_the_system("private namespace"),
    environment_variables_that_hide_mistakes_are_removed,
    daemons_and_grandchildren_end_with_the_scenario("private place"),
    a_killed_harness_leaves_no_process,
    an_interrupt_ends_subjects_and_reports_results_so_far,
    under_nohup_a_hangup_ends_nothing,
    each_segment_is_one_recv_for_every_kind_of_reader("private place", "python3"),
    with_a_relay_each_program_has_its_own_loopback_and_no_extra_capabilities("private namespace", "python3"),
    no_process_of_a_pair_survives_the_scenario("private place", "python3"),
    each_relayed_piece_is_one_recv_for_every_kind_of_reader("private place", "python3"),
    a_relay_forwards_the_bytes_that_the_client_has_sent("private place"),
    without_a_second_loopback_a_relay_scenario_is_inconclusive,
    a_reaction_is_recorded_after_its_stimulus("private place", "python3"),
    the_next_action_waits_until_both_programs_are_idle("private place", "python3"),
    a_short_sleep_before_exit_is_waited_for("private place", "python3"),
    a_stall_is_recognised_sooner_after_the_same_kind_of_stimulus("private place", "python3"),
    a_client_that_connects_elsewhere_is_told_where("private place", "python3"),
    a_client_without_a_tcp_connection_is_told_what_it_did("private namespace", "python3"),
    the_call_in_which_a_program_sleeps_at_the_end_is_recorded("private place", "python3"),
}

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");
const TIMEOUT: Duration = Duration::from_secs(5);

fn play(stage: &mut Stage, rule: &str, steps: &str, command: &str) -> Seen {
    let text = format!("title: x\nrule: {rule}\n\n{}\n", steps.split("; ").collect::<Vec<_>>().join("\n"));
    let scenario = Scenario::parse("scenario", &text).unwrap_or_else(|error| panic!("{error}"));
    stage
        .play(&scenario, &[&Command::parse(command).expect("a command")], &programs::conditions(TIMEOUT))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Plays a scenario with a server and a client.
fn play_pair(stage: &mut Stage, rule: &str, steps: &str, server: &str, client: &str) -> Seen {
    let text = format!("title: x\nrule: {rule}\n\n{}\n", steps.split("; ").collect::<Vec<_>>().join("\n"));
    let scenario = Scenario::parse("scenario", &text).unwrap_or_else(|error| panic!("{error}"));
    let commands = [server, client].map(|command| Command::parse(command).expect("a command"));
    stage.play(&scenario, &[&commands[0], &commands[1]], &programs::conditions(TIMEOUT)).unwrap_or_else(|error| panic!("{error}"))
}

fn printed(seen: &Seen) -> String {
    let text = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
    String::from_utf8_lossy(&seen.transcript.steps.iter().filter_map(text).flatten().collect::<Vec<_>>()).into_owned()
}

/// Runs a shell script as the subject, and returns its output.
fn shell(stage: &mut Stage, script: &str) -> String {
    let seen = play(stage, "server/address-in-use", "server exits 0", &format!("sh -c {}", shell_words::quote(&script.replace('{', "{{"))));
    printed(&seen)
}

/// The number of processes on this machine whose command lines contain this word.
fn processes_with(word: &str) -> usize {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    entries
        .filter(|entry| {
            fs::read(entry.path().join("cmdline")).is_ok_and(|line| line.windows(word.len()).any(|part| part == word.as_bytes()))
        })
        .count()
}

fn a_subject_sees_its_users_environment_and_nothing_of_the_harness() {
    let script = "ls /proc/self/fd | tr '\\n' ' '; grep -E '^(CapEff|SigBlk|SigIgn|TracerPid)' /proc/self/status | tr -d '\\n\\t'; echo; id -u; pwd; echo $LC_ALL";
    let text = shell(&mut stage(), script);
    let lines: Vec<&str> = text.lines().collect();
    // ls itself opens the folder as 3.
    assert!(lines[0].starts_with("0 1 2 3 "), "{text}");
    assert!(!lines[0].contains(" 4 "), "{text}");
    assert!(lines[0].contains("TracerPid:0") && lines[0].contains("SigBlk:0000000000000000"), "{text}");
    // A user namespace gives capabilities of its own. Without one, a subject has the user's capabilities.
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let own = status.lines().find_map(|line| line.strip_prefix("CapEff:")).expect("capabilities").trim();
    let held = if programs::best_tier() <= Tier::Network { held_in_a_namespace() } else { own };
    assert!(lines[0].contains(&format!("CapEff:{held}")), "{text}");
    let user = String::from_utf8(std::process::Command::new("id").arg("-u").output().expect("id").stdout).expect("text");
    assert_eq!(lines[1], user.trim());
    assert_eq!(Path::new(lines[2]), std::env::current_dir().expect("a folder"));
    assert_eq!(lines[3], "C.UTF-8");
}

/// The capabilities of a subject in a namespace. Programs of root keep CAP_SETUID and CAP_SETGID. Programs of other users have none.
fn held_in_a_namespace() -> &'static str {
    let map = fs::read_to_string("/proc/self/uid_map").expect("a map of users");
    let maps_others = map.lines().count() > 1 || !map.trim_end().ends_with(" 1");
    if rustix::process::getuid().is_root() && maps_others { "00000000000000c0" } else { "0000000000000000" }
}

fn a_private_namespace_keeps_as_many_time_wait_connections_as_the_system() {
    const MOST: &str = "/proc/sys/net/ipv4/tcp_max_tw_buckets";
    // With fewer, a server without SO_REUSEADDR would find its port free after many scenarios, and pass by chance.
    let most = shell(&mut stage_in(Tier::Namespace), &format!("cat {MOST}"));
    assert_eq!(most, fs::read_to_string(MOST).expect("a setting"));
}

fn environment_variables_that_hide_mistakes_are_removed() {
    let server = "sh -c 'env | grep -cE ^PYTHONUNBUFFERED=; exit 0'";
    let output = std::process::Command::new(SOCKSPEC)
        .args(["check", "--server", server, "server/listen/serves-its-address", "--all"])
        .env("PYTHONUNBUFFERED", "1")
        .output()
        .expect("it runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("server> \"0\\n\""), "{}", String::from_utf8_lossy(&output.stdout));
}

fn daemons_and_grandchildren_end_with_the_scenario() {
    let mut stage = stage();
    let word = format!("86{}", std::process::id());
    let script = format!("setsid sh -c 'sleep {word} & sleep {word}' </dev/null & sleep {word} & exit 3");
    let command = format!("sh -c {}", shell_words::quote(&script));
    let seen = play(&mut stage, "server/address-in-use", "server exits 3", &command);
    assert!(seen.transcript.to_string().ends_with("server exits 3\n"), "{}", seen.transcript);
    assert_eq!(processes_with(&word), 0);
}

fn a_killed_harness_leaves_no_process() {
    let word = format!("87{}", std::process::id());
    let mut harness = std::process::Command::new(SOCKSPEC)
        .args(["check", "--server", &format!("sleep {word}"), "--timeout", "1h"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    wait_until("the subject runs", || processes_with(&word) > 1);
    harness.kill().expect("it is there");
    harness.wait().expect("it is there");
    wait_until("the subject is gone", || processes_with(&word) == 0);
}

fn an_interrupt_ends_subjects_and_reports_results_so_far() {
    let word = format!("88{}", std::process::id());
    let harness = std::process::Command::new(SOCKSPEC)
        .args(["check", "--server", &format!("sleep {word}"), "--timeout", "1h"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    wait_until("the subject runs", || processes_with(&word) > 1);
    let pid = rustix::process::Pid::from_child(&harness);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is there");
    let output = harness.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stdout).contains("interrupted"), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(processes_with(&word), 0);
}

fn under_nohup_a_hangup_ends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lock");
    let lock = fs::File::create(&path).expect("a file");
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).expect("the file is not locked");
    let server = format!("flock {} {}", path.display(), env!("CARGO_BIN_EXE_sockspec-server"));
    let harness = std::process::Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh", SOCKSPEC, "check", "--server", &server, "--timeout", "1h", "server/silent"])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let word = path.display().to_string();
    wait_until("the subject waits for the lock", || processes_with(&word) > 1);
    rustix::process::kill_process(rustix::process::Pid::from_child(&harness), rustix::process::Signal::HUP).expect("it is there");
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::Unlock).expect("it was held");
    assert_eq!(harness.wait_with_output().expect("it ends").status.code(), Some(0));
}

/// Waits until the condition holds. The time limit is only a safety net.
#[track_caller]
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn each_segment_is_one_recv_for_every_kind_of_reader() {
    let mut stage = stage();
    let (mut steps, mut expected) = (vec!["client: connect".to_owned()], String::new());
    for i in 0..200 {
        steps.push(format!("client: \"{}\"", "x".repeat(i % 7 + 1)));
        expected += &format!("{} ", i % 7 + 1);
    }
    steps.push("client: fin; server exits 0".into());
    let steps = steps.join("; ");
    let accept = "import os, socket; l = socket.create_server((\"127.0.0.1\", 8023)); c, _ = l.accept()";
    for reader in [
        "\nwhile n := len(c.recv(1000)): print(n, end=\" \", flush=True)",
        // This reader prints at its end, so only the kernel shows that it has read a segment.
        "\nwhile n := len(c.recv(1000)): print(n, end=\" \")",
        "\nimport select, time\nwhile True:\n  select.select([c], [], [])\n  n = len(os.read(c.fileno(), 1000))\n  if n == 0: break\n  print(n, end=\" \", flush=True)",
        "\nc.setblocking(False)\nimport selectors\ns = selectors.DefaultSelector()\ns.register(c, 1)\nwhile True:\n  s.select()\n  n = len(c.recv(1000))\n  if n == 0: break\n  print(n, end=\" \", flush=True)",
        // One thread reads, and another prints.
        "\nimport queue, threading\nq = queue.Queue()\ndef work():\n  while n := q.get(): print(n, end=\" \", flush=True)\nt = threading.Thread(target=work)\nt.start()\nwhile n := len(c.recv(1000)): q.put(n)\nq.put(0)\nt.join()",
    ] {
        let seen = play(&mut stage, "server/message-split", &steps, &python_command(&format!("{accept}{reader}")));
        assert_eq!((printed(&seen), &seen.trouble), (expected.clone(), &None), "{reader}\n{:?}", seen.remarks);
    }
}

/// Python code that prints the network namespace of the program, the number of its listeners, and the capabilities.
const PLACE: &str = "import os, socket
def place():
  listeners = [line.split()[1] for line in open('/proc/thread-self/net/tcp') if line.split()[3] == '0A']
  caps = [line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')]
  print(os.readlink('/proc/self/ns/net'), len(listeners), *set(caps) - {'0' * 16}, flush=True)
";
const SERVER_IN_PLACE: &str = "l = socket.create_server(('127.0.0.1', 8023))
place()
c, _ = l.accept()
while c.recv(1000): pass
";
const CLIENT_IN_PLACE: &str = "import sys
c = socket.create_connection(('127.0.0.1', 8023))
place()
sys.stdin.read()
";

/// The printed words of the server and of the client.
fn printed_words(seen: &Seen) -> Vec<Vec<String>> {
    let of = |role: Role| {
        let text = |step: &Step| match step {
            Step::Printed(of, text) if *of == role => Some(text.to_vec()),
            _ => None,
        };
        String::from_utf8(seen.transcript.steps.iter().filter_map(text).flatten().collect()).expect("text")
    };
    [of(Role::Server), of(Role::Client)].map(|text| text.split_whitespace().map(str::to_owned).collect()).to_vec()
}

fn with_a_relay_each_program_has_its_own_loopback_and_no_extra_capabilities() {
    let mut stage = stage_in(Tier::Namespace);
    let (server, client) = (python_command(&format!("{PLACE}{SERVER_IN_PLACE}")), python_command(&format!("{PLACE}{CLIENT_IN_PLACE}")));
    let seen = play_pair(&mut stage, "pair/relay", "client< eof; client exits 0; relay: fin; server exits 0", &server, &client);
    let places = printed_words(&seen);
    assert_ne!(places[0][0], places[1][0], "{}", seen.transcript);
    // Each program sees one listener: the server's, or the relay's.
    let held = Some(held_in_a_namespace()).filter(|held| *held != "0000000000000000");
    assert!(places.iter().all(|place| place[1] == "1" && place[2..] == Vec::from_iter(held)), "{}", seen.transcript);
    assert!(seen.transcript.to_string().ends_with("client exits 0\nrelay: fin\nserver exits 0\n"), "{}", seen.transcript);
    let seen = play_pair(&mut stage, "pair/eof", "client< eof; client exits 0; server exits 0", &server, &client);
    let places = printed_words(&seen);
    assert_eq!(places[0], places[1], "without a relay, both programs share a loopback: {}", seen.transcript);
}

fn no_process_of_a_pair_survives_the_scenario() {
    let mut stage = stage();
    let word = format!("89{}", std::process::id());
    let daemon = format!("import subprocess; subprocess.Popen(['setsid', 'sleep', '{word}'])\n");
    let (server, client) =
        (python_command(&format!("{PLACE}{daemon}{SERVER_IN_PLACE}")), python_command(&format!("{PLACE}{daemon}{CLIENT_IN_PLACE}")));
    for steps in
        ["client< eof; client exits 0; relay: fin; server exits 0", "kill client; client dies by SIGKILL; relay: fin; server exits 0"]
    {
        let seen = play_pair(&mut stage, "pair/relay", steps, &server, &client);
        assert!(seen.transcript.to_string().ends_with("server exits 0\n"), "{}", seen.transcript);
        assert_eq!(processes_with(&word), 0);
    }
}

fn each_relayed_piece_is_one_recv_for_every_kind_of_reader() {
    let mut stage = stage();
    let (mut steps, mut expected) = (vec![format!("client< \"{}\\n\"", "abcdefg".repeat(40))], String::new());
    for i in 0..70 {
        steps.push(format!("relay: \"{}\"", ["abc", "d", "efg"][i % 3]));
        expected += ["3 ", "1 ", "3 "][i % 3];
    }
    steps.push("kill client; client dies by SIGKILL; relay: reset; server exits 0".into());
    let accept = "import socket; l = socket.create_server(('127.0.0.1', 8023)); c, _ = l.accept()";
    let client = env!("CARGO_BIN_EXE_sockspec-client");
    for reader in [
        "\ntry:\n  while n := len(c.recv(1000)): print(n, end=' ', flush=True)\nexcept OSError: pass",
        // This reader prints at its end, so only the kernel shows that it has read a piece.
        "\ntry:\n  while n := len(c.recv(1000)): print(n, end=' ')\nexcept OSError: pass",
    ] {
        let seen = play_pair(&mut stage, "pair/relay", &steps.join("; "), &python_command(&format!("{accept}{reader}")), client);
        let printed = printed_words(&seen)[0].join(" ") + " ";
        assert_eq!((printed, &seen.trouble), (expected.clone(), &None), "{reader}\n{:?}", seen.remarks);
    }
}

fn a_relay_forwards_the_bytes_that_the_client_has_sent() {
    let mut stage = stage();
    let steps = "client< \"hello\\n\"; relay: \"he\"; relay: \"xx\"; client< eof; client exits 0; relay: fin; server exits 0";
    let (server, client) = (env!("CARGO_BIN_EXE_sockspec-server"), env!("CARGO_BIN_EXE_sockspec-client"));
    let seen = play_pair(&mut stage, "pair/relay", steps, server, client).transcript.to_string();
    for line in ["relay: \"he\"\n", "relay: \"ll\"\n", "relay: burst \"o\"\nrelay: fin\n", "server exits 0\n"] {
        assert!(seen.contains(line), "{line}{seen}");
    }
}

fn without_a_second_loopback_a_relay_scenario_is_inconclusive() {
    let mut stage = stage_in(Tier::Host);
    let seen = play_pair(&mut stage, "pair/relay", "client< eof; relay: fin; server exits 0", "true", "true");
    assert_eq!(seen.trouble.as_deref(), Some("a relay needs two loopbacks, and here is only the machine's own"));
}

/// A server that sends `hello` a moment after it has printed the greeting.
const SAYS_HELLO: &str = "import socket
l = socket.create_server(('127.0.0.1', 8023))
c, _ = l.accept()
print('客户端成功连接', flush=True)
for _ in range(1000): pass
c.sendall(b'hello')
while True:
  try: data = c.recv(1000)
  except ConnectionResetError: break
  if data == b'exit': break
  print('收到客户端信息：' + data.decode(), flush=True)";

fn a_reaction_is_recorded_after_its_stimulus() {
    let mut stage = stage();
    for last in ["client: \"exit\"", "client: reset"] {
        let steps = format!("client: connect; server> \"客户端成功连接\\n\"; {last}; server exits 0");
        let expected = format!("client: connect\nserver> \"客户端成功连接\\n\"\nserver: \"hello\"\n{last}\n");
        for _ in 0..20 {
            let seen = play(&mut stage, "server/greeting", &steps, &python_command(SAYS_HELLO));
            assert!(seen.transcript.to_string().starts_with(&expected), "{}", seen.transcript);
        }
    }
}

fn the_next_action_waits_until_both_programs_are_idle() {
    let mut stage = stage();
    // The shell sleeps while its child works.
    let works =
        "import socket; s = socket.create_connection(('127.0.0.1', 8023)); sum(range(10**5)); print('hello', flush=True); s.recv(1)";
    let client = format!("sh -c {}", shell_words::quote(&format!("{}; true", python_command(works))));
    let steps = "server> \"客户端成功连接\\n\"; kill client; client dies by SIGKILL; server exits 0";
    for _ in 0..10 {
        let seen = play_pair(&mut stage, "pair/client-killed", steps, env!("CARGO_BIN_EXE_sockspec-server"), &client);
        let expected = "client> \"hello\\n\"\nserver> \"客户端成功连接\\n\"\nkill client\n";
        assert!(seen.transcript.to_string().starts_with(expected), "{}", seen.transcript);
    }
}

fn a_short_sleep_before_exit_is_waited_for() {
    let mut stage = stage();
    // A JVM also sleeps before its exit, for one millisecond.
    let sleeps = "import os, socket, time
s = socket.create_connection(('127.0.0.1', 8023))
print('连接服务器成功！', flush=True)
while word := os.read(0, 1000): s.send(word)
time.sleep(0.005)
os._exit(0)";
    let steps = r#"client: connect; client> "连接服务器成功！\n"; client< "exit\x00x\n"; client: "exit"; client exits 0"#;
    for _ in 0..10 {
        let seen = play(&mut stage, "client/nul", steps, &python_command(sleeps));
        assert!(seen.transcript.to_string().ends_with("client< eof\nclient: fin\nclient exits 0\n"), "{}", seen.transcript);
    }
}

/// A server that uses 200 ms of CPU time after each message, and before it exits.
const SLOW: &str = "import socket, time; s = socket.create_server(('127.0.0.1', 8023)); c = s.accept()[0]
def work():
    until = time.process_time() + 0.2
    while time.process_time() < until: pass
print('客户端成功连接', flush=True)
while data := c.recv(1000): work(); print('收到客户端信息：' + data.decode(), flush=True)
work()";

fn a_stall_is_recognised_sooner_after_the_same_kind_of_stimulus() {
    let mut stage = stage();
    let steps = r#"client: connect
server> "客户端成功连接\n"
client: "hello"
server> "收到客户端信息：hello\n"
client: fin
server exits 0"#;
    let text = format!("title: x\nrule: server/eof\n\n{steps}\n");
    let scenario = Scenario::parse("scenario", &text).unwrap_or_else(|error| panic!("{error}"));
    let command = Command::parse(&python_command(SLOW)).expect("a command");
    for (stalls, is_recognised) in [(&[][..], false), (&[Stimulus::Connect, Stimulus::Bytes], false), (&[Stimulus::End], true)] {
        stage.begin(&scenario, &[&command], &programs::conditions(TIMEOUT), stalls).unwrap_or_else(|error| panic!("{error}"));
        let seen = stage.finish().unwrap_or_else(|error| panic!("{error}"));
        assert!(printed(&seen).contains("hello"), "{stalls:?}: {seen:?}");
        assert_eq!(seen.stall, Some(Stimulus::End).filter(|_| is_recognised), "{stalls:?}: {seen:?}");
        assert_eq!(seen.transcript.to_string().contains("server exits 0"), !is_recognised, "{stalls:?}: {seen:?}");
    }
}

/// The steps of a client that connects, for which none of the clients below is good enough.
const CONNECTS: &str = "client: connect; client< eof; client exits 0";

/// Python code that tries to connect to these ports of a host, and then waits for input.
fn tries(host: &str, ports: &str) -> String {
    python_command(&format!(
        "import socket, sys\nfor port in {ports}:\n  try: socket.create_connection(('{host}', port))\n  except OSError: pass\nsys.stdin.read()"
    ))
}

fn a_client_that_connects_elsewhere_is_told_where() {
    let mut stage = stage();
    let port_byte_order = programs::command("wrong/client/port-byte-order.c");
    for (client, tried, remark) in [
        (port_byte_order, &["127.0.0.1:22303"][..], "it tried to connect to 127.0.0.1:22303, expected 127.0.0.1:8023"),
        (tries("127.0.0.2", "[8023]"), &["127.0.0.2:8023"], "it tried to connect to 127.0.0.2:8023, expected 127.0.0.1:8023"),
        (tries("::1", "[8023]"), &["[::1]:8023"], "it tried to connect to [::1]:8023, expected 127.0.0.1:8023"),
        (
            tries("127.0.0.1", "[9, 8, 9, 7, 6, 5, 4]"),
            &["127.0.0.1:9", "127.0.0.1:8", "127.0.0.1:7", "127.0.0.1:6", "127.0.0.1:5", "127.0.0.1:4"],
            "it tried to connect to 127.0.0.1:9, 127.0.0.1:8, 127.0.0.1:7, 127.0.0.1:6 and 2 more, expected 127.0.0.1:8023",
        ),
    ] {
        // What one scenario showed is forgotten in the next.
        for _ in 0..2 {
            let seen = play(&mut stage, "client/connect", CONNECTS, &client);
            let addresses: Vec<String> = seen.tried.iter().map(ToString::to_string).collect();
            assert_eq!(
                (seen.remarks.first().map(String::as_str), &*addresses),
                (Some(remark), &tried.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{seen:?}"
            );
        }
    }
    // This one connects where it should, and elsewhere, too.
    let seen = play(&mut stage, "client/connect", CONNECTS, &tries("127.0.0.1", "[9, 8023]"));
    assert_eq!((seen.tried.len(), &seen.remarks[..]), (0, &[][..]), "{seen:?}");
    let seen = play(&mut stage, "client/connect", CONNECTS, "true");
    assert_eq!((seen.tried.len(), &seen.remarks[..]), (0, &[][..]), "{seen:?}");
}

fn a_client_without_a_tcp_connection_is_told_what_it_did() {
    let mut stage = stage_in(Tier::Namespace);
    let sends = |to: &str| {
        python_command(&format!(
            "import socket, sys\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.sendto(b'hello', {to})\nsys.stdin.read()"
        ))
    };
    for (client, remark) in [
        (
            programs::command("wrong/client/datagram.c"),
            "it has a UDP socket for 127.0.0.1:8023, expected a TCP connection: it is asleep in read",
        ),
        (sends("('127.0.0.1', 8023)"), "it sent a UDP datagram to 127.0.0.1:8023, expected a TCP connection"),
        (sends("('127.0.0.1', 9)"), "it sent a UDP datagram to 127.0.0.1:9, expected a TCP connection to 127.0.0.1:8023"),
        // As a program does that looks up a name.
        (sends("('127.0.0.1', 53)"), "it has not connected to 127.0.0.1:8023: it is asleep in read"),
        (
            tries("192.168.1.5", "[8023]"),
            "it tried to reach another computer or to look up a name, expected 127.0.0.1:8023: it is asleep in read",
        ),
        ("cat".into(), "it has not connected to 127.0.0.1:8023: it is asleep in read"),
    ] {
        let seen = play(&mut stage, "client/connect", CONNECTS, &client);
        assert_eq!((&seen.remarks[..], seen.tried.len()), (&[remark.to_owned()][..], 0), "{seen:?}");
    }
}

fn the_call_in_which_a_program_sleeps_at_the_end_is_recorded() {
    let mut stage = stage();
    let serves = "import signal, socket; l = socket.create_server(('127.0.0.1', 8023))";
    let ends = "client: connect; client: \"hello\"; client: fin; server exits 0";
    for (rule, steps, command, call) in [
        ("client/connect", CONNECTS, "cat".to_owned(), Some("read")),
        ("server/listen", ends, "cat".to_owned(), Some("read")),
        ("server/eof", ends, python_command(&format!("{serves}; c, _ = l.accept(); signal.pause()")), Some("pause")),
        ("server/eof", ends, python_command(&format!("{serves}; c, _ = l.accept(); c.recv(9); c.recv(9); l.accept()")), Some("accept")),
        ("server/eof", ends, python_command(&format!("{serves}; c, _ = l.accept(); c.recv(9); c.recv(9)")), None),
    ] {
        let seen = play(&mut stage, rule, steps, &command);
        assert_eq!(seen.asleep_in.as_deref(), call, "{command}: {seen:?}");
        assert!(call.is_none_or(|call| seen.remarks[0].contains(&format!("asleep in {call}"))), "{seen:?}");
    }
}
