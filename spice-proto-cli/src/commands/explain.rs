//! `explain`: prints the page of a code, or the list of codes.

use clap::Args;
use spice_proto_gen::diagnostic::{Code, explain};

use crate::output::{Outcome, print};

/// The arguments of `explain`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto explain E0102")]
pub struct Arguments {
    /// The code of an error or warning
    code: Option<Code>,
}

/// Explains a code, or lists all codes.
pub fn run(arguments: &Arguments) -> Outcome {
    match arguments.code {
        Some(code) => print(code.explanation()),
        None => print(&explain::index()),
    }
}
