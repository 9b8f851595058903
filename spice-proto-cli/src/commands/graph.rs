//! `graph`: channels or types as a picture for Graphviz or Mermaid.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use spice_proto_gen::backend::graph;

use crate::arguments::Settings;
use crate::output::{Outcome, write_text};
use crate::protos::ProtoFile;

/// The arguments of `graph`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto graph spice.proto | dot -Tsvg -o channels.svg")]
pub struct Arguments {
    #[command(flatten)]
    proto: ProtoFile,
    /// The subject of the picture
    #[arg(long, value_name = "SUBJECT", default_value = "channels")]
    of: Subject,
    /// The language of the picture
    #[arg(long, value_name = "FORMAT", default_value = "dot")]
    format: Format,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Subject {
    /// Channels, and the channels they are derived from
    Channels,
    /// Types and message bodies, and the types they contain
    Types,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Graphviz
    Dot,
    /// Mermaid flowchart
    Mermaid,
}

/// Prints the picture.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let subject = match arguments.of {
        Subject::Channels => graph::Subject::Channels,
        Subject::Types => graph::Subject::Types,
    };
    let format = match arguments.format {
        Format::Dot => graph::Format::Dot,
        Format::Mermaid => graph::Format::Mermaid,
    };
    match arguments.proto.model(settings) {
        Ok(model) => {
            let text = graph::generate(&model, subject, format);
            write_text(arguments.output.as_deref(), &text)
        }
        Err(outcome) => outcome,
    }
}
