//! Recording: rewrites the demands of a scenario to what a program did. The program counts as right.
//!
//! The actions of the harness stay as they are. A new scenario is played once more, and is recorded only if the judge passes it.

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
use std::collections::BTreeMap;

/// A scenario, and its new version.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The scenario before the recording.
    pub fixture: Fixture,
    /// The scenario with the recorded demands. It is the same if the program met the old ones.
    pub seen: Scenario,
}

/// Why nothing is recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The subjects cannot run here.
    #[error("{0}")]
    Place(#[from] PlaceError),
    /// The stage is gone.
    #[error("{0}")]
    Stage(#[from] StageError),
    /// The user stopped it.
    #[error("interrupted: nothing is recorded")]
    Interrupted,
    /// The program is wrong, or does not print the texts of the tutorial.
    #[error("{0}; nothing is recorded")]
    Program(String),
    /// A scenario cannot be recorded.
    #[error("{file}: {why}; nothing is recorded")]
    Scenario {
        /// Its file.
        file: String,
        /// Why.
        why: String,
    },
}

/// Plays each scenario. If the program does something else than the scenario demands, records what it does.
///
/// # Errors
/// The first reason why a scenario cannot be recorded. Then none is recorded.
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
        let lesson = learn(&setting.dialect, subject.role, |scenario| recorder.play(scenario))?;
        speaks_as_the_course(&setting.dialect, subject.role, &lesson).map_err(RecordError::Program)?;
    }
    let mut recordings = Vec::new();
    for fixture in fixtures {
        tell(&Event::Begins(fixture.id.clone()));
        let seen = recorder.record(&fixture.scenario)?.map_err(|why| RecordError::Scenario { file: fixture.file.clone(), why })?;
        recordings.push(Recording { fixture: fixture.clone(), seen });
    }
    Ok(recordings)
}

/// Fixtures use the texts of the course. A fixture with other texts would demand these of every program.
fn speaks_as_the_course(course: &Dialect, role: Role, lesson: &Learned) -> Result<(), String> {
    if let Some(refusal) = &lesson.refusal {
        return Err(format!("the {role} takes no part: {}", refusal.finding.message));
    }
    if let Some(rule) = lesson.unreadable {
        return Err(format!("the {role} cannot be understood: it breaks {}", rule.id));
    }
    let said = &lesson.dialect;
    let parts = [
        ("greeting", &said.server_greeting, &course.server_greeting),
        ("prefix", &said.prefix, &course.prefix),
        ("line end", &said.line_end, &course.line_end),
        ("farewell", &said.farewell, &course.farewell),
        ("farewell at the token", &said.farewell_at_token, &course.farewell_at_token),
        ("greeting", &said.client_greeting, &course.client_greeting),
        ("delimiter", &said.delimiter, &course.delimiter),
    ];
    match parts.iter().find(|(_, said, due)| said != due) {
        Some((what, said, due)) => Err(format!(
            "the {role} has other texts than {0} (its {what} is {1}, {0}'s is {2}); a scenario uses {0}'s texts",
            course.noun(),
            Bytes::literal(said),
            Bytes::literal(due)
        )),
        None => Ok(()),
    }
}

/// Plays scenarios, and records them.
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

    /// The scenario with its new demands, or why it cannot be recorded.
    fn record(&mut self, scenario: &Scenario) -> Result<Result<Scenario, String>, RecordError> {
        let course = self.worker.course().clone();
        let seen = self.play(scenario)?;
        if agrees(scenario, &seen, &course) {
            return Ok(Ok(scenario.clone()));
        }
        let seen = self.play(&with_unmet_demand(scenario))?;
        let recorded = match rewrite_demands(scenario, &seen) {
            Ok(recorded) => recorded,
            Err(why) => return Ok(Err(why)),
        };
        // Behaviour that does not repeat cannot be demanded.
        let again = self.play(&recorded)?;
        let finding = judge(&recorded, &again, &course);
        Ok(match finding.verdict {
            Verdict::Pass if agrees(&recorded, &again, &course) => Ok(recorded),
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

/// The same conversation with one demand that is never met. So after each action the stage waits until the program is at rest, and the
/// effects of the action are seen before the next action.
fn with_unmet_demand(scenario: &Scenario) -> Scenario {
    let subject = scenario.subject();
    let stimuli = || scenario.transcript.steps.iter().filter(|step| step.is_stimulus(subject));
    let typed: usize = stimuli().filter_map(Step::bytes).map(Bytes::len).sum();
    let (unmet, rule) = match subject {
        Part::Client => (Step::Wire(Peer::Client, Wire::Bytes(Bytes::compact(&vec![0; typed + 1]))), Rule::find("client/word")),
        Part::Server => (Step::PrintedAnyCut(Role::Server, Bytes::literal(b"")), Rule::find("server/message")),
        Part::Pair => (Step::PrintedAnyCut(Role::Server, Bytes::literal(b"")), None),
    };
    let is_kept = |step: &&Step| {
        step.is_stimulus(subject) || step.is_measurement() || matches!(step, Step::Ends(..) | Step::Wire(Peer::Client, Wire::Connect))
    };
    let steps = std::iter::once(unmet).chain(scenario.transcript.steps.iter().filter(is_kept).cloned()).collect();
    Scenario { rule: rule.unwrap_or(scenario.rule), transcript: Transcript { steps }, ..scenario.clone() }
}

/// Replaces the demands of a scenario by what was seen.
///
/// # Errors
/// Why no scenario can demand what was seen.
pub fn rewrite_demands(scenario: &Scenario, seen: &Seen) -> Result<Scenario, String> {
    if let Some(trouble) = &seen.trouble {
        return Err(trouble.clone());
    }
    let subject = scenario.subject();
    let expected = Section::all(&scenario.transcript.steps, subject);
    let found = Section::all(&seen.transcript.steps, subject);
    if found.len() > expected.len() {
        let more = found[expected.len()].action.map(ToString::to_string).unwrap_or_default();
        return Err(format!("the program waits for `{more}`, which the scenario does not have: add this step"));
    }
    if let Some((due, done)) = expected.iter().zip(&found).find(|(due, done)| due.action != done.action) {
        let line = |section: &Section<'_>| section.action.map(ToString::to_string).unwrap_or_default();
        return Err(format!("the step `{}` was played as `{}`", line(due), line(done)));
    }
    let demands = Demands::of(scenario);
    let mut steps = Vec::new();
    let mut ends = Vec::new();
    for (i, section) in expected.iter().enumerate() {
        steps.extend(section.action.cloned());
        let is_over = i + 1 >= found.len();
        let Some(found) = found.get(i) else { continue };
        for step in demands.of_section(section, found) {
            // The program may end before the last actions are done. Keep these actions, and write the end behind them.
            if is_over && matches!(step, Step::Ends(..)) { ends.push(step) } else { steps.push(step) }
        }
    }
    steps.append(&mut ends);
    if let Some(Step::Ends(role, End::Dies(signal))) = steps.iter().find(|step| is_crash(step, scenario)) {
        let name = End::Dies(*signal).to_string();
        return Err(format!("the {role} died{}, which the harness did not send: no right program does", name.trim_start_matches("dies")));
    }
    let recorded = Scenario { transcript: Transcript { steps }, ..scenario.clone() };
    // A scenario cannot demand that a program still runs, or is busy.
    match Scenario::parse("recorded", &recorded.to_string()) {
        Ok(read) if read.to_string() == recorded.to_string() => Ok(read),
        _ => {
            let is_odd = |step: &&Step| matches!(step, Step::Busy(_) | Step::Keeps(_) | Step::Ends(_, End::Runs));
            let odd = recorded.transcript.steps.iter().find(is_odd).map(ToString::to_string).unwrap_or_default();
            Err(format!("`{odd}` was seen, and cannot be demanded"))
        }
    }
}

/// Whether a program died by a signal that the harness did not send and the scenario does not demand.
fn is_crash(step: &Step, scenario: &Scenario) -> bool {
    let Step::Ends(role, End::Dies(signal)) = step else { return false };
    let steps = &scenario.transcript.steps;
    let is_killed = *signal == Signal::KILL.as_raw() && steps.contains(&Step::Control(Control::Kill, *role));
    !is_killed && !steps.contains(step)
}

/// An action of the harness, and the demanded or seen steps until the next action. The first section has no action.
struct Section<'a> {
    action: Option<&'a Step>,
    steps: Vec<&'a Step>,
}

impl<'a> Section<'a> {
    fn all(steps: &'a [Step], subject: Part) -> Vec<Self> {
        let mut all = vec![Self { action: None, steps: Vec::new() }];
        for step in steps {
            match all.last_mut() {
                Some(section) if !step.is_stimulus(subject) => section.steps.push(step),
                _ => all.push(Self { action: Some(step), steps: Vec::new() }),
            }
        }
        all
    }
}

/// Decides which of the seen steps a scenario demands.
struct Demands<'a> {
    subject: Part,
    /// The steps of the scenario before the recording.
    old: &'a [Step],
    tutorial: Dialect,
}

impl<'a> Demands<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        Self { subject: scenario.subject(), old: &scenario.transcript.steps, tutorial: Dialect::tutorial() }
    }

    /// The new demands of one section. If the found steps mean the same as the old demands, the old demands stay.
    fn of_section(&self, due: &Section<'_>, found: &Section<'_>) -> Vec<Step> {
        let mut said = Vec::new();
        for step in found.steps.iter().filter(|step| self.is_demanded(step)) {
            self.push(step, &mut said);
        }
        if self.old.iter().any(|step| matches!(step, Step::PrintedAnyCut(..))) {
            // The cut that was seen, and its time, are chance, so keep the old demand. The second play judges it.
            let greeting = Step::Printed(Role::Server, Bytes::literal(&self.tutorial.server_greeting));
            let is_new = said.contains(&greeting) && !self.old.contains(&greeting);
            said.retain(|step| !matches!(step, Step::Printed(..)));
            let printed = due.steps.iter().copied().filter(|step| matches!(step, Step::Printed(..) | Step::PrintedAnyCut(..)));
            said.splice(..0, is_new.then_some(greeting).into_iter().chain(printed.cloned()));
        }
        let is_same = |kind: fn(&Step) -> Option<Vec<u8>>| joined(due.steps.iter().copied(), kind) == joined(said.iter(), kind);
        let printed = |step: &Step| if let Step::Printed(_, text) = step { Some(text.to_vec()) } else { None };
        // The bytes that the subject sends are one stream for each of its peers. A transcript names another client than the first.
        let sent = |step: &Step| match step {
            Step::Wire(_, Wire::Bytes(bytes)) => Some((1, bytes.to_vec())),
            Step::ToOther(client, Wire::Bytes(bytes)) => Some((*client, bytes.to_vec())),
            _ => None,
        };
        let streams = |steps: &mut dyn Iterator<Item = &Step>| -> BTreeMap<u8, Vec<u8>> {
            let mut streams: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
            steps.filter_map(sent).for_each(|(client, bytes)| streams.entry(client).or_default().extend(bytes));
            streams
        };
        let others = |steps: &mut dyn Iterator<Item = &Step>| -> Vec<Step> {
            steps.filter(|step| printed(step).is_none() && sent(step).is_none()).cloned().collect()
        };
        let are_others_same = others(&mut due.steps.iter().copied()) == others(&mut said.iter());
        let are_streams_same = streams(&mut due.steps.iter().copied()) == streams(&mut said.iter());
        if is_same(printed) && are_streams_same && are_others_same { due.steps.iter().copied().cloned().collect() } else { said }
    }

    /// Whether a scenario demands a step of this kind. It always demands the output of its subject, the bytes that the subject sends, and
    /// its end. It demands other steps only if it has demanded such a step before.
    fn is_demanded(&self, seen: &Step) -> bool {
        let has = |wanted: &dyn Fn(&Step) -> bool| self.old.iter().any(wanted);
        match seen {
            Step::Printed(role, _) => {
                *role == self.subject.speaker() || has(&|step| matches!(step, Step::Printed(other, _) if other == role))
            }
            // A scenario of a pair may ignore the end of one program.
            Step::Ends(role, end) => {
                *end != End::Runs && self.subject != Part::Pair || has(&|step| matches!(step, Step::Ends(other, _) if other == role))
            }
            Step::Wire(_, Wire::Bytes(_) | Wire::Connect) | Step::ToOther(_, Wire::Bytes(_)) => true,
            Step::ToOther(client, _) => {
                has(&|step| matches!(step, Step::ToOther(other, Wire::Fin | Wire::Reset | Wire::Closes) if other == client))
            }
            Step::Wire(peer, _) => has(&|step| {
                let is_close = matches!(step, Step::Wire(other, Wire::Fin | Wire::Reset | Wire::Closes) if other == peer);
                is_close && !step.is_stimulus(self.subject)
            }),
            Step::Complained(role, _) => has(&|step| matches!(step, Step::Complained(other, _) if other == role)),
            _ => true,
        }
    }

    /// Adds the demand for a seen step. If the step meets a less exact demand of the scenario, that demand stays.
    fn push(&self, seen: &Step, said: &mut Vec<Step>) {
        let met = |demand: &&Step| match (*demand, seen) {
            (Step::Ends(role, due), Step::Ends(other, end)) => role == other && end.meets(*due),
            (Step::Wire(peer, Wire::Closes), Step::Wire(other, Wire::Fin | Wire::Reset)) => peer == other,
            (Step::ToOther(client, Wire::Closes), Step::ToOther(other, Wire::Fin | Wire::Reset)) => client == other,
            (Step::Complained(role, due), Step::Complained(other, text)) => {
                role == other && text.to_vec().split(|&byte| byte == b'\n').any(|line| line.starts_with(&due.to_vec()))
            }
            _ => false,
        };
        match (self.old.iter().find(met), seen) {
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

    /// Splits the output of a server into the greeting and the messages, so that they can be translated to other dialects. A message that
    /// contains a line end and a prefix counts as two messages.
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

/// The joined bytes of all steps of a kind.
fn joined<'a>(steps: impl Iterator<Item = &'a Step>, kind: fn(&Step) -> Option<Vec<u8>>) -> Vec<u8> {
    steps.filter_map(kind).flatten().collect()
}
