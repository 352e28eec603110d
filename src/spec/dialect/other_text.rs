//! Text on stdout that a course does not declare, such as "waiting for a client …": a course may ignore it.

use super::Dialect;
use crate::spec::bytes::find;
use crate::spec::role::Role;

impl Dialect {
    /// What a program has printed, without other text: without each line that begins like none of the texts of its role. Behind a prompt, the
    /// rest of the line is such a line.
    pub fn without_other_text(&self, role: Role, printed: &[u8]) -> Vec<u8> {
        self.split(role, printed).flat_map(|(due, _)| due).copied().collect()
    }

    /// The lines that are ignored.
    pub fn other_text<'a>(&self, role: Role, printed: &'a [u8]) -> Vec<&'a [u8]> {
        if !self.ignores_other_text {
            return Vec::new();
        }
        self.split(role, printed).map(|(_, other)| other).filter(|other| !other.trim_ascii().is_empty()).collect()
    }

    /// Each line: what is due, and what is other text.
    fn split<'a>(&self, role: Role, printed: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let Texts { beginnings, prompt } = self.texts_of(role);
        printed.split_inclusive(|&byte| byte == b'\n').map(move |line| {
            let mut rest = line;
            while let Some(behind) = rest.strip_prefix(prompt).filter(|_| !prompt.is_empty()) {
                rest = behind;
            }
            let is_due = prompt.starts_with(rest) || beginnings.iter().any(|text| begins(rest, text));
            line.split_at(if is_due { line.len() } else { line.len() - rest.len() })
        })
    }

    fn texts_of(&self, role: Role) -> Texts<'_> {
        let (whole, before, prompt): (Vec<&[u8]>, &[u8], &[u8]) = match role {
            Role::Server => (vec![&self.start, &self.server_greeting, &self.farewell, &self.farewell_at_token], &self.prefix, b""),
            Role::Client => (vec![&self.client_greeting], &self.shows.before, &self.prompt),
        };
        let at = prompt.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let (lines, prompt) = prompt.split_at(at);
        let lines = whole.into_iter().chain([before, lines]).flat_map(|text| text.split_inclusive(|&byte| byte == b'\n'));
        Texts { beginnings: lines.collect(), prompt }
    }
}

/// The texts of a program.
struct Texts<'a> {
    /// How its lines begin.
    beginnings: Vec<&'a [u8]>,
    /// The last line of the prompt, which other text may follow.
    prompt: &'a [u8],
}

/// Whether a line begins with this text, which may have values. A line that has not ended yet may be the beginning of the text.
fn begins(line: &[u8], text: &[u8]) -> bool {
    let (mut rest, mut left) = (line, text);
    while let Some(&byte) = left.first() {
        if rest.is_empty() {
            return true;
        }
        if byte != 0 {
            let Some(behind) = rest.strip_prefix(&[byte]) else { return false };
            (rest, left) = (behind, &left[1..]);
            continue;
        }
        let mark = left.get(1);
        left = &left[2.min(left.len())..];
        rest = match mark {
            Some(b'a') => {
                let behind = left.split(|&byte| byte == 0).next().unwrap_or_default();
                let Some(at) = find(rest, behind) else { return !rest.ends_with(b"\n") };
                &rest[at..]
            }
            // An address, or a number.
            _ => match rest.iter().take_while(|byte| byte.is_ascii_digit() || mark == Some(&b'i') && **byte == b'.').count() {
                0 => return false,
                len => &rest[len..],
            },
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::spec::dialect::Dialect;
    use crate::spec::role::Role;

    #[track_caller]
    fn check(role: Role, file: &str, printed: &str, expected: &str) {
        let dialect = Dialect::parse("course.toml", "course", &format!("other-text = \"ignored\"\n{file}")).expect("a dialect");
        let kept = dialect.without_other_text(role, printed.as_bytes());
        assert_eq!(str::from_utf8(&kept).expect("text"), expected);
        assert_eq!(dialect.without_other_text(role, &kept), kept, "what is kept is kept again");
    }

    #[test]
    fn lines_that_begin_like_no_text_are_ignored() {
        let server = "[server]\ngreeting = \"Client {ip}:{port} on {fd}\\n\"\nmessage = \"[{any}] {len}: {message}\\n\"";
        let printed = "waiting\nClient 127.0.0.1:7 on 4\n...\n[12:30] 5: alpha\n[12:30] x: beta\nClient x\n[12:31] 4: be";
        check(Role::Server, server, printed, "Client 127.0.0.1:7 on 4\n[12:30] 5: alpha\n[12:31] 4: be");
        check(Role::Server, server, "waiting for a cli", "");
        check(Role::Server, server, "Client 127.0", "Client 127.0");
        check(Role::Server, "", "客户端成功连接\n收到客户端信息：a\nb\n", "客户端成功连接\n收到客户端信息：a\n");
    }

    #[test]
    fn other_text_may_stand_behind_a_prompt() {
        let client = "[server]\nreply = \"ok\"\n[client]\ngreeting = \"Hi\\n\"\nprompt = \"--\\n> \"\nshows = \"Server: {reply}\\n\"";
        check(Role::Client, client, "connecting\nHi\n--\n> sending\nServer: ok\n--\n> ", "Hi\n--\n> Server: ok\n--\n> ");
        check(Role::Client, client, "Hi\n--\n> > x\n>", "Hi\n--\n> > >");
    }
}
