//! Speed, as ratios of things measured in turn in the same run: `cargo bench`.
//!
//! - `explore` on a stream of 10 bytes (512 conversations of five segments and a half on average), with one job and with two, against bare
//!   C loops in as many processes that start the same server as often: one that only sends the token, and one that sends the same
//!   segments with the same witness.
//! - The oracle's growth: how much longer it takes for twice the stream, where messages imitate lines as badly as they can.

use sockspec::oracle::{Ending, Question, explain};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
const STREAM: &str = "abcdefghij";
const RUNS: usize = 1 << (STREAM.len() - 1);

fn main() {
    explore_against_a_bare_loop();
    oracle();
}

fn compiled(source: &str, flags: &[&str], folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(source);
    let binary = folder.join(source.file_stem().expect("a name")).with_extension(flags.concat().replace('-', ""));
    assert!(Command::new("cc").args(flags).arg("-o").arg(&binary).arg(source).status().expect("cc").success());
    binary
}

fn explore_against_a_bare_loop() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let bare = compiled("bench/loop.c", &["-O2"], folder.path());
    for (name, flags) in [("dynamic", &["-O2"][..]), ("static", &["-O2", "-static"][..])] {
        let server = compiled("programs/right/server.c", flags, folder.path());
        for jobs in [1, 2] {
            let (mut ours, mut token, mut cuts) = (Vec::new(), Vec::new(), Vec::new());
            let (bare, server) = (&bare, &server);
            let loops = |words: &'static [&str]| {
                (0..jobs).map(move |job| {
                    let mut command = Command::new(bare);
                    command.args([job, job + 1].map(|edge| (RUNS / jobs * edge).to_string())).arg(server).args(words);
                    command
                })
            };
            for _ in 0..ROUNDS {
                token.push(seconds(loops(&[])));
                cuts.push(seconds(loops(&[STREAM])));
                let mut explore = Command::new(env!("CARGO_BIN_EXE_sockspec"));
                explore.args(["--quiet", "explore", "--jobs", &jobs.to_string(), STREAM, "--server"]).arg(server);
                ours.push(seconds([explore]));
            }
            let [ours, token, cuts] = [ours, token, cuts].map(|mut times| median(&mut times).as_secs_f64());
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

/// How long all of them take, side by side.
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
            boundaries: &[],
            prefix,
            line_end: b"\n",
            token: b"exit",
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
