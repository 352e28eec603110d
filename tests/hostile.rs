//! Programs that attack the harness or the machine. For each, the command gives the right verdict, names the cause, and leaves nothing
//! behind.
//!
//! The head comment of a program gives the expected verdict. Each program limits its own damage, so a harness that fails a test does not
//! take the machine down. `cargo test --test hostile server/ignores-signals` runs one program.

mod host;
mod programs;

use libtest_mimic::{Failed, Trial};
use programs::{Head, head, programs_in};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");
/// An environment variable of every process that a run starts.
const MARK: &str = "SOCKSPEC_HOSTILE";
/// The most memory, in KiB, that a process of the harness may use while a program writes or sends gigabytes. Measured: 9 to 13 MiB, and
/// 73 MiB where the harness sends a MiB and the output may be cut in any way.
const MOST_MEMORY: u64 = 128 << 10;
/// The signals that end a program by default: number and name.
const DEADLY: [(u32, &str); 22] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (12, "SIGUSR2"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
    (16, "SIGSTKFLT"),
    (24, "SIGXCPU"),
    (26, "SIGVTALRM"),
    (27, "SIGPROF"),
    (29, "SIGIO"),
    (30, "SIGPWR"),
    (31, "SIGSYS"),
];

fn main() -> ExitCode {
    let python = programs::missing("python3");
    // The longest first, so that the others run at the same time.
    let longest = "a_killed_harness_leaves_nothing_behind";
    let mut trials = vec![programs::trial(longest, python, a_killed_harness_leaves_nothing_behind)];
    for (number, program) in ["hostile/server", "hostile/client"].into_iter().flat_map(programs_in).enumerate() {
        let missing = programs::missing_tool(&program);
        let places = Place::ALL.into_iter().enumerate();
        // Outside of CI, in one kind of isolation: another one each day.
        for place in places.filter(|(i, _)| programs::is_in_share(number + i, Place::ALL.len())).map(|(_, place)| place) {
            let name = format!("{}{}", program.trim_start_matches("hostile/"), place.suffix());
            let Head { played_with, .. } = head(&program);
            // A program that is dangerous without a private namespace asks for one.
            if place != Place::Namespace && played_with.contains("--isolation") {
                continue;
            }
            let program = program.clone();
            trials.push(programs::trial(&name, missing, move || {
                let _locks = (place.lock(), played_with.contains("--limit").then(whole_machine));
                is_judged(&program, place)
            }));
        }
    }
    for (number, name) in DEADLY {
        trials.push(Trial::test(format!("dies_by_each_signal/{name}"), move || dies_by(number, name)));
    }
    trials.push(Trial::test("limits_can_be_changed_and_are_validated", limits_can_be_changed_and_are_validated));
    for (signal, name) in [(libc::SIGKILL, "kills"), (libc::SIGSTOP, "stops")] {
        for place in [Place::Network, Place::Address, Place::Host] {
            let name = format!("a_program_that_{name}_its_parent_leaves_nothing_behind{}", place.suffix());
            trials.push(programs::trial(&name, python, move || attacks_its_parent(signal, place)));
        }
    }
    libtest_mimic::run(&programs::arguments(), trials).exit_code()
}

/// A lock for programs that use up memory, processes or the disk: only one of them runs at a time.
fn whole_machine() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The isolation of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Namespace,
    Network,
    Address,
    Host,
}

impl Place {
    /// For one program, a private network is the same as a private address.
    const ALL: [Self; 3] = [Self::Namespace, Self::Address, Self::Host];
    const WHERE_KILLED: [Self; 4] = [Self::Namespace, Self::Network, Self::Address, Self::Host];

    fn suffix(self) -> &'static str {
        match self {
            Self::Namespace => "",
            Self::Network => " in a private network",
            Self::Address => " at a private address",
            Self::Host => " on the host",
        }
    }

    /// The lock on the tutorial's port, if the run uses the host's loopback.
    fn lock(self) -> Option<host::Port> {
        (self == Self::Host).then(host::Port::take)
    }

    fn option(self) -> &'static [&'static str] {
        match self {
            Self::Namespace => &[],
            Self::Network => &["--isolation", "network"],
            Self::Address => &["--isolation", "address"],
            Self::Host => &["--isolation", "none"],
        }
    }
}

/// One run of the command, with its working folder and its folder for temporary files.
struct Run {
    mark: String,
    folder: TempDir,
    temporary: TempDir,
    /// Namespaces that other processes had mounted before.
    mounted: Vec<String>,
}

impl Run {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mark = format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = || TempDir::new().expect("a folder");
        Self { mark, folder: folder(), temporary: folder(), mounted: mounted_namespaces() }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("TMPDIR", self.temporary.path()).env(MARK, &self.mark).stdin(Stdio::null());
        command
    }

    /// All living processes of this run, in any session and namespace.
    fn processes(&self) -> Vec<String> {
        let mark = format!("{MARK}={}\0", self.mark);
        let has_mark =
            |folder: &Path| fs::read(folder.join("environ")).is_ok_and(|text| text.windows(mark.len()).any(|part| part == mark.as_bytes()));
        let folders = fs::read_dir("/proc").expect("/proc").flatten().map(|entry| entry.path());
        folders.filter(|folder| has_mark(folder)).map(|folder| fs::read_to_string(folder.join("stat")).unwrap_or_default()).collect()
    }

    /// Everything that the run has left behind. A namespace lives as long as a process is in it or a mount holds it. A socket lives as long
    /// as a process holds it.
    fn left_behind(&self) -> Vec<String> {
        let mut left = self.processes();
        let names = fs::read_dir(&self.temporary).expect("a folder").flatten().map(|entry| entry.path().display().to_string());
        left.extend(names);
        left.extend(mounted_namespaces().into_iter().filter(|mount| !self.mounted.contains(mount)));
        left
    }
}

/// All namespaces that are mounted on this machine.
fn mounted_namespaces() -> Vec<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mounts");
    mounts.lines().filter(|line| line.contains(" nsfs ")).map(str::to_owned).collect()
}

/// The command gives a program the verdict of its head comment.
fn is_judged(program: &str, place: Place) -> Result<(), Failed> {
    let Head { hazard, played_with, verdict, message, .. } = head(program);
    if hazard.is_empty() || played_with.is_empty() {
        return Err(format!("{program} has no `Hazard:` or no `Played with:`").into());
    }
    let role = if program.contains("/client/") { "--client" } else { "--server" };
    let run = Run::new();
    let mut command = run.command(&programs::command("measured.c"));
    command.args([SOCKSPEC, "check", role, &programs::command(program)]);
    command.args(played_with.split(' ')).args(place.option()).args(["--report", "human", "--report", "json=report.json"]);
    let output = command.output()?;
    let screen = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = fs::read(run.folder.path().join("report.json"))
        .map_err(|error| format!("{error}: {:?} {screen}{}", output.status, String::from_utf8_lossy(&output.stderr)))?;
    let report: Value = serde_json::from_slice(&text)?;
    let cases = report["cases"].as_array().ok_or("no cases")?;
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let story: String =
        cases.iter().map(|case| format!("\n  {}: {}: {}", text(case, "verdict"), text(case, "id"), text(case, "message"))).collect();
    let is_as_announced = match &*verdict {
        "pass" => output.status.success() && cases.iter().all(|case| case["verdict"] == "pass"),
        "fail" => {
            let named = |case: &&Value| case["verdict"] == "fail" && text(case, "message").contains(&message);
            output.status.code() == Some(1) && !message.is_empty() && cases.iter().any(|case| named(&case))
        }
        other => return Err(format!("{program}: `{other}` is no verdict").into()),
    };
    if !is_as_announced || cases.is_empty() {
        return Err(format!("{hazard} Expected: {verdict}, {message}; {:?}{story}", output.status).into());
    }
    if screen.chars().any(|c| c.is_control() && c != '\n') {
        return Err(format!("the screen is garbled: {screen:?}").into());
    }
    let left = run.left_behind();
    if !left.is_empty() {
        return Err(format!("{hazard} Left behind: {left:?}").into());
    }
    let memory: u64 = fs::read_to_string(run.folder.path().join("memory"))?.trim().parse()?;
    if std::env::var_os("SOCKSPEC_SOAK").is_some() {
        println!("{program}{}: {memory} KiB{story}", place.suffix());
    }
    // `measured.c` also measures the program. One program uses that much memory itself.
    if memory > MOST_MEMORY && !program.contains("allocates") {
        return Err(format!("{memory} KiB of memory").into());
    }
    Ok(())
}

fn dies_by(number: u32, name: &str) -> Result<(), Failed> {
    let run = Run::new();
    let server = format!("sh -c 'ulimit -c 0; kill -{number} $$; sleep 600'");
    let output = run.command(SOCKSPEC).args(["check", "--server", &server, "server/listen", "--report", "json"]).output()?;
    let screen = String::from_utf8_lossy(&output.stdout);
    let wanted = format!("the server was killed by {name} ");
    let left = run.left_behind();
    if output.status.code() == Some(1) && screen.contains(&wanted) && left.is_empty() {
        return Ok(());
    }
    Err(format!("{:?}: {screen}{left:?}", output.status).into())
}

fn limits_can_be_changed_and_are_validated() -> Result<(), Failed> {
    let run = Run::new();
    let check = |limit: &str, server: &str| {
        let mut command = run.command(SOCKSPEC);
        command.args(["check", "--limit", limit, "--server", server, "server/listen", "--report", "json"]).output()
    };
    // The harness lowers the hard limit a moment after the program starts.
    let held = "sh -c 'until [ $(ulimit -Hn) -le 1024 ]; do :; done; ulimit -n; ulimit -f; ulimit -Hn; exit 0'";
    let printed = |output: &std::process::Output| String::from_utf8_lossy(&output.stdout).into_owned();
    // This shell counts file sizes in units of 512 bytes.
    let (bounded, other) = (check("open-files=77", held)?, check("file-size=1MiB", held)?);
    if !printed(&bounded).contains(r#"\"77\\n2097152\\n77\\n\""#) || !printed(&other).contains(r#"\"1024\\n2048\\n1024\\n\""#) {
        return Err(format!("{}{}", printed(&bounded), printed(&other)).into());
    }
    let crowd = "sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; sleep 600'";
    let (few, any) = (check("processes=5", crowd)?, check("processes=none", "sh -c 'exit 7'")?);
    if !printed(&few).contains("it had more than 5 processes at once") || !printed(&any).contains("exited with status 7") {
        return Err(format!("{}{}", printed(&few), printed(&any)).into());
    }
    for (output, repeated) in [(&few, "processes=5"), (&any, "processes=none"), (&other, "file-size=1048576")] {
        if !printed(output).contains(&format!("\"check\": \" --limit {repeated}\"")) {
            return Err(format!("the replay command lacks {repeated}: {}", printed(output)).into());
        }
    }
    // The message suggests an option that the command line accepts.
    let odd = check("written=1001", "sh -c 'head -c 2000 /dev/zero; sleep 600'")?;
    if !printed(&odd).contains("it wrote more than 1001 bytes in all, the limit (--limit written=2002 allows more)") {
        return Err(printed(&odd).into());
    }
    for (limit, complaint) in [
        ("memory", "write NAME=VALUE, such as memory=4GiB"),
        ("memroy=1", "there is no limit `memroy`; there are memory, processes, file-size, written, open-files"),
        ("memory=1GB", "`1GB` is not 512MiB, 4GiB, or a number of bytes"),
        ("processes=1KiB", "`1KiB` is not a number"),
        ("file-size=99999999999999GiB", "is not 512MiB"),
        ("open-files=3", "no program runs with less than 4"),
    ] {
        let output = check(limit, held)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(2) || !said.contains(complaint) {
            return Err(format!("{limit}: {said}").into());
        }
    }
    Ok(())
}

/// Kills or stops the parent process. In a private namespace, a program cannot do that. In other isolations, the parent belongs to the
/// harness. If the program kills it, another process of the harness ends everything that it leaves. If the program stops it, that process
/// continues it.
fn attacks_its_parent(signal: i32, place: Place) -> Result<(), Failed> {
    let run = Run::new();
    let server = format!("{} {{port}} {signal}", programs::command("hostile/ends-its-parent.py"));
    let mut check = run.command(SOCKSPEC);
    check.args(["check", "--server", &server, "server/eof/at-once", "--report", "json"]).args(place.option());
    let output = check.output()?;
    let (screen, left) = (String::from_utf8_lossy(&output.stdout), run.left_behind());
    let is_as_it_should_be = match output.status.code() {
        Some(3) => signal == libc::SIGKILL && screen.contains("has killed its parent"),
        Some(0) => signal == libc::SIGSTOP,
        _ => false,
    };
    if is_as_it_should_be && left.is_empty() { Ok(()) } else { Err(format!("{:?}: {screen}{left:?}", output.status).into()) }
}

/// Kills the harness at random moments: 16 times, 64 times in CI, or as often as SOCKSPEC_SOAK says.
fn a_killed_harness_leaves_nothing_behind() -> Result<(), Failed> {
    let signals = [Signal::INT, Signal::TERM, programs::hangup_signal(), Signal::KILL];
    const HOSTILE: [&str; 3] =
        ["hostile/server/ignores-signals.py", "hostile/server/leaves-its-group.py", "hostile/server/grandchild-holds-connection.py"];
    let rounds: u64 = std::env::var("SOCKSPEC_SOAK").map_or(Ok(if programs::is_whole() { 64 } else { 16 }), |text| text.parse())?;
    let mut random: u64 = 0x9E37_79B9_7F4A_7C15;
    let (mut in_the_middle, mut slowest) = (0, Duration::ZERO);
    for round in 0..rounds {
        // xorshift: the same moments in every run, as far as the machine allows.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let signal = signals[(round % 4) as usize];
        let run = Run::new();
        let place = Place::WHERE_KILLED[(round / 4 % 4) as usize];
        let _lock = place.lock();
        let mut command = run.command(SOCKSPEC);
        // In half of the rounds, the program under test tries to survive.
        let hostile = programs::command(HOSTILE[(round / 4) as usize % HOSTILE.len()]);
        if round % 32 >= 16 {
            command.args(["check", "--server", &hostile]);
        }
        command.args(place.option()).args(["--jobs", "2"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut harness = command.spawn()?;
        // Half of the moments are in the first tenth of a second, when everything starts.
        std::thread::sleep(Duration::from_micros(random % if round % 2 == 0 { 100_000 } else { 1_000_000 }));
        kill_process(Pid::from_child(&harness), signal)?;
        let status = ended(&mut harness)?;
        in_the_middle += u64::from(status.code() == Some(130) || status.signal().is_some());
        let began = Instant::now();
        // A killed harness cannot wait until the kernel has ended its processes.
        while signal == Signal::KILL && !run.processes().is_empty() && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        slowest = slowest.max(began.elapsed());
        let left = run.left_behind();
        if !left.is_empty() {
            return Err(format!("round {round}, {signal:?}{}: {left:?}", place.suffix()).into());
        }
    }
    println!("{rounds} signals, {in_the_middle} in the middle of a run; at the latest {slowest:?} after a SIGKILL, nothing was left");
    // If most signals came too late, the test has tested nothing.
    if in_the_middle * 2 > rounds { Ok(()) } else { Err(format!("only {in_the_middle} of {rounds} came in time").into()) }
}

/// Waits until the process ends. The time limit is only a safety net.
fn ended(child: &mut Child) -> Result<std::process::ExitStatus, Failed> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > Duration::from_secs(60) {
            child.kill()?;
            return Err("it did not end within a minute".into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
