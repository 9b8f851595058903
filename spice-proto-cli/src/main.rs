//! The command `spice-proto`: arguments, files and the terminal. Each subcommand calls a library.

mod arguments;
mod catalog;
mod commands;
mod files;
mod git;
mod output;
mod protos;
mod rows;
mod text_diff;

use std::process::ExitCode;

use self::arguments::Command;
use self::commands::{
    c, check, completions, decode, diff, dissector, doc, encode, explain, fmt, graph, header, json,
    man, rust,
};

fn main() -> ExitCode {
    let (command, settings) = arguments::parse();
    let outcome = match &command {
        Command::Rust(arguments) => rust::run(arguments, &settings),
        Command::C(arguments) => c::run(arguments, &settings),
        Command::Check(arguments) => check::run(arguments, &settings),
        Command::Completions(arguments) => completions::run(arguments, arguments::command()),
        Command::Doc(arguments) => doc::run(arguments, &settings),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Diff(arguments) => diff::run(arguments, &settings),
        Command::Fmt(arguments) => fmt::run(arguments, &settings),
        Command::Graph(arguments) => graph::run(arguments, &settings),
        Command::Header(arguments) => header::run(arguments, &settings),
        Command::Json(arguments) => json::run(arguments, &settings),
        Command::Man(arguments) => man::run(arguments, arguments::command()),
        Command::Dissector(arguments) => dissector::run(arguments, &settings),
        Command::Decode(arguments) => decode::run(arguments, &settings),
        Command::Encode(arguments) => encode::run(arguments, &settings),
    };
    outcome.into()
}
