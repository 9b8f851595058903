//! Diagnostics: errors and warnings as values, with stable codes, lint levels and renderers.
//!
//! [`Diagnostic`] holds the message and its source spans. [`Code`] identifies the problem,
//! [`Levels`] maps codes to severities. [`render`] prints diagnostics for people,
//! [`to_json_lines`] for tools, and [`explain`] describes each code with examples.

mod codes;
pub mod explain;
pub(crate) mod json;
mod levels;
pub(crate) mod line_index;
mod render;
mod tally;

pub use self::codes::{Code, Severity, UnknownCode};
pub use self::json::to_json_lines;
pub use self::levels::{FixedLevel, Level, Levels};
pub(crate) use self::render::to_lines;
pub use self::render::{Style, render};
pub use self::tally::Tally;
pub use crate::span::Span;

/// A span with a short text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Label {
    /// The bytes to underline.
    pub span: Span,
    /// The text beside the underline. May be empty.
    pub text: String,
}

/// An edit that fixes the problem.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Suggestion {
    /// The text to replace. Empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// An error or a warning about a proto.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[must_use]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// The severity. [`Levels::apply`] changes it.
    pub severity: Severity,
    /// The problem in one line.
    pub message: String,
    /// The source spans. The first label is the primary one.
    pub labels: Vec<Label>,
    /// Background information.
    pub notes: Vec<String>,
    /// How to fix the problem.
    pub help: Option<String>,
    /// An edit that fixes the problem.
    pub suggestion: Option<Suggestion>,
}

impl Diagnostic {
    /// Creates a diagnostic with the default severity of its code and one unlabeled span.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: vec![Label {
                span,
                text: String::new(),
            }],
            notes: Vec::new(),
            help: None,
            suggestion: None,
        }
    }

    /// Sets the text of the primary label.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds a secondary label.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Sets the help text.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the help text and an edit that does what it says.
    pub fn suggest(
        mut self,
        text: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        self.help = Some(text.into());
        self.suggestion = Some(Suggestion {
            span,
            replacement: replacement.into(),
        });
        self
    }

    /// Returns whether the severity is [`Severity::Error`].
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The span of the primary label.
    pub(crate) fn primary_span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Sorts diagnostics by their primary spans. The sort is stable. `key` is a function pointer, so the
/// sort is compiled only once.
pub(crate) fn sort_by_place(diagnostics: &mut [Diagnostic], key: fn(Span) -> Span) {
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary_span().map(key));
}
