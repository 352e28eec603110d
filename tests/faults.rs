//! The harness catches every known mistake, and reports nothing else. Every wrong program in `programs/wrong` plays every scenario.
//! `src/spec/mistakes.json` and `matrix.txt` record which scenarios each program fails.
//!
//! Outside of CI, a program plays one scenario of each rule that it breaks, and some others.
//!
//! `cargo test --test faults wrong/server/prefix-token` runs one program. `SOCKSPEC_BLESS=1 cargo test --test faults` records both files
//! again; with a name behind it, only the results of this program. Review their changes like code.

mod programs;

use libtest_mimic::{Arguments, Failed, Trial};
use programs::{Head, head, programs_in};
use sockspec::report::Format;
use sockspec::run::interrupt::Interrupt;
use sockspec::run::partition::{Fingerprint, Partition, Share};
use sockspec::run::results::{Rerun, Results, Run};
use sockspec::run::setting::Subject;
use sockspec::run::suite::{self, Plan};
use sockspec::run::weights::Weights;
use sockspec::spec::dialect::Dialect;
use sockspec::spec::fixture::{self, Fixture};
use sockspec::spec::mistake::Mistake;
use sockspec::spec::role::{Part, Role};
use sockspec::spec::rule::{Level, RULES, Rule};
use sockspec::spec::text;
use sockspec::stage::command::Command;
use sockspec::verdict::diagnosis::{Diagnosis, symptom};
use sockspec::verdict::finding::Verdict;
use sockspec::verdict::outcome::Outcome;
use sockspec::verdict::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const SERVERS: &str = "wrong/server";
const CLIENTS: &str = "wrong/client";
const BLESS: &str = "SOCKSPEC_BLESS";

/// Outside of CI, a program also plays one in so many scenarios that it passes.
const OTHERS: usize = 96;

/// The most lines of a report.
const LONGEST: usize = 24;

type Check = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = programs::arguments();
    if programs::is_recording() {
        return bless(&arguments);
    }
    let wrong = [SERVERS, CLIENTS]
        .into_iter()
        .flat_map(programs_in)
        .map(|program| programs::trial(&program.clone(), programs::missing_tool(&program), move || fails_as_recorded(&program)));
    let idle = IDLERS
        .iter()
        .map(|&(role, name, command)| Trial::test(format!("nothing/{role}/{name}"), move || passes_no_scenario(role, command)));
    let checks: [(&str, Check); 8] = [
        ("every_wrong_program_is_in_the_list_of_mistakes", every_wrong_program_is_in_the_list_of_mistakes),
        ("every_must_and_should_rule_names_a_mistake", every_must_and_should_rule_names_a_mistake),
        ("every_scenario_catches_a_mistake_or_gives_a_reason", every_scenario_catches_a_mistake_or_gives_a_reason),
        ("the_matrix_matches_the_list_of_mistakes", the_matrix_matches_the_list_of_mistakes),
        ("several_mistakes_in_one_program_are_all_named", several_mistakes_in_one_program_are_all_named),
        ("an_ambiguous_mistake_hides_no_clear_one", an_ambiguous_mistake_hides_no_clear_one),
        ("the_same_mistake_in_another_language_is_recognised", the_same_mistake_in_another_language_is_recognised),
        ("an_unknown_mistake_gets_no_name", an_unknown_mistake_gets_no_name),
    ];
    let needs_python =
        |name: &str| ["the_same_mistake_in_another_language_is_recognised", "an_unknown_mistake_gets_no_name"].contains(&name);
    // These play every scenario, and test much the same.
    let shares = [
        "an_ambiguous_mistake_hides_no_clear_one",
        "the_same_mistake_in_another_language_is_recognised",
        "an_unknown_mistake_gets_no_name",
    ];
    let checks = checks.into_iter().map(|(name, check)| {
        let number = shares.iter().position(|one| *one == name);
        programs::trial_in_share(name, number.is_none_or(|number| programs::is_in_share(number, shares.len())), |name| {
            programs::trial(name, programs::missing("python3").filter(|_| needs_python(name)), check)
        })
    });
    // The longest first: the harness waits for programs that do nothing, and for `tries-for-ever`, near the end of its folder.
    libtest_mimic::run(&arguments, idle.chain(checks).chain(wrong.rev()).collect()).exit_code()
}

fn role_of(program: &str) -> Role {
    if program.starts_with(CLIENTS) { Role::Client } else { Role::Server }
}

fn fixtures(role: Role) -> Vec<Fixture> {
    let all = fixture::built_in().unwrap_or_else(|error| panic!("{error}"));
    all.into_iter().filter(|fixture| fixture.scenario.subject() == role).collect()
}

/// Plays every scenario of this role with a program.
fn play(role: Role, command: &str) -> Run {
    play_some(command, role, fixtures(role))
}

fn play_some(command: &str, role: Role, fixtures: Vec<Fixture>) -> Run {
    let command = Command::parse(command).unwrap_or_else(|error| panic!("{command}: {error}"));
    let plan = Plan::of(vec![Subject { role, command }], fixtures);
    let setting = programs::setting(2);
    suite::run(&plan, &setting, &Interrupt::default(), |_| {}).unwrap_or_else(|error| panic!("{}: {error}", plan.subjects[0].command))
}

fn ids(run: &Run, verdict: Verdict) -> BTreeSet<String> {
    run.outcomes.iter().filter(|outcome| outcome.verdict() == verdict).map(|outcome| outcome.id.clone()).collect()
}

/// The name of a program's mistake: `server/prefix-token` for `wrong/server/prefix-token.c`.
fn name_of(program: &str) -> &str {
    let name = program.trim_start_matches("wrong/");
    name.rsplit_once('.').map_or(name, |(name, _)| name)
}

/// The entry of a program in the list of mistakes: its head comment, and the results of this run.
fn mistake(program: &str, run: &Run) -> Mistake {
    let name = name_of(program).to_owned();
    let mut texts = text::mistakes();
    let [sentence, look] = text::take(&mut texts, &name, ["sentence", "look"]);
    let Head { caught_by, breaks_too, common: (common, common_because), .. } = head(program);
    let has_failed = |outcome: &&Outcome| outcome.has_failed();
    let mut unjudged = BTreeMap::new();
    for id in ids(run, Verdict::Inconclusive) {
        *unjudged.entry(id.rsplit_once('/').expect("a folder").0.to_owned()).or_default() += 1;
    }
    Mistake {
        name,
        sentence,
        look,
        common,
        common_because,
        caught_by,
        breaks_too,
        fails: run.outcomes.iter().filter(has_failed).map(|outcome| (outcome.id.clone(), symptom(outcome))).collect(),
        unjudged,
    }
}

/// The MUST and SHOULD rules of the failed scenarios.
fn broken(mistake: &Mistake) -> BTreeSet<&str> {
    let rules = mistake.fails.keys().filter_map(|id| Rule::find(id.rsplit_once('/')?.0));
    rules.filter(|rule| rule.level != Level::May).map(|rule| rule.id).collect()
}

/// The rules that the head comment names.
fn announced(mistake: &Mistake) -> BTreeSet<&str> {
    mistake.breaks_too.keys().map(String::as_str).chain([&*mistake.caught_by]).collect()
}

/// Tests one row of the matrix: the program fails the recorded scenarios, breaks the rules that its head comment names, and the diagnosis
/// names its mistake.
fn fails_as_recorded(program: &str) -> Result<(), Failed> {
    let name = name_of(program);
    let Some(recorded) = Mistake::known().iter().find(|known| known.name == name) else {
        return Err(format!("{program} is not recorded: {BLESS}=1 cargo test --test faults").into());
    };
    let mut played = fixtures(role_of(program));
    // One failing scenario for each broken rule: another one each day.
    let shown = |rule: &Rule| {
        let fails: Vec<&String> = recorded.fails.keys().filter(|id| is_of(id, rule)).collect();
        (0..fails.len()).find(|number| programs::is_in_share(*number, fails.len())).map(|number| fails[number].clone())
    };
    let shown: Vec<String> = RULES.iter().filter_map(shown).collect();
    let mut number = name.len();
    played.retain(|fixture| {
        number += 1;
        // Without the scenarios of the broken rule that is the reason, a rule that is not judged would be judged.
        let is_judged = programs::is_whole() || !recorded.unjudged.contains_key(fixture.scenario.rule.id);
        shown.contains(&fixture.id) || is_judged && programs::is_in_share(number, OTHERS)
    });
    let has_played = |id: &String| played.iter().any(|fixture| fixture.id == *id);
    let mut recorded = recorded.clone();
    recorded.fails.retain(|id, _| has_played(id));
    let run = play_some(&programs::command(program), role_of(program), played);
    let mut seen = mistake(program, &run);
    if !programs::is_whole() {
        // This share does not hold all scenarios that cannot be judged.
        seen.unjudged.clone_from(&recorded.unjudged);
    }
    let recorded = &recorded;
    if broken(&seen) != announced(&seen) {
        return Err(format!("{program} breaks {:?}, and its head comment says {:?}", broken(&seen), announced(&seen)).into());
    }
    if *recorded != seen {
        let mut story = format!("{program} does not match its record ({BLESS}=1 cargo test --test faults records the new results)\n");
        let lines = |mistake: &Mistake| -> BTreeSet<String> {
            let fails = mistake.fails.iter().map(|(id, symptom)| format!("{id} fails: {symptom}"));
            fails.chain(mistake.unjudged.iter().map(|(rule, count)| format!("{rule} could not be judged: {count}"))).collect()
        };
        let (was, is) = (lines(recorded), lines(&seen));
        was.difference(&is).for_each(|line| writeln!(story, "  no longer: {line}").expect("memory"));
        for line in is.difference(&was) {
            let outcome = run.outcomes.iter().find(|outcome| line.starts_with(&format!("{} ", outcome.id)));
            let message = outcome.map(|outcome| format!(": {}", outcome.message())).unwrap_or_default();
            writeln!(story, "  now: {line}{message}").expect("memory");
        }
        return Err(story.into());
    }
    if !programs::is_whole() {
        // A diagnosis needs the results of all scenarios.
        return Ok(());
    }
    let alike = Mistake::known().iter().filter(|other| other.role() == seen.role() && other.looks_like(&seen)).count();
    let problems = run.problems();
    let [problem] = &problems[..] else {
        let all: Vec<String> = problems.iter().map(Problem::headline).collect();
        return Err(format!("{program} has these problems: {all:#?}").into());
    };
    if problem.mistakes.len() != alike || problem.mistakes.iter().all(|mistake| mistake.name != seen.name) {
        return Err(format!("{program} is diagnosed as {:?}", problem.mistakes).into());
    }
    // If several mistakes look alike, the report says what they have in common: see `sentences.rs`.
    let (said, own) = (problem.headline(), seen.sentence.of(&Dialect::tutorial()).replacen("it", &format!("Your {}", seen.role()), 1));
    let report = default_report(&run);
    if report.lines().count() > LONGEST {
        return Err(format!("the report on {program} is too long:\n{report}").into());
    }
    let held = if alike == 1 { own } else { programs::recorded_sentence(program) };
    if held.starts_with(&said) { Ok(()) } else { Err(format!("{program}\n  says: {said}\n  held: {held}").into()) }
}

/// The report that a user sees.
fn default_report(run: &Run) -> String {
    let share = Share { partition: Partition::WHOLE, whole: Fingerprint(0), cases: run.outcomes.len() as u64, is_filtered: false };
    let again = Rerun::Check(String::new());
    let results = Results {
        runs: vec![run.clone()],
        is_strict: false,
        weights: Weights::default(),
        again,
        share,
        is_verbose: false,
        tells_all: false,
    };
    let mut report = Vec::new();
    Format::Human.write(&results, 100, &mut anstream::StripStream::new(&mut report)).expect("memory");
    String::from_utf8(report).expect("text")
}

/// Programs that do nothing useful. They must not pass any scenario.
const IDLERS: &[(Role, &str, &str)] = &[
    (Role::Server, "exits", "true"),
    (Role::Server, "fails", "false"),
    (Role::Server, "sleeps", "sleep 600"),
    (Role::Server, "crashes", "sh -c 'kill -SEGV $$'"),
    (Role::Server, "greets", "echo 客户端成功连接"),
    (Role::Server, "echoes", "cat"),
    (Role::Client, "exits", "true"),
    (Role::Client, "fails", "false"),
    (Role::Client, "sleeps", "sleep 600"),
    (Role::Client, "crashes", "sh -c 'kill -SEGV $$'"),
    (Role::Client, "greets", "echo 连接服务器成功！"),
    (Role::Client, "echoes", "cat"),
];

fn passes_no_scenario(role: Role, command: &str) -> Result<(), Failed> {
    let run = play(role, command);
    let passed = ids(&run, Verdict::Pass);
    let has_failed = !ids(&run, Verdict::Fail).is_empty();
    if passed.is_empty() && has_failed { Ok(()) } else { Err(format!("{command} passes {passed:?}").into()) }
}

fn every_wrong_program_is_in_the_list_of_mistakes() -> Result<(), Failed> {
    let known: Vec<&str> = Mistake::known().iter().map(|mistake| &*mistake.name).collect();
    let programs: Vec<String> = [SERVERS, CLIENTS].into_iter().flat_map(programs_in).collect();
    let mut names: Vec<&str> =
        programs.iter().filter_map(|program| program.strip_prefix("wrong/")?.rsplit_once('.').map(|(name, _)| name)).collect();
    names.sort_unstable();
    assert_eq!(known, names);
    let texts = text::mistakes();
    assert_eq!(texts.keys().collect::<Vec<_>>(), names, "src/spec/text/en/mistakes.toml has a text for each program, and no other");
    let count = |role| Mistake::known().iter().filter(|mistake| mistake.role() == role).count();
    assert!(count(Role::Server) >= 35 && count(Role::Client) >= 25);
    for mistake in Mistake::known() {
        let [sentence, look] = [&mistake.sentence, &mistake.look].map(|text| text.of(&Dialect::tutorial()));
        assert!(sentence.starts_with("it ") && sentence.ends_with('.'), "{}: {sentence}", mistake.name);
        assert!(look.ends_with('.'), "{}: {look}", mistake.name);
        let rules = announced(mistake);
        assert!(rules.iter().all(|id| Rule::find(id).is_some()), "{}: {rules:?}", mistake.name);
    }
    Ok(())
}

/// Whether the tutorial has this rule. `dialects.rs` tests the others.
fn is_about_the_tutorial(rule: &Rule) -> bool {
    rule.inapplicable(&Dialect::tutorial()).is_none()
}

fn every_must_and_should_rule_names_a_mistake() -> Result<(), Failed> {
    let caught: BTreeSet<&str> = Mistake::known().iter().map(|mistake| &*mistake.caught_by).collect();
    // `pairs.rs` tests the rules about pairs.
    let binding = RULES.iter().filter(|rule| rule.level != Level::May && rule.subject() != Part::Pair && is_about_the_tutorial(rule));
    let idle: Vec<&str> = binding.filter(|rule| !caught.contains(rule.id)).map(|rule| rule.id).collect();
    if idle.is_empty() { Ok(()) } else { Err(format!("no wrong program is caught by these rules: {idle:?}").into()) }
}

fn every_scenario_catches_a_mistake_or_gives_a_reason() -> Result<(), Failed> {
    let catches = |id: &str| Mistake::known().iter().any(|mistake| mistake.fails.contains_key(id));
    let is_kept = |fixture: &Fixture| fixture.scenario.comments.iter().any(|comment| comment.starts_with("Kept: "));
    let all = [Role::Server, Role::Client].into_iter().flat_map(fixtures);
    let odd: Vec<String> = all.filter(|fixture| catches(&fixture.id) == is_kept(fixture)).map(|fixture| fixture.id).collect();
    if odd.is_empty() {
        Ok(())
    } else {
        Err(format!("these either catch no mistake and lack `# Kept: …`, or catch one and have it: {odd:#?}").into())
    }
}

fn the_matrix_matches_the_list_of_mistakes() -> Result<(), Failed> {
    let seen = matrix(Mistake::known());
    let recorded = fs::read_to_string(matrix_file()).unwrap_or_default();
    if seen == recorded { Ok(()) } else { Err(format!("{seen}\n{} differs from this table", matrix_file().display()).into()) }
}

fn names(role: Role, program: &str) -> Vec<String> {
    let diagnoses = Diagnosis::of(&play(role, &programs::command(program)).outcomes, role);
    diagnoses.iter().flat_map(|diagnosis| &diagnosis.mistakes).map(|mistake| mistake.short_name().to_owned()).collect()
}

fn several_mistakes_in_one_program_are_all_named() -> Result<(), Failed> {
    let mut names = names(Role::Server, "three-mistakes.c");
    names.sort_unstable();
    // Nothing visible distinguishes two of the four.
    assert_eq!(names, ["greeting-unflushed", "no-reuseaddr", "prefix-token", "reuseaddr-too-late"]);
    Ok(())
}

fn an_ambiguous_mistake_hides_no_clear_one() -> Result<(), Failed> {
    let mut names = names(Role::Server, "first-draft.c");
    names.sort_unstable();
    // After its end, nothing shows whether a child process lives on.
    assert_eq!(names, ["english-greeting", "eof-empty-lines", "no-reuseaddr", "one-behind", "reuseaddr-too-late", "unflushed"]);
    Ok(())
}

fn the_same_mistake_in_another_language_is_recognised() -> Result<(), Failed> {
    assert_eq!(names(Role::Server, "starts-with.py"), ["prefix-token"]);
    Ok(())
}

fn an_unknown_mistake_gets_no_name() -> Result<(), Failed> {
    assert_eq!(names(Role::Server, "reverses.py"), Vec::<String>::new());
    Ok(())
}

fn matrix_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix.txt")
}

/// The table of all programs and rules, for people.
fn matrix(mistakes: &[Mistake]) -> String {
    let mut text = String::from(
        "What each wrong program breaks.\n\
         X  the rule that names its mistake    x  a rule that it necessarily breaks, too    .  a rule that it meets\n\
         ?  a rule that cannot be judged       n  it differs where it MAY\n",
    );
    for role in [Role::Server, Role::Client] {
        let (rules, fixtures) =
            (RULES.iter().filter(|rule| rule.subject() == role && is_about_the_tutorial(rule)).collect::<Vec<_>>(), fixtures(role));
        let mistakes: Vec<&Mistake> = mistakes.iter().filter(|mistake| mistake.role() == role).collect();
        let width = mistakes.iter().map(|mistake| mistake.short_name().len()).max().unwrap_or(0);
        writeln!(text, "\n").expect("memory");
        for (number, rule) in rules.iter().enumerate() {
            let (own, all) = (
                mistakes.iter().filter(|mistake| mistake.caught_by == rule.id).count(),
                mistakes.iter().filter(|mistake| mistake.fails.keys().any(|id| is_of(id, rule))).count(),
            );
            let number = number + 1;
            writeln!(text, "{number:>4}  {:<6}  {:<26} names {own:>2}, catches {all:>2}", rule.level, rule.id).expect("memory");
        }
        let digits = |divisor: usize| -> String {
            (1..=rules.len()).map(|n| format!(" {}", if n < divisor { " ".into() } else { (n / divisor % 10).to_string() })).collect()
        };
        writeln!(text, "\n{:width$} {}\n{:width$} {}", "", digits(10), role, digits(1)).expect("memory");
        for mistake in &mistakes {
            let cells: String = rules.iter().map(|rule| format!(" {}", cell(mistake, rule))).collect();
            let (fails, all) = (mistake.fails.len(), fixtures.len());
            writeln!(text, "{:width$} {cells}   fails {fails:>3} of {all}", mistake.short_name()).expect("memory");
        }
        let idle: Vec<&str> = fixtures
            .iter()
            .map(|fixture| &*fixture.id)
            .filter(|id| mistakes.iter().all(|mistake| !mistake.fails.contains_key(*id)))
            .collect();
        let (programs, caught, all) = (mistakes.len(), fixtures.len() - idle.len(), fixtures.len());
        writeln!(
            text,
            "\n{programs} programs, all caught by the rule that names their mistake; {caught} of {all} scenarios catch at least one of them"
        )
        .expect("memory");
        idle.iter().for_each(|id| writeln!(text, "  kept all the same: {id}").expect("memory"));
    }
    text
}

fn is_of(id: &str, rule: &Rule) -> bool {
    id.rsplit_once('/').is_some_and(|(folder, _)| folder == rule.id)
}

fn cell(mistake: &Mistake, rule: &Rule) -> char {
    match () {
        () if mistake.fails.keys().any(|id| is_of(id, rule)) => match rule.level {
            Level::May => 'n',
            _ if mistake.caught_by == rule.id => 'X',
            _ => 'x',
        },
        () if mistake.unjudged.contains_key(rule.id) => '?',
        () => '.',
    }
}

/// Plays all programs, or those whose names contain the filter, and records the results.
fn bless(arguments: &Arguments) -> ExitCode {
    let is_selected = |program: &String| arguments.filter.as_ref().is_none_or(|filter| program.contains(filter.as_str()));
    let (programs, others): (Vec<String>, Vec<String>) = [SERVERS, CLIENTS].into_iter().flat_map(programs_in).partition(is_selected);
    // A program without texts ends this before the long part.
    let texts = text::mistakes();
    programs.iter().for_each(|program| assert!(texts.contains_key(name_of(program)), "mistakes.toml has no texts for {program}"));
    let mut mistakes = programs::of_each(&programs, |program| mistake(program, &play(role_of(program), &programs::command(program))));
    let is_kept = |known: &&Mistake| others.iter().any(|program| name_of(program) == known.name);
    mistakes.extend(Mistake::known().iter().filter(is_kept).cloned());
    mistakes.sort_by(|a, b| a.name.cmp(&b.name));
    let list = serde_json::to_string_pretty(&mistakes).expect("plain data") + "\n";
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec/mistakes.json"), list).expect("the list is written");
    fs::write(matrix_file(), matrix(&mistakes)).expect("the table is written");
    ExitCode::SUCCESS
}
