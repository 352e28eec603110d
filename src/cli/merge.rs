//! `sockspec merge`.

use super::options::Output;
use super::report;
use super::stop::Stop;
use crate::report::json;
use crate::report::merge::{JsonReport, merge};
use crate::run::results::Results;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// JSON reports to join, as `--report json=FILE` wrote them.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Merge, output: &Output) -> Result<u8, Stop> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Stop::usage(format!("{name}: {error}")))?;
        let text =
            String::from_utf8(bytes).map_err(|_| Stop::usage(format!("{name}: this is no JSON report of sockspec: it is no text")))?;
        let (results, version) = json::read(&text).map_err(|error| Stop::usage(format!("{name}: {error}")))?;
        Ok(JsonReport { name, version, results })
    };
    let reports = arguments.files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let results = Results { tells_all: output.all, ..merge(reports).map_err(|error| Stop::usage(error.to_string()))? };
    let reports = report::open(output)?;
    report::write(reports, &results, output)?;
    Ok(results.exit_status())
}
