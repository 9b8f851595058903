//! How a C struct holds the fields of a body.

use crate::model::{Array, Field, Member, Role, Struct, Switch, Type};

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
    /// `T *x`, which points into the message, behind a length that may have a name.
    InMessage(Option<&'f str>),
    /// `T *x`: a copy behind the struct.
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
    if let Role::Virtual(value) = field.role {
        return Some(Form::Constant(value));
    }
    if field.role == Role::Zero {
        return Some(Form::None);
    }
    if field.pointer.is_some() {
        return Some(match (has("chunk"), has("nocopy")) {
            (true, _) => Form::PointeeChunks,
            (false, true) => Form::PointeeInMessage,
            (false, false) => Form::Pointee,
        });
    }
    if has("end") {
        return Some(Form::End);
    }
    if has("ptr_array") {
        return Some(Form::PointersAtEnd);
    }
    if has("as_ptr") {
        return Some(Form::InMessage(field.attributes.argument("as_ptr")));
    }
    if has("to_ptr") {
        return Some(Form::Copy);
    }
    if has("chunk") {
        return Some(Form::Chunks);
    }
    match field.array {
        None if field.ty.ty == Type::Fd => Some(Form::Descriptor),
        None => Some(Form::Value),
        Some(Array::Fixed(length)) => Some(Form::Fixed(length)),
        Some(_) => None,
    }
}

/// A member of a C struct, and the path that leads to it in C.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'m> {
    /// The switch of the field, unless its members are in the struct itself.
    pub(super) union: Option<&'m Switch>,
    pub(super) field: &'m Field,
}

impl Case<'_> {
    /// The path from the struct: `u.color`.
    pub(super) fn path(self) -> String {
        match self.union {
            Some(switch) => format!("{}.{}", switch.name, self.field.name),
            None => self.field.name.clone(),
        }
    }
}

/// The members of a body in C: fields, and the fields of cases.
pub(super) fn members(body: &Struct) -> Vec<Case<'_>> {
    let mut members = Vec::new();
    for member in &body.members {
        match member {
            Member::Field(field) => members.push(Case { union: None, field }),
            Member::Switch(switch) => members.extend(cases(switch)),
        }
    }
    members
}

/// The fields of a switch's cases that can be selected.
pub(super) fn cases(switch: &Switch) -> impl Iterator<Item = Case<'_>> {
    let union = (!switch.attributes.has("anon")).then_some(switch);
    let live = switch.cases.iter().filter(|case| case.live);
    live.map(move |case| Case {
        union,
        field: &case.field,
    })
}

/// Whether the array's copy in C has a zero behind its elements.
pub(super) fn has_terminator(field: &Field) -> bool {
    field.array.is_some() && field.attributes.has("zero_terminated")
}
