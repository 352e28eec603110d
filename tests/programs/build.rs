//! Builds the programs of this folder, and gives the command that starts each.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The folder that holds the programs: this one.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs")
}

/// All programs in a subfolder, in the order of their names. `programs_in("wrong/server")` gives `wrong/server/prefix-token.c` and others.
pub fn programs_in(subfolder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join(subfolder)).unwrap_or_else(|error| panic!("{subfolder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    let mut programs: Vec<String> = names.filter(|name| !name.ends_with(".h")).map(|name| format!("{subfolder}/{name}")).collect();
    programs.sort();
    programs
}

/// The right programs in a subfolder, which are named `server.c`, `client.py` and so on, and the wrong ones.
pub fn right_and_wrong(subfolder: &str) -> (Vec<String>, Vec<String>) {
    let programs = programs_in(subfolder).into_iter().filter(|program| !program.ends_with(".toml"));
    let name = |program: &String| program.rsplit('/').next().unwrap_or_default().to_owned();
    programs.partition(|program| name(program).starts_with("server.") || name(program).starts_with("client."))
}

/// The names of the imagined courses: those of their folders.
pub fn courses() -> Vec<String> {
    let names = programs_in("courses").into_iter();
    names.map(|folder| folder.trim_start_matches("courses/").to_owned()).collect()
}

/// What an imagined course asks of its programs.
pub fn course_file(course: &str) -> PathBuf {
    folder().join("courses").join(course).join("course.toml")
}

/// Builds a program, unless the same content was built before, and returns the command that starts it.
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

/// The name of the 32-bit C compiler, if this machine does not have one.
pub fn missing_32_bit_compiler() -> Option<&'static str> {
    static IS_THERE: LazyLock<bool> = LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, target) = (folder.path().join("empty.c"), folder.path().join("empty"));
        fs::write(&source, "#include <stdio.h>\nint main(void) { return 0; }\n").expect("a file");
        Command::new("cc").arg("-m32").arg("-o").args([target, source]).output().is_ok_and(|done| done.status.success())
    });
    (!*IS_THERE).then_some("C compiler for 32 bits")
}

/// Like [`command`], but builds a C program for 32 bits.
pub fn command_for_32_bits(program: &str) -> String {
    build(language(program), &folder().join(program), &["-m32", "-O1", "-pthread"], "-o").display().to_string()
}

/// Builds a C program as a shared library, and returns its path.
pub fn shared_library(program: &str) -> String {
    build(language(program), &folder().join(program), &["-shared", "-fPIC", "-O1"], "-o").display().to_string()
}

/// PATH with the folder of the Python interpreter first, for commands that begin with `python3`: see [`PYTHON`].
pub fn path() -> OsString {
    let all = std::env::var_os("PATH").unwrap_or_default();
    let first = on_path("python3").and_then(|_| Path::new(&*PYTHON).parent().map(Path::to_owned));
    std::env::join_paths(first.into_iter().chain(std::env::split_paths(&all))).expect("folders")
}

/// The command that runs a Python script given as text.
pub fn python_command(script: &str) -> String {
    format!("{} -I -S -c {}", shell_words::quote(&PYTHON), shell_words::quote(&script.replace('{', "{{").replace('}', "}}")))
}

/// The Python interpreter itself. A version manager may put a script of its own first in PATH; that script takes longer to start than most
/// programs here run.
pub static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let asked = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().expect("python3");
    String::from_utf8(asked.stdout).expect("a path").trim().to_owned()
});

/// The language of a program, by the ending of its file.
pub fn language(program: &str) -> &'static Language {
    let ending = program.rsplit_once('.').map_or("", |(_, ending)| ending);
    LANGUAGES.iter().find(|language| language.ending == ending).unwrap_or_else(|| panic!("{program}: no known language"))
}

/// The tool's file, if PATH has one.
pub fn on_path(tool: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(tool)).find(|file| file.is_file())
}

/// Builds into a file that is named by a hash of the content, so no test uses a stale build. Several processes may build at the same time.
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
        // Another process may have finished first. Its build has the same content.
        if let Err(error) = fs::rename(&target, &built) {
            assert!(built.exists(), "{}: {error}", built.display());
        }
    }
    built
}

/// A programming language of the programs under test.
pub struct Language {
    /// The ending of its files.
    ending: &'static str,
    /// The compiler or interpreter that the program needs.
    pub tool: &'static str,
    build: Build,
    /// The words of the command before the program itself.
    run: &'static [&'static str],
}

enum Build {
    /// The source itself is run.
    None,
    /// `tool … -o PROGRAM SOURCE`.
    Binary(&'static [&'static str]),
    /// `tool … -d FOLDER SOURCE`. The folder then holds a class Main.
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
        // These options make short runs cheap.
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
    // Without the user's packages, Python starts in half the time.
    Language { ending: "py", tool: "python3", build: Build::None, run: &["python3", "-I", "-S"] },
    Language { ending: "sh", tool: "sh", build: Build::None, run: &["sh"] },
];
