//! Pass: pointers. What they can point to.

use super::types::type_span;
use crate::ast::{Field, Primitive, Type as Source};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::Type;
use crate::span::Span;

/// Checks that a pointer points to a struct or to an array of numbers.
pub(super) fn check_target(source: &Field, star: Span, ty: Type) -> Option<Diagnostic> {
    let name = &source.name.text;
    let (what, help) = match (ty, source.array.is_some()) {
        (Type::Struct(_), false) | (Type::Int(_) | Type::Enum(_), true) => return None,
        (Type::Int(_) | Type::Enum(_), false) => (
            "a single number",
            Some(format!("write `{} *{name}[1]`", written(&source.ty))),
        ),
        (Type::Struct(_), true) => (
            "an array of structs",
            Some("wrap the array in a struct, and point to that".to_owned()),
        ),
        (Type::Fd, _) => ("file descriptors, which are not in the message", None),
    };
    let finding = Diagnostic::new(
        Code::PointerTarget,
        type_span(&source.ty).to(star),
        format!("`{name}` cannot point to {what}"),
    )
    .label("a pointer leads to a struct or to an array of numbers");
    let behind = Span::new(source.name.span.end, source.name.span.end);
    Some(match (ty, help) {
        (Type::Fd, _) => finding.suggest("leave out the `*`", star, ""),
        (Type::Int(_) | Type::Enum(_), Some(help)) => finding.suggest(help, behind, "[1]"),
        (_, Some(help)) => finding.help(help),
        (_, None) => finding,
    })
}

fn written<'a>(source: &Source<'a>) -> &'a str {
    match source {
        Source::Named(name) => name.text,
        Source::Inline(body) => body.name.text,
        Source::Primitive(primitive, _) => match primitive {
            Primitive::Int8 => "int8",
            Primitive::Uint8 => "uint8",
            Primitive::Int16 => "int16",
            Primitive::Uint16 => "uint16",
            Primitive::Int32 => "int32",
            Primitive::Uint32 => "uint32",
            Primitive::Int64 => "int64",
            Primitive::Uint64 => "uint64",
            Primitive::UnixFd => "unix_fd",
        },
    }
}
