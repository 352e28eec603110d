//! Looks for replies that differ from the first message of a connection to the second.

use super::draft::{Proposal, Proposed};
use super::look::Looks;
use super::message::{Exchange, MOST_MESSAGES, WORDS, talk};
use super::text::form;
use crate::spec::dialect::Form;
use crate::spec::transcript::Scenario;
use crate::stage::Seen;

/// The texts for the first message of a connection, for the second one, and so on; the last one stays. None if the replies do not only depend
/// on the message and its number, or if the list does not end.
pub(super) fn in_turn<P, E>(looks: &mut Looks<P>, proposal: &Proposal) -> Proposed<Option<Vec<Form>>, E>
where
    P: FnMut(&Scenario) -> Result<Seen, E>,
{
    let dialect = &proposal.dialect;
    let count = dialect.messages.unwrap_or(MOST_MESSAGES);
    let mut seen = vec![Vec::new(); count];
    for shift in 0..WORDS.len() {
        let words: Vec<&[u8]> = WORDS.into_iter().cycle().skip(shift).take(count).collect();
        let look = looks.look(talk(dialect, &words))?;
        for (i, (word, pairs)) in words.iter().zip(&mut seen).enumerate() {
            let reply = Exchange(dialect).after(&look, 2 + i * Exchange(dialect).len());
            pairs.push((word.to_vec(), reply.sent(1).to_vec()));
        }
    }
    let Some(mut list) = seen.iter().map(|pairs| form(pairs)).collect::<Option<Vec<Form>>>() else { return Ok(None) };
    while list.len() > 1 && list[list.len() - 2..].windows(2).all(|pair| pair[0] == pair[1]) {
        list.pop();
    }
    let ends = list.len() < count || dialect.messages.is_some();
    Ok(Some(list).filter(|list| ends && list.iter().all(|reply| !reply.is_nothing())))
}
