//! The command `spice-proto`: arguments, files and the terminal. The compiler is `spice-proto-gen`.

mod arguments;
mod files;
mod output;

use std::process::ExitCode;

use spice_proto_gen::diagnostic::{Code, Levels, explain};
use spice_proto_gen::{Config, write_if_changed};

use self::arguments::{CheckArguments, Command, RustArguments};
use self::files::Source;
use self::output::{Outcome, Reporter, Stream, print, print_error};

fn main() -> ExitCode {
    let (command, levels) = arguments::parse();
    let outcome = match &command {
        Command::Rust(arguments) => rust(arguments, &levels),
        Command::Check(arguments) => check(arguments, levels),
        Command::Explain { code } => explain(*code),
    };
    outcome.into()
}

/// Compiles a proto to Rust.
fn rust(arguments: &RustArguments, levels: &Levels) -> Outcome {
    let source = match Source::read(&arguments.file) {
        Ok(source) => source,
        Err(error) => return print_error(&error),
    };
    // Standard output may receive the Rust text, so diagnostics go to standard error.
    let mut reporter = Reporter::new(&arguments.reporting, Stream::Error);
    let config = arguments.config(levels);
    let generated = match config.generate(source.name(), source.text()) {
        Ok(generated) => generated,
        Err(error) if error.diagnostics().is_empty() => return print_error(&error),
        Err(error) => {
            let reported = reporter.report(&source, error.diagnostics());
            return reported.and(reporter.finish());
        }
    };
    let reported = reporter.report(&source, &generated.warnings);
    let written = match &arguments.output {
        None => print(&generated.text),
        Some(path) => match write_if_changed(path, &generated.text) {
            Ok(()) => Outcome::Success,
            Err(error) => print_error(&error),
        },
    };
    reported.and(written).and(reporter.finish())
}

/// Checks every file, even if some cannot be read.
fn check(arguments: &CheckArguments, levels: Levels) -> Outcome {
    let config = Config::new().levels(levels);
    let mut reporter = Reporter::new(&arguments.reporting, Stream::Output);
    let mut outcome = Outcome::Success;
    for path in &arguments.files {
        outcome = outcome.and(match Source::read(path) {
            Ok(source) => reporter.report(&source, &config.check(source.text()).diagnostics),
            Err(error) => print_error(&error),
        });
    }
    outcome.and(reporter.finish())
}

/// Explains a code, or lists all codes.
fn explain(code: Option<Code>) -> Outcome {
    match code {
        Some(code) => print(code.explanation()),
        None => print(&explain::index()),
    }
}
