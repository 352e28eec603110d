//! Programs of other courses, judged with `--dialect`.

mod programs;
mod schemas;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};
use sockspec::spec::dialect::Dialect;
use sockspec::spec::rule::{RULES, Rule};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

programs::tests! {
    a_right_pair_of_another_course_meets_every_rule("python3"),
    a_wrong_program_is_explained_in_the_words_of_its_course("python3"),
    a_program_of_the_tutorial_does_not_meet_another_course,
    rules_and_scenarios_speak_the_words_of_the_course,
    a_rule_that_means_nothing_does_not_apply("python3"),
    the_project_file_names_a_dialect_for_all_or_for_one_subject("python3"),
    a_saved_failure_is_replayed_in_its_dialect("python3"),
    a_new_scenario_is_completed_in_the_words_of_the_course("python3"),
    every_right_program_of_a_built_in_dialect_conforms("python3", "node", "go", "javac"),
    every_wrong_program_of_a_built_in_dialect_breaks_the_rule_of_its_head("python3", "node", "go", "javac"),
    a_search_judges_programs_of_a_built_in_dialect("python3"),
    every_mistake_in_a_file_names_its_place_and_the_remedy,
    the_files_of_the_topic_are_five_courses_and_the_first_is_that_of_these_tests,
    the_schema_has_the_keys_and_choices_of_the_parser,
    the_schema_describes_each_key_and_has_the_defaults_of_the_tutorial,
    every_right_dialect_is_valid_under_the_schema,
    every_unknown_key_and_every_wrong_choice_is_refused_by_the_schema,
}

/// The course of `tests/programs/dialects/networks`.
const COURSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/dialects/networks/course.toml");

fn program(name: &str) -> String {
    programs::command(&format!("dialects/networks/{name}"))
}

/// Runs sockspec in a folder.
fn sockspec(folder: &Path, arguments: &[&str]) -> Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.current_dir(folder).args(arguments).env_remove("GITHUB_ACTIONS").env_remove("CI");
    if matches!(arguments[0], "check" | "fuzz") {
        command.args(programs::isolation_arguments());
    }
    command.assert()
}

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a report")).expect("JSON")
}

fn a_right_pair_of_another_course_meets_every_rule() {
    let folder = folder();
    let (server, client) = (program("server.py"), program("client.c"));
    let report = folder.path().join("report.json");
    let to = format!("json={}", report.display());
    sockspec(folder.path(), &["check", "--dialect", COURSE, "--server", &server, "--client", &client, "--strict", "--report", &to]).code(0);
    let report = json(&report);
    assert_eq!(report["runs"][0]["dialect"]["name"], "Networks 101");
    let rules: std::collections::HashSet<&str> =
        report["cases"].as_array().expect("cases").iter().filter_map(|case| case["rule"].as_str()).collect();
    let course = Dialect::load(Path::new(COURSE)).expect("a dialect");
    let applies = |rule: &&Rule| rule.inapplicable(&course).is_none();
    assert_eq!(rules.len(), RULES.iter().filter(applies).count());
    sockspec(folder.path(), &["fuzz", "--dialect", COURSE, "--server", &server, "--cases", "60", "--seed", "5"]).code(0);
    sockspec(folder.path(), &["fuzz", "--dialect", COURSE, "--client", &client, "--cases", "60", "--seed", "5"]).code(0);
}

fn a_wrong_program_is_explained_in_the_words_of_its_course() {
    let folder = folder();
    let server = program("prefix-token.py");
    let report = folder.path().join("report.xml");
    let to = format!("junit={}", report.display());
    let arguments = ["check", "--dialect", COURSE, "--server", &server, "--report", "human", "--report", &to];
    let told = sockspec(folder.path(), &arguments).code(1);
    told.stdout(contains("dialect: Networks 101"))
        .stdout(contains("Your server compares only the first 7 bytes of a message with `goodbye`, so it also ends at\n`goodbyes`."))
        .stdout(contains("\"Received: goodbyes\\n\""))
        .stdout(contains(format!("--dialect {COURSE}")))
        .stdout(contains("`exit`").not());
    assert!(fs::read_to_string(report).expect("a report").contains("<property name=\"dialect\" value=\"Networks 101\"/>"));
}

fn a_program_of_the_tutorial_does_not_meet_another_course() {
    let server = programs::command("right/server.c");
    sockspec(folder().path(), &["check", "--dialect", COURSE, "--server", &server])
        .code(1)
        .stdout(contains("server/listen"))
        .stdout(contains("127.0.0.1:9000"));
}

fn rules_and_scenarios_speak_the_words_of_the_course() {
    let folder = folder();
    sockspec(folder.path(), &["list", "--dialect", COURSE])
        .code(0)
        .stdout(contains("prints `Client connected` and a newline"))
        .stdout(contains("`GOODBYE`"))
        .stdout(contains("`exit`").not());
    sockspec(folder.path(), &["explain", "--dialect", COURSE, "server/exit-split/in-the-middle"])
        .code(0)
        .stdout(contains("client: \"goo\""))
        .stdout(contains("server> \"Received: dbye\\n\""));
    sockspec(folder.path(), &["explain", "--dialect", COURSE, "no-htons"]).code(0).stdout(contains("htons(9000)"));
    sockspec(folder.path(), &["list", "--dialect", "tutorial"]).code(0).stdout(contains("`exit`"));
    sockspec(folder.path(), &["list", "--dialect", "tutoral"]).code(2).stderr(contains("did you mean `tutorial`"));
}

fn a_rule_that_means_nothing_does_not_apply() {
    let folder = folder();
    let course = fs::read_to_string(COURSE).expect("a file").replace("goodbye", "q");
    fs::write(folder.path().join("q.toml"), course).expect("writes");
    let server = fs::read_to_string(program("server.py").split_whitespace().last().expect("a file")).expect("a program");
    fs::write(folder.path().join("server.py"), server.replace("goodbye", "q")).expect("writes");
    let why = "server/exit-split does not apply: a token of one byte cannot be cut";
    sockspec(folder.path(), &["check", "--dialect", "q.toml", "--server", "python3 server.py"])
        .code(0)
        .stdout(contains("rules do not apply in this dialect"));
    sockspec(folder.path(), &["check", "--dialect", "q.toml", "--server", "python3 server.py", "--all"]).code(0).stdout(contains(why));
    sockspec(folder.path(), &["check", "--dialect", "q.toml", "--server", "python3 server.py", "server/exit-split"])
        .code(2)
        .stderr(contains("server/exit-split does not apply in the dialect Networks 101: a token of one byte cannot be cut"));
    sockspec(folder.path(), &["list", "--dialect", "q.toml", "server/exit-split"]).code(0).stdout(contains("does not apply"));
}

fn the_project_file_names_a_dialect_for_all_or_for_one_subject() {
    let folder = folder();
    let right = programs::command("right/server.c");
    let file = format!(
        "[subject.theirs]\nrole = \"server\"\ncommand = '{}'\ndialect = '{COURSE}'\n\n[subject.ours]\nrole = \"server\"\ncommand = '{right}'\n",
        program("server.py")
    );
    fs::write(folder.path().join("sockspec.toml"), &file).expect("writes");
    sockspec(folder.path(), &["check", "server/greeting", "--report", "json=both.json"]).code(0);
    let report = json(&folder.path().join("both.json"));
    assert_eq!(["theirs", "ours"].map(|name| dialect_of(&report, name)), ["Networks 101", "tutorial"]);
    // Above the tables, it is for all that have none of their own.
    fs::write(folder.path().join("sockspec.toml"), format!("dialect = '{COURSE}'\n{}", file.replacen("dialect = ", "# ", 1)))
        .expect("writes");
    sockspec(folder.path(), &["check", "server/greeting", "--report", "json=all.json"]).code(1);
    let report = json(&folder.path().join("all.json"));
    assert_eq!(["theirs", "ours"].map(|name| dialect_of(&report, name)), ["Networks 101", "Networks 101"]);
}

fn dialect_of(report: &Value, subject: &str) -> String {
    let runs = report["runs"].as_array().expect("runs");
    let run = runs.iter().find(|run| run["name"] == subject).expect("a run of this subject");
    run["dialect"]["name"].as_str().expect("a name").to_owned()
}

fn a_saved_failure_is_replayed_in_its_dialect() {
    let folder = folder();
    let server = program("prefix-token.py");
    sockspec(folder.path(), &["fuzz", "--dialect", COURSE, "--server", &server, "--seed", "1", "--save", "found"]).code(1);
    let saved = sockspec(folder.path(), &["check", "--dialect", COURSE, "--server", &server, "--fixtures", "found", "seed-1"]);
    saved.code(1).stdout(contains("goodbye"));
    let right = program("server.py");
    sockspec(folder.path(), &["check", "--dialect", COURSE, "--server", &right, "--fixtures", "found", "seed-1"]).code(0);
}

fn a_new_scenario_is_completed_in_the_words_of_the_course() {
    let folder = folder();
    let server = program("server.py");
    sockspec(folder.path(), &["new-fixture", "server/exit-token", "mine", "--fixtures", "more", "--dialect", COURSE]).code(0);
    sockspec(folder.path(), &["check", "--dialect", COURSE, "--server", &server, "--fixtures", "more", "--bless"]).code(0);
    let written = fs::read_to_string(folder.path().join("more/server/exit-token/mine.transcript")).expect("a scenario");
    assert!(written.contains("client: \"goodbye\"\nserver> \"Client left\\n\"\nserver exits 0\n"), "{written}");
    sockspec(folder.path(), &["check", "--dialect", COURSE, "--server", &server, "--fixtures", "more", "mine"]).code(0);
    // A program with other texts than the course records nothing.
    let other = format!("sh -c '{} | sed -u s/left/gone/'", server.replace('\'', ""));
    sockspec(folder.path(), &["check", "--dialect", COURSE, "--server", &other, "--fixtures", "more", "--bless"])
        .code(2)
        .stderr(contains("has other texts than the dialect Networks 101"));
}

/// The programs of a built-in dialect: the right ones, and the wrong ones.
fn programs_of(dialect: &str) -> (Vec<String>, Vec<String>) {
    programs::right_and_wrong(&format!("dialects/{dialect}"))
}

fn dialects_with_programs() -> impl Iterator<Item = &'static str> {
    Dialect::names().filter(|name| *name != "tutorial")
}

fn every_right_program_of_a_built_in_dialect_conforms() {
    for dialect in dialects_with_programs() {
        let (right, _) = programs_of(dialect);
        let of = |role: &str| right.iter().filter(|program| program.contains(&format!("/{role}."))).cloned().collect::<Vec<_>>();
        let (servers, clients) = (of("server"), of("client"));
        assert!(servers.len() >= 3 && clients.len() >= 3, "{dialect}: {right:?}");
        for (server, client) in programs::todays_share(servers.iter().zip(&clients), 3) {
            let commands = [programs::command(server), programs::command(client)];
            sockspec(folder().path(), &["check", "--dialect", dialect, "--server", &commands[0], "--client", &commands[1], "--strict"])
                .code(0)
                .stdout(contains("the pair conforms"));
        }
    }
}

fn every_wrong_program_of_a_built_in_dialect_breaks_the_rule_of_its_head() {
    for dialect in dialects_with_programs() {
        let (_, wrong) = programs_of(dialect);
        assert!(wrong.len() >= 4, "{dialect}: {wrong:?}");
        for program in programs::todays_share(wrong, 3) {
            let rule = programs::broken_rule(&program);
            let role = format!("--{}", Rule::find(&rule).unwrap_or_else(|| panic!("{program}: {rule}")).subject());
            sockspec(folder().path(), &["check", "--dialect", dialect, &role, &programs::command(&program), "--strict", &rule])
                .code(1)
                .stdout(contains(format!("does not conform: {rule}")).or(contains(format!("warnings: {rule}"))));
        }
    }
}

fn a_search_judges_programs_of_a_built_in_dialect() {
    for dialect in dialects_with_programs() {
        for role in ["server", "client"] {
            let command = programs::command(&format!("dialects/{dialect}/{role}.py"));
            let arguments = ["fuzz", "--dialect", dialect, &format!("--{role}"), &command, "--cases", "40", "--seed", "3"];
            sockspec(folder().path(), &arguments).code(0);
        }
    }
}

/// Each mistake in the text of a file, its line, and a part of the message.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("nmae = \"x\"", 1, "unknown key `nmae`, did you mean `name`?"),
    ("name = \"x\"\n[server]\ngreting = \"x\"", 3, "unknown key `greting` of [server], did you mean `greeting`?"),
    ("[server]\ntoken = \"x\"", 2, "unknown key `token` of [server]: options stand at the beginning of the file, above the first [table]"),
    ("[client]\nfarewell = \"x\"", 2, "unknown key `farewell` of [client]"),
    ("name = \"\"", 1, "a name is one line of text"),
    ("address = \"9000\"", 1, "an address is 127.0.0.1 and a port: write address = \"127.0.0.1:9000\""),
    ("address = \"0.0.0.0:9000\"", 1, "programs are judged at 127.0.0.1"),
    ("address = \"127.0.0.1:80\"", 1, "only root may use a port below 1024"),
    ("address = 9000", 1, "address is a text in quotes, and not a number"),
    ("buffer = \"1024\"", 1, "buffer is a number from 16 to 65536, without quotes"),
    ("buffer = 4", 1, "buffer is a number from 16 to 65536"),
    ("[server]\nreply = \"{nul}{message}\"", 2, "{nul} stands at the end of what a program sends"),
    ("[server]\nmessage = \"{message}{nul}\"", 2, "{nul} stands at the end of what a program sends: in sends, reply or welcome"),
    ("[client]\nsends = \"{message}{pad}\"", 2, "{pad} stands at the end of what a program sends"),
    ("[client]\nsends = \"{message}{pad x}\"", 2, "{pad} has a number of bytes: write {pad 80}"),
    ("[client]\nsends = \"{message}{pad 1}\"", 2, "{pad} is a number of bytes from 2 to 65536"),
    ("[server]\nreply = \"Hello {message}{pad 6}\"", 2, "the text has no room in 6 bytes"),
    ("[server]\nwelcome = \"{port}{pad 80}\"", 2, "the length of a text with values is not known"),
    ("buffer = 64\n[client]\nsends = \"{message}{pad 80}\"", 3, "the client sends more than one recv of the server takes"),
    ("[client]\nsends = \"{message}{pad 4}\"", 2, "the token has no room in {pad}"),
    (
        "framing = \"line\"\n[client]\nsends = \"{message}\\n{nul}\"",
        3,
        "with framing = \"line\", a newline ends a message: leave out {nul}",
    ),
    ("[server]\nmessage = \"{message} {any}\\n\"", 2, "{any} stands before {message}"),
    ("other-text = \"ignore\"", 1, "did you mean `ignored`?"),
    ("other-text = \"ignored\"\n[server]\ngreeting = \"Hello \"", 3, "other text is a line (other-text = \"ignored\"), so each text"),
    ("other-text = \"ignored\"\n[server]\nmessage = \"{message}!\\n\"", 3, "any line could be a message, so no other text can be ignored"),
    ("other-text = \"ignored\"\n[client]\ngreeting = \"Hello \"", 3, "so the greeting ends with \\n"),
    (
        "other-text = \"ignored\"\n[server]\nreply = \"ok\\n\"\n[client]\nshows = \"{reply}\"",
        5,
        "any line could be a reply, so no other text can be ignored",
    ),
    ("[server]\ngreeting = \"{any}\"", 2, "nothing shows where {any} ends"),
    ("[server]\ngreeting = \"{any}{port}\\n\"", 2, "nothing shows where {any} ends"),
    ("[server]\nreply = \"{any}\\n\"", 2, "there is no {any} in this text (there is {message}"),
    ("[server]\ngreeting = \"at {any}\\n\"\nfarewell = \"bye\"", 3, "a text with {any} stands at the beginning of a line"),
    ("[server]\ngreeting = \"{len}\\n\"", 2, "there is no {len} in this text"),
    ("[server]\nreply = [\"a\", \"\"]", 2, "each text of a list is sent for one message, so none is empty"),
    ("[server]\nreply = [\"a\", 5]", 2, "reply is a text in quotes, or a list of texts"),
    ("framing = \"lines\"", 1, "framing is recv, line, and not `lines`, did you mean `line`?"),
    ("token = \"\"\ntoken-match = \"prefix\"", 2, "there is no token"),
    ("token = \"\"\n[server]\ntoken-is = \"printed\"", 3, "there is no token"),
    ("token = \"\"\n[client]\nends-by = \"unsent\"", 3, "there is no token"),
    ("framing = \"line\"", 1, "the client sends lines: write sends"),
    ("framing = \"line\"\ntoken-match = \"newline\"\n[client]\nsends = \"{message}\\n\"", 2, "a message has no newline"),
    ("framing = \"line\"\n[server]\nreply = \"ok\"\n[client]\nsends = \"{message}\\n\"", 3, "let it end with \\n"),
    ("framing = \"line\"\n[server]\nwelcome = \"hi\"\n[client]\nsends = \"{message}\\n\"", 3, "a welcome is a line"),
    ("[server]\nmessage = \"\"", 2, "nothing would show that it has read it: add reply"),
    ("[server]\nserves = \"all\"", 2, "serves is one, next, many, and not `all`"),
    ("[server]\nserves = 0", 2, "serves is a number from 1 to 100"),
    (
        "[server]\nreply = \"{massage}\"",
        2,
        "there is no {massage} in this text (there is {message}, {MESSAGE}, {typed}, {ip}, {port}, {fd}, {n}, {len})",
    ),
    ("[server]\ngreeting = \"{message}\"", 2, "there is no {message} in this text (there is {ip}, {port}, {fd}, {n}, {any})"),
    ("[server]\ngreeting = \"a } b\"", 2, "a single brace: write {{ or }}"),
    ("[client]\nwaits = true", 2, "the client would wait without end"),
    ("[client]\nwaits = \"yes\"", 2, "waits is true or false, without quotes"),
    ("[client]\nshows = \"{reply}\"", 2, "there is nothing to show"),
    ("[client]\nends-by = \"reply\"", 2, "no reply ends the client"),
    ("[server]\nreply = \"ok\"\n[client]\nends-by = \"reply\"", 4, "none is the token"),
    ("[server]\nreply = \"{message}\"\n[client]\nends-by = \"reply\"", 4, "token-is = \"answered\" answers it"),
    ("[client]\nsends = \"> {message}\"", 2, "the text begins with {message}"),
    ("token = \"good bye\"", 1, "a token is one word"),
    ("\n[server]\nmessage = \"got\\n\"", 3, "the text has no {message}"),
    ("[server]\nmessage = \"{message}{message}\\n\"", 2, "the text has {message} twice"),
    ("[server]\nmessage = \"{message}\"", 2, "nothing is around {message}"),
    ("terminal = \"true\"", 1, "terminal is true or false, without quotes, and not a text"),
    ("server = 1", 1, "server is a table: write [server], and its keys below it"),
    ("name = \"x", 1, "invalid basic string"),
];

fn every_mistake_in_a_file_names_its_place_and_the_remedy() {
    let folder = folder();
    let file = folder.path().join("course.toml");
    for (text, line, message) in MISTAKES {
        fs::write(&file, text).expect("writes");
        let place = format!("course.toml:{line}:");
        sockspec(folder.path(), &["list", "--dialect", "course.toml"]).code(2).stderr(contains(place).and(contains(*message)));
    }
    fs::write(&file, b"\xff").expect("writes");
    sockspec(folder.path(), &["list", "--dialect", "course.toml"]).code(2).stderr(contains("UTF-8"));
    sockspec(folder.path(), &["list", "--dialect", "."]).code(2).stderr(contains("directory"));
}

/// The files of dialects in `sockspec help dialects`.
fn files_of_the_topic() -> Vec<String> {
    let output = sockspec(folder().path(), &["help", "dialects"]).code(0);
    let page = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    programs::indented_blocks(&page).into_iter().filter(|block| !block.starts_with("sockspec ")).collect()
}

fn the_files_of_the_topic_are_five_courses_and_the_first_is_that_of_these_tests() {
    let read = |text: &str| Dialect::parse("course.toml", "course", text).unwrap_or_else(|error| panic!("{error}"));
    let courses: Vec<Dialect> = files_of_the_topic().iter().map(|file| read(file)).collect();
    assert_eq!(courses.len(), 5);
    assert_eq!(courses[0], read(&fs::read_to_string(COURSE).expect("a file")));
    assert!(courses.iter().all(|course| !course.is_tutorial()));
    assert_eq!(Dialect { name: "tutorial".into(), ..read("") }, Dialect::tutorial());
}

/// What the schema of dialects is for whoever adds a key.
const SCHEMA: &str = "src/cli/schema/dialect.json has what src/spec/course.rs reads: add or change the key there, too";
/// A word that resembles no key and no choice.
const UNKNOWN: &str = "zzzzzzzzzzzz";

/// The text of a file in which a key has a value. The key is in a table, or at the top if the table has no name.
fn with_key(table: &str, key: &str, value: &str) -> String {
    if table.is_empty() { format!("{key} = {value}\n") } else { format!("[{table}]\n{key} = {value}\n") }
}

/// The message of the parser about a file.
fn refusal(text: &str) -> String {
    Dialect::parse("course.toml", "course", text).err().map(|error| error.to_string()).unwrap_or_default()
}

/// What a message lists between these words.
fn listed(message: &str, behind: &str, until: &str) -> Option<BTreeSet<String>> {
    let (list, _) = message.split_once(behind)?.1.split_once(until)?;
    Some(list.split(", ").map(str::to_owned).collect())
}

/// The table of each key of the schema, the key, and what the schema says about it.
fn keys_of(schema: &Value) -> Vec<(&str, &str, &Value)> {
    let tables = [("", "/properties"), ("server", "/properties/server/properties"), ("client", "/properties/client/properties")];
    let keys = |(table, path): (&'static str, &str)| {
        let keys = schema.pointer(path).and_then(Value::as_object).expect("keys");
        keys.iter().map(move |(key, about)| (table, key.as_str(), about)).collect::<Vec<_>>()
    };
    tables.into_iter().flat_map(keys).collect()
}

/// The messages of the parser say which keys it knows, and what each may be.
fn the_schema_has_the_keys_and_choices_of_the_parser() {
    let schema = schemas::schema("dialect");
    let validator = schemas::validator(&schema);
    let keys = keys_of(&schema);
    for table in ["", "server", "client"] {
        let known: BTreeSet<String> = keys.iter().filter(|key| key.0 == table).map(|key| key.1.to_owned()).collect();
        let message = refusal(&with_key(table, UNKNOWN, "1"));
        assert_eq!(listed(&message, "the keys are ", "\n"), Some(known), "[{table}]: {SCHEMA}");
    }
    for (table, key, about) in keys.into_iter().filter(|(_, key, _)| !["server", "client"].contains(key)) {
        let told = |value: &str| refusal(&with_key(table, key, value));
        let choices = listed(&told(&format!("{UNKNOWN:?}")), &format!("{key} is "), ", and not `").unwrap_or_default();
        assert_eq!(schemas::choices(about), choices, "[{table}] {key}: {SCHEMA}");

        let alternatives = about["anyOf"].as_array().into_iter().flatten();
        let range = |one: &Value| Some(format!("{} to {}", one["minimum"].as_u64()?, one["maximum"].as_u64()?));
        let due = [about].into_iter().chain(alternatives).find_map(range);
        let told_range = |message: String| Some(message.split_once(" is a number from ")?.1.split(',').next()?.to_owned());
        assert_eq!(due, told_range(told("0")), "[{table}] {key}: {SCHEMA}");

        let is_truth = told("1").contains(" is true or false");
        assert_eq!(about["type"] == "boolean", is_truth, "[{table}] {key}: {SCHEMA}");

        if let Some(named) = listed(&told(&format!("\"{{{UNKNOWN}}}\"")), "in this text (there is ", ")") {
            let known: String = named.into_iter().filter(|name| name.starts_with('{')).collect();
            let is_valid = |text: &str| {
                let file = if table.is_empty() { json!({ key: text }) } else { json!({ table: { key: text } }) };
                validator.is_valid(&file)
            };
            assert!(is_valid(&known), "[{table}] {key} may have {known}: {SCHEMA}");
            assert!(!is_valid(&format!("{known}{{{UNKNOWN}}}")), "[{table}] {key} may have {known} only: {SCHEMA}");
        }
    }
}

fn the_schema_describes_each_key_and_has_the_defaults_of_the_tutorial() {
    let schema = schemas::schema("dialect");
    let mut file = String::new();
    let mut last = "";
    for (table, key, about) in keys_of(&schema) {
        assert!(about["description"].is_string(), "[{table}] {key} has no description");
        let Some(default) = about.get("default") else { continue };
        if table != last {
            file += &format!("[{table}]\n");
            last = table;
        }
        file += &format!("{key} = {default}\n");
    }
    let dialect = Dialect::parse("course.toml", "tutorial", &file).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(dialect, Dialect::tutorial());
}

fn every_right_dialect_is_valid_under_the_schema() {
    let validator = schemas::validator(&schemas::schema("dialect"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec/dialect");
    let built_in = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let built_in = built_in.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let files: Vec<String> = built_in.chain([COURSE.into()]).map(|path| fs::read_to_string(path).expect("a file")).collect();
    assert!(files.len() > 4);
    for file in files.iter().chain(&files_of_the_topic()).map(String::as_str).chain([""]) {
        let value: Value = toml::from_str(file).expect("TOML");
        assert_eq!(schemas::mistakes(&validator, &value), "", "{file}");
    }
}

fn every_unknown_key_and_every_wrong_choice_is_refused_by_the_schema() {
    let validator = schemas::validator(&schemas::schema("dialect"));
    // Other mistakes are about keys that mean nothing together, which a schema does not say.
    let kinds = ["unknown key", "and not `", "and not a ", "is a number from", "is true or false", "is a table", "there is no {"];
    let is_of_one_key = |message: &str| kinds.iter().any(|kind| message.contains(kind));
    let refused = MISTAKES.iter().filter(|(_, _, message)| is_of_one_key(message));
    assert!(refused.clone().count() > 12);
    for (text, _, message) in refused {
        let value: Value = toml::from_str(text).expect("TOML");
        assert!(!validator.is_valid(&value), "{text}: the parser says: {message}");
    }
}
