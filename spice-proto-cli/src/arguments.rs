//! Parses the command line.

use std::error::Error;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use spice_proto_gen::diagnostic::{Code, Level, Levels};

use crate::commands::{
    c, check, completions, decode, diff, dissector, doc, encode, explain, fmt, graph, header, json,
    man, rust,
};

/// Compiles and checks protos (descriptions of the SPICE protocol)
#[derive(Debug, Parser)]
#[command(name = "spice-proto", version, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to color text
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

const EXIT_STATUS: &str = "\
Exit status: 0 on success, 1 if the command found something, such as an error in a proto, 2 if an argument
is invalid or a file cannot be read or written.";

/// Settings of all subcommands.
#[derive(Debug)]
pub struct Settings {
    /// When text is colored.
    pub color: Color,
    /// The lint levels.
    pub levels: Levels,
}

/// The subcommand.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a proto to Rust
    Rust(rust::Arguments),
    /// Compile a proto to C: constants, structs, demarshallers, marshallers
    C(c::Arguments),
    /// Check protos without generating code
    Check(check::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Generate a static reference site
    Doc(doc::Arguments),
    /// Explain a code such as E0102, or list all codes
    Explain(explain::Arguments),
    /// Compare two versions of a proto, and tell which changes break peers
    Diff(diff::Arguments),
    /// Bring protos into the canonical layout
    Fmt(fmt::Arguments),
    /// Draw the channels or the types of a proto
    Graph(graph::Arguments),
    /// Generate a C header with the constants of a proto
    Header(header::Arguments),
    /// Print the meaning of a proto as JSON
    Json(json::Arguments),
    /// Write manual pages
    Man(man::Arguments),
    /// Generate a dissector for Wireshark and tshark
    Dissector(dissector::Arguments),
    /// Print the messages of a capture, of JSON Lines, or one body
    Decode(decode::Arguments),
    /// Turn the JSON of messages into their bytes
    Encode(encode::Arguments),
}

/// The arguments for diagnostics.
#[derive(Args, Debug)]
pub struct Reporting {
    /// How to print errors and warnings
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Report this code as an error; the last level given for a code wins
    #[arg(short = 'D', long, value_name = "CODE")]
    deny: Vec<Code>,
    /// Report this code as a warning
    #[arg(short = 'W', long, value_name = "CODE", value_parser = lowerable)]
    warn: Vec<Code>,
    /// Do not report this code
    #[arg(short = 'A', long, value_name = "CODE", value_parser = lowerable)]
    allow: Vec<Code>,
}

/// The format of diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// Annotated text on standard error
    Human,
    /// JSON Lines, from `check` on standard output, from other subcommands on standard error
    Json,
}

/// When text is colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set; always if CLICOLOR_FORCE is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The description of the command line.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Parses the arguments. Exits the process if they are invalid or ask for help.
pub fn parse() -> (Command, Settings) {
    let matches = command().get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let settings = Settings {
        color: arguments.color,
        levels: matches
            .subcommand()
            .map_or_else(Levels::default, |(_, matches)| levels(matches)),
    };
    (arguments.command, settings)
}

/// The lint levels. The last level given for a code wins.
fn levels(matches: &ArgMatches) -> Levels {
    let options = [
        ("deny", Level::Deny),
        ("warn", Level::Warn),
        ("allow", Level::Allow),
    ];
    let mut settings: Vec<(usize, Code, Level)> = Vec::new();
    for (option, level) in options {
        // Not every subcommand reports diagnostics.
        if !matches!(matches.try_contains_id(option), Ok(true)) {
            continue;
        }
        let codes = matches.get_many::<Code>(option).into_iter().flatten();
        let positions = matches.indices_of(option).into_iter().flatten();
        settings.extend(positions.zip(codes).map(|(at, code)| (at, *code, level)));
    }
    settings.sort_by_key(|(at, ..)| *at);
    let mut levels = Levels::default();
    for (_, code, level) in settings {
        levels.set(code, level);
    }
    levels
}

fn lowerable(text: &str) -> Result<Code, Box<dyn Error + Send + Sync>> {
    let code = text.parse()?;
    Levels::check(code, Level::Warn)?;
    Ok(code)
}
