//! `man`: the manual pages.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};

use crate::output::{Outcome, print_error};

/// The arguments of `man`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto man ~/.local/share/man/man1")]
pub struct Arguments {
    /// The folder to write the pages to
    folder: PathBuf,
}

/// Writes a page for the command and one for each subcommand.
pub fn run(arguments: &Arguments, command: Command) -> Outcome {
    let folder = &arguments.folder;
    let written =
        fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    match written {
        Ok(()) => Outcome::Success,
        Err(error) => print_error(&format_args!(
            "cannot write to {}: {error}",
            folder.display()
        )),
    }
}
