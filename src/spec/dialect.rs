//! Everything that is particular to one course: the address, the greetings, the prefix, the token, the buffer. The tutorial is the course
//! that is built in, and no other part of the harness contains its texts and numbers.

mod choice;
mod form;
mod other_text;
mod quoted;
mod values;

pub use choice::{ClientEnd, Framing, Input, ReplyTo, ServerEnd, Serves, TokenIs, TokenMatch};
pub use form::{Form, Hole, padded};
use other_text::DueText;
pub use values::{Values, replaced};

use crate::spec::bytes::find;
use crate::spec::role::Role;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::{Ipv4Addr, SocketAddrV4};

/// What a course asks of its programs, and the texts that they print and send. The rules demand the dialect of the course. A learned dialect
/// has the texts of one subject, so a server that greets in English breaks the rule about the greeting, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dialect {
    /// The name of the course.
    pub name: String,
    /// The address of the server.
    pub address: SocketAddrV4,
    /// How many bytes one recv reads at most: the size of the buffer.
    pub buffer: usize,
    /// What a message is.
    pub framing: Framing,
    /// The message that ends the conversation: one word. Empty if there is none.
    #[serde(with = "quoted")]
    pub token: Vec<u8>,
    /// Which messages are the token.
    pub token_match: TokenMatch,
    /// What the server does with the token before it ends the conversation.
    pub token_is: TokenIs,
    /// The beginning of the line on stderr with which a server complains that its port is taken.
    #[serde(with = "quoted")]
    pub bind_complaint: Vec<u8>,
    /// The beginning of the line on stderr with which a client complains that nobody listens.
    #[serde(with = "quoted")]
    pub connect_complaint: Vec<u8>,
    /// The text that a server prints before anybody has connected.
    #[serde(with = "quoted")]
    pub start: Vec<u8>,
    /// What a server sends to a client that has connected.
    #[serde(with = "quoted")]
    pub welcome: Vec<u8>,
    /// What a server sends for each message.
    pub reply: Form,
    /// What it sends for the second message of a connection and those after it, if that is something else. The last one stays.
    #[serde(default)]
    pub later_replies: Vec<Form>,
    /// Who gets a reply.
    pub reply_to: ReplyTo,
    /// Whose token ends the conversation for a server.
    pub server_ends: ServerEnd,
    /// Which clients a server serves.
    pub serves: Serves,
    /// The number of messages after which a server closes a connection. None if there is no limit.
    pub messages: Option<usize>,
    /// The text that a server prints once, when a client has connected.
    #[serde(with = "quoted")]
    pub server_greeting: Vec<u8>,
    /// Whether the numbers in the server's greeting differ from client to client, such as the client's port.
    #[serde(skip)]
    pub has_varying_greeting: bool,
    /// The text before each message that a server prints.
    #[serde(with = "quoted")]
    pub prefix: Vec<u8>,
    /// The text behind each message.
    #[serde(with = "quoted")]
    pub line_end: Vec<u8>,
    /// The text that a server prints when its client has gone: in the tutorial, nothing.
    #[serde(with = "quoted")]
    pub farewell: Vec<u8>,
    /// The text that a server prints when it has received the token: in the tutorial, nothing.
    #[serde(with = "quoted")]
    pub farewell_at_token: Vec<u8>,
    /// The text that a client prints once, when it has connected.
    #[serde(with = "quoted")]
    pub client_greeting: Vec<u8>,
    /// The text that a client prints before it reads its input, each time.
    #[serde(with = "quoted")]
    pub prompt: Vec<u8>,
    /// What a client reads of its input at a time.
    pub input: Input,
    /// What a client prints for each reply.
    pub shows: Form,
    /// Whether a client waits for the reply to what it has sent before it reads on.
    pub waits: bool,
    /// What ends a client, apart from the end of its input.
    pub client_ends: ClientEnd,
    /// The bytes that a client sends behind each word: in the tutorial, none.
    #[serde(with = "quoted")]
    pub delimiter: Vec<u8>,
    /// The number of bytes to which a client lengthens each message with NULs. 0 if it does not.
    #[serde(default)]
    pub padding: usize,
    /// Whether programs run at a terminal. Otherwise their input and output are pipes.
    #[serde(default)]
    pub terminal: bool,
    /// Whether programs may print other text, too, in lines of its own.
    #[serde(default)]
    pub ignores_other_text: bool,
}

/// A part of the dialect. Rules that demand it use the course's text. All other rules use the text of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// [`Dialect::start`] and [`Dialect::server_greeting`].
    ServerGreeting,
    /// [`Dialect::prefix`] and [`Dialect::line_end`].
    Message,
    /// [`Dialect::farewell`] and [`Dialect::farewell_at_token`].
    Farewell,
    /// [`Dialect::farewell`], if it differs from [`Dialect::farewell_at_token`].
    EndOfStream,
    /// [`Dialect::welcome`].
    Welcome,
    /// [`Dialect::reply`].
    Reply,
    /// [`Dialect::prompt`].
    Prompt,
    /// [`Dialect::client_greeting`].
    ClientGreeting,
    /// [`Dialect::delimiter`].
    Delimiter,
}

/// Whether a byte separates words. This is the white space of C, not of Unicode.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

impl Default for Dialect {
    /// The dialect of the tutorial.
    fn default() -> Self {
        Self::tutorial()
    }
}

impl Dialect {
    /// The dialect of the tutorial.
    pub fn tutorial() -> Self {
        Self {
            name: "tutorial".into(),
            address: SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8023),
            buffer: 1000,
            framing: Framing::Recv,
            token: b"exit".to_vec(),
            token_match: TokenMatch::Whole,
            token_is: TokenIs::Hidden,
            bind_complaint: b"bind: ".to_vec(),
            connect_complaint: b"connect: ".to_vec(),
            start: Vec::new(),
            welcome: Vec::new(),
            reply: Form::default(),
            later_replies: Vec::new(),
            reply_to: ReplyTo::Sender,
            server_ends: ServerEnd::Client,
            serves: Serves::One,
            messages: None,
            server_greeting: "客户端成功连接\n".into(),
            has_varying_greeting: false,
            prefix: "收到客户端信息：".into(),
            line_end: b"\n".to_vec(),
            farewell: Vec::new(),
            farewell_at_token: Vec::new(),
            client_greeting: "连接服务器成功！\n".into(),
            prompt: Vec::new(),
            input: Input::Word,
            shows: Form::default(),
            waits: false,
            client_ends: ClientEnd::Typed,
            delimiter: Vec::new(),
            padding: 0,
            terminal: false,
            ignores_other_text: false,
        }
    }

    /// The text that the server prints when it ends.
    pub fn farewell(&self, is_at_token: bool) -> &[u8] {
        if is_at_token { &self.farewell_at_token } else { &self.farewell }
    }

    /// The output of a server without its farewell. If both farewells fit, the longer one is left out.
    pub fn without_farewell<'a>(&self, printed: &'a [u8]) -> &'a [u8] {
        let farewells = [&self.farewell[..], &self.farewell_at_token];
        farewells.into_iter().filter_map(|farewell| printed.strip_suffix(farewell)).min_by_key(|rest| rest.len()).unwrap_or(printed)
    }

    /// Whether this is the tutorial's dialect.
    pub fn is_tutorial(&self) -> bool {
        *self == Self::tutorial()
    }

    /// Whether this is the dialect of a program that should speak the tutorial's.
    pub fn is_from_the_tutorial(&self) -> bool {
        self.name == Self::tutorial().name
    }

    /// The course as a noun in a sentence. Add `'s` for what belongs to it.
    pub fn noun(&self) -> String {
        if self.is_tutorial() { "the tutorial".into() } else { format!("the dialect {}", self.name) }
    }

    /// Whether messages are printed as in this other dialect.
    pub fn has_messages_of(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.line_end == other.line_end
    }

    /// The dialect of a pair: each program has the texts that it has alone.
    #[must_use]
    pub fn of_pair(server: &Self, client: &Self) -> Self {
        Self {
            client_greeting: client.client_greeting.clone(),
            delimiter: client.delimiter.clone(),
            padding: client.padding,
            ..server.clone()
        }
    }

    /// The texts that may have values: all that a server prints and sends about a connection.
    fn texts_with_values(&self) -> impl Iterator<Item = &Vec<u8>> {
        let Self { start, server_greeting, prefix, line_end, farewell, farewell_at_token, welcome, .. } = self;
        let replies = self.replies_in_turn().flat_map(|reply| [&reply.before, &reply.behind]);
        [start, server_greeting, prefix, line_end, farewell, farewell_at_token, welcome].into_iter().chain(replies)
    }

    /// What a server sends for the first message of a connection, for the second one, and so on.
    pub fn replies_in_turn(&self) -> impl Iterator<Item = &Form> {
        std::iter::once(&self.reply).chain(&self.later_replies)
    }

    /// Sets what a server sends for the first message of a connection, for the second one, and so on.
    pub fn set_replies(&mut self, replies: Vec<Form>) {
        let mut replies = replies.into_iter();
        self.reply = replies.next().unwrap_or_default();
        self.later_replies = replies.collect();
    }

    /// What a server sends for the message with this number, from 1.
    pub fn nth_reply(&self, number: usize) -> &Form {
        self.replies_in_turn().take(number.max(1)).last().unwrap_or(&self.reply)
    }

    /// Whether a text of the server has a value, such as the port of its client.
    pub fn has_values(&self) -> bool {
        self.texts_with_values().any(|text| Values::are_in(text))
    }

    /// The dialect with the values of the connection with this number.
    #[must_use]
    pub fn filled(&self, values: &Values, number: usize) -> Self {
        let fill = |text: &Vec<u8>| values.fill(text, number, number);
        let fill_form = |form: &Form| Form { before: fill(&form.before), behind: fill(&form.behind), ..form.clone() };
        Self {
            start: fill(&self.start),
            server_greeting: fill(&self.server_greeting),
            prefix: fill(&self.prefix),
            line_end: fill(&self.line_end),
            farewell: fill(&self.farewell),
            farewell_at_token: fill(&self.farewell_at_token),
            welcome: fill(&self.welcome),
            reply: fill_form(&self.reply),
            later_replies: self.later_replies.iter().map(fill_form).collect(),
            ..self.clone()
        }
    }

    /// What a server of this course has printed or sent, with marks in place of these values.
    pub fn marked(&self, printed: &[u8], values: &Values) -> Vec<u8> {
        /// Longer than the messages with which a dialect is learned.
        const LONGEST: usize = 80;
        let texts = self.texts_with_values().filter(|text| Values::are_in(text));
        texts.fold(printed.to_vec(), |printed, text| {
            let filled = values.fill(text, 1, 1);
            // A longer number may begin with a shorter one.
            let lengths = if Values::has_length(text) { 0..=LONGEST } else { 0..=0 };
            lengths.rev().fold(printed, |printed, length| replaced(&printed, &Values::with_length(&filled, length), text))
        })
    }

    /// Whether this message is the token.
    pub fn is_token(&self, message: &[u8]) -> bool {
        self.token_match.is_met(&self.token, message)
    }

    /// Whether this word or line, as it was typed at a client, is the token. The newline that the token may have is not typed.
    pub fn is_typed_token(&self, typed: &[u8]) -> bool {
        match self.token_match {
            TokenMatch::Newline => TokenMatch::Whole.is_met(&self.token, typed),
            other => other.is_met(&self.token, typed),
        }
    }

    /// The token as a client sends it: with the newline that it has where messages are lines, or where it is compared with one.
    pub fn sent_token(&self) -> Vec<u8> {
        let end: &[u8] = if self.token_match == TokenMatch::Newline { b"\n" } else { b"" };
        self.framed(&[&self.token, end].concat())
    }

    /// A message as a client sends it, with what the client sends behind each.
    pub fn delimited(&self, message: &[u8]) -> Vec<u8> {
        padded([message, &self.delimiter].concat(), self.padding)
    }

    /// Whether a client sends NULs behind each message.
    pub fn pads_messages(&self) -> bool {
        self.padding > 0 || self.delimiter.ends_with(b"\0")
    }

    /// Whether a server sends NULs behind what it sends.
    pub fn pads_replies(&self) -> bool {
        self.welcome.ends_with(b"\0") || self.replies_in_turn().any(Form::has_nuls)
    }

    /// Whether a NUL ends a message.
    pub fn has_nuls(&self) -> bool {
        self.pads_messages() || self.pads_replies()
    }

    /// The text in what one recv returns: where programs send NULs, it ends at the first.
    pub fn text_of<'a>(&self, received: &'a [u8]) -> &'a [u8] {
        let has_nuls = self.has_nuls();
        received.split(|&byte| has_nuls && byte == 0).next().unwrap_or_default()
    }

    /// Whether it must be known which messages a server receives, so TCP may not be free to cut them: what it sends depends on more than the
    /// bytes.
    pub fn needs_known_messages(&self) -> bool {
        self.has_operator() || self.has_nuls() || self.has_lengths() || self.is_compared_in_part() || !self.later_replies.is_empty()
    }

    /// Whether a client shows a text around each part of a long reply that it gets in parts. What one recv returns of it is not known.
    pub fn shows_parts(&self) -> bool {
        let has_long_replies = self.replies_in_turn().any(|reply| reply.hole != Hole::None);
        self.framing == Framing::Recv && has_long_replies && !self.shows.is_bare() && !self.shows.is_nothing()
    }

    /// Whether a server prints something that differs each time.
    pub fn has_any(&self) -> bool {
        self.texts_with_values().any(|text| Values::has_any(text))
    }

    /// Whether not all that a program prints is compared: some of it differs each time, or is other text.
    pub fn is_compared_in_part(&self) -> bool {
        self.has_any() || self.ignores_other_text
    }

    /// What is compared of the text that a program has printed: all but other text, and with `{any}` in place of what differs each time.
    pub fn compared<'a>(&self, role: Role, printed: &'a [u8]) -> Cow<'a, [u8]> {
        let due = if self.ignores_other_text {
            Cow::Owned(self.due_text(role).split(printed).flat_map(|(due, _)| due).copied().collect())
        } else {
            Cow::Borrowed(printed)
        };
        if role == Role::Server { self.with_any(due) } else { due }
    }

    /// The lines that a program has printed, and that are ignored.
    pub fn other_text<'a>(&self, role: Role, printed: &'a [u8]) -> Vec<&'a [u8]> {
        if !self.ignores_other_text {
            return Vec::new();
        }
        let texts = self.due_text(role);
        texts.split(printed).map(|(_, other)| other).filter(|other| !other.trim_ascii().is_empty()).collect()
    }

    fn due_text(&self, role: Role) -> DueText<'_> {
        match role {
            Role::Server => {
                let texts = [&self.start[..], &self.server_greeting, &self.prefix, &self.farewell, &self.farewell_at_token];
                DueText::new(&texts, b"")
            }
            Role::Client => DueText::new(&[&self.client_greeting, &self.shows.before], &self.prompt),
        }
    }

    /// What a server has printed, with `{any}` in place of what differs each time.
    fn with_any<'a>(&self, printed: impl Into<Cow<'a, [u8]>>) -> Cow<'a, [u8]> {
        let printed = printed.into();
        let texts: Vec<&[u8]> = self.texts_with_values().filter(|text| Values::has_any(text)).map(|text| &text[..]).collect();
        if texts.is_empty() { printed } else { Values::with_any(&printed, &texts).into() }
    }

    /// Whether a text of the server holds the number of bytes of each message.
    pub fn has_lengths(&self) -> bool {
        self.texts_with_values().any(|text| Values::has_length(text))
    }

    /// Whether this message of a client ends the conversation for a server.
    pub fn ends_server(&self, message: &[u8]) -> bool {
        self.server_ends != ServerEnd::Operator && self.is_token(message)
    }

    /// Whether this line ends the conversation for a server, if it is typed there.
    pub fn ends_server_if_typed(&self, line: &[u8]) -> bool {
        self.server_ends != ServerEnd::Client && self.is_token(line)
    }

    /// Whether this reply ends a client.
    pub fn ends_client(&self, reply: &[u8]) -> bool {
        matches!(self.client_ends, ClientEnd::Reply | ClientEnd::Either) && self.is_token(reply)
    }

    /// Whether the server sends what is typed at it.
    pub fn has_operator(&self) -> bool {
        self.reply.hole == Hole::Typed
    }

    /// The line that the harness types at a server, as the reply to the message with this number.
    pub fn typed_reply(&self, number: usize) -> Vec<u8> {
        let answers = ["answer", "reply"].map(|word| format!("{word} {number}").into_bytes());
        // With a token such as `a`, every line that begins with it may be the token.
        answers.iter().find(|line| !self.is_token(line)).unwrap_or(&answers[0]).clone()
    }

    /// Whether a server sends something to a client for its own messages.
    pub fn replies_to_sender(&self) -> bool {
        self.replies() && self.reply_to != ReplyTo::Others
    }

    /// A message as it is sent: a line has a newline, and a short message has the NULs that a client sends behind each.
    pub fn framed(&self, message: &[u8]) -> Vec<u8> {
        match self.framing {
            Framing::Line => [message, b"\n"].concat(),
            Framing::Recv if self.padding > 0 => padded(message.to_vec(), self.padding),
            Framing::Recv if self.pads_messages() && message.len() < self.buffer / 2 => [message, b"\0"].concat(),
            Framing::Recv => message.to_vec(),
        }
    }

    /// What was sent as one message, without the newline of a line, and without NULs behind it.
    pub fn unframed<'a>(&self, sent: &'a [u8]) -> &'a [u8] {
        match self.framing {
            Framing::Line => sent.strip_suffix(b"\n").unwrap_or(sent),
            Framing::Recv => self.text_of(sent),
        }
    }

    /// Whether a client sends nothing at all for an empty line, so that it would wait in vain for a reply.
    pub fn has_no_empty_lines(&self) -> bool {
        self.input == Input::Line && self.delimiter.is_empty()
    }

    /// Whether a server prints something for each message.
    pub fn prints_messages(&self) -> bool {
        !self.prefix.is_empty() || !self.line_end.is_empty()
    }

    /// Whether a server sends something for each message.
    pub fn replies(&self) -> bool {
        !self.reply.is_nothing()
    }

    /// The output of the server for one message.
    pub fn message(&self, payload: &[u8]) -> Vec<u8> {
        let around = |text| Values::with_length(text, payload.len());
        if self.prints_messages() { [&around(&self.prefix), payload, &around(&self.line_end)].concat() } else { Vec::new() }
    }

    /// The message in a printed line, if the line has the prefix and the line end of this dialect.
    pub fn payload<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        if !self.has_lengths() {
            return line.strip_prefix(&self.prefix[..])?.strip_suffix(&self.line_end[..]);
        }
        // The number has as many digits as the line has room for.
        let around = |length: usize| [&self.prefix, &self.line_end].map(|text| Values::with_length(text, length));
        [1, 10, 100, 1000, 10_000, 100_000].into_iter().find_map(|longest| {
            let length = line.len().checked_sub(around(longest).concat().len())?;
            let [prefix, line_end] = around(length);
            line.strip_prefix(&prefix[..])?.strip_suffix(&line_end[..]).filter(|payload| payload.len() == length)
        })
    }

    /// The messages in the output of a server, if it holds nothing else.
    pub fn messages(&self, output: &[u8]) -> Option<Vec<Vec<u8>>> {
        let (mut messages, mut rest) = (Vec::new(), output);
        if self.has_lengths() {
            /// Each place may be an end, so the time grows with the square of the length.
            const LONGEST: usize = 8192;
            if output.len() > LONGEST {
                return None;
            }
            while !rest.is_empty() {
                let is_message = |end: &usize| self.payload(&rest[..*end]).is_some();
                let end = (1..=rest.len()).find(is_message)?;
                messages.push(self.payload(&rest[..end])?.to_vec());
                rest = &rest[end..];
            }
            return Some(messages);
        }
        // A message may hold a line end. It ends where the next message begins.
        let between = [&self.line_end[..], &self.prefix].concat();
        while !rest.is_empty() {
            let text = rest.strip_prefix(&self.prefix[..])?;
            let end = find(text, &between);
            let (text, after) = match end {
                Some(end) => (&text[..end], &text[end + self.line_end.len()..]),
                None => (text.strip_suffix(&self.line_end[..])?, &b""[..]),
            };
            messages.push(text.to_vec());
            rest = after;
        }
        Some(messages)
    }

    /// This dialect of a subject, with these parts of the course's dialect.
    #[must_use]
    pub fn demanding(&self, aspects: &[Aspect], course: &Self) -> Self {
        let mut dialect = self.clone();
        for aspect in aspects {
            match aspect {
                Aspect::Welcome => dialect.welcome.clone_from(&course.welcome),
                Aspect::Reply => {
                    dialect.reply.clone_from(&course.reply);
                    dialect.later_replies.clone_from(&course.later_replies);
                }
                Aspect::Prompt => dialect.prompt.clone_from(&course.prompt),
                Aspect::ServerGreeting => {
                    dialect.start.clone_from(&course.start);
                    dialect.server_greeting.clone_from(&course.server_greeting);
                    dialect.has_varying_greeting = course.has_varying_greeting;
                }
                Aspect::Message => {
                    dialect.prefix.clone_from(&course.prefix);
                    dialect.line_end.clone_from(&course.line_end);
                }
                Aspect::Farewell => {
                    dialect.farewell.clone_from(&course.farewell);
                    dialect.farewell_at_token.clone_from(&course.farewell_at_token);
                }
                // Another farewell at every end breaks another rule. This one is broken by one at the end of the stream alone.
                Aspect::EndOfStream if dialect.farewell != dialect.farewell_at_token => dialect.farewell.clone_from(&course.farewell),
                Aspect::EndOfStream => {}
                Aspect::ClientGreeting => dialect.client_greeting.clone_from(&course.client_greeting),
                Aspect::Delimiter => {
                    dialect.delimiter.clone_from(&course.delimiter);
                    dialect.padding = course.padding;
                }
            }
        }
        dialect
    }
}
