//! Checks whether Rust can be generated for a model: its names differ in Rust, and its values are neither too large
//! nor too deeply nested.

mod limits;
mod names;
#[cfg(test)]
mod tests;

use crate::SpanIndex;
use crate::diagnostic::Diagnostic;
use crate::model::Model;

/// Reports the parts of a proto for which no Rust can be generated, at their places in the proto.
#[must_use]
pub fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let mut diagnostics = names::check(model, spans);
    diagnostics.extend(limits::check(model, spans));
    diagnostics
}
