//! The harness on systems that lack something: a file in /proc, a system call, or a netlink protocol. Each test removes one of them. Then
//! either the verdicts are the same as on the whole system, or the exit status is 3 and the message names what is missing.
//! `cargo test --test lacking "call seccomp"` runs one test.

mod programs;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");

/// The files that are hidden: the ends of their paths in /proc.
const FILES: &[&str] = &[
    "/schedstat",
    "/syscall",
    "/stat",
    "/statm",
    "/io",
    "/children",
    "/task",
    "/fd",
    "/mem",
    "/uid_map",
    "/setgroups",
    "/tcp_child_ehash_entries",
    "/tcp_max_tw_buckets",
    "/pid_max",
    "/version",
];

/// The system calls that fail, each with its name, number, and error.
const CALLS: &[(&str, libc::c_long, i32)] = &[
    ("unshare", libc::SYS_unshare, libc::EPERM),
    ("unshare (no more allowed)", libc::SYS_unshare, libc::ENOSPC),
    ("mount", libc::SYS_mount, libc::EPERM),
    ("seccomp", libc::SYS_seccomp, libc::ENOSYS),
    ("pidfd_open", libc::SYS_pidfd_open, libc::ENOSYS),
    ("pidfd_open (forbidden)", libc::SYS_pidfd_open, libc::EPERM),
    ("waitid", libc::SYS_waitid, libc::EINVAL),
    ("close_range", libc::SYS_close_range, libc::ENOSYS),
    ("close_range (without its flag)", libc::SYS_close_range, libc::EINVAL),
    ("setsid", libc::SYS_setsid, libc::EPERM),
    ("statx", libc::SYS_statx, libc::ENOSYS),
    ("clone3", libc::SYS_clone3, libc::ENOSYS),
    ("capset", libc::SYS_capset, libc::EPERM),
    ("process_vm_readv", libc::SYS_process_vm_readv, libc::EPERM),
    ("pidfd_getfd", libc::SYS_pidfd_getfd, libc::EPERM),
    ("ptrace", libc::SYS_ptrace, libc::EPERM),
];

/// The netlink protocols that fail: one asks about sockets, the other brings up a loopback interface.
const NETLINK: &[(&str, i32)] = &[("sock_diag", 4), ("rtnetlink", 0)];

/// The scenarios: few and short, but together they use everything that verdicts depend on.
const FILTERS: &[&str] = &[
    "server/listen",
    "server/message-split/in-two",
    "server/exit-exact/one-byte-more",
    "server/eof/at-once",
    "server/idle/while-connected",
    "client/connect",
    "client/word/one",
    "client/eof/at-once",
    "pair/relay/token-cut",
    "pair/eof/at-once",
    "pair/client-killed/after-words",
];

fn main() -> ExitCode {
    let files = FILES.iter().map(|file| {
        let missing = programs::missing("cc").or_else(|| programs::missing("unshare")).or_else(missing_preload);
        programs::trial(&format!("file {file}"), missing, move || no_program_is_blamed(&|arguments| without_file(file, arguments)))
    });
    let calls = CALLS.iter().map(|(name, number, errno)| {
        let what = format!("call:{number}:{errno}");
        programs::trial(&format!("call {name}"), programs::missing("cc"), move || {
            no_program_is_blamed(&|arguments| without(&what, arguments))
        })
    });
    let netlink = NETLINK.iter().map(|(name, protocol)| {
        let what = format!("netlink:{protocol}:{}", libc::EPROTONOSUPPORT);
        programs::trial(&format!("netlink {name}"), programs::missing("cc"), move || {
            no_program_is_blamed(&|arguments| without(&what, arguments))
        })
    });
    let diag = programs::trial("netlink answer", programs::missing("cc"), || {
        no_program_is_blamed(&|arguments| {
            let mut command = Command::new(programs::command("without-diag.c"));
            command.arg(SOCKSPEC).args(arguments);
            command
        })
    });
    let trials: Vec<Trial> = files.chain(calls).chain(netlink).chain([diag]).collect();
    libtest_mimic::run(&programs::arguments(), trials).exit_code()
}

/// A right pair, and a wrong one.
static PAIRS: LazyLock<[[String; 2]; 2]> = LazyLock::new(|| {
    let command = programs::command;
    [[command("right/server.c"), command("right/client.c")], [command("wrong/server/prefix-token.c"), command("wrong/client/eof-fails.c")]]
});

fn arguments(pair: &[String; 2]) -> Vec<String> {
    let [server, client] = pair;
    let options = ["check", "--server", server, "--client", client, "--timeout", "2s", "--report", "json"];
    options.iter().chain(FILTERS).map(|word| (*word).to_owned()).collect()
}

/// The verdicts on a system that lacks nothing, for each pair.
static WHOLE: LazyLock<Vec<BTreeMap<String, String>>> = LazyLock::new(|| {
    let judged = |pair| {
        let output = Command::new(SOCKSPEC).args(arguments(pair)).output().expect("it starts");
        verdicts(&output).unwrap_or_else(|| panic!("{output:?}"))
    };
    PAIRS.iter().map(judged).collect()
});

fn verdicts(output: &Output) -> Option<BTreeMap<String, String>> {
    let report: Value = serde_json::from_slice(&output.stdout).ok()?;
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    Some(report["cases"].as_array()?.iter().map(|case| (text(case, "id"), text(case, "verdict"))).collect())
}

fn no_program_is_blamed(command: &dyn Fn(Vec<String>) -> Command) -> Result<(), Failed> {
    for (pair, whole) in PAIRS.iter().zip(&*WHOLE) {
        let output = command(arguments(pair)).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match (output.status.code(), verdicts(&output)) {
            // The harness can judge nothing, and says why.
            (Some(3), None) if said.contains("nothing can be judged here: ") => {}
            (Some(0 | 1), Some(seen)) if seen == *whole => {}
            // Some cases may be inconclusive. All others must keep their verdicts.
            (Some(_), Some(seen)) => {
                let odd = seen.iter().filter(|(id, verdict)| *verdict != "inconclusive" && whole[*id] != **verdict);
                let odd: Vec<String> = odd.map(|(id, verdict)| format!("{id}: {verdict}, not {}", whole[id])).collect();
                if !odd.is_empty() || output.status.code() == Some(0) {
                    return Err(format!("{pair:?}: {:?}: {odd:#?} {said}", output.status).into());
                }
            }
            (status, _) => return Err(format!("{pair:?}: {status:?}: {said}").into()),
        }
    }
    Ok(())
}

fn without(what: &str, arguments: Vec<String>) -> Command {
    let mut command = Command::new(programs::command("without.c"));
    command.args([what, SOCKSPEC]).args(arguments);
    command
}

/// A copy of /etc with an `ld.so.preload`, which makes the loader load a library into every program.
static ETC: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let library = programs::shared_library("without-file.c");
    // Files that this user cannot read are not needed.
    let _ = Command::new("cp").args(["-a", "/etc/."]).arg(folder.path()).output().expect("it starts");
    fs::write(folder.path().join("ld.so.preload"), format!("{library}\n")).expect("a file");
    folder
});

fn in_preloaded(command: &[&str]) -> Command {
    let mut outer = Command::new("unshare");
    outer.args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount --bind \"$0\" /etc && exec \"$@\""]);
    outer.arg(ETC.path()).args(command);
    outer
}

fn without_file(file: &str, arguments: Vec<String>) -> Command {
    let mut command = in_preloaded(&[SOCKSPEC]);
    command.args(arguments).env("WITHOUT_FILE", file);
    command
}

/// The name of the missing ability, if this machine cannot load a library into every program.
fn missing_preload() -> Option<&'static str> {
    static WORKS: LazyLock<bool> = LazyLock::new(|| {
        let output = in_preloaded(&["cat", "/proc/self/statm"]).env("WITHOUT_FILE", "/statm").output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stderr).contains("/proc/self/statm"))
    });
    (!*WORKS).then_some("way to hide files")
}
