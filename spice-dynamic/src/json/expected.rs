//! The types that a JSON text describes, which give numbers their names.

use spice_proto_gen::model::{Enum, Field, Member, Model, Switch, Type, TypeId};

/// The type of a value, as far as it is known.
#[derive(Clone, Copy)]
pub(super) enum Expected<'m> {
    /// Any value. Numbers have no names.
    Any,
    /// One value of a type.
    One(&'m Model, Type),
    /// An array with elements of a type.
    Array(&'m Model, Type),
    /// The field of a switch's selected case.
    Case(&'m Model, &'m Switch),
}

impl<'m> Expected<'m> {
    /// The body of a message or struct.
    pub(super) const fn body(model: &'m Model, body: TypeId) -> Self {
        Self::One(model, Type::Struct(body))
    }

    const fn field(model: &'m Model, field: &Field) -> Self {
        match field.array {
            Some(_) => Self::Array(model, field.ty.ty),
            None => Self::One(model, field.ty.ty),
        }
    }

    /// The member of a struct, or the field of a case, with this name.
    pub(super) fn member(self, name: &str) -> Self {
        match self {
            Self::One(model, Type::Struct(id)) => {
                let members = model.body(id).map_or(&[][..], |body| &body.members);
                match members.iter().find(|member| member.name() == name) {
                    Some(Member::Field(field)) => Self::field(model, field),
                    Some(Member::Switch(switch)) => Self::Case(model, switch),
                    None => Self::Any,
                }
            }
            Self::Case(model, switch) => {
                let fields = switch.cases.iter().map(|case| &case.field);
                let mut fields = fields.filter(|field| field.name == name);
                match fields.next() {
                    // Cases can share a name. Their values have names only if they share the type too.
                    Some(first) if fields.all(|field| field.ty.ty == first.ty.ty) => {
                        Self::field(model, first)
                    }
                    _ => Self::Any,
                }
            }
            _ => Self::Any,
        }
    }

    /// An element of an array.
    pub(super) const fn element(self) -> Self {
        match self {
            Self::Array(model, ty) => Self::One(model, ty),
            _ => Self::Any,
        }
    }

    /// The enum or flags type of one value.
    pub(super) fn enumeration(self) -> Option<&'m Enum> {
        match self {
            Self::One(model, Type::Enum(id)) => model.enumeration(id),
            _ => None,
        }
    }
}
