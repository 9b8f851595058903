//! `header`: the constants of a proto as a C header.

use std::path::PathBuf;

use clap::Args;
use spice_proto_gen::backend::c;

use crate::arguments::Settings;
use crate::output::{Outcome, write_text};
use crate::protos::ProtoFile;

/// The arguments of `header`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto header spice.proto -o enums.h")]
pub struct Arguments {
    #[command(flatten)]
    proto: ProtoFile,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// Prints the header.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    match arguments.proto.model(settings) {
        Ok(model) => write_text(arguments.output.as_deref(), &c::enums(&model)),
        Err(outcome) => outcome,
    }
}
