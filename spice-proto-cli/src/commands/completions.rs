//! `completions`: the completion script of a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::output::{Outcome, print};

/// The arguments of `completions`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  spice-proto completions bash > ~/.local/share/bash-completion/completions/spice-proto"
)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, mut command: Command) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "spice-proto", &mut script);
    print(&String::from_utf8_lossy(&script))
}
