//! Reports types that no message uses.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Model, Origin, TypeDef, TypeId};
use crate::span::Span;

/// Reports the types that no message of any channel uses. `spans` has the span of each type's name.
pub(super) fn check(model: &Model, spans: &[Span], used: &BTreeSet<TypeId>) -> Vec<Diagnostic> {
    let types = model.types.iter().zip(spans).zip((0..).map(TypeId));
    let unused = types.filter(|((definition, _), id)| match definition {
        // The body of a message whose id another message took over has no name of its own.
        TypeDef::Struct(body) if matches!(body.origin, Origin::Body { .. }) => false,
        _ => !used.contains(id),
    });
    let report = |definition: &TypeDef, span: Span| {
        let message = format!("no message uses `{}`", definition.name());
        Diagnostic::new(Code::UnusedType, span, message).label("unused")
    };
    unused
        .map(|((definition, span), _)| report(definition, *span))
        .collect()
}
