//! The error of [`Config`](crate::Config).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Style, Tally, render, to_lines};

/// The error of generating Rust: errors in the proto, a bad setting, or a file that cannot be
/// read or written.
///
/// `Display` prints the full report.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Io {
        action: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    Invalid {
        name: String,
        source: String,
        diagnostics: Vec<Diagnostic>,
    },
    Setting(String),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self(Kind::Io {
            action,
            path,
            error,
        })
    }

    pub(crate) fn setting(text: impl Into<String>) -> Self {
        Self(Kind::Setting(text.into()))
    }

    pub(crate) fn invalid(name: &str, text: &[u8], diagnostics: Vec<Diagnostic>) -> Self {
        Self(Kind::Invalid {
            name: name.to_owned(),
            source: String::from_utf8_lossy(text).into_owned(),
            diagnostics,
        })
    }

    /// Each error on one line, with its position in the proto.
    pub(crate) fn lines(&self) -> Vec<String> {
        match &self.0 {
            Kind::Invalid {
                name,
                source,
                diagnostics,
            } => {
                let errors = diagnostics.iter().filter(|found| found.is_error());
                to_lines(name, source, &errors.cloned().collect::<Vec<_>>())
            }
            Kind::Io { .. } | Kind::Setting(_) => vec![self.to_string()],
        }
    }

    /// The errors and warnings about the proto. Empty if the proto is not the problem.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.0 {
            Kind::Invalid { diagnostics, .. } => diagnostics,
            Kind::Io { .. } | Kind::Setting(_) => &[],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Io {
                action,
                path,
                error,
            } => write!(f, "cannot {action} {}: {error}", path.display()),
            Kind::Invalid {
                name,
                source,
                diagnostics,
            } => {
                let report = render(name, source, diagnostics, Style::Plain);
                let mut tally = Tally::default();
                tally.add(diagnostics);
                write!(f, "{report}{tally} in the proto")
            }
            Kind::Setting(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Io { error, .. } => Some(error),
            Kind::Invalid { .. } | Kind::Setting(_) => None,
        }
    }
}
