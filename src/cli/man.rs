//! `sockspec man`: a page for the program and one for each of its commands, all made from the command line's own description.

use super::{Stop, print, say};
use clap::{Args, Command};
use roff::{Roff, bold, roman};
use std::io;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The page of this command, such as check.
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Option<String>,
    /// Writes all pages to this folder.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Man, mut command: Command) -> Result<u8, Stop> {
    // Options that are everywhere become each command's own.
    command.build();
    if let Some(folder) = &arguments.dir {
        let unwritable = |error| Stop::usage(format!("the manual cannot be written to {}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        for command in std::iter::once(&command).chain(command.get_subcommands()) {
            let file = folder.join(clap_mangen::Man::new(command.clone()).get_filename());
            std::fs::write(&file, page(command)?).map_err(unwritable)?;
            say(&format!("wrote {}", file.display()));
        }
        return Ok(0);
    }
    match &arguments.command {
        None => print(&page(&command)?),
        Some(name) => {
            let named = command.get_subcommands().find(|command| command.get_name() == name);
            print(&page(named.ok_or_else(|| Stop::usage(format!("there is no command `{name}` (`sockspec --help` lists them)")))?)?)
        }
    }
}

fn page(command: &Command) -> Result<String, Stop> {
    let version = concat!("sockspec ", env!("CARGO_PKG_VERSION"));
    let man = clap_mangen::Man::new(command.clone()).title(man_name(command).to_uppercase()).source(version).manual("sockspec");
    let mut page = Vec::new();
    let render = |page: &mut Vec<u8>| -> io::Result<()> {
        man.render_title(page)?;
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)?;
        if command.has_subcommands() {
            man.render_subcommands_section(page)?;
        }
        rest(command).to_writer(page)
    };
    render(&mut page).map_err(|error| Stop::trouble(format!("the manual cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// What stands behind the options in `--help`: blocks with a headline and indented lines, or plain text.
fn rest(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for block in text.split("\n\n").filter(|block| !block.is_empty()) {
        let Some((headline, lines)) = block.split_once(":\n").filter(|(_, lines)| lines.starts_with("  ")) else {
            roff.control("SH", ["NOTES"]).control("nf", []);
            block.lines().for_each(|line| _ = roff.text([roman(line)]));
            roff.control("fi", []);
            continue;
        };
        roff.control("SH", [headline.to_uppercase().as_str()]);
        for line in lines.lines().map(str::trim_start) {
            match line.split_once("  ") {
                Some((term, meaning)) => roff.control("TP", []).text([bold(term)]).text([roman(meaning.trim_start())]),
                None => roff.control("PP", []).text([bold(line)]),
            };
        }
    }
    if let Some((_, name)) = man_name(command).split_once('-') {
        roff.control("SH", ["SEE ALSO"]).text([bold("sockspec"), roman("(1), "), bold(format!("sockspec {name} --help"))]);
    }
    roff
}

fn man_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}
