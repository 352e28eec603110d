//! Lists the fixtures that are built into the program.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("fixtures");
    // For a folder, cargo checks every file in it.
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let entries = files.iter().map(|file| {
        let id = file.strip_prefix(&root).expect("it was found there").with_extension("");
        format!("    ({:?}, include_str!({:?})),\n", id.display().to_string(), file.display().to_string())
    });
    let list = format!("&[\n{}]\n", entries.collect::<String>());
    fs::write(PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("fixtures.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "transcript") {
            files.push(path);
        }
    }
    Ok(())
}
