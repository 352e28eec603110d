//! The stage: a process that plays scenarios with the program under test, the subject, and records what it sees.
//!
//! A stage isolates its subjects as well as the system allows (`Tier`): in private namespaces (`namespaces`), in a private network, at
//! private addresses (`redirect`), or not at all, on the machine's own loopback. `loopback` hides the difference from most of the code.
//! `sniffer` and `redirect` show where a client has tried to connect that has not connected where it should. No verdict depends on that.
//! Before the first scenario, `proof` checks that this process can see everything that a verdict needs. If a course wants its programs at a
//! terminal, `console` makes one for each.
//!
//! `sockspec` starts itself again as a stage, which reads requests on its stdin and writes what it saw on its stdout (`protocol`). There
//! is no other channel between the two processes. So if a stage crashes, only its scenarios are lost. Many stages run in parallel, each
//! with its own 127.0.0.1:8023 (except on the machine's own loopback). When `sockspec` ends, for whatever reason, the stdin of its stages
//! closes, and each stage ends with all that it has started.
//!
//! # Evidence
//!
//! No verdict depends on how fast the machine is. The stage does not wait for a fixed time and then conclude something. It concludes:
//!
//! - *The subject has read a segment*, from the kernel's counters for the subject's own socket (`diag`).
//! - *Nothing more will come*, from two equal snapshots of all threads: each thread is blocked in a wait without a timeout, no byte is on
//!   its way (`threads`), and no timer is set that the stage can see (`alarm` lists the three that it cannot see).
//! - *The subject floods*, from bytes: 1 MiB more than a correct program could print or send (`allowance`).
//! - *The subject spins*, from its own CPU time: 500 ms without progress, or 2 s if it has not yet read the bytes (`allowance`).
//! - *The subject is not idle*, from its own CPU time: 5 % of a core or more in windows of 200 ms (`player`, for one rule).
//! - *The subject was not done in time*, from a clock. The stage says this only of a subject that is awake, or in a wait with a timeout.
//!   Each time that such a subject reads, prints or sends something expected, it has `--timeout` anew, because a slow program is not
//!   wrong. After 24 times `--timeout` in one wait, the program is too slow to be judged (`budget`). A subject that is never quiet and
//!   does nothing expected, for example because it prints other output all the time, has 4 times `--timeout`.
//!
//! The clock does not count time in which the subject or the harness waits for a CPU, or in which this process was stopped (`clock`). If
//! too much time is not counted, the machine is too busy, and the case is inconclusive. One action, `silence`, is a fixed time on purpose.
//!
//! # Files
//!
//! Each scenario finds the folder of its programs as it was before (`files`). In private namespaces, a layer in memory lies over the folder.
//! The stage itself has given up the right to mount, so the process above it does that: no program sees this process. Elsewhere, programs
//! run in a copy. Programs of a class, which are strangers', can write nowhere else.
//!
//! # Many clients
//!
//! The harness can be up to 200 clients of one server (`network`). After each action, it waits for what is due at all of them (`script`), so
//! a run with many clients is one sequence of actions, as with one. A client that does not read, or that the server has not accepted, holds
//! up the others only if something is due for its action. What the server keeps of clients that have gone is measured at rest
//! (`holdings`).
//!
//! # Looks
//!
//! `sockspec learn` plays scenarios that demand nothing ([`Purpose::Look`]), to see what a program of an unknown course does. Nothing tells
//! when the effects of an action are complete, so the stage waits after each action until the program rests, as defined above. A program
//! in a wait with a timeout counts as at rest when it has slept on for 20 ms; the action `silence` waits longer.
//!
//! # Shorter waits
//!
//! If a subject has used up its time after one kind of action (`Stimulus`), it gets a tenth of the time after the next action of this kind.
//! So a broken program is soon judged. But the first scenario of each rule that ends like this is played again with the full time
//! (`run::worker`).
//!
//! If output is missing that the rule does not judge, the wait is shorter, too: 20 ms of CPU time, or of sleep in a wait with a timeout
//! (`allowance`, `budget`). Then the transcript may lack something that the subject would have done later, but only something that the
//! rule does not judge. `judges_missing` of the player lists what each rule judges. Add each new facet there. `tests/delays.rs` plays
//! programs that are late.
//!
//! Architecture invariant: only this module starts subjects and talks to them. It records, and `verdict` decides.

mod alarm;
mod allowance;
mod backoff;
mod budget;
mod capture;
mod clock;
pub mod command;
mod connection;
mod console;
mod diag;
mod effort;
mod events;
pub(crate) mod files;
mod handle;
mod holdings;
mod isolation;
mod java;
mod keyboard;
mod limits;
mod loopback;
mod namespaces;
mod network;
mod notification;
mod player;
mod port;
pub mod processes;
mod proof;
mod protocol;
mod purpose;
mod redirect;
mod script;
mod seen;
mod sniffer;
mod stimulus;
mod subject;
mod syscalls;
mod terminal;
mod threads;
mod trouble;
mod worker;

pub use files::Files;
pub use handle::{Conditions, Lifeline, Stage, StageError};
pub use isolation::{Isolation, Tier};
pub use java::JavaFolder;
pub use limits::{Limit, Limits};
pub use protocol::ARGUMENT;
pub use purpose::Purpose;
pub use seen::{LAST_WORDS, OTHER_TEXT, Seen};
pub use stimulus::Stimulus;
pub use worker::worker;
