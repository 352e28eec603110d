//! What other programs make of what `sockspec` writes for them: shells, and the formatter of manuals.
//!
//! A program that is missing here is skipped by name, but never in CI.

mod programs;

use libtest_mimic::{Arguments, Failed};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output, Stdio};

fn main() -> ExitCode {
    let bash = || programs::missing("bash");
    let groff = || programs::missing("groff");
    let trials = vec![
        programs::trial("bash_completes_commands_options_and_rules", bash(), bash_completes),
        programs::trial("a_list_of_scenarios_is_what_check_takes", bash(), list_feeds_check),
        programs::trial("the_manual_renders_without_a_warning", groff(), manual_renders),
        programs::trial("every_command_has_a_page", groff(), every_command_has_a_page),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn sockspec(arguments: &[&str]) -> Result<String, Failed> {
    text(Command::new(env!("CARGO_BIN_EXE_sockspec")).args(arguments).output()?)
}

/// What a program printed, if it is satisfied.
fn text(output: Output) -> Result<String, Failed> {
    let (stdout, stderr) = (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr));
    if output.status.success() && stderr.is_empty() { Ok(stdout) } else { Err(format!("{}: {stdout}{stderr}", output.status).into()) }
}

/// Bash gets its script as a word, so that no quoting stands between.
fn bash(script: &str, arguments: &[&str]) -> Result<String, Failed> {
    text(Command::new("bash").args(["--norc", "-c", script, "bash"]).args(arguments).output()?)
}

fn bash_completes() -> Result<(), Failed> {
    let script = sockspec(&["completions", "bash"])?;
    // What bash does when somebody presses the tab key behind these words.
    let press_tab =
        r#"eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sockspec "$1" "${@: -1}" "${@: -2:1}"; echo "${COMPREPLY[@]}""#;
    for (words, completed) in [
        (vec!["sockspec", "ch"], "check"),
        (vec!["sockspec", "expl"], "explore explain"),
        (vec!["sockspec", "check", "--part"], "--partition"),
        (vec!["sockspec", "check", "--isolation", "n"], "namespace network none"),
        (vec!["sockspec", "check", "server/exit-s"], "server/exit-split"),
        (vec!["sockspec", "explain", "client/exit-u"], "client/exit-unterminated"),
        (vec!["sockspec", "explain", "server/no-ht"], "server/no-htonl server/no-htons"),
        (vec!["sockspec", "explain", "TIME"], "TIME_WAIT"),
        (vec!["sockspec", "completions", "z"], "zsh"),
        (vec!["sockspec", "help", "pla"], "places"),
    ] {
        let seen = bash(press_tab, &[&[script.as_str()], &words[..]].concat())?;
        if seen.trim() != completed {
            return Err(format!("{words:?} is completed to {seen:?}, not to {completed:?}").into());
        }
    }
    for other in ["zsh", "fish", "elvish", "powershell"] {
        if !sockspec(&["completions", other])?.contains("partition") {
            return Err(format!("{other} learns of no option").into());
        }
    }
    Ok(())
}

fn list_feeds_check() -> Result<(), Failed> {
    let pipeline = r#""$1" list --scenarios server/eof | cut -f1 | xargs "$1" check --server "$2""#;
    let screen = bash(pipeline, &[env!("CARGO_BIN_EXE_sockspec"), env!("CARGO_BIN_EXE_sockspec-server")])?;
    let (listed, rules) = (sockspec(&["list", "--scenarios", "server/eof"])?.lines().count(), sockspec(&["list"])?);
    if !screen.contains(&format!("{listed} scenarios in ")) {
        return Err(screen.into());
    }
    let level = |line: &str| line.split('\t').nth(1).map(str::to_owned);
    match rules.lines().find(|line| !matches!(level(line).as_deref(), Some("MUST" | "SHOULD" | "MAY"))) {
        Some(line) => Err(format!("no level in the second column: {line}").into()),
        None => Ok(()),
    }
}

/// The page as it is read, without what makes it bold.
fn formatted(page: &str) -> Result<String, Failed> {
    let mut groff = Command::new("groff");
    groff.args(["-man", "-Tutf8", "-ww", "-P-cbou"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut groff = groff.spawn()?;
    groff.stdin.take().ok_or("no stdin")?.write_all(page.as_bytes())?;
    text(groff.wait_with_output()?)
}

fn manual_renders() -> Result<(), Failed> {
    let page = formatted(&sockspec(&["man"])?)?;
    // A topic has a section, with its parts, its lists and its commands.
    for wanted in ["\nLIMITS\n", "\n   Time\n", "\n       processes\n              256. A", "\n           sockspec check ./a.out --limit"] {
        if !page.contains(wanted) {
            return Err(format!("{wanted:?} is missing in {page}").into());
        }
    }
    for wanted in ["\nEXIT STATUS\n       0      the programs conform", "\nENVIRONMENT\n", "\nEXAMPLES\n       sockspec check ./a.out\n"] {
        if !page.contains(wanted) {
            return Err(format!("{wanted:?} is missing in {page}").into());
        }
    }
    let page = formatted(&sockspec(&["man", "check"])?)?;
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.contains("SOCKSPEC-CHECK(1)") && words.contains("A FILTER is a rule") { Ok(()) } else { Err(page.into()) }
}

fn every_command_has_a_page() -> Result<(), Failed> {
    let folder = tempfile::TempDir::new()?;
    let output = Command::new(env!("CARGO_BIN_EXE_sockspec")).args(["man", "--dir"]).arg(folder.path()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut pages: Vec<PathBuf> = fs::read_dir(folder.path())?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    pages.sort();
    let help = sockspec(&["--help"])?;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = commands.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split(' ').next());
    let names = names.map(|name| format!("sockspec-{name}.1"));
    let mut expected: Vec<PathBuf> = names.chain(["sockspec.1".into()]).map(|name| folder.path().join(name)).collect();
    expected.sort();
    if pages != expected || pages.len() < 9 {
        return Err(format!("{pages:?}").into());
    }
    pages.iter().try_for_each(|page| formatted(&fs::read_to_string(page)?).map(|_| ()))
}
