//! One test for each built-in scenario, named by its id: `cargo test --test golden server/exit-split` runs those of one rule. The reference
//! pair is judged, or the commands in SOCKSPEC_SERVER and SOCKSPEC_CLIENT.

mod programs;

use libtest_mimic::Failed;
use sockspec::cli::REFERENCE_ARGUMENT;
use sockspec::report::Format;
use sockspec::run::interrupt::Interrupt;
use sockspec::run::partition::{Fingerprint, Partition, Share};
use sockspec::run::results::{Rerun, Results};
use sockspec::run::setting::Subject;
use sockspec::run::suite::{self, Plan};
use sockspec::run::weights::Weights;
use sockspec::spec::fixture::{self, Fixture};
use sockspec::spec::role::Role;
use sockspec::spec::rule::Level;
use sockspec::stage::command::Command;
use sockspec::verdict::finding::Verdict;
use std::env;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

fn main() {
    let fixtures = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    // A skipped test says so in its name. A test that returns early would look like a passed test.
    let no_relay = programs::missing_relay();
    let trial = |fixture: Fixture| {
        let missing = no_relay.filter(|_| fixture.scenario.has_relay());
        programs::trial(&fixture.id.clone(), missing, move || judge(fixture))
    };
    libtest_mimic::run(&programs::arguments(), fixtures.into_iter().map(trial).collect()).exit();
}

/// The program to judge, and whether it is the reference program. The reference program must meet SHOULD and MAY rules, too.
fn subject(role: Role) -> Result<(Subject, bool), Failed> {
    let variable = format!("SOCKSPEC_{}", role.to_string().to_uppercase());
    let (command, is_reference) = match env::var(&variable) {
        Ok(command) => (Command::parse(&command).map_err(|error| format!("{variable}: {error}"))?, false),
        Err(_) => (Command::trusted(&format!("the reference {role}"), SOCKSPEC.into(), &[REFERENCE_ARGUMENT, &role.to_string()]), true),
    };
    Ok((Subject { role, command }, is_reference))
}

fn judge(fixture: Fixture) -> Result<(), Failed> {
    let subjects = fixture.scenario.subject().roles().iter().map(|role| subject(*role)).collect::<Result<Vec<_>, _>>()?;
    let is_reference = subjects.iter().all(|(_, is_reference)| *is_reference);
    let level = fixture.scenario.rule.level;
    let subjects = subjects.into_iter().map(|(subject, _)| subject).collect();
    let plan = Plan::of(subjects, vec![fixture]);
    let setting = programs::setting(1);
    let run = suite::run(&plan, &setting, &Interrupt::default(), |_| {})?;
    let counts = is_reference || level == Level::Must;
    match run.outcomes[0].verdict() {
        Verdict::Pass => Ok(()),
        Verdict::Fail if !counts => Ok(()),
        _ => {
            let mut story = Vec::new();
            let share = Share { partition: Partition::WHOLE, whole: Fingerprint(0), cases: 1, is_filtered: true };
            let results = Results {
                runs: vec![run],
                is_strict: true,
                weights: Weights::default(),
                again: Rerun::BuiltIn,
                share,
                is_verbose: true,
                tells_all: true,
            };
            Format::Human.write(&results, 100, &mut anstream::StripStream::new(&mut story))?;
            Err(Failed::from(String::from_utf8_lossy(&story)))
        }
    }
}
