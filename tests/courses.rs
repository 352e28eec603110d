//! Programs of imagined courses, at the edges of what a dialect can say: `tests/programs/courses`. Each course has right programs and wrong
//! ones, and each value of each key stands in two courses at least.

mod programs;

use serde_json::Value;
use sockspec::spec::dialect::{ClientEnd, Dialect, Framing, Hole, Input, Serves, TokenIs, TokenMatch, Values};
use sockspec::spec::rule::Rule;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

programs::tests! {
    the_right_programs_of_each_course_conform("python3", "node", "go", "javac", "perl"),
    each_wrong_program_of_a_course_breaks_the_rule_of_its_head_and_few_others("python3", "node", "go", "javac", "perl"),
    each_value_of_each_key_stands_in_two_courses,
}

/// The other rules that one mistake may break.
const MOST_OTHERS: usize = 5;
/// Outside of CI, one course in so many, and one wrong program in so many, is played each day.
const SHARES: usize = 12;

/// Judges programs of a course. Returns the exit status, the rules that they break, and what the terminal shows.
fn judge(course: &str, arguments: &[String]) -> (Option<i32>, BTreeSet<String>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    command.current_dir(folder.path()).arg("check").args(arguments).arg("--strict").arg("--dialect").arg(programs::course_file(course));
    command.args(["--report", "human", "--report", "json=report.json"]).args(programs::isolation_arguments());
    let output = command.env_remove("GITHUB_ACTIONS").env_remove("CI").output().expect("it runs");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let report = fs::read_to_string(folder.path().join("report.json")).unwrap_or_else(|error| panic!("{error}: {shown}"));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let is_broken = |case: &&Value| case["verdict"] == "fail" && case["level"] != "MAY";
    let cases = report["cases"].as_array().expect("cases");
    let broken = cases.iter().filter(is_broken).filter_map(|case| Some(case["rule"].as_str()?.to_owned())).collect();
    (output.status.code(), broken, shown)
}

fn the_right_programs_of_each_course_conform() {
    for course in programs::todays_share(programs::courses(), SHARES) {
        let (right, _) = programs::right_and_wrong(&format!("courses/{course}"));
        assert!(!right.is_empty(), "{course}");
        let (servers, clients): (Vec<String>, Vec<String>) = right.into_iter().partition(|program| program.contains("/server."));
        for number in 0..servers.len().max(clients.len()) {
            let program = |role: &str, all: &[String]| Some([format!("--{role}"), programs::command(all.get(number)?)]);
            let all = [program("server", &servers), program("client", &clients)];
            let (status, broken, shown) = judge(&course, &all.into_iter().flatten().flatten().collect::<Vec<_>>());
            assert_eq!((status, broken), (Some(0), BTreeSet::new()), "{course}: {shown}");
        }
    }
}

fn each_wrong_program_of_a_course_breaks_the_rule_of_its_head_and_few_others() {
    let wrong = programs::courses().into_iter().flat_map(|course| {
        let (_, wrong) = programs::right_and_wrong(&format!("courses/{course}"));
        assert!(!wrong.is_empty(), "{course}");
        wrong.into_iter().map(move |program| (course.clone(), program))
    });
    for (course, program) in programs::todays_share(wrong, SHARES) {
        let rule = programs::broken_rule(&program);
        let role = format!("--{}", Rule::find(&rule).unwrap_or_else(|| panic!("{program}: {rule}")).subject());
        let (status, mut broken, shown) = judge(&course, &[role, programs::command(&program)]);
        assert!(status == Some(1) && broken.remove(&rule) && broken.len() <= MOST_OTHERS, "{program}: {broken:?}\n{shown}");
    }
}

/// Whether a course says something.
type IsSaid = fn(&Dialect) -> bool;

/// What a course may say, key by key.
const SAID: &[(&str, IsSaid)] = &[
    ("name = \"…\"", |course| course.name != "course"),
    ("address = \"…\"", |course| course.address.port() != 8023),
    ("framing = \"recv\"", |course| course.framing == Framing::Recv),
    ("framing = \"line\"", |course| course.framing == Framing::Line),
    ("buffer: less than the tutorial's", |course| course.buffer < 1000),
    ("buffer: more than the tutorial's", |course| course.buffer > 1000),
    ("token = \"\"", |course| course.token.is_empty()),
    ("token = \"q\"", |course| course.token == b"q"),
    ("token = \"bye\"", |course| course.token == b"bye"),
    ("token = \"quit\"", |course| course.token == b"quit"),
    ("token = \"Quit!\"", |course| course.token == b"Quit!"),
    ("token = \"/quit\"", |course| course.token == b"/quit"),
    ("a token that is not ASCII", |course| !course.token.is_ascii()),
    ("token-match = \"whole\"", |course| course.token_match == TokenMatch::Whole),
    ("token-match = \"newline\"", |course| course.token_match == TokenMatch::Newline),
    ("token-match = \"trimmed\"", |course| course.token_match == TokenMatch::Trimmed),
    ("token-match = \"any-case\"", |course| course.token_match == TokenMatch::AnyCase),
    ("token-match = \"prefix\"", |course| course.token_match == TokenMatch::Prefix),
    ("other-text = \"ignored\"", |course| course.ignores_other_text),
    ("other-text = \"fails\"", |course| !course.ignores_other_text),
    ("terminal = true", |course| course.terminal),
    ("terminal = false", |course| !course.terminal),
    ("[server] start = \"…\"", |course| !course.start.is_empty()),
    ("[server] start = \"\"", |course| course.start.is_empty()),
    ("[server] greeting = \"…\"", |course| !course.server_greeting.is_empty()),
    ("[server] greeting = \"\"", |course| course.server_greeting.is_empty()),
    ("[server] greeting with {ip}", |course| has_value(&course.server_greeting, "ip")),
    ("[server] greeting with {port}", |course| has_value(&course.server_greeting, "port")),
    ("[server] greeting with {fd}", |course| has_value(&course.server_greeting, "fd")),
    ("[server] greeting with {n}", |course| has_value(&course.server_greeting, "n")),
    ("[server] message with a value", |course| Values::are_in(&course.prefix)),
    ("[server] start with {any}", |course| Values::has_any(&course.start)),
    ("[server] greeting with {any}", |course| Values::has_any(&course.server_greeting)),
    ("[server] message with {any}", |course| Values::has_any(&course.prefix)),
    ("[server] farewell with {any}", |course| Values::has_any(&course.farewell)),
    ("[server] message with {len}", |course| [&course.prefix, &course.line_end].iter().any(|text| Values::has_length(text))),
    ("[server] message = \"…\\n\"", |course| course.line_end.ends_with(b"\n")),
    ("[server] message without a newline", |course| course.prints_messages() && !course.line_end.ends_with(b"\n")),
    ("[server] message = \"\"", |course| !course.prints_messages()),
    ("[server] farewell = \"…\"", |course| !course.farewell.is_empty()),
    ("[server] farewell = \"\"", |course| course.farewell.is_empty()),
    ("[server] farewell with a value", |course| Values::are_in(&course.farewell)),
    ("[server] welcome = \"…\"", |course| !course.welcome.is_empty()),
    ("[server] welcome = \"\"", |course| course.welcome.is_empty()),
    ("no [server] reply", |course| !course.replies()),
    ("[server] reply: the message alone", |course| course.reply.hole == Hole::Message && course.reply.is_bare()),
    ("[server] reply: a text and the message", |course| course.reply.hole == Hole::Message && !course.reply.before.is_empty()),
    ("[server] reply: {MESSAGE}", |course| course.reply.hole == Hole::UpperCase),
    ("[server] reply: always the same", |course| course.replies() && course.reply.hole == Hole::None),
    ("[server] reply: a list of texts", |course| !course.later_replies.is_empty()),
    ("[server] serves = \"one\"", |course| course.serves == Serves::One),
    ("[server] serves = \"next\"", |course| course.serves == Serves::Next),
    ("[server] serves = \"many\"", |course| course.serves == Serves::Many),
    ("[server] serves = 2", |course| matches!(course.serves, Serves::Some(_))),
    ("[server] messages = 1", |course| course.messages == Some(1)),
    ("[server] messages = 3", |course| course.messages.is_some_and(|most| most > 1)),
    ("no [server] messages", |course| course.messages.is_none()),
    ("[server] token-is = \"hidden\"", |course| !course.token.is_empty() && course.token_is == TokenIs::Hidden),
    ("[server] token-is = \"printed\"", |course| course.token_is == TokenIs::Printed),
    ("[server] token-is = \"answered\"", |course| course.token_is == TokenIs::Answered),
    ("[client] greeting = \"…\"", |course| !course.client_greeting.is_empty()),
    ("[client] greeting = \"\"", |course| course.client_greeting.is_empty()),
    ("[client] prompt = \"…\"", |course| !course.prompt.is_empty()),
    ("[client] prompt = \"\"", |course| course.prompt.is_empty()),
    ("[client] input = \"word\"", |course| course.input == Input::Word),
    ("[client] input = \"line\"", |course| course.input == Input::Line),
    ("[client] sends = \"{message}\"", |course| course.delimiter.is_empty()),
    ("[client] sends = \"{message}\\n\"", |course| course.delimiter == b"\n"),
    ("[client] sends = \"{message}{nul}\"", |course| course.delimiter.ends_with(b"\0")),
    ("[client] sends = \"{message}{pad 80}\"", |course| course.padding > 0),
    ("[server] reply = \"…{nul}\"", |course| course.reply.has_nuls() && course.reply.padding == 0),
    ("[server] reply = \"…{pad 80}\"", |course| course.reply.padding > 0),
    ("[server] welcome = \"…{nul}\"", |course| course.welcome.ends_with(b"\0")),
    ("[client] shows = \"…{reply}…\"", |course| course.shows.hole == Hole::Message && !course.shows.before.is_empty()),
    ("[client] shows = \"{reply}…\"", |course| course.shows.hole == Hole::Message && course.shows.before.is_empty()),
    ("no [client] shows", |course| course.shows.is_nothing()),
    ("[client] waits = true", |course| course.waits),
    ("[client] waits = false", |course| course.replies() && !course.waits),
    ("[client] ends-by = \"typed\"", |course| !course.token.is_empty() && course.client_ends == ClientEnd::Typed),
    ("[client] ends-by = \"unsent\"", |course| course.client_ends == ClientEnd::Unsent),
    ("[client] ends-by = \"reply\"", |course| course.client_ends == ClientEnd::Reply),
    ("[client] ends-by = \"either\"", |course| course.client_ends == ClientEnd::Either),
];

fn has_value(text: &[u8], name: &str) -> bool {
    String::from_utf8_lossy(&Values::named(text)).contains(&format!("{{{name}}}"))
}

fn each_value_of_each_key_stands_in_two_courses() {
    let dialect = |course: &String| Dialect::load(&programs::course_file(course)).unwrap_or_else(|error| panic!("{error}"));
    let all: Vec<Dialect> = programs::courses().iter().map(dialect).collect();
    assert!(all.len() >= 20, "{}", all.len());
    let rare: Vec<&str> =
        SAID.iter().filter(|(_, is_said)| all.iter().filter(|course| is_said(course)).count() < 2).map(|(said, _)| *said).collect();
    assert!(rare.is_empty(), "in fewer than two courses: {rare:?}");
    let addresses: BTreeSet<_> = all.iter().map(|course| course.address).collect();
    assert_eq!(addresses.len(), all.len(), "each course has an address of its own");
}
