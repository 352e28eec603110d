//! `sockspec`: a conformance suite for the programs of a TCP client/server tutorial, and of courses like it.
//!
//! TCP is a stream. What a client sends in one call may arrive in several recvs, or together with the next call. The tutorial's server
//! prints one line for each recv. So the harness controls which bytes arrive together: it sends a segment, and waits until the kernel's
//! own counters say that the program has read the segment. It does not guess with sleeps.
//!
//! # Data flow
//!
//! ```text
//! fixture ──► scenario ──► stage ──► transcript seen ──► judge ──► verdict ──► report ──► exit status
//!                     (an isolated process:      (pure function)
//!                      one subject and the harness,
//!                      or two subjects and a relay
//!                      between them)
//! ```
//!
//! # The words
//!
//! - **subject**: a program under test. The harness is everything of `sockspec` that plays against a subject.
//! - **role**: server or client. A **part** is what a rule judges: the server alone, the client alone, or the pair.
//! - **scenario**: one test. It belongs to a rule, and contains a conversation. A **fixture** is a file with a scenario. A **case** is a
//!   scenario that is played in a run.
//! - **transcript**: a conversation as text, one step a line. A scenario has the expected transcript; the stage writes the one it has seen.
//! - **stimulus**: a kind of action of the harness: start, connect, send bytes, end a stream, or signal.
//! - **segment**: bytes that are sent together, and read before the next segment is sent. So the subject gets them with one recv.
//! - **facet**: one aspect of a transcript, such as stdout or the exit status. A rule judges only the facets that it owns.
//! - **token**: the word that ends the conversation: in the tutorial, `exit`.
//! - **dialect**: what a course asks for: the address, the token, the buffer, the texts. The tutorial is the dialect that is built in. The
//!   dialect of a subject has the texts that this subject prints.
//! - **verdict**: pass, fail or inconclusive. An **outcome** is the result of one scenario: the verdict and the evidence for it.
//! - **look**: a conversation that demands nothing. `sockspec learn` compares what a program does in some looks, and proposes its dialect.
//! - **stage**: the process that plays scenarios. A **tier** is how well a stage isolates its subjects. For users, a tier is a "place".
//!
//! # The modules
//!
//! Each folder of `src` is a module. (`tests/rooms.rs` calls these top-level modules rooms.) A module uses only modules above it in this
//! list; that test checks this.
//!
//! - [`spec`]: the requirements, as data: rules, dialects, the notation of transcripts, the fixtures, the known mistakes,
//!   the terms of reports.
//! - [`model`]: the behaviour of a correct program. `oracle` decides whether TCP allows an output. `translation` puts a scenario into the words
//!   of another course.
//! - [`stage`]: plays one scenario with one subject or with two, and records what happened.
//! - [`verdict`]: judges what the stage saw. `learn` evaluates the first conversations with a program; `judge` decides about one scenario;
//!   `presupposition` finds failures that follow from other failures; `diagnosis` names the likely mistake. `proposal` finds the dialect of
//!   another course in what its right programs do.
//! - [`run`]: plays many scenarios: the suite of fixtures, the search with random conversations, workers, partitions, recording.
//! - [`report`]: writes the results of a run in eight formats. It reads JSON reports again, to merge them.
//! - [`class`]: finds, copies and builds the folders of a class.
//! - [`project`]: reads `sockspec.toml`, and builds the programs that the file names.
//! - [`mod@reference`]: the built-in server and client, which meet every rule. Only `cli` uses it.
//! - [`cli`]: the command line.
//!
//! # Invariants
//!
//! - Only [`stage`] starts subjects and talks to them. Only in `stage` does a clock decide anything about a subject.
//! - [`verdict::judge`] is a pure function, and returns no error. A report fails only if its destination does.
//! - Every rule has a scenario, and every scenario has a rule. Fixtures are in canonical form. `tests/tidy.rs` checks both.
//! - For every MUST and every SHOULD, a program that is wrong on purpose breaks the rule. For every scenario, a wrong program fails in it,
//!   or a line `# Kept:` says why the scenario stays. `tests/faults.rs` checks this, and that [`spec::mistake`] describes these programs.

pub mod class;
pub mod cli;
pub mod model;
pub mod project;
pub mod reference;
pub mod report;
pub mod run;
pub mod spec;
pub mod stage;
pub mod verdict;
