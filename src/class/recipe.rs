//! How to build the programs of a folder: what the teacher says, or what the files in it need.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// What the teacher says about all folders of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// The command that builds a folder. None: what the files in it need. Empty: nothing is built.
    pub build: Option<String>,
    /// The time limit of a build.
    pub build_timeout: Option<Duration>,
    /// The command that starts the server.
    pub server: Option<String>,
    /// The command that starts the client.
    pub client: Option<String>,
}

impl Orders {
    /// The time limit of a build, if the teacher does not set one.
    pub const BUILD_TIMEOUT: Duration = Duration::from_secs(60);

    /// These orders; those of the others where one is missing.
    #[must_use]
    pub fn over(self, others: Self) -> Self {
        Self {
            build: self.build.or(others.build),
            build_timeout: self.build_timeout.or(others.build_timeout),
            server: self.server.or(others.server),
            client: self.client.or(others.client),
        }
    }

    /// The commands that build this folder, in order.
    pub(super) fn recipe(&self, folder: &Path) -> Vec<String> {
        match &self.build {
            Some(build) if build.trim().is_empty() => Vec::new(),
            Some(build) => vec![build.clone()],
            None => needed(folder),
        }
    }
}

/// `make`, if there is a makefile. Otherwise a compiler for each source file that has a `main`.
fn needed(folder: &Path) -> Vec<String> {
    if ["Makefile", "makefile", "GNUmakefile"].iter().any(|name| folder.join(name).is_file()) {
        return vec!["make".into()];
    }
    let files = files(folder);
    let mut all = Vec::new();
    for (endings, compiler) in [(&["c"][..], "cc -o"), (&["cpp", "cc", "cxx"], "c++ -o")] {
        let sources: Vec<&String> = files.iter().filter(|file| endings.contains(&ending(file))).collect();
        let (mains, parts): (Vec<&String>, Vec<&String>) = sources.into_iter().partition(|file| has_main(&folder.join(file), "main"));
        let parts: String = parts.iter().map(|part| format!(" {}", shell_words::quote(part))).collect();
        let command = |main: &&String| format!("{compiler} {} {}{parts} -pthread", quoted_stem(main), shell_words::quote(main));
        all.extend(mains.iter().map(command));
    }
    let go = files.iter().filter(|file| ending(file) == "go" && has_main(&folder.join(file), "func main"));
    all.extend(go.map(|file| format!("go build -o {} {}", quoted_stem(file), shell_words::quote(file))));
    let rust = files.iter().filter(|file| ending(file) == "rs" && has_main(&folder.join(file), "fn main"));
    all.extend(rust.map(|file| format!("rustc -o {} {}", quoted_stem(file), shell_words::quote(file))));
    let java: String = files.iter().filter(|file| ending(file) == "java").map(|file| format!(" {}", shell_words::quote(file))).collect();
    if !java.is_empty() {
        // Each class lies where its package demands, wherever its source is.
        all.push(format!("javac -d .{java}"));
    }
    all
}

/// The files of a folder that are not hidden, in the order of their names.
pub(super) fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_file = |entry: &fs::DirEntry| fs::metadata(entry.path()).is_ok_and(|about| about.is_file());
    let names = entries.filter(is_file).filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// The file name extension.
pub(super) fn ending(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The name of a file without its extension.
pub(super) fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

fn quoted_stem(file: &str) -> String {
    let name = stem(file);
    // A name that begins with - would be an option.
    shell_words::quote(&if name.starts_with('-') { format!("./{name}") } else { name.to_owned() }).into_owned()
}

/// The classes of a Java file that may have its `main`, with their package, the most likely one first.
pub(super) fn main_classes(file: &Path) -> Vec<String> {
    let text = fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let before = calls(&text, "main").next().map_or("", |at| &text[..at]);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    let words: Vec<&str> = before.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
    let behind = |keyword: &'static str| words.windows(2).filter(move |pair| pair[0] == keyword).map(|pair| pair[1]);
    let package = behind("package").next().map(|package| format!("{package}.")).unwrap_or_default();
    let mut classes: Vec<String> = behind("class").map(|class| format!("{package}{class}")).collect();
    classes.reverse();
    classes
}

/// Whether a source file has this function.
pub(super) fn has_main(file: &Path, name: &str) -> bool {
    let text = fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    calls(&text, name).next().is_some()
}

/// Where a function with this name is declared or called.
fn calls<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_call = move |at: &usize| {
        let before = text[..*at].chars().next_back();
        let behind = text[at + name.len()..].trim_start();
        behind.starts_with('(') && !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    };
    text.match_indices(name).map(|(at, _)| at).filter(is_call)
}
