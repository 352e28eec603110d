//! Reads the dialect of a course from a file. Every error names a place in the file, and a way to correct it.

use crate::spec::dialect::{Dialect, is_space};
use crate::spec::notation::ParseError;
use crate::spec::source::Source;
use crate::spec::table::{Keys, Parsed, Table};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use toml::Spanned;

const KEYS: Keys = &["name", "address", "buffer", "token"];
const TABLES: Keys = &["server", "client"];
const SERVER: Keys = &["greeting", "message", "farewell"];
const CLIENT: Keys = &["greeting"];

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CourseError {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Read(String, io::Error),
    /// It has a mistake.
    #[error("{0}")]
    Parse(#[from] ParseError),
}

impl Dialect {
    /// Reads the file of a course.
    ///
    /// # Errors
    /// The file cannot be read, or has a mistake.
    pub fn load(path: &Path) -> Result<Self, CourseError> {
        let file = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| CourseError::Read(file.clone(), error))?;
        let text = String::from_utf8(bytes).map_err(|error| ParseError::no_text(&file, error.as_bytes(), error.utf8_error()))?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self::parse(&file, &stem, &text)?)
    }

    /// Parses the text of a file. A key that is missing has the tutorial's value. `name` is the name of a course that gives itself none.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(file: &str, name: &str, text: &str) -> Parsed<Self> {
        let source = Source { file, text };
        let parsed = Table::parse(source)?;
        let root = Table::root(source, &parsed, KEYS, TABLES)?;
        let tutorial = Self::tutorial();
        let mut dialect = Self { name: root.read("name", course_name)?.unwrap_or_else(|| name.to_owned()), ..tutorial };
        if let Some(address) = root.read("address", address)? {
            dialect.address = address;
        }
        if let Some(buffer) = root.number("buffer", 16..=65_536)? {
            dialect.buffer = buffer;
        }
        if let Some(token) = root.read("token", token)? {
            dialect.token = token;
        }
        if let Some(server) = root.table("server", SERVER)? {
            if let Some(greeting) = server.text("greeting")? {
                dialect.server_greeting = greeting.into_inner().into_bytes();
            }
            if let Some(message) = server.text("message")? {
                let (prefix, line_end) = around_message(&message).map_err(|why| source.error(message.span().start, why))?;
                (dialect.prefix, dialect.line_end) = (prefix, line_end);
            }
            if let Some(farewell) = server.text("farewell")? {
                dialect.farewell = farewell.into_inner().into_bytes();
                dialect.farewell_at_token.clone_from(&dialect.farewell);
            }
        }
        if let Some(client) = root.table("client", CLIENT)?
            && let Some(greeting) = client.text("greeting")?
        {
            dialect.client_greeting = greeting.into_inner().into_bytes();
        }
        Ok(dialect)
    }
}

fn course_name(text: &str) -> Result<String, String> {
    let is_plain = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if is_plain { Ok(text.trim().to_owned()) } else { Err("a name is one line of text, such as \"Networks 101, exercise 2\"".into()) }
}

fn address(text: &str) -> Result<SocketAddrV4, String> {
    let address: SocketAddrV4 = text.parse().map_err(|_| "an address is 127.0.0.1 and a port: write address = \"127.0.0.1:9000\"")?;
    match address.port() {
        _ if *address.ip() != Ipv4Addr::LOCALHOST => Err(format!(
            "programs are judged at 127.0.0.1, where a server of 0.0.0.0 listens, too: write address = \"127.0.0.1:{}\"",
            address.port()
        )),
        0..1024 => Err("only root may use a port below 1024: give the port that the programs use, such as 9000".into()),
        _ => Ok(address),
    }
}

fn token(text: &str) -> Result<Vec<u8>, String> {
    match text.as_bytes() {
        [] => Err("a token is at least one letter".into()),
        word if word.iter().any(|&byte| is_space(byte) || byte == 0) => {
            Err("a token is one word: a client sends word by word, so a token with a blank in it never arrives".into())
        }
        word if word.len() > 64 => Err("a token has at most 64 bytes".into()),
        word => Ok(word.to_vec()),
    }
}

/// The text before a message, and the text behind it.
fn around_message(text: &Spanned<String>) -> Result<(Vec<u8>, Vec<u8>), String> {
    const PLACE: &str = "{message}";
    let shown = text.get_ref();
    let (before, behind) =
        shown.split_once(PLACE).ok_or_else(|| format!("the text has no {PLACE}: that is where the received bytes stand"))?;
    if behind.contains(PLACE) {
        return Err(format!("the text has {PLACE} twice"));
    }
    if before.is_empty() && behind.is_empty() {
        return Err(format!("nothing is around {PLACE}: then one message could not be told from two; add \\n at least"));
    }
    Ok((before.into(), behind.into()))
}
