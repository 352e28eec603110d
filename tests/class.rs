//! `sockspec class`: one folder for each student.

mod programs;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

programs::tests! {
    each_folder_is_a_result_whatever_is_wrong_with_it("python3"),
    a_build_sees_which_file_is_newer("python3"),
    a_java_program_may_have_any_class_and_package("javac"),
    every_folder_has_a_row("python3"),
    a_build_that_stops_its_guard_is_ended_all_the_same,
    the_folders_themselves_stay_as_they_are,
    a_build_that_hangs_is_ended_with_all_that_it_has_started,
    parts_of_a_class_are_the_same_class,
    points_follow_the_policy,
    the_project_file_may_describe_the_class_and_its_weights,
    each_student_has_a_small_page,
    one_scenario_of_one_folder_is_played_again,
    folders_that_have_not_changed_are_not_judged_again,
    kept_results_give_the_same_reports("python3"),
    two_runs_share_kept_results,
    mistakes_say_what_to_do,
    a_spreadsheet_takes_no_name_for_a_formula,
}

/// A class in a folder `all`.
struct Class(TempDir);

impl Class {
    fn new() -> Self {
        let class = Self(TempDir::new().expect("a folder"));
        fs::create_dir(class.all()).expect("a folder");
        class
    }

    fn all(&self) -> PathBuf {
        self.0.path().join("all")
    }

    /// The user's folder for caches.
    fn caches(&self) -> PathBuf {
        self.0.path().join("caches")
    }

    /// Adds a student with these files.
    fn student(&self, name: &str, files: &[(&str, &str)]) {
        let folder = self.all().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in files {
            fs::write(folder.join(file), text).expect("a file");
        }
    }

    /// Adds a student with programs of the tests.
    fn hands_in(&self, name: &str, programs: &[(&str, &str)]) {
        let read = |path: &str| fs::read_to_string(programs::folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let texts: Vec<(&str, String)> = programs.iter().map(|(file, path)| (*file, read(path))).collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(file, text)| (*file, &**text)).collect();
        self.student(name, &texts);
        // Some programs share a header.
        for (_, path) in programs {
            let folder = programs::folder().join(path);
            for header in fs::read_dir(folder.parent().expect("a folder")).expect("a folder").flatten() {
                if header.path().extension().is_some_and(|ending| ending == "h") {
                    fs::copy(header.path(), self.all().join(name).join(header.file_name())).expect("a copy");
                }
            }
        }
    }

    fn sockspec(&self, arguments: &[&str]) -> Assert {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
        command.env("XDG_CACHE_HOME", self.caches());
        command.current_dir(self.0.path()).args(arguments).env_remove("GITHUB_ACTIONS").assert()
    }

    /// Judges the class with these further arguments.
    fn judge(&self, arguments: &[&str]) -> Assert {
        let place = programs::isolation_arguments();
        let all: Vec<&str> = ["class"].into_iter().chain(arguments.iter().copied()).chain(place.iter().map(String::as_str)).collect();
        self.sockspec(&all)
    }

    /// The lines of a csv report, by name. No field of these tests has a comma, but for the problem.
    fn table(&self, file: &str) -> BTreeMap<String, Vec<String>> {
        let text = fs::read_to_string(self.0.path().join(file)).expect("a report");
        let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        text.lines().skip(1).map(fields).map(|fields| (fields[0].clone(), fields)).collect()
    }
}

fn shown(done: &Assert) -> String {
    String::from_utf8(done.get_output().stdout.clone()).expect("text")
}

/// A class in which much is wrong.
fn troubled() -> Class {
    let class = Class::new();
    class.hands_in("ann", &[("server.c", "right/server.c"), ("client.py", "right/client.py")]);
    class.hands_in("d'Arcy van der Berg", &[("server.c", "wrong/server/prefix-token.c")]);
    class.hands_in("李雷", &[("my_program.c", "right/server.c")]);
    class.student("no build", &[("server.c", "int main(void) {\n    return 0\n}\n")]);
    class.student("empty", &[]);
    class.student("text", &[("readme.txt", "sorry\n")]);
    class.student("neither", &[("program.py", "print('hello')\n")]);
    class.hands_in("swapped", &[("server.py", "right/client.py")]);
    class.student("two", &[("server1.py", ""), ("server2.py", "")]);
    class.hands_in("packed/unpacked", &[("server.py", "right/server.py")]);
    class
}

fn each_folder_is_a_result_whatever_is_wrong_with_it() {
    let class = troubled();
    let done = class.judge(&["all", "server/exit-exact", "server/listen", "client/greeting", "--report", "human", "--report", "csv=t.csv"]);
    let text = shown(&done.code(1));
    let table = class.table("t.csv");
    assert_eq!(table.len(), 10, "{text}");
    let verdict = |name: &str| [1, 4].map(|field| &*table[name][field]);
    assert_eq!(verdict("ann"), ["conforms", ""]);
    assert_eq!(verdict("李雷"), ["conforms", ""], "a program whose name does not tell is looked at");
    assert_eq!(verdict("packed"), ["conforms", ""], "a folder in a folder");
    assert_eq!(verdict("no build"), ["not judged", "it does not build"]);
    assert_eq!(verdict("empty"), ["not judged", "the folder is empty"]);
    assert_eq!(verdict("text"), ["not judged", "no program was found"]);
    assert_eq!(verdict("neither"), ["not judged", "no server and no client was found"]);
    assert_eq!(verdict("two"), ["not judged", "it is not clear which program to judge"]);
    assert_eq!(verdict("d'Arcy van der Berg")[0], "does not conform");
    assert_eq!(verdict("swapped")[0], "does not conform");
    for part in ["10 folders", "+ ann", "x swapped", "it does not build", "3 of 10 conform", "What went wrong most"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let all = shown(&class.judge(&["all", "--subject", "no build", "--report", "junit"]).code(1));
    assert!(all.contains("server.c:2") && all.contains("<failure"), "the first error of the compiler: {all}");
}

fn a_build_sees_which_file_is_newer() {
    let class = Class::new();
    class.student("ann", &[("server.py", "old"), ("new.py", ""), ("Makefile", "server.py: new.py\n\tcp new.py server.py\n")]);
    fs::copy(programs::folder().join("right/server.py"), class.all().join("ann/new.py")).expect("a copy");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let file = fs::OpenOptions::new().write(true).open(class.all().join("ann/server.py")).expect("a file");
    file.set_modified(old).expect("a time");
    for _ in 0..3 {
        class.judge(&["all", "--server", "python3 server.py", "server/listen"]).code(0);
    }
}

fn every_folder_has_a_row() {
    let class = Class::new();
    class.hands_in("ann", &[("server.c", "right/server.c")]);
    class.hands_in("ben", &[("client.py", "right/client.py")]);
    fs::write(class.all().join("marks.csv"), "old marks").expect("a file");
    // Names in another encoding look the same.
    for byte in [0xc0, 0xc1] {
        let bytes = [byte];
        let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&bytes);
        fs::create_dir(class.all().join(name)).expect("a folder");
    }
    std::os::unix::fs::symlink(class.all().join("ann"), class.0.path().join("zoe")).expect("a link");
    class.judge(&["all", "server/listen", "--report", "csv=t.csv"]).code(1);
    let table = class.table("t.csv");
    assert_eq!(table.len(), 4, "{table:?}");
    assert_eq!(table["ben"][4], "there is no server");
    class.judge(&["all/ann", "./all/ann", "all/marks.csv", "all/ben", "server/listen", "--report", "csv=t.csv"]).code(1);
    assert_eq!(class.table("t.csv").len(), 2);
    class.judge(&["all/*", "--subject", "ann", "server/listen"]).code(0);
    class.judge(&["zoe", "server/listen", "--report", "csv"]).code(0).stdout(contains("\nzoe,conforms"));
}

fn a_build_that_stops_its_guard_is_ended_all_the_same() {
    let class = Class::new();
    class.student("ann", &[("Makefile", "all:\n\tkill -STOP $$(ps -o ppid= -p $$PPID); sleep 1000\n")]);
    class.judge(&["all", "--build-timeout", "1s"]).code(1).stdout(contains("It does not build"));
}

fn the_folders_themselves_stay_as_they_are() {
    let class = Class::new();
    class.hands_in("ann", &[("server.c", "right/server.c")]);
    class.student("ben", &[("Makefile", "server.py:\n\ttouch log\n\techo 'open(\"log2\", \"w\")' > server.py\n")]);
    class.judge(&["all", "server/listen"]).code(1);
    let files = |name: &str| fs::read_dir(class.all().join(name)).expect("a folder").count();
    assert_eq!(files("ben"), 1);
    let about = fs::read_dir(class.all().join("ann")).expect("a folder").flatten().map(|entry| entry.file_name()).collect::<Vec<_>>();
    assert!(!about.iter().any(|name| name == "server"), "{about:?}");
}

fn a_build_that_hangs_is_ended_with_all_that_it_has_started() {
    let class = Class::new();
    // Words that no other process has.
    let own = format!("1000.{}", std::process::id());
    let sleeps = format!("all:\n\tsetsid sleep {own}1 & sleep {own}2 & wait\n");
    class.student("ann", &[("Makefile", &sleeps)]);
    let done = class.judge(&["all", "--build-timeout", "1s"]).code(1);
    done.stdout(contains("It does not build: `make` did not end within 1 s"));
    let runs = |entry: &fs::DirEntry| {
        fs::read(entry.path().join("cmdline")).is_ok_and(|words| words.windows(own.len()).any(|at| at == own.as_bytes()))
    };
    let left: Vec<_> = fs::read_dir("/proc").expect("a list").flatten().filter(runs).map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

fn a_java_program_may_have_any_class_and_package() {
    let class = Class::new();
    class.hands_in("ann", &[("server.java", "right/server.java")]);
    let text = fs::read_to_string(programs::folder().join("right/server.java")).expect("a program");
    class.student("ben", &[("Server.java", &format!("package net.chat; // the main class is here\n{text}"))]);
    class.judge(&["all", "server/listen"]).code(0).stdout(contains("2 of 2 conform"));
}

fn folders_that_have_not_changed_are_not_judged_again() {
    let class = Class::new();
    class.hands_in("ann", &[("server.c", "right/server.c")]);
    class.hands_in("ben", &[("server.c", "wrong/server/prefix-token.c")]);
    class.student("no build", &[("server.c", "int main(void) {\n    return 0\n}\n")]);
    class.student("slow", &[("Makefile", "all:\n\tsleep 1000\n")]);
    let few = ["all", "server/listen", "server/exit-exact", "--build-timeout", "3s"];
    let judge = |more: &[&str]| {
        let done = class.judge(&[&few[..], more].concat()).code(1);
        let told = String::from_utf8(done.get_output().stderr.clone()).expect("text");
        // The time is another one each time.
        let table = shown(&done).lines().filter(|line| !line.contains(" scenarios in ")).collect::<Vec<_>>().join("\n");
        (table, told.lines().find(|line| line.contains("not changed")).map(str::to_owned))
    };
    let kept = |count: &str| Some(format!("{count} from an earlier run (--no-cache judges all again)"));
    let (first, told) = judge(&[]);
    assert_eq!(told, None);
    // A build that fails may succeed next time.
    assert_eq!(judge(&[]), (first.clone(), kept("2 of 4 folders have not changed: their results are")));
    assert_eq!(judge(&["--no-cache"]), (first.clone(), None));
    // Other scenarios, limits or time limits are another question.
    assert_eq!(judge(&["server/silent"]).1, None);
    assert_eq!(judge(&["--limit", "processes=77"]).1, None);
    assert_eq!(judge(&["--timeout", "7s"]).1, None);
    // What is kept and cannot be read does not count.
    for file in fs::read_dir(class.caches().join("sockspec/class")).expect("a folder").flatten() {
        fs::write(file.path(), "{").expect("a file");
    }
    assert_eq!(judge(&[]), (first, None));
    class.hands_in("ben", &[("server.c", "right/server.c")]);
    let (second, told) = judge(&[]);
    assert_eq!(told, kept("1 of 4 folders has not changed: its result is"));
    assert!(second.contains("2 of 4 conform"), "{second}");
    class.judge(&[&few[..], &["--quiet"]].concat()).stderr("");
}

fn kept_results_give_the_same_reports() {
    let class = troubled();
    // If server/stream is broken, scenarios of other rules that send long streams are not judged.
    class.hands_in("long streams", &[("server.c", "wrong/server/gives-up.c")]);
    let few = ["all", "server/listen", "server/exit-exact", "server/stream", "server/eof", "client/connect", "pair/relay"];
    let reports = ["csv=C.csv", "html=C/", "json=C.json", "gradescope=C.grades"];
    for name in ["1", "2"] {
        let reports = reports.map(|report| report.replace('C', name));
        let words = reports.iter().flat_map(|report| ["--report", report]);
        class.judge(&few.into_iter().chain(words).collect::<Vec<_>>()).code(1);
    }
    let read = |path: &str| fs::read_to_string(class.0.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(read("1.csv"), read("2.csv"));
    // Durations are those of each run.
    let without_times = |text: &str| -> String {
        let times = |word: &str| word.parse::<f64>().is_ok() || word.ends_with(" s");
        text.split_inclusive([' ', ',', ':', '<', '>', '"', '\n'])
            .filter(|word| !times(word.trim_end_matches([' ', ',', ':', '<', '>', '"', '\n'])))
            .collect()
    };
    assert_eq!(without_times(&read("1.json")), without_times(&read("2.json")));
    assert_eq!(without_times(&read("1.grades")), without_times(&read("2.grades")));
    for page in fs::read_dir(class.0.path().join("1")).expect("a folder").flatten() {
        let page = page.file_name().into_string().expect("a name");
        // A JSON report leaves out most of a long stream, and so does what is kept.
        if page == "long-streams.html" {
            continue;
        }
        assert_eq!(without_times(&read(&format!("1/{page}"))), without_times(&read(&format!("2/{page}"))), "{page}");
    }
}

fn two_runs_share_kept_results() {
    let class = Class::new();
    for name in ["ann", "ben", "cho", "dan"] {
        class.hands_in(name, &[("server.c", "right/server.c")]);
    }
    let judge = || class.judge(&["all", "server/listen"]).code(0);
    std::thread::scope(|scope| {
        scope.spawn(judge);
        scope.spawn(judge);
    });
    judge().stderr(contains("4 of 4 folders have not changed"));
}

fn parts_of_a_class_are_the_same_class() {
    let class = troubled();
    let few = ["all", "server/exit-exact", "server/listen"];
    class.judge(&[&few[..], &["--report", "csv=whole.csv"]].concat()).code(1);
    for part in ["1/3", "2/3", "3/3"] {
        let json = format!("json={}.json", &part[..1]);
        class.judge(&[&few[..], &["--exit-zero", "--partition", part, "--report", &json]].concat()).code(0);
    }
    class.sockspec(&["merge", "1.json", "2.json", "3.json", "--report", "csv=merged.csv"]).code(1);
    assert_eq!(class.table("merged.csv"), class.table("whole.csv"));
    class.sockspec(&["merge", "1.json", "3.json"]).code(2).stderr(contains("part 2/3 is missing"));
}

fn points_follow_the_policy() {
    let class = Class::new();
    class.hands_in("right", &[("server.c", "right/server.c")]);
    class.hands_in("stale", &[("server.c", "wrong/server/stale.c")]);
    class.hands_in("accepts", &[("server.c", "wrong/server/accept-in-loop.c")]);
    class.hands_in("silent", &[("server.c", "wrong/server/no-listen.c")]);
    class.judge(&["all", "--report", "csv=t.csv", "--report", "json=t.json"]).code(1);
    let table = class.table("t.csv");
    let points = |name: &str| {
        let [earned, most] = [2, 3].map(|field| table[name][field].parse::<f64>().expect("a number"));
        assert!((0.0..=most).contains(&earned), "{name}: {earned}/{most}");
        (earned, most)
    };
    let (all, most) = points("right");
    assert_eq!(all, most);
    let lost = |name: &str| most - points(name).0;
    assert!((2.5..3.5).contains(&lost("stale")), "one mistake, for which much cannot be judged: {}", lost("stale"));
    assert!((3.9..6.1).contains(&lost("accepts")), "a worse one: {}", lost("accepts"));
    assert_eq!(points("silent").0, 0.0, "a server that never listens");
    // The same for a grader.
    class.sockspec(&["merge", "t.json", "--report", "gradescope=g.json"]).code(1);
    let report: Value = serde_json::from_str(&fs::read_to_string(class.0.path().join("g.json")).expect("a report")).expect("JSON");
    let sum: f64 = ["right", "stale", "accepts", "silent"].into_iter().map(|name| points(name).0).sum();
    assert!((report["score"].as_f64().expect("a number") - sum).abs() < 0.5, "{} and {sum}", report["score"]);
}

fn the_project_file_may_describe_the_class_and_its_weights() {
    let class = Class::new();
    class.student("ann", &[("compile.sh", "cp given.py run.py\n")]);
    fs::copy(programs::folder().join("right/server.py"), class.all().join("ann/given.py")).expect("a copy");
    fs::write(class.all().join("notes.txt"), "not a student").expect("a file");
    let file = "[class]\ndirectory = \"all/*\"\nbuild = \"sh compile.sh\"\nbuild-timeout = \"20s\"\nserver = \"python3 run.py\"\n\n\
                [weights]\n\"server/listen\" = 2.5\n\"server/eof\" = 0\n";
    fs::write(class.0.path().join("sockspec.toml"), file).expect("a file");
    class.judge(&["server/listen", "server/eof", "server/greeting", "--report", "csv=t.csv"]).code(0);
    assert_eq!(class.table("t.csv")["ann"][2..4], ["3.5", "3.5"]);
    class.judge(&["--client", "./client", "server/listen"]).code(1).stdout(contains("There is no client"));
    for (wrong, message) in [
        ("[weights]\n\"server/lsten\" = 1", "unknown key `server/lsten` of [weights], did you mean `server/listen`?"),
        ("[weights]\n\"server/listen\" = -1", "server/listen is a number from 0 to 1000, without quotes"),
        ("[class]\nbuild = \"make\"", "directory is missing"),
        ("[class]\ndirectory = \"all/*\"\nbuild-timeout = \"60\"", "write it as 5s or 800ms"),
        ("[class]\ndirectory = \"nobody/*\"", "there is no folder `nobody`"),
    ] {
        fs::write(class.0.path().join("sockspec.toml"), wrong).expect("a file");
        class.judge(&[]).code(2).stderr(contains(message));
    }
}

fn each_student_has_a_small_page() {
    const LARGEST: u64 = 200_000;
    let class = Class::new();
    class.hands_in("ann", &[("server.c", "wrong/server/accept-in-loop.c"), ("client.c", "right/client.c")]);
    class.hands_in("Ann", &[("server.c", "wrong/server/stale.c")]);
    class.student("a/n n", &[("server.c", "int main(void) { return 0 }\n")]);
    class.judge(&["all", "--report", "html=out/", "--report", "html=one.html", "--report", "json=t.json"]).code(1);
    let out = class.0.path().join("out");
    let mut names: Vec<String> =
        fs::read_dir(&out).expect("a folder").flatten().map(|entry| entry.file_name().into_string().expect("text")).collect();
    names.sort();
    assert_eq!(names, ["Ann.html", "a.html", "ann-2.html", "index.html", "style.css"]);
    let index = fs::read_to_string(out.join("index.html")).expect("a page");
    let page = fs::read_to_string(out.join("ann-2.html")).expect("a page");
    for name in names.iter().filter(|name| name.ends_with(".html")) {
        assert!(fs::metadata(out.join(name)).expect("a file").len() < LARGEST, "{name}");
        assert!(name == "index.html" || index.contains(&format!("href=\"./{name}\"")), "{name} is linked");
    }
    let targets = scraper::Selector::parse("td a").expect("a selector");
    let index = scraper::Html::parse_document(&index);
    let to_ann = index.select(&targets).filter_map(|link| link.attr("href")?.strip_prefix("./ann-2.html#"));
    let anchors: Vec<&str> = to_ann.collect();
    assert!(anchors.contains(&"server/message") && anchors.iter().all(|id| page.contains(&format!("id=\"{id}\""))), "{anchors:?}");
    let report: Value = serde_json::from_str(&fs::read_to_string(class.0.path().join("t.json")).expect("a report")).expect("JSON");
    let cases = report["cases"].as_array().expect("cases");
    let kept = |verdict: &str| cases.iter().filter(|case| case["verdict"] == verdict && case["seen"] != "").count();
    assert!(kept("pass") == 0 && kept("fail") > 0, "only what went wrong is kept");
    assert!(page.contains("href=\"./index.html\"") && page.contains("href=\"./style.css\"") && page.contains(" points"), "{page}");
    // A folder that exists needs no slash.
    class.sockspec(&["merge", "t.json", "--report", "html=out"]).code(1);
}

fn one_scenario_of_one_folder_is_played_again() {
    let class = Class::new();
    class.hands_in("ann lee", &[("server.c", "wrong/server/prefix-token.c")]);
    class.hands_in("ben", &[("server.c", "right/server.c")]);
    let done = class.judge(&["all", "server/exit-exact", "--all", "--server", "./server"]).code(1);
    let again = "sockspec class all --server ./server";
    done.stdout(contains(again).and(contains("--subject 'ann lee' server/exit-exact/one-byte-more")));
    let one = class.judge(&["all", "--server", "./server", "--subject", "ann lee", "server/exit-exact/one-byte-more"]).code(1);
    one.stdout(contains("1 scenario in").and(contains("the server does not conform")));
}

fn mistakes_say_what_to_do() {
    let class = Class::new();
    class.hands_in("ann", &[("server.c", "right/server.c")]);
    class.judge(&[]).code(2).stderr(contains("which class? Name the folder"));
    class.judge(&["nobody"]).code(2).stderr(contains("there is no folder `nobody`"));
    class.judge(&["all", "--subject", "anm"]).code(2).stderr(contains("the class has no folder `anm`, did you mean `ann`?"));
    class.judge(&["all", "server/lissten"]).code(2).stderr(contains("no scenario is named `server/lissten`"));
    fs::remove_dir_all(class.all().join("ann")).expect("a folder");
    class.judge(&["all"]).code(2).stderr(contains("a class is a folder with one folder for each student"));
}

fn a_spreadsheet_takes_no_name_for_a_formula() {
    let class = Class::new();
    class.student("=1+1", &[]);
    class.student("a, \"b\"", &[]);
    class
        .judge(&["all", "--report", "csv"])
        .code(1)
        .stdout(contains("\n =1+1,not judged,").and(contains("\n\"a, \"\"b\"\"\",not judged,")));
}
