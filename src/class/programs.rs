//! Finds the server and the client among the files of a folder.

use super::recipe::{ending, files, main_classes, stem};
use crate::stage::command::Command;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The interpreter for each file name extension.
pub const INTERPRETERS: [(&str, &str); 7] =
    [("py", "python3"), ("js", "node"), ("mjs", "node"), ("pl", "perl"), ("rb", "ruby"), ("php", "php"), ("lua", "lua")];

/// Words in the names of servers, and of clients.
const SERVER_WORDS: [&str; 3] = ["serv", "服务", "服務"];
const CLIENT_WORDS: [&str; 3] = ["client", "客户", "客戶"];

/// How many programs without a telling name are tried, to see what they are.
const MOST_UNNAMED: usize = 4;

/// The programs of a folder, as commands that run in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programs {
    /// Where to run them.
    pub directory: PathBuf,
    /// The command of the server.
    pub server: Option<String>,
    /// The command of the client.
    pub client: Option<String>,
    /// Commands of programs whose names do not tell what they are.
    pub unnamed: Vec<String>,
    /// The files that are there, for a message.
    pub files: Vec<String>,
}

impl Programs {
    /// The programs that the files of this folder are.
    ///
    /// # Errors
    /// Two programs have the name of a server, or of a client. The message says which.
    pub(super) fn find(directory: &Path) -> Result<Self, String> {
        let files = files(directory);
        let all: Vec<(String, String)> = files.iter().filter_map(|file| Some((file.clone(), command(directory, file)?))).collect();
        let is_named = |file: &str, words: &[&str]| words.iter().any(|word| stem(file).to_lowercase().contains(word));
        let (mut servers, mut clients, mut unnamed) = (Vec::new(), Vec::new(), Vec::new());
        for (file, command) in all {
            match (is_named(&file, &SERVER_WORDS), is_named(&file, &CLIENT_WORDS)) {
                (true, false) => servers.push(command),
                (false, true) => clients.push(command),
                _ => unnamed.push(command),
            }
        }
        for (all, role) in [(&servers, "server"), (&clients, "client")] {
            if all.len() > 1 {
                return Err(format!("{} may each be the {role}: name it with --{role}", all.join(", ")));
            }
        }
        let is_complete = !servers.is_empty() || !clients.is_empty();
        unnamed.truncate(if is_complete { 0 } else { MOST_UNNAMED });
        Ok(Self { directory: directory.to_owned(), server: servers.pop(), client: clients.pop(), unnamed, files })
    }
}

/// The command that starts this file, if it is a program.
fn command(directory: &Path, file: &str) -> Option<String> {
    let path = directory.join(file);
    if ending(file) == "java" {
        let is_compiled = |class: &String| directory.join(class.replace('.', "/") + ".class").is_file();
        return main_classes(&path).into_iter().find(is_compiled).map(|class| format!("java {}", shell_words::quote(&class)));
    }
    let here = format!("./{}", shell_words::quote(file));
    let may_run = fs::metadata(&path).is_ok_and(|about| about.permissions().mode() & 0o111 != 0);
    // On some file systems every file may run: only a program begins like one.
    if may_run && is_program(&path) && Command::plain(&here, Some(directory)).is_ok() {
        return Some(here);
    }
    let (_, interpreter) = INTERPRETERS.iter().find(|(known, _)| *known == ending(file))?;
    Some(format!("{interpreter} {}", shell_words::quote(file)))
}

/// Whether the file begins as an ELF program or as a script does. Object files and libraries are no programs.
pub(super) fn is_program(path: &Path) -> bool {
    let mut bytes = Vec::new();
    let _ = fs::File::open(path).and_then(|file| file.take(17).read_to_end(&mut bytes));
    // Byte 16 of an ELF file says what it is: 2 a program, 3 a program or a library.
    bytes.starts_with(b"#!") || bytes.starts_with(b"\x7fELF") && matches!(bytes.get(16), Some(2 | 3))
}
