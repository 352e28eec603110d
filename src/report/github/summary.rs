//! The summary of a job: Markdown, as GitHub renders it.

use crate::report::case::{Case, CaseList, Status};
use crate::report::conclusion::Mark;
use crate::report::human;
use crate::report::text::{capitalised, legible};
use crate::run::results::{Results, Run};
use crate::spec::rule::Rule;
use std::io::{self, Write};

/// If the summary of a step is larger than this, GitHub shows nothing of it.
const LIMIT: u64 = 1024 * 1024;
/// Space for the line that says how much is left out.
const RESERVE: u64 = 256;

/// Appends the summary to the `already` bytes that the step has written.
pub fn write(results: &Results, already: u64, out: &mut dyn Write) -> io::Result<()> {
    let lists = CaseList::all(results);
    let mut blocks = vec![headline(results, &lists)];
    for list in &lists {
        blocks.push(section(list));
        blocks.extend(list.by_rule().iter().filter_map(|(rule, cases)| failure(results, list, *rule, cases)));
    }
    let mut space = LIMIT.saturating_sub(already + RESERVE);
    let mut left_out = 0;
    for block in blocks {
        match space.checked_sub(block.len() as u64) {
            Some(rest) => {
                space = rest;
                out.write_all(block.as_bytes())?;
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 && already + RESERVE < LIMIT {
        writeln!(out, "This summary is full: {left_out} more failures and tables are left out.\n")?;
    }
    Ok(())
}

/// The verdict on each program.
fn headline(results: &Results, lists: &[CaseList<'_>]) -> String {
    let mut text = "## sockspec\n\n".to_owned();
    for list in lists {
        for line in human::plain_verdicts(results, list.run, &list.label).lines() {
            text += &format!("- **{}**\n", escaped(&legible(line)));
        }
    }
    if let Some(interruption) = results.interruption() {
        text += &format!("- **{interruption}**\n");
    }
    text + "\n"
}

/// The section about one run: its problems, and a row for each rule that has not passed.
fn section(list: &CaseList<'_>) -> String {
    let CaseList { run, label, problems, .. } = list;
    let mut text = String::new();
    if !label.is_empty() {
        text += &format!("### {}\n\n", escaped(label));
    }
    for subject in &run.subjects {
        text += &format!("{}: {}  \n", subject.role, code(&legible(&subject.command)));
    }
    if let Some(course) = run.course() {
        text += &format!("dialect: {}  \n", escaped(&legible(course)));
    }
    text += &format!("{}\n\n", escaped(&legible(&run.place)));
    for problem in problems {
        text += &format!("**{}**\n\n", escaped(&legible(&capitalised(&problem.headline()))));
        if !problem.look().is_empty() {
            text += &format!("- What to do: {}\n\n", escaped(&legible(&problem.look())));
        }
    }
    let rules = list.by_rule();
    let (met, others): (Vec<_>, Vec<_>) = rules.iter().partition(|(_, cases)| cases.iter().all(|case| case.status == Status::Passed));
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
    let Some(worst) = Case::worst(cases) else { return String::new() };
    let word = if worst.status == Status::Excused { "SKIP" } else { Mark::from(worst.status).word() };
    let passed = cases.iter().filter(|case| case.status == Status::Passed).count();
    let (id, level, sentence) = match rule {
        Some(rule) => (code(rule.id), rule.level.to_string(), escaped(&rule.sentence.of(&run.dialect))),
        None => (escaped(&worst.name), String::new(), String::new()),
    };
    let seen = worst.reason(run).map_or_else(|| worst.message.clone(), |reason| format!("known: {reason}"));
    format!("| {word} | {id} | {level} | {passed} of {} | {sentence} | {} |\n", cases.len(), escaped(&seen))
}

/// The description of a failure, folded.
fn failure(results: &Results, list: &CaseList<'_>, rule: Option<&Rule>, cases: &[&Case<'_>]) -> Option<String> {
    let worst = Case::worst(cases).filter(|case| matches!(case.status, Status::Failed | Status::FallsShort))?;
    let text = worst.description(results, list);
    let fence = fence(&text);
    let others = cases.iter().filter(|case| case.status == worst.status && case.name != worst.name);
    let others: Vec<String> = others.filter_map(|case| case.outcome.as_ref()).map(|outcome| code(&legible(&outcome.id))).collect();
    let others = if others.is_empty() { String::new() } else { format!("Fails too: {}\n\n", others.join(", ")) };
    let title = rule.map_or(worst.name.as_str(), |rule| rule.id);
    Some(format!("<details><summary>{}</summary>\n\n{fence}text\n{text}{fence}\n\n{others}</details>\n\n", markup(title)))
}

/// Text without any formatting, also in a cell of a table.
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

/// Text as code, also in a cell of a table.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text between HTML tags, where a backslash has no meaning.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A fence for a block of code: more backticks than the text has in a row.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}
