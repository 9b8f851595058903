//! The error type of checks that produce a value.

use crate::diagnostic::Diagnostic;

/// The value of a check, or why there is none.
pub(super) type Checked<T> = Result<T, Rejection>;

/// Why a check has no value.
#[derive(Debug)]
pub(super) enum Rejection {
    /// It follows from an error that has been reported.
    Reported,
    /// An error that has not been reported.
    New(Box<Diagnostic>),
}

impl From<Diagnostic> for Rejection {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::New(Box::new(diagnostic))
    }
}
