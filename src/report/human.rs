//! For a person at a terminal: one line a rule, then the full story of what is wrong, and a summary.

use super::{Again, Context};
use crate::bytes::excerpt;
use crate::mistake::{Diagnosis, Mistake};
use crate::rule::{Level, RULES, Rule};
use crate::suite::{Outcome, Run};
use crate::transcript::{Part, Role, Step};
use crate::verdict::{Place, Verdict};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use std::io::{self, Write};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default();
const FAINT: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// How many characters of a step a story shows.
const STEP_WIDTH: usize = 100;
/// How many steps of a conversation a story shows before the place that matters, and behind it.
const STEPS_AROUND: usize = 12;
/// How many other cases of the same rule a story names.
const OTHERS: usize = 6;

/// Writes the report.
pub fn write(run: &Run, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{BOLD}sockspec {}{BOLD:#}", env!("CARGO_PKG_VERSION"))?;
    for subject in &run.subjects {
        write!(out, "  {}: {}", subject.role, subject.command)?;
    }
    writeln!(out, "\n{}", wrap(&run.place, "", "", context))?;
    for part in parts(run) {
        writeln!(out)?;
        table(run, part, context, out)?;
    }
    let diagnoses: Vec<Diagnosis> = run.subjects.iter().flat_map(|subject| Diagnosis::of(run, subject.role)).collect();
    for diagnosis in &diagnoses {
        likeness(diagnosis, context, out)?;
    }
    for (rule, outcomes) in by_rule(run) {
        let failed: Vec<_> = outcomes.iter().filter(|outcome| outcome.finding.verdict == Verdict::Fail).collect();
        // The shortest conversation is the one to understand first.
        let simplest = failed.iter().min_by_key(|outcome| outcome.scenario.transcript.steps.len());
        let Some(simplest) = simplest.filter(|_| rule.level != Level::May) else { continue };
        headline(simplest, context, out)?;
        let others: Vec<&str> = failed.iter().map(|outcome| outcome.fixture.id.as_str()).filter(|id| *id != simplest.fixture.id).collect();
        match diagnoses.iter().find_map(|diagnosis| cause(diagnosis, rule, &failed, run)) {
            Some(mistake) => {
                writeln!(out, "  comes of `{}`, which {} tells about", mistake.short_name(), mistake.caught_by)?;
                again(simplest, context, run, out)?;
            }
            None => story(simplest, context, run, out)?,
        }
        name_others("fails too:", &others, out)?;
    }
    for refusal in run.refusals.iter().filter(|refusal| run.outcomes.iter().all(|outcome| outcome.fixture.scenario.rule != refusal.rule)) {
        // The filter has left the cause out: it is told all the same.
        writeln!(out, "\n{BAD}{}{BAD:#}  {}", refusal.rule.id, refusal.rule.sentence)?;
        writeln!(out, "{}", wrap(&capitalised(&refusal.finding.message), "  ", "  ", context))?;
    }
    unjudged(run, context, out)?;
    writeln!(out)?;
    write_summary(run, context, out)
}

/// Whom there is something to say of: each program, and both together where they talked to each other.
fn parts(run: &Run) -> Vec<Part> {
    let alone = run.subjects.iter().map(|subject| Part::from(subject.role));
    let together = Some(Part::Pair).filter(|_| run.subjects.len() > 1);
    if run.outcomes.is_empty() {
        // What has passed was not kept: it was a search, for one program or for both.
        return together.map_or_else(|| alone.collect(), |pair| vec![pair]);
    }
    let concerns = |part: &Part| {
        run.outcomes.iter().any(|outcome| outcome.fixture.scenario.subject() == *part)
            || run.refusals.iter().any(|refusal| refusal.rule.subject() == *part)
    };
    alone.chain(together).filter(concerns).collect()
}

fn by_rule(run: &Run) -> Vec<(&'static Rule, Vec<&Outcome>)> {
    let of = |rule: &'static Rule| (rule, run.outcomes.iter().filter(|outcome| outcome.fixture.scenario.rule == rule).collect::<Vec<_>>());
    RULES.iter().map(of).filter(|(_, outcomes)| !outcomes.is_empty()).collect()
}

/// One line a rule.
fn table(run: &Run, part: Part, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    for (rule, outcomes) in by_rule(run).into_iter().filter(|(rule, _)| rule.subject() == part) {
        let count = |verdict| outcomes.iter().filter(|outcome| outcome.finding.verdict == verdict).count();
        let (all, passed, failed) = (outcomes.len(), count(Verdict::Pass), count(Verdict::Fail));
        let (style, word) = match (failed, passed == all, rule.level) {
            (0, true, _) => (GOOD, "PASS"),
            (0, false, _) => (WARN, "????"),
            (_, _, Level::Must) => (BAD, "FAIL"),
            (_, _, Level::Should) => (WARN, "WARN"),
            (_, _, Level::May) => (FAINT, "NOTE"),
        };
        let cases = if passed == all { format!("{all}") } else { format!("{passed}/{all}") };
        let head = format!("  {:<6}  {:<24} {cases:>5}  ", rule.level, rule.id);
        let sentence = shortened(rule.sentence, context.width.saturating_sub(word.len() + head.len()));
        writeln!(out, "{style}{word}{style:#}{head}{FAINT}{sentence}{FAINT:#}")?;
        let mut notes: Vec<&String> = outcomes.iter().flat_map(|outcome| &outcome.finding.notes).collect();
        if rule.level == Level::May {
            let differ = outcomes.iter().filter(|outcome| outcome.finding.verdict == Verdict::Fail);
            notes.extend(differ.map(|outcome| &outcome.finding.message));
        }
        // What the smoke scenarios have taught is said once, where it matters.
        for note in notes.into_iter().filter(|_| rule.level == Level::May || rule.id.ends_with("/listen")).take(1) {
            writeln!(out, "        {FAINT}note: {note}{FAINT:#}")?;
        }
    }
    Ok(())
}

/// The known mistake that the failures look like: the cause before its consequences.
fn likeness(diagnosis: &Diagnosis, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let Diagnosis { mistakes, explained, failures } = diagnosis;
    let each: Vec<String> = mistakes.iter().map(|mistake| format!("`{}`: {}", mistake.short_name(), mistake.sentence)).collect();
    let role = mistakes.first().map_or(Role::Server, |mistake| mistake.role());
    writeln!(out, "\n{BOLD}{}{BOLD:#}", wrap(&format!("Your {role} behaves like {}", each.join(" Or like ")), "", "", context))?;
    for mistake in mistakes {
        writeln!(out, "{}", wrap(&mistake.look, "  look at  ", "           ", context))?;
    }
    let explains = match (*explained, *failures) {
        (1, 1) => "the one scenario that fails".to_owned(),
        (explained, failures) if explained == failures => format!("all {failures} scenarios that fail"),
        (explained, failures) => format!("{explained} of the {failures} scenarios that fail"),
    };
    writeln!(out, "  {FAINT}that explains {explains}{FAINT:#}")
}

/// The mistake whose mere consequence it is that these scenarios of a rule fail, where the rule that names it fails as well.
fn cause(diagnosis: &Diagnosis, rule: &Rule, failed: &[&&Outcome], run: &Run) -> Option<&'static Mistake> {
    let [mistake] = diagnosis.mistakes[..] else { return None };
    let is_told = run.outcomes.iter().any(|o| o.finding.verdict == Verdict::Fail && o.fixture.scenario.rule.id == mistake.caught_by);
    let explains = failed.iter().all(|outcome| mistake.fails.contains_key(&outcome.fixture.id));
    (is_told && explains && mistake.caught_by != rule.id).then_some(mistake)
}

/// What failed, where, and in a sentence how.
fn headline(outcome: &Outcome, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let Outcome { fixture, scenario, finding, .. } = outcome;
    let rule = fixture.scenario.rule;
    let (style, word) = if rule.level == Level::Must { (BAD, "FAIL") } else { (WARN, "WARN") };
    let line = finding.difference.as_ref().and_then(|difference| difference.expected).map_or(1, |place| scenario.line_of(place.step));
    writeln!(out, "\n{style}{word}{style:#}  {BOLD}{}{BOLD:#}  {FAINT}{}:{line}{FAINT:#}", fixture.id, fixture.file)?;
    writeln!(out, "{}", wrap(&format!("{} {} {}", rule.subject(), rule.level, rule.sentence), "  ", "  ", context))?;
    writeln!(out, "{style}{}{style:#}", wrap(&capitalised(&finding.message), "  ", "  ", context))
}

/// The whole story of a case that failed, below its headline.
fn story(outcome: &Outcome, context: &Context, run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let Outcome { fixture, scenario, seen, finding } = outcome;
    let rule = fixture.scenario.rule;
    let difference = finding.difference.as_ref();
    writeln!(out, "\n  {BOLD}expected{BOLD:#}")?;
    steps(&scenario.transcript.steps, difference.and_then(|difference| difference.expected), GOOD, out)?;
    writeln!(out, "  {BOLD}seen{BOLD:#}")?;
    let at = difference
        .and_then(|difference| difference.seen)
        .or_else(|| Some(Place { step: seen.transcript.steps.len().checked_sub(1)?, byte: 0 }));
    steps(&seen.transcript.steps, at, BAD, out)?;
    writeln!(out)?;
    let mut about = |name: &str, text: &str| {
        if text.is_empty() { Ok(()) } else { writeln!(out, "{}", wrap(text, &format!("  {name:<9}"), "           ", context)) }
    };
    about("why", &fixture.scenario.comments.join(" "))?;
    about("mistake", rule.mistake)?;
    about("look at", rule.look)?;
    about("tutorial", rule.step)?;
    let stderr: Vec<u8> = seen
        .transcript
        .steps
        .iter()
        .filter_map(|step| if let Step::Complained(_, text) = step { Some(text.to_vec()) } else { None })
        .flatten()
        .collect();
    if !stderr.is_empty() {
        let end = &stderr[stderr.len().saturating_sub(400)..];
        about("stderr", &excerpt(end, 400))?;
    }
    again(outcome, context, run, out)
}

/// The command that runs just this case.
fn again(outcome: &Outcome, context: &Context, run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let (fixture, rule) = (&outcome.fixture, outcome.fixture.scenario.rule);
    let judged = run.subjects.iter().filter(|subject| rule.subject().judges(subject.role));
    let commands: String =
        judged.map(|subject| format!(" --{} {}", subject.role, shell_words::quote(&subject.command.to_string()))).collect();
    match &context.again {
        Again::Check(options) => writeln!(out, "  again    sockspec check{commands}{options} {}", fixture.id),
        Again::Fixture => {
            writeln!(out, "  again    save it with --save DIR, then: sockspec check{commands} --fixtures DIR {}", fixture.id)
        }
        Again::BuiltIn => writeln!(out, "  again    cargo test {}", fixture.id),
    }
}

/// Steps of a conversation, the one that matters marked.
fn steps(all: &[Step], at: Option<Place>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let centre = at.map_or(0, |place| place.step);
    let (from, to) = (centre.saturating_sub(STEPS_AROUND), (centre + STEPS_AROUND).min(all.len()));
    if from > 0 {
        writeln!(out, "      {FAINT}… {from} steps before{FAINT:#}")?;
    }
    for (i, step) in all.iter().enumerate().take(to).skip(from) {
        match at.filter(|place| place.step == i) {
            Some(place) => {
                let (text, column) = shown(step, Some(place.byte));
                writeln!(out, "    {style}> {text}{style:#}")?;
                if let Some(column) = column.filter(|_| place.byte > 0) {
                    writeln!(out, "      {style}{}^ from here on{style:#}", " ".repeat(column))?;
                }
            }
            None => writeln!(out, "      {}", shown(step, None).0)?,
        }
    }
    if to < all.len() {
        writeln!(out, "      {FAINT}… {} steps more{FAINT:#}", all.len() - to)?;
    }
    Ok(())
}

/// A step, short enough for a line, and the column at which a byte of it is shown.
fn shown(step: &Step, byte: Option<usize>) -> (String, Option<usize>) {
    use crate::transcript::Wire;
    let text = step.to_string();
    let bytes = match step {
        Step::Printed(_, bytes)
        | Step::PrintedAnyCut(_, bytes)
        | Step::Complained(_, bytes)
        | Step::Typed(bytes)
        | Step::Wire(_, Wire::Bytes(bytes) | Wire::Burst(bytes)) => bytes.to_vec(),
        _ => Vec::new(),
    };
    // What stands before the byte string, and how it begins up to the byte, tell where the byte is shown.
    let head = text.find('"').unwrap_or(0);
    let before = byte.map(|byte| crate::bytes::Bytes::compact(&bytes[..byte.min(bytes.len())]).to_string());
    let column =
        before.map(|before| textwrap::core::display_width(&text[..head]) + textwrap::core::display_width(before.trim_end_matches('"')));
    if text.chars().count() <= STEP_WIDTH {
        return (text, column);
    }
    match byte.filter(|&byte| byte > STEP_WIDTH / 2) {
        // The place that matters lies deep inside: the beginning is cut away.
        Some(byte) => {
            let from = byte.saturating_sub(20).min(bytes.len());
            let part = excerpt(&bytes[from..], STEP_WIDTH / 2);
            let near = excerpt(&bytes[from..byte.min(bytes.len())], STEP_WIDTH);
            let lead = format!("{}… {from} bytes … ", &text[..head]);
            let column = textwrap::core::display_width(&lead) + textwrap::core::display_width(near.trim_end_matches('"'));
            (lead + &part, Some(column))
        }
        None => (format!("{}…", text.chars().take(STEP_WIDTH).collect::<String>()), column.filter(|column| *column < STEP_WIDTH)),
    }
}

/// What could not be judged, by reason.
fn unjudged(run: &Run, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for outcome in run.outcomes.iter().filter(|outcome| outcome.finding.verdict == Verdict::Inconclusive) {
        reasons.entry(&outcome.finding.message).or_default().push(&outcome.fixture.id);
    }
    for (reason, ids) in reasons {
        writeln!(out, "\n{WARN}????{WARN:#}  {}", wrap(reason, "", "      ", context))?;
        name_others("", &ids, out)?;
    }
    Ok(())
}

fn name_others(lead: &str, ids: &[&str], out: &mut dyn Write) -> io::Result<()> {
    for (i, id) in ids.iter().take(OTHERS).enumerate() {
        writeln!(out, "  {FAINT}{:<10} {id}{FAINT:#}", if i == 0 { lead } else { "" })?;
    }
    if ids.len() > OTHERS {
        writeln!(out, "  {FAINT}{:<10} and {} more{FAINT:#}", "", ids.len() - OTHERS)?;
    }
    Ok(())
}

/// The last lines: the verdict on each subject and on the pair, and the numbers.
fn write_summary(run: &Run, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    for part in parts(run) {
        let failed = |level: Level| -> Vec<&str> {
            let is_one = |(rule, outcomes): &(&'static Rule, Vec<&Outcome>)| {
                rule.subject() == part && rule.level == level && outcomes.iter().any(|outcome| outcome.finding.verdict == Verdict::Fail)
            };
            by_rule(run).iter().filter(|each| is_one(each)).map(|(rule, _)| rule.id).collect()
        };
        let refused = run.refusals.iter().filter(|r| r.rule.subject() == part && r.finding.verdict == Verdict::Fail).map(|r| r.rule.id);
        let (mut must, should) = (failed(Level::Must), failed(Level::Should));
        must.extend(refused.filter(|id| !failed(Level::Must).contains(id)));
        let unjudged = run.outcomes.iter().filter(|o| o.fixture.scenario.subject() == part && o.finding.verdict == Verdict::Inconclusive);
        let unjudged = unjudged.count();
        match (must.is_empty() && (should.is_empty() || !context.is_strict), unjudged) {
            (false, _) => write!(out, "{BAD}the {part} does not conform{BAD:#}")?,
            (true, 0) if run.is_interrupted => write!(out, "{WARN}the {part}: interrupted, nothing wrong so far{WARN:#}")?,
            (true, 0) => write!(out, "{GOOD}the {part} conforms{GOOD:#}")?,
            (true, _) => write!(out, "{WARN}the {part} could not be judged{WARN:#}")?,
        }
        if !must.is_empty() {
            write!(out, ": {}", must.join(", "))?;
        }
        if !should.is_empty() {
            write!(out, "; {WARN}falls short of{WARN:#} {}", should.join(", "))?;
        }
        writeln!(out)?;
    }
    let count = |verdict, level: Option<Level>| {
        let is_one = |outcome: &&Outcome| {
            outcome.finding.verdict == verdict && level.is_none_or(|level| outcome.fixture.scenario.rule.level == level)
        };
        run.outcomes.iter().filter(is_one).count()
    };
    let mut parts = vec![format!("{} passed", count(Verdict::Pass, None) + run.passed_unlisted)];
    for (number, what) in [
        (count(Verdict::Fail, Some(Level::Must)), "failed"),
        (count(Verdict::Fail, Some(Level::Should)), if context.is_strict { "failed (SHOULD)" } else { "warned of" }),
        (count(Verdict::Fail, Some(Level::May)), "differ where they MAY"),
        (count(Verdict::Inconclusive, None), "not judged"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    writeln!(out, "{} scenarios in {:.2} s: {}", run.outcomes.len() + run.passed_unlisted, run.duration.as_secs_f64(), parts.join(", "))
}

/// As much of a text as fits into so many columns.
fn shortened(text: &str, columns: usize) -> String {
    if textwrap::core::display_width(text) <= columns {
        return text.to_owned();
    }
    let (mut short, mut width) = (String::new(), 1);
    for c in text.chars() {
        width += textwrap::core::display_width(c.encode_utf8(&mut [0; 4]));
        if width > columns {
            break;
        }
        short.push(c);
    }
    short.truncate(short.trim_end().len());
    short + "…"
}

fn wrap(text: &str, first: &str, next: &str, context: &Context) -> String {
    let options = textwrap::Options::new(context.width).initial_indent(first).subsequent_indent(next).break_words(false);
    textwrap::fill(text, options)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
