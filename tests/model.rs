//! The model of a right program says exactly what the golden transcripts say.

use sockspec::model::expectation::expect;
use sockspec::model::stimuli::Stimuli;
use sockspec::model::translation::translate;
use sockspec::spec::dialect::{Dialect, Values};
use sockspec::spec::fixture;
use sockspec::spec::transcript::Scenario;

#[test]
fn the_model_says_what_every_golden_transcript_says() {
    let mut odd = Vec::new();
    for fixture in fixture::all_built_in().unwrap_or_else(|error| panic!("{error}")) {
        let dialect = fixture.words.as_deref().cloned().unwrap_or_default();
        let expected = expect(&dialect, &Stimuli::of(&fixture.scenario, &dialect));
        if expected.in_one_notation() != fixture.scenario.transcript.in_one_notation() {
            odd.push(format!("{}\nthe fixture says\n{}the model says\n{expected}", fixture.file, fixture.scenario.transcript));
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

fn english() -> Dialect {
    let (server_greeting, prefix, farewell_at_token) = (b"connected\n".to_vec(), b"got: ".to_vec(), b"bye\n".to_vec());
    Dialect { server_greeting, prefix, farewell_at_token, ..Dialect::tutorial() }
}

#[track_caller]
fn scenario(rule: &str, steps: &str) -> Scenario {
    Scenario::parse("test", &format!("title: a test\nrule: {rule}\n\n{steps}")).unwrap_or_else(|error| panic!("{error}"))
}

const HELLO: &str = "client: connect
server> \"客户端成功连接\\n\"
client: \"hello\"
server> \"收到客户端信息：hello\\n\"
client: \"exit\"
server exits 0
";

#[test]
fn a_scenario_is_translated_into_the_words_of_a_program() {
    let translated = translate(&english(), &Dialect::tutorial(), &scenario("server/exit-token", HELLO), None, &Values::default())
        .expect("it demands what the tutorial demands");
    let expected = "client: connect
server> \"connected\\n\"
client: \"hello\"
server> \"got: hello\\n\"
client: \"exit\"
server> \"bye\\n\"
server exits 0
";
    assert_eq!(translated.to_string(), expected);
    // What was found with such a program is written in its words.
    let again = translate(&english(), &Dialect::tutorial(), &scenario("server/exit-token", expected), None, &Values::default())
        .expect("it is translated already");
    assert_eq!(again, translated);
}

#[test]
fn a_scenario_that_demands_something_else_has_no_meaning_in_other_words() {
    let odd = scenario("server/exit-token", &HELLO.replace("：hello", "：HELLO"));
    assert_eq!(translate(&Dialect::tutorial(), &Dialect::tutorial(), &odd, None, &Values::default()).as_ref(), Ok(&odd.transcript));
    let error =
        translate(&english(), &Dialect::tutorial(), &odd, None, &Values::default()).expect_err("no server of the tutorial prints that");
    assert!(
        error.contains("says `server> \"收到客户端信息：HELLO\\n\"` where a right program does `server> \"收到客户端信息：hello\\n\"`"),
        "{error}"
    );
}
