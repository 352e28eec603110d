//! The judge: a pure function of a scenario and what was seen. No clock, no socket, no file.
//!
//! What is seen has facets, and a rule owns some of them: a scenario fails only for those of its rule. Everything else that differs is a
//! note. So one defect breaks one rule. A death by a signal is no note: who crashes fails, whatever the rule is about (and where rules about
//! ends see the same, `presupposition` leaves it to them).

use crate::model::oracle::{self, Ending, Question};
use crate::spec::bytes::excerpt;
use crate::spec::dialect::{Dialect, TOKEN};
use crate::spec::role::{Part, Role};
use crate::spec::rule::Facet;
use crate::spec::transcript::{Control, End, Peer, Scenario, Step, Wire};
use crate::stage::{LAST_WORDS, Seen};
use crate::verdict::finding::{Difference, Finding, Place, Verdict};

/// How many characters of a byte string a message quotes.
const QUOTED: usize = 60;
/// What is worth a note where it differs, though the rule is not about it.
const NOTED: [Facet; 5] = [Facet::Connections, Facet::Stdout, Facet::Wire, Facet::End, Facet::Idle];

/// Judges what was seen of a scenario; both are in `dialect`.
pub fn judge(scenario: &Scenario, seen: &Seen, dialect: &Dialect) -> Finding {
    if let Some(trouble) = &seen.trouble {
        return Finding::inconclusive(trouble.clone());
    }
    let case = Case { scenario, subject: scenario.subject(), expected: &scenario.transcript.steps, seen, dialect };
    let owned = |facet: &&Facet| scenario.rule.owns(**facet);
    let differs = || scenario.rule.facets.iter().find_map(|facet| case.difference(*facet));
    let mut finding = match case.breach().or_else(differs).or_else(|| case.crash()) {
        Some(difference) => Finding::fail(difference),
        // What was not played was not judged; and a program that does nothing does nothing wrong.
        None => case.unplayed().map_or_else(Finding::pass, Finding::inconclusive),
    };
    if finding.verdict == Verdict::Pass {
        finding.notes.extend(NOTED.iter().filter(|facet| !owned(facet)).filter_map(|facet| case.difference(*facet)).map(|d| d.message));
        finding.notes.extend(seen.remarks.iter().cloned());
        finding.notes.dedup();
    }
    finding
}

/// Whether what was seen is all that the scenario demands, and nothing else: also in what its rule is not about.
pub fn agrees(scenario: &Scenario, seen: &Seen, dialect: &Dialect) -> bool {
    let case = Case { scenario, subject: scenario.subject(), expected: &scenario.transcript.steps, seen, dialect };
    let differs = |facet: &Facet| case.difference(*facet).is_some();
    seen.trouble.is_none() && case.unplayed().is_none() && !scenario.rule.facets.iter().chain(&NOTED).any(differs)
}

struct Case<'a> {
    scenario: &'a Scenario,
    subject: Part,
    expected: &'a [Step],
    seen: &'a Seen,
    dialect: &'a Dialect,
}

impl Case<'_> {
    /// Whoever uses more of the machine than a program may fails, whatever the rule is about: it was ended for that.
    fn breach(&self) -> Option<Difference> {
        let (facet, message) = (*self.scenario.rule.facets.first()?, self.seen.breach.clone()?);
        Some(Difference { facet, expected: None, seen: None, message })
    }

    /// Whoever dies by a signal that the harness has not sent fails, whatever the rule is about.
    fn crash(&self) -> Option<Difference> {
        // Rules about ends have judged them all.
        if self.scenario.rule.owns(Facet::End) {
            return None;
        }
        let is_due = |role, end| self.expected.contains(&Step::Ends(role, end));
        let (at, role, end) = crashes(&self.seen.transcript.steps).find(|&(_, role, end)| !is_due(role, end))?;
        let expected = self.expected.iter().position(|step| matches!(step, Step::Ends(..)));
        let place = |step| Place { step, byte: 0 };
        let message = format!("{} {}{}", self.who(role), past_tense(end), self.last_words());
        Some(Difference { facet: Facet::End, expected: expected.map(place), seen: Some(place(at)), message })
    }

    /// What it said on stderr before it ended, for messages about that.
    fn last_words(&self) -> String {
        let words = self.seen.remarks.iter().find(|remark| remark.starts_with(LAST_WORDS));
        words.map(|words| format!("; {words}")).unwrap_or_default()
    }

    fn difference(&self, facet: Facet) -> Option<Difference> {
        match facet {
            Facet::Connections => self.connections(),
            Facet::Greeting => self.greeting(),
            Facet::Stdout => self.stdout(),
            Facet::Farewell => self.farewell(),
            Facet::Prompt | Facet::GreetingPrompt | Facet::WirePrompt => self.prompt(facet),
            Facet::Words | Facet::Wire => self.wire(facet),
            Facet::HangUp => self.hang_up(),
            Facet::End => self.end(),
            Facet::Stderr => self.stderr(),
            Facet::Idle => self.idle(),
        }
    }

    /// What came of it in the end, for messages about something that is missing: "; the server exited with status 1".
    fn outcome(&self) -> String {
        // The last end of each program: of a pair's, the one that came first may be why the other is as it is.
        let mut ends: Vec<(Role, End)> = Vec::new();
        for step in &self.seen.transcript.steps {
            if let Step::Ends(role, end) = step {
                ends.retain(|(other, _)| other != role);
                ends.push((*role, *end));
            }
        }
        let remark = self.seen.remarks.first();
        if let Some(remark) = remark.filter(|_| ends.iter().any(|(_, end)| *end == End::Runs) || ends.is_empty()) {
            return format!("; {remark}");
        }
        let told: Vec<String> = ends.iter().map(|&(role, end)| format!("the {role} {}", past_tense(end))).collect();
        match (told.is_empty(), remark) {
            (true, _) => String::new(),
            (false, remark) => format!("; {}{}", told.join(", "), remark.map(|remark| format!(" ({remark})")).unwrap_or_default()),
        }
    }

    /// The bytes of a step that the program prints whose output is judged.
    fn said(&self, step: &Step) -> Option<Vec<u8>> {
        match step {
            Step::Printed(role, text) if *role == self.subject.speaker() => Some(text.to_vec()),
            _ => None,
        }
    }

    /// How a message names a program: of a single one it is clear which is meant.
    fn who(&self, role: Role) -> String {
        if self.subject == Part::Pair { format!("the {role}") } else { "it".into() }
    }

    fn connections(&self) -> Option<Difference> {
        let is_connect = |step: &Step| matches!(step, Step::Wire(Peer::Client, Wire::Connect));
        let count = |steps: &[Step]| steps.iter().filter(|step| is_connect(step)).count();
        let (expected, seen) = (count(self.expected), count(&self.seen.transcript.steps));
        let message = match self.subject {
            _ if expected == seen => return None,
            Part::Client if seen > expected => format!("it connected {seen} times, expected {expected}"),
            Part::Client => format!("it did not connect{}", self.outcome()),
            Part::Server if seen == 0 => format!("it never served its address{}", self.outcome()),
            Part::Server => format!("it did not serve its address again{}", self.outcome()),
            // What the two say to each other on the wire is theirs.
            Part::Pair => return None,
        };
        let nth = |steps: &[Step], n| {
            steps.iter().enumerate().filter(|(_, step)| is_connect(step)).nth(n).map(|(step, _)| Place { step, byte: 0 })
        };
        Some(Difference {
            facet: Facet::Connections,
            expected: nth(self.expected, seen),
            seen: nth(&self.seen.transcript.steps, expected),
            message,
        })
    }

    /// All that was printed, and which step printed which part of it.
    fn stdout(&self) -> Option<Difference> {
        let printed = Joined::of(&self.seen.transcript.steps, |step| self.said(step));
        let first_cut = self.expected.iter().position(|step| matches!(step, Step::PrintedAnyCut(..)));
        let fixed = Joined::of(&self.expected[..first_cut.unwrap_or(self.expected.len())], |step| self.said(step));
        // A server that does not end goes on printing at times; that it does not end is another rule's affair, and so is what it prints
        // from the end of the stream on. What it prints of a last segment is judged.
        let still_runs = self.seen.transcript.steps.contains(&Step::Ends(self.subject.speaker(), End::Runs));
        let ends_with_segment = matches!(self.last_action(), Some(Step::Wire(_, Wire::Bytes(_))));
        let tolerates_more = still_runs && !ends_with_segment && !self.scenario.rule.owns(Facet::End) && self.is_played_to_the_end();
        let before_last = self.printed_before_last_action();
        let Some(first_cut) = first_cut else {
            if tolerates_more && printed.all.starts_with(&fixed.all) && before_last <= fixed.all.len() {
                return None;
            }
            return self.compare(Facet::Stdout, &fixed, &printed, "printed");
        };
        if !printed.all.starts_with(&fixed.all) {
            return self.compare(Facet::Stdout, &fixed, &printed, "printed");
        }
        let first_unplayed = self.first_unplayed();
        let (mut sent, mut boundaries) = (Vec::new(), Vec::new());
        for step in &self.expected[first_cut..first_unplayed.unwrap_or(self.expected.len()).max(first_cut)] {
            match step {
                Step::PrintedAnyCut(_, bytes) => sent.extend(bytes.to_vec()),
                step => match self.said(step) {
                    Some(text) => sent.extend(self.dialect.payload(&text).unwrap_or_default()),
                    None => continue,
                },
            }
            boundaries.push(sent.len());
        }
        let has = |wanted: fn(&Wire) -> bool| self.expected.iter().any(|step| matches!(step, Step::Wire(_, wire) if wanted(wire)));
        let last_segment = self.expected[..first_unplayed.unwrap_or(0)].iter().rev().find_map(|step| match step {
            Step::Wire(Peer::Client | Peer::Relay, Wire::Bytes(bytes)) => Some(bytes.to_vec()),
            _ => None,
        });
        let ending = match first_unplayed {
            // It ended, or stopped listening, before everything had been sent: only the token explains that, in a segment of its own or
            // as a piece of what may be cut in any way.
            Some(_) if last_segment.as_deref() == Some(TOKEN) => Ending::Stream,
            // Of a pair it may be the client that has ended, or kept the rest back: the server has printed all that it got.
            Some(first) if self.subject == Part::Pair && (still_runs || !matches!(self.expected[first], Step::Wire(..))) => Ending::Stream,
            Some(_) => Ending::Token,
            None if has(|wire| matches!(wire, Wire::Reset)) && has(|wire| matches!(wire, Wire::Burst(_))) => Ending::Reset,
            None => Ending::Stream,
        };
        let question = Question {
            sent: &sent,
            boundaries: &boundaries,
            prefix: &self.dialect.prefix,
            line_end: &self.dialect.line_end,
            token: TOKEN,
            max_piece: None,
            ending,
            c_strings: false,
        };
        let rest = &printed.all[fixed.all.len()..];
        let rest = self.dialect.without_farewell(rest);
        let shortfall = oracle::explain(&question, rest).err()?;
        // Whether a message ends at its first NUL is left to the program.
        let shortfall = if sent.contains(&0) { oracle::explain(&Question { c_strings: true, ..question }, rest).err()? } else { shortfall };
        let place = fixed.all.len() + shortfall.explained;
        if tolerates_more && shortfall.consumed == sent.len() && before_last <= place {
            return None;
        }
        let found = match &printed.all[place.min(printed.all.len())..] {
            [] => format!("the output ends{}", self.outcome()),
            found => format!("it printed {}", excerpt(found, QUOTED)),
        };
        let message = format!(
            "no cut of the stream explains the output after {place} bytes of it ({} of {} sent bytes): {found}; possible next: {}",
            shortfall.consumed,
            sent.len(),
            shortfall.possible
        );
        Some(Difference {
            facet: Facet::Stdout,
            expected: Some(Place { step: first_cut, byte: shortfall.consumed }),
            seen: printed.place(place),
            message,
        })
    }

    /// The last thing that the harness is to do.
    fn last_action(&self) -> Option<&Step> {
        self.expected.iter().rev().find(|step| step.is_stimulus(self.subject))
    }

    fn printed_before_last_action(&self) -> usize {
        let steps = &self.seen.transcript.steps;
        let last = steps.iter().rposition(|step| step.is_stimulus(self.subject)).unwrap_or(0);
        steps[..last].iter().filter_map(|step| self.said(step)).map(|text| text.len()).sum()
    }

    /// Whether the greeting is where it belongs. What else is printed is the other rules' affair.
    fn greeting(&self) -> Option<Difference> {
        let printed = |steps: &[Step]| Joined::of(steps, |step| self.said(step));
        let (expected, seen) = (printed(self.expected), printed(&self.seen.transcript.steps));
        let greeting = &self.dialect.server_greeting[..];
        let Some(behind) = seen.all.strip_prefix(greeting) else {
            return self.compare(Facet::Greeting, &expected, &seen, "printed");
        };
        let steps = &self.seen.transcript.steps;
        let connected = steps.iter().position(|step| matches!(step, Step::Wire(Peer::Client, Wire::Connect))).unwrap_or(0);
        if steps[..connected].iter().any(|step| self.said(step).is_some()) {
            let message = format!("it printed {} before a client had connected", excerpt(greeting, QUOTED));
            return Some(Difference { facet: Facet::Greeting, expected: expected.place(0), seen: seen.place(0), message });
        }
        let at = greeting.len() + behind.windows(greeting.len().max(1)).position(|part| part == greeting)?;
        let message = format!("it printed {} again", excerpt(greeting, QUOTED));
        Some(Difference { facet: Facet::Greeting, expected: expected.place(0), seen: seen.place(at), message })
    }

    /// Whether no message is printed after the last action, in which none was sent; what is no message, or printed at all ends, is not this
    /// rule's affair. Nor is what is wrong before, which may explain what comes after; and what may be cut in any way may also be read late.
    fn farewell(&self) -> Option<Difference> {
        if self.expected.iter().any(|step| matches!(step, Step::PrintedAnyCut(..))) {
            return None;
        }
        let printed = |steps: &[Step]| Joined::of(steps, |step| self.said(step));
        let (mut expected, seen) = (printed(self.expected), printed(&self.seen.transcript.steps));
        expected.truncate(self.dialect.without_farewell(&expected.all).len());
        let (before, after) = seen.all.split_at(self.printed_before_last_action());
        let prefix = &self.dialect.prefix[..];
        let is_message = !prefix.is_empty() && after.starts_with(prefix) && !self.dialect.without_farewell(after).is_empty();
        if before != expected.all || !is_message {
            return None;
        }
        self.compare(Facet::Farewell, &expected, &seen, "printed")
    }

    fn wire(&self, facet: Facet) -> Option<Difference> {
        let peer = self.subject.alone()?.peer();
        let sent = |step: &Step| match step {
            Step::Wire(who, Wire::Bytes(bytes)) if *who == peer => Some(bytes.to_vec()),
            _ => None,
        };
        // How the token is sent at the end is the token's rules' affair: not at all, once, or twice.
        let token = [TOKEN, &self.dialect.delimiter].concat();
        let all = |steps: &[Step], bytes: &dyn Fn(&Step) -> Option<Vec<u8>>| {
            let mut joined = Joined::of(steps, bytes);
            while facet == Facet::Words && joined.all.ends_with(&token) {
                joined.truncate(joined.all.len() - token.len());
            }
            joined
        };
        let (expected, seen) = (all(self.expected, &sent), all(&self.seen.transcript.steps, &sent));
        // Whether a word ends at its first NUL is left to the program, unless the rule about that has decided.
        let as_c_string = |step: &Step| {
            let bytes = sent(step)?;
            let word = bytes.strip_suffix(&self.dialect.delimiter[..]).unwrap_or(&bytes);
            Some([word.split(|&byte| byte == 0).next().unwrap_or_default(), &self.dialect.delimiter].concat())
        };
        if expected.all.contains(&0) && all(self.expected, &as_c_string).all == seen.all {
            return None;
        }
        // A client that sends what stands behind a word has nothing to send behind the last word of its input.
        if expected.all.strip_suffix(&self.dialect.delimiter[..]) == Some(&seen.all) {
            return None;
        }
        self.compare(facet, &expected, &seen, "sent")
    }

    /// Compares two strings of bytes, and says how they differ.
    fn compare(&self, facet: Facet, expected: &Joined, seen: &Joined, verb: &str) -> Option<Difference> {
        if expected.all == seen.all {
            return None;
        }
        let same = expected.all.iter().zip(&seen.all).take_while(|(a, b)| a == b).count();
        let places = (expected.place(same), seen.place(same));
        // What is quoted begins at a step, where there is one: half a line means little.
        let quote = |joined: &Joined, place: Option<Place>| {
            let from = place.map_or(same, |place| if place.byte < QUOTED { same - place.byte } else { same });
            excerpt(&joined.all[from..joined.end_of_step(same)], QUOTED)
        };
        let due = quote(expected, places.0);
        let message = if same == seen.all.len() {
            format!(
                "{} was not {verb}{}",
                if same == 0 || places.0.is_some_and(|p| p.byte == 0) { due } else { format!("all of {due}") },
                self.outcome()
            )
        } else if same == expected.all.len() {
            format!("it {verb} {} too much", quote(seen, places.1.map(|place| Place { byte: QUOTED, ..place })))
        } else {
            format!("it {verb} {} where {due} was due", quote(seen, places.0.map(|due| Place { byte: due.byte, ..due })))
        };
        Some(Difference { facet, expected: places.0, seen: places.1, message })
    }

    /// Compares what was there before each action of the harness.
    fn prompt(&self, facet: Facet) -> Option<Difference> {
        let peer = self.subject.alone()?.peer();
        let amount = |step: &Step| match step {
            Step::Printed(_, text) if facet != Facet::WirePrompt => text.len(),
            Step::Wire(who, Wire::Bytes(bytes)) if facet == Facet::WirePrompt && *who == peer => bytes.len(),
            _ => 0,
        };
        let greeting = self.dialect.server_greeting.len();
        let mut seen = self.seen.transcript.steps.iter().enumerate();
        let (mut due, mut there, mut due_step) = (0, 0, None);
        for (i, step) in self.expected.iter().enumerate() {
            if amount(step) > 0 {
                due += amount(step);
                due_step = Some(i);
            }
            if !step.is_stimulus(self.subject) {
                continue;
            }
            // The same action in what was seen, and all that came before it.
            let mut at = None;
            for (j, other) in seen.by_ref() {
                if other == step {
                    at = Some(j);
                    break;
                }
                there += amount(other);
            }
            // The greeting and the messages are two rules' affairs.
            let is_judged = match facet {
                Facet::GreetingPrompt => due > 0 && due <= greeting,
                Facet::Prompt => due > greeting,
                _ => due > 0,
            };
            if !is_judged || at.is_some() && there >= due {
                at?;
                continue;
            }
            let what = due_step.map(|i| self.expected[i].to_string()).unwrap_or_default();
            let verb = if facet == Facet::WirePrompt { "sent" } else { "visible" };
            let message = match at {
                Some(_) => format!("`{what}` was not yet {verb} when `{step}` was next"),
                None => format!("`{what}` was not {verb}{}", self.outcome()),
            };
            let place = |step| Place { step, byte: 0 };
            return Some(Difference { facet, expected: due_step.map(place), seen: at.map(place), message });
        }
        None
    }

    fn hang_up(&self) -> Option<Difference> {
        let peer = self.subject.alone()?.peer();
        let closing = |step: &Step| match step {
            Step::Wire(who, how @ (Wire::Fin | Wire::Reset | Wire::Closes)) if *who == peer => Some(how.clone()),
            _ => None,
        };
        let find = |steps: &[Step]| steps.iter().enumerate().find_map(|(step, what)| Some((Place { step, byte: 0 }, closing(what)?)));
        let (place, due) = find(self.expected)?;
        let message = match (&due, find(&self.seen.transcript.steps)) {
            (Wire::Closes, Some(_)) => return None,
            (due, Some((_, seen))) if *due == seen => return None,
            (_, Some((seen_at, Wire::Reset))) => {
                let message = "it ended its stream with a reset, expected a FIN".into();
                return Some(Difference { facet: Facet::HangUp, expected: Some(place), seen: Some(seen_at), message });
            }
            (_, Some((_, seen))) => format!("it ended its stream with `{seen}`, expected `{due}`"),
            (_, None) => format!("it did not close its connection{}", self.outcome()),
        };
        Some(Difference { facet: Facet::HangUp, expected: Some(place), seen: None, message })
    }

    fn end(&self) -> Option<Difference> {
        let ends = |steps: &[Step], wanted: Role| -> Vec<(usize, End)> {
            let end = |(i, step): (usize, &Step)| match step {
                Step::Ends(role, end) if *role == wanted => Some((i, *end)),
                _ => None,
            };
            steps.iter().enumerate().filter_map(end).collect()
        };
        // Each end is compared with the same program's; those of a pair in the order in which they are demanded.
        let nth_difference = |role: Role| {
            let seen = ends(&self.seen.transcript.steps, role);
            let differs = |(i, &(step, due)): (usize, &(usize, End))| match seen.get(i) {
                Some((_, end)) if end.meets(due) => None,
                found => Some((step, role, due, found.copied())),
            };
            ends(self.expected, role).iter().enumerate().find_map(differs)
        };
        let first = self.subject.roles().iter().filter_map(|role| nth_difference(*role)).min_by_key(|(step, ..)| *step)?;
        let (step, role, due, seen) = first;
        let message = match seen {
            Some((_, end)) if end != End::Runs => {
                format!("{} {}, where `{role} {due}` was due{}", self.who(role), past_tense(end), self.last_words())
            }
            _ => format!("{} did not end{}", self.who(role), self.outcome()),
        };
        let place = |step| Place { step, byte: 0 };
        Some(Difference { facet: Facet::End, expected: Some(place(step)), seen: seen.map(|(at, _)| place(at)), message })
    }

    fn stderr(&self) -> Option<Difference> {
        let (step, whose, due) = self.expected.iter().enumerate().find_map(|(i, step)| match step {
            Step::Complained(role, text) => Some((i, *role, text.to_vec())),
            _ => None,
        })?;
        let said = Joined::of(&self.seen.transcript.steps, |step| match step {
            Step::Complained(role, text) if *role == whose => Some(text.to_vec()),
            _ => None,
        });
        if said.all.split(|&b| b == b'\n').any(|line| line.starts_with(&due)) && (!due.is_empty() || !said.all.is_empty()) {
            return None;
        }
        let who = self.who(whose);
        let message = match (due.is_empty(), said.all.is_empty()) {
            (true, _) => format!("{who} said nothing on stderr"),
            (false, true) => format!("{who} said nothing on stderr, where a line that begins with {} was due", excerpt(&due, QUOTED)),
            (false, false) => {
                format!("no line on stderr begins with {}: {who} said {}", excerpt(&due, QUOTED), excerpt(&said.all, QUOTED))
            }
        };
        Some(Difference { facet: Facet::Stderr, expected: Some(Place { step, byte: 0 }), seen: said.place(0), message })
    }

    fn idle(&self) -> Option<Difference> {
        let step = self.expected.iter().position(|step| matches!(step, Step::Idle(_)))?;
        let seen = self.seen.transcript.steps.iter().position(|step| matches!(step, Step::Busy(_)))?;
        let message = self.seen.remarks.first().cloned().unwrap_or_else(|| "it uses the CPU while there is nothing to do".into());
        Some(Difference { facet: Facet::Idle, expected: Some(Place { step, byte: 0 }), seen: Some(Place { step: seen, byte: 0 }), message })
    }

    /// Whether each action was done.
    fn is_played_to_the_end(&self) -> bool {
        self.first_unplayed().is_none()
    }

    fn first_unplayed(&self) -> Option<usize> {
        let mut seen = self.seen.transcript.steps.iter();
        let is_played = |step: &Step| match step {
            Step::Idle(_) => seen.any(|other| matches!(other, Step::Idle(_) | Step::Busy(_))),
            step => !step.is_stimulus(self.subject) || seen.any(|other| other == step),
        };
        let mut is_played = is_played;
        self.expected.iter().position(|step| !is_played(step))
    }

    /// Why a scenario that shows no fault is no proof of the contrary: a part of it that matters was not played.
    fn unplayed(&self) -> Option<String> {
        let first = self.first_unplayed()?;
        // After the subject's end, as demanded, more may come that asks nothing of it.
        let asks = |step: &Step| {
            !step.is_stimulus(self.subject) && !matches!(step, Step::Ends(..) | Step::Complained(..)) || matches!(step, Step::Control(..))
        };
        let ends_as_due = self.end().is_none() && self.expected.iter().any(|step| matches!(step, Step::Ends(..)));
        if ends_as_due && !self.expected[first..].iter().any(asks) {
            return None;
        }
        // Nor need it be played where all that it would have asked for has come before: a client may end at `exit` without waiting for
        // the end of its input, and where the output may be cut in any way, a piece may have been the token. With which status it ended
        // is the affair of rules that are about that.
        let exits = || self.seen.transcript.steps.iter().any(|step| matches!(step, Step::Ends(_, End::Exits(_))));
        let has_ended = ends_as_due || !self.scenario.rule.owns(Facet::End) && exits();
        let is_about_more = |step: &Step| matches!(step, Step::Control(..) | Step::Idle(_));
        let is_all_there = || {
            let wire = if self.subject == Role::Client { self.wire(Facet::Wire) } else { None };
            self.stdout().or(wire).or_else(|| self.stderr()).is_none()
        };
        if has_ended && !self.expected[first..].iter().any(is_about_more) && is_all_there() {
            return None;
        }
        Some(format!("the conversation could not be played beyond `{}`{}", self.expected[first], self.outcome()))
    }
}

/// Who died by a signal that the harness did not send, and where.
pub fn crashes(steps: &[Step]) -> impl Iterator<Item = (usize, Role, End)> {
    steps.iter().enumerate().filter_map(|(at, step)| match step {
        Step::Ends(role, end @ End::Dies(_)) if !steps[..at].contains(&Step::Control(Control::Kill, *role)) => Some((at, *role, *end)),
        _ => None,
    })
}

/// "exited with status 1", "was killed by SIGPIPE".
fn past_tense(end: End) -> String {
    match end {
        End::Exits(status) => format!("exited with status {status}"),
        End::ExitsNonzero => "exited with another status than 0".into(),
        End::Dies(_) => end.to_string().replacen("dies", "was killed", 1),
        End::Runs => "still runs".into(),
    }
}

/// The bytes of many steps as one string, and which step holds which part of it.
struct Joined {
    all: Vec<u8>,
    /// Each step, and where its part begins.
    parts: Vec<(usize, usize)>,
}

impl Joined {
    fn of(steps: &[Step], bytes: impl Fn(&Step) -> Option<Vec<u8>>) -> Self {
        let (mut all, mut parts) = (Vec::new(), Vec::new());
        for (i, step) in steps.iter().enumerate() {
            if let Some(more) = bytes(step) {
                parts.push((i, all.len()));
                all.extend(more);
            }
        }
        Self { all, parts }
    }

    /// Forgets what is behind so many bytes.
    fn truncate(&mut self, len: usize) {
        self.all.truncate(len);
        self.parts.retain(|&(_, from)| from < len);
    }

    /// Where the step that holds this byte ends.
    fn end_of_step(&self, byte: usize) -> usize {
        self.parts.iter().map(|&(_, from)| from).find(|&from| from > byte).unwrap_or(self.all.len())
    }

    /// The step that holds this byte.
    fn place(&self, byte: usize) -> Option<Place> {
        if byte >= self.all.len() {
            return None;
        }
        self.parts.iter().rev().find(|(_, from)| *from <= byte).map(|&(step, from)| Place { step, byte: byte - from })
    }
}
