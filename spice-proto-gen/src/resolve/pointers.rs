//! Checks the types of pointees.

use super::types::use_span;
use crate::ast::{Field, Type as Source};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Type;
use crate::span::Span;

/// Reports a pointer that points neither to a struct nor to an array of numbers.
pub(super) fn check(source: &Field, star: Span, ty: Type) -> Option<Diagnostic> {
    let name = source.name.text;
    let end = Span::new(source.name.span.end, source.name.span.end);
    let error = |pointee: &str| {
        let span = use_span(&source.ty).to(star);
        let message = format!("`{name}` cannot point to {pointee}");
        Diagnostic::new(Code::PointerTarget, span, message)
            .label("a pointee is a struct or an array of numbers")
    };
    match (ty, source.array.is_some()) {
        (Type::Struct(_), false) | (Type::Int(_) | Type::Enum(_), true) => None,
        (Type::Int(_) | Type::Enum(_), false) => {
            let help = format!("write `{} *{name}[1]`", written(&source.ty));
            Some(error("a single number").suggest(help, end, "[1]"))
        }
        (Type::Struct(_), true) => {
            Some(error("an array of structs").help("wrap the array in a struct, and point to that"))
        }
        (Type::Fd, _) => Some(
            error("file descriptors, which are not in the message").suggest(
                "leave out the `*`",
                star,
                "",
            ),
        ),
    }
}

fn written<'a>(source: &Source<'a>) -> &'a str {
    match source {
        Source::Named(name) => name.text,
        Source::Inline(body) => body.name.text,
        Source::Primitive(primitive, _) => primitive.name(),
    }
}
