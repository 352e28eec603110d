//! Phrases about what a course asks for: parts of sentences that differ from course to course, and are more than a word of it.

use crate::spec::dialect::{ClientEnd, Dialect, Framing, Input, Serves, TokenIs, TokenMatch, Values};

/// The phrases, each with its placeholder.
pub(super) fn phrases(dialect: &Dialect) -> Vec<(&'static str, String)> {
    vec![
        ("server-greeting-text", printed(&dialect.server_greeting)),
        ("client-greeting-text", printed(&dialect.client_greeting)),
        ("message-text", message_text(dialect)),
        ("after-each-message", by_framing(dialect, "after each recv", "for each line").into()),
        ("a-message", by_framing(dialect, "what one recv returns", "a line").into()),
        ("at-token", at_token(dialect)),
        ("when-token-comes", when_token_comes(dialect)),
        ("at-end", ending(dialect).into()),
        ("then-return", if dialect.serves == Serves::One { "return 0" } else { "serve the next client" }.into()),
        ("near-misses", near_misses(dialect)),
        ("client-near-misses", client_near_misses(dialect)),
        ("after-the-last-message", after_the_last_message(dialect)),
        ("end-the-receive-loop", all_of(&server_ends(dialect), "end", "the receive loop")),
        ("end-the-loop", all_of(&client_ends(dialect), "end", "the loop")),
        ("what-ends-the-client-first", client_ends(dialect).swap_remove(0)),
        ("what-ends-the-client", one_of(&client_ends(dialect))),
        ("each-input", each_input(dialect)),
        ("input-pieces", input_pieces(dialect)),
        (
            "only-splits",
            by_input(dialect, "; splits only at the six white space bytes (not at U+00A0, U+3000, 0x1c to 0x1f, 0x85)", "").into(),
        ),
        (
            "a-complete-line",
            by_input(dialect, "the words of a line when the line is complete, or earlier", "a line when it is complete").into(),
        ),
        ("at-typed-token", at_typed_token(dialect)),
        (
            "nul-token",
            if dialect.token.is_empty() {
                String::new()
            } else {
                format!(r": {} is the token", quoted(&[&dialect.token, &b"\\0x"[..]].concat()))
            },
        ),
        ("sent-token", quoted(dialect.unframed(&dialect.sent_token()))),
        ("both-end", if dialect.serves == Serves::One { "both programs with status 0" } else { "the client with status 0" }.into()),
        (
            "when-client-is-killed",
            if dialect.serves == Serves::One { "ends the server with status 0" } else { "lets the server serve the next client" }.into(),
        ),
        ("message-nuls", nuls(dialect.padding)),
        ("reply-nuls", nuls(dialect.reply.padding)),
        ("word", if dialect.input == Input::Word { "word" } else { "line" }.into()),
    ]
}

fn by_framing(dialect: &Dialect, recv: &'static str, line: &'static str) -> &'static str {
    if dialect.framing == Framing::Recv { recv } else { line }
}

fn by_input(dialect: &Dialect, word: &'static str, line: &'static str) -> &'static str {
    if dialect.input == Input::Word { word } else { line }
}

fn quoted(bytes: &[u8]) -> String {
    format!("`{}`", String::from_utf8_lossy(&Values::named(bytes)).replace('\n', r"\n"))
}

/// A text that is printed once: without the newline at its end, which is named.
fn printed(text: &[u8]) -> String {
    match text.strip_suffix(b"\n") {
        Some(line) => format!("{} and a newline", quoted(line)),
        None => quoted(text),
    }
}

/// What a server prints for a message.
fn message_text(dialect: &Dialect) -> String {
    let bytes = by_framing(dialect, "the received bytes", "the line");
    let before = if dialect.prefix.is_empty() { String::new() } else { format!("{}, ", quoted(&dialect.prefix)) };
    match &dialect.line_end[..] {
        [] => format!("{before}{bytes}").replace(", the", " and the"),
        b"\n" => format!("{before}{bytes} and a newline"),
        end => format!("{before}{bytes} and {}", quoted(end)),
    }
}

/// What a server does with the token.
fn at_token(dialect: &Dialect) -> String {
    let token = match dialect.token_is {
        TokenIs::Hidden => "",
        TokenIs::Printed => "prints the token as a message",
        TokenIs::Answered if !dialect.prints_messages() => "answers the token as a message",
        TokenIs::Answered => "prints and answers the token as a message",
    };
    let farewell = match &dialect.farewell_at_token[..] {
        [] if token.is_empty() => "prints nothing".to_owned(),
        [] => String::new(),
        text => format!("prints {}", printed(text)),
    };
    let parts = [token, &farewell, ending(dialect)];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let (last, first) = parts.split_last().expect("the ending is never empty");
    let comma = if first.concat().contains(" and ") { "," } else { "" };
    format!("{}{comma} and {last}", first.join(", "))
}

/// How the conversation ends for a server.
fn ending(dialect: &Dialect) -> &'static str {
    if dialect.serves == Serves::One { "ends with status 0" } else { "closes the connection" }
}

fn when_token_comes(dialect: &Dialect) -> String {
    let token = quoted(dialect.unframed(&dialect.sent_token()));
    let is = by_framing(dialect, "one recv returns", "a line is");
    match dialect.token_match {
        TokenMatch::Whole | TokenMatch::Newline => format!("{is} exactly {token}"),
        TokenMatch::Trimmed => format!("{is} {token}, with white space around it or not"),
        TokenMatch::AnyCase => format!("{is} {token}, in upper or lower case"),
        TokenMatch::Prefix => format!("{is} {token}, with more behind it or not"),
    }
}

/// Texts that only resemble the token.
fn near_misses(dialect: &Dialect) -> String {
    let Dialect { token, token_match, framing, .. } = dialect;
    let sent: &[u8] = if *token_match == TokenMatch::Newline { b"\n" } else { b"" };
    let upper = token.to_ascii_uppercase();
    let with_newline = [&token[..], b"\n"].concat();
    let is_near = |text: &[u8]| {
        let is_no_line = *framing == Framing::Line && text.contains(&b'\n');
        text != sent && !dialect.is_token(text) && !is_no_line
    };
    let all = [
        if sent.is_empty() { with_newline } else { token.clone() },
        [&upper[..], sent].concat(),
        [b" ", &token[..], sent].concat(),
        [&token[..], b"s", sent].concat(),
        [&token[..token.len().saturating_sub(1)], sent].concat(),
    ];
    let near: Vec<String> = all.iter().filter(|text| is_near(text)).map(|text| quoted(text)).collect();
    near.join(", ")
}

/// The same for what is typed at a client.
fn client_near_misses(dialect: &Dialect) -> String {
    let token = &dialect.token[..];
    let all = [[token, b"s"].concat(), token.to_ascii_uppercase(), [b"x", token].concat()];
    let near: Vec<String> = all.iter().filter(|text| !dialect.is_typed_token(text)).map(|text| quoted(text)).collect();
    list(&near, "and")
}

/// Where a conversation has a number of messages, what comes after the last one. The space behind it is for the next sentence.
fn after_the_last_message(dialect: &Dialect) -> String {
    match dialect.messages {
        None => String::new(),
        Some(1) => "Take one message of each client, and no loop: then close the connection. ".into(),
        Some(most) => format!("Leave the receive loop after message {most} of a client, and close the connection. "),
    }
}

/// A word that arrives in two pieces: the token, if there is one.
fn input_pieces(dialect: &Dialect) -> String {
    let word = if dialect.token.len() > 1 { String::from_utf8_lossy(&dialect.token).into_owned() } else { "hello".to_owned() };
    let half = (0..=word.len() / 2).rev().find(|&at| word.is_char_boundary(at)).unwrap_or(0);
    let kind = by_input(dialect, "word", "line");
    format!(r"`{}`, then `{}\n`, is the {kind} `{word}`", &word[..half], &word[half..])
}

/// When a client ends, apart from the end of its input.
fn at_typed_token(dialect: &Dialect) -> String {
    let token = format!("the {} {}", by_input(dialect, "word", "line"), quoted(&dialect.token));
    match dialect.client_ends {
        ClientEnd::Unsent => format!("at {token}, which it does not send"),
        _ if dialect.waits && dialect.token_is == TokenIs::Answered => format!("after it has sent {token} and has read the reply"),
        _ => format!("after it has sent {token}"),
    }
}

fn server_ends(dialect: &Dialect) -> Vec<String> {
    let token = (!dialect.token.is_empty()).then(|| quoted(&dialect.token));
    let messages = dialect.messages.map(|most| if most == 1 { "the first message".to_owned() } else { format!("message {most}") });
    token.into_iter().chain(messages).chain(["the end of the stream".to_owned()]).collect()
}

fn client_ends(dialect: &Dialect) -> Vec<String> {
    let (token, has_token) = (quoted(&dialect.token), !dialect.token.is_empty());
    let typed = (has_token && dialect.client_ends != ClientEnd::Reply).then(|| token.clone());
    let reply = matches!(dialect.client_ends, ClientEnd::Reply | ClientEnd::Either).then(|| format!("the reply {token}"));
    typed.into_iter().chain(reply).chain(["the end of the input".to_owned()]).collect()
}

/// "Only `exit` and the end of the stream end the receive loop".
fn all_of(ends: &[String], verb: &str, what: &str) -> String {
    let singular = if ends.len() == 1 { "s" } else { "" };
    format!("Only {} {verb}{singular} {what}", list(ends, "and"))
}

fn one_of(ends: &[String]) -> String {
    list(ends, "or")
}

fn list(all: &[String], word: &str) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// What a client sends.
fn each_input(dialect: &Dialect) -> String {
    let input = match (dialect.input, &dialect.delimiter[..]) {
        (Input::Word, [] | [0]) => "each word of its input, without the white space around it",
        (Input::Word, _) => "each word of its input, without the white space around it, and the newline that the course asks for",
        (Input::Line, [] | [0]) => "each line of its input, without its newline",
        (Input::Line, _) => "each line of its input, with its newline",
    };
    match dialect.padding {
        0 if dialect.pads_messages() => format!("{input}, and a NUL behind it"),
        0 => input.into(),
        padding => format!("{input}, with NULs behind it: {padding} bytes in all"),
    }
}

/// What is sent with a text, if NULs stand behind it.
fn nuls(padding: usize) -> String {
    match padding {
        0 => "the NUL behind the text, too: strlen(text) + 1 bytes".into(),
        padding => format!(
            "{padding} bytes: the text, and NULs behind it. In C, clear a buffer of {padding} bytes with memset, and send all of it"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::phrases;
    use crate::spec::dialect::Dialect;

    /// Checks a phrase of a course.
    #[track_caller]
    fn check(course: &str, name: &str, phrase: &str) {
        let dialect = Dialect::parse("course.toml", "course", course).unwrap_or_else(|error| panic!("{error}"));
        let found = phrases(&dialect).into_iter().find(|(known, _)| *known == name).expect("a phrase").1;
        assert_eq!(found, phrase);
    }

    #[test]
    fn a_phrase_says_what_the_course_asks_for() {
        check("", "message-text", "`收到客户端信息：`, the received bytes and a newline");
        check("[server]\nmessage = '[{message}]'", "message-text", "`[`, the received bytes and `]`");
        check("[server]\nmessage = 'got: {message}'", "message-text", "`got: ` and the received bytes");
        check("", "at-token", "prints nothing and ends with status 0");
        check(
            "[server]\nserves = 'next'\ntoken-is = 'printed'\nfarewell = \"bye\\n\"",
            "at-token",
            "prints the token as a message, prints `bye` and a newline, and closes the connection",
        );
        check("", "when-token-comes", "one recv returns exactly `exit`");
        check("token-match = 'newline'\n[client]\nsends = \"{message}\\n\"", "when-token-comes", r"one recv returns exactly `exit\n`");
        check("", "near-misses", r"`exit\n`, `EXIT`, ` exit`, `exits`, `exi`");
        check("token = 'q'\ntoken-match = 'any-case'", "near-misses", r"`q\n`, ` q`, `qs`");
        check(
            "token-match = 'newline'\n[client]\nsends = \"{message}\\n\"",
            "near-misses",
            r"`exit`, `EXIT\n`, ` exit\n`, `exits\n`, `exi\n`",
        );
        check("token-match = 'prefix'", "client-near-misses", "`EXIT` and `xexit`");
        check("", "input-pieces", r"`ex`, then `it\n`, is the word `exit`");
        check("token = ''", "input-pieces", r"`he`, then `llo\n`, is the word `hello`");
        check("", "nul-token", r": `exit\0x` is the token");
        check("token = 'q'\n[client]\ninput = 'line'\nends-by = 'unsent'", "at-typed-token", "at the line `q`, which it does not send");
        check("", "end-the-receive-loop", "Only `exit` and the end of the stream end the receive loop");
        check("token = ''", "end-the-receive-loop", "Only the end of the stream ends the receive loop");
        check(
            "token = ''\n[server]\nmessages = 3",
            "end-the-receive-loop",
            "Only message 3 and the end of the stream end the receive loop",
        );
        check("token = ''", "end-the-loop", "Only the end of the input ends the loop");
    }
}
