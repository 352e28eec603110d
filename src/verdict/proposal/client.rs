//! Looks at a client: what it prints, what it sends for what is typed, and what it does with the replies.

use super::choice::{CANDIDATES, Relatives, question};
use super::draft::{Obstacle, Proposal, Proposed};
use super::look::{Look, Looks, Reaction, answers, types};
use super::message::{EXCERPT, WORDS};
use super::text::{form, is_expressible, is_expressible_on_the_wire, without_nuls};
use crate::spec::bytes::{excerpt, find};
use crate::spec::dialect::{ClientEnd, Dialect, Form, Framing, Hole, Input, TokenIs, Values};
use crate::spec::transcript::{Scenario, Step};
use crate::stage::Seen;

/// Two words in one line.
const TWO: &[u8] = b"two words";
/// What the harness sends where the welcome of the server is not known.
const WELCOME: &[u8] = b"Welcome\n";

/// Completes the proposal. `knows_server` says whether it describes the server already.
///
/// # Errors
/// Those of the function that plays; or the client sends nothing.
pub(super) fn propose<P, E>(looks: &mut Looks<P>, proposal: &mut Proposal, knows_server: bool) -> Proposed<(), E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let mut view = View { looks, knows_server, welcome: Values::default().fill(&proposal.dialect.welcome, 1, 1), is_slow: false };
    let first = view.first(proposal)?;
    let begins = view.offset();
    view.is_slow = first.after(begins + 1).sent(1).is_empty();
    let sent = first.after_all([begins + 1, begins + 2]);
    let Some(delimiter) = delimiter(&sent) else { return Err(Obstacle::Mute(mute(&first, begins))) };
    set_delimiter(proposal, delimiter);
    // A client that waits sends the second word only after a reply.
    proposal.dialect.waits = first.after(begins + 3).sent(1).is_empty() && !first.after(begins + 3).ends(1);
    if !knows_server {
        proposal.dialect.framing = view.framing(&proposal.dialect)?;
    }
    let prompt_if_no_reply = first.after_all([begins + 1, begins + 2]).printed;
    view.replies(proposal, &first, &prompt_if_no_reply)?;
    proposal.dialect.input = view.input(&proposal.dialect)?;
    view.ends(proposal)?;
    view.completes_server(proposal);
    Ok(())
}

/// How the harness plays the server of a client.
struct View<'a, P> {
    looks: &'a mut Looks<P>,
    knows_server: bool,
    welcome: Vec<u8>,
    /// Whether the client sent its first word only after a while.
    is_slow: bool,
}

impl<P> View<'_, P> {
    /// Starts the client, sends the welcome, and does these things.
    fn look<E>(&mut self, actions: Vec<Step>) -> Result<Look, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let welcome = Some(answers(&self.welcome)).filter(|_| !self.welcome.is_empty());
        self.looks.look(welcome.into_iter().chain(actions).collect())
    }

    /// The same. A client that is slow at first has sent its first word before. Returns how many actions come before these, too.
    fn look_awake<E>(&mut self, dialect: &Dialect, actions: Vec<Step>) -> Result<(Look, usize), E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let mut before = Vec::new();
        if self.is_slow {
            before.extend([types(WORDS[0]), Step::Silence]);
            before.extend(dialect.waits.then(|| answers(&self.reply(dialect, WORDS[0]))));
        }
        let offset = self.offset() + before.len();
        before.extend(actions);
        Ok((self.look(before)?, offset))
    }

    /// How many actions come before those of [`View::look`].
    fn offset(&self) -> usize {
        usize::from(!self.welcome.is_empty())
    }

    /// Types two words. A client that sends nothing may wait for a welcome.
    fn first<E>(&mut self, proposal: &mut Proposal) -> Proposed<Look, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let steps = || vec![types(WORDS[0]), Step::Silence, types(WORDS[1])];
        let first = self.look(steps())?;
        if self.knows_server || !first.after_all(0..=3).sent(1).is_empty() {
            return Ok(first);
        }
        self.welcome = WELCOME.to_vec();
        proposal.dialect.welcome = WELCOME.to_vec();
        proposal.note("server", "welcome", "the client waits for a welcome before it sends anything. What does the server send?");
        Ok(self.look(steps())?)
    }

    /// What the harness answers to a message of a client. The reply of a server that is not known is as long as the message, and differs from
    /// it: a client may wait for so many bytes.
    fn reply(&self, dialect: &Dialect, message: &[u8]) -> Vec<u8> {
        let sent = dialect.delimited(message);
        if self.knows_server && dialect.replies() {
            let received = if dialect.framing == Framing::Line { message } else { dialect.text_of(&sent) };
            let reply =
                if dialect.has_operator() { dialect.reply.of(&dialect.typed_reply(message.len())) } else { dialect.reply.of(received) };
            return Values::default().fill(&reply, 1, 1);
        }
        let text = b"REPLY".iter().cycle().take(message.len()).copied();
        text.chain(dialect.delimiter.iter().copied()).collect()
    }

    /// A client that reacts to the beginning of a reply takes what one recv returns.
    fn framing<E>(&mut self, dialect: &Dialect) -> Proposed<Framing, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let reply = self.reply(dialect, WORDS[0]);
        let (beginning, rest) = reply.split_at(2);
        let look = self.look(vec![types(WORDS[0]), answers(beginning), answers(rest)])?;
        let at = self.offset();
        let is_line = look.after(at + 2).is_silent() && !look.after(at + 3).is_silent() && reply.ends_with(b"\n");
        Ok(if is_line { Framing::Line } else { Framing::Recv })
    }

    /// Finds the greeting, the prompt, and how replies are shown.
    fn replies<E>(&mut self, proposal: &mut Proposal, first: &Look, after_word: &[u8]) -> Proposed<(), E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let dialect = &mut proposal.dialect;
        let beginning = first.after_all(0..=self.offset()).printed;
        let mut prompt = if dialect.waits { Vec::new() } else { after_word.to_vec() };
        let mut shows = Some(Form::default());
        if !self.knows_server || dialect.replies() {
            let replies = [WORDS[0], WORDS[1]].map(|word| self.reply(dialect, word));
            let steps = [types(WORDS[0]), answers(&replies[0]), types(WORDS[1]), answers(&replies[1])];
            let look = self.look(steps.to_vec())?;
            let at = self.offset();
            let shown = |reply: &Vec<u8>| dialect.text_of(dialect.unframed(reply)).to_vec();
            let pairs = [2, 4].map(|action| look.after(at + action).printed);
            let pairs: Vec<_> = replies.iter().map(shown).zip(pairs).collect();
            shows = form(&pairs);
            if let Some(form) = shows.as_mut().filter(|_| dialect.waits) {
                prompt = take_prompt(form, &beginning, !self.welcome.is_empty());
            }
        }
        let shown = shows.clone().unwrap_or_default();
        let welcome = if self.welcome.is_empty() { Vec::new() } else { shown.of(dialect.text_of(dialect.unframed(&self.welcome))) };
        let rest = [&welcome[..], &prompt].concat();
        let greeting = beginning.strip_suffix(&rest[..]).unwrap_or(&beginning).to_vec();
        if !beginning.ends_with(&rest) {
            let (seen, rest) = (excerpt(&beginning, EXCERPT), excerpt(&rest, EXCERPT));
            proposal.note("client", "greeting", format!("before it reads, the client prints {seen}, which does not end with {rest}."));
        }
        match shows {
            Some(form) => proposal.dialect.shows = form,
            None => proposal.note("client", "shows", "the client shows each reply in another way. What is the text around it?"),
        }
        for (key, text) in [("greeting", greeting), ("prompt", prompt)] {
            if !is_expressible(&text) {
                let text = format!("it prints {}, which is no UTF-8 or has a NUL. What does it mean?", excerpt(&text, EXCERPT));
                proposal.note("client", key, text);
            } else if key == "greeting" {
                proposal.dialect.client_greeting = text;
            } else {
                proposal.dialect.prompt = text;
            }
        }
        Ok(())
    }

    /// Types two words in one line.
    fn input<E>(&mut self, dialect: &Dialect) -> Proposed<Input, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let (look, at) = self.look_awake(dialect, vec![types(TWO)])?;
        let sent = look.after(at + 1);
        Ok(if find(sent.sent(1), TWO).is_some() { Input::Line } else { Input::Word }).map(|input| {
            // A client that waits has sent the first word only.
            if sent.sent(1).is_empty() { dialect.input } else { input }
        })
    }

    /// Finds what ends the client: what is typed, or a reply.
    fn ends<E>(&mut self, proposal: &mut Proposal) -> Proposed<(), E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let known = proposal.dialect.token.clone();
        if self.knows_server && known.is_empty() {
            return Ok(());
        }
        let candidates: Vec<Vec<u8>> =
            if self.knows_server { vec![known] } else { CANDIDATES.iter().map(|word| word.as_bytes().to_vec()).collect() };
        let typed = self.typed_end(&proposal.dialect, &candidates)?;
        let reads = proposal.dialect.waits || !proposal.dialect.shows.is_nothing();
        let replied = if reads {
            let candidates = typed.as_ref().map_or(candidates, |(token, _)| vec![token.clone()]);
            self.reply_end(&proposal.dialect, &candidates)?
        } else {
            None
        };
        let dialect = &mut proposal.dialect;
        match (&typed, &replied) {
            (Some((_, end)), None) => dialect.client_ends = *end,
            (Some((_, ClientEnd::Typed)), Some(_)) => dialect.client_ends = ClientEnd::Either,
            (Some((_, end)), Some(_)) => {
                dialect.client_ends = *end;
                proposal.note("client", "ends-by", "a reply that is the token ends it, too. A dialect cannot say both.");
            }
            (None, Some(_)) => dialect.client_ends = ClientEnd::Reply,
            (None, None) if self.knows_server => {
                let text = format!("the token {} does not end the client. What does?", excerpt(&proposal.dialect.token, EXCERPT));
                proposal.note("client", "ends-by", text);
            }
            (None, None) => proposal.note("", "token", question("the client")),
        }
        if !self.knows_server {
            proposal.dialect.token = typed.map(|(token, _)| token).or(replied).unwrap_or_default();
            self.compares(proposal)?;
        }
        Ok(())
    }

    /// The first candidate that ends the client when it is typed, and whether the client has sent it.
    fn typed_end<E>(&mut self, dialect: &Dialect, candidates: &[Vec<u8>]) -> Proposed<Option<(Vec<u8>, ClientEnd)>, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let mut steps = Vec::new();
        for word in candidates {
            steps.push(types(word));
            if dialect.waits {
                steps.push(answers(&self.reply(dialect, word)));
            }
        }
        let (look, at) = self.look_awake(dialect, steps)?;
        let each = if dialect.waits { 2 } else { 1 };
        for (i, word) in candidates.iter().enumerate() {
            let typed = at + 1 + i * each;
            let by_now = look.after(typed);
            // A client may wait for the reply to the token.
            let ends = by_now.ends(1) || dialect.waits && look.after(typed + 1).ends(1) && self.reply(dialect, word) != *word;
            if ends {
                let end = if find(by_now.sent(1), word).is_some() { ClientEnd::Typed } else { ClientEnd::Unsent };
                return Ok(Some((word.clone(), end)));
            }
        }
        Ok(None)
    }

    /// The first candidate that ends the client as a reply.
    fn reply_end<E>(&mut self, dialect: &Dialect, candidates: &[Vec<u8>]) -> Proposed<Option<Vec<u8>>, E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let steps = candidates.iter().flat_map(|word| [types(WORDS[0]), answers(&dialect.framed(word))]).collect();
        let (look, at) = self.look_awake(dialect, steps)?;
        Ok(candidates.iter().enumerate().find(|(i, _)| look.after(at + 2 + 2 * i).ends(1)).map(|(_, word)| word.clone()))
    }

    /// Finds how the client compares what is typed with the token.
    fn compares<E>(&mut self, proposal: &mut Proposal) -> Proposed<(), E>
    where
        P: FnMut(&Scenario) -> Result<Seen, E>,
    {
        let dialect = &proposal.dialect;
        if dialect.token.is_empty() || dialect.client_ends == ClientEnd::Reply {
            return Ok(());
        }
        let token = dialect.token.clone();
        // To a client that reads words, blanks say nothing.
        let says = |word: &[u8]| dialect.input == Input::Line || !word.contains(&b' ');
        let mut ends = |word: &[u8]| -> Proposed<bool, E> { Ok(says(word) && self.typed_end(dialect, &[word.to_vec()])?.is_some()) };
        proposal.dialect.token_match = Relatives::of(&token, true, false, &mut ends)?.token_match();
        Ok(())
    }

    /// Chooses for a server that nobody has seen what its client needs.
    fn completes_server(&self, proposal: &mut Proposal) {
        let dialect = &mut proposal.dialect;
        let needs_reply =
            dialect.waits || !dialect.shows.is_nothing() || matches!(dialect.client_ends, ClientEnd::Reply | ClientEnd::Either);
        if self.knows_server || !needs_reply {
            return;
        }
        let end: &[u8] = if dialect.framing == Framing::Line { b"\n" } else { b"" };
        dialect.reply = Form { hole: Hole::Message, behind: end.to_vec(), ..Form::default() };
        if dialect.client_ends == ClientEnd::Reply {
            // Of such a server, only the answer to the token can be the token.
            dialect.token_is = TokenIs::Answered;
        }
        proposal.note("server", "reply", "the client reads replies. What does the server send?");
    }
}

/// What stands behind the first word in what the client has sent. None if the word is not there.
fn delimiter(sent: &Reaction) -> Option<Vec<u8>> {
    sent.sent(1).strip_prefix(WORDS[0]).map(<[u8]>::to_vec)
}

/// Takes over what stands behind the first word. Many NULs make each message as long as this one.
fn set_delimiter(proposal: &mut Proposal, delimiter: Vec<u8>) {
    let plain = without_nuls(&delimiter);
    if is_expressible_on_the_wire(&delimiter) && delimiter.len() > plain.len() + 1 {
        (proposal.dialect.delimiter, proposal.dialect.padding) = (plain.to_vec(), WORDS[0].len() + delimiter.len());
    } else if is_expressible_on_the_wire(&delimiter) {
        proposal.dialect.delimiter = delimiter;
    } else {
        let text = format!("behind each message the client sends {}. No dialect can describe that yet.", excerpt(&delimiter, EXCERPT));
        proposal.note("client", "sends", text);
        proposal.dialect.delimiter = Vec::new();
    }
}

/// Why nothing can be proposed for a client that does not send what was typed.
fn mute(first: &Look, begins: usize) -> String {
    let all = first.after_all(0..=begins + 3);
    let typed = "the line \"alpha\\n\" was typed, and";
    match (all.sent(1), all.end) {
        ([], Some(end)) => format!("{typed} the client sent nothing: it {end}. Does it need arguments?"),
        ([], None) => format!("{typed} the client sent nothing. If it waits for its server, name the server, too: --server CMD"),
        (sent, _) => {
            format!("{typed} the client sent {}. A dialect can describe a client that sends what is typed", excerpt(sent, EXCERPT))
        }
    }
}

/// Splits the prompt from what stands behind a reply. The prompt also stands at the end of what the client prints before it reads. A newline
/// at the beginning of what is common to both ends the reply. Where the client has shown a welcome, any newline does.
fn take_prompt(form: &mut Form, beginning: &[u8], shows_welcome: bool) -> Vec<u8> {
    let last = if form.hole == Hole::None { &mut form.before } else { &mut form.behind };
    let common = last.iter().rev().zip(beginning.iter().rev()).take_while(|(a, b)| a == b).count();
    let common = &last[last.len() - common..];
    let newline = common.iter().position(|&byte| byte == b'\n').filter(|&at| at == 0 || shows_welcome);
    let prompt = common[newline.map_or(0, |at| at + 1)..].to_vec();
    last.truncate(last.len() - prompt.len());
    prompt
}
