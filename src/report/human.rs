//! For a person at a terminal: one line a rule, then the full story of what is wrong, and a summary. Several programs stand side by side.

pub mod changes;

use super::conclusion::{Conclusion, Mark, Tenor, cause, explains, numbers};
use super::{capitalised, complaint, labels, place, repeat};
use crate::run::place::Denied;
use crate::run::results::{Results, Run};
use crate::spec::bytes::{Bytes, excerpt};
use crate::spec::role::Part;
use crate::spec::rule::{Level, RULES, Rule};
use crate::spec::transcript::Step;
use crate::verdict::diagnosis::Diagnosis;
use crate::verdict::finding::{Place, Verdict};
use crate::verdict::outcome::Outcome;
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

/// Writes the report; a line has so many columns.
pub fn write(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let pages = Page::all(results, width);
    write!(out, "{BOLD}sockspec {}{BOLD:#}", env!("CARGO_PKG_VERSION"))?;
    if let [page] = &pages[..] {
        page.programs(out)?;
        page.place(out)?;
        if results.is_verbose {
            page.denied(out)?;
        }
        // What passes in a search is not kept, so there may be no rule to tell of.
        let has_rules = |part: &Part| page.run.outcomes.iter().any(|outcome| outcome.scenario.subject() == *part);
        for part in page.run.parts().into_iter().filter(has_rules) {
            writeln!(out)?;
            page.table(part, out)?;
        }
        page.stories(out)?;
    } else if pages.is_empty() {
        writeln!(out, "\nthis part has no scenarios: there are fewer than parts")?;
    } else {
        writeln!(out, "  {} programs side by side", pages.len())?;
        let mut places: Vec<&str> = pages.iter().map(|page| page.run.place.as_str()).collect();
        places.dedup();
        places.iter().try_for_each(|place| writeln!(out, "{}", wrap(place, "", "", width)))?;
        if results.is_verbose
            && let Some(page) = pages.first()
        {
            page.denied(out)?;
        }
        writeln!(out)?;
        let widest = pages.iter().map(|page| textwrap::core::display_width(page.name())).max().unwrap_or(0);
        for page in &pages {
            let name = page.name();
            write!(out, "{BOLD}{name}{BOLD:#}{}", " ".repeat(widest - textwrap::core::display_width(name)))?;
            page.programs(out)?;
            writeln!(out)?;
        }
        // Each program is compared with those that are judged by the same rules.
        for part in [Part::Server, Part::Client, Part::Pair] {
            side_by_side(&pages, part, width, out)?;
        }
        for page in &pages {
            let mut stories = Vec::new();
            page.stories(&mut stories)?;
            if !stories.is_empty() {
                write!(out, "\n{BOLD}──{}{BOLD:#}", page.lead())?;
                page.programs(out)?;
                writeln!(out)?;
                out.write_all(&stories)?;
            }
        }
    }
    writeln!(out)?;
    end(&pages, results, width, out)
}

/// Writes what is wrong, and the last lines.
pub fn write_brief(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let pages = Page::all(results, width);
    let mut is_empty = true;
    for page in &pages {
        let mut stories = Vec::new();
        page.stories(&mut stories)?;
        if pages.len() > 1 && !stories.is_empty() {
            write!(out, "{}{BOLD}──{}{BOLD:#}", if is_empty { "" } else { "\n" }, page.lead())?;
            page.programs(out)?;
            writeln!(out)?;
            is_empty = false;
        }
        // Each story begins with an empty line, which separates it from what is before.
        out.write_all(if is_empty { stories.trim_ascii_start() } else { &stories })?;
        is_empty &= stories.is_empty();
    }
    if !is_empty {
        writeln!(out)?;
    }
    end(&pages, results, width, out)
}

/// Writes the last lines.
pub fn write_end(results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    end(&Page::all(results, width), results, width, out)
}

/// What every report for people ends with.
fn end(pages: &[Page<'_>], results: &Results, width: usize, out: &mut dyn Write) -> io::Result<()> {
    for (_, known) in results.passed_known_failures() {
        writeln!(out, "{BAD}{}{BAD:#}", wrap(&known.remedy(), "", "  ", width))?;
    }
    pages.iter().try_for_each(|page| page.verdicts(out))?;
    writeln!(out, "{}", numbers(results))
}

/// The story of one case that failed, without colours: for formats that have a place for a text.
pub fn plain_story(results: &Results, run: &Run, outcome: &Outcome) -> String {
    let page = Page::alone(results, run, "");
    plain(|out| page.headline(outcome, out).and_then(|()| page.story(outcome, out)))
}

/// The verdict on each program of a run, a line each, with what tells the run from others.
pub fn plain_verdicts(results: &Results, run: &Run, label: &str) -> String {
    plain(|out| Page::alone(results, run, label).verdicts(out))
}

/// The known mistakes that a run's failures look like; nothing where there are none.
pub fn plain_likeness(results: &Results, run: &Run) -> String {
    let page = Page::alone(results, run, "");
    plain(|out| run.diagnoses.iter().try_for_each(|diagnosis| page.likeness(diagnosis, out)))
}

fn plain(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    // Memory takes everything.
    let _ = write(&mut anstream::StripStream::new(&mut text));
    String::from_utf8_lossy(&text).trim_start().to_owned()
}

/// What is said of one run.
struct Page<'a> {
    results: &'a Results,
    run: &'a Run,
    /// What tells it from the other runs.
    label: String,
    width: usize,
}

impl<'a> Page<'a> {
    fn all(results: &'a Results, width: usize) -> Vec<Self> {
        results.runs.iter().zip(labels(results)).map(|(run, label)| Page { results, run, label, width }).collect()
    }

    /// For a format that has a place for a text.
    fn alone(results: &'a Results, run: &'a Run, label: &str) -> Self {
        Self { results, run, label: label.to_owned(), width: 100 }
    }

    /// The name, where the programs beside it do not say all that there is.
    fn name(&self) -> &str {
        if self.run.name.is_some() { &self.label } else { "" }
    }

    /// The same in front of the programs.
    fn lead(&self) -> String {
        if self.name().is_empty() { String::new() } else { format!(" {}", self.name()) }
    }

    fn programs(&self, out: &mut dyn Write) -> io::Result<()> {
        self.run.subjects.iter().try_for_each(|subject| write!(out, "  {}: {}", subject.role, subject.command))
    }

    fn place(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n{}", wrap(&self.run.place, "", "", self.width))
    }

    /// Why programs did not run in a better place.
    fn denied(&self, out: &mut dyn Write) -> io::Result<()> {
        self.run.denied.iter().try_for_each(|Denied { isolation, why }| {
            writeln!(out, "{}", wrap(&format!("(--isolation {isolation} is not to be had: {why})"), "", "", self.width))
        })
    }

    /// One line a rule.
    fn table(&self, part: Part, out: &mut dyn Write) -> io::Result<()> {
        for (rule, outcomes) in self.run.by_rule().into_iter().filter(|(rule, _)| rule.subject() == part) {
            let passed = outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Pass).count();
            let (style, word) = self.word(rule, &outcomes);
            let cases = if passed == outcomes.len() { format!("{passed}") } else { format!("{passed}/{}", outcomes.len()) };
            let (word, level) = (format!("{word:<6}"), format!("{:<6}  {:<24} {cases:>5}  ", rule.level, rule.id));
            let sentence = shortened(rule.sentence, self.width.saturating_sub(word.len() + level.len()));
            writeln!(out, "{style}{word}{style:#}{level}{FAINT}{sentence}{FAINT:#}")?;
            let mut notes: Vec<String> = outcomes.iter().flat_map(|outcome| outcome.notes()).cloned().collect();
            if rule.level == Level::May {
                notes.extend(outcomes.iter().filter(|outcome| outcome.has_failed()).map(|outcome| outcome.message()));
            }
            // What the smoke scenarios have taught is said once, where it matters.
            for note in notes.into_iter().filter(|_| rule.level == Level::May || rule.id.ends_with("/listen")).take(1) {
                writeln!(out, "        {FAINT}note: {note}{FAINT:#}")?;
            }
            if let Some(known) = outcomes.iter().find_map(|outcome| self.run.known_failure(outcome)) {
                writeln!(out, "{}", wrap(&format!("known: {}", known.reason), "        ", "               ", self.width))?;
            }
        }
        Ok(())
    }

    /// What is said of a rule in a word.
    fn word(&self, rule: &Rule, outcomes: &[&Outcome]) -> (Style, &'static str) {
        let mark = Mark::of(self.run, rule, outcomes.iter().copied());
        let style = match mark {
            Mark::Pass => GOOD,
            Mark::Note => FAINT,
            Mark::Known | Mark::Unjudged | Mark::Warn => WARN,
            Mark::Fail => BAD,
        };
        (style, mark.word())
    }

    /// All that is wrong, the cause before its consequences.
    fn stories(&self, out: &mut dyn Write) -> io::Result<()> {
        let run = self.run;
        for diagnosis in &run.diagnoses {
            self.likeness(diagnosis, out)?;
        }
        for (rule, outcomes) in run.by_rule() {
            let failed: Vec<_> = outcomes.iter().filter(|outcome| run.is_new_failure(outcome)).collect();
            // The shortest conversation is the one to understand first.
            let simplest = failed.iter().min_by_key(|outcome| outcome.scenario.transcript.steps.len());
            let Some(simplest) = simplest.filter(|_| rule.level != Level::May) else { continue };
            self.headline(simplest, out)?;
            let others: Vec<&str> = failed.iter().map(|outcome| outcome.id.as_str()).filter(|id| *id != simplest.id).collect();
            match cause(run, rule) {
                Some(mistake) => {
                    writeln!(out, "  comes of `{}`, which {} tells about", mistake.short_name(), mistake.caught_by)?;
                    writeln!(out, "  again    {}", repeat(self.results, run, simplest))?;
                }
                None => self.story(simplest, out)?,
            }
            name_others("fails too:", &others, out)?;
        }
        for refusal in run.unlisted_refusals() {
            writeln!(out, "\n{BAD}{}{BAD:#}  {}", refusal.rule().id, refusal.rule().sentence)?;
            writeln!(out, "{}", wrap(&capitalised(&refusal.finding.message), "  ", "  ", self.width))?;
        }
        self.unjudged(out)
    }

    /// The known mistake that the failures look like.
    fn likeness(&self, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
        let mistakes = &diagnosis.mistakes;
        let each: Vec<String> = mistakes.iter().map(|mistake| format!("`{}`: {}", mistake.short_name(), mistake.sentence)).collect();
        let role = diagnosis.role();
        writeln!(out, "\n{BOLD}{}{BOLD:#}", wrap(&format!("Your {role} behaves like {}", each.join(" Or like ")), "", "", self.width))?;
        for mistake in mistakes {
            writeln!(out, "{}", wrap(&mistake.look, "  look at  ", "           ", self.width))?;
        }
        writeln!(out, "  {FAINT}that explains {}{FAINT:#}", explains(diagnosis))
    }

    /// What failed, where, and in a sentence how.
    fn headline(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let rule = outcome.rule();
        let (style, word) = if rule.level == Level::Must { (BAD, "FAIL") } else { (WARN, "WARN") };
        let (file, line) = place(outcome);
        writeln!(out, "\n{style}{word}{style:#}  {BOLD}{}{BOLD:#}  {FAINT}{file}:{line}{FAINT:#}", outcome.id)?;
        writeln!(out, "{}", wrap(&format!("{} {}: {}", rule.subject(), rule.level, rule.sentence), "  ", "  ", self.width))?;
        writeln!(out, "{style}{}{style:#}", wrap(&capitalised(&outcome.message()), "  ", "  ", self.width))
    }

    /// The whole story of a case that failed, below its headline.
    fn story(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let Outcome { scenario, seen, finding, .. } = outcome;
        let rule = outcome.rule();
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
            if text.is_empty() { Ok(()) } else { writeln!(out, "{}", wrap(text, &format!("  {name:<9}"), "           ", self.width)) }
        };
        about("why", &scenario.comments.join(" "))?;
        about("mistake", rule.mistake)?;
        about("look at", rule.look)?;
        about("tutorial", rule.step)?;
        if let Some(complaint) = complaint(outcome) {
            about("stderr", &complaint)?;
        }
        writeln!(out, "  again    {}", repeat(self.results, self.run, outcome))
    }

    /// What could not be judged, by reason.
    fn unjudged(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for outcome in self.run.outcomes.iter().filter(|outcome| outcome.verdict() == Verdict::Inconclusive) {
            reasons.entry(outcome.message()).or_default().push(&outcome.id);
        }
        for (reason, ids) in reasons {
            writeln!(out, "\n{WARN}????{WARN:#}  {}", wrap(&reason, "", "      ", self.width))?;
            name_others("", &ids, out)?;
        }
        Ok(())
    }

    /// The verdict on each program, and on both together.
    fn verdicts(&self, out: &mut dyn Write) -> io::Result<()> {
        for Conclusion { tenor, words, must, should, .. } in Conclusion::all(self.results, self.run) {
            if !self.label.is_empty() {
                write!(out, "{}: ", self.label)?;
            }
            let style = match tenor {
                Tenor::Good => GOOD,
                Tenor::Open => WARN,
                Tenor::Bad => BAD,
            };
            write!(out, "{style}{words}{style:#}")?;
            if !must.is_empty() {
                write!(out, ": {}", must.join(", "))?;
            }
            if !should.is_empty() {
                write!(out, "; {WARN}falls short of{WARN:#} {}", should.join(", "))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// A row for each rule of a part, a column for each run that was judged by one; as many columns at a time as fit.
fn side_by_side(pages: &[Page<'_>], part: Part, width: usize, out: &mut dyn Write) -> io::Result<()> {
    const RULE: usize = 24 + 2 + 6;
    let columns: Vec<Column<'_>> = pages.iter().map(|page| Column::of(page, part)).filter(|column| !column.rules.is_empty()).collect();
    let mut rest = &columns[..];
    while !rest.is_empty() {
        let mut right = RULE;
        let fits = |column: &&Column<'_>| {
            right += column.width();
            right <= width
        };
        let (some, others) = rest.split_at(rest.iter().take_while(fits).count().max(1));
        rest = others;
        write!(out, "\n{:RULE$}", "")?;
        row(some.iter().map(|column| (column, BOLD, &*column.name)), out)?;
        for rule in RULES.iter().filter(|rule| some.iter().any(|column| column.word(rule).is_some())) {
            write!(out, "{:<24}  {:<6}", rule.id, rule.level)?;
            row(some.iter().map(|column| column.word(rule).map_or((column, BOLD, ""), |(style, word)| (column, style, word))), out)?;
        }
    }
    Ok(())
}

/// A run in the comparison.
struct Column<'a> {
    page: &'a Page<'a>,
    name: String,
    rules: Vec<(&'static Rule, Vec<&'a Outcome>)>,
}

impl<'a> Column<'a> {
    fn of(page: &'a Page<'a>, part: Part) -> Self {
        let rules = page.run.by_rule().into_iter().filter(|(rule, _)| rule.subject() == part).collect();
        Self { page, name: shortened(&page.label, 20), rules }
    }

    /// How many columns of the screen it has, with the space before it.
    fn width(&self) -> usize {
        textwrap::core::display_width(&self.name).max(5) + 2
    }

    fn word(&self, rule: &Rule) -> Option<(Style, &'static str)> {
        self.rules.iter().find(|(other, _)| *other == rule).map(|(rule, outcomes)| self.page.word(rule, outcomes))
    }
}

/// The cells of a row, without spaces behind the last.
fn row<'a>(cells: impl Iterator<Item = (&'a Column<'a>, Style, &'a str)>, out: &mut dyn Write) -> io::Result<()> {
    let mut gap = 2;
    for (column, style, word) in cells {
        if !word.is_empty() {
            write!(out, "{:gap$}{style}{word}{style:#}", "")?;
            gap = 0;
        }
        gap += column.width() - textwrap::core::display_width(word);
    }
    writeln!(out)
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
    let text = step.to_string();
    // What stands before the byte string, and how it begins up to the byte, tell where the byte is shown.
    let head = text.find('"').unwrap_or(0);
    let before = step.bytes().zip(byte).map(|(bytes, byte)| bytes.first(byte).to_string());
    let column =
        before.map(|before| textwrap::core::display_width(&text[..head]) + textwrap::core::display_width(before.trim_end_matches('"')));
    if text.chars().count() <= STEP_WIDTH {
        return (text, column);
    }
    match byte.filter(|&byte| byte > STEP_WIDTH / 2) {
        // The place that matters lies deep inside: the beginning is cut away.
        Some(byte) => {
            let bytes = step.bytes().map(Bytes::to_vec).unwrap_or_default();
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

fn name_others(lead: &str, ids: &[&str], out: &mut dyn Write) -> io::Result<()> {
    for (i, id) in ids.iter().take(OTHERS).enumerate() {
        writeln!(out, "  {FAINT}{:<10} {id}{FAINT:#}", if i == 0 { lead } else { "" })?;
    }
    if ids.len() > OTHERS {
        writeln!(out, "  {FAINT}{:<10} and {} more{FAINT:#}", "", ids.len() - OTHERS)?;
    }
    Ok(())
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

fn wrap(text: &str, first: &str, next: &str, width: usize) -> String {
    let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent(next).break_words(false);
    textwrap::fill(text, options)
}
