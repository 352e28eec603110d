//! Tests of scenarios with many clients of one server: they talk word by word, leave, are reset, are slow to read, or are not served; and
//! what a server keeps of clients that have gone. Each test plays in every isolation that this machine has.

mod programs;

use programs::{command, missing_tier};
use sockspec::spec::bytes::Bytes;
use sockspec::spec::dialect::Dialect;
use sockspec::spec::transcript::{Scenario, Step};
use sockspec::stage::command::Command;
use sockspec::stage::{Files, Seen, Stage, Tier};
use sockspec::verdict::finding::{Finding, Verdict};
use sockspec::verdict::judge::judge;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

programs::tests! {
    two_clients_talk_word_by_word_with_every_kind_of_server("python3"),
    a_client_that_says_nothing_does_not_hold_up_another("python3"),
    a_server_of_one_after_the_other_leaves_the_next_one_unserved("python3"),
    a_client_that_waits_is_served_after_the_first("python3"),
    a_client_that_nothing_is_due_to_is_not_waited_for,
    more_clients_than_the_backlog_holds_hold_up_no_one,
    a_reset_of_one_client_ends_only_this_one("python3"),
    a_slow_reader_does_not_hold_up_another("python3"),
    a_server_that_blocks_in_send_is_seen_to_starve_others("python3"),
    a_client_connects_again_after_its_end("python3"),
    what_each_client_got_is_judged_by_itself,
    a_broadcast_goes_to_every_client,
    a_flood_to_one_client_is_cut,
    each_demanded_closing_is_judged,
    a_hundred_clients_in_turn_leave_nothing_behind("python3"),
    a_server_that_keeps_descriptors_threads_or_processes_is_seen,
    a_hundred_clients_at_once_are_served("python3"),
    a_server_that_never_ends_needs_no_remark,
    a_server_that_ends_after_some_clients_closes_all_connections("python3"),
    the_ports_of_all_clients_are_told,
    reports_name_the_clients,
}

/// Longer than a test may take: a test that waits for this fails.
const TIMEOUT: Duration = Duration::from_secs(40);
const PORT: &str = "{port}";

/// A stage in each kind of isolation of this machine. On the machine's own loopback, each stage has another port.
fn stages() -> impl Iterator<Item = (Tier, Stage)> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let all = [Tier::Namespace, Tier::Network, Tier::Address, Tier::Host];
    let open = |tier| Stage::open(Path::new(env!("CARGO_BIN_EXE_sockspec")), tier, Files::Fresh, NUMBER.fetch_add(1, Ordering::Relaxed));
    all.into_iter()
        .filter(|tier| missing_tier(*tier).is_none())
        .map(move |tier| (tier, open(tier).unwrap_or_else(|error| panic!("{error}"))))
}

/// The command of the C program in this mode.
fn c(mode: &str) -> String {
    format!("{} {mode} {PORT}", command("many/many.c"))
}

/// The command of the Python program in this mode.
fn python(mode: &str) -> String {
    format!("{} {mode} {PORT}", command("many/many.py"))
}

fn scenario(rule: &str, steps: &str) -> Scenario {
    let lines: String = steps.split(';').map(|step| format!("{}\n", step.trim())).collect();
    Scenario::parse("scenario", &format!("title: x\nrule: {rule}\n\n{lines}")).unwrap_or_else(|error| panic!("{error}"))
}

/// Plays a scenario, and makes sure that this does not take as long as the time limit.
#[track_caller]
fn play(stage: &mut Stage, rule: &str, steps: &str, command: &str) -> Seen {
    let command = Command::parse(command).expect("a command");
    let began = Instant::now();
    let seen = stage.play(&scenario(rule, steps), &[&command], &programs::conditions(TIMEOUT)).unwrap_or_else(|error| panic!("{error}"));
    assert!(began.elapsed() < TIMEOUT, "{:?}", seen.remarks);
    assert_eq!((&seen.trouble, seen.is_spent), (&None, false), "{:?}", seen.remarks);
    seen
}

/// The steps that were seen, as one line.
fn steps_of(seen: &Seen) -> String {
    seen.transcript.to_string().trim_end().replace('\n', "; ")
}

/// Plays a scenario with each of these programs in each isolation. All that it demands is seen, and nothing else.
#[track_caller]
fn agrees(commands: &[String], steps: &str) {
    agrees_in(stages(), commands, steps);
}

/// The same for a long scenario: with all programs in the best isolation, and with some in the others.
#[track_caller]
fn agrees_at_length(commands: &[String], steps: &str) {
    agrees_in(stages().take(1), commands, steps);
    agrees_in(stages().skip(1), &[c("forks"), python("threads")], steps);
}

#[track_caller]
fn agrees_in(stages: impl Iterator<Item = (Tier, Stage)>, commands: &[String], steps: &str) {
    for (tier, mut stage) in stages {
        for command in commands {
            let seen = play(&mut stage, "server/silent", steps, command);
            assert_eq!(steps_of(&seen), format!("{}; server runs", one_line(steps)), "{command} {tier:?} {:?}", seen.remarks);
        }
    }
}

/// Plays a scenario with each of these programs in each isolation. These steps are seen, with this first remark.
#[track_caller]
fn is_seen(commands: &[String], steps: &str, seen_steps: &str, remark: &str) {
    for (tier, mut stage) in stages() {
        for command in commands {
            let seen = play(&mut stage, "server/silent", steps, command);
            assert_eq!(steps_of(&seen), one_line(seen_steps), "{command} {tier:?} {:?}", seen.remarks);
            assert_eq!(seen.remarks.first().map_or("", String::as_str), remark, "{command} {tier:?} {:?}", seen.remarks);
        }
    }
}

/// The judge's finding about what this program does.
#[track_caller]
fn finding(rule: &str, steps: &str, command: &str) -> Finding {
    let mut stage = programs::stage();
    let seen = play(&mut stage, rule, steps, command);
    judge(&scenario(rule, steps), &seen, &Dialect::tutorial())
}

fn one_line(steps: &str) -> String {
    steps.split(';').map(str::trim).collect::<Vec<_>>().join("; ")
}

/// All programs that serve many clients at once.
fn at_once() -> Vec<String> {
    let c_modes = ["threads", "polls", "forks"].map(c);
    let python_modes = ["threads", "selects", "forks"].map(python);
    c_modes.into_iter().chain(python_modes).collect()
}

/// The steps with which this client says a word, and is answered. `number` is the number that the server gives it.
fn says(client: u8, number: usize, word: &str) -> String {
    let (peer, to) = names(client);
    format!(r#"{peer}: "{word}"; server> "{number}: {word}\n"; {to}: "{number}: {word}\n""#)
}

/// How the notation names a client, and what the server does to it.
fn names(client: u8) -> (String, String) {
    if client == 1 { ("client".into(), "server".into()) } else { (format!("client{client}"), format!("server to client{client}")) }
}

fn two_clients_talk_word_by_word_with_every_kind_of_server() {
    let words = [says(1, 1, "one"), says(2, 2, "two"), says(2, 2, "three"), says(1, 1, "four"), says(2, 2, "five")].join("; ");
    let steps = format!(
        r#"client: connect; client2: connect; {words}; client: fin; server> "1 has gone\n"; server: fin; {};
        client2: fin; server> "2 has gone\n"; server to client2: fin"#,
        says(2, 2, "six")
    );
    agrees(&at_once(), &steps);
}

fn a_client_that_says_nothing_does_not_hold_up_another() {
    let steps = format!("client: connect; client2: connect; {}; {}; {}", says(2, 2, "a"), says(2, 2, "b"), says(1, 1, "c"));
    agrees(&at_once(), &steps);
}

fn a_server_of_one_after_the_other_leaves_the_next_one_unserved() {
    let steps = format!("client: connect; client2: connect; {}; client: fin", says(2, 2, "a"));
    for (program, call) in [(c("next"), "recv"), (python("next"), "recv")] {
        let remark = format!(r#"it has not read "a" from the second client: it is asleep in {call}"#);
        let seen = r#"client: connect; client2: connect; client2: "a"; server runs"#;
        is_seen(&[program], &steps, seen, &remark);
    }
    // If a greeting is due, the connection itself is waited for.
    let steps = r#"client: connect; client2: connect; server to client2: "hello""#;
    let remark = "it has not accepted the connection of the second client: it is asleep in recv";
    is_seen(&[c("next")], steps, "client: connect; client2: connect; server runs", remark);
}

fn a_client_that_waits_is_served_after_the_first() {
    let steps = format!(
        r#"client: connect; client2: connect; client2: "a"; {}; client: fin; server> "1 has gone\n2: a\n"; server: fin;
        server to client2: "2: a\n"; {}"#,
        says(1, 1, "b"),
        says(2, 2, "c")
    );
    agrees(&[c("next"), python("next")], &steps);
}

fn a_client_that_nothing_is_due_to_is_not_waited_for() {
    let steps = format!(
        r#"client: connect; {}; client2: connect; client2: "x"; client2: fin; client3: connect; client3: reset; client4: connect; client4: closes; {}"#,
        says(1, 1, "a"),
        says(1, 1, "b")
    );
    agrees(&[c("next")], &steps);
}

fn more_clients_than_the_backlog_holds_hold_up_no_one() {
    // The server lets three wait. The kernel drops the attempts of all others.
    let others: String = (2..=9).map(|client| format!(r#"client{client}: connect; client{client}: "x"; "#)).collect();
    let steps = format!("client: connect; {}; {others}{}", says(1, 1, "a"), says(1, 1, "b"));
    agrees(&[c("next")], &steps);
}

fn a_reset_of_one_client_ends_only_this_one() {
    let steps = format!(
        r#"client: connect; client2: connect; {}; {}; client2: reset; server> "2 has gone\n"; {};
        client3: connect; {}; client: reset; server> "1 has gone\n"; {}"#,
        says(2, 2, "a"),
        says(1, 1, "b"),
        says(1, 1, "c"),
        says(3, 3, "d"),
        says(3, 3, "e")
    );
    agrees(&at_once(), &steps);
}

/// Eight MiB to the first client, which reads them only after these steps: the kernel keeps less than that for a client that does not read.
fn slow_reader(between: &str) -> String {
    format!(
        r#"client: connect; client2: connect; {}; client: pause; client: "big"; server> "1: big\n"; {between}; client: resume;
        server: "x" * 8388608; {}"#,
        says(2, 2, "a"),
        says(1, 1, "c")
    )
}

fn a_slow_reader_does_not_hold_up_another() {
    agrees(&[c("threads"), python("threads"), c("forks"), python("forks")], &slow_reader(&says(2, 2, "b")));
}

fn a_server_that_blocks_in_send_is_seen_to_starve_others() {
    let starved = format!(
        r#"client: connect; client2: connect; {}; client: pause; client: "big"; server> "1: big\n"; client2: "b"; server runs"#,
        says(2, 2, "a")
    );
    let remark = r#"it has not read "b" from the second client: it is asleep in send"#;
    is_seen(&[c("polls"), python("selects")], &slow_reader(&says(2, 2, "b")), &starved, remark);
    let steps = slow_reader(&says(2, 2, "b"));
    let finding = finding("server/silent", &steps, &c("polls"));
    let message = format!(r#"the second client did not get "2: b\n"; {remark}"#);
    assert_eq!((finding.verdict, finding.message), (Verdict::Fail, message));
}

fn a_client_connects_again_after_its_end() {
    for end in ["fin", "reset", "closes"] {
        let closes = if end == "fin" { "; server: fin" } else { "" };
        let steps = format!(
            r#"client: connect; {}; client: {end}; server> "1 has gone\n"{closes}; client: connect; {}; client2: connect; {};
            client2: reset; server> "3 has gone\n"; client2: connect; {}"#,
            says(1, 1, "a"),
            says(1, 2, "b"),
            says(2, 3, "c"),
            says(2, 4, "d")
        );
        agrees(&at_once(), &steps);
    }
    let in_turn = format!(
        r#"client: connect; {}; server> "1 has gone\n"; server: fin; client: connect; {}"#,
        r#"client: "bye"; server> "1: bye\n"; server: "1: bye\n""#,
        says(1, 2, "b")
    );
    // The output of one action is one step.
    let in_turn =
        in_turn.replace(r#""1: bye\n"; server: "1: bye\n"; server> "1 has gone\n"; "#, r#""1: bye\n1 has gone\n"; server: "1: bye\n"; "#);
    agrees(&[c("next"), python("next")], &in_turn);
}

fn what_each_client_got_is_judged_by_itself() {
    let steps = format!("client: connect; client2: connect; {}; {}", says(1, 1, "a"), says(2, 2, "b"));
    let passes = finding("server/silent", &steps, &c("threads"));
    assert_eq!((passes.verdict, passes.message), (Verdict::Pass, String::new()));
    for (wrong, message) in [
        (steps.replace(r#"client2: "2: b\n""#, r#"client2: "2: B\n""#), r#"the second client got "2: b\n" where "2: B\n" was expected"#),
        (steps.replace(r#"; server to client2: "2: b\n""#, ""), r#"the second client got "2: b\n" too much"#),
        (steps.replace(r#"; server: "1: a\n""#, r#"; server: "1: ab\n""#), r#"the first client got "1: a\n" where "1: ab\n" was expected"#),
        (
            format!(r#"{steps}; client: fin; server: fin; client: connect; client: "c"; server: "4: c\n""#),
            r#"the first client in its second connection got "3: c\n" where "4: c\n" was expected"#,
        ),
    ] {
        let found = finding("server/silent", &wrong, &c("threads"));
        assert_eq!((found.verdict, &*found.message), (Verdict::Fail, message), "{wrong}");
    }
}

fn a_broadcast_goes_to_every_client() {
    let steps = r#"client: connect; client2: connect; client3: connect; client2: "a"; server> "2: a\n"; server: "2: a\n";
        server to client2: "2: a\n"; server to client3: "2: a\n"; client2: fin; server> "2 has gone\n"; server to client2: fin;
        client: "b"; server> "1: b\n"; server: "1: b\n"; server to client3: "1: b\n""#;
    agrees(&[c("broadcast")], steps);
    let found = finding("server/silent", steps, &c("threads"));
    let message = r#"the first client got "1: b\n" where "2: a\n" was expected"#;
    assert_eq!((found.verdict, &*found.message), (Verdict::Fail, message));
}

fn a_flood_to_one_client_is_cut() {
    let steps = format!(r#"client: connect; client2: connect; {}; client2: "big""#, says(1, 1, "a"));
    for (tier, mut stage) in stages() {
        let seen = play(&mut stage, "server/silent", &steps, &c("threads"));
        let got = seen.transcript.steps.iter().find_map(|step| if let Step::ToOther(2, _) = step { step.bytes() } else { None });
        let remark = seen.remarks.first().cloned().unwrap_or_default();
        assert!(remark.starts_with("it floods its connection with the second client: "), "{tier:?} {remark}");
        assert_eq!(got.map(Bytes::len), Some(64 << 10), "{tier:?}");
    }
}

fn each_demanded_closing_is_judged() {
    let goodbye = |client: u8, number: usize, how: &str| {
        let (peer, to) = names(client);
        format!(r#"{peer}: "bye"; server> "{number}: bye\n"; {to}: "{number}: bye\n"; server> "{number} has gone\n"; {to}: {how}"#)
    };
    let steps = |second: &str| {
        format!(
            "client: connect; client2: connect; {}; {}; client2: connect; {}",
            goodbye(2, 2, "closes"),
            goodbye(1, 1, "fin"),
            goodbye(2, 3, second)
        )
    };
    let verdict = |steps: &str, program: &str| {
        let found = finding("server/hang-up", steps, program);
        (found.verdict, found.message)
    };
    assert_eq!(verdict(&steps("fin"), &c("threads")), (Verdict::Pass, String::new()));
    let message = "it ended its stream with the second client in its second connection with `fin`, expected `reset`";
    assert_eq!(verdict(&steps("reset"), &c("threads")), (Verdict::Fail, message.into()));
    let (verdict, message) = verdict(&steps("fin"), &c("leaks-descriptors"));
    assert_eq!(verdict, Verdict::Fail);
    assert!(message.starts_with("it did not close its connection with the second client; it still runs"), "{message}");
}

/// So many clients, one after the other, who each say a word. The first number that the server gives is `from`.
fn in_turn(from: usize, clients: usize) -> String {
    let one = |number| format!(r#"client: connect; {}; client: fin; server> "{number} has gone\n"; server: fin"#, says(1, number, "a"));
    (from..from + clients).map(one).collect::<Vec<_>>().join("; ")
}

fn a_hundred_clients_in_turn_leave_nothing_behind() {
    let steps = format!("{}; server tidy; {}; server tidy", in_turn(1, 2), in_turn(3, 100));
    let programs: Vec<String> = at_once().into_iter().chain([c("next"), python("next")]).collect();
    agrees_at_length(&programs, &steps);
}

fn a_server_that_keeps_descriptors_threads_or_processes_is_seen() {
    for (mode, kept) in [
        ("leaks-descriptors", "50 descriptors, 0 threads, 0 processes, 0 stacks"),
        ("joins-none", "0 descriptors, 0 threads, 0 processes, 50 stacks"),
        ("keeps-threads", "0 descriptors, 50 threads, 0 processes, 0 stacks"),
        ("zombies", "0 descriptors, 0 threads, 50 processes, 0 stacks"),
    ] {
        // A server that leaks descriptors does not close.
        let talk =
            |from, clients| in_turn(from, clients).replace("; server: fin", if mode == "leaks-descriptors" { "" } else { "; server: fin" });
        let steps = format!("{}; server tidy; {}; server tidy", talk(1, 2), talk(3, 50));
        let seen = format!("{}; server tidy; {}; server keeps {kept}; server runs", talk(1, 2), talk(3, 50));
        for (tier, mut stage) in stages() {
            let found = play(&mut stage, "server/silent", &steps, &c(mode));
            assert_eq!(steps_of(&found), seen, "{mode} {tier:?}");
            let notes = judge(&scenario("server/silent", &steps), &found, &Dialect::tutorial()).notes;
            assert!(
                notes.iter().any(|note| note.starts_with("it keeps 50 ") && note.ends_with("than before its clients came and went")),
                "{notes:?}"
            );
        }
    }
}

fn a_hundred_clients_at_once_are_served() {
    let connects: String = (1..=100).map(|client| format!("{}: connect; ", names(client).0)).collect();
    // The last ones talk first.
    let talk: String = (1..=100).rev().map(|client| says(client, client.into(), "a") + "; ").collect();
    let leave = |client: u8| {
        let (peer, to) = names(client);
        format!(r#"{peer}: fin; server> "{client} has gone\n"; {to}: fin"#)
    };
    let steps = format!("{connects}{talk}{}", (1..=100).map(leave).collect::<Vec<_>>().join("; "));
    agrees_at_length(&at_once(), &steps);
}

fn a_server_that_never_ends_needs_no_remark() {
    for (tier, mut stage) in stages() {
        let steps = format!("client: connect; {}", says(1, 1, "a"));
        let began = Instant::now();
        for _ in 0..20 {
            let seen = play(&mut stage, "server/silent", &steps, &c("threads"));
            assert_eq!((steps_of(&seen), seen.remarks), (format!("{steps}; server runs"), Vec::<String>::new()), "{tier:?}");
        }
        // Not one of them has waited for a time limit.
        assert!(began.elapsed() < TIMEOUT, "{tier:?} {:?}", began.elapsed());
    }
}

fn a_server_that_ends_after_some_clients_closes_all_connections() {
    let program = "import os, socket, sys; l = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
        for _ in range(2):\n  c, _ = l.accept()\n  while m := c.recv(1000): c.sendall(m)\n  c.close()\n";
    let command = format!("{} {PORT}", programs::python_command(program));
    // The third client is served in its turn. The other two still wait when the server ends, and get a reset then.
    let steps = r#"client: connect; client: "a"; server: "a"; client3: connect; client: fin; server: fin; client: connect; client4: connect;
        client4: "d"; client3: fin; server: reset; server to client3: fin; server to client4: reset; server exits 0"#;
    for (tier, mut stage) in stages() {
        for _ in 0..10 {
            let seen = play(&mut stage, "server/silent", steps, &command);
            assert_eq!((steps_of(&seen), seen.remarks.len()), (one_line(steps), 0), "{tier:?} {:?}", seen.remarks);
        }
    }
}

fn the_ports_of_all_clients_are_told() {
    let program = "import socket, sys; l = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
        while True: print(l.accept()[1][1], flush=True)";
    let command = format!("{} {PORT}", programs::python_command(program));
    for (tier, mut stage) in stages() {
        let steps = r#"client2: connect; server> "x"; client: connect; server> "x"; client2: closes; client2: connect; server> "x""#;
        let seen = play(&mut stage, "server/silent", steps, &command);
        let printed =
            seen.transcript.steps.iter().filter_map(|step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None });
        let printed = String::from_utf8(printed.flatten().collect()).expect("text");
        let ports: Vec<u16> = printed.lines().map(|line| line.parse().expect("a port")).collect();
        assert_eq!((ports.len(), &ports), (3, &seen.ports), "{tier:?} {}", seen.transcript);
    }
}

fn reports_name_the_clients() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    let report = format!("html={}", page.display());
    let server = command("wrong/server/says-busy.c");
    let mut sockspec = assert_cmd::Command::new(env!("CARGO_BIN_EXE_sockspec"));
    let arguments = ["check", "--server", &server, "server/silent/to-a-second-client", "--report", "human", "--report", &report];
    let output = sockspec.args(arguments).args(programs::isolation_arguments()).output().expect("it runs");
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(told.contains(r#"got      "busy\n" to the second client"#), "{told}");
    let page = std::fs::read_to_string(page).expect("a page");
    for words in ["the second client to your server: ", "your server to the second client: ", "<i>2nd client</i> "] {
        assert!(page.contains(words), "{words}");
    }
}
