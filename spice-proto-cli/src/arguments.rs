//! The command line.

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use spice_proto_gen::Config;
use spice_proto_gen::codes::Code;
use spice_proto_gen::levels::{Level, Levels};
use spice_proto_gen::model::Side;

/// Compiles and checks descriptions of the SPICE protocol.
#[derive(Debug, Parser)]
#[command(name = "spice-proto", version, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 if nothing is wrong, 1 if a proto is, 2 if an argument or a file cannot be used.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compiles a proto to Rust
    Rust(RustArguments),
    /// Checks protos and generates nothing
    Check(CheckArguments),
    /// Explains a code such as E0102; without one, lists them all
    Explain {
        /// The code of a finding
        code: Option<Code>,
    },
}

/// The arguments of `rust`.
#[derive(Args, Debug)]
pub struct RustArguments {
    /// The proto; `-` is standard input
    pub file: PathBuf,
    /// Write to this file, if its content changes, and not to standard output
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Generate only what this side sends
    #[arg(long)]
    only: Option<SideArgument>,
    /// Generate only this channel of the protocol, and those that it is derived from; may be repeated
    #[arg(long = "channel", value_name = "NAME")]
    channels: Vec<String>,
    /// Add a derive to the type with this path (`types::Rect`), or to all with `.`; may be repeated
    #[arg(long = "derive", value_name = "PATH=TRAIT", value_parser = assignment)]
    derives: Vec<(String, String)>,
    /// Add an attribute to the type with this path, or to all with `.`; may be repeated
    #[arg(long = "attribute", value_name = "PATH=ATTRIBUTE", value_parser = assignment)]
    attributes: Vec<(String, String)>,
    /// Implement `serde::Serialize` and `Deserialize`, for `spice-wire` with its feature `serde`
    #[arg(long)]
    serde: bool,
    /// Implement `arbitrary::Arbitrary`, for `spice-wire` with its feature `arbitrary`
    #[arg(long)]
    arbitrary: bool,
    #[command(flatten)]
    pub reporting: Reporting,
}

/// The arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// The protos; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub reporting: Reporting,
}

/// How findings are shown, and how bad they are.
#[derive(Args, Debug)]
pub struct Reporting {
    /// Text for people on standard error, or one line of JSON for each finding (`check`: on
    /// standard output, `rust`: on standard error)
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Whether text for people is colored; `auto`: on a terminal, if NO_COLOR is not set
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Make findings of this code errors; of several levels for one code the last counts
    #[arg(short = 'D', long, value_name = "CODE")]
    deny: Vec<Code>,
    /// Make findings of this code warnings
    #[arg(short = 'W', long, value_name = "CODE", value_parser = lowerable)]
    warn: Vec<Code>,
    /// Say nothing about findings of this code
    #[arg(short = 'A', long, value_name = "CODE", value_parser = lowerable)]
    allow: Vec<Code>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// Annotated text.
    Human,
    /// JSON Lines.
    Json,
}

/// When a report is colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that wants it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SideArgument {
    Server,
    Client,
}

/// What the user asks for. Ends the process if that cannot be understood, or is only for help.
pub fn parse() -> (Command, Levels) {
    let matches = Arguments::command().get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let levels = match matches.subcommand() {
        Some(("rust" | "check", matches)) => levels(matches),
        _ => Levels::default(),
    };
    (arguments.command, levels)
}

/// The levels, in the order in which they were given.
fn levels(matches: &ArgMatches) -> Levels {
    let options = [
        ("deny", Level::Deny),
        ("warn", Level::Warn),
        ("allow", Level::Allow),
    ];
    let mut settings: Vec<(usize, Code, Level)> = Vec::new();
    for (option, level) in options {
        let codes = matches.get_many::<Code>(option).into_iter().flatten();
        let places = matches.indices_of(option).into_iter().flatten();
        settings.extend(places.zip(codes).map(|(place, code)| (place, *code, level)));
    }
    settings.sort_by_key(|(place, ..)| *place);
    let mut levels = Levels::default();
    for (_, code, level) in settings {
        levels.set(code, level);
    }
    levels
}

fn lowerable(text: &str) -> Result<Code, String> {
    let code: Code = text.parse().map_err(|unknown| format!("{unknown}"))?;
    Levels::check(code, Level::Warn).map_err(|fixed| fixed.to_string())?;
    Ok(code)
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.is_empty() && !value.is_empty() => {
            Ok((path.to_owned(), value.to_owned()))
        }
        _ => Err("a path, `=` and a value are needed, such as `types::Rect=PartialOrd`".to_owned()),
    }
}

impl RustArguments {
    /// The same, as the compiler takes it.
    pub fn config(&self, levels: &Levels) -> Config {
        let mut config = Config::new()
            .levels(levels.clone())
            .channels(self.channels.clone())
            .serde(self.serde)
            .arbitrary(self.arbitrary);
        if let Some(side) = self.only {
            config = config.only(match side {
                SideArgument::Server => Side::Server,
                SideArgument::Client => Side::Client,
            });
        }
        for (path, derive) in &self.derives {
            config = config.derive(path.as_str(), derive);
        }
        for (path, attribute) in &self.attributes {
            config = config.attribute(path.as_str(), attribute);
        }
        config
    }
}
