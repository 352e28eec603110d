//! The command that starts a subject: its words, its program, and the places for the address.

use rustix::fs::{Access, access};
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

/// How many bytes of a script's first line the kernel reads.
const LONGEST_FIRST_LINE: u64 = 256;

/// How to start a subject. No shell is involved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    shown: String,
    program: PathBuf,
    /// The working directory, if that is not this program's own.
    directory: Option<PathBuf>,
    /// All words, split at the places for the address. The first word is the name of the program, as the user wrote it.
    words: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Host,
    Port,
}

/// The reason why a command cannot be run. Each message says what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The command is empty.
    #[error("the command is empty: name the program to judge, for example ./a.out")]
    Empty,
    /// A quotation mark is missing.
    #[error("the command `{0}` has a quotation mark without its partner")]
    Quotes(String),
    /// The program does not exist.
    #[error("the command `{0}` does not exist{1}")]
    Missing(String, &'static str),
    /// The user meant one name, and the spaces divide it into words.
    #[error("`{file}` is a file, but spaces separate the words of a command: put it in quotes, as in \"{}\"", shell_words::quote(.file))]
    Spaces {
        /// The name.
        file: String,
    },
    /// The file is not executable.
    #[error("`{0}` is there, but may not be run{1}")]
    NotExecutable(String, &'static str),
    /// The file is a script, and its interpreter does not exist.
    #[error("`{word}` is there, but its interpreter is not: its first line asks for `{}`{hint}", .interpreter.escape_debug())]
    Interpreter {
        /// The script.
        word: String,
        /// Its interpreter.
        interpreter: String,
        /// A possible cause.
        hint: &'static str,
    },
    /// The command has a word that only a shell understands.
    #[error("no shell reads the command, and `{word}` would be nothing but a word for the program: write \"{}\"{hint}", in_shell(.command))]
    Shell {
        /// The word.
        word: String,
        /// The whole command.
        command: String,
        /// Another way to get the same.
        hint: &'static str,
    },
    /// A name in braces that is not known.
    #[error("`{{{0}}}` in the command is not known: there are {{host}}, {{port}} and {{addr}}, and `{{{{` stands for a brace")]
    Place(String),
    /// An opening brace without a closing one.
    #[error("a `{{` in the command has no `}}`: write `{{{{` for a brace")]
    Brace,
}

impl Command {
    /// An address for those who want to see the words of a command, and not start it.
    pub const NOWHERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);

    /// Splits a command as a shell would (quotes, backslashes), and finds its program on PATH.
    ///
    /// # Errors
    /// The reason why the command cannot be started.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        Self::parse_in(text, None)
    }

    /// The same with a working directory. The name of the program may be relative to it.
    ///
    /// # Errors
    /// The reason why the command cannot be started.
    pub fn parse_in(text: &str, directory: Option<&Path>) -> Result<Self, CommandError> {
        let words = split(text)?.iter().map(|word| pieces(word)).collect::<Result<_, _>>()?;
        Self::plain(text, directory).map(|command| Self { words, ..command })
    }

    /// The same for a command that has no places for the address. Braces have no meaning there.
    ///
    /// # Errors
    /// The reason why the command cannot be started.
    pub fn plain(text: &str, directory: Option<&Path>) -> Result<Self, CommandError> {
        let words = split(text)?;
        if let Some(word) = shell_word(text) {
            return Err(CommandError::Shell { word: word.to_owned(), command: text.trim().to_owned(), hint: directory_hint(&words[0]) });
        }
        let here = directory.unwrap_or(Path::new(""));
        let is_file =
            |error| if words.len() > 1 && here.join(text).is_file() { CommandError::Spaces { file: text.to_owned() } } else { error };
        let program = resolve(&words[0], here).map_err(is_file)?;
        let words = words.into_iter().map(|word| vec![Piece::Text(word)]).collect();
        Ok(Self { shown: text.to_owned(), program, directory: directory.map(Path::to_owned), words })
    }

    /// A command whose program is known to exist.
    pub fn trusted(shown: &str, program: PathBuf, arguments: &[&str]) -> Self {
        let words = std::iter::once(shown).chain(arguments.iter().copied()).map(|word| vec![Piece::Text(word.to_owned())]).collect();
        Self { shown: shown.to_owned(), program, directory: None, words }
    }

    /// The program's file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The working directory, if that is not this program's own.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// Its words, with the address in its places. The first word is the name of the program, as the user wrote it.
    pub fn words(&self, address: SocketAddrV4) -> Vec<String> {
        let fill = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Host => address.ip().to_string(),
            Piece::Port => address.port().to_string(),
        };
        self.words.iter().map(|word| word.iter().map(fill).collect()).collect()
    }

    /// Whether the command has a place for the port, so that the subject can use another port than the course's.
    pub fn takes_port(&self) -> bool {
        self.words.iter().flatten().any(|piece| *piece == Piece::Port)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// The words of a command: at least one.
fn split(text: &str) -> Result<Vec<String>, CommandError> {
    let words = shell_words::split(text).map_err(|_| CommandError::Quotes(text.to_owned()))?;
    if words.first().is_some_and(|word| !word.is_empty()) { Ok(words) } else { Err(CommandError::Empty) }
}

/// The first word that has a special meaning for a shell: it ends a command, or redirects its output.
fn shell_word(text: &str) -> Option<&str> {
    let mut start = 0;
    text.split_inclusive(char::is_whitespace).find_map(|piece| {
        let word = piece.trim_end();
        let (before, behind) = (&text[..start], &text[..start + word.len()]);
        start += piece.len();
        let redirected = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '&').starts_with(['<', '>']);
        let is_special = redirected || matches!(word, "|" | "||" | "|&") || word.ends_with(['&', ';']) && !word.contains('\\');
        // A word in quotes has no special meaning. Inside quotes, the text before or after the word has an odd quotation mark.
        let is_quoted = || [before, behind].iter().any(|text| shell_words::split(text).is_err());
        (is_special && !is_quoted()).then_some(word)
    })
}

/// The command with the shell that it needs.
fn in_shell(command: &str) -> String {
    format!("sh -c {}", shell_words::quote(command))
}

/// `cd` needs a shell. There is another way.
fn directory_hint(word: &str) -> &'static str {
    if word == "cd" { ", or directory = … in sockspec.toml" } else { "" }
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
    if is_source(word) && here.join(word).is_file() {
        return Err(CommandError::NotExecutable(word.to_owned(), SOURCE));
    }
    let hint = match shell_hint(word) {
        "" if here.join(word).is_file() => ": it is not on PATH; for the file in this folder write ./ before its name",
        hint => hint,
    };
    Err(refused.unwrap_or(CommandError::Missing(word.to_owned(), hint)))
}

fn runnable(word: &str, file: &Path) -> Result<PathBuf, CommandError> {
    let file = std::path::absolute(file).map_err(|_| CommandError::Missing(word.to_owned(), ""))?;
    if file.is_dir() {
        Err(CommandError::NotExecutable(word.to_owned(), ": it is a folder"))
    } else if access(&file, Access::EXEC_OK).is_ok() {
        interpreted(word, &file)?;
        Ok(file)
    } else if file.exists() {
        let script = ": give it permission with chmod +x, or name its interpreter, as in 'python3 server.py'";
        Err(CommandError::NotExecutable(word.to_owned(), if is_source(word) { SOURCE } else { script }))
    } else {
        Err(CommandError::Missing(word.to_owned(), shell_hint(word)))
    }
}

/// The hint for a program that is not compiled yet.
const SOURCE: &str = ": it is source code; compile it, and name the program that comes out, as in ./a.out";

/// Whether a file is source code for a compiler.
fn is_source(word: &str) -> bool {
    let ending = Path::new(word).extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| ["c", "cpp", "cc", "java", "go", "rs"].contains(&ending))
}

/// The hint for a name that only a shell understands.
fn shell_hint(word: &str) -> &'static str {
    if word == "cd" {
        ": no shell reads this; write directory = … in sockspec.toml, or let one read it: sh -c '…'"
    } else if word.starts_with('~') || word.contains(['$', '=', '`', '*']) {
        ": no shell reads this, so nothing is put in its place; let one read it: sh -c '…'"
    } else {
        ""
    }
}

/// Makes sure that the interpreter of a script exists. If not, the system would say that the script does not exist.
fn interpreted(word: &str, file: &Path) -> Result<(), CommandError> {
    let mut first = String::new();
    // A file that is not text is no script.
    let read = File::open(file).and_then(|file| BufReader::new(file.take(LONGEST_FIRST_LINE)).read_line(&mut first));
    let Some(line) = read.ok().and_then(|_| first.strip_prefix("#!")) else { return Ok(()) };
    let line = line.trim_start_matches([' ', '\t']);
    let interpreter = line.split([' ', '\t', '\n']).next().unwrap_or_default();
    if interpreter.is_empty() || Path::new(interpreter).exists() {
        return Ok(());
    }
    let hint = if interpreter.ends_with('\r') { " (the file has the line ends of Windows)" } else { "" };
    Err(CommandError::Interpreter { word: word.to_owned(), interpreter: interpreter.to_owned(), hint })
}
