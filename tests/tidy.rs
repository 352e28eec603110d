//! The project held to its own rules.

mod programs;

use assert_cmd::Command;
use sockspec::dialect::Dialect;
use sockspec::fixture::{self, Fixture};
use sockspec::rule::RULES;
use sockspec::transcript::{Role, Scenario, Step, Transcript};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

programs::tests! {
    every_rule_has_scenarios_and_each_lies_in_its_rules_folder,
    what_is_built_in_is_what_lies_in_the_folder,
    fixtures_are_canonical_and_demand_an_end,
    every_printed_line_is_a_step_of_its_own_so_that_dialects_can_be_translated,
    the_package_holds_all_that_it_is_built_from_and_nothing_of_a_workplace,
    every_rule_names_rules_that_exist_and_speaks_in_whole_sentences,
    translating_into_the_tutorials_dialect_changes_nothing,
    the_readmes_examples_of_the_notation_are_right,
    the_readmes_screen_is_what_is_seen,
    the_readmes_commands_work("python3"),
    unsafe_code_stays_in_two_modules_and_wall_clocks_out,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> Vec<Fixture> {
    fixture::built_in().unwrap_or_else(|error| panic!("{error}"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The command, as it runs outside of any CI.
fn sockspec() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.env_remove("GITHUB_ACTIONS").env("PATH", programs::path());
    command
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn every_rule_has_scenarios_and_each_lies_in_its_rules_folder() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 90);
    for rule in RULES {
        assert!(fixtures.iter().any(|fixture| fixture.scenario.rule == rule), "{} has no scenario", rule.id);
    }
    for fixture in &fixtures {
        let folder = fixture.id.rsplit_once('/').expect("a folder").0;
        assert_eq!(folder, fixture.scenario.rule.id, "{}", fixture.file);
    }
}

fn what_is_built_in_is_what_lies_in_the_folder() {
    let on_disk = fixture::load(&root().join("fixtures")).unwrap_or_else(|error| panic!("{error}"));
    let scenarios = |all: Vec<Fixture>| all.into_iter().map(|fixture| (fixture.id, fixture.scenario)).collect::<Vec<_>>();
    assert_eq!(scenarios(on_disk), scenarios(fixtures()));
}

fn fixtures_are_canonical_and_demand_an_end() {
    for fixture in fixtures() {
        assert_eq!(fixture.scenario.to_string(), read(&root().join(&fixture.file)), "{}", fixture.file);
        assert!(matches!(fixture.scenario.transcript.steps.last(), Some(Step::Ends(..))), "{}: no end", fixture.file);
    }
}

fn every_printed_line_is_a_step_of_its_own_so_that_dialects_can_be_translated() {
    let dialect = Dialect::tutorial();
    for fixture in fixtures() {
        let mut was_cut = false;
        for step in &fixture.scenario.transcript.steps {
            match step {
                Step::Printed(Role::Server, text) => {
                    let text = text.to_vec();
                    assert!(text == dialect.server_greeting || dialect.payload(&text).is_some(), "{}: {step}", fixture.file);
                    assert!(!was_cut, "{}: {step} behind `any cut of`", fixture.file);
                }
                Step::PrintedAnyCut(..) => was_cut = true,
                _ => {}
            }
        }
    }
}

fn the_package_holds_all_that_it_is_built_from_and_nothing_of_a_workplace() {
    let list = Command::new(env!("CARGO")).args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(root()).output();
    let list = String::from_utf8(list.expect("cargo").stdout).expect("text");
    let packed: HashSet<&Path> = list.lines().map(Path::new).collect();
    let relative = |path: PathBuf| path.strip_prefix(root()).expect("below the root").to_owned();
    for folder in ["src", "fixtures", "tests"] {
        for file in files_below(&root().join(folder)).into_iter().map(relative) {
            assert!(packed.contains(&*file), "{} is not in the package", file.display());
        }
    }
    // Cargo itself adds what it knows of the commit, and the manifest as it was written.
    let expected = ["Cargo.toml", "Cargo.lock", "LICENCE", "README.md", ".cargo_vcs_info.json", "Cargo.toml.orig"].map(Path::new);
    for file in packed.iter().filter(|file| file.components().count() == 1) {
        assert!(expected.contains(file), "{} is in the package", file.display());
    }
}

fn every_rule_names_rules_that_exist_and_speaks_in_whole_sentences() {
    let mut ids = HashSet::new();
    for rule in RULES {
        assert!(ids.insert(rule.id), "{} twice", rule.id);
        assert!(!rule.facets.is_empty(), "{} judges nothing", rule.id);
        for needed in rule.needs {
            assert!(RULES.iter().any(|other| other.id == *needed), "{} needs {needed}", rule.id);
        }
        assert!(rule.mistake.ends_with('.') && rule.look.ends_with('.'), "{}", rule.id);
    }
}

fn translating_into_the_tutorials_dialect_changes_nothing() {
    for fixture in fixtures() {
        let translated = Dialect::tutorial().translate(&fixture.scenario.transcript, fixture.scenario.subject());
        assert_eq!(translated, fixture.scenario.transcript, "{}", fixture.file);
    }
}

fn the_readmes_examples_of_the_notation_are_right() {
    for file in ["README.md", "fixtures/README.md"] {
        for block in read(&root().join(file)).split("```text\n").skip(1).map(|rest| rest.split("```").next().expect("a block").to_owned()) {
            if block.contains("\ntitle: ") && block.contains("\nrule: ") {
                Scenario::parse(file, &block).unwrap_or_else(|error| panic!("{error}"));
            }
            let steps: String = block
                .lines()
                .filter_map(|line| line.strip_prefix("      "))
                .filter(|line| line.starts_with("client:") || line.starts_with("server>"))
                .map(|line| format!("{line}\n"))
                .collect();
            Transcript::parse(&steps).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
    }
}

fn the_readmes_screen_is_what_is_seen() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let server = programs::command("wrong/server/prefix-token.c");
    std::os::unix::fs::symlink(server, folder.path().join("server")).expect("a link");
    let check = ["check", "--server", "./server", "exit-exact", "--jobs", "2"];
    let output = sockspec().args(check).current_dir(folder.path()).output().expect("it runs");
    let seen = String::from_utf8(output.stdout).expect("text");
    let readme = read(&root().join("README.md"));
    let shown = readme
        .split("$ sockspec check --server ./server exit-exact\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the screen");
    // Where it ran and how long it took differ from machine to machine.
    let same = |text: &str| {
        text.lines()
            .filter(|line| !programs::names_a_place(line) && !line.contains(" scenarios in "))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(same(shown), same(&seen));
}

/// Commands of the README that can be run here, with programs of the tests in place of the reader's.
fn the_readmes_commands_work() {
    let readme = read(&root().join("README.md"));
    let lines = readme.split("```").step_by(2).flat_map(str::lines);
    let commands: Vec<&str> = lines.filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with("sockspec ")).collect();
    assert!(commands.len() >= 4, "{commands:?}");
    let folder = tempfile::TempDir::new().expect("a folder");
    let link = |name: &str, to: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).expect("a link");
    link("a.out", env!("CARGO_BIN_EXE_sockspec-server"));
    link("b.out", env!("CARGO_BIN_EXE_sockspec-client"));
    link("client.py", &root().join("tests/programs/right/client.py").display().to_string());
    for command in commands {
        let words = shell_words::split(command).expect("words");
        // Thousands of conversations are for CI.
        let part: &[&str] = if words[1] == "fuzz" && !programs::is_whole() && !words.iter().any(|word| word == "--seed") {
            &["--partition", "1/20", "--seed", "7"]
        } else {
            &[]
        };
        sockspec().args(&words[1..]).args(part).current_dir(folder.path()).assert().code(0);
    }
    for inline in ["list", "explain server/eof", "check --server ./a.out server/eof"] {
        assert!(readme.contains(&format!("sockspec {inline}")), "{inline}");
        sockspec().args(inline.split(' ')).current_dir(folder.path()).assert().code(0);
    }
}

fn unsafe_code_stays_in_two_modules_and_wall_clocks_out() {
    for file in files_below(&root().join("src")).iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text = read(file);
        let is_raw = file.ends_with("stage/syscalls.rs") || file.ends_with("stage/notification.rs");
        assert!(is_raw || !text.contains("unsafe {") && !text.contains("allow(unsafe_code)"), "{}", file.display());
        assert!(!text.contains("SystemTime"), "{}: a clock that jumps", file.display());
        let is_stage = file.components().any(|part| part.as_os_str() == "stage") || file.ends_with("stage.rs");
        let is_reference = file.components().any(|part| part.as_os_str() == "reference");
        assert!(is_stage || is_reference || !text.contains("socket2"), "{}: a socket outside of the stage", file.display());
    }
    let judge = read(&root().join("src/judge.rs"));
    for word in ["std::time", "std::fs", "std::net", "std::process", ".unwrap(", ".expect("] {
        assert!(!judge.contains(word), "the judge is pure: {word}");
    }
}
