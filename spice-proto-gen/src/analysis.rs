//! The whole front end: text to model.

use std::collections::HashSet;

use crate::ast::File;
use crate::backend::rust;
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Severity, Suggestion, sort_by_place};
use crate::levels::Levels;
use crate::model::Model;
use crate::places::places;
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
            diagnostics.extend(rust_names(&file, model));
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

/// Names that are different in the proto and would be the same in Rust.
fn rust_names(file: &File, model: &Model) -> Vec<Diagnostic> {
    let collisions = rust::collisions(model);
    if collisions.is_empty() {
        return Vec::new();
    }
    let places = places(file);
    let find = |part: &rust::Part| places.get(&part.path).copied();
    // The two may collide in several places of the Rust text.
    let mut seen = HashSet::new();
    let mut findings = Vec::new();
    for collision in &collisions {
        let (first, second) = (&collision.first, &collision.second);
        if !seen.insert((&first.path, &second.path)) {
            continue;
        }
        let path = &collision.path;
        findings.push(match (find(first), find(second)) {
            (Some(other), Some(place)) => {
                let message = format!("{} and {} have one name in Rust", second.what, first.what);
                Diagnostic::new(Code::RustCollision, place, message)
                    .label(format!("both are `{path}`"))
                    .also(other, format!("{} is here", first.what))
                    .help("rename one of the two")
            }
            (Some(place), None) => with_own_name(place, first, second, path),
            (None, place) => with_own_name(place.unwrap_or_default(), second, first, path),
        });
    }
    findings
}

/// A part of a proto that would have a name which generated code has for something of its own.
fn with_own_name(place: Span, part: &rust::Part, own: &rust::Part, path: &str) -> Diagnostic {
    let message = format!("{} cannot have this name in Rust", part.what);
    Diagnostic::new(Code::RustCollision, place, message)
        .label(format!("would be `{path}`"))
        .note(format!("`{path}` is {}", own.what))
        .help("rename it")
}
