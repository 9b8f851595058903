//! Standard output and standard error. Whoever reads them may stop at any time.

use std::borrow::Cow;
use std::env;
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use spice_proto_gen::diagnostic::{Diagnostic, Severity};
use spice_proto_gen::render::{Style, Tally, render, to_json_lines};

use crate::arguments::{Color, MessageFormat, Reporting};
use crate::files::Source;

/// How it went; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing is wrong.
    Fine,
    /// A proto is wrong.
    Wrong,
    /// Something could not be read, written or understood.
    Failed,
}

impl Outcome {
    /// Both of two outcomes.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Wrong => Self::from(1),
            Outcome::Failed => Self::from(2),
        }
    }
}

/// Where something is written to.
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

/// Says on standard error why the command itself cannot go on.
pub fn complain(problem: &impl Display) -> Outcome {
    // Where even that cannot be said, the exit status says it.
    let _ = writeln!(io::stderr(), "spice-proto: {problem}");
    Outcome::Failed
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
        Ok(()) => Outcome::Fine,
        // Nobody wants to read any more, as with `| head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Outcome::Fine,
        Err(error) => complain(&format_args!("cannot write: {error}")),
    }
}

/// Shows findings as the user wants them.
pub struct Reporter {
    format: MessageFormat,
    style: Style,
    /// Where JSON goes; text for people goes to standard error.
    json: Stream,
    tally: Tally,
}

impl Reporter {
    /// Shows findings as `reporting` says, JSON on the stream `json`.
    pub fn new(reporting: &Reporting, json: Stream) -> Self {
        Self {
            format: reporting.message_format,
            style: style(reporting.color),
            json,
            tally: Tally::default(),
        }
    }

    /// Shows what was found in one proto.
    pub fn report(&mut self, source: &Source, findings: &[Diagnostic]) -> Outcome {
        self.tally.add(findings);
        let text: Cow<'_, str> = String::from_utf8_lossy(source.text());
        let written = match self.format {
            MessageFormat::Json => write(self.json, &to_json_lines(source.name(), &text, findings)),
            MessageFormat::Human => write(
                Stream::Error,
                &render(source.name(), &text, findings, self.style),
            ),
        };
        let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
        match findings.iter().any(is_error) {
            true => written.and(Outcome::Wrong),
            false => written,
        }
    }

    /// Says for people how much was found in all.
    pub fn finish(&self) -> Outcome {
        match (self.format, self.tally.is_empty()) {
            (MessageFormat::Human, false) => {
                write(Stream::Error, &format!("spice-proto: {}\n", self.tally))
            }
            _ => Outcome::Fine,
        }
    }
}

fn style(color: Color) -> Style {
    let refused = || env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colored = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stderr().is_terminal() && !refused(),
    };
    match colored {
        true => Style::Colored,
        false => Style::Plain,
    }
}
