//! The story of one problem: what was sent or typed, what was expected, what came, and what to change.

use super::section::Section;
use super::steps::near;
use super::style::{BAD, BOLD, FAINT, GOOD, WARN, shortened, wrap};
use crate::report::detail::repeat;
use crate::report::text::capitalised;
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::code::Example;
use crate::spec::dialect::Dialect;
use crate::spec::role::{Part, Role};
use crate::spec::rule::{Facet, Level, Rule};
use crate::spec::transcript::{Control, End, Peer, Step, Wire, nth_client};
use crate::stage::{LAST_WORDS, OTHER_TEXT};
use crate::verdict::finding::{Place, Verdict};
use crate::verdict::outcome::Outcome;
use crate::verdict::problem::Problem;
use std::io::{self, Write};

/// How many of the last stimuli to show.
const STIMULI: usize = 3;
/// How many columns of a stimulus to show.
const LONGEST: usize = 60;
/// If wrong and right code have more lines together, only the right code is shown.
const MOST_CODE: usize = 5;
/// How many known mistakes to name that look alike.
const ALIKE: usize = 4;

impl Section<'_> {
    /// The story of a problem. If it is `short`, each part has one line.
    pub(super) fn story(&self, problem: &Problem<'_>, short: bool, out: &mut dyn Write) -> io::Result<()> {
        let (outcome, rule) = (problem.plainest, problem.rule());
        let style = if rule.level == Level::Must { BAD } else { WARN };
        writeln!(out, "{style}{BOLD}{}{BOLD:#}{style:#}", wrap(&capitalised(&problem.headline()), "", "", self.width))?;
        let room = |lead: usize| if short { self.width - lead } else { 2 * self.width - 2 * lead };
        let breaks = shortened(&format!("{} {} {}", rule.level, rule.id, rule.sentence.of(problem.dialect)), room(8));
        writeln!(out, "{FAINT}{}{FAINT:#}", wrap(&breaks, "  ", "      ", self.width))?;
        let row = |name: &str, text: &str| {
            let text = shortened(text, room(15));
            wrap(&text, &format!("  {name:<9}"), "           ", self.width)
        };
        if let Some((name, given)) = given(outcome) {
            writeln!(out, "{}", row(name, &given))?;
        }
        writeln!(out, "{GOOD}{}{GOOD:#}", row("expected", &expected(outcome, problem.dialect)))?;
        writeln!(out, "{style}{}{style:#}", row("got", &got(outcome)))?;
        self.change(problem, short, out)?;
        // A command in one line can be copied.
        writeln!(out, "  again    {}", repeat(self.results, self.run, outcome))
    }

    /// The rules that do not apply in this dialect.
    pub(super) fn inapplicable(&self, out: &mut dyn Write) -> io::Result<()> {
        let rules = self.results.inapplicable(self.run);
        match &rules[..] {
            [] => Ok(()),
            [(rule, why)] => writeln!(out, "{}", wrap(&format!("{} does not apply: {why}", rule.id), "", "  ", self.width)),
            rules if !self.results.tells_all => writeln!(out, "{} rules do not apply in this dialect (--all names them)", rules.len()),
            rules => {
                let line = |(rule, why): &(&Rule, &str)| wrap(&format!("{} does not apply: {why}", rule.id), "", "  ", self.width);
                rules.iter().try_for_each(|one| writeln!(out, "{}", line(one)))
            }
        }
    }

    /// What to change, and where to read more.
    pub(super) fn change(&self, problem: &Problem<'_>, short: bool, out: &mut dyn Write) -> io::Result<()> {
        let look = problem.look();
        if !look.is_empty() {
            writeln!(out, "{}", wrap(&look, "  change   ", "           ", self.width))?;
        }
        if let Some(Example { wrong, right }) = self.run.example(problem) {
            let has_room = wrong.lines().count() + right.lines().count() <= MOST_CODE && !short;
            let wrong = wrong.lines().filter(|_| has_room).map(|line| (BAD, '-', line));
            for (style, sign, line) in wrong.chain(right.lines().map(|line| (GOOD, '+', line))) {
                writeln!(out, "           {style}{sign} {line}{style:#}")?;
            }
        }
        let names: Vec<String> = problem.mistakes.iter().take(ALIKE).map(|mistake| format!("`{}`", mistake.short_name())).collect();
        let more = match &problem.mistakes[..] {
            [] => format!("sockspec explain {}", problem.rule().id),
            [mistake] => format!("sockspec explain {}", mistake.short_name()),
            _ => format!("this may be {} (sockspec explain NAME)", names.join(" or ")),
        };
        writeln!(out, "{}", wrap(&more, "  more     ", "           ", self.width))
    }

    /// How many rules pass, and why some were not judged.
    pub(super) fn counts(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut rules = self.run.by_rule();
        // A program may differ where a rule leaves the choice, so these rules only count if there are no others.
        if rules.iter().any(|(rule, _)| rule.level != Level::May) {
            rules.retain(|(rule, _)| rule.level != Level::May);
        }
        let is = |wanted: Verdict| move |outcome: &&Outcome| outcome.verdict() == wanted;
        let passing = rules.iter().filter(|(_, outcomes)| outcomes.iter().all(is(Verdict::Pass))).count();
        let unjudged: Vec<&Outcome> = rules
            .iter()
            .filter(|(_, outcomes)| !outcomes.iter().any(is(Verdict::Fail)))
            .filter_map(|(_, outcomes)| outcomes.iter().copied().find(is(Verdict::Inconclusive)))
            .collect();
        let mut text = match (passing, rules.len()) {
            (_, 0) => "nothing was judged".into(),
            (1, 1) => "1 rule passes".into(),
            (passing, all) if passing == all => format!("all {all} rules pass"),
            (passing, all) => format!("{passing} of {all} rules pass"),
        };
        if let Some(first) = unjudged.first() {
            let why = first.root.map_or_else(|| format!(": {}", first.message()), |root| format!(" before {} passes", root.id));
            text += &format!("; {} not judged{why}", unjudged.len());
        }
        writeln!(out, "{}", wrap(&text, "", "  ", self.width))?;
        self.inapplicable(out)?;
        for (rule, outcomes) in rules {
            if let Some(known) = outcomes.iter().find_map(|outcome| self.run.known_failure(outcome)) {
                writeln!(out, "{}", wrap(&format!("  KNOWN  {:<24} {}", rule.id, known.reason), "", "         ", self.width))?;
            }
        }
        Ok(())
    }

    /// The problems after the most important one, the most important of them last. At most `room` lines.
    pub(super) fn other_problems(&self, problems: &[Problem<'_>], room: usize, out: &mut dyn Write) -> io::Result<()> {
        if problems.is_empty() {
            return Ok(());
        }
        let shown = if problems.len() <= room { problems.len() } else { room.saturating_sub(1).max(1) };
        let title = format!(
            "{} (--all tells the whole story)",
            if problems.len() == 1 { "1 other problem".to_owned() } else { format!("{} other problems", problems.len()) }
        );
        writeln!(out, "\n{FAINT}{title}{FAINT:#}")?;
        if shown < problems.len() {
            writeln!(out, "{FAINT}  … and {} more{FAINT:#}", problems.len() - shown)?;
        }
        problems[..shown].iter().rev().try_for_each(|problem| self.in_one_line(problem, out))
    }

    /// A problem in one line.
    pub(super) fn in_one_line(&self, problem: &Problem<'_>, out: &mut dyn Write) -> io::Result<()> {
        let rule = problem.rule();
        let style = if rule.level == Level::Must { BAD } else { WARN };
        let lead = format!("  {:<6} {:<24} ", rule.level, rule.id);
        let sentence = shortened(&capitalised(&problem.headline()), self.width.saturating_sub(lead.len()));
        writeln!(out, "{style}{lead}{style:#}{sentence}")
    }
}

/// The last things that the harness did before the difference.
fn given(outcome: &Outcome) -> Option<(&'static str, String)> {
    let (scenario, subject) = (&outcome.scenario, outcome.scenario.subject());
    let expected = outcome.finding.difference.as_ref().and_then(|difference| difference.expected);
    let end = expected.map_or(scenario.transcript.steps.len(), |place| place.step);
    let before = scenario.transcript.steps[..end].iter().filter(|step| step.is_stimulus(subject));
    let is_connect = |step: &&Step| **step == Step::Wire(Peer::Client, Wire::Connect);
    let all: Vec<&Step> = before.collect();
    let others: Vec<&Step> = all.iter().copied().filter(|step| !is_connect(step)).collect();
    let shown = if others.is_empty() { all } else { others };
    let from = shown.len().saturating_sub(STIMULI);
    let shown = &shown[from..];
    // Some of it may come from somebody else: a client's server, or a server's operator.
    let is_other = |step: &&Step| match subject {
        Part::Client => matches!(step, Step::Wire(Peer::Server, Wire::Bytes(_))),
        Part::Server => matches!(step, Step::Typed(..)),
        Part::Pair => false,
    };
    let has_others = shown.iter().any(is_other);
    let words = |step: &&Step| match step {
        Step::Wire(peer, Wire::Bytes(bytes)) if has_others => format!("{} sends {bytes}", name(*peer)),
        Step::Typed(Role::Server, bytes) if has_others => format!("the operator types {bytes}"),
        Step::Typed(Role::Client, bytes) if has_others => format!("the user types {bytes}"),
        step => words(step),
    };
    let words: Vec<String> = shown.iter().map(|step| shortened(&words(step), LONGEST)).collect();
    let lead = if from > 0 { "…, " } else { "" };
    let heading = match subject {
        _ if has_others => "given",
        Part::Client => "typed",
        Part::Server | Part::Pair => "sent",
    };
    (!words.is_empty()).then(|| (heading, format!("{lead}{}", words.join(", then "))))
}

/// What should have come.
fn expected(outcome: &Outcome, dialect: &Dialect) -> String {
    let Some(difference) = &outcome.finding.difference else { return outcome.rule().sentence.of(dialect) };
    match difference.expected {
        Some(place) => at(&outcome.scenario.transcript.steps, place),
        // Too much of a text: show the right part of it.
        None if difference.seen.is_some_and(|place| place.byte > 0) => {
            let right = difference.seen.and_then(|place| Some(outcome.seen.transcript.steps[place.step].bytes()?.first(place.byte)));
            right.map(|bytes| excerpt(&bytes.to_vec(), LONGEST)).unwrap_or_default()
        }
        None if matches!(
            difference.facet,
            Facet::Stdout | Facet::Words | Facet::Wire | Facet::Welcome | Facet::Greeting | Facet::Farewell
        ) =>
        {
            "nothing more".into()
        }
        None => outcome.rule().sentence.of(dialect),
    }
}

/// What came instead.
fn got(outcome: &Outcome) -> String {
    let Some(difference) = &outcome.finding.difference else { return outcome.message() };
    let steps = &outcome.seen.transcript.steps;
    let got = match (difference.facet, difference.seen) {
        (Facet::Stdout | Facet::Words | Facet::Wire | Facet::Welcome | Facet::Greeting | Facet::Farewell, Some(place)) => at(steps, place),
        (Facet::Stdout | Facet::Words | Facet::Wire | Facet::Welcome | Facet::Greeting, None) => {
            format!("nothing more; {}", state(outcome))
        }
        _ => outcome.message(),
    };
    got + &remark(outcome, OTHER_TEXT)
}

/// The remark that begins so, as the end of a sentence.
fn remark(outcome: &Outcome, beginning: &str) -> String {
    let remark = outcome.seen.remarks.iter().find(|remark| remark.starts_with(beginning));
    remark.map(|remark| format!("; {remark}")).unwrap_or_default()
}

/// How the program ended, or what it does.
fn state(outcome: &Outcome) -> String {
    let last_words = remark(outcome, LAST_WORDS);
    match outcome.seen.transcript.last_end() {
        Some(End::Exits(status)) => format!("it ended with status {status}{last_words}"),
        Some(end @ End::Dies(_)) => end.to_string().replacen("dies by ", "it was killed by ", 1) + &last_words,
        _ => {
            let first = outcome.seen.remarks.iter().find(|remark| !remark.starts_with(OTHER_TEXT));
            first.cloned().unwrap_or_else(|| "it still runs".into())
        }
    }
}

/// A step in plain words, near this place.
fn at(steps: &[Step], place: Place) -> String {
    match &steps[place.step] {
        step if step.bytes().is_some() && place.byte > 0 => near(step, place.byte),
        step => words(step),
    }
}

/// How a sentence names a peer.
fn name(peer: Peer) -> String {
    if let Peer::Other(number) = peer { nth_client(number) } else { format!("the {peer}") }
}

/// A step in plain words.
fn words(step: &Step) -> String {
    let quoted = |bytes: &Bytes| bytes.to_string();
    match step {
        Step::Wire(peer, Wire::Connect) => format!("{} connects", name(*peer)),
        Step::Wire(Peer::Other(number), Wire::Bytes(bytes) | Wire::Burst(bytes)) => {
            format!("{} from {}", quoted(bytes), nth_client(*number))
        }
        Step::ToOther(number, Wire::Bytes(bytes) | Wire::Burst(bytes)) => format!("{} to {}", quoted(bytes), nth_client(*number)),
        Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) | Step::Typed(_, bytes) | Step::Printed(_, bytes) => quoted(bytes),
        Step::Wire(peer, Wire::Fin | Wire::Closes) => format!("{} closes its connection", name(*peer)),
        Step::Wire(peer, Wire::Reset) => format!("{} resets the connection", name(*peer)),
        Step::ToOther(number, Wire::Reset) => format!("the server resets the connection with {}", nth_client(*number)),
        Step::ToOther(number, _) => format!("the server closes its connection with {}", nth_client(*number)),
        Step::Pause(peer) => format!("{} does not read for a while", name(*peer)),
        Step::Resume(peer) => format!("{} reads again", name(*peer)),
        Step::Silence => "nothing happens for a while".into(),
        Step::TypedEof(_) => "the end of the input".into(),
        Step::Control(Control::Start, role) => format!("the {role} is started again"),
        Step::Control(Control::Kill, role) => format!("the {role} is killed"),
        Step::Control(Control::Stop, role) => format!("the {role} is stopped (SIGSTOP)"),
        Step::Control(Control::Continue, role) => format!("the {role} is continued (SIGCONT)"),
        Step::Wire(_, Wire::AnyCut(bytes)) => format!("the answers to one or more messages that together are {bytes}"),
        Step::PrintedAnyCut(_, bytes) => format!("one or more messages that together are {bytes}"),
        Step::Complained(_, bytes) if bytes.is_empty() => "a line on stderr".into(),
        Step::Complained(_, bytes) => format!("a line on stderr that begins with {bytes}"),
        Step::Idle(role) => format!("the {role} waits without using the CPU"),
        Step::Busy(role) => format!("the {role} uses the CPU"),
        Step::Tidy => "the server has no more open than before its clients came".into(),
        Step::Keeps(excess) => format!("the server keeps {}", excess.words()),
        Step::Ends(role, End::ExitsNonzero) => format!("the {role} ends with another status than 0"),
        Step::Ends(role, End::Runs) => format!("the {role} still runs"),
        Step::Ends(role, end) => format!("the {role} {}", end.to_string().replacen("exits ", "ends with status ", 1)),
    }
}
