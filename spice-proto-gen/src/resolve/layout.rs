//! Computes the sizes of types and fields on the wire, and their contents: pointers, descriptors and so on.
//!
//! Each type is computed from the types before it, so nothing is computed recursively.

use crate::model::{
    Array, Case, Contains, Field, Label, Member, Role, Size, Type, TypeDef, is_lazy, type_contains,
    type_size,
};

/// The size of a pointer: an offset of 32 bits.
const POINTER_BYTES: u64 = 4;

/// The largest size of a body: the header of a message has it in 32 bits.
pub(super) const MAX_BODY_BYTES: u64 = u32::MAX as u64;

/// The size of a value or array, without a pointer to it.
pub(super) fn value_size(types: &[TypeDef], ty: Type, array: Option<Array>) -> Size {
    let element = type_size(types, ty);
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

/// The size of a field, and the size of its pointee.
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

/// The contents of a field.
pub(super) fn field_contains(types: &[TypeDef], field: &Field) -> Contains {
    if matches!(field.role, Role::Virtual(_) | Role::Zero) {
        return Contains {
            padding: field.role == Role::Zero,
            ..Contains::default()
        };
    }
    let mut contains = type_contains(types, field.ty.ty);
    match field.array {
        None | Some(Array::Fixed(_)) => {}
        Some(array) => {
            contains.borrowed = true;
            contains.remaining |= array == Array::Remaining;
        }
    }
    if field.pointer.is_some() {
        contains.borrowed |= is_lazy(types, field);
        contains.pointers = true;
        contains.remaining = false;
    }
    contains
}

/// The size and the contents of a switch, over its reachable cases.
pub(super) fn switch_layout(types: &[TypeDef], cases: &[Case]) -> (Size, Contains) {
    let live = || cases.iter().filter(|case| case.live);
    let has_default = live().any(|case| case.labels.contains(&Label::Default));
    let no_case = (!has_default).then_some(Size::Static(0));
    let sizes = live().map(|case| case.field.size).chain(no_case);
    let contains = live().map(|case| field_contains(types, &case.field));
    match sizes.reduce(either) {
        Some(size) => (size, contains.fold(Contains::default(), union)),
        None => unreachable!("without a default there is the size of no case"),
    }
}

/// The size and the contents of a member.
pub(super) fn member_layout(types: &[TypeDef], member: &Member) -> (Size, Contains) {
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

/// The size and the contents of a struct or message.
pub(super) fn struct_layout(types: &[TypeDef], members: &[Member]) -> (Size, Contains) {
    let layouts = members.iter().map(|member| member_layout(types, member));
    let empty = (Size::Static(0), Contains::default());
    layouts.fold(empty, |(size, contains), (more, contained)| {
        (sum(size, more), union(contains, contained))
    })
}

/// The size of one of two alternatives.
fn either(left: Size, right: Size) -> Size {
    if left == right {
        left
    } else {
        Size::AtLeast(left.min().min(right.min()))
    }
}

/// The size of two consecutive parts.
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
