//! What a check says.

use crate::diagnostic::Diagnostic;

/// What was asked for, or why there is nothing.
pub(super) type Checked<T> = Result<T, Fault>;

/// Why there is nothing.
#[derive(Debug)]
pub(super) struct Fault(Option<Box<Diagnostic>>);

impl Fault {
    /// It follows from something that was reported already.
    pub(super) const REPORTED: Self = Self(None);

    /// The finding, if there is one to report.
    pub(super) fn finding(self) -> Option<Diagnostic> {
        self.0.map(|finding| *finding)
    }
}

impl From<Diagnostic> for Fault {
    fn from(finding: Diagnostic) -> Self {
        Self(Some(Box::new(finding)))
    }
}
