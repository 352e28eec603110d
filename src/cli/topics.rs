//! Topics: reference texts that belong to no single command. `sockspec help TOPIC` prints one, and the manual holds all of them.
//!
//! A topic is one file in `topics/`, in the format that [`super::text`] reads. The first line is `NAME - SUMMARY`.

/// A topic of `sockspec help`.
pub(super) struct Topic {
    /// The word after `sockspec help`.
    pub(super) name: &'static str,
    /// The summary, for a list of topics.
    pub(super) about: &'static str,
    /// The text, without the first line.
    pub(super) text: &'static str,
}

/// All files, in the order in which lists show them.
const FILES: [&str; 17] = [
    include_str!("topics/program.txt"),
    include_str!("topics/levels.txt"),
    include_str!("topics/pair.txt"),
    include_str!("topics/dialects.txt"),
    include_str!("topics/classes.txt"),
    include_str!("topics/grading.txt"),
    include_str!("topics/security.txt"),
    include_str!("topics/project.txt"),
    include_str!("topics/scenarios.txt"),
    include_str!("topics/search.txt"),
    include_str!("topics/terminal.txt"),
    include_str!("topics/formats.txt"),
    include_str!("topics/exit-status.txt"),
    include_str!("topics/partitions.txt"),
    include_str!("topics/places.txt"),
    include_str!("topics/limits.txt"),
    include_str!("topics/misbehaviour.txt"),
];

/// The topics, in the order in which lists show them.
pub(super) fn all() -> impl Iterator<Item = Topic> {
    FILES.iter().filter_map(|file| {
        let (head, text) = file.split_once("\n\n")?;
        let (name, about) = head.split_once(" - ")?;
        Some(Topic { name, about, text })
    })
}

/// The topic with this name.
pub(super) fn find(name: &str) -> Option<Topic> {
    all().find(|topic| topic.name == name)
}

/// The table of exit statuses, as the topic has it: `sockspec --help` shows the same one.
pub(super) fn exit_statuses() -> &'static str {
    find("exit-status").and_then(|topic| topic.text.split("\n\n").next()).unwrap_or_default()
}
