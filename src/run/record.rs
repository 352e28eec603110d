//! Recording: a golden scenario gets the demands that a program, which is right by definition, has met. What the harness does is never
//! touched, and nothing is recorded that the judge would not pass when it is seen again.

use crate::run::event::Event;
use crate::run::interrupt::Interrupt;
use crate::run::place::{Place, PlaceError};
use crate::run::setting::{Setting, Subject};
use crate::run::worker::Worker;
use crate::spec::bytes::Bytes;
use crate::spec::dialect::Dialect;
use crate::spec::fixture::Fixture;
use crate::spec::role::{Part, Role};
use crate::spec::rule::Rule;
use crate::spec::transcript::{Control, End, Peer, Scenario, Step, Transcript, Wire};
use crate::stage::{Seen, StageError};
use crate::verdict::finding::Verdict;
use crate::verdict::judge::{agrees, judge};
use crate::verdict::learn::{Learned, learn};
use rustix::process::Signal;

/// A scenario, and what it is to be from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// As it is written.
    pub fixture: Fixture,
    /// As it was seen; the same where it was seen as it is written.
    pub seen: Scenario,
}

/// Why nothing is recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is no place to play anything in.
    #[error("{0}")]
    Place(#[from] PlaceError),
    /// A worker is gone.
    #[error("{0}")]
    Stage(#[from] StageError),
    /// Somebody did not want to wait.
    #[error("interrupted: nothing is recorded")]
    Interrupted,
    /// A program that no golden scenario can be made of.
    #[error("{0}; nothing is recorded")]
    Program(String),
    /// A scenario that cannot be made golden.
    #[error("{file}: {why}; nothing is recorded")]
    Scenario {
        /// Its file.
        file: String,
        /// Why.
        why: String,
    },
}

/// Plays each scenario whose programs are there, and takes down what was seen where that is something else than it demands.
///
/// # Errors
/// The first reason for which a scenario cannot be recorded: then none is.
pub fn record(
    fixtures: &[Fixture],
    subjects: &[Subject],
    setting: &Setting,
    interrupt: &Interrupt,
    mut tell: impl FnMut(&Event),
) -> Result<Vec<Recording>, RecordError> {
    let place = Place::find(setting, subjects, interrupt, &mut tell)?;
    let mut recorder = Recorder { worker: Worker::new(&place, 0), subjects };
    for subject in subjects {
        let lesson = learn(subject.role, |scenario| recorder.play(scenario))?;
        speaks_as_the_tutorial(subject.role, &lesson).map_err(RecordError::Program)?;
    }
    let mut recordings = Vec::new();
    for fixture in fixtures {
        tell(&Event::Begins(fixture.id.clone()));
        let seen = recorder.record(&fixture.scenario)?.map_err(|why| RecordError::Scenario { file: fixture.file.clone(), why })?;
        recordings.push(Recording { fixture: fixture.clone(), seen });
    }
    Ok(recordings)
}

/// A golden scenario is written in the tutorial's words: recorded in another's, it would demand them of everybody.
fn speaks_as_the_tutorial(role: Role, lesson: &Learned) -> Result<(), String> {
    if let Some(refusal) = &lesson.refusal {
        return Err(format!("the {role} takes no part: {}", refusal.finding.message));
    }
    if let Some(rule) = lesson.unreadable {
        return Err(format!("the {role} cannot be understood: it breaks {}", rule.id));
    }
    let (said, tutorial) = (&lesson.dialect, Dialect::tutorial());
    let parts = [
        ("greeting", &said.server_greeting, &tutorial.server_greeting),
        ("prefix", &said.prefix, &tutorial.prefix),
        ("line end", &said.line_end, &tutorial.line_end),
        ("word at the end", &said.farewell, &tutorial.farewell),
        ("word at the token", &said.farewell_at_token, &tutorial.farewell_at_token),
        ("greeting", &said.client_greeting, &tutorial.client_greeting),
        ("delimiter", &said.delimiter, &tutorial.delimiter),
    ];
    match parts.iter().find(|(_, said, due)| said != due) {
        Some((what, said, due)) => Err(format!(
            "the {role} speaks in words of its own (its {what} is {}, the tutorial's is {}), and a golden scenario is written in the tutorial's",
            Bytes::literal(said),
            Bytes::literal(due)
        )),
        None => Ok(()),
    }
}

/// Where scenarios are played to be recorded.
struct Recorder<'a> {
    worker: Worker<'a>,
    subjects: &'a [Subject],
}

impl Recorder<'_> {
    fn play(&mut self, scenario: &Scenario) -> Result<Seen, RecordError> {
        let takes_part = |subject: &&Subject| scenario.subject().judges(subject.role);
        let commands: Vec<_> = self.subjects.iter().filter(takes_part).map(|subject| &subject.command).collect();
        match self.worker.play(scenario, &commands) {
            Err(_) if self.worker.is_interrupted() => Err(RecordError::Interrupted),
            seen => Ok(seen?),
        }
    }

    /// What the scenario is to be; or why it cannot be recorded.
    fn record(&mut self, scenario: &Scenario) -> Result<Result<Scenario, String>, RecordError> {
        let tutorial = Dialect::tutorial();
        let seen = self.play(scenario)?;
        if agrees(scenario, &seen, &tutorial) {
            return Ok(Ok(scenario.clone()));
        }
        let seen = self.play(&patient(scenario))?;
        let recorded = match take_down(scenario, &seen) {
            Ok(recorded) => recorded,
            Err(why) => return Ok(Err(why)),
        };
        // What is seen once and never again is no demand.
        let again = self.play(&recorded)?;
        let finding = judge(&recorded, &again, &tutorial);
        Ok(match finding.verdict {
            Verdict::Pass if agrees(&recorded, &again, &tutorial) => Ok(recorded),
            Verdict::Inconclusive => Err(finding.message),
            Verdict::Fail if has_burst(scenario) => {
                Err(format!("{AGAIN}: {}; what comes of a burst is `any cut of` its bytes", finding.message))
            }
            Verdict::Fail => Err(format!("{AGAIN}: {}", finding.message)),
            Verdict::Pass => Err(format!("{AGAIN}: {}", finding.notes.first().map_or("", String::as_str))),
        })
    }
}

const AGAIN: &str = "what is recorded is not seen when it is played again";

fn has_burst(scenario: &Scenario) -> bool {
    scenario.transcript.steps.iter().any(|step| matches!(step, Step::Wire(_, Wire::Burst(_))))
}

/// The same conversation with demands that are never met, so that the stage goes on only when the program is at rest: what comes of an
/// action is then seen before the next.
fn patient(scenario: &Scenario) -> Scenario {
    let subject = scenario.subject();
    let stimuli = || scenario.transcript.steps.iter().filter(|step| step.is_stimulus(subject));
    let typed: usize = stimuli().filter_map(Step::bytes).map(Bytes::len).sum();
    let (unmet, rule) = match subject {
        Part::Client => (Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&vec![0; typed + 1]))), Rule::find("client/word")),
        Part::Server => (Step::PrintedAnyCut(Role::Server, Bytes::literal(b"")), Rule::find("server/message")),
        Part::Pair => (Step::PrintedAnyCut(Role::Server, Bytes::literal(b"")), None),
    };
    let is_kept = |step: &&Step| {
        step.is_stimulus(subject) || matches!(step, Step::Idle(_) | Step::Ends(..) | Step::Wire(Peer::Client, Wire::Connect))
    };
    let steps = std::iter::once(unmet).chain(scenario.transcript.steps.iter().filter(is_kept).cloned()).collect();
    Scenario { rule: rule.unwrap_or(scenario.rule), transcript: Transcript { steps }, ..scenario.clone() }
}

/// The scenario with the demands that what was seen would meet.
///
/// # Errors
/// Why that is no golden scenario.
pub fn take_down(scenario: &Scenario, seen: &Seen) -> Result<Scenario, String> {
    if let Some(trouble) = &seen.trouble {
        return Err(trouble.clone());
    }
    let subject = scenario.subject();
    let expected = Gap::all(&scenario.transcript.steps, subject);
    let found = Gap::all(&seen.transcript.steps, subject);
    if found.len() > expected.len() {
        let more = found[expected.len()].action.map(ToString::to_string).unwrap_or_default();
        return Err(format!("it went on only after `{more}`, which the conversation does not have: add it"));
    }
    if let Some((due, done)) = expected.iter().zip(&found).find(|(due, done)| due.action != done.action) {
        let line = |gap: &Gap<'_>| gap.action.map(ToString::to_string).unwrap_or_default();
        return Err(format!("`{}` became `{}` as it was played", line(due), line(done)));
    }
    let clerk = Clerk::new(scenario);
    let mut steps = Vec::new();
    let mut ends = Vec::new();
    for (i, gap) in expected.iter().enumerate() {
        steps.extend(gap.action.cloned());
        let is_over = i + 1 >= found.len();
        let Some(found) = found.get(i) else { continue };
        for step in clerk.demands(gap, found) {
            // What the program is spared after its end is still written before it: an end is what a conversation is read up to.
            if is_over && matches!(step, Step::Ends(..)) { ends.push(step) } else { steps.push(step) }
        }
    }
    steps.append(&mut ends);
    if let Some(Step::Ends(role, End::Dies(signal))) = steps.iter().find(|step| is_crash(step, scenario)) {
        let name = End::Dies(*signal).to_string();
        return Err(format!("the {role} died{}, which the harness did not send: no right program does", name.trim_start_matches("dies")));
    }
    let recorded = Scenario { transcript: Transcript { steps }, ..scenario.clone() };
    // What is only ever seen cannot be demanded: that a program still runs, or is busy.
    match Scenario::parse("recorded", &recorded.to_string()) {
        Ok(read) if read.to_string() == recorded.to_string() => Ok(read),
        _ => {
            let is_odd = |step: &&Step| matches!(step, Step::Busy(_) | Step::Ends(_, End::Runs));
            let odd = recorded.transcript.steps.iter().find(is_odd).map(ToString::to_string).unwrap_or_default();
            Err(format!("`{odd}` was seen, and cannot be demanded"))
        }
    }
}

/// Whether a program was ended by a signal that is neither the harness's nor demanded already.
fn is_crash(step: &Step, scenario: &Scenario) -> bool {
    let Step::Ends(role, End::Dies(signal)) = step else { return false };
    let steps = &scenario.transcript.steps;
    let is_killed = *signal == Signal::KILL.as_raw() && steps.contains(&Step::Control(Control::Kill, *role));
    !is_killed && !steps.contains(step)
}

/// An action of the harness, and what was demanded or seen until the next; before the first, there is none.
struct Gap<'a> {
    action: Option<&'a Step>,
    steps: Vec<&'a Step>,
}

impl<'a> Gap<'a> {
    fn all(steps: &'a [Step], subject: Part) -> Vec<Self> {
        let mut all = vec![Self { action: None, steps: Vec::new() }];
        for step in steps {
            match all.last_mut() {
                Some(gap) if !step.is_stimulus(subject) => gap.steps.push(step),
                _ => all.push(Self { action: Some(step), steps: Vec::new() }),
            }
        }
        all
    }
}

/// Knows what of all that is seen a scenario speaks of.
struct Clerk<'a> {
    subject: Part,
    all: &'a [Step],
    tutorial: Dialect,
}

impl<'a> Clerk<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        Self { subject: scenario.subject(), all: &scenario.transcript.steps, tutorial: Dialect::tutorial() }
    }

    /// What is demanded from now on in the place of `due`: that, where it says the same as what was found.
    fn demands(&self, due: &Gap<'_>, found: &Gap<'_>) -> Vec<Step> {
        let mut said = Vec::new();
        for step in found.steps.iter().filter(|step| self.is_spoken_of(step)) {
            self.say(step, &mut said);
        }
        if self.all.iter().any(|step| matches!(step, Step::PrintedAnyCut(..))) {
            // Which cut it was, and when it was seen, is chance. Whether it is one is judged when it is played again.
            let greeting = Step::Printed(Role::Server, Bytes::literal(&self.tutorial.server_greeting));
            let is_new = said.contains(&greeting) && !self.all.contains(&greeting);
            said.retain(|step| !matches!(step, Step::Printed(..)));
            let printed = due.steps.iter().copied().filter(|step| matches!(step, Step::Printed(..) | Step::PrintedAnyCut(..)));
            said.splice(..0, is_new.then_some(greeting).into_iter().chain(printed.cloned()));
        }
        let is_same = |kind: fn(&Step) -> Option<Vec<u8>>| joined(due.steps.iter().copied(), kind) == joined(said.iter(), kind);
        let printed = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
        let sent = |step: &Step| if let Step::Wire(_, Wire::Bytes(bytes)) = step { Some(bytes.to_vec()) } else { None };
        let others = |steps: &mut dyn Iterator<Item = &Step>| -> Vec<Step> {
            steps.filter(|step| printed(step).is_none() && sent(step).is_none()).cloned().collect()
        };
        let are_others_same = others(&mut due.steps.iter().copied()) == others(&mut said.iter());
        if is_same(printed) && is_same(sent) && are_others_same { due.steps.iter().copied().cloned().collect() } else { said }
    }

    /// Whether a golden scenario demands such a thing: what its program prints and sends, and how it ends; everything else only where it
    /// is spoken of.
    fn is_spoken_of(&self, seen: &Step) -> bool {
        let has = |wanted: &dyn Fn(&Step) -> bool| self.all.iter().any(wanted);
        match seen {
            Step::Printed(role, _) => {
                *role == self.subject.speaker() || has(&|step| matches!(step, Step::Printed(other, _) if other == role))
            }
            // Of two programs one may be left to itself.
            Step::Ends(role, end) => {
                *end != End::Runs && self.subject != Part::Pair || has(&|step| matches!(step, Step::Ends(other, _) if other == role))
            }
            Step::Wire(_, Wire::Bytes(_) | Wire::Connect) => true,
            Step::Wire(peer, _) => has(
                &|step| matches!(step, Step::Wire(other, Wire::Fin | Wire::Reset | Wire::Closes) if other == peer && !step.is_stimulus(self.subject)),
            ),
            Step::Complained(role, _) => has(&|step| matches!(step, Step::Complained(other, _) if other == role)),
            _ => true,
        }
    }

    /// Writes down a thing that was seen: less exactly, where the scenario is content with that.
    fn say(&self, seen: &Step, said: &mut Vec<Step>) {
        let met = |demand: &&Step| match (*demand, seen) {
            (Step::Ends(role, due), Step::Ends(other, end)) => role == other && end.meets(*due),
            (Step::Wire(peer, Wire::Closes), Step::Wire(other, Wire::Fin | Wire::Reset)) => peer == other,
            (Step::Complained(role, due), Step::Complained(other, text)) => {
                role == other && text.to_vec().split(|&byte| byte == b'\n').any(|line| line.starts_with(&due.to_vec()))
            }
            _ => false,
        };
        match (self.all.iter().find(met), seen) {
            (Some(demand), _) => said.push(demand.clone()),
            (None, Step::Printed(Role::Server, text)) => {
                said.extend(self.lines(&text.to_vec()).iter().map(|line| Step::Printed(Role::Server, Bytes::compact(line))));
            }
            (None, Step::Complained(role, text)) => {
                let first = text.to_vec().split(|&byte| byte == b'\n').next().unwrap_or_default().to_vec();
                said.push(Step::Complained(*role, Bytes::literal(&first)));
            }
            (None, step) => said.push(step.clone()),
        }
    }

    /// The lines that a server has printed, each with its end, so that other dialects can be demanded in their place: the greeting, and what
    /// begins with the prefix. A message that imitates another cannot be told from two.
    fn lines(&self, text: &[u8]) -> Vec<Vec<u8>> {
        let Dialect { server_greeting, prefix, line_end, .. } = &self.tutorial;
        let (mut lines, mut rest) = (Vec::new(), text);
        if let Some(behind) = rest.strip_prefix(&server_greeting[..]) {
            lines.push(server_greeting.clone());
            rest = behind;
        }
        let beginning = [&line_end[..], prefix].concat();
        while let Some(at) = rest.windows(beginning.len()).position(|part| part == beginning) {
            let (line, behind) = rest.split_at(at + line_end.len());
            lines.push(line.to_vec());
            rest = behind;
        }
        if !rest.is_empty() {
            lines.push(rest.to_vec());
        }
        lines
    }
}

/// The bytes of all steps of a kind, however they are divided.
fn joined<'a>(steps: impl Iterator<Item = &'a Step>, kind: fn(&Step) -> Option<Vec<u8>>) -> Vec<u8> {
    steps.filter_map(kind).flatten().collect()
}
