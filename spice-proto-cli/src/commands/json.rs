//! `json`: the model of a proto as JSON.

use std::path::PathBuf;

use clap::Args;
use spice_proto_gen::backend::json;

use crate::arguments::Settings;
use crate::output::{Outcome, write_text};
use crate::protos::ProtoFile;

/// The arguments of `json`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto json spice.proto | jq '.channels[].name'")]
pub struct Arguments {
    #[command(flatten)]
    proto: ProtoFile,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// Prints the model.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    match arguments.proto.model(settings) {
        Ok(model) => write_text(arguments.output.as_deref(), &json::generate(&model)),
        Err(outcome) => outcome,
    }
}
