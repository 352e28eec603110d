//! `sockspec learn`.

use super::interrupt::watch_for_signals;
use super::messages::{print, say};
use super::options::Options;
use super::stop::Stop;
use super::subjects::subjects;
use crate::run::proposal::{ProposalError, propose};
use crate::run::setting::Setting;
use crate::spec::dialect::Dialect;
use crate::stage::{Isolation, Limit, Limits};
use clap::Args;
use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct Learn {
    #[command(flatten)]
    programs: Programs,
    /// Address of the programs, if sockspec cannot see it [default: where the server listens, or the client connects].
    #[arg(long, value_name = "IP:PORT", value_parser = address)]
    address: Option<SocketAddrV4>,
    /// File to write [default: stdout].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    playing: Playing,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Programs {
    /// Server to look at: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    server: Option<String>,
    /// Client to look at: a command. No shell reads it.
    #[arg(long, value_name = "CMD")]
    client: Option<String>,
}

// How programs are started. (Clap would take a doc comment for the description of the command.)
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
struct Playing {
    /// Time limit for each step, such as 5s or 800ms. Waiting for a CPU does not count [default: 5s].
    #[arg(long, value_name = "DURATION", value_parser = Setting::timeout, hide_short_help = true)]
    timeout: Option<Duration>,
    /// Limit for what a program may use, such as memory=4GiB. `sockspec help limits` lists them all.
    #[arg(long = "limit", value_name = "NAME=VALUE", hide_short_help = true)]
    limits: Vec<Limit>,
    /// Place where programs run: `sockspec help places` [default: auto].
    #[arg(long, value_enum, hide_short_help = true)]
    isolation: Option<Isolation>,
}

/// The comment above a proposed file.
const HEAD: &str =
    "Proposed by `sockspec learn`. A key that is missing has the tutorial's value.\n`sockspec help dialects` explains all keys.";

fn address(text: &str) -> Result<SocketAddrV4, String> {
    let address: SocketAddrV4 = text.parse().map_err(|_| "an address is 127.0.0.1 and a port, such as 127.0.0.1:8888")?;
    if *address.ip() == Ipv4Addr::LOCALHOST && address.port() >= 1024 {
        Ok(address)
    } else {
        Err("programs are judged at 127.0.0.1, and at a port from 1024 on".into())
    }
}

pub(super) fn run(arguments: &Learn, options: &Options) -> Result<u8, Stop> {
    let Learn { programs: Programs { server, client }, address, output, playing } = arguments;
    let subjects = subjects(server.as_deref(), client.as_deref())?;
    let setting = options.setting()?;
    let limits = playing.limits.iter().copied().fold(setting.limits, Limits::with);
    let setting = Setting {
        dialect: Arc::default(),
        timeout: playing.timeout.unwrap_or(setting.timeout),
        isolation: playing.isolation.unwrap_or(setting.isolation),
        limits,
        ..setting
    };
    let interrupt = watch_for_signals()?;
    let proposal = propose(&subjects, *address, &setting, &interrupt, &mut |_| {});
    let proposal = match proposal {
        Err(_) if interrupt.is_set() => return Err(Stop::interrupted()),
        Err(ProposalError::Mute(why)) => return Err(Stop::usage(why)),
        proposal => proposal.map_err(|error| Stop::trouble(error.to_string()))?,
    };
    if let Some((_, _, why)) = proposal.dialect.contradiction() {
        return Err(Stop::usage(format!("nothing can be proposed: {why}")));
    }
    let file = proposal.file(HEAD).map_err(Stop::trouble)?;
    let programs: String =
        subjects.iter().map(|subject| format!(" --{} {}", subject.role, shell_words::quote(&subject.command.to_string()))).collect();
    let (name, save) = match output {
        Some(path) => {
            fs::write(path, &file).map_err(|error| Stop::usage(format!("{}: {error}", path.display())))?;
            (path.display().to_string(), "it")
        }
        None => {
            print(&file)?;
            ("mine.toml".into(), "the file, save it as mine.toml")
        }
    };
    let questions = match proposal.notes.len() {
        0 => String::new(),
        1 => " It has 1 question.".into(),
        more => format!(" It has {more} questions."),
    };
    let same = if proposal.dialect == (Dialect { name: String::new(), ..Dialect::tutorial() }) { " It is the tutorial." } else { "" };
    say(&format!("read {save}, and correct it.{same}{questions}\nthen: sockspec check --dialect {}{programs}", shell_words::quote(&name)));
    Ok(0)
}
