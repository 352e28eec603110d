//! The bytes that are expected, in their parts.

/// What a program should print or send, in its parts: `lead`, and then, for each text, `before`, the text, and `behind`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The greeting of a server.
    pub lead: Vec<u8>,
    /// The prefix of each message.
    pub before: Vec<u8>,
    /// The messages or words.
    pub texts: Vec<Vec<u8>>,
    /// The end of each line.
    pub behind: Vec<u8>,
    /// The input of a client. Empty for a server.
    pub typed: Vec<u8>,
    /// The message that ends a conversation.
    pub token: Vec<u8>,
}

impl Due {
    /// All bytes that are due.
    pub fn all(&self) -> Vec<u8> {
        self.with(&self.texts)
    }

    /// The bytes that are due if the texts are these.
    pub fn with(&self, texts: &[Vec<u8>]) -> Vec<u8> {
        let mut all = self.lead.clone();
        for text in texts {
            all.extend_from_slice(&self.before);
            all.extend_from_slice(text);
            all.extend_from_slice(&self.behind);
        }
        all
    }

    /// The bytes that are due if each text is changed like this.
    pub fn changed(&self, change: impl FnMut(&Vec<u8>) -> Vec<u8>) -> Vec<u8> {
        self.with(&self.texts.iter().map(change).collect::<Vec<_>>())
    }

    /// Whether these bytes came, or as many of them as show the difference, because the conversation ended early.
    pub fn shows(&self, seen: &[u8], predicted: &[u8]) -> bool {
        let all = self.all();
        predicted != all && (seen == predicted || predicted.starts_with(seen) && !all.starts_with(seen))
    }
}
