//! What becomes of the files that programs write, and what protects a machine from strangers' programs.

mod host;
mod programs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use landlock::{ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
use libtest_mimic::{Failed, Trial};
use predicates::prelude::*;
use predicates::str::contains;
use rustix::process::{Pid, Signal, kill_process};
use sockspec::stage::Tier;
use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, ExitCode};
use tempfile::TempDir;

type InPlace = fn(Tier);

/// The tests that are the same in each place.
const IN_EACH_PLACE: [(&str, InPlace); 5] = [
    ("each_scenario_finds_the_folder_as_it_was", each_scenario_finds_the_folder_as_it_was),
    ("so_does_the_folder_of_a_program_that_is_named", so_does_the_folder_of_a_program_that_is_named),
    ("keep_files_lets_programs_write_into_their_folder", keep_files_lets_programs_write_into_their_folder),
    ("programs_of_a_class_write_nowhere_else", programs_of_a_class_write_nowhere_else),
    ("programs_of_a_class_have_a_folder_for_temporary_files", programs_of_a_class_have_a_folder_for_temporary_files),
];

const OTHERS: [(&str, fn()); 13] = [
    ("builds_end_processes_and_programs_may_not", builds_end_processes_and_programs_may_not),
    ("a_socket_in_the_file_system_is_reached", a_socket_in_the_file_system_is_reached),
    ("a_copy_has_the_neighbours_of_its_folder", a_copy_has_the_neighbours_of_its_folder),
    ("names_need_not_be_text", names_need_not_be_text),
    ("each_sentence_about_security_has_a_test", each_sentence_about_security_has_a_test),
    ("copies_are_removed_at_the_end", copies_are_removed_at_the_end),
    ("a_build_that_kills_its_guard_may_leave_processes", a_build_that_kills_its_guard_may_leave_processes),
    ("a_folder_that_is_too_large_for_a_copy_is_used_itself", a_folder_that_is_too_large_for_a_copy_is_used_itself),
    ("a_layer_needs_no_copy", a_layer_needs_no_copy),
    ("builds_write_nowhere_but_into_the_copy", builds_write_nowhere_but_into_the_copy),
    ("programs_of_a_class_do_not_see_the_copies_of_others", programs_of_a_class_do_not_see_the_copies_of_others),
    ("programs_read_what_the_user_reads", programs_read_what_the_user_reads),
    ("programs_have_no_network_and_builds_have_one", programs_have_no_network_and_builds_have_one),
];

fn main() -> ExitCode {
    let tiers = [Tier::Namespace, Tier::Network, Tier::Address, Tier::Host];
    let mut trials: Vec<Trial> = Vec::new();
    for (name, test) in IN_EACH_PLACE {
        for tier in tiers {
            let protects = name.contains("nowhere") && tier != Tier::Namespace;
            let missing = programs::missing_tier(tier)
                .or_else(|| programs::missing("cc"))
                .or_else(|| if protects { missing_landlock() } else { None });
            let test = move || -> Result<(), Failed> {
                let _lock = (tier == Tier::Host).then(host::Port::take);
                test(tier);
                Ok(())
            };
            trials.push(programs::trial(&format!("{name}/{}", tier.name()), missing, test));
        }
    }
    for (name, test) in OTHERS {
        let test = move || -> Result<(), Failed> {
            test();
            Ok(())
        };
        trials.push(programs::trial(name, programs::missing_tier(Tier::Namespace).or_else(|| programs::missing("cc")), test));
    }
    libtest_mimic::run(&programs::arguments(), trials).exit_code()
}

fn missing_landlock() -> Option<&'static str> {
    let writes = AccessFs::from_write(ABI::V1);
    let tried = Ruleset::default().set_compatibility(CompatLevel::HardRequirement).handle_access(writes).and_then(Ruleset::create);
    tried.err().map(|_| "Landlock")
}

/// The sentences of `sockspec help security` about what is protected and what is not, each with the tests that hold it: a file, and a text in
/// it.
const SECURITY: [(&str, &[(&str, &str)]); 24] = [
    ("`class` builds and runs a copy of each folder", &[("class.rs", "fn the_folders_themselves_stay_as_they_are")]),
    ("It removes the copies at the end", &[("writes.rs", "fn copies_are_removed_at_the_end")]),
    ("Each scenario finds the folder of its programs as it was", &[("writes.rs", "fn each_scenario_finds_the_folder_as_it_was")]),
    (
        "When a scenario or a build ends, sockspec ends all processes that it has left behind",
        &[("hostile.rs", "fn a_killed_harness_leaves_nothing_behind"), ("class.rs", "fn a_build_that_hangs_is_ended_with_all")],
    ),
    ("Each step of a scenario has a time limit", &[("programs/hostile/server/never-exits.py", "")]),
    ("So has each build", &[("class.rs", "fn a_build_that_hangs_is_ended_with_all")]),
    ("A program that uses too much memory is stopped", &[("programs/hostile/server/allocates.c", "")]),
    (
        "A process of a build may use 4 GiB of data, and may write 1 GiB to one file",
        &[("writes.rs", "fn builds_write_nowhere_but_into_the_copy"), ("writes.rs", "ulimit -d"), ("writes.rs", "ulimit -f")],
    ),
    (
        "Control characters in names and output are escaped",
        &[("reports/github.rs", "fn hostile_output_is_escaped_in_the_summary"), ("reports/junit.rs", "fn hostile_output_is_escaped")],
    ),
    ("A page has no scripts", &[("reports/html.rs", "fn the_page_has_no_scripts_and_fetches_nothing")]),
    ("No cell of a csv file is read as a formula", &[("class.rs", "fn a_spreadsheet_takes_no_name_for_a_formula")]),
    (
        "Programs of a class write into their own folder and into folders for temporary files, and nowhere else",
        &[("writes.rs", "fn programs_of_a_class_write_nowhere_else"), ("writes.rs", "fn programs_of_a_class_have_a_folder_for_temporary")],
    ),
    (
        "Builds write into the copy and into caches of their own, and nowhere else",
        &[("writes.rs", "fn builds_write_nowhere_but_into_the_copy")],
    ),
    (
        "In the place `namespace`, programs do not see the copies of other folders",
        &[("writes.rs", "fn programs_of_a_class_do_not_see_the_copies_of_others")],
    ),
    (
        "In the places `namespace` and `network`, programs have a network of their own",
        &[("writes.rs", "fn programs_have_no_network_and_builds_have_one")],
    ),
    ("They do not reach this machine", &[("writes.rs", "A listener of this machine cannot be reached from there.")]),
    ("Programs and builds may read what you may read", &[("writes.rs", "fn programs_read_what_the_user_reads")]),
    ("With --keep-files, programs and builds may write where you may", &[("writes.rs", "without protection, they leave files")]),
    ("Builds may end your processes", &[("writes.rs", "fn builds_end_processes_and_programs_may_not")]),
    (
        "So may programs outside of `namespace`, unless Landlock forbids it",
        &[("writes.rs", "fn builds_end_processes_and_programs_may_not")],
    ),
    ("A program may use a service of this machine by its Unix socket", &[("writes.rs", "fn a_socket_in_the_file_system_is_reached")]),
    ("In the place `namespace`, those of your session are hidden", &[("writes.rs", "fn a_socket_in_the_file_system_is_reached")]),
    ("Builds use the network of this machine", &[("writes.rs", "fn programs_have_no_network_and_builds_have_one")]),
    ("A build that kills its guard may leave processes behind", &[("writes.rs", "fn a_build_that_kills_its_guard_may_leave_processes")]),
];

/// Each sentence in the lists of the topic stands in `SECURITY`, and the other way round.
fn each_sentence_about_security_has_a_test() {
    let done = Command::new(env!("CARGO_BIN_EXE_sockspec")).args(["help", "security"]).assert().success();
    let text = String::from_utf8(done.get_output().stdout.clone()).expect("text");
    // An entry begins with two spaces and its name; its other lines begin with the width of the name.
    let lists = text.lines().filter_map(|line| line.strip_prefix("  "));
    let words = lists
        .flat_map(|line| line.strip_prefix(' ').unwrap_or_else(|| line.split_once(' ').map_or("", |(_, rest)| rest)).split_whitespace());
    let all = words.collect::<Vec<_>>().join(" ");
    let sentences: Vec<&str> = all.split_inclusive(". ").map(|sentence| sentence.trim_end_matches([' ', '.'])).collect();
    assert_eq!(sentences, SECURITY.map(|(sentence, _)| sentence));
    for (sentence, tests) in SECURITY {
        for (file, text) in tests {
            let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file)).expect("a file");
            // This list is in one of the files.
            assert!(source.matches(text).count() > usize::from(*file == "writes.rs"), "{sentence}: {file} has no {text}");
        }
    }
}

/// A folder with a server that is right, if the lines of shell before it let it start.
struct Work(TempDir);

impl Work {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a server into a folder of this one. `before` is what it does first.
    fn server(&self, folder: &str, before: &str) -> PathBuf {
        let folder = self.path().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        // A class does not see this machine's /tmp, where the program may be.
        fs::copy(programs::command("right/server.c"), folder.join("right")).expect("a copy");
        let script = folder.join("server");
        fs::write(&script, format!("#!/bin/sh\n{before}\nexec \"$(dirname \"$0\")/right\"\n")).expect("a script");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("permissions");
        script
    }

    fn sockspec(&self, folder: &str, tier: Tier, words: &[&str]) -> Assert {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
        command.current_dir(self.path().join(folder)).args(words).args(["--isolation", tier.name()]);
        command.env("HOME", self.path().join("home")).env_remove("GITHUB_ACTIONS").assert()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(folder)).expect("a folder").flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// Several scenarios of a server.
const SCENARIOS: &str = "server/message";

/// Leaves a file, changes one, and removes one. Does not start if that was done before.
const ONCE: &str = "[ ! -e new ] && [ \"$(cat log)\" = first ] && [ -e old ] || exit 3
echo x > new && echo second >> log && rm old && mkdir folder && touch folder/file || exit 4";

fn once() -> Work {
    let work = Work::new();
    work.server("ann's, 李", ONCE);
    fs::write(work.path().join("ann's, 李/log"), "first\n").expect("a file");
    fs::write(work.path().join("ann's, 李/old"), "").expect("a file");
    work
}

fn each_scenario_finds_the_folder_as_it_was(tier: Tier) {
    let work = once();
    work.sockspec("ann's, 李", tier, &["check", "--jobs", "4", "--server", "./server", SCENARIOS]).success();
    assert_eq!(work.names("ann's, 李"), ["log", "old", "right", "server"]);
    assert_eq!(fs::read_to_string(work.path().join("ann's, 李/log")).expect("a file"), "first\n");
}

fn so_does_the_folder_of_a_program_that_is_named(tier: Tier) {
    let work = Work::new();
    let server = work.server("bin", "cd \"$(dirname \"$0\")\" && [ ! -e new ] && echo x > new || exit 3");
    fs::create_dir(work.path().join("here")).expect("a folder");
    let command = shell_words::quote(server.to_str().expect("text")).into_owned();
    let script = fs::read_to_string(&server).expect("a script").replace("$(dirname \"$0\")/right", "./right");
    fs::write(&server, script).expect("a script");
    // Where programs run in a copy, the script knows its own name as the user wrote it.
    if tier == Tier::Namespace {
        work.sockspec("here", tier, &["check", "--server", &command, SCENARIOS]).success();
        assert_eq!(work.names("bin"), ["right", "server"]);
    } else {
        work.sockspec("bin", tier, &["check", "--server", "./server", SCENARIOS]).success();
        assert_eq!(work.names("bin"), ["right", "server"]);
    }
}

fn keep_files_lets_programs_write_into_their_folder(tier: Tier) {
    let work = Work::new();
    work.server("ann", "echo x >> log");
    let lines = || fs::read_to_string(work.path().join("ann/log")).map_or(0, |text| text.lines().count());
    work.sockspec("ann", tier, &["check", "--server", "./server", SCENARIOS]).success();
    assert_eq!(lines(), 0);
    work.sockspec("ann", tier, &["check", "--server", "./server", SCENARIOS, "--keep-files"]).success();
    let once = lines();
    assert!(once > 1, "{once}");
    fs::write(work.path().join("ann/sockspec.toml"), "keep-files = true\n").expect("a file");
    work.sockspec("ann", tier, &["check", "--server", "./server", SCENARIOS]).success();
    assert_eq!(lines(), 2 * once);
}

/// Where a stranger's program may not leave a file on this machine: beside its folder, in the home, in folders for temporary files.
fn elsewhere(work: &Work) -> Vec<PathBuf> {
    let name = format!("sockspec-{}-{}", process::id(), work.path().file_name().expect("a name").to_string_lossy());
    let folders = [work.path().join("all/ben"), work.path().join("all"), work.path().join("home"), work.path().to_owned()];
    let temporary = ["/tmp", "/var/tmp", "/dev/shm"].map(PathBuf::from).into_iter().filter(|folder| folder.is_dir());
    folders.into_iter().chain(temporary).map(|folder| folder.join(&name)).collect()
}

/// Shell that tries to leave these files.
fn tries(files: &[PathBuf]) -> String {
    files.iter().map(|file| format!("(echo x > {}) 2>/dev/null\n", shell_words::quote(&file.display().to_string()))).collect()
}

/// Those of these files that are there.
fn left_of(files: &[PathBuf]) -> Vec<&str> {
    files.iter().filter(|file| file.exists()).filter_map(|file| file.to_str()).collect()
}

/// A class of two, whose programs try to write where they must not.
fn strangers() -> (Work, Vec<PathBuf>) {
    let work = Work::new();
    fs::create_dir(work.path().join("home")).expect("a folder");
    fs::create_dir_all(work.path().join("all/ben")).expect("a folder");
    let files = elsewhere(&work);
    work.server("all/ann", &format!("{}{ONCE}", tries(&files)));
    work.server("all/ben", "");
    fs::write(work.path().join("all/ann/log"), "first\n").expect("a file");
    fs::write(work.path().join("all/ann/old"), "").expect("a file");
    (work, files)
}

fn programs_of_a_class_write_nowhere_else(tier: Tier) {
    let (work, files) = strangers();
    work.sockspec("", tier, &["class", "all", "--no-cache", "--server", "./server", SCENARIOS]).success();
    assert_eq!(left_of(&files), [""; 0]);
    assert_eq!(work.names("all/ann"), ["log", "old", "right", "server"]);
    // The programs themselves have tried: without protection, they leave files.
    let others: Vec<_> = files.iter().filter(|file| !file.starts_with("/dev")).collect();
    work.sockspec("", tier, &["class", "all", "--keep-files", "--no-cache", "--server", "./server", "server/listen"]);
    assert!(others.iter().any(|file| file.exists()));
    files.iter().for_each(|file| drop(fs::remove_file(file)));
}

fn programs_of_a_class_have_a_folder_for_temporary_files(tier: Tier) {
    let work = Work::new();
    work.server("all/ann", "file=$(mktemp) && echo x > \"$file\" || exit 3");
    work.sockspec("", tier, &["class", "all", "--no-cache", "--server", "./server", SCENARIOS]).success();
}

fn a_folder_that_is_too_large_for_a_copy_is_used_itself() {
    let work = Work::new();
    work.server("ann", "echo x >> log");
    (0..300).for_each(|number| fs::write(work.path().join(format!("ann/{number}")), "").expect("a file"));
    work.sockspec("ann", Tier::Network, &["check", "--server", "./server", SCENARIOS]).success();
    assert!(work.path().join("ann/log").exists());
}

fn a_layer_needs_no_copy() {
    let work = once();
    (0..300).for_each(|number| fs::write(work.path().join(format!("ann's, 李/{number}")), "").expect("a file"));
    work.sockspec("ann's, 李", Tier::Namespace, &["check", "--server", "./server", SCENARIOS]).success();
    assert!(!work.path().join("ann's, 李/new").exists());
}

fn builds_write_nowhere_but_into_the_copy() {
    let (work, files) = strangers();
    let tries = tries(&files).replace('\n', "\n\t-").replace("$$", "$$$$");
    let tries = tries.trim_end_matches("\n\t-");
    // In KiB, and in blocks of 512 bytes (dash) or KiB (bash).
    let limits = "test $$(ulimit -d) = 4194304 && (test $$(ulimit -f) = 2097152 || test $$(ulimit -f) = 1048576)";
    let makefile = format!("all:\n\t-{tries}\n\techo x > built && touch \"$$(mktemp)\"\n\t{limits}\n");
    fs::write(work.path().join("all/ben/Makefile"), makefile).expect("a file");
    let server = "sh -c 'test -e built || test -e log && exec ./right'";
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", server, "server/listen"]).success();
    assert_eq!(left_of(&files), [""; 0]);
    assert_eq!(work.names("all/ben"), ["Makefile", "right", "server"]);
}

fn copies_are_removed_at_the_end() {
    let work = Work::new();
    work.server("all/ann", "");
    fs::create_dir(work.path().join("temporary")).expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.current_dir(work.path()).args(["class", "all", "--server", "./server", "server/listen", "--no-cache"]);
    command.env("TMPDIR", work.path().join("temporary")).assert().success();
    assert_eq!(work.names("temporary"), [""; 0]);
}

fn a_build_that_kills_its_guard_may_leave_processes() {
    let work = Work::new();
    work.server("all/ann", "");
    // Words that no other process has.
    let own = format!("1000.{}9", process::id());
    let kills = format!("all:\n\tsetsid sleep {own} & kill -KILL $$(ps -o ppid= -p $$PPID); sleep 1000\n");
    fs::write(work.path().join("all/ann/Makefile"), kills).expect("a file");
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "server/listen"]).code(1);
    let words = format!("sleep\0{own}\0").into_bytes();
    let is_own = |entry: &fs::DirEntry| fs::read(entry.path().join("cmdline")).is_ok_and(|found| found == words);
    let left = fs::read_dir("/proc").expect("a list").flatten().find(is_own).expect("a process");
    let pid = left.file_name().to_str().and_then(|pid| Pid::from_raw(pid.parse().ok()?)).expect("a pid");
    kill_process(pid, Signal::KILL).expect("a kill");
}

/// A process of the user, and shell that tries to end it.
fn victim() -> (Child, String) {
    let child = process::Command::new("sleep").arg("1000").spawn().expect("a process");
    let kill = format!("kill -KILL {} 2>/dev/null", child.id());
    (child, kill)
}

fn builds_end_processes_and_programs_may_not() {
    let work = Work::new();
    let (mut process, kill) = victim();
    work.server("all/ann", &kill);
    let tiers: &[Tier] = if missing_landlock().is_none() { &[Tier::Namespace, Tier::Network, Tier::Host] } else { &[Tier::Namespace] };
    for tier in tiers {
        let _lock = (*tier == Tier::Host).then(host::Port::take);
        work.sockspec("", *tier, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
        assert!(process.try_wait().expect("a state").is_none(), "{tier:?}");
    }
    fs::write(work.path().join("all/ann/Makefile"), format!("all:\n\t{kill}\n")).expect("a file");
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
    process.wait().expect("an end");
}

fn a_socket_in_the_file_system_is_reached() {
    let reaches = |folder: &Path| {
        let path = folder.join("socket");
        let listener = UnixListener::bind(&path).expect("a socket");
        listener.set_nonblocking(true).expect("a listener");
        let work = Work::new();
        let reach = format!("import socket; socket.socket(socket.AF_UNIX).connect({:?})", path.display().to_string());
        work.server("all/ann", &format!("python3 -c '{reach}' 2>/dev/null"));
        work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
        fs::remove_file(path).expect("a socket");
        listener.accept().is_ok()
    };
    if programs::missing("python3").is_none() {
        assert!(reaches(TempDir::new_in(visible_folder()).expect("a folder").path()));
    }
    // What is under /tmp is hidden there.
    assert!(!reaches(TempDir::new_in("/tmp").expect("a folder").path()));
    // Only root has a session here in which a test may write.
    let session = Path::new("/run/user");
    if fs::create_dir_all(session).is_ok()
        && let Ok(folder) = TempDir::new_in(session)
    {
        assert!(!reaches(folder.path()));
    }
}

fn a_copy_has_the_neighbours_of_its_folder() {
    let work = once();
    let script = work.path().join("ann's, 李/server");
    let text =
        fs::read_to_string(&script).expect("a script").replace("#!/bin/sh\n", "#!/bin/sh\ncat ../common/file >/dev/null || exit 5\n");
    fs::write(&script, text).expect("a script");
    fs::create_dir(work.path().join("common")).expect("a folder");
    fs::write(work.path().join("common/file"), "").expect("a file");
    for tier in [Tier::Namespace, Tier::Network] {
        work.sockspec("ann's, 李", tier, &["check", "--server", "./server", SCENARIOS]).success();
    }
    assert_eq!(work.names("ann's, 李"), ["log", "old", "right", "server"]);
}

/// Archives from Chinese Windows have names in GBK.
fn names_need_not_be_text() {
    let work = Work::new();
    work.server("all/ann", "");
    let gbk = OsStr::from_bytes(b"\xc0\xee\xc0\xd7");
    fs::rename(work.path().join("all/ann"), work.path().join("all").join(gbk)).expect("a name");
    work.server("all/ben", "");
    fs::create_dir(work.path().join("all/cho")).expect("a folder");
    work.server("x", "");
    fs::rename(work.path().join("x"), work.path().join("all/cho").join(gbk)).expect("a name");
    let done = work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--build", "true", "--report", "csv", "server/listen"]);
    done.code(1)
        .stdout(contains("\nben,conforms").and(contains("\n����,conforms")).and(contains("\ncho,not judged,0,0,the folder is empty")));
}

fn programs_of_a_class_do_not_see_the_copies_of_others() {
    let work = Work::new();
    // Two folders further up are the copies of all.
    work.server("all/ann", "[ \"$(ls ../..)\" = 0000 ] || [ \"$(ls ../..)\" = 0001 ] || exit 3");
    work.server("all/ben", "[ \"$(ls ../..)\" = 0000 ] || [ \"$(ls ../..)\" = 0001 ] || exit 3");
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
}

/// A folder of this machine that programs of a class see: not one for temporary files.
fn visible_folder() -> PathBuf {
    let all = [env!("CARGO_MANIFEST_DIR"), "/srv", "/opt", "/var/lib"].map(PathBuf::from).into_iter().chain(std::env::home_dir());
    let is_hidden = |folder: &PathBuf| ["/tmp", "/var/tmp"].iter().any(|hidden| folder.starts_with(hidden));
    let mut visible = all.filter(|folder| !is_hidden(folder) && tempfile::tempfile_in(folder).is_ok());
    visible.next().expect("a folder that programs see")
}

fn programs_read_what_the_user_reads() {
    let work = Work::new();
    fs::create_dir(work.path().join("home")).expect("a folder");
    let secret = tempfile::NamedTempFile::new_in(visible_folder()).expect("a file");
    work.server("all/ann", &format!("cat {} || exit 3", shell_words::quote(&secret.path().display().to_string())));
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
}

fn programs_have_no_network_and_builds_have_one() {
    let work = Work::new();
    let own = fs::read_link("/proc/self/ns/net").expect("a namespace").display().to_string();
    work.server("all/ann", &format!("[ \"$(readlink /proc/self/ns/net)\" != '{own}' ] || exit 3"));
    fs::write(work.path().join("all/ann/Makefile"), format!("all:\n\t[ \"$$(readlink /proc/self/ns/net)\" = '{own}' ]\n")).expect("a file");
    for tier in [Tier::Namespace, Tier::Network] {
        work.sockspec("", tier, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
    }
    // A listener of this machine cannot be reached from there.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    work.server("all/ann", &format!("bash -c '(echo > /dev/tcp/127.0.0.1/{port})' 2>/dev/null && exit 3"));
    let done = work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]);
    done.success().stdout(contains("the server conforms"));
}
