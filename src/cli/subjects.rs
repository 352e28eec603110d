//! The programs that the command line names, and the built-in pair.

use super::stop::Stop;
use crate::run::setting::Subject;
use crate::spec::role::Role;
use crate::stage::command::Command;
use std::path::{Path, PathBuf};

/// The first argument with which the program starts itself as one of the reference pair.
pub const REFERENCE_ARGUMENT: &str = "__reference";

/// The file of this program. sockspec starts it again for each worker.
pub(super) fn own_file() -> Result<PathBuf, Stop> {
    std::env::current_exe().map_err(|error| Stop::trouble(format!("this program cannot find its own file: {error}")))
}

/// The programs of --server and --client.
pub(super) fn subjects(server: Option<&str>, client: Option<&str>) -> Result<Vec<Subject>, Stop> {
    let mut subjects = Vec::new();
    for (role, text) in [(Role::Server, server), (Role::Client, client)] {
        if let Some(text) = text {
            let command = Command::parse(text).map_err(|error| Stop::usage(format!("--{role}: {error}")))?;
            subjects.push(Subject { role, command });
        }
    }
    Ok(subjects)
}

/// The built-in pair.
pub(super) fn reference_pair(program: &Path) -> Vec<Subject> {
    let subject = |role: Role| {
        let shown = format!("the built-in reference {role}");
        Subject { role, command: Command::trusted(&shown, program.to_owned(), &[REFERENCE_ARGUMENT, &role.to_string()]) }
    };
    vec![subject(Role::Server), subject(Role::Client)]
}
