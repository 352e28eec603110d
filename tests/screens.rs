//! The whole screen that a beginner sees, for some wrong programs. The folder `screens/` holds the recorded screens; review them like code.
//!
//! `cargo test --test screens a_prefix_comparison` compares one screen. `SOCKSPEC_BLESS=1 cargo test --test screens` records all again.

mod programs;

use assert_cmd::Command;
use predicates::prelude::*;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

programs::tests! {
    a_prefix_comparison,
    stale_bytes_of_the_previous_message,
    a_server_that_reads_lines,
    a_character_that_tcp_cuts("python3")[1 of 3],
    output_that_is_not_flushed("python3")[2 of 3],
    an_unexpected_reset,
    a_port_in_the_wrong_byte_order,
    a_missing_so_reuseaddr,
    a_client_that_sends_lines("python3")[3 of 3],
    a_client_that_sends_its_whole_buffer,
    a_client_killed_by_sigpipe,
    an_unchecked_connect,
}

/// Compares the screen for a program with the recorded one.
#[track_caller]
fn shows(program: &str) {
    let name = program.trim_start_matches("wrong/").rsplit_once('.').expect("an ending").0.replace('/', "-");
    let role = if program.starts_with("wrong/client") { "client" } else { "server" };
    let folder = TempDir::new().expect("a folder");
    let source = programs::folder().join(program);
    // The program gets a plain name, as a beginner would choose.
    let command = if program.ends_with(".c") || program.ends_with(".cpp") {
        std::os::unix::fs::symlink(programs::command(program), folder.path().join(role)).expect("a link");
        format!("./{role}")
    } else {
        let (interpreter, _) =
            programs::command(program).split_once(' ').map(|(tool, rest)| (tool.to_owned(), rest.to_owned())).expect("two words");
        std::os::unix::fs::symlink(interpreter, folder.path().join("python3")).expect("a link");
        fs::copy(source, folder.path().join(format!("{role}.py"))).expect("a copy");
        format!("./python3 {role}.py")
    };
    let check = ["check", &format!("--{role}"), &command, "--jobs", "2"];
    let output = Command::new(env!("CARGO_BIN_EXE_sockspec"))
        .args(check)
        .env_remove("GITHUB_ACTIONS")
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let screen = format!("$ sockspec check --{role} {}\n{}", shell_words::quote(&command), String::from_utf8_lossy(&output.stdout));
    let screen: String = screen.lines().map(|line| without_place_and_time(line) + "\n").collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/screens/{name}.txt"));
    if programs::is_recording() {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, screen).expect("the screen is written");
        return;
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let difference =
        predicates::str::diff(kept).find_case(false, &screen).map(|case| case.products().map(ToString::to_string).collect::<String>());
    assert_eq!(difference, None, "{} is another screen; SOCKSPEC_BLESS=1 cargo test --test screens writes it anew", file.display());
}

/// A line without the place and the time of the run, which differ from machine to machine.
fn without_place_and_time(line: &str) -> String {
    if programs::names_a_place(line) {
        return "in private namespaces, 2 scenarios at a time".into();
    }
    match (line.split_once(" scenarios in "), line.split_once(" s: ")) {
        (Some((count, _)), Some((_, rest))) => format!("{count} scenarios in 0.50 s: {rest}"),
        _ => line.to_owned(),
    }
}

fn a_prefix_comparison() {
    shows("wrong/server/prefix-token.c");
}

fn stale_bytes_of_the_previous_message() {
    shows("wrong/server/stale.c");
}

fn a_server_that_reads_lines() {
    shows("wrong/server/reads-lines.c");
}

fn a_character_that_tcp_cuts() {
    shows("wrong/server/decode-each.py");
}

fn output_that_is_not_flushed() {
    shows("wrong/server/unflushed.py");
}

fn an_unexpected_reset() {
    shows("wrong/server/reset-fails.c");
}

fn a_port_in_the_wrong_byte_order() {
    shows("wrong/server/no-htons.c");
}

fn a_missing_so_reuseaddr() {
    shows("wrong/server/no-reuseaddr.c");
}

fn a_client_that_sends_lines() {
    shows("wrong/client/lines.py");
}

fn a_client_that_sends_its_whole_buffer() {
    shows("wrong/client/whole-buffer.c");
}

fn a_client_killed_by_sigpipe() {
    shows("wrong/client/broken-pipe.c");
}

fn an_unchecked_connect() {
    shows("wrong/client/unchecked-connect.c");
}
