//! Words that programs often take for the end of a conversation, and the ways to compare them.

use crate::spec::dialect::TokenMatch;

/// Words to try. A short one stands before a longer one that begins with it.
pub(super) const CANDIDATES: [&str; 26] = [
    "q", "exit", "quit", "bye", "goodbye", "end", "stop", "close", "over", "done", "/q", "/quit", "/exit", "shutdown", "logout", "886",
    "再见", "退出", "EXIT", "QUIT", "BYE", "END", "Exit", "Quit", "Quit!", "Bye",
];

/// Which of a token's relatives end the conversation, too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relatives {
    /// The token itself.
    pub(super) itself: bool,
    /// With a newline behind it that belongs to the message.
    pub(super) with_newline: bool,
    /// With blanks around it.
    pub(super) with_blanks: bool,
    /// With upper case in place of lower case, or the other way round.
    pub(super) in_other_case: bool,
    /// With letters behind it.
    pub(super) longer: bool,
}

impl Relatives {
    /// Asks for the relatives of this token which of them end the conversation.
    ///
    /// # Errors
    /// Those of `ends`.
    pub(super) fn of<E>(
        token: &[u8],
        itself: bool,
        with_newline: bool,
        ends: &mut impl FnMut(&[u8]) -> Result<bool, E>,
    ) -> Result<Self, E> {
        let other_case = in_other_case(token);
        Ok(Self {
            itself,
            with_newline,
            with_blanks: ends(&[b" ", token, b" "].concat())?,
            // Chinese has no cases.
            in_other_case: other_case != token && ends(&other_case)?,
            longer: ends(&[token, b"s"].concat())?,
        })
    }

    /// How the program compares a message with the token.
    pub(super) fn token_match(self) -> TokenMatch {
        match self {
            Self { longer: true, .. } => TokenMatch::Prefix,
            Self { in_other_case: true, .. } => TokenMatch::AnyCase,
            Self { itself: false, with_newline: true, .. } => TokenMatch::Newline,
            Self { with_newline: true, .. } | Self { with_blanks: true, .. } => TokenMatch::Trimmed,
            _ => TokenMatch::Whole,
        }
    }
}

/// The token with its letters in the other case.
fn in_other_case(token: &[u8]) -> Vec<u8> {
    let swapped = |byte: &u8| if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
    token.iter().map(swapped).collect()
}

/// The question for a program that no candidate has ended.
pub(super) fn question(what: &str) -> String {
    format!("{} and others did not end {what}. What word does? (\"\" means: none)", CANDIDATES[..7].join(", "))
}

#[cfg(test)]
mod tests {
    use crate::spec::dialect::TokenMatch;
    use crate::verdict::proposal::choice::{CANDIDATES, Relatives};

    #[test]
    fn the_relatives_of_a_token_tell_how_it_is_compared() {
        for token_match in [TokenMatch::Whole, TokenMatch::Newline, TokenMatch::Trimmed, TokenMatch::AnyCase, TokenMatch::Prefix] {
            let ends = |message: &[u8]| token_match.is_met(b"exit", message);
            let relatives = Relatives {
                itself: ends(b"exit"),
                with_newline: ends(b"exit\n"),
                with_blanks: ends(b" exit "),
                in_other_case: ends(b"EXIT"),
                longer: ends(b"exits"),
            };
            assert_eq!(relatives.token_match(), token_match);
        }
    }

    #[test]
    fn no_candidate_hides_a_shorter_one() {
        for (i, word) in CANDIDATES.iter().enumerate() {
            assert!(CANDIDATES[i + 1..].iter().all(|later| !word.starts_with(later)), "{word}");
        }
    }
}
