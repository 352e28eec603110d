//! Speed, as ratios: `cargo bench`. The compared things are measured alternately in the same run.
//!
//! - `explore` on a stream of 10 bytes (512 conversations, 5.5 segments each on average), with one job and with two. It is compared with
//!   bare C loops in as many processes, which start the same server as often. One loop sends only the token. The other sends the same segments,
//!   and waits in the same way until the server has read them.
//! - The suite with the reference pair, compared with bare C loops that start its programs as often and send only the token.
//! - A server and a client that spin at the end of their input, compared with the reference pair.
//! - The suite with the reference pair in each isolation, compared with private namespaces.
//! - The throughput of the reference pair, compared with a pair in C.
//! - The growth of the oracle: its time for twice the stream, with messages that imitate lines in the worst way.

use serde_json::Value;
use sockspec::model::oracle::{Ending, Question, Token, explain};
use sockspec::spec::dialect::TokenMatch;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const ROUNDS: usize = 5;
const STREAM: &str = "abcdefghij";
const RUNS: usize = 1 << (STREAM.len() - 1);
/// The amount of data for the throughput, in MiB.
const POURED: &str = "1024";
const SOCKSPEC: &str = env!("CARGO_BIN_EXE_sockspec");
const SERVER: &str = env!("CARGO_BIN_EXE_sockspec-server");
const CLIENT: &str = env!("CARGO_BIN_EXE_sockspec-client");

fn main() {
    let folder = TempDir::new().expect("a folder");
    let bare = compiled("bench/bare.c", &["-O2"], folder.path());
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| only.is_empty() || only.iter().any(|word| name.contains(word.as_str()));
    if is_wanted("explore") {
        explore(&bare, folder.path());
    }
    if is_wanted("suite") {
        suite(&bare, folder.path());
    }
    if is_wanted("places") {
        places();
    }
    if is_wanted("pour") {
        pour(&bare, folder.path());
    }
    if is_wanted("oracle") {
        oracle();
    }
}

fn compiled(source: &str, flags: &[&str], folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(source);
    let binary = folder.join(source.file_stem().expect("a name")).with_extension(flags.concat().replace('-', ""));
    assert!(
        Command::new(if source.extension().is_some_and(|end| end == "cpp") { "c++" } else { "cc" })
            .args(flags)
            .arg("-o")
            .arg(&binary)
            .arg(source)
            .status()
            .expect("cc")
            .success()
    );
    binary
}

fn explore(bare: &Path, folder: &Path) {
    for (name, flags) in [("dynamic", &["-O2"][..]), ("static", &["-O2", "-static"][..])] {
        let server = &compiled("programs/right/server.c", flags, folder);
        for jobs in [1, 2] {
            let loops = |words: &'static [&str]| {
                (0..jobs).map(move |job| {
                    let mut command = Command::new(bare);
                    let edges = [job, job + 1].map(|edge| (RUNS / jobs * edge).to_string());
                    command.arg("servers").args(edges).arg(server).args(words);
                    command
                })
            };
            let ours = || {
                let mut command = Command::new(SOCKSPEC);
                command.args(["--quiet", "explore", "--jobs", &jobs.to_string(), STREAM, "--server"]).arg(server);
                command
            };
            let [ours, token, cuts] =
                medians([&|| seconds([ours()]), &|| seconds(loops(&[])), &|| seconds(loops(&[STREAM]))]).map(|time| time.as_secs_f64());
            println!(
                "explore --jobs {jobs}, {name} C server: {:.0} conversations a second; {:.2} of bare loops with the same segments, {:.2} of \
                 bare loops with the token alone",
                RUNS as f64 / ours,
                cuts / ours,
                token / ours
            );
        }
    }
}

fn suite(bare: &Path, folder: &Path) {
    let broken = ["programs/wrong/server/eof-tries-again.c", "programs/wrong/client/spins-at-eof.cpp"]
        .map(|source| compiled(source, &["-O2"], folder));
    for jobs in ["1", "2"] {
        let check = |server: &str, client: &str| {
            let mut command = Command::new(SOCKSPEC);
            command.args(["--quiet", "check", "--jobs", jobs, "--report", "json", "--server", server, "--client", client]);
            let output = command.output().expect("it runs");
            serde_json::from_slice::<Value>(&output.stdout).expect("a report")
        };
        let report = check(SERVER, CLIENT);
        let cases = report["cases"].as_array().expect("cases");
        let is_idle = |case: &&Value| case["rule"].as_str().is_some_and(|rule| rule.ends_with("/idle"));
        let starts = |role: &str| {
            let has_it = |case: &&Value| case["rule"].as_str().is_some_and(|rule| rule.starts_with(role) || rule.starts_with("pair/"));
            cases.iter().filter(has_it).filter(|case| !is_idle(case)).count().to_string()
        };
        let loops = |mode: &str, program: &str| {
            let mut command = Command::new(bare);
            command.args([mode, "0", &starts(&mode[..6]), program]);
            command
        };
        let whole = |server: &str, client: &str| {
            let began = Instant::now();
            let report = check(server, client);
            (began.elapsed(), report)
        };
        let without_idle = || {
            let (time, report) = whole(SERVER, CLIENT);
            let idle: f64 =
                report["cases"].as_array().expect("cases").iter().filter(is_idle).filter_map(|case| case["seconds"].as_f64()).sum();
            time.saturating_sub(Duration::from_secs_f64(idle / jobs.parse::<f64>().expect("a number")))
        };
        let [ours, theirs, good, bad] = medians([
            &without_idle,
            &|| seconds([loops("servers", SERVER)]) + seconds([loops("clients", CLIENT)]),
            &|| whole(SERVER, CLIENT).0,
            &|| whole(&broken[0].to_string_lossy(), &broken[1].to_string_lossy()).0,
        ]);
        println!(
            "check --jobs {jobs}: {} scenarios in {good:.2?}; without those that watch for idleness {:.2} times the sum of bare starts; with \
             programs that spin at the end {bad:.2?}",
            cases.len(),
            ours.as_secs_f64() / theirs.as_secs_f64(),
        );
    }
}

fn pour(bare: &Path, folder: &Path) {
    for (mode, ours, theirs) in [("pour-server", SERVER, "programs/right/server.c"), ("pour-client", CLIENT, "programs/right/client.cpp")] {
        let theirs = compiled(theirs, &["-O2"], folder);
        let poured = |program: &Path| {
            let mut command = Command::new(bare);
            command.args([mode, POURED]).arg(program);
            seconds([command])
        };
        let [ours, theirs] = medians([&|| poured(Path::new(ours)), &|| poured(&theirs)]);
        println!("{mode}: {POURED} MiB in {ours:.2?}; {:.2} of the speed of the one in C", theirs.as_secs_f64() / ours.as_secs_f64());
    }
}

/// The medians of alternating measurements.
fn medians<const N: usize>(measures: [&dyn Fn() -> Duration; N]) -> [Duration; N] {
    let mut times = [(); N].map(|()| Vec::new());
    for _ in 0..ROUNDS {
        times.iter_mut().zip(measures).for_each(|(times, measure)| times.push(measure()));
    }
    times.map(|mut times| median(&mut times))
}

/// The cost of a scenario in each isolation, in one run. The last isolation plays one scenario at a time, and no relay.
fn places() {
    const PLACES: [&str; 4] = ["namespace", "network", "address", "none"];
    for jobs in ["1", "2"] {
        let whole = |place: &str| {
            let mut command = Command::new(SOCKSPEC);
            command.args(["--quiet", "check", "--isolation", place, "--jobs", jobs, "--server", SERVER, "--client", CLIENT]);
            command.args([
                "server/message",
                "server/exit",
                "server/eof",
                "client/word",
                "client/exit",
                "client/eof",
                "pair/piped",
                "pair/eof",
            ]);
            let began = Instant::now();
            let output = command.stderr(Stdio::null()).output().expect("it runs");
            assert!(output.status.success(), "{place}: {}", String::from_utf8_lossy(&output.stdout));
            began.elapsed()
        };
        let times = medians(PLACES.map(|place| move || whole(place)).each_ref().map(|measure| measure as &dyn Fn() -> Duration));
        let told = PLACES
            .iter()
            .zip(times)
            .map(|(place, time)| format!("{place} {time:.2?} ({:.2})", time.as_secs_f64() / times[0].as_secs_f64()));
        println!("--isolation, with --jobs {jobs}: {}", told.collect::<Vec<_>>().join(", "));
    }
}

/// The time that all commands take, at the same time.
fn seconds(commands: impl IntoIterator<Item = Command>) -> Duration {
    let began = Instant::now();
    let started = commands.into_iter().map(|mut command| command.stdout(Stdio::null()).spawn().expect("it runs"));
    for mut process in started.collect::<Vec<_>>() {
        assert!(process.wait().expect("it ends").success());
    }
    began.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn oracle() {
    let prefix = "收到客户端信息：".as_bytes();
    let mut last = None;
    for kib in [8, 16, 32, 64] {
        let imitation = ["\n".as_bytes(), prefix].concat();
        let sent: Vec<u8> = imitation.iter().copied().cycle().take(kib << 10).collect();
        let printed: Vec<u8> = sent.chunks(1000).flat_map(|piece| [prefix, piece, b"\n"].concat()).collect();
        let question = Question {
            sent: &sent,
            shown: &sent,
            boundaries: &[],
            prefix,
            line_end: b"\n",
            token: Token { text: b"exit", matching: TokenMatch::Whole, is_printed: false },
            max_piece: None,
            ending: Ending::Stream,
            c_strings: false,
        };
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let began = Instant::now();
                assert!(explain(&question, &printed).is_ok());
                assert!(explain(&question, &printed[..printed.len() - 1]).is_err());
                began.elapsed()
            })
            .collect();
        let time = median(&mut times);
        let growth =
            last.map(|last: Duration| format!(", {:.1} times the half", time.as_secs_f64() / last.as_secs_f64())).unwrap_or_default();
        println!("oracle, {kib} KiB of imitated lines, explained and refused: {time:.1?}{growth}");
        last = Some(time);
    }
}
