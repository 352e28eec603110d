//! The project held to its own rules.

mod files;
mod programs;

use assert_cmd::Command;
use files::files_below;
use sockspec::spec::code::{self, Example};
use sockspec::spec::dialect::{Dialect, Serves};
use sockspec::spec::fixture::{self, Fixture};
use sockspec::spec::mistake::Mistake;
use sockspec::spec::role::Role;
use sockspec::spec::rule::RULES;
use sockspec::spec::transcript::{Scenario, Step, Transcript};
use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

programs::tests! {
    every_rule_has_scenarios_and_each_lies_in_its_rules_folder,
    what_is_built_in_is_what_lies_in_the_folder,
    fixtures_are_canonical_and_demand_an_end,
    every_printed_line_is_a_step_of_its_own_so_that_dialects_can_be_translated,
    the_package_holds_all_that_it_is_built_from_and_nothing_of_a_workplace,
    every_rule_names_rules_that_exist_and_speaks_in_whole_sentences,
    every_code_example_is_about_a_known_mistake_and_is_short,
    the_examples_of_the_notation_are_right,
    the_readme_is_short_and_names_every_topic,
    the_readmes_mistake_is_found_as_shown_and_its_fix_is_right,
    the_commands_of_the_readme_and_of_the_topics_work("python3"),
    every_topic_is_listed_and_fits_a_terminal,
    unsafe_code_stays_in_two_modules_and_wall_clocks_out,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> Vec<Fixture> {
    fixture::all_built_in().unwrap_or_else(|error| panic!("{error}"))
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

fn every_rule_has_scenarios_and_each_lies_in_its_rules_folder() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 90);
    for rule in RULES.iter() {
        assert!(fixtures.iter().any(|fixture| fixture.scenario.rule == rule), "{} has no scenario", rule.id);
    }
    for fixture in &fixtures {
        let folder = fixture.id.rsplit_once('/').expect("a folder").0;
        assert_eq!(folder, fixture.scenario.rule.id, "{}", fixture.file);
    }
}

fn what_is_built_in_is_what_lies_in_the_folder() {
    let on_disk = fixture::load(&root().join("fixtures")).unwrap_or_else(|error| panic!("{error}"));
    let ids = |all: &[Fixture]| all.iter().map(|fixture| fixture.file.rsplit("fixtures/").next().map(str::to_owned)).collect::<Vec<_>>();
    let (mut on_disk, mut built_in) = (on_disk, fixtures());
    on_disk.sort_by_key(|fixture| fixture.file.rsplit("fixtures/").next().map(str::to_owned));
    built_in.sort_by_key(|fixture| fixture.file.rsplit("fixtures/").next().map(str::to_owned));
    assert_eq!(ids(&on_disk), ids(&built_in));
    assert!(on_disk.iter().zip(&built_in).all(|(a, b)| a.scenario == b.scenario));
}

fn fixtures_are_canonical_and_demand_an_end() {
    for fixture in fixtures() {
        assert_eq!(fixture.scenario.to_string(), read(&root().join(&fixture.file)), "{}", fixture.file);
        let serves_on =
            fixture.words.as_ref().is_some_and(|words| words.serves != Serves::One) && fixture.scenario.subject() != Role::Client;
        assert!(serves_on || matches!(fixture.scenario.transcript.steps.last(), Some(Step::Ends(..))), "{}: no end", fixture.file);
    }
}

fn every_printed_line_is_a_step_of_its_own_so_that_dialects_can_be_translated() {
    let dialect = Dialect::tutorial();
    for fixture in fixtures().into_iter().filter(|fixture| fixture.words.is_none()) {
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
    for rule in RULES.iter() {
        assert!(ids.insert(rule.id), "{} twice", rule.id);
        assert!(!rule.facets.is_empty(), "{} judges nothing", rule.id);
        for needed in rule.needs {
            assert!(RULES.iter().any(|other| other.id == *needed), "{} needs {needed}", rule.id);
        }
        let texts = [&rule.mistake, &rule.look].map(|text| text.of(&Dialect::tutorial()));
        assert!(texts.iter().all(|text| text.ends_with('.')), "{}", rule.id);
    }
}

fn every_code_example_is_about_a_known_mistake_and_is_short() {
    for name in code::names() {
        assert!(Mistake::known().iter().any(|mistake| mistake.name == name), "there is no mistake {name}");
        for (language, Example { wrong, right }) in code::examples(name, &Dialect::tutorial()) {
            let place = format!("{name} in {}", language.name());
            assert_ne!(wrong, right, "{place}");
            for code in [wrong, right] {
                assert!((1..=3).contains(&code.lines().count()) && !code.contains('\t'), "{place}: {code}");
                assert!(code.lines().all(|line| line.chars().count() <= 90 && line.trim_end() == line), "{place}: {code}");
            }
        }
    }
}

fn the_examples_of_the_notation_are_right() {
    for file in ["README.md", "fixtures/README.md", "src/cli/topics/scenarios.txt"] {
        let text = read(&root().join(file));
        let fenced = text.split("```text\n").skip(1).map(|rest| rest.split("```").next().expect("a block").to_owned());
        // An example in a topic begins with its title.
        let indented = programs::indented_blocks(&text).into_iter().map(|block| format!("\n{block}"));
        for block in fenced.chain(indented) {
            if block.contains("\ntitle: ") && block.contains("\nrule: ") {
                Scenario::parse(file, block.trim_start()).unwrap_or_else(|error| panic!("{error}"));
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

/// The names and the files of the topics of `sockspec help`.
fn topics() -> Vec<(String, PathBuf)> {
    let files = files_below(&root().join("src/cli/topics"));
    files.into_iter().map(|file| (file.file_stem().expect("a name").to_string_lossy().into_owned(), file)).collect()
}

fn the_readme_is_short_and_names_every_topic() {
    let readme = read(&root().join("README.md"));
    assert!(readme.lines().count() <= 200, "{} lines: what is reference goes to a topic", readme.lines().count());
    let rows = readme.split("| topic | |\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the table of topics");
    let cells = rows.lines().skip(1).filter_map(|row| row.split('|').nth(1));
    let mut named: Vec<String> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    named.sort();
    let mut known: Vec<String> = topics().into_iter().map(|(name, _)| name).chain(["ci".into()]).collect();
    known.sort();
    assert_eq!(named, known);
}

/// Compiles the loop of the README, judges it, and judges it again with the fix.
fn the_readmes_mistake_is_found_as_shown_and_its_fix_is_right() {
    let readme = read(&root().join("README.md"));
    let block = |language: &str| {
        let block = readme.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next());
        block.unwrap_or_else(|| panic!("no {language}")).to_owned()
    };
    let (wrong, screen) = (block("c"), block("text"));
    // The report shows the line to change, and how it should be.
    let line = |sign: &str| screen.lines().find_map(|line| line.trim_start().strip_prefix(sign)).expect("a line");
    let right = wrong.replace(line("- "), line("+ "));
    assert_ne!(wrong, right);
    let folder = tempfile::TempDir::new().expect("a folder");
    let check = |code: &str, status: i32| {
        let source = folder.path().join("server.c");
        let main = format!("int main(void) {{ int conn = accept_one(); char buffer[1001]; ssize_t n;\n{code}return 0; }}\n");
        fs::write(&source, format!("#include \"listen.h\"\n{main}")).expect("a file");
        let headers = programs::folder().join("wrong/server");
        let compiler =
            std::process::Command::new("cc").arg("-I").arg(headers).args(["-o", "server", "server.c"]).current_dir(&folder).status();
        assert!(compiler.expect("it runs").success());
        let output = sockspec().args(["check", "./server", "exit-exact"]).current_dir(folder.path()).assert().code(status);
        String::from_utf8(output.get_output().stdout.clone()).expect("text")
    };
    let seen = check(&wrong, 1);
    let shown = screen.strip_prefix("$ sockspec check ./server exit-exact\n").expect("the command");
    // Each group of lines comes behind the one before it.
    let mut rest = seen.as_str();
    for group in shown.split("…\n").filter(|group| !group.is_empty()) {
        let Some(place) = format!("\n{rest}").find(&format!("\n{group}")) else { panic!("not seen:\n{group}\nbut\n{rest}") };
        rest = &rest[place + group.len()..];
    }
    check(&right, 0);
}

/// Runs the commands of the README and of the topics, with programs of the tests in place of the reader's.
fn the_commands_of_the_readme_and_of_the_topics_work() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for name in [
        "bin",
        "ann",
        "ben",
        "FOLDER",
        "submissions/ann",
        "submissions/ben",
        ".local/share/bash-completion/completions",
        ".config/fish/completions",
    ] {
        fs::create_dir_all(at(name)).expect("a folder");
    }
    let (server, client) = (env!("CARGO_BIN_EXE_sockspec-server"), env!("CARGO_BIN_EXE_sockspec-client"));
    let right_client = programs::folder().join("right/client.py").display().to_string();
    for (name, to) in [
        ("a.out", server),
        ("b.out", client),
        ("client", client),
        ("right", server),
        ("solution", server),
        ("ann/a.out", server),
        ("ben/a.out", server),
        ("client.py", &right_client),
    ] {
        std::os::unix::fs::symlink(to, at(name)).expect("a link");
    }
    // A class does not see this machine's /tmp, where the programs may be.
    for (name, from) in [("submissions/ann/server", server), ("submissions/ben/server", server), ("submissions/ben/client", client)] {
        fs::copy(from, at(name)).expect("a copy");
    }
    let script = |name: &str, text: &str| {
        fs::write(at(name), format!("#!/bin/sh\n{text}\n")).expect("a script");
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o755)).expect("permissions");
    };
    script("server", &format!("[ $# = 0 ] && exec {server}\nexec {} $1", programs::command("port.py")));
    script("bin/man", "exec cat");
    // An empty dialect is the tutorial.
    fs::write(at("course.toml"), "").expect("a file");
    // Outside of CI, a command that writes no report for others plays a part.
    let part = if programs::is_whole() { "" } else { "--partition 1/20" };
    let seed = if programs::is_whole() { "" } else { "--seed 7" };
    script(
        "bin/sockspec",
        &format!(
            "case \"$*\" in\n  *--seed*|*--report*|*--bless*|*' server/'*) ;;\n  check*) set -- \"$@\" {part} ;;\n  \
             fuzz*) set -- \"$@\" {part} {seed} ;;\nesac\nexec {} \"$@\"",
            env!("CARGO_BIN_EXE_sockspec")
        ),
    );
    let files = topics().into_iter().map(|(_, file)| file).chain([root().join("README.md")]);
    let blocks = files.flat_map(|file| {
        let text = read(&file);
        let unfenced: String = text.split("```").step_by(2).collect();
        programs::indented_blocks(&unfenced)
    });
    let scripts: Vec<String> = blocks.filter(|block| block.starts_with("sockspec ")).collect();
    assert!(scripts.len() >= 15, "{scripts:?}");
    for commands in scripts {
        Command::new("sh")
            .args(["-e", "-c", &commands])
            .current_dir(folder.path())
            .env("PATH", format!("{}:{}", at("bin").display(), programs::path().to_string_lossy()))
            .env("HOME", folder.path())
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .assert()
            .code(0);
    }
}

fn every_topic_is_listed_and_fits_a_terminal() {
    let help = |words: &[&str]| String::from_utf8(sockspec().arg("help").args(words).output().expect("it runs").stdout).expect("text");
    let list = help(&[]);
    for (name, file) in topics() {
        assert!(list.contains(&format!("\n  {name} ")), "{name} is not listed");
        let page = help(&[&name]);
        assert!(page.starts_with(&format!("{name}: ")), "{page}");
        for line in page.lines().chain(read(&file).lines()) {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
}

fn unsafe_code_stays_in_two_modules_and_wall_clocks_out() {
    for file in files_below(&root().join("src")).iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text = read(file);
        let is_raw = file.ends_with("stage/syscalls.rs") || file.ends_with("stage/notification.rs");
        assert!(is_raw || !text.contains("unsafe {") && !text.contains("allow(unsafe_code)"), "{}", file.display());
        // The age of a file is known by that clock only.
        let has_old_files = file.ends_with("cli/kept.rs");
        assert!(has_old_files || !text.contains("SystemTime"), "{}: a clock that jumps", file.display());
        let is_stage = file.components().any(|part| part.as_os_str() == "stage") || file.ends_with("stage.rs");
        let is_reference = file.components().any(|part| part.as_os_str() == "reference");
        assert!(is_stage || is_reference || !text.contains("socket2"), "{}: a socket outside of the stage", file.display());
    }
    let judge = files_below(&root().join("src/verdict/judge")).into_iter().chain([root().join("src/verdict/judge.rs")]);
    for file in judge {
        for word in ["std::time", "std::fs", "std::net", "std::process", ".unwrap(", ".expect("] {
            assert!(!read(&file).contains(word), "the judge is pure, but {} has {word}", file.display());
        }
    }
}
