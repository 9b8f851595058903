//! Checks a model for problems that only Rust has.

use std::collections::HashSet;

use super::collisions::{Part, collisions};
use crate::SpanIndex;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::model::Model;

/// Reports everything that prevents [`generate`](super::generate) from making valid Rust.
#[must_use]
pub fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let find = |part: &Part| spans.find(&part.path);
    // A pair can collide in several places of the generated code.
    let mut seen = HashSet::new();
    let mut diagnostics = Vec::new();
    let collisions = collisions(model);
    for collision in &collisions {
        let (first, second) = (&collision.first, &collision.second);
        if !seen.insert((&first.path, &second.path)) {
            continue;
        }
        let path = &collision.path;
        diagnostics.push(match (find(first), find(second)) {
            (Some(other), Some(span)) => {
                let message = format!("{} and {} have one name in Rust", second.what, first.what);
                Diagnostic::new(Code::RustCollision, span, message)
                    .label(format!("both are `{path}`"))
                    .also(other, format!("{} is here", first.what))
                    .help("rename one of the two")
            }
            (Some(span), None) => with_generated_name(span, first, second, path),
            (None, span) => with_generated_name(span.unwrap_or_default(), second, first, path),
        });
    }
    diagnostics
}

/// Reports a part that has the same name as an item that the generated code always has.
fn with_generated_name(span: Span, part: &Part, own: &Part, path: &str) -> Diagnostic {
    let message = format!("{} cannot have this name in Rust", part.what);
    Diagnostic::new(Code::RustCollision, span, message)
        .label(format!("would be `{path}`"))
        .note(format!("`{path}` is {}", own.what))
        .help("rename it")
}
