//! Writes to standard output and standard error. A closed pipe is not an error.

use std::env;
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use spice_proto_gen::diagnostic::{Diagnostic, Style, Tally, render, to_json_lines};
use spice_proto_gen::write_if_changed;

use crate::arguments::{Color, MessageFormat, Reporting};
use crate::files::Source;

/// The result of the command, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Exit status 0.
    Success,
    /// Exit status 1: the command found something, such as an error in a proto.
    Found,
    /// Exit status 2: an argument is invalid, or a file cannot be read or written.
    Failure,
}

impl Outcome {
    /// The worse of two outcomes.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::SUCCESS,
            Outcome::Found => Self::from(1),
            Outcome::Failure => Self::from(2),
        }
    }
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Writes to standard output.
pub fn print(text: &str) -> Outcome {
    write(Stream::Output, text)
}

/// Writes to a file, but only if its contents change, or to standard output.
pub fn write_text(path: Option<&Path>, text: &str) -> Outcome {
    match path {
        None => print(text),
        Some(path) => match write_if_changed(path, text) {
            Ok(()) => Outcome::Success,
            Err(error) => print_error(&error),
        },
    }
}

/// Writes a line about the whole run to standard error, unless it is empty.
pub fn print_note(text: &str) -> Outcome {
    match text {
        "" => Outcome::Success,
        text => write(Stream::Error, &format!("spice-proto: {text}\n")),
    }
}

/// Writes an error of the command itself to standard error.
pub fn print_error(error: &impl Display) -> Outcome {
    // If this fails too, the exit status still reports the error.
    let _ = writeln!(io::stderr(), "spice-proto: {error}");
    Outcome::Failure
}

fn write(stream: Stream, text: &str) -> Outcome {
    let written = match stream {
        Stream::Output => {
            let mut output = io::stdout().lock();
            output
                .write_all(text.as_bytes())
                .and_then(|()| output.flush())
        }
        Stream::Error => io::stderr().lock().write_all(text.as_bytes()),
    };
    match written {
        Ok(()) => Outcome::Success,
        // The reader stopped reading, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Outcome::Success,
        Err(error) => print_error(&format_args!("cannot write: {error}")),
    }
}

/// Prints diagnostics in the format that the user chose, and counts them.
pub struct Reporter {
    format: MessageFormat,
    style: Style,
    /// The stream for JSON. Text goes to standard error.
    json: Stream,
    tally: Tally,
}

impl Reporter {
    /// Creates a reporter that writes JSON to the stream `json`.
    pub fn new(reporting: &Reporting, color: Color, json: Stream) -> Self {
        Self {
            format: reporting.message_format,
            style: style(color),
            json,
            tally: Tally::default(),
        }
    }

    /// Prints the diagnostics of one proto.
    pub fn report(&mut self, source: &Source, diagnostics: &[Diagnostic]) -> Outcome {
        self.tally.add(diagnostics);
        let (name, text) = (source.name(), String::from_utf8_lossy(source.text()));
        let (stream, report) = match self.format {
            MessageFormat::Json => (self.json, to_json_lines(name, &text, diagnostics)),
            MessageFormat::Human => (Stream::Error, render(name, &text, diagnostics, self.style)),
        };
        let written = write(stream, &report);
        if diagnostics.iter().any(Diagnostic::is_error) {
            written.and(Outcome::Found)
        } else {
            written
        }
    }

    /// Prints the errors of one proto, and leaves out its warnings.
    pub fn report_errors(&mut self, source: &Source, diagnostics: &[Diagnostic]) -> Outcome {
        let errors = diagnostics.iter().filter(|found| found.is_error());
        let errors: Vec<_> = errors.cloned().collect();
        self.report(source, &errors)
    }

    /// Prints the number of errors and warnings, unless the format is JSON or there are none.
    pub fn finish(&self) -> Outcome {
        if self.format == MessageFormat::Json || self.tally.is_empty() {
            return Outcome::Success;
        }
        write(Stream::Error, &format!("spice-proto: {}\n", self.tally))
    }
}

/// Whether text for this stream is colored.
pub fn is_colored(color: Color, stream: Stream) -> bool {
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_forced = env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if no_color => false,
        Color::Auto if is_forced => true,
        Color::Auto => match stream {
            Stream::Output => io::stdout().is_terminal(),
            Stream::Error => io::stderr().is_terminal(),
        },
    }
}

fn style(color: Color) -> Style {
    if is_colored(color, Stream::Error) {
        Style::Colored
    } else {
        Style::Plain
    }
}
