//! One scenario with what was seen of it: the questions that all facets ask.

use crate::spec::bytes::excerpt;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Facet;
use crate::spec::transcript::{End, Scenario, Step};
use crate::stage::{LAST_WORDS, OTHER_TEXT, Seen};
use crate::verdict::finding::{Difference, Place};
use crate::verdict::judge::joined::Joined;

/// How many characters of a byte string a message quotes.
pub(super) const QUOTED: usize = 60;

pub(super) struct Case<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) subject: Part,
    pub(super) expected: &'a [Step],
    pub(super) seen: &'a Seen,
    pub(super) seen_steps: &'a [Step],
    pub(super) dialect: &'a Dialect,
}

impl<'a> Case<'a> {
    pub(super) fn new(scenario: &'a Scenario, seen: &'a Seen, dialect: &'a Dialect) -> Self {
        let (expected, seen_steps) = (&scenario.transcript.steps, &seen.transcript.steps);
        Self { scenario, subject: scenario.subject(), expected, seen, seen_steps, dialect }
    }

    /// The bytes that a step prints, if it belongs to the program whose output is judged.
    pub(super) fn printed(&self, step: &Step) -> Option<Vec<u8>> {
        match step {
            Step::Printed(role, text) if *role == self.subject.speaker() => Some(text.to_vec()),
            _ => None,
        }
    }

    /// All bytes that these steps print.
    pub(super) fn all_printed(&self, steps: &[Step]) -> Joined {
        Joined::of(steps, |step| self.printed(step))
    }

    /// How many bytes were printed before the last action of the harness.
    pub(super) fn printed_before_last_action(&self) -> usize {
        let last = self.seen_steps.iter().rposition(|step| step.is_stimulus(self.subject)).unwrap_or(0);
        self.seen_steps[..last].iter().filter_map(|step| self.printed(step)).map(|text| text.len()).sum()
    }

    /// Whether a server prints nothing for a message. Then its replies show that it has read the message.
    pub(super) fn shows_on_the_wire(&self) -> bool {
        self.subject == Part::Server && !self.dialect.prints_messages()
    }

    /// Whether a client prints more than its greeting.
    pub(super) fn has_more_to_say(&self) -> bool {
        !self.dialect.prompt.is_empty() || !self.dialect.shows.is_nothing()
    }

    /// What a program prints before and when a client has connected.
    pub(super) fn opening(&self) -> Vec<u8> {
        match self.subject {
            Part::Client => self.dialect.client_greeting.clone(),
            _ => [&self.dialect.start[..], &self.dialect.server_greeting].concat(),
        }
    }

    /// The first expected action that was not done.
    pub(super) fn first_unplayed(&self) -> Option<usize> {
        let mut seen = self.seen_steps.iter();
        let mut is_played = |step: &Step| match step {
            Step::Idle(_) => seen.any(|other| matches!(other, Step::Idle(_) | Step::Busy(_))),
            Step::Tidy => seen.any(|other| matches!(other, Step::Tidy | Step::Keeps(_))),
            step => !step.is_stimulus(self.subject) || seen.any(|other| other == step),
        };
        self.expected.iter().position(|step| !is_played(step))
    }

    /// Whether the only subject has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.seen_steps.iter().rev().any(|step| matches!(step, Step::Ends(_, end) if *end != End::Runs))
    }

    /// How a message names a program. If there is only one, "it" is clear.
    pub(super) fn who(&self, role: Role) -> String {
        if self.subject == Part::Pair { format!("the {role}") } else { "it".into() }
    }

    /// The end of a message about something that is missing: "; the server exited with status 1".
    pub(super) fn outcome(&self) -> String {
        // Name the last end of each program. In a pair, the first program that ended may explain the state of the other one.
        let mut ends: Vec<(Role, End)> = Vec::new();
        for step in self.seen_steps {
            if let Step::Ends(role, end) = step {
                ends.retain(|(other, _)| other != role);
                ends.push((*role, *end));
            }
        }
        let remark = self.seen.remarks.iter().find(|remark| !remark.starts_with(OTHER_TEXT));
        if let Some(remark) = remark.filter(|_| ends.iter().any(|(_, end)| *end == End::Runs) || ends.is_empty()) {
            return format!("; {remark}");
        }
        let told: Vec<String> = ends.iter().map(|&(role, end)| format!("the {role} {}", past_tense(end))).collect();
        match (told.is_empty(), remark) {
            (true, _) => String::new(),
            (false, remark) => format!("; {}{}", told.join(", "), remark.map(|remark| format!(" ({remark})")).unwrap_or_default()),
        }
    }

    /// The end of a message about a program that has ended: its last output on stderr.
    pub(super) fn last_words(&self) -> String {
        let words = self.seen.remarks.iter().find(|remark| remark.starts_with(LAST_WORDS));
        words.map(|words| format!("; {words}")).unwrap_or_default()
    }

    /// Compares two strings of bytes that the subject has printed or sent, and says how they differ.
    pub(super) fn compare(&self, facet: Facet, expected: &Joined, seen: &Joined, verb: &str) -> Option<Difference> {
        self.compare_as(Voice::It(verb), facet, expected, seen)
    }

    /// The same, in these words.
    pub(super) fn compare_as(&self, voice: Voice<'_>, facet: Facet, expected: &Joined, seen: &Joined) -> Option<Difference> {
        if expected.all == seen.all {
            return None;
        }
        let same = expected.all.iter().zip(&seen.all).take_while(|(a, b)| a == b).count();
        let places = (expected.place(same), seen.place(same));
        // Begin a quotation at the beginning of a step if possible: half a line means little.
        let quote = |joined: &Joined, place: Option<Place>| {
            let from = place.map_or(same, |place| if place.byte < QUOTED { same - place.byte } else { same });
            excerpt(&joined.all[from..joined.end_of_step(same)], QUOTED)
        };
        let due = quote(expected, places.0);
        let message = if same == seen.all.len() {
            // A program that prints everything but a newline has not forgotten a text.
            if expected.all.len() == same + 1 && expected.all.ends_with(b"\n") && same > 0 {
                let line = quote(expected, expected.place(same));
                let message = voice.lacks_newline(&line) + &self.outcome();
                return Some(Difference { facet, expected: places.0, seen: places.1, message, clue: None });
            }
            let is_whole = same == 0 || places.0.is_some_and(|place| place.byte == 0);
            voice.lacks(&format!("{}{due}", if is_whole { "" } else { "all of " })) + &self.outcome()
        } else if same == expected.all.len() {
            format!("{} {} too much", voice.did(), quote(seen, places.1.map(|place| Place { byte: QUOTED, ..place })))
        } else {
            format!("{} {} where {due} was expected", voice.did(), quote(seen, places.0.map(|due| Place { byte: due.byte, ..due })))
        };
        Some(Difference { facet, expected: places.0, seen: places.1, message, clue: None })
    }
}

/// The words of a message about bytes.
#[derive(Clone, Copy)]
pub(super) enum Voice<'a> {
    /// What the only subject has done: "sent", "printed".
    It(&'a str),
    /// What somebody has got from the subject: "the second client".
    Got(&'a str),
}

impl Voice<'_> {
    fn did(self) -> String {
        match self {
            Self::It(verb) => format!("it {verb}"),
            Self::Got(who) => format!("{who} got"),
        }
    }

    fn lacks(self, due: &str) -> String {
        match self {
            Self::It(verb) => format!("{due} was not {verb}"),
            Self::Got(who) => format!("{who} did not get {due}"),
        }
    }

    fn lacks_newline(self, line: &str) -> String {
        match self {
            Self::It(verb) => format!("only the newline at the end of {line} was not {verb}"),
            Self::Got(who) => format!("{who} did not get the newline at the end of {line}"),
        }
    }
}

/// "exited with status 1", "was killed by SIGPIPE".
pub(super) fn past_tense(end: End) -> String {
    match end {
        End::Exits(status) => format!("exited with status {status}"),
        End::ExitsNonzero => "exited with another status than 0".into(),
        End::Dies(_) => end.to_string().replacen("dies", "was killed", 1),
        End::Runs => "still runs".into(),
    }
}
