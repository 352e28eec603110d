//! `sockspec help`: the pages of commands, the topics, and files for CI.

use super::messages::print;
use super::stop::Stop;
use super::text::{for_terminal, headline};
use super::topics;
use crate::spec::suggest::nearest;
use clap::Command;

/// Files for a repository, so that a CI system or a grader runs sockspec. `help/ci.txt` describes them.
const SNIPPETS: [(&str, &str); 9] = [
    ("github", include_str!("help/github.yml")),
    ("github-parts", include_str!("help/github-parts.yml")),
    ("classroom", include_str!("help/classroom.yml")),
    ("gitlab", include_str!("help/gitlab.yml")),
    ("gitlab-parts", include_str!("help/gitlab-parts.yml")),
    ("gradescope-setup", include_str!("help/gradescope-setup.sh")),
    ("gradescope", include_str!("help/gradescope.sh")),
    ("hook", include_str!("help/hook.sh")),
    ("container", include_str!("help/container.dockerfile")),
];

/// The page to show.
#[derive(Debug, clap::Args)]
pub(super) struct Help {
    /// A command, a topic, or `ci` with the name of a file. `sockspec help` lists them.
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// The topic about CI. It prints files, so it is not one of [`topics`].
const CI: (&str, &str) = ("ci", "files for GitHub, GitLab, Gradescope, a git hook and a container");

pub(super) fn run(arguments: &Help, mut command: Command) -> Result<u8, Stop> {
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    match words[..] {
        [] => return print(&contents(&command)),
        ["ci"] => return print(include_str!("help/ci.txt")),
        ["ci", name] => return print(&snippet(name)?),
        [name] => {
            if let Some(topic) = topics::find(name) {
                return print(&format!("{}: {}\n\n{}", headline(topic.name), topic.about, for_terminal(topic.text)));
            }
        }
        _ => {}
    }
    let commands = command.get_subcommands().map(|each| each.get_name().to_owned()).collect::<Vec<_>>();
    if let Some(unknown) = words.first().filter(|word| !commands.iter().any(|name| name == *word)) {
        let topics: Vec<&str> = names().collect();
        let hint = nearest(unknown, commands.iter().map(String::as_str).chain(topics));
        return Err(Stop::usage(format!("there is no command and no topic `{unknown}`{hint} (`sockspec help` lists them)")));
    }
    // Clap prints the page.
    let asked = ["sockspec"].into_iter().chain(words).chain(["--help"]);
    match command.try_get_matches_from_mut(asked) {
        Err(page) => page.exit(),
        Ok(_) => Ok(0),
    }
}

/// The names of all topics.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    topics::all().map(|topic| topic.name).chain([CI.0])
}

/// The list of commands and topics.
fn contents(command: &Command) -> String {
    let row = |name: &str, about: &str| format!("  {name:<12}  {about}\n");
    let commands =
        command.get_subcommands().map(|each| row(each.get_name(), &each.get_about().map(ToString::to_string).unwrap_or_default()));
    let topics = topics::all().map(|topic| row(topic.name, topic.about)).chain([row(CI.0, CI.1)]);
    format!(
        "{}\n{}\n{}\n{}\n\
         `sockspec help NAME` shows one of them, `sockspec help ci NAME` prints a file,\n\
         and `sockspec man | man -l -` shows all topics on one page.\n",
        headline("Commands:"),
        commands.collect::<String>(),
        headline("Topics:"),
        topics.collect::<String>(),
    )
}

fn snippet(name: &str) -> Result<String, Stop> {
    let found = SNIPPETS.iter().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| {
        let hint = nearest(name, SNIPPETS.iter().map(|(known, _)| *known));
        Stop::usage(format!("there is no file `{name}`{hint}; `sockspec help ci` lists them"))
    })?;
    Ok(text.replace("VERSION", env!("CARGO_PKG_VERSION")))
}
