//! The transcript notation. Parsing and printing are exact inverses, and every mistake has its own error message.

use proptest::prelude::*;
use sockspec::spec::bytes::{Bytes, Item, excerpt, is_printable};
use sockspec::spec::role::Role;
use sockspec::spec::rule::Rule;
use sockspec::spec::transcript::{Control, End, Excess, Given, MOST_CLIENTS, Peer, Scenario, Step, Transcript, Wire};
use std::fs;
use std::path::Path;

/// Random bytes that are hard to write down: quotes, escapes, control bytes, halves of characters, and text that looks like the notation.
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
    let other = 2..=MOST_CLIENTS;
    let client = prop_oneof![Just(Peer::Client), other.clone().prop_map(Peer::Other)];
    let peer = prop_oneof![client.clone(), Just(Peer::Server)];
    let to_other = prop_oneof![bytes().prop_map(Wire::Bytes), Just(Wire::Fin), Just(Wire::Reset), Just(Wire::Closes)];
    let excess = (any::<usize>(), 0usize..3, 0usize..3, 0usize..3).prop_map(|(descriptors, threads, processes, stacks)| Excess {
        descriptors,
        threads,
        processes,
        stacks,
    });
    let wire =
        prop_oneof![bytes().prop_map(Wire::Bytes), bytes().prop_map(Wire::Burst), Just(Wire::Fin), Just(Wire::Reset), Just(Wire::Closes),];
    let passed_on = prop_oneof![bytes().prop_map(Wire::Bytes), bytes().prop_map(Wire::Burst), Just(Wire::Fin), Just(Wire::Reset)];
    let control = prop_oneof![Just(Control::Start), Just(Control::Kill), Just(Control::Stop), Just(Control::Continue)];
    let end = prop_oneof![any::<u8>().prop_map(End::Exits), Just(End::ExitsNonzero), (1..=64).prop_map(End::Dies), Just(End::Runs)];
    prop_oneof![
        (peer.clone(), wire).prop_map(|(peer, wire)| Step::Wire(peer, wire)),
        (other, to_other).prop_map(|(client, wire)| Step::ToOther(client, wire)),
        passed_on.prop_map(|wire| Step::Wire(Peer::Relay, wire)),
        client.prop_map(|peer| Step::Wire(peer, Wire::Connect)),
        peer.clone().prop_map(Step::Pause),
        peer.prop_map(Step::Resume),
        Just(Step::Silence),
        (role(), bytes()).prop_map(|(role, bytes)| Step::Typed(role, bytes)),
        role().prop_map(Step::TypedEof),
        (control, role()).prop_map(|(control, role)| Step::Control(control, role)),
        (role(), bytes()).prop_map(|(role, bytes)| Step::Printed(role, bytes)),
        (role(), bytes()).prop_map(|(role, bytes)| Step::PrintedAnyCut(role, bytes)),
        (role(), bytes()).prop_map(|(role, bytes)| Step::Complained(role, bytes)),
        role().prop_map(Step::Idle),
        role().prop_map(Step::Busy),
        Just(Step::Tidy),
        excess.prop_map(Step::Keeps),
        (role(), end).prop_map(|(role, end)| Step::Ends(role, end)),
    ]
}

proptest! {
    #[test]
    fn a_printed_transcript_parses_to_the_same_transcript(steps in proptest::collection::vec(step(), 0..8)) {
        let transcript = Transcript { steps };
        prop_assert_eq!(Transcript::parse(&transcript.to_string()), Ok(transcript));
    }

    #[test]
    fn a_parsed_text_prints_as_the_same_text(lines in proptest::collection::vec(
        prop_oneof![
            step().prop_map(|step| step.to_string()),
            "client: [ -~]{0,12}",
            "\\PC{0,20}",
            "(server|client|relay)[:<>!] \"[\\\\xnt\"0-9a-f]{0,8}\"",
            "(server to )?client[0-9]{0,4}: (connect|fin|pause|\"x\")",
            "server (keeps [ 0-9a-z,+]{0,50}|tidy)",
        ],
        0..4,
    )) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        if let Ok(transcript) = Transcript::parse(&text) {
            prop_assert_eq!(transcript.to_string(), text);
        }
    }

    #[test]
    fn compacting_bytes_does_not_change_them(bytes in prop_oneof![
        string(),
        (string(), 1usize..300, string()).prop_map(|(a, n, b)| [a.repeat(n), b].concat()),
    ]) {
        let compact = Bytes::compact(&bytes);
        prop_assert_eq!(compact.to_vec(), bytes);
        let step = Step::Typed(Role::Client, compact);
        prop_assert_eq!(Transcript::parse(&format!("{step}\n")), Ok(Transcript { steps: vec![step] }));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*|(title: x\nrule: server/eof\n\n)?(client|server|start|[:<>! \"\\\\x*+\n0-9])*") {
        let _ = Scenario::parse("any", &text);
    }
}

#[test]
fn a_parsed_head_prints_as_the_same_text() {
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
fn a_step_knows_its_line_in_the_file() {
    let text = "# a\n# b\ntitle: x\nrule: client/idle\ngiven: port closed\n\nclient idle\nclient exits 1\n";
    let scenario = Scenario::parse("x", text).expect("a scenario");
    assert_eq!(text.lines().nth(scenario.line_of(0) - 1), Some("client idle"));
    assert_eq!(text.lines().nth(scenario.line_of(1) - 1), Some("client exits 1"));
}

#[test]
fn every_malformed_file_gives_its_recorded_error() {
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

#[track_caller]
fn compacts(bytes: &[u8], text: &str) {
    assert_eq!(Bytes::compact(bytes).to_string(), text);
}

#[test]
fn only_long_repetitions_are_compacted() {
    compacts(&b"x".repeat(64), r#""x" * 64"#);
    compacts(&b"x".repeat(63), &format!("{:?}", "x".repeat(63)));
    compacts(&b"ab".repeat(32), r#""ab" * 32"#);
    compacts(&[b"<", &b"ab".repeat(40)[..], b"a>"].concat(), r#""<" + "ab" * 40 + "a>""#);
    // A piece must repeat at least four times, and be at most 128 bytes long.
    let alphabet = "abcdefghijklmnopqrstuvwxyz";
    compacts(alphabet.repeat(4).as_bytes(), r#""abcdefghijklmnopqrstuvwxyz" * 4"#);
    let nearly = &alphabet.repeat(4)[1..];
    compacts(nearly.as_bytes(), &format!("{nearly:?}"));
    let thrice = format!("{}0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", alphabet.repeat(3));
    compacts(thrice.as_bytes(), &format!("{thrice:?}"));
    let long: Vec<u8> = (0x30..0xb0).collect();
    assert!(Bytes::compact(&long.repeat(4)).to_string().ends_with(" * 4"));
    let longer: Vec<u8> = (0x30..0xb1).collect();
    assert!(!Bytes::compact(&longer.repeat(4)).to_string().contains(" * "));
}

#[test]
fn an_excerpt_is_cut_after_a_number_of_characters() {
    assert_eq!(excerpt("收到".as_bytes(), 4), r#""收到""#);
    assert_eq!(excerpt("收到".as_bytes(), 3), r#""收到… (6 bytes)"#);
    assert_eq!(excerpt(&[b'x'; 1000], 60), r#""x" * 1000"#);
    assert_eq!(excerpt(&[b'x'; 65536], 60), r#""x" * 65536"#);
    assert_eq!(excerpt(&[b'x'; 65537], 60), r#""x" * 65536… (65537 bytes)"#);
}

#[test]
fn only_recognisable_characters_are_printed_unescaped() {
    let stand_for_themselves = " ~\u{a1}\u{ac}\u{ae}\u{24f}\u{3001}\u{303f}\u{4e00}\u{9fff}\u{ff01}\u{ff60}";
    assert_eq!(Bytes::literal(stand_for_themselves.as_bytes()).to_string(), format!("\"{stand_for_themselves}\""));
    for other in "\u{1f}\u{7f}\u{a0}\u{ad}\u{250}\u{3000}\u{3040}\u{4dff}\u{a000}\u{ff00}\u{ff61}".chars() {
        assert!(!is_printable(other), "{other:?}");
    }
}

/// Whether this text is a valid step.
fn is_step(step: &str) -> bool {
    Transcript::parse(&format!("{step}\n")).is_ok()
}

#[test]
fn numbers_in_steps_have_bounds() {
    assert!(is_step("server exits 255") && !is_step("server exits 256"));
    assert!(is_step("server dies by SIGHUP") && is_step("server dies by SIGSYS"));
    assert!(is_step("server dies by SIG32") && is_step("server dies by SIG64"));
    assert!(!is_step("server dies by SIG31") && !is_step("server dies by SIG65"));
    assert!(is_step(r#"client: "x" * 2"#) && !is_step(r#"client: "x" * 1"#));
    assert!(is_step(r#"client: "x" * 67108864"#) && !is_step(r#"client: "x" * 67108865"#));
    assert!(is_step(r#"client: "xx" * 33554432"#) && !is_step(r#"client: "xx" * 33554432 + "x""#));
}

/// Whether a scenario of this rule may contain this step.
fn may_have(rule: &str, step: &str) -> bool {
    Scenario::parse("x", &format!("title: x\nrule: {rule}\n\n{step}\n")).is_ok()
}

#[test]
fn a_segment_fits_into_one_recv() {
    assert!(may_have("server/eof", r#"client: "x" * 32741"#) && !may_have("server/eof", r#"client: "x" * 32742"#));
    assert!(may_have("client/eof", r#"server: "x" * 32741"#) && !may_have("client/eof", r#"server: "x" * 32742"#));
    assert!(may_have("server/eof", r#"client: burst "x" * 32742"#));
    assert!(may_have("server/eof", r#"server: "x" * 32742"#));
}

#[test]
fn each_kind_of_subject_allows_its_own_steps() {
    for step in [
        "client2: connect",
        "client200: connect",
        "client: pause",
        "client: resume",
        "server tidy",
        r#"client: burst "x""#,
        "start server",
        "server idle",
        r#"server> any cut of "x""#,
    ] {
        assert!(may_have("server/eof", step) && !may_have("client/eof", step), "{step}");
    }
    for step in [r#"client< "x""#, "client< eof", "server: pause", "server: resume", r#"server: burst "x""#, "kill client"] {
        assert!(may_have("client/eof", step) && !may_have("server/eof", step), "{step}");
    }
}

/// Whether a scenario of a server may contain these steps.
fn may_be_played(steps: &str) -> bool {
    let lines: String = steps.split("; ").map(|step| format!("{step}\n")).collect();
    Scenario::parse("x", &format!("title: x\nrule: server/eof\n\n{lines}")).is_ok()
}

#[test]
fn a_client_connects_before_it_acts_and_again_after_its_end() {
    for end in ["client: fin", "client: reset", "client: closes", "server: fin", "server: closes", "server exits 0; start server"] {
        assert!(may_be_played(&format!("client: connect; {end}; client: connect")), "{end}");
    }
    assert!(!may_be_played("client: connect; client: connect"));
    assert!(!may_be_played("client: connect; client2: connect; client2: fin; client: connect"));
    for end in ["client2: fin", "client2: reset", "server to client2: closes", "server to client2: reset", "start server"] {
        assert!(may_be_played(&format!("client2: connect; {end}; client2: connect")), "{end}");
    }
    assert!(!may_be_played("client2: connect; server: fin; client2: connect"));
    for step in [r#"client2: "x""#, "client2: fin", "client2: pause", r#"server to client2: "x""#, "server to client2: closes"] {
        assert!(may_be_played(&format!("client2: connect; {step}")), "{step}");
        assert!(!may_be_played(&format!("client3: connect; {step}")), "{step}");
    }
}

#[test]
fn the_error_mark_points_at_the_mistake_in_a_long_line() {
    let marked = |line: &str| {
        let error = Transcript::parse(&format!("{line}\n")).expect_err("a mistake").to_string();
        let shown = error.lines().nth(2).and_then(|shown| shown.strip_prefix("1 | ")).expect("the line").to_owned();
        let mark = error.lines().nth(3).and_then(|mark| mark.strip_prefix("  | ")).and_then(|mark| mark.find('^')).expect("the mark");
        (shown, mark)
    };
    assert_eq!(marked(r#"client: "ab" and more"#), (r#"client: "ab" and more"#.into(), 12));
    let long = format!(r#"client: "{}" and {}"#, "0123456789".repeat(20), "more ".repeat(20));
    let (shown, mark) = marked(&long);
    assert_eq!((shown.len(), &shown[mark - 2..mark + 4]), (100, "9\" and"));
}
