//! `c`: compiles a proto to C.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};
use spice_proto_gen::backend::c::{self, Marshallers, Options, Structs};
use spice_proto_gen::model;

use crate::arguments::Settings;
use crate::output::{Outcome, print, print_error, write_text};
use crate::protos::ProtoFile;

/// The arguments of `c`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  spice-proto c --declarations --all-structs -o messages.h
  spice-proto c --demarshallers server --include messages.h -o demarshallers.c
  spice-proto c --marshallers client --include messages.h --include common/marshaller.h -o marshallers.c")]
#[command(group = ArgGroup::new("kind").required(true))]
pub struct Arguments {
    #[command(flatten)]
    proto: ProtoFile,
    /// Generate the header with the constants
    #[arg(long, group = "kind")]
    enums: bool,
    /// Generate the declarations of structs
    #[arg(long, group = "kind")]
    declarations: bool,
    /// Generate parsers of the messages that this side sends
    #[arg(long, value_name = "SIDE", group = "kind")]
    demarshallers: Option<Side>,
    /// Generate marshallers of the messages that this side sends. With `--output`, also a header beside the file
    #[arg(long, value_name = "SIDE", group = "kind")]
    marshallers: Option<Side>,
    /// Declare all structs in a header, also without `@declare`
    #[arg(long, conflicts_with_all = ["enums", "demarshallers", "marshallers"])]
    all_structs: bool,
    /// Also generate a public marshaller of this struct
    #[arg(long = "struct", value_name = "NAME", conflicts_with_all = ["enums", "declarations", "demarshallers"])]
    structs: Vec<String>,
    /// Make the marshallers static, and generate a table of them
    #[arg(long, conflicts_with_all = ["enums", "declarations", "demarshallers"])]
    table: bool,
    /// Include this header
    #[arg(long, value_name = "HEADER")]
    include: Vec<String>,
    /// Append this to the names of the functions that find parsers and the table
    #[arg(long, value_name = "TEXT", default_value = "")]
    suffix: String,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// The sender of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Side {
    /// The server
    Server,
    /// The client
    Client,
}

impl From<Side> for model::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Server => Self::Server,
            Side::Client => Self::Client,
        }
    }
}

/// Generates C.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let model = match arguments.proto.model_for_c(settings) {
        Ok(model) => model,
        Err(outcome) => return outcome,
    };
    let options = Options {
        includes: arguments.include.clone(),
        suffix: arguments.suffix.clone(),
        structs: arguments.structs.clone(),
        table: arguments.table,
    };
    if let Some(name) = options.unknown_struct(&model) {
        return print_error(&format_args!("no message has a struct `{name}`"));
    }
    let output = arguments.output.as_deref();
    if let Some(side) = arguments.demarshallers {
        return write_text(output, &c::demarshallers(&model, &[side.into()], &options));
    }
    if let Some(side) = arguments.marshallers {
        let name = stem(output, "marshallers");
        let found = c::marshallers(&model, &[side.into()], &name, &options);
        return write_both(output, &found);
    }
    let structs = match arguments.all_structs {
        true => Structs::All,
        false => Structs::Marked,
    };
    match arguments.declarations {
        true => write_text(
            output,
            &c::declarations(&model, structs, &stem(output, "messages")),
        ),
        false => write_text(output, &c::enums(&model)),
    }
}

/// The name of the output file without its ending.
fn stem(output: Option<&Path>, default: &str) -> String {
    let stem = output.and_then(Path::file_stem);
    stem.map_or_else(
        || default.to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

fn write_both(output: Option<&Path>, marshallers: &Marshallers) -> Outcome {
    match output {
        None => print(&marshallers.source),
        Some(path) => write_text(Some(path), &marshallers.source).and(write_text(
            Some(&path.with_extension("h")),
            &marshallers.header,
        )),
    }
}
