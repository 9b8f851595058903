//! `dissector`: generates a dissector for Wireshark.

use std::path::PathBuf;

use clap::Args;
use spice_proto_gen::backend::lua::{self, Options};

use crate::arguments::Settings;
use crate::output::{Outcome, write_text};
use crate::protos::ProtoFile;

/// The arguments of `dissector`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  spice-proto dissector -o spice.lua
  tshark -X lua_script:spice.lua -r capture.pcap -Y 'spice_gen.display.draw_copy.base.box.top == 0'")]
pub struct Arguments {
    #[command(flatten)]
    proto: ProtoFile,
    /// Write to this file instead of standard output, but only if its contents change
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Name of the dissector and first part of its filter names, such as `spice_gen.message`
    #[arg(long, value_name = "NAME", default_value = lua::DEFAULT_PREFIX, value_parser = prefix)]
    prefix: String,
}

/// Generates a dissector.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let model = match arguments.proto.model(settings) {
        Ok(model) => model,
        Err(outcome) => return outcome,
    };
    let options = Options {
        prefix: arguments.prefix.clone(),
    };
    write_text(
        arguments.output.as_deref(),
        &lua::generate(&model, &options),
    )
}

/// Checks that Wireshark accepts a name as the name of a protocol.
fn prefix(text: &str) -> Result<String, String> {
    let is_first = |byte: &u8| byte.is_ascii_lowercase();
    let is_other = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.as_bytes().first().is_some_and(is_first) && text.bytes().all(is_other) {
        Ok(text.to_owned())
    } else {
        Err("expected a lowercase letter, then lowercase letters, digits and `_`".to_owned())
    }
}
