//! The command line.

use crate::command::Command;
use crate::crew::{Interrupt, Setting, Subject};
use crate::fixture::{self, Fixture};
use crate::mistake::Mistake;
use crate::report::{Again, Context, Destination, Format, Opened};
use crate::rule::{RULES, Rule};
use crate::search::{self, LONGEST_EXPLORED, Search, Source};
use crate::stage::Isolation;
use crate::suggest::nearest;
use crate::suite::{self, Outcome, Plan, Run};
use crate::transcript::{Role, Step, Transcript};
use crate::verdict::Verdict;
use anstream::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The first argument with which the program starts itself as one of the reference pair.
pub const REFERENCE_ARGUMENT: &str = "__reference";

/// A mistake in the command line, or in a file that it names.
const USAGE: u8 = 2;
/// The harness could not do its work.
const TROUBLE: u8 = 3;

const AFTER_HELP: &str = "\
Without a command, the built-in reference server and client are judged.

Exit status:
  0    the programs conform (SHOULD is a warning, unless --strict)
  1    a program does not conform
  2    a mistake in the command line or in a file
  3    something could not be judged, and nothing failed
  130  interrupted

Examples:
  sockspec check --server ./a.out
  sockspec check --client 'python3 client.py' client/eof
  sockspec check --server ./server --client ./client --report human --report json=result.json
  sockspec fuzz --server ./a.out --cases 5000 --save found
  sockspec fuzz --server ./server --client ./client
  sockspec explore --server ./a.out aexit
  sockspec explain server/exit-split";

/// Says which requirements of the TCP client/server tutorial a program meets, which it breaks, and why.
#[derive(Debug, Parser)]
#[command(name = "sockspec", version, after_help = AFTER_HELP, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Judges a server, a client, or both, against the golden scenarios.
    #[command(after_help = "A FILTER is a rule (server/exit-split), a scenario, or a part of its name. Several add up.\n\
        Where the program takes its address as arguments, {host}, {port} and {addr} stand for it.")]
    Check(Check),
    /// Judges a server, a client, or the two together against random conversations; each failure is shrunk to the smallest one.
    #[command(after_help = "The same seed gives the same conversations on any machine. What is saved with --save is replayed with\n\
        `sockspec check --fixtures DIR`.")]
    Fuzz(Fuzz),
    /// Judges a server or a client against every cut of a short stream.
    #[command(after_help = "A stream of n bytes has 2^(n-1) cuts. Bytes that cannot be typed are written as in a fixture, in quotes:\n\
        sockspec explore --server ./a.out '\"\\xe4\\xb8\\xadexit\"'")]
    Explore(Explore),
    /// Lists the rules.
    List,
    /// Explains one rule: what it asks for, why programs break it, where to look.
    Explain {
        /// The rule, such as server/exit-split.
        rule: String,
    },
}

#[derive(Debug, Args)]
struct Check {
    /// The server to judge: a command, which no shell sees.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// The client to judge.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
    /// Which scenarios; all, without one.
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
}

#[derive(Debug, Args)]
struct Fuzz {
    #[command(flatten)]
    programs: Programs,
    /// How many conversations.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    cases: u64,
    /// What the conversations follow from [default: another one each time].
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Where to save failures, as fixtures.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Explore {
    #[command(flatten)]
    one: One,
    /// What is sent to the server, or typed for the client: 1 to 16 bytes.
    stream: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Programs {
    /// The server to judge: a command, which no shell sees.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// The client to judge; with a server, the two of them together.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct One {
    /// The server to judge: a command, which no shell sees.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// The client to judge.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options everywhere")]
struct Options {
    /// How many scenarios run at once [default: one for each core].
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// What a program gets for each single thing, such as 5s or 800ms; time in which it waits for a CPU does not count.
    #[arg(long, value_name = "DURATION", global = true, default_value = "5s", value_parser = timeout)]
    timeout: Duration,
    /// SHOULD counts too.
    #[arg(long, global = true)]
    strict: bool,
    /// What to write, and where: human or json; may be given several times [default: human].
    #[arg(long = "report", value_name = "FORMAT[=PATH]", global = true)]
    reports: Vec<Destination>,
    /// Where programs run.
    #[arg(long, value_enum, global = true, default_value = "auto")]
    isolation: Isolation,
    /// Scenarios of your own, besides the built-in ones; one with the same name takes the other's place.
    #[arg(long, value_name = "DIR", global = true)]
    fixtures: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_enum, global = true, default_value = "auto")]
    color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

fn timeout(text: &str) -> Result<Duration, String> {
    let timeout = humantime::parse_duration(text).map_err(|error| format!("{error}; write it as 5s or 800ms"))?;
    if (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(&timeout) {
        Ok(timeout)
    } else {
        Err("it is between 1ms and 1h".into())
    }
}

/// A mistake that keeps a run from starting, with its exit status.
struct Stop {
    status: u8,
    message: String,
}

impl fmt::Display for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (role, command) in [(Role::Server, &self.server), (Role::Client, &self.client)] {
            command.iter().try_for_each(|command| write!(f, " --{role} {}", shell_words::quote(command)))?;
        }
        Ok(())
    }
}

impl Stop {
    fn usage(message: impl Into<String>) -> Self {
        Self { status: USAGE, message: message.into() }
    }

    fn trouble(message: impl Into<String>) -> Self {
        Self { status: TROUBLE, message: message.into() }
    }
}

/// Does what the command line asks for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.options.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
    let done = match &cli.command {
        None => check(&Check { server: None, client: None, filters: Vec::new() }, &cli.options, true),
        Some(Verb::Check(arguments)) => check(arguments, &cli.options, false),
        Some(Verb::Fuzz(arguments)) => fuzz(arguments, &cli.options),
        Some(Verb::Explore(arguments)) => explore(arguments, &cli.options),
        Some(Verb::List) => list(),
        Some(Verb::Explain { rule }) => explain(rule),
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(Stop { status, message }) => {
            // Nobody to tell is no reason to fail in another way.
            let _ = writeln!(anstream::stderr(), "error: {message}");
            ExitCode::from(status)
        }
    }
}

fn check(arguments: &Check, options: &Options, is_self_test: bool) -> Result<u8, Stop> {
    let program = std::env::current_exe().map_err(|error| Stop::trouble(format!("this program cannot find its own file: {error}")))?;
    let subjects =
        if is_self_test { reference_pair(&program) } else { subjects(arguments.server.as_deref(), arguments.client.as_deref())? };
    let fixtures = select(fixtures(options)?, &subjects, &arguments.filters)?;
    let reports = open_reports(options)?;
    let plan = Plan { subjects, fixtures, setting: setting(options, program) };
    let interrupt = watch_for_signals().map_err(|error| Stop::trouble(format!("signals cannot be watched: {error}")))?;
    let progress = Progress::new(plan.fixtures.len());
    let run = suite::run(&plan, &interrupt, |outcome| progress.show(outcome));
    progress.end();
    let run = run.map_err(|error| Stop::trouble(format!("{error}; try --isolation none")))?;
    write_reports(reports, &run, &context(options, is_self_test))?;
    Ok(run.exit_status(options.strict))
}

fn fuzz(arguments: &Fuzz, options: &Options) -> Result<u8, Stop> {
    // Any number will do that differs from run to run: the standard library's own keys are random.
    let seed = arguments.seed.unwrap_or_else(|| std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0) >> 32);
    if let Some(folder) = &arguments.save {
        let unwritable = |error| Stop::usage(format!("nothing can be saved in {}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        tempfile::tempfile_in(folder).map_err(unwritable)?;
    }
    let source = Source::Fuzz { seed, cases: arguments.cases };
    let again = format!(
        "the seed is {seed}: the same conversations with `sockspec fuzz{} --cases {} --seed {seed}`",
        arguments.programs, arguments.cases
    );
    let Programs { server, client } = &arguments.programs;
    let (run, status) = search(subjects(server.as_deref(), client.as_deref())?, source, options, &again)?;
    let failures = run.outcomes.iter().filter(|outcome| outcome.finding.verdict == Verdict::Fail);
    if let Some(folder) = &arguments.save {
        for outcome in failures {
            let path = folder.join(&outcome.fixture.file);
            let saved = path
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&path, outcome.fixture.scenario.to_string()));
            saved.map_err(|error| Stop::trouble(format!("{} cannot be saved: {error}", path.display())))?;
            note(&format!("saved {}", path.display()));
        }
    }
    Ok(status)
}

fn explore(arguments: &Explore, options: &Options) -> Result<u8, Stop> {
    let stream = match arguments.stream.strip_prefix('"') {
        // The notation has a place for it: something that is typed.
        Some(_) => match Transcript::parse(&format!("client< {}\n", arguments.stream)) {
            Ok(Transcript { steps }) => match steps.first() {
                Some(Step::Typed(bytes)) => bytes.to_vec(),
                _ => Vec::new(),
            },
            Err(error) => return Err(Stop::usage(format!("{}: {}", arguments.stream, error.message))),
        },
        None => arguments.stream.as_bytes().to_vec(),
    };
    if !(1..=LONGEST_EXPLORED).contains(&stream.len()) {
        return Err(Stop::usage(format!(
            "the stream has {} bytes; it may have 1 to {LONGEST_EXPLORED}, because n bytes have 2^(n-1) cuts: {LONGEST_EXPLORED} have {}",
            stream.len(),
            1u64 << (LONGEST_EXPLORED - 1)
        )));
    }
    let source = Source::Explore { stream };
    let head = format!("{} cuts", source.count());
    let One { server, client } = &arguments.one;
    Ok(search(subjects(server.as_deref(), client.as_deref())?, source, options, &head)?.1)
}

fn search(subjects: Vec<Subject>, source: Source, options: &Options, head: &str) -> Result<(Run, u8), Stop> {
    let program = std::env::current_exe().map_err(|error| Stop::trouble(format!("this program cannot find its own file: {error}")))?;
    let reports = open_reports(options)?;
    let search = Search { subjects, source, setting: setting(options, program) };
    let interrupt = watch_for_signals().map_err(|error| Stop::trouble(format!("signals cannot be watched: {error}")))?;
    note(head);
    let progress = Progress::new(usize::try_from(search.source.count()).unwrap_or(usize::MAX));
    let run = search::search(&search, &interrupt, |_| progress.tick());
    progress.end();
    let run = run.map_err(|error| Stop::trouble(format!("{error}; try --isolation none")))?;
    write_reports(reports, &run, &Context { again: Again::Fixture, ..context(options, false) })?;
    if run.outcomes.iter().any(|outcome| outcome.finding.verdict == Verdict::Fail) {
        note(head);
    }
    let status = run.exit_status(options.strict);
    Ok((run, status))
}

/// Says something that is no part of the result.
fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

fn setting(options: &Options, program: PathBuf) -> Setting {
    Setting {
        jobs: options.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from),
        timeout: options.timeout,
        isolation: options.isolation,
        program,
    }
}

fn reference_pair(program: &std::path::Path) -> Vec<Subject> {
    let subject = |role: Role| {
        let shown = format!("the built-in reference {role}");
        Subject { role, command: Command::trusted(&shown, program.to_owned(), &[REFERENCE_ARGUMENT, &role.to_string()]) }
    };
    vec![subject(Role::Server), subject(Role::Client)]
}

fn subjects(server: Option<&str>, client: Option<&str>) -> Result<Vec<Subject>, Stop> {
    let mut subjects = Vec::new();
    for (role, text) in [(Role::Server, server), (Role::Client, client)] {
        if let Some(text) = text {
            let command = Command::parse(text).map_err(|error| Stop::usage(format!("--{role}: {error}")))?;
            subjects.push(Subject { role, command });
        }
    }
    if subjects.is_empty() {
        return Err(Stop::usage(
            "nothing to judge: name a program with --server CMD, --client CMD, or both (`sockspec` alone judges the built-in pair)",
        ));
    }
    Ok(subjects)
}

fn fixtures(options: &Options) -> Result<Vec<Fixture>, Stop> {
    let mut all = fixture::built_in().map_err(|error| Stop::trouble(error.to_string()))?;
    if let Some(folder) = &options.fixtures {
        fixture::add(&mut all, fixture::load(folder).map_err(|error| Stop::usage(error.to_string()))?);
    }
    Ok(all)
}

/// The fixtures that the filters name, for the subjects that there are.
fn select(all: Vec<Fixture>, subjects: &[Subject], filters: &[String]) -> Result<Vec<Fixture>, Stop> {
    for filter in filters {
        if !all.iter().any(|fixture| selects(filter, fixture)) {
            let names = RULES.iter().map(|rule| rule.id).chain(all.iter().map(|fixture| fixture.id.as_str()));
            return Err(Stop::usage(format!(
                "no scenario is named `{filter}`{} (`sockspec list` lists the rules)",
                nearest(filter, names)
            )));
        }
    }
    let is_there = |role: &Role| subjects.iter().any(|subject| subject.role == *role);
    let has_subject = |fixture: &Fixture| fixture.scenario.subject().roles().iter().all(is_there);
    let is_wanted = |fixture: &Fixture| filters.is_empty() || filters.iter().any(|filter| selects(filter, fixture));
    let wanted: Vec<Fixture> = all.into_iter().filter(is_wanted).collect();
    let named = wanted.first().map(|fixture| fixture.scenario.subject());
    let selected: Vec<Fixture> = wanted.into_iter().filter(has_subject).collect();
    match named.filter(|_| selected.is_empty()) {
        None => Ok(selected),
        Some(about) => {
            let role = about.roles().iter().find(|role| !is_there(role)).unwrap_or(&Role::Client);
            Err(Stop::usage(format!("no scenario is selected: what is named is about the {about}, and there is no --{role} CMD")))
        }
    }
}

/// A rule's name means that rule alone, not those whose names begin with it.
fn selects(filter: &str, fixture: &Fixture) -> bool {
    match Rule::find(filter.trim_end_matches('/')) {
        Some(rule) => fixture.scenario.rule == rule,
        None => fixture.id.contains(filter),
    }
}

fn open_reports(options: &Options) -> Result<Vec<Opened>, Stop> {
    let mut reports = options.reports.clone();
    if reports.is_empty() {
        reports.push(Destination { format: Format::Human, path: None });
    }
    if reports.iter().filter(|report| report.path.is_none()).count() > 1 {
        return Err(Stop::usage("only one report can go to stdout: give the others a path, as in --report json=PATH"));
    }
    reports.into_iter().map(|report| report.open().map_err(|error| Stop::usage(error.to_string()))).collect()
}

fn context(options: &Options, is_self_test: bool) -> Context {
    let mut again = String::new();
    if let Some(folder) = &options.fixtures {
        again.push_str(&format!(" --fixtures {}", shell_words::quote(&folder.display().to_string())));
    }
    if options.isolation != Isolation::Auto {
        again.push_str(if options.isolation == Isolation::None { " --isolation none" } else { " --isolation namespace" });
    }
    Context { is_strict: options.strict, again: if is_self_test { Again::BuiltIn } else { Again::Check(again) }, width: width() }
}

fn write_reports(reports: Vec<Opened>, run: &Run, context: &Context) -> Result<(), Stop> {
    let mut stdout = anstream::stdout();
    for report in reports {
        match report.write(run, context, &mut stdout).and_then(|()| stdout.flush()) {
            // Whoever reads only the beginning has what they want.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.map_err(|error| Stop::trouble(format!("the report cannot be written: {error}")))?,
        }
    }
    Ok(())
}

/// How long a line may be: as the terminal has it, or what most screens show of a file.
fn width() -> usize {
    if io::stdout().is_terminal() { textwrap::termwidth().clamp(60, 120) } else { 100 }
}

/// The first signal ends the subjects and the run; the second ends this program, and its stages with it.
fn watch_for_signals() -> io::Result<Interrupt> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let interrupt = Interrupt::default();
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let set = interrupt.clone();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if set.is_set() {
                std::process::exit(130);
            }
            set.set();
        }
    });
    Ok(interrupt)
}

/// A line on stderr that shows where a long run is; nothing where nobody watches.
struct Progress {
    bar: ProgressBar,
}

impl Progress {
    fn new(len: usize) -> Self {
        let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(len as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    fn show(&self, outcome: &Outcome) {
        if outcome.finding.verdict == Verdict::Fail {
            self.bar.println(format!("{} fails", outcome.fixture.id));
        }
        self.bar.set_message(outcome.fixture.id.clone());
        self.bar.inc(1);
    }

    fn tick(&self) {
        self.bar.inc(1);
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn list() -> Result<u8, Stop> {
    let text: String = RULES.iter().map(|rule| format!("{:<24} {:<6} {}\n", rule.id, rule.level, rule.sentence)).collect();
    print(&text)
}

fn explain(id: &str) -> Result<u8, Stop> {
    let Some(rule) = Rule::find(id) else {
        let hint = nearest(id, RULES.iter().map(|rule| rule.id));
        return Err(Stop::usage(format!("there is no rule `{id}`{hint} (`sockspec list` lists them)")));
    };
    let part = |name: &str, text: &str| {
        let options = textwrap::Options::new(width()).subsequent_indent("            ");
        textwrap::fill(&format!("{name:<12}{text}"), options) + "\n"
    };
    let mut text = part(&rule.level.to_string(), &format!("the {} {}", rule.subject(), rule.sentence));
    text += &part("tutorial", rule.step);
    text += &part("mistake", rule.mistake);
    text += &part("look at", rule.look);
    if !rule.needs.is_empty() {
        text += &part("presupposes", &rule.needs.join(", "));
    }
    text += "scenarios\n";
    for fixture in
        fixture::built_in().map_err(|error| Stop::trouble(error.to_string()))?.iter().filter(|fixture| fixture.scenario.rule == rule)
    {
        text += &format!("            {}: {}\n", fixture.id, fixture.scenario.title);
    }
    let known: Vec<&Mistake> = Mistake::known().iter().filter(|mistake| mistake.caught_by == rule.id).collect();
    if !known.is_empty() {
        text += "known mistakes\n";
    }
    for mistake in known {
        let options = textwrap::Options::new(width()).initial_indent("            ").subsequent_indent("              ");
        text += &(textwrap::fill(&format!("{}: {}", mistake.short_name(), mistake.sentence), options) + "\n");
    }
    print(&format!("{}\n\n{text}", rule.id))
}

/// Prints a page; a reader that has had enough of it is no error.
fn print(text: &str) -> Result<u8, Stop> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::trouble(format!("stdout: {error}"))),
        _ => Ok(0),
    }
}
