//! `fmt`: brings protos into the canonical layout.

use std::path::{Path, PathBuf};

use clap::Args;
use spice_proto_gen::backend::format::format;

use crate::arguments::{Reporting, Settings};
use crate::files::Source;
use crate::output::{Outcome, Reporter, Stream, is_colored, print, print_error, write_text};
use crate::text_diff::unified;

/// The arguments of `fmt`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The protos, which are rewritten; `-` formats standard input to standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; list the files that would change and exit with status 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; print what would change and exit with status 1 if anything would
    #[arg(long)]
    diff: bool,
    /// Write to this file, or to standard output if it is `-`, instead of rewriting the proto
    #[arg(short, long, value_name = "PATH", conflicts_with_all = ["check", "diff"])]
    output: Option<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
}

const EXAMPLES: &str = "\
Examples:
  spice-proto fmt a.proto b.proto
  spice-proto fmt --check --diff a.proto
  spice-proto fmt - < a.proto";

/// Formats every file, even if some have a syntax error or cannot be read.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    if arguments.output.is_some() && arguments.files.len() > 1 {
        return print_error(&"`--output` needs a single file");
    }
    let mut reporter = Reporter::new(&arguments.reporting, settings.color, Stream::Error);
    let mut outcome = Outcome::Success;
    for path in &arguments.files {
        outcome = outcome.and(match Source::read(path) {
            Ok(source) => match format(source.text()) {
                Ok(text) => arguments.finish(path, &source, &text, settings),
                Err(diagnostics) => reporter.report(&source, &diagnostics),
            },
            Err(error) => print_error(&error),
        });
    }
    outcome.and(reporter.finish())
}

impl Arguments {
    /// Writes the formatted text, or compares it with the present one.
    fn finish(&self, path: &Path, source: &Source, text: &str, settings: &Settings) -> Outcome {
        let is_standard = |path: &Path| path.as_os_str() == "-";
        if !(self.check || self.diff) {
            let output = self.output.as_deref().unwrap_or(path);
            return match is_standard(output) {
                true => print(text),
                false => write_text(Some(output), text),
            };
        }
        if source.text() == text.as_bytes() {
            return Outcome::Success;
        }
        let mut report = String::new();
        if self.check {
            report = format!("would reformat {}\n", source.name());
        }
        if self.diff {
            let present = String::from_utf8_lossy(source.text());
            let colored = is_colored(settings.color, Stream::Output);
            report.push_str(&unified(source.name(), &present, text, colored));
        }
        print(&report).and(Outcome::Found)
    }
}
