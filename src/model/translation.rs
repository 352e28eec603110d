//! Golden scenarios in the words of another dialect.

use crate::model::expectation::expect;
use crate::model::stimuli::Stimuli;
use crate::spec::dialect::Dialect;
use crate::spec::transcript::{Scenario, Step, Transcript};

/// What a scenario demands of programs that speak this dialect. The scenario is written in the words of the tutorial; or in those of the
/// dialect, where it was found with such a program, and saved.
///
/// # Errors
/// The scenario demands something else than the tutorial, so it has no meaning in other words. The message names the first such step, and
/// what a right program does there.
pub fn translate(dialect: &Dialect, scenario: &Scenario) -> Result<Transcript, String> {
    let tutorial = Dialect::tutorial();
    if *dialect == tutorial {
        return Ok(scenario.transcript.clone());
    }
    let (stimuli, written) = (Stimuli::of(scenario), scenario.transcript.in_one_notation());
    let translated = expect(dialect, &stimuli);
    let due = expect(&tutorial, &stimuli).in_one_notation();
    if written == due || written == translated.in_one_notation() {
        return Ok(translated);
    }
    let other = written.steps.iter().zip(&due.steps).position(|(written, due)| written != due);
    let other = other.unwrap_or(written.steps.len().min(due.steps.len()));
    let step = |steps: &[Step]| steps.get(other).map_or("the end".into(), |step| format!("`{step}`"));
    Err(format!(
        "the scenario says {} where a right program does {}, so it can be judged only with a program that speaks the tutorial's words",
        step(&scenario.transcript.steps),
        step(&due.steps)
    ))
}
