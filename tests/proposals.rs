//! `sockspec learn`: from right programs it proposes their dialect.

mod programs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use sockspec::spec::dialect::{Dialect, Framing};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

programs::tests! {
    the_tutorials_own_pair_is_the_tutorial,
    a_right_server_of_the_tutorial_is_the_tutorial("python3", "node", "go", "javac", "perl", "g++"),
    a_right_client_of_the_tutorial_is_the_tutorial("python3", "node", "go", "javac", "perl", "g++"),
    a_right_server_of_a_dialect_is_that_dialect("python3", "node", "go", "javac"),
    a_right_client_of_a_dialect_is_that_dialect("python3", "node", "go", "javac"),
    a_right_pair_of_a_dialect_is_that_dialect("python3", "node", "go", "javac"),
    a_course_that_is_not_built_in_is_found("python3"),
    the_right_programs_of_a_course_are_that_course("python3", "node", "go", "javac", "perl"),
    a_program_passes_by_what_it_proposed("python3"),
    every_way_to_compare_the_token_is_found("python3"),
    servers_that_serve_some_clients_or_messages_are_found("python3"),
    a_program_that_flushes_only_at_a_terminal_needs_one,
    a_client_that_ends_by_itself_or_by_a_reply_is_found("python3"),
    what_cannot_be_seen_is_asked("python3"),
    a_program_that_shows_nothing_has_no_proposal("python3"),
    the_file_goes_where_the_user_wants_it("python3"),
}

/// Runs `sockspec learn` in a folder.
fn learn(folder: &Path, arguments: &[&str]) -> Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.current_dir(folder).arg("learn").args(arguments).args(programs::isolation_arguments());
    command.assert()
}

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

/// The file that is proposed for these programs.
fn file(arguments: &[&str]) -> String {
    let done = learn(folder().path(), arguments).code(0).stderr(contains("then: sockspec check --dialect mine.toml"));
    String::from_utf8(done.get_output().stdout.clone()).expect("text")
}

/// The dialect in that file.
fn proposed(arguments: &[&str]) -> Dialect {
    let file = file(arguments);
    Dialect::parse("mine.toml", "", &file).unwrap_or_else(|error| panic!("{error}\n{file}"))
}

/// The built-in dialect, as its programs can show it.
fn built_in(name: &str) -> Dialect {
    Dialect { name: String::new(), ..(*Dialect::built_in(name).expect("a dialect")).clone() }
}

/// The keys about the client of one dialect, and all others of another.
fn with_client_of(client: &Dialect, other: &Dialect) -> Dialect {
    Dialect {
        client_greeting: client.client_greeting.clone(),
        prompt: client.prompt.clone(),
        input: client.input,
        delimiter: client.delimiter.clone(),
        padding: client.padding,
        shows: client.shows.clone(),
        waits: client.waits,
        client_ends: client.client_ends,
        ..other.clone()
    }
}

/// Lines, and the replies of a server that prints nothing, do not depend on the buffer.
fn with_buffer_of(found: &Dialect, dialect: &Dialect) -> Dialect {
    let shows = dialect.framing == Framing::Recv && dialect.prints_messages();
    Dialect { buffer: if shows { dialect.buffer } else { found.buffer }, ..dialect.clone() }
}

/// Checks what is proposed for a server alone.
fn check_server(program: &str, dialect: &Dialect) {
    let found = proposed(&["--server", &programs::command(program)]);
    // The client is not known. It sends what the server reads.
    let delimiter = if dialect.framing == Framing::Line { b"\n".to_vec() } else { Vec::new() };
    let client = Dialect { delimiter, ..Dialect::tutorial() };
    assert_eq!(found, with_client_of(&client, &with_buffer_of(&found, dialect)), "{program}");
}

/// Checks what is proposed for a client alone. What the server prints and sends is not known.
fn check_client(program: &str, dialect: &Dialect) {
    let found = proposed(&["--client", &programs::command(program)]);
    let known = Dialect { address: dialect.address, framing: dialect.framing, token: dialect.token.clone(), ..found.clone() };
    assert_eq!(found, with_client_of(dialect, &known), "{program}");
}

fn right_programs(role: &str) -> impl Iterator<Item = String> {
    let all = programs::programs_in("right").into_iter();
    all.filter(move |program| program.starts_with(&format!("right/{role}"))).filter(|program| programs::missing_tool(program).is_none())
}

/// The right programs of a role, in all built-in dialects but the tutorial, with the dialect.
fn programs_of_dialects(role: &str) -> impl Iterator<Item = (String, &'static str)> {
    let names = Dialect::names().filter(|name| *name != "tutorial");
    names.flat_map(move |name| {
        let all = programs::programs_in(&format!("dialects/{name}")).into_iter();
        all.filter(move |program| program.contains(&format!("/{role}."))).map(move |program| (program, name))
    })
}

fn the_tutorials_own_pair_is_the_tutorial() {
    let own = |role: &str| format!("{} __reference {role}", env!("CARGO_BIN_EXE_sockspec"));
    let (server, client) = (own("server"), own("client"));
    assert_eq!(proposed(&["--server", &server, "--client", &client]), built_in("tutorial"));
    assert_eq!(proposed(&["--server", &server]), built_in("tutorial"));
    assert_eq!(proposed(&["--client", &client]), built_in("tutorial"));
    learn(folder().path(), &["--server", &server]).code(0).stderr(contains("It is the tutorial."));
}

fn a_right_server_of_the_tutorial_is_the_tutorial() {
    for program in programs::todays_share(right_programs("server"), 3) {
        let buffer = if program.contains("small-buffer") { 512 } else { 1000 };
        check_server(&program, &Dialect { buffer, ..built_in("tutorial") });
    }
}

fn a_right_client_of_the_tutorial_is_the_tutorial() {
    for program in programs::todays_share(right_programs("client"), 3) {
        check_client(&program, &built_in("tutorial"));
    }
}

fn a_right_server_of_a_dialect_is_that_dialect() {
    for (program, name) in programs::todays_share(programs_of_dialects("server"), 2) {
        check_server(&program, &built_in(name));
    }
}

fn a_right_client_of_a_dialect_is_that_dialect() {
    for (program, name) in programs::todays_share(programs_of_dialects("client"), 2) {
        check_client(&program, &built_in(name));
    }
}

fn a_right_pair_of_a_dialect_is_that_dialect() {
    let pairs: Vec<_> = programs_of_dialects("server").zip(programs_of_dialects("client")).collect();
    for ((server, name), (client, other)) in programs::todays_share(pairs, 2) {
        assert_eq!(name, other);
        let found = proposed(&["--server", &programs::command(&server), "--client", &programs::command(&client)]);
        assert_eq!(found, with_buffer_of(&found, &built_in(name)), "{server} and {client}");
    }
}

fn a_course_that_is_not_built_in_is_found() {
    let folder = programs::folder().join("dialects/networks");
    let course = Dialect { name: String::new(), ..Dialect::load(&folder.join("course.toml")).expect("a dialect") };
    let [server, client] = ["server.py", "client.c"].map(|name| programs::command(&format!("dialects/networks/{name}")));
    assert_eq!(proposed(&["--server", &server, "--client", &client]), course);
}

/// What a teacher corrects: a course, the question, what the file says, and what it should say.
const CORRECTED: [(&str, &str, &str, &str); 9] = [
    ("despedida", "token: q, exit, ", "token = \"\"", "token = \"adiós\""),
    ("despedida", "token: q, exit, ", "[server]", "[server]\ntoken-is = \"printed\""),
    ("night-watch", "token: q, exit, ", "token = \"\"", "token = \"dawn\""),
    ("night-watch", "start: a number in this text differs each time", "{any} at {any}", "{any}"),
    ("telnet-echo", "greeting: is 4 the descriptor", " on 4\\n", " on {fd}\\n"),
    ("telnet-echo", "greeting: is 4 the descriptor", "4 closed", "{fd} closed"),
    ("third-time", "greeting: is 4 the descriptor", "\"4", "\"{fd}"),
    ("three-wishes", "token: q, exit, ", "token = \"\"", "token = \"enough\"\ntoken-match = \"trimmed\""),
    ("two-then-home", "greeting: is 4 the descriptor", " on 4\\n", " on {fd}\\n"),
];

fn the_right_programs_of_a_course_are_that_course() {
    for course in programs::todays_share(programs::courses(), 12) {
        let (right, _) = programs::right_and_wrong(&format!("courses/{course}"));
        let command = |role: &str| right.iter().find(|program| program.contains(&format!("/{role}."))).map(|one| programs::command(one));
        let due = Dialect { name: String::new(), ..Dialect::load(&programs::course_file(&course)).expect("a dialect") };
        // Nobody can see which text a course ignores.
        if due.ignores_other_text {
            continue;
        }
        let (server, client) = (command("server").expect("a right server"), command("client"));
        let mut arguments = vec!["--server", &server];
        arguments.extend(client.iter().flat_map(|client| ["--client", client]));
        let mut text = file(&arguments);
        for (_, question, old, new) in CORRECTED.iter().filter(|(name, ..)| *name == course) {
            assert!(text.contains(&format!("# {question}")), "{question}\n{text}");
            text = text.replace(old, new);
        }
        let found = Dialect::parse("mine.toml", "", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let due = with_buffer_of(&found, &due);
        let due = if client.is_some() { due } else { with_client_of(&found, &due) };
        assert_eq!(found, due, "{course}:\n{text}\n--- due\n{}", due.to_file("", &[]));
    }
}

fn a_program_passes_by_what_it_proposed() {
    let folder = folder();
    let server = programs::command("dialects/echo-lines/server.py");
    learn(folder.path(), &["--server", &server, "--output", "mine.toml"]).code(0);
    let mut check = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    check.current_dir(folder.path()).args(["check", "--dialect", "mine.toml", "--server", &server, "--strict"]);
    check.args(programs::isolation_arguments()).env_remove("GITHUB_ACTIONS").assert().code(0).stdout(contains("dialect: mine"));
}

/// A server in Python with this loop in the place of `LOOP`, which has `connection`, `say` and `recv`.
fn server(folder: &TempDir, accepts: &str, body: &str) -> String {
    let indented = |text: &str, by: usize| text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect::<String>();
    let text = format!(
        "import socket, sys\n\
         def say(text):\n    sys.stdout.buffer.write(text)\n    sys.stdout.buffer.flush()\n\
         listener = socket.create_server((\"\", 8888))\n\
         def serve(connection):\n    recv = lambda: connection.recv(512)\n{}\
         {accepts}\n    connection, peer = listener.accept()\n    with connection:\n        serve(connection)\n",
        indented(body, 4),
    );
    let file = folder.path().join("program.py");
    fs::write(&file, text).expect("writes");
    format!("{} {}", *programs::PYTHON, file.display())
}

/// A client in Python with this body, which has `server` and `say`.
fn client(folder: &TempDir, body: &str) -> String {
    let text = format!(
        "import socket, sys\n\
         def say(text):\n    sys.stdout.buffer.write(text)\n    sys.stdout.buffer.flush()\n\
         server = socket.create_connection((\"127.0.0.1\", 8888))\n{body}"
    );
    let file = folder.path().join("program.py");
    fs::write(&file, text).expect("writes");
    format!("{} {}", *programs::PYTHON, file.display())
}

const FOREVER: &str = "while True:";

fn every_way_to_compare_the_token_is_found() {
    let tests = [
        ("message == b'bye'", "whole"),
        ("message == b'bye\\n'", "newline"),
        ("message.strip() == b'bye'", "trimmed"),
        ("message.lower() == b'bye'", "any-case"),
        ("message.startswith(b'bye')", "prefix"),
    ];
    for (test, name) in tests {
        let folder = folder();
        let body = format!("while message := recv():\n    if {test}:\n        break\n    say(b'got ' + message + b'\\n')");
        let found = proposed(&["--server", &server(&folder, FOREVER, &body)]);
        let text = format!(
            "address = \"127.0.0.1:8888\"\nbuffer = 512\ntoken = \"bye\"\ntoken-match = \"{name}\"\n\
             [server]\ngreeting = \"\"\nmessage = \"got {{message}}\\n\"\nserves = \"next\""
        );
        assert_eq!(found, Dialect::parse("course.toml", "", &text).expect("a dialect"), "{test}");
    }
}

fn servers_that_serve_some_clients_or_messages_are_found() {
    let echo = "for number in range(3):\n    message = recv()\n    if not message: break\n    connection.sendall(message.upper())";
    let folder = folder();
    let found = proposed(&["--server", &server(&folder, "for number in range(5):", echo)]);
    let text = "address = \"127.0.0.1:8888\"\nbuffer = 512\ntoken = \"\"\n\
                [server]\ngreeting = \"\"\nmessage = \"\"\nreply = \"{MESSAGE}\"\nserves = 5\nmessages = 3";
    assert_eq!(found, Dialect::parse("course.toml", "", text).expect("a dialect"));
    let once = "say(b'client ' + str(peer[1]).encode() + b'\\n')\nmessage = recv()\n\
                if message:\n    say(b'it said ' + message + b'!\\n')\n    connection.sendall(b'thank you')\nsay(b'gone\\n')";
    let found = proposed(&["--server", &server(&folder, "if True:", once)]);
    let text = "address = \"127.0.0.1:8888\"\nbuffer = 512\ntoken = \"\"\n\
                [server]\ngreeting = \"client {port}\\n\"\nmessage = \"it said {message}!\\n\"\nfarewell = \"gone\\n\"\n\
                reply = \"thank you\"\nmessages = 1";
    assert_eq!(found, Dialect::parse("course.toml", "", text).expect("a dialect"));
}

fn a_program_that_flushes_only_at_a_terminal_needs_one() {
    let folder = folder();
    let source = fs::read_to_string(programs::folder().join("right/server.c")).expect("a program");
    fs::write(folder.path().join("server.c"), source.replace("fflush(stdout);", "")).expect("writes");
    let built = std::process::Command::new("cc").current_dir(folder.path()).args(["-o", "server", "server.c"]).status();
    assert!(built.expect("a compiler").success());
    let program = folder.path().join("server").display().to_string();
    assert_eq!(proposed(&["--server", &program]), Dialect { terminal: true, ..built_in("tutorial") });
}

fn a_client_that_ends_by_itself_or_by_a_reply_is_found() {
    let folder = folder();
    let read = "for line in sys.stdin.buffer:\n    word = line.strip()\n";
    let unsent = format!("say(b'hello\\n')\n{read}    if word.lower() == b'q': break\n    server.sendall(line)\n");
    let found = proposed(&["--client", &client(&folder, &unsent)]);
    let text = "address = \"127.0.0.1:8888\"\ntoken = \"q\"\ntoken-match = \"any-case\"\n\
                [client]\ngreeting = \"hello\\n\"\ninput = \"line\"\nsends = \"{message}\\n\"\nends-by = \"unsent\"";
    assert_eq!(found, Dialect::parse("course.toml", "", text).expect("a dialect"));
    let reply = format!(
        "say(b'me: ')\n{read}    server.sendall(word)\n    reply = server.recv(512)\n    say(b'it: ' + reply + b'\\n')\n\
         {}    if reply == b'bye': break\n    say(b'me: ')\n",
        ""
    );
    let found = proposed(&["--client", &client(&folder, &reply)]);
    let text = "address = \"127.0.0.1:8888\"\ntoken = \"bye\"\n[server]\nreply = \"{message}\"\ntoken-is = \"answered\"\n\
                [client]\ngreeting = \"\"\nprompt = \"me: \"\ninput = \"line\"\nshows = \"it: {reply}\\n\"\nwaits = true\nends-by = \"reply\"";
    assert_eq!(found, Dialect::parse("course.toml", "", text).expect("a dialect"));
}

fn what_cannot_be_seen_is_asked() {
    let folder = folder();
    let backwards = "while message := recv():\n    say(message[::-1] + b': ' + message + b'\\n')\n    connection.sendall(b'ok')";
    let text = file(&["--server", &server(&folder, FOREVER, backwards)]);
    assert!(text.contains("# message: this is printed: \"ahpla: alpha\\n\" for \"alpha\"; \"atebgemo: omegbeta\\n\" for"), "{text}");
    assert!(text.contains("# token: q, exit, quit, "), "{text}");
    let client = client(&folder, "server.recv(512)\nfor line in sys.stdin.buffer:\n    server.sendall(line)\n");
    let text = file(&["--client", &client]);
    assert!(text.contains("# welcome: the client waits for a welcome"), "{text}");
}

fn a_program_that_shows_nothing_has_no_proposal() {
    let folder = folder();
    let refused = |arguments: &[&str], why: &str| {
        let done = learn(folder.path(), arguments).code(2).stdout(is_empty());
        done.stderr(contains(why).and(contains("panicked").not()));
    };
    let silent = server(&folder, FOREVER, "while recv(): pass");
    refused(&["--server", &silent], "the server prints nothing and answers nothing");
    refused(&["--server", "sh -c 'exec cat'"], "is no server that listens at 127.0.0.1");
    refused(&["--server", "./missing"], "does not exist");
    refused(&["--client", "true"], "is no client that connects");
    let deaf = client(&folder, "sys.stdin.read()\n");
    refused(&["--client", &deaf], "the client sent nothing");
    refused(&["--server", &silent, "--address", "0.0.0.0:80"], "at a port from 1024 on");
    refused(&[], "--server <CMD>|--client <CMD>");
    let (server, client) = (programs::command("dialects/echo/server.py"), programs::command("dialects/echo-lines/client.py"));
    refused(&["--server", &server, "--client", &client], "they are no pair");
}

fn the_file_goes_where_the_user_wants_it() {
    let folder = folder();
    let server = programs::command("dialects/echo/server.py");
    let done = learn(folder.path(), &["--server", &server, "--output", "my course.toml", "--address", "127.0.0.1:7000"]);
    done.code(0).stdout(is_empty()).stderr(contains("sockspec check --dialect 'my course.toml' --server"));
    let written = fs::read_to_string(folder.path().join("my course.toml")).expect("a file");
    assert_eq!(Dialect::parse("mine.toml", "", &written).expect("a dialect").serves, built_in("echo").serves);
    learn(folder.path(), &["--server", &server, "--output", "."]).code(2).stderr(contains("directory"));
}
