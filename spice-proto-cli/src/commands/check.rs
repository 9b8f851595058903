//! `check`: reports the errors and warnings of protos.

use std::path::PathBuf;

use clap::Args;
use spice_proto_gen::Config;

use crate::arguments::{Reporting, Settings};
use crate::files::Source;
use crate::output::{Outcome, Reporter, Stream, print_error};

/// The arguments of `check`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto check -D W0003 proto/*.proto")]
pub struct Arguments {
    /// The protos; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
}

/// Checks every file, even if some cannot be read.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let config = Config::new().levels(settings.levels.clone());
    let mut reporter = Reporter::new(&arguments.reporting, settings.color, Stream::Output);
    let mut outcome = Outcome::Success;
    for path in &arguments.files {
        outcome = outcome.and(match Source::read(path) {
            Ok(source) => reporter.report(&source, &config.check(source.text()).diagnostics),
            Err(error) => print_error(&error),
        });
    }
    outcome.and(reporter.finish())
}
