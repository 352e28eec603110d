//! `sockspec`: a conformance suite for the classic TCP client/server tutorial.
//!
//! TCP is a stream; a recv is not a message. The harness controls exactly how the stream is cut, and knows, from the kernel's own
//! counters and not from sleeps, that each cut reached the program.
//!
//! # The data's way
//!
//! ```text
//! fixture ──► scenario ──► stage ──► transcript seen ──► judge ──► verdict ──► report ──► exit status
//!                     (a process in a place of            (pure)
//!                      its own: subject + wire;
//!                      or two subjects + relay)
//! ```
//!
//! # The rooms
//!
//! A room uses only the rooms above it in this list; `tests/rooms.rs` holds the project to that.
//!
//! - [`spec`]: the requirements, as data. Rules, the tutorial's words, the notation of transcripts, fixtures, known mistakes.
//! - [`model`]: the behaviour of a right program, and the oracle that knows every output that TCP allows.
//! - [`stage`]: plays one scenario with one subject or with two, and writes down what happened.
//! - [`verdict`]: judges what the stage saw. The judge, the first look at a program, rules that presuppose rules, the diagnosis.
//! - [`run`]: plays many scenarios. The suite of fixtures, the search with random conversations, workers, parts of a run, recording.
//! - [`report`]: writes the results of a run in eight formats, and reads them again to merge parts.
//! - [`project`]: reads the file that names programs.
//! - [`cli`]: the command line.
//! - [`mod@reference`]: the built-in server and client, which meet every rule. No other room uses this one but `cli`.
//!
//! # Invariants
//!
//! - Only [`stage`] touches subjects, sockets, and the clock. (A run measures its duration for the report, and for nothing else.)
//! - [`verdict::judge`] is a pure function. The judge and the reports cannot fail.
//! - Every rule has a scenario, and every scenario has a rule. Fixtures are in canonical form. `tests/tidy.rs` checks both.
//! - Every MUST and SHOULD catches a program that is wrong on purpose. So does every scenario, or it says why it is kept.
//!   `tests/faults.rs` checks that, and holds [`spec::mistake`] to what the programs do.

pub mod cli;
pub mod model;
pub mod project;
pub mod reference;
pub mod report;
pub mod run;
pub mod spec;
pub mod stage;
pub mod verdict;
