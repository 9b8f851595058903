//! Loads the proto that a subcommand works on.

use std::path::{Path, PathBuf};

use clap::Args;
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::Model;

use crate::arguments::{Reporting, Settings};
use crate::files::Source;
use crate::output::{Outcome, Reporter, Stream, print_error};

/// The SPICE protocol of this version.
const SPICE: &str = include_str!("../proto/spice.proto");

/// The structs of the link stage.
const LINK: &str = include_str!("../proto/link.proto");

/// The messages of the agent.
const AGENT: &str = include_str!("../proto/agent.proto");

/// The argument that selects a proto.
#[derive(Args, Debug)]
pub struct ProtoArgument {
    /// The proto, or `-` for standard input [default: the SPICE protocol of this version]
    #[arg(long, value_name = "FILE")]
    pub proto: Option<PathBuf>,
    #[command(flatten)]
    pub reporting: Reporting,
}

/// The proto of a subcommand that generates text from it.
#[derive(Args, Debug)]
pub struct ProtoFile {
    /// The proto, or `-` for standard input [default: the SPICE protocol of this version]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
}

impl ProtoArgument {
    /// The model of the proto. Reports its errors on standard error.
    ///
    /// # Errors
    ///
    /// Fails if the proto cannot be read or has an error, which is reported.
    pub fn model(&self, settings: &Settings) -> Result<Model, Outcome> {
        read_model(
            self.proto.as_deref(),
            &self.reporting,
            settings,
            Analysis::new,
        )
    }
}

impl ProtoFile {
    /// Whether the proto is the SPICE protocol of this version.
    pub const fn is_built_in(&self) -> bool {
        self.file.is_none()
    }

    /// The model of the proto. Reports its errors on standard error.
    ///
    /// # Errors
    ///
    /// Fails if the proto cannot be read or has an error, which is reported.
    pub fn model(&self, settings: &Settings) -> Result<Model, Outcome> {
        read_model(
            self.file.as_deref(),
            &self.reporting,
            settings,
            Analysis::new,
        )
    }

    /// The model of a proto from which C is generated. Reports its errors on standard error.
    ///
    /// # Errors
    ///
    /// Fails if the proto cannot be read, has an error, or cannot be expressed in C, which is reported.
    pub fn model_for_c(&self, settings: &Settings) -> Result<Model, Outcome> {
        read_model(
            self.file.as_deref(),
            &self.reporting,
            settings,
            Analysis::for_c,
        )
    }
}

/// The model of the link stage.
///
/// # Errors
///
/// Fails if standard error cannot be written.
pub fn link(settings: &Settings) -> Result<Model, Outcome> {
    let analysis = Analysis::new(LINK.as_bytes(), &settings.levels);
    analysis.model.ok_or(Outcome::Failure)
}

/// The model of the agent's messages.
///
/// # Errors
///
/// Fails if standard error cannot be written.
pub fn agent(settings: &Settings) -> Result<Model, Outcome> {
    let analysis = Analysis::new(AGENT.as_bytes(), &settings.levels);
    analysis.model.ok_or(Outcome::Failure)
}

fn read_model(
    path: Option<&Path>,
    reporting: &Reporting,
    settings: &Settings,
    analyze: fn(&[u8], &Levels) -> Analysis,
) -> Result<Model, Outcome> {
    let source = match path {
        None => Source::built_in("spice.proto", SPICE),
        Some(path) => Source::read(path).map_err(|error| print_error(&error))?,
    };
    let analysis = analyze(source.text(), &settings.levels);
    reported(&source, analysis, reporting, settings)
}

/// The model of a proto. Reports its errors on standard error; warnings are the subject of `check`.
fn reported(
    source: &Source,
    analysis: Analysis,
    reporting: &Reporting,
    settings: &Settings,
) -> Result<Model, Outcome> {
    let mut reporter = Reporter::new(reporting, settings.color, Stream::Error);
    let printed = reporter.report_errors(source, &analysis.diagnostics);
    match (analysis.model, printed.and(reporter.finish())) {
        (Some(model), Outcome::Success) => Ok(model),
        (_, outcome) => Err(outcome),
    }
}
