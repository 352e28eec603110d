//! Writes a dialect as a file of a course: only the keys that differ from the tutorial, in the order of `sockspec help dialects`. Reading
//! the file gives the dialect again.

use super::names::{CLIENT_ENDS, FRAMINGS, INPUTS, MATCHES, Names, OTHER_TEXT, RECEIVERS, SERVER_ENDS, SERVING, TOKEN_IS};
use crate::spec::dialect::{Dialect, Form, Hole, Serves, Values};
use std::fmt::Write as _;

/// The longest line of a comment, in characters.
const WIDTH: usize = 100;

/// A comment above the place of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// `""` for the keys above the first table; otherwise `"server"` or `"client"`.
    pub table: &'static str,
    /// The key.
    pub key: &'static str,
    /// The comment, which may be long.
    pub text: String,
}

impl Dialect {
    /// The file of this dialect. `head` is the comment above all, and `notes` stand where their keys do. An empty name is not written.
    pub fn to_file(&self, head: &str, notes: &[Note]) -> String {
        let tables = [("", self.file_keys()), ("server", self.server_keys()), ("client", self.client_keys())];
        let mut file = comment(head);
        for (table, keys) in tables {
            let mut text = String::new();
            for (key, value) in keys {
                let notes = notes.iter().filter(|note| (note.table, note.key) == (table, key));
                text.extend(notes.map(|note| comment(&format!("{key}: {}", note.text))));
                text.extend(value.map(|value| format!("{key} = {value}\n")));
            }
            if text.is_empty() {
                continue;
            }
            if !file.is_empty() {
                file.push('\n');
            }
            if !table.is_empty() {
                let _ = writeln!(file, "[{table}]");
            }
            file += &text;
        }
        file
    }

    fn file_keys(&self) -> Vec<(&'static str, Option<String>)> {
        let usual = Self::tutorial();
        vec![
            ("name", (!self.name.is_empty()).then(|| quoted(&self.name))),
            ("address", differs(&self.address, &usual.address).map(|address| quoted(&address.to_string()))),
            ("framing", differs(&self.framing, &usual.framing).map(|framing| word(FRAMINGS, framing))),
            ("buffer", differs(&self.buffer, &usual.buffer).map(ToString::to_string)),
            ("token", differs(&self.token, &usual.token).map(|token| quoted(&String::from_utf8_lossy(token)))),
            ("token-match", differs(&self.token_match, &usual.token_match).map(|token_match| word(MATCHES, token_match))),
            ("terminal", differs(&self.terminal, &usual.terminal).map(ToString::to_string)),
            ("other-text", differs(&self.ignores_other_text, &usual.ignores_other_text).map(|ignores| word(OTHER_TEXT, ignores))),
        ]
    }

    fn server_keys(&self) -> Vec<(&'static str, Option<String>)> {
        let usual = Self::tutorial();
        let message = |dialect: &Self| match (&dialect.prefix[..], &dialect.line_end[..]) {
            ([], []) => Form::default(),
            (prefix, line_end) => around(prefix, line_end),
        };
        vec![
            ("start", differs(&self.start, &usual.start).map(|text| literal(text))),
            ("greeting", differs(&self.server_greeting, &usual.server_greeting).map(|text| literal(text))),
            ("message", differs(&message(self), &message(&usual)).map(|text| with_hole(text, "message"))),
            ("farewell", differs(&self.farewell, &usual.farewell).map(|text| literal(text))),
            ("welcome", differs(&self.welcome, &usual.welcome).map(|text| literal(text))),
            ("reply", differs(&self.reply, &usual.reply).map(|_| self.reply_texts())),
            ("reply-to", differs(&self.reply_to, &usual.reply_to).map(|reply_to| word(RECEIVERS, reply_to))),
            ("serves", differs(&self.serves, &usual.serves).map(serves)),
            ("messages", self.messages.map(|count| count.to_string())),
            ("token-is", differs(&self.token_is, &usual.token_is).map(|token_is| word(TOKEN_IS, token_is))),
            ("ends-by", differs(&self.server_ends, &usual.server_ends).map(|end| word(SERVER_ENDS, end))),
        ]
    }

    /// The replies: a text, or a list of texts.
    fn reply_texts(&self) -> String {
        let texts: Vec<String> = self.replies_in_turn().map(|text| with_hole(text, "message")).collect();
        if let [text] = &texts[..] { text.clone() } else { format!("[{}]", texts.join(", ")) }
    }

    fn client_keys(&self) -> Vec<(&'static str, Option<String>)> {
        let usual = Self::tutorial();
        let sends = |dialect: &Self| Form { padding: dialect.padding, ..around(b"", &dialect.delimiter) };
        vec![
            ("greeting", differs(&self.client_greeting, &usual.client_greeting).map(|text| literal(text))),
            ("prompt", differs(&self.prompt, &usual.prompt).map(|text| literal(text))),
            ("input", differs(&self.input, &usual.input).map(|input| word(INPUTS, input))),
            ("sends", differs(&sends(self), &sends(&usual)).map(|text| with_hole(text, "message"))),
            ("shows", differs(&self.shows, &usual.shows).map(|text| with_hole(text, "reply"))),
            ("waits", differs(&self.waits, &usual.waits).map(ToString::to_string)),
            ("ends-by", differs(&self.client_ends, &usual.client_ends).map(|end| word(CLIENT_ENDS, end))),
        ]
    }
}

/// A text with the message in it.
fn around(before: &[u8], behind: &[u8]) -> Form {
    Form { before: before.to_vec(), hole: Hole::Message, behind: behind.to_vec(), padding: 0 }
}

/// The value, if it is not the usual one.
fn differs<'a, T: PartialEq>(value: &'a T, usual: &T) -> Option<&'a T> {
    (value != usual).then_some(value)
}

/// The word for a choice.
fn word<T: PartialEq>(names: Names<T>, choice: &T) -> String {
    quoted(names.iter().find(|(_, known)| known == choice).map(|(name, _)| *name).unwrap_or_default())
}

fn serves(serves: &Serves) -> String {
    if let Serves::Some(count) = serves { count.to_string() } else { word(SERVING, serves) }
}

/// A text that may have values.
fn literal(text: &[u8]) -> String {
    quoted(&braced(text))
}

/// A text with a hole of this name.
fn with_hole(form: &Form, name: &str) -> String {
    let hole = match form.hole {
        Hole::None => String::new(),
        Hole::Message => format!("{{{name}}}"),
        Hole::UpperCase => format!("{{{}}}", name.to_uppercase()),
        Hole::Typed => "{typed}".into(),
    };
    let padding = if form.padding > 0 { format!("{{pad {}}}", form.padding) } else { String::new() };
    quoted(&[braced(&form.before), hole, braced(&form.behind), padding].concat())
}

/// A text as it stands between the quotation marks: with double braces, and with the names of its values and of the NULs behind it.
fn braced(text: &[u8]) -> String {
    let without_nuls = text.iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1);
    let nuls = match text.len() - without_nuls {
        0 => String::new(),
        1 => "{nul}".into(),
        _ => format!("{{pad {}}}", text.len()),
    };
    let text = &text[..without_nuls];
    let doubled: Vec<u8> = text.iter().flat_map(|&byte| vec![byte; if matches!(byte, b'{' | b'}') { 2 } else { 1 }]).collect();
    String::from_utf8_lossy(&Values::named(&doubled)).into_owned() + &nuls
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A comment of as many lines as it needs.
fn comment(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        lines.push(String::from("#"));
        for word in paragraph.split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + word.chars().count() < WIDTH => *line += &format!(" {word}"),
                _ => lines.push(format!("# {word}")),
            }
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use crate::spec::course::write::{Note, around};
    use crate::spec::dialect::{Dialect, Form, Serves};

    #[track_caller]
    fn check(dialect: &Dialect) {
        let file = dialect.to_file("A course.", &[]);
        let read = Dialect::parse("course.toml", "", &file).unwrap_or_else(|error| panic!("{error}\n{file}"));
        assert_eq!(read, *dialect, "{file}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        Dialect::names().for_each(|name| check(&Dialect::built_in(name).expect("a dialect")));
        let odd = Dialect {
            server_greeting: b"{ \0i:\0p \"\\\t\x07 }\r\n".to_vec(),
            farewell: b"\0n\0f\n".to_vec(),
            farewell_at_token: b"\0n\0f\n".to_vec(),
            reply: Form { behind: b"}".to_vec(), ..around(b"{", b"") },
            later_replies: vec![Form::fixed(b"ok\n"), around(b"\0l: ", b"\n")],
            serves: Serves::Some(5),
            messages: Some(3),
            ..Dialect::tutorial()
        };
        check(&odd);
        check(&Dialect { welcome: b"hi\0".to_vec(), delimiter: b"\n\0".to_vec(), reply: Form::fixed(b"ok\0"), ..Dialect::tutorial() });
        let reply = Form { padding: 20, ..around(b"<", b">") };
        check(&Dialect { welcome: b"hi\0\0\0\0".to_vec(), padding: 80, reply, ..Dialect::tutorial() });
    }

    #[test]
    fn the_tutorial_is_an_empty_file() {
        assert_eq!(Dialect { name: String::new(), ..Dialect::tutorial() }.to_file("", &[]), "");
    }

    #[test]
    fn a_note_stands_where_its_key_does() {
        let dialect = Dialect { name: String::new(), buffer: 512, token: b"q".to_vec(), waits: true, ..Dialect::tutorial() };
        let notes = [
            Note { table: "", key: "token", text: "what else ends it?".into() },
            Note { table: "server", key: "serves", text: "how many?".into() },
        ];
        let file = "# A head.\n\nbuffer = 512\n# token: what else ends it?\ntoken = \"q\"\n\n[server]\n# serves: how many?\n\n[client]\nwaits = true\n";
        assert_eq!(dialect.to_file("A head.", &notes), file);
    }
}
