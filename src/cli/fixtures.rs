//! The scenarios that a command uses.

use super::options::Options;
use super::stop::Stop;
use crate::spec::fixture::{self, Fixture};
use std::path::Path;

/// The built-in scenarios, and the user's own.
pub(super) fn fixtures(options: &Options) -> Result<Vec<Fixture>, Stop> {
    let mut all = fixture::all_built_in().map_err(|error| Stop::trouble(error.to_string()))?;
    if let Some(folder) = &options.own.fixtures {
        fixture::add(&mut all, own_fixtures(folder)?);
    }
    Ok(all)
}

/// The user's own scenarios.
pub(super) fn own_fixtures(folder: &Path) -> Result<Vec<Fixture>, Stop> {
    if !folder.is_dir() {
        return Err(Stop::usage(format!("--fixtures: there is no folder {}", folder.display())));
    }
    fixture::load(folder).map_err(|error| Stop::usage(error.to_string()))
}
