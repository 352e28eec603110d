//! A server with many clients: what each got, on each of its connections, and what the server keeps of them.

use super::*;

const TWO: &str = r#"client: connect; client2: connect; client: "a"; server: "A"; client2: "b"; server to client2: "B"; client: fin"#;

#[test]
fn what_each_client_got_is_compared_by_itself() {
    passes("server/silent", TWO, TWO);
    // Pieces, and their order among clients, do not matter.
    let pieces = r#"client: connect; client2: connect; client: "a"; client2: "b"; server to client2: "B"; server: "A"; client: fin"#;
    passes("server/silent", TWO, pieces);
    let swapped = TWO.replace("\"A\"", "\"x\"").replace("\"B\"", "\"A\"").replace("\"x\"", "\"B\"");
    fails("server/silent", TWO, &swapped, r#"the first client got "B" where "A" was expected"#);
    fails("server/silent", TWO, &TWO.replace(r#"server to client2: "B"; "#, ""), r#"the second client did not get "B""#);
    fails("server/silent", TWO, &TWO.replace("\"B\"", "\"BB\""), r#"the second client got "B" too much"#);
    let line = TWO.replace("\"B\"", r#""B\n""#);
    fails("server/silent", &line, TWO, r#"the second client did not get the newline at the end of "B\n""#);
    // What is missing is told before what is too much.
    let other = TWO.replace(r#"server: "A""#, r#"server: "AA""#).replace(r#"server to client2: "B"; "#, "");
    fails("server/silent", TWO, &other, r#"the second client did not get "B""#);
    let third = r#"client3: connect; server to client3: "B""#;
    fails("server/silent", TWO, &format!("{TWO}; {third}"), r#"the third client got "B" too much"#);
}

#[test]
fn the_places_of_a_difference_are_those_of_this_client() {
    let seen = TWO.replace("\"B\"", "\"b\"");
    assert_eq!(difference("server/silent", TWO, &seen), [Some((5, 0)), Some((5, 0))]);
    let missing = TWO.replace(r#"server to client2: "B"; "#, "");
    assert_eq!(difference("server/silent", TWO, &missing), [Some((5, 0)), None]);
}

#[test]
fn a_client_that_connects_again_is_judged_by_connection() {
    let turns = r#"client: connect; client: "a"; server: "A"; client: fin; client: connect; client: "b"; server: "B"; client: fin"#;
    passes("server/silent", turns, turns);
    // As one stream, both are the same.
    let late = r#"client: connect; client: "a"; client: fin; client: connect; server: "A"; client: "b"; server: "B"; client: fin"#;
    fails("server/silent", turns, late, r#""A" was not sent"#);
    let wrong = turns.replace("\"B\"", "\"b\"");
    fails("server/silent", turns, &wrong, r#"the first client in its second connection got "b" where "B" was expected"#);
}

#[test]
fn every_demanded_closing_counts() {
    let expected = r#"client: connect; client2: connect; client: "exit"; server: closes; client2: "exit"; server to client2: fin"#;
    passes("server/hang-up", expected, &expected.replace("server: closes", "server: reset"));
    fails("server/hang-up", expected, &expected.replace("; server: closes", ""), "it did not close its connection with the first client");
    fails(
        "server/hang-up",
        expected,
        &expected.replace("; server to client2: fin", ""),
        "it did not close its connection with the second client",
    );
    let reset = expected.replace("client2: fin", "client2: reset");
    fails("server/hang-up", expected, &reset, "it ended its stream with the second client with a reset, expected a FIN");
    // A closing that is not demanded is not judged.
    passes("server/hang-up", &expected.replace("; server to client2: fin", ""), &reset);
}

#[test]
fn a_server_that_keeps_something_is_noted_where_no_rule_judges_it() {
    let expected = "client: connect; client: fin; server tidy; client: connect; client: fin; server tidy";
    passes("server/silent", expected, expected);
    let seen = expected.replacen("; server tidy", "; server keeps 3 descriptors, 1 threads, 0 processes, 2 stacks", 2).replacen(
        "server keeps 3 descriptors, 1 threads, 0 processes, 2 stacks",
        "server tidy",
        1,
    );
    let found = finding("server/silent", expected, &seen, &[], &Dialect::tutorial());
    let note = "it keeps 3 descriptors, 1 thread and 2 stacks of threads that have ended more than before its clients came and went";
    assert_eq!((found.verdict, &found.notes[..]), (Verdict::Pass, &[note.to_owned()][..]));
    // What was not measured proves nothing.
    let unmeasured = expected.strip_suffix("; server tidy").expect("the end");
    let message = "the conversation could not be played beyond `server tidy`";
    assert_eq!(verdict("server/silent", expected, unmeasured, &[]), (Verdict::Inconclusive, message.into()));
}
