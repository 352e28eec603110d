//! Reads the dialect of a course from a file. Every error names a place in the file, and a way to correct it.

mod names;
pub mod write;

use crate::spec::dialect::{ClientEnd, Dialect, Form, Framing, Hole, ReplyTo, ServerEnd, Serves, TokenIs, TokenMatch, Values, is_space};
use crate::spec::notation::ParseError;
use crate::spec::source::Source;
use crate::spec::table::{Keys, Parsed, Table};
use names::{CLIENT_ENDS, FRAMINGS, INPUTS, MATCHES, OTHER_TEXT, RECEIVERS, SERVER_ENDS, SERVING, TOKEN_IS};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use toml::de::DeValue;

const KEYS: Keys = &["name", "address", "framing", "buffer", "token", "token-match", "terminal", "other-text"];
const TABLES: Keys = &["server", "client"];
const SERVER: Keys =
    &["start", "greeting", "message", "farewell", "welcome", "reply", "reply-to", "serves", "messages", "token-is", "ends-by"];
const CLIENT: Keys = &["greeting", "prompt", "input", "sends", "shows", "waits", "ends-by"];

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

/// The files of the built-in dialects.
const BUILT_IN: [(&str, &str); 6] = [
    ("tutorial-threads", include_str!("dialect/tutorial-threads.toml")),
    ("tutorial-answers", include_str!("dialect/tutorial-answers.toml")),
    ("echo", include_str!("dialect/echo.toml")),
    ("echo-lines", include_str!("dialect/echo-lines.toml")),
    ("chat", include_str!("dialect/chat.toml")),
    ("broadcast", include_str!("dialect/broadcast.toml")),
];

impl Dialect {
    /// The names of the built-in dialects.
    pub fn names() -> impl Iterator<Item = &'static str> {
        std::iter::once("tutorial").chain(BUILT_IN.iter().map(|(name, _)| *name))
    }

    /// The built-in dialect with this name.
    ///
    /// # Panics
    /// There is a mistake in its file. The tests of this project exclude that.
    pub fn built_in(name: &str) -> Option<Arc<Self>> {
        /// Each file is parsed once: most fixtures of other courses share a few dialects.
        static PARSED: LazyLock<Vec<(&str, Arc<Dialect>)>> = LazyLock::new(|| {
            let parse = |&(name, text): &(&'static str, &str)| {
                let dialect = Dialect::parse(&format!("{name}.toml"), name, text).unwrap_or_else(|error| panic!("{error}"));
                (name, Arc::new(dialect))
            };
            std::iter::once(("tutorial", Arc::default())).chain(BUILT_IN.iter().map(parse)).collect()
        });
        PARSED.iter().find(|(known, _)| *known == name).map(|(_, dialect)| dialect.clone())
    }

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
        let mut dialect = Self { name: root.read("name", course_name)?.unwrap_or_else(|| name.to_owned()), ..Self::tutorial() };
        set(&mut dialect.address, root.read("address", address)?);
        set(&mut dialect.framing, root.choice("framing", FRAMINGS)?);
        set(&mut dialect.buffer, root.number("buffer", 16..=65_536)?);
        set(&mut dialect.token, root.read("token", token)?);
        set(&mut dialect.token_match, root.choice("token-match", MATCHES)?);
        set(&mut dialect.terminal, root.truth("terminal")?);
        set(&mut dialect.ignores_other_text, root.choice("other-text", OTHER_TEXT)?);
        let (server, client) = (root.table("server", SERVER)?, root.table("client", CLIENT)?);
        if let Some(server) = &server {
            dialect.read_server(server)?;
        }
        if let Some(client) = &client {
            dialect.read_client(client)?;
        }
        match dialect.contradiction() {
            Some((table, key, why)) => {
                let tables = [Some(&root), server.as_ref(), client.as_ref()];
                let place = tables[table].and_then(|table| table.get(key)).map_or(0, |value| value.span().start);
                Err(source.error(place, why))
            }
            None => Ok(dialect),
        }
    }

    fn read_server(&mut self, server: &Table<'_>) -> Parsed<()> {
        set(&mut self.start, server.read("start", |text| literal_with(text, &["any"]))?);
        set(&mut self.server_greeting, server.read("greeting", with_values)?);
        if let Some(message) = server.read("message", around_message)? {
            (self.prefix, self.line_end) = (message.before, message.behind);
        }
        set(&mut self.farewell, server.read("farewell", with_values)?);
        self.farewell_at_token.clone_from(&self.farewell);
        set(&mut self.welcome, server.read("welcome", welcome)?);
        if let Some(replies) = server.read_each("reply", reply)? {
            self.set_replies(replies);
        }
        set(&mut self.reply_to, server.choice("reply-to", RECEIVERS)?);
        set(&mut self.server_ends, server.choice("ends-by", SERVER_ENDS)?);
        set(&mut self.serves, serves(server)?);
        set(&mut self.messages, server.number("messages", 1..=1000)?.map(Some));
        set(&mut self.token_is, server.choice("token-is", TOKEN_IS)?);
        Ok(())
    }

    fn read_client(&mut self, client: &Table<'_>) -> Parsed<()> {
        set(&mut self.client_greeting, client.read("greeting", literal)?);
        set(&mut self.prompt, client.read("prompt", literal)?);
        set(&mut self.input, client.choice("input", INPUTS)?);
        if let Some(sends) = client.read("sends", sends)? {
            (self.delimiter, self.padding) = (sends.behind, sends.padding);
        }
        set(&mut self.shows, client.read("shows", |text| form_with(text, &["reply"], &["len"]))?);
        set(&mut self.waits, client.truth("waits")?);
        set(&mut self.client_ends, client.choice("ends-by", CLIENT_ENDS)?);
        Ok(())
    }

    /// Whether a reply of the server can be the token.
    fn may_reply_with_token(&self) -> bool {
        let token = self.sent_token();
        self.replies_in_turn().any(|form| {
            let reply = form.of(self.unframed(&token));
            match form.hole {
                Hole::Typed => true,
                Hole::None => self.is_token(self.unframed(&reply)),
                Hole::Message | Hole::UpperCase => self.token_is == TokenIs::Answered && self.is_token(self.unframed(&reply)),
            }
        })
    }

    /// Keys that mean nothing together: the table (0 the file, 1 the server, 2 the client), the key, and a sentence that says why.
    pub fn contradiction(&self) -> Option<(usize, &'static str, &'static str)> {
        let tutorial = Self::tutorial();
        let (has_token, is_line) = (!self.token.is_empty(), self.framing == Framing::Line);
        let prints_part = |text: &Vec<u8>| !text.is_empty() && !text.ends_with(b"\n");
        let part = [("start", &self.start), ("greeting", &self.server_greeting), ("message", &self.line_end), ("farewell", &self.farewell)]
            .into_iter()
            .find(|(_, text)| self.is_compared_in_part() && prints_part(text));
        let is_open = |text: &[u8]| is_line && !text.is_empty() && !text.ends_with(b"\n");
        let is_list = !self.later_replies.is_empty();
        let waits_for_reply = matches!(self.client_ends, ClientEnd::Reply | ClientEnd::Either);
        let answers = self.replies() || !self.welcome.is_empty();
        match () {
            () if !has_token && self.token_match != tutorial.token_match => {
                Some((0, "token-match", "there is no token (token = \"\"), so nothing can match it"))
            }
            () if !has_token && self.token_is != tutorial.token_is => {
                Some((1, "token-is", "there is no token (token = \"\"), so it is nothing"))
            }
            () if !has_token && self.server_ends != tutorial.server_ends => {
                Some((1, "ends-by", "there is no token (token = \"\"), so nothing that is typed or received ends the server"))
            }
            () if self.server_ends != ServerEnd::Client && !self.has_operator() => {
                Some((1, "ends-by", "nobody types at the server: write reply = \"{typed}\", which is what the operator types"))
            }
            () if self.server_ends == ServerEnd::Operator && self.token_is != tutorial.token_is => Some((
                1,
                "token-is",
                "a client's token is a message like any other (ends-by = \"operator\"), so it is always printed and answered",
            )),
            () if self.has_operator() && self.serves == Serves::Many => {
                Some((1, "serves", "an operator answers one client at a time: with {typed} in reply, write serves = \"next\""))
            }
            () if self.reply_to != ReplyTo::Sender && !self.replies() => {
                Some((1, "reply-to", "there is no reply that could go to others: add reply"))
            }
            () if self.reply_to != ReplyTo::Sender && self.serves != Serves::Many => {
                Some((1, "reply-to", "a server has others only if it serves all at once: write serves = \"many\""))
            }
            () if self.waits && self.replies() && self.reply_to == ReplyTo::Others => {
                Some((2, "waits", "the client would wait without end: its own messages get no reply (reply-to = \"others\")"))
            }
            () if !has_token && self.client_ends != tutorial.client_ends => {
                Some((2, "ends-by", "there is no token (token = \"\"), so only the end of its input ends the client"))
            }
            () if is_line && self.token_match == TokenMatch::Newline => {
                Some((0, "token-match", "with framing = \"line\", a message has no newline: write token-match = \"whole\""))
            }
            () if !self.prints_messages() && !self.replies() => Some((
                1,
                "message",
                "the server neither prints a message nor replies to it, so nothing would show that it has read it: add reply",
            )),
            () if part.is_some() => Some((
                1,
                part.map_or("", |(key, _)| key),
                if self.ignores_other_text {
                    "other text is a line (other-text = \"ignored\"), so each text that the server prints ends with \\n"
                } else {
                    "a text with {any} stands at the beginning of a line, so each text that the server prints ends with \\n"
                },
            )),
            () if self.ignores_other_text && self.prints_messages() && self.prefix.is_empty() => Some((
                1,
                "message",
                "any line could be a message, so no other text can be ignored: write a text before {message}, or other-text = \"fails\"",
            )),
            () if self.ignores_other_text && prints_part(&self.client_greeting) => {
                Some((2, "greeting", "other text is a line (other-text = \"ignored\"), so the greeting ends with \\n"))
            }
            () if self.ignores_other_text && self.shows.before.is_empty() && !self.shows.is_nothing() => Some((
                2,
                "shows",
                "any line could be a reply, so no other text can be ignored: write a text before {reply}, or other-text = \"fails\"",
            )),
            () if is_line && self.has_nuls() => Some((
                if self.pads_messages() { 2 } else { 1 },
                if self.pads_messages() {
                    "sends"
                } else if self.reply.has_nuls() {
                    "reply"
                } else {
                    "welcome"
                },
                "with framing = \"line\", a newline ends a message: leave out {nul} and {pad}, or write framing = \"recv\"",
            )),
            () if self.padding > self.buffer => {
                Some((2, "sends", "the client sends more than one recv of the server takes: {pad} is at most the buffer"))
            }
            () if self.padding > 0 && self.padding < self.token.len() + self.delimiter.len() + 1 => {
                Some((2, "sends", "the token has no room in {pad}: the text and one NUL behind it must fit"))
            }
            () if is_line && !self.delimiter.ends_with(b"\n") => {
                Some((2, "sends", "with framing = \"line\", the client sends lines: write sends = \"{message}\\n\""))
            }
            () if is_list && self.replies_in_turn().any(|reply| reply.is_nothing() || reply.hole == Hole::Typed) => Some((
                1,
                "reply",
                "each text of a list is sent for one message, so none is empty, and none is what an operator types: leave out \"\" and {typed}",
            )),
            () if self.replies_in_turn().any(|reply| is_open(reply.end())) => {
                Some((1, "reply", "with framing = \"line\", a reply is a line: let it end with \\n"))
            }
            () if is_open(&self.welcome) => Some((1, "welcome", "with framing = \"line\", a welcome is a line: let it end with \\n")),
            () if self.waits && !self.replies() => {
                Some((2, "waits", "the client would wait without end: the server sends no reply (add reply to [server])"))
            }
            () if !self.shows.is_nothing() && !answers => {
                Some((2, "shows", "there is nothing to show: the server sends neither a welcome nor a reply (add reply to [server])"))
            }
            () if waits_for_reply && !self.replies() => {
                Some((2, "ends-by", "no reply ends the client: the server sends none (add reply to [server])"))
            }
            () if self.client_ends == ClientEnd::Reply && !self.may_reply_with_token() => Some((
                2,
                "ends-by",
                "no reply ends the client: none is the token (token-is = \"answered\" answers it, with reply = \"{message}\")",
            )),
            () => None,
        }
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
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
        word if word.iter().any(|&byte| is_space(byte) || byte == 0) => {
            Err("a token is one word: with a blank in it, a client that reads words would never send it".into())
        }
        word if word.len() > 64 => Err("a token has at most 64 bytes".into()),
        word => Ok(word.to_vec()),
    }
}

/// Which clients a server serves: a word, or a number.
fn serves(server: &Table<'_>) -> Parsed<Option<Serves>> {
    match server.get("serves").map(toml::Spanned::get_ref) {
        Some(DeValue::String(_)) => server.choice("serves", SERVING),
        _ => {
            let number = server.number("serves", 1..=100)?;
            Ok(number.map(|count| if count == 1 { Serves::One } else { Serves::Some(count as u8) }))
        }
    }
}

/// The text for a message: the received bytes with something before or behind them. Empty if nothing is printed.
fn around_message(text: &str) -> Result<Form, String> {
    match form_with(text, &["message"], &["ip", "port", "fd", "n", "len", "any"])? {
        form if Values::has_any(&form.behind) => {
            Err("{any} stands before {message}: behind it, nobody knows where the message ends".into())
        }
        form if form.is_bare() => Err("nothing is around {message}: then one message could not be told from two; add \\n at least".into()),
        form if form.hole == Hole::None && !form.is_nothing() => {
            Err("the text has no {message}: that is where the received bytes stand (\"\" prints nothing)".into())
        }
        form => Ok(form),
    }
}

/// A text without a hole. `{{` and `}}` are braces.
fn literal(text: &str) -> Result<Vec<u8>, String> {
    literal_with(text, &[])
}

/// The same with these values.
fn literal_with(text: &str, values: &[&str]) -> Result<Vec<u8>, String> {
    form_with(text, &[], values).map(|form| form.before)
}

/// What a server prints about a connection.
fn with_values(text: &str) -> Result<Vec<u8>, String> {
    literal_with(text, &["ip", "port", "fd", "n", "any"])
}

/// What a server sends to a client that has connected.
fn welcome(text: &str) -> Result<Vec<u8>, String> {
    let form = padded_form(text, |text| form_with(text, &[], &["ip", "port", "fd", "n"]))?;
    if form.padding > 0 && Values::are_in(&form.before) {
        return Err("the length of a text with values is not known, so {pad} cannot lengthen it: write {nul}".into());
    }
    Ok(form.of(b""))
}

/// What a server sends for a message.
fn reply(text: &str) -> Result<Form, String> {
    padded_form(text, |text| form_with(text, &["message", "MESSAGE", "typed"], &["ip", "port", "fd", "n", "len"]))
}

/// A text that may have `{nul}` or `{pad N}` at its end.
fn padded_form(text: &str, parse: impl Fn(&str) -> Result<Form, String>) -> Result<Form, String> {
    if let Some(text) = text.strip_suffix("{nul}") {
        let mut form = parse(text)?;
        if form.hole == Hole::None { &mut form.before } else { &mut form.behind }.push(0);
        return Ok(form);
    }
    let Some((text, number)) = text.strip_suffix('}').and_then(|text| text.rsplit_once("{pad ")) else { return parse(text) };
    let form = parse(text)?;
    match number.parse() {
        Ok(padding) if !(2..=65_536).contains(&padding) => Err("{pad} is a number of bytes from 2 to 65536".into()),
        Ok(padding) if form.of(b"").len() >= padding => Err(format!("the text has no room in {padding} bytes, with one NUL behind it")),
        Ok(padding) => Ok(Form { padding, ..form }),
        Err(_) => Err("{pad} has a number of bytes: write {pad 80}".into()),
    }
}

/// What a client sends behind each message.
fn sends(text: &str) -> Result<Form, String> {
    let form = padded_form(text, |text| form_with(text, &["message"], &[]))?;
    match form.hole {
        Hole::Message if form.before.is_empty() => Ok(form),
        _ => Err("the text begins with {message}, which is the word or the line that was typed".into()),
    }
}

/// A text with one hole at most, which has one of these names, and with these values. `{{` and `}}` are braces.
fn form_with(text: &str, holes: &[&str], values: &[&str]) -> Result<Form, String> {
    if text.contains('\0') {
        return Err("a text has no NUL".into());
    }
    let (mut form, mut rest) = (Form::default(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace, behind) = (&rest[..at], &rest[at..=at], &rest[at + 1..]);
        let target =
            |form: &mut Form, bytes: &[u8]| if form.hole == Hole::None { form.before.extend(bytes) } else { form.behind.extend(bytes) };
        target(&mut form, before.as_bytes());
        if let Some(behind) = behind.strip_prefix(brace) {
            target(&mut form, brace.as_bytes());
            rest = behind;
            continue;
        }
        let Some((name, behind)) = behind.split_once('}').filter(|_| brace == "{") else {
            return Err("a single brace: write {{ or }}".into());
        };
        if let Some(mark) = Values::mark(name).filter(|_| values.contains(&name)) {
            target(&mut form, mark);
            rest = behind;
            continue;
        }
        match (holes.contains(&name), form.hole) {
            (false, _) if name == "nul" || name.starts_with("pad") => {
                return Err(format!("{{{name}}} stands at the end of what a program sends: in sends, reply or welcome"));
            }
            (false, _) => {
                let known: Vec<String> = holes.iter().chain(values).map(|name| format!("{{{name}}}")).collect();
                let known = if known.is_empty() { "none; write {{ for a brace".to_owned() } else { known.join(", ") };
                return Err(format!("there is no {{{name}}} in this text (there is {known})"));
            }
            (true, Hole::None) => {
                form.hole = match name {
                    "MESSAGE" => Hole::UpperCase,
                    "typed" => Hole::Typed,
                    _ => Hole::Message,
                }
            }
            (true, _) => return Err(format!("the text has {{{name}}} twice")),
        }
        rest = behind;
    }
    let last = rest.as_bytes();
    let target = if form.hole == Hole::None { &mut form.before } else { &mut form.behind };
    target.extend(last);
    if ![&form.before, &form.behind].into_iter().all(|text| Values::any_ends(text)) {
        return Err("nothing shows where {any} ends: write a text behind it, such as {any}] or {any}\\n".into());
    }
    Ok(form)
}
