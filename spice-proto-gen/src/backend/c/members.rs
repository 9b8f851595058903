//! How a C struct holds the fields of a body.

use crate::model::{Array, Field, FieldRef, Role, Struct, Type};

/// How a C struct holds a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form<'f> {
    /// There is no member: `@zero`.
    None,
    /// A number or a struct by value.
    Value,
    /// `int`, which is -1 until the caller sets it.
    Descriptor,
    /// A number that is not sent: `@virtual`.
    Constant(i64),
    /// `T x[5]`
    Fixed(u64),
    /// `T x[0]`: elements at the end of the struct.
    End,
    /// `T *x[0]`: pointers at the end of the struct.
    PointersAtEnd,
    /// `T *x`, which points into the message, after a length that may have a name.
    InMessage(Option<&'f str>),
    /// `T *x`: a copy after the struct.
    Copy,
    /// `SpiceChunks *x`, whose data is in the message.
    Chunks,
    /// `T *x`: a copy of the pointee.
    Pointee,
    /// `T *x`: the pointee in the message.
    PointeeInMessage,
    /// `SpiceChunks *x`, whose data is a pointee in the message.
    PointeeChunks,
}

impl Form<'_> {
    /// Whether the bytes of the field in its block are an offset.
    pub(super) const fn is_pointer(self) -> bool {
        matches!(
            self,
            Self::Pointee | Self::PointeeInMessage | Self::PointeeChunks
        )
    }

    /// Whether the struct holds C pointers.
    pub(super) const fn is_c_pointer(self) -> bool {
        self.is_pointer()
            || matches!(
                self,
                Self::PointersAtEnd | Self::InMessage(_) | Self::Copy | Self::Chunks
            )
    }

    /// Whether the elements of the field are at the end of the struct.
    pub(super) const fn is_at_end(self) -> bool {
        matches!(self, Self::End | Self::PointersAtEnd)
    }
}

/// How a C struct holds `field`.
///
/// The field has a form: [`check`](super::check) reports fields that have none.
pub(super) fn form(field: &Field) -> Form<'_> {
    match known_form(field) {
        Some(form) => form,
        None => unreachable!("`check` refuses arrays that have no place in a C struct"),
    }
}

/// How a C struct holds `field`. `None` if it has no place for the elements of an array.
pub(super) fn known_form(field: &Field) -> Option<Form<'_>> {
    let has = |name| field.attributes.has(name);
    Some(match (&field.role, field.array) {
        (Role::Virtual(value), _) => Form::Constant(*value),
        (Role::Zero, _) => Form::None,
        _ if field.pointer.is_some() && has("chunk") => Form::PointeeChunks,
        _ if field.pointer.is_some() && has("nocopy") => Form::PointeeInMessage,
        _ if field.pointer.is_some() => Form::Pointee,
        _ if has("end") => Form::End,
        _ if has("ptr_array") => Form::PointersAtEnd,
        _ if has("as_ptr") => Form::InMessage(field.attributes.argument("as_ptr")),
        _ if has("to_ptr") => Form::Copy,
        _ if has("chunk") => Form::Chunks,
        (_, None) if field.ty.ty == Type::Fd => Form::Descriptor,
        (_, None) => Form::Value,
        (_, Some(Array::Fixed(length))) => Form::Fixed(length),
        (_, Some(_)) => return None,
    })
}

/// The field at a position of a body.
pub(super) fn field(body: &Struct, position: FieldRef) -> &Field {
    match body.field(position) {
        Some(field) => field,
        None => unreachable!("a position of a body is that of a field"),
    }
}

/// The path of a field in C, from the struct of its body: `num_rects`, `u.color`.
pub(super) fn path(body: &Struct, position: FieldRef) -> String {
    let name = &field(body, position).name;
    match (position.case, body.switch(position.member)) {
        (Some(_), Some(switch)) if !switch.attributes.has("anon") => {
            format!("{}.{name}", switch.name)
        }
        _ => name.clone(),
    }
}

/// Whether the array's copy in C has a zero after its elements.
pub(super) fn has_terminator(field: &Field) -> bool {
    field.array.is_some() && field.attributes.has("zero_terminated")
}
