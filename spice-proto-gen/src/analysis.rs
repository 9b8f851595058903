//! The whole front end: text to model.

use crate::SpanIndex;
use crate::backend::rust;
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Severity, Suggestion, sort_by_place};
use crate::levels::Levels;
use crate::model::Model;
use crate::span::Span;
use crate::{resolve, syntax};

/// What came of a text: a model if it means something, and all that was found.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// What the proto means; `None` exactly if one of the diagnostics is an error.
    pub model: Option<Model>,
    /// All findings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Parses, resolves and checks a text.
    ///
    /// ```
    /// use spice_proto_gen::{Analysis, levels::Levels};
    /// let text = "channel C { message { uint32 n; } m; }; protocol P { C c; };";
    /// let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    /// assert_eq!(analysis.model.unwrap().channels[0].server[0].id, 1);
    /// let analysis = Analysis::new(b"struct S { uint33 n; };", &Levels::default());
    /// assert_eq!(analysis.diagnostics[0].code.as_str(), "E0102");
    /// ```
    #[must_use]
    pub fn new(text: &[u8], levels: &Levels) -> Self {
        let source = match syntax::decode(text) {
            Ok(source) => source,
            Err(finding) => {
                return Self {
                    model: None,
                    diagnostics: vec![finding],
                };
            }
        };
        let (file, mut diagnostics) = syntax::parse(source);
        let (model, mut found) = resolve::resolve(&file, levels);
        drop_follow_ups(&diagnostics, &mut found);
        diagnostics.extend(found);
        if let Some(model) = &model {
            diagnostics.extend(rust::check(model, &SpanIndex::new(&file)));
        }
        for finding in &mut diagnostics {
            let edits = finding.suggestion.iter_mut();
            edits.for_each(|edit| tidy(source, edit));
        }
        let mut diagnostics = levels.apply(diagnostics);
        sort_by_place(&mut diagnostics, |span| Span::new(span.start, span.start));
        let failed = diagnostics
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        Self {
            model: model.filter(|_| !failed),
            diagnostics,
        }
    }

    /// Whether there is an error.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.model.is_none()
    }
}

/// Removes the blanks before something that is removed, if they would be left before a mark.
fn tidy(source: &str, edit: &mut Suggestion) {
    let behind = source.get(edit.span.end..).unwrap_or("");
    if edit.replacement.is_empty() && behind.starts_with([' ', ';', ',', '\r', '\n']) {
        let before = source.get(..edit.span.start).unwrap_or("");
        edit.span.start = before.trim_end_matches([' ', '\t']).len();
    }
}

/// Drops what is wrong with numbers only because the nearest possible ones stand for them.
fn drop_follow_ups(reported: &[Diagnostic], found: &mut Vec<Diagnostic>) {
    let place = |finding: &Diagnostic| finding.labels.first().map(|label| label.span);
    let numbers = reported
        .iter()
        .filter(|finding| finding.code == Code::NumberTooLarge);
    // In the order of the text, and apart from one another.
    let numbers: Vec<Span> = numbers.filter_map(place).collect();
    found.retain(|finding| {
        let Some(span) = place(finding) else {
            return true;
        };
        let next = numbers.partition_point(|number| number.start < span.start);
        numbers.get(next).is_none_or(|number| number.end > span.end)
    });
}
