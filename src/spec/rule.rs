//! The rules: each requirement of the tutorial, once, as data.

use crate::spec::dialect::Aspect;
use crate::spec::role::Part;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How binding a rule is, in the words of RFC 2119.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// The tutorial asks for it, or no stream program can do without it.
    Must,
    /// Good practice, where even the tutorial's own programs may fall short: reported as a warning.
    Should,
    /// What the tutorial's program happens to do: another behaviour is reported, and never counted.
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

/// A side of what is seen of a subject. A rule owns some of them, and a scenario fails only for those of its rule: so one defect breaks
/// one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    /// Who connected, and how often.
    Connections,
    /// The greeting: at the beginning of what was printed, and nowhere else.
    Greeting,
    /// All that was printed, whenever.
    Stdout,
    /// Whether a message was printed after the last thing that was done to the subject, where all before it is as it should be.
    Farewell,
    /// Which message was visible before the next byte was sent.
    Prompt,
    /// Whether the greeting was visible before the first byte was sent.
    GreetingPrompt,
    /// All that the subject sent, but for a closing token.
    Words,
    /// All that the subject sent.
    Wire,
    /// What the subject had sent before more was typed.
    WirePrompt,
    /// Whether, and how, the subject closed its connection.
    HangUp,
    /// How the subject ended: status or signal.
    End,
    /// A line on stderr.
    Stderr,
    /// CPU time while there is nothing to do.
    Idle,
}

/// One requirement.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, such as `server/exit-split`: the folder of its scenarios, and a filter.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What the program does, without its subject: "prints …".
    pub sentence: &'static str,
    /// The step of the tutorial that it comes from.
    pub step: &'static str,
    /// How programs usually come to break it.
    pub mistake: &'static str,
    /// Where to look in one's own code.
    pub look: &'static str,
    /// What it judges.
    pub facets: &'static [Facet],
    /// What it demands as the tutorial has it.
    pub demands: &'static [Aspect],
    /// The rules without which it cannot be judged.
    pub needs: &'static [&'static str],
}

impl Rule {
    /// The rule of this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    /// Whom it judges.
    pub fn subject(&self) -> Part {
        match self.id.split_once('/') {
            Some(("client", _)) => Part::Client,
            Some(("pair", _)) => Part::Pair,
            _ => Part::Server,
        }
    }

    /// Whether it judges this side of what is seen.
    pub fn owns(&self, facet: Facet) -> bool {
        self.facets.contains(&facet)
    }
}

/// Every rule, in the order of the reports.
pub static RULES: &[Rule] = &[
    Rule {
        id: "server/listen",
        level: Level::Must,
        sentence: "serves 127.0.0.1:8023; a listener on 0.0.0.0 or :: that does passes, with a note",
        step: "server, steps 2 to 4 (the address, bind, listen)",
        mistake: "The port is written without htons, so the bytes are the wrong way round; or another port, or an address that is not 127.0.0.1; or the program ends before it listens.",
        look: "sin_port = htons(8023), sin_addr = 127.0.0.1, then bind and listen, each with its result checked.",
        facets: &[Facet::Connections],
        demands: &[],
        needs: &[],
    },
    Rule {
        id: "server/greeting",
        level: Level::Must,
        sentence: "prints `客户端成功连接` and a newline, once, before anything else, when a client has connected",
        step: "server, step 6 (accept)",
        mistake: "Another text, no newline, a banner before it, or the greeting inside the receive loop, so that it is printed again.",
        look: "the first output statement after accept, and every output statement before it.",
        facets: &[Facet::Greeting],
        demands: &[Aspect::ServerGreeting],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/message",
        level: Level::Must,
        sentence: "prints `收到客户端信息：`, the bytes of one recv, a newline",
        step: "server, step 8.4 (print what the client sent)",
        mistake: "Another prefix (an ASCII colon for the full-width `：`, for example), a missing newline, bytes left over from the message before, or printing the whole buffer instead of the bytes received.",
        look: "the output statement in the receive loop, and how it knows where the message ends (step 8.1 clears the buffer for that).",
        facets: &[Facet::Stdout],
        demands: &[Aspect::Message],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/message-bytes",
        level: Level::Must,
        sentence: "prints the bytes 0x01 to 0xff unchanged: UTF-8, invalid UTF-8 (a character cut in two by TCP), control bytes, newlines, the prefix itself",
        step: "server, step 8.4 (print what the client sent)",
        mistake: "Decoding each recv as text (a character cut in two becomes `\u{fffd}` or an exception), printf(buffer) with the message as the format, or trimming white space.",
        look: "what happens between recv and the output: write the bytes as they are, without decoding, formatting, or trimming them.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/message-split",
        level: Level::Must,
        sentence: "a message that TCP cuts in two is two messages",
        step: "server, step 8.2 (recv)",
        mistake: "Collecting bytes until a newline, a full buffer, or the end of the stream, before anything is printed.",
        look: "the receive loop: what one recv returned is one message, whatever it is. Buffered readers (readLine, fgets, MSG_WAITALL) hide that.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/message-coalesced",
        level: Level::Must,
        sentence: "two messages that arrive in one recv are one message",
        step: "server, step 8.2 (recv)",
        mistake: "Splitting what was received at white space or newlines, as if the sender's calls to send were visible in the stream. They are not.",
        look: "the receive loop: print the whole of what recv returned, once.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/stream",
        level: Level::Must,
        sentence: "a long stream is printed whole and in order, however it is cut, in pieces of any size",
        step: "server, steps 8.1 to 8.4 (the receive loop)",
        mistake: "A buffer without room for the terminating NUL, so that a full one runs into what lies behind it; a byte lost at each buffer's end; or the last piece dropped.",
        look: "the size given to recv against the size of the buffer, and how the end of the received bytes is known when the buffer is full.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/prompt",
        level: Level::Must,
        sentence: "a message's line is visible before the next byte is sent (`endl` flushes; a pipe does not)",
        step: "server, step 8.4 (print what the client sent)",
        mistake: "Output that stays in the program's buffer: at a terminal each newline flushes it, but into a pipe or a file nothing does until the buffer is full or the program ends.",
        look: "the output statement in the receive loop: flush after each message (endl, fflush(stdout), flush=True).",
        facets: &[Facet::Prompt],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/exit-token",
        level: Level::Must,
        sentence: "a recv of exactly `exit` ends the program with status 0 and prints nothing",
        step: "server, step 8.3 (has the client asked to stop?)",
        mistake: "The token is printed before it is compared, or is never recognised because the comparison includes bytes behind it (the newline that is never sent, the whole buffer).",
        look: "the comparison with `exit`, its place before the output statement, and the program's return value.",
        facets: &[Facet::Stdout, Facet::End],
        demands: &[Aspect::Farewell],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/exit-exact",
        level: Level::Must,
        sentence: "near misses (`exit\\n`, `EXIT`, ` exit`, `exits`, `exi`) are ordinary messages",
        step: "server, step 8.3 (has the client asked to stop?)",
        mistake: "Comparing only a prefix (strncmp with the wrong length, startsWith), ignoring case, trimming before the comparison, or searching for the token in the message.",
        look: "the comparison with `exit`: all of the message, all of the token, byte for byte.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/exit-split",
        level: Level::Must,
        sentence: "`ex` then `it` are two messages, not the end",
        step: "server, steps 8.2 and 8.3 (recv; has the client asked to stop?)",
        mistake: "The token is looked for in bytes collected over several recvs, or in a buffer that still holds the message before.",
        look: "the buffer before each recv: it starts empty, at its beginning (step 8.1).",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/exit-coalesced",
        level: Level::Must,
        sentence: "`exit` glued to other bytes in one recv is a message, not the end",
        step: "server, steps 8.2 and 8.3 (recv; has the client asked to stop?)",
        mistake: "Searching for the token inside what was received, or splitting what was received into words before the comparison.",
        look: "the comparison with `exit`: it is made once for each recv, with the whole of it.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/exit-final",
        level: Level::Must,
        sentence: "nothing that arrives after the token is printed",
        step: "server, steps 8.3 and 9 (stop; close)",
        mistake: "The token sets a flag, and the loop goes round once more before it looks at it.",
        look: "the way from the comparison to the end of the loop: break at once.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/eof",
        level: Level::Must,
        sentence: "the client's FIN ends the program with status 0; what came before it is printed",
        step: "server, step 8.3 (check the length read)",
        mistake: "recv returns 0 at the end of the stream, and the program takes that for an empty message: it prints an empty line, or prints them for ever, or tries again for ever.",
        look: "the result of recv: 0 means that the client has gone. Leave the loop before anything is printed, and return 0.",
        facets: &[Facet::Stdout, Facet::End],
        demands: &[Aspect::EndOfStream],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/reset",
        level: Level::Must,
        sentence: "a reset ends the program with status 0, as EOF does",
        step: "server, step 8.3 (check the length read)",
        mistake: "recv returns -1 (or throws ConnectionResetError), and the program takes that for a message, crashes, exits with another status, or tries again for ever.",
        look: "the result of recv: less than 0 means that the client has gone, as 0 does. Catch the exception where the language has one.",
        facets: &[Facet::End, Facet::Farewell],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/silent",
        level: Level::Must,
        sentence: "sends no byte to the client",
        step: "server, steps 6 to 9 (nothing is ever sent)",
        mistake: "Echoing the message, or answering with a greeting, as other tutorials do.",
        look: "every send or write on the connection.",
        facets: &[Facet::Wire],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/one-connection",
        level: Level::Must,
        sentence: "serves the first client only; a second connect may succeed and go unserved, or be refused",
        step: "server, step 6 (accept, once)",
        mistake: "accept stands inside a loop, or each client gets a thread of its own.",
        look: "accept: it is called once.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/hang-up",
        level: Level::Must,
        sentence: "closes its connection when it ends",
        step: "server, step 9 (close)",
        mistake: "A child process or a helper that lives on keeps the connection open.",
        look: "close(conn) before the program returns, and processes that were started after accept.",
        facets: &[Facet::HangUp],
        demands: &[],
        needs: &["server/listen", "server/exit-token", "server/eof"],
    },
    Rule {
        id: "server/address-in-use",
        level: Level::Must,
        sentence: "a taken port: a line that begins with `bind: ` (then any reason) on stderr, nothing on stdout, status 1",
        step: "server, step 3 (bind, and its result)",
        mistake: "The result of bind is not checked, or the message goes to stdout, or the status is 0. SO_REUSEPORT would even share the port.",
        look: "the check after bind: perror(\"bind\") and exit(1).",
        facets: &[Facet::Stdout, Facet::Stderr, Facet::End],
        demands: &[Aspect::Farewell],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/greeting-prompt",
        level: Level::Should,
        sentence: "the greeting is visible at once (the tutorial's own is stuck in a buffer until the first message)",
        step: "server, step 6 (accept)",
        mistake: "The greeting ends with `\\n`, which flushes at a terminal, but not into a pipe or a file.",
        look: "the greeting's output statement: flush it (endl, fflush(stdout), flush=True).",
        facets: &[Facet::GreetingPrompt],
        demands: &[],
        needs: &["server/listen", "server/prompt"],
    },
    Rule {
        id: "server/restart",
        level: Level::Should,
        sentence: "can be started again right after it closed first (SO_REUSEADDR; the tutorial's own cannot for a minute)",
        step: "server, step 3 (bind)",
        mistake: "The side that closes first keeps the address for a minute (TIME_WAIT), and bind refuses it.",
        look: "setsockopt(SO_REUSEADDR) between socket and bind.",
        facets: &[Facet::Connections, Facet::End],
        demands: &[],
        needs: &["server/listen", "server/exit-token"],
    },
    Rule {
        id: "server/idle",
        level: Level::Should,
        sentence: "waits without spinning: less than 5 % of a core over 200 ms",
        step: "server, steps 6 and 8.2 (accept and recv wait)",
        mistake: "A non-blocking socket is asked again and again in a loop.",
        look: "accept and recv: let them block, or wait with poll, select or epoll.",
        facets: &[Facet::Idle],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/suspend",
        level: Level::Should,
        sentence: "stopped (SIGSTOP, state `T`), sent a segment, and continued: goes on as if nothing had been",
        step: "server, step 8.2 (recv)",
        mistake: "A wait that a signal interrupts (EINTR) is taken for the end of the connection.",
        look: "the result of recv, select, poll or epoll_wait: after EINTR, wait again.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "server/buffer",
        level: Level::Should,
        sentence: "one recv takes at most 1000 bytes: longer input that is already there is printed in pieces of exactly 1000",
        step: "server, step 7 (char buffer[1000])",
        mistake: "A buffer of another size; or one byte kept back for the terminating NUL; or, with a full buffer and no NUL, reading on into what lies behind it.",
        look: "the size of the buffer, the size given to recv, and how the end of the received bytes is known.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen", "server/stream"],
    },
    Rule {
        id: "server/nul",
        level: Level::May,
        sentence: "a message ends at its first NUL, as C strings do, so `exit\\0x` is the token",
        step: "server, steps 8.3 and 8.4 (strcmp, and printing a char array)",
        mistake: "None: languages with counted strings print the NUL and what follows it.",
        look: "whether the received bytes are handled as a C string or by their count.",
        facets: &[Facet::Stdout],
        demands: &[],
        needs: &["server/listen"],
    },
    Rule {
        id: "client/connect",
        level: Level::Must,
        sentence: "connects to 127.0.0.1:8023, once",
        step: "client, steps 2 and 3 (the address, connect)",
        mistake: "The port is written without htons, so the bytes are the wrong way round; another port or address; or a new connection for each word.",
        look: "sin_port = htons(8023), sin_addr = 127.0.0.1, and one connect, before the loop.",
        facets: &[Facet::Connections],
        demands: &[],
        needs: &[],
    },
    Rule {
        id: "client/greeting",
        level: Level::Must,
        sentence: "prints `连接服务器成功！` and a newline when connected, and nothing else on stdout, ever",
        step: "client, step 3 (connect)",
        mistake: "Another text (an ASCII `!` for the full-width `！`, for example), no newline, a prompt for input, or an echo of what was typed.",
        look: "every output statement of the program.",
        facets: &[Facet::Stdout],
        demands: &[Aspect::ClientGreeting],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/word",
        level: Level::Must,
        sentence: "sends each whitespace-delimited word of its input, without the delimiter",
        step: "client, steps 5.2 and 5.3 (read a word, send it)",
        mistake: "The newline is sent too, or the terminating NUL (strlen + 1), or the whole buffer (sizeof), or the word with its delimiter.",
        look: "the length given to send: the word's own.",
        facets: &[Facet::Words],
        demands: &[Aspect::Delimiter],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/word-bytes",
        level: Level::Must,
        sentence: "sends the bytes 0x01 to 0xff unchanged, invalid UTF-8 too; only the six whitespace bytes delimit (U+00A0, U+3000, 0x1c to 0x1f, 0x85 do not)",
        step: "client, steps 5.2 and 5.3 (read a word, send it)",
        mistake: "Input decoded as text: invalid bytes are replaced or throw, and split() takes Unicode's spaces for delimiters.",
        look: "how input is read: as bytes (sys.stdin.buffer, InputStream), split at space, \\t, \\n, \\v, \\f and \\r only.",
        facets: &[Facet::Words],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/whitespace",
        level: Level::Must,
        sentence: "space, \\t, \\n, \\v, \\f, \\r all delimit; runs, leading and trailing ones send nothing",
        step: "client, step 5.2 (cin >> word)",
        mistake: "Reading lines instead of words, or splitting at the space character only, so that empty words or tabs are sent.",
        look: "how a line becomes words: at each run of the six whitespace bytes.",
        facets: &[Facet::Words],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/prompt",
        level: Level::Must,
        sentence: "the words of a line are sent when the line has been typed, not at the end of input; they may leave earlier",
        step: "client, step 5 (read, send, again)",
        mistake: "All input is read before the first word is sent, or the words stay in the program's output buffer.",
        look: "the loop: one read, one send, with nothing collected in between (flush a buffered writer).",
        facets: &[Facet::WirePrompt],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/input-split",
        level: Level::Must,
        sentence: "how the input is cut into writes changes nothing: `ex` then `it\\n` typed is the word `exit`",
        step: "client, step 5.2 (read a word)",
        mistake: "What one read returned is taken for whole words or a whole line. A read of a pipe may end anywhere.",
        look: "how input is read: a word ends at white space or at the end of input, not where a read ended.",
        facets: &[Facet::Wire, Facet::End],
        demands: &[],
        needs: &["client/connect", "client/exit-token"],
    },
    Rule {
        id: "client/exit-token",
        level: Level::Must,
        sentence: "after sending the word `exit`: closes, status 0, without waiting for more input",
        step: "client, step 5.4 (was it exit?)",
        mistake: "The word is compared before it is sent, or with its newline, or never; or the loop reads once more before it ends.",
        look: "the comparison with `exit`, after send, and the program's return value.",
        facets: &[Facet::Wire, Facet::End],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/exit-exact",
        level: Level::Must,
        sentence: "`exits`, `EXIT`, `xexit` are ordinary words",
        step: "client, step 5.4 (was it exit?)",
        mistake: "Comparing only a prefix, ignoring case, or searching for `exit` in the word.",
        look: "the comparison with `exit`: all of the word, all of the token, byte for byte.",
        facets: &[Facet::Words],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/exit-final",
        level: Level::Must,
        sentence: "nothing typed after `exit` is sent",
        step: "client, steps 5.4 and 6 (stop; close)",
        mistake: "A whole line is sent, or all of its words, before the loop looks for `exit`.",
        look: "the way from the comparison to the end of the loop: break at once, between two words of a line too.",
        facets: &[Facet::Wire],
        demands: &[],
        needs: &["client/connect", "client/exit-token"],
    },
    Rule {
        id: "client/exit-unterminated",
        level: Level::Must,
        sentence: "`exit` at the very end of input, without a newline, is still the token",
        step: "client, steps 5.2 and 5.4 (read a word; was it exit?)",
        mistake: "Only a line that ends with a newline is looked at, so the last word is lost.",
        look: "how the end of input is handled: the bytes that came before it are a word.",
        facets: &[Facet::Wire, Facet::End],
        demands: &[],
        needs: &["client/connect", "client/exit-token"],
    },
    Rule {
        id: "client/eof",
        level: Level::Must,
        sentence: "end of input: sends the last word, closes, status 0 (the tutorial's own client spins forever here)",
        step: "client, step 5.2 (read a word)",
        mistake: "The result of reading is not checked: at the end of input `cin >> word` fails at once, leaves the word empty, and the loop goes round for ever.",
        look: "the loop's condition: `while (cin >> word)`; and what follows the loop.",
        facets: &[Facet::Wire, Facet::End],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/slow-server",
        level: Level::Must,
        sentence: "a server that does not read for a while loses nothing of 8 MiB typed (a client may block, or buffer)",
        step: "client, step 5.3 (send)",
        mistake: "send may take fewer bytes than it was given, or would block (EAGAIN), and the rest is forgotten.",
        look: "the result of send: send the rest, until all of it has left.",
        facets: &[Facet::Words],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/hang-up",
        level: Level::Must,
        sentence: "ends its stream with FIN, not with a reset",
        step: "client, step 6 (close)",
        mistake: "SO_LINGER with a time of 0: the reset may destroy words that are still on their way. Or a child process or a helper that lives on keeps the connection open.",
        look: "close(sock) at the end, every setsockopt, and processes that were started after connect.",
        facets: &[Facet::HangUp],
        demands: &[],
        needs: &["client/connect", "client/exit-token", "client/eof"],
    },
    Rule {
        id: "client/connect-refused",
        level: Level::Must,
        sentence: "nobody listening: a line that begins with `connect: ` (then any reason) on stderr, nothing on stdout, status 1",
        step: "client, step 3 (connect, and its result)",
        mistake: "The result of connect is not checked, or the message goes to stdout, or the status is 0; or the client tries again for ever.",
        look: "the check after connect: perror(\"connect\") and exit(1).",
        facets: &[Facet::Stdout, Facet::Stderr, Facet::End],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/long-word",
        level: Level::Should,
        sentence: "a word of 100 bytes and more arrives whole (the tutorial's own overflows a 100-byte buffer)",
        step: "client, steps 4 and 5.2 (the buffer; read a word)",
        mistake: "A fixed buffer: `cin >> buffer` writes past its end, or stops there and takes the rest for another word.",
        look: "the buffer that a word is read into: let it grow (std::string).",
        facets: &[Facet::Words],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/server-gone",
        level: Level::Should,
        sentence: "when the server has gone, at the latest at the second word: a message on stderr and a non-zero status; no signal, no hang",
        step: "client, step 5.3 (send, and its result)",
        mistake: "The result of send is not checked; and without MSG_NOSIGNAL, or SIGPIPE ignored, the second send after the server has gone kills the program.",
        look: "send: its result, and the flag MSG_NOSIGNAL.",
        facets: &[Facet::End, Facet::Stderr],
        demands: &[],
        needs: &["client/connect", "client/prompt"],
    },
    Rule {
        id: "client/idle",
        level: Level::Should,
        sentence: "waits without spinning: less than 5 % of a core over 200 ms",
        step: "client, step 5.2 (reading waits)",
        mistake: "Standard input is asked again and again without waiting.",
        look: "how input is read: let the read block, or wait with poll, select or epoll.",
        facets: &[Facet::Idle],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "client/nul",
        level: Level::May,
        sentence: "a word ends at its first NUL",
        step: "client, step 5.3 (strlen)",
        mistake: "None: languages with counted strings send the NUL and what follows it.",
        look: "whether a word is handled as a C string or by its count.",
        facets: &[Facet::Words],
        demands: &[],
        needs: &["client/connect"],
    },
    Rule {
        id: "pair/conversation",
        level: Level::Must,
        sentence: "typed word by word, every word is one printed line; `exit` ends both with status 0",
        step: "server, step 8, and client, step 5 (the two loops)",
        mistake: "Each program is right against its own idea of the other: words that are sent in parts, with a length before them or a terminator behind them, or an answer that the client waits for and the server never sends.",
        look: "what the client hands to send for one word, against what the server takes from recv for one message.",
        facets: &[Facet::Stdout, Facet::End],
        demands: &[],
        needs: TALK,
    },
    Rule {
        id: "pair/piped",
        level: Level::Must,
        sentence: "typed all at once, what the server prints is one of the ways in which TCP may cut the words; both end with status 0",
        step: "server, step 8.2, and client, steps 5.3 and 6 (recv; send; close)",
        mistake: "Words that leave together arrive glued, and `exit` glued to another word is no token: a server that counts on it never ends. Or the client ends before its last words have left (a reset by SO_LINGER, _exit with output still in a buffer).",
        look: "how the server ends when the client has gone, and how the client closes: everything sent, then close.",
        facets: &[Facet::Stdout, Facet::End],
        demands: &[],
        needs: TALK_AND_END,
    },
    Rule {
        id: "pair/eof",
        level: Level::Must,
        sentence: "end of input ends both with status 0",
        step: "server, step 8.3, and client, step 5.2 (the length read; read a word)",
        mistake: "The client does not look at the result of reading, and goes round for ever; or it ends without closing; or the server takes the end of the stream for an empty message, or for an error.",
        look: "the condition of the client's loop, and what the server does when recv returns 0.",
        facets: &[Facet::End],
        demands: &[],
        needs: TALK,
    },
    Rule {
        id: "pair/relay",
        level: Level::Must,
        sentence: "through a relay that cuts and joins the stream at will, nothing is lost",
        step: "server, steps 8.2 to 8.4 (the receive loop)",
        mistake: "The server counts on the client's sends coming out of its recvs one by one, as they nearly always do on one machine: it waits for the rest of a word, looks for the token inside of what it received, or ends when `exit` is a part of it.",
        look: "the receive loop: what one recv returned is one message, whatever the client sent.",
        facets: &[Facet::Stdout, Facet::End],
        demands: &[],
        needs: TALK_AND_END,
    },
    Rule {
        id: "pair/client-killed",
        level: Level::Must,
        sentence: "killing the client ends the server with status 0",
        step: "server, step 8.3 (check the length read)",
        mistake: "The server waits for the token, or for another client, when the one that it had has gone without a word.",
        look: "the result of recv: 0, or less than 0, means that the client has gone. Leave the loop, and return 0.",
        facets: &[Facet::End],
        demands: &[],
        needs: TALK_AND_END,
    },
    Rule {
        id: "pair/server-killed",
        level: Level::Should,
        sentence: "killing the server ends the client with a message and a non-zero status",
        step: "client, step 5.3 (send, and its result)",
        mistake: "The result of send is not checked; and without MSG_NOSIGNAL, or SIGPIPE ignored, the second send after the server has gone kills the client.",
        look: "send: its result, and the flag MSG_NOSIGNAL.",
        facets: &[Facet::End, Facet::Stderr],
        demands: &[],
        needs: TALK,
    },
];

/// Two programs can talk when one listens, the other connects, and what is sent is words.
const TALK: &[&str] = &["server/listen", "client/connect", "client/word"];
/// They also come to an end when the server takes the end of the stream for one: how TCP glues what is sent decides whether the token is seen.
const TALK_AND_END: &[&str] = &["server/listen", "client/connect", "client/word", "server/eof"];
