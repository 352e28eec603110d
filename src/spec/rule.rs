//! The rules: a table with each requirement of the tutorial. Their texts are in `text/en/rules.toml`.

use crate::spec::dialect::{Aspect, ClientEnd, Dialect, Framing, Hole, Input, ReplyTo, ServerEnd, Serves, TokenMatch};
use crate::spec::role::Part;
use crate::spec::text::{self, Text};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// How binding a rule is, in the words of RFC 2119.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// The tutorial asks for it, or every stream program needs it.
    Must,
    /// Good practice, which even the tutorial's own programs may not follow. A violation is a warning.
    Should,
    /// A detail of the tutorial's program. Another behaviour is a note, and never counts.
    May,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        })
    }
}

/// A kind of observation. A rule owns some facets, and a scenario fails only for the facets of its rule. So one defect breaks one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    /// How often a client connected, or a server could be reached.
    Connections,
    /// The greeting: at the beginning of the output, and nowhere else.
    Greeting,
    /// The whole output on stdout, whenever it was printed.
    Stdout,
    /// Whether a message was printed after the last action of the harness. Only judged if the output before is right.
    Farewell,
    /// Whether each message was visible before the next byte was sent.
    Prompt,
    /// Whether the greeting was visible before the first byte was sent.
    GreetingPrompt,
    /// What a server sent before its client did anything.
    Welcome,
    /// All bytes that the subject sent, without tokens at the end.
    Words,
    /// All bytes that the subject sent.
    Wire,
    /// Whether a client waited for each reply before it sent more.
    Turns,
    /// Whether the subject had sent each word before more was typed.
    WirePrompt,
    /// Whether, and how, the subject closed its connection.
    HangUp,
    /// How the subject ended: status or signal.
    End,
    /// A line on stderr.
    Stderr,
    /// Whether the subject uses the CPU while it has nothing to do.
    Idle,
    /// Whether a server keeps descriptors, threads or processes of clients that have gone.
    Tidy,
}

/// One requirement.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, such as `server/exit-split`: the folder of its scenarios, and a filter.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What the program must do, from the verb on: "prints …".
    pub sentence: Text,
    /// The step of the tutorial that it comes from.
    pub step: Text,
    /// The usual ways to break it.
    pub mistake: Text,
    /// Instructions for the author of the program, after "What to do".
    pub look: Text,
    /// The facets that it judges.
    pub facets: &'static [Facet],
    /// The parts of the dialect that must be the course's.
    pub demands: &'static [Aspect],
    /// The rules that must be met before this one can be judged.
    pub needs: &'static [&'static str],
}

impl Rule {
    /// The rule with this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    /// The programs that it judges.
    pub fn subject(&self) -> Part {
        match self.id.split_once('/') {
            Some(("client", _)) => Part::Client,
            Some(("pair", _)) => Part::Pair,
            _ => Part::Server,
        }
    }

    /// Why the rule means nothing in this dialect, if it does not.
    pub fn inapplicable(&self, dialect: &Dialect) -> Option<&'static str> {
        const LINES: &str = "the client sends lines, with the blanks in them";
        const NO_TOKEN: &str = "the course has no token";
        const UNSAID: &str = "the course does not say what a client does that waits in vain";
        let Dialect { token, reply, .. } = dialect;
        let (prints, replies) = (dialect.prints_messages(), dialect.replies());
        match self.id {
            id if token.is_empty() && id.contains("/exit-") => Some(NO_TOKEN),
            id if id.starts_with("server/exit-") && dialect.server_ends == ServerEnd::Operator => Some("only the operator ends the server"),
            id if id.starts_with("client/exit-") && dialect.client_ends == ClientEnd::Reply => Some("only a reply ends the client"),
            "server/exit-split" if token.len() < 2 => Some("a token of one byte cannot be cut"),
            "server/exit-coalesced" if dialect.token_match == TokenMatch::Prefix => {
                Some("every message that begins with the token ends the conversation")
            }
            "server/exit-final" if dialect.serves != Serves::One => Some("the server serves on"),
            "server/greeting" | "server/greeting-prompt" if dialect.server_greeting.is_empty() => {
                Some("the server prints nothing when a client connects")
            }
            "server/message" if !prints => Some("the server prints no messages"),
            "server/message-split" | "server/message-coalesced" | "server/buffer" | "server/exit-split" if !prints && reply.is_bare() => {
                Some("an echo does not show where a message ends")
            }
            "server/message-bytes" if !prints && matches!(reply.hole, Hole::None | Hole::Typed) => {
                Some("the server does not show the message")
            }
            "server/nul" | "client/nul" if dialect.has_nuls() => Some("each message of the course has a NUL behind it"),
            "server/nul" if dialect.has_lengths() => Some("the course does not say how many bytes a message with a NUL has"),
            "server/nul" if !prints => Some("the server prints no messages"),
            "server/nul" | "server/buffer" if dialect.framing == Framing::Line => Some("a message is a line, whatever one recv takes"),
            "server/silent" if replies || !dialect.welcome.is_empty() => Some("the server has something to send"),
            "server/welcome" if dialect.welcome.is_empty() => Some("the server sends no welcome"),
            "server/reply" if !replies => Some("the server sends no replies"),
            "server/reply" if !dialect.replies_to_sender() => Some("the server replies to the other clients"),
            "server/reply-whole"
                if dialect.nth_reply(usize::MAX).hole == Hole::None || !dialect.replies_to_sender() || dialect.has_operator() =>
            {
                Some("the server sends no long replies")
            }
            "server/operator" if !dialect.has_operator() => Some("nobody types at the server"),
            "server/broadcast" if dialect.reply_to == ReplyTo::Sender => {
                Some("the server replies only to the client that has sent the message")
            }
            "server/one-connection" if dialect.serves != Serves::One => Some("the server serves more than one client"),
            "server/many-clients" if dialect.serves != Serves::Many => Some("the server serves one client at a time"),
            "server/tidy" if matches!(dialect.serves, Serves::One | Serves::Some(_)) => Some("the server ends with its clients"),
            "server/next-client" if dialect.serves == Serves::One => Some("the server serves one client"),
            "client/greeting" if dialect.client_greeting.is_empty() => Some("the client prints no greeting"),
            "client/whitespace" if dialect.input == Input::Line => Some(LINES),
            "client/line" if dialect.input == Input::Word => Some("the client sends words"),
            "client/prompt-text" if dialect.prompt.is_empty() => Some("the client has no prompt"),
            "client/reply" if dialect.shows.is_nothing() => Some("the client shows no replies"),
            "client/reply-token" if matches!(dialect.client_ends, ClientEnd::Typed | ClientEnd::Unsent) => Some("no reply ends the client"),
            "client/turns" if !dialect.waits => Some("the client does not wait for replies"),
            "client/slow-server" if dialect.padding > 0 => Some("a client that pads each word has far more to send"),
            "client/slow-server" if dialect.waits => Some("a client that waits for each reply has never much to send"),
            "client/server-gone" | "pair/server-killed" if dialect.waits => Some(UNSAID),
            _ => None,
        }
    }

    /// Whether it judges this facet.
    pub fn owns(&self, facet: Facet) -> bool {
        self.facets.contains(&facet)
    }

    /// The facets that it judges in this dialect. Where the token has other forms, such as `EXIT`, a client also ends at those.
    pub fn facets_in(&self, dialect: &Dialect) -> impl Iterator<Item = Facet> {
        let has_forms = matches!(dialect.token_match, TokenMatch::AnyCase | TokenMatch::Trimmed | TokenMatch::Prefix);
        let end = (has_forms && self.id == "client/exit-exact").then_some(Facet::End);
        self.facets.iter().copied().chain(end)
    }

    /// Whether it judges this facet in this dialect.
    pub fn owns_in(&self, facet: Facet, dialect: &Dialect) -> bool {
        self.facets_in(dialect).any(|owned| owned == facet)
    }
}

/// Every rule, in the order of the reports.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut texts = text::rules();
    let rule = |&Entry(id, level, facets, demands, needs): &Entry| {
        let [sentence, step, mistake, look] = text::take(&mut texts, id, ["sentence", "step", "mistake", "look"]);
        Rule { id, level, sentence, step, mistake, look, facets, demands, needs }
    };
    let rules = TABLE.iter().map(rule).collect();
    assert!(texts.is_empty(), "there are texts for rules that do not exist: {:?}", texts.keys());
    rules
});

/// A rule without its texts.
struct Entry(&'static str, Level, &'static [Facet], &'static [Aspect], &'static [&'static str]);

/// The columns: the name, the level, what the rule judges, the parts of the dialect that it demands, and the rules that it presupposes.
#[rustfmt::skip]
static TABLE: &[Entry] = {
    use Facet::*;
    use Level::*;
    &[
        Entry("server/listen", Must, &[Connections], &[], &[]),
        Entry("server/greeting", Must, &[Greeting], &[Aspect::ServerGreeting], LISTEN),
        Entry("server/message", Must, &[Stdout], &[Aspect::Message], LISTEN),
        Entry("server/message-bytes", Must, &[Stdout], &[], LISTEN),
        Entry("server/message-split", Must, &[Stdout], &[], LISTEN),
        Entry("server/message-coalesced", Must, &[Stdout], &[], LISTEN),
        Entry("server/stream", Must, &[Stdout], &[], LISTEN),
        Entry("server/prompt", Must, &[Prompt], &[], LISTEN),
        Entry("server/exit-token", Must, &[Stdout, End], &[Aspect::Farewell], LISTEN),
        Entry("server/exit-exact", Must, &[Stdout], &[], LISTEN),
        Entry("server/exit-split", Must, &[Stdout], &[], LISTEN),
        Entry("server/exit-coalesced", Must, &[Stdout], &[], LISTEN),
        Entry("server/exit-final", Must, &[Stdout], &[], LISTEN),
        Entry("server/eof", Must, &[Stdout, End], &[Aspect::EndOfStream], LISTEN),
        Entry("server/reset", Must, &[End, Farewell], &[], LISTEN),
        Entry("server/silent", Must, &[Wire], &[Aspect::Welcome, Aspect::Reply], LISTEN),
        Entry("server/welcome", Must, &[Welcome], &[Aspect::Welcome], LISTEN),
        Entry("server/reply", Must, &[Wire], &[Aspect::Reply], LISTEN),
        Entry("server/reply-whole", Must, &[Stdout, Wire], &[Aspect::Reply], &["server/listen", "server/reply"]),
        Entry("server/operator", Must, &[Stdout, Wire, End], &[], LISTEN),
        Entry("server/next-client", Must, &[Stdout, Wire, End], &[], LISTEN),
        Entry("server/many-clients", Must, &[Stdout, Wire], &[], &["server/listen", "server/broadcast"]),
        Entry("server/broadcast", Must, &[Stdout, Wire], &[Aspect::Reply], LISTEN),
        Entry("server/one-connection", Must, &[Stdout], &[], LISTEN),
        Entry("server/hang-up", Must, &[HangUp], &[], &["server/listen", "server/exit-token", "server/eof"]),
        Entry("server/address-in-use", Must, &[Stdout, Stderr, End], &[Aspect::Farewell], LISTEN),
        Entry("server/greeting-prompt", Should, &[GreetingPrompt], &[], &["server/listen", "server/prompt"]),
        Entry("server/restart", Should, &[Connections, End], &[], &["server/listen", "server/exit-token"]),
        Entry("server/idle", Should, &[Idle], &[], LISTEN),
        Entry("server/tidy", Should, &[Tidy], &[], &["server/listen", "server/next-client"]),
        Entry("server/suspend", Should, &[Stdout], &[], LISTEN),
        Entry("server/buffer", Should, &[Stdout], &[], &["server/listen", "server/stream"]),
        Entry("server/nul", May, &[Stdout], &[], LISTEN),
        Entry("client/connect", Must, &[Connections], &[], &[]),
        Entry("client/greeting", Must, &[Stdout], &[Aspect::ClientGreeting], CONNECT),
        Entry("client/word", Must, &[Words], &[Aspect::Delimiter], CONNECT),
        Entry("client/word-bytes", Must, &[Words], &[], CONNECT),
        Entry("client/whitespace", Must, &[Words], &[], CONNECT),
        Entry("client/line", Must, &[Words], &[], CONNECT),
        Entry("client/prompt", Must, &[WirePrompt], &[], CONNECT),
        Entry("client/input-split", Must, &[Wire, End], &[], &["client/connect", "client/exit-token"]),
        Entry("client/exit-token", Must, &[Wire, End], &[], CONNECT),
        Entry("client/exit-exact", Must, &[Words], &[], CONNECT),
        Entry("client/exit-final", Must, &[Wire], &[], &["client/connect", "client/exit-token"]),
        Entry("client/exit-unterminated", Must, &[Wire, End], &[], &["client/connect", "client/exit-token"]),
        Entry("client/eof", Must, &[Wire, End], &[], CONNECT),
        Entry("client/prompt-text", Must, &[Stdout, Prompt], &[Aspect::Prompt], CONNECT),
        Entry("client/reply", Must, &[Stdout], &[], CONNECT),
        Entry("client/reply-token", Must, &[Stdout, Wire, End], &[], CONNECT),
        Entry("client/turns", Must, &[Turns], &[], CONNECT),
        Entry("client/slow-server", Must, &[Words], &[], CONNECT),
        Entry("client/hang-up", Must, &[HangUp], &[], &["client/connect", "client/exit-token", "client/eof"]),
        Entry("client/connect-refused", Must, &[Stdout, Stderr, End], &[], CONNECT),
        Entry("client/long-word", Should, &[Words], &[], CONNECT),
        Entry("client/server-gone", Should, &[End, Stderr], &[], &["client/connect", "client/prompt"]),
        Entry("client/idle", Should, &[Idle], &[], CONNECT),
        Entry("client/nul", May, &[Words], &[], CONNECT),
        Entry("pair/conversation", Must, &[Stdout, End], &[], TALK),
        Entry("pair/piped", Must, &[Stdout, End], &[], TALK_AND_END),
        Entry("pair/eof", Must, &[End], &[], TALK),
        Entry("pair/relay", Must, &[Stdout, End], &[], TALK_AND_END),
        Entry("pair/client-killed", Must, &[End], &[], TALK_AND_END),
        Entry("pair/server-killed", Should, &[End, Stderr], &[], TALK),
    ]
};

/// A server cannot be judged unless it listens.
const LISTEN: &[&str] = &["server/listen"];
/// A client cannot be judged unless it connects.
const CONNECT: &[&str] = &["client/connect"];
/// A pair can talk if the server listens, and the client connects and sends its words unchanged.
const TALK: &[&str] = &["server/listen", "client/connect", "client/word"];
/// A pair also ends if the server ends at the end of the stream. (TCP may cut the token, so the token is not enough.)
const TALK_AND_END: &[&str] = &["server/listen", "client/connect", "client/word", "server/eof"];
