//! `sockspec man`: a page for the program, with all topics, and one for each command. The description of the command line is the source of
//! all of them.

use super::messages::{print, say};
use super::stop::Stop;
use super::text::{Depth, for_manual};
use super::topics::{self, Topic};
use clap::builder::StyledStr;
use clap::{Args, Command};
use roff::{Roff, bold, roman};
use std::io;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Command whose page to print, such as check [default: the page of sockspec].
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Option<String>,
    /// Write all pages to this folder.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Man, mut command: Command) -> Result<u8, Stop> {
    // Clap copies the global options to each command.
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
            print(&page(
                named.ok_or_else(|| Stop::usage(format!("there is no command `{name}` (`sockspec help` lists commands and topics)")))?,
            )?)
        }
    }
}

fn page(command: &Command) -> Result<String, Stop> {
    let version = concat!("sockspec ", env!("CARGO_PKG_VERSION"));
    // clap_mangen leaves out the help of an option that the short help hides.
    let shown = command.clone().mut_args(|argument| argument.hide_short_help(false));
    let man = clap_mangen::Man::new(shown).title(man_name(command).to_uppercase()).source(version).manual("sockspec");
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
    // Not every formatter reads UTF-8, but all of them know these names.
    let ascii = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\[u{:04X}]", u32::from(c)) };
    Ok(String::from_utf8_lossy(&page).chars().map(ascii).collect())
}

/// The sections after the options: the texts of `--help`, all topics on the page of the program, the examples, and other pages.
fn rest(command: &Command) -> Roff {
    let mut page = Roff::new();
    let text = |text: Option<&StyledStr>| text.map(ToString::to_string).unwrap_or_default();
    let after = text(command.get_after_long_help().or_else(|| command.get_after_help()));
    if command.has_subcommands() {
        // The topic about the exit status says more than the table of `--help`.
        let blocks: Vec<&str> = after.split("\n\n").filter(|block| !block.starts_with("Exit status:")).collect();
        for_manual(&blocks.join("\n\n"), Depth::Section, &mut page);
        for Topic { name, about, text } in topics::all() {
            page.control("SH", [name.replace('-', " ").to_uppercase().as_str()]);
            if name != "exit-status" {
                for_manual(&format!("This section is about {about}."), Depth::Subsection, &mut page);
            }
            for_manual(text, Depth::Subsection, &mut page);
        }
    } else {
        for_manual(&after, Depth::Section, &mut page);
    }
    for_manual(&text(command.get_before_help()), Depth::Section, &mut page);
    if let Some((_, name)) = man_name(command).split_once('-') {
        page.control("SH", ["SEE ALSO"]).text([bold("sockspec"), roman("(1), "), bold(format!("sockspec {name} --help"))]);
    }
    page
}

fn man_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}
