//! The front end: from the text of a proto to its model.

use crate::diagnostic::{Code, Diagnostic, Levels, Span, Suggestion, sort_by_place};
use crate::model::Model;
use crate::span_index::SpanIndex;
use crate::{resolve, syntax};

/// The result of parsing and resolving a proto.
///
/// This is the front end alone. [`Config::check`](crate::Config::check) also runs the checks of the
/// Rust backend.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct Analysis {
    /// The model. `None` exactly if one of the diagnostics is an error.
    pub model: Option<Model>,
    /// The spans of the model's names. Empty if the text has no model.
    pub spans: SpanIndex,
    /// The diagnostics in source order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Parses and resolves a proto.
    ///
    /// ```
    /// use spice_proto_gen::{Analysis, diagnostic::Levels};
    ///
    /// let text = "channel C { message { uint32 n; } m; }; protocol P { C c; };";
    /// let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    /// assert_eq!(analysis.model.unwrap().channels[0].server[0].id, 1);
    ///
    /// let analysis = Analysis::new(b"struct S { uint33 n; };", &Levels::default());
    /// assert_eq!(analysis.diagnostics[0].code.as_str(), "E0102");
    /// ```
    pub fn new(text: &[u8], levels: &Levels) -> Self {
        let mut analysis = Self {
            model: None,
            spans: SpanIndex::default(),
            diagnostics: Vec::new(),
        };
        let source = match syntax::decode(text) {
            Ok(source) => source,
            Err(diagnostic) => {
                analysis.diagnostics.push(diagnostic);
                return analysis;
            }
        };
        let (file, mut diagnostics) = syntax::parse(source);
        let (model, mut found) = resolve::resolve(&file, levels);
        drop_consequences(&diagnostics, &mut found);
        diagnostics.append(&mut found);
        for diagnostic in &mut diagnostics {
            let edits = diagnostic.suggestion.iter_mut();
            edits.for_each(|edit| extend_removal(source, edit));
        }
        if model.is_some() {
            analysis.spans = SpanIndex::new(&file);
        }
        analysis.model = model;
        analysis.add(diagnostics, levels);
        analysis
    }

    /// Adds diagnostics of a backend's checks: sets their severity by `levels`, keeps
    /// [`diagnostics`](Self::diagnostics) in source order, and removes the model if there is an error.
    pub fn add(&mut self, diagnostics: Vec<Diagnostic>, levels: &Levels) {
        self.diagnostics.append(&mut levels.apply(diagnostics));
        sort_by_place(&mut self.diagnostics, |span| {
            Span::new(span.start, span.start)
        });
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            self.model = None;
        }
    }

    /// Returns whether the proto has an error.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.model.is_none()
    }
}

/// Extends an edit that removes text to the whitespace before it, unless a word follows.
fn extend_removal(source: &str, edit: &mut Suggestion) {
    let after = source.get(edit.span.end..).unwrap_or("");
    if edit.replacement.is_empty() && after.starts_with([' ', ';', ',', '\r', '\n']) {
        let before = source.get(..edit.span.start).unwrap_or("");
        edit.span.start = before.trim_end_matches([' ', '\t']).len();
    }
}

/// Drops findings of the resolver about numbers that do not fit in 64 bits. The parser has reported these
/// numbers, and the resolver sees the nearest number that fits.
fn drop_consequences(reported: &[Diagnostic], found: &mut Vec<Diagnostic>) {
    let numbers = reported
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::NumberTooLarge);
    // Sorted and disjoint.
    let numbers: Vec<Span> = numbers.filter_map(Diagnostic::primary_span).collect();
    found.retain(|diagnostic| {
        let Some(span) = diagnostic.primary_span() else {
            return true;
        };
        let next = numbers.partition_point(|number| number.start < span.start);
        numbers.get(next).is_none_or(|number| number.end > span.end)
    });
}
