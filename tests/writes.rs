//! What becomes of the files that programs write, and what protects a machine from strangers' programs.

mod host;
mod programs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use landlock::{ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
use libtest_mimic::{Failed, Trial};
use predicates::str::contains;
use sockspec::stage::Tier;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::TempDir;

/// The tests that are the same in each place.
const IN_EACH_PLACE: [(&str, fn(Tier)); 5] = [
    ("each_scenario_finds_the_folder_as_it_was", each_scenario_finds_the_folder_as_it_was),
    ("so_does_the_folder_of_a_program_that_is_named", so_does_the_folder_of_a_program_that_is_named),
    ("keep_files_lets_programs_write_into_their_folder", keep_files_lets_programs_write_into_their_folder),
    ("programs_of_a_class_write_nowhere_else", programs_of_a_class_write_nowhere_else),
    ("programs_of_a_class_have_a_folder_for_temporary_files", programs_of_a_class_have_a_folder_for_temporary_files),
];

const OTHERS: [(&str, fn()); 6] = [
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
    let name = format!("sockspec-{}-{}", std::process::id(), work.path().file_name().expect("a name").to_string_lossy());
    let folders = [work.path().join("all/ben"), work.path().join("all"), work.path().join("home"), work.path().to_owned()];
    let temporary = ["/tmp", "/var/tmp", "/dev/shm"].map(PathBuf::from).into_iter().filter(|folder| folder.is_dir());
    folders.into_iter().chain(temporary).map(|folder| folder.join(&name)).collect()
}

/// Shell that tries to leave these files.
fn tries(files: &[PathBuf]) -> String {
    files.iter().map(|file| format!("(echo x > {}) 2>/dev/null\n", shell_words::quote(&file.display().to_string()))).collect()
}

fn is_left(files: &[PathBuf]) -> Vec<&PathBuf> {
    files.iter().filter(|file| file.exists()).collect()
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
    assert_eq!(is_left(&files), [&PathBuf::new(); 0]);
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
    fs::write(work.path().join("all/ben/Makefile"), format!("all:\n\t-{tries}\n\techo x > built && touch \"$$(mktemp)\"\n"))
        .expect("a file");
    let server = "sh -c 'test -e built || test -e log && exec ./right'";
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", server, "server/listen"]).success();
    assert_eq!(is_left(&files), [&PathBuf::new(); 0]);
    assert_eq!(work.names("all/ben"), ["Makefile", "right", "server"]);
}

fn programs_of_a_class_do_not_see_the_copies_of_others() {
    let work = Work::new();
    // Two folders further up are the copies of all.
    work.server("all/ann", "[ \"$(ls ../..)\" = 0000 ] || [ \"$(ls ../..)\" = 0001 ] || exit 3");
    work.server("all/ben", "[ \"$(ls ../..)\" = 0000 ] || [ \"$(ls ../..)\" = 0001 ] || exit 3");
    work.sockspec("", Tier::Namespace, &["class", "all", "--no-cache", "--server", "./server", "server/listen"]).success();
}

fn programs_read_what_the_user_reads() {
    let work = Work::new();
    fs::create_dir(work.path().join("home")).expect("a folder");
    let secret = tempfile::NamedTempFile::new_in(env!("CARGO_MANIFEST_DIR")).expect("a file");
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
