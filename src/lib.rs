//! `sockspec`: a conformance suite for the classic TCP client/server tutorial.
//!
//! TCP is a stream; a recv is not a message. The harness controls exactly how the stream is cut, and knows, from the kernel's own
//! counters and not from sleeps, that each cut reached the program.
//!
//! # The way of the data
//!
//! ```text
//! fixture ──► scenario ──► stage ──► transcript seen ──► judge ──► verdict ──► report ──► exit status
//!                     (a process in a place of            (pure)
//!                      its own: subject + wire;
//!                      or two subjects + relay)
//! ```
//!
//! # The map, in this order
//!
//! [`rule`] the requirements, as data · [`dialect`] all that is particular to this tutorial · [`bytes`], [`transcript`] the notation ·
//! [`fixture`] golden scenarios · [`project`] the file that names programs · [`command`] how a subject is started · [`stage`] where it plays · [`learn`] what the first look
//! teaches · [`recognition`] whether a program is a server or a client · [`oracle`] every output that TCP allows · [`judge`], [`verdict`] · [`presupposition`] what cannot be judged, and why ·
//! [`mistake`] what a failure resembles · [`run`] what all of it comes to · [`news`] what is told meanwhile · [`place`] where programs run · [`crew`] the workers · [`suite`] a run of fixtures ·
//! [`conversation`], [`dialogue`], [`fuzz`], [`search`] conversations that nobody has written down · [`partition`], [`merge`] parts of a run ·
//! [`record`] golden scenarios from what was seen · [`report`] · [`cli`].
//! [`mod@reference`] is no part of the harness: it is the pair of programs that meets every rule.
//!
//! # Invariants
//!
//! - Only [`stage`] touches subjects, sockets, and the clock. (Runs are timed for their reports, and for nothing else.)
//! - [`judge`] is a pure function, and it and the reports cannot fail.
//! - Every rule has a scenario, every scenario a rule; fixtures are canonical. `tests/tidy.rs` holds the project to that.
//! - Every binding rule catches a program that is wrong on purpose, and so does every scenario, or says why it is kept; `tests/faults.rs`
//!   holds the project to that, and [`mistake`] to what is seen.

pub mod bytes;
pub mod cli;
pub mod command;
pub mod conversation;
pub mod crew;
pub mod dialect;
pub mod dialogue;
pub mod fixture;
pub mod fuzz;
pub mod judge;
pub mod learn;
pub mod merge;
pub mod mistake;
pub mod news;
pub mod oracle;
pub mod partition;
pub mod place;
pub mod presupposition;
pub mod project;
pub mod recognition;
pub mod record;
pub mod reference;
pub mod report;
pub mod rule;
pub mod run;
pub mod search;
pub mod stage;
pub mod suggest;
pub mod suite;
pub mod transcript;
pub mod verdict;
