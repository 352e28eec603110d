//! Opens and writes the reports.

use super::messages::say;
use super::options::Output;
use super::stop::Stop;
use crate::report::{self, Destination, Format, Opened};
use crate::run::results::Results;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, IsTerminal, Write};
use std::path::{self, PathBuf};

/// Opens every report before the run, so that a report that cannot be written stops the run early.
pub(super) fn open(output: &Output) -> Result<Vec<Opened>, Stop> {
    let mut reports = output.reports.clone();
    let to_stdout = |format| Destination { format, path: None };
    if reports.is_empty() {
        reports.push(to_stdout(Format::Human));
        reports.extend(is_github().then(|| to_stdout(Format::Github)));
    }
    for report in reports.iter_mut().filter(|report| output.quiet && report.path.is_none() && report.format == Format::Human) {
        report.format = Format::Brief;
    }
    let is_on_stdout = |report: &&Destination| report.path.is_none();
    // GitHub finds annotations anywhere in a log. At the end, they do not interrupt the report.
    reports.sort_by_key(|report| report.format == Format::Github);
    let formats: Vec<Format> = reports.iter().filter(is_on_stdout).map(|report| report.format).collect();
    let is_log = matches!(formats[..], [first, Format::Github] if first.is_for_people());
    if formats.len() > 1 && !is_log {
        return Err(Stop::usage("only one report can go to stdout: give the others a path, as in --report json=PATH"));
    }
    // `x` and `./x` are the same file.
    let mut paths: Vec<PathBuf> = reports.iter().filter_map(|report| path::absolute(report.path.as_ref()?).ok()).collect();
    paths.sort();
    if let Some(pair) = paths.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Stop::usage(format!("two reports cannot go to {}: give each a path of its own", pair[0].display())));
    }
    let summary = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from);
    reports.into_iter().map(|report| report.open(summary.as_deref()).map_err(|error| Stop::usage(error.to_string()))).collect()
}

pub(super) fn write(reports: Vec<Opened>, results: &Results, output: &Output) -> Result<(), Stop> {
    let goes_to_files = reports.iter().all(|report| report.path().is_some()) && !output.quiet;
    if goes_to_files {
        // An empty log would look like a mistake. A closed stderr is no reason to fail.
        let _ = report::write_summary(results, width(), &mut anstream::stderr());
    } else if !reports.iter().any(Opened::is_on_screen) {
        // A mistake in the project file is shown like all other mistakes, even if no report is on the screen.
        results.passed_known_failures().into_iter().for_each(|(_, known)| say(&format!("error: {}", known.remedy())));
    }
    write_all(reports, results)
}

/// Writes why nothing could be judged, for a grader that needs a file in any case.
pub(super) fn write_refusals(output: &Output, why: &str) {
    for path in output.reports.iter().filter(|report| report.format == Format::Gradescope).filter_map(|report| report.path.as_ref()) {
        // The caller shows the mistake itself.
        let _ = report::write_refusal(path, why);
    }
}

/// Writes the reports, and nothing else. If one cannot be written, the others still are.
///
/// # Errors
/// The first report that cannot be written.
pub(super) fn write_all(reports: Vec<Opened>, results: &Results) -> Result<(), Stop> {
    let mut stdout = anstream::stdout();
    let mut done = Ok(());
    for report in reports {
        let place = report.path().map_or_else(|| "stdout".to_owned(), |path| path.display().to_string());
        let written = if report.is_on_screen() && is_github() {
            without_commands(&mut stdout, |stdout| report.write(results, width(), stdout))
        } else {
            report.write(results, width(), &mut stdout)
        };
        match written.and_then(|()| stdout.flush()) {
            // A reader may stop early, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => {
                let trouble = |error| Stop::trouble(format!("the report cannot be written to {place}: {error}"));
                let written = written.map_err(|error| Stop { has_results: true, ..trouble(error) });
                done = done.and(written);
            }
        }
    }
    done
}

/// Whether the runner of GitHub reads the output, and takes some of it for commands.
fn is_github() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|is_it| is_it == "true")
}

/// Writes text that the runner of GitHub must not take for commands, whatever a subject has printed. A random word ends this, so that no
/// subject can guess it: the keys of the standard library are random.
fn without_commands(stdout: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let word = format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    writeln!(stdout, "::stop-commands::{word}")?;
    write(stdout)?;
    writeln!(stdout, "::{word}::")
}

/// The longest line, in columns: the width of the terminal, or 100 for a pipe or a file.
pub(super) fn width() -> usize {
    if io::stdout().is_terminal() { textwrap::termwidth().clamp(40, 120) } else { 100 }
}
