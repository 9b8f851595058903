//! The command `spice-proto`: arguments, files and the terminal. Each subcommand calls a library.

mod arguments;
mod commands;
mod files;
mod output;
mod protos;

use std::process::ExitCode;

use self::arguments::Command;
use self::commands::{check, dissector, explain, rust};

fn main() -> ExitCode {
    let (command, settings) = arguments::parse();
    let outcome = match &command {
        Command::Rust(arguments) => rust::run(arguments, &settings),
        Command::Check(arguments) => check::run(arguments, &settings),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Dissector(arguments) => dissector::run(arguments, &settings),
    };
    outcome.into()
}
