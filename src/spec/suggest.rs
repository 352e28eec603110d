//! "Did you mean …?"

/// ``, did you mean `X`?`` for the candidate that is most similar to `word`. Empty if none is similar enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    // Allow one wrong letter, or one in three. A word with more differences is probably not the one that was meant.
    let last = word.rsplit('/').next().unwrap_or(word).chars().count();
    let most = (last / 3).max(1);
    let near = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate)).filter(|(distance, _)| *distance <= most);
    near.min_by_key(|(distance, _)| *distance).map_or_else(String::new, |(_, candidate)| format!(", did you mean `{candidate}`?"))
}

/// Upper and lower case are the same. Names are paths. Compare only as many parts as `word` has: `exit-splt` means `server/exit-split`, and `server/eov` means `server/eof`.
fn distance(word: &str, candidate: &str) -> usize {
    let (word, candidate) = (&*word.to_lowercase(), candidate.to_lowercase());
    let count = word.split('/').count();
    let names: Vec<&str> = candidate.split('/').collect();
    let (head, tail) = (&names[..count.min(names.len())], &names[names.len().saturating_sub(count)..]);
    strsim::osa_distance(word, &head.join("/")).min(strsim::osa_distance(word, &tail.join("/")))
}
