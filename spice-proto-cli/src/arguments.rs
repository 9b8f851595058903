//! Parses the command line.

use std::error::Error;
use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use spice_proto_gen::Config;
use spice_proto_gen::diagnostic::{Code, Level, Levels};
use spice_proto_gen::model::Side;

/// Compiles and checks protos (descriptions of the SPICE protocol)
#[derive(Debug, Parser)]
#[command(name = "spice-proto", version, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 on success, 1 if a proto has an error, 2 if an argument is invalid or a file cannot be
read or written.";

/// The subcommand.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a proto to Rust
    Rust(RustArguments),
    /// Check protos without generating code
    Check(CheckArguments),
    /// Explain a code such as E0102, or list all codes
    Explain {
        /// The code of an error or warning
        code: Option<Code>,
    },
}

/// The arguments of `rust`.
#[derive(Args, Debug)]
pub struct RustArguments {
    /// The proto, or `-` for standard input
    pub file: PathBuf,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Generate only the messages that this side sends
    #[arg(long, value_name = "SIDE")]
    only: Option<SideArgument>,
    /// Generate only this channel and its ancestors; may be repeated
    #[arg(long = "channel", value_name = "NAME")]
    channels: Vec<String>,
    /// Add a derive to the type with this path (`types::Rect`), or to all types (`.`); may be repeated
    #[arg(long = "derive", value_name = "PATH=TRAIT", value_parser = assignment)]
    derives: Vec<(String, String)>,
    /// Add an attribute to the type with this path, or to all types (`.`); may be repeated
    #[arg(long = "attribute", value_name = "PATH=ATTRIBUTE", value_parser = assignment)]
    attributes: Vec<(String, String)>,
    /// Implement `serde::Serialize` and `Deserialize`; needs the feature `serde` of `spice-wire`
    #[arg(long)]
    serde: bool,
    /// Implement `arbitrary::Arbitrary`; needs the feature `arbitrary` of `spice-wire`
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

/// The arguments for diagnostics.
#[derive(Args, Debug)]
pub struct Reporting {
    /// How to print errors and warnings
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// When to color text
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
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
    /// JSON Lines, from `check` on standard output, from `rust` on standard error
    Json,
}

/// When text is colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SideArgument {
    Server,
    Client,
}

/// Parses the arguments. Exits the process if they are invalid or ask for help.
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

/// The lint levels. The last level given for a code wins.
fn levels(matches: &ArgMatches) -> Levels {
    let options = [
        ("deny", Level::Deny),
        ("warn", Level::Warn),
        ("allow", Level::Allow),
    ];
    let mut settings: Vec<(usize, Code, Level)> = Vec::new();
    for (option, level) in options {
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

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.is_empty() && !value.is_empty() => {
            Ok((path.to_owned(), value.to_owned()))
        }
        _ => Err("expected PATH=VALUE, such as `types::Rect=PartialOrd`".to_owned()),
    }
}

impl RustArguments {
    /// The settings of the compiler.
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
