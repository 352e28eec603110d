//! Repeats a subject's complaint on stderr, if it has ended badly.

use super::Player;
use crate::spec::bytes::excerpt;
use crate::spec::role::Role;
use crate::spec::transcript::{Control, End, Step};
use crate::stage::seen::LAST_WORDS;
use crate::stage::subject::Subject;

/// Words of sanitizers, of C's and C++'s libraries, and of other runtimes. A line with one of them tells more than the last line.
const TELLING: [&str; 8] = [
    "Sanitizer: ",
    "runtime error: ",
    "stack smashing detected",
    "buffer overflow detected",
    "terminate called",
    "Assertion ",
    "panicked at",
    "panic: ",
];

impl Player<'_> {
    /// Repeats the line that tells most, or else the last one, unless this was done before.
    pub(super) fn remark_last_words(&mut self) {
        if self.remarks.iter().any(|remark| remark.starts_with(LAST_WORDS)) {
            return;
        }
        let Some(role) = self.alone() else { return };
        let Some(complaint) = self.subjects.get(role).map(Subject::complaint) else { return };
        let mut lines = complaint.lines().map(str::trim_end).filter(|line| !line.is_empty()).rev();
        let Some(last) = lines.clone().next() else { return };
        let telling = complaint.lines().map(str::trim_end).find(|line| TELLING.iter().any(|words| line.contains(words)));
        let hinted = lines.find_map(|line| Some((line, format!("; {}", self.hint(role, line)?))));
        let (line, hint) = hinted.unwrap_or((telling.unwrap_or(last), String::new()));
        self.remarks.push(format!("{LAST_WORDS}{} on stderr{hint}", excerpt(line.as_bytes(), 120)));
    }

    /// Whether the subject ended in a way that no scenario asks for: by a signal, or with a status, for which it may have given reasons.
    pub(super) fn has_failed(&self, role: Role) -> bool {
        let end = self.subjects.get(role).and_then(|subject| subject.end);
        let is_killed = self.steps.contains(&Step::Control(Control::Kill, role));
        self.expects_connection() && !is_killed && !matches!(end, None | Some(End::Exits(0)))
    }

    /// Whether the last end was a good one.
    pub(super) fn has_ended_as_due(&self) -> bool {
        let ends = self.steps.iter().rev().find_map(|step| if let Step::Ends(_, end) = step { Some(*end) } else { None });
        ends == Some(End::Exits(0))
    }

    /// Advice about such a complaint.
    fn hint(&self, role: Role, complaint: &str) -> Option<String> {
        let says = |words: [&str; 2]| words.iter().any(|word| complaint.contains(word));
        match role {
            Role::Server if says(["refused", "REFUSED"]) => Some("if it is a client, judge it with --client".into()),
            Role::Client if says(["already in use", "ADDRINUSE"]) => Some("if it is a server, judge it with --server".into()),
            _ if says(["usage", "Usage"]) => {
                Some("if it takes its address as arguments, {host}, {port} and {addr} in the command stand for it".into())
            }
            _ => self.request.limits.explain(complaint),
        }
    }
}
