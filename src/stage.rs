//! The stage: a process that plays a scenario with a subject, and writes down what it saw, in the best place that the system allows
//! (`Tier`): private namespaces (`namespaces`), a private network, private addresses (`redirect`), or the machine's own loopback. Only
//! `loopback` knows which of them it is. Before a place is used, the harness tests it (`proof`).
//!
//! This program starts itself again as a worker, which reads requests on its stdin and writes what it saw on its stdout (`protocol`);
//! nothing else passes. So a stage may crash without harm, many run at once, each with its own 127.0.0.1:8023, and its stdin is its
//! lifeline: when the harness goes, in whatever way, the stage and all that it started are gone too.
//!
//! # What a verdict rests on
//!
//! No verdict depends on how fast the machine is, because no wait is a time that has passed:
//!
//! - *a segment was read*: the kernel's counters for the subject's own socket (`diag`);
//! - *nothing more will come*: two equal snapshots of all threads, each blocked in a wait without a timeout, with nothing on its way
//!   (`threads`), and no timer that was set before (`alarm`);
//! - *it floods*: bytes beyond what any right program could print or send (`allowance`);
//! - *it spins*, *it is not idle*: the subject's own CPU time, 500 ms of it without progress (`allowance`), or 5 % of a core over 200 ms in
//!   which the subject could have run (`player`); they are the only thresholds of a verdict;
//! - *it was not done in time*: only of a subject that is awake, or in a wait with a timeout. It has `--timeout` for each step towards the
//!   expected output: as long as it reads, prints and sends, it is slow, and not wrong. After 24 times that it is too slow to be judged
//!   (`budget`). The clock does not count the time in which either side waits for a CPU, or in which this process was stopped (`clock`). If
//!   that time is too long, the case is inconclusive.
//!
//! If a subject has used all of this in vain, it gets a tenth of it when a stimulus of the same kind comes again, so a broken program is
//! soon judged. But of each rule, the first scenario that fails so is played again with all of it (`run::worker`).
//!
//! If expected output is missing that the rule does not judge, the wait is shorter: 20 ms of CPU time, or of sleep in a wait with a timeout
//! (`allowance`, `budget`). After that, the harness may see less than the subject would have shown, and no verdict rests on it:
//! `judges_missing` of the player lists what each rule judges. Add each new facet there. `tests/delays.rs` plays programs that are late.
//!
//! Architecture invariant: only this module touches subjects, sockets, and the clock; it judges nothing.

mod alarm;
mod allowance;
mod backoff;
mod budget;
mod clock;
pub mod command;
mod connection;
mod diag;
mod effort;
mod events;
mod handle;
mod isolation;
mod java;
mod limits;
mod loopback;
mod namespaces;
mod network;
mod notification;
mod player;
mod port;
mod processes;
mod proof;
mod protocol;
mod redirect;
mod script;
mod seen;
mod stimulus;
mod subject;
mod syscalls;
mod threads;
mod trouble;
mod worker;

pub use handle::{Lifeline, Stage, StageError};
pub use isolation::{Isolation, Tier};
pub use java::JavaFolder;
pub use limits::{Limit, Limits};
pub use protocol::ARGUMENT;
pub use seen::{LAST_WORDS, Seen};
pub use stimulus::Stimulus;
pub use worker::worker;
