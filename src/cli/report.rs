//! Where reports go.

use super::{Options, Stop, say};
use crate::report::{Destination, Format, Opened};
use crate::run::Results;
use std::io::{self, IsTerminal, Write};

/// Makes sure, before the run, that every report can be written.
pub(super) fn open(options: &Options) -> Result<Vec<Opened>, Stop> {
    let mut reports = options.reports.clone();
    if reports.is_empty() {
        reports.push(Destination { format: Format::Human, path: None });
    }
    for report in reports.iter_mut().filter(|report| options.quiet && report.path.is_none() && report.format == Format::Human) {
        report.format = Format::Brief;
    }
    if reports.iter().filter(|report| report.path.is_none()).count() > 1 {
        return Err(Stop::usage("only one report can go to stdout: give the others a path, as in --report json=PATH"));
    }
    reports.into_iter().map(|report| report.open().map_err(|error| Stop::usage(error.to_string()))).collect()
}

pub(super) fn write(reports: Vec<Opened>, results: &Results) -> Result<(), Stop> {
    // A mistake in a file is told as all others are, wherever the report goes.
    if !reports.iter().any(Opened::is_on_screen) {
        results.stale().into_iter().for_each(|(_, known)| say(&format!("error: {}", known.remedy())));
    }
    let mut stdout = anstream::stdout();
    for report in reports {
        match report.write(results, width(), &mut stdout).and_then(|()| stdout.flush()) {
            // Whoever reads only the beginning has what they want.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.map_err(|error| Stop::trouble(format!("the report cannot be written: {error}")))?,
        }
    }
    Ok(())
}

/// How long a line may be: as the terminal has it, or what most screens show of a file.
pub(super) fn width() -> usize {
    if io::stdout().is_terminal() { textwrap::termwidth().clamp(60, 120) } else { 100 }
}
