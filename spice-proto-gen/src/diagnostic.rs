//! What is wrong with a file, as values. Rendering is the caller's choice.

use crate::codes::Code;
use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the file means what it says.
    Warning,
    /// The file cannot be compiled.
    Error,
}

/// A place and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The exact tokens.
    pub span: Span,
    /// What to say there; may be empty.
    pub text: String,
}

/// An edit that would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The text to replace; empty to insert.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where. The first label is the primary one.
    pub labels: Vec<Label>,
    /// More to know.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// The edit that does it, where there is one.
    pub suggestion: Option<Suggestion>,
}

impl Diagnostic {
    /// A finding of the code's own severity, with its primary place.
    #[must_use]
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

    /// Says something at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds something to know.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, with the edit that does it.
    #[must_use]
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
}

/// Sorts findings by where they point to, and leaves those of the same place in their order. The key
/// is a function pointer, so that sorting is compiled once.
pub(crate) fn sort_by_place(findings: &mut [Diagnostic], key: fn(Span) -> Span) {
    findings.sort_by_key(|finding| finding.labels.first().map(|label| key(label.span)));
}
