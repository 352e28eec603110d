//! `fuzz` and `explore`. Right programs pass, and each kind of mistake is found and shrunk to a short scenario.
//!
//! `cargo test --test search shrinks` runs the tests about shrinking.

mod programs;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use sockspec::run::search::conversation::{Conversation, Ending, Pacing};
use sockspec::run::search::dialogue::Dialogue;
use sockspec::run::search::fuzz;
use sockspec::spec::dialect::Dialect;
use sockspec::spec::role::Role;
use sockspec::spec::transcript::{Peer, Scenario, Step, Wire};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

programs::tests! {
    a_failure_to_take_part_is_saved_as_a_scenario,
    the_reference_server_passes_random_conversations,
    a_server_with_a_small_buffer_passes_random_conversations,
    the_reference_client_passes_random_conversations,
    the_reference_pair_passes_random_dialogues,
    a_server_that_accepts_a_joined_token_shrinks_to_a_relay_that_joins_it,
    a_client_that_fails_at_the_end_of_its_input_shrinks_to_empty_input,
    a_seed_gives_the_same_dialogues_on_every_machine,
    every_dialogue_can_be_written_as_a_scenario,
    the_reference_server_passes_every_cut_of_tricky_streams,
    the_reference_client_passes_every_cut_of_tricky_input,
    a_prefix_comparison_shrinks_to_one_segment,
    decoding_each_recv_shrinks_to_two_segments,
    fuzz_finds_decoding_of_each_recv("python3"),
    a_byte_lost_in_a_full_buffer_shrinks_to_a_full_buffer,
    stale_bytes_shrink_to_a_longer_and_a_shorter_message,
    a_mishandled_reset_shrinks_to_a_reset_alone,
    splitting_at_unicode_spaces_shrinks_to_one_space("python3"),
    a_failure_that_does_not_repeat_is_reported_as_flaky("python3"),
    the_seed_is_printed_first_and_with_each_failure,
    a_seed_gives_the_same_conversations_on_every_machine,
    shrinking_makes_conversations_smaller_without_empty_pieces,
    explore_lists_every_cut_of_a_stream,
    command_line_mistakes_have_a_clear_message_and_status_2,
    a_finding_says_how_to_replay_it_and_why_the_search_stopped,
    a_finding_without_a_rule_leaves_no_gap,
    a_program_that_takes_no_part_ends_the_search_at_once,
}

const SERVER: &str = env!("CARGO_BIN_EXE_sockspec-server");
const CLIENT: &str = env!("CARGO_BIN_EXE_sockspec-client");

fn sockspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(arguments).env_remove("GITHUB_ACTIONS");
    command
}

/// Fuzzes a program until a conversation fails, and returns the shrunk scenario.
/// With one worker, the first failure of a seed is always the same.
#[track_caller]
fn shrunk(role: &str, command: &str) -> Scenario {
    shrunk_with(&[role, command])
}

/// The same for programs given as options.
#[track_caller]
fn shrunk_with(programs: &[&str]) -> Scenario {
    let folder = TempDir::new().expect("a folder");
    let save = folder.path().join("found").display().to_string();
    let fuzz =
        sockspec(&["fuzz", "--cases", "2000", "--seed", "1", "--jobs", "1", "--save", &save]).args(programs).output().expect("it runs");
    assert_eq!(fuzz.status.code(), Some(1), "{}{}", String::from_utf8_lossy(&fuzz.stdout), String::from_utf8_lossy(&fuzz.stderr));
    // The saved scenario must fail again as a fixture.
    sockspec(&["check", "--fixtures", &save, "seed-1"]).args(programs).assert().code(1).stdout(contains("does not conform"));
    let fixtures = sockspec::spec::fixture::load(Path::new(&save)).unwrap_or_else(|error| panic!("{error}"));
    fixtures.into_iter().map(|fixture| fixture.scenario).min_by_key(|scenario| scenario.to_string().len()).expect("a fixture")
}

/// The pieces that the harness sends or types in a scenario.
fn pieces(scenario: &Scenario) -> Vec<Vec<u8>> {
    let piece = |step: &Step| match step {
        Step::Wire(Peer::Client, Wire::Bytes(bytes) | Wire::Burst(bytes)) if scenario.subject() == Role::Server => Some(bytes.to_vec()),
        Step::Typed(_, bytes) => Some(bytes.to_vec()),
        _ => None,
    };
    scenario.transcript.steps.iter().filter_map(piece).collect()
}

fn a_failure_to_take_part_is_saved_as_a_scenario() {
    let save = TempDir::new().expect("a folder");
    let save = save.path().join("found").display().to_string();
    sockspec(&["fuzz", "--server", "true", "--save", &save]).assert().code(1).stdout(contains("server/listen/first-look"));
    sockspec(&["check", "--server", "true", "--fixtures", &save, "server/listen/first-look"]).assert().code(1).stdout(contains("1 failed"));
}

/// Fixed seeds for CI. Outside of CI, the tests use only a random seed.
fn seeds() -> &'static [&'static str] {
    if programs::is_whole() { &["1", "2"] } else { &[] }
}

fn the_reference_server_passes_random_conversations() {
    for seed in seeds() {
        sockspec(&["fuzz", "--server", SERVER, "--cases", "300", "--seed", seed]).assert().code(0).stdout(contains("300 passed"));
    }
    // A random seed. The output names it if the run fails.
    sockspec(&["fuzz", "--server", SERVER, "--cases", "300"]).assert().code(0).stdout(contains("300 passed"));
}

/// The size of the buffer is a SHOULD, so a server may read a segment of 513 bytes with two recvs.
fn a_server_with_a_small_buffer_passes_random_conversations() {
    let server = programs::command("right/server-small-buffer.c");
    for seed in ["677711082", "1"] {
        sockspec(&["fuzz", "--server", &server, "--cases", "100", "--seed", seed]).assert().code(0).stdout(contains("100 passed"));
    }
}

fn the_reference_client_passes_random_conversations() {
    for seed in seeds() {
        sockspec(&["fuzz", "--client", CLIENT, "--cases", "300", "--seed", seed]).assert().code(0).stdout(contains("300 passed"));
    }
    sockspec(&["fuzz", "--client", CLIENT, "--cases", "300"]).assert().code(0).stdout(contains("300 passed"));
}

fn the_reference_pair_passes_random_dialogues() {
    let seeds = seeds().iter().map(|seed| vec!["--seed", seed]);
    for arguments in seeds.chain([vec![]]) {
        let fuzz = ["fuzz", "--server", SERVER, "--client", CLIENT, "--cases", "300"];
        sockspec(&fuzz).args(arguments).assert().code(0).stdout(contains("300 passed").and(contains("the pair conforms")));
    }
}

fn a_server_that_accepts_a_joined_token_shrinks_to_a_relay_that_joins_it() {
    let server = programs::command("wrong/pair/server-ends-at-glued-token.c");
    let scenario = shrunk_with(&["--server", &server, "--client", CLIENT]);
    assert_eq!(scenario.rule.id, "pair/relay", "{scenario}");
    assert!(scenario.has_relay() && pieces(&scenario).concat().len() <= 8, "{scenario}");
}

fn a_client_that_fails_at_the_end_of_its_input_shrinks_to_empty_input() {
    let client = programs::command("wrong/client/eof-fails.c");
    let scenario = shrunk_with(&["--server", SERVER, "--client", &client]);
    assert_eq!((scenario.rule.id, pieces(&scenario).len()), ("pair/eof", 0), "{scenario}");
}

fn a_seed_gives_the_same_dialogues_on_every_machine() {
    let text = |number| {
        let Dialogue { typed, network, ending, .. } = fuzz::pair_case(1, number, &Arc::default());
        let typed: Vec<String> = typed.iter().map(|piece| sockspec::spec::bytes::Bytes::compact(piece).to_string()).collect();
        format!("{} {network:?} {ending:?}\n", typed.join(" | "))
    };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed-1-pair.txt");
    assert_eq!((0..6).map(text).collect::<String>(), fs::read_to_string(&golden).unwrap_or_default(), "{}", golden.display());
    let many: std::collections::HashSet<_> = (0..500).map(|i| fuzz::pair_case(1, i, &Arc::default())).collect();
    assert!(many.len() > 450, "only {} of 500 dialogues differ", many.len());
}

fn every_dialogue_can_be_written_as_a_scenario() {
    for number in 0..if programs::is_whole() { 500 } else { 50 } {
        let dialogue = fuzz::pair_case(3, number, &Arc::default());
        for dialogue in dialogue.simpler().into_iter().take(20).chain([dialogue]) {
            let scenario = dialogue.scenario(&Dialect::tutorial(), "x".into());
            assert_eq!(Scenario::parse("x", &scenario.to_string()), Ok(scenario), "{dialogue:?}");
        }
    }
}

fn the_reference_server_passes_every_cut_of_tricky_streams() {
    for (stream, cuts) in [
        ("aexit", "16 passed"),
        ("exitexit", "128 passed"),
        ("\"中\\nexit\"", "128 passed"),
        ("\"\\x00exit\\x00\"", "32 passed"),
        ("x", "1 passed"),
    ] {
        sockspec(&["explore", "--server", SERVER, stream]).assert().code(0).stdout(contains(cuts));
    }
}

fn the_reference_client_passes_every_cut_of_tricky_input() {
    for (input, cuts) in [("ab exit c", "256 passed"), ("\"a\\n exit\"", "64 passed"), ("\"\\xe3\\x80\\x80\\x0b!\\n\"", "32 passed")] {
        sockspec(&["explore", "--client", CLIENT, input]).assert().code(0).stdout(contains(cuts));
    }
}

fn a_prefix_comparison_shrinks_to_one_segment() {
    let scenario = shrunk("--server", &programs::command("wrong/server/prefix-token.c"));
    assert_eq!(pieces(&scenario), [b"exita"], "{scenario}");
    assert_eq!(scenario.rule.id, "server/exit-coalesced");
}

fn decoding_each_recv_shrinks_to_two_segments() {
    let scenario = shrunk("--server", &programs::command("wrong/server/cut-character.c"));
    let pieces = pieces(&scenario);
    assert_eq!(pieces.len(), 2, "{scenario}");
    assert!(pieces.concat().len() <= 4 && pieces.concat()[0] >= 0xc2, "{scenario}");
}

fn fuzz_finds_decoding_of_each_recv() {
    let scenario = shrunk("--server", &programs::command("wrong/server/decode-each.py"));
    let all = pieces(&scenario).concat();
    assert!(all.len() <= 2 && !all.is_ascii(), "{scenario}");
    assert_eq!(scenario.rule.id, "server/message-bytes");
}

fn a_byte_lost_in_a_full_buffer_shrinks_to_a_full_buffer() {
    let scenario = shrunk("--server", &programs::command("wrong/server/full-buffer.c"));
    assert!(pieces(&scenario) == [vec![b'a'; 1000]], "{scenario}");
    assert_eq!(scenario.rule.id, "server/stream");
}

fn stale_bytes_shrink_to_a_longer_and_a_shorter_message() {
    let scenario = shrunk("--server", &programs::command("wrong/server/stale.c"));
    let pieces = pieces(&scenario);
    assert!(pieces.len() == 2 && pieces[0].len() == pieces[1].len() + 1, "{scenario}");
}

fn a_mishandled_reset_shrinks_to_a_reset_alone() {
    let scenario = shrunk("--server", &programs::command("wrong/server/reset-fails.c"));
    assert_eq!((pieces(&scenario).len(), scenario.rule.id), (0, "server/reset"), "{scenario}");
}

fn splitting_at_unicode_spaces_shrinks_to_one_space() {
    let scenario = shrunk("--client", &programs::command("wrong/client/unicode-spaces.py"));
    let typed = pieces(&scenario).concat();
    assert!(typed.len() <= 3, "{scenario}");
}

fn a_failure_that_does_not_repeat_is_reported_as_flaky() {
    let folder = TempDir::new().expect("a folder");
    let server = programs::command("sometimes.py");
    let arguments = ["fuzz", "--server", &server, "--cases", "50", "--seed", "1", "--jobs", "1", "--keep-files"];
    sockspec(&arguments).current_dir(folder.path()).assert().code(1).stdout(contains("It does not always go wrong"));
}

fn the_seed_is_printed_first_and_with_each_failure() {
    let server = programs::command("wrong/server/prefix-token.c");
    let line = format!("sockspec fuzz --server {server} --cases 100 --seed 7");
    sockspec(&["fuzz", "--server", &server, "--cases", "100", "--seed", "7"]).assert().code(1).stderr(contains(&line).count(2));
    sockspec(&["fuzz", "--server", SERVER, "--cases", "1", "--seed", "7"]).assert().code(0).stderr(contains("the seed is 7").count(1));
}

/// A report names a seed so that anyone can repeat the search. So a seed must give the recorded conversations on every machine.
fn a_seed_gives_the_same_conversations_on_every_machine() {
    let case = |seed, number, role| {
        let Conversation { pieces, pacing, is_silent, is_timed, ending, .. } = fuzz::case(seed, number, &Arc::default(), role);
        let text = pieces.iter().map(|piece| sockspec::spec::bytes::Bytes::compact(piece).to_string()).collect::<Vec<_>>().join(" | ");
        format!("{text} {pacing:?}{}{} {ending:?}", if is_silent { " silent" } else { "" }, if is_timed { " timed" } else { "" })
    };
    let cases: String = (0..4).flat_map(|i| [case(1, i, Role::Server), case(1, i, Role::Client)]).map(|line| line + "\n").collect();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed-1.txt");
    assert_eq!(cases, fs::read_to_string(&golden).expect("the golden file"), "{}", golden.display());
    let many: std::collections::HashSet<_> = (0..500).map(|i| fuzz::case(1, i, &Arc::default(), Role::Server)).collect();
    assert!(many.len() > 450, "only {} of 500 conversations differ", many.len());
}

fn shrinking_makes_conversations_smaller_without_empty_pieces() {
    let conversation = Conversation {
        course: Arc::default(),
        subject: Role::Server,
        pieces: vec![b"exit\n".to_vec(), b"ab".to_vec()],
        pacing: Pacing::Burst,
        is_silent: true,
        is_timed: false,
        ending: Ending::Reset,
    };
    for simpler in conversation.simpler() {
        assert!(simpler.size() <= conversation.size() || simpler.pieces != conversation.pieces, "{simpler:?}");
        assert!(simpler.pieces.iter().all(|piece| !piece.is_empty()), "{simpler:?}");
    }
}

fn explore_lists_every_cut_of_a_stream() {
    let cuts: std::collections::HashSet<_> =
        (0..8).map(|cuts| Conversation::of_cuts(&Arc::default(), Role::Server, b"exit", cuts).pieces).collect();
    assert_eq!(cuts.len(), 8);
    assert!(cuts.iter().all(|pieces| pieces.concat() == b"exit"));
}

fn command_line_mistakes_have_a_clear_message_and_status_2() {
    let long = "x".repeat(17);
    for (arguments, message) in [
        (vec!["explore", "--server", SERVER, &long], "the stream has 17 bytes; it may have 1 to 16, because n bytes have 2^(n-1) cuts"),
        (vec!["explore", "--server", SERVER, ""], "the stream has 0 bytes"),
        (vec!["explore", "--server", SERVER, "\"abc"], "the closing quote is missing"),
        (vec!["explore", "aexit"], "--server"),
        (vec!["fuzz"], "--server"),
        (vec!["explore", "--server", SERVER, "--client", CLIENT, "aexit"], "cannot be used with"),
        (vec!["fuzz", "--server", SERVER, "--cases", "0"], "--cases"),
        (vec!["fuzz", "--server", SERVER, "--seed", "x"], "--seed"),
        (vec!["fuzz", "--server", "no-such-program"], "does not exist"),
        (vec!["fuzz", "--server", SERVER, "--save", "/proc/no/such"], "nothing can be saved in /proc/no/such"),
    ] {
        sockspec(&arguments).assert().code(2).stderr(contains(message));
    }
}

fn a_finding_says_how_to_replay_it_and_why_the_search_stopped() {
    let folder = TempDir::new().expect("a folder");
    let server = programs::command("wrong/server/prefix-token.c");
    let search = |arguments: &[&str]| {
        let output = sockspec(arguments).args(["--server", &server, "--strict"]).current_dir(folder.path()).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let screen = search(&["fuzz", "--cases", "300", "--seed", "7", "--save", "found"]);
    assert!(screen.contains(" scenarios of 300 in ") && screen.contains("1 failed; a search ends when it has found a failure"), "{screen}");
    let place = screen.split_whitespace().find(|word| word.contains(".transcript:")).expect("a place");
    let file = place.split(':').next().expect("a file");
    assert!(file.starts_with("found/server/") && folder.path().join(file).is_file(), "{place}");
    let again = screen.lines().find_map(|line| line.strip_prefix("  again       sockspec ")).expect("a command");
    assert!(again.starts_with(&format!("check --server {server} --fixtures found --strict server/exit-coalesced/seed-7-case-")), "{again}");
    sockspec(&shell_words::split(again).expect("words").iter().map(String::as_str).collect::<Vec<_>>())
        .current_dir(folder.path())
        .assert()
        .code(1)
        .stdout(contains("0 passed, 1 failed"));
    let screen = search(&["explore", "exita"]);
    assert!(screen.contains(&format!("again       sockspec explore --server {server} --strict exita\n")), "{screen}");
}

fn a_finding_without_a_rule_leaves_no_gap() {
    let gap = contains("\n\n\n").not().and(contains("\n\nthe server conforms"));
    sockspec(&["explore", "--server", SERVER, "aexit"]).assert().code(0).stdout(gap);
}

fn a_program_that_takes_no_part_ends_the_search_at_once() {
    sockspec(&["fuzz", "--server", "true"])
        .assert()
        .code(1)
        .stdout(contains("never served its address").and(contains("exited with status 0")));
}
