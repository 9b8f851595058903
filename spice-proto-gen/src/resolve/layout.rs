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
    Array, Case, Contains, CountRef, Field, Label, Member, Role, Size, Type, TypeDef, is_lazy,
};
use crate::span::Span;

/// A pointer is an offset of 32 bits.
const POINTER_BYTES: u64 = 4;

/// The size of a message is a number of 32 bits.
const LARGEST_BODY: u64 = u32::MAX as u64;

/// More than this cannot be handed around as a value: each call may copy it to a stack of 2 MiB.
const MOST_MEMORY: u64 = 1 << 17;

/// Compilers follow types that lie in one another only so far; Rust's gives up at 128.
const MOST_NESTING: u32 = 40;

/// How many types a list puts between the body that has it and its elements.
const LIST_NESTING: u32 = 4;

/// What a list, bytes or text take in memory, wherever their content is.
const HANDLE_MEMORY: u64 = 48;

/// What a descriptor takes in memory.
const FD_MEMORY: u64 = 16;

/// What tells one variant from another, and what a variant may hold beside its value.
const VARIANT_MEMORY: u64 = 16;

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
        contains.borrowed |= is_lazy(types, field);
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

/// What a field takes in memory.
fn field_memory(types: &[TypeDef], field: &Field) -> u64 {
    if matches!(field.role, Role::Virtual(_) | Role::Zero) {
        return 0;
    }
    let element = match field.ty.ty {
        Type::Fd => FD_MEMORY,
        Type::Struct(id) => match types.get(id.0) {
            Some(TypeDef::Struct(found)) => found.memory,
            _ => 0,
        },
        ty => element_size(types, ty).min(),
    };
    let value = match field.array {
        None => element,
        Some(Array::Fixed(length)) => element.saturating_mul(length),
        Some(_) => HANDLE_MEMORY,
    };
    match field.pointer {
        Some(_) => value.saturating_add(VARIANT_MEMORY),
        None => value,
    }
}

/// What a member takes in memory: of a switch the largest case.
fn member_memory(types: &[TypeDef], member: &Member) -> u64 {
    match member {
        Member::Field(field) => field_memory(types, field),
        Member::Switch(switch) => {
            let cases = switch.cases.iter().filter(|case| case.live);
            let largest = cases.map(|case| field_memory(types, &case.field)).max();
            largest.unwrap_or(0).saturating_add(VARIANT_MEMORY)
        }
    }
}

/// How many types lie in one another in a member.
fn member_nesting(types: &[TypeDef], member: &Member) -> u32 {
    let field_nesting = |field: &Field| {
        let element = match field.ty.ty {
            Type::Struct(id) => match types.get(id.0) {
                Some(TypeDef::Struct(found)) => found.nesting.saturating_add(1),
                _ => 0,
            },
            _ => 0,
        };
        let list = match field.array {
            None => 0,
            Some(Array::Fixed(_)) => 1,
            Some(_) => LIST_NESTING,
        };
        let pointer = u32::from(field.pointer.is_some());
        element.saturating_add(list).saturating_add(pointer)
    };
    match member {
        Member::Field(field) => field_nesting(field),
        Member::Switch(switch) => {
            let cases = switch.cases.iter().filter(|case| case.live);
            let deepest = cases.map(|case| field_nesting(&case.field)).max();
            deepest.unwrap_or(0).saturating_add(1)
        }
    }
}

/// Rounded up to the alignment that a value of this size can have.
fn aligned(memory: u64) -> u64 {
    match memory {
        0..8 => memory.next_power_of_two().min(memory.saturating_mul(2)),
        _ => memory.checked_next_multiple_of(8).unwrap_or(u64::MAX),
    }
}

/// The memory of a value that is too large or too deep, which has been reported.
const REPORTED: u64 = u64::MAX;

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
            self.findings.push(longer_than_messages(name, size));
            size = Size::Static(0);
        }
        (size, contains)
    }

    /// How much memory a value of a body takes, and how deep types lie in one another in it. What is
    /// too much is reported once, and not in what is made from it.
    pub(super) fn value(&mut self, body: &Body<'_>, name: &ast::Name) -> (u64, u32) {
        let members = || body.members.iter();
        // A member without memory still takes a place, or an empty struct could lie in another one
        // billions of times.
        let memory = members().map(|member| member_memory(&self.types, member).max(1));
        let memory = memory.fold(0, u64::saturating_add);
        let nesting = members().map(|member| member_nesting(&self.types, member));
        let nesting = nesting.max().unwrap_or(0);
        if nesting > MOST_NESTING {
            self.findings.push(too_deep(name, nesting));
            return (REPORTED, 0);
        }
        if memory == REPORTED {
            return (REPORTED, nesting);
        }
        let memory = aligned(memory);
        if memory > MOST_MEMORY {
            self.findings.push(too_large(name, memory));
            return (REPORTED, nesting);
        }
        (memory, nesting)
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

fn too_large(name: &ast::Name, memory: u64) -> Diagnostic {
    Diagnostic::new(
        Code::BodyTooLarge,
        name.span,
        format!("`{}` is too large to be a value in memory", name.text),
    )
    .label(format!("up to {memory} bytes"))
    .note(format!(
        "a value takes at most {MOST_MEMORY} bytes; arrays of constant length and pointees are part of it"
    ))
    .help("give large arrays a size that is sent: they are not part of the value")
}

fn too_deep(name: &ast::Name, nesting: u32) -> Diagnostic {
    Diagnostic::new(
        Code::TooDeep,
        name.span,
        format!("too many types lie in one another in `{}`", name.text),
    )
    .label(format!("{nesting} of them, counting through names"))
    .note(format!(
        "at most {MOST_NESTING}: a struct counts 1 more than what is in it, a switch, a pointer and an \
         array of constant length 1 more, any other array {LIST_NESTING}"
    ))
}

fn longer_than_messages(name: &ast::Name, size: Size) -> Diagnostic {
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
