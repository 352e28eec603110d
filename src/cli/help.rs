//! `sockspec help`: the pages of commands, the topics, and files for CI.

use super::messages::print;
use super::stop::Stop;
use super::text::{for_terminal, headline};
use super::topics;
use crate::spec::suggest::nearest;
use clap::Command;

/// A file for a repository, so that a CI system or a grader runs sockspec.
struct Snippet {
    name: &'static str,
    /// The name of the file in the repository.
    file: &'static str,
    about: &'static str,
    text: &'static str,
}

const SNIPPETS: [Snippet; 9] = [
    Snippet {
        name: "github",
        file: ".github/workflows/sockspec.yml",
        about: "GitHub Actions: annotations for failures, and a summary of the job",
        text: include_str!("help/github.yml"),
    },
    Snippet {
        name: "github-parts",
        file: ".github/workflows/sockspec.yml",
        about: "GitHub Actions: several machines, each plays a part",
        text: include_str!("help/github-parts.yml"),
    },
    Snippet {
        name: "classroom",
        file: ".github/workflows/classroom.yml",
        about: "GitHub Classroom: points for a submission that conforms",
        text: include_str!("help/classroom.yml"),
    },
    Snippet {
        name: "gitlab",
        file: ".gitlab-ci.yml",
        about: "GitLab: the merge request shows what fails",
        text: include_str!("help/gitlab.yml"),
    },
    Snippet {
        name: "gitlab-parts",
        file: ".gitlab-ci.yml",
        about: "GitLab: several machines, each plays a part",
        text: include_str!("help/gitlab-parts.yml"),
    },
    Snippet {
        name: "gradescope-setup",
        file: "setup.sh",
        about: "Gradescope: runs once, when Gradescope builds the image",
        text: include_str!("help/gradescope-setup.sh"),
    },
    Snippet {
        name: "gradescope",
        file: "run_autograder",
        about: "Gradescope: runs for each submission",
        text: include_str!("help/gradescope.sh"),
    },
    Snippet {
        name: "hook",
        file: ".git/hooks/pre-push",
        about: "Git: refuses to push a program that does not conform",
        text: include_str!("help/hook.sh"),
    },
    Snippet {
        name: "container",
        file: "Dockerfile",
        about: "an image with sockspec and a C compiler",
        text: include_str!("help/container.dockerfile"),
    },
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
        ["ci"] => return print(&overview()),
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
    let found = SNIPPETS.iter().find(|snippet| snippet.name == name);
    let found = found.ok_or_else(|| {
        let hint = nearest(name, SNIPPETS.iter().map(|snippet| snippet.name));
        Stop::usage(format!("there is no file `{name}`{hint}; `sockspec help ci` lists them"))
    })?;
    Ok(found.text.replace("VERSION", env!("CARGO_PKG_VERSION")))
}

fn overview() -> String {
    let mut page = String::from(
        "Each of these commands prints a file. The file installs sockspec, builds\n\
         server.c and client.c, and judges them. Replace `cc` with your own way to build.\n\
         The first run compiles sockspec for one or two minutes. Later runs find it in\n\
         the cache.\n\n",
    );
    for Snippet { name, file, about, .. } in &SNIPPETS {
        page += &format!("  sockspec help ci {name:<17} > {file}\n      {about}\n");
    }
    page += "\nThe exit status is 0 if the programs conform, and 1 if one does not. It is never\n\
             1 for a reason that is not the program's: `sockspec help exit-status`.\n\
             In GitHub Actions, sockspec chooses its reports: `sockspec help formats`.\n";
    page
}
