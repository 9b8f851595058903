//! Pass: layout. How many bytes everything takes and what it contains.
//!
//! Types are laid out in the order of their definition, each from the sizes of those before it, so
//! nothing here follows references further than one step.

use super::Resolver;
use super::scope::Body;
use crate::ast;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Array, Case, Contains, CountRef, Field, Label, Member, Role, Size, Type, TypeDef,
};
use crate::span::Span;

/// A pointer is an offset of 32 bits.
const POINTER_BYTES: u64 = 4;

/// The size of a message is a number of 32 bits.
const LARGEST_BODY: u64 = u32::MAX as u64;

/// What one value of a type takes.
pub(super) fn element_size(types: &[TypeDef], ty: Type) -> Size {
    match ty {
        Type::Int(int) => Size::Static(u64::from(int.bytes)),
        Type::Fd => Size::Static(0),
        Type::Enum(id) => match types.get(id.0) {
            Some(TypeDef::Enum(found)) => Size::Static(u64::from(found.bytes)),
            _ => Size::Static(0),
        },
        Type::Struct(id) => match types.get(id.0) {
            Some(TypeDef::Struct(found)) => found.size,
            _ => Size::Static(0),
        },
    }
}

/// What one value of a type contains.
pub(super) fn element_contains(types: &[TypeDef], ty: Type) -> Contains {
    match ty {
        Type::Int(_) | Type::Enum(_) => Contains::default(),
        Type::Fd => Contains {
            borrowed: true,
            fds: true,
            ..Contains::default()
        },
        Type::Struct(id) => match types.get(id.0) {
            Some(TypeDef::Struct(found)) => found.contains,
            _ => Contains::default(),
        },
    }
}

/// What a value or array takes where it lies.
pub(super) fn value_size(types: &[TypeDef], ty: Type, array: Option<Array>) -> Size {
    let element = element_size(types, ty);
    match array {
        None => element,
        Some(Array::Fixed(0)) => Size::Static(0),
        Some(Array::Fixed(length)) => match element {
            Size::Static(bytes) => Size::Static(bytes.saturating_mul(length)),
            Size::AtLeast(bytes) => Size::AtLeast(bytes.saturating_mul(length)),
        },
        Some(Array::CString) => Size::AtLeast(1),
        Some(Array::Count(_) | Array::ImageSize { .. } | Array::Remaining) => Size::AtLeast(0),
    }
}

/// What a field takes where it stands, and what its pointee takes.
pub(super) fn field_sizes(types: &[TypeDef], field: &Field) -> (Size, Option<Size>) {
    let value = value_size(types, field.ty.ty, field.array);
    if matches!(field.role, Role::Virtual(_)) {
        (Size::Static(0), None)
    } else if field.pointer.is_some() {
        (Size::Static(POINTER_BYTES), Some(value))
    } else {
        (value, None)
    }
}

/// What a field contains.
pub(super) fn field_contains(types: &[TypeDef], field: &Field) -> Contains {
    if matches!(field.role, Role::Virtual(_) | Role::Zero) {
        return Contains {
            padding: field.role == Role::Zero,
            ..Contains::default()
        };
    }
    let mut contains = element_contains(types, field.ty.ty);
    match field.array {
        None | Some(Array::Fixed(_)) => {}
        Some(array) => {
            contains.borrowed = true;
            contains.remaining |= array == Array::Remaining;
        }
    }
    if field.pointer.is_some() {
        contains.pointers = true;
        contains.remaining = false;
    }
    contains
}

/// What a switch takes and contains: that of whichever case can be reached.
pub(super) fn switch_layout(types: &[TypeDef], cases: &[Case]) -> (Size, Contains) {
    let live = || cases.iter().filter(|case| case.live);
    let has_default = live().any(|case| case.labels.contains(&Label::Default));
    let no_case = (!has_default).then_some(Size::Static(0));
    let size = live()
        .map(|case| case.field.size)
        .chain(no_case)
        .reduce(either)
        .unwrap_or(Size::Static(0));
    let contains = live()
        .map(|case| field_contains(types, &case.field))
        .fold(Contains::default(), union);
    (size, contains)
}

/// The size of one or the other.
fn either(left: Size, right: Size) -> Size {
    if left == right {
        left
    } else {
        Size::AtLeast(left.min().min(right.min()))
    }
}

/// The size of one after the other.
fn sum(left: Size, right: Size) -> Size {
    let bytes = left.min().saturating_add(right.min());
    match (left, right) {
        (Size::Static(_), Size::Static(_)) => Size::Static(bytes),
        _ => Size::AtLeast(bytes),
    }
}

fn union(left: Contains, right: Contains) -> Contains {
    Contains {
        borrowed: left.borrowed || right.borrowed,
        pointers: left.pointers || right.pointers,
        switches: left.switches || right.switches,
        fds: left.fds || right.fds,
        remaining: left.remaining || right.remaining,
        padding: left.padding || right.padding,
    }
}

fn member_layout(types: &[TypeDef], member: &Member) -> (Size, Contains) {
    match member {
        Member::Field(field) => (field.size, field_contains(types, field)),
        Member::Switch(switch) => {
            let contains = Contains {
                switches: true,
                ..switch.contains
            };
            (switch.size, contains)
        }
    }
}

impl Resolver<'_> {
    /// Lays out a body whose members are complete, and checks that all of it can be read.
    pub(super) fn lay_out(&mut self, body: &Body<'_>, name: &ast::Name) -> (Size, Contains) {
        let mut size = Size::Static(0);
        let mut contains = Contains::default();
        let mut tail = Tail::default();
        for (index, member) in body.members.iter().enumerate() {
            let (member_size, member_contains) = member_layout(&self.types, member);
            let place = CountRef {
                member: index,
                case: None,
            };
            if let Some(name) = body.names.name(place) {
                let takes_bytes = self.can_take_bytes(member, member_size);
                self.findings
                    .extend(tail.next(name, member_contains.remaining, takes_bytes));
            }
            size = sum(size, member_size);
            contains = union(contains, member_contains);
        }
        if size.min() > LARGEST_BODY {
            self.findings.push(too_large(name, size));
            size = Size::Static(0);
        }
        (size, contains)
    }

    /// Whether something takes bytes, ever: an array of descriptors does not.
    fn can_take_bytes(&self, member: &Member, size: Size) -> bool {
        match (member, size) {
            (_, Size::Static(0)) => false,
            (Member::Field(field), _) => {
                field.pointer.is_some() || element_size(&self.types, field.ty.ty) != Size::Static(0)
            }
            (Member::Switch(_), _) => true,
        }
    }
}

fn too_large(name: &ast::Name, size: Size) -> Diagnostic {
    Diagnostic::new(
        Code::BodyTooLarge,
        name.span,
        format!("`{}` is larger than any message", name.text),
    )
    .label(format!("at least {} bytes", size.min()))
    .note(format!("a message has at most {LARGEST_BODY} bytes"))
}

/// Watches that nothing follows an array to the end of the message.
#[derive(Default)]
struct Tail {
    remaining: Option<Span>,
    reported: bool,
}

impl Tail {
    fn next(&mut self, name: &ast::Name, remaining: bool, takes_bytes: bool) -> Option<Diagnostic> {
        let Some(first) = self.remaining else {
            if remaining {
                self.remaining = Some(name.span);
            }
            return None;
        };
        let text = &name.text;
        let (code, message, label, help) = if remaining {
            (
                Code::SeveralRemaining,
                format!("`{text}` is a second array to the end of the message"),
                "nothing is left for this one",
                "give all but the last of them a size, as in `data[size]`",
            )
        } else if takes_bytes && !self.reported {
            self.reported = true;
            (
                Code::AfterRemaining,
                format!("`{text}` can never be read"),
                "after the end of the message",
                "move the array to the end, or give it a size",
            )
        } else {
            return None;
        };
        Some(
            Diagnostic::new(code, name.span, message)
                .label(label)
                .also(first, "this takes everything to the end of the message")
                .help(help),
        )
    }
}
