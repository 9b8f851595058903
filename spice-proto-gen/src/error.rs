//! The error of [`Config`](crate::Config).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Style, Tally, render, to_lines};

/// The error of generating Rust: errors in the proto, a bad setting, or a file that cannot be
/// read or written.
///
/// `Display` prints the full report, and so does `Debug`: a `main` that returns the error prints the report.
pub struct Error(Kind);

enum Kind {
    Io {
        action: &'static str,
        path: PathBuf,
        /// The folder that the path is relative to.
        folder: Option<PathBuf>,
        error: io::Error,
    },
    Invalid {
        name: String,
        source: String,
        diagnostics: Vec<Diagnostic>,
        /// The path of the proto, if it was read from a file.
        file: Option<PathBuf>,
    },
    Setting(String),
    /// Errors of several protos.
    Several(Vec<Error>),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, error: io::Error) -> Self {
        Self::io_in(None, action, path, error)
    }

    /// An error of the file system that names the folder that a relative path is relative to.
    pub(crate) fn io_in(
        folder: Option<PathBuf>,
        action: &'static str,
        path: &Path,
        error: io::Error,
    ) -> Self {
        let folder = folder.filter(|_| path.is_relative());
        let path = path.to_owned();
        Self(Kind::Io {
            action,
            path,
            folder,
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
            file: None,
        })
    }

    /// The error with the path of the file that the proto was read from.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        if let Kind::Invalid { file, .. } = &mut self.0 {
            *file = Some(path.to_owned());
        }
        self
    }

    /// One error for all errors, if there are any.
    pub(crate) fn all(mut errors: Vec<Self>) -> Option<Self> {
        match errors.len() {
            0 | 1 => errors.pop(),
            _ => Some(Self(Kind::Several(errors))),
        }
    }

    /// Each error on one line, with its position in the proto.
    pub(crate) fn lines(&self) -> Vec<String> {
        match &self.0 {
            Kind::Invalid {
                name,
                source,
                diagnostics,
                ..
            } => {
                let errors = diagnostics.iter().filter(|found| found.is_error());
                to_lines(name, source, &errors.cloned().collect::<Vec<_>>())
            }
            Kind::Several(errors) => errors.iter().flat_map(Self::lines).collect(),
            Kind::Io { .. } | Kind::Setting(_) => vec![self.to_string()],
        }
    }

    /// The errors and warnings about the proto, or about the first one with errors if there are several. Empty
    /// if no proto is the problem.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.0 {
            Kind::Invalid { diagnostics, .. } => diagnostics,
            Kind::Several(errors) => {
                let mut found = errors.iter().map(Self::diagnostics);
                found.find(|found| !found.is_empty()).unwrap_or_default()
            }
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
                folder,
                error,
            } => {
                write!(f, "cannot {action} {}", path.display())?;
                if let Some(folder) = folder {
                    write!(f, " (relative to {})", folder.display())?;
                }
                write!(f, ": {error}")
            }
            Kind::Invalid {
                name,
                source,
                diagnostics,
                file,
            } => {
                let report = render(name, source, diagnostics, Style::Plain);
                let mut tally = Tally::default();
                tally.add(diagnostics);
                match file {
                    Some(file) => write!(f, "{report}{tally} in {}", file.display()),
                    None => write!(f, "{report}{tally} in the proto"),
                }
            }
            Kind::Setting(text) => f.write_str(text),
            Kind::Several(errors) => {
                for (index, error) in errors.iter().enumerate() {
                    let space = if index == 0 { "" } else { "\n\n" };
                    write!(f, "{space}{error}")?;
                }
                Ok(())
            }
        }
    }
}

/// The report: it is what a `main` that returns the error prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Io { error, .. } => Some(error),
            Kind::Invalid { .. } | Kind::Setting(_) | Kind::Several(_) => None,
        }
    }
}
