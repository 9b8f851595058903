//! The command `spice-proto`: arguments, files and the terminal. Each subcommand calls a library.

mod arguments;
mod commands;
mod files;
mod git;
mod output;
mod protos;
mod text_diff;

use std::process::ExitCode;

use self::arguments::Command;
use self::commands::{check, diff, explain, fmt, rust};

fn main() -> ExitCode {
    let (command, settings) = arguments::parse();
    let outcome = match &command {
        Command::Rust(arguments) => rust::run(arguments, &settings),
        Command::Check(arguments) => check::run(arguments, &settings),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Diff(arguments) => diff::run(arguments, &settings),
        Command::Fmt(arguments) => fmt::run(arguments, &settings),
    };
    outcome.into()
}
