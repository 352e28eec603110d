//! `sockspec help`: the pages of commands, and pages about what no option tells.

use super::{Stop, print};
use crate::spec::suggest::nearest;
use clap::Command;

/// What one puts into a repository so that somebody else's machine judges it.
struct Snippet {
    name: &'static str,
    /// The file that it belongs into.
    file: &'static str,
    about: &'static str,
    text: &'static str,
}

const SNIPPETS: [Snippet; 9] = [
    Snippet {
        name: "github",
        file: ".github/workflows/sockspec.yml",
        about: "GitHub Actions: failures are annotations, and a summary of the job",
        text: include_str!("help/github.yml"),
    },
    Snippet {
        name: "github-parts",
        file: ".github/workflows/sockspec.yml",
        about: "the same on several machines at once, each of which plays a part",
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
        about: "the same on several machines at once",
        text: include_str!("help/gitlab-parts.yml"),
    },
    Snippet {
        name: "gradescope-setup",
        file: "setup.sh",
        about: "Gradescope, when it makes the image",
        text: include_str!("help/gradescope-setup.sh"),
    },
    Snippet {
        name: "gradescope",
        file: "run_autograder",
        about: "Gradescope, for each submission",
        text: include_str!("help/gradescope.sh"),
    },
    Snippet {
        name: "hook",
        file: ".git/hooks/pre-push",
        about: "Git: what does not conform is not pushed",
        text: include_str!("help/hook.sh"),
    },
    Snippet {
        name: "container",
        file: "Dockerfile",
        about: "an image with sockspec and a C compiler",
        text: include_str!("help/container.dockerfile"),
    },
];

/// Which page to show.
#[derive(Debug, clap::Args)]
pub(super) struct Help {
    /// A command, or `ci` and perhaps one of its files.
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

pub(super) fn run(arguments: &Help, mut command: Command) -> Result<u8, Stop> {
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    match words[..] {
        ["ci"] => return print(&overview()),
        ["ci", name] => return print(&snippet(name)?),
        _ => {}
    }
    let known = command.get_subcommands().map(|each| each.get_name().to_owned()).collect::<Vec<_>>();
    if let Some(stranger) = words.first().filter(|word| !known.iter().any(|name| name == *word)) {
        let hint = nearest(stranger, known.iter().map(String::as_str).chain(["ci"]));
        return Err(Stop::usage(format!(
            "there is no page about `{stranger}`{hint}; `sockspec help` lists the commands, and there is help ci"
        )));
    }
    // Clap gives the page to whoever asks for it in its own way.
    let asked = ["sockspec"].into_iter().chain(words).chain(["--help"]);
    match command.try_get_matches_from_mut(asked) {
        Err(page) => page.exit(),
        Ok(_) => Ok(0),
    }
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
        "sockspec in CI: each of these prints a file that installs sockspec, builds server.c and\n\
         client.c, and judges them. Put your own way to build in the place of `cc`.\n\n",
    );
    for Snippet { name, file, about, .. } in &SNIPPETS {
        page += &format!("  sockspec help ci {name:<17} > {file}\n      {about}\n");
    }
    page += "\nThe exit status is 0 where the programs conform, 1 where one does not, and never 1 for a\n\
             reason that is not the program's. `sockspec --help` lists all of them.\n";
    page
}
