//! Text on stdout that a course does not declare, such as "waiting for a client …": a course may ignore it.

use crate::spec::bytes::find;

/// The texts of a program of one role.
pub struct DueText<'a> {
    /// How its lines begin.
    beginnings: Vec<&'a [u8]>,
    /// The last line of the prompt, which other text may follow.
    prompt: &'a [u8],
}

impl<'a> DueText<'a> {
    /// The texts that a program prints, and its prompt.
    pub fn new(texts: &[&'a [u8]], prompt: &'a [u8]) -> Self {
        let at = prompt.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let (lines, prompt) = prompt.split_at(at);
        let lines = texts.iter().copied().chain([lines]).flat_map(|text| text.split_inclusive(|&byte| byte == b'\n'));
        Self { beginnings: lines.collect(), prompt }
    }

    /// Each line of what a program has printed: what is due, and what is other text. A line that begins like none of the texts is other text.
    /// Behind a prompt, the rest of the line is such a line.
    pub fn split<'b>(&self, printed: &'b [u8]) -> impl Iterator<Item = (&'b [u8], &'b [u8])> {
        printed.split_inclusive(|&byte| byte == b'\n').map(|line| {
            let mut rest = line;
            while let Some(behind) = rest.strip_prefix(self.prompt).filter(|_| !self.prompt.is_empty()) {
                rest = behind;
            }
            let is_due = self.prompt.starts_with(rest) || self.beginnings.iter().any(|text| begins(rest, text));
            line.split_at(if is_due { line.len() } else { line.len() - rest.len() })
        })
    }
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
    use crate::spec::dialect::other_text::DueText;

    #[track_caller]
    fn check(texts: &[&str], prompt: &str, printed: &str, expected: &str) {
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let texts = DueText::new(&texts, prompt.as_bytes());
        let kept = |printed: &str| {
            let kept: Vec<u8> = texts.split(printed.as_bytes()).flat_map(|(due, _)| due).copied().collect();
            String::from_utf8(kept).expect("text")
        };
        assert_eq!(kept(printed), expected);
        assert_eq!(kept(expected), expected, "what is kept is kept again");
    }

    #[test]
    fn lines_that_begin_like_no_text_are_other_text() {
        let server = ["Client \0i:\0p on \0f\n", "[\0a] \0l: "];
        let printed = "waiting\nClient 127.0.0.1:7 on 4\n...\n[12:30] 5: alpha\n[12:30] x: beta\nClient x\n[12:31] 4: be";
        check(&server, "", printed, "Client 127.0.0.1:7 on 4\n[12:30] 5: alpha\n[12:31] 4: be");
        check(&server, "", "waiting for a cli", "");
        check(&server, "", "Client 127.0", "Client 127.0");
        check(&["Hello\nyou\n", "Got: "], "", "Hello\nyou\nGot: a\nb\n", "Hello\nyou\nGot: a\n");
    }

    #[test]
    fn other_text_may_stand_behind_a_prompt() {
        let (client, prompt) = (["Hi\n", "Server: "], "--\n> ");
        check(&client, prompt, "connecting\nHi\n--\n> sending\nServer: ok\n--\n> ", "Hi\n--\n> Server: ok\n--\n> ");
        check(&client, prompt, "Hi\n--\n> > x\n>", "Hi\n--\n> > >");
    }
}
