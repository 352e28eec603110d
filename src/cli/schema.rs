//! `sockspec schema`.

use super::messages::print;
use super::stop::Stop;
use clap::ValueEnum;

/// A kind of file that has a schema. `tests/dialects.rs` and `tests/reports/json.rs` hold the schemas to the program.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Schema {
    /// The file that --dialect reads.
    Dialect,
    /// The file that --report json writes.
    Report,
}

pub(super) fn run(schema: Schema) -> Result<u8, Stop> {
    print(match schema {
        Schema::Dialect => include_str!("schema/dialect.json"),
        Schema::Report => include_str!("schema/report.json"),
    })
}
