//! Mistakes in the file: each error names its place and the remedy.

use super::*;

pub fn every_mistake_in_the_file_names_its_place_and_the_remedy() {
    let bob = "[subject.bob]\nrole = \"client\"\ncommand = \"./client\"\n";
    let failure = |text: &str| format!("{bob}[[known-failure]]\n{text}\n");
    for (text, message) in [
        ("strict = ".into(), "1:10: string values must be quoted, expected literal string"),
        ("\"\r\n".into(), "1:2: key with no value"),
        ("strict = \"yes\"\n".into(), "1:10: strict is true or false, without quotes, and not a text"),
        ("jobs = 0\n".into(), "1:8: jobs is a number from 1 to 256"),
        ("jobs = \"2\"\n".into(), "1:8: jobs is a number from 1 to 256, without quotes"),
        ("timeout = 5\n".into(), "1:11: timeout is a text in quotes, and not a number"),
        ("timeout = \"5 lessons\"\n".into(), "1:11: unknown time unit \"lessons\""),
        ("timeout = \"9h\"\n".into(), "1:11: it is between 1ms and 1h"),
        ("limit = \"memory=1GiB\"\n".into(), "1:9: limit is a list of texts in quotes: write limit = [\"memory=4GiB\"]"),
        ("limit = [\"memory=1GiB\",\n  2]\n".into(), "2:3: limit is a list of texts in quotes"),
        ("limit = [\"memroy=1GiB\"]\n".into(), "1:10: there is no limit `memroy`"),
        ("isolation = \"nome\"\n".into(), "1:13: it is auto, namespace, network, address, none, and not `nome`, did you mean `none`?"),
        ("fixtures = \"more\"\n".into(), "1:12: there is no folder `more` here"),
        ("jbos = 2\n".into(), "1:1: unknown key `jbos`, did you mean `jobs`?"),
        ("q = 2\n".into(), "1:1: unknown key `q`: the keys are strict, timeout"),
        ("[subjects.bob]\n".into(), "1:2: unknown key `subjects`, did you mean `subject`?"),
        ("[[subject]]\n".into(), "1:1: each subject has a name: write [subject.NAME]"),
        ("[subject]\nrole = \"client\"\n".into(), "2:1: each subject has a name: write [subject.NAME]"),
        ("[subject.\"a\\nb\"]\n".into(), "1:10: a name is made of letters"),
        ("[subject.-b]\n".into(), "1:10: a name is made of letters"),
        ("[subject.bob]\ncommand = \"./client\"\n".into(), "1:10: role is missing: write role = \"…\" (server or client)"),
        ("[subject.bob]\nrole = \"clinet\"\n".into(), "2:8: a role is server or client, and not `clinet`, did you mean `client`?"),
        ("[subject.bob]\nrole = \"client\"\n".into(), "1:10: command is missing: write command = \"…\" (./a.out)"),
        ("[subject.bob]\nrole = \"client\"\ncommand = \"\"\n".into(), "3:11: the command is empty"),
        ("[subject.bob]\nrole = \"client\"\ncommand = \"'\"\n".into(), "3:11: the command `'` has a quotation mark without"),
        ("[subject.bob]\nrole = \"client\"\ncommand = \"./a {prt}\"\n".into(), "3:11: `{prt}` in the command is not known"),
        ("[subject.bob]\nrole = \"client\"\ncommand = \"./a\"\n".into(), "3:11: the command `./a` does not exist"),
        (format!("{bob}build = \"make '\"\n"), "4:9: the command `make '` has a quotation mark without"),
        (format!("{bob}build = \"make && echo hi\"\n"), "4:9: no shell reads the command, and `&&` would be nothing but a word"),
        (format!("{bob}directory = \"nowhere\"\n"), "4:13: there is no folder `nowhere` here"),
        (format!("{bob}comand = \"./b\"\n"), "4:1: unknown key `comand` of the subject bob, did you mean `command`?"),
        (format!("{bob}strict = true\n"), "4:1: unknown key `strict` of the subject bob: options stand at the beginning"),
        (format!("{bob}[subject.bob]\n"), "4:10: duplicate key"),
        (format!("{bob}[pair.bob]\nserver = \"bob\"\n"), "5:10: `bob` is a client"),
        (format!("{bob}[pair.two]\nserver = \"bbo\"\n"), "5:10: there is no subject `bbo`"),
        (format!("{bob}[pair.two]\n"), "4:7: server is missing"),
        (format!("{bob}[known-failure]\n"), "4:1: this table needs two pairs of brackets: write [[known-failure]]"),
        (failure("rule = \"client/eof\""), "4:1: the reason is missing: say why this failure is accepted, as in reason = \"…\""),
        (failure("rule = \"client/eof\"\nreason = \" \""), "6:10: the reason is missing"),
        (failure("reason = \"later\""), "4:1: the rule is missing: write rule = \"server/restart\", or case ="),
        (failure("rule = \"client/eov\"\nreason = \"later\""), "5:8: there is no rule `client/eov`, did you mean `client/eof`?"),
        (failure("case = \"client/eov\"\nreason = \"later\""), "5:8: no scenario is named `client/eov`, did you mean `client/eof"),
        (failure("case = \"client/eof\"\nreason = \"later\""), "5:8: no scenario is named `client/eof`: it is a rule, so write rule ="),
        (failure("rule = \"client/eof\"\ncase = \"client/eof/a\"\nreason = \"x\""), "6:8: a known failure names a rule or a case"),
        (
            failure("rule = \"client/eof/at-once\"\nreason = \"x\""),
            "5:8: there is no rule `client/eof/at-once`, but it may be a scenario of client/eof: then write case = \"client/eof/at-once\"",
        ),
        (
            failure("rule = \"client/eof\"\nreason = \"x\"\n[[known-failure]]\nsubject = \"bob\"\nrule = \"client/eof\"\nreason = \"y\""),
            "7:1: client/eof is already a known failure, in line 4",
        ),
        (failure("rule = \"server/eof\"\nreason = \"x\""), "5:8: nothing here is judged by `server/eof`: no subject is a server"),
        (failure("rule = \"pair/eof\"\nreason = \"x\""), "5:8: nothing here is judged by `pair/eof`: no two programs talk"),
        (
            failure("subject = \"bob\"\nrule = \"server/eof\"\nreason = \"x\""),
            "6:8: bob is never judged by `server/eof`, which is about the server",
        ),
        (failure("subject = \"boob\"\nrule = \"client/eof\"\nreason = \"x\""), "5:11: there is no subject `boob`, did you mean `bob`?"),
        (failure("rules = \"client/eof\"\nreason = \"x\""), "5:1: unknown key `rules` of a known-failure, did you mean `rule`?"),
    ] {
        let project = ProjectFolder::new(&text);
        let output = project.command(&["check"]).output().expect("it runs");
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(stderr.starts_with(&format!("error: sockspec.toml:{message}")), "{text}\n{stderr}");
        assert!(stderr.trim_end().ends_with('^'), "no mark: {stderr}");
        assert_eq!((output.status.code(), &*stdout), (Some(2), ""), "{text}");
    }
}

pub fn a_file_without_subjects_or_without_text_is_an_error() {
    let project = ProjectFolder::new("strict = true\n");
    project.sockspec(&["check"]).code(2).stderr(contains("sockspec.toml names no program to judge: write [subject.NAME] there"));
    fs::write(project.0.path().join("sockspec.toml"), b"strict = \xff").expect("a file");
    project.sockspec(&["check"]).code(2).stderr(contains("sockspec.toml: invalid utf-8 sequence"));
    fs::remove_file(project.0.path().join("sockspec.toml")).expect("it was there");
    fs::create_dir(project.0.path().join("sockspec.toml")).expect("a folder");
    project.sockspec(&["check"]).code(2).stderr(contains("sockspec.toml: Is a directory"));
}
