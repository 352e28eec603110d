//! Values in the texts of a server, such as `{port}`: they differ from connection to connection.
//!
//! In a dialect, a value is a mark: a NUL and a letter. No text of a course has a NUL of its own.

use crate::spec::bytes::find;

/// The marks, each with its name in the file of a dialect.
const MARKS: [(&str, &[u8; 2]); 6] = [("ip", b"\0i"), ("port", b"\0p"), ("fd", b"\0f"), ("n", b"\0n"), ("len", LENGTH), ("any", ANY)];
/// The mark of the number of bytes of a message. It differs from message to message, so [`Values::fill`] leaves it.
const LENGTH: &[u8; 2] = b"\0l";

/// The mark of what differs each time, such as the time of day.
const ANY: &[u8; 2] = b"\0a";
/// What stands in a transcript in its place.
const ANYTHING: &[u8] = b"{any}";

/// The values of one connection after the other, in the order in which the server accepts them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<Connection>);

/// What is known of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Connection {
    port: Option<Vec<u8>>,
    fd: Option<Vec<u8>>,
}

impl Values {
    /// The mark of a value.
    pub fn mark(name: &str) -> Option<&'static [u8]> {
        MARKS.iter().find(|(known, _)| *known == name).map(|(_, mark)| &mark[..])
    }

    /// Whether a text has the number of bytes of a message.
    pub fn has_length(text: &[u8]) -> bool {
        find(text, LENGTH).is_some()
    }

    /// The text for a message of so many bytes.
    pub fn with_length(text: &[u8], length: usize) -> Vec<u8> {
        if Self::has_length(text) { replaced(text, LENGTH, length.to_string().as_bytes()) } else { text.to_vec() }
    }

    /// Whether a text has a value.
    pub fn are_in(text: &[u8]) -> bool {
        MARKS.iter().any(|(_, mark)| find(text, &mark[..]).is_some())
    }

    /// The text with the names of its values, for a reader: `{port}`.
    pub fn named(text: &[u8]) -> Vec<u8> {
        MARKS.iter().fold(text.to_vec(), |text, (name, mark)| replaced(&text, &mark[..], format!("{{{name}}}").as_bytes()))
    }

    /// The text with the values of the connection with this number, from 1. What is not known has a likely value. `count` is which client this
    /// is since the server was started.
    pub fn fill(&self, text: &[u8], number: usize, count: usize) -> Vec<u8> {
        if !Self::are_in(text) {
            return text.to_vec();
        }
        let known = self.0.get(number.saturating_sub(1)).cloned().unwrap_or_default();
        let port = known.port.unwrap_or_else(|| (40_000 + number).to_string().into_bytes());
        let fd = known.fd.unwrap_or_else(|| (3 + number).to_string().into_bytes());
        let running = count.to_string();
        MARKS.iter().filter(|(_, mark)| *mark != LENGTH).fold(text.to_vec(), |text, (name, mark)| {
            let value = match *name {
                "ip" => b"127.0.0.1",
                "port" => &port[..],
                "fd" => &fd,
                "n" => running.as_bytes(),
                "any" => ANYTHING,
                _ => unreachable!("each mark has a value"),
            };
            replaced(&text, &mark[..], value)
        })
    }

    /// Whether a text has a part that differs each time.
    pub fn has_any(text: &[u8]) -> bool {
        find(text, ANY).is_some()
    }

    /// Whether something follows each such part that shows where it ends.
    pub fn any_ends(text: &[u8]) -> bool {
        text.windows(ANY.len() + 1).filter(|window| window.starts_with(ANY)).all(|window| window[ANY.len()] != 0) && !text.ends_with(ANY)
    }

    /// What was printed, with `{any}` in place of the parts of these texts that differ each time. Each line of a text stands at the beginning
    /// of a line, and such a part is shorter than the line.
    pub fn with_any(printed: &[u8], texts: &[&[u8]]) -> Vec<u8> {
        let lines = texts.iter().flat_map(|text| text.split_inclusive(|&byte| byte == b'\n'));
        let texts: Vec<&[u8]> = lines.filter(|line| Self::has_any(line)).collect();
        let mut all = Vec::with_capacity(printed.len());
        for line in printed.split_inclusive(|&byte| byte == b'\n') {
            // A message may imitate another text. Then that one has a longer part that differs.
            let forms = texts.iter().filter_map(|text| line_with_any(line, text));
            all.extend(forms.min_by_key(|(len, _)| *len).map_or_else(|| line.to_vec(), |(_, form)| form));
        }
        all
    }

    /// The values in what a server has printed. `greeting` is the text that it prints for each connection, and `ports` are the ports of the
    /// clients, as far as they are known.
    pub fn seen(greeting: &[u8], printed: &[u8], ports: &[u16]) -> Self {
        let mut rest = printed;
        let mut all: Vec<Connection> = ports.iter().map(|port| Connection { port: Some(port.to_string().into()), fd: None }).collect();
        for number in 1.. {
            let Some((found, behind)) = first_match(greeting, rest) else { break };
            rest = behind;
            if all.len() < number {
                all.push(Connection::default());
            }
            let known = &mut all[number - 1];
            known.fd = found.fd;
            known.port = known.port.take().or(found.port);
        }
        Self(all)
    }
}

/// A line that begins with this text, as far as the text is one line, and how many bytes in it differ each time. `None` for another line.
fn line_with_any(line: &[u8], text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let (mut len, mut all, mut rest, mut left) = (0, Vec::new(), line, text);
    while let Some(&byte) = left.first() {
        if byte != 0 {
            rest = rest.strip_prefix(&[byte])?;
            all.push(byte);
            left = &left[1..];
            continue;
        }
        let end = match left.get(1) {
            Some(b'a') => {
                let behind = left[2..].split(|&byte| byte == 0).next().unwrap_or_default();
                let end = find(rest, behind)?;
                all.extend_from_slice(ANYTHING);
                len += end;
                rest = &rest[end..];
                left = &left[2..];
                continue;
            }
            Some(b'i') => b"127.0.0.1".len(),
            _ => rest.iter().take_while(|byte| byte.is_ascii_digit()).count().max(1),
        };
        let (value, behind) = rest.split_at_checked(end)?;
        all.extend_from_slice(value);
        rest = behind;
        left = &left[2..];
    }
    all.extend_from_slice(rest);
    Some((len, all))
}

/// The first place in a text where the greeting stands, with any values; and what is behind it.
fn first_match<'a>(greeting: &[u8], text: &'a [u8]) -> Option<(Connection, &'a [u8])> {
    if !Values::are_in(greeting) {
        return None;
    }
    (0..text.len()).find_map(|at| match_here(greeting, &text[at..]))
}

fn match_here<'a>(greeting: &[u8], text: &'a [u8]) -> Option<(Connection, &'a [u8])> {
    let (mut found, mut rest, mut left) = (Connection::default(), text, greeting);
    while let Some(&byte) = left.first() {
        if byte != 0 {
            rest = rest.strip_prefix(&[byte])?;
            left = &left[1..];
            continue;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (value, behind) = rest.split_at(digits);
        match left.get(1) {
            Some(b'p') if digits > 0 => (found.port, rest) = (Some(value.into()), behind),
            Some(b'f') if digits > 0 => (found.fd, rest) = (Some(value.into()), behind),
            Some(b'n') if digits > 0 => rest = behind,
            Some(b'i') => rest = rest.strip_prefix(b"127.0.0.1")?,
            Some(b'a') => rest = rest.strip_prefix(ANYTHING)?,
            _ => return None,
        }
        left = &left[2..];
    }
    Some((found, rest))
}

/// The text with each occurrence of `old` replaced. Empty texts occur nowhere.
pub fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let (mut all, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = find(rest, old).filter(|_| !old.is_empty()) {
        all.extend_from_slice(&rest[..at]);
        all.extend_from_slice(new);
        rest = &rest[at + old.len()..];
    }
    all.extend_from_slice(rest);
    all
}

#[cfg(test)]
mod tests {
    use crate::spec::dialect::values::Values;

    #[test]
    fn values_are_found_where_the_greeting_stands() {
        let greeting = b"Client \0i:\0p on \0f, number \0n\n";
        let printed = b"Listening\nClient 127.0.0.1:5 on 4, number 1\nClient 127.0.0.1:77 on 12, number 2\n";
        let values = Values::seen(greeting, printed, &[]);
        assert_eq!(values.fill(greeting, 1, 1), b"Client 127.0.0.1:5 on 4, number 1\n");
        assert_eq!(values.fill(greeting, 2, 2), b"Client 127.0.0.1:77 on 12, number 2\n");
        assert_eq!(values.fill(b"\0p\n", 3, 1), b"40003\n", "what is not known has a likely value");
    }

    #[test]
    fn the_port_is_that_of_the_client_and_not_what_was_printed() {
        let values = Values::seen(b"port \0p\n", b"port 1\n", &[50_000]);
        assert_eq!(values.fill(b"port \0p\n", 1, 1), b"port 50000\n");
    }

    #[test]
    fn the_length_is_that_of_each_message() {
        let text = b"\0l bytes at \0p\n";
        assert_eq!(Values::default().fill(text, 1, 1), b"\0l bytes at 40001\n");
        assert_eq!(Values::with_length(b"\0l of \0l", 12), b"12 of 12");
        assert_eq!(Values::named(text), b"{len} bytes at {port}\n");
    }

    #[test]
    fn what_differs_each_time_has_one_form() {
        let texts: [&[u8]; 2] = [b"[\0a] ", b"\0a: \0p has come at \0a.\n"];
        let with_any = |printed: &str| String::from_utf8(Values::with_any(printed.as_bytes(), &texts)).expect("text");
        assert_eq!(with_any("[12:30] [1] one\n[2] two\n"), "[{any}] [1] one\n[{any}] two\n");
        assert_eq!(with_any("x: 7 has come at noon.\nx: y\n[12"), "{any}: 7 has come at {any}.\nx: y\n[12");
        assert_eq!(with_any("[{any}] one"), "[{any}] one");
        let texts: [&[u8]; 2] = [b"[\0a] here\n", b"[\0a] "];
        assert_eq!(Values::with_any(b"[12:30] 1] here\n", &texts), b"[{any}] 1] here\n", "the shortest part counts");
        let texts: [&[u8]; 1] = [b"\0p has gone\nat \0a.\n"];
        assert_eq!(Values::with_any(b"7 has gone\nat noon.\n", &texts), b"7 has gone\nat {any}.\n", "a text of several lines");
        assert!(Values::any_ends(b"[\0a]") && !Values::any_ends(b"[\0a") && !Values::any_ends(b"\0a\0p\n"));
    }

    #[test]
    fn a_text_without_values_stays_as_it_is() {
        assert_eq!(Values::default().fill(b"{port} \n", 1, 1), b"{port} \n");
        assert_eq!(Values::named(b"on \0p\n"), b"on {port}\n");
        assert!(Values::are_in(b"\0n") && !Values::are_in(b"n"));
    }
}
