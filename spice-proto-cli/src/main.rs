//! The command `spice-proto`: arguments, files and the terminal. All else is done by `spice-proto-gen`.

mod arguments;
mod files;
mod output;

use std::path::Path;
use std::process::ExitCode;

use spice_proto_gen::codes::Code;
use spice_proto_gen::levels::Levels;
use spice_proto_gen::{Analysis, explain, write_if_changed};

use self::arguments::{Command, Reporting, RustArguments};
use self::files::Source;
use self::output::{Outcome, Reporter, Stream, complain, print};

fn main() -> ExitCode {
    let (command, levels) = arguments::parse();
    let outcome = match &command {
        Command::Rust(arguments) => rust(arguments, &levels),
        Command::Check(arguments) => check(&arguments.files, &arguments.reporting, &levels),
        Command::Explain { code } => explain(*code),
    };
    outcome.into()
}

/// Compiles one file to Rust.
fn rust(arguments: &RustArguments, levels: &Levels) -> Outcome {
    let source = match Source::read(&arguments.file) {
        Ok(source) => source,
        Err(problem) => return complain(&problem),
    };
    // The Rust text may go to standard output, so the report never does.
    let mut reporter = Reporter::new(&arguments.reporting, Stream::Error);
    let config = arguments.config(levels);
    let generated = match config.generate(source.name(), source.text()) {
        Ok(generated) => generated,
        Err(error) if error.diagnostics().is_empty() => return complain(&error),
        Err(error) => {
            return reporter
                .report(&source, error.diagnostics())
                .and(reporter.finish());
        }
    };
    let reported = reporter.report(&source, &generated.warnings);
    let written = match &arguments.output {
        None => print(&generated.text),
        Some(path) => match write_if_changed(path, &generated.text) {
            Ok(()) => Outcome::Fine,
            Err(error) => complain(&error),
        },
    };
    reported.and(written).and(reporter.finish())
}

/// Checks all files, whatever is wrong with one of them.
fn check(files: &[impl AsRef<Path>], reporting: &Reporting, levels: &Levels) -> Outcome {
    let mut reporter = Reporter::new(reporting, Stream::Output);
    let mut outcome = Outcome::Fine;
    for path in files {
        outcome = outcome.and(match Source::read(path.as_ref()) {
            Err(problem) => complain(&problem),
            Ok(source) => {
                let analysis = Analysis::new(source.text(), levels);
                reporter.report(&source, &analysis.diagnostics)
            }
        });
    }
    outcome.and(reporter.finish())
}

/// Says what a code means, or which codes there are.
fn explain(code: Option<Code>) -> Outcome {
    match code {
        Some(code) => print(code.explanation()),
        None => print(&explain::index()),
    }
}
