//! A proposal while it is made: a dialect, and what could not be seen of it.

use crate::spec::course::write::Note;
use crate::spec::dialect::{ClientEnd, Dialect, Form, Framing, Hole, Serves};
use crate::spec::transcript::End;

/// A dialect, and what could not be seen of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The dialect. Its keys mean something together.
    pub dialect: Dialect,
    /// Questions and remarks about its keys.
    pub notes: Vec<Note>,
}

/// Why there is no proposal.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle<E> {
    /// The program could not be looked at.
    #[error(transparent)]
    Unplayed(#[from] E),
    /// It shows nothing from which a dialect could be seen: what it did, and what to do.
    #[error("{0}")]
    Mute(String),
}

/// The result of looking at a program.
pub type Proposed<T, E> = Result<T, Obstacle<E>>;

impl Proposal {
    /// A proposal for programs at the address of this course.
    pub(super) fn new(course: &Dialect) -> Self {
        Self { dialect: Dialect { name: String::new(), ..course.clone() }, notes: Vec::new() }
    }

    /// Adds a question or a remark about a key.
    pub(super) fn note(&mut self, table: &'static str, key: &'static str, text: impl Into<String>) {
        self.notes.push(Note { table, key, text: text.into() });
    }

    /// Notes an end that a right server does not have.
    pub(super) fn note_end(&mut self, when: &str, end: Option<End>) {
        if let Some(end) = end.filter(|end| *end != End::Exits(0)) {
            self.note("server", "serves", format!("{when}, the server {end}. A right server ends with status 0, or goes on."));
        }
    }

    /// Whether the process of the server should end with its client.
    pub(super) fn ends_with_client(&self) -> bool {
        self.dialect.serves == Serves::One
    }

    /// The file of the dialect, with its notes. `head` is the comment above all.
    ///
    /// # Errors
    /// The file would not say what it should: that is a mistake of this program.
    pub fn file(&self, head: &str) -> Result<String, String> {
        let file = self.dialect.to_file(head, &self.notes);
        match Dialect::parse("the proposal", "", &file) {
            Ok(read) if read == self.dialect => Ok(file),
            Ok(_) => Err("the proposed file says something else than what was seen".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Chooses for a client that nobody has seen what its server needs.
    pub(super) fn derive_client(&mut self) {
        if self.dialect.framing == Framing::Line {
            self.dialect.delimiter = b"\n".to_vec();
        }
    }

    /// The proposal in which all keys mean something together: a key that means nothing beside the others has the tutorial's value, and a
    /// note says why.
    #[must_use]
    pub fn consistent(mut self) -> Self {
        const TABLES: [&str; 3] = ["", "server", "client"];
        // Each key is reset once at most.
        while let Some((table, key, why)) = self.dialect.contradiction()
            && !self.notes.iter().any(|note| (note.table, note.key, &*note.text) == (TABLES[table], key, why))
        {
            let usual = Dialect::tutorial();
            let dialect = &mut self.dialect;
            match (table, key) {
                (0, "token-match") => dialect.token_match = usual.token_match,
                (1, "token-is") => dialect.token_is = usual.token_is,
                (1, "reply") => close(&mut dialect.reply),
                (1, "welcome") => dialect.welcome.push(b'\n'),
                (1, "reply-to") => dialect.reply_to = usual.reply_to,
                (1, "ends-by") => dialect.server_ends = usual.server_ends,
                (1, "serves") => dialect.serves = Serves::Next,
                (2, "sends") => dialect.delimiter = b"\n".to_vec(),
                (2, "waits") => dialect.waits = false,
                (2, "shows") => dialect.shows = Form::default(),
                (2, "ends-by") => dialect.client_ends = ClientEnd::Typed,
                _ => {}
            }
            self.note(TABLES[table], key, why);
        }
        self
    }
}

/// Ends a reply with a newline.
fn close(reply: &mut Form) {
    let end = if reply.hole == Hole::None { &mut reply.before } else { &mut reply.behind };
    end.push(b'\n');
}
