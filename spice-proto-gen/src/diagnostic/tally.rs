//! The number of errors and warnings.

use std::fmt;

use super::{Diagnostic, Severity};

/// Counts errors and warnings. Displays as `2 errors, 1 warning`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

impl Tally {
    /// Adds `diagnostics` to the counts.
    pub fn add(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let count = match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
            };
            *count = count.saturating_add(1);
        }
    }

    /// Returns whether both counts are zero.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.errors == 0 && self.warnings == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count| if count == 1 { "" } else { "s" };
        let (errors, warnings) = (self.errors, self.warnings);
        if errors > 0 || warnings == 0 {
            write!(f, "{errors} error{}", plural(errors))?;
        }
        if warnings > 0 {
            let comma = if errors > 0 { ", " } else { "" };
            write!(f, "{comma}{warnings} warning{}", plural(warnings))?;
        }
        Ok(())
    }
}
