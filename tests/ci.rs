//! The files of `sockspec help ci` work: their commands run in a scratch repository, as a forge would run them. The README shows one.

mod programs;

use assert_cmd::Command;
use libtest_mimic::{Failed, Trial};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Output};
use tempfile::TempDir;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Each file that is printed, and the schema that its forge publishes.
const FILES: [(&str, Option<&str>); 9] = [
    ("github", Some("vendor.github-workflows")),
    ("github-parts", Some("vendor.github-workflows")),
    ("classroom", Some("vendor.github-workflows")),
    ("gitlab", Some("vendor.gitlab-ci")),
    ("gitlab-parts", Some("vendor.gitlab-ci")),
    ("gradescope-setup", None),
    ("gradescope", None),
    ("hook", None),
    ("container", None),
];

fn main() -> ExitCode {
    let mut trials = vec![
        Trial::test("every_file_is_listed", every_file_is_listed),
        Trial::test("the_readme_shows_what_is_printed", the_readme_shows_what_is_printed),
        Trial::test("help_suggests_the_nearest_command_topic_or_file", help_suggests),
    ];
    for (name, schema) in FILES {
        trials.push(programs::trial(&format!("{name}/judges"), programs::missing("cc").or_else(|| programs::missing("git")), move || {
            judges(name)
        }));
        if let Some(schema) = schema {
            let missing = programs::missing("check-jsonschema");
            trials.push(programs::trial(&format!("{name}/is_what_its_forge_reads"), missing, move || is_valid(name, schema)));
        }
    }
    libtest_mimic::run(&programs::arguments(), trials).exit_code()
}

fn printed(name: &str) -> String {
    let output = Command::new(SOCKSPEC).args(["help", "ci", name]).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn every_file_is_listed() -> Result<(), Failed> {
    let mut page = Command::new(SOCKSPEC).args(["help", "ci"]).assert().code(0);
    for (name, _) in FILES {
        page = page.stdout(contains(format!("sockspec help ci {name} ")));
    }
    Ok(())
}

fn help_suggests() -> Result<(), Failed> {
    let help = |words: &[&str]| Command::new(SOCKSPEC).arg("help").args(words).assert();
    help(&["ci", "githb"]).code(2).stderr(contains("did you mean `github`?"));
    help(&["chek"]).code(2).stderr(contains("did you mean `check`?"));
    help(&["limit"]).code(2).stderr(contains("did you mean `limits`?"));
    help(&["c"]).code(2).stderr(contains("did you mean `ci`?"));
    help(&["limits"]).code(0).stdout(contains("limits: ").and(contains("open-files")));
    help(&["check"]).code(0).stdout(contains("Usage: sockspec check"));
    help(&[]).code(0).stdout(contains("sockspec help ci").and(contains("\n  limits ")).and(contains("\n  check ")));
    Ok(())
}

/// Each file in the README is one of the files that sockspec prints.
fn the_readme_shows_what_is_printed() -> Result<(), Failed> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))?;
    let blocks = readme.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let shown: Vec<&str> = blocks.filter(|(_, text)| text.starts_with("# .git") || text.starts_with("#!")).map(|(_, text)| text).collect();
    let printed: Vec<String> = FILES.iter().map(|(name, _)| printed(name)).collect();
    assert!(!shown.is_empty(), "{readme}");
    for text in shown {
        assert!(printed.iter().any(|file| file == text), "nothing prints this:\n{text}");
    }
    Ok(())
}

fn is_valid(name: &str, schema: &str) -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let file = folder.path().join("file.yml");
    fs::write(&file, printed(name))?;
    let output = std::process::Command::new("check-jsonschema").args(["--builtin-schema", schema]).arg(file).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stdout).into_owned().into()) }
}

/// A right server and client pass; a wrong server does not.
fn judges(name: &str) -> Result<(), Failed> {
    let repository = Repository::new()?;
    let right = repository.judged(name)?;
    if !right.status.success() {
        return Err(format!("{right:?}").into());
    }
    if name == "gradescope-setup" || name == "container" {
        return Ok(());
    }
    repository.put("wrong/server/prefix-token.c", "server.c")?;
    let wrong = repository.judged(name)?;
    if name == "gradescope" {
        // Whatever is wrong with a submission, Gradescope wants to hear of success.
        let results: Value = serde_json::from_slice(&fs::read(repository.at("autograder/results/results.json"))?)?;
        let failed = results["tests"].as_array().ok_or("no tests")?.iter().any(|test| test["score"] == 0.0 || test["score"] == 0);
        assert!(failed && wrong.status.success(), "{results}");
        fs::write(repository.at("server.c"), "this is not C")?;
        assert!(repository.judged(name)?.status.success());
        let results: Value = serde_json::from_slice(&fs::read(repository.at("autograder/results/results.json"))?)?;
        assert_eq!((&results["score"], &results["output"]), (&0.into(), &"server.c does not compile: try `cc -o server server.c`".into()));
        return Ok(());
    }
    if wrong.status.code() == Some(1) { Ok(()) } else { Err(format!("{wrong:?}").into()) }
}

/// A scratch repository, and a machine on which nothing is installed but cargo, which takes sockspec from here.
struct Repository(TempDir);

impl Repository {
    fn new() -> Result<Self, Failed> {
        let new = Self(TempDir::new()?);
        for folder in ["bin", "home/.cargo/bin", "autograder/source", "autograder/results", "system"] {
            fs::create_dir_all(new.at(folder))?;
        }
        new.put("right/server.c", "server.c")?;
        new.put("right/client.c", "client.c")?;
        // It installs exactly what the registry has: this version, from its lock file, the one program.
        new.tool(
            "cargo",
            &format!(
                "[ \"$*\" = 'install --locked sockspec --version {VERSION} --bin sockspec' ] && root=$HOME/.cargo\n\
                 [ \"${{*% *}}\" = 'install --locked sockspec --version {VERSION} --bin sockspec --root' ] && eval root=\\$$#\n\
                 mkdir -p \"$root/bin\" && cp {SOCKSPEC} \"$root/bin/sockspec\""
            ),
        )?;
        new.tool("apt-get", "case \"$1\" in update | install) ;; *) exit 1 ;; esac")?;
        std::process::Command::new("git").args(["init", "--quiet"]).current_dir(new.0.path()).status()?;
        Ok(new)
    }

    fn at(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn put(&self, program: &str, file: &str) -> Result<(), Failed> {
        let source = programs::folder().join(program);
        // Some share a header.
        for header in
            fs::read_dir(source.parent().expect("a folder"))?.flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "h"))
        {
            fs::copy(header.path(), self.at(&header.file_name().to_string_lossy()))?;
        }
        fs::copy(source, self.at(file))?;
        Ok(())
    }

    fn tool(&self, name: &str, script: &str) -> Result<(), Failed> {
        let file = self.at("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\nset -e\n{script}\n"))?;
        fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
        Ok(())
    }

    /// Runs the commands of a file as those do for whom it is written.
    fn judged(&self, name: &str) -> Result<Output, Failed> {
        let text = printed(name);
        let script = match name {
            "hook" => {
                fs::create_dir_all(self.at(".git/hooks"))?;
                let hook = self.at(".git/hooks/pre-push");
                fs::write(&hook, &text)?;
                fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
                fs::copy(SOCKSPEC, self.at("home/.cargo/bin/sockspec"))?;
                let remote = self.at("remote.git");
                let identity = "-c user.name=a -c user.email=a@example.org";
                return self.shell(&format!(
                    "[ -d {0} ] || git init --quiet --bare {0}; git add server.c; git {identity} commit --quiet --message x\n\
                     git push --quiet {0} HEAD:main",
                    remote.display()
                ));
            }
            "gradescope-setup" | "gradescope" => {
                fs::copy(SOCKSPEC, self.at("autograder/source/sockspec"))?;
                fs::copy(SOCKSPEC, self.at("home/.cargo/bin/sockspec"))?;
                let here = |text: &str, folder: &str| text.replace(folder, &self.at(folder.trim_start_matches('/')).display().to_string());
                let text = text.replace("/autograder/submission", &self.0.path().display().to_string());
                here(&text, "/autograder").replace("/usr/local/bin", &self.at("system").display().to_string())
            }
            "container" => return self.built(&text),
            _ => steps(&serde_yaml_ng::from_str(&text)?),
        };
        self.shell(&script)
    }

    fn shell(&self, script: &str) -> Result<Output, Failed> {
        let path = format!("{}:{}:{}", self.at("bin").display(), self.at("home/.cargo/bin").display(), std::env::var("PATH")?);
        let mut shell = std::process::Command::new("bash");
        shell
            .args(["-e", "-c", script])
            .current_dir(self.0.path())
            .env("HOME", self.at("home"))
            .env("PATH", path)
            .env_remove("GITHUB_ACTIONS");
        Ok(shell.output()?)
    }

    /// Does what a recipe for an image says, in the order in which it says it.
    fn built(&self, recipe: &str) -> Result<Output, Failed> {
        let commands = recipe.lines().filter_map(|line| line.strip_prefix("RUN "));
        let opt = self.at("opt").display().to_string();
        let script: Vec<String> = commands.map(|command| command.replace("/opt", &opt).replace("/var/lib/apt", "/nowhere")).collect();
        let copied = recipe.lines().find_map(|line| line.strip_prefix("COPY --from=build ")).ok_or("nothing is copied")?;
        let (from, _) = copied.split_once(' ').ok_or("to nowhere")?;
        let judged = recipe.split_once("sh -c '").and_then(|(_, rest)| rest.split_once('\'')).ok_or("nothing is judged")?.0;
        self.shell(&format!(
            "{}\nPATH={}:$PATH\n{judged}",
            script.join("\n"),
            self.at(from.trim_start_matches('/')).parent().ok_or("a folder")?.display()
        ))
    }
}

/// The commands of all jobs, one after the other, as GitHub's and GitLab's runners have them.
fn steps(file: &Value) -> String {
    let mut script = String::new();
    let list = |value: &Value| value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    if let Some(jobs) = file["jobs"].as_object() {
        // What the parts come to, their upload and the verdict show.
        let is_tolerant = jobs.len() > 1;
        for job in jobs.values() {
            let parts = job["strategy"]["matrix"]["part"].as_array().cloned().unwrap_or_else(|| vec![Value::Null]);
            for part in parts {
                for step in job["steps"].as_array().into_iter().flatten() {
                    let own =
                        [&step["run"], &step["with"]["setup-command"], &step["with"]["command"]].into_iter().filter_map(Value::as_str);
                    for command in own {
                        let command = command.replace("${{ matrix.part }}", &part.to_string());
                        let may_fail = is_tolerant && command.contains("--partition");
                        script += &format!("{command}{}\n", if may_fail { " || true" } else { "" });
                    }
                }
            }
        }
        return script;
    }
    let common = list(&file["default"]["before_script"]);
    for job in file.as_object().into_iter().flatten().filter(|(name, _)| *name != "default").map(|(_, job)| job) {
        let parts = job["parallel"].as_u64().unwrap_or(1);
        for part in 1..=parts {
            script += &format!("CI_NODE_INDEX={part} CI_NODE_TOTAL={parts}\n");
            for command in common.iter().cloned().chain(list(&job["before_script"])).chain(list(&job["script"])) {
                script += &format!("{command}{}\n", if command.contains("--partition") { " || true" } else { "" });
            }
        }
    }
    script
}
