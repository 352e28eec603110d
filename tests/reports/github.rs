//! The report for GitHub Actions: workflow commands, and the summary in Markdown.

use crate::programs;
use crate::runs::{self, Fate, HOSTILE_NAME, MANY, sockspec};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::HashMap;
use std::fs;
use tempfile::TempDir;

/// A parsed workflow command.
#[derive(Debug)]
struct Command {
    name: String,
    properties: HashMap<String, String>,
    message: String,
}

/// Parses `::name key=value,key=value::message` by the rules of GitHub's runner: see its `ActionCommand.cs`.
fn command(line: &str) -> Option<Command> {
    let (head, message) = line.trim().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |text: &str| plain(text).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let properties = properties.split(',').filter_map(|text| text.split_once('=')).map(|(key, value)| (key.to_owned(), property(value)));
    Some(Command { name: name.into(), properties: properties.collect(), message: plain(message).replace("%25", "%") })
}

/// The commands that the runner obeys in a log, and the number of lines that it shows as they are.
fn obeyed(log: &str) -> (Vec<Command>, usize) {
    let (mut commands, mut shown, mut stopped) = (Vec::new(), 0, None::<String>);
    for line in log.lines() {
        match (command(line), &stopped) {
            (Some(command), Some(word)) if command.name == *word => stopped = None,
            (_, Some(_)) => shown += 1,
            (Some(command), None) if command.name == "stop-commands" => stopped = Some(command.message),
            (Some(command), None) => commands.push(command),
            // The older form of a command may be anywhere in a line.
            (None, None) if line.contains("##[") => panic!("an old command: {line}"),
            (None, None) => shown += 1,
        }
    }
    assert_eq!(stopped, None, "commands are obeyed again in the end");
    (commands, shown)
}

fn annotations(name: &str) -> Vec<Command> {
    let (commands, shown) = obeyed(&runs::of(name).text("github"));
    assert_eq!(shown, 0, "{name}");
    commands
}

pub fn every_line_is_a_valid_workflow_command() {
    for played in runs::all() {
        for command in annotations(played.name) {
            assert!(["error", "warning", "notice"].contains(&command.name.as_str()), "{}: {command:?}", played.name);
            assert!(command.properties.contains_key("title") && !command.message.is_empty(), "{}: {command:?}", played.name);
        }
    }
    let title = "a]]>&<b>|`\\n::error::pwned\\u{1b}[31m: server/greeting";
    assert!(annotations("named").iter().any(|command| command.properties["title"] == title));
}

pub fn failures_are_error_annotations() {
    for played in runs::all().iter().filter(|played| played.name != "many") {
        let commands = annotations(played.name);
        let count = |kind: &str| commands.iter().filter(|command| command.name == kind).count();
        let failed = runs::fates(played).iter().filter(|(_, fate)| *fate == Fate::Failed).count();
        // An unexpected listener gets an annotation, too.
        let failed = failed + usize::from(played.name == "deaf");
        assert_eq!(count("error"), failed.min(10), "{}", played.name);
        assert_eq!(count("error") > 0, played.status == 1, "{} ends with {}", played.name, played.status);
        assert!(count("warning") > 0 || [0, 1].contains(&played.status), "{} ends with {}", played.name, played.status);
    }
    let wrong = annotations("wrong");
    let errors: Vec<_> = wrong.iter().filter(|command| command.name == "error").collect();
    // The first annotations are one of each rule. Each gives the replay command.
    assert_eq!(
        (&errors[0].properties["title"], &errors[1].properties["title"]),
        (&"server/exit-exact".into(), &"server/exit-coalesced".into())
    );
    assert!(errors[0].message.contains("was not printed") && errors[0].message.contains("\nagain: sockspec check --server "));
    let notice = wrong.iter().find(|command| command.name == "notice").expect("a notice");
    assert_eq!(notice.properties["title"], "server/exit-exact");
    assert!(notice.message.starts_with("Your server compares only the first 4 bytes"), "{}", notice.message);
}

pub fn at_most_ten_annotations_of_a_kind_are_written() {
    let many = annotations("many");
    let errors: Vec<_> = many.iter().filter(|command| command.name == "error").collect();
    let failed: usize = ["wrong", "unjudged", "hostile"]
        .iter()
        .map(|name| runs::fates(runs::of(name)).iter().filter(|(_, fate)| *fate == Fate::Failed).count())
        .sum();
    assert_eq!(errors.len(), 10);
    assert_eq!(errors[9].message, format!("and {} more", failed - 9));
}

pub fn annotations_name_files_relative_to_the_checkout() {
    assert!(annotations("wrong").iter().all(|command| !command.properties.contains_key("file")), "a file that is built in");
    let folder = TempDir::new().expect("a folder");
    fs::create_dir_all(folder.path().join("work/mine")).expect("a folder");
    let text = "title: mine\nrule: server/message\n\nclient: connect\nserver> \"客户端成功连接\\n\"\nclient: \"hi\"\nserver> \"收到客户端信息：ho\\n\"\nclient: fin\nserver exits 0\n";
    fs::write(folder.path().join("work/mine/a,b.transcript"), text).expect("a file");
    let arguments = ["check", "--server", env!("CARGO_BIN_EXE_sockspec-server"), "--fixtures", "mine", "--report", "github", "a,b"];
    let output =
        sockspec(&arguments).current_dir(folder.path().join("work")).env("GITHUB_WORKSPACE", folder.path()).output().expect("it runs");
    let (commands, _) = obeyed(&String::from_utf8_lossy(&output.stdout));
    let [_, command] = &commands[..] else { panic!("a notice and an error: {commands:?}") };
    assert_eq!((&command.properties["file"], &command.properties["line"]), (&"work/mine/a,b.transcript".into(), &"7".into()));
}

pub fn github_actions_selects_the_format_and_output_cannot_inject_commands() {
    let folder = TempDir::new().expect("a folder");
    let summary = folder.path().join("summary");
    let report = runs::of("named").path("json").display().to_string();
    let run = |more: &[&str], actions: &str| {
        let mut command = sockspec(&[&["merge", &report], more].concat());
        let output = command.env("GITHUB_ACTIONS", actions).env("GITHUB_STEP_SUMMARY", &summary).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let log = run(&["--all"], "true");
    // In the report for people, the name of the program would be a workflow command.
    assert!(log.contains(HOSTILE_NAME.split('\u{1b}').next().expect("a part")), "{log}");
    let (commands, shown) = obeyed(&log);
    assert!(shown > 50);
    let said = |commands: &[Command]| commands.iter().map(|command| command.message.clone()).collect::<Vec<_>>();
    assert_eq!(said(&commands), said(&annotations("named")));
    assert!(fs::read_to_string(&summary).expect("a summary").contains("## sockspec"));
    // Both reports together, in either order, give the same. The report for people alone must hold no command, either.
    assert_eq!(said(&obeyed(&run(&["--report", "github", "--report", "human"], "true")).0), said(&commands));
    assert!(obeyed(&run(&["--report", "human"], "true")).0.is_empty());
    assert!(!run(&[], "false").contains("stop-commands"));
    let word = |log: &str| log.lines().next().expect("a line").to_owned();
    assert_ne!(word(&log), word(&run(&["--all"], "true")), "the word is random");
}

pub fn github_actions_leaves_chosen_reports_unchanged() {
    let report = runs::of("wrong").path("json");
    let report = report.display().to_string();
    let output = sockspec(&["merge", &report, "--report", "json"]).env("GITHUB_ACTIONS", "true").output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), runs::of("wrong").text("json"));
    let both = sockspec(&["merge", &report, "--report", "json", "--report", "github"]).output().expect("it runs");
    assert_eq!(both.status.code(), Some(2));
}

/// The cells of every table row.
fn rows(markdown: &str) -> Vec<Vec<String>> {
    let (mut rows, mut is_cell) = (Vec::<Vec<String>>::new(), false);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match (event, rows.last_mut()) {
            (Event::Start(Tag::TableRow), _) => rows.push(Vec::new()),
            (Event::Start(Tag::TableCell), Some(row)) => {
                is_cell = true;
                row.push(String::new());
            }
            (Event::End(TagEnd::TableCell), _) => is_cell = false,
            (Event::Text(text), Some(row)) if is_cell => row.last_mut().expect("a cell").push_str(&text),
            _ => {}
        }
    }
    rows
}

/// The HTML tags of a Markdown text.
fn tags(markdown: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            tags.extend(html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag.to_owned()));
        }
    }
    tags
}

pub fn the_summary_has_a_row_for_each_broken_rule() {
    for played in runs::all().iter().filter(|played| !["many", "deaf", "stale"].contains(&played.name)) {
        let mut rules: Vec<String> = runs::fates(played)
            .into_iter()
            .filter(|(id, fate)| *fate != Fate::Passed && id.contains('/'))
            .map(|(id, _)| id.rsplit_once('/').expect("a rule").0.to_owned())
            .collect();
        rules.dedup();
        let rows = rows(&played.text("summary"));
        assert!(rows.iter().all(|row| row.len() == 6), "{}: {rows:?}", played.name);
        assert_eq!(rows.into_iter().map(|row| row[1].clone()).collect::<Vec<_>>(), rules, "{}", played.name);
    }
    let text = runs::of("wrong").text("summary");
    let (rules, words): (Vec<_>, Vec<_>) = rows(&text).into_iter().map(|row| (row[1].clone(), row[0].clone() + " " + &row[3])).unzip();
    assert_eq!(
        (rules, words),
        (vec!["server/exit-exact".into(), "server/exit-coalesced".into()], vec!["FAIL 3 of 9".into(), "FAIL 5 of 8".to_owned()])
    );
    let word = |name: &str| rows(&runs::of(name).text("summary")).into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(word("warned"), ["WARN"]);
    assert_eq!(word("known"), ["KNOWN", "KNOWN"]);
    assert_eq!(word("excused"), ["KNOWN", "SKIP"]);
    assert_eq!(word("differs"), ["NOTE"]);
    assert_eq!(word("deaf"), ["FAIL", "OPEN"]);
    assert_eq!(word("stale"), ["OPEN"]);
    assert!(rows(&runs::of("known").text("summary"))[0][5].ends_with(runs::REASON));
}

pub fn hostile_output_is_escaped_in_the_summary() {
    for name in ["hostile", "named", "known", "many"] {
        let text = runs::of(name).text("summary");
        let ours = ["details", "summary", "/summary", "/details", "code", "/code"];
        assert!(tags(&text).iter().all(|tag| ours.contains(&tag.as_str())), "{name}: {:?}", tags(&text));
        let count = |tag: &str| tags(&text).iter().filter(|other| *other == tag).count();
        assert_eq!((count("details"), count("code")), (count("/details"), count("/code")), "{name}");
        assert!(!text.contains('\u{1b}'), "{name}");
    }
    // Output of the program appears unchanged in a code block.
    let hostile = runs::of("hostile").text("summary");
    let mut code = String::new();
    let mut is_code = false;
    for event in Parser::new(&hostile) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(text) if is_code => code.push_str(&text),
            _ => {}
        }
    }
    assert!(code.contains("<script>alert(1)</script> ]]> --> &amp; | `code` ``` </details>\\x1b[2J"));
}

pub fn the_summary_is_appended_and_stays_below_the_size_limit() {
    const LIMIT: usize = 1024 * 1024;
    let folder = TempDir::new().expect("a folder");
    let summary = folder.path().join("summary");
    let reports = MANY.map(|name| runs::of(name).path("json").display().to_string());
    let whole = runs::of("many").text("summary").len();
    for already in [0, 10, LIMIT - whole, LIMIT - whole / 2, LIMIT - 1000, LIMIT] {
        let earlier = "x".repeat(already);
        fs::write(&summary, &earlier).expect("a file");
        let out = format!("github={}", folder.path().join("out").display());
        sockspec(&["merge", "--report", &out]).args(&reports).env("GITHUB_STEP_SUMMARY", &summary).output().expect("it runs");
        let text = fs::read_to_string(&summary).expect("a summary");
        let added = text.strip_prefix(&earlier).expect("what was there before");
        assert!(text.len() <= LIMIT.max(already), "{already} and {}", added.len());
        assert_eq!(added.len() == whole, already + whole + 1000 < LIMIT, "{already} and {}", added.len());
        assert_eq!(added.contains("This summary is full"), added.len() < whole && already < LIMIT, "{added}");
    }
}

pub fn a_summary_that_cannot_be_written_is_an_error() {
    let check = ["check", "--server", &programs::command("right/server.c"), "server/eof", "--report", "github"];
    let output = sockspec(&check).env("GITHUB_STEP_SUMMARY", "/no/such/folder/summary").output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.starts_with("error: the summary that GITHUB_STEP_SUMMARY asks for cannot be written to /no/such/folder/summary: "),
        "{told}"
    );
    // Without GITHUB_STEP_SUMMARY, there is no summary.
    assert_eq!(sockspec(&check).output().expect("it runs").status.code(), Some(0));
    assert_eq!(sockspec(&check).env("GITHUB_STEP_SUMMARY", "").output().expect("it runs").status.code(), Some(0));
}
