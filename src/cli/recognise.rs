//! Recognises programs whose role the command line does not name.

use super::messages::say;
use super::options::Options;
use super::stop::Stop;
use crate::class::INTERPRETERS;
use crate::run::interrupt::Interrupt;
use crate::run::recognition::{Recognition, recognise};
use crate::run::setting::Subject;
use crate::spec::role::Role;
use crate::stage::command::Command;
use std::borrow::Cow;
use std::fs;
use std::path::Path;

/// Adds these programs to the subjects with known roles, a server before its client. With `shows_roles`, prints which role each program
/// has.
///
/// # Errors
/// A program shows no role, or another program has this role already.
pub(super) fn add(
    mut subjects: Vec<Subject>,
    programs: &[String],
    options: &Options,
    interrupt: &Interrupt,
    shows_roles: bool,
) -> Result<Vec<Subject>, Stop> {
    if programs.len() + subjects.len() > 2 {
        return Err(Stop::usage("name one program, or a server and its client: several programs side by side go into sockspec.toml"));
    }
    for text in programs {
        let subject = subject(text, options, interrupt)?;
        if let Some(other) = subjects.iter().find(|other| other.role == subject.role) {
            return Err(Stop::usage(format!(
                "`{}` and `{text}` are both {}s: judge one at a time; several programs side by side go into sockspec.toml",
                other.command, other.role
            )));
        }
        if shows_roles {
            let what = if subject.role == Role::Server { "listens: it is a server" } else { "connects: it is a client" };
            say(&format!("{text} {what}"));
        }
        subjects.push(subject);
    }
    subjects.sort_by_key(|subject| subject.role != Role::Server);
    Ok(subjects)
}

fn subject(text: &str, options: &Options, interrupt: &Interrupt) -> Result<Subject, Stop> {
    let command = Command::parse(text).map_err(|error| Stop::usage(error.to_string()))?;
    let recognised = recognise(&command, &options.setting()?, interrupt, &mut |_| {});
    let recognition = match recognised {
        Err(_) if interrupt.is_set() => return Err(Stop::interrupted()),
        recognised => recognised.map_err(|error| Stop::trouble(error.to_string()))?,
    };
    match recognition {
        Recognition::Plays(role) => Ok(Subject { role, command }),
        Recognition::Unseen(why) => Err(Stop::trouble(format!("`{text}` could not be looked at: {why}"))),
        Recognition::Unknown([as_server, as_client]) => {
            let quoted = quoted(text);
            Err(Stop::usage(format!(
                "`{text}` neither listens nor connects, so say what it is: --server {quoted} or --client {quoted}\n  \
                 where a client waited for it: {as_server}\n  where a server waited for it: {as_client}"
            )))
        }
    }
}

/// The command that starts the program of the working directory, if there is exactly one.
pub(super) fn only_program_here() -> Option<String> {
    let mut found = fs::read_dir(".").ok()?.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let is_file = !name.starts_with('.') && fs::metadata(entry.path()).is_ok_and(|about| about.is_file());
        let file = format!("./{name}");
        if is_file && Command::parse(&shell_words::quote(&file)).is_ok() {
            return Some(shell_words::quote(&file).into_owned());
        }
        let ending = Path::new(&name).extension()?.to_str()?;
        let (_, interpreter) = INTERPRETERS.iter().find(|(known, _)| *known == ending && is_file)?;
        Some(format!("{interpreter} {}", shell_words::quote(&name)))
    });
    found.next().filter(|_| found.next().is_none())
}

/// A command as one word for a shell, in the quotation marks that are easiest to read.
pub(super) fn quoted(command: &str) -> Cow<'_, str> {
    if command.contains('\'') && !command.contains(['"', '$', '`', '\\', '!']) {
        format!("\"{command}\"").into()
    } else {
        shell_words::quote(command)
    }
}
