//! The command line, as a user meets it.

mod host;
mod programs;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use rustix::fs::{FlockOperation, flock};
use serde_json::Value;
use sockspec::spec::mistake::Mistake;
use sockspec::spec::rule::RULES;
use sockspec::spec::term::Term;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tempfile::TempDir;

// The longest first, so that the others fill the time beside it; those apart that wait for each other, because the host has one port.
programs::tests! {
    a_program_that_stalled_once_is_not_blamed_for_being_slow("python3"),
    a_program_that_stalled_in_one_cut_is_not_blamed_in_another("python3"),
    on_the_host_the_same_is_seen_one_at_a_time_and_the_report_says_so,
    without_a_command_the_reference_pair_is_judged_and_conforms,
    a_right_program_in_another_language_conforms,
    swapped_programs_are_reported,
    a_look_tells_a_server_from_a_client,
    the_only_program_of_a_folder_is_suggested,
    a_lock_that_another_program_holds_is_waited_for,
    a_command_with_a_port_runs_in_parallel_even_on_the_host("python3"),
    a_prefix_comparison_breaks_the_rules_about_near_misses_and_no_other,
    a_known_mistake_is_named_before_its_consequences,
    a_case_is_played_again_with_the_options_that_were_given,
    a_requirement_stands_apart_from_whom_and_how_much_it_binds,
    a_program_behind_a_wrapper_that_starts_others_is_not_taken_to_be_asleep,
    a_failure_tells_the_whole_story,
    a_taken_port_on_the_host_is_nobodys_fault,
    a_program_that_never_listens_is_told_what_it_did_instead("python3"),
    a_program_that_never_connects_passes_nothing,
    a_client_that_connects_elsewhere_is_told_where_and_is_still_a_client("private place"),
    a_wide_listener_passes_with_a_note("python3"),
    should_counts_only_when_it_is_strict("python3"),
    mistakes_in_the_command_line_have_a_clear_message_and_status_2,
    a_suggestion_is_near_or_there_is_none,
    a_run_that_waits_for_another_says_so_and_gives_up,
    options_stand_before_a_command_as_well_as_behind_it,
    a_shells_words_are_words_where_they_are_quoted,
    a_script_whose_interpreter_is_missing_is_told_which("python3"),
    the_conclusion_is_on_the_screen_if_no_report_is,
    the_reference_pair_says_that_it_takes_no_arguments,
    a_mistake_in_a_fixture_is_shown_with_its_place,
    a_port_that_both_sides_have_closed_at_once_is_free_for_the_next_scenario,
    a_fixture_that_is_no_text_is_refused_with_its_place,
    fixtures_of_the_users_own_are_judged_too,
    a_program_that_cannot_be_started_is_not_blamed,
    a_program_that_nothing_can_load_is_not_said_to_be_missing,
    json_is_written_where_it_should_be_and_human_beside_it,
    json_leaves_out_the_tails_of_what_was_seen,
    a_rule_names_its_own_scenarios_only,
    a_pair_is_judged_where_there_are_two_programs,
    a_client_that_spins_at_the_end_of_its_input_breaks_pair_eof_and_no_other_rule_of_the_pair("c++"),
    a_pair_with_a_port_in_one_command_alone_takes_turns("python3"),
    a_client_that_sends_more_than_words_cannot_talk_and_the_pair_is_not_judged("python3"),
    verbose_says_why_a_better_place_is_not_available,
    rules_are_listed_and_explained,
    a_scenario_is_explained_by_the_names_that_a_report_has_for_it,
    a_mistake_is_explained_with_wrong_and_right_code,
    a_term_is_explained_by_each_of_its_names,
    what_no_page_explains_has_a_suggestion,
    every_explanation_fits_the_page,
    a_report_knows_the_language_of_a_program("python3"),
    help_teaches,
    no_line_of_help_is_longer_than_the_terminal,
    the_end_of_a_help_page_is_the_same_on_every_screen,
}

fn sockspec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("GITHUB_ACTIONS").env("PATH", programs::path());
    command
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let output = sockspec(arguments).args(["--report", "json"]).output().expect("it runs");
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().expect("a status"), report)
}

/// The rules of which a case has this verdict.
fn rules_with(report: &Value, verdict: &str) -> Vec<String> {
    let cases = report["cases"].as_array().expect("cases");
    let mut rules: Vec<_> =
        cases.iter().filter(|case| case["verdict"] == verdict).map(|case| case["rule"].as_str().expect("a rule").to_owned()).collect();
    rules.dedup();
    rules
}

fn without_a_command_the_reference_pair_is_judged_and_conforms() {
    let output = contains("the server conforms")
        .and(contains("the client conforms"))
        .and(contains("the pair conforms"))
        .and(contains("\nall 48 rules pass\n"));
    sockspec(&[]).assert().code(0).stdout(output).stderr(is_empty());
}

fn a_right_program_in_another_language_conforms() {
    let (server, client) = (programs::command("right/server.c"), programs::command("right/client.c"));
    let (status, report) = json(&["check", "--server", &server, "--client", &client]);
    assert_eq!((rules_with(&report, "fail"), rules_with(&report, "inconclusive"), status), (vec![], vec![], 0));
}

fn swapped_programs_are_reported() {
    // Many languages say more behind what tells.
    let says = |words: &str| format!("sh -c 'echo \"{words}\" >&2; echo \"    at main\" >&2; exit 1'");
    let [server, client] = ["right/server.c", "right/client.c"].map(programs::command);
    for (role, command, other) in [
        ("server", &client, "client"),
        ("server", &says("Error: connect ECONNREFUSED 127.0.0.1:8023"), "client"),
        ("client", &server, "server"),
        ("client", &says("Error: listen EADDRINUSE: address already in use"), "server"),
    ] {
        let (status, report) = json(&["check", &format!("--{role}"), command]);
        let message = report["cases"][0]["message"].as_str().expect("a message");
        assert!(message.contains(&format!("if it is a {other}, judge it with --{other}")), "{message}");
        assert_eq!(status, 1);
    }
}

fn a_look_tells_a_server_from_a_client() {
    let [server, client] = ["right/server.c", "right/client.c"].map(programs::command);
    for programs in [vec![&*server], vec![&client], vec![&client, &server]] {
        let arguments = [&["check", "/eof"], &programs[..]].concat();
        let (status, report) = json(&arguments);
        let of = |role: &str| report["runs"][0]["programs"].as_array().is_some_and(|all| all.iter().any(|each| each["role"] == role));
        assert_eq!((of("server"), of("client"), status), (programs.contains(&&*server), programs.contains(&&*client), 0), "{report}");
    }
    // A server that listens elsewhere is a server all the same.
    let (status, report) = json(&["check", &programs::command("wrong/server/no-htons.c"), "server/listen"]);
    assert_eq!((rules_with(&report, "fail"), status), (vec!["server/listen".to_owned()], 1), "{report}");
    sockspec(&["check", &server, &server]).assert().code(2).stderr(contains("are both servers: judge one at a time"));
    sockspec(&["check", "--server", &server, &server]).assert().code(2).stderr(contains("are both servers: judge one at a time"));
    sockspec(&["check", &server, "server/listen"]).assert().code(0).stderr(contains("listens: it is a server"));
    sockspec(&["check", &server, "server/listen", "-q"]).assert().code(0).stderr(is_empty());
}

fn the_only_program_of_a_folder_is_suggested() {
    let folder = TempDir::new().expect("a folder");
    let alone = || sockspec(&["--partition", "1/50"]).current_dir(folder.path()).assert().code(0);
    fs::copy(programs::command("right/server.c"), folder.path().join("my server")).expect("a copy");
    fs::write(folder.path().join("server.c"), "").expect("a file");
    alone().stderr(contains("`sockspec check \"'./my server'\"` judges the program in this folder"));
    fs::write(folder.path().join("client.py"), "").expect("a file");
    alone().stderr(is_empty());
    fs::remove_file(folder.path().join("my server")).expect("it was there");
    alone().stderr(contains("`sockspec check 'python3 client.py'` judges the program in this folder"));
}

fn a_lock_that_another_program_holds_is_waited_for() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("lock");
    let lock = fs::File::create(&path).expect("a file");
    flock(&lock, FlockOperation::LockExclusive).expect("nobody else has it");
    let server = format!("flock {} {}", path.display(), env!("CARGO_BIN_EXE_sockspec-server"));
    let (status, report) = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            flock(&lock, FlockOperation::Unlock).expect("it was held");
        });
        json(&["check", "--server", &server, "--jobs", "1", "server/listen"])
    });
    assert_eq!(status, 0, "{report}");
}

/// A server that takes its time at the end of the stream, and hangs there under this condition.
fn slow_server(hangs: &str) -> String {
    format!(
        "python3 -c \"import socket, time
c = socket.create_server(('127.0.0.1', 8023)).accept()[0]
print('客户端成功连接', flush=True)
heard = []
while (data := c.recv(1000)) not in (b'', b'exit'):
    heard.append(data)
    print('收到客户端信息：' + data.decode(), flush=True)
time.sleep(600 if {hangs} else 0.5)\""
    )
}

fn a_program_that_stalled_once_is_not_blamed_for_being_slow() {
    // The suspicion comes from the first look, or from a scenario.
    let first_look = ("not heard", "server/eof/at-once");
    let scenario = ("heard == [b'a']", "server/eof/after-one-byte");
    let all = [(first_look, "1"), (first_look, "2"), (scenario, "1"), (scenario, "2")];
    for ((hangs, guilty), jobs) in programs::todays_share(all, all.len()) {
        let (_, report) = json(&["check", "--server", &slow_server(hangs), "--timeout", "1s", "--jobs", jobs, "server/eof"]);
        let failed = report["cases"].as_array().expect("cases").iter().filter(|case| case["verdict"] == "fail");
        assert_eq!(failed.map(|case| &case["id"]).collect::<Vec<_>>(), [guilty], "{report}");
    }
}

fn a_program_that_stalled_in_one_cut_is_not_blamed_in_another() {
    // Whatever is found is right when it is played again.
    let (status, report) = json(&["explore", "--server", &slow_server("not heard"), "--timeout", "1s", "ab"]);
    assert_eq!((rules_with(&report, "fail"), status), (Vec::<String>::new(), 0), "{report}");
}

fn a_prefix_comparison_breaks_the_rules_about_near_misses_and_no_other() {
    let (status, report) = json(&["check", "--server", &programs::command("wrong/server/prefix-token.c")]);
    assert_eq!(rules_with(&report, "fail"), ["server/exit-exact", "server/exit-coalesced"]);
    assert_eq!((rules_with(&report, "inconclusive"), status), (vec![], 1));
}

fn a_known_mistake_is_named_before_its_consequences() {
    let server = programs::command("wrong/server/reads-lines.c");
    let (_, report) = json(&["check", "--server", &server]);
    let diagnoses = report["diagnoses"].as_array().expect("diagnoses");
    assert_eq!((diagnoses.len(), &diagnoses[0]["mistakes"][0]["name"]), (1, &"server/reads-lines".into()));
    assert_eq!(diagnoses[0]["explained"], diagnoses[0]["failures"]);
    // One problem, told once: its consequences are no problems of their own.
    let story =
        contains("\nYour server reads lines").and(contains("more     sockspec explain reads-lines")).and(contains("other problem").not());
    sockspec(&["check", "--server", &server]).assert().code(1).stdout(story);
    let whole = contains("FAIL  server/message-coalesced/").and(contains("\n  seen\n").count(1));
    sockspec(&["check", "--server", &server, "--all"]).assert().code(1).stdout(whole);
    let page = contains("known mistakes").and(contains("reads-lines: it reads lines"));
    sockspec(&["explain", "server/message-split"]).assert().code(0).stdout(page);
}

fn a_case_is_played_again_with_the_options_that_were_given() {
    let server = programs::command("wrong/server/prefix-token.c");
    let options = ["--limit", "processes=99", "--timeout", "1s500ms", "--strict"];
    let again = format!("again    sockspec check --server {server} {} server/exit-exact/", options.join(" "));
    sockspec(&["check", "--server", &server, "server/exit-exact"]).args(options).assert().code(1).stdout(contains(again));
}

fn a_requirement_stands_apart_from_whom_and_how_much_it_binds() {
    sockspec(&["explain", "server/exit-exact"])
        .assert()
        .code(0)
        .stdout(contains("MUST        server: prints text that only resembles `exit`"));
    let story = contains("  server MUST: prints text that only resembles `exit`");
    let server = programs::command("wrong/server/prefix-token.c");
    sockspec(&["check", "--server", &server, "server/exit-exact", "--all"]).assert().code(1).stdout(story);
}

fn a_program_behind_a_wrapper_that_starts_others_is_not_taken_to_be_asleep() {
    let server = format!("{} {}", programs::command("wrapper.sh"), env!("CARGO_BIN_EXE_sockspec-server"));
    let client = format!("{} {}", programs::command("wrapper.sh"), env!("CARGO_BIN_EXE_sockspec-client"));
    let all = ["message", "word", "exit"];
    let played: Vec<&str> = programs::todays_share(all, all.len()).collect();
    let (status, report) = json(&[&["check", "--server", &server, "--client", &client][..], &played].concat());
    assert_eq!((rules_with(&report, "fail"), rules_with(&report, "inconclusive"), status), (vec![], vec![], 0));
}

fn a_failure_tells_the_whole_story() {
    let server = programs::command("wrong/server/prefix-token.c");
    let story = contains("FAIL  server/exit-exact/")
        .and(contains("fixtures/server/exit-exact/"))
        .and(contains("> server> \"收到客户端信息："))
        .and(contains("  change   Use strcmp, which compares all bytes."))
        .and(contains(format!("again       sockspec check --server {server} server/exit-exact/")));
    sockspec(&["check", "--server", &server, "exit-exact", "--all"]).assert().code(1).stdout(story);
}

fn a_program_that_never_listens_is_told_what_it_did_instead() {
    for (server, what) in [
        ("true", "exited with status 0"),
        ("false", "exited with status 1"),
        ("cat", "it is asleep in read"),
        (
            "python3 -c 'import socket; s = socket.create_server((\"0.0.0.0\", 8080)); s.accept()'",
            "it listens on 0.0.0.0:8080, expected 127.0.0.1:8023",
        ),
        (
            "python3 -c 'import socket; s = socket.create_server((\"::\", 8023), family=socket.AF_INET6); s.accept()'",
            "it listens on [::]:8023, for IPv6 only (IPV6_V6ONLY), expected 127.0.0.1:8023",
        ),
        ("sh -c 'echo usage: server PORT >&2; exit 2'", "if it takes its address as arguments, {host}, {port} and {addr} in the command"),
        ("python3 -c 'import signal; print(1, flush=True); signal.pause()'", "it does not listen on 127.0.0.1:8023"),
        ("python3 -c 'import os; os.abort()'", "was killed by SIGABRT"),
    ] {
        let (status, report) = json(&["check", "--server", server]);
        assert_eq!(rules_with(&report, "pass"), Vec::<String>::new(), "{server}");
        assert_eq!((rules_with(&report, "fail"), status), (vec!["server/listen".to_owned()], 1), "{server}");
        let message = report["cases"][0]["message"].as_str().expect("a message").to_owned();
        // On the machine's own loopback the other listeners are not the subject's.
        let is_shared = report["summary"]["place"].as_str().expect("a place").starts_with("on this machine's own");
        assert!(message.contains(what) || is_shared && what.contains("it listens on"), "{server}: {message}");
    }
}

fn a_program_that_never_connects_passes_nothing() {
    for client in ["true", "cat", "echo 连接服务器成功！"] {
        let (status, report) = json(&["check", "--client", client]);
        assert_eq!(
            (rules_with(&report, "pass"), rules_with(&report, "fail"), status),
            (vec![], vec!["client/connect".to_owned()], 1),
            "{client}"
        );
    }
}

fn a_client_that_connects_elsewhere_is_told_where_and_is_still_a_client() {
    let client = programs::command("wrong/client/port-byte-order.c");
    let (_, report) = json(&["check", "--client", &client, "client/connect"]);
    let message = "it did not connect; the client exited with status 1 (it tried to connect to 127.0.0.1:22303, expected 127.0.0.1:8023)";
    assert_eq!(report["cases"][0]["message"], message, "{report}");
    sockspec(&["check", &client, "client/connect"]).assert().code(1).stderr(contains("connects: it is a client"));
}

fn a_wide_listener_passes_with_a_note() {
    let server =
        "python3 -c 'import socket; s = socket.create_server((\"0.0.0.0\", 8023)); s.accept()[0].recv(1); print(\"客户端成功连接\")'";
    let (status, report) = json(&["check", "--server", server, "server/listen/serves-its-address"]);
    assert_eq!((status, &report["cases"][0]["verdict"]), (0, &"pass".into()));
    assert!(report["cases"][0]["notes"].to_string().contains("it listens on 0.0.0.0:8023, which serves 127.0.0.1 too"), "{report}");
}

fn should_counts_only_when_it_is_strict() {
    let server = "python3 -c 'import socket; s = socket.create_server((\"127.0.0.1\", 8023), reuse_port=False); c = s.accept()[0]; print(\"客户端成功连接\"); c.recv(1)'";
    let arguments = ["check", "--server", server, "server/greeting-prompt/before-the-end"];
    sockspec(&arguments).assert().code(0).stdout(contains("the server conforms; warnings: server/greeting-prompt"));
    sockspec(&arguments).arg("--strict").assert().code(1);
}

fn mistakes_in_the_command_line_have_a_clear_message_and_status_2() {
    let folder = TempDir::new().expect("a folder");
    let plain = folder.path().join("plain");
    fs::write(&plain, "int main() {}").expect("a file");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).expect("permissions");
    let plain = plain.display().to_string();
    let [spaced, source] = ["my server", "server.c"].map(|name| folder.path().join(name).display().to_string());
    fs::copy(&plain, &spaced).expect("a copy");
    fs::copy(&plain, &source).expect("a copy");
    let quoted = format!("put it in quotes, as in \"'{spaced}'\"");
    let folder_name = folder.path().display().to_string();
    for (arguments, message) in [
        (vec!["check"], "nothing to judge: name a program, as in `sockspec check ./a.out`"),
        (vec!["check", "--server", "no-such-program"], "--server: the command `no-such-program` does not exist"),
        (vec!["check", "--server", "/no/such/program"], "the command `/no/such/program` does not exist"),
        (vec!["check", "--client", &plain], "may not be run: give it permission with chmod +x"),
        (vec!["check", "--server", &spaced], &quoted),
        (vec!["check", "--server", &source], "may not be run: it is source code; compile it, and name the program that comes out"),
        (vec!["check", "--client", &folder_name], "may not be run: it is a folder"),
        (vec!["check", "--server", ""], "--server: the command is empty"),
        (vec!["check", "--server", "   "], "--server: the command is empty"),
        (vec!["check", "--server", "'true"], "a quotation mark without its partner"),
        (vec!["check", "--server", "true {prot}"], "`{prot}` in the command is not known"),
        (vec!["check", "--server", "true {port"], "a `{` in the command has no `}`"),
        (vec!["check", "--server", "true", "exit-splt"], "no scenario is named `exit-splt`, did you mean `server/exit-split`?"),
        (vec!["check", "--server", "true", "client/eof"], "no scenario is selected: the filter is about the client"),
        (vec!["check", "--server", "true", "--report", "jsno"], "the formats are human, brief, json"),
        (vec!["check", "--server", "true", "--report", "jsno"], "did you mean `json`?"),
        (vec!["check", "--server", "true", "--report", "json="], "the path is missing"),
        (
            vec!["check", "--server", "true", "--report", "json=/no/such/folder/x.json"],
            "the report cannot be written to /no/such/folder/x.json",
        ),
        (vec!["check", "--server", "true", "--report", "json", "--report", "human"], "only one report can go to stdout"),
        (vec!["check", "--server", "true", "--report", "json=-", "--report", "human"], "only one report can go to stdout"),
        (vec!["check", "--server", "true", "--fixtures", "/no/such/folder"], "--fixtures: there is no folder /no/such/folder"),
        (vec!["check", "--server", "true", "--fixtures", &folder_name], "there is no file in it whose name ends with .transcript"),
        (vec!["check", "--server", "true", "--timeout", "soon"], "write it as 5s or 800ms"),
        (vec!["check", "--server", "true", "--jobs", "0"], "--jobs"),
        (vec!["check", "--sever", "true"], "--server"),
        (vec!["check", "--server", "./a && ls"], "no shell reads the command, and `&&` would be nothing but a word"),
        (vec!["check", "--server", "./a && ls"], "write \"sh -c './a && ls'\""),
        (vec!["check", "--server", "./a 2>/dev/null"], "`2>/dev/null` would be"),
        (vec!["check", "--server", "./a; ls"], "`./a;` would be"),
        (vec!["check", "--server", "./a | tee log"], "`|` would be"),
        (vec!["check", "--server", "cd d && ./a"], "or directory = … in sockspec.toml"),
        (vec!["check", "--server", "cd d"], "the command `cd` does not exist: no shell reads this; write directory = …"),
        (vec!["check", "--server", "~/a"], "the command `~/a` does not exist: no shell reads this"),
        (vec!["check", "--server", "$PWD/a"], "the command `$PWD/a` does not exist: no shell reads this"),
        (vec!["check", "--server", "PORT=1 ./a"], "the command `PORT=1` does not exist: no shell reads this"),
        (vec!["check"], "write it into sockspec.toml"),
        (vec!["check", &plain], "may not be run: give it permission with chmod +x"),
        (vec!["check", "--server", "true", &plain], "may not be run: give it permission with chmod +x"),
        (vec!["check", "--server", "true", "--client", "true", "./a"], "name one program, or a server and its client"),
        (vec!["check", "--subject", "me", "./a"], "--subject already names the program to judge: leave `./a` out"),
        (vec!["check", "true 1"], "`true 1` neither listens nor connects, so say what it is: --server 'true 1' or --client 'true 1'"),
        (vec![&plain], "to judge a program, write sockspec check"),
        (vec!["check", "--server", "true", "--report", "json=x", "--report", "junit=./x"], "/x: give each a path of its own"),
        (vec!["fuzz", "--server", "true", "--cases", "0"], "it is a number, at least 1"),
        (
            vec!["merge", "--strict", "x.json"],
            "--strict does nothing here: it is an option of check, class, watch, fuzz, explore; a merged report",
        ),
        (vec!["--jobs", "1", "list"], "--jobs does nothing here: it is an option of check, class, watch, fuzz, explore"),
        (vec!["fuzz", "--server", "true", "--fixtures", "."], "--fixtures does nothing here: it is an option of check"),
        (
            vec!["explain", "server/exit-splitt"],
            "there is no rule, scenario, mistake or term `server/exit-splitt`, did you mean `server/exit-split`?",
        ),
        (vec!["frobnicate"], "frobnicate"),
    ] {
        sockspec(&arguments).assert().code(2).stderr(starts_with("error: ").and(contains(message))).stdout(is_empty());
    }
}

fn a_suggestion_is_near_or_there_is_none() {
    for (word, message) in [
        ("nope", "no scenario is named `nope` ("),
        ("server/xyz", "no scenario is named `server/xyz` ("),
        ("server/exit-exact/one-byte-moer", "did you mean `server/exit-exact/one-byte-more`?"),
        ("sevrer/eof", "did you mean `server/eof`?"),
    ] {
        sockspec(&["list", word]).assert().code(2).stderr(contains(message));
    }
}

fn options_stand_before_a_command_as_well_as_behind_it() {
    let server = env!("CARGO_BIN_EXE_sockspec-server");
    let before = ["--jobs", "1", "--quiet", "--report", "human", "check", "--server", server, "server/eof/at-once"];
    sockspec(&before).assert().code(0).stdout(starts_with("the server conforms"));
    // What stands nearer to the command counts.
    let both = ["--report", "tap", "check", "--server", server, "server/eof/at-once", "--report", "human"];
    sockspec(&both).assert().code(0).stdout(starts_with("sockspec 0."));
    sockspec(&["explain", "--help"]).assert().code(0).stdout(contains("--jobs").not().and(contains("--fixtures")));
}

fn a_shells_words_are_words_where_they_are_quoted() {
    let server = format!("sh -c '{} 2>&1 && true; true' '&&' \\; '<'", env!("CARGO_BIN_EXE_sockspec-server"));
    sockspec(&["check", "--server", &server, "server/eof/at-once"]).assert().code(0);
}

fn a_script_whose_interpreter_is_missing_is_told_which() {
    let folder = TempDir::new().expect("a folder");
    let script = folder.path().join("script");
    for (first, message) in [
        ("#!/no/such/python3 -u\n", "its first line asks for `/no/such/python3`"),
        ("#!/bin/sh\r\n", "its first line asks for `/bin/sh\\r` (the file has the line ends of Windows)"),
    ] {
        fs::write(&script, first).expect("a file");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("permissions");
        sockspec(&["check", "--server", &script.display().to_string()]).assert().code(2).stderr(contains(message));
    }
}

fn the_conclusion_is_on_the_screen_if_no_report_is() {
    let folder = TempDir::new().expect("a folder");
    let report = format!("json={}", folder.path().join("result.json").display());
    let check = ["check", "--server", "true", "server/listen", "--report", &report];
    let end = contains("the server does not conform: server/listen").and(contains(" scenarios in "));
    sockspec(&check).assert().code(1).stdout(is_empty()).stderr(end);
    sockspec(&check).arg("--quiet").assert().code(1).stdout(is_empty()).stderr(is_empty());
    sockspec(&["check", "--server", "true", "server/listen", "--report", "json"]).assert().code(1).stderr(is_empty());
    let full = ["check", "--server", "true", "server/listen", "--report", "json=/dev/full"];
    sockspec(&full).assert().code(3).stderr(contains("the report cannot be written to /dev/full: No space left"));
}

fn the_reference_pair_says_that_it_takes_no_arguments() {
    for program in [env!("CARGO_BIN_EXE_sockspec-server"), env!("CARGO_BIN_EXE_sockspec-client")] {
        let run = |argument: &str| Command::new(program).arg(argument).assert().stdout(is_empty()).stderr(contains("takes no arguments"));
        run("--help").code(0);
        run("8023").code(2);
    }
}

fn a_mistake_in_a_fixture_is_shown_with_its_place() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("mine.transcript");
    fs::write(&file, "title: x\nrule: server/eof\n\nclient: conect\n").expect("a file");
    let place = format!("error: {}:4:9: expected connect", file.display());
    sockspec(&["check", "--server", "true", "--fixtures", &folder.path().display().to_string()])
        .assert()
        .code(2)
        .stderr(starts_with(place));
}

fn a_fixture_that_is_no_text_is_refused_with_its_place() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("mine.transcript");
    fs::write(&file, b"title: x\nrule: server/eof\n\nclient: \"\xe4\xb8\xad\xff\"\n").expect("a file");
    let place = format!("error: {}:4:11: the byte \\xff does not belong here: a scenario is UTF-8, and \\xHH in quotes", file.display());
    sockspec(&["check", "--server", "true", "--fixtures", &folder.path().display().to_string()])
        .assert()
        .code(2)
        .stderr(starts_with(place));
}

fn fixtures_of_the_users_own_are_judged_too() {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("course")).expect("a folder");
    let text = "title: mine\nrule: server/message\n\nclient: connect\nserver> \"客户端成功连接\\n\"\nclient: \"hi\"\nserver> \"收到客户端信息：ho\\n\"\nclient: fin\nserver exits 0\n";
    fs::write(folder.path().join("course/mine.transcript"), text).expect("a file");
    let arguments =
        ["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "--fixtures", &folder.path().display().to_string(), "course/mine"];
    let (status, report) = json(&arguments);
    assert_eq!((status, &report["cases"][0]["id"]), (1, &"course/mine".into()));
    assert_eq!(report["cases"][0]["message"], "it printed \"收到客户端信息：hi\\n\" where \"收到客户端信息：ho\\n\" was expected");
}

fn a_program_that_cannot_be_started_is_not_blamed() {
    let folder = TempDir::new().expect("a folder");
    let script = folder.path().join("script");
    fs::write(&script, "no first line with an interpreter\n").expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("permissions");
    let (status, report) = json(&["check", "--server", &script.display().to_string(), "server/eof"]);
    assert_eq!((status, rules_with(&report, "inconclusive")), (3, vec!["server/eof".to_owned()]));
    assert!(report["cases"][0]["message"].as_str().expect("a message").contains("a script needs a first line"), "{report}");
}

fn a_program_that_nothing_can_load_is_not_said_to_be_missing() {
    let folder = TempDir::new().expect("a folder");
    let (source, program) = (folder.path().join("empty.c"), folder.path().join("a.out"));
    fs::write(&source, "int main(void) { return 0; }\n").expect("a file");
    let loader = "-Wl,--dynamic-linker=/no/such/loader";
    Command::new("cc").arg(loader).arg("-o").args([&program, &source]).assert().code(0);
    let (status, report) = json(&["check", "--server", &program.display().to_string(), "server/eof/at-once"]);
    let message = report["cases"][0]["message"].as_str().expect("a message");
    assert!(status == 3 && message.contains("the file is there, and what loads it is not"), "{report}");
}

fn json_leaves_out_the_tails_of_what_was_seen() {
    let server = programs::command("byte-by-byte.c");
    let (status, report) = json(&["check", "--server", &server, "server/stream/64-kib"]);
    let case = &report["cases"][0];
    let seen = case["seen"].as_str().expect("what was seen");
    assert!(seen.len() < 200_000 && seen.ends_with("server exits 0\n"), "{} bytes", seen.len());
    let remarks = case["remarks"].as_array().expect("remarks");
    assert!(remarks.iter().any(|remark| remark.as_str().is_some_and(|text| text.ends_with("left out of this report"))), "{remarks:?}");
    assert_eq!(status, 0, "{}", case["message"]);
}

fn json_is_written_where_it_should_be_and_human_beside_it() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("result.json");
    let destination = format!("json={}", path.display());
    sockspec(&["--report", "human", "--report", &destination]).assert().code(0).stdout(contains("the server conforms"));
    let report: Value = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    let cases = report["cases"].as_array().expect("cases");
    assert_eq!(report["summary"]["total"], cases.len());
    for case in cases {
        for key in ["id", "rule", "level", "verdict", "message", "seconds"] {
            assert!(case.get(key).is_some(), "{key}: {case}");
        }
    }
}

fn a_rule_names_its_own_scenarios_only() {
    let (_, report) = json(&["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "server/message"]);
    assert_eq!(rules_with(&report, "pass"), ["server/message"]);
}

fn on_the_host_the_same_is_seen_one_at_a_time_and_the_report_says_so() {
    let _turn = host::Port::take();
    let arguments = [
        "check",
        "--server",
        env!("CARGO_BIN_EXE_sockspec-server"),
        "--client",
        env!("CARGO_BIN_EXE_sockspec-client"),
        "--isolation",
        "none",
    ];
    // What needs two loopbacks cannot be judged there, and that is said.
    let unjudged = "a relay needs two loopbacks, and here is only the machine's own";
    let output =
        contains("on this machine's own 127.0.0.1, one scenario at a time").and(contains("the server conforms")).and(contains(unjudged));
    sockspec(&arguments).assert().code(3).stdout(output.and(contains("2 not judged: a relay needs two loopbacks")));
}

fn a_pair_is_judged_where_there_are_two_programs() {
    let server = env!("CARGO_BIN_EXE_sockspec-server");
    let (_, report) = json(&["check", "--server", server]);
    assert!(!rules_with(&report, "pass").iter().any(|rule| rule.starts_with("pair/")), "{report}");
    let missing = "no scenario is selected: the filter is about the pair, and there is no --client CMD";
    sockspec(&["check", "--server", server, "pair/eof"]).assert().code(2).stderr(contains(missing));
    sockspec(&["explain", "pair/eof"])
        .assert()
        .code(0)
        .stdout(contains("pair: ends at the end of input").and(contains("pair/eof/at-once")));
}

fn a_client_that_spins_at_the_end_of_its_input_breaks_pair_eof_and_no_other_rule_of_the_pair() {
    let client = programs::command("wrong/client/spins-at-eof.cpp");
    let (status, report) = json(&["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "--client", &client, "eof", "pair/"]);
    assert_eq!((rules_with(&report, "fail"), status), (vec!["client/eof".to_owned(), "pair/eof".to_owned()], 1));
    assert_eq!(rules_with(&report, "inconclusive"), Vec::<String>::new());
}

fn a_pair_with_a_port_in_one_command_alone_takes_turns() {
    let _turn = host::Port::take();
    let server = format!("{} {{port}}", programs::command("port.py"));
    let client = env!("CARGO_BIN_EXE_sockspec-client");
    let (status, report) =
        json(&["check", "--server", &server, "--client", client, "--isolation", "none", "pair/conversation", "pair/eof"]);
    assert_eq!((status, rules_with(&report, "fail")), (0, vec![]), "{report}");
    assert_eq!(report["summary"]["place"], "on this machine's own 127.0.0.1, one scenario at a time");
}

fn a_client_that_sends_more_than_words_cannot_talk_and_the_pair_is_not_judged() {
    let client = programs::command("wrong/client/lines.py");
    let (status, report) = json(&["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "--client", &client, "pair/conversation"]);
    assert_eq!((status, rules_with(&report, "inconclusive")), (3, vec!["pair/conversation".to_owned()]));
    assert_eq!(report["cases"][0]["message"], "not judged: client/word failed");
}

fn a_command_with_a_port_runs_in_parallel_even_on_the_host() {
    let server = format!("{} {{port}}", programs::command("port.py"));
    let (status, report) = json(&[
        "check",
        "--server",
        &server,
        "--isolation",
        "none",
        "--jobs",
        "3",
        "server/message",
        "server/restart",
        "server/address-in-use",
    ]);
    assert_eq!((status, rules_with(&report, "fail")), (0, vec![]), "{report}");
    assert_eq!(report["summary"]["place"], "on this machine's own 127.0.0.1, 3 scenarios at a time");
    // In a namespace the port is the tutorial's.
    let (status, _) = json(&["check", "--server", &server, "server/message"]);
    assert_eq!(status, 0);
}

fn a_taken_port_on_the_host_is_nobodys_fault() {
    let _turn = host::Port::take();
    // Another program may hold the port, and let it go in the midst of this: so it is held here, as soon as it can be had.
    let _holder = loop {
        match std::net::TcpListener::bind(("127.0.0.1", 8023)) {
            Ok(holder) => break holder,
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let arguments = ["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "--isolation", "none", "server/eof/at-once"];
    let (status, report) = json(&arguments);
    assert_eq!((status, rules_with(&report, "inconclusive")), (3, vec!["server/eof".to_owned()]));
    assert!(report["cases"][0]["message"].as_str().expect("a message").contains("port 8023 is taken by another program"), "{report}");
    // Nothing was seen of the two, where the filter leaves only what is about both.
    let client = ["--client", env!("CARGO_BIN_EXE_sockspec-client"), "pair/conversation"];
    sockspec(&[&arguments[..5], &client[..]].concat()).assert().code(3).stdout(contains("conforms").not());
}

fn a_run_that_waits_for_another_says_so_and_gives_up() {
    let _turn = host::Port::take();
    let check = ["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "--isolation", "none", "server/eof/at-once"];
    // It holds the port's name for as long as it lives, which is until this ends.
    let mut holder = std::process::Command::new(env!("CARGO_BIN_EXE_sockspec"))
        .args(["check", "--server", "sleep 600", "--isolation", "none", "--timeout", "1h", "server/eof/at-once"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    let is_held = || fs::read_to_string("/proc/net/unix").expect("a list").contains("@sockspec-8023");
    while !is_held() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let waits = contains(format!("waiting for another run of sockspec that uses port 8023 (process {}: ", holder.id()));
    let gives_up = contains("which did not end for").and(contains("end it, or try again later"));
    sockspec(&check).args(["--timeout", "30ms"]).assert().code(3).stderr(waits.and(gives_up)).stdout(is_empty());
    holder.kill().expect("it is there");
    holder.wait().expect("it is there");
    sockspec(&check).assert().code(0).stderr(is_empty());
}

fn a_port_that_both_sides_have_closed_at_once_is_free_for_the_next_scenario() {
    let _turn = host::Port::take();
    let (both, client) = (programs::command("closes-both.c"), env!("CARGO_BIN_EXE_sockspec-client"));
    json(&["check", "--server", &both, "--client", client, "--isolation", "none", "pair/eof/at-once"]);
    // Without SO_REUSEADDR it cannot listen while the system keeps the port.
    let server = programs::command("wrong/server/no-reuseaddr.c");
    let (status, report) = json(&["check", "--server", &server, "--isolation", "none", "server/message/one-word"]);
    assert_eq!((status, rules_with(&report, "inconclusive")), (0, vec![]), "{report}");
}

fn verbose_says_why_a_better_place_is_not_available() {
    let without = programs::command("without.c");
    let (no_unshare, no_seccomp) = (format!("call:{}:1", libc::SYS_unshare), format!("call:{}:38", libc::SYS_seccomp));
    let run = |words: &[&str]| {
        let check = ["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "server/eof/at-once"];
        let output = std::process::Command::new(&without).args(words).args(check).output().expect("it starts");
        (output.status.code(), String::from_utf8(output.stdout).expect("text"), String::from_utf8(output.stderr).expect("text"))
    };
    let program = env!("CARGO_BIN_EXE_sockspec");
    let why = "(--isolation namespace is not available: unshare: Operation not permitted (os error 1))";
    let (status, short, _) = run(&[&no_unshare, program]);
    assert!(status == Some(0) && short.contains("at private addresses in place of 127.0.0.1") && !short.contains(why), "{short}");
    let (status, long, _) = run(&[&no_unshare, program, "--verbose"]);
    assert!(status == Some(0) && long.contains(why), "{long}");
    let (_, report, _) = run(&[&no_unshare, program, "--report", "json"]);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["runs"][0]["denied"][0]["isolation"], "namespace");
    // What was asked for and is not to be had is no reason to judge elsewhere.
    let (status, screen, said) = run(&[&no_unshare, program, "--isolation", "network"]);
    assert!(status == Some(3) && screen.is_empty() && said.contains("--isolation network: unshare: Operation not permitted"), "{said}");
    let (status, _, said) = run(&[&no_seccomp, program, "--isolation", "address"]);
    assert!(status == Some(3) && said.contains("--isolation address: seccomp: Function not implemented"), "{said}");
}

fn rules_are_listed_and_explained() {
    sockspec(&["list"]).assert().code(0).stdout(contains("server/exit-split").and(contains("client/nul")).and(contains("SHOULD")));
    let page =
        contains("does not end when `ex` and `it` arrive").and(contains("what to do")).and(contains("server/exit-split/in-the-middle"));
    sockspec(&["explain", "server/exit-split"]).assert().code(0).stdout(page);
}

fn a_scenario_is_explained_by_the_names_that_a_report_has_for_it() {
    let page = || {
        contains("rule        server/exit-exact\nMUST        server: prints text that only resembles")
            .and(contains("fixtures/server/exit-exact/one-byte-more.transcript, built into sockspec"))
            .and(contains("\n   8  server> \"收到客户端信息：exits\\n\"\n"))
    };
    for name in ["server/exit-exact/one-byte-more", "fixtures/server/exit-exact/one-byte-more.transcript:8"] {
        sockspec(&["explain", name]).assert().code(0).stdout(page());
    }
    let folder = TempDir::new().expect("a folder");
    let own = folder.path().display().to_string();
    sockspec(&["new-fixture", "server/eof", "mine", "--fixtures", &own]).assert().code(0);
    let page = contains(format!("file        {own}/server/eof/mine.transcript\n"));
    sockspec(&["explain", "server/eof/mine", "--fixtures", &own]).assert().code(0).stdout(page);
    sockspec(&["help", "new-fixture"]).assert().code(0).stdout(contains("The notation, a step a line:"));
}

fn a_mistake_is_explained_with_wrong_and_right_code() {
    let page = || {
        contains("server/no-htons\n\nmistake     The server writes its port without htons")
            .and(contains("what to do  Write sin_port = htons(8023)."))
            .and(contains("rule        server/listen\nMUST        server: accepts connections on 127.0.0.1:8023"))
            .and(contains("\nwrong (C)\n    "))
            .and(contains("\nright (C)\n    "))
    };
    for name in ["no-htons", "server/no-htons", "NO-HTONS"] {
        sockspec(&["explain", name]).assert().code(0).stdout(page());
    }
    let both = starts_with("client/prefix-token\n").and(contains("\n\nserver/prefix-token\n"));
    sockspec(&["explain", "prefix-token"]).assert().code(0).stdout(both);
    let one = starts_with("server/prefix-token\n").and(contains("client/prefix-token").not());
    sockspec(&["explain", "server/prefix-token"]).assert().code(0).stdout(one);
}

fn a_term_is_explained_by_each_of_its_names() {
    for (name, begin) in [
        ("FIN", "FIN\n\nA FIN is what TCP sends"),
        ("fin", "FIN\n\nA FIN is what TCP sends"),
        ("end of stream", "FIN\n\nA FIN is what TCP sends"),
        ("RST", "reset\n\nA reset is a sudden end"),
        ("time_wait", "TIME_WAIT\n\n"),
        ("OPEN", "inconclusive\n\n"),
        // A term, and not the rule with the same ending.
        ("eof", "EOF\n\nEOF means the end"),
        ("server/eof", "server/eof\n\nMUST        server: "),
    ] {
        sockspec(&["explain", name]).assert().code(0).stdout(starts_with(begin));
    }
    let page = starts_with("byte order\n").and(contains("\nsee         server/listen, server/no-htons"));
    sockspec(&["explain", "byte", "order"]).assert().code(0).stdout(page);
}

fn what_no_page_explains_has_a_suggestion() {
    for (name, hint) in [
        ("tokn", ", did you mean `token`?"),
        ("time_wiat", ", did you mean `TIME_WAIT`?"),
        ("prefix-tokn", ", did you mean `client/prefix-token`?"),
        ("exit-splt", ", did you mean `server/exit-split`?"),
        ("server/exit-exact/one-byte-moer", ", did you mean `server/exit-exact/one-byte-more`?"),
        ("quantum", " ("),
    ] {
        let message = format!("there is no rule, scenario, mistake or term `{name}`{hint}");
        sockspec(&["explain", name]).assert().code(2).stderr(contains(message)).stdout(is_empty());
    }
}

fn every_explanation_fits_the_page() {
    let page = |name: &str| {
        let output = sockspec(&["explain", name]).output().expect("it runs");
        assert!(output.status.success() && output.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let rules = RULES.iter().map(|rule| rule.id);
    let mistakes = Mistake::known().iter().flat_map(|mistake| [mistake.name.as_str(), mistake.short_name()]);
    let terms = Term::all().iter().flat_map(Term::names);
    for name in programs::todays_share(rules.chain(mistakes).chain(terms), 10) {
        for line in page(name).lines() {
            // A character of Chinese is two columns wide.
            let columns = line.chars().map(|c| if c < '\u{1100}' || c == '…' || c == '�' { 1 } else { 2 }).sum::<usize>();
            assert!(columns <= 100, "{name}: {line}");
        }
    }
}

fn a_report_knows_the_language_of_a_program() {
    let (c, python) = (programs::command("right/server.c"), programs::command("right/client.py"));
    let (_, report) = json(&["check", "--server", &c, "--client", &python, "server/eof/at-once", "client/eof/at-once"]);
    let language = |number: usize| report["runs"][0]["programs"][number]["language"].clone();
    assert_eq!((language(0), language(1)), ("c".into(), "python".into()), "{report}");
    // The built-in pair is written in none of the languages.
    let (_, report) = json(&["--partition", "1/50"]);
    assert_eq!(report["runs"][0]["programs"][0].get("language"), None, "{report}");
}

fn help_teaches() {
    let examples = || starts_with("A conformance suite").and(contains("\n\nExamples:\n  sockspec check ./a.out"));
    sockspec(&["--help"]).assert().code(0).stdout(examples().and(contains("Exit status:")).and(contains("--isolation")));
    sockspec(&["check", "--help"]).assert().code(0).stdout(contains("A FILTER is a rule"));
    // The short help has what most people use.
    let short = contains("  check ").and(contains("--report")).and(contains("explore").not()).and(contains("--isolation").not());
    sockspec(&["-h"]).assert().code(0).stdout(examples().and(short));
    sockspec(&["check", "-h"]).assert().code(0).stdout(contains("Examples:").and(contains("--server")).and(contains("--isolation").not()));
}

fn no_line_of_help_is_longer_than_the_terminal() {
    let commands = [
        "",
        "check",
        "watch",
        "explain",
        "list",
        "fuzz",
        "explore",
        "merge",
        "learn",
        "new-fixture",
        "schema",
        "completions",
        "man",
        "help",
    ];
    for (command, columns) in commands.into_iter().flat_map(|command| [(command, 80), (command, 110)]) {
        for option in ["-h", "--help"] {
            let words: Vec<&str> = [command, option].into_iter().filter(|word| !word.is_empty()).collect();
            let page = sockspec(&words).env("COLUMNS", columns.to_string()).output().expect("it runs").stdout;
            let page = String::from_utf8(page).expect("text");
            assert!(page.lines().count() > 5, "{words:?}: {page}");
            for line in page.lines() {
                assert!(line.chars().count() <= columns, "{words:?} at {columns} columns: {line}");
            }
        }
    }
}

/// The texts after the options are wrapped in the source: no sentence and no command breaks at an odd place.
fn the_end_of_a_help_page_is_the_same_on_every_screen() {
    let end = |arguments: &[&str], columns: &str| {
        let page = sockspec(arguments).arg("--help").env("COLUMNS", columns).output().expect("it runs").stdout;
        let page = String::from_utf8(page).expect("text");
        let (_, end) = page.rsplit_once("never]\n").expect("the last option");
        end.to_owned()
    };
    for command in ["check", "fuzz", "explore", "merge", "learn", "new-fixture", "list", "completions", "man"] {
        assert_eq!(end(&[command], "80"), end(&[command], "110"), "{command}");
        assert!(end(&[command], "80").lines().all(|line| line.chars().count() <= 80), "{command}");
    }
    assert_eq!(end(&[], "80"), end(&[], "110"));
}
