//! Recognises the language of a subject, so that a report can show code in this language.
//!
//! The command tells most: `python3 client.py`, `java -cp out Main`. For a compiled program, the file tells which libraries it needs.

use crate::spec::language::Language;
use crate::stage::command::Command;
use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How much of a program's file to read: the names of its libraries are near its beginning.
const MOST: u64 = 4 << 20;

/// The language of the program that a command starts. None if nothing shows it, or if it is not in [`Language`].
pub fn language_of(command: &Command) -> Option<Language> {
    let here = command.directory().unwrap_or(Path::new(""));
    let words = command.words(Command::NOWHERE);
    // The first word may be a wrapper: `sh -c 'exec ./a.out'`, `timeout 9 python3 client.py`. A word in quotes may be a whole command.
    let of_word = |word: &String| {
        let mut parts = std::iter::once(&**word).chain(word.split_whitespace());
        parts.find_map(|part| of_name(Path::new(part)).or_else(|| of_file(part, &here.join(part))))
    };
    words.iter().find_map(of_word)
}

/// The language of an interpreter or of a source file.
fn of_name(file: &Path) -> Option<Language> {
    let name = file.file_name()?.to_str()?;
    match file.extension().and_then(OsStr::to_str) {
        Some("py" | "pyz") => return Some(Language::Python),
        Some("java" | "jar" | "class") => return Some(Language::Java),
        Some("js" | "mjs" | "cjs") => return Some(Language::JavaScript),
        Some("pl") => return Some(Language::Perl),
        Some("go") => return Some(Language::Go),
        Some("c") => return Some(Language::C),
        Some("cpp" | "cc" | "cxx") => return Some(Language::Cpp),
        _ => {}
    }
    // The name of an interpreter may end with its version: `python3.12`.
    match name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "python" | "pypy" => Some(Language::Python),
        "java" => Some(Language::Java),
        "node" | "nodejs" => Some(Language::JavaScript),
        "perl" => Some(Language::Perl),
        "go" => Some(Language::Go),
        _ => None,
    }
}

/// The language of a program's own file. A program of the system, such as a shell, is a wrapper at most.
fn of_file(word: &str, file: &Path) -> Option<Language> {
    let is_of_the_system = || env::split_paths(&env::var_os("PATH")?).find(|folder| Some(&**folder) == file.parent());
    if !word.contains('/') || !file.is_file() || is_of_the_system().is_some() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    if let Some(script) = bytes.strip_prefix(b"#!") {
        let first_line = String::from_utf8_lossy(script.split(|byte| *byte == b'\n').next()?).into_owned();
        return first_line.split_whitespace().find_map(|word| of_name(Path::new(word)));
    }
    bytes.starts_with(b"\x7fELF").then(|| of_binary(&bytes)).flatten()
}

/// The language of a compiled program.
fn of_binary(bytes: &[u8]) -> Option<Language> {
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let has_any = |texts: &[&str]| texts.iter().any(|text| has(text));
    // Rust comes first, because sockspec itself contains the other texts.
    if has_any(&["RUST_BACKTRACE", "/rustc/"]) {
        None
    } else if has_any(&["Go build ID", ".note.go.buildid"]) {
        Some(Language::Go)
    } else if has_any(&["libstdc++.so", "libc++.so", "terminate called after throwing"]) {
        Some(Language::Cpp)
    } else if has("libgcc_s.so") {
        // C does not need the library that unwinds the stack.
        None
    } else if has_any(&["libc.so", "libc.musl", "GNU C Library"]) {
        Some(Language::C)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::run::language::{language_of, of_binary};
    use crate::spec::language::Language::{self, C, Cpp, Go, Java, JavaScript, Perl, Python};
    use crate::stage::command::Command;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;
    use tempfile::TempDir;

    /// The language of this command. Its first word need not exist.
    #[track_caller]
    fn check(command: &str, expected: Option<Language>) {
        let words = shell_words::split(command).expect("words");
        let (program, arguments) = words.split_first().expect("a word");
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(language_of(&Command::trusted(program, PathBuf::from(program), &arguments)), expected, "{command}");
    }

    #[test]
    fn the_command_names_the_language() {
        check("python3 client.py", Some(Python));
        check("python3.12 -c 'import socket'", Some(Python));
        check("node x.js", Some(JavaScript));
        check("java Server.java", Some(Java));
        check("java -cp DIR Main", Some(Java));
        check("perl x.pl", Some(Perl));
        check("go run x.go", Some(Go));
        check("tcc -run x.c", Some(C));
        check("./client.py", Some(Python));
        check("/usr/bin/env perl client", Some(Perl));
        check("sh -c 'cd out && exec java Main'", Some(Java));
        check("ruby client.rb", None);
        check("sh -c 'exit 1'", None);
    }

    #[test]
    fn a_script_is_told_by_its_first_line_and_a_binary_by_its_libraries() {
        let folder = TempDir::new().expect("a folder");
        let write = |content: &[u8]| {
            let file = folder.path().join("program");
            fs::write(&file, content).expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("permissions");
            file.display().to_string()
        };
        for (content, language) in [
            (&b"#!/usr/bin/env python3\nprint()\n"[..], Some(Python)),
            (b"#!/usr/bin/perl -w\n", Some(Perl)),
            (b"#!/bin/sh\n", None),
            (b"\x7fELF\0libstdc++.so.6\0libc.so.6\0", Some(Cpp)),
            (b"\x7fELF\0libc.so.6\0", Some(C)),
            (b"libc.so.6", None),
        ] {
            let file = write(content);
            check(&file, language);
            check(&format!("timeout 9 {file}"), language);
        }
        // A wrapper tells nothing, and what it starts does.
        let wrapper = write(b"#!/bin/sh\nexec \"$@\"\n");
        check(&format!("{wrapper} node x"), Some(JavaScript));
    }

    #[test]
    fn a_binary_of_another_language_is_not_taken_for_c() {
        assert_eq!(of_binary(b"libgcc_s.so.1\0libc.so.6\0/rustc/"), None);
        assert_eq!(of_binary(b"libgcc_s.so.1\0libc.so.6\0"), None);
        assert_eq!(of_binary(b"Go build ID: \"x\"libc.so.6\0"), Some(Go));
        assert_eq!(of_binary(b"\0"), None);
    }

    #[test]
    fn a_program_in_a_folder_of_the_system_is_not_the_subject() {
        check("/bin/sh", None);
        check("/usr/bin/env", None);
    }
}
