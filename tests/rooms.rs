//! The structure of `src`: which top-level module (room) may use which, no circles between files, and no file that is too long.
//!
//! A room is a folder of `src`, with the file of the same name beside it: `src/stage.rs` and `src/stage/` are the room `stage`. The test
//! reads the text of each file, and looks for paths such as `crate::stage::…`.

mod files;

use files::files_below;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms, which are the top-level modules, in the order of `src/lib.rs`. Each may use the rooms before it. There is one exception: only
/// `cli` uses `reference`, because `cli` starts the built-in programs, and `reference` uses no other room.
const ROOMS: [&str; 10] = ["spec", "model", "stage", "verdict", "run", "report", "class", "project", "reference", "cli"];

/// The most lines of code, without comments and empty lines, that a file may have.
const LONGEST: usize = 400;

/// The text of each module without comments and empty lines. The key is the module's path, such as `spec::dialect`.
type Modules = BTreeMap<String, String>;

fn modules() -> Modules {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = Modules::new();
    for file in files_below(&source) {
        let path = file.strip_prefix(&source).expect("below it").with_extension("").display().to_string().replace('/', "::");
        let is_module = !["main", "lib", "build"].contains(&&*path) && !path.starts_with("bin::");
        if file.extension().is_some_and(|ending| ending == "rs") && is_module {
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim().is_empty();
            modules.insert(path, text.lines().filter(is_code).map(|line| format!("{line}\n")).collect());
        }
    }
    assert!(modules.len() > 50, "{:?}", modules.keys());
    modules
}

/// The modules that a module uses. It names them as `crate::…` or as `super::…`, or, if they are its own children, as `child::…`.
fn used(modules: &Modules, module: &str) -> BTreeSet<String> {
    let text = &modules[module];
    let mut used = BTreeSet::new();
    let mut add = |path: &str| {
        let parts: Vec<&str> = path.split("::").collect();
        let known = (1..=parts.len()).rev().map(|len| parts[..len].join("::")).find(|path| modules.contains_key(path));
        used.extend(known.filter(|known| known != module));
    };
    for (prefix, base) in [("crate", String::new()), ("super", parent(module)), ("super::super", parent(&parent(module)))] {
        for path in paths_after(text, prefix).filter(|path| !path.starts_with("super::")) {
            add(&if base.is_empty() { path } else { format!("{base}::{path}") });
        }
    }
    for child in modules.keys().filter(|child| parent(child) == module) {
        let name = child.rsplit("::").next().expect("a name");
        if !paths_after(text, name).collect::<Vec<_>>().is_empty() {
            add(child);
        }
    }
    used
}

fn parent(module: &str) -> String {
    module.rsplit_once("::").map_or_else(String::new, |(parent, _)| parent.to_owned())
}

/// All paths in a text that begin with `prefix`, without the prefix. A group in braces gives several paths: `a::{b, c}` gives `b` and `c`.
fn paths_after<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = String> + 'a {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let begin = format!("{prefix}::");
    let places: Vec<usize> = text.match_indices(&begin).map(|(at, _)| at).collect();
    places.into_iter().filter(move |&at| !text[..at].ends_with(is_part)).flat_map(move |at| {
        let rest = &text[at + prefix.len() + 2..];
        let (path, after) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
        let group = after.strip_prefix('{').and_then(|group| group.split('}').next());
        match group {
            Some(group) => group.split(',').map(|item| format!("{path}{}", item.trim())).collect(),
            None => vec![path.to_owned()],
        }
    })
}

#[test]
fn a_room_uses_only_the_rooms_before_it() {
    let modules = modules();
    let place = |module: &str| {
        let room = module.split("::").next().expect("a room");
        ROOMS.iter().position(|known| *known == room).unwrap_or_else(|| panic!("{module} is in no room"))
    };
    for module in modules.keys() {
        for other in used(&modules, module) {
            assert!(place(&other) <= place(module), "{module} uses {other}");
            let is_reference = |module: &str| ROOMS[place(module)] == "reference";
            assert!(is_reference(module) == is_reference(&other) || ROOMS[place(module)] == "cli", "{module} uses {other}");
        }
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let modules = modules();
    let mut left: BTreeMap<&str, BTreeSet<String>> = modules.keys().map(|module| (&**module, used(&modules, module))).collect();
    // Remove, again and again, the modules that use no other remaining module. None of them is in a circle.
    loop {
        let done: Vec<&str> =
            left.iter().filter(|(_, used)| used.iter().all(|other| !left.contains_key(&**other))).map(|(one, _)| *one).collect();
        if done.is_empty() {
            break;
        }
        left.retain(|module, _| !done.contains(module));
    }
    // Then remove the modules that no remaining module uses. They are in no circle either. What remains are the circles.
    loop {
        let is_used = |module: &str| left.values().any(|used| used.contains(module));
        let done: Vec<&str> = left.keys().copied().filter(|module| !is_used(module)).collect();
        if done.is_empty() {
            break;
        }
        left.retain(|module, _| !done.contains(module));
    }
    let arrows = left.iter().map(|(module, used)| {
        let others: Vec<&String> = used.iter().filter(|other| left.contains_key(&***other)).collect();
        format!("{module} uses {others:?}\n")
    });
    assert!(left.is_empty(), "{}", arrows.collect::<String>());
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<(String, usize)> = modules().into_iter().map(|(module, text)| (module, text.lines().count())).collect();
    let long: Vec<_> = long.into_iter().filter(|(_, lines)| *lines > LONGEST).collect();
    assert!(long.is_empty(), "{long:?}");
}
