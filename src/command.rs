//! The command line of a subject: its words, its program, and the places where the address goes.

use crate::dialect::ADDRESS;
use rustix::fs::{Access, access};
use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

/// How to start a subject. No shell is involved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    shown: String,
    program: PathBuf,
    /// Where it is started; nothing where that is this program's own working directory.
    directory: Option<PathBuf>,
    /// All words, the name of the program as it was given first, split at the places for the address.
    words: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Host,
    Port,
}

/// Why a command cannot be run. Each message says what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Nothing was given.
    #[error("the command is empty: name the program to judge, for example ./a.out")]
    Empty,
    /// A quotation mark is missing.
    #[error("the command `{0}` has a quotation mark without its partner")]
    Quotes(String),
    /// The program is not there.
    #[error("the command `{0}` does not exist{1}")]
    Missing(String, &'static str),
    /// The program may not be run.
    #[error("`{0}` is there, but may not be run{1}")]
    NotExecutable(String, &'static str),
    /// A place for something that does not exist.
    #[error("`{{{0}}}` in the command is not known: there are {{host}}, {{port}} and {{addr}}, and `{{{{` stands for a brace")]
    Place(String),
    /// A brace without its partner.
    #[error("a `{{` in the command has no `}}`: write `{{{{` for a brace")]
    Brace,
}

impl Command {
    /// Splits a command as a shell would (quotes, backslashes), and finds its program on PATH.
    ///
    /// # Errors
    /// Whatever would keep it from being started.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        Self::parse_in(text, None)
    }

    /// The same, started in a folder, from which its program is looked for.
    ///
    /// # Errors
    /// Whatever would keep it from being started.
    pub fn parse_in(text: &str, directory: Option<&Path>) -> Result<Self, CommandError> {
        let words = split(text)?.iter().map(|word| pieces(word)).collect::<Result<_, _>>()?;
        Self::plain(text, directory).map(|command| Self { words, ..command })
    }

    /// A command that is told no address, so that braces are braces.
    ///
    /// # Errors
    /// Whatever would keep it from being started.
    pub fn plain(text: &str, directory: Option<&Path>) -> Result<Self, CommandError> {
        let words = split(text)?;
        let program = resolve(&words[0], directory.unwrap_or(Path::new("")))?;
        let words = words.into_iter().map(|word| vec![Piece::Text(word)]).collect();
        Ok(Self { shown: text.to_owned(), program, directory: directory.map(Path::to_owned), words })
    }

    /// A program of which it is known that it exists.
    pub fn trusted(shown: &str, program: PathBuf, arguments: &[&str]) -> Self {
        let words = std::iter::once(shown).chain(arguments.iter().copied()).map(|word| vec![Piece::Text(word.to_owned())]).collect();
        Self { shown: shown.to_owned(), program, directory: None, words }
    }

    /// The program's file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The folder in which it is started, if that is not the working directory.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// Its words, with the address filled in; the first is the program's name as it was given.
    pub fn words(&self, port: u16) -> Vec<String> {
        let fill = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Host => ADDRESS.ip().to_string(),
            Piece::Port => port.to_string(),
        };
        self.words.iter().map(|word| word.iter().map(fill).collect()).collect()
    }

    /// Whether the subject can be told another port than the tutorial's.
    pub fn takes_port(&self) -> bool {
        self.words.iter().flatten().any(|piece| *piece == Piece::Port)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// The words of a command, of which there is at least one.
fn split(text: &str) -> Result<Vec<String>, CommandError> {
    let words = shell_words::split(text).map_err(|_| CommandError::Quotes(text.to_owned()))?;
    if words.first().is_some_and(|word| !word.is_empty()) { Ok(words) } else { Err(CommandError::Empty) }
}

fn pieces(word: &str) -> Result<Vec<Piece>, CommandError> {
    let mut pieces = vec![Piece::Text(String::new())];
    let mut push = |piece: Piece| match (pieces.last_mut(), piece) {
        (Some(Piece::Text(last)), Piece::Text(more)) => last.push_str(&more),
        (_, piece) => pieces.push(piece),
    };
    let mut rest = word;
    while let Some(at) = rest.find(['{', '}']) {
        push(Piece::Text(rest[..at].to_owned()));
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            push(Piece::Text(rest[..1].to_owned()));
            rest = &rest[2..];
        } else if rest.starts_with('}') {
            push(Piece::Text("}".to_owned()));
            rest = &rest[1..];
        } else {
            let end = rest.find('}').ok_or(CommandError::Brace)?;
            match &rest[1..end] {
                "host" => push(Piece::Host),
                "port" => push(Piece::Port),
                "addr" => [Piece::Host, Piece::Text(":".into()), Piece::Port].into_iter().for_each(&mut push),
                other => return Err(CommandError::Place(other.to_owned())),
            }
            rest = &rest[end + 1..];
        }
    }
    push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

/// The file that a shell in this folder would run for this word, without running it.
fn resolve(word: &str, here: &Path) -> Result<PathBuf, CommandError> {
    if word.contains('/') {
        return runnable(word, &here.join(word));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut refused = None;
    for folder in env::split_paths(&path) {
        match runnable(word, &here.join(folder).join(word)) {
            Err(error @ CommandError::NotExecutable(..)) => refused = Some(error),
            Err(_) => {}
            found => return found,
        }
    }
    let hint = if here.join(word).is_file() { ": it is not on PATH; for the file in this folder write ./ before its name" } else { "" };
    Err(refused.unwrap_or(CommandError::Missing(word.to_owned(), hint)))
}

fn runnable(word: &str, file: &Path) -> Result<PathBuf, CommandError> {
    let file = std::path::absolute(file).map_err(|_| CommandError::Missing(word.to_owned(), ""))?;
    if file.is_dir() {
        Err(CommandError::NotExecutable(word.to_owned(), ": it is a folder"))
    } else if access(&file, Access::EXEC_OK).is_ok() {
        Ok(file)
    } else if file.exists() {
        Err(CommandError::NotExecutable(
            word.to_owned(),
            ": give it permission with chmod +x, or name its interpreter, as in 'python3 server.py'",
        ))
    } else {
        Err(CommandError::Missing(word.to_owned(), ""))
    }
}
