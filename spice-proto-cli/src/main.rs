//! The command `spice-proto`: arguments, files and the terminal. Each subcommand calls a library.

mod arguments;
mod catalog;
mod commands;
mod files;
mod output;
mod protos;
mod rows;

use std::process::ExitCode;

use self::arguments::Command;
use self::commands::{check, decode, encode, explain, rust};

fn main() -> ExitCode {
    let (command, settings) = arguments::parse();
    let outcome = match &command {
        Command::Rust(arguments) => rust::run(arguments, &settings),
        Command::Check(arguments) => check::run(arguments, &settings),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Decode(arguments) => decode::run(arguments, &settings),
        Command::Encode(arguments) => encode::run(arguments, &settings),
    };
    outcome.into()
}
