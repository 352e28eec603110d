//! The summary of a job: Markdown, as GitHub renders it.

use crate::report::case::{Account, Case, Standing, legible, likeness};
use crate::report::human;
use crate::run::results::{Results, Run};
use crate::spec::rule::Rule;
use std::io::{self, Write};

/// GitHub throws a step's summary away that is larger than this, all of it.
const LIMIT: u64 = 1024 * 1024;
/// What the line takes that tells how much was left out, and more.
const RESERVE: u64 = 256;

/// Appends the summary to what a step has written already, of which there are so many bytes.
pub fn write(results: &Results, already: u64, out: &mut dyn Write) -> io::Result<()> {
    let accounts = Account::all(results);
    let mut blocks = vec![headline(results, &accounts)];
    for account in &accounts {
        blocks.push(section(account));
        blocks.extend(account.by_rule().iter().filter_map(|(rule, cases)| story(results, account.run, *rule, cases)));
    }
    let mut room = LIMIT.saturating_sub(already + RESERVE);
    let mut left_out = 0;
    for block in blocks {
        match room.checked_sub(block.len() as u64) {
            Some(rest) => {
                room = rest;
                out.write_all(block.as_bytes())?;
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 && already + RESERVE < LIMIT {
        writeln!(out, "{left_out} more stories and tables had no room here.\n")?;
    }
    Ok(())
}

/// The verdict on each program.
fn headline(results: &Results, accounts: &[Account<'_>]) -> String {
    let mut text = "## sockspec\n\n".to_owned();
    for account in accounts {
        for line in human::plain_verdicts(results, account.run, &account.label).lines() {
            text += &format!("- **{}**\n", escaped(&legible(line)));
        }
    }
    if let Some(interruption) = results.interruption() {
        text += &format!("- **{interruption}**\n");
    }
    text + "\n"
}

/// What is said of one run: what its failures look like, and a row for each rule that is not simply met.
fn section(account: &Account<'_>) -> String {
    let Account { run, label, .. } = account;
    let mut text = String::new();
    if !label.is_empty() {
        text += &format!("### {}\n\n", escaped(label));
    }
    for subject in &run.subjects {
        text += &format!("{}: {}  \n", subject.role, code(&legible(&subject.command)));
    }
    text += &format!("{}\n\n", escaped(&legible(&run.place)));
    for (title, mistakes) in run.diagnoses.iter().map(likeness) {
        text += &format!("**Your {}**\n\n", escaped(&title));
        text += &mistakes.iter().map(|mistake| format!("- {}\n", escaped(mistake))).collect::<String>();
        text += "\n";
    }
    let rules = account.by_rule();
    let (met, others): (Vec<_>, Vec<_>) = rules.iter().partition(|(_, cases)| cases.iter().all(|case| case.standing == Standing::Passed));
    if !others.is_empty() {
        text += "| | rule | level | passed | requirement | seen |\n|---|---|---|---|---|---|\n";
    }
    for (rule, cases) in others {
        text += &row(run, *rule, cases);
    }
    match met.len() {
        0 => text + "\n",
        1 => text + "\nOne rule is met.\n\n",
        count => text + &format!("\n{count} rules are met.\n\n"),
    }
}

fn row(run: &Run, rule: Option<&Rule>, cases: &[&Case<'_>]) -> String {
    let Some(worst) = Case::most_telling(cases) else { return String::new() };
    let word = match worst.standing {
        Standing::Passed => "PASS",
        Standing::Differs => "NOTE",
        Standing::Excused => "SKIP",
        Standing::FallsShort => "WARN",
        Standing::Known => "KNOWN",
        Standing::Unjudged => "????",
        Standing::Failed => "FAIL",
    };
    let passed = cases.iter().filter(|case| case.standing == Standing::Passed).count();
    let (id, level, sentence) = match rule {
        Some(rule) => (code(rule.id), rule.level.to_string(), escaped(rule.sentence)),
        None => (escaped(&worst.name), String::new(), String::new()),
    };
    let seen = worst.reason(run).map_or_else(|| worst.message.clone(), |reason| format!("known: {reason}"));
    format!("| {word} | {id} | {level} | {passed} of {} | {sentence} | {} |\n", cases.len(), escaped(&seen))
}

/// The story of a rule that is broken, folded away.
fn story(results: &Results, run: &Run, rule: Option<&Rule>, cases: &[&Case<'_>]) -> Option<String> {
    let worst = Case::most_telling(cases).filter(|case| matches!(case.standing, Standing::Failed | Standing::FallsShort))?;
    let story = worst.story(results, run);
    let fence = fence(&story);
    let others = cases.iter().filter(|case| case.standing == worst.standing && case.name != worst.name);
    let others: Vec<String> = others.filter_map(|case| case.outcome.as_ref()).map(|outcome| code(&legible(&outcome.id))).collect();
    let others = if others.is_empty() { String::new() } else { format!("Fails too: {}\n\n", others.join(", ")) };
    let title = rule.map_or(worst.name.as_str(), |rule| rule.id);
    Some(format!("<details><summary>{}</summary>\n\n{fence}text\n{story}{fence}\n\n{others}</details>\n\n", markup(title)))
}

/// Text that is nothing but text, also in a cell of a table.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Text in the type of a terminal, also in a cell of a table.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text between tags, where a backslash escapes nothing.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// More backticks than there are one after the other in a text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}
