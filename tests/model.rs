//! The model of a right program says exactly what the golden transcripts say.

use sockspec::model::expectation::expect;
use sockspec::model::stimuli::Stimuli;
use sockspec::spec::dialect::Dialect;
use sockspec::spec::fixture;

#[test]
fn the_model_says_what_every_golden_transcript_says() {
    let mut odd = Vec::new();
    for fixture in fixture::built_in().unwrap_or_else(|error| panic!("{error}")) {
        let expected = expect(&Dialect::tutorial(), &Stimuli::of(&fixture.scenario));
        if expected.in_one_notation() != fixture.scenario.transcript.in_one_notation() {
            odd.push(format!("{}\nthe fixture says\n{}the model says\n{expected}", fixture.file, fixture.scenario.transcript));
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}
