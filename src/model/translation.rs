//! Golden scenarios in the words of another dialect.

use crate::model::expectation::expect;
use crate::model::rewording::reword;
use crate::model::stimuli::Stimuli;
use crate::spec::dialect::Dialect;
use crate::spec::transcript::{Scenario, Step, Transcript};

/// What a scenario demands of programs of a course that speak this dialect. The scenario is written in the words of the tutorial; or in those
/// of the course or of the dialect, such as a scenario that was found with such a program, and saved.
///
/// # Errors
/// The scenario demands something else than the tutorial and the course, so it has no meaning in other words. The message names the first such
/// step, and what a right program does there.
pub fn translate(dialect: &Dialect, course: &Dialect, scenario: &Scenario) -> Result<Transcript, String> {
    let tutorial = Dialect::tutorial();
    if *dialect == tutorial {
        return Ok(scenario.transcript.clone());
    }
    let written = scenario.transcript.in_one_notation();
    let is_written_in = |words: &Dialect, stimuli: &Stimuli| expect(words, stimuli).in_one_notation() == written;
    let (in_tutorial, in_course) = (Stimuli::of(scenario, &tutorial), Stimuli::of(scenario, course));
    // The words of the course count first: a conversation may be right in both, and mean something else.
    if !course.is_tutorial() && is_written_in(course, &in_course) || is_written_in(dialect, &in_course) {
        return Ok(expect(dialect, &in_course));
    }
    let due = expect(&tutorial, &in_tutorial);
    if due.in_one_notation() == written {
        // The precision is the course's: what one recv takes.
        let stimuli = Stimuli { precision: in_course.precision, ..reword(&in_tutorial, &tutorial, course) };
        return Ok(expect(dialect, &stimuli));
    }
    if dialect == course {
        return Ok(scenario.transcript.clone());
    }
    let due = due.in_one_notation();
    let other = written.steps.iter().zip(&due.steps).position(|(written, due)| written != due);
    let other = other.unwrap_or(written.steps.len().min(due.steps.len()));
    let step = |steps: &[Step]| steps.get(other).map_or("the end".into(), |step| format!("`{step}`"));
    Err(format!(
        "the scenario says {} where a right program does {}, so it can be judged only with a program that speaks the tutorial's words",
        step(&scenario.transcript.steps),
        step(&due.steps)
    ))
}
