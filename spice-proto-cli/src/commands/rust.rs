//! `rust`: compiles a proto to Rust.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use spice_proto_gen::Config;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::Side;

use crate::arguments::{Reporting, Settings};
use crate::files::Source;
use crate::output::{Outcome, Reporter, Stream, is_colored, print, print_error, write_text};
use crate::text_diff::unified;

/// The arguments of `rust`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The proto, or `-` for standard input
    file: PathBuf,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Write nothing; print a diff and exit with status 1 if the file of `--output` is not what would be written
    #[arg(long, requires = "output")]
    check: bool,
    /// Generate only the messages that this side sends, and the types they use
    #[arg(long, value_name = "SIDE")]
    side: Option<SideArgument>,
    /// Generate only this channel, its ancestors, and the types they use; may be repeated
    #[arg(long = "channel", value_name = "NAME")]
    channels: Vec<String>,
    /// Add a derive to a type (`Rect`, `port.server.init`), to everything in a part of the proto
    /// (`.port`), or to all types (`.`); may be repeated
    #[arg(long = "derive", value_name = "PATH=TRAIT", value_parser = assignment)]
    derives: Vec<(String, String)>,
    /// Add an attribute to types; paths as in `--derive`; may be repeated
    #[arg(long = "type-attribute", value_name = "PATH=ATTRIBUTE", value_parser = assignment)]
    type_attributes: Vec<(String, String)>,
    /// Add an attribute to structs
    #[arg(long = "message-attribute", value_name = "PATH=ATTRIBUTE", value_parser = assignment)]
    message_attributes: Vec<(String, String)>,
    /// Add an attribute to enums
    #[arg(long = "enum-attribute", value_name = "PATH=ATTRIBUTE", value_parser = assignment)]
    enum_attributes: Vec<(String, String)>,
    /// Add an attribute to fields, items and variants (`Rect.left`)
    #[arg(long = "field-attribute", value_name = "PATH=ATTRIBUTE", value_parser = assignment)]
    field_attributes: Vec<(String, String)>,
    /// Use the type of another crate for a definition (`.Rect=::shapes::types::Rect`), or for all of them
    /// (`.=::shapes::types`); may be repeated
    #[arg(long = "extern-path", value_name = "PATH=RUST", value_parser = assignment)]
    extern_paths: Vec<(String, String)>,
    /// The path of the runtime [default: ::spice_wire]
    #[arg(long, value_name = "RUST")]
    runtime_path: Option<String>,
    /// Implement `serde::Serialize` and `Deserialize`; needs the feature `serde` of `spice-wire`
    #[arg(long)]
    serde: bool,
    /// Implement `arbitrary::Arbitrary`; needs the feature `arbitrary` of `spice-wire`
    #[arg(long)]
    arbitrary: bool,
    /// Make these implementations depend on features `serde` and `arbitrary` of the crate that has the code
    #[arg(long)]
    feature_gated: bool,
    #[command(flatten)]
    reporting: Reporting,
}

const EXAMPLES: &str = "\
Examples:
  spice-proto rust spice.proto --channel port -o port.rs
  spice-proto rust spice.proto --channel port -o port.rs --check";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SideArgument {
    Server,
    Client,
}

/// Compiles a proto to Rust.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let source = match Source::read(&arguments.file) {
        Ok(source) => source,
        Err(error) => return print_error(&error),
    };
    // Standard output may receive the Rust text, so diagnostics go to standard error.
    let mut reporter = Reporter::new(&arguments.reporting, settings.color, Stream::Error);
    let config = arguments.config(&settings.levels);
    let generated = match config.generate(source.name(), source.text()) {
        Ok(generated) => generated,
        Err(error) if error.diagnostics().is_empty() => return print_error(&error),
        Err(error) => {
            let reported = reporter.report(&source, error.diagnostics());
            return reported.and(reporter.finish());
        }
    };
    let reported = reporter.report(&source, &generated.warnings);
    let written = match arguments.output.as_deref() {
        Some(path) if arguments.check => compare(path, &generated.text, settings),
        path => write_text(path, &generated.text),
    };
    reported.and(written).and(reporter.finish())
}

/// Compares a file with its generated text. A missing file is compared as an empty one.
fn compare(path: &Path, text: &str, settings: &Settings) -> Outcome {
    let name = path.display().to_string();
    let present = match fs::read(path) {
        Ok(present) => present,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return print_error(&format_args!("cannot read {name}: {error}")),
    };
    if present == text.as_bytes() {
        return Outcome::Success;
    }
    let present = String::from_utf8_lossy(&present);
    let colored = is_colored(settings.color, Stream::Output);
    print(&unified(&name, &present, text, colored)).and(Outcome::Found)
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.is_empty() && !value.is_empty() => {
            Ok((path.to_owned(), value.to_owned()))
        }
        _ => Err("expected PATH=VALUE, such as `Rect=PartialOrd`".to_owned()),
    }
}

impl Arguments {
    /// The settings of the compiler.
    fn config(&self, levels: &Levels) -> Config {
        let mut config = Config::new()
            .levels(levels.clone())
            .channels(self.channels.clone())
            .serde(self.serde)
            .arbitrary(self.arbitrary)
            .feature_gated(self.feature_gated);
        if let Some(side) = self.side {
            config = config.only(match side {
                SideArgument::Server => Side::Server,
                SideArgument::Client => Side::Client,
            });
        }
        for (path, derive) in &self.derives {
            config = config.type_attribute(path, format!("#[derive({derive})]"));
        }
        type Add = fn(Config, String, String) -> Config;
        let lists: [(&[(String, String)], Add); 5] = [
            (&self.type_attributes, Config::type_attribute),
            (&self.message_attributes, Config::message_attribute),
            (&self.enum_attributes, Config::enum_attribute),
            (&self.field_attributes, Config::field_attribute),
            (&self.extern_paths, Config::extern_path),
        ];
        for (assignments, add) in lists {
            for (path, value) in assignments {
                config = add(config, path.clone(), value.clone());
            }
        }
        match &self.runtime_path {
            Some(path) => config.runtime_path(path),
            None => config,
        }
    }
}
