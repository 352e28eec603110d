//! The transcript notation: parsing and printing are exact inverses, and every mistake has an error of its own.

use proptest::prelude::*;
use sockspec::bytes::{Bytes, Item};
use sockspec::rule::{RULES, Rule};
use sockspec::transcript::{Control, End, Given, Peer, Role, Scenario, Step, Transcript, Wire};
use std::fs;
use std::path::Path;

/// Bytes that break notations: quotes, escapes, controls, halves of characters, what looks like the notation itself.
fn string() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..12),
        proptest::collection::vec(prop::sample::select(&b"\"\\ +*\n\t\rxn09\xe4\xb8\xad\xff"[..]), 0..12),
        "\\PC{0,6}".prop_map(String::into_bytes),
        Just("收到客户端信息：ex\n".into()),
    ]
}

fn bytes() -> impl Strategy<Value = Bytes> {
    let item = (string(), 1usize..4).prop_map(|(string, times)| Item { times: if string.is_empty() { 1 } else { times }, string });
    proptest::collection::vec(item, 1..4).prop_map(Bytes::sum)
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

fn step() -> impl Strategy<Value = Step> {
    let peer = prop_oneof![Just(Peer::Client), Just(Peer::Client2), Just(Peer::Server)];
    let wire =
        prop_oneof![bytes().prop_map(Wire::Bytes), bytes().prop_map(Wire::Burst), Just(Wire::Fin), Just(Wire::Reset), Just(Wire::Closes),];
    let control = prop_oneof![Just(Control::Start), Just(Control::Kill), Just(Control::Stop), Just(Control::Continue)];
    let end = prop_oneof![any::<u8>().prop_map(End::Exits), Just(End::ExitsNonzero), (1..=64).prop_map(End::Dies), Just(End::Runs)];
    prop_oneof![
        (peer, wire).prop_map(|(peer, wire)| Step::Wire(peer, wire)),
        prop_oneof![Just(Peer::Client), Just(Peer::Client2)].prop_map(|peer| Step::Wire(peer, Wire::Connect)),
        Just(Step::Pause),
        Just(Step::Resume),
        bytes().prop_map(Step::Typed),
        Just(Step::TypedEof),
        (control, role()).prop_map(|(control, role)| Step::Control(control, role)),
        (role(), bytes()).prop_map(|(role, bytes)| Step::Printed(role, bytes)),
        (role(), bytes()).prop_map(|(role, bytes)| Step::PrintedAnyCut(role, bytes)),
        (role(), bytes()).prop_map(|(role, bytes)| Step::Complained(role, bytes)),
        role().prop_map(Step::Idle),
        role().prop_map(Step::Busy),
        (role(), end).prop_map(|(role, end)| Step::Ends(role, end)),
    ]
}

proptest! {
    #[test]
    fn printing_and_parsing_a_transcript_gives_it_back(steps in proptest::collection::vec(step(), 0..8)) {
        let transcript = Transcript { steps };
        prop_assert_eq!(Transcript::parse(&transcript.to_string()), Ok(transcript));
    }

    #[test]
    fn parsing_and_printing_a_text_gives_it_back_or_refuses_it(lines in proptest::collection::vec(
        prop_oneof![step().prop_map(|step| step.to_string()), "client: [ -~]{0,12}", "\\PC{0,20}", "(server|client)[:<>!] \"[\\\\xnt\"0-9a-f]{0,8}\""], 0..4,
    )) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        if let Ok(transcript) = Transcript::parse(&text) {
            prop_assert_eq!(transcript.to_string(), text);
        }
    }

    #[test]
    fn compact_bytes_are_the_same_bytes(bytes in prop_oneof![
        string(),
        (string(), 1usize..300, string()).prop_map(|(a, n, b)| [a.repeat(n), b].concat()),
    ]) {
        let compact = Bytes::compact(&bytes);
        prop_assert_eq!(compact.to_vec(), bytes);
        let step = Step::Typed(compact);
        prop_assert_eq!(Transcript::parse(&format!("{step}\n")), Ok(Transcript { steps: vec![step] }));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*|(title: x\nrule: server/eof\n\n)?(client|server|start|[:<>! \"\\\\x*+\n0-9])*") {
        let _ = Scenario::parse("any", &text);
    }
}

#[test]
fn a_head_is_given_back_too() {
    let scenario = Scenario {
        comments: vec!["Why.".into(), String::new(), "More.".into()],
        title: "a title: with \"anything\" in it".into(),
        rule: Rule::find("server/address-in-use").expect("a rule"),
        givens: vec![Given::PortTaken],
        transcript: Transcript { steps: vec![Step::Ends(Role::Server, End::Exits(1))] },
    };
    assert_eq!(Scenario::parse("x", &scenario.to_string()), Ok(scenario));
}

#[test]
fn a_step_knows_its_line() {
    let text = format!("# a\n# b\ntitle: x\nrule: {}\ngiven: port closed\n\nclient exits 1\n", RULES[30].id);
    let scenario = Scenario::parse("x", &text).expect("a scenario");
    assert_eq!(text.lines().nth(scenario.line_of(0) - 1), Some("client exits 1"));
}

#[test]
fn every_malformed_file_has_its_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/malformed");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "malformed") {
            continue;
        }
        count += 1;
        let name = path.with_extension("transcript").file_name().expect("a name").to_string_lossy().into_owned();
        let error = Scenario::parse(&name, &fs::read_to_string(&path).expect("the file")).expect_err(&name);
        assert_eq!(format!("{error}\n"), fs::read_to_string(path.with_extension("error")).expect("its error"), "{name}");
    }
    assert!(count >= 50, "{count} files");
}
