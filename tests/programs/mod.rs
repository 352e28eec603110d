//! The programs under test, in many languages: how each is built, and started.

#![allow(dead_code, reason = "each test uses a part of it")]

use clap::ValueEnum;
use libtest_mimic::{Arguments, Failed, Trial};
use rustix::process::Signal;
use sockspec::crew::Setting;
use sockspec::stage::{Isolation, Limits, Stage, Tier};
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A language: the ending of its files, the tool that it needs, and how a program of it becomes a command.
struct Language {
    ending: &'static str,
    tool: &'static str,
    build: Build,
    /// What comes before the program in its command.
    run: &'static [&'static str],
}

enum Build {
    /// The source is the program.
    None,
    /// `tool … -o PROGRAM SOURCE`.
    Binary(&'static [&'static str]),
    /// `tool … -d FOLDER SOURCE`, with a class Main in it.
    Classes(&'static [&'static str]),
}

const LANGUAGES: &[Language] = &[
    Language { ending: "c", tool: "cc", build: Build::Binary(&["-O1", "-pthread"]), run: &[] },
    Language { ending: "cpp", tool: "c++", build: Build::Binary(&["-O1", "-pthread"]), run: &[] },
    Language { ending: "go", tool: "go", build: Build::Binary(&["build"]), run: &[] },
    Language {
        ending: "java",
        tool: "javac",
        build: Build::Classes(&["-encoding", "UTF-8"]),
        // What a short life costs least with.
        run: &[
            "java",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=50",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-cp",
        ],
    },
    Language { ending: "js", tool: "node", build: Build::None, run: &["node"] },
    Language { ending: "pl", tool: "perl", build: Build::None, run: &["perl"] },
    // Without the user's own packages it starts in half the time.
    Language { ending: "py", tool: "python3", build: Build::None, run: &["python3", "-I", "-S"] },
    Language { ending: "sh", tool: "sh", build: Build::None, run: &["sh"] },
];

/// The folder of this file.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs")
}

/// The programs in a folder below this one, in the order of their names: `wrong/server/prefix-token.c`.
pub fn below(part: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join(part)).unwrap_or_else(|error| panic!("{part}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    let mut programs: Vec<String> = names.filter(|name| !name.ends_with(".h")).map(|name| format!("{part}/{name}")).collect();
    programs.sort();
    programs
}

/// The tool that a program needs, where this machine does not have it.
pub fn missing_tool(program: &str) -> Option<&'static str> {
    missing(language(program).tool)
}

/// The tool, where this machine does not have it; or the place, which is tried.
pub fn missing(tool: &str) -> Option<&str> {
    let is_there = match tool {
        NAMESPACE => missing_place(Tier::Namespace).is_none(),
        PLACE => missing_relay().is_none(),
        tool => on_path(tool).is_some(),
    };
    (!is_there).then_some(tool)
}

/// What tests need that are about namespaces.
pub const NAMESPACE: &str = "private namespace";
/// What tests need that want a loopback, or two, for themselves.
pub const PLACE: &str = "private place";

/// The best place that there is, or the one that was asked for.
///
/// # Panics
/// There is none: tests that need one say so.
pub fn tier() -> Tier {
    isolation().tiers().iter().copied().find(|tier| missing_place(*tier).is_none()).expect("a place")
}

/// A stage there.
///
/// # Panics
/// As above.
pub fn stage() -> Stage {
    stage_in(tier())
}

/// A stage in this place.
///
/// # Panics
/// It is not to be had: tests that need it say so.
pub fn stage_in(tier: Tier) -> Stage {
    Stage::open(Path::new(env!("CARGO_BIN_EXE_sockspec")), tier, 0).unwrap_or_else(|error| panic!("{error}"))
}

/// A line of Python as a command.
pub fn python(script: &str) -> String {
    format!("{} -I -S -c {}", shell_words::quote(&PYTHON), shell_words::quote(&script.replace('{', "{{").replace('}', "}}")))
}

/// The place, where this machine does not have it. Each is tried once: many tests ask.
pub fn missing_place(tier: Tier) -> Option<&'static str> {
    static TRIED: Mutex<BTreeMap<Tier, bool>> = Mutex::new(BTreeMap::new());
    let mut tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_there = *tried.entry(tier).or_insert_with(|| Stage::open(Path::new(env!("CARGO_BIN_EXE_sockspec")), tier, 0).is_ok());
    (!is_there).then_some(match tier {
        Tier::Namespace => NAMESPACE,
        Tier::Network => "private network",
        Tier::Address => "private address",
        Tier::Host => "witness",
    })
}

/// What a relay needs, where this machine does not have it.
pub fn missing_relay() -> Option<&'static str> {
    static IS_MISSING: LazyLock<bool> =
        LazyLock::new(|| [Tier::Namespace, Tier::Network, Tier::Address].into_iter().all(|tier| missing_place(tier).is_some()));
    IS_MISSING.then_some(PLACE)
}

/// Whether a line of a report says where programs ran, which differs from machine to machine.
pub fn names_a_place(line: &str) -> bool {
    ["in private namespaces, ", "in private networks, ", "at private addresses ", "on this machine's own "]
        .iter()
        .any(|place| line.starts_with(place))
}

/// Where programs are judged: SOCKSPEC_TEST_ISOLATION, which is a value of `--isolation`, or the best place that there is.
fn isolation() -> Isolation {
    std::env::var("SOCKSPEC_TEST_ISOLATION").map_or(Isolation::Auto, |name| Isolation::from_str(&name, false).expect("a place"))
}

/// The same for a command line.
pub fn isolation_option() -> [String; 2] {
    ["--isolation".to_owned(), isolation().name().to_owned()]
}

/// The tests of a file, by name; the tools that some of them need; and which of how many it is that take turns outside of CI, as `[1 of 3]`.
/// Where a tool is missing or it is the turn of another, the test is skipped, and its name says so.
#[allow(unused_macros, reason = "some files have trials of their own")]
macro_rules! tests {
    ($($name:ident $(($($tool:literal),+))? $([$number:literal of $count:literal])?),+ $(,)?) => {
        fn main() -> std::process::ExitCode {
            let trials = vec![$({
                let missing = None$($(.or_else(|| programs::missing($tool)))+)?;
                let trial = |name: &str| {
                    programs::trial(name, missing, || {
                        $name();
                        Ok(())
                    })
                };
                programs::in_turn(stringify!($name), true $(&& programs::takes_turn($number, $count))?, trial)
            }),+];
            libtest_mimic::run(&programs::arguments(), trials).exit_code()
        }
    };
}
#[allow(unused_imports, reason = "some files have trials of their own")]
pub(crate) use tests;

/// A test of what this machine may lack. Where something is missing the test is skipped, and its name says so; but never in CI.
pub fn trial(name: &str, missing: Option<&str>, test: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let missing = missing.filter(|_| std::env::var_os("CI").is_none());
    let name = missing.map_or(name.to_owned(), |what| format!("{name} (skipped: there is no {what} here)"));
    Trial::test(name, test).with_ignored_flag(missing.is_some())
}

/// Those of these whose turn it is, one of so many; all of them where everything is played.
pub fn in_turn_of<T>(all: impl IntoIterator<Item = T>, of: usize) -> impl Iterator<Item = T> {
    all.into_iter().enumerate().filter(move |(number, _)| takes_turn(*number, of)).map(|(_, one)| one)
}

/// A test that takes turns with others. Where its turn has not come it is skipped, and its name says so.
pub fn in_turn(name: &str, has_come: bool, trial: impl FnOnce(&str) -> Trial) -> Trial {
    if has_come { trial(name) } else { trial(&format!("{name} (skipped: it is the turn of another)")).with_ignored_flag(true) }
}

/// What the end of a terminal sends. Tests that are started with `nohup` pass on that it is ignored: there another one has to do.
pub fn hang_up() -> Signal {
    let status = fs::read_to_string("/proc/self/status").expect("a status");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask").trim();
    if ignored.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']) { Signal::TERM } else { Signal::HUP }
}

/// How tests are run. Most wait for programs most of the time, so there are more at once than cores.
pub fn arguments() -> Arguments {
    let mut arguments = Arguments::from_args();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads = arguments.test_threads.or(Some(2 * cores));
    arguments
}

/// Whether everything is played that there is: in CI, and where it is recorded. Elsewhere a test of hundreds of programs plays a part of it,
/// another one each day.
pub fn is_whole() -> bool {
    std::env::var_os("CI").is_some() || std::env::var_os("SOCKSPEC_BLESS").is_some()
}

/// Whether the turn of this one among so many has come, where not everything is played.
pub fn takes_turn(number: usize, of: usize) -> bool {
    let days = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() / (24 * 60 * 60));
    is_whole() || (number + days as usize).is_multiple_of(of)
}

/// Whether what was recorded is to be written anew: `SOCKSPEC_BLESS=1`. Not in CI, because a person has to read what has changed.
pub fn is_blessed() -> bool {
    let is_asked = std::env::var_os("SOCKSPEC_BLESS").is_some();
    assert!(!is_asked || std::env::var_os("CI").is_none(), "SOCKSPEC_BLESS records nothing where CI is set");
    is_asked
}

/// Where and how programs run that are judged without the command.
pub fn setting(jobs: usize) -> Setting {
    Setting {
        jobs,
        timeout: Duration::from_secs(5),
        limits: Limits::default(),
        isolation: isolation(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_sockspec")),
    }
}

/// Builds a program, unless that has been done, and returns the command that starts it.
pub fn command(program: &str) -> String {
    let language = language(program);
    let source = folder().join(program);
    let built = match language.build {
        Build::None => source,
        Build::Binary(options) => build(language, &source, options, "-o"),
        Build::Classes(options) => build(language, &source, options, "-d"),
    };
    let run = language.run.iter().map(|word| if *word == "python3" { PYTHON.clone() } else { (*word).to_owned() });
    let mut words: Vec<String> = run.chain([built.display().to_string()]).collect();
    if matches!(language.build, Build::Classes(_)) {
        words.push("Main".into());
    }
    shell_words::join(words)
}

/// What it takes to build 32-bit programs, where this machine does not have it.
pub fn cannot_build_for_32_bits() -> Option<&'static str> {
    static IS_THERE: LazyLock<bool> = LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, target) = (folder.path().join("empty.c"), folder.path().join("empty"));
        fs::write(&source, "#include <stdio.h>\nint main(void) { return 0; }\n").expect("a file");
        Command::new("cc").arg("-m32").arg("-o").args([target, source]).output().is_ok_and(|done| done.status.success())
    });
    (!*IS_THERE).then_some("C compiler for 32 bits")
}

/// The same as [`command`], for a program in C that is built for 32 bits.
pub fn command_of_32_bits(program: &str) -> String {
    build(language(program), &folder().join(program), &["-m32", "-O1", "-pthread"], "-o").display().to_string()
}

/// A library that is made of a program in C.
pub fn library(program: &str) -> String {
    build(language(program), &folder().join(program), &["-shared", "-fPIC", "-O1"], "-o").display().to_string()
}

/// PATH, with the folder of that interpreter first: for commands that say no more than `python3`.
pub fn path() -> OsString {
    let all = std::env::var_os("PATH").unwrap_or_default();
    let first = on_path("python3").and_then(|_| Path::new(&*PYTHON).parent().map(Path::to_owned));
    std::env::join_paths(first.into_iter().chain(std::env::split_paths(&all))).expect("folders")
}

/// A version manager puts a script before the interpreter, which takes longer than most programs here.
static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let asked = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().expect("python3");
    String::from_utf8(asked.stdout).expect("a path").trim().to_owned()
});

fn language(program: &str) -> &'static Language {
    let ending = program.rsplit_once('.').map_or("", |(_, ending)| ending);
    LANGUAGES.iter().find(|language| language.ending == ending).unwrap_or_else(|| panic!("{program}: no known language"))
}

fn on_path(tool: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(tool)).find(|file| file.is_file())
}

/// Builds into a place that the content names, so that nothing stale is ever used. Tests of several processes may do that at once.
fn build(language: &Language, source: &Path, options: &[&str], output: &str) -> PathBuf {
    let text = |path: &Path| fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let siblings = fs::read_dir(source.parent().expect("a folder")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut inputs: Vec<PathBuf> = siblings.filter(|path| path.extension().is_some_and(|ending| ending == "h")).collect();
    inputs.sort();
    let mut hasher = DefaultHasher::new();
    (options, text(source), inputs.iter().map(|path| text(path)).collect::<Vec<_>>()).hash(&mut hasher);
    let name = format!("{}-{:016x}", source.file_stem().expect("a name").display(), hasher.finish());
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    let built = all.join(&name);
    if !built.exists() {
        fs::create_dir_all(&all).expect("a folder");
        let unfinished = tempfile::tempdir_in(&all).expect("a folder");
        let target = unfinished.path().join(&name);
        let done = Command::new(language.tool).args(options).arg(output).arg(&target).arg(source).output().expect("the compiler runs");
        assert!(done.status.success(), "{}: {}", source.display(), String::from_utf8_lossy(&done.stderr));
        // Whoever is first wins; a folder that is there already is the same.
        if let Err(error) = fs::rename(&target, &built) {
            assert!(built.exists(), "{}: {error}", built.display());
        }
    }
    built
}

const KEYS: [&str; 9] = ["Mistake", "Look at", "Caught by", "Breaks too", "Falls short of", "Hazard", "Played with", "Verdict", "Message"];

/// What a program says of itself in its head comment.
#[derive(Debug, Default)]
pub struct Head {
    /// The mistake: a sentence that begins with "it".
    pub sentence: String,
    /// Where to look in one's own code.
    pub look: String,
    /// The rule that names it.
    pub caught_by: String,
    /// What else it breaks, and why.
    pub breaks_too: BTreeMap<String, String>,
    /// The rules that a right program does not meet, and what keeps its language from that.
    pub falls_short: BTreeMap<String, String>,
    /// What it does to those who run it: a sentence that begins with "it".
    pub hazard: String,
    /// The scenarios that it is to play, and the options.
    pub played_with: String,
    /// What is to be said of it: `pass` or `fail`.
    pub verdict: String,
    /// What the message is to name.
    pub message: String,
}

/// Reads the comment at the beginning of a program.
pub fn head(program: &str) -> Head {
    let text = fs::read_to_string(folder().join(program)).unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut parts: Vec<(&str, String)> = Vec::new();
    let is_comment = |line: &&str| {
        ["/*", " *", "# ", "\"\"\"", "  "].iter().any(|begin| line.starts_with(begin)) || KEYS.iter().any(|key| line.starts_with(key))
    };
    assert!(!text.starts_with("//"), "{program}: a head comment is a block");
    for line in text.lines().skip_while(|line| line.starts_with("#!")).take_while(is_comment) {
        let line = line.trim_start_matches(['/', '*', '#', '"', ' ']).trim_end_matches(['/', '*', '"', ' ']);
        match (line.split_once(": ").filter(|(key, _)| KEYS.contains(key)), parts.last_mut()) {
            (Some((key, text)), _) => parts.push((key, text.into())),
            (None, Some((_, text))) => *text = format!("{text} {line}"),
            (None, None) => {}
        }
    }
    let part = |name: &str| parts.iter().find(|(key, _)| *key == name).map_or(String::new(), |(_, text)| text.trim().to_owned());
    let reason = |entry: &str| {
        let (rule, reason) = entry.split_once(" (").unwrap_or_else(|| panic!("{program}: `{entry}` gives no reason in parentheses"));
        (rule.to_owned(), reason.trim_end_matches(')').to_owned())
    };
    let reasons = |name: &str| part(name).split("; ").filter(|entry| !entry.is_empty()).map(reason).collect();
    Head {
        sentence: part("Mistake"),
        look: part("Look at"),
        caught_by: part("Caught by"),
        breaks_too: reasons("Breaks too"),
        falls_short: reasons("Falls short of"),
        hazard: part("Hazard"),
        played_with: part("Played with"),
        verdict: part("Verdict"),
        message: part("Message"),
    }
}
