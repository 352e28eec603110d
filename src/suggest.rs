//! "Did you mean …?"

/// `, did you mean `X`?` for the candidate that is most like `word`, or nothing where none is.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    // Names are paths: somebody who writes `exit-splt` means `server/exit-split`.
    let likeness = |candidate: &str| {
        let tail = candidate.rsplit('/').next().unwrap_or(candidate);
        strsim::jaro_winkler(word, candidate).max(strsim::jaro_winkler(word, tail))
    };
    let best = candidates.into_iter().map(|candidate| (likeness(candidate), candidate)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((likeness, candidate)) if likeness > 0.8 => format!(", did you mean `{candidate}`?"),
        _ => String::new(),
    }
}
