//! The whole front end: text to model.

use crate::ast::File;
use crate::backend::rust;
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Severity};
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
        let (model, found) = resolve::resolve(&file, levels);
        diagnostics.extend(found);
        if let Some(model) = &model {
            diagnostics.extend(rust_names(&file, model));
        }
        let mut diagnostics = levels.apply(diagnostics);
        diagnostics.sort_by_key(|finding| finding.labels.first().map(|label| label.span.start));
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

/// Names that are different in the proto and would be the same in Rust.
fn rust_names(file: &File, model: &Model) -> Vec<Diagnostic> {
    let collisions = rust::collisions(model);
    if collisions.is_empty() {
        return Vec::new();
    }
    let places = places(file);
    let find = |part: &rust::Part| places.get(&part.path).copied();
    let findings = collisions.iter().map(|collision| {
        let (first, second) = (&collision.first, &collision.second);
        let (place, other) = match (find(first), find(second)) {
            (first, Some(second)) => (second, first),
            (Some(first), None) => (first, None),
            (None, None) => (Span::default(), None),
        };
        let message = format!("{} and {} have one name in Rust", second.what, first.what);
        let finding = Diagnostic::new(Code::RustCollision, place, message)
            .label(format!("both are `{}`", collision.path))
            .help("rename one of the two");
        match other {
            Some(other) => finding.also(other, format!("{} is here", first.what)),
            None => finding,
        }
    });
    findings.collect()
}
